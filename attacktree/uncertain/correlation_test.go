package uncertain_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// both is a goal of two steps whose chances are x and y.
func both(x, y, correlate string) string {
	return `param x ` + x + ` param y ` + y + "\n" + correlate + `
		goal and g { step a { likelihood x } step b { likelihood y } }`
}

// normalMean returns the mean of a function of a standard normal number, by the
// trapezoidal rule.
func normalMean(f func(z float64) float64) float64 {
	const h, reach = 0.05, 9
	sum := 0.0
	for z := -reach * 1.0; z <= reach; z += h {
		sum += h * distuv.UnitNormal.Prob(z) * f(z)
	}
	return sum
}

// Two steps of a goal that are both uniform, with the rank correlation r: the mean
// of their product is 1/4 + r/12, since that is what rank correlation means. With
// other laws it is an integral over two normal numbers, here taken anew.
func TestCorrelatedAnd(t *testing.T) {
	laws := map[string]quantity.Dist{
		"uniform(0, 1)":      {Kind: quantity.Uniform, A: 0, B: 1},
		"beta(2, 6)":         {Kind: quantity.Beta, A: 2, B: 6},
		"10%..60%":           {Kind: quantity.LogitNormal, A: 0.1, B: 0.6},
		"pert(0%, 10%, 90%)": {Kind: quantity.PERT, A: 0, M: 0.1, B: 0.9},
	}
	for _, c := range []struct {
		x, y string
		rank float64
	}{
		{"uniform(0, 1)", "uniform(0, 1)", 0.6},
		{"uniform(0, 1)", "uniform(0, 1)", -0.9},
		{"beta(2, 6)", "10%..60%", 0.7},
		{"pert(0%, 10%, 90%)", "beta(2, 6)", -0.4},
		{"10%..60%", "10%..60%", 0.99},
	} {
		r := 2 * math.Sin(math.Pi/6*c.rank)
		quantile := func(law string, z float64) float64 { return laws[law].Quantile(distuv.UnitNormal.CDF(z)) }
		want := normalMean(func(z float64) float64 {
			return quantile(c.x, z) * normalMean(func(w float64) float64 { return quantile(c.y, r*z+math.Sqrt(1-r*r)*w) })
		})
		if c.x == "uniform(0, 1)" && math.Abs(want-(0.25+c.rank/12)) > 1e-6 {
			t.Fatalf("the integral is %v, by hand it is %v", want, 0.25+c.rank/12)
		}
		p := compile(t, both(c.x, c.y, fmt.Sprintf("correlate x, y %.0f%%", 100*c.rank)))
		for _, sobol := range []bool{false, true} {
			s := simulate(t, p, &uncertain.Options{Samples: 1 << 16, Seed: 2, Sobol: sobol})
			spread := s.Spread(s.Scenarios[0].Column(uncertain.Likelihood))
			near(t, fmt.Sprintf("%+v, Sobol' %v", c, sobol), spread, want)
			if sobol && spread.SE > 1e-5 {
				t.Errorf("%+v: standard error %v by Sobol' sequences", c, spread.SE)
			}
		}
		r0, err := p.Eval(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !r0.AtMeans {
			t.Errorf("%+v: the value at the means is not labelled so", c)
		}
	}
}

// The ranks of what is drawn have the correlations that were given, by either
// kind of draws, in a model that imports nothing and shares much.
func TestRanksDrawn(t *testing.T) {
	p := compile(t, `param a 10%..30% param b beta(2, 5) param c 1k..9k param d pert(0%, 1%, 50%)
		param half 50% * b
		correlate a, half, d 40%
		correlate c, b -70%
		goal and g { step s { likelihood a cost c } step t { likelihood b } step u { likelihood half } step v { likelihood d } }`)
	want := map[string]float64{"a b": 0.4, "a d": 0.4, "b d": 0.4, "b c": -0.7}
	for _, sobol := range []bool{false, true} {
		const n = 1 << 15
		s := simulate(t, p, &uncertain.Options{Samples: n, Seed: 7, Sobol: sobol})
		ranks := make([][]float64, len(s.Numbers))
		drawn := s.Drawn()
		for i := range n {
			for j, x := range drawn(i) {
				ranks[j] = append(ranks[j], s.Numbers[j].Law.CDF(x))
			}
		}
		for i, a := range s.Numbers {
			for j, b := range s.Numbers[:i] {
				names := []string{a.Name, b.Name}
				slices.Sort(names)
				if got, w := stat.Correlation(ranks[i], ranks[j], nil), want[strings.Join(names, " ")]; math.Abs(got-w) > 4/math.Sqrt(n) {
					t.Errorf("%v: rank correlation %v, want %v", names, got, w)
				}
			}
		}
	}
}

// A correlation of 0 changes no draw. One of 100 % is a shared param, if the laws
// are the same, and at -100 % the one is as likely as the other is not.
func TestCorrelationEdges(t *testing.T) {
	of := func(correlate string) uncertain.Values {
		p := compile(t, both("uniform(0, 1)", "uniform(0, 1)", correlate))
		return simulate(t, p, &uncertain.Options{Samples: 30_000, Seed: 3}).Scenarios[0].Column(uncertain.Likelihood)
	}
	if !slices.Equal(of(""), of("correlate x, y 0")) {
		t.Error("a correlation of 0 changes draws")
	}
	near(t, "E[x²]", of("correlate x, y 100%").Spread(), 1.0/3)
	near(t, "E[x(1-x)]", of("correlate x, y -1").Spread(), 1.0/6)
	for _, p := range of("correlate x, y -1") {
		if p > 0.25 {
			t.Fatalf("x (1-x) is %v", p)
		}
	}
	shared := compile(t, `param x uniform(0, 1) goal and g { step a { likelihood x } step b { likelihood x } }`)
	if !slices.Equal(of("correlate x, y 1"), simulate(t, shared, &uncertain.Options{Samples: 30_000, Seed: 3}).Scenarios[0].Column(uncertain.Likelihood)) {
		t.Error("numbers that are the same differ from one number")
	}
}

// correlated is a model of much that may be uncertain, some of it correlated.
const correlated = model + `
	param left 10%..30% param right beta(2, 4) param far 1k..2k
	correlate left, right, share 50%
	correlate far, right -30%
	goal and extra { impact far  use g  step e { likelihood left } step f { likelihood right } }
	control m { cost 100k..300k on g { block } }`

// The same bytes for any number of workers and shards, with all that there is.
func TestSameBytesOfAll(t *testing.T) {
	tree, err := attacktree.Parse("all.atree", []byte(correlated))
	if err != nil {
		t.Fatal(err)
	}
	p, all := program(t, tree, "extra"), append(testScenarios()[:2], &attacktree.Scenario{Name: "m", Controls: []string{"m"}})
	for _, sobol := range []bool{false, true} {
		run := func(shard, shards, workers int) *uncertain.Simulation {
			s := simulate(t, p, &uncertain.Options{
				Samples: 4*1024 + 17, Seed: 3, Scenarios: all, Sobol: sobol, Workers: workers, Shard: shard, Shards: shards,
			})
			if err := s.Explore(t.Context(), p, all[1], uncertain.ExpectedImpact, 999); err != nil {
				t.Fatal(err)
			}
			if err := s.Weigh(t.Context(), p, all); err != nil {
				t.Fatal(err)
			}
			return s
		}
		whole := run(0, 0, 1)
		want := bytesOf(t, whole)
		sensitivity := fmt.Sprintf("%+v", whole.Sensitivity())
		information, err := whole.Information(t.Context())
		if err != nil || len(information.Numbers) == 0 || len(whole.Sensitivity().Effects) < 5 {
			t.Fatalf("%+v, %v", information, err)
		}
		for _, workers := range []int{2, 7} {
			if !bytes.Equal(bytesOf(t, run(0, 0, workers)), want) {
				t.Errorf("Sobol' %v: other bytes with %d workers", sobol, workers)
			}
		}
		for _, shards := range []int{2, 4, 5} {
			var parts []*uncertain.Simulation
			for i := range shards {
				read, err := uncertain.ReadPart(bytes.NewReader(bytesOf(t, run(shards-i, shards, 1+i%3))))
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, read)
			}
			merged, err := uncertain.Merge(parts...)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytesOf(t, merged), want) {
				t.Errorf("Sobol' %v: other bytes from %d shards", sobol, shards)
			}
			if got := fmt.Sprintf("%+v", merged.Sensitivity()); got != sensitivity {
				t.Errorf("Sobol' %v: %d shards have the sensitivities\n%s, want\n%s", sobol, shards, got, sensitivity)
			}
			if got, err := merged.Information(t.Context()); err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", information) {
				t.Errorf("Sobol' %v: %d shards have the information %+v, %v, want %+v", sobol, shards, got, err, information)
			}
		}
	}
}

