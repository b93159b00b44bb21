package attackers

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Whatever the budget and the gain, the figures are those of the best of all
// sets of steps, and those of attacks are those of the minimal attacks that the
// budget buys.
func TestAssessAgainstAllSets(t *testing.T) {
	checked := 0
	for seed := range uint64(120) {
		o := treegen.Everything
		o.Variables = 4 + int(seed%6)
		m := treegen.Random(seed, o)
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		goal := tree.Goals()[0]
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
		if err != nil {
			t.Fatal(err)
		}
		s := &attacktree.Scenario{Name: "some"}
		held := make([]bool, len(m.Controls))
		for i, c := range m.Controls {
			if held[i] = seed>>i&1 == 0; held[i] {
				s.Controls = append(s.Controls, c.Name)
			}
		}
		shape, err := p.Structure(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(shape.Nodes) > 12 || !shape.HasCost {
			continue
		}
		sets := [2][]Point{every(t, shape, held, Likelihood)}
		if p.HasLosses() {
			sets[1] = every(t, shape, held, ExpectedImpact)
		}
		all, err := p.Eval(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		top := 0.0
		for _, x := range sets[0] {
			top = max(top, x.Cost)
		}
		for _, share := range []float64{0, 0.3, 0.6, 1} {
			budget := share * top
			best := [2]float64{}
			for of, xs := range sets {
				for _, x := range xs {
					if x.Cost <= budget+1e-9 {
						best[of] = max(best[of], x.Value)
					}
				}
			}
			opt := &Options{Scenarios: []*attacktree.Scenario{s}, Budget: new(budget + 1e-9), Compile: attacktree.Options{Goal: goal}}
			a, err := Assess(t.Context(), tree, Budget, opt)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			r := a.Goals[0].Results[0]
			if !near(r.Likelihood.Value, best[0]) || !r.Likelihood.Exact || p.HasLosses() && !near(r.ExpectedImpact.Value, best[1]) {
				t.Errorf("seed %d, budget %v: %v and %v, want %v", seed, budget, r.Likelihood, r.ExpectedImpact, best)
			}
			if r.By != nil && r.By.Cost > budget+1e-9 || r.ImpactBy != nil && r.ImpactBy.Cost > budget+1e-9 {
				t.Errorf("seed %d: %v and %v are beyond the budget %v", seed, r.By, r.ImpactBy, budget)
			}
			count := int64(0)
			for x, err := range p.Attacks(t.Context(), s, attacktree.ByCost) {
				if err != nil {
					t.Fatal(err)
				}
				if *x.Cost <= budget+1e-9 {
					count++
				}
			}
			if r.AttackCount.Int64() != count || r.Reachable != (all.Cheapest != nil && *all.Cheapest.Cost <= budget+1e-9) {
				t.Errorf("seed %d, budget %v: %v attacks, want %d (reachable %v)", seed, budget, r.AttackCount, count, r.Reachable)
			}
			if share == 1 && all.AnnualLoss != nil && !near(r.AnnualLoss.Value, all.AnnualLoss.Value) {
				t.Errorf("seed %d: who can buy all causes %v a year, want %v", seed, r.AnnualLoss, all.AnnualLoss)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d budgets were checked", checked)
	}
}

// The economic attacker has the greatest profit of all sets, and the figures are
// those of his attack.
func TestEconomic(t *testing.T) {
	tree := parse(t, `
		asset gold { value 40 }
		adversary thief { attempts 3 }
		goal or steal { asset gold  impact 10
			step cheap { cost 3 likelihood 20% impact 1 }
			step dear { cost 15 likelihood 50% }
		}
		condition fire { rate 2 impact 7 }
		goal or burn { use fire  step arson { cost 3 likelihood 50% } asset gold }`)
	ask := func(goal string) *Result {
		t.Helper()
		a, err := Assess(t.Context(), tree, Economic, &Options{
			Scenarios: []*attacktree.Scenario{{Adversary: "thief"}}, Compile: attacktree.Options{Goal: goal}})
		if err != nil {
			t.Fatal(err)
		}
		return a.Goals[0].Results[0]
	}
	// Profits: cheap 8 - 3, dear 20 - 15, both 24 - 18.
	r := ask("steal")
	if !near(r.Profit.Profit.Value, 6) || !slices.Equal(r.By.Steps, []string{"cheap", "dear"}) || r.By.Cost != 18 ||
		!near(r.Likelihood.Value, 0.6) || !near(r.ExpectedImpact.Value, 6.2) || !near(r.AnnualLoss.Value, 18.6) {
		t.Errorf("%+v, %v, %v, %v, %v", r.Profit, r.By, r.Likelihood, r.ExpectedImpact, r.AnnualLoss)
	}
	// The accident costs 2 * 7 a year whether he attacks or not.
	r = ask("burn")
	if !near(r.Likelihood.Value, 0.5) || !near(r.AnnualLoss.Value, 14) {
		t.Errorf("%v, %v", r.Likelihood, r.AnnualLoss)
	}
	tree = parse(t, `
		adversary thief { attempts 3  gain 10 }
		condition fire { rate 2 impact 7 }
		goal or burn { use fire  step arson { cost 300 likelihood 50% impact 4 } }`)
	r = ask("burn")
	if r.By != nil || r.Profit.Place != -1 || r.Profit.Profit.Value != 0 || r.Likelihood.Value != 0 ||
		r.ExpectedImpact.Value != 0 || !near(r.AnnualLoss.Value, 14) || !r.Reachable {
		t.Errorf("he does not attack: %+v", r)
	}
}

func TestAssessNeeds(t *testing.T) {
	priced := "adversary poor { skill 2 } goal or g { step a { cost 1 } }"
	for _, x := range []struct {
		text string
		mode Mode
		want error
	}{{priced, Budget, ErrNoBudget}, {priced, Economic, ErrNoGain}, {"adversary x { budget 3 } goal or g { step a { likelihood 1% } }", Budget, ErrNoCost}} {
		if _, err := Assess(t.Context(), parse(t, x.text), x.mode, nil); !errors.Is(err, x.want) {
			t.Errorf("%s, %v: %v", x.text, x.mode, err)
		}
	}
	a, err := Assess(t.Context(), parse(t, priced), Budget, &Options{Budget: new(math.Inf(1))})
	if err != nil || a.Goals[0].Results[0].Likelihood.Value != 1 {
		t.Errorf("%v, %v", a, err)
	}
}

func TestNames(t *testing.T) {
	if a, b := Economic.String(), Mode(7).String(); a != "economic" || b != "Mode(7)" {
		t.Errorf("found the modes %s and %s", a, b)
	}
	if a, b := Impact.String(), Objective(7).String(); a != "impact" || b != "Objective(7)" {
		t.Errorf("found the objectives %s and %s", a, b)
	}
}

// Wherever the context ends, what is there is true: bounds hold the figures, and
// what is missing stands in the limits.
func TestAssessEnded(t *testing.T) {
	m := treegen.Shared(3, 60, 0)
	costs(m)
	m.Adversaries = []*attacktree.Adversary{{Name: "x", Gain: quantity.Exactly(5000)}}
	impacts(m)
	tree, _ := compile(t, m)
	budget := 120.0
	opt := &Options{Budget: &budget, Scenarios: []*attacktree.Scenario{{Name: "a", Adversary: "x"}, {Name: "b", Adversary: "x"}}}
	holds := func(got, want *attacktree.Figure) bool {
		if got == nil || want == nil {
			return got == want
		}
		return got.Low <= want.Value*(1+1e-9) && want.Value*(1-1e-9) <= got.High
	}
	for _, mode := range []Mode{Budget, Economic} {
		whole, err := Assess(t.Context(), tree, mode, opt)
		if err != nil {
			t.Fatal(err)
		}
		parts := 0
		for looks := 0; ; looks += 1 + looks/4 {
			a, err := Assess(&impatient{Context: t.Context(), looks: looks}, tree, mode, opt)
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			for _, g := range a.Goals {
				for i, r := range g.Results {
					want := whole.Goals[0].Results[i]
					parts++
					if !holds(r.Likelihood, want.Likelihood) || !holds(r.ExpectedImpact, want.ExpectedImpact) ||
						mode == Economic && !holds(&r.Profit.Profit, &want.Profit.Profit) {
						t.Fatalf("%s, ended at look %d: %v, %v, expected %v, %v", mode, looks, r.Likelihood, r.ExpectedImpact, want.Likelihood, want.ExpectedImpact)
					}
					if _, limited := r.Limits["attack_count"]; r.AttackCount == nil && !limited {
						t.Fatalf("%s, ended at look %d: no count of attacks, and no word why", mode, looks)
					}
				}
			}
		}
		if parts < 5 {
			t.Errorf("%s: only %d results in parts", mode, parts)
		}
	}
}
