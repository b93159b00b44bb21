package program

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// crossed returns x0·y0 + x1·y1 + … with gates before and after it that lead all
// static orders to visit the xs first and then the ys, or the other way around:
// some 2^(n+1) nodes, where pairs that are neighbours need a few for each.
func crossed(n int) (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	xs, ys := make([]circuit.Ref, n), make([]circuit.Ref, n)
	for i := range n {
		xs[i] = c.Var()
	}
	for i := range n {
		ys[i] = c.Var()
	}
	either := []circuit.Ref{c.And(xs...)}
	for i := range n {
		either = append(either, c.And(xs[i], ys[i]))
	}
	return c, c.Or(append(either, c.And(ys...))...)
}

// TestDynamic begins with the order of a walk, which does not fit: sifting on the
// way finds one that does.
func TestDynamic(t *testing.T) {
	const n = 16
	c, root := crossed(n)
	c, roots := c.Simplify(root)
	for _, minimal := range []bool{false, true} {
		s := newSolver(t.Context(), c, roots, Limits{Nodes: 6000})
		s.minimal = minimal
		u := &s.units[len(s.units)-1]
		s.number(u)
		walk := s.order(u, asWritten)
		still, err := s.newBuilder(u, walk)
		if err != nil {
			t.Fatal(err)
		}
		if err := still.run(6000); !errors.Is(err, ErrLimit) {
			t.Fatalf("the order of the walk: %v, expected %v", err, ErrLimit)
		}
		solved, levels, err := s.dynamic(u, walk)
		if err != nil {
			t.Fatal(err)
		}
		if solved.diagram.Size() > 1000 || len(levels) != len(walk) {
			t.Errorf("%d nodes over %d levels", solved.diagram.Size(), len(levels))
		}
		// One pair holds unless all fail; all xs, or all ys, may hold besides while no
		// pair does, if then none of the others is true.
		none := math.Pow(1-0.3*0.3, n)
		lone := 2 * math.Pow(0.3*0.7, n)
		got, _ := solved.output(0)
		value := valueOf(solved.values(constant(len(levels), 0.3)), got)
		if root := roots[0]; root.Negated() != s.flipped[root.Node()] {
			value = 1 - value
		}
		if want := 1 - none + lone; !close(value, want, 1e-12) {
			t.Errorf("probability %v, expected %v", value, want)
		}
	}
}

// TestDynamicStops: a canceled context ends the search for an order with its error.
func TestDynamicStops(t *testing.T) {
	c, root := crossed(16)
	c, roots := c.Simplify(root)
	for left := 1; left < 5000; left += left/4 + 1 {
		s := newSolver(newCountdown(t.Context(), left), c, roots, Limits{Nodes: 6000})
		u := &s.units[len(s.units)-1]
		s.number(u)
		_, _, err := s.dynamic(u, s.order(u, asWritten))
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}
