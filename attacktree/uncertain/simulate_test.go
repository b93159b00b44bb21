package uncertain_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

func compile(t testing.TB, src string) *attacktree.Program {
	t.Helper()
	tree, err := attacktree.Parse("test.atree", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return program(t, tree, "")
}

func program(t testing.TB, tree *attacktree.Tree, goal string) *attacktree.Program {
	t.Helper()
	p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func simulate(t testing.TB, p *attacktree.Program, opt *uncertain.Options) *uncertain.Simulation {
	t.Helper()
	s, err := uncertain.Simulate(t.Context(), p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scenarios are inherent, current and planned.
func scenarios(tree *attacktree.Tree) []*attacktree.Scenario {
	deployed, _ := tree.SetMembers("deployed")
	planned, _ := tree.SetMembers("planned")
	return []*attacktree.Scenario{{Name: "inherent"}, {Name: "current", Controls: deployed}, {Name: "planned", Controls: planned}}
}

// bytesOf is all that there is to say about a simulation.
func bytesOf(t *testing.T, s *uncertain.Simulation) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := uncertain.WritePart(&buf, s); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// near fails unless a simulated mean is within four standard errors.
func near(t *testing.T, what string, s uncertain.Spread, want float64) {
	t.Helper()
	if off := math.Abs(s.Mean - want); !(off <= 4*s.SE+1e-12*math.Abs(want)) {
		t.Errorf("%s: mean %v, standard error %v, want %v", what, s.Mean, s.SE, want)
	}
}

// What cannot be cut to independent chances: two steps that share a param.
func TestSharedParam(t *testing.T) {
	p := compile(t, `param x uniform(0, 1)
		goal and g { step a { likelihood x } step b { likelihood x } }`)
	s := simulate(t, p, &uncertain.Options{Samples: 50_000, Seed: 1})
	spread := s.Scenarios[0].Column(uncertain.Likelihood).Spread()
	near(t, "E[x²]", spread, 1.0/3)
	if want := math.Sqrt(4.0/45) / math.Sqrt(50_000); math.Abs(spread.SE-want) > 0.02*want {
		t.Errorf("standard error %v, want %v", spread.SE, want)
	}
	for _, q := range []struct{ got, u float64 }{{spread.P5, 0.05}, {spread.P50, 0.5}, {spread.P95, 0.95}} {
		if math.Abs(q.got-q.u*q.u) > 0.01 {
			t.Errorf("quantile %v is %v, want %v", q.u, q.got, q.u*q.u)
		}
	}
}

// exactMean returns the mean of a figure where the values at the means are not
// that: the integral over the params in turn, given which they are. It is exact to
// far more digits than a simulation has, since the figures are smooth in a param.
func exactMean(t *testing.T, p *attacktree.Program, sc *attacktree.Scenario, figure func(*attacktree.Result) *attacktree.Figure) float64 {
	t.Helper()
	r, err := p.Eval(t.Context(), sc)
	if err != nil {
		t.Fatal(err)
	}
	if !r.AtMeans {
		return figure(r).Value
	}
	for _, param := range p.Tree().Model().Params {
		if _, fixed := sc.Params[param.Name]; !fixed && !param.Value.Certain() {
			return quad.Fixed(func(u float64) float64 {
				given := *sc
				given.Params = maps.Clone(sc.Params)
				if given.Params == nil {
					given.Params = map[string]float64{}
				}
				given.Params[param.Name] = param.Value.Quantile(u)
				return exactMean(t, p, &given, figure)
			}, 0, 1, 40, quad.Legendre{}, 0)
		}
	}
	t.Fatal("the values are at the means though no param is uncertain")
	return 0
}

// The means of all figures of all examples.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.atree")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	compared := 0
	for _, file := range files {
		tree, err := attacktree.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, goal := range tree.Goals() {
			p, all := program(t, tree, goal), scenarios(tree)
			s := simulate(t, p, &uncertain.Options{Samples: 8000, Seed: 5, Scenarios: all})
			for i, sc := range all {
				r, err := p.Eval(t.Context(), sc)
				if err != nil {
					t.Fatal(err)
				}
				what := filepath.Base(file) + " " + goal + " " + sc.Name + " "
				for name, figure := range map[string]func(*attacktree.Result) *attacktree.Figure{
					uncertain.Likelihood:     func(r *attacktree.Result) *attacktree.Figure { return r.Likelihood },
					uncertain.ExpectedImpact: func(r *attacktree.Result) *attacktree.Figure { return r.ExpectedImpact },
					uncertain.AnnualLoss:     func(r *attacktree.Result) *attacktree.Figure { return r.AnnualLoss },
					uncertain.YearLoss:       func(r *attacktree.Result) *attacktree.Figure { return r.AnnualLoss },
				} {
					got := s.Scenarios[i].Column(name)
					if (got == nil) != (figure(r) == nil) {
						t.Fatalf("%s%s: there is one of two", what, name)
					}
					if got != nil {
						near(t, what+name, got.Spread(), exactMean(t, p, sc, figure))
						compared++
					}
				}
				if r.Uncertain == 0 && r.Cheapest != nil && r.Cheapest.Cost != nil {
					near(t, what+"cheapest", s.Scenarios[i].Column(uncertain.CheapestCost).Spread(), *r.Cheapest.Cost)
				}
			}
		}
	}
	if compared < 30 {
		t.Errorf("only %d figures were compared", compared)
	}
}

const model = `model "Test" { currency USD }
	param share 20%..60%
	adversary crime { skill 3 time 100d attempts 4..12 }
	goal or g {
	  impact 1M..5M
	  attempts 3
	  and a { step b { likelihood share cost 10..20 } step c { likelihood pert(10%, 40%, 60%) cost triangular(1, 2, 6) time 20d skill 2 } impact uniform(1k, 2k) }
	  step d { likelihood beta(2, 6) cost lognormal(10..40) time 30d..200d skill 3 }
	  condition quake { rate 0.1..0.3 impact 3k }
	}
	step inside { likelihood 30% cost 5 }
	control k { cost 1k..2k on b, d { likelihood -(60%..95%) cost +5 } bypassed by inside }
	control l { cost 1k on quake { likelihood -50% } on g { impact -50% } on c { block } }`

func testScenarios() []*attacktree.Scenario {
	return []*attacktree.Scenario{
		{Name: "none"}, {Name: "k", Controls: []string{"k"}}, {Name: "both", Controls: []string{"l", "k"}, Params: map[string]float64{"share": 0.5}},
		{Name: "crime", Adversary: "crime"},
	}
}

// The same bytes for any number of workers and shards, and from a written part.
func TestSameBytes(t *testing.T) {
	p := compile(t, model)
	opt := uncertain.Options{Samples: 4*1024 + 17, Seed: 3, Scenarios: testScenarios(), Workers: 1}
	want := bytesOf(t, simulate(t, p, &opt))
	for _, workers := range []int{0, 2, 7} {
		opt.Workers = workers
		if !bytes.Equal(bytesOf(t, simulate(t, p, &opt)), want) {
			t.Errorf("other bytes with %d workers", workers)
		}
	}
	for _, shards := range []int{1, 2, 4, 5} {
		var parts []*uncertain.Simulation
		for i := range shards {
			opt.Shard, opt.Shards, opt.Workers = shards-i, shards, i%3
			read, err := uncertain.ReadPart(bytes.NewReader(bytesOf(t, simulate(t, p, &opt))))
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, read)
		}
		whole, err := uncertain.Merge(parts...)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, whole), want) {
			t.Errorf("other bytes from %d shards", shards)
		}
	}
}

