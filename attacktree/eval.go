package attacktree

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree/internal/program"
)

// Eval answers all questions about one scenario; nil is the zero scenario. What
// a limit leaves out is nil in the result, with the reason in its Limits. An
// error means that the question could not be put, when the result is nil, or that
// ctx ended. The result then has what was found so far: at least proven bounds
// where ctx ended while they could be worked out, and the rest in its Limits.
// Without a likelihood, nothing has been found.
func (p *Program) Eval(ctx context.Context, s *Scenario) (*Result, error) {
	e := p.evaluator.Get().(*Evaluator)
	defer p.evaluator.Put(e)
	if err := e.Set(s); err != nil {
		return nil, err
	}
	r := p.describe(e, s)
	if r.ended = ctx.Err(); r.ended != nil && p.likelihood.peek() == nil { // a small tree would never look
		return r, r.ended
	}
	err := p.eval(ctx, e, r, s)
	return r, cmp.Or(err, r.ended)
}

func (p *Program) eval(ctx context.Context, e *Evaluator, r *Result, s *Scenario) error {
	if !p.coherent {
		return p.evalIncoherent(ctx, e, r, s)
	}
	reachable, unaided := e.structure()
	r.Unaided = unaided
	var needed []int32 // what the goal cannot do without
	if reachable {
		needed = e.necessary()
	}
	if err := e.likelihoods(ctx, r, needed); err != nil {
		return err
	}
	if err := e.attacks(ctx, r, reachable, needed); err != nil {
		return err
	}
	return e.assumptions(ctx, r, s)
}

// evalIncoherent answers where the model has [Not] or [Xor] gates. Likelihoods
// are exact there too. But one step more can undo an attack, so that the attacks
// are told by the diagram alone: that there are some, and how many are minimal,
// which means that no proper part of them reaches the goal. What is best among
// them, and what none can do without, is not told.
func (p *Program) evalIncoherent(ctx context.Context, e *Evaluator, r *Result, s *Scenario) error {
	if err := e.likelihoods(ctx, r, nil); err != nil {
		return err
	}
	e.numbers()
	f, err := p.minimalFamily(ctx, e.possible)
	if err == nil {
		r.AttackCount = f.Count(e.minimalClasses())
		r.Reachable, r.Unaided = r.AttackCount.Sign() > 0, f.Unaided(e.minimalClasses())
		return e.assumptions(ctx, r, s)
	}
	if err := r.limit(err, "attack_count"); err != nil {
		return err
	}
	if r.Likelihood == nil {
		return err // not even whether there is an attack is known
	}
	r.Unaided, _ = e.satisfiable(func(n *node) bool { return !n.step })
	idle, _ := e.satisfiable(func(*node) bool { return false }) // nothing smaller than no step at all
	_, possibly := e.satisfiable(func(*node) bool { return true })
	r.Reachable = possibly && !idle
	return e.assumptions(ctx, r, s)
}

// satisfiable reports whether the goal can be reached by what is possible of
// the nodes that may act, surely or possibly: the two differ where the likelihood
// is known by its bounds only. It asks for the likelihood at chances of one half,
// which only goals that need a thousand steps at once would bring down to 0. It
// overwrites the likelihood of the last run.
func (e *Evaluator) satisfiable(may func(*node) bool) (surely, possibly bool) {
	half := make([]float64, len(e.prob))
	for v := range half {
		if e.possible[v] && may(&e.p.nodes[e.p.vars[v].node]) {
			half[v] = 0.5
		}
	}
	e.evalAt(half)
	low, high := e.state.Bounds(0)
	return low > 0, high > 0
}

// describe fills what the scenario itself says.
func (p *Program) describe(e *Evaluator, s *Scenario) *Result {
	m := p.tree.model
	goal := m.Nodes[p.nodes[p.goal].id]
	r := &Result{Goal: goal.Name, Label: goal.Label, Mode: Saturating, Limits: map[string]string{}, Controls: []string{}, Chokepoints: []string{}}
	if e.limited {
		r.Mode = Limited
	}
	if s != nil {
		r.Scenario, r.Adversary = s.Name, s.Adversary
	}
	for i, c := range m.Controls {
		if e.held[i] {
			r.Controls = append(r.Controls, c.Name)
		}
	}
	if r.Scenario == "" {
		r.Scenario = cmp.Or(strings.Join(r.Controls, ","), "inherent")
	}
	r.Uncertain, r.AtMeans = e.uncertainty()
	return r
}

