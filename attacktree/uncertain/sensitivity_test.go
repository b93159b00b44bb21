package uncertain_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// Two ways that share a foothold and an escalation; each likelihood m is
// beta(20 m, 20 (1 - m)).
const pivot = `
goal or root {
  impact 500
  and steal { use dom step exfil { likelihood beta(14, 6) } }
  and enc   { use dom step ransom { likelihood beta(13, 7) } step backup { likelihood beta(10, 10) } }
}
and dom {
  step recon { likelihood beta(19, 1) }
  or foot { step phish { likelihood beta(8, 12) } step zero { likelihood beta(16, 4) } }
  step priv { likelihood beta(10, 10) }
}
`

func analyse(t *testing.T, p *attacktree.Program, sc *attacktree.Scenario, figure string, samples int) *uncertain.Sensitivity {
	t.Helper()
	s, err := uncertain.Analyse(t.Context(), p, sc, figure, samples, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func effect(t *testing.T, s *uncertain.Sensitivity, number string) uncertain.Effect {
	t.Helper()
	for _, e := range s.Effects {
		if e.Number == number {
			return e
		}
	}
	t.Fatalf("no effect of %s", number)
	return uncertain.Effect{}
}

// Exact first-order indices, found beforehand by two coupled diagrams and, within
// a hundredth, by simulation.
func TestPivot(t *testing.T) {
	s := analyse(t, compile(t, pivot), nil, uncertain.Likelihood, 4000)
	if !s.Exact || !s.Linear || math.Abs(s.Mean-0.333355) > 1e-12 {
		t.Errorf("exact: %v, linear: %v, mean %v", s.Exact, s.Linear, s.Mean)
	}
	sum := 0.0
	for _, e := range s.Effects {
		sum += e.First
		if e.FirstSE != 0 || e.Total < e.First-4*e.TotalSE {
			t.Errorf("%s: first %v, total %v within %v", e.Number, e.First, e.Total, e.TotalSE)
		}
	}
	if math.Abs(sum-0.9835) > 5e-5 || s.Effects[0].Number != "priv.likelihood" {
		t.Errorf("sum of first-order indices %v, greatest %s", sum, s.Effects[0].Number)
	}
	for name, want := range map[string]float64{"priv": 0.749, "exfil": 0.113, "zero": 0.056, "recon": 0.039} {
		if got := effect(t, s, name+".likelihood").First; math.Abs(got-want) > 5e-4 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	// The same with the loss, which is 500 times as much; only the variance is estimated there.
	loss := analyse(t, compile(t, pivot), nil, uncertain.ExpectedImpact, 4000)
	if got := effect(t, loss, "priv.likelihood").First; loss.Exact || math.Abs(got-0.749) > 0.05 || math.Abs(loss.Mean-500*s.Mean) > 1e-9 {
		t.Errorf("index of the loss %v, mean %v", got, loss.Mean)
	}
}

// A product of two uniform numbers x y, x from 0 to 1, y from 1/2 to 1: by hand,
// E = 3/8, Var = E[x²]E[y²] - E² = 1/3 7/12 - 9/64, first indices 1/12 (3/4)² and
// (1/4)/12 (1/2)² ... over Var; total index of x 1/12 E[y²] over Var.
func TestProduct(t *testing.T) {
	const variance = 7.0/36 - 9.0/64
	s := analyse(t, compile(t, `goal step g { likelihood uniform(0%, 100%) } control k { on g { likelihood *uniform(0.5, 1) } }`),
		&attacktree.Scenario{Name: "with", Controls: []string{"k"}}, uncertain.Likelihood, 20_000)
	x, y := effect(t, s, "g.likelihood"), effect(t, s, "k.likelihood")
	for _, c := range []struct {
		what             string
		got, want, error float64
	}{
		{"variance", s.Variance, variance, 1e-12},
		{"first of x", x.First, 9.0 / 16 / 12 / variance, 1e-9},
		{"first of y", y.First, 1.0 / 4 / 48 / variance, 1e-9},
		{"total of x", x.Total, 7.0 / 12 / 12 / variance, 4 * x.TotalSE},
		{"total of y", y.Total, 1.0 / 3 / 48 / variance, 4 * y.TotalSE},
		{"low of x", x.Low, 0.1 * 0.75, 1e-12},
		{"high of y", y.High, 0.5 * 0.95, 1e-12},
	} {
		if !(math.Abs(c.got-c.want) <= c.error) {
			t.Errorf("%s: %v, want %v within %v", c.what, c.got, c.want, c.error)
		}
	}
	if !s.Exact || s.Scenario != "with" {
		t.Errorf("%+v", s)
	}
}

// A number that two steps share is no longer linear: x² y with x, y uniform has
// the indices of x: Var(x²) E[y]² = 4/45 1/4, of y: E[x²]² / 12, in a variance of
// 1/5 1/3 - 1/36.
func TestNotLinear(t *testing.T) {
	const variance = 1.0/15 - 1.0/36
	p := compile(t, `param x uniform(0, 1) goal and g { step a { likelihood x } step b { likelihood x } step c { likelihood uniform(0%, 100%) } }
		step idle { cost 5..10 } control k { cost 1..2 on a { likelihood -50% } }`)
	s := analyse(t, p, nil, uncertain.Likelihood, 40_000)
	if s.Linear || s.Exact || len(s.Effects) != 2 {
		t.Fatalf("%+v", s)
	}
	x, y := effect(t, s, "x"), effect(t, s, "c.likelihood")
	for _, c := range []struct {
		what             string
		got, want, error float64
	}{
		{"first of x", x.First, 1.0 / 45 / variance, 4 * x.FirstSE},
		{"first of y", y.First, 1.0 / 9 / 12 / variance, 4 * y.FirstSE},
		{"total of x", x.Total, 4.0 / 45 / 3 / variance, 4*x.TotalSE + 0.02},
		{"total of y", y.Total, 1.0 / 5 / 12 / variance, 4*y.TotalSE + 0.02},
		{"variance", s.Variance, variance, 0.02 * variance},
	} {
		if !(math.Abs(c.got-c.want) <= c.error) {
			t.Errorf("%s: %v, want %v within %v", c.what, c.got, c.want, c.error)
		}
	}
}

// The exact variance of random models against that of many draws.
func TestVariance(t *testing.T) {
	exact := 0
	for seed := range uint64(60) {
		m := treegen.Random(seed, treegen.Options{Variables: 8, Share: 0.5, AtLeast: 0.3, OwnSteps: 0.2, Conditions: 0.2, Costs: 0.3, Impacts: 0.3, Uncertain: 0.7, Controls: 3})
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		p, sc := program(t, tree, tree.Goals()[0]), &attacktree.Scenario{}
		for _, c := range m.Controls {
			sc.Controls = append(sc.Controls, c.Name)
		}
		s := analyse(t, p, sc, uncertain.Likelihood, 2)
		if !s.Exact || s.Variance == 0 {
			continue
		}
		exact++
		v := simulate(t, p, &uncertain.Options{Samples: 20_000, Scenarios: []*attacktree.Scenario{sc}}).Scenarios[0].Column(uncertain.Likelihood)
		squares := make(uncertain.Values, len(v))
		for i, x := range v {
			squares[i] = (x - s.Mean) * (x - s.Mean)
		}
		if got := squares.Spread(); math.Abs(got.Mean-s.Variance) > 5*got.SE {
			t.Errorf("model %d: variance %v of the draws, standard error %v, exactly %v", seed, got.Mean, got.SE, s.Variance)
		}
		near(t, "mean", v.Spread(), s.Mean)
	}
	if exact < 10 {
		t.Errorf("only %d variances were exact", exact)
	}
}

func TestAnalyseRefused(t *testing.T) {
	p := compile(t, `goal step g { likelihood 10%..20% }`)
	for _, c := range []struct {
		figure  string
		samples int
		want    string
	}{{uncertain.ExpectedImpact, 10, "found \"expected_impact\""}, {"risk", 10, "found \"risk\""}, {uncertain.Likelihood, 1, "found 1"}} {
		if _, err := uncertain.Analyse(t.Context(), p, nil, c.figure, c.samples, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// Where a limit leaves bounds only, nothing is simulated.
func TestInexact(t *testing.T) {
	tree, err := attacktree.New(treegen.Shared(1, 400, 0))
	if err != nil {
		t.Fatal(err)
	}
	p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{MaxNodes: 20})
	if err != nil {
		t.Fatal(err)
	}
	var inexact *uncertain.InexactError
	if _, err := uncertain.Simulate(t.Context(), p, nil); !errors.As(err, &inexact) {
		t.Errorf("error %v", err)
	}
	if _, err := uncertain.Analyse(t.Context(), p, nil, uncertain.Likelihood, 10, 1); !errors.As(err, &inexact) {
		t.Errorf("error %v", err)
	}
}
