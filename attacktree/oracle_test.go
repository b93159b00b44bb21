package attacktree_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/brute"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// The engine against brute force: every figure of random models, in several
// scenarios each. A failure is run again by its name, such as
//
//	go test ./attacktree -run 'TestOracle/bypass/seed=17$'
//
// and other models are made by another first seed, -first-seed 5000; the name of
// a failure then needs the same flag.

var firstSeed = flag.Uint64("first-seed", 0, "of the random models")

// A profile is a kind of random models.
type profile struct {
	name    string
	seeds   uint64 // how many models; a tenth of them with -short
	options treegen.Options
	failed  []uint64 // seeds that once failed, and are always run
}

var profiles = []profile{
	{"plain", 300, treegen.Options{Variables: 9, Costs: 1, Impacts: 0.5}, nil},
	{"shared", 600, treegen.Options{Variables: 9, Share: 0.5, AtLeast: 0.3, OwnSteps: 0.2, Costs: 0.9, Impacts: 0.5, Detection: 0.5}, nil},
	{"time", 500, treegen.Options{Variables: 8, Share: 0.5, Seq: 0.6, AtLeast: 0.2, OwnSteps: 0.3, Costs: 0.5, Times: 0.9}, nil},
	{"conditions", 500, treegen.Options{Variables: 9, Share: 0.3, AtLeast: 0.2, Conditions: 0.5, Accidents: 0.4, Costs: 0.8, Times: 0.5, Seq: 0.3, Impacts: 0.6}, nil},
	{"controls", 500, treegen.Options{Variables: 9, Share: 0.3, OwnSteps: 0.2, Conditions: 0.1, Costs: 0.9, Times: 0.5, Skills: 0.5, Detection: 0.5, Impacts: 0.6, Controls: 5}, nil},
	{"bypass", 800, treegen.Options{Variables: 9, Share: 0.3, OwnSteps: 0.2, Conditions: 0.15, Accidents: 0.3, Costs: 0.9, Skills: 0.5, Impacts: 0.5, Controls: 5, Bypass: 1}, nil},
	{"bypass-time", 500, treegen.Options{Variables: 8, Share: 0.3, Seq: 0.4, OwnSteps: 0.2, Conditions: 0.1, Costs: 0.5, Times: 1, Controls: 4, Bypass: 1, Ties: true}, []uint64{10216, 20347, 20412, 40228}},
	{"adversaries", 600, treegen.Options{Variables: 8, Share: 0.3, OwnSteps: 0.2, Costs: 0.9, Times: 0.8, Skills: 0.8, Access: 0.6, Impacts: 0.4, Controls: 3, Bypass: 0.4, Adversaries: 2, For: 0.4}, nil},
	{"assume", 400, treegen.Options{Variables: 9, Share: 0.5, OwnSteps: 0.3, Assume: 0.4, Conditions: 0.2, Accidents: 0.3, Costs: 0.9, Times: 0.5, Impacts: 0.5, Controls: 3, Bypass: 0.4}, nil},
	{"uncertain", 200, treegen.Options{Variables: 8, Share: 0.4, Conditions: 0.2, Costs: 0.9, Impacts: 0.5, Uncertain: 0.6, Controls: 2}, nil},
	{"ties", 600, treegen.Options{Variables: 9, Share: 0.4, Seq: 0.3, AtLeast: 0.3, OwnSteps: 0.2, Conditions: 0.15, Costs: 0.8, Times: 0.5, Skills: 0.5, Impacts: 0.5, Controls: 3, Bypass: 0.3, Ties: true}, nil},
	{"everything", 800, treegen.Everything, nil},
}

// each runs a test on the models of all profiles.
func each(t *testing.T, share float64, test func(t *testing.T, seed uint64, m attacktree.Model)) {
	for _, p := range profiles {
		t.Run(p.name, func(t *testing.T) {
			n := uint64(float64(p.seeds) * share)
			if testing.Short() {
				n /= 10
			}
			seeds := slices.Clone(p.failed)
			for i := range n {
				if seed := *firstSeed + i; !slices.Contains(p.failed, seed) {
					seeds = append(seeds, seed)
				}
			}
			for _, seed := range seeds {
				t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
					m := treegen.Random(seed, p.options)
					defer func() {
						if t.Failed() {
							t.Logf("the model:\n%s", treegen.Text(&m))
						}
					}()
					test(t, seed, m)
				})
			}
		})
	}
}

