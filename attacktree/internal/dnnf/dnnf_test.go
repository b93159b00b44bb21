package dnnf

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// random returns a circuit of monotone gates, its gates and an output.
func random(r *rand.Rand, inputs, gates int) (c *circuit.Circuit, vars, all []circuit.Ref, output circuit.Ref) {
	c = circuit.New()
	for range inputs {
		vars = append(vars, c.Var())
	}
	for range gates {
		pick := func() circuit.Ref {
			if n := c.Len() - 1; r.IntN(3) > 0 {
				return circuit.MakeRef(1 + max(0, n-1-r.IntN(6)))
			}
			return circuit.MakeRef(1 + r.IntN(c.Len()-1))
		}
		args := []circuit.Ref{pick(), pick(), pick(), pick()}[:2+r.IntN(3)]
		switch r.IntN(5) {
		case 0, 1:
			output = c.And(args...)
		case 2, 3:
			output = c.Or(args...)
		default:
			output = c.AtLeast(1+r.IntN(len(args)), args...)
		}
	}
	for i := range c.Len() {
		if x := circuit.MakeRef(i); len(c.Args(x)) > 0 {
			all = append(all, x)
		}
	}
	return c, vars, all, output
}

// truth returns the value of the output in each state of up to 16 inputs.
func truths(c *circuit.Circuit, inputs int, output circuit.Ref) []bool {
	e := c.Evaluator(output)
	in := make([]uint64, inputs)
	out := make([]bool, 1<<inputs)
	for state := range out {
		for i := range in {
			in[i] = uint64(state >> i & 1)
		}
		out[state] = e.Eval(in)[0]&1 != 0
	}
	return out
}

// holds evaluates a form in each state, and checks that it is a sum of products
// of what has no input in common.
func holds(t *testing.T, f *Form, inputs int) []bool {
	t.Helper()
	support := make([]uint64, len(f.Nodes))
	value := make([][]bool, len(f.Nodes))
	for i, n := range f.Nodes {
		value[i] = make([]bool, 1<<inputs)
		for state := range value[i] {
			switch n.Op {
			case Constant:
				value[i][state] = i == int(True)
			case Choice:
				value[i][state] = value[n.A][state]
				if state>>n.X&1 == 0 {
					value[i][state] = value[n.B][state]
				}
			case And:
				value[i][state] = value[n.A][state] && value[n.B][state]
			case Or:
				if value[n.A][state] && value[n.B][state] {
					t.Fatal("both arguments of an Or are true")
				}
				value[i][state] = value[n.A][state] || value[n.B][state]
			}
		}
		switch n.Op {
		case Choice:
			support[i] = support[n.A] | support[n.B] | 1<<n.X
			if (support[n.A]|support[n.B])>>n.X&1 != 0 {
				t.Fatal("an input is chosen twice")
			}
		case And:
			support[i] = support[n.A] | support[n.B]
			if support[n.A]&support[n.B] != 0 {
				t.Fatal("arguments of an And have an input in common")
			}
		case Or:
			support[i] = support[n.A] | support[n.B]
		}
	}
	return value[f.Root]
}

var plenty = Limits{Nodes: 1 << 20, Bytes: 1 << 30, Work: 1 << 24}

// Forms equal truth tables, and so do their probabilities.
func TestCompile(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		inputs := 1 + r.IntN(11)
		c, vars, gates, output := random(r, inputs, 1+r.IntN(25))
		f, ok := New(c, vars, gates, output)
		if !ok {
			t.Fatal("not a function for forms")
		}
		form, err := f.Compile(t.Context(), plenty)
		if err != nil {
			t.Fatal(err)
		}
		want := truths(c, inputs, output)
		if !slices.Equal(holds(t, form, inputs), want) {
			t.Fatalf("seed %d: another function", seed)
		}
		prob := make([]float64, inputs)
		for i := range prob {
			prob[i] = r.Float64()
		}
		sum := 0.0
		for state, v := range want {
			p := 1.0
			for i := range prob {
				if state>>i&1 != 0 {
					p *= prob[i]
				} else {
					p *= 1 - prob[i]
				}
			}
			if v {
				sum += p
			}
		}
		if got := form.Values(prob)[form.Root]; math.Abs(got-sum) > 1e-12 {
			t.Fatalf("seed %d: probability %v, expected %v", seed, got, sum)
		}
	}
}

// Bounds imply the function and follow from it, however little work there may be,
// and are the function where there is enough.
func TestBound(t *testing.T) {
	tight, same := 0, 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 11))
		const inputs = 12
		c, vars, gates, output := random(r, inputs, 60)
		f, ok := New(c, vars, gates, output)
		if !ok {
			t.Fatal("not a function for forms")
		}
		prob := slices.Repeat([]float64{0.1}, inputs)
		want := truths(c, inputs, output)
		for _, lim := range []Limits{{1 << 20, 1 << 30, 300}, {40, 1 << 30, 1 << 20}, {1 << 20, 2000, 1 << 20}, plenty} {
			for _, upper := range []bool{false, true} {
				form, err := f.bound(t.Context(), upper, prob, lim, longest)
				if errors.Is(err, ErrLimit) && lim != plenty {
					continue
				}
				if err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				got := holds(t, form, inputs)
				for state := range want {
					if upper && want[state] && !got[state] || !upper && got[state] && !want[state] {
						t.Fatalf("seed %d: state %b is on the wrong side", seed, state)
					}
				}
				switch {
				case slices.Equal(got, want):
					same++
				case lim == plenty:
					t.Fatalf("seed %d: bounds though there was no need", seed)
				case form.Root > True:
					tight++
				}
			}
		}
	}
	if tight < 30 || same < 200 {
		t.Errorf("only %d bounds that say something and %d exact ones", tight, same)
	}
}

