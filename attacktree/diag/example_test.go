package diag_test

import (
	"fmt"
	"os"

	"github.com/atree-dev/atree/attacktree/diag"
)

func Example() {
	src := diag.NewSource("weights.atree", "and registry {\n  use backupp\n}\n")
	list := diag.List{{
		Code: "undefined-name", Span: src.Span(21, 28), Message: `no node is called "backupp"`,
		Hint: diag.Suggest("backupp", []string{"backup", "registry"}),
	}}
	printer := diag.Printer{Width: 80}
	if err := printer.Print(os.Stdout, list); err != nil {
		fmt.Println(err)
	}
	fmt.Println(diag.Summary(list))
	// Output:
	// weights.atree:2:7: error: no node is called "backupp" [undefined-name]
	//     2 |   use backupp
	//       |       ^^^^^^^
	//    hint: did you mean "backup"?
	// 1 error
}
