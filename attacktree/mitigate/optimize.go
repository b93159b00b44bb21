package mitigate

import (
	"context"

	"github.com/atree-dev/atree/attacktree"
)

// An Optimization is the whole answer of `atree optimize`: the front, the point
// that is chosen on it, and the attacks that are left there.
type Optimization struct {
	Tree        *attacktree.Tree
	Goal, Label string
	Mode        attacktree.Mode
	Adversary   string
	Params      map[string]float64 // what-if values, as asked
	Front       *ControlFront
	Budget      *float64           // that the set may cost, per period; nil: whatever it takes
	Target      *float64           // value of the objective that the set has to reach; nil: none
	Chosen      int                // index of the point: the cheapest that meets the target, without a target the last; -1: none
	OutOfReach  bool               // no set meets the constraints and the target, for certain
	After       *attacktree.Result // the figures with the choice; nil without one
	Left        []Remaining
	Ties        []Tie // by point of the front; nil where they were not looked for
	Cut         bool  // ctx ended before what is left, ties and what Explain asks for were all found

	// With Options.Explain: what the controls of the choice do, and the figures and the
	// first attacks left by point of the front.
	Explained *Explanation
	Points    []PointLeft
}

// A PointLeft is what a point of a front leaves to the attacker.
type PointLeft struct {
	Result *attacktree.Result
	Left   []Remaining
}

// Optimize finds the front for one goal and chooses a point on it: the cheapest
// that meets the target or, without a target, the one that leaves the least.
// Of opt, Sets are not used; who attacks is asked by opt, what may be chosen by
// front. Where ctx ends early, the answer holds what was found until then; its error
// comes with the answer where that lacks what Explain asks for.
func Optimize(ctx context.Context, t *attacktree.Tree, opt *Options, front *FrontOptions, target *float64) (*Optimization, error) {
	if opt == nil {
		opt = &Options{}
	}
	asked := FrontOptions{}
	if front != nil {
		asked = *front
	}
	asked.Adversary, asked.Mode, asked.Params = opt.Adversary, opt.Mode, opt.Params
	compile := opt.Compile
	compile.Goal = opt.Goal
	p, err := attacktree.Compile(ctx, t, &compile)
	if err != nil {
		return nil, err
	}
	f, err := Front(ctx, t, p, &asked)
	if err != nil {
		return nil, err
	}
	out := &Optimization{
		Tree: t, Goal: opt.Goal, Mode: opt.Mode, Adversary: opt.Adversary, Params: opt.Params,
		Front: f, Budget: asked.Budget, Target: target, Chosen: len(f.Points) - 1,
	}
	if out.Goal == "" {
		out.Goal = t.Goals()[0]
	}
	if n, ok := t.Node(out.Goal); ok {
		out.Label = n.Label
	}
	if target != nil {
		out.Chosen = f.reaching(*target)
	}
	if out.Chosen < 0 {
		out.OutOfReach = f.Exact || target != nil && !f.possible(*target)
		return out, nil
	}
	return out, out.explain(ctx, p, opt, &asked)
}

// explain looks at what is left at the chosen point, at ties and, if that is asked
// for, at all points. What is missing when ctx ends is nil, and an error only if it
// was asked for.
func (o *Optimization) explain(ctx context.Context, p *attacktree.Program, opt *Options, asked *FrontOptions) (err error) {
	defer func() {
		if o.Cut = err != nil && ctx.Err() != nil; o.Cut && !opt.Explain {
			err = nil
		}
	}()
	s := opt.scenario("", o.Front.Points[o.Chosen].Controls)
	r, err := p.Eval(ctx, s)
	if err != nil {
		return err
	}
	o.After = r
	if o.Left, err = left(ctx, o.Tree, p, s, opt.Attacks, r); err != nil {
		return err
	}
	if o.Ties, err = Ties(ctx, o.Tree, p, asked, o.Front, 0); err != nil || !opt.Explain {
		return err
	}
	if o.Explained, err = Explain(ctx, o.Tree, p, s, opt.Attacks); err != nil {
		return err
	}
	for _, q := range o.Front.Points {
		s := opt.scenario("", q.Controls)
		r, err := p.Eval(ctx, s)
		if err != nil {
			return err
		}
		first, err := left(ctx, o.Tree, p, s, 3, r)
		if err != nil {
			return err
		}
		o.Points = append(o.Points, PointLeft{r, first})
	}
	return nil
}

// meets reports whether a value is as good as a target.
func (f *ControlFront) meets(value, target float64) bool {
	if f.Objective == CheapestCost {
		return notAbove(-value, -target)
	}
	return notAbove(value, target)
}

// reaching returns the index of the cheapest point that meets a target, or -1.
func (f *ControlFront) reaching(target float64) int {
	for i, q := range f.Points {
		if f.meets(q.Value, target) {
			return i
		}
	}
	return -1
}

// possible reports whether the bound leaves room for a set that meets a target.
func (f *ControlFront) possible(target float64) bool {
	for _, q := range f.Bound {
		if f.meets(q.Value, target) {
			return true
		}
	}
	return false
}