// Nothing but monotone gates has a form.
func TestNotMonotone(t *testing.T) {
	c := circuit.New()
	x, y, z := c.Var(), c.Var(), c.Var()
	for _, g := range []circuit.Ref{c.And(x, y.Not()), c.Ite(x, y, z), c.And(x, y).Not()} {
		if _, ok := New(c, []circuit.Ref{x, y, z}, []circuit.Ref{circuit.MakeRef(g.Node())}, g); ok {
			t.Errorf("%v has a form", c.Kind(g))
		}
	}
}

// pairs returns (x0 or y0) and … over a window: each input stands in two gates.
func pairs(n int) (*circuit.Circuit, []circuit.Ref, []circuit.Ref, circuit.Ref) {
	c := circuit.New()
	vars := make([]circuit.Ref, n)
	for i := range vars {
		vars[i] = c.Var()
	}
	var gates []circuit.Ref
	for i := range n {
		gates = append(gates, c.Or(vars[i], vars[(i+1)%n]))
	}
	all := c.And(gates...)
	return c, vars, append(gates, all), all
}

// Where decisions make parts independent, forms are small: here a cycle falls
// apart into halves, quarters and so on.
func TestCycle(t *testing.T) {
	const n = 1000
	f, _ := New(pairs(n))
	form, err := f.Compile(t.Context(), plenty)
	if err != nil {
		t.Fatal(err)
	}
	if len(form.Nodes) > 40*n {
		t.Errorf("%d nodes for a cycle of %d", len(form.Nodes), n)
	}
	// No two neighbors of the cycle are both false: the trace of a power of the
	// matrix of what may follow, (q+d)/2 and (q-d)/2 to the n-th, with q the chance
	// of x and d² = q² + 4·q·(1-q).
	const q = 0.9
	d := math.Sqrt(q*q + 4*q*(1-q))
	want := math.Pow((q+d)/2, n) + math.Pow((q-d)/2, n)
	if got := form.Values(slices.Repeat([]float64{q}, n))[form.Root]; math.Abs(got-want) > 1e-9*want {
		t.Errorf("probability %v, expected %v", got, want)
	}
}

// What is read once is no work, however deep, and its form is linear.
func TestReadOnce(t *testing.T) {
	c := circuit.New()
	var vars, gates []circuit.Ref
	add := func(g circuit.Ref) circuit.Ref {
		gates = append(gates, g)
		return g
	}
	input := func() circuit.Ref {
		vars = append(vars, c.Var())
		return vars[len(vars)-1]
	}
	const depth = 500
	x, want := input(), 0.5
	for range depth {
		x = add(c.Or(x, add(c.And(input(), input(), input()))))
		x = add(c.And(x, add(c.Or(input(), input()))))
		want = (want + (1-want)*0.125) * 0.75
	}
	f, ok := New(c, vars, gates, x)
	if !ok {
		t.Fatal("too large")
	}
	form, err := f.Compile(t.Context(), Limits{Nodes: 40 * depth, Bytes: 1 << 30, Work: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Values(slices.Repeat([]float64{0.5}, len(vars)))[form.Root]; math.Abs(got-want) > 1e-12 {
		t.Errorf("probability %v, expected %v", got, want)
	}
}

// A limit ends the work, and so does the context.
func TestStops(t *testing.T) {
	f, _ := New(pairs(200))
	for _, lim := range []Limits{{100, 1 << 30, 1 << 30}, {1 << 20, 1 << 30, 1000}, {1 << 20, 10000, 1 << 30}} {
		if form, err := f.Compile(t.Context(), lim); !errors.Is(err, ErrLimit) {
			t.Errorf("limits %+v: form %v, error %v", lim, form != nil, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Compile(ctx, plenty); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, expected that of the context", err)
	}
	if _, err := f.Bound(ctx, true, slices.Repeat([]float64{0.1}, 200), plenty); !errors.Is(err, context.Canceled) {
		t.Errorf("bound: error %v, expected that of the context", err)
	}
}

// The same function gives the same form.
func TestSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	c, vars, gates, output := random(r, 60, 100)
	prob := slices.Repeat([]float64{0.1}, 60)
	var first *Form
	for range 3 {
		f, _ := New(c, vars, gates, output)
		form, err := f.bound(t.Context(), true, prob, Limits{1 << 9, 1 << 20, 1 << 16}, longest)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = form
		}
		if form.Root != first.Root || !slices.Equal(form.Nodes, first.Nodes) {
			t.Fatal("another form")
		}
	}
}