// The sum of two uniform losses with rank correlation ρ, that of normal numbers
// being r. Given one of them, the other has the mean Φ(z r/√(2-r²)), whose variance
// is arcsin(r²/2)/2π; so the first index follows by hand. A third number that goes
// with nothing keeps its total index.
func TestCorrelatedIndices(t *testing.T) {
	const rank = 0.5
	p := compile(t, `param x uniform(0, 1) param y uniform(0, 1) param cost 1..2
		correlate x, y 50%
		correlate cost, x 50%
		goal or g { impact x likelihood 100% step a { likelihood 100% impact y cost cost } step b { likelihood 0.5 } step c { likelihood uniform(0, 1) impact 1 } }`)
	s := analyse(t, p, nil, uncertain.ExpectedImpact, 60_000)
	r := 2 * math.Sin(math.Pi/6*rank)
	variance := 1.0/6 + rank/6 + 1.0/12
	first := (1.0/12 + rank/6 + math.Asin(r*r/2)/(2*math.Pi)) / variance
	if s.Linear || s.Exact || math.Abs(s.Variance-variance) > 0.01*variance {
		t.Errorf("%+v, want the variance %v", s, variance)
	}
	for _, name := range []string{"x", "y"} {
		if e := effect(t, s, name); !e.Correlated || e.Total != 0 || e.TotalSE != 0 || math.Abs(e.First-first) > 4*e.FirstSE || e.FirstSE > 0.02 {
			t.Errorf("%+v, want the first index %v", e, first)
		}
	}
	// The cost changes nothing, and tells of x.
	if e := effect(t, s, "cost"); !e.Correlated || e.Low != e.High || math.Abs(e.First-(math.Asin(r*r/2)/(2*math.Pi))/variance) > 4*e.FirstSE {
		t.Errorf("%+v", e)
	}
	third := effect(t, s, "c.likelihood")
	if want := 1.0 / 12 / variance; third.Correlated || math.Abs(third.First-want) > 4*third.FirstSE+0.01*want || math.Abs(third.Total-want) > 4*third.TotalSE+0.01*want {
		t.Errorf("%+v, want both indices %v", third, want)
	}
}

