package mitigate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"sync/atomic"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

// A countdown is a context that ends after its Err was asked so many times.
type countdown struct {
	context.Context
	left atomic.Int64
}

func newCountdown(ctx context.Context, n int) *countdown {
	c := &countdown{Context: ctx}
	c.left.Store(int64(n))
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever an assessment or a comparison is interrupted, what it holds is what
// it holds when it is not: no half of a scenario, which could read as if no
// attack were left.
func TestInterrupted(t *testing.T) {
	tree, err := attacktree.Parse("t.atree", []byte(`
		goal or g { impact 1M
			and a { use x  step y { cost 2k likelihood 30% time 3d } }
			and b { use x  use z }
			seq c { use z  step w { cost 1k likelihood 20% time 2d skill 3 } }
		}
		step x { cost 1k likelihood 50% time 1d }
		step z { cost 4k likelihood 40% time 4d skill 2 }
		control k { cost 1k status deployed on x { likelihood -50% } }
		control l { cost 2k status planned on z { block } }`))
	if err != nil {
		t.Fatal(err)
	}
	opt := &Options{Sets: []NamedSet{{"k", []string{"k"}}, {"both", []string{"k", "l"}}}}
	whole, err := Assess(t.Context(), tree, opt)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Compare(t.Context(), tree, opt)
	if err != nil {
		t.Fatal(err)
	}
	interrupted, parts := 0, 0
	for n := range 5000 {
		a, err := Assess(newCountdown(t.Context(), n), tree, opt)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d: %v", n, err)
		}
		interrupted++
		for _, g := range a.Goals {
			all := whole.Goals[0].Results
			if len(g.Results) != len(all) {
				t.Fatalf("after %d: a goal with %d results, expected %d", n, len(g.Results), len(all))
			}
			for i, r := range g.Results {
				if why := wrong(r, all[i]); why != "" {
					t.Fatalf("after %d: %s: %s", n, r.Scenario, why)
				}
				if len(r.Limits) > 0 {
					parts++
				}
			}
		}
	}
	if interrupted < 3 || parts < 3 {
		t.Fatalf("interrupted only %d times, with %d results in parts", interrupted, parts)
	}
	bounds := false
	for n := range 5000 {
		c, err := Compare(newCountdown(t.Context(), n), tree, opt)
		if err == nil {
			break
		}
		for i := range lengthOf(c) {
			got, want := &c.Rows[i], &rows.Rows[i]
			for _, x := range [][2]*attacktree.Figure{
				{got.Likelihood, want.Likelihood}, {got.ExpectedImpact, want.ExpectedImpact}, {got.AnnualLoss, want.AnnualLoss},
			} {
				if got.Set != want.Set || !holds(x[0], x[1]) {
					t.Fatalf("after %d: row %d is %+v, expected %+v", n, i, got, want)
				}
			}
			if _, limited := got.Limits["cheapest_cost"]; limited == reflect.DeepEqual(got.CheapestCost, want.CheapestCost) {
				t.Fatalf("after %d: row %d costs %v, limited %v", n, i, got.CheapestCost, limited)
			}
			bounds = bounds || !got.Likelihood.Exact || len(got.Limits) > 0
		}
	}
	if !bounds {
		t.Error("no comparison holds what was known when it was interrupted")
	}
	if rows.Mode != attacktree.Saturating || rows.Adversary != "" {
		t.Errorf("the attacker is %v %q", rows.Mode, rows.Adversary)
	}
}

// wrong says what of a result that may have been cut short is not so: its bounds
// hold the exact figures, and what was not found stands in its limits.
func wrong(r, whole *attacktree.Result) string {
	for key, x := range map[string][2]*attacktree.Figure{
		"likelihood":      {r.Likelihood, whole.Likelihood},
		"expected_impact": {r.ExpectedImpact, whole.ExpectedImpact},
		"annual_loss":     {r.AnnualLoss, whole.AnnualLoss},
	} {
		if got, want := x[0], x[1]; !holds(got, want) {
			return fmt.Sprintf("%s %+v, which does not hold %+v", key, got, want)
		}
	}
	if r.Reachable != whole.Reachable || r.Unaided != whole.Unaided || !reflect.DeepEqual(r.Chokepoints, whole.Chokepoints) {
		return "what can be reached is another"
	}
	for key, x := range map[string][2]any{
		"attack_count":  {r.AttackCount, whole.AttackCount},
		"cheapest":      {r.Cheapest, whole.Cheapest},
		"likeliest":     {r.Likeliest, whole.Likeliest},
		"fastest":       {r.Fastest, whole.Fastest},
		"min_skill":     {r.MinSkill, whole.MinSkill},
		"defence_depth": {r.DefenceDepth, whole.DefenceDepth},
	} {
		if _, limited := r.Limits[key]; limited == reflect.DeepEqual(x[0], x[1]) {
			return fmt.Sprintf("%s %v, limited %v, expected %v", key, x[0], limited, x[1])
		}
	}
	return ""
}

