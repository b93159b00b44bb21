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

// A clock finds when nodes can be reached, by Knuth's generalisation of
// Dijkstra's algorithm (A generalization of Dijkstra's algorithm, 1977). What is
// settled, soonest first, are the start and the end of each node:
//
//	start(goal) = 0, and so is the start of a node without parents, and of one
//	              that bypasses a control and is not below the goal
//	start(v)    = least over its parents p of start(p), or, where p is seq and
//	              v not its first child, of max(start(p), end(child before v))
//	end(v)      = least over the states of its bypasses in which the own step is
//	              possible of max(start(v), children, bypasses) + time(v)
//
// All are superior functions: no value is less than one it is made of. The
// cost is O((nodes + edges) log nodes).
type clock struct {
	start, end []float64 // by node; +Inf: never
	from       []origin  // of the start
	state      []uint32  // of the bypasses that the end relies on
	order      []int32   // by node: which was the how manieth to end
	ended      int32
	count      []int32 // children that have ended
	play       []bool  // nodes that can end at all
	gate       []float64
	queue      []tick
}

// An origin tells why a node may start: with its parent, and after the child before it.
type origin struct {
	parent, after int32 // -1: none
}

// A tick is a start or an end that has been found, perhaps not the soonest.
type tick struct {
	at    float64
	node  int32
	start bool
	from  origin
	state uint32
}

// before orders ticks: by time, starts first, then by node.
func (a *tick) before(b *tick) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.start != b.start:
		return a.start
	}
	return a.node < b.node
}

// push and pop keep the queue as a binary heap.
func (c *clock) push(t tick) {
	c.queue = append(c.queue, t)
	for i := len(c.queue) - 1; i > 0; {
		up := (i - 1) / 2
		if !c.queue[i].before(&c.queue[up]) {
			break
		}
		c.queue[up], c.queue[i] = c.queue[i], c.queue[up]
		i = up
	}
}

func (c *clock) pop() tick {
	top := c.queue[0]
	last := len(c.queue) - 1
	c.queue[0] = c.queue[last]
	c.queue = c.queue[:last]
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			return top
		}
		if down+1 < last && c.queue[down+1].before(&c.queue[down]) {
			down++
		}
		if !c.queue[down].before(&c.queue[i]) {
			return top
		}
		c.queue[i], c.queue[down] = c.queue[down], c.queue[i]
		i = down
	}
}

// runClock lets time pass until the goal ends, and returns when that is. allowed
// says which nodes may take their own step or have their condition given.
func (e *Evaluator) runClock(allowed func(node int32) bool) float64 {
	c := e.resetClock()
	for i := range c.play {
		c.play[i] = true
	}
	return e.passTime(allowed)
}

// soonest returns when the goal ends if only the given nodes act. Time passes
// for them and what is above them only.
func (e *Evaluator) soonest(nodes []int32) float64 {
	c := e.resetClock()
	clear(c.play)
	stack := slices.Clone(nodes)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !c.play[v] {
			c.play[v] = true
			stack = append(stack, e.p.nodes[v].parents...)
		}
	}
	on := make(map[int32]bool, len(nodes))
	for _, v := range nodes {
		on[v] = true
	}
	return e.passTime(func(v int32) bool { return on[v] })
}

func (e *Evaluator) resetClock() *clock {
	p, c := e.p, &e.clock
	if c.start == nil {
		n := len(p.nodes)
		c.play = make([]bool, n)
		c.start, c.end, c.gate = make([]float64, n), make([]float64, n), make([]float64, n)
		c.from, c.state, c.order, c.count = make([]origin, n), make([]uint32, n), make([]int32, n), make([]int32, n)
	}
	for i := range p.nodes {
		c.start[i], c.end[i], c.gate[i], c.count[i] = math.Inf(1), math.Inf(1), math.Inf(1), 0
		if p.nodes[i].gate.Leaf() {
			c.gate[i] = 0
		}
	}
	c.ended, c.queue = 0, c.queue[:0]
	return c
}

func (e *Evaluator) passTime(allowed func(node int32) bool) float64 {
	p, c := e.p, &e.clock
	for i := range p.nodes {
		if n := &p.nodes[i]; int32(i) == p.goal || len(n.parents) == 0 || n.bypasses && !n.below {
			if !c.play[i] {
				continue
			}
			c.push(tick{0, int32(i), true, origin{-1, -1}, 0})
		}
	}
	for len(c.queue) > 0 {
		t := c.pop()
		n := &p.nodes[t.node]
		switch {
		case t.start && math.IsInf(c.start[t.node], 1):
			c.start[t.node], c.from[t.node] = t.at, t.from
			for i, child := range n.children {
				switch {
				case !c.play[child]:
				case n.gate != Seq || i == 0:
					c.push(tick{t.at, child, true, origin{t.node, -1}, 0})
				case !math.IsInf(c.end[n.children[i-1]], 1):
					before := n.children[i-1]
					c.push(tick{max(t.at, c.end[before]), child, true, origin{t.node, before}, 0})
				}
			}
			e.tryEnd(t.node, allowed)
		case !t.start && math.IsInf(c.end[t.node], 1):
			c.end[t.node], c.state[t.node], c.order[t.node] = t.at, t.state, c.ended
			c.ended++
			if t.node == p.goal {
				return t.at
			}
			for _, up := range n.parents {
				e.childEnded(up, t.node, t.at, allowed)
			}
			for _, v := range p.waiting()[t.node] {
				e.tryEnd(v, allowed)
			}
		}
	}
	return math.Inf(1)
}

