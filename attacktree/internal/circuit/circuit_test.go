package circuit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func ExampleCircuit() {
	c := New()
	key, lock, window := c.Var(), c.Var(), c.Var()
	door := c.And(key, lock)
	house := c.Or(door, window)
	fmt.Println(house == c.Or(window, c.And(lock, key))) // equal gates are one gate

	e := c.Evaluator(house)
	// Assignments 0 to 3: key alone, key and lock, window alone, nothing.
	fmt.Printf("%04b\n", e.Eval([]uint64{0b0011, 0b0010, 0b0100})[0]&0b1111)
	// Output:
	// true
	// 0110
}

// tables of up to six variables: bit a of a word is the value where bit v of a
// is variable v.
var variableTables = [6]uint64{
	0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
	0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000,
}

// A model is a random circuit with the truth table of each of its references,
// computed apart from the package.
type model struct {
	c     *Circuit
	refs  []Ref
	table []uint64
}

func randomModel(r *rand.Rand, gates int) *model {
	m := &model{c: New(), refs: []Ref{True, False}, table: []uint64{^uint64(0), 0}}
	for _, t := range variableTables {
		m.refs, m.table = append(m.refs, m.c.Var()), append(m.table, t)
	}
	for range gates {
		n := r.IntN(6)
		args, tables := make([]Ref, n), make([]uint64, n)
		for i := range args {
			j := r.IntN(len(m.refs))
			args[i], tables[i] = m.refs[j], m.table[j]
			if r.IntN(4) == 0 {
				args[i], tables[i] = m.c.Not(args[i]), ^tables[i]
			}
		}
		m.add(r.IntN(4), r.IntN(n+2), args, tables)
	}
	return m
}

func (m *model) add(kind, k int, args []Ref, tables []uint64) {
	var g Ref
	var table uint64
	switch {
	case kind == 0:
		g, table = m.c.And(args...), ^uint64(0)
		for _, t := range tables {
			table &= t
		}
	case kind == 1 || len(args) < 3:
		g = m.c.Or(args...)
		for _, t := range tables {
			table |= t
		}
	case kind == 2:
		g = m.c.AtLeast(k, args...)
		for a := range 64 {
			n := 0
			for _, t := range tables {
				n += int(t >> a & 1)
			}
			if n >= k {
				table |= 1 << a
			}
		}
	default:
		g = m.c.Ite(args[0], args[1], args[2])
		table = tables[0]&tables[1] | ^tables[0]&tables[2]
	}
	m.refs, m.table = append(m.refs, g), append(m.table, table)
}

func TestRandomGates(t *testing.T) {
	for seed := range uint64(500) {
		m := randomModel(rand.New(rand.NewPCG(seed, 1)), 30)
		got := m.c.Evaluator(m.refs...).Eval(variableTables[:])
		for i, want := range m.table {
			if got[i] != want {
				t.Fatalf("seed %d, reference %d: %x, expected %x", seed, i, got[i], want)
			}
		}
	}
}

func TestRandomFlatten(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := randomModel(r, 30)
		last := len(m.refs) - 1
		pick := []int{last, r.IntN(last), last - 1}
		roots := []Ref{m.refs[pick[0]], m.refs[pick[1]].Not(), m.refs[pick[2]]}
		d, images := m.c.Flatten(roots...)
		if d.NumVars() != m.c.NumVars() || d.Len() > m.c.Len() {
			t.Fatalf("seed %d: %d variables and %d nodes, expected %d and at most %d", seed, d.NumVars(), d.Len(), m.c.NumVars(), m.c.Len())
		}
		got := d.Evaluator(images...).Eval(variableTables[:])
		for i, want := range []uint64{m.table[pick[0]], ^m.table[pick[1]], m.table[pick[2]]} {
			if got[i] != want {
				t.Fatalf("seed %d, root %d: %x, expected %x", seed, i, got[i], want)
			}
		}
	}
}

