package uncertain_test

import (
	"math"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

func inform(t *testing.T, p *attacktree.Program, samples int, scenarios []*attacktree.Scenario) *uncertain.Information {
	t.Helper()
	s := simulate(t, p, &uncertain.Options{Samples: samples, Seed: 2, Scenarios: scenarios})
	v, err := uncertain.Inform(t.Context(), p, s, scenarios)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// subsets are all sets of controls.
func subsets(controls ...string) []*attacktree.Scenario {
	var out []*attacktree.Scenario
	for mask := range 1 << len(controls) {
		var set []string
		for i, c := range controls {
			if mask>>i&1 == 1 {
				set = append(set, c)
			}
		}
		out = append(out, &attacktree.Scenario{Name: strings.Join(set, ","), Controls: set})
	}
	return out
}

// The case that was computed beforehand: eight sets of three controls, a loss of
// 500, and one uncertain likelihood. As it is the only one, to know it is to know
// all.
func TestOneNumber(t *testing.T) {
	p := compile(t, `
		goal or root { impact 500
		  and steal { use dom step exfil { likelihood 70% } }
		  and enc   { use dom step ransom { likelihood 65% } step backup { likelihood 50% } } }
		and dom { step recon { likelihood 95% }
		  or foot { step phish { likelihood 40% } step zero { likelihood 80% } }
		  step priv { likelihood beta(2, 2) } }
		control edr { cost 45 on priv { likelihood *0.4 } on ransom { likelihood *0.7 } }
		control dlp { cost 15 on exfil { likelihood *0.5 } }
		control immutable-backup { cost 25 on backup { block } }`)
	v := inform(t, p, 40_000, subsets("edr", "dlp", "immutable-backup"))
	if len(v.Numbers) != 1 || !v.Exact || math.Abs(v.Numbers[0].Value-3.7548) > 5e-5 {
		t.Errorf("found %+v, want 3.7548 for priv.likelihood", v)
	}
	if v.Best != "edr,dlp" || math.Abs(v.Cost-101.6224) > 0.5 || math.Abs(v.Perfect-3.7548) > 4*v.SE {
		t.Errorf("best %s at %v, all numbers are worth %v within %v", v.Best, v.Cost, v.Perfect, v.SE)
	}
}

// Two numbers, by hand: a control that costs 50 against a likelihood x from 0 to
// 1 with a loss of 100. Choosing by the mean costs 50 either way; by x, the mean
// of min(100 x, 50) is 37.5. A second number that every set bears alike is worth
// nothing.
func TestUniform(t *testing.T) {
	p := compile(t, `goal or g { step a { likelihood uniform(0%, 100%) impact 100 } step b { likelihood uniform(0%, 100%) impact 5 } }
		control k { cost 50 on a { block } }`)
	v := inform(t, p, 20_000, subsets("k"))
	if !v.Exact || len(v.Numbers) != 1 || v.Numbers[0].Number != "a.likelihood" || math.Abs(v.Numbers[0].Value-12.5) > 1e-9 {
		t.Errorf("found %+v, want 12.5 for a.likelihood", v)
	}
	if math.Abs(v.Perfect-12.5) > 4*v.SE {
		t.Errorf("all is worth %v within %v", v.Perfect, v.SE)
	}
}

// A lognormal loss of mean m against a control of cost c: knowing it is worth
// min(m, c) - E min(X, c), in closed form by the normal law.
func TestLogNormal(t *testing.T) {
	p := compile(t, `goal step g { impact 10..1000 likelihood 100% } control k { cost 300 on g { block } }`)
	law := p.Draws()[0].Dist
	mu, sigma := math.Log(100), math.Log(1000.0/10)/(2*1.6448536269514722)
	phi := func(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
	z := (math.Log(300) - mu) / sigma
	least := law.Mean()*phi(z-sigma) + 300*(1-phi(z))
	want := min(law.Mean(), 300) - least
	v := inform(t, p, 10_000, subsets("k"))
	if !v.Exact || math.Abs(v.Numbers[0].Value-want) > 1e-8*want || math.Abs(v.Perfect-want) > 4*v.SE {
		t.Errorf("found %+v, want %v", v, want)
	}
}

// A number that two steps share: the total cost is a parabola 100 x², so that
// knowing x is worth min(100/3, 25) - E min(100 x², 25) = 25 - (25 - 1/2 * 50/3).
func TestClasses(t *testing.T) {
	p := compile(t, `param x uniform(0, 1) param y uniform(0, 1)
		goal or g { and h { impact 100 step a { likelihood x } step b { likelihood x } } step c { impact 1 likelihood y } step d { likelihood y } }
		control k { cost 25 on a { block } }`)
	v := inform(t, p, 40_000, subsets("k"))
	const want = 25.0 / 3
	if v.Exact || len(v.Numbers) == 0 || v.Numbers[0].Number != "x" || math.Abs(v.Numbers[0].Value-want) > 0.1 || math.Abs(v.Perfect-want) > 4*v.SE {
		t.Errorf("found %+v, want %v", v, want)
	}
	for _, n := range v.Numbers[1:] {
		if n.Value > 0.05 {
			t.Errorf("%s is worth %v, want nothing", n.Number, n.Value)
		}
	}
}

func TestInformRefused(t *testing.T) {
	p := compile(t, `goal step g { likelihood 10%..20% }`)
	one := []*attacktree.Scenario{{Name: "none"}}
	s := simulate(t, p, &uncertain.Options{Samples: 10, Scenarios: one})
	if _, err := uncertain.Inform(t.Context(), p, s, one); err == nil || !strings.Contains(err.Error(), "no losses") {
		t.Errorf("error %v", err)
	}
	if _, err := uncertain.Inform(t.Context(), p, simulate(t, p, &uncertain.Options{Samples: 3000, Shard: 1, Shards: 2}), nil); err == nil || !strings.Contains(err.Error(), "whole simulation") {
		t.Errorf("error %v", err)
	}
	if _, err := uncertain.Inform(t.Context(), p, s, nil); err == nil || !strings.Contains(err.Error(), "simulation of the program") {
		t.Errorf("error %v", err)
	}
}

// Where the worth of numbers is estimated, one that bears on nothing is not worth
// the noise of the draws, and one that decides is.
func TestWorthOfNothing(t *testing.T) {
	p := compile(t, `param luck uniform(0, 1) param price 1k..2k
		goal or lose { impact 100k..400k
			and both { step a { likelihood luck cost price } step b { likelihood luck cost 1k..9k time 1d..9d } } step c { likelihood pert(1%, 5%, 20%) } }
		control mfa { cost 30k on a { likelihood -80% } } control block { cost 60k on a { block } }`)
	all := []*attacktree.Scenario{{Name: "none"}, {Name: "mfa", Controls: []string{"mfa"}}, {Name: "block", Controls: []string{"block"}}}
	for seed := range uint64(5) {
		v, err := uncertain.Inform(t.Context(), p, simulate(t, p, &uncertain.Options{Samples: 2000, Seed: seed, Scenarios: all}), all)
		if err != nil {
			t.Fatal(err)
		}
		worth := map[string]float64{}
		for _, n := range v.Numbers {
			worth[n.Number] = n.Value
		}
		if v.Exact || worth["luck"] < 5000 || worth["price"]+worth["b.cost"]+worth["b.time"] > 0 {
			t.Errorf("seed %d: %+v", seed, v)
		}
	}
}
