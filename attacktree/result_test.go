package attacktree_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

func TestStrings(t *testing.T) {
	cost, time, skill := 5e6, 1.5, 3
	for want, x := range map[string]any{
		"0.25":                 &attacktree.Figure{Value: 0.25, Exact: true, Low: 0.25, High: 0.25},
		"0.25 (0.2 to 0.3)":    attacktree.Figure{Value: 0.25, Low: 0.2, High: 0.3},
		"a + b (likelihood 1)": &attacktree.Attack{Steps: []string{"a", "b"}, Likelihood: 1},
		"a given c + d (likelihood 0.1, cost 5e+06, time 1.5 d, skill 3)": attacktree.Attack{
			Steps: []string{"a"}, Given: []string{"c", "d"}, Likelihood: 0.1, Cost: &cost, Time: &time, Skill: &skill},
		"<nil>": (*attacktree.Attack)(nil),
	} {
		if got := fmt.Sprint(x); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
}

func TestMeasureWithoutFunctions(t *testing.T) {
	if _, err := attacktree.Measure(t.Context(), program(office), nil, attacktree.Metric[int]{}); !errors.As(err, new(*attacktree.MetricError)) {
		t.Errorf("found %v, want a MetricError", err)
	}
}
