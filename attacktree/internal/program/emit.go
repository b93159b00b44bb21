package program

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A polarity asks for a function as it is, or for its complement.
type polarity uint8

const (
	plain polarity = iota
	negated
)

// of returns the polarity in which x's node is asked for where x is in p.
func (p polarity) of(negatedEdge bool) polarity {
	if negatedEdge {
		return 1 - p
	}
	return p
}

// A demand says in which polarities something is needed.
type demand [2]bool

// An emitter writes the steps of a program. From the roots down, require finds
// out which polarities of which gates and variables are needed; from the
// variables up, emit writes what computes them.
type emitter struct {
	c       *circuit.Circuit
	program *Program
	demands []demand   // of each node of the circuit
	entries [][2]int32 // of each node of the circuit, by polarity
	inner   []demand   // of each node of the diagram at hand
	local   [][2]int32 // of each node of the diagram at hand
}

func newEmitter(c *circuit.Circuit, roots []circuit.Ref) *emitter {
	e := &emitter{
		c:       c,
		program: &Program{vars: c.NumVars(), roots: make([]int32, len(roots))},
		demands: make([]demand, c.Len()),
		entries: make([][2]int32, c.Len()),
	}
	e.entries[circuit.True.Node()] = [2]int32{one, zero}
	for v := range c.NumVars() {
		at := firstVariable + 2*int32(v)
		e.entries[c.VarRef(v).Node()] = [2]int32{at, at + 1}
	}
	for _, r := range roots {
		e.demand(r, plain)
	}
	return e
}

func (e *emitter) demand(x circuit.Ref, p polarity) {
	e.demands[x.Node()][p.of(x.Negated())] = true
}

func (e *emitter) entry(x circuit.Ref, p polarity) int32 {
	return e.entries[x.Node()][p.of(x.Negated())]
}

// require records what the demanded outputs of u need of its inputs.
func (e *emitter) require(u *unit, s solution) {
	if s.forms != nil {
		e.requireForms(s)
		return
	}
	if s.direct() {
		g := u.gates[0]
		for p := plain; p <= negated; p++ {
			if !e.demands[g.Node()][p] {
				continue
			}
			args := e.c.Args(g)
			for i, x := range args {
				e.demand(x, p)
				if !e.conjunction(g, p) && (i < len(args)-1 || len(args) > chainLength) {
					e.demand(x, 1-p)
				}
			}
		}
		return
	}
	e.mark(u, s)
	for i, n := range s.diagram.Nodes {
		for p := plain; p <= negated; p++ {
			if !e.inner[i][p] {
				continue
			}
			if !isZero(n.Hi, p) {
				e.demand(s.levels[n.Level], plain)
			}
			if !isZero(n.Lo, p) {
				e.demand(s.levels[n.Level], negated)
			}
		}
	}
}

// emit writes the steps for the demanded outputs of u.
func (e *emitter) emit(u *unit, s solution) {
	if s.forms != nil {
		e.emitForms(u, s)
		return
	}
	if s.direct() {
		g := u.gates[0]
		for p := plain; p <= negated; p++ {
			if e.demands[g.Node()][p] {
				e.entries[g.Node()][p] = e.independent(g, p)
			}
		}
		return
	}
	e.mark(u, s)
	e.local = append(e.local[:0], [2]int32{one, zero})
	for i, n := range s.diagram.Nodes[1:] {
		var at [2]int32
		for p := plain; p <= negated; p++ {
			if e.inner[i+1][p] {
				x := s.levels[n.Level]
				at[p] = e.step(e.entry(x, plain), e.inside(n.Hi, p), e.entry(x, negated), e.inside(n.Lo, p))
			}
		}
		e.local = append(e.local, at)
	}
	for i, g := range u.outputs {
		for p := plain; p <= negated; p++ {
			if !e.demands[g.Node()][p] {
				continue
			}
			low, high := s.output(i)
			if p == negated {
				low, high = high, low
			}
			e.entries[g.Node()][p] = e.between(e.inside(low, p), e.inside(high, p))
		}
	}
}

