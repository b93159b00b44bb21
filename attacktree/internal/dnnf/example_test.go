package dnnf_test

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/dnnf"
)

func Example() {
	c := circuit.New()
	a, b, x := c.Var(), c.Var(), c.Var()
	either := c.Or(a, b)
	both := c.AtLeast(2, either, b, x)
	f, _ := dnnf.New(c, []circuit.Ref{a, b, x}, []circuit.Ref{either, both}, both)
	form, err := f.Compile(context.Background(), dnnf.Limits{Nodes: 100, Bytes: 1e6, Work: 1e4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", form.Values([]float64{0.1, 0.2, 0.5})[form.Root])
	// Output:
	// 0.240
}
