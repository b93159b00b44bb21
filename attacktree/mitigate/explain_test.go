package mitigate

import (
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// Without bypasses, an attack that some controls stop is one that the number of
// attacks lacks.
func TestExplainCounts(t *testing.T) {
	ctx := t.Context()
	stopped, alone, idle, unguarded := 0, 0, 0, 0
	for seed := range uint64(250) {
		options := treegen.Everything
		options.Controls, options.Bypass = 5, 0
		m := treegen.Random(seed, options)
		tree, p := compile(t, m)
		var set []string
		for i, k := range m.Controls {
			if seed>>i&1 == 0 {
				set = append(set, k.Name)
			}
		}
		of := func(controls []string) *attacktree.Result {
			r, err := p.Eval(ctx, &attacktree.Scenario{Controls: controls})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		x, err := Explain(ctx, tree, p, &attacktree.Scenario{Controls: set}, 3)
		if err != nil {
			t.Fatal(err)
		}
		where := fmt.Sprintf("seed %d, %v", seed, set)
		all, now := of(nil), of(set)
		if got, want := int64(x.Stopped), all.AttackCount.Int64()-now.AttackCount.Int64(); got != want || int64(x.Attacks) != all.AttackCount.Int64() || !x.All {
			t.Fatalf("%s: expected %d of %v stopped, found %d of %d", where, want, all.AttackCount, got, x.Attacks)
		}
		for i, c := range x.Controls {
			without := of(append(append([]string{}, set[:i]...), set[i+1:]...))
			only := of([]string{c.Control})
			if got, want := int64(c.Alone), without.AttackCount.Int64()-now.AttackCount.Int64(); got != want {
				t.Errorf("%s: expected %d attacks stopped by %s alone, found %d", where, want, c.Control, got)
			}
			if got, want := int64(c.Stops), all.AttackCount.Int64()-only.AttackCount.Int64(); got != want {
				t.Errorf("%s: expected %s to stop %d attacks, found %d", where, c.Control, want, got)
			}
			same := without.Likelihood.Value == now.Likelihood.Value && (now.ExpectedImpact == nil || without.ExpectedImpact.Value == now.ExpectedImpact.Value) &&
				(now.AnnualLoss == nil || without.AnnualLoss.Value == now.AnnualLoss.Value) &&
				(without.Cheapest == nil) == (now.Cheapest == nil) && (now.Cheapest == nil || now.Cheapest.Cost == nil || *now.Cheapest.Cost == *without.Cheapest.Cost)
			if same != c.Idle {
				t.Errorf("%s: %s adds nothing: expected %v, found %v", where, c.Control, same, c.Idle)
			}
			alone += c.Alone
			if c.Idle {
				idle++
			}
		}
		stopped += x.Stopped
		unguarded += len(x.Unguarded)
	}
	if stopped < 50 || alone < 50 || idle < 20 || unguarded < 20 {
		t.Errorf("expected some of each, found %d stopped, %d by one control alone, %d idle, %d unguarded", stopped, alone, idle, unguarded)
	}
}
