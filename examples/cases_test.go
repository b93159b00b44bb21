package examples_test

import (
	"math"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
	"github.com/atree-dev/atree/stride"
)

// The worked cases, against what follows from their facts by hand: formulas on
// the numbers below, not on those of the files.

// scores are those of RAND RR-A2849-1, table 5.2, for OC1 to OC5.
var scores = map[string][5]int{
	"a-patched": {3, 4, 4, 5, 5}, "a-reported": {2, 2, 3, 4, 5}, "a-zeroday": {1, 2, 4, 5, 5}, "a-zerodays": {1, 1, 2, 4, 5},
	"a-social": {3, 4, 5, 5, 5}, "a-crack": {2, 2, 3, 3, 4}, "a-exposed": {3, 3, 4, 5, 5},
	"expand": {2, 3, 5, 5, 5}, "a-misconfig": {2, 2, 3, 3, 3}, "a-copies": {2, 2, 3, 5, 5}, "a-alternative": {1, 1, 2, 3, 4},
	"a-mlstack": {1, 2, 4, 4, 5}, "a-mlsupply": {1, 2, 4, 5, 5}, "a-promptrce": {2, 3, 4, 4, 4},
	"a-services": {1, 2, 4, 5, 5}, "a-code": {1, 2, 4, 5, 5}, "a-vendor": {1, 1, 2, 3, 4},
	"a-bribe": {1, 1, 4, 4, 5}, "a-extort": {1, 1, 4, 4, 5}, "a-place": {1, 1, 1, 3, 5}, "a-leverage": {1, 1, 1, 3, 5}, "a-approved": {1, 1, 2, 3, 5},
	"a-media": {2, 2, 4, 4, 4}, "a-direct": {1, 1, 3, 3, 4}, "a-elsewhere": {1, 1, 3, 4, 5}, "a-evade": {1, 1, 1, 3, 5}, "a-hardware": {1, 1, 1, 2, 3},
	"a-extract": {1, 1, 1, 2, 3}, "a-distil": {1, 1, 2, 2, 3},
}

// unscored is judgement: what RAND has no score for.
var unscored = map[string][5]float64{"exfiltrate": {0.3, 0.4, 0.6, 0.8, 0.9}, "a-insider": {0, 0, 0.4, 0.4, 0.4}}

// factors are what each set of controls leaves of likelihoods.
var factors = []struct {
	set    string
	leaves map[string]float64
}{
	{"none", nil},
	{"sl2", map[string]float64{"a-social": 0.2, "a-crack": 0.2, "a-exposed": 0.2, "a-patched": 0.3, "a-copies": 0.4, "a-misconfig": 0.4}},
	{"sl3", map[string]float64{"a-social": 0.2, "a-crack": 0.2, "a-exposed": 0.2, "a-patched": 0.3, "a-copies": 0.4, "a-misconfig": 0.4,
		"expand": 0.3, "a-alternative": 0.3, "a-bribe": 0.5 * 0.4, "a-extort": 0.5 * 0.4, "a-insider": 0.5 * 0.4, "a-media": 0.5}},
	{"sl4", map[string]float64{"a-social": 0.2, "a-crack": 0.2, "a-exposed": 0.2, "a-patched": 0.3, "a-copies": 0.4, "a-misconfig": 0.4,
		"expand": 0.3 * 0.5, "a-alternative": 0.3, "a-bribe": 0.5 * 0.4, "a-extort": 0.5 * 0.4, "a-insider": 0.5 * 0.4, "a-media": 0.5,
		"exfiltrate": 0.3, "a-hardware": 0.5}},
}

// either is the chance of at least one of several independent events.
func either(chances ...float64) float64 {
	none := 1.0
	for _, p := range chances {
		none *= 1 - p
	}
	return 1 - none
}

