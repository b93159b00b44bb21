package budget

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A plan is a problem taken apart: in which order fronts are made of which.
type plan struct {
	*Problem
	circuit *circuit.Circuit // without what is impossible, simplified
	amount  []float64        // by node: earned if it is reached
	sure    float64          // earned in any case
	parts   []part
	used    []bool    // by node: a part asks whether it is reached
	earns   []bool    // by node: something is earned there or below
	chance  []span    // by input and output of a part: how likely it may be
	count   []span    // the same: how much its chance counts in what is earned there and above, whatever is chosen elsewhere
	cost    []float64 // by step, the node in the model: what it costs in all states
	free    []int32   // steps that cost nothing, ascending
}

// A span holds a number that depends on what is chosen.
type span struct{ low, high float64 }

// A part is a gate over independent inputs, or a diagram over them.
type part struct {
	program.Part
	dims   [][]dim   // by level and one more: what a choice below is told by, see chain.go
	stages []stage   // by level
	counts []weights // by level and one more: how much these numbers count
	chance []span    // by node of the diagram: how likely it may be
}

// newPlan fails with errUnsuited where the fronts cannot answer: what a step
// costs depends on a bypass, or an amount is earned where a node is not reached.
func newPlan(ctx context.Context, p *Problem) (*plan, error) {
	pl := &plan{Problem: p}
	if err := pl.readCosts(); err != nil {
		return nil, err
	}
	c, image := pl.possible()
	roots, values := pl.toEarn(image)
	pl.circuit = c
	if len(roots) > 0 {
		var parts []program.Part
		var err error
		if pl.circuit, roots, parts, err = program.Parts(ctx, c, roots, p.Limits.diagrams(16*mostNodes)); err != nil {
			return nil, err
		}
		for _, q := range parts {
			if q.Diagram != nil && q.Diagram.Size() > mostNodes {
				return nil, errUnsuited
			}
			if q.Diagram != nil {
				q.Diagram, q.Levels = sift(ctx, q.Diagram, q.Levels)
			}
			pl.parts = append(pl.parts, part{Part: q})
		}
	}
	pl.amount = make([]float64, pl.circuit.Len())
	pl.used = make([]bool, pl.circuit.Len())
	for i, r := range roots {
		switch {
		case r == circuit.True:
			pl.sure += values[i]
		case r == circuit.False:
		case r.Negated():
			return nil, errUnsuited
		default:
			pl.amount[r.Node()] += values[i]
		}
	}
	return pl, pl.layAll()
}

// toEarn returns the places and values of amounts that are neither impossible nor
// sure, and counts those that are.
func (p *plan) toEarn(image []circuit.Ref) (roots []circuit.Ref, values []float64) {
	for _, a := range p.Worth {
		r := image[a.At.Node()] ^ a.At&1
		switch {
		case a.Value == 0 || r == circuit.False:
		case r == circuit.True:
			p.sure += a.Value
		default:
			roots, values = append(roots, r), append(values, a.Value)
		}
	}
	return roots, values
}

// What a diagram may have for fronts to go through it: nodes in all, and
// functions between two levels.
const (
	mostNodes = 1 << 16
	maxWidth  = 1 << 11
	siftWork  = 1 << 28 // nodes that sifting may look at
)

// sift puts the levels of a diagram in a better order.
func sift(ctx context.Context, d *bdd.Diagram, levels []circuit.Ref) (*bdd.Diagram, []circuit.Ref) {
	d, at, _ := d.Sift(ctx, len(levels), siftWork)
	out := make([]circuit.Ref, len(at))
	for l, old := range at {
		out[l] = levels[old]
	}
	return d, out
}

// layAll finds out what is asked of each part, and lays their diagrams. It fails
// where the states of a step stand in several parts, or a diagram is too wide.
func (p *plan) layAll() error {
	p.earns, p.chance = make([]bool, p.circuit.Len()), make([]span, p.circuit.Len())
	for v := range p.circuit.NumVars() {
		x := p.circuit.VarRef(v).Node()
		p.earns[x] = p.amount[x] > 0
		if p.chance[x] = (span{p.Chance[v], p.Chance[v]}); p.decides(v) {
			p.chance[x].low = 0
		}
	}
	in := map[int32]int{} // by step: the part that it stands in
	for i := range p.parts {
		q := &p.parts[i]
		earns := false
		for _, x := range p.inputs(q) {
			if x.Negated() {
				return errUnsuited
			}
			p.used[x.Node()] = true
			earns = earns || p.earns[x.Node()]
			if v, ok := p.circuit.VarOf(x); ok && p.decides(v) {
				if j, ok := in[p.Node[v]]; ok && (i != j || q.Diagram == nil) {
					return errUnsuited
				}
				in[p.Node[v]] = i
			}
		}
		for _, g := range q.Outputs {
			earns = earns || p.amount[g.Node()] > 0
		}
		if q.Diagram != nil {
			p.likelyNodes(q)
		}
		for k, g := range q.Outputs {
			p.earns[g.Node()] = earns
			if q.Diagram == nil {
				p.chance[g.Node()] = p.operation(q).likely(p.chances(q))
			} else {
				p.chance[g.Node()] = q.likely(q.Diagram.Roots[k])
			}
		}
	}
	for i := range p.parts {
		if q := &p.parts[i]; q.Diagram != nil {
			if err := p.lay(q); err != nil {
				return err
			}
		}
	}
	p.countAll()
	return nil
}

