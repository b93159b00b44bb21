package attacktree_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

// Small trees whose figures were worked out by hand, one for each thing that
// numbers can mean. The working stands above each tree.
var worked = []struct {
	name     string
	source   string
	scenario attacktree.Scenario
	want     map[string]string
}{
	{
		// a serves both sides: it is paid for once and succeeds once.
		// P = 0.5 + 0.5 * 0.4 * 0.2; 1_a gives 1, 0_a gives 0.08.
		name: "shared",
		source: `goal and g { or left { use a use b } or right { use a use c } }
			step a { cost 10 likelihood 50% }
			step b { cost 3  likelihood 40% }
			step c { cost 4  likelihood 20% }`,
		want: map[string]string{
			"likelihood": "0.54", "attacks": "2", "cheapest": "[b c] cost 7", "likeliest": "[a] chance 0.5",
			"birnbaum a": "0.92", "criticality a": "0.8518518519", "dif a": "0.9259259259", "raw a": "1.851851852", "rrw a": "6.75",
			"chokepoints": "[]", "expected impact": "none", "annual loss": "none", "fastest": "none", "min skill": "none",
		},
	},
	{
		// The gate's own likelihood is a further hurdle: 0.5 * 0.5 * 0.8, and
		// its own cost comes on top. Losses add: 100 * 0.2 + 10 * 0.5.
		name: "own step of a gate",
		source: `model "m" { period 73d }
			goal and g { likelihood 80% cost 7 impact 100 attempts 3  use a use b }
			step a { likelihood 50% cost 1 impact 10 }
			step b { likelihood 50% cost 2 }`,
		want: map[string]string{
			"likelihood": "0.2", "attacks": "1", "cheapest": "[g a b] cost 10", "expected impact": "25", "annual loss": "375",
			"chokepoints": "[g a b]", "rrw g": "none", "birnbaum g": "0.25",
		},
	},
	{
		// Two of three: 0.5*0.4*0.8 + 0.5*0.6*0.2 + 0.5*0.4*0.2 + 0.5*0.4*0.2.
		// The second to end is the soonest pair.
		name: "atleast",
		source: `goal atleast 2 g { use a use b use c }
			step a { likelihood 50% time 5d skill 3 cost 1 }
			step b { likelihood 40% time 2d skill 7 cost 1 }
			step c { likelihood 20% time 3d skill 4 cost 2 }`,
		want: map[string]string{
			"likelihood": "0.3", "attacks": "3", "fastest": "[b c] time 3", "min skill": "4", "cheapest": "[a b] cost 2",
		},
	},
	{
		// Preparing takes no turn of its own: it is below the first part, starts
		// at 0, and is done once. 4 + 1, then max(5, 2) + 2.
		name: "seq with a shared node",
		source: `goal seq g { and first { use prepare use enter } and second { use prepare use copy } }
			step prepare { time 5d }
			step enter   { time 1d }
			step copy    { time 2d }`,
		want: map[string]string{"attacks": "1", "fastest": "[prepare enter copy] time 7", "cheapest": "none"},
	},
	{
		// Without the key 0.2, with it 0.8, half of the time each.
		name: "bypass",
		source: `goal step door { likelihood 80% cost 10 time 1d impact 100 }
			step key { likelihood 50% cost 3 time 4d }
			control lock { on door { likelihood -75% cost +5 time +9d } bypassed by key }`,
		scenario: attacktree.Scenario{Controls: []string{"lock"}},
		want: map[string]string{
			"likelihood": "0.5", "attacks": "1", "expected impact": "50", "cheapest": "[door key] cost 13",
			"likeliest": "[door key] chance 0.4", "fastest": "[door key] time 5",
			"birnbaum door": "1", "birnbaum key": "0.6", "chokepoints": "[door]",
		},
	},
	{
		// Blocked, the door needs the key. It starts when the key is there.
		name: "bypass of a block",
		source: `goal step door { likelihood 80% cost 10 time 1d }
			step key { likelihood 50% cost 3 time 4d }
			control wall { on door { block } bypassed by key }`,
		scenario: attacktree.Scenario{Controls: []string{"wall"}},
		want: map[string]string{
			"likelihood": "0.4", "attacks": "1", "cheapest": "[door key] cost 13", "fastest": "[door key] time 5", "chokepoints": "[door key]",
		},
	},
	{
		// 1 - 0.9 * (1 - 0.4 * 0.5). The flood alone is no attack. A fire each
		// two periods of half a year costs 10 whatever is attempted.
		name: "conditions",
		source: `model "m" { period 182.5d }
			goal or g { impact 10 attempts 1  use flood use fire  and theft { use enter use night } }
			step enter { likelihood 40% }
			condition night { likelihood 50% }
			condition flood { likelihood 10% }
			condition fire { rate 0.5 }`,
		want: map[string]string{
			"likelihood": "0.28", "attacks": "1", "unaided": "true", "likeliest": "[enter] given [night] chance 0.2", "expected impact": "2.8",
			// 2 * (2.8 + 0.5 * 10)
			"annual loss": "15.6",
		},
	},
	{
		// What happens when the flood comes is no attack, even though a could
		// switch off a control of it, were that in place.
		name: "unaided under a control",
		source: `goal or g { use flood  and both { use a use b } }
			step a { cost 1 }
			step b { cost 2 }
			condition flood { likelihood 90% }
			control wall { on flood { block } bypassed by a }`,
		want: map[string]string{"unaided": "true", "attacks": "1", "cheapest": "[a b] cost 3", "likeliest": "[a b] chance 1"},
	},
	{
		// With the wall in place it takes a for the flood to count.
		name: "aided by a bypass",
		source: `goal or g { use flood  and both { use a use b } }
			step a { cost 1 }
			step b { cost 2 }
			condition flood { likelihood 90% }
			control wall { on flood { block } bypassed by a }`,
		scenario: attacktree.Scenario{Controls: []string{"wall"}},
		want:     map[string]string{"unaided": "false", "attacks": "2", "cheapest": "[a] given [flood] cost 1", "likelihood": "1"},
	},
	{
		// The second step would have to switch off what blocks the first.
		name: "never in time",
		source: `goal or g { use fact  seq both { use a use b } }
			step a { cost 1 time 1d }
			step b { cost 2 time 1d }
			condition fact
			control wall { on a { block } bypassed by b }`,
		scenario: attacktree.Scenario{Controls: []string{"wall"}},
		want:     map[string]string{"unaided": "true", "reachable": "true", "attacks": "1", "cheapest": "[a b] cost 3", "fastest": "none"},
	},
	{
		name: "unaided only",
		source: `goal or g { use flood }
			condition flood { likelihood 10% }`,
		want: map[string]string{"likelihood": "0.1", "attacks": "0", "unaided": "true", "reachable": "false", "likeliest": "none"},
	},
	{
		// The assumed branch is one step of 0.3, below it 0.5 is computed; a is
		// used elsewhere, and counts there: 1 - 0.7 * 0.5.
		name: "assume",
		source: `goal or g { impact 1  and inner { assume 30% cost 4 use a use b }  use a }
			step a { likelihood 50% cost 9 }
			step b { cost 1 impact 1000 }`,
		want: map[string]string{
			"likelihood": "0.65", "attacks": "2", "cheapest": "[inner] cost 4", "computed inner": "0.5", "assumed inner": "0.3", "expected impact": "0.65",
		},
	},
	{
		// The thief has other numbers for the window, and the door is too hard.
		name: "adversary",
		source: `adversary thief { skill 2 time 3d access ladder attempts 4 }
			goal or g { impact 10 attempts 1
				step door   { likelihood 90% skill 3 cost 1 }
				step window { likelihood 10% skill 9 time 9d access ladder cost 2  for thief { likelihood 60% skill 1 time 2d cost 5 } }
				step roof   { likelihood 50% time 4d cost 1 }
				step cellar { likelihood 50% access key cost 1 }
			}`,
		scenario: attacktree.Scenario{Adversary: "thief"},
		want: map[string]string{
			"likelihood": "0.6", "attacks": "1", "cheapest": "[window] cost 5", "min skill": "1", "annual loss": "24",
		},
	},
	{
		// Factors, then what is added or taken off, then the least cap.
		// 0.8 * 0.5 * 0.5 = 0.2, capped at 0.15; 10 * 2 + 5; 100 * 0.5 - 20.
		name: "order of effects",
		source: `goal step s { likelihood 80% cost 10 impact 100 skill 3 }
			control one { on s { likelihood *0.5 cost +5 impact -20 skill 2 } }
			control two { on s { likelihood -50% cost *2 impact -50% skill 5 } }
			control cap { on s { likelihood <=15% } }
			control idle { on s { likelihood <=90% } }`,
		scenario: attacktree.Scenario{Controls: []string{"one", "two", "cap", "idle"}},
		want: map[string]string{
			"likelihood": "0.15", "cheapest": "[s] cost 25", "expected impact": "4.5", "min skill": "5",
		},
	},
	{
		// Nothing is left, and that is an answer.
		name: "blocked",
		source: `goal step s { likelihood 80% cost 10 impact 100 }
			control wall { on s { block } }`,
		scenario: attacktree.Scenario{Controls: []string{"wall"}},
		want: map[string]string{
			"reachable": "false", "likelihood": "0", "attacks": "0", "cheapest": "none", "chokepoints": "[]", "expected impact": "0", "birnbaum s": "none",
		},
	},
	{
		// The tree of the manual, without controls. The phishing step has the
		// mean of beta(4, 16), 0.2, and egress that of the PERT, 3.1/6.
		// Given creds: 1 - (1 - 3.1/6) * (1 - 0.1) = 0.565. The custodians:
		// 0.05² * 0.96 + 2 * 0.05 * 0.95 * 0.04 + 0.05² * 0.04 = 0.0063.
		// 1 - (1 - 0.2 * 0.565) * (1 - 0.09) * (1 - 0.0063).
		name: "frontier model",
		source: `param phish-rate beta(4, 16)
			goal or steal {
				and registry {
					step creds  { cost 5k likelihood phish-rate time 14d skill 2 }
					step egress { cost 20k likelihood pert(30%, 50%, 80%) time 3d skill 3 detection 40% }
				}
				seq extract {
					step accounts { cost 2k likelihood 90% time 7d skill 1 }
					step distil { cost 400k likelihood 10% time 60d skill 4 }
					impact 5M
				}
				atleast 2 custodians {
					step alice { cost 200k likelihood 5% time 90d skill 2 }
					step bob   { cost 200k likelihood 5% time 90d skill 2 }
					step carol { cost 250k likelihood 4% time 90d skill 2 }
				}
				use backup
			}
			and backup {
				use creds
				step decrypt { cost 50k likelihood 10% time 20d skill 3 }
			}`,
		want: map[string]string{
			"likelihood": "0.197915171", "attacks": "6", "cheapest": "[creds egress] cost 25000", "fastest": "[creds egress] time 14",
			"likeliest": "[creds egress] chance 0.1033333333", "min skill": "2", "expected impact": "450000", "chokepoints": "[]",
		},
	},
}

