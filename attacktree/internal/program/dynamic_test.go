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

// TestDynamic: where no static order fits, sifting on the way finds one that does.
func TestDynamic(t *testing.T) {
	const n = 16
	c, root := crossed(n)
	lim := Limits{Nodes: 6000}
	p, err := Compile(t.Context(), c, []circuit.Ref{root}, lim)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Exact() || p.Size() > 1000 {
		t.Errorf("exact is %v, with %d nodes", p.Exact(), p.Size())
	}
	s := p.NewState()
	s.Eval(constant(2*n, 0.3))
	// One pair holds unless all fail; all xs, or all ys, may hold besides while no
	// pair does, if then none of the others is true.
	none := math.Pow(1-0.3*0.3, n)
	lone := 2 * math.Pow(0.3*0.7, n)
	if want := 1 - none + lone; !close(s.Value(0), want, 1e-12) {
		t.Errorf("probability %v, expected %v", s.Value(0), want)
	}
	f, err := MinimalSets(t.Context(), c, root, lim)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Count(nil).Int64(); got != n+2 {
		t.Errorf("%d minimal sets, expected %d", got, n+2)
	}
}

// TestDynamicStops: a canceled context ends the search for an order with the
// bounds found before, or its error, and never with anything wrong.
func TestDynamicStops(t *testing.T) {
	c, root := crossed(16)
	for left := 1; left < 5000; left += left/4 + 1 {
		_, err := MinimalSets(newCountdown(t.Context(), left), c, root, Limits{Nodes: 6000})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}
