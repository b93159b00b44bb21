package uncertain_test

import (
	"math"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

func tolerance(t *testing.T, limits ...uncertain.Limit) uncertain.RiskTolerance {
	t.Helper()
	out, err := uncertain.NewRiskTolerance(limits...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTolerance(t *testing.T) {
	got := tolerance(t, uncertain.Limit{Loss: 10, Chance: 0.01}, uncertain.Limit{Loss: 1, Chance: 0.1})
	if got[0].Loss != 1 || got[1].Loss != 10 {
		t.Errorf("not in the order of losses: %v", got)
	}
	for _, limits := range [][]uncertain.Limit{
		nil,
		{{Loss: -1, Chance: 0.1}}, {{Loss: math.NaN(), Chance: 0.1}}, {{Loss: math.Inf(1), Chance: 0.1}},
		{{Loss: 1, Chance: 0}}, {{Loss: 1, Chance: 1}}, {{Loss: 1, Chance: math.NaN()}},
		{{Loss: 1, Chance: 0.1}, {Loss: 1, Chance: 0.2}},
		{{Loss: 1, Chance: 0.1}, {Loss: 2, Chance: 0.1}},
		{{Loss: 10, Chance: 0.1}, {Loss: 1, Chance: 0.01}},
	} {
		if got, err := uncertain.NewRiskTolerance(limits...); err == nil {
			t.Errorf("%v is accepted as %v", limits, got)
		}
	}
}

// The interval of Clopper and Pearson by its definition: at its lower end, k or
// more of n draws are as unlikely as half of what lies outside; at its upper end,
// k or fewer.
func TestJudge(t *testing.T) {
	binomial := func(n, k int, p float64) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	limit := tolerance(t, uncertain.Limit{Loss: 1, Chance: 0.1})
	for _, n := range []int{1, 2, 50, 1000} {
		for _, k := range []int{0, 1, n / 20, n / 10, n / 2, n - 1, n} {
			draws := make(uncertain.Values, n)
			for i := range k {
				draws[i] = 2
			}
			v := draws.Distribution().Judge(limit)[0]
			if v.Found != float64(k)/float64(n) || v.Low > v.Found || v.High < v.Found {
				t.Errorf("%d of %d: %+v", k, n, v)
			}
			more, fewer := 0.0, 0.0
			for i := k; i <= n; i++ {
				more += binomial(n, i, v.Low)
			}
			for i := 0; i <= k; i++ {
				fewer += binomial(n, i, v.High)
			}
			const half = (1 - uncertain.Confidence) / 2
			if k == 0 && v.Low != 0 || k > 0 && math.Abs(more-half) > 1e-9 {
				t.Errorf("%d of %d: at the lower end %v as many have a chance of %v", k, n, v.Low, more)
			}
			if k == n && v.High != 1 || k < n && math.Abs(fewer-half) > 1e-9 {
				t.Errorf("%d of %d: at the upper end %v as few have a chance of %v", k, n, v.High, fewer)
			}
			if v.Exceeded() && v.Kept() {
				t.Errorf("%d of %d: exceeded and kept", k, n)
			}
		}
	}
}

// A certain loss of 1 in each of a Poisson number of attempts: the exceedance is
// known, and the verdict finds it.
func TestJudgeYears(t *testing.T) {
	p := compile(t, `goal step g { likelihood 100% impact 1 attempts 0.5 }`)
	s := simulate(t, p, &uncertain.Options{Samples: 100_000, Seed: 3})
	d := s.Scenarios[0].Column(uncertain.YearLoss).Distribution()
	none := math.Exp(-0.5)
	want := []float64{1 - none, 1 - 1.5*none, 1 - 1.625*none}
	verdicts := d.Judge(tolerance(t, uncertain.Limit{Loss: 0.5, Chance: 0.38}, uncertain.Limit{Loss: 1, Chance: 0.1}, uncertain.Limit{Loss: 2, Chance: want[2]}))
	for i, v := range verdicts {
		if v.Low > want[i] || v.High < want[i] {
			t.Errorf("%v is exceeded with a chance of %v, found %v to %v", v.Loss, want[i], v.Low, v.High)
		}
	}
	if exceeded, kept := verdicts[0].Exceeded(), verdicts[1].Kept(); !exceeded || !kept {
		t.Errorf("39 %% exceed 38 %%: %v; 9 %% keep 10 %%: %v", exceeded, kept)
	}
	if v := verdicts[2]; v.Exceeded() || v.Kept() {
		t.Errorf("what is exactly at the limit is decided: %+v", v)
	}
}

// Some figures are the same as all, without the rest.
func TestFigures(t *testing.T) {
	p := compile(t, `goal step g { likelihood 5%..20% cost 3..9 impact 1..10 attempts 2 } control c { cost 1 on g { likelihood *0.5 } }`)
	opt := &uncertain.Options{Samples: 500, Seed: 3, Scenarios: []*attacktree.Scenario{{}, {Controls: []string{"c"}}}}
	all := simulate(t, p, opt)
	some := *opt
	some.Figures = []string{uncertain.TotalCost}
	few := simulate(t, p, &some)
	for k := range all.Scenarios {
		if n := len(few.Scenarios[k].Columns); n != 2 {
			t.Errorf("%d columns, want the total cost and the expected impact", n)
		}
		for _, figure := range []string{uncertain.TotalCost, uncertain.ExpectedImpact} {
			got := few.Scenarios[k].Column(figure)
			for i, want := range all.Scenarios[k].Column(figure) {
				if got[i] != want {
					t.Fatalf("%s of draw %d is %v, alone %v", figure, i, want, got[i])
				}
			}
		}
	}
	some.Figures = []string{"risk"}
	if _, err := uncertain.Simulate(t.Context(), p, &some); err == nil {
		t.Error("risk is a figure")
	}
}