func TestRandomSimplify(t *testing.T) {
	before, after := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		m := randomModel(r, 40)
		last := len(m.refs) - 1
		pick := []int{last, r.IntN(last), last - 1}
		roots := []Ref{m.refs[pick[0]], m.refs[pick[1]].Not(), m.refs[pick[2]]}
		if seed%2 == 0 {
			roots = roots[:1]
		}
		flat, _ := m.c.Flatten(roots...)
		d, images := m.c.Simplify(roots...)
		if d.NumVars() != m.c.NumVars() {
			t.Fatalf("seed %d: %d variables, expected %d", seed, d.NumVars(), m.c.NumVars())
		}
		before += len(flat.args)
		after += len(d.args)
		got := d.Evaluator(images...).Eval(variableTables[:])
		for i, want := range []uint64{m.table[pick[0]], ^m.table[pick[1]], m.table[pick[2]]}[:len(roots)] {
			if got[i] != want {
				t.Fatalf("seed %d, root %d: %x, expected %x", seed, i, got[i], want)
			}
		}
	}
	if 4*after > 3*before {
		t.Errorf("%d of %d arguments are left, expected at most three quarters", after, before)
	}
}

func TestSimplify(t *testing.T) {
	c := New()
	x, y, z, u, v := c.Var(), c.Var(), c.Var(), c.Var(), c.Var()
	for _, test := range []struct{ root, want Ref }{
		{root: c.Or(x, c.And(x, y)), want: x},
		{root: c.And(x, c.Or(x.Not(), y)), want: c.And(x, y)},
		{root: c.And(z, c.Or(c.And(x, c.Or(z, y)), u)), want: c.And(z, c.Or(x, u))},
	} {
		d, roots := c.Simplify(test.root)
		e, wants := c.Flatten(test.want)
		if d.Len() != e.Len() || roots[0] != wants[0] && d.Kind(roots[0]) != e.Kind(wants[0]) {
			t.Errorf("%d nodes, expected %d", d.Len(), e.Len())
		}
	}
	// u and v always stand together, so they become one argument.
	d, roots := c.Simplify(c.And(c.Or(x, u, v), c.Or(y, u, v), c.Or(z, c.And(x, y))))
	if module := d.Modules(roots...); !slices.ContainsFunc(d.Args(d.Args(roots[0])[0]), func(a Ref) bool { return module[a.Node()] }) {
		t.Error("expected that two variables with the same parents become a module")
	}
}

func TestSimplification(t *testing.T) {
	c := New()
	x, y, z := c.Var(), c.Var(), c.Var()
	for _, test := range []struct {
		name      string
		got, want Ref
	}{
		{"and of nothing", c.And(), True},
		{"or of nothing", c.Or(), False},
		{"and of one", c.And(x), x},
		{"and with false", c.And(x, False, y), False},
		{"and with true", c.And(x, True), x},
		{"or with a complement", c.Or(x, y, x.Not()), True},
		{"and with a complement", c.And(x, y, x.Not()), False},
		{"and twice the same", c.And(x, y, x), c.And(y, x)},
		{"De Morgan", c.And(x.Not(), y.Not()), c.Or(x, y).Not()},
		{"at least 0", c.AtLeast(0, x, y), True},
		{"at least 3 of 2", c.AtLeast(3, x, y), False},
		{"at least 1", c.AtLeast(1, x, y, z), c.Or(x, y, z)},
		{"at least all", c.AtLeast(3, x, y, z), c.And(x, y, z)},
		{"at least with constants", c.AtLeast(3, x, True, y, False, z), c.AtLeast(2, z, y, x)},
		{"at least of complements", c.AtLeast(2, x.Not(), y.Not(), z.Not()), c.AtLeast(2, x, y, z).Not()},
		{"ite of the same", c.Ite(x, y, y), y},
		{"ite as or", c.Ite(x, True, y), c.Or(x, y)},
		{"ite as and", c.Ite(x, y, False), c.And(x, y)},
		{"ite turned round", c.Ite(x.Not(), y, z), c.Ite(x, z, y)},
		{"ite of itself", c.Ite(x, x, y), c.Or(x, y)},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, expected %v", test.name, test.got, test.want)
		}
	}
	if twice := c.AtLeast(2, x, x, y); c.Kind(twice) != AtLeast || len(c.Args(twice)) != 3 {
		t.Errorf("an argument given twice must count twice in at least")
	}
	if got := c.Args(c.And(z, x, y.Not())); !slices.Equal(got, []Ref{z, x, y.Not()}) {
		t.Errorf("arguments %v, expected them as written", got)
	}
}

