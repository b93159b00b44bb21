package program

import (
	"cmp"
	"os"
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
	index  []int32         // of each input and gate of the unit at hand
	args   []bdd.Ref       // scratch
	fixed  map[int]bdd.Ref // outputs that turned out to be constant, by node
}

// A solution is the diagram of a unit's outputs, over the inputs at its
// levels. There is none if the unit is a single And or Or of its inputs.
type solution struct {
	levels  []circuit.Ref
	diagram *bdd.Diagram
	made    int
}

func newSolver(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, module []bool, lim Limits) *solver {
	return &solver{
		ctx:    ctx,
		c:      c,
		walker: walker{c: c, module: module, uses: c.Uses(roots...), seen: make([]uint32, c.Len())},
		left:   lim.nodes(),
		index:  make([]int32, c.Len()),
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

// portfolio races all orders: each may make as many nodes as a budget that
// grows until one of them finishes. The smallest diagram of that round is
// returned. An order that has finished fewer gates than the others at its
// budget is given up, so that large units have one or two orders in the race.
func (s *solver) portfolio(u *unit) (solution, error) {
	race, err := s.enter(u)
	if err != nil {
		return solution{}, err
	}
	for budget := firstBudget; ; budget *= budgetGrowth {
		budget = min(budget, s.left/len(race))
		var best solution
		var stopped error
		for _, a := range race {
			limit := budget
			if best.diagram != nil {
				limit = min(limit, best.made)
			}
			err := s.run(u, a, limit)
			if errors.Is(err, ErrLimit) {
				stopped = err
				continue
			}
			if err != nil {
				return solution{}, err
			}
			if d := s.extract(u, a); best.diagram == nil || d.Size() < best.diagram.Size() {
				best = solution{a.levels, d, a.manager.Len()}
			}
		}
		if debug {
			for _, a := range race {
				println("budget", budget, "order", a.name, "made", a.manager.Len(), "gates", a.done, "of", len(u.gates))
			}
		}
		if best.diagram != nil {
			return best, nil
		}
		if budget == s.left {
			return solution{}, stopped
		}
		slices.SortStableFunc(race, func(a, b *attempt) int { return cmp.Compare(b.done, a.done) })
		if budget >= halvingBudget {
			race = race[:(len(race)+1)/2]
		}
	}
}

var debug = os.Getenv("DBG") != ""

// The budgets of a portfolio, in nodes.
const (
	firstBudget   = 1 << 12
	budgetGrowth  = 2
	halvingBudget = 1 << 15
)

// An attempt is one order in a race.
type attempt struct {
	name    int
	levels  []circuit.Ref
	manager *bdd.Manager
	value   []bdd.Ref // of the unit's inputs and the gates done so far
	done    int       // gates
}

// enter returns an attempt for each order that differs from the others.
func (s *solver) enter(u *unit) ([]*attempt, error) {
	for i, x := range u.inputs {
		s.index[x.Node()] = int32(i)
	}
	for i, g := range u.gates {
		s.index[g.Node()] = int32(len(u.inputs) + i)
	}
	var race []*attempt
	for o := range orders {
		levels := slices.DeleteFunc(s.walker.inputs(u, o), s.isFixed)
		if slices.ContainsFunc(race, func(a *attempt) bool { return slices.Equal(a.levels, levels) }) {
			continue
		}
		m, err := bdd.New(s.ctx, len(levels), len(levels))
		if err != nil {
			return nil, err
		}
		a := &attempt{int(o), levels, m, make([]bdd.Ref, len(u.inputs)+len(u.gates)), 0}
		for i, x := range u.inputs {
			a.value[i] = s.fixed[x.Node()] // overwritten where x has a level
		}
		for i, x := range levels {
			if a.value[s.index[x.Node()]], err = m.Level(i); err != nil {
				return nil, err
			}
		}
		race = append(race, a)
	}
	return race, nil
}

// run goes on with an attempt until all gates are done or it has made as many
// nodes as the limit.
func (s *solver) run(u *unit, a *attempt, limit int) error {
	a.manager.SetLimit(limit)
	for ; a.done < len(u.gates); a.done++ {
		f, err := s.gate(a, u.gates[a.done])
		if err != nil {
			return err
		}
		a.value[len(u.inputs)+a.done] = f
	}
	return nil
}

// extract returns the diagram of u's outputs.
func (s *solver) extract(u *unit, a *attempt) *bdd.Diagram {
	outputs := make([]bdd.Ref, len(u.outputs))
	for i, g := range u.outputs {
		outputs[i] = a.value[s.index[g.Node()]]
	}
	return a.manager.Extract(outputs...)
}

// gate returns the function of g from those of its arguments.
func (s *solver) gate(a *attempt, g circuit.Ref) (bdd.Ref, error) {
	fs := s.args[:0]
	for _, x := range s.c.Args(g) {
		f := a.value[s.index[x.Node()]]
		if x.Negated() {
			f = f.Not()
		}
		fs = append(fs, f)
	}
	s.args = fs
	m := a.manager
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
