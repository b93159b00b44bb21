// Package brute computes the figures of a goal straight from their definitions,
// by looking at every subset of its own steps and conditions. It is the oracle
// of the tests: it shares no algorithm with the engine, and where it could be
// quicker or plainer it is plainer.
//
// One idea carries all of it. A set of own steps and conditions is a world, in
// which exactly these succeed and are met, and it is a candidate for an attack.
// Either way it settles which nodes are reached, hence which controls are
// switched off, hence every number: its state. [Eval] makes the states of all
// subsets, which takes time and memory in 2^n for n own steps and conditions.
package brute

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// MaxVariables is the greatest number of own steps and conditions in reach of a
// goal for which [Eval] answers.
const MaxVariables = 16

// A Result has the figures of one goal, as the engine gives them, and all that
// they were picked from. Importance stands in the order of the model. Method,
// Size, Uncertain, AtMeans and Limits, which say how an engine got there, are
// left out.
type Result struct {
	attacktree.Result
	Minimal []*attacktree.Attack // the minimal attacks, cheapest first
}

// Eval computes the figures of a goal; goal "" is the only one, and a nil
// scenario the zero one. The model must be valid. An error says that there is no
// such goal, control or adversary, or that there is too much to enumerate.
func Eval(m *attacktree.Model, goal string, s *attacktree.Scenario) (*Result, error) {
	if s == nil {
		s = &attacktree.Scenario{}
	}
	q, err := ask(m, goal, s)
	if err != nil {
		return nil, err
	}
	states := q.states()
	node := m.Nodes[q.goal]
	r := &Result{}
	r.Goal, r.Label = node.Name, node.Label
	r.Scenario, r.Adversary, r.Mode = s.Name, s.Adversary, q.mode
	for c, k := range m.Controls {
		if q.inPlace>>c&1 == 1 {
			r.Controls = append(r.Controls, k.Name)
		}
	}
	q.chances(states, r)
	q.yearly(r)
	q.attacks(states, r)
	return r, q.assumptions(r)
}

func figure(x float64) *attacktree.Figure {
	return &attacktree.Figure{Value: x, Exact: true, Low: x, High: x}
}

// chances fills in what depends on chance: likelihood, expected impact and the
// importance of the own steps, by adding up all worlds.
func (q *question) chances(states []state, r *Result) {
	n := len(q.variables)
	var likelihood, loss float64
	with := make([]float64, n)    // P(i succeeds and goal)
	success := make([]float64, n) // P(1_i)
	failure := make([]float64, n) // P(0_i)
	factor := make([]float64, n)
	before, behind := make([]float64, n+1), make([]float64, n+1)
	before[0], behind[n] = 1, 1
	for _, w := range states {
		for i, v := range q.variables {
			factor[i] = q.chance(v, w.held)
			if !w.has(i) {
				factor[i] = 1 - factor[i]
			}
		}
		for i := range n {
			before[i+1] = before[i] * factor[i]
			behind[n-1-i] = behind[n-i] * factor[n-1-i]
		}
		p := before[n]
		loss += p * q.loss(w)
		if !w.reached[q.goal] {
			continue
		}
		likelihood += p
		for i := range n {
			others := before[i] * behind[i+1]
			if w.has(i) {
				with[i] += p
				success[i] += others
			} else {
				failure[i] += others
			}
		}
	}
	r.Likelihood = figure(likelihood)
	if q.impacts {
		r.ExpectedImpact = figure(loss)
	}
	if likelihood == 0 {
		return
	}
	for i, v := range q.variables {
		if q.isCondition(v) {
			continue
		}
		x := attacktree.Importance{
			Step:        q.m.Nodes[v].Name,
			Birnbaum:    success[i] - failure[i],
			Criticality: (likelihood - failure[i]) / likelihood,
			DIF:         with[i] / likelihood,
			RAW:         success[i] / likelihood,
		}
		if failure[i] > 0 {
			rrw := likelihood / failure[i]
			x.RRW = &rrw
		}
		r.Steps = append(r.Steps, x)
	}
}

// yearly fills in the annual loss: attempts, and each accident when it alone
// happens, while no step is attempted and plain conditions are met or not.
func (q *question) yearly(r *Result) {
	attempts := q.m.Nodes[q.goal].Attempts
	if q.adversary != nil && q.adversary.Attempts.Given() {
		attempts = q.adversary.Attempts
	}
	if !q.impacts || !attempts.Given() {
		return
	}
	perPeriod := q.mean(attempts) * r.ExpectedImpact.Value
	for _, accident := range q.accidents {
		for set := range uint32(1) << len(q.variables) {
			w := q.state(set, accident)
			p := 1.0
			for i, v := range q.variables {
				chance := 0.0
				if q.isCondition(v) {
					chance = q.chance(v, w.held)
				}
				if !w.has(i) {
					chance = 1 - chance
				}
				p *= chance
			}
			if p > 0 {
				perPeriod += p * q.numbers(accident, w.held).rate * q.loss(w)
			}
		}
	}
	period := q.m.Period
	if period == 0 {
		period = 365
	}
	r.AnnualLoss = figure(perPeriod * 365 / period)
}

