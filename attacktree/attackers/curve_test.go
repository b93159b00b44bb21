package attackers

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/brute"
	"github.com/atree-dev/atree/attacktree/internal/budget"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// every returns the cost and the value of every set of steps, by evaluating the
// whole circuit for each.
func every(t *testing.T, shape *compiled.Structure, held []bool, of Objective) []Point {
	t.Helper()
	q := problem(shape, held, of)
	var roots []circuit.Ref
	for _, a := range q.Worth {
		roots = append(roots, a.At)
	}
	prog, err := program.Compile(t.Context(), shape.Likelihood, roots, program.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	state := prog.NewState()
	states := map[int32][]int{} // by step: its variables
	var steps []int32
	for v, node := range shape.Nodes {
		if shape.IsStep[v] {
			if states[node] == nil {
				steps = append(steps, node)
			}
			states[node] = append(states[node], v)
		}
	}
	var attack []circuit.Ref // by variable: it may be relied on
	for v, node := range shape.Nodes {
		at := shape.Attack.VarRef(v)
		if shape.IsStep[v] && states[node][0] != v {
			at = relied(shape.Attack, at)
		}
		attack = append(attack, at)
	}
	sure := shape.Attack.Evaluator(attack...)
	prob, on := make([]float64, len(q.Chance)), make([]uint64, len(q.Chance))
	var out []Point
	for set := range 1 << len(steps) {
		for v, x := range q.Chance {
			prob[v], on[v] = 0, 0
			if i := slices.Index(steps, shape.Nodes[v]); i < 0 || set>>i&1 == 1 {
				prob[v] = x
				if x > 0 {
					on[v] = 1
				}
			}
		}
		state.Eval(prob)
		var p Point
		for i, a := range q.Worth {
			p.Value += a.Value * state.Value(i)
		}
		available := sure.Eval(on)
		possible := true
		for i, step := range steps {
			if set>>i&1 == 0 {
				continue
			}
			// The last state that may be relied on is that with the most bypasses.
			v := -1
			for _, w := range states[step] {
				if available[w]&1 == 1 {
					v = w
				}
			}
			if v < 0 {
				possible = false
				break
			}
			p.Cost += q.Cost[v]
		}
		if possible {
			out = append(out, p)
		}
	}
	return out
}

// relied returns the gate that says when a variable of a state with bypasses
// may be relied on: the And of it and the bypasses, which alone uses it.
func relied(c *circuit.Circuit, v circuit.Ref) circuit.Ref {
	for i := range c.Len() {
		if r := circuit.MakeRef(i); c.Kind(r) == circuit.And && slices.Contains(c.Args(r), v) {
			return r
		}
	}
	return v
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

// agree reports where a curve is not that of the points of all sets.
func agree(c *Curve, all []Point) error {
	if !c.Exact {
		return fmt.Errorf("not exact")
	}
	for _, p := range all {
		if x := c.At(p.Cost + 1e-9).Value; x < p.Value-1e-9*(1+p.Value) {
			return fmt.Errorf("at %v: %v, but a set has %v", p.Cost, x, p.Value)
		}
	}
	for i, p := range c.Points {
		if !slices.ContainsFunc(all, func(q Point) bool { return near(p.Cost, q.Cost) && near(p.Value, q.Value) }) {
			return fmt.Errorf("no set has %v", p)
		}
		if i > 0 && !(p.Cost > c.Points[i-1].Cost && p.Value > c.Points[i-1].Value) {
			return fmt.Errorf("%v is not a staircase", c.Points)
		}
	}
	return nil
}

func TestRandomModels(t *testing.T) {
	n, learned := 400, 0
	if testing.Short() {
		n = 100
	}
	for seed := range uint64(n) {
		o := treegen.Options{Variables: 5 + int(seed%8), Share: 0.5, AtLeast: 0.3, OwnSteps: 0.2, Conditions: 0.15, Costs: 0.9, Impacts: 0.5}
		if seed%2 == 0 {
			o = treegen.Everything
			o.Variables = 4 + int(seed%8)
		}
		if seed%3 == 0 {
			o.Ties = true
		}
		m := treegen.Random(seed, o)
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		s := &attacktree.Scenario{}
		for i, c := range m.Controls {
			if seed>>i&1 == 0 {
				s.Controls = append(s.Controls, c.Name)
			}
		}
		if len(m.Adversaries) > 0 && seed%4 == 2 {
			s.Adversary = m.Adversaries[0].Name
		}
		held := make([]bool, len(m.Controls))
		for i := range held {
			held[i] = seed>>i&1 == 0
		}
		shape, err := p.Structure(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(shape.Nodes) > 14 || !shape.HasCost {
			continue
		}
		for of := Likelihood; of <= Impact; of++ {
			if of > 0 && len(shape.Losses) == 0 {
				continue
			}
			all := every(t, shape, held, of)
			for _, lim := range []budget.Limits{{}} { // fronts, and the search where nodes are shared
				q := problem(shape, held, of)
				q.Limits = lim
				found, err := budget.Solve(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				c := &Curve{Points: points(found.Points), Bound: points(found.Bound), Exact: found.Exact}
				if err := agree(c, all); err != nil {
					t.Errorf("seed %d, %v, %+v: %v", seed, of, lim, err)
				}
			}
			// Whatever the limits, the truth lies between the staircases.
			q := problem(shape, held, of)
			q.Limits = budget.Limits{Front: 2, Sets: 3}
			found, err := budget.Solve(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range all {
				best := 0.0
				for _, y := range all {
					if y.Cost <= x.Cost {
						best = max(best, y.Value)
					}
				}
				low, high := budget.At(found.Points, x.Cost+1e-9), budget.At(found.Bound, x.Cost+1e-9)
				if low > best+1e-9*(1+best) && !found.Exact || high < best-1e-9*(1+best) {
					t.Errorf("seed %d, %v: at %v the bounds %v and %v miss %v", seed, of, x.Cost, low, high, best)
				}
			}
		}
		if len(shape.Losses) > 0 {
			// What a curve learns from others is what some set does.
			var of [3]*Curve
			for i := range of {
				lim := &Limits{Front: 2, Sets: 1, Nodes: 1}
				if i == 0 {
					lim = nil
				}
				if of[i], err = NewCurve(t.Context(), tree, p, s, Objective(i), lim); err != nil {
					t.Fatal(err)
				}
			}
			before := [3]int{}
			for i, c := range of {
				before[i] = len(c.Points)
			}
			learn(of[0], of[1], of[2])
			for i, c := range of {
				if len(c.Points) > before[i] {
					learned++
				}
				all := every(t, shape, held, Objective(i))
				for k, x := range c.Points {
					best := 0.0
					for _, y := range all {
						if y.Cost <= x.Cost+1e-9 {
							best = max(best, y.Value)
						}
					}
					if x.Value > best+1e-9*(1+best) || k > 0 && !(x.Cost > c.Points[k-1].Cost && x.Value > c.Points[k-1].Value) {
						t.Errorf("seed %d, %v: learned %v, which no set has, of %v", seed, Objective(i), x, c.Points)
					}
					c.Steps(k)
				}
			}
		}
		if c, err := NewCurve(t.Context(), tree, p, s, Likelihood, nil); err != nil {
			t.Error(err)
		} else {
			e := p.NewEvaluator()
			if err := e.Set(s); err != nil {
				t.Fatal(err)
			}
			l, err := e.Likelihood(t.Context())
			if last := c.Points[len(c.Points)-1]; err != nil || !near(last.Value, l.Value) {
				t.Errorf("seed %d: the budget curve ends at %v, the likelihood is %v (%v)", seed, last, l.Value, err)
			}
		}
	}
	if learned < n/40 {
		t.Errorf("only %d curves learned anything", learned)
	}
}

// The oracle of the whole module, on models small enough for it: every subset
// of the steps is evaluated as a model in which no other step can succeed.
func TestAgainstDefinitions(t *testing.T) {
	for seed := range uint64(60) {
		m := treegen.Random(seed, treegen.Options{Variables: 5, Share: 0.4, AtLeast: 0.3, Conditions: 0.2, Costs: 0.9, Impacts: 0.6})
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		var steps []int
		for i, n := range m.Nodes {
			if n.Gate == attacktree.Step {
				steps = append(steps, i)
			}
		}
		var all [2][]Point
		for set := range 1 << len(steps) {
			other := m
			other.Nodes = slices.Clone(m.Nodes)
			cost := 0.0
			for k, i := range steps {
				n := *m.Nodes[i]
				if set>>k&1 == 0 {
					n.Likelihood = quantity.Exactly(0)
				} else if n.Cost.Given() {
					cost += n.Cost.Mean()
				}
				other.Nodes[i] = &n
			}
			r, err := brute.Eval(&other, tree.Goals()[0], nil)
			if err != nil {
				t.Fatal(err)
			}
			all[0] = append(all[0], Point{cost, r.Likelihood.Value})
			if r.ExpectedImpact != nil {
				all[1] = append(all[1], Point{cost, r.ExpectedImpact.Value})
			}
		}
		for of, all := range all {
			c, err := NewCurve(t.Context(), tree, p, nil, Objective(of), nil)
			if err == ErrNoCost || err == ErrNoImpact {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := agree(c, all); err != nil {
				t.Errorf("seed %d, %v: %v", seed, Objective(of), err)
			}
		}
	}
}

// Controls that can be bypassed and that change chances only leave a step one
// cost, so that fronts answer: with a variable for each state of a step, which
// are decided on together.
func TestBypassedChances(t *testing.T) {
	several := 0
	for seed := range uint64(300) {
		o := treegen.Everything
		o.Variables, o.Controls, o.Bypass, o.Share = 5+int(seed%5), 4, 0.9, 0.5
		m := treegen.Random(seed, o)
		for _, c := range m.Controls {
			for i := range c.Effects {
				e := &c.Effects[i]
				e.Changes = slices.DeleteFunc(slices.Clone(e.Changes), func(x attacktree.Change) bool {
					return x.Op != attacktree.Block && (x.Attribute == attacktree.Cost || x.Attribute == attacktree.Skill)
				})
			}
			c.Effects = slices.DeleteFunc(c.Effects, func(e attacktree.Effect) bool { return len(e.Changes) == 0 })
		}
		tree, err := attacktree.New(m)
		if err != nil {
			continue // a control may have no effect left
		}
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: tree.Goals()[0]})
		if err != nil {
			t.Fatal(err)
		}
		shape, err := p.Structure(nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(shape.Nodes) > 14 || !shape.HasCost {
			continue
		}
		held := make([]bool, len(m.Controls))
		for i := range held {
			held[i] = true
		}
		states := map[int32]int{}
		for v, node := range shape.Nodes {
			if shape.IsStep[v] && shape.Chance(v, held) > 0 {
				states[node]++
			}
		}
		for _, n := range states {
			if n > 1 {
				several++
				break
			}
		}
		for of := Likelihood; of <= Impact; of++ {
			if of > 0 && len(shape.Losses) == 0 {
				continue
			}
			all := every(t, shape, held, of)
			for _, front := range []int{0, 2} {
				q := problem(shape, held, of)
				q.Limits.Front = front
				found, err := budget.Solve(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				c := &Curve{Points: points(found.Points), Bound: points(found.Bound), Exact: found.Exact}
				if !found.Exact {
					for _, x := range all {
						if c.At(x.Cost+1e-9).High < x.Value-1e-9*(1+x.Value) {
							t.Errorf("seed %d, %v: at %v the bound %v misses %v", seed, of, x.Cost, c.At(x.Cost), x.Value)
						}
					}
				} else if err := agree(c, all); err != nil {
					t.Errorf("seed %d, %v: %v", seed, of, err)
				}
			}
		}
	}
	if several < 20 {
		t.Errorf("only %d models have a step in several states", several)
	}
}

// Thinned staircases of larger graphs hold the exact one between them.
func TestThinned(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		m := treegen.Shared(seed, 100, 0)
		costs(m)
		impacts(m)
		tree, p := compile(t, m)
		for _, of := range []Objective{Likelihood, Impact} {
			exact, err := NewCurve(t.Context(), tree, p, nil, of, nil)
			if err != nil || !exact.Exact {
				t.Fatalf("seed %d, %v: exact %v, %v", seed, of, exact.Exact, err)
			}
			thin, err := NewCurve(t.Context(), tree, p, nil, of, &Limits{Front: 400})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range exact.Points {
				in := thin.At(q.Cost + 1e-9)
				if in.Low > q.Value*(1+1e-9) || in.High < q.Value*(1-1e-9) {
					t.Fatalf("seed %d, %v, at %v: %v is not in %v", seed, of, q.Cost, q.Value, in)
				}
			}
			again, err := NewCurve(t.Context(), tree, p, nil, of, &Limits{Front: 400})
			if err != nil || !slices.Equal(again.Points, thin.Points) || !slices.Equal(again.Bound, thin.Bound) {
				t.Errorf("seed %d, %v: not the same twice (%v)", seed, of, err)
			}
		}
	}
}

// BenchmarkNewCurve reports how far the two staircases of a curve are apart, as
// parts of its greatest value: where they are farthest, and in the mean over costs.
func BenchmarkNewCurve(b *testing.B) {
	bench := func(name string, m attacktree.Model, nodes int) {
		tree, err := attacktree.New(m)
		if err != nil {
			b.Fatal(err)
		}
		p, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{MaxNodes: nodes})
		if err != nil {
			b.Fatal(err)
		}
		for _, of := range []Objective{Likelihood, ExpectedImpact, Impact} {
			b.Run(fmt.Sprintf("%s/%v", name, of), func(b *testing.B) {
				for b.Loop() {
					c, err := NewCurve(context.Background(), tree, p, nil, of, &Limits{Nodes: nodes})
					if err != nil {
						b.Fatal(err)
					}
					gap, mean := gaps(c)
					b.ReportMetric(float64(len(c.Points)), "points")
					b.ReportMetric(gap, "gap")
					b.ReportMetric(mean, "mean-gap")
				}
			})
		}
	}
	tree := treegen.Tree(1, 300)
	costs(tree)
	impacts(tree)
	bench("tree/n=300", tree, 0)
	for i, n := range tree.Nodes {
		if n.Gate == attacktree.Step {
			n.Cost = quantity.Exactly(n.Cost.Mean() + math.Sin(float64(i))/3)
		}
	}
	bench("tree-float-costs/n=300", tree, 0)
	for _, n := range []int{60, 100, 150, 200} {
		m := treegen.Shared(3, n, 0)
		costs(m)
		impacts(m)
		bench(fmt.Sprintf("shared/n=%d", n), m, 0)
	}
	bench("hostile/n=160", hostile(1, 160, 60, 5), 1<<16)
}

// gaps returns how far the staircases of a curve are apart at most, and in the
// mean over all costs up to that of everything.
func gaps(c *Curve) (most, mean float64) {
	var costs []float64
	for _, q := range slices.Concat(c.Points, c.Bound) {
		costs = append(costs, q.Cost)
	}
	slices.Sort(costs)
	last := costs[len(costs)-1]
	for i, cost := range costs {
		f := c.At(cost)
		gap := f.High - f.Low
		if most = max(most, gap); i+1 < len(costs) {
			mean += gap * (costs[i+1] - cost) / last
		}
	}
	top := c.At(last).High
	return most / top, mean / top
}

// hostile is so many attacks of some steps each, drawn from all, of which no
// diagram can be made.
func hostile(seed uint64, steps, attacks, each int) attacktree.Model {
	r := rand.New(rand.NewPCG(seed, 9))
	var m attacktree.Model
	for i := range steps {
		m.Nodes = append(m.Nodes, &attacktree.Node{
			Name: fmt.Sprint("step-", i), Gate: attacktree.Step,
			Likelihood: quantity.Exactly(0.2 + 0.7*r.Float64()), Cost: quantity.Exactly(float64(1 + r.IntN(100))),
		})
	}
	goal := &attacktree.Node{Name: "goal", Gate: attacktree.Or, Goal: true, Impact: quantity.Exactly(1000)}
	for k := range attacks {
		n := &attacktree.Node{Name: fmt.Sprint("attack-", k), Gate: attacktree.And}
		if k%5 == 0 {
			n.Impact = quantity.Exactly(float64(1 + r.IntN(200)))
		}
		for _, i := range r.Perm(steps)[:each] {
			n.Children = append(n.Children, m.Nodes[i].Name)
		}
		m.Nodes, goal.Children = append(m.Nodes, n), append(goal.Children, n.Name)
	}
	m.Nodes = append(m.Nodes, goal)
	return m
}

// impacts gives every third node, and the goal, an impact.
func impacts(m attacktree.Model) {
	for i, n := range m.Nodes {
		if n.Goal || i%3 == 0 {
			n.Impact = quantity.Exactly(float64(1 + i*53%200))
		}
	}
}

func compile(t *testing.T, m attacktree.Model) (*attacktree.Tree, *attacktree.Program) {
	t.Helper()
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatal(err)
	}
	p, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree, p
}

// costs gives every step of a model an integer cost up to 100.
func costs(m attacktree.Model) {
	for i, n := range m.Nodes {
		if n.Gate == attacktree.Step {
			n.Cost = quantity.Exactly(float64(1 + i*37%100))
		}
	}
}

// Wherever the context ends, the staircases hold the exact one between them.
func TestEndedOnTheWay(t *testing.T) {
	m := treegen.Shared(3, 100, 0)
	costs(m)
	impacts(m)
	tree, p := compile(t, m)
	endings := 20
	if testing.Short() {
		endings = 5
	}
	for _, of := range []Objective{Likelihood, ExpectedImpact} {
		exact, err := NewCurve(t.Context(), tree, p, nil, of, nil)
		if err != nil || !exact.Exact {
			t.Fatalf("%v: exact %v, %v", of, exact.Exact, err)
		}
		for k := range endings {
			looks := 9 * k * k
			ctx := &impatient{Context: t.Context(), looks: looks}
			c, err := NewCurve(ctx, tree, p, nil, of, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range exact.Points {
				if in := c.At(q.Cost + 1e-9); in.Low > q.Value*(1+1e-9) || in.High < q.Value*(1-1e-9) {
					t.Fatalf("%v, ended at look %d, at %v: %v is not in %v", of, looks, q.Cost, q.Value, in)
				}
			}
		}
	}
}

// An impatient context ends after some looks at it.
type impatient struct {
	context.Context
	looks int
}

func (c *impatient) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}
