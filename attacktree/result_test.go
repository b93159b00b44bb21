package attacktree_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
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

// What is wrong with a model that was built in Go is told by names, and of a file
// that cannot be read by its path.
func TestPlacesInGo(t *testing.T) {
	_, err := attacktree.New(attacktree.Model{
		Nodes: []*attacktree.Node{
			{Name: "top", Goal: true, Gate: attacktree.Or, Children: []string{"step", "stop"}},
			{Name: "step", Likelihood: quantity.Exactly(3)},
		},
		Controls: []*attacktree.Control{{Name: "lock", Cost: quantity.Exactly(-1)}},
	})
	var problems diag.List
	if !errors.As(err, &problems) {
		t.Fatalf("found %v", err)
	}
	got := ""
	for _, p := range problems {
		got += p.Message + "\n"
	}
	const want = `a likelihood lies from 0% to 100%; found 3 (node "step")
a cost cannot be negative; found -1 (control "lock")
no node is called "stop" (node "top")
`
	if got != want {
		t.Errorf("found\n%swant\n%s", got, want)
	}

	_, err = attacktree.ParseFile("testdata/nowhere.atree")
	if want := "attacktree: read testdata/nowhere.atree: no such file or directory"; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("found %v, want %s", err, want)
	}
}

func TestSetIsNoControl(t *testing.T) {
	_, err := program(office).Eval(t.Context(), &attacktree.Scenario{Controls: []string{"all"}})
	if want := `attacktree: "all" is a set, no control; Tree.ParseSet has the controls of it`; err == nil || err.Error() != want {
		t.Errorf("found %v, want %s", err, want)
	}
}
