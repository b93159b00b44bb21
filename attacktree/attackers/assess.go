package attackers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// A Mode says which attack an attacker chooses.
type Mode uint8

const (
	Budget   Mode = iota // the one within his budget that is best for the figure at hand
	Economic             // the one that earns him most
)

// String returns the word of the command line.
func (m Mode) String() string {
	switch m {
	case Budget:
		return "budget"
	case Economic:
		return "economic"
	}
	return fmt.Sprintf("Mode(%d)", m)
}

// ErrNoBudget says that nobody says what the attacker can spend.
var ErrNoBudget = errors.New("attackers: no budget is given, and the adversary has none")

// ErrNoGain says that nobody says what the attacker gains.
var ErrNoGain = errors.New("attackers: the adversary has no gain, and no asset of the goal has a value")

// An Assessment is the answer of `atree eval` in the modes budget and economic.
type Assessment struct {
	Tree   *attacktree.Tree
	Mode   Mode
	Params map[string]float64 // what-if values of the first scenario
	Goals  []*GoalAssessment
}

// A GoalAssessment is the answer for one goal, scenario by scenario.
type GoalAssessment struct {
	Goal, Label string
	Results     []*Result
}

// A Result has the figures of one goal and scenario against an attacker who
// chooses. The embedded result has them under the names that they have against
// one who attempts everything; its Mode is the one that says which steps are
// possible.
//
// In mode [Budget], Likelihood is the greatest P(A) and ExpectedImpact the
// greatest E(A) of the attacks within the budget, each by an attack of its own;
// AnnualLoss is that of the greatest E(A). Reachable, AttackCount, Cheapest,
// Likeliest, Fastest, MinSkill and Chokepoints are about the attacks within the
// budget.
//
// In mode [Economic], Likelihood, ExpectedImpact and AnnualLoss are those of the
// attack with the greatest profit. If none pays, nobody attacks: likelihood and
// expected impact are 0 and accidents are all of the annual loss. The other
// figures are about all attacks.
//
// Steps, Assumed and DefenceDepth are empty in both.
type Result struct {
	attacktree.Result
	Budget *float64 // nil in mode Economic
	Profit *Profit  // nil in mode Budget

	// By is the attack of Likelihood, and ImpactBy that of ExpectedImpact; nil
	// where nothing is attempted that costs anything or can reach the goal.
	By, ImpactBy *Choice
}

// A Choice is an attack that an attacker settles on: steps that he attempts all,
// with no need that the goal is reached without some of them.
type Choice struct {
	Steps []string // in the order of the model
	Cost  float64  // of all of them
}

// Assess answers for all goals of a tree, or the one in opt, which may be nil. A
// scenario without a budget or gain is [ErrNoBudget] or [ErrNoGain], a tree in
// which nothing has a cost [ErrNoCost]. When ctx ends, its error comes with the
// scenarios so far; figures that were not found in time have bounds, or stand in
// the limits of their results.
func Assess(ctx context.Context, t *attacktree.Tree, mode Mode, opt *Options) (*Assessment, error) {
	if opt == nil {
		opt = &Options{}
	}
	goals := t.Goals()
	if opt.Compile.Goal != "" {
		goals = []string{opt.Compile.Goal}
	}
	scenarios := opt.Scenarios
	if len(scenarios) == 0 {
		scenarios = inherent(t)
	}
	out := &Assessment{Tree: t, Mode: mode, Params: scenarios[0].Params}
	var ended error
	for _, goal := range goals {
		compile := opt.Compile
		compile.Goal = goal
		p, err := attacktree.Compile(ctx, t, &compile)
		if err != nil {
			return out, err
		}
		node, _ := t.Node(goal)
		g := &GoalAssessment{Goal: goal, Label: node.Label}
		for _, s := range scenarios {
			c := chooser{t: t, p: p, goal: node, s: s, opt: opt}
			r, err := c.assess(ctx, mode)
			if r != nil {
				g.Results = append(g.Results, r)
			}
			if err != nil {
				ended = fmt.Errorf("%s: %w", goal, err)
			}
			if r == nil {
				break
			}
		}
		if len(g.Results) > 0 {
			out.Goals = append(out.Goals, g)
		}
		if ended != nil {
			break
		}
	}
	return out, ended
}

