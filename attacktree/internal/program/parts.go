package program

import (
	"context"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A Part is a piece of a circuit that shares nothing with the rest but its
// inputs, which are variables and outputs of parts before it: a single And or
// Or of its inputs, then Diagram is nil, or the functions of its outputs as a
// diagram whose levels are inputs.
type Part struct {
	Gates   []circuit.Ref // the one gate where there is no diagram
	Outputs []circuit.Ref // what is asked for from outside; Diagram.Roots are their functions
	Levels  []circuit.Ref
	Diagram *bdd.Diagram
}

// Parts simplifies a circuit and takes it apart, parts before those that refer to
// them. An output that turns out to be constant is no level of any part. It takes
// the time of [Compile]; a part whose diagram exceeds the limit is an error.
func Parts(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, lim Limits) (*circuit.Circuit, []circuit.Ref, []Part, error) {
	c, roots = c.Simplify(roots...)
	s := newSolver(ctx, c, roots, lim)
	var parts []Part
	for i := range s.units {
		u := &s.units[i]
		p := Part{Gates: u.gates, Outputs: u.outputs}
		if s.direct(u) {
			s.solved = append(s.solved, solution{})
		} else {
			solved, _, err := s.race(u)
			if err != nil {
				return nil, nil, nil, lim.explain(err)
			}
			s.keep(u, solved)
			p.Levels, p.Diagram = solved.levels, solved.diagram
		}
		parts = append(parts, p)
	}
	return c, roots, parts, nil
}
