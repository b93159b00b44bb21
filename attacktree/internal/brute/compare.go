package brute

import (
	"cmp"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// Compare returns the order of attacks: negative where a comes before b. Ties
// end with fewer steps, then fewer conditions, then the names of the steps and
// of the conditions, as lists in alphabetical order. What no step carries does
// not tell attacks apart, and an attack that never ends comes last.
func Compare(order attacktree.Order) func(a, b *attacktree.Attack) int {
	return func(a, b *attacktree.Attack) int {
		first := 0
		switch order {
		case attacktree.ByLikelihood:
			first = cmp.Compare(b.Likelihood, a.Likelihood)
		case attacktree.ByImpact:
			first = cmp.Compare(b.Impact, a.Impact)
		case attacktree.ByTime:
			first = number(a.Time, b.Time)
		case attacktree.BySize:
			first = len(a.Steps) - len(b.Steps)
		}
		return cmp.Or(first, number(a.Cost, b.Cost),
			len(a.Steps)-len(b.Steps), len(a.Given)-len(b.Given),
			names(a.Steps, b.Steps), names(a.Given, b.Given))
	}
}

func number(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*a, *b)
}

func names(a, b []string) int {
	return slices.Compare(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
