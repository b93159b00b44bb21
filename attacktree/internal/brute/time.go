package brute

import (
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// end returns when an attack reaches the goal, in days: the least solution of
// the equations of start and end, with only the attack's steps. They are
// relaxed from infinity until nothing changes. It is infinite where the steps
// wait for each other, as when a seq puts the bypass of a blocked step behind it.
func (q *question) end(a state) float64 {
	never := math.Inf(1)
	start := slices.Repeat([]float64{never}, len(q.m.Nodes))
	end := slices.Repeat([]float64{never}, len(q.m.Nodes))
	for changed := true; changed; {
		changed = false
		for _, v := range slices.Backward(q.order) {
			s := q.start(v, start, end)
			e := q.endOf(v, a, s, end)
			changed = changed || s < start[v] || e < end[v]
			start[v], end[v] = s, e
		}
	}
	return end[q.goal]
}

// start returns when v can start: with any of its parents in scope, at its turn
// in a seq. The goal starts at once, and so does a node that bypasses a control
// and is not below the goal.
func (q *question) start(v int, start, end []float64) float64 {
	if v == q.goal || q.bypasses[v] && !q.below[v] {
		return 0
	}
	least := math.Inf(1)
	for _, p := range q.order {
		children := q.children(p)
		i := slices.Index(children, v)
		if i < 0 {
			continue
		}
		at := start[p]
		if q.m.Nodes[p].Gate == attacktree.Seq && i > 0 {
			at = max(at, end[children[i-1]])
		}
		least = min(least, at)
	}
	return least
}

// endOf returns when v ends if it can start at the given time. Of the controls
// that the attack switches off, v may rely on any being off, provided that it is
// possible then: it waits for a node that switches each of them off, and takes
// the time that it takes without them. A condition takes none.
func (q *question) endOf(v int, a state, start float64, end []float64) float64 {
	complete := max(start, q.gateEnd(v, end))
	if q.m.Nodes[v].Rate.Given() {
		return math.Inf(1)
	}
	i := slices.Index(q.variables, v)
	if i < 0 {
		return complete
	}
	if !a.has(i) {
		return math.Inf(1)
	}
	bypassed := q.inPlace &^ a.held & q.acting[v]
	least := math.Inf(1)
	for off := bypassed; ; off = (off - 1) & bypassed {
		held := q.inPlace &^ off
		if q.chance(v, held) > 0 {
			at := complete
			for c := range q.m.Controls {
				if off>>c&1 == 1 {
					at = max(at, q.switchedOff(c, end))
				}
			}
			least = min(least, at+q.numbers(v, held).time)
		}
		if off == 0 {
			return least
		}
	}
}

// switchedOff returns when the first node that bypasses the control ends.
func (q *question) switchedOff(c int, end []float64) float64 {
	first := math.Inf(1)
	for _, name := range q.m.Controls[c].BypassedBy {
		first = min(first, end[q.id[name]])
	}
	return first
}

// gateEnd returns when the gate of v is complete: at once for a leaf.
func (q *question) gateEnd(v int, end []float64) float64 {
	var ends []float64
	for _, w := range q.children(v) {
		ends = append(ends, end[w])
	}
	if len(ends) == 0 {
		return 0
	}
	slices.Sort(ends)
	switch n := q.m.Nodes[v]; n.Gate {
	case attacktree.Or:
		return ends[0]
	case attacktree.AtLeast:
		return ends[n.K-1]
	default:
		return ends[len(ends)-1]
	}
}
