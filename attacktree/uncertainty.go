package attacktree

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// uses says how often an uncertain draw enters the likelihood and the losses.
type uses struct{ chances, losses int }

func (u *uses) bears() bool { return u.chances+u.losses > 0 }

// uncertainty counts the uncertain draws that bear on the goal in the scenario,
// and reports whether one of them makes the likelihood or the expected impact
// at the means differ from their means: it feeds more than one chance, or a
// chance and a loss, or goes together with another draw so, or passes a threshold. A cap that may bind, a loss that is
// lowered by an amount, and a time compared with an adversary's are thresholds.
func (e *Evaluator) uncertainty() (draws int, atMeans bool) {
	p := e.p
	drawn := map[any]*uses{} // by name of the param, or by where the value stands
	note := func(v *quantity.Value) *uses {
		if !v.Given() || v.Certain() {
			return nil
		}
		var key any = v
		if v.Param != "" {
			if e.fixed[p.params[v.Param]] {
				return nil
			}
			key = v.Param
		}
		if drawn[key] == nil {
			drawn[key] = new(uses)
		}
		return drawn[key]
	}
	chance := func(v *quantity.Value) bool {
		u := note(v)
		if u != nil {
			u.chances++
		}
		return u != nil
	}
	loss := func(v *quantity.Value) bool {
		u := note(v)
		if u != nil {
			u.losses++
		}
		return u != nil
	}
	for i := range p.nodes {
		n := &p.nodes[i]
		src := e.sources(n)
		likely := n.first >= 0 && chance(src.chance)
		lossy := n.below && loss(src.impact)
		timed := note(src.time) != nil
		note(src.cost)
		note(src.detection)
		capped, lowered := false, false
		for j := range n.changes {
			c := &n.changes[j]
			if !e.held[c.control] || c.op == Block {
				continue
			}
			switch v := &c.from.Value; c.attribute {
			case Likelihood:
				likely = chance(v) || likely
				capped = capped || c.op == AtMost
			case Impact:
				lossy = n.below && loss(v) || lossy
				lowered = lowered || c.op == Subtract
			case Time:
				timed = note(v) != nil || timed
			default:
				note(v)
			}
		}
		threshold := timed && e.limited && p.advs[e.adversary].time != nil
		atMeans = atMeans || likely && capped || lossy && lowered || threshold
	}
	for _, u := range drawn {
		atMeans = atMeans || u.chances > 1 || u.chances > 0 && u.losses > 0
	}
	for _, t := range p.tree.ties {
		a, b := drawn[p.tree.model.Params[t.A].Name], drawn[p.tree.model.Params[t.B].Name]
		if a != nil && b != nil && t.Rank != 0 {
			atMeans = atMeans || a.chances > 0 && b.bears() || b.chances > 0 && a.bears()
		}
	}
	return len(drawn), atMeans
}

// sources are the values that the numbers of a node come from.
type sources struct {
	chance, cost, time, detection, impact *quantity.Value
}

// sources returns the values that hold for the adversary of the scenario.
func (e *Evaluator) sources(n *node) sources {
	t := e.p.tree.model
	m := t.Nodes[n.id]
	src := sources{&m.Likelihood, &m.Cost, &m.Time, &m.Detection, &m.Impact}
	if n.accident {
		src.chance = &m.Rate
	}
	if e.adversary >= 0 {
		name := t.Adversaries[e.adversary].Name
		for j := range m.For {
			o := &m.For[j]
			if !slices.Contains(o.Adversaries, name) {
				continue
			}
			for _, r := range []struct {
				to   **quantity.Value
				from *quantity.Value
			}{{&src.chance, &o.Likelihood}, {&src.cost, &o.Cost}, {&src.time, &o.Time}, {&src.detection, &o.Detection}} {
				if r.from.Given() {
					*r.to = r.from
				}
			}
		}
	}
	if n.assumed {
		src.chance = &m.Assume
	}
	return src
}
