package budget

import (
	"math/rand/v2"
	"testing"
)

// The front of a product does as well as all pairs, at every cost and with every
// weight that what is above can give to the chance.
func TestProduct(t *testing.T) {
	s := &solver{plan: &plan{Problem: &Problem{}}, ctx: t.Context(), whole: 1}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		random := func() *front {
			f := &front{dim: 1 + int(seed%2)}
			cost := 0.0
			for i := range 1 + r.IntN(150) {
				f.cost, f.from = append(f.cost, cost), append(f.from, int32(i))
				for range f.dim {
					f.val = append(f.val, (r.Float64()+float64(i)/40)/6)
				}
				if cost += float64(r.IntN(4)); seed%3 == 0 {
					cost += r.Float64()
				}
			}
			return f
		}
		op, lift := operation(seed%3), 3.0
		x, y := random(), random()
		got, err := s.join(op, x, y, under, lift, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, slope := range []float64{0, 0.3, 1, 3} {
			value := func(v []float64) float64 {
				if len(v) == 1 {
					return v[0]
				}
				return slope*v[0] + v[1]
			}
			var all, kept []Point
			for i := range x.cost {
				for j := range y.cost {
					v := make([]float64, x.dim)
					op.combine(x.at(i), y.at(j), v)
					all = append(all, Point{x.cost[i] + y.cost[j], value(v)})
				}
			}
			for i := range got.cost {
				kept = append(kept, Point{got.cost[i], value(got.at(i))})
			}
			kept = staircase(kept)
			for _, p := range staircase(all) {
				if best := At(kept, p.Cost); best < p.Worth*(1-1e-12) {
					t.Fatalf("seed %d, slope %v, at %v: %v, want %v", seed, slope, p.Cost, best, p.Worth)
				}
			}
		}
	}
}
