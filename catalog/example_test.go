package catalog_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
)

func ExampleCatalog_Search() {
	c := catalog.Default()
	for _, hit := range c.Search("prompt injection")[:3] {
		e := hit.Entry.Common()
		fmt.Printf("%s: %s\n", e.ID(), e.Name)
	}
	// Output:
	// threat/prompt-injection: Prompt injection
	// pattern/prompt-injection-action: Make an assistant act for the attacker
	// concept/prompt-injection: Prompt Injection
}

// A reference to a number that has since been given to another entry.
func ExampleCatalog_Resolve() {
	r := catalog.Default().Resolve("OWASP:LLM04:2023")
	fmt.Println(r.Status == catalog.Moved, r.Right, r.Name)
	// Output: true OWASP:LLM06:2026 Unbounded Consumption
}

// A pattern of the catalogue as a part of a tree, with one number replaced.
func ExampleCatalog_Pattern() {
	loader := attacktree.Loader{Library: catalog.Default()}
	tree, err := loader.Parse("theft.atree", []byte(`
copy "catalog:model-theft" as theft {
  node repo-credentials { likelihood 5% }
}
goal or harm "The weights are stolen" { use theft.root }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	n, _ := tree.Node("theft.repo-credentials")
	fmt.Println(n.Label, n.Likelihood.Mean())
	// Output: Use stolen staff credentials 0.05
}

// The mitigation that takes away most, as a control to paste into the file.
func ExampleSuggest() {
	tree, err := attacktree.Parse("phish.atree", []byte(`
goal or stolen { step phish "Phish staff" { cost 1k  likelihood 40%  threat staff-phishing } }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := catalog.Suggest(context.Background(), catalog.Default(), tree, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	best := s.List[0]
	fmt.Printf("%.2f to %.2f\n", best.LikelihoodBefore, best.LikelihoodAfter)
	fmt.Print(best.Source())
	// Output:
	// 0.40 to 0.08
	// control multi-factor-authentication "Phishing-resistant multi-factor authentication" {
	//   kind   prevent
	//   threat staff-phishing
	//   refs   NIST:IA-2, NIST:IA-5
	//   basis  "usual effect by the catalogue: judgement"
	//   on phish { likelihood -80%  cost *3 }
	// }
}

// What STRIDE finds in a small system, and what a first tree begins with.
func ExampleCover() {
	loader := attacktree.Loader{Library: catalog.Library(), GoalOptional: true}
	tree, err := loader.Parse("assistant.atree", []byte(`
step theft "Copy the weights" { at registry  stride information-disclosure }
asset weights { kind model-weights }
system {
  process server { component model-server }
  store registry { component model-registry  asset weights }
  flow load registry -> server
}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	k, err := catalog.Cover(catalog.Default(), tree, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d threats are open\n", k.Open(), len(k.Threats))
	added, err := catalog.Scaffold(catalog.Default(), tree)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.SplitN(added, "\n", 3)[1])
	// Output:
	// 12 of 14 threats are open
	// copy "catalog:model-theft" as model-theft {
}

// A catalogue of one's own beside the one that is built in. A program would read
// it from os.DirFS.
func ExampleLoad() {
	own, err := catalog.Load(catalog.Default(), fstest.MapFS{
		"data/threats.json": {Data: []byte(`[
			{"slug": "badge-cloning", "name": "Cloned badge", "stride": ["S"], "components": ["staff-member"], "mitigations": ["physical-securty"]}
		]`)},
	})
	fmt.Println(own, err)
	// Output: <nil> catalog: data/threats.json:2: threat/badge-cloning: no mitigation is called "physical-securty"; did you mean "physical-security"?
}

// A first tree for a system: patterns that fit, and steps for what they leave.
func ExampleScaffold() {
	loader := attacktree.Loader{GoalOptional: true}
	tree, err := loader.Parse("system.atree", []byte(`
asset notes "Meeting notes"
system { store archive "Archive" { asset notes } }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	added, err := catalog.Scaffold(catalog.Default(), tree)
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(added) {
		if strings.HasPrefix(line, "goal") || strings.HasPrefix(line, "  step") {
			fmt.Print(line)
		}
	}
	// Output:
	// goal or notes-harm "Harm to Meeting notes" {
	//   step archive-tampering "Tampering at Archive" {
	//   step archive-information-disclosure "Information Disclosure at Archive" {
	//   step archive-denial-of-service "Denial of Service at Archive" {
}

// Who answers for what, and what is missing or late.
func ExampleTraceRisks() {
	tree, err := attacktree.Parse("phish.atree", []byte(`
goal or stolen {
  step phish "Phish staff" { likelihood 40% }
  step bribe "Bribe staff" { likelihood 1%  owner "HR" }
}
control mfa "Second factor" { status deployed  owner "IT"  review 2027-03-01  on phish { likelihood -90% } }
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	trace := catalog.TraceRisks(catalog.Default(), tree, "", attacktree.Date{Year: 2027, Month: 6, Day: 1})
	for _, row := range trace.Rows {
		fmt.Println(row.Step.Name, row.Owner, row.Findings)
	}
	fmt.Println(trace.Count(catalog.ReviewOverdue), "overdue")
	// Output:
	// phish IT [review-overdue]
	// bribe HR [no-control]
	// 1 overdue
}
