package uncertain_test

import (
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/uncertain"
)

func TestDistribution(t *testing.T) {
	d := uncertain.Values{4, 1, 3, 2, 10, 2, 2, 5, 9, 8}.Distribution() // 1 2 2 2 3 4 5 8 9 10
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"above 0", d.Above(0), 1}, {"above 2", d.Above(2), 0.6}, {"above 2.5", d.Above(2.5), 0.6}, {"above 10", d.Above(10), 0},
		{"at risk 0.5", d.AtRisk(0.5), 3}, {"at risk 0.51", d.AtRisk(0.51), 4}, {"at risk 0", d.AtRisk(0), 1}, {"at risk 1", d.AtRisk(1), 10},
		{"tail 0", d.Tail(0), 4.6}, {"tail 0.8", d.Tail(0.8), 9.5}, {"tail 0.85", d.Tail(0.85), (10 + 0.5*9) / 1.5}, {"tail 0.99", d.Tail(0.99), 10},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

// The exceedance curve of a step that always succeeds, whose loss is lognormal.
func TestCurve(t *testing.T) {
	p := compile(t, `goal step g { likelihood 100% impact 10..1000 attempts 0.5 }`)
	s := simulate(t, p, &uncertain.Options{Samples: 100_000, Seed: 8})
	d := s.Scenarios[0].Column(uncertain.YearLoss).Distribution()
	// A year of n attempts loses n times the drawn impact X: sum over n of
	// P(N = n) P(X > x/n).
	law := s.Numbers[0].Law
	above := func(x float64) float64 {
		sum, chance := 0.0, math.Exp(-0.5)
		for n := 1; n < 40; n++ {
			chance *= 0.5 / float64(n)
			sum += chance * (1 - law.CDF(x/float64(n)))
		}
		return sum
	}
	points := d.Curve()
	if last := points[len(points)-1].Chance; math.Abs(last-1e-4) > 1e-12 {
		t.Errorf("the curve ends at %v", last)
	}
	if want := 1 - math.Exp(-0.5); points[0].Loss != 0 || math.Abs(points[0].Chance-want) > 0.01 {
		t.Errorf("the curve begins at %v, want a loss in %v of the years", points[0], want)
	}
	for _, point := range points[1:] {
		want := above(point.Loss)
		if math.Abs(point.Chance-want) > 4*math.Sqrt(want/100_000) {
			t.Errorf("%v is exceeded with a chance of %v, want %v", point.Loss, point.Chance, want)
		}
		if got := d.Above(point.Loss); got > point.Chance+1e-12 || got < point.Chance-1.1e-5 {
			t.Errorf("the curve says %v and Above %v", point.Chance, got)
		}
	}
	if !slices.IsSortedFunc(points, func(a, b uncertain.Point) int { return int(b.Chance*1e9) - int(a.Chance*1e9) }) {
		t.Error("the curve is not in order")
	}
}

// Which of two steps is cheaper, where that is known.
func TestMinus(t *testing.T) {
	u, v := uncertain.Values{1, 2, 3, 4, math.Inf(1)}, uncertain.Values{2, 2, 1, 7, math.Inf(1)}
	d := new(uncertain.Simulation).Minus(u, v)
	if d.Mean != -2.0/5 || d.Lower != 3.0/5 || d.Least != -3 || d.Greatest != 2 {
		t.Errorf("found %+v", d)
	}
	// A and B are U(0,1) and U(0,2): P(A < B) = 3/4.
	p := compile(t, `goal or g { step a { likelihood uniform(0, 100%) } step b { likelihood uniform(0%, 100%) } }
		control noA { on a { block } } control noB { on b { block } on a { likelihood *0.5 } }`)
	s := simulate(t, p, &uncertain.Options{Samples: 40_000, Scenarios: scenariosOf("noB", "noA")})
	half, full := s.Scenarios[0].Column(uncertain.Likelihood), s.Scenarios[1].Column(uncertain.Likelihood)
	if got := s.Minus(half, full).Lower; math.Abs(got-0.75) > 0.01 {
		t.Errorf("lower with a chance of %v, want 3/4", got)
	}
	if best := s.Best(uncertain.Likelihood); math.Abs(best[0]-0.75) > 0.01 || math.Abs(best[0]+best[1]-1) > 1e-12 {
		t.Errorf("best with chances %v", best)
	}
	if s.Best(uncertain.AnnualLoss) != nil {
		t.Error("the best of a figure that is not there")
	}
	same := simulate(t, p, &uncertain.Options{Samples: 50, Scenarios: scenariosOf("noA", "noA")})
	if best := same.Best(uncertain.Likelihood); best[0] != 0.5 {
		t.Errorf("two that are the same are best with chances %v", best)
	}
}
