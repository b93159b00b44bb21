package attacktree

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/program"
)

// Attacks yields the minimal attacks of a scenario, best first. By cost,
// likelihood and size they are found one after the other, as far as the caller
// asks; by impact and time, which are no sums over steps, all minimal attacks are
// looked at first, and more than [MaxSorted] are refused. The sequence ends
// with an error if a limit or the context stops it.
func (p *Program) Attacks(ctx context.Context, s *Scenario, by Order) iter.Seq2[Attack, error] {
	return func(yield func(Attack, error) bool) {
		e := p.NewEvaluator()
		err := e.Set(s)
		switch {
		case err != nil:
		case ctx.Err() != nil: // a small tree would never look
			err = ctx.Err()
		case int(by) >= len(orderNames):
			err = fmt.Errorf("attacktree: unknown order %d", by)
		case by == ByTime && !p.coherent:
			err = errors.New("attacktree: the model has not or xor gates, and so its attacks have no time to sort by")
		}
		if err == nil {
			e.numbers()
			for a, aerr := range e.ranked(ctx, by) {
				if aerr != nil {
					err = aerr
					break
				}
				if !yield(*e.describe(a), nil) {
					return
				}
			}
		}
		if err != nil {
			yield(Attack{}, err)
		}
	}
}

// Count returns the number of minimal attacks of a scenario.
func (p *Program) Count(ctx context.Context, s *Scenario) (*big.Int, error) {
	e := p.NewEvaluator()
	if err := e.Set(s); err != nil {
		return nil, err
	}
	e.numbers()
	return e.count(ctx)
}

// MaxSorted is the greatest number of minimal attacks that are put into an
// order which needs all of them.
const MaxSorted = 1 << 20

// ErrTooMany says that there are more than [MaxSorted] minimal attacks.
var ErrTooMany = errors.New("attacktree: too many minimal attacks to sort by impact or time; sort by cost, likelihood or size, which needs only the first ones")

func (e *Evaluator) count(ctx context.Context) (*big.Int, error) {
	f, err := e.p.minimalFamily(ctx, e.possible)
	if err != nil {
		return nil, err
	}
	return f.Count(e.minimalClasses()), nil
}

// minimalClasses says for each variable of a minimal family whether it may be
// used: a step whose success depends on a bypass is its variable in state 0.
func (e *Evaluator) minimalClasses() []program.Class {
	if len(e.p.switches) == 0 {
		return e.classes
	}
	out := slices.Clone(e.classes)
	for i := range e.p.nodes {
		n := &e.p.nodes[i]
		if n.first < 0 {
			continue
		}
		for s := 1; s < n.states(); s++ { // the last state is the most permissive
			out[n.first] = max(out[n.first], e.classes[int(n.first)+s])
		}
	}
	return out
}

// A taken attack: its nodes, ascending, and its numbers in the state in which
// all of it succeeds.
type taken struct {
	nodes            []int32
	steps            int
	cost, chance     float64
	impact, time     float64
	missed           float64
	skill            int
	bypassed         []bool // by bypass: reached
	sorted           []int32
	conditionsSorted []int32
}

// take reads off the numbers of an attack.
func (e *Evaluator) take(nodes []int32, timed bool) *taken {
	p := e.p
	slices.Sort(nodes)
	a := &taken{nodes: nodes, chance: 1, missed: 1, bypassed: make([]bool, len(p.switches))}
	if e.words == nil {
		e.words = make([]uint64, len(p.vars))
	}
	clear(e.words)
	for _, i := range nodes {
		n := &p.nodes[i]
		for s := range n.states() {
			if v := int(n.first) + s; e.possible[v] {
				e.words[v] = 1
			}
		}
	}
	e.reach(e.words)
	for s := range p.switches {
		a.bypassed[s] = e.off(int32(s))&1 != 0
	}
	stateOf := func(switches []int32) (state uint32) {
		for b, s := range switches {
			if a.bypassed[s] {
				state |= 1 << b
			}
		}
		return state
	}
	for _, i := range nodes {
		n := &p.nodes[i]
		v := n.first + int32(stateOf(n.switches))
		a.chance *= e.chance[v]
		a.cost += e.cost[v]
		a.missed *= e.missed[v]
		a.skill = max(a.skill, e.skill[v])
		if n.step {
			a.steps++
		}
	}
	for i, o := range p.outputs {
		if n := &p.nodes[o.node]; e.reached[o.node]&1 != 0 && o.state == stateOf(n.impactSwitches) {
			a.impact += e.impact[i]
		}
	}
	switch {
	case timed && p.hasTime && p.coherent:
		a.time = e.soonest(nodes)
	case !p.coherent:
		a.time = math.Inf(1) // none: what is not reached has no end
	}
	return a
}

