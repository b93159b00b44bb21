package uncertain

import (
	"fmt"
	"slices"
	"strings"
)

// figuresAsked tells which figures have a column: those given, or all where none
// is. A total cost is made of an expected impact, which comes with it.
func figuresAsked(figures []string) (func(figure string) bool, error) {
	for _, f := range figures {
		if !slices.Contains(Figures(), f) {
			return nil, fmt.Errorf("uncertain: expected figures out of %s, found %q", strings.Join(Figures(), ", "), f)
		}
	}
	return func(figure string) bool {
		return len(figures) == 0 || slices.Contains(figures, figure) ||
			figure == ExpectedImpact && slices.Contains(figures, TotalCost)
	}, nil
}
