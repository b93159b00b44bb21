package bdd

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// A sifted diagram has the same functions over the levels in their new places, is
// no larger, reduced, and the same every time.
func TestSift(t *testing.T) {
	smaller := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		const levels = 8
		m, err := New(t.Context(), levels, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		fs := []Ref{True}
		for l := range levels {
			f, err := m.Level(l)
			if err != nil {
				t.Fatal(err)
			}
			fs = append(fs, f)
		}
		for range 20 {
			f, _, err := operate(m, r, pickSome(r, fs), make([]uint64, 3))
			if err != nil {
				t.Fatal(err)
			}
			fs = append(fs, f)
		}
		d := m.Extract(fs[len(fs)-3:]...)
		got, at := d.Sift(t.Context())
		again, _ := d.Sift(t.Context())
		if !slices.Equal(got.Nodes, again.Nodes) || !slices.Equal(got.Roots, again.Roots) {
			t.Errorf("seed %d: sifting twice gives two diagrams", seed)
		}
		if got.Size() > d.Size() {
			t.Errorf("seed %d: %d nodes, before %d", seed, got.Size(), d.Size())
		}
		if got.Size() < d.Size() {
			smaller++
		}
		seen := map[Node]bool{}
		for i, n := range got.Nodes[1:] {
			if n.Hi.Negated() || n.Hi == n.Lo || seen[n] || n.Hi.Node() > i || n.Lo.Node() > i ||
				n.Level >= got.Nodes[n.Hi.Node()].Level || n.Level >= got.Nodes[n.Lo.Node()].Level {
				t.Errorf("seed %d: node %d, %v, does not belong in a reduced diagram", seed, i+1, n)
			}
			seen[n] = true
		}
		for set := range 1 << levels {
			was, now := make([]bool, levels), make([]bool, levels)
			for l := range levels {
				was[l] = set>>l&1 == 1
			}
			for l, old := range at {
				now[l] = was[old]
			}
			for k := range d.Roots {
				if d.Eval(k, was) != got.Eval(k, now) {
					t.Fatalf("seed %d: function %d changed", seed, k)
				}
			}
		}
	}
	if smaller < 50 {
		t.Errorf("only %d diagrams became smaller", smaller)
	}
}

func pickSome(r *rand.Rand, fs []Ref) []Ref {
	return []Ref{fs[r.IntN(len(fs))], fs[r.IntN(len(fs))], fs[r.IntN(len(fs))]}
}

// A context that has ended leaves the diagram as good as it is.
func TestSiftEnded(t *testing.T) {
	m, err := New(t.Context(), 3, 100)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := m.Level(0)
	b, _ := m.Level(2)
	f, err := m.And(a, b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if d, at := m.Extract(f).Sift(ctx); d.Size() != 2 || !slices.Equal(at, []int32{0, 1, 2}) {
		t.Errorf("%d nodes, %v", d.Size(), at)
	}
}

// The textbook case: a sum of products of neighbours is linear, but exponential
// if the factors stand far apart.
func BenchmarkSift(b *testing.B) {
	const n = 10
	m, err := New(context.Background(), 2*n, 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	var products []Ref
	for i := range n {
		x, _ := m.Level(i)
		y, _ := m.Level(n + i)
		f, err := m.And(x, y)
		if err != nil {
			b.Fatal(err)
		}
		products = append(products, f)
	}
	f, err := m.Or(products...)
	if err != nil {
		b.Fatal(err)
	}
	d := m.Extract(f)
	for b.Loop() {
		got, _ := d.Sift(context.Background())
		b.ReportMetric(float64(got.Size()), "nodes")
	}
	b.ReportMetric(float64(d.Size()), "nodes-before")
}