// between writes the middle of two bounds.
func (e *emitter) between(low, high int32) int32 {
	if low == high {
		return low
	}
	e.program.steps = append(e.program.steps, step{p: half, hi: low, q: half, lo: high})
	return int32(e.program.firstStep() + len(e.program.steps) - 1)
}

// conjunction reports whether g in polarity p is true if all of its arguments
// are so in p, else it is true if any is.
func (e *emitter) conjunction(g circuit.Ref, p polarity) bool {
	return (e.c.Kind(g) == circuit.And) == (p == plain)
}

// chainLength is the greatest number of arguments in one chain of steps.
// Longer gates are chains of chains, so that rounding errors do not add up.
const chainLength = 64

// independent writes the steps of an And or Or of independent arguments.
func (e *emitter) independent(g circuit.Ref, p polarity) int32 {
	args := e.c.Args(g)
	is, not := make([]int32, len(args)), make([]int32, len(args))
	for i, x := range args {
		is[i], not[i] = e.entry(x, p), e.entry(x, 1-p)
	}
	join := e.any
	if e.conjunction(g, p) {
		join = func(is, _ []int32) int32 { return e.all(is) }
	}
	for len(is) > chainLength {
		chains := 0
		for from := 0; from < len(is); from += chainLength {
			to := min(from+chainLength, len(is))
			value := join(is[from:to], not[from:to])
			if !e.conjunction(g, p) {
				not[chains] = e.all(not[from:to])
			}
			is[chains] = value
			chains++
		}
		is, not = is[:chains], not[:chains]
	}
	return join(is, not)
}

// all writes the product of independent entries.
func (e *emitter) all(is []int32) int32 {
	rest := is[len(is)-1]
	for _, x := range slices.Backward(is[:len(is)-1]) {
		rest = e.step(x, rest, zero, zero)
	}
	return rest
}

// any writes the chance that any of independent entries holds, as x +
// (1-x)·rest: neither x + rest - x·rest nor 1 - (1-x)·… keeps the digits of
// small numbers.
func (e *emitter) any(is, not []int32) int32 {
	rest := is[len(is)-1]
	for i, x := range slices.Backward(is[:len(is)-1]) {
		rest = e.step(x, one, not[i], rest)
	}
	return rest
}

// mark finds the demands on the nodes of a diagram from those on the outputs.
func (e *emitter) mark(u *unit, s solution) {
	nodes := s.diagram.Nodes
	e.inner = slices.Grow(e.inner[:0], len(nodes))[:len(nodes)]
	clear(e.inner)
	need := func(f bdd.Ref, p polarity) {
		if f.Node() != 0 {
			e.inner[f.Node()][p.of(f.Negated())] = true
		}
	}
	for i, g := range u.outputs {
		for p := plain; p <= negated; p++ {
			if e.demands[g.Node()][p] {
				low, high := s.output(i)
				need(low, p)
				need(high, p)
			}
		}
	}
	for i, n := range slices.Backward(nodes) {
		for p := plain; p <= negated; p++ {
			if e.inner[i][p] {
				need(n.Hi, p)
				need(n.Lo, p)
			}
		}
	}
}

// inside returns the entry of a function of the diagram at hand.
func (e *emitter) inside(f bdd.Ref, p polarity) int32 {
	return e.local[f.Node()][p.of(f.Negated())]
}

func isZero(f bdd.Ref, p polarity) bool {
	return f.Node() == 0 && p.of(f.Negated()) == negated
}

// step writes p·hi + q·lo, or finds that it is p or q.
func (e *emitter) step(p, hi, q, lo int32) int32 {
	switch {
	case hi == one && lo == zero:
		return p
	case hi == zero && lo == one:
		return q
	case hi == zero:
		p = zero // not demanded, so there is no such entry
	case lo == zero:
		q = zero
	}
	e.program.steps = append(e.program.steps, step{p: p, hi: hi, q: q, lo: lo})
	return int32(e.program.firstStep() + len(e.program.steps) - 1)
}
