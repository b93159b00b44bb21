package program

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// TestBatch: every lane has the digits of a single evaluation, for any width.
func TestBatch(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 21))
		s := randomSample(r, 12, seed%2 == 0)
		p, err := Compile(t.Context(), s.c, s.roots, Limits{Nodes: 1 + r.IntN(200)})
		if err != nil {
			t.Fatal(err)
		}
		b, st, prob := p.NewBatch(r.IntN(9)), p.NewState(), make([]float64, s.vars)
		for _, n := range []int{b.Width(), 1, b.Width() / 2} {
			for v := range prob {
				for i := range n {
					b.Probs(v)[i] = r.Float64()
				}
			}
			b.Eval(n)
			for i := range n {
				for v := range prob {
					prob[v] = b.Probs(v)[i]
				}
				st.Eval(prob)
				for root := range s.roots {
					if got, want := b.Values(root)[i], st.Value(root); got != want {
						t.Fatalf("seed %d lane %d: probability %v, expected %v", seed, i, got, want)
					}
				}
			}
		}
		if n := testing.AllocsPerRun(3, func() { b.Eval(b.Width()) }); n != 0 {
			t.Fatalf("%v allocations, expected none", n)
		}
	}
}

// draw is a probability that depends on a scenario and a variable only.
func draw(scenario, v int) float64 {
	x := uint64(scenario)*0x9e3779b97f4a7c15 + uint64(v+1)*0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	return float64(x>>11) / (1 << 53)
}

// evalDraws evaluates n scenarios of draws and returns the values of the first root.
func evalDraws(ctx context.Context, p *Program, n int) ([]float64, error) {
	values := make([]float64, n)
	err := p.EvalMany(ctx, n, func(b *Batch) func(from, lanes int) {
		return func(from, lanes int) {
			for v := range p.NumVars() {
				probs := b.Probs(v)[:lanes]
				for i := range probs {
					probs[i] = draw(from+i, v)
				}
			}
			b.Eval(lanes)
			copy(values[from:from+lanes], b.Values(0))
		}
	})
	return values, err
}

func TestEvalMany(t *testing.T) {
	c, root := sharedGraph()
	p, prob := compile(t, c, root), make([]float64, 100)
	st := p.NewState()
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		values, err := evalDraws(t.Context(), p, n)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range values {
			for v := range prob {
				prob[v] = draw(i, v)
			}
			if st.Eval(prob); got != st.Value(0) {
				t.Fatalf("scenario %d of %d: probability %v, expected %v", i, n, got, st.Value(0))
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := evalDraws(ctx, p, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, expected %v", err, context.Canceled)
	}
}

// BenchmarkEvalMany: seconds for a million draws of a graph of 100 steps, and
// for a hundred thousand over a diagram of thousands of nodes.
func BenchmarkEvalMany(b *testing.B) {
	shared, root := sharedGraph()
	large, top := braid(8, 44)
	for _, m := range []struct {
		c     *circuit.Circuit
		root  circuit.Ref
		draws int
	}{{shared, root, 1_000_000}, {large, top, 100_000}} {
		p := compile(b, m.c, m.root)
		b.Run(fmt.Sprintf("nodes=%d/draws=%d", p.Size(), m.draws), func(b *testing.B) {
			for b.Loop() {
				if _, err := evalDraws(b.Context(), p, m.draws); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// braid is a circuit of steps rounds, each with a new variable, over a window
// of the last gates, so that the diagram is about as wide as 2^width.
func braid(width, steps int) (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	window := variables(c, width)
	for i := range steps {
		x := c.Var()
		at := i % width
		window[at] = c.Or(c.And(window[at], window[(at+1)%width]), c.And(x, window[(at+2)%width]))
	}
	return c, c.AtLeast(width/2, window...)
}

// Batches of a large program are narrow, and say the same.
func TestNarrowBatches(t *testing.T) {
	c := circuit.New()
	var vars []circuit.Ref
	for range 200_000 {
		vars = append(vars, c.Var())
	}
	p, err := Compile(t.Context(), c, []circuit.Ref{c.Or(vars...)}, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	const n = 100
	chance := func(i int) float64 { return 1e-7 * float64(i+1) }
	got := make([]float64, n)
	err = p.EvalMany(t.Context(), n, func(b *Batch) func(from, lanes int) {
		if b.Width() >= DefaultWidth {
			t.Errorf("%d lanes of a program of %d steps", b.Width(), len(p.steps))
		}
		return func(from, lanes int) {
			for v := range vars {
				for lane := range lanes {
					b.Probs(v)[lane] = chance(from + lane)
				}
			}
			b.Eval(lanes)
			copy(got[from:], b.Values(0)[:lanes])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s := p.NewState()
	for _, i := range []int{0, 1, 54, 55, 56, n - 1} {
		s.Eval(constant(len(vars), chance(i)))
		if got[i] != s.Value(0) {
			t.Errorf("scenario %d: %v in a batch, %v alone", i, got[i], s.Value(0))
		}
	}
}
