package attacktree

import (
	"context"
	"fmt"
	"math"

	"github.com/atree-dev/atree/attacktree/internal/program"
)

// An Evaluator holds one scenario of a [Program] at a time and the memory to
// evaluate it: [Evaluator.Set] puts a scenario in, the other methods answer.
// Setting and evaluating allocate nothing, so that one Evaluator goes through
// hundreds of thousands of mitigation sets a second on a graph of a hundred
// nodes. It is for one goroutine; a Program may have many.
type Evaluator struct {
	p *Program

	held      []bool // by control
	adversary int32  // -1: nobody in particular
	limited   bool
	fixed     []bool // by param: set by the scenario …
	param     []float64
	drawn     []float64 // by draw; nil: all at their means

	chance   []float64 // by variable: of success, the controls that do not hold in its state left out; of an accident, its rate
	possible []bool    // by variable: can be part of an attack
	prob     []float64 // by variable: chance if possible, else 0
	impact   []float64 // by output

	valued  bool      // the arrays below are filled
	cost    []float64 // by variable
	time    []float64
	missed  []float64 // 1 - detection
	skill   []int
	classes []program.Class

	program *program.Program
	state   *program.State
	current bool // its values are those at prob
	exact   bool // else its values have bounds
	words   []uint64
	reached []uint64
	clock   clock
}

// NewEvaluator returns an evaluator that holds the zero scenario.
func (p *Program) NewEvaluator() *Evaluator {
	n := len(p.vars)
	e := &Evaluator{
		p: p, held: make([]bool, len(p.tree.model.Controls)),
		fixed: make([]bool, len(p.params)), param: make([]float64, len(p.params)),
		chance: make([]float64, n), possible: make([]bool, n), prob: make([]float64, n),
		impact: make([]float64, len(p.outputs)),
	}
	e.reset()
	e.spread()
	return e
}

// Set puts a scenario in; nil is the zero scenario. Names that the tree does
// not have, what-if values that are out of range and modes that need an
// adversary without one are errors, and the zero scenario is then in place.
func (e *Evaluator) Set(s *Scenario) error {
	e.reset()
	var err error
	if s != nil {
		if err = e.read(s); err != nil {
			e.reset()
		}
	}
	e.spread()
	return err
}

// SetDraws gives values to the uncertain numbers, in the order of
// [Program.Draws]; nil puts them back to their means. They hold until changed,
// in all scenarios, but for the params that a scenario sets. The slice is not
// copied and must not change while it is in use.
func (e *Evaluator) SetDraws(x []float64) error {
	if x != nil && len(x) != len(e.p.draws) {
		return fmt.Errorf("attacktree: expected %d draws, found %d", len(e.p.draws), len(x))
	}
	e.drawn, e.valued = x, false
	e.spread()
	return nil
}

// ControlCost returns what the controls in place cost in one period.
func (e *Evaluator) ControlCost() float64 {
	sum := 0.0
	for i, on := range e.held {
		if on {
			sum += e.value(e.p.costs[i])
		}
	}
	return sum
}

func (e *Evaluator) reset() {
	clear(e.held)
	clear(e.fixed)
	e.adversary, e.limited, e.valued = -1, false, false
}

func (e *Evaluator) read(s *Scenario) error {
	t := e.p.tree
	for _, name := range s.Controls {
		id, ok := t.controlID[name]
		if !ok {
			if _, err := t.ParseSet(name); err == nil {
				return fmt.Errorf("attacktree: %q is a set, no control; Tree.ParseSet has the controls of it", name)
			}
			return fmt.Errorf("attacktree: no control is called %q", name)
		}
		e.held[id] = true
	}
	if s.Adversary != "" {
		for i := range e.p.advs {
			if e.p.advs[i].name == s.Adversary {
				e.adversary = int32(i)
			}
		}
		if e.adversary < 0 {
			return fmt.Errorf("attacktree: no adversary is called %q", s.Adversary)
		}
	}
	switch s.Mode {
	case DefaultMode:
		e.limited = e.adversary >= 0
	case Saturating:
	case Limited:
		if e.adversary < 0 {
			return fmt.Errorf("attacktree: mode limited needs an adversary")
		}
		e.limited = true
	default:
		return fmt.Errorf("attacktree: unknown mode %d", s.Mode)
	}
	for name, x := range s.Params {
		id, ok := e.p.params[name]
		if !ok {
			return fmt.Errorf("attacktree: no param is called %q", name)
		}
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return fmt.Errorf("attacktree: param %q is set to %v; it must be a number of at least 0", name, x)
		}
		if m := t.model.Params[id]; m.Value.Param != "" {
			return fmt.Errorf("attacktree: param %q is %v; set %q instead", name, m.Value, m.Value.Param)
		}
		e.fixed[id], e.param[id] = true, x
	}
	return nil
}