// Two steps are shared by several ways in, so the likelihood is that given each
// of their four outcomes, weighted.
func TestModelWeightsCase(t *testing.T) {
	tree := load(t, "model-weights-case.atree")
	program, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	for oc := range 5 {
		name := []string{"rand-oc1", "rand-oc2", "rand-oc3", "rand-oc4", "rand-oc5"}[oc]
		for _, controls := range factors {
			p := func(leaf string) float64 {
				chance, judged := unscored[leaf]
				x := chance[oc]
				if !judged {
					x = 0.2*float64(scores[leaf][oc]) - 0.1
				}
				if f, ok := controls.leaves[leaf]; ok {
					x *= f
				}
				return x
			}
			foothold := either(p("a-patched"), p("a-reported"), p("a-zeroday"), p("a-zerodays"), p("a-social"), p("a-crack"), p("a-exposed"))
			reach := either(p("a-misconfig"), p("a-copies"), p("a-alternative"))
			stack := either(p("a-mlstack"), p("a-mlsupply"), p("a-promptrce"))
			supply := either(p("a-services"), p("a-code"), p("a-vendor"))
			people := either(p("a-bribe"), p("a-extort"), p("a-place"), p("a-leverage"), p("a-approved"), p("a-insider"))
			physical := either(p("a-direct"), p("a-elsewhere"), p("a-evade")) * p("a-hardware")
			query := either(p("a-extract"), p("a-distil"))
			want := 0.0
			for expanded := range 2 {
				for out := range 2 {
					e, x := float64(expanded), float64(out)
					weight := (e*p("expand") + (1-e)*(1-p("expand"))) * (x*p("exfiltrate") + (1-x)*(1-p("exfiltrate")))
					want += weight * either(foothold*either(e, reach)*x, stack*e*x, supply*e*x, people*either(x, p("a-media")), physical, query)
				}
			}
			set, err := tree.ParseSet(controls.set)
			if err != nil {
				t.Fatal(err)
			}
			result, err := program.Eval(t.Context(), &attacktree.Scenario{Controls: set, Adversary: name})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Likelihood.Value; math.Abs(got-want) > 1e-12 {
				t.Errorf("%s, %s: likelihood %v, want %v", name, controls.set, got, want)
			}
		}
	}
}

// The five risks of the assistant, and that any of them happens.
func TestFinancialAssistantCase(t *testing.T) {
	tree := load(t, "financial-assistant-case.atree")
	mean := func(low, mode, high float64) float64 { return (low + 4*mode + high) / 6 } // of a PERT
	loss := map[string]float64{
		"b1": mean(2e5, 1.5e6, 8e6), "b2": mean(1e5, 1e6, 5e6), "b3": mean(5e5, 4.88e6, 1.5e7), "b4": mean(5e3, 6e4, 1e6), "b5": mean(3e5, 4.88e6, 1.2e7),
	}
	attempts := map[string]float64{"b1": 2, "b2": 3, "b3": 6, "b4": 50, "b5": 4}
	for set, chance := range map[string]map[string]float64{
		"none": {
			"b1": either(0.25, 0.4, 0.3) * 0.5 * 0.5,
			"b2": either(0.7, 0.4) * 0.5 * 0.6,
			"b3": either(0.5*0.5, 0.25) * 0.6,
			"b4": either(0.9, 0.7) * 0.4 * either(0.2, 0.4*0.3),
			"b5": either(0.5, 0.2) * 0.25 * 0.5,
		},
		"deployed": {
			"b1": either(0.25, 0.4, 0.3) * 0.5 * 0.5,
			"b2": either(0.7, 0.4) * 0.5 * 0.4 * 0.6,
			"b3": either(0.5*0.5*0.1, 0.25) * 0.6,
			"b4": either(0.9, 0.7) * 0.4 * either(0.2, 0.4*0.3*0.2),
			"b5": either(0.5, 0.2) * 0.25 * 0.3 * 0.5,
		},
		"all": {
			"b1": either(0.25*0.5, 0.4, 0.3*0.5) * 0.5 * 0.5 * 0.5 * 0.5,
			"b2": either(0.7*0.6, 0.4*0.3) * 0.5 * 0.4 * 0.6 * 0.6,
			"b3": either(0.5*0.5*0.1, 0.25*0.3) * 0.6 * 0.5 * 0.4,
			"b4": either(0.9, 0.7) * 0.4 * 0.5 * either(0.2*0.3, 0.4*0.3*0.2),
			"b5": either(0.5, 0.2) * 0.25 * 0.3 * 0.5 * 0.4,
		},
	} {
		controls, err := tree.ParseSet(set)
		if err != nil {
			t.Fatal(err)
		}
		chance["assistant-harm"] = either(chance["b1"], chance["b2"], chance["b3"], chance["b4"], chance["b5"])
		for goal, want := range chance {
			program, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
			if err != nil {
				t.Fatal(err)
			}
			// Whoever attacks: nobody in the case is limited by skill, access or time.
			for _, adversary := range []string{"", "criminal-organisation", "competitor"} {
				result, err := program.Eval(t.Context(), &attacktree.Scenario{Controls: controls, Adversary: adversary})
				if err != nil {
					t.Fatal(err)
				}
				if got := result.Likelihood.Value; math.Abs(got-want) > 1e-12 {
					t.Errorf("%s, %s, %s: likelihood %v, want %v", goal, set, adversary, got, want)
				}
				if got := result.AnnualLoss; goal != "assistant-harm" && math.Abs(got.Value-attempts[goal]*want*loss[goal]) > 1e-6*got.Value {
					t.Errorf("%s, %s, %s: annual loss %v, want %v", goal, set, adversary, got.Value, attempts[goal]*want*loss[goal])
				}
			}
		}
	}
}

