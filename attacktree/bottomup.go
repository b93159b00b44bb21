package attacktree

import (
	"math"
)

// A BottomUp holds figures of one goal in one scenario as going once from the
// leaves upwards gives them, as if the graph were a tree. That is how ADTool
// computes, and the bottom-up semantics of Kordy, Mauw, Radomirović and Schweitzer
// (Attack-defense trees, 2014): a node that several others share counts anew at
// each place, as if it succeeded, and was paid for, once for each.
//
// Where nothing is shared the figures are those of a [Result]. Elsewhere the
// likelihood may be too high or too low, the cost too high, and with seq the time
// too. Skill is always right, since the greatest of two equal numbers is that
// number.
type BottomUp struct {
	Likelihood float64  // of the goal, from 0 to 1
	Cost       *float64 // of the cheapest attack; nil where no attack is left or no step has a cost
	Time       *float64 // of the fastest attack, days; nil as Cost
	MinSkill   *int     // least; nil as Cost
	Repeated   []string // nodes that count more than once, in the order of the model
}

// BottomUp evaluates a scenario from the leaves upwards; nil is the zero scenario.
// It is there to be held against the exact figures of [Program.Eval], as to see
// what another tool says and why. The cost is linear in the tree.
//
// A control that is bypassed counts as its countermeasure does in ADTool: its step
// may be taken at the price of the bypass too, which counts anew for each step.
// But as in all of this package, what relies on a bypass comes after it in time,
// where ADTool lets both pass at once. With [Not] or [Xor] there is the likelihood
// only.
func (p *Program) BottomUp(s *Scenario) (*BottomUp, error) {
	e := p.evaluator.Get().(*Evaluator)
	defer p.evaluator.Put(e)
	if err := e.Set(s); err != nil {
		return nil, err
	}
	b := &BottomUp{Likelihood: e.likelihoodBottomUp(), Repeated: []string{}}
	uses := make([]int, len(p.nodes))
	for i := range p.nodes {
		n := &p.nodes[i]
		uses[i] += len(n.parents)
		for _, s := range n.switches {
			for _, by := range p.switches[s].nodes {
				uses[by]++
			}
		}
	}
	var repeated []int32
	for i, times := range uses {
		if times > 1 {
			repeated = append(repeated, int32(i))
		}
	}
	for _, i := range inModelOrder(p, repeated) {
		b.Repeated = append(b.Repeated, p.tree.model.Nodes[p.nodes[i].id].Name)
	}
	if reachable, _ := e.structure(); !p.coherent || !reachable {
		return b, nil
	}
	e.numbers()
	plus := func(x, y float64) float64 { return x + y }
	least := func(x, y float64) float64 { return min(x, y) }
	greatest := func(x, y float64) float64 { return max(x, y) }
	if p.hasCost {
		cost := bottomUp(p, Metric[float64]{Or: least, And: plus, Seq: plus, None: math.Inf(1)}, e.relying(e.cost, plus))
		b.Cost = &cost[p.goal]
	}
	if p.hasTime {
		time := bottomUp(p, Metric[float64]{Or: least, And: greatest, Seq: plus, None: math.Inf(1)}, e.relying(e.time, greatest))
		b.Time = &time[p.goal]
	}
	if p.hasSkill {
		skill := e.skillBottomUp()
		b.MinSkill = &skill
	}
	return b, nil
}

// relying returns what an own step or condition makes of the value of its gate:
// the least, over the states of its bypasses in which it is possible, of the gate
// and the bypasses together, plus its own number.
func (e *Evaluator) relying(number []float64, together func(x, y float64) float64) func(*node, float64, []float64) float64 {
	return func(n *node, gate float64, value []float64) float64 {
		best := math.Inf(1)
		for s := range n.states() {
			v := int(n.first) + s
			if !e.possible[v] {
				continue
			}
			x := gate
			for b, sw := range n.switches {
				if s>>b&1 == 1 {
					off := math.Inf(1)
					for _, by := range e.p.switches[sw].nodes {
						off = min(off, value[by])
					}
					x = together(x, off)
				}
			}
			best = min(best, x+number[v])
		}
		return best
	}
}

// likelihoodBottomUp takes whatever a node needs for independent.
func (e *Evaluator) likelihoodBottomUp() float64 {
	p := e.p
	value := make([]float64, len(p.nodes))
	none := func(of []int32) float64 {
		x := 1.0
		for _, c := range of {
			x *= 1 - value[c]
		}
		return x
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		x := 1.0
		switch n.gate {
		case Or:
			x = 1 - none(n.children)
		case And, Seq:
			for _, c := range n.children {
				x *= value[c]
			}
		case AtLeast: // exactly[j]: j of the children seen so far; the last: that or more
			exactly := make([]float64, n.k+1)
			exactly[0] = 1
			for _, c := range n.children {
				exactly[n.k] += exactly[n.k-1] * value[c]
				for j := n.k - 1; j >= 0; j-- {
					exactly[j] *= 1 - value[c]
					if j > 0 {
						exactly[j] += exactly[j-1] * value[c]
					}
				}
			}
			x = exactly[n.k]
		case Not:
			x = 1 - value[n.children[0]]
		case Xor:
			x = 0
			for _, c := range n.children {
				x += value[c] - 2*x*value[c]
			}
		}
		if n.first >= 0 {
			own := 0.0
			for s := range n.states() {
				way := e.prob[int(n.first)+s]
				for b, sw := range n.switches {
					off := none(p.switches[sw].nodes)
					if s>>b&1 == 1 {
						off = 1 - off
					}
					way *= off
				}
				own += way
			}
			x *= own
		}
		value[i] = x
	}
	return value[p.goal]
}
