package mitigate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/front"
)

// An Objective is the residual that a choice of controls is to make small, or
// large in the case of CheapestCost.
type Objective uint8

const (
	DefaultObjective Objective = iota // ExpectedImpact, or Likelihood where no node has an impact
	ExpectedImpact                    // least mean loss of an attempt
	Likelihood                        // least chance that an attempt succeeds
	CheapestCost                      // greatest cost of the cheapest attack; +Inf where no attack is left
)

var objectiveNames = [...]string{"", "expected_impact", "likelihood", "cheapest_cost"}

// String returns the name of the figure.
func (o Objective) String() string {
	if int(o) >= len(objectiveNames) {
		return fmt.Sprintf("Objective(%d)", o)
	}
	return objectiveNames[o]
}

// UnmarshalText reads the name of a figure.
func (o *Objective) UnmarshalText(text []byte) error {
	for i, name := range objectiveNames {
		if name == string(text) {
			*o = Objective(i)
			return nil
		}
	}
	return fmt.Errorf("mitigate: expected the objective expected_impact, likelihood or cheapest_cost, found %q", text)
}

// FrontOptions say what may be chosen, for which attacker. The zero value, and
// nil, let all controls but the retired ones be chosen freely.
type FrontOptions struct {
	Objective Objective
	Adversary string
	Mode      attacktree.Mode
	Params    map[string]float64 // what-if values, in base units
	Require   []string           // controls of every set
	Forbid    []string           // controls of no set
	Budget    *float64           // greatest cost of a set; nil: none
	MaxNodes  int                // of the search; 0: DefaultSearch
	MaxWork   int64              // steps of the search; 0: DefaultWork
	Gap       float64            // the search may end where the front is proved to so much, as ControlFront.Gap
}

// Where FrontOptions does not say, a search ends after so many nodes, or so many
// steps: pairs of values that are put together for a bound, and evaluated gates.
// A core takes several hundred million of these a second, so that with two of them
// the longest search takes some ten seconds, whatever the size of the model.
const (
	DefaultSearch = 100_000
	DefaultWork   = 5_000_000_000
)

// A ControlFront is the Pareto front of the cost of a set of controls against
// the residual: each point leaves less than all sets that cost no more. Of sets
// with the same cost and the same residual, one stands for all. Residuals that
// agree to 1e-12 count as the same.
type ControlFront struct {
	Objective Objective
	Points    []FrontPoint // the cheapest first; none where no set meets the constraints
	Exact     bool
	Bound     []BoundPoint // no set that costs less than the next point is better than the value; the front itself if exact
	Gap       float64      // how far the bound lies from the points at most, as a share of the points' values; 0 if exact
	Searched  int          // nodes of the search
}

// A FrontPoint is a set of controls, in the order of the model.
type FrontPoint struct {
	Controls []string
	Cost     float64 // of the set, per period
	Value    float64 // of the objective
}

// A BoundPoint bounds the values of sets that cost Cost or more.
type BoundPoint struct {
	Cost  float64 // per period
	Value float64 // of the objective
}

// Front returns the whole Pareto front of the cost of a set of controls against
// the residual that it leaves. All controls but the retired ones may be chosen;
// requires and excludes are kept. A control without cost counts as free.
//
// The search is branch and bound. It ends early, with both what it has found
// and what it has proved, where ctx ends or MaxNodes is reached: that is no error.
// In the worst case its time is exponential in the number of controls that act
// at several places; the bound is a relaxation
// that is exact where none does.
func Front(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, opt *FrontOptions) (*ControlFront, error) {
	if opt == nil {
		opt = &FrontOptions{}
	}
	c, err := newChoice(ctx, t, p, opt)
	if err != nil {
		return nil, err
	}
	out := &ControlFront{Objective: c.objective}
	s := &search{choice: c, most: opt.MaxNodes, limit: opt.MaxWork, gap: opt.Gap}
	if s.most <= 0 {
		s.most = DefaultSearch
	}
	if s.limit <= 0 {
		s.limit = DefaultWork
	}
	if s.workers, err = c.allWorkers(); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	if err := s.trim(ctx); err != nil {
		return nil, err
	}
	out.Exact, out.Searched = len(s.open) == 0, s.nodes
	last := math.Inf(1)
	for _, q := range s.found.Points() {
		if notAbove(last, q.Value) {
			continue
		}
		last = q.Value
		if x, err := s.workers[0].asEvaluated(ctx, q.Choice); err == nil {
			q.Value = x
		}
		out.Points = append(out.Points, FrontPoint{namesOf(t, q.Choice), q.Cost, c.shown(q.Value)})
	}
	bound := s.bound()
	out.Gap = front.Gap(&s.found, &bound)
	if out.Exact {
		out.Gap = 0
		for _, q := range out.Points {
			out.Bound = append(out.Bound, BoundPoint{q.Cost, q.Value})
		}
		return out, nil
	}
	for _, q := range bound.Points() {
		out.Bound = append(out.Bound, BoundPoint{q.Cost, c.shown(q.Value)})
	}
	return out, nil
}

