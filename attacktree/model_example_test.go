package attacktree_test

import (
	"errors"
	"fmt"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A tree is built of plain values, and checked.
func ExampleNew() {
	tree, err := attacktree.New(attacktree.Model{
		Nodes: []*attacktree.Node{
			{Name: "open", Label: "Open the safe", Gate: attacktree.Or, Goal: true, Children: []string{"pick", "learn"}},
			{Name: "pick", Label: "Pick the lock", Cost: quantity.Exactly(30_000)},
			{Name: "learn", Label: "Learn the combination", Cost: quantity.Exactly(75_000)},
		},
		Controls: []*attacktree.Control{{
			Name: "guard", Status: attacktree.Deployed,
			Effects: []attacktree.Effect{{
				Targets: []attacktree.Target{{Kind: attacktree.OnNode, Name: "pick"}},
				Changes: []attacktree.Change{{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: quantity.Exactly(0.1)}},
			}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	controls, _ := tree.SetMembers("deployed")
	fmt.Println(tree.Goals(), controls)
	// Output: [open] [guard]
}

// All problems of a text are found together.
func ExampleParse() {
	_, err := attacktree.Parse("safe.atree", []byte(`
goal or open "Open the safe" {
  step pick "Pick the lock" { likelihood 110% }
  use lern
}
step learn "Learn the combination"
`))
	var problems diag.List
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Println(p)
		}
	}
	// Output:
	// safe.atree:3:42: error: a likelihood lies from 0% to 100%; found 110% [likelihood-range]
	// safe.atree:4:7: error: no node is called "lern" [undefined-name] (did you mean "learn", declared at 6:6?)
}
