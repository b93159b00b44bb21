package program

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A solver makes the diagrams of units, arguments before the units that refer
// to them.
type solver struct {
	ctx     context.Context
	c       *circuit.Circuit
	walker  walker
	lim     Limits
	left    int             // nodes that may still be held
	fixed   map[int]bdd.Ref // outputs that turned out to be constant, by node
	index   []int32         // of each input and gate of the unit at hand
	last    []int32         // by index: the last gate that refers to it, -1 for outputs
	minimal bool            // for minimal sets: modules are false where nothing is true
	flipped []bool          // by node: stands for its complement

	units   []unit
	solved  []solution // of the units so far
	inexact bool       // whether one of them has bounds only
	guess   []float64  // typical probability of each node, of the units up to guessed
	guessed int
}

// A solution is the diagram of a unit's outputs, over the inputs at its
// levels. There is none if the unit is a single And or Or of its inputs. If
// the outputs do not fit, the first half of the diagram's roots are functions
// that imply them and the second half functions that they imply.
type solution struct {
	levels  []circuit.Ref
	diagram *bdd.Diagram
	bounds  bool
}

func newSolver(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, lim Limits) *solver {
	module := c.Modules(roots...)
	return &solver{
		ctx:     ctx,
		units:   split(c, roots, module),
		c:       c,
		walker:  walker{c: c, module: module, uses: c.Uses(roots...), seen: make([]uint32, c.Len())},
		lim:     lim,
		left:    lim.nodes(),
		fixed:   make(map[int]bdd.Ref),
		index:   make([]int32, c.Len()),
		flipped: make([]bool, c.Len()),
	}
}

// solve adds the solution of the next unit. It notes which outputs are
// constant functions though their gates do not look it.
func (s *solver) solve() error {
	u := &s.units[len(s.solved)]
	if s.direct(u) {
		s.solved = append(s.solved, solution{})
		return nil
	}
	solved, levels, err := s.race(u)
	if err != nil && !s.minimal {
		solved, err = s.bound(u, levels, err)
	}
	if err != nil {
		return err
	}
	s.keep(u, solved)
	return nil
}

// keep adds the solution of the next unit, u.
func (s *solver) keep(u *unit, solved solution) {
	s.left -= solved.diagram.Size()
	for i, g := range u.outputs {
		low, high := solved.output(i)
		if low == high && low.Node() == 0 {
			s.fixed[g.Node()] = low
		}
	}
	s.solved = append(s.solved, solved)
}

// output returns functions that imply the i-th output and that it implies.
func (s *solution) output(i int) (low, high bdd.Ref) {
	roots := s.diagram.Roots
	if s.bounds {
		return roots[i], roots[len(roots)/2+i]
	}
	return roots[i], roots[i]
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
	if s.minimal && slices.ContainsFunc(s.c.Args(u.gates[0]), s.isInverted) {
		return false
	}
	return len(s.fixed) == 0 || !slices.ContainsFunc(u.inputs, s.isFixed)
}

func (s *solver) isFixed(x circuit.Ref) bool {
	_, ok := s.fixed[x.Node()]
	return ok
}

// isInverted reports whether an argument is the complement of what a level
// stands for.
func (s *solver) isInverted(x circuit.Ref) bool { return x.Negated() != s.flipped[x.Node()] }

// race tries all orders under a budget of nodes that grows until one of them
// finishes, and returns the smallest diagram of that round. Where a race takes
// long, the orders that have finished fewer gates than others, or as many with
// more live nodes, are given up, so that a hard unit has one order in the end;
// race returns it if that fails too.
func (s *solver) race(u *unit) (solution, []circuit.Ref, error) {
	s.number(u)
	var race []*builder
	for o := range orders {
		levels := slices.DeleteFunc(s.walker.inputs(u, o), s.isFixed)
		if slices.ContainsFunc(race, func(b *builder) bool { return slices.Equal(b.levels, levels) }) {
			continue
		}
		b, err := s.newBuilder(u, levels)
		if err != nil {
			return solution{}, nil, err
		}
		race = append(race, b)
	}
	for budget := firstBudget; ; budget *= budgetGrowth {
		all := s.left / len(race) // what there is for each
		limit := min(budget, all)
		if len(race) == 1 {
			limit = all
		}
		var best solution
		var stopped error
		for _, b := range race {
			d, err := b.run(limit)
			switch {
			case errors.Is(err, ErrLimit):
				stopped = err
			case err != nil:
				return solution{}, nil, err
			case best.diagram == nil || d.Size() < best.diagram.Size():
				best = solution{levels: b.levels, diagram: d}
				limit = min(limit, max(b.m.Len(), firstBudget)) // for the others
			}
		}
		switch {
		case best.diagram != nil:
			return best, nil, nil
		case len(race) == 1:
			return solution{}, race[0].levels, stopped
		case limit >= longRace || limit == all:
			slices.SortStableFunc(race, func(a, b *builder) int {
				return cmp.Or(cmp.Compare(b.done, a.done), cmp.Compare(a.m.Live(a.value), b.m.Live(b.value)))
			})
			race = slices.Delete(race, (len(race)+1)/2, len(race))
		}
	}
}

