package uncertain

import (
	"math"
	"testing"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// A table is as good as it promises, for wide laws and narrow ones, in the middle
// and at the ends, and is rarely passed by.
func TestQuantiles(t *testing.T) {
	laws := []quantity.Dist{
		{Kind: quantity.Point, A: 3}, {Kind: quantity.Uniform, A: 2, B: 5}, {Kind: quantity.Triangular, A: 2, M: 2, B: 5},
		{Kind: quantity.PERT, A: 0.3, M: 0.5, B: 0.8}, {Kind: quantity.PERT, A: 0, M: 0.02, B: 1}, {Kind: quantity.PERT, A: 5, M: 5, B: 5},
		{Kind: quantity.Beta, A: 4, B: 16}, {Kind: quantity.Beta, A: 0.2, B: 0.3}, {Kind: quantity.Beta, A: 0.01, B: 4},
		{Kind: quantity.Beta, A: 2e4, B: 3e5}, {Kind: quantity.Beta, A: 1, B: 1}, {Kind: quantity.Beta, A: 10, B: 10},
		{Kind: quantity.LogNormal, A: 20e6, B: 80e6}, {Kind: quantity.LogNormal, A: 1, B: 1e6},
		{Kind: quantity.LogitNormal, A: 0.1, B: 0.3}, {Kind: quantity.LogitNormal, A: 1e-6, B: 0.999}, {Kind: quantity.LogitNormal, A: 0.3, B: 0.3001},
	}
	u := make([]float64, 1)
	for _, law := range laws {
		q := newQuantile(law)
		width := law.Quantile(0.95) - law.Quantile(0.05)
		passed := 0.0 // probability of the cells without a cubic
		for i, c := range append(q.below, q.above...) {
			if c[0] != c[0] {
				cell := firstCell + uint64(i%(octaves*perOctave))
				passed += math.Float64frombits((cell+1)<<mantissa) - math.Float64frombits(cell<<mantissa)
			}
		}
		worst := 0.0
		for i := range uint64(4000) {
			keyed(1).uniforms(u, i, forNumbers)
			for _, u := range []float64{u[0], u[0] / 1000, 1 - u[0]/1000} {
				x := law.Quantile(u)
				worst = max(worst, math.Abs(q.at(u)-x)/max(width, x))
			}
		}
		t.Logf("%v: off by %.1g; the law is asked %.1g of the time", law, worst, passed)
		if worst > Tolerance || q.at(0.5) != law.Quantile(0.5) {
			t.Errorf("%v: off by %g", law, worst)
		}
		if passed > 0.5 { // the worst are laws with all their chance at both ends
			t.Errorf("%v: the law is asked %g of the time", law, passed)
		}
	}
}

func BenchmarkQuantile(b *testing.B) {
	q := newQuantile(quantity.Dist{Kind: quantity.Beta, A: 4, B: 16})
	u := make([]float64, 1024)
	keyed(1).uniforms(u, 0, forNumbers)
	for i := 0; b.Loop(); i++ {
		q.at(u[i&1023])
	}
}