// Where of correlated numbers one at most bears on the figure, slopes are exact for
// those that go with nothing.
func TestSlopesBesideCorrelations(t *testing.T) {
	p := compile(t, `param x uniform(0, 1) param cost 1..2 correlate x, cost 80%
		goal and g { step a { likelihood x cost cost } step b { likelihood uniform(50%, 100%) } }`)
	s := analyse(t, p, nil, uncertain.Likelihood, 20_000)
	const variance = 7.0/36 - 9.0/64 // as in TestProduct
	if !s.Linear || !s.Exact || math.Abs(s.Variance-variance) > 1e-12 {
		t.Errorf("%+v", s)
	}
	if e := effect(t, s, "b.likelihood"); e.FirstSE != 0 || math.Abs(e.First-1.0/4/48/variance) > 1e-9 {
		t.Errorf("%+v", e)
	}
	if e := effect(t, s, "x"); e.FirstSE == 0 || math.Abs(e.First-9.0/16/12/variance) > 4*e.FirstSE {
		t.Errorf("%+v", e)
	}
}

// What it is worth to know a cost that changes nothing, but goes with a loss: the
// mean loss given the cost is Φ(c z), with c = r/√(2-r²), and a control that costs
// the mean loss is chosen where that is above it.
func TestCorrelatedWorth(t *testing.T) {
	const impact = 1000
	p := compile(t, `param x uniform(0, 1) param cost 1..2 correlate x, cost 60%
		goal or g { impact 1000 step a { likelihood x cost cost } }
		control k { cost 500 on a { block } }`)
	all := []*attacktree.Scenario{{Name: "none"}, {Name: "k", Controls: []string{"k"}}}
	s := simulate(t, p, &uncertain.Options{Samples: 1 << 15, Seed: 1, Scenarios: all, Sobol: true})
	v, err := uncertain.Inform(t.Context(), p, s, all)
	if err != nil {
		t.Fatal(err)
	}
	r := 2 * math.Sin(math.Pi/6*0.6)
	want := impact * quad.Fixed(func(z float64) float64 {
		return distuv.UnitNormal.Prob(z) * (distuv.UnitNormal.CDF(z*r/math.Sqrt(2-r*r)) - 0.5)
	}, 0, 9, 200, quad.Legendre{}, 0)
	worth := map[string]float64{}
	for _, n := range v.Numbers {
		worth[n.Number] = n.Value
	}
	if v.Exact || math.Abs(v.Perfect-impact/8) > 4*v.SE+0.1 || math.Abs(worth["x"]-impact/8) > 1 || math.Abs(worth["cost"]-want) > 0.02*want {
		t.Errorf("%+v, want %v for the cost", v, want)
	}
}