// A chooser answers for one goal in one scenario.
type chooser struct {
	t    *attacktree.Tree
	p    *attacktree.Program
	goal *attacktree.Node
	s    *attacktree.Scenario
	opt  *Options
}

// assess returns the error of ctx with the result so far.
func (c *chooser) assess(ctx context.Context, mode Mode) (*Result, error) {
	q := &Profile{Scenario: c.s, Budget: budgetOf(c.t, c.s, c.opt), Gain: gain(c.t, c.goal, c.s)}
	switch {
	case mode == Budget && q.Budget == nil:
		return nil, ErrNoBudget
	case mode == Economic && q.Gain == nil:
		return nil, ErrNoGain
	}
	all, ended := c.p.Eval(ctx, c.s) // first, as a curve has bounds however short the time
	if ended != nil && (all == nil || all.Likelihood == nil) {
		return nil, ended
	}
	curves, err := c.curve(ctx, Likelihood)
	if err != nil {
		return nil, err
	}
	r := &Result{Result: *all}
	r.Steps, r.Assumed, r.DefenceDepth = nil, nil, nil
	for _, key := range []string{"steps", "defence_depth", "likelihood", "expected_impact", "annual_loss"} {
		delete(r.Limits, key)
	}
	r.Method, r.Size = "curve", 0
	if mode == Budget {
		err = c.within(ctx, r, curves, *q.Budget)
	} else {
		err = c.paying(ctx, r, curves, *q.Gain)
	}
	if err != nil {
		return nil, err
	}
	return r, cmp.Or(ended, ctx.Err())
}

func (c *chooser) curve(ctx context.Context, of Objective) (*Curve, error) {
	lim := c.opt.Limits
	if lim.Nodes == 0 {
		lim.Nodes = c.opt.Compile.MaxNodes
	}
	return NewCurve(ctx, c.t, c.p, c.s, of, &lim)
}

// within fills in what a budget buys.
func (c *chooser) within(ctx context.Context, r *Result, chances *Curve, budget float64) error {
	r.Budget = &budget
	x := below(chances.At(budget), r.Likelihood)
	r.Likelihood, r.By = &x, choice(chances, budget)
	if c.p.HasLosses() {
		losses, err := c.curve(ctx, ExpectedImpact)
		if err != nil {
			return err
		}
		learn(chances, losses, nil)
		loss := below(losses.At(budget), r.ExpectedImpact)
		r.ImpactBy = choice(losses, budget)
		if err := c.lose(r, loss, true); err != nil {
			return err
		}
	}
	return c.affordable(ctx, r, budget)
}

// below takes from bounds what is above the figure of who attempts everything.
func below(x attacktree.Figure, saturating *attacktree.Figure) attacktree.Figure {
	if !x.Exact && saturating != nil {
		x.High = max(x.Low, min(x.High, saturating.High))
	}
	return x
}

// choice is the attack of a curve at a budget, nil if it comes for free and
// changes nothing.
func choice(c *Curve, budget float64) *Choice {
	i := c.Place(budget)
	if i < 0 || c.Points[i].Value == 0 {
		return nil
	}
	return taking(c, i)
}

func taking(c *Curve, i int) *Choice {
	steps := c.Steps(i)
	if len(steps) == 0 {
		return nil
	}
	return &Choice{steps, c.Points[i].Cost}
}

// lose puts in the expected loss of an attempt, and with it the annual one. What
// accidents cost, the rest of the annual loss of who attempts everything, stays;
// who does not attack makes no attempts.
func (c *chooser) lose(r *Result, loss attacktree.Figure, attacks bool) error {
	saturating, annual := r.ExpectedImpact, r.AnnualLoss
	r.ExpectedImpact = &loss
	if annual == nil || saturating == nil {
		return nil
	}
	e := c.p.NewEvaluator()
	if err := e.Set(c.s); err != nil {
		return err
	}
	attempts, _ := e.Attempts()
	made := attempts
	if !attacks {
		made = 0
	}
	sum := func(loss, annual, saturating float64) float64 {
		if !c.hasAccidents() {
			return made * loss
		}
		return made*loss + max(0, annual-attempts*saturating)
	}
	r.AnnualLoss = &attacktree.Figure{
		Value: sum(loss.Value, annual.Value, saturating.Value), Exact: loss.Exact && annual.Exact,
		Low: sum(loss.Low, annual.Low, saturating.Low), High: sum(loss.High, annual.High, saturating.High),
	}
	return nil
}

