package attacktree_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

// TestBounds evaluates with diagrams of hardly any nodes: what is then not exact
// must say so, and its bounds must hold the exact figure.
func TestBounds(t *testing.T) {
	bounded := 0
	each(t, 0.1, func(t *testing.T, seed uint64, m attacktree.Model) {
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		goal := goals(&m)[0]
		exact := compile(t, m, goal)
		for _, nodes := range []int{1, 10, 100} {
			small, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{Goal: goal, MaxNodes: nodes})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range scenarios(seed, &m) {
				where := fmt.Sprintf("%d nodes, scenario %+v", nodes, s)
				want, got := eval(t, exact, s), eval(t, small, s)
				for _, f := range []struct {
					name      string
					want, got *attacktree.Figure
				}{
					{"likelihood", want.Likelihood, got.Likelihood},
					{"expected impact", want.ExpectedImpact, got.ExpectedImpact},
					{"annual loss", want.AnnualLoss, got.AnnualLoss},
				} {
					if f.want == nil || f.got == nil {
						if f.want != f.got {
							t.Errorf("%s: %s: expected %v, found %v", where, f.name, f.want, f.got)
						}
						continue
					}
					slack := 1e-12 * f.want.Value // of the last digits of long sums
					if f.want.Value < f.got.Low-slack || f.want.Value > f.got.High+slack {
						t.Errorf("%s: %s: expected bounds around %v, found %v to %v", where, f.name, f.want.Value, f.got.Low, f.got.High)
					}
					if f.got.Exact {
						sameNumber(t, where, f.name, f.want.Value, f.got.Value)
					} else {
						bounded++
					}
				}
				if got.Cheapest != nil {
					sameNumber(t, where, "cost of the cheapest", *want.Cheapest.Cost, *got.Cheapest.Cost)
				}
				if got.AttackCount != nil && got.AttackCount.Cmp(want.AttackCount) != 0 {
					t.Errorf("%s: attacks: expected %v, found %v", where, want.AttackCount, got.AttackCount)
				}
			}
		}
	})
	if bounded == 0 {
		t.Error("no limit was met; the test proves nothing")
	}
}
