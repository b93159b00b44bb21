package mitigate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// The risk broken down: by steps that have something in common, by what is
// lost, and by who attacks.
//
// A risk is no sum over steps: an attack fails with any step of it, and a goal
// falls by any attack. So [BySteps] says three things of a group of steps, and
// only one of them adds up. [ByLosses] adds up where no loss belongs to several
// groups, and [ByAdversary] does not, as each adversary is a case of his own.

// A Breakdown has, for every goal and scenario, the whole and its parts.
type Breakdown[Part any] struct {
	Tree   *attacktree.Tree
	Params map[string]float64 // what-if values, as asked
	Goals  []GoalBreakdown[Part]
}

// A GoalBreakdown is that of one goal, scenario by scenario.
type GoalBreakdown[Part any] struct {
	Goal, Label string
	Scenarios   []ScenarioBreakdown[Part]
}

// A ScenarioBreakdown is that of one goal in one scenario.
type ScenarioBreakdown[Part any] struct {
	Scenario  string
	Mode      attacktree.Mode
	Adversary string   // empty: nobody in particular
	Controls  []string // in place
	Whole     Risk
	Parts     []Part
}

// A Risk has the main figures of a goal, as [attacktree.Result] has them. Those
// that do not exist are nil.
type Risk struct {
	Likelihood     *attacktree.Figure
	ExpectedImpact *attacktree.Figure
	AnnualLoss     *attacktree.Figure
	AttackCount    *big.Int
	Limits         map[string]string // figures that a limit left out, and why
}

// A StepsPart says what a group of steps and conditions does to the risk.
type StepsPart struct {
	attacktree.Group // of its nodes the steps and conditions that bear on the goal

	// Attacks counts the minimal attacks with at least one step or condition of
	// the group. An attack with steps of several groups counts in each of them.
	Attacks *big.Int

	// Without is the risk that is left if all of the group fail: the most that can
	// be gained there. What the groups take away overlaps and does not add up.
	Without Risk

	// Shapley is the group's fair share of the expected impact and of the
	// likelihood: what it takes away on average, if all groups are made to fail one
	// after the other, in each order equally often. The shares of all groups add up
	// to the whole. Nil where the whole is known by bounds only, or there is none.
	// Errors are standard errors of sampled shares, nil for exact ones.
	Shapley, ShapleyLikelihood           *float64
	ShapleyError, ShapleyLikelihoodError *float64
}

// A LossesPart says what is lost by the nodes of a group.
type LossesPart struct {
	attacktree.Group // of its nodes those with an impact that bear on the goal

	ExpectedImpact *attacktree.Figure // mean loss in one attempt
	AnnualLoss     *attacktree.Figure // per 365 days
}

// An AdversaryPart says what one adversary can do.
type AdversaryPart struct {
	Adversary, Label string
	Mode             attacktree.Mode
	Attempts         *float64 // in 365 days; nil where neither he nor the goal says
	Risk
	Reachable    *bool    // some attack is left to him; nil where a limit leaves it open
	CheapestCost *float64 // nil: no attack is left, or no step has a cost
}

// BySteps breaks the risk down by groups of steps, as [attacktree.Tree.ByOwner]
// and the groups of a catalogue are. Groups should cover all steps and
// conditions, as theirs do: then the shares add up to the whole. It takes one
// evaluation for each group, and those of [Values] for as many controls as there
// are groups.
func BySteps(ctx context.Context, t *attacktree.Tree, groups []attacktree.Group, opt *Options) (*Breakdown[StepsPart], error) {
	failing, names, groups, err := withFailing(t, groups)
	if err != nil {
		return nil, err
	}
	return breakDown(ctx, t, failing, opt, func(ctx context.Context, p *attacktree.Program, s *attacktree.Scenario, whole *Risk) ([]StepsPart, error) {
		return stepsParts(ctx, p, s, whole, names, groups)
	})
}

// withFailing returns the tree with one more control for each group that has
// steps or conditions, by which all of these fail: with it in place, the group is
// out of the attacks.
func withFailing(t *attacktree.Tree, groups []attacktree.Group) (failing *attacktree.Tree, names []string, kept []attacktree.Group, err error) {
	m := *t.Model()
	m.Controls = slices.Clone(m.Controls)
	for _, g := range groups {
		var targets []attacktree.Target
		for _, n := range g.Nodes {
			if t.Event(n) {
				targets = append(targets, attacktree.Target{Kind: attacktree.OnNode, Name: n})
			}
		}
		if len(targets) == 0 {
			continue
		}
		name := free(t, fmt.Sprintf("without-%d", len(names)+1))
		m.Controls = append(m.Controls, &attacktree.Control{Name: name, Effects: []attacktree.Effect{{
			Targets: targets, Changes: []attacktree.Change{{Op: attacktree.Block}}}}})
		names, kept = append(names, name), append(kept, g)
	}
	failing, err = attacktree.New(m)
	return failing, names, kept, err
}

