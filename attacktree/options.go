package attacktree

import "fmt"

// Options of [Compile]. The zero value, and nil, are fine.
type Options struct {
	Goal     string // empty: the only goal of the tree
	MaxNodes int    // greatest size of a diagram; 0: 20 million

	// Scenarios is how many scenarios or draws the program will answer for, about.
	// For many, more time goes into a smaller diagram, at most as much as the
	// answers are expected to take; the figures stay the same.
	Scenarios int
}

// Order says which minimal attacks come first.
type Order uint8

const (
	ByCost       Order = iota // least cost; ties: fewest steps, then by name
	ByLikelihood              // greatest chance; ties: least cost, then as ByCost
	BySize                    // fewest steps; ties: least cost, then by name
	ByImpact                  // greatest loss; ties: least cost, then as ByCost
	ByTime                    // soonest; ties: least cost, then as ByCost
)

var orderNames = [...]string{"cost", "likelihood", "size", "impact", "time"}

// String returns the word of the command line.
func (o Order) String() string {
	if int(o) >= len(orderNames) {
		return fmt.Sprintf("Order(%d)", uint8(o))
	}
	return orderNames[o]
}
