package bdd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"
)

func ExampleManager() {
	m, err := New(context.Background(), 3, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	var x [3]Ref
	for i := range x {
		x[i], _ = m.Level(i)
	}
	two, _ := m.AtLeast(2, x[:]...)
	d := m.Extract(two)
	fmt.Println(d.Size(), "nodes")
	fmt.Println(d.Eval(0, []bool{true, false, true}))
	// Output:
	// 4 nodes
	// true
}

var tables = [6]uint64{
	0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
	0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000,
}

// TestMemory watches what a manager holds whenever its tables grow.
func TestMemory(t *testing.T) {
	const levels = 1000
	m, err := New(t.Context(), levels, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	held := func() int {
		return cap(m.nodes)*int(unsafe.Sizeof(node{})) + len(m.table)*8 + len(m.cache)*int(unsafe.Sizeof(operation{}))
	}
	r := rand.New(rand.NewPCG(1, 2))
	grown := 0
	for before := held(); m.Len() < 1<<20; {
		hi, lo := Ref(r.IntN(len(m.nodes)))<<1, Ref(r.IntN(2*len(m.nodes)))
		below := min(m.level(hi), m.level(lo), levels)
		if below == 0 {
			continue
		}
		if m.node(below-1-r.Int32N(min(below, 2)), hi, lo) == none {
			t.Fatal(m.err)
		}
		now := held()
		if now != before && m.Len() > 1<<17 {
			grown++
			if most := (before + now) / m.Len(); most > BytesPerNode {
				t.Errorf("%d bytes for each of %d nodes, want at most %d", most, m.Len(), BytesPerNode)
			}
		}
		before = now
	}
	if grown < 2 {
		t.Errorf("tables grew %d times, want it seen more often", grown)
	}
}

// TestRandom checks random operations against truth tables of six levels:
// every function has the right values, equal functions have one reference,
// and functions stay right when they are extracted.
func TestRandom(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		m, err := New(t.Context(), len(tables), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		fs, values := []Ref{True, False}, []uint64{^uint64(0), 0}
		for i, table := range tables {
			f, err := m.Level(i)
			if err != nil {
				t.Fatal(err)
			}
			fs, values = append(fs, f), append(values, table)
		}
		for range 40 {
			args, argValues := make([]Ref, 3+r.IntN(3)), make([]uint64, 6)
			for i := range args {
				j := r.IntN(len(fs))
				args[i], argValues[i] = fs[j], values[j]
				if r.IntN(3) == 0 {
					args[i], argValues[i] = args[i].Not(), ^argValues[i]
				}
			}
			argValues = argValues[:len(args)]
			f, value, err := operate(m, r, args, argValues)
			if err != nil {
				t.Fatal(err)
			}
			fs, values = append(fs, f), append(values, value)
		}
		known := map[uint64]Ref{}
		for i, value := range values {
			if f, ok := known[value]; ok && f != fs[i] {
				t.Fatalf("seed %d: one function has references %d and %d", seed, f, fs[i])
			}
			known[value] = fs[i]
		}
		if seed%2 == 0 { // most functions are forgotten, and all nodes move
			fs, values = fs[20:], values[20:]
			m.Collect(fs)
			if m.Len()+1 != m.Live(fs) {
				t.Fatalf("seed %d: %d nodes after a collection, expected %d", seed, m.Len()+1, m.Live(fs))
			}
			for range 10 {
				f, value, err := operate(m, r, fs[:4], values[:4])
				if err != nil {
					t.Fatal(err)
				}
				fs, values = append(fs, f), append(values, value)
			}
		}
		d := m.Extract(fs...)
		for i, value := range values {
			for a := range 64 {
				assignment := make([]bool, 6)
				for v := range assignment {
					assignment[v] = a>>v&1 == 1
				}
				if d.Eval(i, assignment) != (value>>a&1 == 1) {
					t.Fatalf("seed %d: function %d is wrong at %b", seed, i, a)
				}
			}
		}
		for i, n := range d.Nodes[1:] {
			if n.Hi.Negated() || n.Hi == n.Lo || n.Hi.Node() > i || n.Lo.Node() > i {
				t.Fatalf("seed %d: node %d is %+v, which is not reduced or not ordered", seed, i+1, n)
			}
		}
	}
}

func operate(m *Manager, r *rand.Rand, args []Ref, values []uint64) (f Ref, value uint64, err error) {
	switch r.IntN(4) {
	case 0:
		value = ^uint64(0)
		for _, v := range values {
			value &= v
		}
		f, err = m.And(args...)
	case 1:
		for _, v := range values {
			value |= v
		}
		f, err = m.Or(args...)
	case 2:
		k := r.IntN(len(args) + 2)
		for a := range 64 {
			count := 0
			for _, v := range values {
				count += int(v >> a & 1)
			}
			if count >= k {
				value |= 1 << a
			}
		}
		f, err = m.AtLeast(k, args...)
	default:
		value = values[0]&values[1] | ^values[0]&values[2]
		f, err = m.Ite(args[0], args[1], args[2])
	}
	return f, value, err
}

// TestMonotone: a monotone function has no complement but that of True.
func TestMonotone(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		m, _ := New(t.Context(), 8, 1<<20)
		var fs []Ref
		for i := range 8 {
			f, _ := m.Level(i)
			fs = append(fs, f)
		}
		for range 12 {
			args := []Ref{fs[r.IntN(len(fs))], fs[r.IntN(len(fs))], fs[r.IntN(len(fs))]}
			f, err := m.AtLeast(1+r.IntN(3), args...)
			if err != nil {
				t.Fatal(err)
			}
			fs = append(fs, f)
		}
		for _, n := range m.Extract(fs...).Nodes {
			if n.Lo.Negated() && n.Lo != False {
				t.Fatalf("seed %d: complement in a monotone function: %+v", seed, n)
			}
		}
	}
}

// parity is the worst place to stop: every operation makes nodes.
// TestSubset checks that functions of few nodes lie below and above.
func TestSubset(t *testing.T) {
	prob := []float64{0.1, 0.9, 0.5, 0.3, 0.7, 0.01}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 9))
		m, err := New(t.Context(), len(tables), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		// A random truth table, as the disjunction of its rows.
		f := False
		for range 40 {
			row := True
			for i := range tables {
				x, _ := m.Level(i)
				row, _ = m.And(row, x^Ref(r.IntN(2)))
			}
			f, _ = m.Or(f, row)
		}
		size := m.Size(f)
		for n := range size + 2 {
			low, err := m.Under(f, n, prob)
			if err != nil {
				t.Fatal(err)
			}
			high, err := m.Over(f, n, prob)
			if err != nil {
				t.Fatal(err)
			}
			below, _ := m.And(low, f.Not())
			above, _ := m.And(f, high.Not())
			if below != False || above != False || m.Size(low) > n || m.Size(high) > n {
				t.Fatalf("seed %d: no bounds of %d nodes", seed, n)
			}
			if n >= size && (low != f || high != f) {
				t.Fatalf("seed %d: bounds of a function that fits in %d nodes differ from it", seed, n)
			}
		}
	}
}

