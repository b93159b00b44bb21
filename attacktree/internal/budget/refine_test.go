package budget

import (
	"math"
	"testing"
)

const models = 250

// Where few points are allowed, and sets are improved, what all sets of steps show
// lies between the staircases, and points are what their steps make.
func TestRefine(t *testing.T) {
	exact := 0
	for seed := range uint64(models) {
		p := guarded(seed)
		p.Limits.Front = 1
		got, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if got.Exact {
			exact++
		}
		all := every(t, p)
		for _, q := range all {
			b := q.Cost * (1 + 1e-12)
			low, high := At(got.Points, b), At(got.Bound, b)
			if low > q.Worth*(1+1e-12) || high < q.Worth*(1-1e-12) || got.Exact && low < q.Worth*(1-1e-12) {
				t.Errorf("seed %d, exact %v: at %v: %v to %v, but %v is right", seed, got.Exact, q.Cost, low, high, q.Worth)
			}
		}
		for i, q := range got.Points {
			cost := 0.0
			for _, node := range got.Steps(i) {
				cost += p.Cost[node]
			}
			if math.Abs(cost-q.Cost) > 1e-12*cost {
				t.Errorf("seed %d: %v has steps that cost %v", seed, q, cost)
			}
		}
	}
	if exact < models/2 || exact > models*19/20 {
		t.Errorf("%d curves of %d are exact, which shows little", exact, models)
	}
}

// Nothing is left out that is worth more than what was found, however poor that
// is.
func TestLeftOut(t *testing.T) {
	again, exact := 0, 0
	for seed := range uint64(models) {
		p := guarded(seed)
		all := every(t, p)
		p.Limits.Front = 1
		pl, err := newPlan(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		s := &solver{plan: pl, ctx: t.Context()}
		rough, err := s.rough()
		if err != nil {
			t.Fatal(err)
		}
		if rough.exact() {
			continue
		}
		found := rough.low
		if seed%2 == 0 {
			found = nothing()
			found.dim, found.val = 1, []float64{0}
		}
		high, sure := s.above(found)
		if high == nil {
			continue
		}
		if again++; sure {
			exact++
		}
		bound := found.merge(high).points(pl.sure)
		for _, q := range all {
			x := At(bound, q.Cost*(1+1e-12))
			if x < q.Worth*(1-1e-12) || sure && x > q.Worth*(1+1e-12) {
				t.Errorf("seed %d, exact %v: at %v at most %v, but %v is right", seed, sure, q.Cost, x, q.Worth)
			}
		}
	}
	if again < models/8 || exact < models/40 {
		t.Errorf("fronts are made again for %d models, without thinning for %d, which shows little", again, exact)
	}
}
