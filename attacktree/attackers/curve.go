// Package attackers says what attackers with a budget can do, and whether an
// attack pays.
//
// [Study] is the whole answer of `atree attackers`: for each adversary, the
// curves of [NewCurve] and the attack of greatest profit.
//
// An attack is here any set of possible own steps, picked once and for all and
// attempted as a whole; conditions hold with their chance whoever attacks. A
// curve shows the greatest figure of the attacks of no more than each cost: their
// chance of reaching the goal (the budget curve), their expected loss, or the
// loss when all of them succeeds. Each is the Pareto front of cost and that
// figure (Lopuhaä-Zwakenberg and Stoelinga, Cost-damage analysis of attack trees,
// 2023), here also where nodes are shared and steps may fail. The attacker of
// greatest profit is that of Jürgenson and Willemson (Computing exact outcomes of
// multi-parameter attack trees, 2008).
//
// Curves are exact, or, where a limit stops them, a pair of staircases with the
// truth between.
package attackers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/budget"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// An Objective is the figure of an attack that a curve maximises.
type Objective uint8

const (
	Likelihood     Objective = iota // the chance of the goal when only the attack is attempted
	ExpectedImpact                  // the mean loss when only the attack is attempted
	Impact                          // the loss when all of it succeeds, and all conditions hold that can
)

// String returns the name of the figure.
func (o Objective) String() string {
	switch o {
	case Likelihood:
		return "likelihood"
	case ExpectedImpact:
		return "expected_impact"
	case Impact:
		return "impact"
	}
	return fmt.Sprintf("Objective(%d)", o)
}

// A Point of a curve: attacks that cost no more than Cost, in money, reach Value, of
// the unit of the objective.
type Point struct{ Cost, Value float64 }

// A Curve is a staircase: Value holds from its cost up to the next point. It
// begins at cost 0 with what comes for free.
type Curve struct {
	Points []Point // of attacks that were found; costs and values grow
	Bound  []Point // proven: no attack of that cost or less has more; Points where Exact
	Exact  bool

	steps func(i int) []string
	goal  float64 // what is earned at the goal itself
}

// Steps returns an attack that has the cost and the value of point i, in the
// order of the model. Of the steps that cost nothing it has those that may have a
// part in its success.
func (c *Curve) Steps(i int) []string { return c.steps(i) }

// At returns the greatest value of attacks that cost no more than a budget, 0
// for one below 0.
func (c *Curve) At(budget float64) attacktree.Figure {
	low, high := 0.0, 0.0
	if i := place(c.Points, budget); i >= 0 {
		low = c.Points[i].Value
	}
	if i := place(c.Bound, budget); i >= 0 {
		high = c.Bound[i].Value
	}
	high = max(low, high)
	return attacktree.Figure{Value: low, Exact: c.Exact || low == high, Low: low, High: high}
}

// Place returns the place of the point that holds at a budget, -1 if none does.
func (c *Curve) Place(budget float64) int { return place(c.Points, budget) }

func place(points []Point, budget float64) int {
	i, _ := slices.BinarySearchFunc(points, budget, func(p Point, b float64) int {
		if p.Cost <= b {
			return -1
		}
		return 1
	})
	return i - 1
}

// Limits bound the work for one curve. The zero value has the defaults.
type Limits struct {
	Front int // numbers in a Pareto front; 0: 131072. A greater limit gives closer bounds
	Sets  int // sets of steps that a search looks at; 0: 65536, or fewer where each takes long
	Nodes int // size of a diagram; 0: 20 million
}

// ErrNoCost says that no step carries a cost, so that every budget buys all.
var ErrNoCost = errors.New("attackers: no step of the tree carries a cost")

// ErrNotCoherent says that more steps may do less, so that there is no greatest.
var ErrNotCoherent = errors.New("attackers: a node is not or xor, so that attempting more steps may reach less")

// ErrNoImpact says that neither the goal nor a node below it carries an impact.
var ErrNoImpact = errors.New("attackers: no node carries an impact")

