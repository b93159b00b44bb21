package attacktree_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Models with not and xor gates, held against the definitions, case by case.

// randomIncoherent makes a model of at most ten leaves below gates of all kinds.
// The last node is the goal. A control weakens some steps, and blocks one.
func randomIncoherent(r *rand.Rand) *attacktree.Model {
	m := new(attacktree.Model)
	leaves := 3 + r.IntN(7)
	for i := range leaves {
		n := &attacktree.Node{Name: fmt.Sprintf("e%d", i), Likelihood: quantity.Exactly(0.05 + 0.9*r.Float64())}
		if r.IntN(5) == 0 {
			n.Gate = attacktree.Condition
		}
		m.Nodes = append(m.Nodes, n)
	}
	kinds := []attacktree.Gate{attacktree.Or, attacktree.And, attacktree.AtLeast, attacktree.Not, attacktree.Xor}
	for i := range 3 + r.IntN(6) {
		n := &attacktree.Node{Name: fmt.Sprintf("g%d", i), Gate: kinds[r.IntN(len(kinds))]}
		count := 2 + r.IntN(2)
		if n.Gate == attacktree.Not {
			count = 1
		}
		for _, c := range r.Perm(len(m.Nodes))[:count] {
			n.Children = append(n.Children, m.Nodes[c].Name)
		}
		if n.Gate == attacktree.AtLeast {
			n.K = 1 + r.IntN(count)
		}
		if r.IntN(4) == 0 {
			n.Impact = quantity.Exactly(float64(1 + r.IntN(9)))
		}
		if r.IntN(6) == 0 {
			n.Likelihood = quantity.Exactly(0.5)
		}
		m.Nodes = append(m.Nodes, n)
	}
	m.Nodes[len(m.Nodes)-1].Goal = true
	effect := func(c attacktree.Change) attacktree.Effect {
		return attacktree.Effect{Targets: []attacktree.Target{{Name: fmt.Sprintf("e%d", r.IntN(leaves))}}, Changes: []attacktree.Change{c}}
	}
	m.Controls = []*attacktree.Control{{Name: "k", Effects: []attacktree.Effect{
		effect(attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: quantity.Exactly(0.5)}),
		effect(attacktree.Change{Op: attacktree.Block}),
	}}}
	return m
}

// enumerated is a model as the definitions see it.
type enumerated struct {
	nodes []*attacktree.Node
	at    map[string]int
	below []bool    // the goal, or below it
	draws []int     // of these, those with an own step or a condition
	prob  []float64 // of each draw
}

func enumerate(m *attacktree.Model, control bool) *enumerated {
	l := &enumerated{nodes: m.Nodes, at: map[string]int{}}
	for i, n := range m.Nodes {
		l.at[n.Name] = i
	}
	below := make([]bool, len(m.Nodes))
	below[len(below)-1] = true
	l.below = below
	for i, n := range slices.Backward(m.Nodes) { // children stand first
		for _, c := range n.Children {
			below[l.at[c]] = below[l.at[c]] || below[i]
		}
	}
	for i, n := range m.Nodes {
		if !below[i] || !n.Gate.Leaf() && !n.Likelihood.Given() {
			continue
		}
		p := n.Likelihood.Mean()
		for _, e := range m.Controls[0].Effects {
			if control && e.Targets[0].Name == n.Name {
				p *= map[attacktree.Op]float64{attacktree.Multiply: 0.5}[e.Changes[0].Op]
			}
		}
		l.draws, l.prob = append(l.draws, i), append(l.prob, p)
	}
	return l
}

// reached says which nodes are reached when the draws of a set succeed.
func (l *enumerated) reached(set uint) []bool {
	succeeds := map[int]bool{}
	for j, i := range l.draws {
		succeeds[i] = set>>j&1 == 1
	}
	out := make([]bool, len(l.nodes))
	for i, n := range l.nodes {
		count := 0
		for _, c := range n.Children {
			if out[l.at[c]] {
				count++
			}
		}
		ok := true
		switch n.Gate {
		case attacktree.Or:
			ok = count > 0
		case attacktree.And:
			ok = count == len(n.Children)
		case attacktree.AtLeast:
			ok = count >= n.K
		case attacktree.Not:
			ok = count == 0
		case attacktree.Xor:
			ok = count%2 == 1
		}
		own, drawn := succeeds[i]
		out[i] = ok && (own || !drawn)
	}
	return out
}

// chance is that of exactly a set; draw fixed, if not negative, succeeds or not for sure.
func (l *enumerated) chance(set uint, fixed int, succeeds bool) float64 {
	x := 1.0
	for j, p := range l.prob {
		if j == fixed {
			p = 0
			if succeeds {
				p = 1
			}
		}
		if set>>j&1 == 0 {
			p = 1 - p
		}
		x *= p
	}
	return x
}

