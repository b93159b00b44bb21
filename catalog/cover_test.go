package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/catalog"
	"github.com/atree-dev/atree/stride"
)

const small = `
goal or harm {
  step forge "Forge a login" { at user  stride S }
  step flood "Flood it" { at ask  stride denial-of-service }
  step inject "Inject a prompt" { at api  threat prompt-injection }
  step nowhere { stride T, R, I }
}
accept at api stride repudiation "Nobody asks" { owner "Me"  until 2027-01-01 }
accept at ask stride information-disclosure, tampering "Public anyway"
system "Small" {
  boundary outside { external user { component end-user } }
  process api { component inference-endpoint }
  store logs { component log-store }
  flow ask user -> api
  flow note api -> logs
}
`

// Every cell by hand: what the tables ask of an external entity, a process, a
// store of logs and two flows, and which node or acceptance answers it.
func TestCoverPerElement(t *testing.T) {
	tree, err := attacktree.Parse("small.atree", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"user": "S=forge R=open",
		"api":  "S=open T=inject R=accepted I=open D=open E=inject",
		"logs": "T=open R=open I=open D=open",
		"ask":  "T=accepted I=accepted D=flood",
		"note": "T=open I=open D=open",
	}
	for day, change := range map[attacktree.Date]string{{}: "", {Year: 2027, Month: 1, Day: 1}: "", {Year: 2027, Month: 1, Day: 2}: "R=open"} {
		k, err := catalog.Cover(catalog.Default(), tree, &catalog.CoverOptions{Methods: []stride.Method{stride.ByElement}, Today: day})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		open := 0
		for _, x := range k.Threats {
			answer := strings.Join(x.CoveredBy, "+")
			switch {
			case x.Open():
				answer = "open"
				open++
			case answer == "":
				answer = "accepted"
			}
			got[x.Elements[0]] = strings.TrimSpace(got[x.Elements[0]] + fmt.Sprintf(" %s=%s", x.Category.Letter(), answer))
		}
		for element, cells := range want {
			if change != "" {
				cells = strings.Replace(cells, "R=accepted", change, 1)
			}
			if got[element] != cells {
				t.Errorf("on %v, %s: got %s, want %s", day, element, got[element], cells)
			}
		}
		if k.Open() != open {
			t.Errorf("%d open, want %d", k.Open(), open)
		}
	}
}

