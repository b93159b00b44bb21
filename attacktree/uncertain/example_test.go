package uncertain_test

import (
	"context"
	"fmt"
	"log"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

const phishing = `
goal and steal "Steal the weights" {
  impact 1M..4M
  attempts 20
  step phish "Phish an administrator" { likelihood beta(4, 16) }
  step copy  "Copy the weights"       { likelihood 30%..70% }
}
control mfa "Multi-factor login" { cost 50k on phish { likelihood -90% } }
`

func ExampleSimulate() {
	tree, err := attacktree.Parse("phishing.atree", []byte(phishing))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	program, err := attacktree.Compile(ctx, tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	s, err := uncertain.Simulate(ctx, program, &uncertain.Options{
		Samples:   20_000,
		Seed:      1,
		Scenarios: []*attacktree.Scenario{{Name: "none"}, {Name: "mfa", Controls: []string{"mfa"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for i := range s.Scenarios {
		l := s.Scenarios[i].Column(uncertain.Likelihood).Spread()
		y := s.Scenarios[i].Column(uncertain.YearLoss).Distribution()
		fmt.Printf("%-4s  chance %.1f %% (%.1f to %.1f %%), a year loses more than %.1f M in 1 of 20\n",
			s.Scenarios[i].Name, 100*l.Mean, 100*l.P5, 100*l.P95, y.AtRisk(0.95)/1e6)
	}
	// Output:
	// none  chance 10.0 % (3.3 to 19.5 %), a year loses more than 13.1 M in 1 of 20
	// mfa   chance 1.0 % (0.3 to 1.9 %), a year loses more than 2.8 M in 1 of 20
}