// hasAccidents reports whether a condition happens by itself.
func (c *chooser) hasAccidents() bool {
	return slices.ContainsFunc(c.t.Model().Nodes, func(n *attacktree.Node) bool { return n.Rate.Given() })
}

// mostListed is how many attacks within a budget are looked at.
const mostListed = 10_000

// affordable fills in the figures of the attacks within a budget, by looking at
// all of them.
func (c *chooser) affordable(ctx context.Context, r *Result, budget float64) error {
	if r.Cheapest == nil || *r.Cheapest.Cost > budget {
		if _, unknown := r.Limits["cheapest"]; !unknown {
			r.Reachable, r.AttackCount = false, new(big.Int)
			if !r.Unaided {
				r.Likelihood = &attacktree.Figure{Exact: true} // also where the curve has bounds only
			}
			r.Cheapest, r.Likeliest, r.Fastest, r.MinSkill, r.Chokepoints = nil, nil, nil, nil, []string{}
			return nil
		}
	}
	all := *r
	r.Likeliest, r.Fastest, r.MinSkill, r.AttackCount, r.Chokepoints = nil, nil, nil, nil, []string{}
	leave := func(why string, figures ...string) {
		for _, f := range figures {
			r.Limits[f] = why
		}
	}
	found, why, err := c.list(ctx, budget)
	switch {
	case err != nil:
		return err
	case why != "":
		leave(why, "attack_count", "likeliest")
		if all.Fastest != nil {
			leave(why, "fastest")
		}
		if all.MinSkill != nil {
			leave(why, "min_skill")
		}
		r.Chokepoints = all.Chokepoints
		return nil
	}
	r.AttackCount = big.NewInt(int64(len(found)))
	if c.bypasses() {
		// An attack that is not minimal can be within the budget, likelier and
		// faster where none of those inside it is.
		const why = "controls can be bypassed, and the best attack within the budget need not be a minimal one"
		within := func(a *attacktree.Attack) bool { return a != nil && *a.Cost <= budget }
		if r.Likeliest = all.Likeliest; !within(r.Likeliest) {
			r.Likeliest = nil
			leave(why, "likeliest")
		}
		if r.Fastest = all.Fastest; all.Fastest != nil && !within(r.Fastest) {
			r.Fastest = nil
			leave(why, "fastest")
		}
		if all.MinSkill != nil {
			leave(why, "min_skill")
		}
		r.Chokepoints = all.Chokepoints
		return nil
	}
	r.Reachable = len(found) > 0
	for i := range found { // the least cost first, ties as the figures want them
		a := &found[i]
		if r.Likeliest == nil || a.Likelihood > r.Likeliest.Likelihood {
			r.Likeliest = a
		}
		if a.Time != nil && (r.Fastest == nil || *a.Time < *r.Fastest.Time) {
			r.Fastest = a
		}
		if a.Skill != nil && (r.MinSkill == nil || *a.Skill < *r.MinSkill) {
			r.MinSkill = a.Skill
		}
		if i == 0 {
			r.Chokepoints = slices.Clone(a.Steps)
		}
		r.Chokepoints = slices.DeleteFunc(r.Chokepoints, func(s string) bool { return !slices.Contains(a.Steps, s) })
	}
	return nil
}

