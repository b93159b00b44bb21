// Package peer measures the decision diagrams against github.com/dalzilio/rudd,
// another one in Go. It is a module of its own, so that users of the library
// do not download the peer.
//
//	cd attacktree/internal/peer && ARALIA=DIR go test -bench .
//
// Both build the diagram of the same gates, in the same order, over the same
// variables in the same order, those in which a walk from the root first meets
// them. Neither simplifies anything. ARALIA names a folder of Open-PSA models;
// without it there are generated ones only.
package peer

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/scale/openpsa"
	"github.com/dalzilio/rudd"
)

// A model is a circuit and the level of each variable.
type model struct {
	name  string
	c     *circuit.Circuit
	root  circuit.Ref
	level []int
}

// tooLarge lists models whose diagrams in this order take the peer more than a
// few seconds, and one that nobody has built.
var tooLarge = "das9701 nus9601"

func models(tb testing.TB) []*model {
	list := []*model{braid(9, 50), braid(12, 40), majority(200)}
	paths, _ := filepath.Glob(filepath.Join(os.Getenv("ARALIA"), "*.xml"))
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".xml")
		if strings.Contains(tooLarge, name) {
			continue
		}
		c, root, err := openpsa.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, &model{name: name, c: c, root: root})
	}
	for _, m := range list {
		m.order()
	}
	return list
}

// braid is a graph whose gates refer to a window of those before.
func braid(width, steps int) *model {
	c := circuit.New()
	var window []circuit.Ref
	for range width {
		window = append(window, c.Var())
	}
	for i := range steps {
		x, at := c.Var(), i%width
		window[at] = c.Or(c.And(window[at], window[(at+1)%width]), c.And(x, window[(at+2)%width]))
	}
	return &model{name: fmt.Sprintf("braid-%d-%d", width, steps), c: c, root: c.AtLeast(width/2, window...)}
}

// majority is true where at least half of n variables are.
func majority(n int) *model {
	c := circuit.New()
	var xs []circuit.Ref
	for range n {
		xs = append(xs, c.Var())
	}
	return &model{name: fmt.Sprintf("majority-%d", n), c: c, root: c.AtLeast(n/2, xs...)}
}

// order gives variables their levels.
func (m *model) order() {
	m.level = make([]int, m.c.NumVars())
	for v := range m.level {
		m.level[v] = -1
	}
	next := 0
	seen := make([]bool, m.c.Len())
	for todo := []circuit.Ref{m.root}; len(todo) > 0; {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x.Node()] {
			continue
		}
		seen[x.Node()] = true
		if v, ok := m.c.VarOf(x); ok {
			m.level[v] = next
			next++
		}
		args := m.c.Args(x)
		for i := len(args) - 1; i >= 0; i-- {
			todo = append(todo, args[i])
		}
	}
	for v := range m.level {
		if m.level[v] < 0 {
			m.level[v] = next
			next++
		}
	}
}

// gates calls f for each gate that the root needs, arguments first.
func (m *model) gates(f func(g circuit.Ref)) {
	for i, n := range m.c.Uses(m.root) {
		if g := circuit.MakeRef(i); n > 0 && len(m.c.Args(g)) > 0 {
			f(g)
		}
	}
}

// ours builds the diagram of the root.
func (m *model) ours(tb testing.TB) *bdd.Diagram {
	manager, err := bdd.New(tb.Context(), m.c.NumVars(), 1<<28)
	if err != nil {
		tb.Fatal(err)
	}
	value := make([]bdd.Ref, m.c.Len())
	for v, level := range m.level {
		if value[m.c.VarRef(v).Node()], err = manager.Level(level); err != nil {
			tb.Fatal(err)
		}
	}
	m.gates(func(g circuit.Ref) {
		var fs []bdd.Ref
		for _, x := range m.c.Args(g) {
			f := value[x.Node()]
			if x.Negated() {
				f = f.Not()
			}
			fs = append(fs, f)
		}
		var f bdd.Ref
		switch m.c.Kind(g) {
		case circuit.And:
			f, err = manager.And(fs...)
		case circuit.Or:
			f, err = manager.Or(fs...)
		case circuit.AtLeast:
			f, err = manager.AtLeast(m.c.Threshold(g), fs...)
		default:
			f, err = manager.Ite(fs[0], fs[1], fs[2])
		}
		if err != nil {
			tb.Fatal(err)
		}
		value[g.Node()] = f
	})
	f := value[m.root.Node()]
	if m.root.Negated() {
		f = f.Not()
	}
	return manager.Extract(f)
}

