package words

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Bounds hold as they are written, and are the nearest that do.
func TestBelowAbove(t *testing.T) {
	for _, c := range []struct{ x, below, above float64 }{
		{0, 0, 0}, {1, 1, 1}, {0.3, 0.3, 0.3}, {0.1 + 0.2, 0.3, 0.3},
		{9.9444413e-6, 9.94e-6, 9.95e-6}, {0.99999, 0.999, 1}, {1.0001, 1, 1.01},
		{123456, 123000, 124000}, {-0.12345, -0.124, -0.123}, {math.Inf(1), math.Inf(1), math.Inf(1)},
	} {
		if got := Below(c.x); got != c.below {
			t.Errorf("Below(%v) = %v, expected %v", c.x, got, c.below)
		}
		if got := Above(c.x); got != c.above {
			t.Errorf("Above(%v) = %v, expected %v", c.x, got, c.above)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 10000 {
		x := math.Pow(10, 40*r.Float64()-20)
		low, high := Below(x), Above(x)
		if low > x*(1+1e-12) || high < x*(1-1e-12) || high-low > 0.0101*x || Rounded(low) != low || Rounded(high) != high {
			t.Fatalf("%v is written as %v to %v", x, low, high)
		}
	}
}
