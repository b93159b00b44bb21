package program

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/dnnf"
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

	siftWork int // nodes that sifting may still look at

	ended error // of the context, once it is done and bounds have to do
}

// A solution is the diagram of a unit's outputs, over the inputs at its
// levels. There is none if the unit is a single And or Or of its inputs. If
// the outputs do not fit, the first half of the diagram's roots are functions
// that imply them and the second half functions that they imply; or there are
// forms in place of a diagram.
type solution struct {
	levels  []circuit.Ref
	diagram *bdd.Diagram
	bounds  bool
	forms   []formed // of each output
}

func newSolver(ctx context.Context, c *circuit.Circuit, roots []circuit.Ref, lim Limits) *solver {
	module := c.Modules(roots...)
	return &solver{
		ctx:      ctx,
		units:    split(c, roots, module),
		c:        c,
		walker:   newWalker(c, roots, module),
		lim:      lim,
		left:     lim.left(),
		siftWork: max(siftPerNode*lim.nodes(), siftAnyway),
		fixed:    make(map[int]bdd.Ref),
		index:    make([]int32, c.Len()),
		flipped:  make([]bool, c.Len()),
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
	solved, err := s.diagram(u)
	if err != nil && s.ctx.Err() != nil && !s.minimal {
		s.end()
		solved, err = s.diagram(u)
	}
	if err != nil {
		return err
	}
	s.keep(u, solved)
	return nil
}

// end notes that the context is done. What is left to solve gets the bounds of
// one small round each, which no context cuts short.
func (s *solver) end() {
	s.ended, s.inexact = s.ctx.Err(), true
	s.ctx = context.WithoutCancel(s.ctx)
}

// keep adds the solution of the next unit, u.
func (s *solver) keep(u *unit, solved solution) {
	s.left -= solved.size()
	for i, g := range u.outputs {
		if value, ok := solved.constant(i); ok {
			s.fixed[g.Node()] = value
		}
	}
	s.solved = append(s.solved, solved)
}

// direct reports whether the unit is a single And or Or of its inputs.
func (s *solution) direct() bool { return s.diagram == nil && s.forms == nil }

// size returns the number of nodes.
func (s *solution) size() int {
	n := 0
	if s.diagram != nil {
		n = s.diagram.Size()
	}
	for _, f := range s.forms {
		n += f.size()
	}
	return n
}

// output returns functions that imply the i-th output and that it implies, of a
// diagram.
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

// diagram returns a diagram of u: by the best of the static orders if one of
// them is good enough, else its forms, else a diagram by an order that changes on
// the way, else bounds.
//
// Bounds are sought before forms, and before the order may change, for these can
// take long: if the context ends it, there is an answer all the same.
func (s *solver) diagram(u *unit) (solution, error) {
	levels := s.order(u, asWritten)
	switch {
	case len(levels) > bdd.MaxLevels && s.minimal:
		return solution{}, &LimitError{What: "levels", Max: bdd.MaxLevels}
	case len(levels) > bdd.MaxLevels:
		s.inexact = true
		return unbounded(u), nil
	case s.ended != nil:
		s.number(u)
		return s.bound(u, levels, s.left)
	}
	solved, levels, err := s.race(u)
	if err == nil || !errors.Is(err, ErrLimit) {
		return solved, err
	}
	if s.minimal {
		solved, _, err = s.dynamic(u, levels)
		return solved, err
	}
	bounds, err := s.bound(u, levels, min(quickRound, s.left))
	if err != nil {
		return bounds, err
	}
	solved, err = s.form(u)
	if errors.Is(err, dnnf.ErrLimit) {
		solved, levels, err = s.dynamic(u, levels)
		if errors.Is(err, ErrLimit) {
			solved, err = s.bound(u, levels, s.left)
		}
	}
	if err == nil {
		bounds = s.closer(bounds, solved)
	}
	s.inexact = s.inexact || bounds.bounds
	if s.ctx.Err() != nil {
		s.end()
	}
	return bounds, nil
}

// closer returns the solution of the unit at hand with the lesser gap.
func (s *solver) closer(a, b solution) solution {
	if b.bounds && s.gap(a) <= s.gap(b) {
		return a
	}
	return b
}

// race gives several orders more and more operations until one of them finishes,
// and returns its diagram: the smallest of the round where that is short, else the
// one that took fewest. Where easy units are done, the two that are ahead remain:
// those that need no more nodes than there are for each, have finished more gates
// than others, or as many with fewer live nodes. What forces make of the orders
// joins them, and then the best two of them all compete with their twins, which
// go on with what sifting makes of the functions at hand: mostly this finds what
// belongs together long before the functions are large. In the end one remains. If
// it does not fit, race returns its order.
//
// Orders run two at a time, whatever the number of cores, so that the answer is
// the same on all machines.
func (s *solver) race(u *unit) (solution, []circuit.Ref, error) {
	s.number(u)
	var race []*builder
	join := func(at int, levels []circuit.Ref) error {
		if slices.ContainsFunc(race, func(b *builder) bool { return slices.Equal(b.levels, levels) }) {
			return nil
		}
		b, err := s.newBuilder(u, levels)
		race = slices.Insert(race, at, b)
		return err
	}
	for o := range raced {
		if err := join(len(race), s.order(u, o)); err != nil {
			return solution{}, nil, err
		}
	}
	forced := 0 // 1 when the forces have joined
	places := 3
	for work := firstWork; ; work *= 2 {
		limit := min(s.left, lastLimit) / (len(race) + 1 - forced) // of nodes, for each
		easy := work <= easyWork
		alone := forced == 1 && len(race) == 1 && places == 1
		if alone {
			work = math.MaxInt
		}
		var best *builder
		var full error
		allowed := work
		for pair := range slices.Chunk(race, 2) {
			for i, err := range runAll(pair, limit, allowed, easy) {
				b := pair[i]
				b.full = errors.Is(err, ErrLimit)
				switch {
				case b.full:
					full = err
				case errors.Is(err, bdd.ErrPaused):
				case err != nil:
					return solution{}, nil, err
				case best == nil || easy && b.size() < best.size() || !easy && b.work() < best.work():
					best = b
				}
			}
			if best != nil && !easy {
				allowed = min(allowed, best.work())
			}
		}
		switch {
		case best != nil:
			return best.solution(), nil, nil
		case alone:
			return solution{}, race[0].levels, full
		case forced == 0 && (full != nil || work >= easyWork):
			forced = 1
			race = first(race, places-1)
			if err := join(0, s.force(u)); err != nil {
				return solution{}, nil, err
			}
		case full != nil || work >= longRace:
			if places > 2 || full != nil || work >= lastRound {
				places--
			}
			if race = first(race, places); places > 1 {
				fresh, err := twins(race, work)
				if err != nil {
					return solution{}, nil, err
				}
				race = append(race, fresh...)
			}
		}
	}
}

// first returns the builders of a race that are ahead, at most so many.
func first(race []*builder, most int) []*builder {
	if len(race) <= most {
		return race
	}
	slices.SortStableFunc(race, (*builder).compare)
	return slices.Delete(race, most, len(race))
}

// compare says which of two builders in a race is ahead.
func (b *builder) compare(c *builder) int {
	switch {
	case b.full != c.full && c.full:
		return -1
	case b.full != c.full:
		return 1
	}
	return cmp.Or(cmp.Compare(c.done, b.done), cmp.Compare(b.m.Live(b.value), c.m.Live(c.value)))
}

// twins sifts the functions of builders, two at a time, and returns the twins
// that are worth a race.
func twins(race []*builder, work int) ([]*builder, error) {
	twins := make([]*builder, len(race))
	failed := make([]error, len(race))
	var group sync.WaitGroup
	for i, b := range race {
		group.Go(func() { twins[i], failed[i] = b.twin(work) })
		if i%2 == 1 {
			group.Wait()
		}
	}
	group.Wait()
	return slices.DeleteFunc(twins, func(b *builder) bool { return b == nil }), errors.Join(failed...)
}

// twin returns a builder that goes on from where b is in an order that sifting
// has found, or nil if that does not leave half the nodes. A twin has none, but
// goes on itself in the new order.
//
// Sifting may look at a number of nodes in proportion to the operations so far,
// and waits until there are enough for a pass.
func (b *builder) twin(work int) (*builder, error) {
	d := b.m.Extract(b.value...)
	looks := siftPace*work - b.looks
	if d.Size() < fewNodes || looks < d.Size()*len(b.levels) {
		return nil, nil
	}
	sifted, order, looks := d.Sift(b.ctx, len(b.levels), looks)
	b.looks += looks
	switch {
	case b.spent > 0: // a twin
		b.spent = b.work()
		return nil, b.load(sifted, order, b.m.Limit())
	case sifted.Size() > d.Size()/2:
		return nil, nil
	}
	twin := *b
	twin.args = nil
	twin.spent = b.work()
	return &twin, twin.load(sifted, order, b.m.Limit())
}

// order returns the inputs of u that are no constants, in an order.
func (s *solver) order(u *unit, o order) []circuit.Ref {
	return slices.DeleteFunc(s.walker.inputs(u, o), s.isFixed)
}

// dynamic begins with an order that has failed and sifts it on the way, where
// the functions at hand have many nodes. Sifted from the start they mostly stay
// small, but it takes far longer than a good static order does. It returns the
// order in the end, also where that fails.
func (s *solver) dynamic(u *unit, levels []circuit.Ref) (solution, []circuit.Ref, error) {
	b, err := s.newBuilder(u, levels)
	if err != nil {
		return solution{}, levels, err
	}
	b.sift = siftFrom
	if err := b.run(s.left); err != nil {
		return solution{}, b.levels, err
	}
	return b.solution(), b.levels, nil
}

// The stages of a race.
const (
	firstWork = 1 << 11 // operations
	easyWork  = 1 << 14
	longRace  = 1 << 15
	lastRound = 1 << 21
	lastLimit = 1 << 22 // nodes
)

// manyNodes is how many nodes are worth a look at which of them are dead.
const manyNodes = 1 << 15

const (
	siftFrom    = 1 << 12 // nodes
	siftPace    = 16      // nodes that sifting may look at in a race, for each operation
	fewNodes    = 1 << 8
	siftPerNode = 4       // nodes that sifting may look at, for each node of the limit
	siftAnyway  = 1 << 22 // and at least
)

// runAll lets builders run at the same time and returns their errors. Unless all
// are to have the full work, those end that need more than one that finishes.
func runAll(bs []*builder, limit, work int, full bool) []error {
	stopped := make([]error, len(bs))
	for _, b := range bs {
		b.allow(work)
	}
	var group sync.WaitGroup
	for i, b := range bs {
		group.Go(func() {
			if stopped[i] = b.run(limit); stopped[i] == nil && !full {
				for _, other := range bs {
					other.allow(b.work())
				}
			}
		})
	}
	group.Wait()
	return stopped
}

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
	full   bool      // needs more nodes than the round has
	live   int       // nodes after the last look
	spent  int       // operations of those it is a twin of
	looks  int       // nodes that sifting has looked at
	sift   int       // live nodes at which to sift, 0 if the order is not to change
	news   bool      // functions have been made since it last was
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

// run goes on until all gates are done, or stops with a LimitError if it had to
// hold more nodes than the limit.
func (b *builder) run(limit int) error {
	if b.m.Len() > limit {
		return &LimitError{What: "nodes", Max: limit}
	}
	for ; b.done < len(b.u.gates); b.done++ {
		g := b.u.gates[b.done]
		if err := b.make(g, limit); err != nil {
			return err
		}
		b.release(b.value)
		if b.done < len(b.u.gates)-1 {
			b.tidy()
		}
	}
	return nil
}

// make makes the function of a gate. Where the order may change, it may do so
// after each argument.
func (b *builder) make(g circuit.Ref, limit int) error {
	at := len(b.u.inputs) + b.done
	kind := b.c.Kind(g)
	if b.sift == 0 || kind != circuit.And && kind != circuit.Or {
		return b.set(at, limit, func() (bdd.Ref, error) { return b.gate(g, b.value) })
	}
	value := func(x circuit.Ref) bdd.Ref { return b.value[b.index[x.Node()]] ^ bdd.Ref(x&1) }
	args := slices.Clone(b.c.Args(g))
	slices.SortStableFunc(args, func(x, y circuit.Ref) int { return cmp.Compare(b.m.Top(value(y)), b.m.Top(value(x))) })
	b.value[at] = value(args[0])
	for _, x := range args[1:] {
		err := b.set(at, limit, func() (bdd.Ref, error) {
			return combine(b.m, b.c, g, []bdd.Ref{b.value[at], value(x)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// set makes a function, and sifts if there are then many nodes. Where it does
// not fit, dead nodes are collected, and if the order may change, it is sifted:
// the sooner the better, so there is first room for few nodes more than there are.
func (b *builder) set(at, limit int, function func() (bdd.Ref, error)) error {
	room := limit
	if b.sift > 0 {
		room = min(limit, jump*b.sift)
	}
	for collected := false; ; {
		b.m.SetLimit(room)
		f, err := function()
		if err == nil {
			b.value[at] = f
			break
		}
		switch {
		case !errors.Is(err, ErrLimit):
			return err
		case !collected && (b.sift > 0 || b.m.Len() > manyNodes):
			b.m.Collect(b.value)
			collected = true
		case b.sift > 0 && b.news && b.siftWork > 0:
			if err := b.reorder(); err != nil {
				return err
			}
		case room < limit:
			room = min(limit, 2*room)
		default:
			return err
		}
	}
	b.news = true
	if b.sift > 0 && b.siftWork > 0 && b.m.Len() > b.sift {
		if b.m.Collect(b.value); b.m.Len() > b.sift {
			return b.reorder()
		}
	}
	return nil
}

// jump is how many times as large as when it is sifted a manager may become by
// one operation before it is sifted in between.
const jump = 4

// reorder sifts the levels of the functions at hand.
func (b *builder) reorder() error {
	b.news = false
	d, limit := b.m.Extract(b.value...), b.m.Limit()
	b.m = nil // its memory is needed
	d, order, work := d.Sift(b.ctx, len(b.levels), b.siftWork)
	b.siftWork -= work
	if err := b.load(d, order, limit); err != nil {
		return err
	}
	b.sift = max(b.sift, 2*b.m.Len())
	return nil
}

// load has b go on with a diagram of its functions in another order.
func (b *builder) load(d *bdd.Diagram, order []int32, limit int) error {
	m, err := bdd.New(b.ctx, len(b.levels), limit)
	if err != nil {
		return err
	}
	value, err := m.Load(d)
	if err != nil {
		return err
	}
	b.levels = permuted(b.levels, order)
	b.m, b.value = m, value
	return nil
}

// permuted returns the levels in an order that Sift has found.
func permuted(levels []circuit.Ref, order []int32) []circuit.Ref {
	out := make([]circuit.Ref, len(levels))
	for i, from := range order {
		out[i] = levels[from]
	}
	return out
}

// outputs returns the functions of the unit's outputs, when all gates are done.
func (b *builder) outputs() []bdd.Ref {
	out := make([]bdd.Ref, len(b.u.outputs))
	for i, g := range b.u.outputs {
		out[i] = b.value[b.index[g.Node()]]
	}
	return out
}

// work returns the number of operations that led to the functions at hand.
func (b *builder) work() int { return b.spent + b.m.Work() }

// size returns the number of nodes of the outputs.
func (b *builder) size() int { return b.m.Live(b.outputs()) }

// allow has the builder pause after so many operations.
func (b *builder) allow(work int) { b.m.Allow(max(0, work-b.spent)) }

// solution returns the diagram of the outputs.
func (b *builder) solution() solution {
	out := b.outputs()
	if b.minimal {
		b.normalize(out)
	}
	return solution{levels: b.levels, diagram: b.m.Extract(out...)}
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
	if b.m.Len() < 2*b.live+manyNodes {
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
