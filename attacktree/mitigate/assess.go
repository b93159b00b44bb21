// Package mitigate compares mitigation sets, chooses controls, and says what each
// control is worth.
//
// [Assess] is the whole answer of `atree eval`: every figure of every goal in
// the scenarios inherent, current and planned, the attacks that are left, and the
// value of each control ([Values]). [Compare] puts mitigation sets side by side.
// [Front] finds the best set of controls for every budget at once, and [Optimize]
// chooses one of them; [Ties] lists the sets that do as well, and [Explain] says
// what the controls of a set do to the attacks. [BySteps], [ByLosses] and
// [ByAdversary] break the risk down. All evaluate exactly, by one
// [attacktree.Program] a goal;
// a search that is ended early, and shares that are sampled, say so.
package mitigate

import (
	"context"
	"errors"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// Assess answers for all goals of a tree, or the one that is asked for. Options
// may be nil. When ctx ends, its error comes with the assessment of the
// goals so far; figures that were not found in time stand in the limits of
// their results, as in [attacktree.Program.Eval].
func Assess(ctx context.Context, t *attacktree.Tree, opt *Options) (*Assessment, error) {
	if opt == nil {
		opt = &Options{}
	}
	goals := t.Goals()
	if opt.Goal != "" {
		goals = []string{opt.Goal}
	}
	out := &Assessment{Tree: t, Params: opt.Params}
	for _, goal := range goals {
		compile := opt.Compile
		compile.Goal = goal
		p, err := attacktree.Compile(ctx, t, &compile)
		if err != nil {
			return out, err
		}
		g, err := assess(ctx, t, p, opt)
		if g != nil {
			out.Goals = append(out.Goals, g)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// scenarios are inherent and, where there are controls, either current and
// planned or the sets asked for.
func (o *Options) scenarios(t *attacktree.Tree) []*attacktree.Scenario {
	sets := o.Sets
	if len(sets) == 0 && len(t.Model().Controls) > 0 {
		deployed, _ := t.SetMembers("deployed")
		planned, _ := t.SetMembers("planned")
		sets = []NamedSet{{"current", deployed}, {"planned", planned}}
	}
	out := []*attacktree.Scenario{o.scenario("inherent", nil)}
	for _, s := range sets {
		out = append(out, o.scenario(s.Name, s.Controls))
	}
	return out
}

func (o *Options) scenario(name string, controls []string) *attacktree.Scenario {
	return &attacktree.Scenario{Name: name, Controls: controls, Adversary: o.Adversary, Mode: o.Mode, Params: o.Params}
}

func assess(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, opt *Options) (*GoalAssessment, error) {
	g := &GoalAssessment{}
	var last *attacktree.Scenario
	var ended error // of the context
	for _, s := range opt.scenarios(t) {
		r, err := p.Eval(ctx, s)
		if err != nil {
			if r == nil || r.Likelihood == nil {
				return nil, err
			}
			ended = err
		}
		g.Goal, g.Label = r.Goal, r.Label
		g.Results = append(g.Results, r)
		last = s
		if opt.BottomUp {
			b, err := p.BottomUp(s)
			if err != nil {
				return g, err
			}
			g.BottomUp = append(g.BottomUp, b)
		}
	}
	if g.LeftIn = last.Name; ended != nil {
		return g, ended
	}
	var err error
	if g.Left, err = left(ctx, t, p, last, opt.Attacks, g.Results[len(g.Results)-1]); err != nil {
		return g, err
	}
	g.Values, err = Values(ctx, t, p, opt)
	return g, err
}

// shown is how many attacks are listed where Options does not say.
const shown = 5

// left lists the first minimal attacks of a scenario, and what would act on them.
func left(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, s *attacktree.Scenario, n int, r *attacktree.Result) ([]Remaining, error) {
	if n == 0 {
		n = shown
	}
	if _, limited := r.Limits["attack_count"]; limited || n < 0 {
		return nil, nil
	}
	by := attacktree.ByLikelihood
	if r.Cheapest != nil {
		by = attacktree.ByCost
	}
	var out []Remaining
	if !r.Reachable {
		return nil, nil
	}
	for a, err := range p.Attacks(ctx, s, by) {
		if err != nil {
			return out, err
		}
		rem := Remaining{Attack: a}
		for _, c := range outside(t, s, &a) {
			with := *s
			with.Controls = append(slices.DeleteFunc(slices.Clone(s.Controls), func(o string) bool { return exclusive(t, c, o) }), c)
			b, err := p.Attack(&with, a.Steps, a.Given)
			switch {
			case err != nil:
				return out, err
			case b == nil:
				rem.Stops = append(rem.Stops, c)
			case harder(b, &a):
				rem.Weaken = append(rem.Weaken, c)
			}
		}
		if out = append(out, rem); len(out) == n {
			break
		}
	}
	return out, nil
}

// outside lists the controls that are not in place, not retired, and act on a
// step of the attack, in the order of the model.
func outside(t *attacktree.Tree, s *attacktree.Scenario, a *attacktree.Attack) []string {
	acting := map[string]bool{}
	for _, step := range slices.Concat(a.Steps, a.Given) {
		for _, c := range t.ControlsOn(step) {
			acting[c] = true
		}
	}
	var out []string
	for _, c := range t.Model().Controls {
		if acting[c.Name] && c.Status != attacktree.Retired && !slices.Contains(s.Controls, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// exclusive reports whether one of two controls excludes the other.
func exclusive(t *attacktree.Tree, a, b string) bool {
	x, _ := t.Control(a)
	y, _ := t.Control(b)
	return slices.Contains(x.Excludes, b) || slices.Contains(y.Excludes, a)
}

// harder reports whether an attack is less likely, dearer, slower, more
// demanding or easier to notice than it was.
func harder(now, was *attacktree.Attack) bool {
	more := func(a, b *float64) bool { return a != nil && b != nil && *a > *b }
	return now.Likelihood < was.Likelihood || now.Undetected < was.Undetected || more(now.Cost, was.Cost) ||
		more(now.Time, was.Time) || now.Skill != nil && was.Skill != nil && *now.Skill > *was.Skill
}

// Values says what each control that is not retired is worth among all of
// these, in the order of the model; requires and excludes are ignored. The fair
// shares (Shapley values) are exact where at most twenty controls act at several
// places, and else sampled with a fixed seed, which their standard errors tell.
// Where a limit leaves only bounds of the risk there is nothing to say: the list
// is empty.
func Values(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, opt *Options) ([]Value, error) {
	if opt == nil {
		opt = &Options{}
	}
	all, among := []string(nil), []int32(nil)
	for i, c := range t.Model().Controls {
		if c.Status != attacktree.Retired {
			all, among = append(all, c.Name), append(among, int32(i))
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	s, err := p.Structure(opt.scenario("", nil))
	if err != nil {
		return nil, err
	}
	var limit *attacktree.LimitError
	g, exact, err := newGame(ctx, s, nil, among, len(t.Model().Controls))
	if errors.As(err, &limit) || err == nil && !exact {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	values, sampled, err := g.shapley(ctx)
	if err != nil {
		return nil, err
	}
	with := func(controls []int32) risk {
		g.hold(controls)
		return g.risk()
	}
	none, whole := with(nil), with(among)
	perPeriod := 1.0
	if days := t.Model().Period; days > 0 {
		perPeriod = days / 365
	}
	var out []Value
	for i, name := range all {
		var alone, last, fair, fairError risk // of a control that acts on nothing
		player := slices.Index(g.players, among[i])
		if player >= 0 {
			alone = none.plus(-1, with(among[i:i+1]))
			last = with(slices.Delete(slices.Clone(among), i, i+1)).plus(-1, whole)
			fair = values[player]
		}
		v := Value{Control: name, Of: all, AloneLikelihood: &alone.likelihood, LastLikelihood: &last.likelihood, ShapleyLikelihood: &fair.likelihood}
		if sampled != nil && player >= 0 {
			fairError = sampled[player]
			v.ShapleyLikelihoodError = &fairError.likelihood
		}
		if c, _ := t.Control(name); c.Cost.Given() {
			v.Cost = new(c.Cost.Mean())
		}
		if p.HasLosses() {
			v.Alone, v.Last, v.Shapley = &alone.impact, &last.impact, &fair.impact
			if v.ShapleyLikelihoodError != nil {
				v.ShapleyError = &fairError.impact
			}
			if s.HasAttempts && v.Cost != nil && *v.Cost > 0 {
				v.Return = new((s.Attempts*perPeriod*fair.impact - *v.Cost) / *v.Cost)
			}
		}
		out = append(out, v)
	}
	return out, nil
}