// limit notes figures that a limit, or the end of the context, leaves out; other
// errors are passed on.
func (r *Result) limit(err error, figures ...string) error {
	var why string
	var l *program.LimitError
	switch {
	case errors.As(err, &l):
		why = l.Error()
	case errors.Is(err, context.DeadlineExceeded):
		r.ended, why = err, "the time was up before that was found"
	case errors.Is(err, context.Canceled):
		r.ended, why = err, "the computation was ended before that was found"
	default:
		return err
	}
	for _, f := range figures {
		r.Limits[f] = why
	}
	return nil
}

// likelihoods fills the figures that come from the likelihood program.
func (e *Evaluator) likelihoods(ctx context.Context, r *Result, needed []int32) error {
	p := e.p
	if err := e.run(ctx); err != nil && e.program == nil {
		figures := []string{"likelihood", "steps"}
		if p.hasLosses {
			figures = append(figures, "expected_impact")
			if _, ok := e.Attempts(); ok {
				figures = append(figures, "annual_loss")
			}
		}
		return r.limit(err, figures...)
	} else if err := r.limit(err); err != nil {
		return err
	}
	total := e.root(0)
	r.Likelihood = &total
	r.Method, r.Size = "diagram", e.program.Size()
	switch {
	case !e.exact:
		r.Method = "bounds"
	case r.Size == 0:
		r.Method = "bottom-up"
	}
	if p.hasLosses {
		impact := e.loss(0)
		r.ExpectedImpact = &impact
		if attempts, ok := e.Attempts(); ok {
			annual := impact.times(attempts).plus(e.accidents())
			r.AnnualLoss = &annual
			e.evalAt(e.prob)
		}
	}
	if !total.Exact {
		r.Limits["steps"] = "the likelihood is known by its bounds only"
		return nil
	}
	var err error
	r.Steps, err = e.importance(ctx, total.Value, needed)
	return r.limit(err, "steps")
}

// attacks fills the figures that are about single attacks.
func (e *Evaluator) attacks(ctx context.Context, r *Result, reachable bool, needed []int32) error {
	p := e.p
	e.numbers()
	count, err := e.count(ctx)
	if err := r.limit(err, "attack_count"); err != nil {
		return err
	}
	r.AttackCount = count
	// Where conditions alone suffice, a minimal set without a step is no attack.
	r.Reachable = reachable && (!r.Unaided || count == nil || count.Sign() > 0)
	if !r.Reachable {
		return nil
	}
	if r.Unaided {
		needed = e.inEveryAttack(ctx)
	}
	for _, i := range inModelOrder(p, needed) {
		if p.nodes[i].step {
			r.Chokepoints = append(r.Chokepoints, p.tree.model.Nodes[p.nodes[i].id].Name)
		}
	}

	var cheapest *taken
	if cheapest, err = e.best(ctx, ByCost, e.classes, r.Unaided); err != nil {
		figures := []string{"likeliest", "defence_depth"}
		if p.hasCost {
			figures = append(figures, "cheapest")
		}
		if err := r.limit(err, figures...); err != nil {
			return err
		}
	} else {
		if p.hasCost {
			r.Cheapest = e.describe(cheapest)
		}
		likeliest, err := e.best(ctx, ByLikelihood, e.classes, r.Unaided)
		if err := r.limit(err, "likeliest"); err != nil {
			return err
		}
		if likeliest != nil {
			r.Likeliest = e.describe(likeliest)
		}
		if r.DefenceDepth, err = e.defenceDepth(ctx, cheapest, r.Unaided); err != nil {
			if err := r.limit(err, "defence_depth"); err != nil {
				return err
			}
		}
	}
	if p.hasTime {
		fastest, proven, err := e.fastest(ctx, cheapest, r.Unaided)
		if err := r.limit(err, "fastest"); err != nil {
			return err
		}
		if fastest != nil {
			r.Fastest = e.describe(fastest)
		}
		if err == nil && !proven {
			r.Limits["fastest"] = "its time is the least, but of the attacks that are as fast there may be a cheaper one"
			if r.Unaided || fastest == nil {
				r.Limits["fastest"] = "the search for the fastest attack ended early; there may be a faster one"
			}
		}
	}
	if p.hasSkill {
		skill, err := e.minSkill(ctx, r.Unaided)
		if err := r.limit(err, "min_skill"); err != nil {
			return err
		}
		if err == nil {
			r.MinSkill = &skill
		}
	}
	return nil
}