// Parts with correlations, probes or choices that do not fit are refused.
func TestPartsOfAllRefused(t *testing.T) {
	p := compile(t, `param x uniform(0, 1) param y uniform(0, 1) correlate x, y 50% goal or g { impact 9 step a { likelihood x } step b { likelihood y } }`)
	one := []*attacktree.Scenario{{Name: "none"}}
	part := func(i, samples int, figure string) *uncertain.Simulation {
		s := simulate(t, p, &uncertain.Options{Samples: 3000, Shard: i, Shards: 2, Scenarios: one})
		if figure != "" {
			if err := s.Explore(t.Context(), p, nil, figure, samples); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Weigh(t.Context(), p, one); err != nil {
			t.Fatal(err)
		}
		return s
	}
	text := string(bytesOf(t, part(1, 100, uncertain.Likelihood)))
	if _, err := uncertain.ReadPart(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{
		{`"rank":0.5`, `"rank":1.5`}, {`"a":"x","b":"y"`, `"a":"x","b":"z"`}, {`"a":"x","b":"y"`, `"a":"x","b":"x"`},
		{`[{"a":"x","b":"y","rank":0.5}]`, `[{"a":"x","b":"y","rank":0.5},{"a":"y","b":"x","rank":0.5}]`},
		{`"name":"y"`, `"name":"x"`},
		{`"probe":{"figure":"likelihood"`, `"probe":{"figure":"annual_loss"`}, {`"samples":100,"first":0`, `"samples":100,"first":7`},
		{`"samples":100`, `"samples":1000`}, {`"samples":100`, `"samples":1`}, {`"samples":100`, `"samples":100000000`},
		{`"mixed":[`, `"mixed":["",`},
		{`"swings":[`, `"swings":[[1,2],`}, {`"lines":null`, `"lines":[]`}, {`"lines":null`, `"lines":[[{"at0":1}],[]]`},
	} {
		broken := strings.Replace(text, c.old, c.new, 1)
		if _, err := uncertain.ReadPart(strings.NewReader(broken)); err == nil || broken == text {
			t.Errorf("%s read as a part (changed: %v)", c.new, broken != text)
		}
	}
	for _, spoil := range []func(*uncertain.Probe){
		func(p *uncertain.Probe) { p.A[3] = math.Inf(1) },
		func(p *uncertain.Probe) { p.B = p.B[1:] },
		func(p *uncertain.Probe) { p.Mixed[1] = nil },
	} {
		s := part(1, 100, uncertain.Likelihood)
		spoil(s.Probe)
		if _, err := uncertain.ReadPart(bytes.NewReader(bytesOf(t, s))); err == nil {
			t.Error("a spoilt probe is read")
		}
	}
	for _, other := range []*uncertain.Simulation{part(2, 100, ""), part(2, 101, uncertain.Likelihood), part(2, 100, uncertain.ExpectedImpact)} {
		if _, err := uncertain.Merge(part(1, 100, uncertain.Likelihood), other); err == nil || !strings.Contains(err.Error(), "different studies") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := part(1, 100, uncertain.Likelihood).Information(t.Context()); err == nil || !strings.Contains(err.Error(), "whole simulation") {
		t.Errorf("error %v", err)
	}
}
