package program

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A countdown is a context that is done after a number of questions, whoever
// asks them: orders are built on two goroutines.
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

// TestBoundsSoFar: a context that ends leaves the bounds of the rounds before, or
// those of a quick one, beside its error, and never anything wrong.
func TestBoundsSoFar(t *testing.T) {
	c, root := knot()
	prob := constant(40, 0.6)
	exact := compile(t, c, root).NewState()
	exact.Eval(prob)
	cancelled, finished := 0, 0
	for left := 1; left < 3000; left += left/2 + 1 {
		p, err := Compile(newCountdown(t.Context(), left), c, []circuit.Ref{root}, Limits{Nodes: 70_000})
		switch {
		case err == nil:
			finished++
		case errors.Is(err, context.Canceled):
			cancelled++
		default:
			t.Fatal(err)
		}
		s := p.NewState()
		s.Eval(prob)
		low, high := s.Bounds(0)
		if want := exact.Value(0); low > want*(1+1e-12) || high < want*(1-1e-12) {
			t.Errorf("after %d questions: bounds %v and %v, expected %v between", left, low, high, want)
		}
		if err != nil && (p.Exact() || high-low > 0.9) {
			t.Errorf("after %d questions: bounds %v and %v, exact %v", left, low, high, p.Exact())
		}
	}
	if cancelled == 0 || finished == 0 {
		t.Errorf("%d computations were cancelled and %d finished, expected some of both", cancelled, finished)
	}
}