// A threat found in an interaction is answered at the element or at the flow.
func TestCoverPerInteraction(t *testing.T) {
	tree, err := attacktree.Parse("small.atree", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	k, err := catalog.Cover(catalog.Default(), tree, &catalog.CoverOptions{Methods: []stride.Method{stride.ByInteraction}})
	if err != nil {
		t.Fatal(err)
	}
	diagram, err := catalog.Diagram(catalog.Default(), tree.Model().System)
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[string]bool{}
	for _, x := range diagram.Threats(stride.ByInteraction) {
		pairs[x.Interaction+x.Category.Letter()] = true
	}
	if len(k.Threats) != len(pairs) {
		t.Fatalf("%d threats, want %d", len(k.Threats), len(pairs))
	}
	for _, x := range k.Threats {
		at := func(element string) bool { return slices.Contains(x.Elements, element) }
		var want []string
		switch {
		case at("user") && x.Category == stride.Spoofing:
			want = []string{"forge"}
		case at("api") && (x.Category == stride.Tampering || x.Category == stride.ElevationOfPrivilege):
			want = []string{"inject"}
		case x.Interaction == "ask" && x.Category == stride.DenialOfService:
			want = []string{"flood"}
		}
		if !slices.Equal(x.CoveredBy, want) {
			t.Errorf("%s of %v in %s is covered by %v, want %v", x.Category, x.Elements, x.Interaction, x.CoveredBy, want)
		}
	}
	both, err := catalog.Cover(catalog.Default(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := 18 + len(k.Threats); len(both.Threats) != n {
		t.Errorf("%d threats by both methods, want %d", len(both.Threats), n)
	}
}

func TestCoverNamesThreatsOfTheCatalogue(t *testing.T) {
	tree, err := attacktree.Parse("small.atree", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	k, err := catalog.Cover(catalog.Default(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	agents := 0
	for _, x := range k.Threats {
		for _, slug := range x.Catalog {
			threat, ok := catalog.Default().Threat(slug)
			if !ok || !slices.Contains(threat.Stride, x.Category) {
				t.Errorf("%s of %v: %q does not fit", x.Category, x.Elements, slug)
			}
			if slug == "agent-message-tampering" || slug == "agent-exfiltration" {
				agents++
			}
		}
		if x.Elements[0] == "api" && x.Category == stride.DenialOfService && !slices.Contains(x.Catalog, "inference-dos") {
			t.Errorf("api: denial of service names %v", x.Catalog)
		}
	}
	if agents > 0 {
		t.Error("a system without agents has their threats")
	}
}

func TestNoSystem(t *testing.T) {
	tree, err := attacktree.Parse("x.atree", []byte("goal step a"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Cover(catalog.Default(), tree, nil); !errors.Is(err, catalog.ErrNoSystem) {
		t.Errorf("Cover: %v", err)
	}
	if _, err := catalog.Scaffold(catalog.Default(), tree); !errors.Is(err, catalog.ErrNoSystem) {
		t.Errorf("Scaffold: %v", err)
	}
}

// large describes a system with an element for every kind of component and
// assets of every third kind.
func large() string {
	c := catalog.Default()
	var b strings.Builder
	b.WriteString("model \"Everything\" { currency USD }\n")
	var assets []string
	for i, k := range c.AssetKinds() {
		if i%3 == 0 {
			fmt.Fprintf(&b, "asset %s-asset %q { kind %s }\n", k.Slug, k.Name, k.Slug)
			assets = append(assets, k.Slug+"-asset")
		}
	}
	b.WriteString("system \"Everything\" {\n")
	var names []string
	for _, z := range c.Zones() {
		fmt.Fprintf(&b, "boundary zone-%s {\n", z.Slug)
		for _, k := range c.Components() {
			if k.Zone == z.Slug && k.Element != stride.Flow {
				fmt.Fprintf(&b, "%v %s-1 %q { component %s asset %s, %s }\n", k.Element, k.Slug, k.Name, k.Slug,
					assets[len(names)%len(assets)], assets[(len(names)*5+1)%len(assets)])
				names = append(names, k.Slug+"-1")
			}
		}
		b.WriteString("}\n")
	}
	for i, name := range names {
		fmt.Fprintf(&b, "flow f%d %s -> %s \"flow %d\" { asset %s }\n", i, name, names[(i*7+3)%len(names)], i, assets[i%len(assets)])
	}
	b.WriteString("}\n")
	return b.String()
}

// A scaffold stands without a warning, gives figures for every goal, answers
// what STRIDE per element asks of all that carries an asset, and needs nothing
// added to it.
func TestScaffold(t *testing.T) {
	for name, src := range map[string]string{"small": small[strings.Index(small, "system"):], "large": large()} {
		t.Run(name, func(t *testing.T) {
			loader := &attacktree.Loader{Library: catalog.Library(), GoalOptional: true}
			before, err := loader.Parse("system.atree", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			added, err := catalog.Scaffold(catalog.Default(), before)
			if err != nil {
				t.Fatal(err)
			}
			file, problems := dsl.Parse("tree.atree", []byte(src+added))
			if problems.Err() != nil {
				t.Fatal(problems)
			}
			formatted := dsl.Format(file)
			tree, err := (&attacktree.Loader{Library: catalog.Library()}).Parse("tree.atree", formatted)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range tree.Warnings() {
				t.Error(w)
			}
			for _, goal := range tree.Goals() {
				program, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
				if err != nil {
					t.Fatal(err)
				}
				e := program.NewEvaluator()
				likelihood, err := e.Likelihood(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if !likelihood.Exact || likelihood.Value <= 0 || likelihood.Value > 1 {
					t.Errorf("%s: %v", goal, likelihood)
				}
			}
			k, err := catalog.Cover(catalog.Default(), tree, &catalog.CoverOptions{Methods: []stride.Method{stride.ByElement}})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range k.Threats {
				isElement := slices.ContainsFunc(tree.Model().System.Elements, func(e *attacktree.Element) bool { return e.Name == x.Elements[0] })
				if x.Open() && (isElement || x.Crosses) {
					t.Errorf("%s of %s is open", x.Category, x.Elements[0])
				}
			}
			again, err := catalog.Scaffold(catalog.Default(), tree)
			if err != nil {
				t.Fatal(err)
			}
			if again != "" {
				t.Errorf("a second time adds %.200s", again)
			}
		})
	}
}

// Names that are taken are not taken again, and what has a goal gets no other.
func TestScaffoldBesideATree(t *testing.T) {
	loader := &attacktree.Loader{GoalOptional: true}
	for src, want := range map[string]string{
		small[strings.Index(small, "system"):] + "step user-repudiation \"Taken\"\n": "step user-repudiation-2 ",
		small: "",
		strings.Replace(small, "goal", "asset a\nasset b\ngoal", 1): "",
		strings.Replace(strings.Replace(small, "goal or harm {", "asset a\nasset b\ngoal or harm { asset a", 1),
			"store logs {", "store logs { asset a, b", 1): "goal or b-harm ",
	} {
		tree, err := loader.Parse("tree.atree", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		added, err := catalog.Scaffold(catalog.Default(), tree)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && added != "" || !strings.Contains(added, want) || strings.Contains(added, "a-harm") {
			t.Errorf("%s gets %s, want %s", src, added, want)
		}
	}
}