// countAll finds out how much the chances of nodes count. What is earned is linear
// in the chance of a module, and a gate hands on to an input what the chances of its
// others let through.
func (p *plan) countAll() {
	p.count = make([]span, p.circuit.Len())
	for x, a := range p.amount {
		p.count[x] = span{a, a}
	}
	for i := len(p.parts) - 1; i >= 0; i-- {
		q := &p.parts[i]
		inputs := p.inputs(q)
		if q.Diagram == nil {
			for k, c := range p.operation(q).through(p.count[q.output()], p.chances(q), 1) {
				x := inputs[k].Node()
				p.count[x].low += c.low
				p.count[x].high += c.high
			}
			continue
		}
		q.counts = p.counts(q)
		for l, x := range inputs {
			for _, t := range q.stages[l].tests {
				c := &p.count[x.Node()]
				if c.high += t.amount; t.at >= 0 {
					c.high += q.counts[l].high[t.at]
				}
			}
		}
	}
}

// likelyNodes finds out how likely the nodes of a diagram may be.
func (p *plan) likelyNodes(q *part) {
	q.chance = []span{{1, 1}}
	for _, n := range q.Diagram.Nodes[1:] {
		hi, lo := q.likely(n.Hi), q.likely(n.Lo)
		c := p.chance[q.Levels[n.Level].Node()]
		mean := func(p, hi, lo float64) float64 { return p*hi + (1-p)*lo }
		q.chance = append(q.chance, span{
			min(mean(c.low, hi.low, lo.low), mean(c.high, hi.low, lo.low)),
			max(mean(c.low, hi.high, lo.high), mean(c.high, hi.high, lo.high)),
		})
	}
}

// likely returns how likely a function may be.
func (q *part) likely(f bdd.Ref) span {
	c := q.chance[f.Node()]
	if f.Negated() {
		return span{1 - c.high, 1 - c.low}
	}
	return c
}

// below returns how much the numbers of what is above a level count: the chances
// of the functions below. What is earned below counts the same for all of it.
func (q *part) below(l int) *weights {
	n := len(q.dims[l])
	w := &weights{low: make([]float64, n+1), high: make([]float64, n+1)}
	for i, d := range q.dims[l] {
		switch d.kind {
		case chanceOf:
			c := q.likely(d.f)
			w.low[i], w.high[i] = c.low, c.high
			w.chances += c.high
		case attempted, left:
			w.high[i] = 1
			w.chances++
		}
	}
	w.low[n], w.high[n] = 1, 1
	return w
}

// chances returns how likely the inputs of a part may be.
func (p *plan) chances(q *part) []span {
	var out []span
	for _, x := range p.inputs(q) {
		out = append(out, p.chance[x.Node()])
	}
	return out
}

// inputs returns what a part refers to.
func (p *plan) inputs(q *part) []circuit.Ref {
	if q.Diagram == nil {
		return p.circuit.Args(q.Gates[0])
	}
	return q.Levels
}

// readCosts fails where a step has several costs.
func (p *plan) readCosts() error {
	p.cost = make([]float64, slices.Max(append(p.Node, 0))+1)
	known := make([]bool, len(p.cost))
	for v, node := range p.Node {
		switch {
		case !p.IsStep[v] || p.Chance[v] == 0:
		case known[node] && p.cost[node] != p.Cost[v]:
			return errUnsuited
		default:
			p.cost[node], known[node] = p.Cost[v], true
		}
	}
	roots := []circuit.Ref{p.Root}
	for _, a := range p.Worth {
		roots = append(roots, a.At)
	}
	uses := p.Circuit.Uses(roots...)
	for v, node := range p.Node {
		if p.IsStep[v] && p.Chance[v] > 0 && p.Cost[v] == 0 && uses[p.Circuit.VarRef(v).Node()] > 0 {
			p.free = append(p.free, node)
		}
	}
	slices.Sort(p.free)
	p.free = slices.Compact(p.free)
	return nil
}

