package dsl_test

import (
	"fmt"
	"os"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
)

func ExampleParse() {
	_, problems := dsl.Parse("weights.atree", []byte("goal step phish {\n  likelyhood 30%\n  cost = 5k\n}\n"))
	printer := diag.Printer{}
	if err := printer.Print(os.Stdout, problems); err != nil {
		fmt.Println(err)
	}
	fmt.Println(diag.Summary(problems))
	// Output:
	// weights.atree:2:3: error: expected an attribute, a node or "}", found "likelyhood" [unknown-word]
	//     2 |   likelyhood 30%
	//       |   ^^^^^^^^^^
	//    hint: did you mean "likelihood"?
	// weights.atree:3:8: error: expected a cost, such as 5k or 2k..10k, found "=" [syntax]
	//     3 |   cost = 5k
	//       |        ^
	//    hint: leave out the =
	// 2 errors
}

func ExampleFormat() {
	f, problems := dsl.Parse("weights.atree", []byte("goal or steal{step phish{cost 5k likelihood 30%} # cheap\nstep bribe\n}"))
	if err := problems.Err(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(dsl.Format(f)))
	// Output:
	// goal or steal {
	//   step phish { cost 5k  likelihood 30% }  # cheap
	//   step bribe
	// }
}
