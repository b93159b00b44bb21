package attacktree_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// An evaluator says of random models what Eval says.
func TestEvaluatorFigures(t *testing.T) {
	n := uint64(300)
	if testing.Short() {
		n = 40
	}
	near := func(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }
	priced := 0
	for seed := range n {
		m := treegen.Random(seed, treegen.Everything)
		for _, v := range m.Nodes {
			if v.Goal {
				v.Attempts = quantity.Exactly(3)
			}
		}
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		all := []*attacktree.Scenario{{}}
		if len(m.Controls) > 0 {
			all = append(all, &attacktree.Scenario{Controls: []string{m.Controls[0].Name}})
		}
		for _, a := range m.Adversaries {
			all = append(all, &attacktree.Scenario{Adversary: a.Name})
		}
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		e := p.NewEvaluator()
		for i, s := range all {
			what := fmt.Sprintf("model %d, scenario %d", seed, i)
			r, err := p.Eval(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Set(s); err != nil {
				t.Fatal(err)
			}
			if p.Goal() != r.Goal || p.Tree() != tree || e.Mode() != r.Mode || len(e.Controls()) != len(r.Controls) || e.AtMeans() != r.AtMeans {
				t.Errorf("%s: another goal, tree, mode or set", what)
			}
			annual, ok, err := e.AnnualLoss(t.Context())
			if err != nil || ok != (r.AnnualLoss != nil) || ok && !near(annual.Value, r.AnnualLoss.Value) {
				t.Errorf("%s: annual loss %v, %v, %v, want %v", what, annual, ok, err, r.AnnualLoss)
			}
			cost, ok, err := e.CheapestCost(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if want := r.Cheapest; want != nil && want.Cost != nil {
				priced++
				if !ok || !near(cost, *want.Cost) {
					t.Errorf("%s: the cheapest attack costs %v, want %v", what, cost, *want.Cost)
				}
			} else if ok && !math.IsInf(cost, 1) {
				t.Errorf("%s: an attack that is not there costs %v", what, cost)
			}
			likelihood, err := e.Likelihood(t.Context()) // accidents left no trace
			if err != nil || !near(likelihood.Value, r.Likelihood.Value) {
				t.Errorf("%s: likelihood %v, want %v", what, likelihood, r.Likelihood)
			}
			if annual, ok, _ := e.AnnualLoss(t.Context()); ok && !near(annual.Value, r.AnnualLoss.Value) {
				t.Errorf("%s: annual loss %v the second time", what, annual)
			}
		}
	}
	if priced < int(n)/4 {
		t.Errorf("only %d attacks had a price", priced)
	}
}