// scenarios are none and all controls, some in between, and each adversary.
func scenarios(seed uint64, m *attacktree.Model) []*attacktree.Scenario {
	r := rand.New(rand.NewPCG(seed, 1))
	some := func() []string {
		var names []string
		for _, k := range m.Controls {
			if r.IntN(2) == 0 {
				names = append(names, k.Name)
			}
		}
		return names
	}
	var all []string
	for _, k := range m.Controls {
		all = append(all, k.Name)
	}
	list := []*attacktree.Scenario{nil}
	if len(all) > 0 {
		list = append(list, &attacktree.Scenario{Controls: all}, &attacktree.Scenario{Controls: some()})
	}
	for _, a := range m.Adversaries {
		list = append(list,
			&attacktree.Scenario{Adversary: a.Name, Controls: some()},
			&attacktree.Scenario{Adversary: a.Name, Controls: some(), Mode: attacktree.Saturating})
	}
	for _, p := range m.Params {
		list = append(list, &attacktree.Scenario{Params: map[string]float64{p.Name: 0.125}})
	}
	return list
}

func goals(m *attacktree.Model) []string {
	var names []string
	for _, n := range m.Nodes {
		if n.Goal {
			names = append(names, n.Name)
		}
	}
	return names
}

// compile makes a program of a valid model.
func compile(t testing.TB, m attacktree.Model, goal string) *attacktree.Program {
	t.Helper()
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatalf("the model is not valid: %v", err)
	}
	p, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{Goal: goal})
	if err != nil {
		t.Fatalf("compile %s: %v", goal, err)
	}
	return p
}

func eval(t testing.TB, p *attacktree.Program, s *attacktree.Scenario) *attacktree.Result {
	t.Helper()
	r, err := p.Eval(context.Background(), s)
	if err != nil {
		t.Fatalf("eval %+v: %v", s, err)
	}
	return r
}

func TestOracle(t *testing.T) {
	each(t, 1, func(t *testing.T, seed uint64, m attacktree.Model) {
		agree(t, seed, m, func(goal string) *attacktree.Program { return compile(t, m, goal) })
	})
}

// FuzzOracle goes on from where [TestOracle] stops.
func FuzzOracle(f *testing.F) {
	for i := range profiles {
		f.Add(uint8(i), uint64(1e9))
	}
	f.Fuzz(func(t *testing.T, i uint8, seed uint64) {
		p := profiles[int(i)%len(profiles)]
		m := treegen.Random(seed, p.options)
		agree(t, seed, m, func(goal string) *attacktree.Program { return compile(t, m, goal) })
		if t.Failed() {
			t.Logf("seed %d of profile %s:\n%s", seed, p.name, treegen.Text(&m))
		}
	})
}

// agree compares all figures of all goals in all scenarios, up to the first
// scenario in which they differ.
func agree(t *testing.T, seed uint64, m attacktree.Model, program func(goal string) *attacktree.Program) {
	t.Helper()
	for _, goal := range goals(&m) {
		p := program(goal)
		for _, s := range scenarios(seed, &m) {
			want, err := brute.Eval(&m, goal, s)
			if err != nil {
				t.Fatal(err)
			}
			sameResult(t, fmt.Sprintf("goal %s, scenario %+v", goal, s), &want.Result, eval(t, p, s))
			if t.Failed() {
				return
			}
		}
	}
}

// TestEvaluator puts one scenario after the other into one evaluator.
func TestEvaluator(t *testing.T) {
	ctx := context.Background()
	each(t, 0.2, func(t *testing.T, seed uint64, m attacktree.Model) {
		goal := goals(&m)[0]
		e := compile(t, m, goal).NewEvaluator()
		list := scenarios(seed, &m)
		for i := range 2 * len(list) {
			s := list[i%len(list)]
			want, err := brute.Eval(&m, goal, s)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Set(s); err != nil {
				t.Fatal(err)
			}
			where := fmt.Sprintf("scenario %+v", s)
			likelihood, err := e.Likelihood(ctx)
			if err != nil {
				t.Fatal(err)
			}
			sameNumber(t, where, "likelihood", want.Likelihood.Value, likelihood.Value)
			impact, err := e.ExpectedImpact(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if want.ExpectedImpact != nil {
				sameNumber(t, where, "expected impact", want.ExpectedImpact.Value, impact.Value)
			} else if impact.Value != 0 {
				t.Errorf("%s: expected impact: expected 0, found %v", where, impact)
			}
		}
	})
}

// TestText runs the whole way from text to figures.
func TestText(t *testing.T) {
	each(t, 0.1, func(t *testing.T, seed uint64, m attacktree.Model) {
		tree, err := attacktree.Parse("random.atree", []byte(treegen.Text(&m)))
		if err != nil {
			t.Fatalf("parse: %v", err)
		}
		agree(t, seed, m, func(goal string) *attacktree.Program {
			p, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{Goal: goal})
			if err != nil {
				t.Fatal(err)
			}
			return p
		})
	})
}