// decides reports whether a variable is of a step that the attacker has to
// decide on. What is free is always attempted.
func (p *plan) decides(v int) bool { return p.IsStep[v] && p.cost[p.Node[v]] > 0 }

// possible copies the circuit without what cannot happen, and without what
// happens for sure.
func (p *plan) possible() (*circuit.Circuit, []circuit.Ref) {
	c, d := p.Circuit, circuit.New()
	d.Grow(c.Len())
	image := make([]circuit.Ref, c.Len())
	for v := range c.NumVars() {
		image[c.VarRef(v).Node()] = d.Var()
		switch {
		case p.Chance[v] == 0:
			image[c.VarRef(v).Node()] = circuit.False
		case p.Chance[v] == 1 && !p.decides(v):
			image[c.VarRef(v).Node()] = circuit.True
		}
	}
	var args []circuit.Ref
	for i := range c.Len() {
		r := circuit.MakeRef(i)
		args = args[:0]
		for _, x := range c.Args(r) {
			args = append(args, image[x.Node()]^x&1)
		}
		switch c.Kind(r) {
		case circuit.And:
			image[i] = d.And(args...)
		case circuit.Or:
			image[i] = d.Or(args...)
		case circuit.AtLeast:
			image[i] = d.AtLeast(c.Threshold(r), args...)
		case circuit.Ite:
			image[i] = d.Ite(args[0], args[1], args[2])
		}
	}
	return d, image
}

// Weights bound how much the numbers of a choice count, whatever is chosen elsewhere.
type weights struct {
	low, high []float64 // by number; what is earned counts once
	chances   float64   // all chances together, at most
}

// counts finds the weights at the levels of a diagram, from the first one down.
func (p *plan) counts(q *part) []weights {
	w := make([]weights, len(q.dims))
	for l, dims := range q.dims {
		w[l] = weights{low: make([]float64, len(dims)), high: make([]float64, len(dims))}
		for i, d := range dims {
			switch d.kind {
			case earned:
				w[l].low[i], w[l].high[i] = 1, 1
			case attempted, left: // nothing makes up for these
				w[l].high[i] = math.Inf(1)
			}
		}
	}
	for i, d := range q.dims[0] {
		for k, g := range q.Outputs {
			if d.kind == chanceOf && q.Diagram.Roots[k] == d.f && p.used[g.Node()] {
				w[0].low[i] += p.count[g.Node()].low - p.amount[g.Node()]
				w[0].high[i] += p.count[g.Node()].high - p.amount[g.Node()]
				w[0].chances += p.count[g.Node()].high - p.amount[g.Node()]
			}
		}
	}
	for l, st := range q.stages {
		above, below := w[l], &w[l+1]
		for i, from := range st.pass {
			if from >= 0 && q.dims[l][i].kind == chanceOf {
				below.low[from] += above.low[i]
				below.high[from] += above.high[i]
			}
		}
		below.chances = above.chances
		chance := p.chance[q.Levels[l].Node()]
		for _, t := range st.tests {
			low, high := t.amount, t.amount
			if t.at >= 0 {
				low, high = low+above.low[t.at], high+above.high[t.at]
			}
			if t.hi >= 0 {
				below.low[t.hi] += low * chance.low
				below.high[t.hi] += high * chance.high
			}
			if t.lo >= 0 {
				below.low[t.lo] += low * (1 - chance.high)
				below.high[t.lo] += high * (1 - chance.low)
			}
			below.chances += t.amount
		}
		sum := 0.0
		for i, d := range q.dims[l+1] {
			if d.kind == chanceOf {
				sum += below.high[i]
			}
		}
		below.chances = min(below.chances, sum)
	}
	return w
}

// A dim is one of the numbers that tell what a choice of steps below some level
// of a diagram does to what is above: the chance of a function of the levels
// below, or what is earned below; or whether a step with levels on both sides
// may be attempted in it, or left.
type dim struct {
	kind dimKind
	f    bdd.Ref // of a chance
	step int32   // of a decision
}

type dimKind uint8

const (
	chanceOf dimKind = iota
	earned
	attempted
	left
)

// A stage says how the numbers above a level follow from those below it.
type stage struct {
	pass    []int32 // by number above: the number below that it is, or -1
	tests   []test  // functions that test the level
	earn    int32   // number above that is what is earned, -1 if nothing is
	earnLow int32   // the same below
	step    int32   // of the model, if its decision is told by numbers: else -1
	above   int32   // whether it is attempted, and next to it left: numbers above, -1 if not told any more
	below   int32   // the same below, -1 if not told yet
}

