package plot_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/plot"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

const weights = `
	model "Weights" { currency USD }
	goal and steal { impact 20M..80M attempts 4
		step creds  { likelihood 10%..30% }
		step egress { likelihood pert(30%, 50%, 80%) }
	}
	control mfa    { cost 40k on creds  { likelihood -80% } }
	control limits { cost 80k on egress { likelihood -60% } }`

func ExampleExceedance() {
	ctx := context.Background()
	tree, err := attacktree.Parse("weights.atree", []byte(weights))
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(ctx, tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	study, err := uncertain.Simulate(ctx, program, &uncertain.Options{Scenarios: []*attacktree.Scenario{
		{Name: "inherent"}, {Name: "mfa", Controls: []string{"mfa"}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	tolerance, err := uncertain.NewRiskTolerance(uncertain.Limit{Loss: 50e6, Chance: 0.05})
	if err != nil {
		log.Fatal(err)
	}
	picture, err := plot.Exceedance(study, tolerance)
	if err != nil {
		log.Fatal(err)
	}
	var svg bytes.Buffer
	if err := picture.Write(&svg, plot.SVG); err != nil {
		log.Fatal(err)
	}
	fmt.Println(picture.Title())
	for k, s := range study.Scenarios {
		losses := study.Scenarios[k].Column(uncertain.YearLoss).Distribution()
		fmt.Println(s.Name, "exceeds the tolerance:", losses.Judge(tolerance)[0].Exceeded())
	}
	// Output:
	// What a year may lose
	// inherent exceeds the tolerance: true
	// mfa exceeds the tolerance: false
}

func ExampleFront() {
	ctx := context.Background()
	tree, err := attacktree.Parse("weights.atree", []byte(weights))
	if err != nil {
		log.Fatal(err)
	}
	choice, err := mitigate.Optimize(ctx, tree, nil, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	picture, err := plot.Front(choice, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	var png bytes.Buffer
	if err := picture.Write(&png, plot.PNG); err != nil {
		log.Fatal(err)
	}
	fmt.Println(picture.Title())
	fmt.Printf("%q\n", png.Bytes()[:4])
	// Output:
	// What controls cost, and what they leave
	// "\x89PNG"
}