// A draw does not depend on how many there are; another seed gives others.
func TestDrawAlone(t *testing.T) {
	p := compile(t, model)
	long := simulate(t, p, &uncertain.Options{Samples: 3000, Seed: 1}).Scenarios[0].Column(uncertain.YearLoss)
	short := simulate(t, p, &uncertain.Options{Samples: 100, Seed: 1}).Scenarios[0].Column(uncertain.YearLoss)
	other := simulate(t, p, &uncertain.Options{Samples: 100, Seed: 2}).Scenarios[0].Column(uncertain.YearLoss)
	if !slices.Equal(long[:100], short) || slices.Equal(short, other) {
		t.Error("a draw depends on more than the seed and its number")
	}
}

// Every figure of a draw is what Eval says of the model with the numbers drawn.
func TestEveryDraw(t *testing.T) {
	src := `goal or g { impact 1M..5M  attempts uniform(1, 9)
		and a { step b { likelihood 10%..30% cost 10..20 } step c { likelihood pert(10%, 40%, 60%) cost triangular(1, 2, 6) } }
		step d { likelihood beta(2, 6) cost lognormal(5..40) } condition quake { rate 1..3 impact 30k } }`
	p := compile(t, src)
	s := simulate(t, p, &uncertain.Options{Samples: 50, Seed: 9})
	drawn := s.Drawn()
	for i := range 50 {
		m := *p.Tree().Model()
		m.Nodes = slices.Clone(m.Nodes)
		for j, x := range drawn(i) {
			name, attribute, _ := strings.Cut(s.Numbers[j].Name, ".")
			k := slices.IndexFunc(m.Nodes, func(n *attacktree.Node) bool { return n.Name == name })
			n := *m.Nodes[k]
			m.Nodes[k] = &n
			*map[string]*quantity.Value{"likelihood": &n.Likelihood, "cost": &n.Cost, "impact": &n.Impact, "attempts": &n.Attempts, "rate": &n.Rate}[attribute] = quantity.Exactly(x)
		}
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		r, err := program(t, tree, "").Eval(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for figure, want := range map[string]float64{
			uncertain.Likelihood: r.Likelihood.Value, uncertain.ExpectedImpact: r.ExpectedImpact.Value,
			uncertain.AnnualLoss: r.AnnualLoss.Value, uncertain.CheapestCost: *r.Cheapest.Cost,
		} {
			if got := s.Scenarios[0].Column(figure)[i]; math.Abs(got-want) > 1e-12*want {
				t.Errorf("draw %d: %s is %v, want %v", i, figure, got, want)
			}
		}
	}
}

// Years of random models, with bypasses, accidents, assumptions and more: their
// mean is the annual loss, and more controls never lose more.
func TestYears(t *testing.T) {
	n := uint64(40)
	if testing.Short() {
		n = 10
	}
	compared := 0
	for seed := range n {
		o := treegen.Everything
		o.Impacts, o.Accidents = 1, 0.6
		m := treegen.Random(seed, o)
		for _, v := range m.Nodes {
			if v.Goal {
				v.Attempts = quantity.Exactly(float64(1 + seed%5*30))
			}
		}
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		all := []*attacktree.Scenario{{Name: "none"}}
		for _, c := range m.Controls {
			all = append(all, &attacktree.Scenario{Controls: append(slices.Clone(all[len(all)-1].Controls), c.Name)})
		}
		p := program(t, tree, tree.Goals()[0])
		s := simulate(t, p, &uncertain.Options{Samples: 2048, Seed: seed, Scenarios: all})
		var before uncertain.Values
		for _, sc := range s.Scenarios {
			years, annual := sc.Column(uncertain.YearLoss), sc.Column(uncertain.AnnualLoss)
			if years == nil {
				continue
			}
			compared++
			off := make(uncertain.Values, len(years))
			for i := range years {
				off[i] = years[i] - annual[i]
				if before != nil && years[i] > before[i]*(1+1e-12) {
					t.Fatalf("model %d, draw %d: a control raises the loss from %v to %v", seed, i, before[i], years[i])
				}
			}
			near(t, "off the annual loss", off.Spread(), 0)
			before = years
		}
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// A compound Poisson sum: its mean and its variance are those of the law.
func TestYearVariance(t *testing.T) {
	for _, attempts := range []float64{0.5, 3, 200} {
		p := compile(t, `goal step g { likelihood 30% impact 100 attempts `+quantity.Exactly(attempts).String()+` }`)
		v := simulate(t, p, &uncertain.Options{Samples: 20_000, Seed: 4}).Scenarios[0].Column(uncertain.YearLoss)
		near(t, "mean", v.Spread(), 30*attempts)
		squares := make(uncertain.Values, len(v))
		for i, x := range v {
			squares[i] = (x - 30*attempts) * (x - 30*attempts)
		}
		near(t, "variance", squares.Spread(), 0.3*attempts*100*100)
	}
}

func TestPrecision(t *testing.T) {
	p := compile(t, `param x uniform(0, 1) goal step g { likelihood x }`)
	s := simulate(t, p, &uncertain.Options{Samples: 1 << 20, Precision: 0.005, Seed: 1})
	spread := s.Scenarios[0].Column(uncertain.Likelihood).Spread()
	// The standard error is 0.577 of the mean by the root of the draws.
	if s.Samples != 16384 || s.Count != s.Samples || s.Most != 1<<20 || spread.SE > 0.005*spread.Mean {
		t.Errorf("%d draws, standard error %v", s.Samples, spread.SE)
	}
	whole := simulate(t, p, &uncertain.Options{Samples: 16384, Seed: 1})
	if !slices.Equal(whole.Scenarios[0].Column(uncertain.Likelihood), s.Scenarios[0].Column(uncertain.Likelihood)) {
		t.Error("a study that ends at a precision has other draws")
	}
	if s := simulate(t, p, &uncertain.Options{Samples: 3000, Precision: 1e-9}); s.Samples != 3000 {
		t.Errorf("%d draws, want all 3000", s.Samples)
	}
}

func TestNoAttackLeft(t *testing.T) {
	p := compile(t, `goal step g { cost 5..10 likelihood 50% } control k { on g { block } }`)
	s := simulate(t, p, &uncertain.Options{Samples: 100, Scenarios: []*attacktree.Scenario{{Controls: []string{"k"}}}})
	if c := s.Scenarios[0].Column(uncertain.CheapestCost).Spread(); !math.IsInf(c.Mean, 1) || !math.IsInf(c.P5, 1) || c.SE != 0 {
		t.Errorf("an attack that is not there costs %v", c)
	}
	if s.Scenarios[0].Column(uncertain.YearLoss) != nil {
		t.Error("a loss without an impact")
	}
}

func TestRefused(t *testing.T) {
	p := compile(t, model)
	for _, c := range []struct {
		opt  uncertain.Options
		want string
	}{
		{uncertain.Options{Samples: -1}, "expected 1 to"},
		{uncertain.Options{Samples: 1 << 40}, "expected 1 to"},
		{uncertain.Options{Workers: -1}, "workers"},
		{uncertain.Options{Precision: math.NaN()}, "precision"},
		{uncertain.Options{Precision: 1}, "precision"},
		{uncertain.Options{Shard: 3, Shards: 2}, "found 3 of 2"},
		{uncertain.Options{Shard: 1}, "found 1 of 0"},
		{uncertain.Options{Shards: 2}, "found 0 of 2"},
		{uncertain.Options{Samples: 2000, Shard: 1, Shards: 3}, "no more shards than 2"},
		{uncertain.Options{Precision: 0.1, Shard: 1, Shards: 2}, "cannot be split"},
		{uncertain.Options{Scenarios: []*attacktree.Scenario{{Controls: []string{"x"}}}}, "no control is called"},
		{uncertain.Options{Scenarios: []*attacktree.Scenario{{Params: map[string]float64{"x": 1}}}}, "no param is called"},
	} {
		if _, err := uncertain.Simulate(t.Context(), p, &c.opt); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.opt, err, c.want)
		}
	}
	often := compile(t, `goal step g { likelihood 50% impact 1 attempts 2M }`)
	if _, err := uncertain.Simulate(t.Context(), often, nil); err == nil || !strings.Contains(err.Error(), "events in a year") {
		t.Errorf("two million attempts: %v", err)
	}
}

func TestMergeRefused(t *testing.T) {
	p := compile(t, model)
	part := func(i int, seed uint64) *uncertain.Simulation {
		return simulate(t, p, &uncertain.Options{Samples: 3000, Seed: seed, Shard: i, Shards: 3})
	}
	for want, parts := range map[string][]*uncertain.Simulation{
		"found none":                   nil,
		"draws 0 to 1023 are in no":    {part(2, 1), part(3, 1)},
		"draws 1024 to 2047 are in no": {part(1, 1), part(3, 1)},
		"draws 2048 to 2999 are in no": {part(1, 1), part(2, 1)},
		"draw 0 is in two":             {part(1, 1), part(1, 1)},
		"the seed: 1 in draws 0 to 1023, 2 in draws 1024 to 2047": {part(1, 1), part(2, 2), part(3, 1)},
	} {
		if _, err := uncertain.Merge(parts...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	set := simulate(t, p, &uncertain.Options{Samples: 3000, Seed: 1, Shard: 2, Shards: 3,
		Scenarios: []*attacktree.Scenario{{Name: "inherent", Params: map[string]float64{"share": 0.25}}}})
	if _, err := uncertain.Merge(part(1, 1), set, part(3, 1)); err == nil || !strings.Contains(err.Error(), "the params set: none in draws 0 to 1023, share=0.25 in draws 1024 to 2047") {
		t.Errorf("error %v", err)
	}
	elsewhere := part(2, 1)
	elsewhere.Model.File = "elsewhere.atree"
	if whole, err := uncertain.Merge(elsewhere, part(3, 1), part(1, 1)); err != nil || whole.Model.File != part(1, 1).Model.File {
		t.Errorf("parts of a file in two places: %v", err)
	}
	text := string(bytesOf(t, part(1, 1)))
	for broken, want := range map[string]string{
		"": "found nothing", text[:2000]: "cut off", "# No JSON": "something else, at byte 1", "{}": "found something else",
		"[]": "another kind", text + text: "more behind", text + "x": "more behind",
		strings.Replace(text, `"values":"`, `"values":"AAAA`, 1): "broken values",
	} {
		if _, err := uncertain.ReadPart(strings.NewReader(broken)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	for figure, wrong := range map[string]float64{uncertain.Likelihood: 1.1, uncertain.ExpectedImpact: -1} {
		odd := part(1, 1)
		odd.Scenarios[0].Column(figure)[7] = wrong
		if _, err := uncertain.ReadPart(bytes.NewReader(bytesOf(t, odd))); err == nil || !strings.Contains(err.Error(), figure) {
			t.Errorf("a part with %s %v: error %v", figure, wrong, err)
		}
	}
	for _, c := range []struct{ old, new string }{
		{`"part":2`, `"part":1`}, {`"count":1024`, `"count":1025`}, {`"count":1024`, `"count":-1`}, {`"first":0`, `"first":-5`}, {`"samples":3000`, `"samples":10`},
		{`{"part"`, `["part"`}, {`"values":"`, `"values":"!`}, {`"law":{"Kind":6`, `"law":{"Kind":77`}, {`"scenarios":[`, `"scenarios":[],"x":[`},
		{`"figure":"likelihood"`, `"figure":"luck"`}, {`"figure":"likelihood"`, `"figure":"year_loss"`}, {`"columns":[`, `"columns":[],"x":[`},
	} {
		broken := strings.Replace(text, c.old, c.new, 1)
		if _, err := uncertain.ReadPart(strings.NewReader(broken)); err == nil || broken == text {
			t.Errorf("%s read as a part (changed: %v)", c.new, broken != text)
		}
	}
}

// A study under way ends with its context.
func TestCancelled(t *testing.T) {
	p := compile(t, model)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := uncertain.Simulate(ctx, p, &uncertain.Options{Samples: 1 << 22, Progress: func(int) { cancel() }})
	if err == nil || ctx.Err() == nil {
		t.Errorf("error %v", err)
	}
}

// scenariosOf has one control in each.
func scenariosOf(controls ...string) []*attacktree.Scenario {
	var out []*attacktree.Scenario
	for _, c := range controls {
		out = append(out, &attacktree.Scenario{Name: c, Controls: []string{c}})
	}
	return out
}

// Sobol' sequences: closer to the exact mean than random draws, and just as
// independent of shards and workers.
func TestSobol(t *testing.T) {
	p := compile(t, pivot)
	opt := uncertain.Options{Samples: 8 * 1024, Seed: 2, Sobol: true}
	s := simulate(t, p, &opt)
	v := s.Scenarios[0].Column(uncertain.Likelihood)
	spread := s.Spread(v)
	near(t, "likelihood", spread, 0.333355)
	if random := v.Spread().SE; spread.SE > random/10 {
		t.Errorf("standard error %v, of random draws %v", spread.SE, random)
	}
	var parts []*uncertain.Simulation
	for i := range 3 {
		opt.Shard, opt.Shards, opt.Workers = i+1, 3, i+1
		parts = append(parts, simulate(t, p, &opt))
	}
	whole, err := uncertain.Merge(parts...)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytesOf(t, whole), bytesOf(t, s)) {
		t.Error("other bytes from shards")
	}
	if _, err := uncertain.Simulate(t.Context(), p, &uncertain.Options{Samples: 31, Sobol: true}); err == nil {
		t.Error("31 samples in 16 sequences")
	}
}

// Whatever is read as a part can be written, read again and summed up.
func FuzzReadPart(f *testing.F) {
	p := compile(f, pivot)
	var buf bytes.Buffer
	for shard := range 2 {
		s := simulate(f, p, &uncertain.Options{Samples: 1030, Shard: shard + 1, Shards: 2, Sobol: shard == 1})
		s.Scenarios[0].Columns = s.Scenarios[0].Columns[:1+shard]
		buf.Reset()
		if err := uncertain.WritePart(&buf, s); err != nil {
			f.Fatal(err)
		}
		f.Add(slices.Clone(buf.Bytes()))
	}
	p = compile(f, `param x uniform(0, 1) param y uniform(0, 1) correlate x, y 50%
		goal and g { impact 9  step a { likelihood x } step b { likelihood y } }`)
	one := []*attacktree.Scenario{{Name: "none"}}
	for shard := range 3 {
		s := simulate(f, p, &uncertain.Options{Samples: 1030, Shard: shard, Shards: 2 * min(shard, 1), Scenarios: one})
		if err := s.Explore(f.Context(), p, nil, uncertain.Likelihood, 10); err != nil {
			f.Fatal(err)
		}
		if err := s.Weigh(f.Context(), p, one); err != nil {
			f.Fatal(err)
		}
		buf.Reset()
		if err := uncertain.WritePart(&buf, s); err != nil {
			f.Fatal(err)
		}
		f.Add(slices.Clone(buf.Bytes()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := uncertain.ReadPart(bytes.NewReader(data))
		if err != nil {
			return
		}
		once := bytesOf(t, s)
		again, err := uncertain.ReadPart(bytes.NewReader(once))
		if err != nil || !bytes.Equal(bytesOf(t, again), once) {
			t.Fatalf("not the same after writing: %v", err)
		}
		if whole, err := uncertain.Merge(s); err == nil {
			whole.Drawn()(0)
			whole.Sensitivity()
			if _, err := whole.Information(t.Context()); err != nil {
				t.Errorf("no information: %v", err)
			}
			for _, c := range whole.Scenarios[0].Columns {
				whole.Spread(c.Values)
				whole.Best(c.Figure)
				whole.Minus(c.Values, whole.Scenarios[0].Column(uncertain.Likelihood))
				c.Values.Distribution().Curve()
			}
		}
	})
}

// A study that would take more memory than it may is refused before it is drawn,
// unless it ends at a precision before.
func TestMemory(t *testing.T) {
	p := compile(t, model)
	var large *uncertain.MemoryError
	opt := uncertain.Options{Samples: 1 << 28, MaxBytes: 1 << 20}
	if _, err := uncertain.Simulate(t.Context(), p, &opt); !errors.As(err, &large) || large.Most != 1<<20 || large.Bytes < 8<<28 {
		t.Errorf("error %v", err)
	}
	opt.Precision = 0.5
	if s, err := uncertain.Simulate(t.Context(), p, &opt); err != nil || s.Samples > 1<<14 {
		t.Errorf("with a precision: %v", err)
	}
}