// free returns a name that no control and no set has.
func free(t *attacktree.Tree, name string) string {
	for {
		_, control := t.Control(name)
		if _, set := t.SetMembers(name); !control && !set {
			return name
		}
		name += "x"
	}
}

func stepsParts(ctx context.Context, p *attacktree.Program, s *attacktree.Scenario, whole *Risk, names []string, groups []attacktree.Group) ([]StepsPart, error) {
	structure, err := p.Structure(s)
	if err != nil {
		return nil, err
	}
	m := p.Tree().Model()
	bears := map[string]bool{}
	for _, node := range structure.Nodes {
		bears[m.Nodes[node].Name] = true
	}
	numbers := map[string]int32{}
	for i, c := range m.Controls {
		numbers[c.Name] = int32(i)
	}
	var base, among []int32
	for _, name := range s.Controls {
		base = append(base, numbers[name])
	}

	e := p.NewEvaluator()
	var parts []StepsPart
	for i, g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part := StepsPart{Group: g}
		part.Nodes = slices.DeleteFunc(slices.Clone(g.Nodes), func(n string) bool { return !bears[n] })
		if len(part.Nodes) == 0 {
			continue
		}
		without := *s
		without.Controls = append(slices.Clone(s.Controls), names[i])
		if err := part.Without.fill(ctx, p, e, &without); err != nil {
			return nil, err
		}
		if whole.AttackCount != nil && part.Without.AttackCount != nil {
			part.Attacks = new(big.Int).Sub(whole.AttackCount, part.Without.AttackCount)
		}
		parts, among = append(parts, part), append(among, numbers[names[i]])
	}
	if !exact(whole.Likelihood) {
		return parts, nil
	}
	g, _, err := newGame(ctx, structure, base, among, len(m.Controls))
	if err != nil {
		return nil, err
	}
	values, sampled, err := g.shapley(ctx)
	if err != nil {
		return nil, err
	}
	for i := range parts {
		var value, off risk // of a group whose steps are impossible anyhow
		player := slices.Index(g.players, among[i])
		if player >= 0 {
			value = values[player]
		}
		x := &parts[i]
		x.ShapleyLikelihood = &value.likelihood
		if sampled != nil && player >= 0 {
			off = sampled[player]
			x.ShapleyLikelihoodError = &off.likelihood
		}
		if p.HasLosses() {
			x.Shapley = &value.impact
			if x.ShapleyLikelihoodError != nil {
				x.ShapleyError = &off.impact
			}
		}
	}
	return parts, nil
}

// ByLosses breaks the expected impact down by groups of nodes, as
// [attacktree.Tree.ByAsset] has them: what is lost at the nodes of each, when
// they are reached. The parts add up where no node with an impact belongs to
// several groups.
func ByLosses(ctx context.Context, t *attacktree.Tree, groups []attacktree.Group, opt *Options) (*Breakdown[LossesPart], error) {
	return breakDown(ctx, t, t, opt, func(ctx context.Context, p *attacktree.Program, s *attacktree.Scenario, _ *Risk) ([]LossesPart, error) {
		e := p.NewEvaluator()
		if err := e.Set(s); err != nil {
			return nil, err
		}
		var limit *attacktree.LimitError
		losses, err := e.Losses(ctx)
		if errors.As(err, &limit) {
			return nil, nil // the whole says so
		} else if err != nil {
			return nil, err
		}
		var parts []LossesPart
		for _, g := range groups {
			part := LossesPart{Group: g}
			part.Nodes = nil
			for _, l := range losses {
				if !slices.Contains(g.Nodes, l.Node) {
					continue
				}
				part.Nodes = append(part.Nodes, l.Node)
				part.ExpectedImpact = sum(part.ExpectedImpact, &l.Impact)
				if l.Annual != nil {
					part.AnnualLoss = sum(part.AnnualLoss, l.Annual)
				}
			}
			if len(part.Nodes) > 0 {
				parts = append(parts, part)
			}
		}
		return parts, nil
	})
}

func sum(a, b *attacktree.Figure) *attacktree.Figure {
	if a == nil {
		return b
	}
	return &attacktree.Figure{Value: a.Value + b.Value, Exact: a.Exact && b.Exact, Low: a.Low + b.Low, High: a.High + b.High}
}

