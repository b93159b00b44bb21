package bdd

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSift checks that sifted diagrams have the functions that they had, are
// reduced and ordered, and are never larger.
func TestSift(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3))
		m, err := New(t.Context(), len(tables), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		fs, values := []Ref{True}, []uint64{^uint64(0)}
		for i, table := range tables {
			f, _ := m.Level(i)
			fs, values = append(fs, f), append(values, table)
		}
		for range 30 {
			args, argValues := make([]Ref, 4), make([]uint64, 4)
			for i := range args {
				j := r.IntN(len(fs))
				args[i], argValues[i] = fs[j], values[j]
				if r.IntN(3) == 0 {
					args[i], argValues[i] = args[i].Not(), ^argValues[i]
				}
			}
			f, value, err := operate(m, r, args, argValues)
			if err != nil {
				t.Fatal(err)
			}
			fs, values = append(fs, f), append(values, value)
		}
		from := r.IntN(len(fs) - 2)
		fs, values = fs[from:from+1+r.IntN(2)], values[from:]
		d := m.Extract(fs...)
		work := []int{0, 20, 1 << 20}[r.IntN(3)]
		e, order, _ := d.Sift(t.Context(), len(tables), work)
		if e.Size() > d.Size() {
			t.Fatalf("seed %d: %d nodes of %d after sifting", seed, e.Size(), d.Size())
		}
		if sorted := slices.Sorted(slices.Values(order)); !slices.Equal(sorted, []int32{0, 1, 2, 3, 4, 5}) {
			t.Fatalf("seed %d: order %v", seed, order)
		}
		for i, value := range values[:len(fs)] {
			for a := range 64 {
				assignment := make([]bool, 6)
				for level, v := range order {
					assignment[level] = a>>v&1 == 1
				}
				if e.Eval(i, assignment) != (value>>a&1 == 1) {
					t.Fatalf("seed %d: function %d is wrong at %b", seed, i, a)
				}
			}
		}
		// A manager makes equal nodes once, and so finds any that are there twice.
		n, _ := New(t.Context(), len(tables), 1<<20)
		loaded, err := n.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		if n.Len() != e.Size() || n.Live(loaded) != e.Size()+1 {
			t.Fatalf("seed %d: %d nodes, %d of them different and %d of these needed", seed, e.Size(), n.Len(), n.Live(loaded)-1)
		}
		for i, f := range e.Nodes[1:] {
			if f.Hi.Negated() || e.Nodes[f.Hi.Node()].Level <= f.Level || e.Nodes[f.Lo.Node()].Level <= f.Level {
				t.Fatalf("seed %d: node %d is %+v, which is not ordered", seed, i+1, f)
			}
		}
	}
}

// pairs returns x0·x(n) + x1·x(n+1) + …, whose diagram has 2n nodes where the
// two of each pair are neighbours, and some 2^(n+1) where they are n apart.
func pairs(t testing.TB, n int) *Diagram {
	m, err := New(context.Background(), 2*n, 1<<22)
	if err != nil {
		t.Fatal(err)
	}
	f := False
	for i := range n {
		x, _ := m.Level(i)
		y, _ := m.Level(n + i)
		both, _ := m.And(x, y)
		if f, err = m.Or(f, both); err != nil {
			t.Fatal(err)
		}
	}
	return m.Extract(f)
}

// TestSiftPairs: the pairs find each other.
func TestSiftPairs(t *testing.T) {
	d := pairs(t, 8)
	e, _, _ := d.Sift(t.Context(), 16, 1<<30)
	if d.Size() != 1<<9-2 || e.Size() != 16 {
		t.Errorf("%d nodes, %d after sifting, expected %d and 16", d.Size(), e.Size(), 1<<9-2)
	}
}

// TestSiftStops: a canceled context leaves the diagram as it is.
func TestSiftStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := pairs(t, 5)
	if e, _, _ := d.Sift(ctx, 10, 1<<30); e != d {
		t.Errorf("%d nodes of %d after a canceled context", e.Size(), d.Size())
	}
}

func BenchmarkSift(b *testing.B) {
	d := pairs(b, 14)
	for b.Loop() {
		e, _, _ := d.Sift(b.Context(), 28, 1<<30)
		if e.Size() != 28 {
			b.Fatal(e.Size())
		}
	}
}
