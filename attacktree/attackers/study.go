package attackers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Options of [Study]. The zero value, and nil, ask about the only goal, without
// controls, for each adversary of the tree, or for nobody in particular where
// there is none.
type Options struct {
	Scenarios []*attacktree.Scenario
	Budget    *float64           // instead of that of each adversary
	Compile   attacktree.Options // which goal, and limits
	Limits    Limits
}

// A Report is the whole answer of `atree attackers`.
type Report struct {
	Tree        *attacktree.Tree
	Goal, Label string
	Profiles    []*Profile // one a scenario
}

// A Profile says what one adversary can do in one scenario. What does not exist
// is nil.
type Profile struct {
	Scenario *attacktree.Scenario
	Budget   *float64 // asked for, or else that of the adversary
	Gain     *float64 // of the adversary, or else the value of the assets of the goal

	Likelihood     *Curve
	ExpectedImpact *Curve // nil where no node carries an impact
	Impact         *Curve
	Economic       *Profit

	Why error // there are no curves: [ErrNoCost] or [ErrNotCoherent]
}

// A Profit is the greatest one of an attack, gain * P(A) - cost(A), or 0 where no
// attack pays.
type Profit struct {
	Gain   float64           // money for reaching the goal
	Profit attacktree.Figure // money, on average
	Place  int               // of the attack on the budget curve; -1: no attack pays
}

// Study answers for all scenarios. When ctx ends, what is not complete is bounded.
func Study(ctx context.Context, t *attacktree.Tree, opt *Options) (*Report, error) {
	if opt == nil {
		opt = &Options{}
	}
	p, err := attacktree.Compile(ctx, t, &opt.Compile)
	if err != nil {
		return nil, err
	}
	goal := opt.Compile.Goal
	if goal == "" {
		goal = t.Goals()[0]
	}
	node, ok := t.Node(goal)
	if !ok {
		return nil, fmt.Errorf("attackers: no goal is called %q", goal)
	}
	out := &Report{Tree: t, Goal: goal, Label: node.Label}
	scenarios := opt.Scenarios
	if len(scenarios) == 0 {
		scenarios = inherent(t)
	}
	for _, s := range scenarios {
		q, err := profile(ctx, t, p, node, s, opt)
		if err != nil {
			return out, err
		}
		out.Profiles = append(out.Profiles, q)
	}
	return out, nil
}

// inherent are the scenarios without controls, one for each adversary.
func inherent(t *attacktree.Tree) []*attacktree.Scenario {
	var out []*attacktree.Scenario
	for _, a := range t.Model().Adversaries {
		out = append(out, &attacktree.Scenario{Name: "inherent", Adversary: a.Name})
	}
	if len(out) == 0 {
		out = append(out, &attacktree.Scenario{Name: "inherent"})
	}
	return out
}

func profile(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, goal *attacktree.Node, s *attacktree.Scenario, opt *Options) (*Profile, error) {
	q := &Profile{Scenario: s, Budget: budgetOf(t, s, opt), Gain: gain(t, goal, s)}
	lim := opt.Limits
	if lim.Nodes == 0 {
		lim.Nodes = opt.Compile.MaxNodes
	}
	var curves [3]*Curve
	var errs [3]error
	var group sync.WaitGroup
	for of := range curves {
		group.Go(func() { curves[of], errs[of] = NewCurve(ctx, t, p, s, Objective(of), &lim) })
	}
	group.Wait()
	for _, err := range errs {
		switch {
		case errors.Is(err, ErrNoCost), errors.Is(err, ErrNotCoherent):
			q.Why = err
			return q, nil
		case err != nil && !errors.Is(err, ErrNoImpact):
			return nil, err
		}
	}
	q.Likelihood, q.ExpectedImpact, q.Impact = curves[Likelihood], curves[ExpectedImpact], curves[Impact]
	learn(q.Likelihood, q.ExpectedImpact, q.Impact)
	if q.Gain != nil {
		q.Economic = NewProfit(q.Likelihood, *q.Gain)
	}
	return q, nil
}

// NewProfit returns the greatest profit of an attacker who gains so much when the
// goal is reached, from the budget curve: one of its attacks has it, since no
// other one is as likely at no more cost.
func NewProfit(budget *Curve, gain float64) *Profit {
	out := &Profit{Gain: gain, Place: -1}
	for i, p := range budget.Points {
		if x := gain*p.Value - p.Cost; x > out.Profit.Low {
			out.Profit.Low, out.Place = x, i
		}
	}
	out.Profit.Value, out.Profit.High, out.Profit.Exact = out.Profit.Low, out.Profit.Low, budget.Exact
	if !budget.Exact {
		for _, p := range budget.Bound {
			out.Profit.High = max(out.Profit.High, gain*p.Value-p.Cost)
		}
	}
	return out
}

func adversary(t *attacktree.Tree, s *attacktree.Scenario) *attacktree.Adversary {
	i := slices.IndexFunc(t.Model().Adversaries, func(a *attacktree.Adversary) bool { return a.Name == s.Adversary })
	if i < 0 {
		return nil
	}
	return t.Model().Adversaries[i]
}

// budgetOf is the budget asked for, or else that of the adversary.
func budgetOf(t *attacktree.Tree, s *attacktree.Scenario, opt *Options) *float64 {
	if a := adversary(t, s); opt.Budget == nil && a != nil && a.Budget.Given() {
		return new(mean(a.Budget, s))
	}
	return opt.Budget
}

// gain is that of the adversary, or else the value of the assets of the goal.
func gain(t *attacktree.Tree, goal *attacktree.Node, s *attacktree.Scenario) *float64 {
	if a := adversary(t, s); a != nil && a.Gain.Given() {
		return new(mean(a.Gain, s))
	}
	var sum *float64
	for _, a := range t.Model().Assets {
		if slices.Contains(goal.Assets, a.Name) && a.Value.Given() {
			if sum == nil {
				sum = new(0.0)
			}
			*sum += mean(a.Value, s)
		}
	}
	return sum
}

// mean returns the mean of a number, or what the scenario says of its param.
func mean(v quantity.Value, s *attacktree.Scenario) float64 {
	x, ok := s.Params[v.Param]
	switch {
	case !ok || v.Param == "":
		return v.Mean()
	case v.Factor == 0:
		return x
	}
	return v.Factor * x
}
