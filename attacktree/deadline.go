package attacktree

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// The cheapest of the attacks that end by a deadline.

// startsKnown reports whether nobody waits for a bypass, and what is done after
// something else below a seq has one parent only, so that how long a node takes
// from its start does not depend on other branches.
func (p *Program) startsKnown() bool {
	if len(p.switches) > 0 {
		return false
	}
	later := make([]bool, len(p.nodes)) // below a child of a seq that is not its first
	for i := len(p.nodes) - 1; i >= 0; i-- {
		n := &p.nodes[i]
		if later[i] && len(n.parents) > 1 {
			return false
		}
		for j, c := range n.children {
			later[c] = later[c] || later[i] || n.gate == Seq && j > 0
		}
	}
	return true
}

// maxDeadlines bounds the pairs of a node and a deadline that withinDeadline
// works on, for each node of the program.
const maxDeadlines = 16

// maxDeadlineNodes bounds the diagram of withinDeadline: a tie is not worth more.
const maxDeadlineNodes = 1 << 16

// withinDeadline finds the first attack by cost among those that end at a time
// or sooner, where [Program.startsKnown]. Whether a node ends by a deadline after
// its start is a gate over whether its children do by earlier ones; below a seq,
// over the ways to divide the time among them. So the attacks in question are
// those of a circuit over pairs of nodes and deadlines. It returns nil if there
// are too many such pairs, or their diagram is too large.
func (e *Evaluator) withinDeadline(ctx context.Context, at float64) (*taken, error) {
	p := e.p
	slack := rounding * at
	least, most := e.durations()
	plan := planner{e: e, most: e.allowances(least, at+slack), stairs: map[int32][]stair{}}
	type task struct {
		node, from int32 // of a seq: its children from this one on
		by         float64
	}
	normal := func(t task) task {
		if t.from == 0 && t.by+slack >= most[t.node] { // it does not bind
			t.by = math.Inf(1)
		}
		return t
	}
	c := circuit.New()
	vars := make([]circuit.Ref, len(p.vars))
	for v := range vars {
		vars[v] = c.Var()
	}
	built := map[task]circuit.Ref{}
	budget := maxDeadlines * (len(p.nodes) + 64)
	goal := normal(task{p.goal, 0, at})
	stack := []task{goal}
	for len(stack) > 0 {
		t := stack[len(stack)-1]
		if _, ok := built[t]; ok {
			stack = stack[:len(stack)-1]
			continue
		}
		n := &p.nodes[t.node]
		if t.from == 0 && least[t.node] > t.by+slack {
			built[t] = circuit.False
			continue
		}
		left := t.by
		if t.from == 0 && n.first >= 0 {
			left -= e.time[n.first]
		}
		ready := true
		get := func(t task) circuit.Ref {
			t = normal(t)
			ref, ok := built[t]
			if !ok {
				ready = false
				stack = append(stack, t)
			}
			return ref
		}
		gate := circuit.True
		switch {
		case n.gate == Seq && !math.IsInf(left, 1):
			first := n.children[t.from]
			if int(t.from) == len(n.children)-1 {
				gate = get(task{first, 0, left})
				break
			}
			steps, ok := plan.climb(first)
			if !ok {
				return nil, nil
			}
			gate = circuit.False
			for _, s := range steps {
				if s.time <= left+slack {
					now, rest := get(task{first, 0, s.time}), get(task{t.node, t.from + 1, left - s.time})
					gate = c.Or(gate, c.And(now, rest))
				}
			}
		default:
			args := make([]circuit.Ref, len(n.children))
			for i, child := range n.children {
				args[i] = get(task{child, 0, left})
			}
			switch n.gate {
			case Or:
				gate = c.Or(args...)
			case And, Seq:
				gate = c.And(args...)
			case AtLeast:
				gate = c.AtLeast(int(n.k), args...)
			}
		}
		if !ready {
			continue
		}
		if t.from == 0 && n.first >= 0 {
			gate = c.And(gate, vars[n.first])
		}
		built[t] = gate
		if len(built) > budget {
			return nil, nil
		}
	}
	limit := program.Limits{Nodes: maxDeadlineNodes}
	if p.opt.MaxNodes > 0 {
		limit.Nodes = min(limit.Nodes, p.opt.MaxNodes)
	}
	f, err := program.MinimalSets(ctx, c, built[goal], limit)
	if errors.Is(err, program.ErrLimit) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	for vars, err := range f.Sets(ctx, program.Selection{Class: e.classes, A: e.cost, Rank: p.rank()}) {
		if err != nil {
			return nil, err
		}
		return e.take(e.nodesOf(vars), true), nil
	}
	return nil, nil
}

