package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// This file compares the engine with brute force on random circuits.

// A sample is a random circuit of few variables with the truth tables of its
// roots, where bit v of an assignment is variable v.
type sample struct {
	c     *circuit.Circuit
	vars  int
	roots []circuit.Ref
	table [][]bool
}

// randomSample makes a circuit of at most maxVars variables. Its shape runs
// from nearly a tree to heavy sharing; it is monotone if asked for.
func randomSample(r *rand.Rand, maxVars int, monotone bool) *sample {
	s := &sample{c: circuit.New(), vars: 1 + r.IntN(maxVars)}
	var pool []circuit.Ref
	for range s.vars {
		pool = append(pool, s.c.Var())
	}
	sharing := r.Float64()
	pick := func() circuit.Ref {
		i := r.IntN(len(pool))
		x := pool[i]
		if len(pool) > 1 && r.Float64() > sharing {
			pool = slices.Delete(pool, i, i+1)
		}
		if !monotone && r.IntN(4) == 0 {
			x = x.Not()
		}
		return x
	}
	var gates []circuit.Ref
	for range 1 + r.IntN(2*s.vars+2) {
		args := make([]circuit.Ref, 1+r.IntN(5))
		for i := range args {
			args[i] = pick()
		}
		var g circuit.Ref
		switch kind := r.IntN(9); {
		case kind < 3:
			g = s.c.And(args...)
		case kind < 6:
			g = s.c.Or(args...)
		case kind < 8:
			g = s.c.AtLeast(r.IntN(len(args)+2), args...)
		case monotone: // if x then y or z else z
			x, y, z := pick(), pick(), pick()
			g = s.c.Ite(x, s.c.Or(y, z), z)
		default:
			g = s.c.Ite(pick(), pick(), pick())
		}
		pool = append(pool, g)
		gates = append(gates, g)
	}
	s.roots = append(s.roots, gates[len(gates)-1])
	for range r.IntN(4) {
		s.roots = append(s.roots, gates[r.IntN(len(gates))])
	}
	if r.IntN(3) == 0 {
		s.roots = append(s.roots, s.c.VarRef(r.IntN(s.vars)), circuit.True, s.roots[0])
	}
	if !monotone {
		s.roots = append(s.roots, s.roots[0].Not())
	}
	s.tabulate()
	return s
}

func (s *sample) tabulate() {
	s.table = make([][]bool, len(s.roots))
	e := s.c.Evaluator(s.roots...)
	words := make([]uint64, s.vars)
	for a := 0; a < 1<<s.vars; a += 64 {
		for v := range words {
			words[v] = 0
			for j := range 64 {
				words[v] |= uint64((a+j)>>v&1) << j
			}
		}
		for i, w := range e.Eval(words) {
			for j := 0; j < 64 && a+j < 1<<s.vars; j++ {
				s.table[i] = append(s.table[i], w>>j&1 == 1)
			}
		}
	}
}

// probability returns the exact probability of a root and its gradient, by
// adding up all assignments.
func (s *sample) probability(root int, prob []float64) (float64, []float64) {
	total, grad := 0.0, make([]float64, s.vars)
	for a, holds := range s.table[root] {
		if !holds {
			continue
		}
		p := 1.0
		for v, x := range prob {
			if a>>v&1 == 1 {
				p *= x
			} else {
				p *= 1 - x
			}
		}
		total += p
		for v := range prob {
			d := 1.0
			for w, x := range prob {
				switch {
				case w == v && a>>w&1 == 0:
					d = -d
				case w == v:
				case a>>w&1 == 1:
					d *= x
				default:
					d *= 1 - x
				}
			}
			grad[v] += d
		}
	}
	return total, grad
}

// minimal returns the minimal solutions of a root as bit sets: those of which
// no proper subset is a solution.
func (s *sample) minimal(root int) []int {
	var sets []int
	for a, holds := range s.table[root] {
		if !holds {
			continue
		}
		least := true
		for b := (a - 1) & a; b != a && least; b = (b - 1) & a { // ends with the empty set, then a again
			least = !s.table[root][b]
		}
		if least {
			sets = append(sets, a)
		}
	}
	return sets
}

func close(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Abs(want)+1e-300
}

