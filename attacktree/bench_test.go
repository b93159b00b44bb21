package attacktree_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// BenchmarkEval computes all figures of one scenario with a program that has
// answered before.
func BenchmarkEval(b *testing.B) {
	families := []treegen.Family{
		treegen.Chain(64, 0.9), treegen.Fan(64, 0.1), treegen.Ladder(16, 0.9), treegen.Ladder(64, 0.9), treegen.Ladder(256, 0.9),
		treegen.KOfN(10, 64, 0.2), treegen.KOfN(32, 64, 0.5),
	}
	for nodes := 50; nodes <= 200; nodes *= 2 {
		families = append(families, treegen.Family{Name: fmt.Sprintf("shared/n=%d", nodes), Model: treegen.Shared(1, nodes, 10)})
	}
	families = append(families, treegen.Family{Name: "tree/n=10000", Model: treegen.Tree(1, 10_000)})
	for _, f := range families {
		b.Run(f.Name, func(b *testing.B) {
			p := compile(b, f.Model, "goal")
			eval(b, p, nil)
			b.ReportAllocs()
			for b.Loop() {
				eval(b, p, nil)
			}
		})
	}
}

// BenchmarkFirst computes all figures of one scenario with a program that has
// answered nothing yet.
func BenchmarkFirst(b *testing.B) {
	for _, f := range []treegen.Family{
		treegen.Fan(100_000, 0.00001),
		{Name: "tree/n=10000", Model: treegen.Tree(1, 10_000)},
	} {
		b.Run(f.Name, func(b *testing.B) {
			tree, err := attacktree.New(f.Model)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				p, err := attacktree.Compile(b.Context(), tree, &attacktree.Options{Goal: "goal"})
				if err != nil {
					b.Fatal(err)
				}
				eval(b, p, nil)
			}
		})
	}
}

// BenchmarkCompile makes the program of a tree and its first answer, with the
// diagram that this takes.
func BenchmarkCompile(b *testing.B) {
	ctx := context.Background()
	for _, f := range []treegen.Family{
		{Name: "ladder/n=64", Model: treegen.Ladder(64, 0.9).Model},
		{Name: "shared/n=100", Model: treegen.Shared(1, 100, 10)},
		{Name: "tree/n=10000", Model: treegen.Tree(1, 10_000)},
	} {
		b.Run(f.Name, func(b *testing.B) {
			tree, err := attacktree.New(f.Model)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				p, err := attacktree.Compile(ctx, tree, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.NewEvaluator().Likelihood(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoad goes from text to all figures.
func BenchmarkLoad(b *testing.B) {
	for _, steps := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("steps=%d", steps), func(b *testing.B) {
			m := treegen.Tree(1, steps)
			text := []byte(treegen.Text(&m))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				tree, err := attacktree.Parse("tree.atree", text)
				if err != nil {
					b.Fatal(err)
				}
				p, err := attacktree.Compile(b.Context(), tree, nil)
				if err != nil {
					b.Fatal(err)
				}
				eval(b, p, nil)
			}
		})
	}
}

// BenchmarkScenarios puts one set of controls after the other into an evaluator
// and asks for the likelihood only, as a comparison of thousands of sets does.
func BenchmarkScenarios(b *testing.B) {
	ctx := context.Background()
	for _, nodes := range []int{100, 200} {
		b.Run(fmt.Sprintf("shared-%d", nodes), func(b *testing.B) {
			m := treegen.Shared(1, nodes, 30)
			e := compile(b, m, "goal").NewEvaluator()
			sets := make([]*attacktree.Scenario, 64)
			for i := range sets {
				sets[i] = &attacktree.Scenario{}
				for j, k := range m.Controls {
					if (i*7+j*j)%3 == 0 {
						sets[i].Controls = append(sets[i].Controls, k.Name)
					}
				}
			}
			if _, err := e.Likelihood(ctx); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			count := 0
			for b.Loop() {
				if err := e.Set(sets[count%len(sets)]); err != nil {
					b.Fatal(err)
				}
				if _, err := e.Likelihood(ctx); err != nil {
					b.Fatal(err)
				}
				count++
			}
			b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "scenarios/s")
		})
	}
}

// BenchmarkAttacks lists the hundred cheapest minimal attacks.
func BenchmarkAttacks(b *testing.B) {
	for _, order := range []attacktree.Order{attacktree.ByCost, attacktree.ByLikelihood} {
		b.Run(fmt.Sprintf("shared-100/by=%s", order), func(b *testing.B) {
			p := compile(b, treegen.Shared(1, 100, 0), "goal")
			for b.Loop() {
				count := 0
				for _, err := range p.Attacks(b.Context(), nil, order) {
					if err != nil {
						b.Fatal(err)
					}
					if count++; count == 100 {
						break
					}
				}
			}
		})
	}
}
