package program

import (
	"context"
	"errors"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A solver makes the diagrams of units, arguments before the units that refer
// to them.
type solver struct {
	ctx    context.Context
	c      *circuit.Circuit
	walker walker
	left   int             // nodes that may still be made
	value  []bdd.Ref       // of each node of the circuit, in the manager at hand
	args   []bdd.Ref       // scratch
	fixed  map[int]bdd.Ref // outputs that turned out to be constant, by node
}

// A solution is the diagram of a unit's outputs, over the inputs at its
// levels. There is none if the unit is a single And or Or of its inputs.
type solution struct {
	levels  []circuit.Ref
	diagram *bdd.Diagram
}

func newSolver(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, module []bool, lim Limits) *solver {
	return &solver{
		ctx:    ctx,
		c:      c,
		walker: walker{c: c, module: module, uses: c.Uses(roots...), seen: make([]uint32, c.Len())},
		left:   lim.nodes(),
		value:  make([]bdd.Ref, c.Len()),
		fixed:  make(map[int]bdd.Ref),
	}
}

// solve returns the solution of u. It notes which outputs are constant
// functions though their gates do not look it.
func (s *solver) solve(u *unit) (solution, error) {
	if s.direct(u) {
		return solution{}, nil
	}
	best, err := s.portfolio(u)
	if err != nil {
		return best, err
	}
	s.left -= best.diagram.Size()
	for i, g := range u.outputs {
		if f := best.diagram.Roots[i]; f.Node() == 0 {
			s.fixed[g.Node()] = f
		}
	}
	return best, nil
}

// direct reports whether u is a single And or Or. Its inputs are then all
// different, since a circuit merges equal arguments.
func (s *solver) direct(u *unit) bool {
	if len(u.gates) != 1 {
		return false
	}
	if kind := s.c.Kind(u.gates[0]); kind != circuit.And && kind != circuit.Or {
		return false
	}
	return len(s.fixed) == 0 || !slices.ContainsFunc(u.inputs, s.isFixed)
}

func (s *solver) isFixed(x circuit.Ref) bool {
	_, ok := s.fixed[x.Node()]
	return ok
}

// portfolio tries all orders under a budget of nodes that grows until one of
// them finishes, and returns the smallest diagram of that round, or the first
// where the budget has become large.
func (s *solver) portfolio(u *unit) (solution, error) {
	var walks [][]circuit.Ref
	for o := range orders {
		levels := slices.DeleteFunc(s.walker.inputs(u, o), s.isFixed)
		if !slices.ContainsFunc(walks, func(w []circuit.Ref) bool { return slices.Equal(w, levels) }) {
			walks = append(walks, levels)
		}
	}
	for budget := firstBudget; ; budget *= budgetGrowth {
		budget = min(budget, s.left)
		var best solution
		var stopped error
		for _, levels := range walks {
			d, err := s.build(u, levels, budget)
			if errors.Is(err, ErrLimit) {
				stopped = err
				continue
			}
			if err != nil {
				return solution{}, err
			}
			if best.diagram == nil || d.Size() < best.diagram.Size() {
				best = solution{levels, d}
			}
			if d.Size() <= len(levels) || budget > largeBudget {
				break // hardly any order does with less than one node for each level
			}
		}
		if best.diagram != nil {
			return best, nil
		}
		if budget == s.left {
			return solution{}, stopped
		}
	}
}

// The budgets of a portfolio, in nodes.
const (
	firstBudget  = 1 << 12
	budgetGrowth = 4
	largeBudget  = 1 << 22
)

// build returns the diagram of u's outputs with the inputs in this order.
func (s *solver) build(u *unit, levels []circuit.Ref, limit int) (*bdd.Diagram, error) {
	m, err := bdd.New(s.ctx, len(levels), limit)
	if err != nil {
		return nil, err
	}
	for _, x := range u.inputs {
		s.value[x.Node()] = s.fixed[x.Node()] // overwritten where x has a level
	}
	for i, x := range levels {
		if s.value[x.Node()], err = m.Level(i); err != nil {
			return nil, err
		}
	}
	for _, g := range u.gates {
		if s.value[g.Node()], err = s.gate(m, g); err != nil {
			return nil, err
		}
	}
	outputs := make([]bdd.Ref, len(u.outputs))
	for i, g := range u.outputs {
		outputs[i] = s.value[g.Node()]
	}
	return m.Extract(outputs...), nil
}

// gate returns the function of g from those of its arguments.
func (s *solver) gate(m *bdd.Manager, g circuit.Ref) (bdd.Ref, error) {
	fs := s.args[:0]
	for _, x := range s.c.Args(g) {
		f := s.value[x.Node()]
		if x.Negated() {
			f = f.Not()
		}
		fs = append(fs, f)
	}
	s.args = fs
	switch s.c.Kind(g) {
	case circuit.And:
		return m.And(fs...)
	case circuit.Or:
		return m.Or(fs...)
	case circuit.AtLeast:
		return m.AtLeast(s.c.Threshold(g), fs...)
	default:
		return m.Ite(fs[0], fs[1], fs[2])
	}
}
