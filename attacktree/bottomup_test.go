package attacktree_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// TestBottomUpWorked: figures that were worked out by hand.
func TestBottomUpWorked(t *testing.T) {
	for _, x := range []struct {
		name, text string
		controls   []string
		likelihood float64
		cost       float64
		time       float64
		skill      int
		repeated   []string
	}{
		{"a tree", `goal or g { step a { cost 2  likelihood 50%  time 3d  skill 4 }  step b { cost 3  likelihood 20%  time 1d  skill 1 } }`,
			nil, 0.6, 2, 1, 1, nil},
		// Both ways need a: P = 1 - (1 - 0.5*0.4)(1 - 0.5*0.8) for 0.5*(1 - 0.6*0.2).
		{"a shared step in an or", `goal or g { and x { step a { cost 5  likelihood 50% }  step b { likelihood 40% } }  and y { use a  step c { likelihood 80% } } }`,
			nil, 1 - 0.8*0.6, 5, -1, -1, []string{"a"}},
		// a is paid for twice: 2*5 for 5; P = 0.25 for 0.5; one after the other: 6 for 3.
		{"a shared step in a seq", `goal seq g { or x { step a { cost 5  likelihood 50%  time 3d  skill 2 } }  or y { use a } }`,
			nil, 0.25, 10, 6, 2, []string{"a"}},
		// Of three that share nothing two or more: 3*0.25*0.5 + 0.125.
		{"two of three", `goal atleast 2 g { step a { cost 1  likelihood 50%  time 5d }  step b { cost 2  likelihood 50%  time 1d }  step c { cost 4  likelihood 50%  time 2d } }`,
			nil, 0.5, 3, 2, -1, nil},
		{"an own step", `goal or g { cost 10  likelihood 50%  time 2d  step a { cost 1  likelihood 50%  time 1d } }`,
			nil, 0.25, 11, 3, -1, nil},
		// ADTool: x(1 - y(1 - b)) = 0.5*(1 - 0.8*0.75), cost x + b.
		{"a bypass", `goal or g { step a { cost 2  likelihood 50%  time 1d } }  step b { cost 3  likelihood 25%  time 4d } control c { on a { likelihood -80% } bypassed by b }`,
			[]string{"c"}, 0.2, 2, 1, -1, nil},
		{"a bypass of a block", `goal or g { step a { cost 2  likelihood 50%  time 1d } }  step b { cost 3  likelihood 25%  time 4d } control c { on a { block } bypassed by b }`,
			[]string{"c"}, 0.125, 5, 5, -1, nil},
		// b counts for a and for d: cost 2+3 + 1+3, P = (0.5*0.25)^2 for 0.25*0.25.
		{"a bypass for two steps", `goal and g { step a { cost 2  likelihood 50% }  step d { cost 1  likelihood 50% } }  step b { cost 3  likelihood 25% } control c { on a, d { block } bypassed by b }`,
			[]string{"c"}, 1.0 / 64, 9, -1, -1, []string{"b"}},
		{"no attack left", `goal or g { step a { cost 2  likelihood 50%  skill 1 } } control c { on a { block } }`,
			[]string{"c"}, 0, -1, -1, -1, nil},
		{"a condition", `goal and g { step a { cost 2  likelihood 50% }  condition b { likelihood 50% } }`,
			nil, 0.25, 2, -1, -1, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			tree, err := attacktree.Parse("x.atree", []byte(x.text))
			if err != nil {
				t.Fatal(err)
			}
			p, err := attacktree.Compile(t.Context(), tree, nil)
			if err != nil {
				t.Fatal(err)
			}
			b, err := p.BottomUp(&attacktree.Scenario{Controls: x.controls})
			if err != nil {
				t.Fatal(err)
			}
			number := func(x *float64) float64 {
				if x == nil {
					return -1
				}
				return *x
			}
			skill := -1
			if b.MinSkill != nil {
				skill = *b.MinSkill
			}
			if !near(b.Likelihood, x.likelihood) || number(b.Cost) != x.cost || number(b.Time) != x.time ||
				skill != x.skill || !slices.Equal(b.Repeated, x.repeated) {
				t.Errorf("%v, cost %v, time %v, skill %v, repeated %v", b.Likelihood, number(b.Cost), number(b.Time), skill, b.Repeated)
			}
		})
	}
}

