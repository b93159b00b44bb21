package program_test

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

func Example() {
	ctx := context.Background()
	c := circuit.New()
	phish, exploit, admin := c.Var(), c.Var(), c.Var()
	foothold := c.Or(phish, exploit)
	goal := c.Or(c.And(foothold, admin), c.And(phish, exploit))

	p, err := program.Compile(ctx, c, []circuit.Ref{goal, foothold}, program.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := p.NewState()
	s.Eval([]float64{0.5, 0.2, 0.1})
	birnbaum := make([]float64, p.NumVars())
	s.Gradient([]float64{1, 0}, birnbaum)
	fmt.Printf("goal %.3f foothold %.3f importance %.3f\n", s.Value(0), s.Value(1), birnbaum)

	f, err := program.MinimalSets(ctx, c, goal, program.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Count(nil), "minimal sets")
	for set, err := range f.Sets(ctx, program.Selection{A: []float64{5, 20, 1}}) {
		fmt.Println(set, err)
	}
	// Output:
	// goal 0.150 foothold 0.600 importance [0.260 0.500 0.500]
	// 3 minimal sets
	// [0 2] <nil>
	// [1 2] <nil>
	// [0 1] <nil>
}

func ExampleFold() {
	c := circuit.New()
	x, y, z := c.Var(), c.Var(), c.Var()
	f, err := program.MinimalSets(context.Background(), c, c.Or(c.And(x, y), z), program.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	// The least skill: or takes the lesser, and the greater.
	skill := []int{3, 1, 4}
	least := program.Fold(f, func(v int) int { return skill[v] }, 1<<30, 0,
		func(a, b int) int { return min(a, b) }, func(a, b int) int { return max(a, b) })
	fmt.Println(least)
	// Output: 3
}
