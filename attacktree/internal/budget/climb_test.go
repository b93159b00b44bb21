package budget

import (
	"math"
	"testing"
)

// Sets that are improved from nothing but all steps are worth what is said, none is
// better than possible, and they are the best at most budgets.
func TestClimb(t *testing.T) {
	best, of := 0, 0
	for seed := range uint64(100) {
		p := guarded(seed)
		all := every(t, p)
		pl, err := newPlan(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		c := newClimber(pl, func() bool { return false })
		c.strip()
		c.climb()
		var found []Point
		for _, s := range c.best {
			found = append(found, s.Point)
			copy(c.taken, s.taken)
			if worth := c.evaluate(); math.Abs(worth-s.Worth) > 1e-12 || math.Abs(c.cost()-s.Cost) > 1e-12 {
				t.Errorf("seed %d: a set is worth %v, not %v", seed, worth, s.Point)
			}
		}
		for _, q := range all {
			x := At(found, q.Cost*(1+1e-12))
			if x > q.Worth*(1+1e-12) {
				t.Errorf("seed %d: at %v a set is worth %v, but %v is the best", seed, q.Cost, x, q.Worth)
			}
			if of++; x >= q.Worth*(1-1e-12) {
				best++
			}
		}
	}
	if best < of*9/10 {
		t.Errorf("%d of %d points are found", best, of)
	}
}