// describe tells an attack by names.
func (e *Evaluator) describe(a *taken) *Attack {
	p := e.p
	out := &Attack{Steps: []string{}, Given: []string{}, Controls: []string{}, Likelihood: a.chance, Impact: a.impact, Undetected: a.missed}
	ids := make([]int32, len(a.nodes))
	acting := make([]bool, len(p.tree.model.Controls))
	for j, i := range a.nodes {
		ids[j] = p.nodes[i].id
		n := &p.nodes[i]
		if !n.step {
			continue
		}
		for _, c := range n.changes {
			list := n.switches
			if c.op != Block && c.attribute == Impact {
				list = n.impactSwitches
			}
			if e.held[c.control] && (c.bypass < 0 || !a.bypassed[list[c.bypass]]) {
				acting[c.control] = true
			}
		}
	}
	slices.Sort(ids) // the order of the model
	for _, id := range ids {
		if m := p.tree.model.Nodes[id]; p.nodes[p.at[id]].step {
			out.Steps = append(out.Steps, m.Name)
		} else {
			out.Given = append(out.Given, m.Name)
		}
	}
	for i, on := range acting {
		if on {
			out.Controls = append(out.Controls, p.tree.model.Controls[i].Name)
		}
	}
	if p.hasCost {
		out.Cost = &a.cost
	}
	if p.hasTime && !math.IsInf(a.time, 1) { // infinite where what it relies on comes too late
		out.Time = &a.time
	}
	if p.hasSkill {
		out.Skill = &a.skill
	}
	return out
}

// nodesOf turns variables into nodes; in a minimal device set each node has one.
func (e *Evaluator) nodesOf(vars []int32) []int32 {
	out := make([]int32, len(vars))
	for i, v := range vars {
		out[i] = e.p.vars[v].node
	}
	return out
}

// best returns the first attack in an order by cost or likelihood, over all
// attacks that use variables of the given classes, or nil if there is none.
func (e *Evaluator) best(ctx context.Context, by Order, classes []program.Class, unaided bool) (*taken, error) {
	f, err := e.p.optimalFamily(ctx)
	if err != nil {
		return nil, err
	}
	a, b := e.weights(by)
	for vars, err := range f.Sets(ctx, program.Selection{Class: classes, A: a, B: b, Logs: by == ByLikelihood, Rank: e.p.rank()}) {
		if err != nil {
			return nil, err
		}
		// A step may be there only to reach a bypass for a condition that suffices.
		if nodes := e.nodesOf(vars); !unaided || e.fits(nodes) {
			return e.take(nodes, true), nil
		}
	}
	return nil, nil
}

// weights returns what an order adds up over variables: the first sum decides,
// then the second.
func (e *Evaluator) weights(by Order) (a, b []float64) {
	switch by {
	case ByLikelihood:
		a = make([]float64, len(e.chance))
		for v, x := range e.chance {
			if e.possible[v] {
				a[v] = -math.Log(x)
			}
		}
		return a, e.cost
	case BySize:
		a = make([]float64, len(e.chance))
		for v := range a {
			if e.p.nodes[e.p.vars[v].node].step {
				a[v] = 1
			}
		}
		return a, e.cost
	}
	return e.cost, nil
}

