// Package budget finds what an attacker can do with any budget: the staircase
// of the greatest worth of the sets of steps that cost no more.
//
// A worth is a sum of amounts, each earned if its gate is reached: the chance of
// the goal is the amount 1 at the goal, an expected loss has the impact of every
// node. The attacker picks a set of steps once and for all and attempts all of
// it; conditions hold or not whatever he does.
//
// [Solve] works from the variables up with Pareto fronts: of each gate it keeps
// every choice of steps below that no other one beats in both cost and worth.
// Where nothing is shared that is the method of Lopuhaä-Zwakenberg and Stoelinga
// (Cost-damage analysis of attack trees, DSN 2023). A shared node is dealt with
// as follows. As long as some of its uses lie outside the gate at hand, a choice
// has one number for each way in which the shared nodes below can turn out,
// given that they turn out so (Shannon's expansion); one choice beats another if
// it does so in all of them. At the lowest gate that all paths to the shared node
// lead through, its immediate dominator, the choices above and those below the
// node meet, and its outcome is averaged away. That is exact, since the gates
// are monotone and what is private to a part is independent of the rest.
//
// Where a front grows too large it is thinned, downwards and upwards, and the
// answer is a pair of staircases with the truth between. Where too many shared
// nodes are open at once, or what a step costs depends on a bypass, a search over
// the sets of steps answers, see search.go.
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
	Front   int // numbers in a front; 0 means 1 << 20
	Open    int // shared nodes open at once; 0 means 12, negative: none
	Sets    int // sets that the search looks at; 0 means 1 << 16
	Diagram program.Limits
}

func (l Limits) front() int { return orElse(l.Front, 1<<20) }
func (l Limits) open() int  { return max(orElse(l.Open, 12), 0) }
func (l Limits) sets() int  { return orElse(l.Sets, 1<<16) }

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

// Steps returns the nodes of the steps of point i, ascending.
func (c *Curve) Steps(i int) []int32 { return c.steps(i) }

// Solve finds the whole staircase. Worths that differ by less than 1e-12 of the
// greater count as equal. When ctx ends the curve has what was found so far, with
// proven bounds, and is not exact. The error is a [program.LimitError] where even
// a single set cannot be evaluated.
func Solve(ctx context.Context, p *Problem) (*Curve, error) {
	g, err := newGraph(p)
	if err != nil {
		return search(ctx, p)
	}
	low := &fronts{graph: g, ctx: ctx}
	front, err := low.solve()
	if err != nil {
		return search(ctx, p)
	}
	c := &Curve{Exact: !low.thinned}
	points := front.points()
	kept := distinct(points)
	for _, i := range kept {
		c.Points = append(c.Points, points[i])
	}
	c.steps = func(i int) []int32 { return low.steps(front.from[kept[i]]) }
	if c.Bound = c.Points; !c.Exact {
		high := &fronts{graph: g, ctx: ctx, up: true}
		bound, err := high.solve()
		if err != nil {
			return nil, err
		}
		c.Bound = bound.points()
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