// The budgets of a race, in nodes.
const (
	firstBudget  = 1 << 11
	budgetGrowth = 4
	longRace     = 1 << 15
)

// number gives the inputs and gates of u their indices.
func (s *solver) number(u *unit) {
	n := len(u.inputs) + len(u.gates)
	s.last = slices.Grow(s.last[:0], n)[:n]
	for i, x := range u.inputs {
		s.index[x.Node()] = int32(i)
	}
	for i, g := range u.gates {
		s.index[g.Node()] = int32(len(u.inputs) + i)
		for _, x := range s.c.Args(g) {
			s.last[s.index[x.Node()]] = int32(i)
		}
	}
	for _, g := range u.outputs {
		s.last[s.index[g.Node()]] = -1
	}
}

// A builder makes the functions of a unit's gates with its inputs in one order.
// It can be stopped and go on.
type builder struct {
	*solver
	u      *unit
	levels []circuit.Ref
	m      *bdd.Manager
	value  []bdd.Ref // by index; True if not made yet or not needed any more
	args   []bdd.Ref // scratch
	done   int       // gates
	live   int       // nodes after the last look
}

func (s *solver) newBuilder(u *unit, levels []circuit.Ref) (*builder, error) {
	m, err := bdd.New(s.ctx, len(levels), len(levels))
	if err != nil {
		return nil, err
	}
	b := &builder{solver: s, u: u, levels: levels, m: m, value: make([]bdd.Ref, len(u.inputs)+len(u.gates))}
	for i, x := range u.inputs {
		b.value[i] = s.fixed[x.Node()] // overwritten where x has a level
	}
	for i, x := range levels {
		f, err := m.Level(i)
		if err != nil {
			return nil, err
		}
		if s.flipped[x.Node()] {
			f = f.Not()
		}
		b.value[s.index[x.Node()]] = f
	}
	return b, nil
}

// run goes on until all gates are done and returns the diagram of the outputs,
// or stops with a LimitError if it had to hold more nodes than the limit.
func (b *builder) run(limit int) (*bdd.Diagram, error) {
	if b.m.Len() > limit {
		return nil, &LimitError{What: "nodes", Max: limit}
	}
	b.m.SetLimit(limit)
	for ; b.done < len(b.u.gates); b.done++ {
		g := b.u.gates[b.done]
		f, err := b.gate(g, b.value)
		if errors.Is(err, ErrLimit) && b.m.Len() > longRace {
			b.m.Collect(b.value)
			f, err = b.gate(g, b.value)
		}
		if err != nil {
			return nil, err
		}
		b.value[len(b.u.inputs)+b.done] = f
		b.release(b.value)
		if b.done < len(b.u.gates)-1 {
			b.tidy()
		}
	}
	outputs := make([]bdd.Ref, len(b.u.outputs))
	for i, g := range b.u.outputs {
		outputs[i] = b.value[b.index[g.Node()]]
	}
	if b.minimal {
		b.normalize(outputs)
	}
	return b.m.Extract(outputs...), nil
}

// release drops the functions that no gate after the one at hand needs.
func (b *builder) release(value []bdd.Ref) {
	for _, x := range b.c.Args(b.u.gates[b.done]) {
		if i := b.index[x.Node()]; b.last[i] == int32(b.done) {
			value[i] = bdd.True
		}
	}
}

// tidy collects dead nodes if most of many are dead. The work is in proportion
// to the nodes made since the last look.
func (b *builder) tidy() {
	if b.m.Len() < 2*b.live+longRace {
		return
	}
	if b.live = b.m.Live(b.value); 2*b.live < b.m.Len() {
		b.m.Collect(b.value)
	}
}

// gate returns the function of g from those of its arguments.
func (b *builder) gate(g circuit.Ref, value []bdd.Ref) (bdd.Ref, error) {
	fs := b.args[:0]
	for _, x := range b.c.Args(g) {
		f := value[b.index[x.Node()]]
		if x.Negated() {
			f = f.Not()
		}
		fs = append(fs, f)
	}
	b.args = fs
	return combine(b.m, b.c, g, fs)
}

// combine applies g to functions.
func combine(m *bdd.Manager, c *circuit.Circuit, g circuit.Ref, fs []bdd.Ref) (bdd.Ref, error) {
	switch c.Kind(g) {
	case circuit.And:
		return m.And(fs...)
	case circuit.Or:
		return m.Or(fs...)
	case circuit.AtLeast:
		return m.AtLeast(c.Threshold(g), fs...)
	default:
		return m.Ite(fs[0], fs[1], fs[2])
	}
}

// normalize makes a module stand for its complement if its function holds
// where no level is true.
//
// Then minimal sets can be found module by module. Where a set makes the
// function above true by way of the module, what it has of the module contains
// a minimal set of the module, which will do; where it needs the module to be
// false, the empty set will do.
func (b *builder) normalize(outputs []bdd.Ref) {
	if f := outputs[0]; f.Node() != 0 && b.m.AtNone(f) {
		b.flipped[b.u.outputs[0].Node()] = true
		outputs[0] = f.Not()
	}
}