// durations returns for each node the least and the greatest time from its
// start to its end over all attacks, where [Program.startsKnown].
func (e *Evaluator) durations() (least, most []float64) {
	p := e.p
	least, most = make([]float64, len(p.nodes)), make([]float64, len(p.nodes))
	var ends []float64
	for i := range p.nodes {
		n := &p.nodes[i]
		ends = ends[:0]
		for _, c := range n.children {
			ends = append(ends, least[c])
			if n.gate == Seq {
				most[i] += most[c]
			} else {
				most[i] = max(most[i], most[c])
			}
		}
		switch n.gate {
		case Or:
			least[i] = slices.Min(ends)
		case And:
			least[i] = slices.Max(ends)
		case Seq:
			for _, x := range ends {
				least[i] += x
			}
		case AtLeast:
			slices.Sort(ends)
			least[i] = ends[n.k-1]
		}
		if n.first >= 0 {
			if !e.possible[n.first] {
				least[i] = math.Inf(1)
			}
			least[i] += e.time[n.first]
			most[i] += e.time[n.first]
		}
	}
	return least, most
}

// allowances returns for each node the longest that it may take if the goal is to
// end by a time: what is left when everything before and after it takes least.
func (e *Evaluator) allowances(least []float64, at float64) []float64 {
	p := e.p
	most := make([]float64, len(p.nodes))
	most[p.goal] = at
	for i := len(p.nodes) - 1; i >= 0; i-- {
		n := &p.nodes[i]
		left := most[i]
		if n.first >= 0 {
			left -= e.time[n.first]
		}
		sum := 0.0
		for _, c := range n.children {
			sum += least[c]
		}
		for _, c := range n.children {
			if n.gate == Seq && math.IsInf(sum, 1) { // never done
				continue
			} else if n.gate == Seq {
				most[c] = max(most[c], left-(sum-least[c]))
			} else {
				most[c] = max(most[c], left)
			}
		}
	}
	return most
}

// A stair is a duration of a node, and the least cost at which it takes no longer.
type stair struct{ time, cost float64 }

// A planner finds the durations of nodes that are worth considering below a
// seq: those at which taking longer costs no more.
type planner struct {
	e      *Evaluator
	most   []float64 // by node: longer is too long
	stairs map[int32][]stair
}

// maxStairs bounds the durations that are considered for one node.
const maxStairs = 48

// climb returns the durations of a node, the shortest first; false if there are
// too many. What it is asked about has one parent throughout.
func (p *planner) climb(v int32) ([]stair, bool) {
	todo := []int32{v}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		if _, ok := p.stairs[v]; ok {
			todo = todo[:len(todo)-1]
			continue
		}
		n := &p.e.p.nodes[v]
		ready := true
		kids := make([][]stair, len(n.children))
		for i, c := range n.children {
			var ok bool
			if kids[i], ok = p.stairs[c]; !ok {
				ready = false
				todo = append(todo, c)
			}
		}
		if !ready {
			continue
		}
		list := p.combine(v, kids)
		if n.first >= 0 {
			if !p.e.possible[n.first] {
				list = nil
			}
			for i := range list {
				list[i].time += p.e.time[n.first]
				list[i].cost += p.e.cost[n.first]
			}
		}
		if p.stairs[v] = worth(list, p.most[v]); len(p.stairs[v]) > maxStairs {
			return nil, false
		}
	}
	return p.stairs[v], true
}

// combine returns candidate durations of a gate from those of its children.
func (p *planner) combine(v int32, kids [][]stair) []stair {
	n := &p.e.p.nodes[v]
	switch n.gate {
	case Step, Condition:
		return []stair{{0, 0}}
	case Or:
		return slices.Concat(kids...)
	case Seq:
		sum := []stair{{0, 0}}
		for _, kid := range kids {
			var next []stair
			for _, a := range sum {
				for _, b := range kid {
					next = append(next, stair{a.time + b.time, a.cost + b.cost})
				}
			}
			if sum = worth(next, p.most[v]); len(sum) > maxStairs {
				break
			}
		}
		return sum
	}
	need := len(kids)
	if n.gate == AtLeast {
		need = int(n.k)
	}
	var list []stair
	for _, t := range slices.Concat(kids...) { // by then, the cheapest of those that can be done
		var costs []float64
		for _, kid := range kids {
			i := len(kid) - 1
			for i >= 0 && kid[i].time > t.time {
				i--
			}
			if i >= 0 {
				costs = append(costs, kid[i].cost)
			}
		}
		if len(costs) < need {
			continue
		}
		slices.Sort(costs)
		total := 0.0
		for _, c := range costs[:need] {
			total += c
		}
		list = append(list, stair{t.time, total})
	}
	return list
}

// worth sorts durations and keeps those up to most at which it costs no more
// than at any shorter one. Equal costs stay, since ties go by name.
func worth(list []stair, most float64) []stair {
	slices.SortFunc(list, func(a, b stair) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.cost, b.cost))
	})
	var out []stair
	for _, s := range list {
		last := len(out) - 1
		if s.time <= most && (last < 0 || s.time > out[last].time && near(s.cost, out[last].cost) <= 0) {
			out = append(out, s)
		}
	}
	return out
}
