package mitigate

import (
	"context"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
)

// An Explanation says what the controls of a set do to the attacks that are
// minimal without controls. An attack is stopped where it cannot be made any more,
// at least not without further steps.
type Explanation struct {
	Result *attacktree.Result // the figures with the set: of these the attacks that are left
	Left   []Remaining        // the first of them

	Attacks  int  // that were looked at
	All      bool // there are no more
	Stopped  int  // of those that were looked at
	Once     int  // stopped, but not if a single one of the controls should fail
	Controls []Work
	Known    bool // the figures are exact, so that Idle tells of each control

	// Unguarded are the own steps without which no attack is left, and of whose chance
	// and cost no control of the set changes anything.
	Unguarded []string
}

// Work is what one control of a set does.
type Work struct {
	Control string
	Stops   int // attacks that it would stop by itself
	Alone   int // attacks that the set stops, but not without it
	Hinders int // attacks that it makes less likely, dearer, slower, more demanding or easier to notice, if alone

	// Idle says that the likelihood, the expected impact, the annual loss and the cost
	// of the cheapest attack stay what they are without it; false where one of them is
	// not known exactly.
	Idle bool
}

// MaxExplained is how many attacks Explain looks at, in the order of their cost, or
// of their chance where nothing has a cost.
const MaxExplained = 2000

// Explain says what the controls of a scenario do, each by itself and as one of
// all. Its time grows with the number of attacks times that of controls that act on
// one.
func Explain(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, s *attacktree.Scenario, attacks int) (*Explanation, error) {
	r, err := p.Eval(ctx, s)
	if err != nil {
		return nil, err
	}
	x := &Explanation{Result: r, All: true}
	if x.Left, err = left(ctx, t, p, s, attacks, r); err != nil {
		return nil, err
	}
	work := map[string]*Work{}
	for _, c := range s.Controls {
		x.Controls = append(x.Controls, Work{Control: c})
	}
	for i := range x.Controls {
		work[x.Controls[i].Control] = &x.Controls[i]
	}
	none := withControls(s, nil)
	bare, err := p.Eval(ctx, none)
	if err != nil {
		return nil, err
	}
	if _, limited := bare.Limits["attack_count"]; limited {
		x.All = false
	} else if bare.Reachable {
		for a, err := range p.Attacks(ctx, none, orderOf(bare)) {
			if err != nil {
				return nil, err
			}
			if x.All = x.Attacks < MaxExplained; !x.All {
				break
			}
			x.Attacks++
			if err := x.count(t, p, s, &a, work); err != nil {
				return nil, err
			}
		}
	}
	structure, err := p.Structure(none)
	if err != nil {
		return nil, err
	}
	number, held := map[string]int{}, make([]bool, len(t.Model().Controls))
	for i, c := range t.Model().Controls {
		number[c.Name], held[i] = i, work[c.Name] != nil
	}
	x.Unguarded = unguarded(t, structure, r.Chokepoints, held)
	return x, x.idle(ctx, p, structure, s, held, number)
}

func withControls(s *attacktree.Scenario, controls []string) *attacktree.Scenario {
	with := *s
	with.Controls = controls
	return &with
}

// orderOf is by cost, or by chance where nothing has a cost.
func orderOf(r *attacktree.Result) attacktree.Order {
	if r.Cheapest != nil && r.Cheapest.Cost != nil {
		return attacktree.ByCost
	}
	return attacktree.ByLikelihood
}

// count adds one attack to what the controls do.
func (x *Explanation) count(t *attacktree.Tree, p *attacktree.Program, s *attacktree.Scenario, a *attacktree.Attack, work map[string]*Work) error {
	under := func(controls []string) (*attacktree.Attack, error) {
		return p.Attack(withControls(s, controls), a.Steps, a.Given)
	}
	var acting []string
	for _, step := range slices.Concat(a.Steps, a.Given) {
		for _, c := range t.ControlsOn(step) {
			if work[c] != nil && !slices.Contains(acting, c) {
				acting = append(acting, c)
			}
		}
	}
	all, err := under(s.Controls)
	if err != nil {
		return err
	}
	once := false
	for _, c := range acting {
		by, err := under([]string{c})
		switch {
		case err != nil:
			return err
		case by == nil:
			work[c].Stops++
		case harder(by, a):
			work[c].Hinders++
		}
		if all != nil {
			continue
		}
		without, err := under(slices.DeleteFunc(slices.Clone(s.Controls), func(o string) bool { return o == c }))
		if err != nil {
			return err
		}
		if without != nil {
			work[c].Alone++
			once = true
		}
	}
	if all == nil {
		x.Stopped++
		if once {
			x.Once++
		}
	}
	return nil
}

// unguarded keeps the steps of whose chance and cost the held controls change
// nothing.
func unguarded(t *attacktree.Tree, s *compiled.Structure, steps []string, held []bool) []string {
	guarded := map[string]bool{}
	for v, node := range s.Nodes {
		for _, c := range union(s.ChanceControls[v], s.CostControls[v]) {
			if held[c] {
				guarded[t.Model().Nodes[node].Name] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(steps), func(step string) bool { return guarded[step] })
}

// idle finds the controls without which the figures stay as they are.
func (x *Explanation) idle(ctx context.Context, p *attacktree.Program, structure *compiled.Structure, s *attacktree.Scenario, held []bool, number map[string]int) error {
	e := p.NewEvaluator()
	figures := func(controls []string) (out [4]float64, known bool, err error) {
		if err := e.Set(withControls(s, controls)); err != nil {
			return out, false, err
		}
		likelihood, err := e.Likelihood(ctx)
		if err != nil {
			return out, false, err
		}
		impact, err := e.ExpectedImpact(ctx)
		if err != nil {
			return out, false, err
		}
		if structure.HasCost {
			if out[2], err = structure.Cheapest(ctx, held); err != nil {
				return out, false, err
			}
		}
		annual, counted, err := e.AnnualLoss(ctx)
		if err != nil {
			return out, false, err
		}
		out[0], out[1], out[3] = likelihood.Value, impact.Value, annual.Value
		return out, likelihood.Exact && impact.Exact && (annual.Exact || !counted), nil
	}
	with, known, err := figures(s.Controls)
	if x.Known = known; err != nil || !known {
		return err
	}
	for i := range x.Controls {
		c := &x.Controls[i]
		held[number[c.Control]] = false
		without, _, err := figures(slices.DeleteFunc(slices.Clone(s.Controls), func(o string) bool { return o == c.Control }))
		held[number[c.Control]] = true
		if err != nil {
			return err
		}
		c.Idle = true
		for f := range with {
			c.Idle = c.Idle && equal(with[f], without[f])
		}
	}
	return nil
}