// inModelOrder sorts nodes of a program by their place in the model.
func inModelOrder(p *Program, nodes []int32) []int32 {
	out := slices.Clone(nodes)
	slices.SortFunc(out, func(a, b int32) int { return int(p.nodes[a].id - p.nodes[b].id) })
	return out
}

// inEveryAttack returns the steps that are in every attack, where conditions
// alone suffice too.
func (e *Evaluator) inEveryAttack(ctx context.Context) []int32 {
	f, err := e.p.minimalFamily(ctx, e.possible)
	if err != nil {
		return nil // the count, which needs the same, has said so
	}
	classes := slices.Clone(e.minimalClasses())
	var out []int32
	for i := range e.p.nodes {
		n := &e.p.nodes[i]
		if !n.step || classes[n.first] == program.Absent {
			continue
		}
		classes[n.first] = program.Absent
		if f.Count(classes).Sign() == 0 {
			out = append(out, int32(i))
		}
		classes[n.first] = program.Step
	}
	return out
}

// unskilled stands for an attack that does not exist.
const unskilled = 1 << 30

// minSkill returns the least skill with which some attack is possible.
func (e *Evaluator) minSkill(ctx context.Context, unaided bool) (int, error) {
	if !unaided {
		return e.skillBottomUp(), nil
	}
	// Conditions alone suffice, so a way without skill may be no attack: try what
	// can be done with each skill, the least first.
	skills := slices.Compact(slices.Sorted(slices.Values(e.skill)))
	classes := slices.Clone(e.classes)
	for _, skill := range skills {
		for v, class := range e.classes {
			classes[v] = class
			if e.skill[v] > skill {
				classes[v] = program.Absent
			}
		}
		if a, err := e.best(ctx, ByCost, classes, true); a != nil || err != nil {
			return skill, err
		}
	}
	return unskilled, nil
}

// skillBottomUp is exact on shared nodes too, since the greatest of two equal
// numbers is that number.
func (e *Evaluator) skillBottomUp() int {
	p := e.p
	least := make([]int, len(p.nodes))
	var kids []int
	for i := range p.nodes {
		n := &p.nodes[i]
		kids = kids[:0]
		for _, c := range n.children {
			kids = append(kids, least[c])
		}
		x := 0
		switch n.gate {
		case Or:
			x = slices.Min(kids)
		case And, Seq:
			x = slices.Max(kids)
		case AtLeast:
			slices.Sort(kids)
			x = kids[n.k-1]
		}
		if n.first >= 0 {
			own := unskilled
			for s := range n.states() {
				v := int(n.first) + s
				if !e.possible[v] {
					continue
				}
				way := e.skill[v]
				for b, sw := range n.switches {
					if s>>b&1 == 0 {
						continue
					}
					off := unskilled
					for _, by := range p.switches[sw].nodes {
						off = min(off, least[by])
					}
					way = max(way, off)
				}
				own = min(own, way)
			}
			x = max(x, own)
		}
		least[i] = x
	}
	return least[p.goal]
}

// assumptions shows the computed likelihood of each assumed node beside the
// assumed one: its own assume is lifted, all others are in force.
func (e *Evaluator) assumptions(ctx context.Context, r *Result, s *Scenario) error {
	p := e.p
	for i := range p.nodes {
		id := p.nodes[i].id
		l, ok := p.lifted[id]
		if !ok {
			continue
		}
		lifted, err := l.get(func() (*Program, error) {
			q := &Program{tree: p.tree, opt: p.opt, params: map[string]int32{}, access: map[string]int{}, drawOf: map[any]int32{}, lifted: map[int32]*lazy[*Program]{}}
			return q, q.compile(ctx, id, id)
		})
		m := p.tree.model.Nodes[id]
		var computed Figure
		if err == nil {
			computing := lifted.NewEvaluator()
			if err := computing.Set(s); err != nil {
				return err
			}
			computed, err = computing.Likelihood(ctx)
		}
		switch {
		case err != nil:
			if err := r.limit(err, "assumed "+m.Name); err != nil {
				return err
			}
		case !computed.Exact:
			r.Limits["assumed "+m.Name] = fmt.Sprintf("the computed likelihood lies between %v and %v", computed.Low, computed.High)
		default:
			r.Assumed = append(r.Assumed, Assumption{m.Name, e.value(p.nodes[i].base.chance), computed.Value})
		}
	}
	slices.SortFunc(r.Assumed, func(a, b Assumption) int {
		return int(p.tree.nodeID[a.Node] - p.tree.nodeID[b.Node])
	})
	return nil
}
