package mitigate_test

import (
	"context"
	"fmt"
	"log"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

const office = `
goal or enter { impact 200k attempts 1  step phish { likelihood 20% }  step lobby { likelihood 10% } }
control keys     { cost 8k  on phish { likelihood -90% } }
control training { cost 9k  on phish { likelihood -40% } }
control locks    { cost 2k  on lobby { block } }
`

// The best set of controls for each budget.
func ExampleFront() {
	tree, err := attacktree.Parse("office.atree", []byte(office))
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	front, err := mitigate.Front(context.Background(), tree, program, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range front.Points {
		fmt.Printf("%5.0f leaves %5.0f with %v\n", p.Cost, p.Value, p.Controls)
	}
	fmt.Println("exact:", front.Exact)
	// Output:
	//     0 leaves 56000 with []
	//  2000 leaves 40000 with [locks]
	//  8000 leaves 23600 with [keys]
	// 10000 leaves  4000 with [keys locks]
	// 19000 leaves  2400 with [keys training locks]
	// exact: true
}

// The cheapest set that brings the likelihood to 3 % or less.
func ExampleOptimize() {
	tree, err := attacktree.Parse("office.atree", []byte(office))
	if err != nil {
		log.Fatal(err)
	}
	target := 0.03
	best, err := mitigate.Optimize(context.Background(), tree, nil, &mitigate.FrontOptions{Objective: mitigate.Likelihood}, &target)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(best.Front.Points[best.Chosen].Controls)
	// Output: [keys locks]
}

// What each control is worth: its fair share of the reduction, and what comes
// back for each unit of its cost in a period.
func ExampleValues() {
	tree, err := attacktree.Parse("office.atree", []byte(office))
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	values, err := mitigate.Values(context.Background(), tree, program, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range values {
		fmt.Printf("%-8s takes %5.0f off, return %4.1f\n", v.Control, *v.Shapley, *v.Return)
	}
	// Output:
	// keys     takes 27240 off, return  2.4
	// training takes  8240 off, return -0.1
	// locks    takes 18120 off, return  8.1
}

// What each control of a set does to the attacks.
func ExampleExplain() {
	tree, err := attacktree.Parse("office.atree", []byte(office))
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	set := &attacktree.Scenario{Controls: []string{"training", "locks"}}
	x, err := mitigate.Explain(context.Background(), tree, program, set, 5)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range x.Controls {
		fmt.Printf("%-8s stops %d, makes %d harder\n", c.Control, c.Stops, c.Hinders)
	}
	fmt.Println("left:", x.Left[0].Steps, "of which no control acts on", x.Unguarded)
	// Output:
	// training stops 0, makes 1 harder
	// locks    stops 1, makes 0 harder
	// left: [phish] of which no control acts on []
}
