package uncertain_test

import (
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// BenchmarkSimulate draws graphs of some hundred steps with uncertain
// likelihoods a million times.
func BenchmarkSimulate(b *testing.B) {
	laws := map[string]quantity.Dist{
		"beta":  {Kind: quantity.Beta, A: 2, B: 6},
		"range": {Kind: quantity.LogitNormal, A: 0.05, B: 0.4},
	}
	for _, name := range []string{"beta", "range"} {
		for _, family := range []treegen.Family{treegen.Fan(100, 0.3), treegen.Ladder(33, 0.3), treegen.KOfN(5, 100, 0.1)} {
			m := family.Model
			steps := 0
			for _, n := range m.Nodes {
				if n.Gate == attacktree.Step {
					law := laws[name]
					law.A *= 1 + float64(steps)/1000 // a table each
					n.Likelihood = quantity.Value{Dist: law}
					steps++
				}
			}
			tree, err := attacktree.New(m)
			if err != nil {
				b.Fatal(err)
			}
			p := program(b, tree, "")
			b.Run(fmt.Sprintf("%s/%s/steps=%d", name, family.Name, steps), func(b *testing.B) {
				for b.Loop() {
					simulate(b, p, &uncertain.Options{Samples: 1_000_000})
				}
			})
		}
	}
}
