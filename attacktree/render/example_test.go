package render_test

import (
	"context"
	"log"
	"os"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

func ExampleEvalText() {
	tree, err := attacktree.Parse("door.atree", []byte(`
model "The back door" { currency EUR }
goal or enter "Get in" {
  step pick "Pick the lock" { cost 50  likelihood 40% }
  step key  "Borrow a key"  { cost 200 likelihood 10% }
}
`))
	if err != nil {
		log.Fatal(err)
	}
	answer, err := mitigate.Assess(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := render.EvalText(os.Stdout, answer, nil); err != nil {
		log.Fatal(err)
	}
	// Output:
	// The back door
	//   File door.atree; money in EUR.
	//   Attacker: anyone, trying every possible step once (saturating).
	//
	// Get in (enter)
	//   Without controls, an attempt succeeds with a chance of 46 %. The cheapest
	//   attack costs EUR 50.
	//
	//                                    inherent
	//   chance that an attempt succeeds      46 %
	//   attacks left                            2
	//   cheapest attack (EUR)                  50
	//   likeliest attack                     40 %
	//
	//   Cheapest and likeliest (EUR 50, chance 40 %): Pick the lock (pick).
	//
	// Both attacks
	//   cost  chance  steps
	//     50    40 %  pick
	//    200    10 %  key
	//
	// The steps that matter most
	//   step                 without it, less likely by
	//   pick  Pick the lock                      78.3 %
	//   key   Borrow a key                         13 %
	//
	//   Worked out exactly, bottom-up.
}
