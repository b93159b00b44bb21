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

// compiled returns the program of the text above, which is known to be sound.
func compiled() *attacktree.Program {
	tree, err := attacktree.Parse("phishing.atree", []byte(phishing))
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	return program
}

func ExampleSimulate() {
	s, err := uncertain.Simulate(context.Background(), compiled(), &uncertain.Options{
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

// A study in two shards, which two machines may draw, gives what one run gives.
func ExampleMerge() {
	ctx := context.Background()
	var parts []*uncertain.Simulation
	for shard := 1; shard <= 2; shard++ {
		part, err := uncertain.Simulate(ctx, compiled(), &uncertain.Options{Samples: 4096, Seed: 1, Shard: shard, Shards: 2})
		if err != nil {
			log.Fatal(err)
		}
		parts = append(parts, part) // WritePart and ReadPart carry it from one to the other
	}
	merged, err := uncertain.Merge(parts...)
	if err != nil {
		log.Fatal(err)
	}
	whole, err := uncertain.Simulate(ctx, compiled(), &uncertain.Options{Samples: 4096, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	of := func(s *uncertain.Simulation) uncertain.Spread {
		return s.Spread(s.Scenarios[0].Column(uncertain.ExpectedImpact))
	}
	fmt.Println(of(merged) == of(whole))
	// Output: true
}

// Which number is it worth to know better?
func ExampleAnalyse() {
	s, err := uncertain.Analyse(context.Background(), compiled(), nil, uncertain.Likelihood, 1000, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("chance %.1f %%\n", 100*s.Mean)
	for _, e := range s.Effects {
		fmt.Printf("%s: %.1f to %.1f %%, %.0f %% of the variance\n", e.Number, 100*e.Low, 100*e.High, 100*e.First)
	}
	// Output:
	// chance 10.0 %
	// phish.likelihood: 4.8 to 15.9 %, 73 % of the variance
	// copy.likelihood: 6.8 to 13.2 %, 23 % of the variance
}