// value of a number in the scenario.
func (e *Evaluator) value(x scalar) float64 {
	switch {
	case x.param >= 0 && e.fixed[x.param]:
		return x.factor * e.param[x.param]
	case x.draw >= 0 && e.drawn != nil:
		return x.factor * e.drawn[x.draw]
	}
	return x.mean
}

// forWhom returns what replaces numbers of a node against the adversary, or nil.
func (e *Evaluator) forWhom(n *node) *override {
	if e.adversary >= 0 {
		for i := range n.forWhom {
			if n.forWhom[i].adversary == e.adversary {
				return &n.forWhom[i]
			}
		}
	}
	return nil
}

// holds reports whether a change acts in a state of the node's bypasses.
func (e *Evaluator) holds(c *change, state uint32) bool {
	return e.held[c.control] && (c.bypass < 0 || state>>c.bypass&1 == 0)
}

// factor of a change that multiplies.
func (e *Evaluator) factor(c *change) float64 {
	if c.reduction {
		return 1 - e.value(c.value)
	}
	return e.value(c.value)
}

// spread works out the chances and what is possible, and the impacts.
func (e *Evaluator) spread() {
	e.current = false
	for v := range e.p.vars {
		n, state := &e.p.nodes[e.p.vars[v].node], e.p.vars[v].state
		x := e.chanceOf(n, state)
		e.chance[v] = x
		e.possible[v] = x > 0 && !n.accident && (e.adversary < 0 || !n.step || e.able(n, state))
		e.prob[v] = 0
		if e.possible[v] {
			e.prob[v] = x
		}
	}
	for i, o := range e.p.outputs {
		e.impact[i] = e.impactOf(&e.p.nodes[o.node], o.state)
	}
}

func (e *Evaluator) chanceOf(n *node, state uint32) float64 {
	x := e.value(n.base.chance)
	if o := e.forWhom(n); o != nil && o.chance != nil {
		x = e.value(*o.chance)
	}
	if !n.accident { // a what-if value of a param may be anything
		x = min(x, 1)
	}
	least := math.Inf(1)
	for i := range n.changes {
		switch c := &n.changes[i]; {
		case c.op != Block && c.attribute != Likelihood || !e.holds(c, state):
		case c.op == Block:
			return 0
		case c.op == Multiply:
			x *= min(max(e.factor(c), 0), 1)
		case c.op == AtMost && !n.accident:
			least = min(least, e.value(c.value))
		}
	}
	return min(x, least)
}

func (e *Evaluator) impactOf(n *node, state uint32) float64 {
	x, off := e.value(n.base.impact), 0.0
	for i := range n.changes {
		if c := &n.changes[i]; c.op != Block && c.attribute == Impact && e.holds(c, state) {
			if c.op == Multiply {
				x *= min(max(e.factor(c), 0), 1)
			} else {
				off += e.value(c.value)
			}
		}
	}
	return max(x-off, 0)
}

// sumOf returns cost or time of the own step: factors first, then additions.
func (e *Evaluator) sumOf(n *node, state uint32, a Attribute, x float64) float64 {
	more := 0.0
	for i := range n.changes {
		if c := &n.changes[i]; c.op != Block && c.attribute == a && e.holds(c, state) {
			if c.op == Multiply {
				x *= max(e.factor(c), 1)
			} else {
				more += e.value(c.value)
			}
		}
	}
	return x + more
}

func (e *Evaluator) costOf(n *node, state uint32) float64 {
	x := n.base.cost
	if o := e.forWhom(n); o != nil && o.cost != nil {
		x = *o.cost
	}
	return e.sumOf(n, state, Cost, e.value(x))
}

func (e *Evaluator) timeOf(n *node, state uint32) float64 {
	x := n.base.time
	if o := e.forWhom(n); o != nil && o.time != nil {
		x = *o.time
	}
	return e.sumOf(n, state, Time, e.value(x))
}

func (e *Evaluator) skillOf(n *node, state uint32) int {
	x := n.base.skill
	if o := e.forWhom(n); o != nil && o.skill != nil {
		x = *o.skill
	}
	for i := range n.changes {
		if c := &n.changes[i]; c.op == Raise && c.attribute == Skill && e.holds(c, state) {
			x = max(x, int(e.value(c.value)))
		}
	}
	return x
}