func TestWorked(t *testing.T) {
	for _, w := range worked {
		t.Run(w.name, func(t *testing.T) {
			tree, err := attacktree.Parse(w.name, []byte(w.source))
			if err != nil {
				t.Fatal(err)
			}
			p, err := attacktree.Compile(t.Context(), tree, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := figures(eval(t, p, &w.scenario))
			for _, name := range slices.Sorted(maps.Keys(w.want)) {
				got, listed := found[name]
				if !listed {
					got = "none"
				}
				if got != w.want[name] {
					t.Errorf("%s: expected %s, found %s", name, w.want[name], got)
				}
			}
		})
	}
}

// figures writes the figures of a result by name; those that do not exist are
// left out.
func figures(r *attacktree.Result) map[string]string {
	text := map[string]string{
		"reachable":   fmt.Sprint(r.Reachable),
		"unaided":     fmt.Sprint(r.Unaided),
		"attacks":     r.AttackCount.String(),
		"chokepoints": fmt.Sprint(r.Chokepoints),
	}
	number := func(name string, x float64) { text[name] = fmt.Sprintf("%.10g", x) }
	for name, f := range map[string]*attacktree.Figure{
		"likelihood": r.Likelihood, "expected impact": r.ExpectedImpact, "annual loss": r.AnnualLoss,
	} {
		if f != nil {
			number(name, f.Value)
		}
	}
	attack := func(name, what string, a *attacktree.Attack, value func(*attacktree.Attack) *float64) {
		if a == nil {
			return
		}
		given := ""
		if len(a.Given) > 0 {
			given = fmt.Sprintf(" given %v", a.Given)
		}
		text[name] = fmt.Sprintf("%v%s %s none", a.Steps, given, what)
		if x := value(a); x != nil {
			text[name] = fmt.Sprintf("%v%s %s %.10g", a.Steps, given, what, *x)
		}
	}
	attack("cheapest", "cost", r.Cheapest, func(a *attacktree.Attack) *float64 { return a.Cost })
	attack("likeliest", "chance", r.Likeliest, func(a *attacktree.Attack) *float64 { return &a.Likelihood })
	attack("fastest", "time", r.Fastest, func(a *attacktree.Attack) *float64 { return a.Time })
	if r.MinSkill != nil {
		number("min skill", float64(*r.MinSkill))
	}
	for _, x := range r.Steps {
		number("birnbaum "+x.Step, x.Birnbaum)
		number("criticality "+x.Step, x.Criticality)
		number("dif "+x.Step, x.DIF)
		number("raw "+x.Step, x.RAW)
		if x.RRW != nil {
			number("rrw "+x.Step, *x.RRW)
		}
	}
	for _, a := range r.Assumed {
		number("assumed "+a.Node, a.Assumed)
		number("computed "+a.Node, a.Computed)
	}
	return text
}

// Chances that agree to 1e-12 are a tie, near 1 as elsewhere: the cheaper attack is
// then the likeliest.
func TestTiesNearOne(t *testing.T) {
	for _, chances := range [][2]string{{"0.9999999999999", "0.9999999999997"}, {"0.3", "0.29999999999999"}, {"0.0000003", "0.00000029999999999999"}} {
		tree, err := attacktree.Parse("ties.atree", fmt.Appendf(nil, "goal or g { step dear { cost 9 likelihood %s } step cheap { cost 5 likelihood %s } }", chances[0], chances[1]))
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(t.Context(), tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Eval(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Likeliest.Steps, []string{"cheap"}) {
			t.Errorf("%v: the likeliest attack is %v", chances, r.Likeliest.Steps)
		}
		for attack, err := range p.Attacks(t.Context(), nil, attacktree.ByLikelihood) {
			if err != nil || !slices.Equal(attack.Steps, []string{"cheap"}) {
				t.Errorf("%v: first by likelihood is %v, %v", chances, attack.Steps, err)
			}
			break
		}
	}
}

// What is asked of a tree that has no goal, or in a mode that there is not, is said
// in whole words.
func TestOddQuestions(t *testing.T) {
	tree, err := (&attacktree.Loader{GoalOptional: true}).Parse("library.atree", []byte("step alone"))
	if err != nil {
		t.Fatal(err)
	}
	for goal, want := range map[string]string{
		"": "attacktree: expected the name of a node, for the tree has no goal", "x": `attacktree: no node is called "x", and the tree has no goal`,
	} {
		if _, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal}); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", goal, err, want)
		}
	}
	for mode, want := range map[attacktree.Mode]string{attacktree.DefaultMode: "", attacktree.Limited: "limited", 7: "Mode(7)"} {
		if got := mode.String(); got != want {
			t.Errorf("mode %q, want %q", got, want)
		}
	}
}
