package attacktree

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
)

// Structure shows the program to the packages below this one that search over
// mitigation sets and attacks. The controls of the scenario do not count; its
// adversary, mode and params do.
func (p *Program) Structure(s *Scenario) (*compiled.Structure, error) {
	e := p.NewEvaluator()
	if err := e.Set(s); err != nil {
		return nil, err
	}
	g := p.wire((*wiring).pick)
	a := p.wire(func(g *wiring, n *node) circuit.Ref {
		return g.relying(n, func(s int) circuit.Ref { return g.vars[int(n.first)+s] })
	})
	out := &compiled.Structure{
		Likelihood: g.Circuit, Goal: g.reached[p.goal],
		Program: p.likelihoodProgram, Roots: 1 + len(p.outputs)*(1+len(p.stateAccidents())),
		Attack: a.Circuit, AttackGoal: a.reached[p.goal],
		HasCost: p.hasCost,
	}
	out.Attempts, out.HasAttempts = e.Attempts()
	for _, o := range p.outputs {
		out.Losses = append(out.Losses, g.loss(p, o))
		out.AttackLoss = append(out.AttackLoss, a.loss(p, o))
		out.LossControls = append(out.LossControls, acting(&p.nodes[o.node], o.state, func(c *change) bool {
			return c.op != Block && c.attribute == Impact
		}))
	}
	for v := range p.vars {
		n, state := &p.nodes[p.vars[v].node], p.vars[v].state
		out.Nodes = append(out.Nodes, n.id)
		out.IsStep = append(out.IsStep, n.step)
		out.ChanceControls = append(out.ChanceControls, acting(n, state, func(c *change) bool {
			return c.op == Block || c.attribute == Likelihood ||
				e.adversary >= 0 && (c.attribute == Skill || e.limited && c.attribute == Time)
		}))
		out.CostControls = append(out.CostControls, acting(n, state, func(c *change) bool {
			return c.op != Block && c.attribute == Cost
		}))
	}
	out.Chance = func(v int, held []bool) float64 {
		e.held = held
		n, state := &p.nodes[p.vars[v].node], p.vars[v].state
		x := e.chanceOf(n, state)
		if n.accident || e.adversary >= 0 && n.step && !e.able(n, state) {
			return 0
		}
		return x
	}
	out.Cost = func(v int, held []bool) float64 {
		e.held = held
		n := &p.nodes[p.vars[v].node]
		if !n.step || !p.hasCost {
			return 0
		}
		return e.costOf(n, p.vars[v].state)
	}
	out.Loss = func(i int, held []bool) float64 {
		e.held = held
		o := p.outputs[i]
		return e.impactOf(&p.nodes[o.node], o.state)
	}
	out.Cheapest = func(ctx context.Context, held []bool) (float64, error) {
		e.held, e.valued = held, false
		e.spread()
		reachable, unaided := e.structure()
		if !reachable {
			return math.Inf(1), nil
		}
		e.numbers()
		a, err := e.best(ctx, ByCost, e.classes, unaided)
		if a == nil {
			return math.Inf(1), err
		}
		return a.cost, nil
	}
	return out, nil
}

// acting lists the controls with a change of some kind on a node that is not
// bypassed in a state, ascending.
func acting(n *node, state uint32, kind func(*change) bool) []int32 {
	var out []int32
	for i := range n.changes {
		if c := &n.changes[i]; kind(c) && (c.bypass < 0 || state>>c.bypass&1 == 0) {
			out = append(out, c.control)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
