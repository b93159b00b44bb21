package brute_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/brute"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

var exactly = quantity.Exactly

func ExampleEval() {
	m := &attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "steal", Gate: attacktree.And, Goal: true, Children: []string{"enter", "open"}},
		{Name: "enter", Likelihood: exactly(0.5), Cost: exactly(10)},
		{Name: "open", Likelihood: exactly(0.25), Cost: exactly(20)},
	}}
	r, err := brute.Eval(m, "steal", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Likelihood.Value, r.Cheapest.Steps, *r.Cheapest.Cost)
	// Output: 0.125 [enter open] 30
}

// TestFamilies holds the oracle itself against closed forms.
func TestFamilies(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		for _, f := range treegen.Families(n, 0.3) {
			t.Run(f.Name, func(t *testing.T) {
				if _, err := attacktree.New(f.Model); err != nil {
					t.Fatal(err)
				}
				r, err := brute.Eval(&f.Model, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range []struct {
					what      string
					want, got float64
				}{
					{"likelihood", f.Likelihood, r.Likelihood.Value},
					{"expected impact", f.ExpectedImpact, r.ExpectedImpact.Value},
					{"cost", f.Cost, *r.Cheapest.Cost},
					{"chance", f.Chance, r.Likeliest.Likelihood},
					{"time", f.Time, *r.Fastest.Time},
					{"chokepoints", float64(f.Chokepoints), float64(len(r.Chokepoints))},
				} {
					if math.Abs(x.want-x.got) > 1e-12*max(1, x.want) {
						t.Errorf("%s: expected %v, found %v", x.what, x.want, x.got)
					}
				}
				if f.Count.Cmp(r.AttackCount) != 0 {
					t.Errorf("attacks: expected %v, found %v", f.Count, r.AttackCount)
				}
			})
		}
	}
}

// TestBypass works out one bypassed control by hand: a door that a lock makes
// harder, until somebody takes the key.
func TestBypass(t *testing.T) {
	m := &attacktree.Model{
		Nodes: []*attacktree.Node{
			{Name: "door", Goal: true, Likelihood: exactly(0.8), Cost: exactly(10), Time: exactly(1), Impact: exactly(100), Attempts: exactly(2)},
			{Name: "key", Likelihood: exactly(0.5), Cost: exactly(3), Time: exactly(4)},
		},
		Controls: []*attacktree.Control{{
			Name: "lock", BypassedBy: []string{"key"},
			Effects: []attacktree.Effect{{
				Targets: []attacktree.Target{{Name: "door"}},
				Changes: []attacktree.Change{
					{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: exactly(0.25)},
					{Attribute: attacktree.Cost, Op: attacktree.Add, Value: exactly(5)},
					{Attribute: attacktree.Time, Op: attacktree.Multiply, Value: exactly(3)},
				},
			}},
		}},
	}
	r, err := brute.Eval(m, "", &attacktree.Scenario{Controls: []string{"lock"}})
	if err != nil {
		t.Fatal(err)
	}
	// With the key 0.8, without it 0.2, each half of the time. The only minimal
	// attack is the door alone, at 10 + 5; with the key it is 10 + 3, the chance
	// is 0.8 * 0.5 instead of 0.2. The door takes 3 days if it does not wait for the
	// key, which would be 4 + 1, but to take the key as well makes it cheaper.
	want := "likelihood 0.5, loss 50, yearly 100, 1 attack, cheapest [door key] 13, likeliest [door key] 0.4, fastest [door key] 3, 1_door 1, 0_key 0.2"
	got := fmt.Sprintf("likelihood %v, loss %v, yearly %v, %v attack, cheapest %v %v, likeliest %v %v, fastest %v %v, 1_door %v, 0_key %v",
		r.Likelihood.Value, r.ExpectedImpact.Value, r.AnnualLoss.Value, r.AttackCount, r.Cheapest.Steps, *r.Cheapest.Cost,
		r.Likeliest.Steps, r.Likeliest.Likelihood, r.Fastest.Steps, *r.Fastest.Time,
		r.Steps[0].RAW*r.Likelihood.Value, r.Likelihood.Value / *r.Steps[1].RRW)
	if got != want {
		t.Errorf("expected %s\n   found %s", want, got)
	}
}

// TestConditions works out a goal that can happen unaided, and an accident.
func TestConditions(t *testing.T) {
	m := &attacktree.Model{Period: 73, Nodes: []*attacktree.Node{
		{Name: "loss", Gate: attacktree.Or, Goal: true, Children: []string{"fire", "flood", "theft"}, Impact: exactly(10), Attempts: exactly(1)},
		{Name: "theft", Gate: attacktree.And, Children: []string{"break-in", "night"}},
		{Name: "break-in", Likelihood: exactly(0.4)},
		{Name: "night", Gate: attacktree.Condition, Likelihood: exactly(0.5)},
		{Name: "flood", Gate: attacktree.Condition, Likelihood: exactly(0.1)},
		{Name: "fire", Gate: attacktree.Condition, Rate: exactly(0.3)},
	}}
	r, err := brute.Eval(m, "loss", nil)
	if err != nil {
		t.Fatal(err)
	}
	// 1 - 0.9 * 0.8 for flood and theft; per period 2.8 and 0.3 fires of 10 each;
	// five periods a year. Nothing helps when the flood comes, so that it is no
	// part of an attack.
	want := "0.28 2.8 29 true 1 [break-in] [night]"
	got := fmt.Sprintf("%.4g %.4g %.4g %v %v %v %v", r.Likelihood.Value, r.ExpectedImpact.Value, r.AnnualLoss.Value,
		r.Unaided, r.AttackCount, r.Likeliest.Steps, r.Likeliest.Given)
	if got != want {
		t.Errorf("expected %s\n   found %s", want, got)
	}
}

// TestNeverInTime has a seq that asks for the bypass of its first step behind it.
func TestNeverInTime(t *testing.T) {
	m := &attacktree.Model{
		Nodes: []*attacktree.Node{
			{Name: "goal", Gate: attacktree.Seq, Goal: true, Children: []string{"first", "second"}},
			{Name: "first", Time: exactly(1)},
			{Name: "second", Time: exactly(1)},
		},
		Controls: []*attacktree.Control{{
			Name: "wall", BypassedBy: []string{"second"},
			Effects: []attacktree.Effect{{
				Targets: []attacktree.Target{{Name: "first"}}, Changes: []attacktree.Change{{Op: attacktree.Block}},
			}},
		}},
	}
	r, err := brute.Eval(m, "", &attacktree.Scenario{Controls: []string{"wall"}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Reachable || r.Fastest != nil || r.Likeliest.Time != nil {
		t.Errorf("expected an attack without a time, found %+v", r.Likeliest)
	}
}

func TestErrors(t *testing.T) {
	f := treegen.Fan(brute.MaxVariables+1, 0.5)
	if _, err := brute.Eval(&f.Model, "", nil); err == nil {
		t.Errorf("expected an error for %d steps, found none", brute.MaxVariables+1)
	}
	m := treegen.Chain(2, 0.5).Model
	for _, s := range []*attacktree.Scenario{{Controls: []string{"no"}}, {Adversary: "no"}} {
		if _, err := brute.Eval(&m, "", s); err == nil {
			t.Errorf("expected an error for %+v, found none", s)
		}
	}
	if _, err := brute.Eval(&m, "no", nil); err == nil {
		t.Error("expected an error for an unknown goal, found none")
	}
}
