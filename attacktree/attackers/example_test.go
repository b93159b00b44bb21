package attackers_test

import (
	"context"
	"fmt"
	"log"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
)

func factory() *attacktree.Tree {
	tree, err := attacktree.Parse("factory.atree", []byte(`
		adversary rival { budget 5 gain 30 }
		goal or shutdown "Stop the production" {
			impact 200
			step cyber "Attack the network" { cost 1 likelihood 20% }
			and robot "Destroy the robot" {
				impact 100
				step bomb "Place a bomb" { cost 3 likelihood 40% }
				step door "Force the door" { cost 2 likelihood 90% impact 10 }
			}
		}`))
	if err != nil {
		log.Fatal(err)
	}
	return tree
}

func ExampleStudy() {
	report, err := attackers.Study(context.Background(), factory(), nil)
	if err != nil {
		log.Fatal(err)
	}
	rival := report.Profiles[0]
	fmt.Printf("his budget buys a chance of %.2f\n", rival.Likelihood.At(*rival.Budget).Value)
	fmt.Printf("his best attack earns %.1f: %v\n", rival.Economic.Profit.Value, rival.Likelihood.Steps(rival.Economic.Place))
	// Output:
	// his budget buys a chance of 0.36
	// his best attack earns 8.6: [cyber bomb door]
}

func ExampleNewCurve() {
	ctx, tree := context.Background(), factory()
	program, err := attacktree.Compile(ctx, tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	curve, err := attackers.NewCurve(ctx, tree, program, nil, attackers.ExpectedImpact, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i, p := range curve.Points {
		fmt.Printf("%.0f %.1f %v\n", p.Cost, p.Value, curve.Steps(i))
	}
	// Output:
	// 0 0.0 []
	// 1 40.0 [cyber]
	// 3 49.0 [cyber door]
	// 5 117.0 [bomb door]
	// 6 142.6 [cyber bomb door]
}
