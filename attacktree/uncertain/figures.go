package uncertain

import (
	"fmt"
	"slices"
	"strings"
)

// keep drops the columns of all figures but those that are asked for; none asks
// for all. A total cost is made of an expected impact, which stays with it.
func (s *Scenario) keep(figures []string) error {
	if len(figures) == 0 {
		return nil
	}
	for _, f := range figures {
		if !slices.Contains(Figures(), f) {
			return fmt.Errorf("uncertain: expected figures out of %s, found %q", strings.Join(Figures(), ", "), f)
		}
	}
	if slices.Contains(figures, TotalCost) {
		figures = append(slices.Clone(figures), ExpectedImpact)
	}
	s.Columns = slices.DeleteFunc(s.Columns, func(c Column) bool { return !slices.Contains(figures, c.Figure) })
	return nil
}
