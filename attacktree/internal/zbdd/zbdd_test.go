package zbdd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
)

func ExampleMinimal() {
	ctx := context.Background()
	m, _ := bdd.New(ctx, 3, 1000)
	x, _ := m.Level(0)
	y, _ := m.Level(1)
	z, _ := m.Level(2)
	both, _ := m.And(x, y)
	f, _ := m.Or(both, z)
	d, err := Minimal(ctx, m.Extract(f), 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list(d))
	// Output: [[0 1] [2]]
}

// list returns the sets of a family, those with a level before those without.
func list(d *Diagram) [][]int32 {
	var sets [][]int32
	var walk func(r Ref, prefix []int32)
	walk = func(r Ref, prefix []int32) {
		switch r {
		case Empty:
		case Unit:
			sets = append(sets, slices.Clone(prefix))
		default:
			walk(d.Nodes[r].Hi, append(prefix, d.Nodes[r].Level))
			walk(d.Nodes[r].Lo, prefix)
		}
	}
	walk(d.Root, nil)
	return sets
}

const levels = 8

// random returns the diagram of a random function, perhaps not monotone, and
// its truth table.
func random(t *testing.T, r *rand.Rand, monotone bool) (*bdd.Diagram, []bool) {
	m, err := bdd.New(t.Context(), levels, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var fs []bdd.Ref
	for i := range levels {
		f, _ := m.Level(i)
		fs = append(fs, f)
	}
	for range 3 + r.IntN(12) {
		args := make([]bdd.Ref, 1+r.IntN(4))
		for i := range args {
			args[i] = fs[r.IntN(len(fs))]
			if !monotone && r.IntN(6) == 0 {
				args[i] = args[i].Not()
			}
		}
		f, err := m.AtLeast(1+r.IntN(len(args)), args...)
		if err != nil {
			t.Fatal(err)
		}
		fs = append(fs, f)
	}
	d := m.Extract(fs[len(fs)-1])
	table := make([]bool, 1<<levels)
	for a := range table {
		assignment := make([]bool, levels)
		for v := range assignment {
			assignment[v] = a>>v&1 == 1
		}
		table[a] = d.Eval(0, assignment)
	}
	return d, table
}

// TestRandom compares with the definition, for functions of which many are not
// monotone.
func TestRandom(t *testing.T) {
	others := 0
	for seed := range uint64(1000) {
		d, table := random(t, rand.New(rand.NewPCG(seed, 1)), seed%2 == 0)
		z, err := Minimal(t.Context(), d, 1<<20)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var got, want []int
		for _, set := range list(z) {
			a := 0
			for _, level := range set {
				a |= 1 << level
			}
			got = append(got, a)
		}
		monotone := true
		for a, holds := range table {
			least := holds
			for b := range a {
				least = least && (b&^a != 0 || !table[b])
			}
			if least {
				want = append(want, a)
			}
			for v := range levels {
				monotone = monotone && (!holds || table[a|1<<v])
			}
		}
		if !monotone {
			others++
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: sets %b, expected %b", seed, got, want)
		}
	}
	if others < 100 || others > 900 {
		t.Fatalf("%d of 1000 functions were not monotone, expected many of both", others)
	}
}

func TestLimits(t *testing.T) {
	d, _ := random(t, rand.New(rand.NewPCG(7, 1)), true)
	whole, err := Minimal(t.Context(), d, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for max := range 100 {
		z, err := Minimal(t.Context(), d, max)
		switch {
		case errors.Is(err, bdd.ErrLimit):
			stopped++
		case err != nil:
			t.Fatalf("limit %d: %v", max, err)
		case !slices.Equal(z.Nodes, whole.Nodes):
			t.Errorf("limit %d: another family than without limit", max)
		}
	}
	if stopped == 0 || stopped == 100 {
		t.Errorf("%d of 100 limits stopped the computation, expected some", stopped)
	}
}

func TestCancel(t *testing.T) {
	const n = 3000
	m, _ := bdd.New(t.Context(), n, 1<<22)
	pairs := make([]bdd.Ref, n-1)
	for i := range pairs {
		x, _ := m.Level(i)
		y, _ := m.Level(i + 1)
		pairs[i], _ = m.And(x, y)
	}
	f, err := m.Or(pairs...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Minimal(ctx, m.Extract(f), 1<<22); !errors.Is(err, context.Canceled) {
		t.Errorf("found %v, expected %v", err, context.Canceled)
	}
}
