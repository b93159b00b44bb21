package mitigate

import (
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// The front of the cost of defences against that of the cheapest attack, of random
// attack-defence trees as large as the largest of Copae, Soltani and
// Lopuhaä-Zwakenberg (Attack-defense trees with offensive and defensive
// attributes, 2025), whose worst one of that size took 811 s there.
func BenchmarkFrontDefended(b *testing.B) {
	for _, repeated := range []float64{0, 0.1, 0.2, 0.3} {
		for seed := range uint64(3) {
			b.Run(fmt.Sprintf("nodes=322/defences=86/repeated=%v/seed=%d", repeated, seed), func(b *testing.B) {
				tree, p := compile(b, treegen.Defended(seed, 322, 86, repeated))
				benchmarkFront(b, tree, p, &FrontOptions{Objective: CheapestCost})
			})
		}
	}
}