// namesOf names the controls of a set.
func namesOf(t *attacktree.Tree, set []bool) []string {
	names := []string{}
	for j, k := range t.Model().Controls {
		if set[j] {
			names = append(names, k.Name)
		}
	}
	return names
}

// slack is the relative difference below which numbers count as equal.
const slack = 1e-12

// A choice is the problem that is searched: which controls may stand together,
// what they cost and what they leave. It does not change.
type choice struct {
	objective  Objective
	cost       []float64 // by number of the control
	requires   [][]int32
	requiredBy [][]int32
	excludes   [][]int32
	start      []decision
	budget     float64
	acts       []bool // has an effect on what is valued

	structure  func() (*compiled.Structure, error) // a new one
	first      *valuer
	relaxation *relaxation // nil: only the plain bound
}

// shown turns what is searched for into the value of the objective.
func (c *choice) shown(x float64) float64 {
	if c.objective == CheapestCost {
		return -x
	}
	return x
}

// newChoice reads the constraints, and prepares what values sets.
func newChoice(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, opt *FrontOptions) (*choice, error) {
	m := t.Model()
	n := len(m.Controls)
	c := &choice{
		objective: opt.Objective,
		cost:      make([]float64, n), requires: make([][]int32, n), requiredBy: make([][]int32, n), excludes: make([][]int32, n),
		start: make([]decision, n), acts: make([]bool, n), budget: math.Inf(1),
		structure: func() (*compiled.Structure, error) {
			return p.Structure(&attacktree.Scenario{Adversary: opt.Adversary, Mode: opt.Mode, Params: opt.Params})
		},
	}
	if c.objective == DefaultObjective {
		c.objective = Likelihood
		if p.HasLosses() {
			c.objective = ExpectedImpact
		}
	}
	s, err := c.structure()
	if err != nil {
		return nil, err
	}
	if complemented(s.Likelihood, []circuit.Ref{s.Goal}) {
		return nil, errors.New("mitigate: the model has not or xor gates, so that more controls may leave more risk; expected one without to choose controls for")
	}
	if opt.Budget != nil {
		c.budget = *opt.Budget
		if !(c.budget >= 0) {
			return nil, fmt.Errorf("mitigate: expected a budget of at least 0, found %v", c.budget)
		}
	}
	number := map[string]int32{}
	for j, k := range m.Controls {
		number[k.Name] = int32(j)
		if k.Cost.Given() {
			c.cost[j] = k.Cost.Mean()
		}
	}
	for j, k := range m.Controls {
		for _, name := range k.Requires {
			c.requires[j] = append(c.requires[j], number[name])
			c.requiredBy[number[name]] = append(c.requiredBy[number[name]], int32(j))
		}
		for _, name := range k.Excludes {
			i := number[name]
			c.excludes[j], c.excludes[i] = append(c.excludes[j], i), append(c.excludes[i], int32(j))
		}
		if k.Status == attacktree.Retired {
			c.start[j] = out
		}
	}
	for _, list := range []struct {
		names []string
		is    decision
	}{{opt.Require, in}, {opt.Forbid, out}} {
		for _, name := range list.names {
			j, ok := number[name]
			switch {
			case !ok:
				return nil, fmt.Errorf("mitigate: no control is called %q", name)
			case list.is == in && c.start[j] == out:
				return nil, fmt.Errorf("mitigate: control %q is required, and it is retired", name)
			case list.is == out && c.start[j] == in:
				return nil, fmt.Errorf("mitigate: control %q is both required and forbidden", name)
			}
			c.start[j] = list.is
		}
	}
	c.actOn(s)
	if c.first, err = newValuer(ctx, s, c.objective, n); err != nil {
		return nil, err
	}
	if c.objective != CheapestCost || c.first.sets != nil {
		c.relaxation, err = newRelaxation(ctx, s, c.objective, c.cost)
	}
	return c, err
}

// actOn notes which controls act on what the objective values.
func (c *choice) actOn(s *compiled.Structure) {
	lists := [][][]int32{s.ChanceControls}
	switch c.objective {
	case CheapestCost:
		lists = append(lists, s.CostControls)
	case ExpectedImpact:
		lists = append(lists, s.LossControls)
	}
	for _, j := range slices.Concat(slices.Concat(lists...)...) {
		c.acts[j] = true
	}
}

// close adds to a set what its members require, and reports whether it then
// meets all constraints, and its cost.
func (c *choice) close(set []bool) (cost float64, ok bool) {
	var todo []int32
	for j, has := range set {
		if has {
			todo = append(todo, int32(j))
		}
	}
	for len(todo) > 0 {
		j := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, i := range c.requires[j] {
			if !set[i] {
				set[i] = true
				todo = append(todo, i)
			}
		}
	}
	for j, has := range set {
		if !has {
			if c.start[j] == in {
				return 0, false
			}
			continue
		}
		cost += c.cost[j]
		if c.start[j] == out || slices.ContainsFunc(c.excludes[j], func(i int32) bool { return set[i] }) {
			return 0, false
		}
	}
	return cost, cost <= c.budget*(1+slack)
}