func parity(m *Manager, n int) (Ref, error) {
	acc := False
	for i := range n {
		x, err := m.Level(i)
		if err != nil {
			return acc, err
		}
		if acc, err = m.Ite(x, acc.Not(), acc); err != nil {
			return acc, err
		}
	}
	return acc, nil
}

func TestLimits(t *testing.T) {
	const levels = 50
	for max := range 200 {
		m, err := New(t.Context(), levels, max)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parity(m, levels)
		var limit *LimitError
		switch {
		case err == nil && m.Extract(f).Size() == levels:
			if max < levels {
				t.Errorf("limit %d: %d nodes", max, levels)
			}
		case errors.As(err, &limit):
			if limit.What != "nodes" || limit.Max != max || !errors.Is(err, ErrLimit) {
				t.Errorf("limit %d: %v", max, err)
			}
		default:
			t.Errorf("limit %d: unexpected end %v", max, err)
		}
		if m.Len() > max {
			t.Errorf("limit %d: %d nodes held", max, m.Len())
		}
	}
	var limit *LimitError
	if _, err := New(t.Context(), MaxLevels+1, 1); !errors.As(err, &limit) || limit.What != "levels" {
		t.Errorf("too many levels: %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m, err := New(ctx, 2000, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := New(ctx, 1, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("New: %v, expected %v", err, context.Canceled)
	}
	if _, err := parity(m, 2000); !errors.Is(err, context.Canceled) {
		t.Errorf("operations: %v, expected %v", err, context.Canceled)
	}
}

// TestDeep recurses through a hundred thousand levels.
func TestDeep(t *testing.T) {
	const n = 100_000
	m, err := New(t.Context(), n, 1<<22)
	if err != nil {
		t.Fatal(err)
	}
	xs := make([]Ref, n)
	for i := range xs {
		xs[i], _ = m.Level(i)
	}
	all, err := m.And(xs...)
	if err != nil {
		t.Fatal(err)
	}
	any, err := m.Or(xs...)
	if err != nil {
		t.Fatal(err)
	}
	if d := m.Extract(all, any); d.Size() != 2*n-1 { // they share the last level
		t.Errorf("%d nodes, expected %d", d.Size(), 2*n-1)
	}
	if f, err := m.And(all, any); err != nil || f != all {
		t.Errorf("the conjunction implies the disjunction: %v, %v", f, err)
	}
}

func TestLimitErrorWords(t *testing.T) {
	for max, want := range map[int]string{1: "at most 1 node,", 2: "at most 2 nodes,"} {
		if err := (&LimitError{What: "nodes", Max: max}).Error(); !strings.Contains(err, want) {
			t.Errorf("found %s", err)
		}
	}
}
