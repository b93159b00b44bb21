package attacktree

// Options of [Compile]. The zero value, and nil, are fine.
type Options struct {
	Goal     string // empty: the only goal of the tree
	MaxNodes int    // greatest size of a diagram; 0: 20 million
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
func (o Order) String() string { return orderNames[o] }
