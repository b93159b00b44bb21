package program

import (
	"errors"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// This file bounds the functions of a unit whose diagrams do not fit: it finds
// functions that imply them and functions that they imply, whose diagrams do.
//
// Gate by gate, a pair of functions stands for each value. A gate of lower
// functions is a lower one, of upper functions an upper one, since And, Or and
// AtLeast are monotone and a complement swaps the two. Where a function
// becomes too large, its least likely parts are left out of the lower one, and
// let into the upper one. So bounds are proven whatever was left out; which
// parts are least likely is judged at typical probabilities of the variables.
// What fits stays exact, and what a gate hides of its arguments hides their
// gap too.
//
// This does well where gates join many parts that are nearly independent and
// unlikely: nus9601, an Aralia model of 1567 events, is between 9.9392e-6 and
// 1.0391e-5 with 2,048 nodes, and hardly closer with more, as what is let into
// upper functions far below the root stays. (Forms get within 5 parts in 100,000,
// at a thousand times the work.) It does badly on long chains of gates over one
// window of variables, where every step adds to the gap.

// A bounder bounds the gates of a unit in one round, with one size.
type bounder struct {
	*solver
	u         *unit
	m         *bdd.Manager
	low, high []bdd.Ref // by index of inputs and gates
	prob      []float64 // typical, of the levels
	size      int       // of a function
	limit     int       // of the manager
}

const (
	firstRound   = 1 << 13 // nodes of the first round; the next have roundGrowth times as many
	roundGrowth  = 8
	lateRound    = 1 << 9  // when the context is done
	quickRound   = 1 << 16 // the last one, where other ways are still to be tried
	sizePart     = 8       // a function may have this part of the nodes
	workPerNode  = 32      // operations of all rounds, for each node of the limit
	defaultGuess = 0.1
)

// bound returns bounds on the outputs of u, from rounds of growing size until so
// many nodes are used or the context is done; if it was done before, from the first
// round. The error is that of the context if none have been found.
func (s *solver) bound(u *unit, levels []circuit.Ref, most int) (solution, error) {
	best := unbounded(u)
	prob := s.typical(levels)
	gap, work := math.Inf(1), 0
	first := firstRound
	if s.ended != nil {
		first = lateRound
	}
	for limit := min(first, most); ; limit = min(roundGrowth*limit, most) {
		found, did, err := s.round(u, levels, prob, limit)
		if err != nil {
			if math.IsInf(gap, 1) {
				return best, err
			}
			break
		}
		if g := s.gap(found); g < gap {
			gap, best = g, found
		}
		if work += did; s.ended != nil || limit == most || work+roundGrowth*did > workPerNode*s.lim.nodes() {
			break
		}
	}
	return best, nil
}

// unbounded returns the bounds that hold for any function.
func unbounded(u *unit) solution {
	n := len(u.outputs)
	roots := append(slices.Repeat([]bdd.Ref{bdd.False}, n), slices.Repeat([]bdd.Ref{bdd.True}, n)...)
	return solution{diagram: &bdd.Diagram{Nodes: make([]bdd.Node, 1), Roots: roots}, bounds: true}
}

// round bounds the gates of u in a manager of limit nodes and returns the
// operations that took.
func (s *solver) round(u *unit, levels []circuit.Ref, prob []float64, limit int) (solution, int, error) {
	m, err := bdd.New(s.ctx, len(levels), limit)
	if err != nil {
		return solution{}, 0, err
	}
	n := len(u.inputs) + len(u.gates)
	b := &bounder{
		solver: s, u: u, m: m, prob: prob,
		low: make([]bdd.Ref, n), high: make([]bdd.Ref, n),
		size: (limit + sizePart - 1) / sizePart, limit: limit,
	}
	for i, x := range u.inputs {
		b.low[i], b.high[i] = s.fixed[x.Node()], s.fixed[x.Node()]
	}
	for i, x := range levels {
		at := s.index[x.Node()]
		f, err := m.Level(i)
		if b.low[at], b.high[at] = f, f; err != nil {
			b.low[at], b.high[at] = bdd.False, bdd.True
		}
	}
	for i, g := range u.gates {
		at := len(u.inputs) + i
		if b.low[at], b.high[at], err = b.gate(g); err != nil {
			return solution{}, 0, err
		}
		for _, x := range s.c.Args(g) {
			if j := s.index[x.Node()]; s.last[j] == int32(i) {
				b.low[j], b.high[j] = bdd.True, bdd.True
			}
		}
	}
	roots := make([]bdd.Ref, 2*len(u.outputs))
	for i, g := range u.outputs {
		at := s.index[g.Node()]
		roots[i], roots[len(u.outputs)+i] = b.low[at], b.high[at]
	}
	return solution{levels: levels, diagram: m.Extract(roots...), bounds: true}, m.Work(), nil
}

// gate bounds g. Where the manager is full, it starts again with smaller
// arguments; when these are constants in the end, no nodes are needed.
func (b *bounder) gate(g circuit.Ref) (low, high bdd.Ref, err error) {
	for size := b.size; ; size /= 2 {
		if low, high, err = b.attempt(g, size); !errors.Is(err, ErrLimit) {
			return low, high, err
		}
		if err := b.room(size); err != nil {
			return low, high, err
		}
	}
}

// attempt bounds g with arguments of at most size nodes.
func (b *bounder) attempt(g circuit.Ref, size int) (low, high bdd.Ref, err error) {
	args := b.c.Args(g)
	lows, highs := make([]bdd.Ref, len(args)), make([]bdd.Ref, len(args))
	for i, x := range args {
		at := b.index[x.Node()]
		low, high := b.low[at], b.high[at]
		if x.Negated() {
			low, high = high.Not(), low.Not()
		}
		if lows[i], err = b.m.Under(low, size, b.prob); err != nil {
			return low, high, err
		}
		if highs[i], err = b.m.Over(high, size, b.prob); err != nil {
			return low, high, err
		}
	}
	if low, err = b.under(g, lows, highs); err != nil {
		return low, high, err
	}
	if high, err = b.over(g, lows, highs); err != nil {
		return low, high, err
	}
	if low, err = b.m.Under(low, b.size, b.prob); err != nil {
		return low, high, err
	}
	high, err = b.m.Over(high, b.size, b.prob)
	return low, high, err
}

// under returns a function that implies g of arguments between lows and highs.
func (b *bounder) under(g circuit.Ref, lows, highs []bdd.Ref) (bdd.Ref, error) {
	if b.c.Kind(g) != circuit.Ite || slices.Equal(lows, highs) {
		return combine(b.m, b.c, g, lows)
	}
	then, err := b.m.And(lows[0], lows[1])
	if err != nil {
		return then, err
	}
	otherwise, err := b.m.And(highs[0].Not(), lows[2])
	if err != nil {
		return otherwise, err
	}
	return b.m.Or(then, otherwise)
}

// over returns a function implied by g of arguments between lows and highs.
func (b *bounder) over(g circuit.Ref, lows, highs []bdd.Ref) (bdd.Ref, error) {
	if b.c.Kind(g) != circuit.Ite || slices.Equal(lows, highs) {
		return combine(b.m, b.c, g, highs)
	}
	f, err := b.under(g, []bdd.Ref{lows[0], highs[1].Not(), highs[2].Not()}, []bdd.Ref{highs[0], lows[1].Not(), lows[2].Not()})
	if err != nil {
		return f, err
	}
	return f.Not(), nil
}

// room collects dead nodes. If half of the manager is still in use, it makes
// all functions smaller; what does not even fit then becomes a constant.
func (b *bounder) room(size int) error {
	b.collect()
	if 2*b.m.Len() <= b.limit && size > 0 {
		return nil
	}
	for i := range b.low {
		var err error
		if b.low[i], err = b.m.Under(b.low[i], size, b.prob); errors.Is(err, ErrLimit) {
			b.low[i], err = bdd.False, nil
		}
		if err != nil {
			return err
		}
		if b.high[i], err = b.m.Over(b.high[i], size, b.prob); errors.Is(err, ErrLimit) {
			b.high[i], err = bdd.True, nil
		}
		if err != nil {
			return err
		}
	}
	b.collect()
	return nil
}

func (b *bounder) collect() {
	keep := append(slices.Clone(b.low), b.high...)
	b.m.Collect(keep)
	copy(b.low, keep)
	copy(b.high, keep[len(b.low):])
}

// gap returns how far apart the bounds of the unit at hand are at typical
// probabilities, summed over the outputs.
func (s *solver) gap(of solution) float64 {
	low, high := of.bracket(s.typical(of.levels))
	gap := 0.0
	for i := range low {
		gap += high[i] - low[i]
	}
	return gap
}

// values returns the probability of each node of the diagram.
func (s *solution) values(prob []float64) []float64 {
	value := make([]float64, len(s.diagram.Nodes))
	value[0] = 1
	for i, n := range s.diagram.Nodes[1:] {
		p := prob[n.Level]
		value[i+1] = p*valueOf(value, n.Hi) + (1-p)*valueOf(value, n.Lo)
	}
	return value
}

func valueOf(value []float64, f bdd.Ref) float64 {
	if f.Negated() {
		return 1 - value[f.Node()]
	}
	return value[f.Node()]
}

// typical returns the probabilities of levels at the typical ones of the
// variables: of a module the middle of its bounds.
func (s *solver) typical(levels []circuit.Ref) []float64 {
	if s.guess == nil {
		s.guess = make([]float64, s.c.Len())
		for v := range s.c.NumVars() {
			p := defaultGuess
			if v < len(s.lim.Typical) {
				p = s.lim.Typical[v]
			}
			s.guess[s.c.VarRef(v).Node()] = p
		}
	}
	of := func(x circuit.Ref) float64 {
		if x.Negated() {
			return 1 - s.guess[x.Node()]
		}
		return s.guess[x.Node()]
	}
	for ; s.guessed < len(s.solved); s.guessed++ {
		u, solved := &s.units[s.guessed], &s.solved[s.guessed]
		if solved.direct() {
			g := u.gates[0]
			all, none := 1.0, 1.0
			for _, x := range s.c.Args(g) {
				all *= of(x)
				none *= 1 - of(x)
			}
			s.guess[g.Node()] = all
			if s.c.Kind(g) == circuit.Or {
				s.guess[g.Node()] = 1 - none
			}
			continue
		}
		low, high := solved.bracket(s.typicalOf(solved.levels))
		for i, g := range u.outputs {
			s.guess[g.Node()] = (low[i] + high[i]) / 2
		}
	}
	return s.typicalOf(levels)
}

func (s *solver) typicalOf(levels []circuit.Ref) []float64 {
	prob := make([]float64, len(levels))
	for i, x := range levels {
		prob[i] = s.guess[x.Node()]
	}
	return prob
}
