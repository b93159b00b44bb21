package attacktree

import (
	"cmp"
	"math"
	"slices"
)

// When nodes are reached, and what their being reached so soon is made of.

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
