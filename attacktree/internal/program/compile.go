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
// they depend on the size of the diagrams, and Compile returns a LimitError
// rather than exceed lim.
func Compile(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, lim Limits) (*Program, error) {
	c, roots = c.Flatten(roots...)
	module := c.Modules(roots...)
	units := split(c, roots, module)
	s := newSolver(ctx, c, roots, module, lim)
	e := newEmitter(c, roots)
	solutions := make([]solution, len(units))
	for i := range units {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var err error
		if solutions[i], err = s.solve(&units[i]); err != nil {
			return nil, lim.explain(err)
		}
		if d := solutions[i].diagram; d != nil {
			e.program.size += d.Size()
		}
	}
	for i := range slices.Backward(units) {
		e.require(&units[i], solutions[i])
	}
	for i := range units {
		e.emit(&units[i], solutions[i])
	}
	for i, r := range roots {
		e.program.roots[i] = e.entry(r, plain)
	}
	return e.program, nil
}
