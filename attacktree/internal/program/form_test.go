package program

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/dnnf"
)

// withForms compiles like Compile, but makes forms of all units that can have
// them, with bounds where they have more than so many nodes.
func withForms(t *testing.T, c *circuit.Circuit, roots []circuit.Ref, nodes int) *Program {
	t.Helper()
	c, roots = c.Simplify(roots...)
	s := newSolver(t.Context(), c, roots, Limits{})
	for i := range s.units {
		u := &s.units[i]
		s.number(u)
		levels := s.order(u, asWritten)
		solved := solution{levels: levels}
		for _, g := range u.outputs {
			f, ok := dnnf.New(c, levels, u.gates, g)
			if !ok {
				break
			}
			out, err := enclosed(t.Context(), f, s.typical(levels), dnnf.Limits{Nodes: nodes, Bytes: 1 << 30, Work: 1 << 25})
			if errors.Is(err, dnnf.ErrLimit) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			solved.forms = append(solved.forms, out)
			solved.bounds = solved.bounds || !out.exact()
		}
		if len(solved.forms) < len(u.outputs) {
			if err := s.solve(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		s.inexact = s.inexact || solved.bounds
		s.keep(u, solved)
	}
	return s.program(roots)
}

// tangled returns monotone gates that share variables and each other, one or two
// of them, and a gate that needs the complement of the last.
func tangled(r *rand.Rand) (*circuit.Circuit, []circuit.Ref) {
	c := circuit.New()
	for range 20 {
		c.Var()
	}
	var gates []circuit.Ref
	pick := func() circuit.Ref {
		if len(gates) == 0 || r.IntN(2) == 0 {
			return c.VarRef(r.IntN(20))
		}
		return gates[len(gates)-1-r.IntN(min(len(gates), 6))]
	}
	for range 40 {
		kind := r.IntN(3)
		switch args := []circuit.Ref{pick(), pick(), pick()}; kind {
		case 0:
			gates = append(gates, c.And(args...))
		case 1:
			gates = append(gates, c.Or(args...))
		default:
			gates = append(gates, c.AtLeast(2, args...))
		}
	}
	top := c.AtLeast(2, gates[36:]...)
	roots := []circuit.Ref{top, c.And(c.Var(), top.Not())}
	if r.IntN(2) == 0 {
		roots = append(roots, c.Or(gates[25:30]...))
	}
	return c, roots
}

// Programs with forms have the values of programs with diagrams, in batches too,
// and the derivatives; where limits leave bounds, they enclose the values.
func TestForms(t *testing.T) {
	exact, bounded := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		c, roots := tangled(r)
		plain, err := Compile(t.Context(), c, roots, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		prob := make([]float64, c.NumVars())
		for v := range prob {
			prob[v] = r.Float64()
		}
		want := plain.NewState()
		want.Eval(prob)
		for _, nodes := range []int{1 << 20, 300, 200} {
			p := withForms(t, c, roots, nodes)
			if p.Exact() {
				exact++
			} else {
				bounded++
			}
			got := p.NewState()
			got.Eval(prob)
			b := p.NewBatch(1)
			for v := range prob {
				b.Probs(v)[0] = prob[v]
			}
			b.Eval(1)
			for i := range roots {
				low, high := got.Bounds(i)
				x := want.Value(i)
				if x < low-1e-12 || x > high+1e-12 || p.Exact() && math.Abs(got.Value(i)-x) > 1e-12 {
					t.Fatalf("seed %d, %d nodes, root %d: %v in [%v, %v], expected %v", seed, nodes, i, got.Value(i), low, high, x)
				}
				if b.Values(i)[0] != got.Value(i) {
					t.Fatalf("seed %d, root %d: %v in a batch, %v alone", seed, i, b.Values(i)[0], got.Value(i))
				}
			}
			if !p.Exact() {
				continue
			}
			weight := slices.Repeat([]float64{1}, len(roots))
			a, d := make([]float64, len(prob)), make([]float64, len(prob))
			want.Gradient(weight, a)
			got.Gradient(weight, d)
			for v := range a {
				if math.Abs(a[v]-d[v]) > 1e-11 {
					t.Fatalf("seed %d: derivative %v by variable %d, expected %v", seed, d[v], v, a[v])
				}
			}
		}
	}
	if exact < 40 || bounded < 5 {
		t.Errorf("only %d exact programs and %d with bounds", exact, bounded)
	}
}

// A unit may refer to a module that turns out to be constant.
func TestFormsOfConstants(t *testing.T) {
	for _, certain := range []bool{true, false} {
		c := circuit.New()
		x, y := c.Var(), c.Var()
		fixed := c.Or(c.And(x, y), c.And(x, y.Not()), c.And(x.Not(), y), c.And(x.Not(), y.Not()))
		if !certain {
			fixed = c.And(c.Or(x, y), c.Or(x, y.Not()), c.Or(x.Not(), y), c.Or(x.Not(), y.Not()))
		}
		var v []circuit.Ref
		for range 4 {
			v = append(v, c.Var())
		}
		root := c.Or(c.And(v[0], v[1], fixed), c.And(v[1], v[2]), c.And(v[2], v[3], fixed))
		prob := slices.Repeat([]float64{0.3}, c.NumVars())
		want, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := withForms(t, c, []circuit.Ref{root}, 1<<20)
		a, b := got.NewState(), want.NewState()
		a.Eval(prob)
		b.Eval(prob)
		if !close(a.Value(0), b.Value(0), 1e-12) {
			t.Errorf("certain %v: %v, expected %v", certain, a.Value(0), b.Value(0))
		}
	}
}

// Where no order of the levels is good but few nodes hold the unit together, there
// is a form: a tree of decisions in which each gate has its own sum of products.
func TestFormWhereDiagramsDoNotFit(t *testing.T) {
	c := circuit.New()
	r := rand.New(rand.NewPCG(1, 1))
	// A ternary tree of separators: each joins its three parts by two shared inputs.
	var grow func(depth int, x, y circuit.Ref) circuit.Ref
	grow = func(depth int, x, y circuit.Ref) circuit.Ref {
		if depth == 0 {
			a, b := c.Var(), c.Var()
			return c.Or(c.And(x, a), c.And(y, b), c.And(a, b))
		}
		u, v := c.Var(), c.Var()
		parts := []circuit.Ref{grow(depth-1, u, v), grow(depth-1, u, x), grow(depth-1, v, y)}
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return c.AtLeast(2, parts...)
	}
	root := grow(4, c.Var(), c.Var())
	const limit = 12000
	prob := slices.Repeat([]float64{0.2}, c.NumVars())
	p, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{Nodes: limit, Typical: prob})
	if err != nil {
		t.Fatal(err)
	}
	diagram, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := p.NewState(), diagram.NewState()
	a.Eval(prob)
	b.Eval(prob)
	t.Log(p, diagram)
	if !p.Exact() || !close(a.Value(0), b.Value(0), 1e-12) {
		t.Errorf("%v, exact %v; expected %v", a.Value(0), p.Exact(), b.Value(0))
	}
	if diagram.Size() <= limit {
		t.Errorf("a diagram has %d nodes, which fits", diagram.Size())
	}
}
