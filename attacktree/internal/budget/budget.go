// Package budget finds what an attacker can do with any budget: the staircase
// of the greatest worth of the sets of steps that cost no more.
//
// A worth is a sum of amounts, each earned if its gate is reached: the chance of
// the goal is the amount 1 at the goal, an expected loss has the impact of every
// node. The attacker picks a set of steps once and for all and attempts all of
// it; conditions hold or not whatever he does.
//
// [Solve] takes the circuit apart into modules ([program.Parts]) and works from
// the variables up with Pareto fronts. Of each module it keeps every choice of
// steps below that no other one beats in cost, in the chance of the module and in
// what is earned. A choice that is beaten can be left out: the worth of the whole
// grows with the chance of a module and with what is earned in it, whatever is
// chosen elsewhere, since modules share nothing and their gates are monotone.
// Where nothing is shared that is the method of Lopuhaä-Zwakenberg and Stoelinga
// (Cost-damage analysis of attack trees, DSN 2023).
//
// A module with shared nodes is a decision diagram, and its front is made level
// by level from the last one up. What the choices for the levels below do to the
// rest is told by the chances of the functions that nodes above refer to, one
// number each, and by what is earned. All that is above uses these numbers with
// weights that are not negative: the chances that the walk from the root comes
// to that function, and the amounts. So of two choices for the levels below, one
// that costs no more and has no lower number is as good for every choice above,
// and only the front of these vectors goes on to the next level. That is exact
// for shared nodes, for steps that may fail and for amounts at any node, and asks
// no function to be monotone. (It is the backward induction of partially
// observable decision processes, with costs: Smallwood and Sondik, The optimal
// control of partially observable Markov processes over a finite horizon, 1973.)
// The order of the levels decides how many numbers there are, so the diagram is
// sifted first. A step with several levels, one in each state of its bypasses,
// is decided on at the last of them; until the first one, two more numbers say
// whether it is attempted or left, so that choices that differ in this do not beat
// each other.
//
// The weights also have bounds, which rules out more. Where there are two numbers, a
// point on or below the line between two others is no better than one of them,
// whatever the weights, so the front is a convex hull. And a chance counts for the
// amounts above it, as far as what is on the way up lets it through: of each node of
// a gate or a diagram it is known how likely it may be, with none or all of the steps
// below attempted. So the weights are in a box, see skyline. Nobody asks for the
// chance of the root, so its front is one of a single number.
//
// Where two fronts of one or two numbers are joined, most pairs of their points
// are far from the best and left out in blocks, see [product]. The time of a level
// of more numbers is about the pairs of a point below and a choice there, times
// the numbers of a point, times the points so far that a signature of 64 bits
// does not rule out. Fronts have at most as many points as there are sets of
// steps, in the worst case as many; with integer costs and few numbers they are
// not much longer than the greatest cost. Where one grows too large it is thinned,
// downwards and upwards: points are put into groups that are close together, and
// each becomes its best point, or one with the least cost and all the greatest
// numbers. The answer is then a pair of staircases with the truth between.
//
// These bounds are made closer in turns. The sets that were found are improved by
// attempting one or two steps more or less, see [climber]. Then the upper fronts
// are made again, of what can still be worth more than these: a point whose
// numbers, with the best weights and the best of what else there is to earn that
// the rest of the budget may buy, make no more than what was found for that budget
// is left out. What the rest may be is itself a front, made from the root down and
// thinned, see [rest]. It tells also where thinning harms: points become one where
// that adds least to what may exceed what was found. In a diagram both directions
// take turns, each with more points and with what the one before left. As soon as
// nothing is left, or nothing has to be thinned, the staircase is exact. (It is
// the bounding by completion of branch and bound, in both directions of a dynamic
// program, as for shortest paths with limited resources: Dumitrescu and Boland,
// Improved preprocessing, labeling and scaling algorithms for the
// weight-constrained shortest path problem, 2003.)
//
// Where a diagram is too large, or what a step costs depends on a bypass, a search
// over the sets of steps answers, see search.go.
package budget

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A Problem is a circuit with the numbers of its variables. An own step that has
// several states of its bypasses has a variable for each, and an Ite picks the
// one that counts; otherwise gates are And, Or and AtLeast without complements,
// but for Worth.
type Problem struct {
	Circuit *circuit.Circuit
	Root    circuit.Ref // the goal
	Worth   []Amount    // what is maximised

	Node   []int32   // by variable: the node it belongs to
	IsStep []bool    // by variable: the attacker decides
	Chance []float64 // by variable
	Cost   []float64 // by variable; 0 for conditions

	Limits Limits
}