func TestFlattenMergesChains(t *testing.T) {
	c := New()
	x, y, z, w := c.Var(), c.Var(), c.Var(), c.Var()
	inner := c.Or(y, z)
	d, roots := c.Flatten(c.Or(c.Or(x, inner), w))
	if got := d.Args(roots[0]); !slices.Equal(got, []Ref{d.VarRef(0), d.VarRef(1), d.VarRef(2), d.VarRef(3)}) {
		t.Errorf("arguments %v, expected the four variables in order", got)
	}
	d, roots = c.Flatten(c.Or(c.Or(x, inner), w), inner)
	if got := d.Args(roots[0]); len(got) != 3 || got[1] != roots[1] {
		t.Errorf("arguments %v, expected a root to stay a gate", got)
	}
}

// TestRandomModules compares with the definition: no gate outside refers to a
// node below a module, but for the module itself.
func TestRandomModules(t *testing.T) {
	modules, others := 0, 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		c := New()
		pool := make([]Ref, 12)
		for i := range pool {
			pool[i] = c.Var()
		}
		for len(pool) > 2 && c.Len() < 40 {
			args := make([]Ref, 2+r.IntN(2))
			for i := range args {
				j := r.IntN(len(pool))
				args[i] = pool[j] ^ Ref(r.IntN(2))
				if len(pool) > 1 && r.IntN(8) > 0 {
					pool = slices.Delete(pool, j, j+1)
				}
			}
			pool = append(pool, c.junction(And+Kind(r.IntN(2)), args))
		}
		roots := []Ref{pool[len(pool)-1], MakeRef(r.IntN(c.Len())), MakeRef(r.IntN(c.Len()))}
		uses := c.Uses(roots...)
		module := c.Modules(roots...)
		for g := range c.Len() {
			if uses[g] == 0 || len(c.Args(MakeRef(g))) == 0 {
				if module[g] {
					t.Fatalf("seed %d: node %d is no gate below a root", seed, g)
				}
				continue
			}
			if want := isModule(c, uses, g); module[g] != want {
				t.Fatalf("seed %d: module %v for gate %d, expected %v", seed, module[g], g, want)
			}
			if module[g] {
				modules++
			} else {
				others++
			}
		}
	}
	if modules < 1000 || others < 1000 {
		t.Fatalf("%d modules and %d other gates, expected many of both", modules, others)
	}
}

func isModule(c *Circuit, uses []int32, g int) bool {
	below := make([]bool, c.Len())
	below[g] = true
	for i := g; i >= 0; i-- {
		if below[i] {
			for _, x := range c.Args(MakeRef(i)) {
				below[x.Node()] = true
			}
		}
	}
	for i := range c.Len() {
		if uses[i] == 0 || below[i] {
			continue
		}
		for _, x := range c.Args(MakeRef(i)) {
			if below[x.Node()] && x.Node() != g {
				return false
			}
		}
	}
	return true
}

// TestDeep builds, flattens and cuts up a million gates in a row.
func TestDeep(t *testing.T) {
	c := New()
	g := c.Var()
	const n = 1_000_000
	for i := range n {
		if i%2 == 0 {
			g = c.And(c.Var(), g)
		} else {
			g = c.Or(c.Var(), g)
		}
	}
	d, roots := c.Flatten(g)
	modules := 0
	for _, is := range d.Modules(roots...) {
		if is {
			modules++
		}
	}
	if modules != n {
		t.Errorf("%d modules, expected %d", modules, n)
	}
	vars := slices.Repeat([]uint64{^uint64(0)}, n+1)
	vars[0] = 0b0110 // reaches the top through true ands and false ors
	for i := 2; i <= n; i += 2 {
		vars[i] = 0
	}
	if got := d.Evaluator(roots...).Eval(vars)[0]; got != 0b0110 {
		t.Errorf("value %b, expected 110", got)
	}
}

// TestAtLeastCounts compares the bit-sliced count with a plain one.
func TestAtLeastCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for _, n := range []int{3, 7, 8, 9, 33, 100} {
		c := New()
		xs, vars := make([]Ref, n), make([]uint64, n)
		for i := range xs {
			xs[i], vars[i] = c.Var(), r.Uint64()
		}
		for k := 2; k < n; k++ {
			got := c.Evaluator(c.AtLeast(k, xs...)).Eval(vars)[0]
			for a := range 64 {
				count := 0
				for _, w := range vars {
					count += int(w >> a & 1)
				}
				if want := count >= k; (got>>a&1 == 1) != want {
					t.Fatalf("at least %d of %d with %d true: %v", k, n, count, !want)
				}
			}
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		c := New()
		g := c.Var()
		for range 100_000 {
			g = c.Or(c.And(c.Var(), g), c.Var())
		}
	}
}
