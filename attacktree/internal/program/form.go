package program

import (
	"context"
	"errors"
	"sync"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/dnnf"
)

// This file makes forms of units without complements whose diagrams do not fit.
// Where few nodes hold a unit together, deciding on these takes it apart, and its
// form is small though no order of the inputs gives a small diagram. Where that is
// not enough, there are forms of two functions that enclose it, from which some
// nodes are missing.

// formed is an output as a form over the levels, or as two that enclose it: it
// follows from low, and high follows from it.
type formed struct{ low, high *dnnf.Form }

func (f formed) exact() bool { return f.low == f.high }

func (f formed) size() int {
	n := f.low.Size()
	if !f.exact() {
		n += f.high.Size()
	}
	return n
}

// Nodes looked at in one attempt to make a form, for each node of the limit.
const workPerLimit = 64

// form returns forms of the unit's outputs. The error is dnnf.ErrLimit where the
// unit is none for forms, or the limit does for none; or that of the context.
func (s *solver) form(u *unit) (solution, error) {
	levels := s.order(u, asWritten)
	out := solution{levels: levels, forms: make([]formed, len(u.outputs))}
	lim := dnnf.Limits{
		Nodes: s.left / len(u.outputs),
		Bytes: s.left * bdd.BytesPerNode / 2, // for what grows is copied
		Work:  workPerLimit * s.left / len(u.outputs),
	}
	prob := s.typical(levels)
	for i, g := range u.outputs {
		f, ok := dnnf.New(s.c, levels, u.gates, g)
		if !ok {
			return solution{}, dnnf.ErrLimit
		}
		var err error
		if out.forms[i], err = enclosed(s.ctx, f, prob, lim); err != nil {
			return solution{}, err
		}
		out.bounds = out.bounds || !out.forms[i].exact()
	}
	return out, nil
}

// enclosed returns the form of f, or two that enclose it, which are made at the
// same time.
func enclosed(ctx context.Context, f *dnnf.Function, prob []float64, lim dnnf.Limits) (formed, error) {
	exact, err := f.Compile(ctx, lim)
	if !errors.Is(err, dnnf.ErrLimit) {
		return formed{exact, exact}, err
	}
	lim.Nodes, lim.Bytes = lim.Nodes/2, lim.Bytes/2
	var out formed
	var lower, upper error
	var group sync.WaitGroup
	group.Go(func() { out.low, lower = f.Bound(ctx, false, prob, lim) })
	group.Go(func() { out.high, upper = f.Bound(ctx, true, prob, lim) })
	group.Wait()
	if out.low == nil || out.high == nil {
		return formed{}, errors.Join(lower, upper)
	}
	return out, nil
}

// constant returns the value of the i-th output if it is one.
func (s *solution) constant(i int) (value bdd.Ref, ok bool) {
	if s.forms == nil {
		low, high := s.output(i)
		return low, low == high && low.Node() == 0
	}
	f := s.forms[i]
	value = bdd.False
	if f.low.Root == dnnf.True {
		value = bdd.True
	}
	return value, f.exact() && f.low.Root <= dnnf.True
}

// bracket returns bounds on the probability of each output, from those of the levels.
func (s *solution) bracket(prob []float64) (low, high []float64) {
	for _, f := range s.forms {
		low = append(low, f.low.Values(prob)[f.low.Root])
		high = append(high, f.high.Values(prob)[f.high.Root])
	}
	if s.forms != nil {
		return low, high
	}
	value := s.values(prob)
	n := len(s.diagram.Roots)
	if s.bounds {
		n /= 2
	}
	for i := range n {
		l, h := s.output(i)
		low, high = append(low, valueOf(value, l)), append(high, valueOf(value, h))
	}
	return low, high
}

// requireForms records what forms need of the inputs.
func (e *emitter) requireForms(s solution) {
	for _, f := range s.forms {
		for _, form := range []*dnnf.Form{f.low, f.high} {
			for _, n := range form.Nodes {
				if n.Op != dnnf.Choice {
					continue
				}
				if n.A != dnnf.False {
					e.demand(s.levels[n.X], plain)
				}
				if n.B != dnnf.False {
					e.demand(s.levels[n.X], negated)
				}
			}
		}
	}
}

// emitForms writes the steps of a unit's forms.
func (e *emitter) emitForms(u *unit, s solution) {
	for i, g := range u.outputs {
		low := e.form(s.levels, s.forms[i].low)
		high := low
		if !s.forms[i].exact() {
			high = e.form(s.levels, s.forms[i].high)
		}
		for p := plain; p <= negated; p++ {
			switch {
			case !e.demands[g.Node()][p]:
			case p == plain:
				e.entries[g.Node()][p] = e.between(low, high)
			default:
				e.entries[g.Node()][p] = e.between(e.not(high), e.not(low))
			}
		}
	}
}

// form writes the steps of a form and returns the entry of its root.
func (e *emitter) form(levels []circuit.Ref, f *dnnf.Form) int32 {
	entry := make([]int32, len(f.Nodes))
	entry[dnnf.False], entry[dnnf.True] = zero, one
	for i, n := range f.Nodes {
		a, b := entry[n.A], entry[n.B]
		switch n.Op {
		case dnnf.Choice:
			entry[i] = e.step(e.entry(levels[n.X], plain), a, e.entry(levels[n.X], negated), b)
		case dnnf.And:
			entry[i] = e.step(a, b, zero, zero)
		case dnnf.Or:
			entry[i] = e.step(one, a, one, b)
		}
	}
	return entry[f.Root]
}

// not writes what is missing to 1. A form has no other complement: of an output
// that is nearly certain it has fewer digits.
func (e *emitter) not(x int32) int32 {
	switch x {
	case zero:
		return one
	case one:
		return zero
	}
	e.program.steps = append(e.program.steps, step{p: one, hi: one, q: minus, lo: x})
	return int32(e.program.firstStep() + len(e.program.steps) - 1)
}