// ranked yields the minimal attacks in an order.
func (e *Evaluator) ranked(ctx context.Context, by Order) iter.Seq2[*taken, error] {
	f, err := e.p.minimalFamily(ctx, e.possible)
	if err != nil {
		return func(yield func(*taken, error) bool) { yield(nil, err) }
	}
	sel := program.Selection{Class: e.minimalClasses(), Logs: by == ByLikelihood, Rank: e.p.rank()}
	switch {
	case by == ByImpact || by == ByTime:
		return e.sorted(ctx, f, sel, by)
	case len(e.p.switches) == 0:
		sel.A, sel.B = e.weights(by)
		return e.direct(ctx, f, sel)
	}
	return e.overtaking(ctx, f, sel, by)
}

// direct yields attacks in the order in which the family gives them.
func (e *Evaluator) direct(ctx context.Context, f *program.Family, sel program.Selection) iter.Seq2[*taken, error] {
	return func(yield func(*taken, error) bool) {
		for vars, err := range f.Sets(ctx, sel) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(e.take(e.nodesOf(vars), true), nil) {
				return
			}
		}
	}
}

// sorted yields attacks after all have been looked at.
func (e *Evaluator) sorted(ctx context.Context, f *program.Family, sel program.Selection, by Order) iter.Seq2[*taken, error] {
	return func(yield func(*taken, error) bool) {
		if f.Count(sel.Class).Cmp(big.NewInt(MaxSorted)) > 0 {
			yield(nil, ErrTooMany)
			return
		}
		var all []*taken
		for a, err := range e.direct(ctx, f, sel) {
			if err != nil {
				yield(nil, err)
				return
			}
			all = append(all, a)
		}
		slices.SortStableFunc(all, func(a, b *taken) int { return e.compare(by, a, b) })
		for _, a := range all {
			if !yield(a, nil) {
				return
			}
		}
	}
}

// overtaking yields attacks in order where numbers depend on bypasses. The
// family gives them in the order of their numbers with every control that can
// be bypassed switched off, which are never worse than the true ones; so an
// attack may be yielded once its true numbers are no worse than what is to come.
func (e *Evaluator) overtaking(ctx context.Context, f *program.Family, sel program.Selection, by Order) iter.Seq2[*taken, error] {
	p := e.p
	best := func(x []float64) []float64 { // the last state: all switched off
		out := slices.Clone(x)
		for i := range p.nodes {
			if n := &p.nodes[i]; n.first >= 0 {
				out[n.first] = x[int(n.first)+n.states()-1]
			}
		}
		return out
	}
	a, b := e.weights(by)
	sel.A = best(a)
	if b != nil {
		sel.B = best(b)
	}
	return func(yield func(*taken, error) bool) {
		waiting := &takenHeap{less: func(x, y *taken) bool { return e.compare(by, x, y) < 0 }}
		for vars, err := range f.Sets(ctx, sel) {
			if err != nil {
				yield(nil, err)
				return
			}
			next := &taken{nodes: e.nodesOf(vars), chance: 1}
			logChance := 0.0
			for _, v := range vars {
				if n := &p.nodes[p.vars[v].node]; n.step {
					next.steps++
				}
				last := int(v) + p.nodes[p.vars[v].node].states() - 1
				next.cost += e.cost[last]
				logChance += math.Log(e.chance[last])
			}
			next.chance = math.Exp(logChance)
			slices.Sort(next.nodes)
			for waiting.Len() > 0 && e.compare(by, waiting.all[0], next) <= 0 {
				if !yield(heap.Pop(waiting).(*taken), nil) {
					return
				}
			}
			heap.Push(waiting, e.take(next.nodes, true))
		}
		for waiting.Len() > 0 {
			if !yield(heap.Pop(waiting).(*taken), nil) {
				return
			}
		}
	}
}

// takenHeap is a heap of attacks.
type takenHeap struct {
	all  []*taken
	less func(a, b *taken) bool
}

func (h *takenHeap) Len() int           { return len(h.all) }
func (h *takenHeap) Less(i, j int) bool { return h.less(h.all[i], h.all[j]) }
func (h *takenHeap) Swap(i, j int)      { h.all[i], h.all[j] = h.all[j], h.all[i] }
func (h *takenHeap) Push(x any)         { h.all = append(h.all, x.(*taken)) }
func (h *takenHeap) Pop() any {
	x := h.all[len(h.all)-1]
	h.all = h.all[:len(h.all)-1]
	return x
}

