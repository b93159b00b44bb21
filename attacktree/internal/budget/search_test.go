package budget

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// The search finds the same as the fronts, on circuits with shared gates.
func TestSearch(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := circuit.New()
		p := &Problem{Circuit: c}
		var refs []circuit.Ref
		for v := range 8 {
			refs = append(refs, c.Var())
			p.Node, p.IsStep = append(p.Node, int32(v)), append(p.IsStep, v > 0)
			p.Chance, p.Cost = append(p.Chance, 0.1+0.8*r.Float64()), append(p.Cost, float64(r.IntN(9)))
		}
		for range 8 {
			args := []circuit.Ref{refs[r.IntN(len(refs))], refs[r.IntN(len(refs))], refs[r.IntN(len(refs))]}
			switch r.IntN(3) {
			case 0:
				refs = append(refs, c.And(args...))
			case 1:
				refs = append(refs, c.Or(args...))
			default:
				refs = append(refs, c.AtLeast(2, args...))
			}
		}
		p.Root = c.Or(refs[len(refs)-4:]...)
		p.Worth = []Amount{{p.Root, 5}, {refs[len(refs)-2], 3}, {refs[len(refs)-4], 1}}
		want, err := search(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newPlan(t.Context(), p); err != nil {
			t.Fatalf("seed %d: the fronts do not answer: %v", seed, err)
		}
		got, err := Solve(t.Context(), p)
		if err != nil || !got.Exact || !want.Exact || len(got.Points) != len(want.Points) {
			t.Fatalf("seed %d: %v, want %v (%v)", seed, got.Points, want.Points, err)
		}
		for i, q := range want.Points {
			if x := got.Points[i]; x.Cost != q.Cost || math.Abs(x.Worth-q.Worth) > 1e-12*(1+q.Worth) {
				t.Errorf("seed %d, point %d: %v, want %v", seed, i, x, q)
			}
			cost := 0.0
			for _, node := range got.Steps(i) {
				cost += p.Cost[node]
			}
			if cost != got.Points[i].Cost {
				t.Errorf("seed %d, point %d: %v cost %v, not %v", seed, i, got.Steps(i), cost, got.Points[i].Cost)
			}
		}
	}
}
