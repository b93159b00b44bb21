package program

import (
	"errors"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// TestManyLevels: a unit with more inputs than a diagram has levels is bounded,
// and its minimal sets are refused.
func TestManyLevels(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million inputs")
	}
	c := circuit.New()
	before := c.Var()
	var pairs []circuit.Ref
	for range bdd.MaxLevels + 1 {
		x := c.Var()
		pairs, before = append(pairs, c.And(before, x)), x
	}
	root := c.Or(pairs...)
	p, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	prob := make([]float64, c.NumVars())
	for i := range prob {
		prob[i] = 1e-6
	}
	s := p.NewState()
	s.Eval(prob)
	// The truth is below the sum of all pairs, and above the chance that one holds
	// of every second pair, which share nothing.
	pair := 1e-12 * float64(len(pairs))
	if low, high := s.Bounds(0); p.Exact() || low > pair || high < pair/2*(1-pair) {
		t.Errorf("exact %v, bounds %v and %v, expected them around %v", p.Exact(), low, high, pair)
	}
	if _, err := MinimalSets(t.Context(), c, root, Limits{}); !errors.Is(err, ErrLimit) {
		t.Errorf("minimal sets: %v, expected %v", err, ErrLimit)
	}
}