// assumptions fills in the computed likelihood of each assumed node: its own
// assumption lifted, all others in force.
func (q *question) assumptions(r *Result) error {
	for v, n := range q.m.Nodes {
		if !q.inScope[v] || !q.assumed(v) {
			continue
		}
		lifted, err := q.lift(v)
		if err != nil {
			return err
		}
		var computed Result
		lifted.chances(lifted.states(), &computed)
		r.Assumed = append(r.Assumed, attacktree.Assumption{
			Node: n.Name, Assumed: q.mean(n.Assume), Computed: computed.Likelihood.Value,
		})
	}
	return nil
}

// attacks fills in all that is picked from the set of attacks.
func (q *question) attacks(states []state, r *Result) {
	var minimal, unaided []uint32
	var all []*attacktree.Attack
	byCost := Compare(attacktree.ByCost)
	for _, a := range bySize(states) {
		if !q.reachesForSure(a) {
			continue
		}
		if !containsAny(a.set, minimal) && !containsAny(a.set, unaided) {
			if a.set&q.steps == 0 {
				unaided = append(unaided, a.set)
			} else {
				minimal = append(minimal, a.set)
				r.Minimal = append(r.Minimal, q.describe(a))
			}
		}
		if a.set&q.steps != 0 && !containsAny(a.set, unaided) {
			d := &attacktree.Depth{Controls: q.met(a), Attack: q.describe(a)}
			all = append(all, d.Attack)
			if r.DefenceDepth == nil || cmp.Or(len(d.Controls)-len(r.DefenceDepth.Controls), byCost(d.Attack, r.DefenceDepth.Attack)) < 0 {
				r.DefenceDepth = d
			}
		}
	}
	slices.SortFunc(r.Minimal, byCost)
	r.Reachable = len(all) > 0
	r.Unaided = len(unaided) > 0
	r.AttackCount = big.NewInt(int64(len(r.Minimal)))
	if !r.Reachable {
		return
	}
	if q.costs {
		r.Cheapest = slices.MinFunc(all, byCost)
	}
	r.Likeliest = slices.MinFunc(all, Compare(attacktree.ByLikelihood))
	if fastest := slices.MinFunc(all, Compare(attacktree.ByTime)); fastest.Time != nil {
		r.Fastest = fastest
	}
	if q.skills {
		least := slices.MinFunc(all, func(a, b *attacktree.Attack) int { return *a.Skill - *b.Skill })
		r.MinSkill = least.Skill
	}
	for _, v := range q.variables {
		name := q.m.Nodes[v].Name
		if !slices.ContainsFunc(all, func(a *attacktree.Attack) bool { return !slices.Contains(a.Steps, name) }) {
			r.Chokepoints = append(r.Chokepoints, name)
		}
	}
}

// reachesForSure reports whether the goal holds when exactly the set succeeds,
// and all of the set is possible in the state that it makes.
func (q *question) reachesForSure(a state) bool {
	for i, v := range q.variables {
		if a.has(i) && !(q.chance(v, a.held) > 0) {
			return false
		}
	}
	return a.reached[q.goal]
}

func containsAny(set uint32, parts []uint32) bool {
	return slices.ContainsFunc(parts, func(part uint32) bool { return part&^set == 0 })
}

// describe gives the numbers of an attack in its state.
func (q *question) describe(a state) *attacktree.Attack {
	d := &attacktree.Attack{Likelihood: 1, Undetected: 1, Impact: q.loss(a)}
	var cost float64
	var skill int
	acting := map[int]bool{}
	for i, v := range q.variables {
		if !a.has(i) {
			continue
		}
		x := q.numbers(v, a.held)
		d.Likelihood *= x.likelihood
		if q.isCondition(v) {
			d.Given = append(d.Given, q.m.Nodes[v].Name)
			continue
		}
		d.Steps = append(d.Steps, q.m.Nodes[v].Name)
		d.Undetected *= 1 - x.detection
		cost += x.cost
		skill = max(skill, x.skill)
		for _, e := range q.effects[v] {
			acting[e.control] = true
		}
	}
	if q.costs {
		d.Cost = &cost
	}
	if q.skills {
		d.Skill = &skill
	}
	if end := q.end(a); q.times && !math.IsInf(end, 1) {
		d.Time = &end
	}
	for c, k := range q.m.Controls {
		if acting[c] && a.held>>c&1 == 1 {
			d.Controls = append(d.Controls, k.Name)
		}
	}
	return d
}

// met names the controls that hold in the state of an attack and have an
// effect other than on impact on a step of it.
func (q *question) met(a state) []string {
	names := []string{}
	for c, k := range q.m.Controls {
		for i, v := range q.variables {
			if a.has(i) && !q.isCondition(v) && (a.held&q.acting[v])>>c&1 == 1 {
				names = append(names, k.Name)
				break
			}
		}
	}
	return names
}

func unknown(noun, name string) error {
	return fmt.Errorf("brute: expected the name of a %s, found %q", noun, name)
}