// childEnded tells a parent that a child has ended.
func (e *Evaluator) childEnded(up, child int32, at float64, allowed func(int32) bool) {
	c, n := &e.clock, &e.p.nodes[up]
	c.count[up]++
	need := int32(1)
	switch n.gate {
	case And, Seq:
		need = int32(len(n.children))
	case AtLeast:
		need = n.k
	}
	if c.count[up] == need {
		c.gate[up] = at
		e.tryEnd(up, allowed)
	}
	if n.gate == Seq && !math.IsInf(c.start[up], 1) {
		if i := slices.Index(n.children, child); i+1 < len(n.children) && c.play[n.children[i+1]] {
			c.push(tick{max(at, c.start[up]), n.children[i+1], true, origin{up, child}, 0})
		}
	}
}

// tryEnd finds ends of a node as far as all that they are made of is known.
func (e *Evaluator) tryEnd(v int32, allowed func(int32) bool) {
	c, n := &e.clock, &e.p.nodes[v]
	at := max(c.start[v], c.gate[v])
	if math.IsInf(at, 1) || !math.IsInf(c.end[v], 1) {
		return
	}
	if n.first < 0 {
		c.push(tick{at, v, false, origin{}, 0})
		return
	}
	if !allowed(v) {
		return
	}
	for s := range n.states() {
		v2 := int(n.first) + s
		if !e.possible[v2] {
			continue
		}
		after := at
		for b, sw := range n.switches {
			if s>>b&1 == 1 {
				after = max(after, e.offAt(sw))
			}
		}
		if !math.IsInf(after, 1) {
			c.push(tick{after + e.time[v2], v, false, origin{}, uint32(s)})
		}
	}
}

// offAt is when a bypass is first reached.
func (e *Evaluator) offAt(s int32) float64 {
	at := math.Inf(1)
	for _, v := range e.p.switches[s].nodes {
		at = min(at, e.clock.end[v])
	}
	return at
}

// waiting lists, by node, the nodes whose own steps may rely on its being reached.
func (p *Program) waiting() [][]int32 {
	w, _ := p.waits.get(func() ([][]int32, error) {
		w := make([][]int32, len(p.nodes))
		for i := range p.nodes {
			if p.nodes[i].first < 0 {
				continue
			}
			for _, s := range p.nodes[i].switches {
				for _, v := range p.switches[s].nodes {
					w[v] = append(w[v], int32(i))
				}
			}
		}
		return w, nil
	})
	return w
}

// derivation returns the nodes that the goal's end of the last run is made of:
// those with an own step or condition, ascending.
func (e *Evaluator) derivation() []int32 {
	p, c := e.p, &e.clock
	if math.IsInf(c.end[p.goal], 1) {
		return nil
	}
	seen := make([]bool, 2*len(p.nodes)) // 2v: the start, 2v+1: the end
	stack := []int32{2*p.goal + 1}
	var out []int32
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[x] {
			continue
		}
		seen[x] = true
		v := x / 2
		n := &p.nodes[v]
		if x%2 == 0 {
			if from := c.from[v]; from.parent >= 0 {
				stack = append(stack, 2*from.parent)
				if from.after >= 0 {
					stack = append(stack, 2*from.after+1)
				}
			}
			continue
		}
		if n.first >= 0 {
			out = append(out, v)
			for b, s := range n.switches {
				if c.state[v]>>b&1 == 1 {
					nodes := p.switches[s].nodes
					stack = append(stack, 2*slices.MinFunc(nodes, c.sooner)+1)
				}
			}
		}
		stack = append(stack, 2*v)
		need := len(n.children)
		switch n.gate {
		case Or:
			need = 1
		case AtLeast:
			need = int(n.k)
		}
		first := slices.Clone(n.children)
		if need < len(first) {
			slices.SortFunc(first, c.sooner)
		}
		for _, child := range first[:need] {
			stack = append(stack, 2*child+1)
		}
	}
	slices.Sort(out)
	return out
}

// sooner orders nodes by when they ended in the last run; those that did not come last.
func (c *clock) sooner(a, b int32) int {
	return cmp.Or(cmp.Compare(c.end[a], c.end[b]), cmp.Compare(c.order[a], c.order[b]))
}

