package mitigate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// An instance describes random trees of And and Or gates with controls, of which
// some act on several steps.
type instance struct{ steps, controls, shared, most int }

// program builds the instance of a seed: likelihoods from 5 to 70 %, controls
// that take away 30 to 95 % for 1 to 30.
func (x instance) program(tb testing.TB, seed uint64) (*attacktree.Tree, *attacktree.Program) {
	r := rand.New(rand.NewPCG(seed, 11))
	var m attacktree.Model
	var open []string
	for i := range x.steps {
		name := fmt.Sprintf("s%d", i)
		m.Nodes = append(m.Nodes, &attacktree.Node{Name: name, Gate: attacktree.Step, Likelihood: quantity.Exactly(0.05 + 0.65*r.Float64())})
		open = append(open, name)
	}
	for level := 0; len(open) > 1; level++ {
		var next []string
		for len(open) > 0 {
			n := min(2+r.IntN(3), len(open))
			if n == 1 {
				next, open = append(next, open[0]), nil
				continue
			}
			gate := []attacktree.Gate{attacktree.And, attacktree.Or}[level%2]
			name := fmt.Sprintf("g%d", len(m.Nodes))
			m.Nodes = append(m.Nodes, &attacktree.Node{Name: name, Gate: gate, Children: open[:n:n]})
			next, open = append(next, name), open[n:]
		}
		open = next
	}
	goal := m.Nodes[len(m.Nodes)-1]
	goal.Goal, goal.Impact = true, quantity.Exactly(1e6)
	for i := range x.controls {
		k := &attacktree.Control{Name: fmt.Sprintf("c%d", i), Cost: quantity.Exactly(float64(1 + r.IntN(30)))}
		n := 1
		if i < x.shared {
			n = 2 + r.IntN(x.most-1)
		}
		for _, s := range r.Perm(x.steps)[:n] {
			k.Effects = append(k.Effects, attacktree.Effect{
				Targets: []attacktree.Target{{Kind: attacktree.OnNode, Name: m.Nodes[s].Name}},
				Changes: []attacktree.Change{{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: quantity.Exactly(0.3 + 0.65*r.Float64()), Reduction: true}},
			})
		}
		m.Controls = append(m.Controls, k)
	}
	return compile(tb, m)
}

func BenchmarkFront(b *testing.B) {
	for _, x := range []instance{{100, 60, 0, 2}, {60, 40, 20, 3}, {100, 60, 20, 3}, {60, 40, 40, 4}} {
		for seed := range uint64(3) {
			b.Run(fmt.Sprintf("steps=%d/controls=%d/shared=%d/seed=%d", x.steps, x.controls, x.shared, seed), func(b *testing.B) {
				tree, p := x.program(b, seed)
				benchmarkFront(b, tree, p, nil)
			})
		}
	}
}

// Where all of sixty controls act on two to five steps, the search ends at its
// limit: what counts is how far the front is proved by then.
func BenchmarkFrontHostile(b *testing.B) {
	tree, p := instance{100, 60, 60, 5}.program(b, 0)
	for _, work := range []int64{5e7, 5e8, DefaultWork} {
		b.Run(fmt.Sprintf("work=%.0e", float64(work)), func(b *testing.B) {
			benchmarkFront(b, tree, p, &FrontOptions{MaxWork: work})
		})
	}
}

// benchmarkFront finds a front, and reports how much was searched, how many points
// it has and how far it is proved.
func benchmarkFront(b *testing.B, tree *attacktree.Tree, p *attacktree.Program, opt *FrontOptions) {
	for b.Loop() {
		f, err := Front(context.Background(), tree, p, opt)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(f.Searched), "nodes")
		b.ReportMetric(float64(len(f.Points)), "points")
		b.ReportMetric(100*f.Gap, "gap%")
	}
}