// compare orders attacks; 0 only for the same attack. Numbers that agree to
// 1e-12 count as equal, so that the rounding of sums and products taken in
// different orders does not decide what a tie rule should.
func (e *Evaluator) compare(by Order, a, b *taken) int {
	lead := 0
	switch by {
	case ByLikelihood:
		lead = -near(a.chance, b.chance)
	case BySize:
		lead = cmp.Compare(a.steps, b.steps)
	case ByImpact:
		lead = -near(a.impact, b.impact)
	case ByTime:
		lead = near(a.time, b.time)
	}
	return cmp.Or(lead, near(a.cost, b.cost), cmp.Compare(a.steps, b.steps),
		cmp.Compare(len(a.nodes)-a.steps, len(b.nodes)-b.steps), e.byName(a, b))
}

// near compares numbers to 1e-12.
func near(a, b float64) int {
	if !math.IsInf(a, 0) && !math.IsInf(b, 0) && math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)) {
		return 0
	}
	return cmp.Compare(a, b)
}

// byName compares attacks of equal size: their steps by name, then what is given.
func (e *Evaluator) byName(a, b *taken) int {
	for _, t := range []*taken{a, b} {
		if t.sorted == nil {
			rank := e.p.rank()
			for _, i := range t.nodes {
				if n := &e.p.nodes[i]; n.step {
					t.sorted = append(t.sorted, rank[n.first])
				} else {
					t.conditionsSorted = append(t.conditionsSorted, rank[n.first])
				}
			}
			slices.Sort(t.sorted)
			slices.Sort(t.conditionsSorted)
		}
	}
	return cmp.Or(slices.Compare(a.sorted, b.sorted), slices.Compare(a.conditionsSorted, b.conditionsSorted))
}

// rank numbers variables in the order of their nodes' names.
func (p *Program) rank() []int32 {
	rank, _ := p.ranks.get(func() ([]int32, error) {
		type named struct {
			name  string
			start uint64 // the first bytes in which names differ: they decide nearly always, and are at hand
			v     int32
		}
		vars := make([]named, len(p.vars))
		same := 0 // bytes that all names begin with
		for v := range vars {
			vars[v].v, vars[v].name = int32(v), p.tree.model.Nodes[p.nodes[p.vars[v].node].id].Name
			if v == 0 {
				same = len(vars[0].name)
			}
			for same = min(same, len(vars[v].name)); vars[v].name[:same] != vars[0].name[:same]; {
				same--
			}
		}
		for v := range vars {
			var start [8]byte
			copy(start[:], vars[v].name[same:])
			vars[v].start = binary.BigEndian.Uint64(start[:])
		}
		slices.SortFunc(vars, func(a, b named) int {
			if a.start != b.start {
				return cmp.Compare(a.start, b.start)
			}
			return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.v, b.v))
		})
		rank := make([]int32, len(vars))
		for i, x := range vars {
			rank[x.v] = int32(i)
		}
		return rank, nil
	})
	return rank
}

// Attack reads off the numbers of one attack in a scenario: own steps and
// conditions by name. It returns nil if they do not reach the goal there, for
// instance because a control blocks one of them. The attack need not be minimal.
func (p *Program) Attack(s *Scenario, steps, given []string) (*Attack, error) {
	e := p.evaluator.Get().(*Evaluator)
	defer p.evaluator.Put(e)
	if err := e.Set(s); err != nil {
		return nil, err
	}
	e.numbers()
	var nodes []int32
	for _, name := range slices.Concat(steps, given) {
		id, ok := p.tree.nodeID[name]
		if !ok || p.at[id] < 0 || p.nodes[p.at[id]].first < 0 {
			return nil, fmt.Errorf("attacktree: %q is no own step or condition that bears on the goal", name)
		}
		nodes = append(nodes, p.at[id])
	}
	slices.Sort(nodes)
	if nodes = slices.Compact(nodes); !e.fits(nodes) {
		return nil, nil
	}
	return e.describe(e.take(nodes, true)), nil
}
