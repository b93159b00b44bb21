package attacktree

import (
	"fmt"
	"math"
	"math/bits"
)

// This file draws what happens in a year, where the rest of the package computes
// what happens on average. The attempts of a year are worlds, of which
// Evaluator.reach evaluates 64 at a time: bit j of a word is about world j.

// MaxEvents is the greatest expected number of attempts, or of accidents of one
// kind, in a year that is drawn.
const MaxEvents = 1e6

// A Chance gives random bits: 64 for each triple, always the same ones. What
// names the kind of event, where the step, and k counts.
type Chance func(what, where, k uint64) uint64

// Year draws the loss of one year of 365 days. The number of attempts, and of
// accidents of each kind, is Poisson; the steps of an attempt succeed or fail
// together, as the scenario and the draws in place say, and each loss counts
// where its node is reached. The mean over many years is [Evaluator.AnnualLoss];
// Year is 0, false where that does not exist, and an error where more than
// [MaxEvents] are expected.
//
// With the same chance, an attempt meets the same luck at a step in every
// scenario, so that no control raises the loss of a year.
func (e *Evaluator) Year(chance Chance) (float64, bool, error) {
	attempts, ok := e.Attempts()
	if !ok || !e.p.hasLosses {
		return 0, false, nil
	}
	if e.words == nil {
		e.words = make([]uint64, len(e.p.vars))
	}
	loss, err := e.events(attempts, chance, -1)
	if err != nil {
		return 0, false, err
	}
	perYear := 1.0
	if days := e.p.tree.model.Period; days > 0 {
		perYear = 365 / days
	}
	for i := range e.p.nodes {
		if e.p.nodes[i].accident {
			more, err := e.events(perYear*e.greatest(i), chance, i)
			if err != nil {
				return 0, false, err
			}
			loss += more
		}
	}
	return loss, true, nil
}

// greatest returns the rate of an accident in the state of its bypasses in which
// that is greatest.
func (e *Evaluator) greatest(accident int) float64 {
	n, rate := &e.p.nodes[accident], 0.0
	for s := range n.states() {
		rate = max(rate, e.chance[int(n.first)+s])
	}
	return rate
}

// events draws how often attempts are made, or an accident happens, in a year,
// and returns what that loses. Accident is a node, or -1.
func (e *Evaluator) events(mean float64, chance Chance, accident int) (float64, error) {
	if mean > MaxEvents {
		return 0, fmt.Errorf("attacktree: expected at most %g events in a year that is drawn, found %g", float64(MaxEvents), mean)
	}
	what, k := uint64(accident+1), uint64(0)
	number := poisson(mean, func() float64 {
		k++
		return (float64(chance(what, 0, k)>>11) + 0.5) / (1 << 53)
	})
	loss, where := 0.0, uint64(1)
	for number > 0 {
		batch := min(number, 64)
		number -= batch
		loss += e.worlds(^uint64(0)>>(64-batch), accident, func(node int, k uint64) uint64 {
			return chance(what, where+uint64(node), k)
		})
		where += uint64(len(e.p.nodes))
	}
	return loss, nil
}

// worlds draws what succeeds in the worlds of a mask, and returns what they lose
// together: worlds of attempts, or in which an accident alone happens and nobody
// attempts anything.
//
// A step draws one number for all states of its bypasses. The fewer controls
// hold, the greater its chance; so what succeeds in some state that is reached at
// least is what succeeds in the state that is.
func (e *Evaluator) worlds(mask uint64, accident int, luck func(node int, k uint64) uint64) float64 {
	p := e.p
	for i := range p.nodes {
		n := &p.nodes[i]
		for s := range n.states() {
			if n.first < 0 {
				break
			}
			v := int(n.first) + s
			x := e.prob[v]
			switch {
			case i == accident: // thinned out where its rate is not the greatest
				x = e.chance[v] / e.greatest(i)
			case accident >= 0 && n.step:
				x = 0
			}
			e.words[v] = happens(x, mask, func(k uint64) uint64 { return luck(i, k) })
		}
	}
	e.reach(e.words)
	if accident >= 0 {
		mask &= e.reached[accident]
	}
	loss := 0.0
	for i, o := range p.outputs {
		n := &p.nodes[o.node]
		in := e.reached[o.node] & mask
		for b, s := range n.impactSwitches {
			if o.state>>b&1 == 1 {
				in &= e.off(s)
			} else {
				in &^= e.off(s)
			}
		}
		loss += float64(bits.OnesCount64(in)) * e.impact[i]
	}
	return loss
}

// happens returns the worlds of a mask in which a random number from 0 to 1 is
// below x. The numbers of all worlds are written in binary side by side, and
// compared with x digit by digit until all are decided, mostly after a few.
func happens(x float64, mask uint64, digits func(k uint64) uint64) uint64 {
	if x >= 1 {
		return mask
	}
	below, fraction := uint64(0), uint64(math.Ldexp(x, 64))
	for k := uint64(0); mask != 0 && fraction != 0; k++ {
		digit := digits(k)
		if fraction>>63 == 1 {
			below |= mask &^ digit
			mask &= digit
		} else {
			mask &^= digit
		}
		fraction <<= 1
	}
	return below
}

// poisson draws a number of the Poisson law by inversion, in parts whose mean is
// small enough for exp not to underflow.
func poisson(mean float64, uniform func() float64) uint64 {
	const most = 500
	total := uint64(0)
	for ; mean > 0; mean -= most {
		m := min(mean, most)
		u, p, n := uniform(), math.Exp(-m), uint64(0)
		for sum := p; u > sum && p > 0; sum += p {
			n++
			p *= m / float64(n)
		}
		total += n
	}
	return total
}