// A test is a function that tests a level.
type test struct {
	hi, lo int32   // numbers below, or one of the constants
	at     int32   // number above, -1 if nothing above refers to it
	amount float64 // earned if it is true
}

// Constants in place of the number of a function.
const (
	isTrue  int32 = -1
	isFalse int32 = -2
)

// lay finds the numbers between the levels of a diagram, and how each follow
// from the ones below.
func (p *plan) lay(q *part) error {
	nodes, levels := q.Diagram.Nodes, len(q.Levels)
	// A function is told between the levels of its node and of the first one that
	// refers to it. Level -1 stands for what is above the part.
	type fact struct {
		first  int32
		amount float64
	}
	facts := map[bdd.Ref]*fact{}
	of := func(f bdd.Ref) *fact {
		if facts[f] == nil {
			facts[f] = &fact{first: math.MaxInt32}
		}
		return facts[f]
	}
	constant := 0.0
	for i, g := range q.Outputs {
		f := q.Diagram.Roots[i]
		switch {
		case f == bdd.True:
			constant += p.amount[g.Node()]
		case f != bdd.False:
			of(f).amount += p.amount[g.Node()]
			if p.used[g.Node()] {
				of(f).first = -1
			}
		}
	}
	p.sure += constant
	functions := make([][]bdd.Ref, levels) // by level
	for i := len(nodes) - 1; i > 0; i-- {
		for _, f := range []bdd.Ref{bdd.Ref(i) << 1, bdd.Ref(i)<<1 | 1} {
			if facts[f] == nil {
				continue
			}
			n := nodes[i]
			functions[n.Level] = append(functions[n.Level], f)
			for _, child := range []bdd.Ref{n.Hi ^ f&1, n.Lo ^ f&1} {
				if child.Node() != 0 {
					of(child).first = min(of(child).first, n.Level)
				}
			}
		}
	}
	// Steps with several levels.
	top, bottom := map[int32]int32{}, map[int32]int32{}
	for l, x := range q.Levels {
		if v, ok := p.circuit.VarOf(x); ok && p.decides(v) {
			step := p.Node[v]
			if _, ok := top[step]; !ok {
				top[step] = int32(l)
			}
			bottom[step] = int32(l)
		}
	}
	q.dims, q.stages = make([][]dim, levels+1), make([]stage, levels)
	earns := false
	var open []bdd.Ref
	var steps []int32
	for l := int32(levels) - 1; l >= 0; l-- {
		below := q.dims[l+1]
		find := func(d dim) int32 {
			return int32(slices.Index(below, d))
		}
		input := q.Levels[l]
		st := stage{earn: -1, earnLow: find(dim{kind: earned}), step: -1, above: -1, below: -1}
		earns = earns || p.earns[input.Node()]
		open = slices.DeleteFunc(slices.Concat(functions[l], open), func(f bdd.Ref) bool { return of(f).first >= l })
		for _, f := range functions[l] {
			earns = earns || of(f).amount > 0
		}
		v, isVar := p.circuit.VarOf(input)
		if isVar && p.decides(v) && top[p.Node[v]] < bottom[p.Node[v]] {
			st.step = p.Node[v]
			st.below = find(dim{kind: attempted, step: st.step})
			steps = slices.DeleteFunc(steps, func(s int32) bool { return s == st.step })
			if l > top[st.step] {
				steps = append(steps, st.step)
			}
		}
		if len(open) > maxWidth {
			return errUnsuited
		}
		var above []dim
		for _, f := range open {
			above = append(above, dim{kind: chanceOf, f: f})
		}
		if earns {
			st.earn = int32(len(above))
			above = append(above, dim{kind: earned})
		}
		for _, s := range steps {
			if s == st.step {
				st.above = int32(len(above))
			}
			above = append(above, dim{kind: attempted, step: s}, dim{kind: left, step: s})
		}
		for _, d := range above {
			from := int32(-1)
			if d.kind == chanceOf || st.step < 0 || d.step != st.step {
				from = find(d)
			}
			if d.kind == earned {
				from = -1
			}
			st.pass = append(st.pass, from)
		}
		place := func(f bdd.Ref) int32 {
			switch f {
			case bdd.True:
				return isTrue
			case bdd.False:
				return isFalse
			}
			return find(dim{kind: chanceOf, f: f})
		}
		for _, f := range functions[l] {
			n := nodes[f.Node()]
			st.tests = append(st.tests, test{
				hi: place(n.Hi ^ f&1), lo: place(n.Lo ^ f&1),
				at: int32(slices.Index(above, dim{kind: chanceOf, f: f})), amount: of(f).amount,
			})
		}
		q.dims[l], q.stages[l] = above, st
	}
	return nil
}
