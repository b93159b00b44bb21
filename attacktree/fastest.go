package attacktree

import (
	"context"
	"math"
	"slices"
)

// The fastest attack. How soon the goal can be reached is for the clock to say;
// which of the attacks that are so fast is first by cost takes a search.

// fastest returns the attack that reaches the goal soonest; of several, the one
// that is first by cost, or nil if there is none. cheapest is the first of all by
// cost, if that is known. The attack is not proven to be the one if proven is false.
func (e *Evaluator) fastest(ctx context.Context, cheapest *taken, unaided bool) (a *taken, proven bool, err error) {
	at := e.runClock(func(int32) bool { return true })
	way := e.derivation()
	switch {
	case math.IsInf(at, 1):
		return nil, true, nil
	case unaided:
		return e.branch(ctx, math.Inf(1), way)
	case cheapest != nil && cheapest.time <= at*(1+rounding):
		return cheapest, true, nil
	case e.p.startsKnown():
		if a, err = e.withinDeadline(ctx, at); a != nil || err != nil {
			return a, true, err
		}
	}
	return e.branch(ctx, at, way)
}

// rounding is the relative error that sums of durations may have.
const rounding = 1e-12

// maxBranches bounds the search for the first by cost of the fastest attacks,
// times the nodes that each branch looks at.
const maxBranches = 4 << 20

// minBranches is how many there must be time for.
const minBranches = 256

// branch finds the first attack by cost among those that end at a time or
// sooner, by branch and bound: it takes a way to be that fast, picks a step of it
// that is not yet decided, and tries the attacks with it and those without. If
// the time is infinite, it finds the first by time instead, among the attacks
// that need a step. proven is false if it ended early; the attack is then the
// best one found. It begins with a way that is known.
func (e *Evaluator) branch(ctx context.Context, at float64, way []int32) (best *taken, proven bool, err error) {
	p := e.p
	const undecided, in, out = 0, 1, 2
	decided := make([]uint8, len(p.nodes))
	order, extra := ByCost, e.bypassSteps()
	if math.IsInf(at, 1) {
		order, extra = ByTime, nil
		for v := range p.nodes {
			if p.nodes[v].first >= 0 {
				extra = append(extra, int32(v))
			}
		}
	}
	first := func(list []int32) int32 {
		i := slices.IndexFunc(list, func(v int32) bool { return decided[v] == undecided })
		if i < 0 {
			return -1
		}
		return list[i]
	}
	left := maxBranches / len(p.nodes)
	var search func(cost float64, steps int)
	search = func(cost float64, steps int) {
		if left--; left < 0 || err != nil {
			return
		}
		if err = ctx.Err(); err != nil {
			return
		}
		latest := at
		if best != nil && order == ByTime {
			latest = best.time
		} else if best != nil {
			if c := near(cost, best.cost); c > 0 || c == 0 && steps > best.steps {
				return
			}
		}
		if e.runClock(func(v int32) bool { return decided[v] != out }) > latest*(1+rounding) {
			return
		}
		next := first(e.derivation())
		if next < 0 {
			var nodes []int32
			for v := range p.nodes {
				if decided[v] == in {
					nodes = append(nodes, int32(v))
				}
			}
			if e.fits(nodes) {
				if a := e.take(nodes, true); best == nil || e.compare(order, a, best) < 0 {
					best = a
				}
			}
			// A bypass may make an attack cheaper as it grows.
			if next = first(extra); next < 0 {
				return
			}
		}
		n := &p.nodes[next]
		for _, d := range []uint8{in, out} {
			decided[next] = d
			if d == in && n.step { // at least what it costs with every bypass reached
				search(cost+e.cost[int(n.first)+n.states()-1], steps+1)
			} else {
				search(cost, steps)
			}
		}
		decided[next] = undecided
	}
	if e.fits(way) {
		best = e.take(way, true)
	}
	if left < minBranches { // not worth beginning
		return best, false, nil
	}
	search(0, 0)
	if best != nil && math.IsInf(best.time, 1) { // what it relies on comes too late
		best = nil
	}
	return best, left >= 0, err
}

// bypassSteps returns what may help to reach a bypass, ascending.
func (e *Evaluator) bypassSteps() []int32 {
	p := e.p
	seen := make([]bool, len(p.nodes))
	var stack, out []int32
	for _, s := range p.switches {
		stack = append(stack, s.nodes...)
	}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		if p.nodes[v].first >= 0 {
			out = append(out, v)
		}
		stack = append(stack, p.nodes[v].children...)
	}
	slices.Sort(out)
	return out
}

// fits reports whether nodes make an attack: a step among them, all possible in
// the state of the attack, and conditions that do not suffice alone.
func (e *Evaluator) fits(nodes []int32) bool {
	p := e.p
	if e.words == nil {
		e.words = make([]uint64, len(p.vars))
	}
	clear(e.words)
	steps := 0
	for _, v := range nodes {
		n := &p.nodes[v]
		mask := uint64(3) // bit 0: all nodes, bit 1: conditions alone
		if n.step {
			mask = 1
			steps++
		}
		for s := range n.states() {
			if w := int(n.first) + s; e.possible[w] {
				e.words[w] = mask
			}
		}
	}
	e.reach(e.words)
	if steps == 0 || e.reached[p.goal]&3 != 1 {
		return false
	}
	for _, v := range nodes {
		n := &p.nodes[v]
		var state int32
		for b, s := range n.switches {
			if e.off(s)&1 != 0 {
				state |= 1 << b
			}
		}
		if !e.possible[n.first+state] {
			return false
		}
	}
	return true
}