// fastest returns the attack that reaches the goal soonest; of several, the one
// that is first by cost, or nil if there is none. cheapest is the first of all by
// cost, if that is known. The attack is not proven to be the one if proven is false.
func (e *Evaluator) fastest(ctx context.Context, cheapest *taken, unaided bool) (a *taken, proven bool, err error) {
	at := e.runClock(func(int32) bool { return true })
	way := e.derivation()
	switch {
	case math.IsInf(at, 1):
		return nil, true, nil
	case unaided:
		return e.branch(ctx, math.Inf(1), way)
	case cheapest != nil && cheapest.time <= at*(1+rounding):
		return cheapest, true, nil
	case e.p.startsKnown():
		if a, err = e.withinDeadline(ctx, at); a != nil || err != nil {
			return a, true, err
		}
	}
	return e.branch(ctx, at, way)
}

// rounding is the relative error that sums of durations may have.
const rounding = 1e-12

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

// maxBranches bounds the search for the first by cost of the fastest attacks,
// times the nodes that each branch looks at.
const maxBranches = 4 << 20

// minBranches is how many there must be time for.
const minBranches = 256

// branch finds the first attack by cost among those that end at a time or
// sooner, by branch and bound: it takes a way to be that fast, picks a step of it
// that is not yet decided, and tries the attacks with it and those without. If
// the time is infinite, it finds the first by time instead, among the attacks
// that need a step. proven is false if it ended early; the attack is then the
// best one found. It begins with a way that is known.
func (e *Evaluator) branch(ctx context.Context, at float64, way []int32) (best *taken, proven bool, err error) {
	p := e.p
	const undecided, in, out = 0, 1, 2
	decided := make([]uint8, len(p.nodes))
	order, extra := ByCost, e.bypassSteps()
	if math.IsInf(at, 1) {
		order, extra = ByTime, nil
		for v := range p.nodes {
			if p.nodes[v].first >= 0 {
				extra = append(extra, int32(v))
			}
		}
	}
	first := func(list []int32) int32 {
		i := slices.IndexFunc(list, func(v int32) bool { return decided[v] == undecided })
		if i < 0 {
			return -1
		}
		return list[i]
	}
	left := maxBranches / len(p.nodes)
	var search func(cost float64, steps int)
	search = func(cost float64, steps int) {
		if left--; left < 0 || err != nil {
			return
		}
		if err = ctx.Err(); err != nil {
			return
		}
		latest := at
		if best != nil && order == ByTime {
			latest = best.time
		} else if best != nil {
			if c := near(cost, best.cost); c > 0 || c == 0 && steps > best.steps {
				return
			}
		}
		if e.runClock(func(v int32) bool { return decided[v] != out }) > latest*(1+rounding) {
			return
		}
		next := first(e.derivation())
		if next < 0 {
			var nodes []int32
			for v := range p.nodes {
				if decided[v] == in {
					nodes = append(nodes, int32(v))
				}
			}
			if e.fits(nodes) {
				if a := e.take(nodes, true); best == nil || e.compare(order, a, best) < 0 {
					best = a
				}
			}
			// A bypass may make an attack cheaper as it grows.
			if next = first(extra); next < 0 {
				return
			}
		}
		n := &p.nodes[next]
		for _, d := range []uint8{in, out} {
			decided[next] = d
			if d == in && n.step { // at least what it costs with every bypass reached
				search(cost+e.cost[int(n.first)+n.states()-1], steps+1)
			} else {
				search(cost, steps)
			}
		}
		decided[next] = undecided
	}
	if e.fits(way) {
		best = e.take(way, true)
	}
	if left < minBranches { // not worth beginning
		return best, false, nil
	}
	search(0, 0)
	if best != nil && math.IsInf(best.time, 1) { // what it relies on comes too late
		best = nil
	}
	return best, left >= 0, err
}

// bypassSteps returns what may help to reach a bypass, ascending.
func (e *Evaluator) bypassSteps() []int32 {
	p := e.p
	seen := make([]bool, len(p.nodes))
	var stack, out []int32
	for _, s := range p.switches {
		stack = append(stack, s.nodes...)
	}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		if p.nodes[v].first >= 0 {
			out = append(out, v)
		}
		stack = append(stack, p.nodes[v].children...)
	}
	slices.Sort(out)
	return out
}

// fits reports whether nodes make an attack: a step among them, all possible in
// the state of the attack, and conditions that do not suffice alone.
func (e *Evaluator) fits(nodes []int32) bool {
	p := e.p
	if e.words == nil {
		e.words = make([]uint64, len(p.vars))
	}
	clear(e.words)
	steps := 0
	for _, v := range nodes {
		n := &p.nodes[v]
		mask := uint64(3) // bit 0: all nodes, bit 1: conditions alone
		if n.step {
			mask = 1
			steps++
		}
		for s := range n.states() {
			if w := int(n.first) + s; e.possible[w] {
				e.words[w] = mask
			}
		}
	}
	e.reach(e.words)
	if steps == 0 || e.reached[p.goal]&3 != 1 {
		return false
	}
	for _, v := range nodes {
		n := &p.nodes[v]
		var state int32
		for b, s := range n.switches {
			if e.off(s)&1 != 0 {
				state |= 1 << b
			}
		}
		if !e.possible[n.first+state] {
			return false
		}
	}
	return true
}
