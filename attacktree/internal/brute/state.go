package brute

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A state is what a set of own steps and conditions makes of the model when
// exactly these succeed and are met.
type state struct {
	set     uint32 // by place in the question's variables
	reached []bool // by node
	held    uint64 // the controls in place that no reached node switches off
}

func (s state) has(i int) bool { return s.set>>i&1 == 1 }

// states returns the states of all sets, without any accident.
func (q *question) states() []state {
	all := make([]state, 1<<len(q.variables))
	for set := range all {
		all[set] = q.state(uint32(set), -1)
	}
	return all
}

// bySize returns the states with the smaller sets first.
func bySize(states []state) []state {
	sorted := slices.Clone(states)
	slices.SortStableFunc(sorted, func(a, b state) int {
		return cmp.Compare(bits.OnesCount32(a.set), bits.OnesCount32(b.set))
	})
	return sorted
}

// state returns the state of a set when the accident, a node or -1, happens.
func (q *question) state(set uint32, accident int) state {
	s := state{set: set, reached: make([]bool, len(q.m.Nodes)), held: q.inPlace}
	fails := make([]bool, len(q.m.Nodes))
	for i, v := range q.variables {
		fails[v] = !s.has(i)
	}
	for _, v := range q.accidents {
		fails[v] = v != accident
	}
	for _, v := range q.order {
		s.reached[v] = !fails[v] && q.gateHolds(v, s.reached)
	}
	for c, k := range q.m.Controls {
		if slices.ContainsFunc(k.BypassedBy, func(name string) bool { return s.reached[q.id[name]] }) {
			s.held &^= 1 << c
		}
	}
	return s
}

func (q *question) gateHolds(v int, reached []bool) bool {
	if q.assumed(v) {
		return true
	}
	n := q.m.Nodes[v]
	count := 0
	for _, w := range q.children(v) {
		if reached[w] {
			count++
		}
	}
	switch n.Gate {
	case attacktree.Or:
		return count >= 1
	case attacktree.And, attacktree.Seq:
		return count == len(n.Children)
	case attacktree.AtLeast:
		return count >= n.K
	default:
		return true
	}
}

// loss adds the impacts of the nodes reached, of the goal and below it.
func (q *question) loss(s state) float64 {
	var sum float64
	for v, reached := range s.reached {
		if reached && q.below[v] {
			sum += q.numbers(v, s.held).impact
		}
	}
	return sum
}

// chance is that of the draw of v while the given controls hold: 0 where one of
// them blocks it, or where the adversary falls short.
func (q *question) chance(v int, held uint64) float64 {
	x := q.numbers(v, held)
	if x.blocked || q.fallsShort(v, x) {
		return 0
	}
	return x.likelihood
}

// fallsShort reports whether the adversary cannot take the own
// step of v: its skill and access bind him in every mode, his time in mode limited.
func (q *question) fallsShort(v int, x numbers) bool {
	a := q.adversary
	if a == nil || q.isCondition(v) {
		return false
	}
	if a.Skill != nil && x.skill > *a.Skill {
		return true
	}
	if a.Access != nil {
		for _, need := range q.m.Nodes[v].Access {
			if !slices.Contains(a.Access, need) {
				return true
			}
		}
	}
	return q.mode == attacktree.Limited && a.Time.Given() && x.time > q.mean(a.Time)
}

// numbers of a node while some controls hold.
type numbers struct {
	likelihood, cost, time, impact, detection, rate float64

	skill   int
	blocked bool
}

// numbers returns those of v: its own or those that it has for the adversary,
// then factors, then additions, then the least cap.
func (q *question) numbers(v int, held uint64) numbers {
	if x, ok := q.known[v][held]; ok {
		return x
	}
	n := q.m.Nodes[v]
	given := func(number quantity.Value, otherwise float64) float64 {
		if !number.Given() {
			return otherwise
		}
		return q.mean(number)
	}
	x := numbers{
		likelihood: given(n.Likelihood, 1),
		cost:       given(n.Cost, 0),
		time:       given(n.Time, 0),
		impact:     given(n.Impact, 0),
		detection:  given(n.Detection, 0),
		rate:       given(n.Rate, 0),
	}
	if n.Skill != nil {
		x.skill = *n.Skill
	}
	for _, o := range n.For {
		if q.adversary == nil || !slices.Contains(o.Adversaries, q.adversary.Name) {
			continue
		}
		x.likelihood = given(o.Likelihood, x.likelihood)
		x.cost = given(o.Cost, x.cost)
		x.time = given(o.Time, x.time)
		x.detection = given(o.Detection, x.detection)
		if o.Skill != nil {
			x.skill = *o.Skill
		}
	}
	if q.assumed(v) {
		x.likelihood = q.mean(n.Assume)
	}

	limit := math.Inf(1)
	var moreCost, moreTime, lessImpact float64
	for _, e := range q.effects[v] {
		if held>>e.control&1 == 0 {
			continue
		}
		amount := q.mean(e.change.Value)
		if e.change.Reduction {
			amount = 1 - amount
		}
		switch e.change.Op {
		case attacktree.Block:
			x.blocked = true
		case attacktree.AtMost:
			limit = min(limit, amount)
		case attacktree.Subtract:
			lessImpact += amount
		case attacktree.Raise:
			if e.change.Attribute == attacktree.Skill {
				x.skill = max(x.skill, int(amount))
			} else {
				x.detection = max(x.detection, amount)
			}
		case attacktree.Add:
			if e.change.Attribute == attacktree.Cost {
				moreCost += amount
			} else {
				moreTime += amount
			}
		case attacktree.Multiply:
			switch e.change.Attribute {
			case attacktree.Likelihood:
				x.likelihood *= amount
				x.rate *= amount
			case attacktree.Impact:
				x.impact *= amount
			case attacktree.Cost:
				x.cost *= amount
			case attacktree.Time:
				x.time *= amount
			}
		}
	}
	x.cost += moreCost
	x.time += moreTime
	x.impact = max(0, x.impact-lessImpact)
	x.likelihood = min(x.likelihood, limit)
	if x.blocked {
		x.rate = 0
	}
	if q.known[v] == nil {
		q.known[v] = map[uint64]numbers{}
	}
	q.known[v][held] = x
	return x
}