func TestRandomProbability(t *testing.T) {
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomSample(r, 10, seed%2 == 0)
		p, err := Compile(t.Context(), s.c, s.roots, Limits{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		prob := make([]float64, s.vars)
		for v := range prob {
			prob[v] = r.Float64()
			if r.IntN(6) == 0 {
				prob[v] = float64(r.IntN(2))
			}
		}
		st := p.NewState()
		st.Eval(prob)
		weight, grad, want := make([]float64, len(s.roots)), make([]float64, s.vars), make([]float64, s.vars)
		for i := range s.roots {
			weight[i] = r.NormFloat64()
			total, g := s.probability(i, prob)
			if !close(st.Value(i), total, 1e-12) {
				t.Fatalf("seed %d root %d: probability %v, expected %v", seed, i, st.Value(i), total)
			}
			for v := range want {
				want[v] += weight[i] * g[v]
			}
		}
		st.Gradient(weight, grad)
		for v := range grad {
			if math.Abs(grad[v]-want[v]) > 1e-12 {
				t.Fatalf("seed %d: derivative by %d is %v, expected %v", seed, v, grad[v], want[v])
			}
		}
	}
}

// TestRandomTinyProbability needs all digits of numbers far below 1: terms
// that are not negative lose none, in brute force as in the program.
func TestRandomTinyProbability(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		s := randomSample(r, 9, seed%2 == 0)
		p, err := Compile(t.Context(), s.c, s.roots, Limits{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		prob := make([]float64, s.vars)
		for v := range prob {
			prob[v] = math.Pow(10, -30*r.Float64())
		}
		st := p.NewState()
		st.Eval(prob)
		for i := range s.roots {
			if want, _ := s.probability(i, prob); !close(st.Value(i), want, 1e-12) {
				t.Fatalf("seed %d root %d: probability %v, expected %v", seed, i, st.Value(i), want)
			}
		}
	}
}

func TestRandomMinimalSets(t *testing.T) {
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := randomSample(r, 10, seed%2 == 0)
		f, err := MinimalSets(t.Context(), s.c, s.roots[0], Limits{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		minimal := s.minimal(0)
		for range 3 {
			if err := compareListing(t.Context(), r, f, s.vars, minimal); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		weight := make([]float64, s.vars)
		for v := range weight {
			weight[v] = float64(1 + r.IntN(9))
		}
		sum := Fold(f, func(v int) float64 { return weight[v] }, 0, 1,
			func(a, b float64) float64 { return a + b }, func(a, b float64) float64 { return a * b })
		want := 0.0
		for _, set := range minimal {
			p := 1.0
			for v, w := range weight {
				if set>>v&1 == 1 {
					p *= w
				}
			}
			want += p
		}
		if sum != want {
			t.Fatalf("seed %d: sum of products %v, expected %v", seed, sum, want)
		}
	}
}

// compareListing checks count, unaided and the whole list, for one random
// scenario with many ties, against the minimal sets given.
func compareListing(ctx context.Context, r *rand.Rand, f *Family, vars int, minimal []int) error {
	sel := Selection{A: make([]float64, vars), B: make([]float64, vars), Class: make([]Class, vars), Rank: make([]int32, vars)}
	for i, v := range r.Perm(vars) {
		sel.Rank[v] = int32(i)
	}
	for v := range vars {
		sel.A[v] = float64(r.IntN(3)) * 0.1 // sums of these differ by rounding
		sel.B[v] = math.Log(float64(1 + r.IntN(4)))
		switch r.IntN(5) {
		case 0:
			sel.Class[v] = Given
		case 1:
			sel.Class[v] = Absent
		default:
			sel.Class[v] = Step
		}
	}
	type entry struct {
		set          []int32
		a, b         float64
		steps, given []int32
	}
	var want []entry
	unaided := false
	for _, set := range minimal {
		var e entry
		out := false
		for rest := uint(set); rest != 0; rest &= rest - 1 {
			v := bits.TrailingZeros(rest)
			e.set = append(e.set, int32(v))
			e.a += sel.A[v]
			e.b += sel.B[v]
			switch sel.Class[v] {
			case Absent:
				out = true
			case Step:
				e.steps = append(e.steps, sel.Rank[v])
			case Given:
				e.given = append(e.given, sel.Rank[v])
			}
		}
		if out {
			continue
		}
		if len(e.steps) == 0 {
			unaided = true
			continue
		}
		slices.Sort(e.steps)
		slices.Sort(e.given)
		e.a, e.b = math.Round(e.a*1e9), math.Round(e.b*1e9)
		want = append(want, e)
	}
	slices.SortFunc(want, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b),
			cmp.Compare(len(x.steps), len(y.steps)), cmp.Compare(len(x.given), len(y.given)),
			slices.Compare(x.steps, y.steps), slices.Compare(x.given, y.given))
	})
	if n := f.Count(sel.Class); n.Cmp(big.NewInt(int64(len(want)))) != 0 {
		return fmt.Errorf("count %v, expected %d", n, len(want))
	}
	if f.Unaided(sel.Class) != unaided {
		return fmt.Errorf("unaided %v, expected %v", !unaided, unaided)
	}
	i := 0
	for set, err := range f.Sets(ctx, sel) {
		if err != nil {
			return err
		}
		if i == len(want) || !slices.Equal(set, want[i].set) {
			return fmt.Errorf("set %d of %d is %v, expected %v", i, len(want), set, want[min(i, len(want)-1)].set)
		}
		i++
	}
	if i != len(want) {
		return fmt.Errorf("%d sets, expected %d", i, len(want))
	}
	return nil
}

// TestRandomLimits checks that limits leave bounds that hold, that a program
// which calls itself exact is, and that bounds mostly become closer.
func TestRandomLimits(t *testing.T) {
	limits := []int{1, 10, 30, 100, 300, 1000, 10_000}
	stopped, inexact, useful := 0, 0, 0
	gaps := make([]float64, len(limits))
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 5))
		s := randomSample(r, 12, seed%2 == 0)
		prob := make([]float64, s.vars)
		for v := range prob {
			prob[v] = r.Float64()
		}
		minimal := s.minimal(0)
		for i, n := range limits {
			p, err := Compile(t.Context(), s.c, s.roots, Limits{Nodes: n, Typical: prob})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if p.Size() > n {
				t.Fatalf("seed %d: %d nodes, expected at most %d", seed, p.Size(), n)
			}
			if !p.Exact() {
				inexact++
			}
			st := p.NewState()
			st.Eval(prob)
			for root := range s.roots {
				want, _ := s.probability(root, prob)
				low, high := st.Bounds(root)
				value := st.Value(root)
				if low > want+1e-12 || high < want-1e-12 || value < low-1e-15 || value > high+1e-15 {
					t.Fatalf("seed %d limit %d: bounds %v and %v, value %v, expected %v between", seed, n, low, high, value, want)
				}
				if p.Exact() && (low != high || !close(value, want, 1e-12)) {
					t.Fatalf("seed %d limit %d: probability %v of an exact program, expected %v", seed, n, value, want)
				}
				gaps[i] += high - low
				if low != high && (low > 0 || high < 1) {
					useful++
				}
			}
			f, err := MinimalSets(t.Context(), s.c, s.roots[0], Limits{Nodes: n})
			switch {
			case errors.Is(err, ErrLimit):
				stopped++
			case err != nil:
				t.Fatalf("seed %d: %v", seed, err)
			case f.Count(nil).Cmp(big.NewInt(int64(len(minimal)-trivial(minimal)))) != 0:
				t.Fatalf("seed %d limit %d: %v sets, expected %d", seed, n, f.Count(nil), len(minimal))
			}
		}
	}
	if stopped == 0 || inexact == 0 || useful < inexact/10 {
		t.Fatalf("%d families were stopped and %d programs inexact, %d with useful bounds, expected more", stopped, inexact, useful)
	}
	if !slices.IsSortedFunc(gaps[1:], func(a, b float64) int { return cmp.Compare(b, a) }) || gaps[len(gaps)-1] != 0 {
		t.Errorf("gaps %v, expected ever smaller ones and then none", gaps)
	}
}

// trivial returns 1 if the empty set is among the sets: it has no step.
func trivial(sets []int) int {
	if slices.Contains(sets, 0) {
		return 1
	}
	return 0
}

func TestCompileIsDeterministic(t *testing.T) {
	for seed := range uint64(100) {
		s := randomSample(rand.New(rand.NewPCG(seed, 6)), 12, seed%2 == 0)
		var programs [2]*Program
		for i := range programs {
			p, err := Compile(t.Context(), s.c, s.roots, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			programs[i] = p
		}
		if !reflect.DeepEqual(programs[0], programs[1]) {
			t.Fatalf("seed %d: two programs of one circuit differ", seed)
		}
	}
}
