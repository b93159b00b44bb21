package program

import (
	"context"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// Compile returns a program that computes the roots of c: constants, variables
// or gates, of which one may be part of another. The functions need not be
// monotone. The same circuit gives the same program.
//
// Time and memory are linear where c is a tree; where gates share arguments
// they depend on the size of the diagrams, or of the forms where no diagram fits. A
// part of the circuit for which both exceed lim is bounded from both sides by some
// that do not, and the program is then not exact: see [Program.Exact] and [State.Bounds]. A greater
// limit mostly gives closer bounds. When ctx is done, Compile returns its error
// and a program of the bounds that were found by then, and quick ones of the rest.
func Compile(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, lim Limits) (*Program, error) {
	c, roots = c.Simplify(roots...)
	s := newSolver(ctx, c, roots, lim)
	for i := range s.units {
		if err := s.solve(); err != nil {
			return nil, lim.explain(err)
		}
		s.solved[i].shrink(ctx, lim.Evaluations)
	}
	return s.program(roots), s.ended
}

// program writes what was solved, of all units.
func (s *solver) program(roots []circuit.Ref) *Program {
	e := newEmitter(s.c, roots)
	for i := range slices.Backward(s.units) {
		e.require(&s.units[i], s.solved[i])
	}
	for i := range s.units {
		e.emit(&s.units[i], s.solved[i])
		e.program.size += s.solved[i].size()
	}
	for i, r := range roots {
		e.program.roots[i] = e.entry(r, plain)
	}
	e.program.exact = !s.inexact
	return e.program
}

// shrink sifts a diagram that will be evaluated so many times.
func (s *solution) shrink(ctx context.Context, evaluations int) {
	if s.diagram == nil || s.bounds {
		return
	}
	if work := evaluations / stepsPerSift * s.diagram.Size(); work > 0 {
		var order []int32
		s.diagram, order, _ = s.diagram.Sift(ctx, len(s.levels), work)
		s.levels = permuted(s.levels, order)
	}
}

// stepsPerSift is about how many steps can be evaluated, in batches on two
// cores, in the time that sifting takes to look at a node.
const stepsPerSift = 64
