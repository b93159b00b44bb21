// Package compiled is how a compiled tree shows itself to the packages that
// search over mitigation sets and attacks: gates over numbered variables, and
// what each variable is worth while some controls are held. It knows no names.
package compiled

import (
	"context"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A Structure is one goal seen by one attacker. Variables are own steps and
// conditions; one whose controls can be bypassed has a variable for each state
// of the bypasses, of which the circuit picks the one that counts. Its functions
// are for one goroutine at a time.
type Structure struct {
	// Likelihood is the circuit of what is reached. Variables are independent.
	Likelihood *circuit.Circuit
	Goal       circuit.Ref
	Losses     []circuit.Ref // where losses arise; they add up

	// Program compiles Likelihood when it is first asked for, within the limits of
	// the program it shows. Of its Roots, the first are Goal and Losses.
	Program func(context.Context) (*program.Program, error)
	Roots   int

	// Attack is the monotone circuit of attacks: a variable may be relied on once
	// the bypasses of its state are reached. The sets that make AttackGoal true are
	// the attacks; each variable has the numbers that hold in its state.
	Attack     *circuit.Circuit
	AttackGoal circuit.Ref
	AttackLoss []circuit.Ref // as Losses, reached for sure when a set succeeds

	Nodes  []int32 // by variable: the node it belongs to, in the numbering of the model
	IsStep []bool  // by variable: an own step, not a condition

	// By variable or loss: the controls that change its chance, its cost or its
	// amount, ascending, in the numbering of the model.
	ChanceControls [][]int32
	CostControls   [][]int32
	LossControls   [][]int32

	// The numbers while some controls are held (by number of the control): the
	// chance is 0 where the variable is impossible. More controls never raise a
	// chance or a loss and never lower a cost.
	Chance func(v int, held []bool) float64
	Cost   func(v int, held []bool) float64
	Loss   func(i int, held []bool) float64

	// Cheapest returns the cost of the cheapest attack, +Inf if no attack is left.
	// More controls never lower it.
	Cheapest func(ctx context.Context, held []bool) (float64, error)

	Attempts    float64 // in 365 days
	HasAttempts bool
	HasCost     bool // some step carries a cost
}