func (e *Evaluator) detectionOf(n *node, state uint32) float64 {
	x := e.value(n.base.detection)
	if o := e.forWhom(n); o != nil && o.detection != nil {
		x = e.value(*o.detection)
	}
	for i := range n.changes {
		if c := &n.changes[i]; c.op == Raise && c.attribute == Detection && e.holds(c, state) {
			x = max(x, e.value(c.value))
		}
	}
	return min(x, 1)
}

// able reports whether the adversary meets what the own step demands: its
// skill and access, and in mode limited it must fit into his time.
func (e *Evaluator) able(n *node, state uint32) bool {
	a := &e.p.advs[e.adversary]
	if a.access != nil {
		for _, name := range n.base.access {
			if !a.access[name] {
				return false
			}
		}
	}
	return (a.skill == nil || e.skillOf(n, state) <= *a.skill) &&
		(!e.limited || a.time == nil || e.timeOf(n, state) <= e.value(*a.time))
}

// numbers fills what only attacks need.
func (e *Evaluator) numbers() {
	if e.valued {
		return
	}
	e.valued = true
	p := e.p
	if e.cost == nil {
		n := len(p.vars)
		e.cost, e.time, e.missed = make([]float64, n), make([]float64, n), make([]float64, n)
		e.skill, e.classes = make([]int, n), make([]program.Class, n)
	}
	for v := range p.vars {
		n, state := &p.nodes[p.vars[v].node], p.vars[v].state
		e.classes[v] = program.Absent
		if !n.step {
			e.cost[v], e.time[v], e.missed[v], e.skill[v] = 0, 0, 1, 0
			if e.possible[v] {
				e.classes[v] = program.Given
			}
			continue
		}
		if e.possible[v] {
			e.classes[v] = program.Step
		}
		e.missed[v] = 1 - e.detectionOf(n, state)
		if p.hasCost { // a figure that no step of the tree carries breaks no tie either
			e.cost[v] = e.costOf(n, state)
		}
		if p.hasTime {
			e.time[v] = e.timeOf(n, state)
		}
		if p.hasSkill {
			e.skill[v] = e.skillOf(n, state)
		}
	}
}

// run evaluates the likelihood program in the scenario, once for all its figures.
func (e *Evaluator) run(ctx context.Context) error {
	prog, err := e.p.likelihoodProgram(ctx)
	if prog == nil {
		return err
	}
	if e.program != prog {
		e.program, e.state, e.exact, e.current = prog, prog.NewState(), prog.Exact(), false
	}
	if !e.current {
		e.state.Eval(e.prob)
		e.current = true
	}
	return err
}

// evalAt evaluates the likelihood program at other probabilities than those of the
// scenario.
func (e *Evaluator) evalAt(prob []float64) {
	e.state.Eval(prob)
	e.current = false
}

// Likelihood returns the chance that the goal is reached when every possible
// step is attempted once. The first call of a program builds the diagram, which
// may take long; where it meets a limit the figure is a pair of proven bounds.
// Later calls take time linear in the size of the diagram.
func (e *Evaluator) Likelihood(ctx context.Context) (Figure, error) {
	if err := e.run(ctx); err != nil {
		return Figure{}, err
	}
	return e.root(0), nil
}

// ExpectedImpact returns the mean loss over the goal and the nodes below it
// when every possible step is attempted once; 0 where no node carries an impact.
// It is exact or bounded as [Evaluator.Likelihood] is.
func (e *Evaluator) ExpectedImpact(ctx context.Context) (Figure, error) {
	if err := e.run(ctx); err != nil {
		return Figure{}, err
	}
	return e.loss(0), nil
}

// root returns the chance of a root of the likelihood program.
func (e *Evaluator) root(i int) Figure {
	x := exactly(e.state.Value(i))
	if !e.exact {
		x.Low, x.High = e.state.Bounds(i)
		x.Exact = x.Low == x.High
	}
	return x
}

// loss sums impacts over the outputs from the given root on.
func (e *Evaluator) loss(from int) Figure {
	sum := exactly(0)
	for i, x := range e.impact {
		sum = sum.plus(e.root(1 + from + i).times(x))
	}
	return sum
}