// TestOrders compares the list of minimal attacks in every order.
func TestOrders(t *testing.T) {
	orders := []attacktree.Order{attacktree.ByCost, attacktree.ByLikelihood, attacktree.BySize, attacktree.ByImpact, attacktree.ByTime}
	each(t, 0.4, func(t *testing.T, seed uint64, m attacktree.Model) {
		for _, goal := range goals(&m) {
			p := compile(t, m, goal)
			for _, s := range scenarios(seed, &m) {
				want, err := brute.Eval(&m, goal, s)
				if err != nil {
					t.Fatal(err)
				}
				for _, order := range orders {
					sorted := slices.Clone(want.Minimal)
					slices.SortFunc(sorted, brute.Compare(order))
					name := fmt.Sprintf("goal %s, scenario %+v, by %s", goal, s, order)
					sameAttacks(t, name, order, sorted, listed(t, p, s, order))
				}
				if t.Failed() {
					return
				}
			}
		}
	})
}

func listed(t *testing.T, p *attacktree.Program, s *attacktree.Scenario, order attacktree.Order) []*attacktree.Attack {
	t.Helper()
	var list []*attacktree.Attack
	for a, err := range p.Attacks(context.Background(), s, order) {
		if err != nil {
			t.Fatalf("attacks %+v by %s: %v", s, order, err)
		}
		list = append(list, &a)
	}
	return list
}

// tolerance is relative. What is below it in absolute terms counts as 0: it is
// the rounding of differences of likelihoods.
const tolerance = 1e-9

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b)) || math.Abs(a-b) <= 1e-13
}

func sameNumber(t *testing.T, where, what string, want, got float64) {
	t.Helper()
	if !near(want, got) {
		t.Errorf("%s: %s: expected %v, found %v", where, what, want, got)
	}
}

func sameOptional(t *testing.T, where, what string, want, got *float64) {
	t.Helper()
	switch {
	case want == nil && got == nil:
	case want == nil:
		t.Errorf("%s: %s: expected none, found %v", where, what, *got)
	case got == nil:
		t.Errorf("%s: %s: expected %v, found none", where, what, *want)
	default:
		sameNumber(t, where, what, *want, *got)
	}
}

func sameFigure(t *testing.T, where, what string, want, got *attacktree.Figure) {
	t.Helper()
	value := func(f *attacktree.Figure) *float64 {
		if f == nil {
			return nil
		}
		return &f.Value
	}
	sameOptional(t, where, what, value(want), value(got))
	if got != nil && (!got.Exact || got.Low != got.Value || got.High != got.Value) {
		t.Errorf("%s: %s: expected an exact figure, found %+v", where, what, *got)
	}
}

func same(t *testing.T, where, what string, want, got any) {
	t.Helper()
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		t.Errorf("%s: %s: expected %s, found %s", where, what, w, g)
	}
}

func sameResult(t *testing.T, where string, want, got *attacktree.Result) {
	t.Helper()
	same(t, where, "goal", want.Goal, got.Goal)
	same(t, where, "mode", want.Mode, got.Mode)
	same(t, where, "controls", want.Controls, got.Controls)
	same(t, where, "adversary", want.Adversary, got.Adversary)
	same(t, where, "reachable", want.Reachable, got.Reachable)
	same(t, where, "unaided", want.Unaided, got.Unaided)
	sameFigure(t, where, "likelihood", want.Likelihood, got.Likelihood)
	sameFigure(t, where, "expected impact", want.ExpectedImpact, got.ExpectedImpact)
	sameFigure(t, where, "annual loss", want.AnnualLoss, got.AnnualLoss)
	same(t, where, "attack count", want.AttackCount, got.AttackCount)
	sameAttack(t, where+": cheapest", attacktree.ByCost, want.Cheapest, got.Cheapest)
	sameAttack(t, where+": likeliest", attacktree.ByLikelihood, want.Likeliest, got.Likeliest)
	sameAttack(t, where+": fastest", attacktree.ByTime, want.Fastest, got.Fastest)
	same(t, where, "min skill", skill(want.MinSkill), skill(got.MinSkill))
	same(t, where, "chokepoints", want.Chokepoints, got.Chokepoints)
	same(t, where, "depth", want.DefenceDepth == nil, got.DefenceDepth == nil)
	if want.DefenceDepth != nil && got.DefenceDepth != nil {
		same(t, where, "controls met", want.DefenceDepth.Controls, got.DefenceDepth.Controls)
		sameAttack(t, where+": depth", attacktree.ByCost, want.DefenceDepth.Attack, got.DefenceDepth.Attack)
	}
	same(t, where, "limits", map[string]string(nil), got.Limits)
	sameImportance(t, where, want.Steps, got.Steps)
	same(t, where, "assumed nodes", len(want.Assumed), len(got.Assumed))
	for i := range min(len(want.Assumed), len(got.Assumed)) {
		w, g := want.Assumed[i], got.Assumed[i]
		same(t, where, "assumed node", w.Node, g.Node)
		sameNumber(t, where, "assumed "+w.Node, w.Assumed, g.Assumed)
		sameNumber(t, where, "computed "+w.Node, w.Computed, g.Computed)
	}
}

