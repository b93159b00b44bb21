package mitigate_test

import (
	"context"
	"fmt"
	"log"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// tree is the office network of examples/first.atree.
func tree() *attacktree.Tree {
	tree, err := attacktree.ParseFile("../../examples/first.atree")
	if err != nil {
		log.Fatal(err)
	}
	return tree
}

// Each goal in each scenario, and what each control is worth. Package render
// writes the whole of it.
func ExampleAssess() {
	assessment, err := mitigate.Assess(context.Background(), tree(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, goal := range assessment.Goals {
		for _, r := range goal.Results {
			fmt.Printf("%s, %s: %.1f %%\n", goal.Goal, r.Scenario, 100*r.Likelihood.Value)
		}
		for _, v := range goal.Values {
			fmt.Printf("%s takes %.0f off the expected impact of an attempt for %.0f a year\n", v.Control, *v.Alone, *v.Cost)
		}
	}
	// Output:
	// enter, inherent: 28.0 %
	// enter, current: 28.0 %
	// enter, planned: 11.8 %
	// keys takes 32400 off the expected impact of an attempt for 8000 a year
}

// Mitigation sets side by side. A set is dominated if another costs no more,
// leaves no more risk, and is better in one of the two.
func ExampleCompare() {
	tree, err := attacktree.Parse("office.atree", []byte(`
goal or enter { impact 200k  step phish { likelihood 20% }  step lobby { likelihood 10% } }
control keys     { cost 8k  on phish { likelihood -90% } }
control training { cost 9k  on phish { likelihood -40% } }
control locks    { cost 2k  on lobby { block } }
`))
	if err != nil {
		log.Fatal(err)
	}
	var sets []mitigate.NamedSet
	for _, words := range []string{"none", "keys", "training", "keys,locks"} {
		controls, err := tree.ParseSet(words)
		if err != nil {
			log.Fatal(err)
		}
		sets = append(sets, mitigate.NamedSet{Name: words, Controls: controls})
	}
	comparison, err := mitigate.Compare(context.Background(), tree, &mitigate.Options{Sets: sets})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range comparison.Rows {
		fmt.Printf("%-10s  costs %5.0f  leaves %5.0f  dominated by %v\n", row.Set, row.Cost, row.ExpectedImpact.Value, row.DominatedBy)
	}
	// Output:
	// none        costs     0  leaves 56000  dominated by []
	// keys        costs  8000  leaves 23600  dominated by []
	// training    costs  9000  leaves 41600  dominated by [keys]
	// keys,locks  costs 10000  leaves  4000  dominated by []
}

// Which team's steps does the risk come from?
func ExampleBySteps() {
	tree, err := attacktree.Parse("theft.atree", []byte(`
goal or theft "Steal the weights" {
  and outside {
    step phish "Phish an administrator" { likelihood 50%  owner "IT" }
    step copy  "Copy them out"          { likelihood 20%  owner "Platform" }
  }
  step backup "Take a backup" { likelihood 10%  owner "IT" }
}
`))
	if err != nil {
		log.Fatal(err)
	}
	b, err := mitigate.BySteps(context.Background(), tree, tree.ByOwner(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, part := range b.Goals[0].Scenarios[0].Parts {
		fmt.Printf("%s: in %v attacks; without it %.0f %%; fair share %.1f of %.0f %%\n", part.Name, part.Attacks,
			100*part.Without.Likelihood.Value, 100**part.ShapleyLikelihood, 100*b.Goals[0].Scenarios[0].Whole.Likelihood.Value)
	}
	// Output:
	// IT: in 2 attacks; without it 0 %; fair share 14.5 of 19 %
	// Platform: in 1 attacks; without it 10 %; fair share 4.5 of 19 %
}