// holds reports whether the bounds of a figure hold the exact one, or neither is
// there.
func holds(got, want *attacktree.Figure) bool {
	if got == nil || want == nil {
		return got == want
	}
	return got.Low <= want.Value*(1+1e-12) && want.Value*(1-1e-12) <= got.High
}

func lengthOf(c *Comparison) int {
	if c == nil {
		return 0
	}
	return len(c.Rows)
}

// Wherever a search is interrupted, the sets found lie on or above the front and
// the bound on or below it, and ties are counted at most.
func TestFrontInterrupted(t *testing.T) {
	tree, p := instance{steps: 16, controls: 9, shared: 9, most: 4}.program(t, 5)
	whole, err := Front(t.Context(), tree, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	ties, err := Ties(t.Context(), tree, p, nil, whole, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(cost float64, points []BoundPoint) float64 {
		value := math.Inf(1)
		for _, q := range points {
			if q.Cost <= cost {
				value = q.Value
			}
		}
		return value
	}
	for n := 1; n < 100_000; n += 1 + n/5 {
		f, err := Front(newCountdown(t.Context(), n), tree, p, nil)
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			continue // before there was anything to search
		}
		var found []BoundPoint
		for _, q := range f.Points {
			found = append(found, BoundPoint{q.Cost, q.Value})
		}
		for _, q := range whole.Points {
			if low, high := at(q.Cost, f.Bound), at(q.Cost, found); low > q.Value*(1+1e-9) || high < q.Value*(1-1e-9) {
				t.Fatalf("after %d, cost %v: %v does not lie between %v and %v", n, q.Cost, q.Value, low, high)
			}
		}
		if f.Exact && !reflect.DeepEqual(f, whole) {
			t.Fatalf("after %d: an exact front that is another one", n)
		}
		some, err := Ties(newCountdown(t.Context(), n), tree, p, nil, whole, 0)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		for i := range some {
			if some[i].Count > ties[i].Count || some[i].Count < ties[i].Count && !some[i].AtLeast {
				t.Fatalf("after %d: a tie of %d, at least %v, where there are %d", n, some[i].Count, some[i].AtLeast, ties[i].Count)
			}
		}
	}
}

// Where the time is up after the search, the answer says so; an error it is only
// where an explanation was asked for.
func TestOptimizeInterrupted(t *testing.T) {
	tree, _ := instance{steps: 10, controls: 5, shared: 3, most: 3}.program(t, 2)
	for _, explain := range []bool{false, true} {
		opt, cut, whole := &Options{Explain: explain}, 0, false
		for n := 1; !whole && n < 1_000_000; n += 1 + n/20 {
			o, err := Optimize(newCountdown(t.Context(), n), tree, opt, nil, nil)
			if o == nil || o.Chosen < 0 {
				continue
			}
			if (err != nil) != (o.Cut && explain) || err != nil && !errors.Is(err, context.Canceled) {
				t.Fatalf("explain %v, after %d: cut %v, %v", explain, n, o.Cut, err)
			}
			if o.Cut {
				cut++
			}
			whole = o.Front.Exact && !o.Cut
			if whole && (o.After == nil || len(o.Ties) != len(o.Front.Points) || explain && (o.Explained == nil || len(o.Points) != len(o.Front.Points))) {
				t.Fatalf("explain %v, after %d: something is missing, and no word of it", explain, n)
			}
		}
		if cut == 0 || !whole {
			t.Errorf("explain %v: cut %d times, whole %v", explain, cut, whole)
		}
	}
}