// ByAdversary answers for each adversary of the model, in mode limited unless
// another one is asked for; the whole is a saturating attacker, nobody in
// particular.
func ByAdversary(ctx context.Context, t *attacktree.Tree, opt *Options) (*Breakdown[AdversaryPart], error) {
	if opt == nil {
		opt = &Options{}
	}
	if opt.Adversary != "" {
		return nil, fmt.Errorf("mitigate: a break-down by adversaries is about all of them, not about %q", opt.Adversary)
	}
	if err := opt.breaksDown(); err != nil {
		return nil, err
	}
	anybody := *opt
	anybody.Mode = attacktree.Saturating
	return breakDown(ctx, t, t, &anybody, func(ctx context.Context, p *attacktree.Program, s *attacktree.Scenario, _ *Risk) ([]AdversaryPart, error) {
		e := p.NewEvaluator()
		var parts []AdversaryPart
		for _, a := range t.Model().Adversaries {
			part := AdversaryPart{Adversary: a.Name, Label: a.Label}
			his := *s
			his.Adversary, his.Mode = a.Name, opt.Mode
			if err := part.fill(ctx, p, e, &his); err != nil {
				return nil, err
			}
			part.Mode = e.Mode()
			if attempts, said := e.Attempts(); said {
				part.Attempts = &attempts
			}
			if part.AttackCount != nil {
				part.Reachable = new(part.AttackCount.Sign() > 0)
			}
			var limit *attacktree.LimitError
			cost, ok, err := e.CheapestCost(ctx)
			switch {
			case errors.As(err, &limit):
				part.limit("cheapest_cost", limit)
			case err != nil:
				return nil, err
			case ok && !math.IsInf(cost, 1):
				part.CheapestCost = &cost
			}
			parts = append(parts, part)
		}
		return parts, nil
	})
}

// breakDown goes through the goals and scenarios of t. They are evaluated on a
// tree that may have more controls.
func breakDown[Part any](ctx context.Context, t, on *attacktree.Tree, opt *Options,
	parts func(context.Context, *attacktree.Program, *attacktree.Scenario, *Risk) ([]Part, error)) (*Breakdown[Part], error) {
	if opt == nil {
		opt = &Options{}
	}
	if err := opt.breaksDown(); err != nil {
		return nil, err
	}
	goals := t.Goals()
	if opt.Goal != "" {
		goals = []string{opt.Goal}
	}
	out := &Breakdown[Part]{Tree: t, Params: opt.Params}
	for _, name := range goals {
		compile := opt.Compile
		compile.Goal = name
		p, err := attacktree.Compile(ctx, on, &compile)
		if err != nil {
			return out, err
		}
		node, _ := t.Node(name)
		goal := GoalBreakdown[Part]{Goal: name, Label: node.Label}
		e := p.NewEvaluator()
		for _, s := range opt.scenarios(t) {
			x := ScenarioBreakdown[Part]{Scenario: s.Name, Adversary: s.Adversary}
			if err := x.Whole.fill(ctx, p, e, s); err != nil {
				return out, err
			}
			x.Mode, x.Controls = e.Mode(), e.Controls()
			if x.Parts, err = parts(ctx, p, s, &x.Whole); err != nil {
				return out, err
			}
			goal.Scenarios = append(goal.Scenarios, x)
		}
		out.Goals = append(out.Goals, goal)
	}
	return out, nil
}

// breaksDown returns an error for modes that no break-down is made for.
func (o *Options) breaksDown() error {
	if o.Mode > attacktree.Limited {
		return fmt.Errorf("mitigate: a break-down is that of a saturating or a limited attacker, found mode %d", o.Mode)
	}
	return nil
}

// fill evaluates one scenario, which the evaluator then holds.
func (r *Risk) fill(ctx context.Context, p *attacktree.Program, e *attacktree.Evaluator, s *attacktree.Scenario) error {
	if err := e.Set(s); err != nil {
		return err
	}
	var limit *attacktree.LimitError
	likelihood, err := e.Likelihood(ctx)
	switch {
	case errors.As(err, &limit):
		for _, figure := range []string{"likelihood", "expected_impact", "annual_loss"} {
			r.limit(figure, limit)
		}
	case err != nil:
		return err
	default:
		r.Likelihood = &likelihood
		if p.HasLosses() {
			impact, err := e.ExpectedImpact(ctx)
			if err != nil {
				return err
			}
			r.ExpectedImpact = &impact
		}
		annual, ok, err := e.AnnualLoss(ctx)
		if err != nil {
			return err
		}
		if ok {
			r.AnnualLoss = &annual
		}
	}
	count, err := e.AttackCount(ctx)
	switch {
	case errors.As(err, &limit):
		r.limit("attack_count", limit)
	case err != nil:
		return err
	default:
		r.AttackCount = count
	}
	return nil
}

// limit notes a figure that a limit leaves out.
func (r *Risk) limit(figure string, why *attacktree.LimitError) {
	if r.Limits == nil {
		r.Limits = map[string]string{}
	}
	r.Limits[figure] = why.Error()
}