// list returns the minimal attacks within a budget, the cheapest first, or why
// they are not known.
func (c *chooser) list(ctx context.Context, budget float64) (found []attacktree.Attack, why string, err error) {
	for a, err := range c.p.Attacks(ctx, c.s, attacktree.ByCost) {
		var limit *attacktree.LimitError
		switch {
		case errors.As(err, &limit):
			return nil, limit.Error(), nil
		case ctx.Err() != nil:
			return nil, "the search was ended before all attacks within the budget were found", nil
		case err != nil:
			return nil, "", err
		case *a.Cost > budget:
			return found, "", nil
		case len(found) == mostListed:
			return nil, fmt.Sprintf("more than %d attacks lie within the budget", mostListed), nil
		}
		found = append(found, a)
	}
	return found, "", nil
}

// bypasses reports whether a control that is in place can be bypassed.
func (c *chooser) bypasses() bool {
	return slices.ContainsFunc(c.t.Model().Controls, func(x *attacktree.Control) bool {
		return len(x.BypassedBy) > 0 && slices.Contains(c.s.Controls, x.Name)
	})
}

// paying fills in what the attacker does who wants to earn.
func (c *chooser) paying(ctx context.Context, r *Result, chances *Curve, gain float64) error {
	r.Profit = NewProfit(chances, gain)
	if i := r.Profit.Place; i >= 0 {
		r.By = taking(chances, i)
	}
	if r.By == nil {
		// What conditions do by themselves is no attack.
		r.Profit.Place, r.Profit.Profit.Low, r.Profit.Profit.Value = -1, 0, 0
	}
	if r.By == nil && chances.Exact {
		r.Profit.Profit = attacktree.Figure{Exact: true}
		r.Likelihood = &attacktree.Figure{Exact: true}
		if r.ExpectedImpact != nil {
			return c.lose(r, attacktree.Figure{Exact: true}, false)
		}
		return nil
	}
	x, loss := attacktree.Figure{Exact: chances.Exact}, attacktree.Figure{Exact: chances.Exact}
	if r.By != nil {
		var err error
		x, loss, err = c.outcome(ctx, r.By)
		switch {
		case err != nil && ctx.Err() != nil:
			p := chances.Points[r.Profit.Place].Value
			x, loss = attacktree.Figure{Value: p, Exact: true, Low: p, High: p}, attacktree.Figure{}
			if r.ExpectedImpact != nil {
				loss.High = r.ExpectedImpact.High
			}
		case err != nil:
			return err
		}
	}
	if !chances.Exact {
		// The best attack earns no less, so it is no less likely than that takes.
		x.Exact, loss.Exact = false, false
		x.Low, x.High = 0, chances.Bound[len(chances.Bound)-1].Value
		x = below(x, r.Likelihood)
		if gain > 0 {
			x.Low = r.Profit.Profit.Low / gain
		}
		loss.Low = 0
		if r.ExpectedImpact != nil {
			loss.High = r.ExpectedImpact.High
		}
	}
	r.Likelihood = &x
	if r.ExpectedImpact == nil {
		return nil
	}
	r.ImpactBy = r.By
	return c.lose(r, loss, true)
}

// outcome returns P and E of an attack.
func (c *chooser) outcome(ctx context.Context, a *Choice) (chance, loss attacktree.Figure, err error) {
	shape, err := c.p.Structure(c.s)
	if err != nil {
		return chance, loss, err
	}
	prog, err := shape.Program(ctx)
	if err != nil {
		return chance, loss, err
	}
	held := heldBy(c.t, c.s)
	taken := map[string]bool{}
	for _, s := range a.Steps {
		taken[s] = true
	}
	prob := make([]float64, len(shape.Nodes))
	for v, node := range shape.Nodes {
		if !shape.IsStep[v] || taken[c.t.Model().Nodes[node].Name] {
			prob[v] = shape.Chance(v, held)
		}
	}
	state := prog.NewState()
	state.Eval(prob)
	read := func(root int, times float64, to *attacktree.Figure) {
		low, high := state.Value(root), state.Value(root)
		if !prog.Exact() {
			low, high = state.Bounds(root)
		}
		to.Value += times * state.Value(root)
		to.Low += times * low
		to.High += times * high
		to.Exact = prog.Exact()
	}
	read(0, 1, &chance)
	loss.Exact = true
	for i := range shape.Losses {
		read(1+i, shape.Loss(i, held), &loss)
	}
	return chance, loss, nil
}
