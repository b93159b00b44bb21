package program

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// This file has families of circuits with answers in closed form, and large ones.

func variables(c *circuit.Circuit, n int) []circuit.Ref {
	xs := make([]circuit.Ref, n)
	for i := range xs {
		xs[i] = c.Var()
	}
	return xs
}

func constant(n int, x float64) []float64 { return slices.Repeat([]float64{x}, n) }

func compile(t testing.TB, c *circuit.Circuit, roots ...circuit.Ref) *Program {
	t.Helper()
	p, err := Compile(context.Background(), c, roots, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func minimalOf(t testing.TB, c *circuit.Circuit, root circuit.Ref) *Family {
	t.Helper()
	f, err := MinimalSets(context.Background(), c, root, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// firstSets returns the k best sets.
func firstSets(t testing.TB, f *Family, sel Selection, k int) [][]int32 {
	t.Helper()
	var sets [][]int32
	for set, err := range f.Sets(context.Background(), sel) {
		if err != nil {
			t.Fatal(err)
		}
		if sets = append(sets, set); len(sets) == k {
			break
		}
	}
	return sets
}

func binomial(n, k int) *big.Int { return new(big.Int).Binomial(int64(n), int64(k)) }

// TestAtLeast: k of n equal events follow the binomial distribution.
func TestAtLeast(t *testing.T) {
	for _, test := range []struct {
		n, k int
		p    float64
	}{{2, 2, 0.5}, {5, 3, 0.1}, {20, 7, 0.3}, {40, 39, 1e-7}, {60, 2, 1e-30}, {100, 50, 0.5}} {
		c := circuit.New()
		root := c.AtLeast(test.k, variables(c, test.n)...)
		p := compile(t, c, root)
		st := p.NewState()
		st.Eval(constant(test.n, test.p))
		want := 0.0
		for j := test.k; j <= test.n; j++ {
			b, _ := new(big.Float).SetInt(binomial(test.n, j)).Float64()
			want += b * math.Pow(test.p, float64(j)) * math.Pow(1-test.p, float64(test.n-j))
		}
		if !close(st.Value(0), want, 1e-12) {
			t.Errorf("%d of %d at %v: probability %v, expected %v", test.k, test.n, test.p, st.Value(0), want)
		}
		if want := test.k * (test.n - test.k + 1); test.k < test.n && p.Size() != want {
			t.Errorf("%d of %d: %d nodes, expected %d", test.k, test.n, p.Size(), want)
		}
		if n := minimalOf(t, c, root).Count(nil); n.Cmp(binomial(test.n, test.k)) != 0 {
			t.Errorf("%d of %d: %v minimal sets, expected %v", test.k, test.n, n, binomial(test.n, test.k))
		}
	}
}

// ladder is a row of n variables; the goal needs two neighbours.
func ladder(n int) (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	xs := variables(c, n)
	rungs := make([]circuit.Ref, n-1)
	for i := range rungs {
		rungs[i] = c.And(xs[i], xs[i+1])
	}
	return c, c.Or(rungs...)
}

// TestLadder: the chance that two neighbours of a row are both true follows a
// recurrence in the length of the row.
func TestLadder(t *testing.T) {
	for _, n := range []int{3, 10, 64, 1000} {
		for _, x := range []float64{0.5, 0.01, 1e-20} {
			c, root := ladder(n)
			p := compile(t, c, root)
			st := p.NewState()
			st.Eval(constant(n, x))
			// The chance of a pair so far, or of none with the last variable true
			// or false.
			pair, last, none := 0.0, x, 1-x
			for range n - 1 {
				pair, last, none = pair+last*x, none*x, (none+last)*(1-x)
			}
			if !close(st.Value(0), pair, 1e-12) {
				t.Errorf("ladder of %d at %v: probability %v, expected %v", n, x, st.Value(0), pair)
			}
			if p.Size() > 2*n {
				t.Errorf("ladder of %d: %d nodes", n, p.Size())
			}
			f := minimalOf(t, c, root)
			if f.Count(nil).Cmp(big.NewInt(int64(n-1))) != 0 {
				t.Errorf("ladder of %d: %v minimal sets, expected %d", n, f.Count(nil), n-1)
			}
		}
	}
}

// tree returns an and of ors of ands … over n variables with the given fan.
func tree(n, fan int) (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	level := variables(c, n)
	for depth := 0; len(level) > 1; depth++ {
		var above []circuit.Ref
		for part := range slices.Chunk(level, fan) {
			if depth%2 == 0 {
				above = append(above, c.Or(part...))
			} else {
				above = append(above, c.And(part...))
			}
		}
		level = above
	}
	return c, level[0]
}

// TestTree compares with a bottom-up pass, which is exact without sharing.
func TestTree(t *testing.T) {
	const n, fan = 4096, 4
	c, root := tree(n, fan)
	p := compile(t, c, root)
	if p.Size() != 0 {
		t.Errorf("a tree needs %d diagram nodes, expected none", p.Size())
	}
	r := rand.New(rand.NewPCG(1, 1))
	prob := make([]float64, n)
	for v := range prob {
		prob[v] = math.Pow(r.Float64(), 4)
	}
	st := p.NewState()
	st.Eval(prob)
	level, count := slices.Clone(prob), slices.Repeat([]*big.Int{big.NewInt(1)}, n)
	for depth := 0; len(level) > 1; depth++ {
		var above []float64
		var counts []*big.Int
		for i := 0; i < len(level); i += fan {
			if depth%2 == 0 {
				miss, sum := 0.0, new(big.Int)
				for j, x := range level[i : i+fan] {
					miss += math.Log1p(-x)
					sum.Add(sum, count[i+j])
				}
				above, counts = append(above, -math.Expm1(miss)), append(counts, sum)
			} else {
				all, times := 1.0, big.NewInt(1)
				for j, x := range level[i : i+fan] {
					all *= x
					times.Mul(times, count[i+j])
				}
				above, counts = append(above, all), append(counts, times)
			}
		}
		level, count = above, counts
	}
	if !close(st.Value(0), level[0], 1e-11) {
		t.Errorf("probability %v, expected %v", st.Value(0), level[0])
	}
	if n := minimalOf(t, c, root).Count(nil); n.Cmp(count[0]) != 0 {
		t.Errorf("minimal sets %v, expected %v", n, count[0])
	}
}

// TestEveryGateIsARoot: all gates of a tree at once, as for the expected
// impact of a model with an impact everywhere.
func TestEveryGateIsARoot(t *testing.T) {
	c, _ := tree(64, 4)
	var roots []circuit.Ref
	for i := range c.Len() {
		roots = append(roots, circuit.MakeRef(i))
	}
	all := compile(t, c, roots...).NewState()
	prob := make([]float64, 64)
	for v := range prob {
		prob[v] = 1 / float64(v+2)
	}
	all.Eval(prob)
	for i, r := range roots {
		one := compile(t, c, r).NewState()
		one.Eval(prob)
		if !close(all.Value(i), one.Value(0), 1e-14) {
			t.Errorf("root %d among others %v, alone %v", i, all.Value(i), one.Value(0))
		}
	}
}

func TestFlatGates(t *testing.T) {
	const n = 100_000
	c := circuit.New()
	xs := variables(c, n)
	all, any := c.And(xs...), c.Or(xs...)
	shared := c.Or(c.And(any, xs[0]), c.And(all, xs[1])) // not a tree: one large diagram
	p := compile(t, c, all, any, shared)
	prob := constant(n, 1)
	prob[7] = 0.25
	st := p.NewState()
	st.Eval(prob)
	if st.Value(0) != 0.25 || st.Value(1) != 1 || st.Value(2) != 1 {
		t.Errorf("probabilities %v %v %v, expected 0.25 1 1", st.Value(0), st.Value(1), st.Value(2))
	}
	prob = constant(n, 1e-30)
	st.Eval(prob)
	if !close(st.Value(2), 1e-30, 1e-12) {
		t.Errorf("shared: %v, expected 1e-30", st.Value(2))
	}
	st = compile(t, c, any, all).NewState() // still one diagram
	st.Eval(prob)
	if want := 1e-25; !close(st.Value(0), want, 1e-11) {
		t.Errorf("or of %d events of 1e-30: %v, expected %v", n, st.Value(0), want)
	}
	st = compile(t, c, any).NewState()
	st.Eval(prob)
	if want := 1e-25; !close(st.Value(0), want, 1e-14) {
		t.Errorf("or of %d events of 1e-30, alone: %v, expected %v", n, st.Value(0), want)
	}
	st = compile(t, c, all).NewState()
	st.Eval(constant(n, 0.999))
	if want := math.Exp(n * math.Log(0.999)); !close(st.Value(0), want, 1e-12) {
		t.Errorf("and of %d events of 0.999: %v, expected %v", n, st.Value(0), want)
	}
	if got := minimalOf(t, c, shared).Count(nil); got.Cmp(big.NewInt(1)) != 0 {
		t.Errorf("shared: %v minimal sets, expected 1", got)
	}
	if got := firstSets(t, minimalOf(t, c, any), Selection{}, 3); got[2][0] != 2 {
		t.Errorf("third set of a flat or is %v, expected 2", got[2])
	}
}

// TestDeepChain: a million gates, each of one variable and the gate below,
// once of one kind and once of two in turn.
func TestDeepChain(t *testing.T) {
	const n = 1_000_000
	for _, alternate := range []bool{false, true} {
		c := circuit.New()
		g := c.Var()
		for i := range n {
			if x := c.Var(); alternate && i%2 == 0 {
				g = c.Or(x, g)
			} else {
				g = c.And(x, g)
			}
		}
		st := compile(t, c, g).NewState()
		st.Eval(constant(n+1, 1))
		if st.Value(0) != 1 {
			t.Errorf("probability %v, expected 1", st.Value(0))
		}
		got := firstSets(t, minimalOf(t, c, g), Selection{}, 2)
		switch {
		case !alternate && (len(got) != 1 || len(got[0]) != n+1):
			t.Errorf("%d sets, expected one of all variables", len(got))
		case alternate && !slices.Equal(got[0], []int32{n - 1, n}):
			t.Errorf("first set %v, expected the last two variables", got[0])
		}
	}
}

// TestManySets: an and of ors has more sets than can be listed; the best come
// at once, in an order that a sum over independent choices makes plain.
func TestManySets(t *testing.T) {
	const n = 50_000
	c := circuit.New()
	pairs := make([]circuit.Ref, n)
	for i := range pairs {
		pairs[i] = c.Or(c.Var(), c.Var())
	}
	f := minimalOf(t, c, c.And(pairs...))
	if got, want := f.Count(nil), new(big.Int).Lsh(big.NewInt(1), n); got.Cmp(want) != 0 {
		t.Errorf("count has %d bits, expected 2^%d", got.BitLen(), n)
	}
	sets := firstSets(t, f, Selection{}, 10)
	// All sets are of one size, so names decide: binary counting from the end.
	for k, set := range sets {
		for i := range n {
			want := int32(2 * i)
			if i >= n-4 && k>>(n-1-i)&1 == 1 {
				want++
			}
			if set[i] != want {
				t.Fatalf("set %d has %d in place %d, expected %d", k, set[i], i, want)
			}
		}
	}
	weight := make([]float64, 2*n)
	for i := range n {
		weight[2*i], weight[2*i+1] = 1, 1+1/float64(i+1)
	}
	sets = firstSets(t, f, Selection{A: weight}, 4)
	for k, pair := range []int{-1, n - 1, n - 2, n - 3} {
		for i, v := range sets[k] {
			if (i == pair) != (v == int32(2*i+1)) {
				t.Fatalf("weighted set %d takes %d of pair %d", k, v, i)
			}
		}
	}
}

func TestConstantRoots(t *testing.T) {
	c := circuit.New()
	x, y := c.Var(), c.Var()
	hidden := c.Or(c.And(x, y), c.And(x, y.Not()), x.Not()) // true, though no gate shows it
	never := c.And(hidden.Not(), x)
	z := c.Var()
	p := compile(t, c, circuit.True, circuit.False, hidden, hidden.Not(), c.And(hidden, z), c.Or(never, z), x.Not())
	st := p.NewState()
	st.Eval([]float64{0.3, 0.4, 0.25})
	for i, want := range []float64{1, 0, 1, 0, 0.25, 0.25, 0.7} {
		if st.Value(i) != want {
			t.Errorf("root %d: %v, expected %v", i, st.Value(i), want)
		}
	}
	for _, test := range []struct {
		root    circuit.Ref
		count   int64
		unaided bool
	}{
		{circuit.True, 0, true}, {circuit.False, 0, false}, {hidden, 0, true}, {hidden.Not(), 0, false},
		{c.And(hidden, z), 1, false}, {c.Or(never, z), 1, false}, {z, 1, false},
	} {
		f := minimalOf(t, c, test.root)
		if f.Count(nil).Int64() != test.count || f.Unaided(nil) != test.unaided {
			t.Errorf("%v: %v sets, unaided %v, expected %d, %v", test.root, f.Count(nil), f.Unaided(nil), test.count, test.unaided)
		}
		if got := len(firstSets(t, f, Selection{}, 5)); got != int(test.count) {
			t.Errorf("%v: %d sets listed, expected %d", test.root, got, test.count)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c, root := ladder(1000)
	if _, err := Compile(ctx, c, []circuit.Ref{root}, Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Compile: %v, expected %v", err, context.Canceled)
	}
	if _, err := MinimalSets(ctx, c, root, Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("MinimalSets: %v, expected %v", err, context.Canceled)
	}
	var last error
	for _, err := range minimalOf(t, c, root).Sets(ctx, Selection{}) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("Sets: %v, expected %v", last, context.Canceled)
	}
}

func TestSelectionErrors(t *testing.T) {
	c, root := ladder(3)
	f := minimalOf(t, c, root)
	for _, sel := range []Selection{
		{Class: []Class{Step}}, {A: []float64{1, 2}}, {B: []float64{}}, {Rank: []int32{1, 2, 3, 4}},
		{A: []float64{1, -1, 0}}, {B: []float64{0, 0, math.NaN()}},
	} {
		var last error
		for _, err := range f.Sets(t.Context(), sel) {
			last = err
		}
		if last == nil {
			t.Errorf("%+v: expected an error", sel)
		}
	}
	infinite := Selection{A: []float64{math.Inf(1), 5, 3}}
	if got := firstSets(t, f, infinite, 2); !slices.Equal(got[0], []int32{1, 2}) {
		t.Errorf("first set %v, expected the one of finite weight", got[0])
	}
}

// sharedGraph is a model of 100 variables whose parts overlap.
func sharedGraph() (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	r := rand.New(rand.NewPCG(3, 3))
	xs := variables(c, 100)
	pool := slices.Clone(xs)
	for i := 0; i+8 <= len(xs); i += 4 { // windows that share half with the next
		w := xs[i : i+8]
		pool = append(pool, c.Or(c.And(w[r.IntN(4)], w[4+r.IntN(4)]), c.And(w[r.IntN(8)], w[r.IntN(8)], w[r.IntN(8)]), c.AtLeast(3, w[:5]...)))
	}
	gates := pool[100:]
	var tops []circuit.Ref
	for part := range slices.Chunk(gates, 4) {
		tops = append(tops, c.And(part...))
	}
	return c, c.Or(tops...)
}

// knot is a random graph whose diagram is large under any order.
func knot() (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	r := rand.New(rand.NewPCG(9, 9))
	xs := variables(c, 40)
	clauses := make([]circuit.Ref, 40)
	for i := range clauses {
		clauses[i] = c.Or(xs[r.IntN(40)], xs[r.IntN(40)], c.And(xs[r.IntN(40)], xs[r.IntN(40)]))
	}
	return c, c.And(clauses...)
}

// TestBudgets: a diagram of more nodes than the first budget is found in a
// later round, or bounded.
func TestBudgets(t *testing.T) {
	c, root := knot()
	whole := compile(t, c, root)
	if whole.Size() < firstWork {
		t.Fatalf("the model has %d nodes, expected more than %d", whole.Size(), firstWork)
	}
	prob := constant(40, 0.6)
	want := whole.NewState()
	want.Eval(prob)
	sets := minimalOf(t, c, root).Count(nil)
	finished, stopped := 0, 0
	for limit := 1000; limit < 8*whole.Size(); limit *= 8 {
		p, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{Bytes: int64(limit) * bdd.BytesPerNode})
		if err != nil {
			t.Fatal(err)
		}
		if p.Exact() {
			finished++
		} else {
			stopped++
		}
		st := p.NewState()
		st.Eval(prob)
		if low, high := st.Bounds(0); low > want.Value(0)*(1+1e-12) || high < want.Value(0)*(1-1e-12) || p.Exact() && low != high {
			t.Errorf("limit %d: bounds %v and %v, expected %v between", limit, low, high, want.Value(0))
		}
		f, err := MinimalSets(t.Context(), c, root, Limits{Nodes: limit})
		if err == nil && f.Count(nil).Cmp(sets) != 0 {
			t.Errorf("limit %d: %v sets, expected %v", limit, f.Count(nil), sets)
		}
		if err != nil && !errors.Is(err, ErrLimit) {
			t.Fatal(err)
		}
	}
	if finished == 0 || stopped == 0 {
		t.Errorf("%d limits were enough and %d were not, expected some of both", finished, stopped)
	}
}

// TestHeld: what others hold is taken off a limit, and an error names the limit.
func TestHeld(t *testing.T) {
	c, root := knot()
	enough := 1 << 20
	if _, err := MinimalSets(t.Context(), c, root, Limits{Nodes: enough, Held: enough - enough/4}); err != nil {
		t.Error(err)
	}
	most := compile(t, c, root).Size()
	var limit *LimitError
	if _, err := MinimalSets(t.Context(), c, root, Limits{Nodes: most, Held: 2 * most}); !errors.As(err, &limit) || limit.Max != most {
		t.Errorf("%v, expected an error that names %d nodes", err, most)
	}
}

// TestShared: goroutines share a program and a family and get what one gets.
func TestShared(t *testing.T) {
	c, root := sharedGraph()
	p, f := compile(t, c, root), minimalOf(t, c, root)
	prob := constant(100, 0.1)
	alone := p.NewState()
	alone.Eval(prob)
	sets := firstSets(t, f, Selection{}, 50)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			st := p.NewState()
			st.Eval(prob)
			if st.Value(0) != alone.Value(0) {
				t.Errorf("probability %v, expected %v", st.Value(0), alone.Value(0))
			}
			if got := firstSets(t, f, Selection{}, 50); !slices.EqualFunc(got, sets, slices.Equal) {
				t.Errorf("the sets differ from those of one goroutine")
			}
		})
	}
	group.Wait()
}

func TestNoAllocation(t *testing.T) {
	c, root := sharedGraph()
	st := compile(t, c, root).NewState()
	prob, grad, weight := constant(100, 0.1), make([]float64, 100), []float64{1}
	if n := testing.AllocsPerRun(10, func() { st.Eval(prob); st.Gradient(weight, grad) }); n != 0 {
		t.Errorf("%v allocations, expected none", n)
	}
}

func BenchmarkEval(b *testing.B) {
	c, root := sharedGraph()
	p := compile(b, c, root)
	st := p.NewState()
	prob, grad, weight := constant(100, 0.1), make([]float64, 100), []float64{1}
	b.Run("shared/n=100", func(b *testing.B) {
		b.ReportAllocs()
		b.ReportMetric(float64(p.Size()), "nodes")
		for b.Loop() {
			st.Eval(prob)
		}
	})
	b.Run("shared/n=100/gradient", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			st.Eval(prob)
			st.Gradient(weight, grad)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		c, root := tree(n, 3)
		b.Run(fmt.Sprintf("tree/n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				compile(b, c, root)
			}
		})
	}
	c, root := sharedGraph()
	b.Run("shared/n=100", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compile(b, c, root)
		}
	})
}

func BenchmarkMinimalSets(b *testing.B) {
	c, root := tree(100_000, 3)
	b.Run("tree/n=100000", func(b *testing.B) {
		for b.Loop() {
			minimalOf(b, c, root)
		}
	})
	f := minimalOf(b, c, root)
	for _, k := range []int{1, 10, 1000} {
		b.Run(fmt.Sprintf("tree/n=100000/best=%d", k), func(b *testing.B) {
			for b.Loop() {
				firstSets(b, f, Selection{}, k)
			}
		})
	}
	c, root = sharedGraph()
	b.Run("shared/n=100", func(b *testing.B) {
		for b.Loop() {
			minimalOf(b, c, root)
		}
	})
	b.Run("shared/n=100/best=1000", func(b *testing.B) {
		f := minimalOf(b, c, root)
		for b.Loop() {
			firstSets(b, f, Selection{}, 1000)
		}
	})
}