// Attempts returns how many attempts are made in 365 days: the adversary's, or
// else the goal's; false if neither says.
func (e *Evaluator) Attempts() (float64, bool) {
	p := e.p
	perYear := 1.0
	if p.tree.model.Period > 0 {
		perYear = 365 / p.tree.model.Period
	}
	if e.adversary >= 0 && p.advs[e.adversary].attempts != nil {
		return perYear * e.value(*p.advs[e.adversary].attempts), true
	}
	if p.tree.model.Nodes[p.nodes[p.goal].id].Attempts.Given() {
		return perYear * e.value(p.attempts), true
	}
	return 0, false
}

// accidents returns the yearly loss by accidents: of each, its rate times the
// mean loss when it alone happens and no step is attempted. It overwrites the
// probabilities of the last run.
func (e *Evaluator) accidents() Figure {
	sum := exactly(0)
	e.eachAccident(func(rate float64, from int) { sum = sum.plus(e.loss(from).times(rate)) })
	return sum
}

// eachAccident evaluates every accident when it alone happens and no step is
// attempted, in each state of its bypasses: with its yearly rate there, and the
// root from which on the outputs tell what is reached. It overwrites the
// probabilities of the last run.
func (e *Evaluator) eachAccident(f func(rate float64, from int)) {
	p := e.p
	perYear := 1.0
	if p.tree.model.Period > 0 {
		perYear = 365 / p.tree.model.Period
	}
	for v := range p.vars {
		if p.nodes[p.vars[v].node].step {
			e.prob[v] = 0
		}
	}
	stated := 0
	for i := range p.nodes {
		n := &p.nodes[i]
		if !n.accident {
			continue
		}
		for s := range n.states() {
			e.prob[int(n.first)+s] = 1
		}
		e.evalAt(e.prob)
		for s := range n.states() {
			from := 0
			if len(n.switches) > 0 {
				stated++
				from = stated * len(p.outputs)
			}
			f(perYear*e.chance[int(n.first)+s], from)
		}
		for s := range n.states() {
			e.prob[int(n.first)+s] = 0
		}
	}
	for v := range p.vars {
		if e.possible[v] {
			e.prob[v] = e.chance[v]
		}
	}
}

// reach evaluates which nodes are reached when the variables of avail
// succeed, 64 cases at a time: bit j of avail[v] says whether variable v may be
// relied on in case j. It fills e.reached, by node.
func (e *Evaluator) reach(avail []uint64) {
	p := e.p
	if e.reached == nil {
		e.reached = make([]uint64, len(p.nodes))
	}
	var count []uint64
	for i := range p.nodes {
		n := &p.nodes[i]
		x := ^uint64(0)
		switch n.gate {
		case Or:
			x = 0
			for _, c := range n.children {
				x |= e.reached[c]
			}
		case And, Seq:
			for _, c := range n.children {
				x &= e.reached[c]
			}
		case AtLeast: // count[j]: the cases in which more than j children are reached
			count = append(count[:0], make([]uint64, n.k)...)
			for _, c := range n.children {
				for j := n.k - 1; j > 0; j-- {
					count[j] |= count[j-1] & e.reached[c]
				}
				count[0] |= e.reached[c]
			}
			x = count[n.k-1]
		case Not:
			x = ^e.reached[n.children[0]]
		case Xor:
			x = 0
			for _, c := range n.children {
				x ^= e.reached[c]
			}
		}
		if n.first >= 0 {
			own := uint64(0)
			for s := range n.states() {
				way := avail[int(n.first)+s]
				for b, sw := range n.switches {
					if s>>b&1 == 1 {
						way &= e.off(sw)
					}
				}
				own |= way
			}
			x &= own
		}
		e.reached[i] = x
	}
}

// off returns the cases in which a bypass is reached.
func (e *Evaluator) off(s int32) uint64 {
	x := uint64(0)
	for _, v := range e.p.switches[s].nodes {
		x |= e.reached[v]
	}
	return x
}

// structure finds out by structure alone whether the goal of a coherent program
// can be reached, and whether conditions alone suffice. It leaves in e.reached what all possible
// steps reach (bit 0) and what conditions alone reach (bit 1).
func (e *Evaluator) structure() (reachable, unaided bool) {
	if e.words == nil {
		e.words = make([]uint64, len(e.p.vars))
	}
	for v := range e.words {
		e.words[v] = 0
		if e.possible[v] {
			e.words[v] = 1
			if !e.p.nodes[e.p.vars[v].node].step {
				e.words[v] = 3
			}
		}
	}
	e.reach(e.words)
	x := e.reached[e.p.goal]
	return x&1 != 0, x&2 != 0
}
