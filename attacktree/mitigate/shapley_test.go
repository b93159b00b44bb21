package mitigate

import (
	"context"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// bySubsets computes Shapley values from their definition, by the risk of each
// set of controls on top of those of the scenario.
func bySubsets(t *testing.T, p *attacktree.Program, controls []string, s attacktree.Scenario) []risk {
	t.Helper()
	e := p.NewEvaluator()
	n := len(controls)
	of := make([]risk, 1<<n)
	base := s.Controls
	for set := range of {
		s.Controls = slices.Clone(base)
		for i, c := range controls {
			if set>>i&1 == 1 {
				s.Controls = append(s.Controls, c)
			}
		}
		if err := e.Set(&s); err != nil {
			t.Fatal(err)
		}
		l, err := e.Likelihood(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		i, err := e.ExpectedImpact(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		of[set] = risk{i.Value, l.Value}
	}
	values := make([]risk, n)
	for set := range of {
		for i := range controls {
			if set>>i&1 == 0 {
				c := bits.OnesCount(uint(set))
				weight := math.Gamma(float64(c+1)) * math.Gamma(float64(n-c)) / math.Gamma(float64(n+1))
				values[i] = values[i].plus(weight, of[set].plus(-1, of[set|1<<i]))
			}
		}
	}
	return values
}

func close(a, b, scale float64) bool { return math.Abs(a-b) <= 1e-9*scale+1e-14 }

// Fair shares of random models, by their definition: with shared steps,
// bypasses, effects on gates and on impacts, and with adversaries.
func TestShapley(t *testing.T) {
	ctx := context.Background()
	options := treegen.Everything
	options.Controls = 6
	for seed := range uint64(300) {
		m := treegen.Random(seed, options)
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		opt := &Options{}
		if seed%3 == 0 && len(m.Adversaries) > 0 {
			opt.Adversary = m.Adversaries[0].Name
		}
		p, err := attacktree.Compile(ctx, tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		all, _ := tree.SetMembers("all")
		want := bySubsets(t, p, all, *opt.scenario("", nil))
		values, err := Values(ctx, tree, p, opt)
		if err != nil {
			t.Fatal(err)
		}
		var likelihood, impact float64
		for i := range want {
			likelihood += math.Abs(want[i].likelihood)
			impact += math.Abs(want[i].impact)
		}
		for i, v := range values {
			if !close(*v.ShapleyLikelihood, want[i].likelihood, likelihood) {
				t.Errorf("seed %d, %s, likelihood: expected %v, found %v", seed, v.Control, want[i].likelihood, *v.ShapleyLikelihood)
			}
			if v.Shapley != nil && !close(*v.Shapley, want[i].impact, impact) {
				t.Errorf("seed %d, %s: expected %v, found %v", seed, v.Control, want[i].impact, *v.Shapley)
			}
		}
	}
}

// Shares that are sampled add up to the whole reduction as the exact ones do,
// and lie within a few standard errors of them.
func TestShapleySampled(t *testing.T) {
	ctx := context.Background()
	checked := 0
	for seed := range uint64(40) {
		options := treegen.Everything
		options.Controls = 5
		tree, err := attacktree.New(treegen.Random(seed, options))
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(ctx, tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Structure(nil)
		if err != nil {
			t.Fatal(err)
		}
		g, _, err := newGame(ctx, s, nil, []int32{0, 1, 2, 3, 4}[:len(tree.Model().Controls)], len(tree.Model().Controls))
		if err != nil {
			t.Fatal(err)
		}
		exact, none, err := g.shapley(ctx)
		if err != nil || none != nil {
			t.Fatalf("seed %d: expected exact shares, found %v, %v", seed, none, err)
		}
		if len(g.players) == 0 {
			continue
		}
		sampled, errors, err := g.sample(ctx, 500)
		if err != nil {
			t.Fatal(err)
		}
		var sums [2]risk
		for i := range exact {
			sums[0], sums[1] = sums[0].plus(1, exact[i]), sums[1].plus(1, sampled[i])
			if off := math.Abs(exact[i].likelihood - sampled[i].likelihood); off > 6*errors[i].likelihood+1e-12 {
				t.Errorf("seed %d, player %d: expected %v, found %v ± %v", seed, i, exact[i].likelihood, sampled[i].likelihood, errors[i].likelihood)
			}
			if errors[i].likelihood > 0 {
				checked++
			}
		}
		if !close(sums[0].likelihood, sums[1].likelihood, 1) {
			t.Errorf("seed %d: expected shares of %v in all, found %v", seed, sums[0].likelihood, sums[1].likelihood)
		}
	}
	if checked < 20 {
		t.Errorf("expected to sample more than %d uncertain shares", checked)
	}
}

// The example of the manual: a control's share, and its return.
func TestReturn(t *testing.T) {
	tree, err := attacktree.Parse("x.atree", []byte(`
goal or g { impact 1000 attempts 3 step a { likelihood 50% } step b { likelihood 40% } }
control half { cost 100 on a { likelihood -50% } }
control idle { cost 10 }
control both { cost 50 on a, b { likelihood -50% } }
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	values, err := Values(context.Background(), tree, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	lost := func(a, b float64) float64 { return 1000 * (1 - (1-a)*(1-b)) }
	half := ((lost(0.5, 0.4) - lost(0.25, 0.4)) + (lost(0.25, 0.2) - lost(0.125, 0.2))) / 2
	for i, want := range []float64{half, 0, lost(0.5, 0.4) - lost(0.125, 0.2) - half} {
		if !close(*values[i].Shapley, want, want) {
			t.Errorf("%s: expected %v, found %v", values[i].Control, want, *values[i].Shapley)
		}
		if cost := *values[i].Cost; !close(*values[i].Return, (3*want-cost)/cost, 100) {
			t.Errorf("%s: return: expected %v, found %v", values[i].Control, (3*want-cost)/cost, *values[i].Return)
		}
	}
}

// The fair shares of the example of the language manual.
func TestShapleyWorked(t *testing.T) {
	tree, err := attacktree.ParseFile("../testdata/weights.atree")
	if err != nil {
		t.Fatal(err)
	}
	a, err := Assess(context.Background(), tree, &Options{Attacks: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range a.Goals[0].Values {
		if v.Control == "mfa" && math.Round(*v.Shapley) != 2896851 {
			t.Errorf("mfa: expected 2896851, found %v", *v.Shapley)
		}
	}
}