// theirs builds the same with the peer.
func (m *model) theirs(tb testing.TB) (*rudd.BDD, rudd.Node) {
	b, err := rudd.New(m.c.NumVars(), rudd.Nodesize(1<<16), rudd.Cachesize(1<<14), rudd.Cacheratio(25))
	if err != nil {
		tb.Fatal(err)
	}
	value := make([]rudd.Node, m.c.Len())
	for v, level := range m.level {
		value[m.c.VarRef(v).Node()] = b.Ithvar(level)
	}
	m.gates(func(g circuit.Ref) {
		var fs []rudd.Node
		for _, x := range m.c.Args(g) {
			f := value[x.Node()]
			if x.Negated() {
				f = b.Not(f)
			}
			fs = append(fs, f)
		}
		var f rudd.Node
		switch m.c.Kind(g) {
		case circuit.And:
			f = b.And(fs...)
		case circuit.Or:
			f = b.Or(fs...)
		case circuit.AtLeast:
			k := m.c.Threshold(g)
			count := make([]rudd.Node, k+1)
			count[0] = b.True()
			for j := range count[1:] {
				count[j+1] = b.False()
			}
			for i, x := range fs { // counts that cannot reach k are left out, as ours are
				for j := min(i+1, k); j > 0 && j >= k-(len(fs)-1-i); j-- {
					count[j] = b.Ite(x, count[j-1], count[j])
				}
			}
			f = count[k]
		default:
			f = b.Ite(fs[0], fs[1], fs[2])
		}
		value[g.Node()] = f
	})
	f := value[m.root.Node()]
	if m.root.Negated() {
		f = b.Not(f)
	}
	return b, f
}

// solutions counts the assignments at which the first root of d is true.
func solutions(d *bdd.Diagram, levels int) *big.Int {
	all := new(big.Int).Lsh(big.NewInt(1), uint(levels))
	count := make([]*big.Int, len(d.Nodes)) // over all levels, as if those above were free
	count[0] = all
	of := func(f bdd.Ref) *big.Int {
		if f.Negated() {
			return new(big.Int).Sub(all, count[f.Node()])
		}
		return count[f.Node()]
	}
	for i, n := range d.Nodes[1:] {
		sum := new(big.Int).Add(of(n.Hi), of(n.Lo))
		count[i+1] = sum.Rsh(sum, 1)
	}
	return of(d.Roots[0])
}

// TestSame: both count the same solutions.
func TestSame(t *testing.T) {
	for _, m := range models(t) {
		d := m.ours(t)
		if d.Size() > 50_000 {
			continue // the peer's count takes long
		}
		b, f := m.theirs(t)
		if got, want := solutions(d, m.c.NumVars()), b.Satcount(f); got.Cmp(want) != 0 {
			t.Errorf("%s: %v solutions, expected %v", m.name, got, want)
		}
	}
}

// BenchmarkBuild has the time of both in turn.
func BenchmarkBuild(b *testing.B) {
	for _, m := range models(b) {
		b.Run(m.name+"/ours", func(b *testing.B) {
			for b.Loop() {
				m.ours(b)
			}
		})
		b.Run(m.name+"/rudd", func(b *testing.B) {
			for b.Loop() {
				m.theirs(b)
			}
		})
	}
}