func skill(s *int) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprint(*s)
}

// sameImportance compares by name, and lets a step be left out that makes no
// difference to anything.
func sameImportance(t *testing.T, where string, want, got []attacktree.Importance) {
	t.Helper()
	byName := map[string]attacktree.Importance{}
	for i, x := range got {
		byName[x.Step] = x
		if i > 0 && x.Criticality > got[i-1].Criticality+tolerance {
			t.Errorf("%s: importance: %s comes behind %s, which is less critical", where, x.Step, got[i-1].Step)
		}
	}
	for _, w := range want {
		g, listed := byName[w.Step]
		delete(byName, w.Step)
		if !listed {
			if w.Birnbaum > tolerance {
				t.Errorf("%s: importance of %s: expected %+v, found none", where, w.Step, w)
			}
			continue
		}
		what := "importance of " + w.Step
		sameNumber(t, where, what+": birnbaum", w.Birnbaum, g.Birnbaum)
		sameNumber(t, where, what+": criticality", w.Criticality, g.Criticality)
		sameNumber(t, where, what+": dif", w.DIF, g.DIF)
		sameNumber(t, where, what+": raw", w.RAW, g.RAW)
		sameOptional(t, where, what+": rrw", w.RRW, g.RRW)
	}
	for _, x := range got {
		if _, left := byName[x.Step]; left {
			t.Errorf("%s: importance of %s: expected none, found %+v", where, x.Step, x)
		}
	}
}

// sameAttack compares two attacks of which each is said to be the best. Where
// rounding decides which of two comes first, both are right.
func sameAttack(t *testing.T, where string, order attacktree.Order, want, got *attacktree.Attack) {
	t.Helper()
	if want == nil || got == nil {
		if want != got {
			t.Errorf("%s: expected %s, found %s", where, describe(want), describe(got))
		}
		return
	}
	if strings.Join(want.Steps, " ") != strings.Join(got.Steps, " ") || strings.Join(want.Given, " ") != strings.Join(got.Given, " ") {
		if order != attacktree.ByLikelihood || want.Likelihood == got.Likelihood || !near(want.Likelihood, got.Likelihood) {
			t.Errorf("%s: expected %s, found %s", where, describe(want), describe(got))
		}
		return
	}
	where += ": " + describe(want)
	sameOptional(t, where, "cost", want.Cost, got.Cost)
	sameNumber(t, where, "likelihood", want.Likelihood, got.Likelihood)
	sameNumber(t, where, "impact", want.Impact, got.Impact)
	sameOptional(t, where, "time", want.Time, got.Time)
	same(t, where, "skill", skill(want.Skill), skill(got.Skill))
	sameNumber(t, where, "undetected", want.Undetected, got.Undetected)
	same(t, where, "controls", want.Controls, got.Controls)
}

func sameAttacks(t *testing.T, where string, order attacktree.Order, want, got []*attacktree.Attack) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: expected %d attacks, found %d", where, len(want), len(got))
		return
	}
	for i := range want {
		sameAttack(t, fmt.Sprintf("%s: attack %d", where, i+1), order, want[i], got[i])
	}
}

func describe(a *attacktree.Attack) string {
	if a == nil {
		return "none"
	}
	text := fmt.Sprintf("%v given %v (likelihood %v", a.Steps, a.Given, a.Likelihood)
	if a.Cost != nil {
		text += fmt.Sprintf(", cost %v", *a.Cost)
	}
	if a.Time != nil {
		text += fmt.Sprintf(", time %v", *a.Time)
	}
	return text + ")"
}