func TestIncoherent(t *testing.T) {
	ctx := t.Context()
	some := map[string]int{}
	for seed := range uint64(1500) {
		m := randomIncoherent(rand.New(rand.NewPCG(seed, 11)))
		tree, err := attacktree.New(*m)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		prog, err := attacktree.Compile(ctx, tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, controls := range [][]string{nil, {"k"}} {
			r, err := prog.Eval(ctx, &attacktree.Scenario{Controls: controls})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			l := enumerate(m, controls != nil)
			possible, conditions := uint(0), uint(0)
			for j, i := range l.draws {
				if l.prob[j] > 0 {
					possible |= 1 << j
				}
				if m.Nodes[i].Gate == attacktree.Condition {
					conditions |= 1 << j
				}
			}
			likelihood, loss, coherent := 0.0, 0.0, true
			holds := make([]bool, 1<<len(l.draws))
			for set := range holds {
				reached := l.reached(uint(set))
				holds[set] = reached[len(reached)-1]
				p := l.chance(uint(set), -1, false)
				for i, n := range m.Nodes {
					if reached[i] && n.Impact.Given() && l.below[i] {
						loss += p * n.Impact.Mean()
					}
				}
				if holds[set] {
					likelihood += p
				}
			}
			for _, n := range m.Nodes {
				if n.Gate >= attacktree.Not && l.below[l.at[n.Name]] {
					coherent = false
				}
			}
			if coherent {
				some["coherent"]++
				continue
			}
			what := fmt.Sprintf("seed %d with %v", seed, controls)
			sameNumber(t, what, "likelihood", likelihood, r.Likelihood.Value)
			if r.ExpectedImpact != nil {
				sameNumber(t, what, "expected impact", loss, r.ExpectedImpact.Value)
			}
			for _, s := range r.Steps {
				j := slices.Index(l.draws, l.at[s.Step])
				want := 0.0
				for set, ok := range holds {
					if ok {
						want += l.chance(uint(set), j, true) - l.chance(uint(set), j, false)
					}
				}
				sameNumber(t, what, "Birnbaum of "+s.Step, want, s.Birnbaum)
				if want < -1e-9 {
					some["negative"]++
				}
			}
			if r.Cheapest != nil || r.Likeliest != nil || r.Fastest != nil || r.MinSkill != nil || len(r.Chokepoints) > 0 {
				t.Errorf("%s: figures that do not hold: %+v", what, r)
			}

			count, unaided := 0, false
			for set := range uint(len(holds)) {
				if set&^possible != 0 || !holds[set] {
					continue
				}
				minimal := true
				for part := (set - 1) & set; set != 0 && minimal; part = (part - 1) & set {
					minimal = !holds[part]
					if part == 0 {
						break
					}
				}
				if !minimal {
					continue
				}
				if set&^conditions == 0 {
					unaided = true
				} else {
					count++
				}
			}
			if r.AttackCount == nil {
				t.Fatalf("%s: no count: %v", what, r.Limits)
			}
			if r.AttackCount.Cmp(big.NewInt(int64(count))) != 0 || r.Unaided != unaided || r.Reachable != (count > 0) {
				t.Errorf("%s: %v attacks, unaided %v, reachable %v; want %d, %v", what, r.AttackCount, r.Unaided, r.Reachable, count, unaided)
			}
			found := 0
			for a, err := range prog.Attacks(ctx, &attacktree.Scenario{Controls: controls}, attacktree.ByLikelihood) {
				if err != nil {
					t.Fatal(err)
				}
				set := uint(0)
				for _, name := range slices.Concat(a.Steps, a.Given) {
					set |= 1 << slices.Index(l.draws, l.at[name])
				}
				if found++; !holds[set] || bits.OnesCount(set) != len(a.Steps)+len(a.Given) {
					t.Errorf("%s: %v given %v is no attack", what, a.Steps, a.Given)
				}
			}
			if found != count {
				t.Errorf("%s: %d attacks listed, want %d", what, found, count)
			}
			some["incoherent"]++
		}
	}
	if some["incoherent"] < 1000 || some["negative"] == 0 {
		t.Errorf("the models are too tame: %v", some)
	}
}

// What has no meaning with not and xor is refused.
func TestIncoherentRefusals(t *testing.T) {
	for _, n := range []*attacktree.Node{
		{Gate: attacktree.Not, Children: []string{"a", "b"}},
		{Gate: attacktree.Xor, Children: []string{"a"}},
	} {
		n.Name, n.Goal = "top", true
		if _, err := attacktree.New(attacktree.Model{Nodes: []*attacktree.Node{n, {Name: "a"}, {Name: "b"}}}); err == nil {
			t.Errorf("%v of %d children is accepted", n.Gate, len(n.Children))
		}
	}
	tree, err := attacktree.New(attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "top", Goal: true, Gate: attacktree.Xor, Children: []string{"a", "b"}}, {Name: "a"}, {Name: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	prog, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	least := func(a, b int) int { return min(a, b) }
	metric := attacktree.Metric[int]{Step: func(attacktree.Numbers) int { return 1 }, Or: least, And: func(a, b int) int { return a + b }, None: 1 << 30}
	if _, err := attacktree.Measure(t.Context(), prog, nil, metric); !errors.As(err, new(*attacktree.MetricError)) {
		t.Errorf("the metric is %v", err)
	}
	for _, err := range prog.Attacks(t.Context(), nil, attacktree.ByTime) {
		if err == nil {
			t.Error("attacks are sorted by a time that they do not have")
		}
	}
}

// Where no diagram fits, an attack is denied only if there is none.
func TestIncoherentLimited(t *testing.T) {
	limited := 0
	for seed := range uint64(400) {
		m := randomIncoherent(rand.New(rand.NewPCG(seed, 4)))
		tree, err := attacktree.New(*m)
		if err != nil {
			t.Fatal(err)
		}
		small, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{MaxNodes: 1})
		if err != nil {
			t.Fatal(err)
		}
		want, got := eval(t, compile(t, *m, ""), nil), eval(t, small, nil)
		if got.AttackCount == nil {
			limited++
		}
		if want.Reachable && !got.Reachable || got.Unaided && !want.Unaided {
			t.Errorf("seed %d: reachable %t, unaided %t; expected %t, %t", seed, got.Reachable, got.Unaided, want.Reachable, want.Unaided)
		}
	}
	if limited < 100 {
		t.Errorf("only %d models exceeded the limit", limited)
	}
}
