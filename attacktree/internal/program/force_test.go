package program

import (
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// TestForce: pairs that a walk keeps apart are pulled together.
func TestForce(t *testing.T) {
	const n = 16
	c, root := crossed(n)
	c, roots := c.Simplify(root)
	s := newSolver(t.Context(), c, roots, Limits{})
	u := &s.units[len(s.units)-1]
	s.number(u)
	size := func(levels []circuit.Ref) int {
		b, err := s.newBuilder(u, levels)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.run(1 << 18); err != nil {
			t.Fatal(err)
		}
		return b.size()
	}
	least := size(s.order(u, asWritten))
	for o := range raced {
		least = min(least, size(s.order(u, o)))
	}
	levels := s.force(u)
	if forced := size(levels); 100*forced > least {
		t.Errorf("%d nodes, expected a hundredth of the %d of the best order", forced, least)
	}
	for _, x := range u.inputs {
		if !slices.Contains(levels, x) {
			t.Errorf("%v is left out", x)
		}
	}
	if len(levels) != len(u.inputs) || !slices.Equal(levels, s.force(u)) {
		t.Errorf("%d levels for %d inputs, or others the second time", len(levels), len(u.inputs))
	}
}