// An Amount is earned if a gate is reached.
type Amount struct {
	At    circuit.Ref
	Value float64
}

// Limits bound the work. The zero value has the defaults.
type Limits struct {
	Front   int // numbers in a front; 0 means 1 << 17
	Sets    int // sets that the search looks at; 0 means 1 << 16, or fewer where a look takes long
	Diagram program.Limits
}

func (l Limits) front() int { return orElse(l.Front, 1<<17) }

// sets returns how many sets a search looks at, by a program of some size.
func (l Limits) sets(size int) int {
	const steps = 1 << 30 // of the program, in all
	return orElse(l.Sets, min(1<<16, max(steps/max(size, 1), 1<<8)))
}

// diagrams returns the limits of diagrams that are of no use if they have more than
// so many nodes.
func (l Limits) diagrams(most int) program.Limits {
	d := l.Diagram
	d.Nodes = min(orElse(d.Nodes, program.DefaultNodes), most)
	return d
}

func orElse(x, other int) int {
	if x == 0 {
		return other
	}
	return x
}

// A Curve is a staircase: what is worth most at each cost.
type Curve struct {
	Points []Point // of sets that were found, both numbers growing
	Bound  []Point // no set of that cost or less is worth more; Points where Exact
	Exact  bool

	steps func(i int) []int32
}

// A Point of a staircase holds from its cost up to the next one.
type Point struct{ Cost, Worth float64 }

// Steps returns the nodes of the steps of point i, ascending: those that cost
// something, and what is free and may have a part in it.
func (c *Curve) Steps(i int) []int32 { return c.steps(i) }

// Solve finds the whole staircase. Worths that differ by less than 1e-12 of the
// greater count as equal. When ctx ends the curve has what was found so far, with
// proven bounds, and is not exact. The error is a [program.LimitError] where even
// a single set cannot be evaluated.
func Solve(ctx context.Context, p *Problem) (*Curve, error) {
	pl, err := newPlan(ctx, p)
	if err != nil {
		return search(ctx, p)
	}
	s := &solver{plan: pl, ctx: ctx}
	b, err := s.solve()
	if err != nil {
		return nil, err
	}
	c := &Curve{Exact: b.exact()}
	points := b.low.points(pl.sure)
	kept := distinct(points)
	for _, i := range kept {
		c.Points = append(c.Points, points[i])
	}
	c.steps = func(i int) []int32 { return p.useful(s.steps(b.low.from[kept[i]]), pl.free) }
	if c.Bound = c.Points; !c.Exact {
		c.Bound = b.high.points(pl.sure)
	}
	return c, nil
}

// errUnsuited says that the fronts cannot answer.
var errUnsuited = errors.New("budget: not a case for fronts")

// distinct returns the places of the points that are worth more than the one
// before, rounding aside. Points of costs that only rounding tells apart are one.
func distinct(points []Point) []int {
	var kept []int
	for i, p := range points {
		if n := len(kept); n > 0 {
			last := points[kept[n-1]]
			if p.Worth <= last.Worth+1e-12*math.Abs(last.Worth) {
				continue
			}
			if p.Cost <= last.Cost*(1+1e-15) {
				kept = kept[:n-1]
			}
		}
		kept = append(kept, i)
	}
	return kept
}

// staircase sorts points and leaves out those that another one beats.
func staircase(points []Point) []Point {
	points = slices.Clone(points)
	slices.SortFunc(points, compare)
	out := points[:0]
	for _, p := range points {
		if len(out) == 0 || p.Worth > out[len(out)-1].Worth {
			out = append(out, p)
		}
	}
	return out
}

// compare puts the cheaper point first, then the one that is worth more.
func compare(a, b Point) int {
	return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(b.Worth, a.Worth))
}

// At returns the worth of the last point that costs no more than b; 0 if none does.
func At(points []Point, b float64) float64 {
	i, _ := slices.BinarySearchFunc(points, b, func(p Point, b float64) int {
		if p.Cost <= b {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	return points[i-1].Worth
}
