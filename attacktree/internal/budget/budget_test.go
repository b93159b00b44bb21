package budget_test

import (
	"context"
	"fmt"
	"log"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/budget"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// both is an And of two Ors that share a step: numbers are those of pick, try
// and force.
func both() *budget.Problem {
	c := circuit.New()
	pick, try, force := c.Var(), c.Var(), c.Var()
	goal := c.And(c.Or(pick, try), c.Or(pick, force))
	return &budget.Problem{
		Circuit: c, Root: goal, Worth: []budget.Amount{{At: goal, Value: 1}},
		Node: []int32{0, 1, 2}, IsStep: []bool{true, true, true},
		Chance: []float64{0.5, 0.5, 0.5}, Cost: []float64{5, 1, 1},
	}
}

func ExampleSolve() {
	curve, err := budget.Solve(context.Background(), both())
	if err != nil {
		log.Fatal(err)
	}
	for i, p := range curve.Points {
		fmt.Println(p.Cost, p.Worth, curve.Steps(i))
	}
	// Output:
	// 0 0 []
	// 2 0.25 [1 2]
	// 5 0.5 [0]
	// 7 0.625 [0 1 2]
}

func TestAt(t *testing.T) {
	stairs := []budget.Point{{Cost: 1, Worth: 2}, {Cost: 3, Worth: 5}}
	for b, want := range map[float64]float64{0: 0, 1: 2, 2.9: 2, 3: 5, 100: 5} {
		if x := budget.At(stairs, b); x != want {
			t.Errorf("at %v: %v, want %v", b, x, want)
		}
	}
}
