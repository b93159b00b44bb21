package attacktree_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// TestSweep: points have the digits of an evaluator's answers, in models with
// and without sharing and bypasses, exact and between bounds.
func TestSweep(t *testing.T) {
	ctx := t.Context()
	each(t, 0.2, func(t *testing.T, seed uint64, m attacktree.Model) {
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		all := scenarios(seed, &m)
		for _, opt := range []attacktree.Options{{}, {Scenarios: 1_000_000}, {MaxNodes: 2}} {
			opt.Goal = tree.Goals()[0]
			p, err := attacktree.Compile(ctx, tree, &opt)
			if err != nil {
				t.Fatal(err)
			}
			const n = 100
			points := make([]attacktree.Point, n)
			err = p.Sweep(ctx, n,
				func(e *attacktree.Evaluator, i int) error { return e.Set(all[i%len(all)]) },
				func(i int, x attacktree.Point) { points[i] = x })
			if err != nil {
				t.Fatal(err)
			}
			e := p.NewEvaluator()
			for i, got := range points {
				if err := e.Set(all[i%len(all)]); err != nil {
					t.Fatal(err)
				}
				likelihood, err := e.Likelihood(ctx)
				if err != nil {
					t.Fatal(err)
				}
				impact, err := e.ExpectedImpact(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if want := (attacktree.Point{Likelihood: likelihood, ExpectedImpact: impact}); got != want {
					t.Fatalf("seed %d, %+v: scenario %d is %+v, expected %+v", seed, opt, i, got, want)
				}
			}
		}
	})
}

// TestSweepEnds: an error of the caller, and a canceled context, end a sweep.
func TestSweepEnds(t *testing.T) {
	p := compile(t, treegen.Shared(1, 60, 4), "goal")
	var taken atomic.Int64
	take := func(int, attacktree.Point) { taken.Add(1) }
	err := p.Sweep(t.Context(), 1_000_000, func(e *attacktree.Evaluator, i int) error {
		return e.Set(&attacktree.Scenario{Controls: []string{"nobody knows it"}})
	}, take)
	if err == nil || taken.Load() > 0 {
		t.Errorf("error %v after %d points, expected one about the control at once", err, taken.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = p.Sweep(ctx, 100_000_000, func(e *attacktree.Evaluator, i int) error {
		if i > 10_000 {
			cancel()
		}
		return nil
	}, take)
	if !errors.Is(err, context.Canceled) || taken.Load() > 1_000_000 {
		t.Errorf("error %v after %d points, expected %v soon", err, taken.Load(), context.Canceled)
	}
}

// BenchmarkSweep draws the likelihoods of a graph of 100 nodes anew a million
// times, and goes through a hundred thousand sets of controls on one of 200.
func BenchmarkSweep(b *testing.B) {
	b.Run("draws=1000000/shared-100", func(b *testing.B) {
		m := treegen.Shared(1, 100, 10)
		for _, n := range m.Nodes {
			if n.Gate == attacktree.Step {
				n.Likelihood = quantity.Of(quantity.Dist{Kind: quantity.Uniform, A: 0, B: 1})
			}
		}
		p := compile(b, m, "goal")
		x := make([][]float64, 64)
		for i := range x {
			x[i] = make([]float64, len(p.Draws()))
			for j := range x[i] {
				_, x[i][j] = math.Modf(float64(i*len(x[i])+j) * math.Phi)
			}
		}
		for b.Loop() {
			err := p.Sweep(b.Context(), 1_000_000,
				func(e *attacktree.Evaluator, i int) error { return e.SetDraws(x[i%len(x)]) },
				func(int, attacktree.Point) {})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sets=100000/shared-200", func(b *testing.B) {
		m := treegen.Shared(1, 200, 30)
		p := compile(b, m, "goal")
		sets := make([]*attacktree.Scenario, 64)
		for i := range sets {
			sets[i] = &attacktree.Scenario{}
			for j, k := range m.Controls {
				if (i*7+j*j)%3 == 0 {
					sets[i].Controls = append(sets[i].Controls, k.Name)
				}
			}
		}
		for b.Loop() {
			err := p.Sweep(b.Context(), 100_000,
				func(e *attacktree.Evaluator, i int) error { return e.Set(sets[i%len(sets)]) },
				func(int, attacktree.Point) {})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