// All steps in a row, one of them with two ways to take it.
func TestTransferHijackCase(t *testing.T) {
	tree := load(t, "transfer-hijack-case.atree")
	program, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	inherent := 0.95 * 0.95 * 0.8 * 0.8 * 0.7 * 0.6 * either(0.9, 0.4) * 0.8 * 0.9 * 0.6 * 0.6 * 0.7 * 0.7 * 0.3
	for set, want := range map[string]float64{
		"none": inherent, "deployed": inherent * 0.2, "all": inherent * 0.2 * 0.4 * 0.4 * 0.5 * 0.5 * 0.5,
	} {
		controls, err := tree.ParseSet(set)
		if err != nil {
			t.Fatal(err)
		}
		for _, adversary := range []string{"", "external-attacker", "criminal-organisation"} {
			result, err := program.Eval(t.Context(), &attacktree.Scenario{Controls: controls, Adversary: adversary})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Likelihood.Value; math.Abs(got-want) > 1e-15 {
				t.Errorf("%s, %s: likelihood %v, want %v", set, adversary, got, want)
			}
		}
	}
}

// Every estimate of a case says what it rests on, every step how likely it is to
// be noticed, and every control who owns it.
func TestCasesSayTheirBasis(t *testing.T) {
	for _, name := range files(t) {
		if !strings.HasSuffix(name, "-case.atree") {
			continue
		}
		m := load(t, name).Model()
		for _, n := range m.Nodes {
			estimates := n.Gate.Leaf() || n.Impact.Given() || n.Attempts.Given()
			if estimates && len(n.Basis) == 0 {
				t.Errorf("%s: %s has numbers without a basis", name, n.Name)
			}
			if n.Gate == attacktree.Step && !n.Detection.Given() {
				t.Errorf("%s: step %s has no detection", name, n.Name)
			}
		}
		for _, k := range m.Controls {
			if len(k.Basis) == 0 || k.Owner == "" {
				t.Errorf("%s: control %s has no basis or no owner", name, k.Name)
			}
		}
	}
}

// The cases refer to nothing that the catalogue does not know, and STRIDE finds
// in the assistant what was counted by hand.
func TestCasesAndTheCatalogue(t *testing.T) {
	for _, name := range files(t) {
		for _, w := range attacktree.Vet(load(t, name), &attacktree.VetOptions{Library: catalog.Library()}) {
			t.Error(w)
		}
	}
	tree := load(t, "financial-assistant-case.atree")
	for method, want := range map[stride.Method]int{stride.ByElement: 179, stride.ByInteraction: 110} {
		k, err := catalog.Cover(catalog.Default(), tree, &catalog.CoverOptions{Methods: []stride.Method{method}})
		if err != nil {
			t.Fatal(err)
		}
		if len(k.Threats) != want {
			t.Errorf("%v: %d threats, want %d", method, len(k.Threats), want)
		}
	}
}