// NewCurve computes a curve for one scenario; s and lim may be nil. The program
// must be one of the tree. What is possible is decided by the adversary and the
// mode of the scenario, as for its likelihood, which is where the budget curve
// ends.
//
// Without sharing the time is about the product of the sizes of the fronts that
// meet, summed over the gates; with integer costs a front has no more points
// than its greatest cost. Where nodes are shared it grows with the width of a
// decision diagram; graphs of a hundred nodes of which every third gate shares
// one take some tenths of a second, of two hundred some seconds. Where the diagram
// is too large, or what a step costs depends on a bypass, sets of steps are
// searched through. When ctx ends, the curve is not exact and has what was proven
// so far. The error is [ErrNoCost], [ErrNotCoherent], [ErrNoImpact], that of a
// scenario that does not fit, or an [attacktree.LimitError] where not even a single
// attack could be evaluated.
func NewCurve(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, s *attacktree.Scenario, of Objective, lim *Limits) (*Curve, error) {
	if s == nil {
		s = &attacktree.Scenario{}
	}
	if lim == nil {
		lim = &Limits{}
	}
	shape, err := p.Structure(s)
	switch {
	case err != nil:
		return nil, err
	case !shape.HasCost:
		return nil, ErrNoCost
	case !coherent(t):
		return nil, ErrNotCoherent
	case of != Likelihood && len(shape.Losses) == 0:
		return nil, ErrNoImpact
	}
	q := problem(shape, heldBy(t, s), of)
	q.Limits = budget.Limits{Front: lim.Front, Sets: lim.Sets, Diagram: program.Limits{Nodes: lim.Nodes}}
	found, err := budget.Solve(ctx, q)
	if err != nil {
		return nil, err
	}
	c := &Curve{Points: points(found.Points), Bound: points(found.Bound), Exact: found.Exact}
	for _, a := range q.Worth {
		if a.At == shape.Goal {
			c.goal += a.Value
		}
	}
	c.steps = func(i int) []string {
		var names []string
		if found.Points[i].Worth == 0 {
			return nil
		}
		for _, v := range found.Steps(i) {
			names = append(names, t.Model().Nodes[v].Name)
		}
		return names
	}
	return c, nil
}

// learn takes over attacks of other curves of the same scenario, where they are
// known to do more than those that were found: what reaches the goal with some
// chance costs its owner as much of what is lost there, and all of it if it
// succeeds, which is never less than the mean. Curves may be nil.
func learn(likelihood, expected, most *Curve) {
	if expected != nil {
		expected.raise(likelihood, func(chance float64) float64 { return chance * expected.goal })
	}
	if most != nil {
		most.raise(likelihood, func(chance float64) float64 {
			if chance > 0 {
				return most.goal
			}
			return 0
		})
		most.raise(expected, func(loss float64) float64 { return loss })
	}
}

// raise takes over the attacks of another curve that are worth more than those of
// no greater cost; least says how much at least, from their value there.
func (c *Curve) raise(other *Curve, least func(value float64) float64) {
	if c.Exact || other == nil {
		return
	}
	type attack struct {
		Point
		of *Curve
		i  int
	}
	old := *c
	var all []attack
	for i, p := range old.Points {
		all = append(all, attack{p, &old, i})
	}
	for i, p := range other.Points {
		all = append(all, attack{Point{p.Cost, least(p.Value)}, other, i})
	}
	slices.SortStableFunc(all, func(a, b attack) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(b.Value, a.Value))
	})
	kept := all[:0]
	for _, a := range all {
		if n := len(kept); n == 0 || a.Value > kept[n-1].Value*(1+1e-12) {
			kept = append(kept, a)
		}
	}
	c.Points = nil
	for _, a := range kept {
		c.Points = append(c.Points, a.Point)
	}
	c.steps = func(i int) []string { return kept[i].of.Steps(kept[i].i) }
}

// heldBy says, by control, which ones are in place.
func heldBy(t *attacktree.Tree, s *attacktree.Scenario) []bool {
	held := make([]bool, len(t.Model().Controls))
	for i, c := range t.Model().Controls {
		held[i] = slices.Contains(s.Controls, c.Name)
	}
	return held
}

func points(from []budget.Point) []Point {
	out := make([]Point, len(from))
	for i, p := range from {
		out[i] = Point{p.Cost, p.Worth}
	}
	return out
}

// problem puts the numbers in that hold while some controls are held.
func problem(shape *compiled.Structure, held []bool, of Objective) *budget.Problem {
	n := len(shape.Nodes)
	q := &budget.Problem{
		Circuit: shape.Likelihood, Root: shape.Goal,
		Node: shape.Nodes, IsStep: shape.IsStep,
		Chance: make([]float64, n), Cost: make([]float64, n),
	}
	for v := range n {
		q.Chance[v], q.Cost[v] = shape.Chance(v, held), shape.Cost(v, held)
		if of == Impact && q.Chance[v] > 0 {
			q.Chance[v] = 1
		}
	}
	if of == Likelihood {
		q.Worth = []budget.Amount{{At: shape.Goal, Value: 1}}
		return q
	}
	for i, at := range shape.Losses {
		q.Worth = append(q.Worth, budget.Amount{At: at, Value: shape.Loss(i, held)})
	}
	return q
}

func coherent(t *attacktree.Tree) bool {
	for _, n := range t.Model().Nodes {
		if n.Gate == attacktree.Not || n.Gate == attacktree.Xor {
			return false
		}
	}
	return true
}