// TestBottomUpUnfolded: going from the leaves upwards is exact of the tree that
// the graph becomes when what is shared is copied to each of its places.
func TestBottomUpUnfolded(t *testing.T) {
	differ := 0
	for seed := range uint64(600) {
		m := treegen.Random(seed, treegen.Options{
			Variables: 7, Share: 0.35, Seq: 0.2, AtLeast: 0.2, OwnSteps: 0.2, Costs: 0.9, Times: 0.7, Skills: 0.5, Controls: 3,
		})
		goal := goals(&m)[0]
		p, q := compile(t, m, goal), compile(t, unfold(m, goal), goal)
		var in []string
		for i := range m.Controls {
			if seed>>i&1 == 1 {
				in = append(in, m.Controls[i].Name)
			}
		}
		got, err := p.BottomUp(&attacktree.Scenario{Controls: in})
		if err != nil {
			t.Fatal(err)
		}
		want := eval(t, q, &attacktree.Scenario{Controls: in})
		where := fmt.Sprintf("seed %d", seed)
		sameNumber(t, where, "likelihood", want.Likelihood.Value, got.Likelihood)
		same(t, where, "skill", skill(want.MinSkill), skill(got.MinSkill))
		for _, x := range []struct {
			what   string
			attack *attacktree.Attack
			number func(*attacktree.Attack) *float64
			got    *float64
		}{
			{"cost", want.Cheapest, func(a *attacktree.Attack) *float64 { return a.Cost }, got.Cost},
			{"time", want.Fastest, func(a *attacktree.Attack) *float64 { return a.Time }, got.Time},
		} {
			if (x.attack == nil) != (x.got == nil) {
				t.Errorf("%s: %s: expected %v, found %v", where, x.what, x.attack, x.got)
			} else if x.attack != nil {
				sameNumber(t, where, x.what, *x.number(x.attack), *x.got)
			}
		}
		exact := eval(t, p, &attacktree.Scenario{Controls: in})
		if math.Abs(exact.Likelihood.Value-got.Likelihood) > 1e-9 {
			differ++
			if len(got.Repeated) == 0 {
				t.Errorf("%s: nothing is said to be repeated", where)
			}
		}
	}
	if differ < 50 {
		t.Errorf("only %d of the trees have figures that differ", differ)
	}
}

// unfold gives every place of a node below the goal a node of its own, with the
// effects that the node has.
func unfold(m attacktree.Model, goal string) attacktree.Model {
	byName := map[string]*attacktree.Node{}
	for _, n := range m.Nodes {
		byName[n.Name] = n
	}
	copies := map[string][]string{}
	var out []*attacktree.Node
	var add func(name string) string
	add = func(name string) string {
		n := *byName[name]
		if copies[name] != nil {
			n.Name = fmt.Sprintf("%s-%d", name, len(copies[name]))
		}
		n.Goal = name == goal
		n.Attempts = quantity.Value{} // which other goals have
		copies[name] = append(copies[name], n.Name)
		n.Children = nil
		for _, c := range byName[name].Children {
			n.Children = append(n.Children, add(c))
		}
		out = append(out, &n)
		return n.Name
	}
	add(goal)
	var controls []*attacktree.Control
	for _, c := range m.Controls {
		k := *c
		k.Effects = nil
		for _, e := range c.Effects {
			var targets []attacktree.Target
			for _, target := range e.Targets {
				if target.Kind != attacktree.OnNode {
					targets = append(targets, target)
				}
				for _, name := range copies[target.Name] {
					targets = append(targets, attacktree.Target{Name: name})
				}
			}
			if len(targets) > 0 {
				k.Effects = append(k.Effects, attacktree.Effect{Targets: targets, Changes: e.Changes})
			}
		}
		controls = append(controls, &k)
	}
	m.Nodes, m.Controls = out, controls
	return m
}

// TestBottomUpIncoherent: with not and xor there is a likelihood.
func TestBottomUpIncoherent(t *testing.T) {
	m := attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "g", Goal: true, Gate: attacktree.Xor, Children: []string{"a", "n", "b"}},
		{Name: "n", Gate: attacktree.Not, Children: []string{"a"}},
		{Name: "a", Likelihood: quantity.Exactly(0.25), Cost: quantity.Exactly(1)}, {Name: "b", Likelihood: quantity.Exactly(0.5)},
	}}
	b, err := compile(t, m, "g").BottomUp(nil)
	// The chance that an odd number of independent events of 1/4, 3/4 and 1/2 occur is 1/2.
	if err != nil || !near(b.Likelihood, 0.5) || b.Cost != nil || !slices.Equal(b.Repeated, []string{"a"}) {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := compile(t, m, "g").BottomUp(&attacktree.Scenario{Controls: []string{"no"}}); err == nil {
		t.Error("an unknown control is no error")
	}
}

func ExampleProgram_BottomUp() {
	ctx := context.Background()
	tree, _ := attacktree.Parse("vault.atree", []byte(`
goal and vault "Open the vault" {
  or door  { step badge "Steal a badge" { cost 500  likelihood 50% } }
  or alarm { use badge  step cut "Cut the wire" { cost 900  likelihood 50% } }
}`))
	p, _ := attacktree.Compile(ctx, tree, nil)
	exact, _ := p.Eval(ctx, nil)
	b, _ := p.BottomUp(nil)
	fmt.Printf("likelihood %v, bottom-up %v\n", exact.Likelihood.Value, b.Likelihood)
	fmt.Printf("cheapest %v, bottom-up %v\n", *exact.Cheapest.Cost, *b.Cost)
	fmt.Println("counted again:", b.Repeated)
	// Output:
	// likelihood 0.5, bottom-up 0.375
	// cheapest 500, bottom-up 1000
	// counted again: [badge]
}

func BenchmarkBottomUp(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			m := treegen.Random(1, treegen.Options{Variables: n, Share: 0.3, Costs: 1, Times: 1, Skills: 1})
			p := compile(b, m, goals(&m)[0])
			for b.Loop() {
				if _, err := p.BottomUp(nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
