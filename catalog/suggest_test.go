package catalog_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
)

const stolen = `
goal or stolen "Weights are stolen" {
  impact 1M
  attempts 2
  step phish "Phish an administrator" { cost 1k  likelihood 40%  threat staff-phishing, admin-credential-theft }
  condition plain "The backup is not encrypted" { likelihood 10%  threat backup-theft }
  step other "No threat is named" { cost 1k  likelihood 5% }
}
`

func TestSuggestByHand(t *testing.T) {
	tree, err := attacktree.Parse("stolen.atree", []byte(stolen))
	if err != nil {
		t.Fatal(err)
	}
	s, err := catalog.Suggest(t.Context(), catalog.Default(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Losses || !s.PerYear {
		t.Error("expected losses a year")
	}
	i := slices.IndexFunc(s.List, func(x catalog.Suggestion) bool { return x.Mitigation.Slug == "multi-factor-authentication" })
	if i < 0 {
		t.Fatal("no second factor is suggested")
	}
	x := s.List[i]
	before := 1 - 0.6*0.9*0.95
	after := 1 - (1-0.4*0.2)*0.9*0.95
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"likelihood before", x.LikelihoodBefore, before}, {"likelihood after", x.LikelihoodAfter, after},
		{"loss before", x.LossBefore, 2e6 * before}, {"loss after", x.LossAfter, 2e6 * after},
	} {
		if math.Abs(c.got-c.want) > 1e-9*c.want {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	if !slices.Equal(x.Steps, []string{"phish"}) || !slices.Equal(x.Threats, []string{"staff-phishing", "admin-credential-theft"}) {
		t.Errorf("acts on %v against %v", x.Steps, x.Threats)
	}
	want := `control multi-factor-authentication "Phishing-resistant multi-factor authentication" {
  kind   prevent
  threat staff-phishing, admin-credential-theft
  refs   NIST:IA-2, NIST:IA-5
  basis  "usual effect by the catalogue: judgement"
  on phish { likelihood -80%  cost *3 }
}
`
	if got := x.Source(); got != want {
		t.Errorf("got %s", got)
	}
}

// What is suggested does what it says once it is pasted into the file, the most
// valuable comes first, and no control is suggested twice.
func TestSuggestionsKeepTheirPromise(t *testing.T) {
	assistant, err := os.ReadFile("../examples/financial-assistant.atree")
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]string{"stolen": stolen, "assistant": string(assistant)} {
		tree, err := attacktree.Parse(name, []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		s, err := catalog.Suggest(t.Context(), catalog.Default(), tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.List) < 5 {
			t.Fatalf("%s: only %d suggestions", name, len(s.List))
		}
		for i, x := range s.List {
			if i > 0 && x.LossBefore-x.LossAfter > s.List[i-1].LossBefore-s.List[i-1].LossAfter {
				t.Errorf("%s: %s is worth more than what comes before", name, x.Control.Name)
			}
			for line := range strings.Lines(x.Source()) {
				if len(line) > 101 && strings.Count(line, ", ") > 1 {
					t.Errorf("%s: a list of %s does not fit its line: %s", name, x.Control.Name, line)
				}
			}
			if i >= 5 && i%7 != 0 {
				continue
			}
			deployed := strings.Replace(x.Source(), "\n", "\n  status deployed\n", 1)
			pasted, err := attacktree.Parse(name, []byte(src+deployed))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n := len(pasted.Warnings()) - len(tree.Warnings()); n > 0 {
				t.Errorf("%s: pasting %s gives %d warnings", name, x.Control.Name, n)
			}
			program, err := attacktree.Compile(t.Context(), pasted, &attacktree.Options{Goal: x.Goal})
			if err != nil {
				t.Fatal(err)
			}
			now, _ := pasted.SetMembers("deployed")
			result, err := program.Eval(t.Context(), &attacktree.Scenario{Controls: now})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Likelihood.Value; math.Abs(got-x.LikelihoodAfter) > 1e-9 {
				t.Errorf("%s: %s leaves %v, promised %v", name, x.Control.Name, got, x.LikelihoodAfter)
			}
			again, err := catalog.Suggest(t.Context(), catalog.Default(), pasted, nil)
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(again.List, func(y catalog.Suggestion) bool { return y.Mitigation == x.Mitigation }) {
				t.Errorf("%s: %s is suggested again", name, x.Control.Name)
			}
		}
	}
}
