package treegen_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/brute"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

func ExampleLadder() {
	f := treegen.Ladder(3, 0.5)
	fmt.Println(f.Name, f.Likelihood, f.Count, f.Cost)
	// Output: ladder/n=3 0.421875 8 3
}

// TestRandom asks that every model is valid and small enough, the same each
// time, and that each thing that can be asked for is there now and then.
func TestRandom(t *testing.T) {
	seen := map[string]int{}
	note := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	const models = 300
	for seed := range uint64(models) {
		m := treegen.Random(seed, treegen.Everything)
		if again := treegen.Random(seed, treegen.Everything); !reflect.DeepEqual(m, again) {
			t.Fatalf("seed %d gives two models", seed)
		}
		if _, err := attacktree.New(m); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, treegen.Text(&m))
		}
		r, err := brute.Eval(&m, "", nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(r.Steps) > treegen.Everything.Variables {
			t.Errorf("seed %d: expected at most %d own steps, found %d", seed, treegen.Everything.Variables, len(r.Steps))
		}
		note("reachable", r.Reachable)
		note("not reachable", !r.Reachable)
		note("unaided", r.Unaided)
		note("several attacks", len(r.Minimal) > 2)
		note("assumed", len(r.Assumed) > 0)
		note("annual loss", r.AnnualLoss != nil)
		parents := map[string]int{}
		for _, n := range m.Nodes {
			for _, c := range n.Children {
				parents[c]++
			}
			note("accident", n.Rate.Given())
			note("override", len(n.For) > 0)
			note("gate with an own step", !n.Gate.Leaf() && n.Likelihood.Given())
			note(n.Gate.String(), true)
		}
		shared := 0
		for _, n := range parents {
			shared = max(shared, n)
		}
		note("shared", shared > 1)
		acting := map[string]int{}
		for _, k := range m.Controls {
			note("bypass", len(k.BypassedBy) > 0)
			note("bypassed by two nodes", len(k.BypassedBy) > 1)
			for _, e := range k.Effects {
				for _, target := range e.Targets {
					if len(k.BypassedBy) > 0 {
						acting[target.Name]++
					}
				}
				for _, c := range e.Changes {
					note(fmt.Sprint("op ", c.Op), true)
					note(fmt.Sprint("change of ", c.Attribute), true)
				}
			}
		}
		for _, n := range acting {
			note("several bypasses on one step", n > 1)
		}
	}
	all := []string{"reachable", "not reachable", "unaided", "several attacks", "assumed", "annual loss", "accident", "override",
		"gate with an own step", "shared", "bypass", "bypassed by two nodes", "several bypasses on one step",
		"step", "condition", "or", "and", "seq", "atleast",
		"op 0", "op 1", "op 2", "op 3", "op 4", "op 5",
		"change of likelihood", "change of impact", "change of cost", "change of time", "change of skill", "change of detection"}
	for _, what := range all {
		if seen[what] < models/50 {
			t.Errorf("%s: expected in at least %d of %d models, found %d", what, models/50, models, seen[what])
		}
	}
}

// TestText reads what was written. That it means the same is a test of package
// attacktree.
func TestText(t *testing.T) {
	for seed := range uint64(100) {
		m := treegen.Random(seed, treegen.Everything)
		if _, err := attacktree.Parse("random.atree", []byte(treegen.Text(&m))); err != nil {
			t.Fatalf("%v\n%s", err, treegen.Text(&m))
		}
	}
}

func TestLarge(t *testing.T) {
	for _, m := range []attacktree.Model{treegen.Tree(1, 1), treegen.Tree(1, 1000), treegen.Shared(1, 4, 1), treegen.Shared(1, 100, 40)} {
		if _, err := attacktree.New(m); err != nil {
			t.Errorf("%d nodes: %v", len(m.Nodes), err)
		}
	}
	if m := treegen.Shared(3, 100, 40); len(m.Nodes) != 100 || len(m.Controls) != 40 {
		t.Errorf("expected 100 nodes and 40 controls, found %d and %d", len(m.Nodes), len(m.Controls))
	}
	if m := treegen.Tree(3, 1000); len(m.Nodes) < 1200 {
		t.Errorf("expected 1000 steps and their gates, found %d nodes", len(m.Nodes))
	}
}

// Attack-defence trees are valid, the same each time, and of the size asked for
// where nothing is repeated.
func TestDefended(t *testing.T) {
	for seed := range uint64(50) {
		m := treegen.Defended(seed, 60, 15, float64(seed%3)/5)
		if again := treegen.Defended(seed, 60, 15, float64(seed%3)/5); !reflect.DeepEqual(m, again) {
			t.Fatalf("seed %d gives two models", seed)
		}
		if _, err := attacktree.New(m); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, treegen.Text(&m))
		}
		if n := len(m.Nodes) + len(m.Controls); len(m.Controls) != 15 || n > 66 || seed%3 == 0 && n < 54 {
			t.Errorf("seed %d: expected about 60 nodes of which 15 are defences, found %d and %d", seed, n, len(m.Controls))
		}
	}
}
