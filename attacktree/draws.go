package attacktree

import (
	"context"
	"math"

	"github.com/atree-dev/atree/attacktree/internal/program"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// What packages that draw uncertain numbers ask besides likelihood and impact.

// Tree returns the tree that the program was compiled from.
func (p *Program) Tree() *Tree { return p.tree }

// Goal returns the name of the goal that the program answers for.
func (p *Program) Goal() string { return p.tree.model.Nodes[p.nodes[p.goal].id].Name }

// Ties lists the rank correlations of the draws, by their places in
// [Program.Draws]. Draws that it does not tie are independent.
func (p *Program) Ties() []quantity.Tie {
	at := map[string]int{}
	for i, d := range p.draws {
		at[d.Param] = i
	}
	var out []quantity.Tie
	for _, t := range p.tree.ties {
		a, drawn := at[p.tree.model.Params[t.A].Name]
		b, too := at[p.tree.model.Params[t.B].Name]
		if drawn && too && t.Rank != 0 {
			out = append(out, quantity.Tie{A: min(a, b), B: max(a, b), Rank: t.Rank})
		}
	}
	return out
}

// AtMeans reports whether the likelihood or the expected impact at the means of
// the uncertain numbers may differ from their means, as [Result].AtMeans does.
func (e *Evaluator) AtMeans() bool {
	_, atMeans := e.uncertainty()
	return atMeans
}

// AnnualLoss returns attempts in 365 days times the expected impact, and what
// accidents cost by themselves; false where no node carries an impact or nobody
// says how many attempts there are.
func (e *Evaluator) AnnualLoss(ctx context.Context) (Figure, bool, error) {
	attempts, ok := e.Attempts()
	if !ok || !e.p.hasLosses {
		return Figure{}, false, nil
	}
	if err := e.run(ctx); err != nil {
		return Figure{}, false, err
	}
	return e.loss(0).times(attempts).plus(e.accidents()), true, nil
}

// CheapestCost returns what the cheapest attack costs: +Inf where no attack is
// left, and false where no step carries a cost or some node is a [Not] or [Xor].
// The first call of a program finds the minimal attacks, later ones take time
// linear in the size of their diagram.
func (e *Evaluator) CheapestCost(ctx context.Context) (float64, bool, error) {
	if !e.p.hasCost || !e.p.coherent {
		return 0, false, nil
	}
	reachable, unaided := e.structure()
	if !reachable {
		return math.Inf(1), true, nil
	}
	e.numbers()
	if unaided { // the cheapest set may be no attack
		a, err := e.best(ctx, ByCost, e.classes, true)
		if a == nil || err != nil {
			return math.Inf(1), err == nil, err
		}
		return a.cost, true, nil
	}
	f, err := e.p.optimalFamily(ctx)
	if err != nil {
		return 0, false, err
	}
	price := func(v int) float64 {
		if e.classes[v] == program.Absent {
			return math.Inf(1)
		}
		return e.cost[v]
	}
	dearer := func(a, b float64) float64 { return a + b }
	return program.Fold(f, price, math.Inf(1), 0, func(a, b float64) float64 { return min(a, b) }, dearer), true, nil
}

// CostsVary reports whether an uncertain number bears on the cheapest attack in
// the scenario: a cost, or what an adversary must bring along.
func (e *Evaluator) CostsVary() bool {
	drawn := func(x scalar) bool { return x.draw >= 0 && (x.param < 0 || !e.fixed[x.param]) }
	timed := e.adversary >= 0 && e.limited && e.p.advs[e.adversary].time != nil
	if timed && drawn(*e.p.advs[e.adversary].time) {
		return true
	}
	for i := range e.p.nodes {
		n := &e.p.nodes[i]
		cost, time := n.base.cost, n.base.time
		if o := e.forWhom(n); o != nil {
			if o.cost != nil {
				cost = *o.cost
			}
			if o.time != nil {
				time = *o.time
			}
		}
		if drawn(cost) || timed && drawn(time) {
			return true
		}
		for j := range n.changes {
			c := &n.changes[j]
			if !e.held[c.control] || c.op == Block || !drawn(c.value) {
				continue
			}
			if c.attribute == Cost || timed && c.attribute == Time || e.adversary >= 0 && c.attribute == Skill {
				return true
			}
		}
	}
	return false
}

// Controls lists the controls in place, in the order of the model.
func (e *Evaluator) Controls() []string {
	out := []string{}
	for i, c := range e.p.tree.model.Controls {
		if e.held[i] {
			out = append(out, c.Name)
		}
	}
	return out
}

// Mode returns which steps are attempted.
func (e *Evaluator) Mode() Mode {
	if e.limited {
		return Limited
	}
	return Saturating
}

// Chances returns the chance of each variable of [Program.Structure] with the
// scenario and the draws in place, 0 where it is impossible. It must not be
// changed and holds until the next scenario or draw.
func (e *Evaluator) Chances() []float64 { return e.prob }
