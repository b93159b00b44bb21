package attacktree

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A Program is a [Tree] made ready to answer questions about one goal. Its
// structure is compiled once; scenarios change numbers only, so one Program
// serves any number of mitigation sets, from many goroutines at once.
//
// Diagrams are built when a figure first needs them and are kept.
type Program struct {
	tree *Tree
	opt  Options
	goal int32 // index into nodes

	nodes    []node     // what bears on the goal: children, and the nodes that switch controls off, stand before those that need them
	at       []int32    // by number in the tree: index into nodes, or -1
	vars     []variable // of the circuits
	switches []bypass
	outputs  []output // where losses arise
	params   map[string]int32

	advs      []limits // by number of the adversary in the model
	access    map[string]int
	coherent  bool // no node is not or xor: what is reached by some steps is reached by more
	shared    bool // some node has several parents, or a control can be bypassed
	hasCost   bool // some own step carries it
	hasTime   bool
	hasSkill  bool
	hasLosses bool

	attempts  scalar
	costs     []scalar // of controls, per period
	draws     []Draw
	drawOf    map[any]int32 // by param, or place of the value
	evaluator sync.Pool     // of *Evaluator

	likelihood lazy[*program.Program]
	optimal    lazy[*program.Family]
	joint      lazy[*program.Program] // an own step with bypasses, and the goal
	minimal    families
	guarded    families // with the controls that steps meet
	ranks      lazy[[]int32]
	waits      lazy[[][]int32]
	lifted     map[int32]*lazy[*Program] // by node with an assume: the same without it
}

// A node bears on the goal. Assumed nodes are steps here.
type node struct {
	id       int32 // in the tree
	gate     Gate
	k        int32
	children []int32
	parents  []int32
	below    bool  // it is the goal or below it by child edges
	step     bool  // it has an own step
	accident bool  // a condition with a rate
	assumed  bool  // its subtree is cut
	bypasses bool  // reaching it switches a control off
	first    int32 // its variable in state 0, or -1: it has neither own step nor condition

	switches       []int32 // bypasses that bear on its own step or condition; the states of the node are their subsets
	impactSwitches []int32 // those that bear on its impact

	base    base
	forWhom []override
	changes []change
}

// states is the number of bypass states of the own step.
func (n *node) states() int { return 1 << len(n.switches) }

// A variable of the circuits: the own step or condition of a node in one state
// of its bypasses. Which of them counts in a world is decided by the state, so
// they may be taken as independent draws.
type variable struct {
	node  int32
	state uint32 // bit i: the control behind switches[i] of the node is switched off
}

// A bypass is a set of nodes that switch controls off: any of them does.
type bypass struct {
	nodes []int32
}

// An output is a place where a loss arises: a node is reached while its
// impact's bypasses are in one state.
type output struct {
	node  int32
	state uint32
}

// base holds the numbers of a node before controls.
type base struct {
	chance, cost, time, detection, impact scalar
	skill                                 int
	access                                []int // numbers of names, ascending
}

// An override holds the numbers that replace those of base against one adversary.
type override struct {
	adversary int32
	chance    *scalar
	cost      *scalar
	time      *scalar
	detection *scalar
	skill     *int
}

// A scalar is the mean of a value, or a multiple of a draw or of a param that a
// scenario may set.
type scalar struct {
	mean   float64
	factor float64 // of the param or draw
	param  int32   // -1: none
	draw   int32   // -1: certain
}

// A change is what a control does to a number of a node.
type change struct {
	from      *Change
	control   int32
	bypass    int32 // index into the node's switches or impactSwitches, or -1
	attribute Attribute
	op        Op
	value     scalar
	reduction bool // the factor is 1 - value
}

// limits of an adversary.
type limits struct {
	name     string
	skill    *int
	time     *scalar
	access   []bool // by number of the name; nil: has all
	attempts *scalar
}

// A Draw is an uncertain number that bears on a program: a param, or a number
// written in place. Whatever uses it uses the same draw. A number that a node has
// for some adversaries has both, the names of the latter joined by ".".
type Draw struct {
	Param     string // or else:
	Node      string
	Control   string
	Adversary string
	Attribute string // of the node, control or adversary
	Dist      quantity.Dist
}

// maxSwitches bounds how many independently bypassed groups of controls may act
// on one node: its own step has a number for each of their 2^n states.
const maxSwitches = 10

// Compile makes a tree ready to answer questions about one goal. Options may be
// nil. It fails if the goal is not named and the tree has several, or if more
// than ten separately bypassed groups of controls act on one node. The cost
// is linear in the tree; diagrams are built later, by the figures that need them.
func Compile(ctx context.Context, t *Tree, opt *Options) (*Program, error) {
	p := &Program{tree: t, params: map[string]int32{}, access: map[string]int{}, drawOf: map[any]int32{}, lifted: map[int32]*lazy[*Program]{}}
	if opt != nil {
		p.opt = *opt
	}
	goal, err := t.goalNamed(p.opt.Goal)
	if err != nil {
		return nil, err
	}
	return p, p.compile(ctx, goal, -1)
}

// goalNamed finds a goal; the empty name stands for the only one.
func (t *Tree) goalNamed(name string) (int32, error) {
	if name == "" {
		switch len(t.goals) {
		case 0:
			return 0, errors.New("attacktree: expected the name of a node, for the tree has no goal")
		case 1:
			return t.goals[0], nil
		}
		return 0, fmt.Errorf("attacktree: which goal? the tree has %s", strings.Join(t.Goals(), ", "))
	}
	id, ok := t.nodeID[name]
	switch {
	case !ok && len(t.goals) == 0:
		return 0, fmt.Errorf("attacktree: no node is called %q, and the tree has no goal", name)
	case !ok:
		return 0, fmt.Errorf("attacktree: no goal is called %q; the tree has %s", name, strings.Join(t.Goals(), ", "))
	}
	return id, nil
}

// compile fills the program for a goal. The assume of node lift is ignored.
func (p *Program) compile(ctx context.Context, goal, lift int32) error {
	t := p.tree
	p.coherent = true
	for i, q := range t.model.Params {
		p.params[q.Name] = int32(i)
	}
	byNode := make([][]placed, len(t.model.Nodes))
	for c, targets := range t.targets {
		for e, nodes := range targets {
			for _, v := range nodes {
				byNode[v] = append(byNode[v], placed{int32(c), e})
			}
		}
	}
	assumed := func(v int32) bool { return v != lift && t.model.Nodes[v].Assume.Given() }

	// What bears on the goal: below it, and below what bypasses a control on it.
	bears := make([]bool, len(t.model.Nodes))
	below := make([]bool, len(t.model.Nodes))
	reach := func(from int32, marks []bool, visit func(int32)) {
		stack := []int32{from}
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if marks[v] {
				continue
			}
			marks[v] = true
			visit(v)
			if !assumed(v) {
				stack = append(stack, t.children[v]...)
			}
		}
	}
	reach(goal, below, func(int32) {})
	var pending []int32
	note := func(v int32) {
		for _, pl := range byNode[v] {
			pending = append(pending, t.bypassers[pl.control]...)
		}
	}
	reach(goal, bears, note)
	for len(pending) > 0 {
		v := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		reach(v, bears, note)
	}

	p.at = make([]int32, len(t.model.Nodes))
	live := 0
	for _, b := range bears {
		if b {
			live++
		}
	}
	p.nodes = make([]node, 0, live)
	bypasses := map[string]int32{} // by the nodes of the bypass, printed
	for _, v := range t.order {
		p.at[v] = -1
		if !bears[v] {
			continue
		}
		p.at[v] = int32(len(p.nodes))
		p.nodes = append(p.nodes, node{id: v, below: below[v], first: -1})
		if err := p.fill(&p.nodes[len(p.nodes)-1], byNode[v], assumed(v), bypasses); err != nil {
			return err
		}
		if len(p.nodes)&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	p.goal = p.at[goal]
	p.link()
	for i := range t.model.Adversaries {
		p.advs = append(p.advs, p.limitsOf(t.model.Adversaries[i]))
	}
	p.attempts = p.number(&t.model.Nodes[goal].Attempts, Draw{Node: t.model.Nodes[goal].Name, Attribute: "attempts"}, 0)
	for _, c := range t.model.Controls {
		p.costs = append(p.costs, p.number(&c.Cost, Draw{Control: c.Name, Attribute: "cost"}, 0))
	}
	p.evaluator.New = func() any { return p.NewEvaluator() }
	for i := range p.nodes {
		if v := p.nodes[i].id; assumed(v) {
			p.lifted[v] = new(lazy[*Program])
		}
	}
	return nil
}

// placed is an effect of a control, by its number.
type placed struct {
	control int32
	effect  int
}

// fill sets everything of a node but its parents.
func (p *Program) fill(n *node, effects []placed, assumed bool, bypasses map[string]int32) error {
	t := p.tree
	m := t.model.Nodes[n.id]
	n.gate, n.k = m.Gate, int32(m.K)
	if n.assumed = assumed; assumed {
		n.gate = Step
	}
	if !n.gate.Leaf() {
		n.children = make([]int32, len(t.children[n.id]))
		for i, c := range t.children[n.id] {
			n.children[i] = p.at[c]
		}
	}
	p.coherent = p.coherent && n.gate != Not && n.gate != Xor
	n.accident = n.gate == Condition && m.Rate.Given()
	n.step = n.gate == Step || n.gate != Condition && carriesStep(m)

	at := func(v *quantity.Value, attribute string, def float64) scalar {
		return p.number(v, Draw{Node: m.Name, Attribute: attribute}, def)
	}
	n.base = base{
		chance: at(&m.Likelihood, "likelihood", 1), cost: at(&m.Cost, "cost", 0), time: at(&m.Time, "time", 0),
		detection: at(&m.Detection, "detection", 0), impact: at(&m.Impact, "impact", 0),
	}
	switch {
	case assumed:
		n.base.chance = at(&m.Assume, "assume", 0)
	case n.accident:
		n.base.chance = at(&m.Rate, "rate", 0)
	}
	if m.Skill != nil {
		n.base.skill = *m.Skill
	}
	for _, a := range m.Access {
		i, ok := p.access[a]
		if !ok {
			i = len(p.access)
			p.access[a] = i
		}
		n.base.access = append(n.base.access, i)
	}
	for i := range m.For {
		p.override(n, &m.For[i], assumed)
	}
	for _, pl := range effects {
		control := t.model.Controls[pl.control]
		changes := control.Effects[pl.effect].Changes
		for i := range changes {
			ch := &changes[i]
			impact := ch.Op != Block && ch.Attribute == Impact
			if !impact && n.gate != Condition {
				n.step = true
			}
			c := change{ch, pl.control, -1, ch.Attribute, ch.Op, p.number(&ch.Value, Draw{Control: control.Name, Attribute: ch.Attribute.String()}, 0), ch.Reduction}
			if by := t.bypassers[pl.control]; len(by) > 0 {
				key := fmt.Sprint(by)
				s, ok := bypasses[key]
				if !ok {
					s = int32(len(p.switches))
					bypasses[key] = s
					nodes := make([]int32, len(by))
					for j, v := range by {
						nodes[j] = p.at[v]
						p.nodes[p.at[v]].bypasses = true
					}
					p.switches = append(p.switches, bypass{nodes})
				}
				list := &n.switches
				if impact {
					list = &n.impactSwitches
				}
				if i := slices.Index(*list, s); i >= 0 {
					c.bypass = int32(i)
				} else {
					c.bypass = int32(len(*list))
					*list = append(*list, s)
				}
			}
			n.changes = append(n.changes, c)
		}
	}
	if max(len(n.switches), len(n.impactSwitches)) > maxSwitches {
		return fmt.Errorf("attacktree: controls on %q are bypassed in %d separate ways; at most %d can be told apart", m.Name, max(len(n.switches), len(n.impactSwitches)), maxSwitches)
	}
	if n.step || n.gate == Condition {
		n.first = int32(len(p.vars))
		for s := range n.states() {
			p.vars = append(p.vars, variable{p.at[n.id], uint32(s)})
		}
	}
	if m.Impact.Given() && n.below {
		p.hasLosses = true
		for s := range 1 << len(n.impactSwitches) {
			p.outputs = append(p.outputs, output{p.at[n.id], uint32(s)})
		}
	}
	if n.step {
		p.hasCost = p.hasCost || carries(m, func(o *Override) bool { return o.Cost.Given() }, m.Cost.Given())
		p.hasTime = p.hasTime || carries(m, func(o *Override) bool { return o.Time.Given() }, m.Time.Given())
		p.hasSkill = p.hasSkill || carries(m, func(o *Override) bool { return o.Skill != nil }, m.Skill != nil)
	}
	return nil
}

// carriesStep reports whether the numbers of a gate give it an own step.
func carriesStep(m *Node) bool {
	return carries(m, func(o *Override) bool {
		return o.Likelihood.Given() || o.Cost.Given() || o.Time.Given() || o.Detection.Given() || o.Skill != nil
	}, m.Likelihood.Given() || m.Cost.Given() || m.Time.Given() || m.Detection.Given() || m.Skill != nil || len(m.Access) > 0)
}

// carries reports whether a node has a number of its own, or one for some adversary.
func carries(m *Node, one func(*Override) bool, own bool) bool {
	for i := range m.For {
		own = own || one(&m.For[i])
	}
	return own
}

func (p *Program) override(n *node, o *Override, assumed bool) {
	given := func(v *quantity.Value, attribute string) *scalar {
		if !v.Given() {
			return nil
		}
		x := p.number(v, Draw{Node: p.tree.model.Nodes[n.id].Name, Adversary: strings.Join(o.Adversaries, "."), Attribute: attribute}, 0)
		return &x
	}
	for _, name := range o.Adversaries {
		a := slices.IndexFunc(p.tree.model.Adversaries, func(a *Adversary) bool { return a.Name == name })
		ov := override{int32(a), given(&o.Likelihood, "likelihood"), given(&o.Cost, "cost"), given(&o.Time, "time"), given(&o.Detection, "detection"), o.Skill}
		if assumed { // the assumed likelihood holds for everybody
			ov.chance = nil
		}
		n.forWhom = append(n.forWhom, ov)
	}
}

func (p *Program) limitsOf(a *Adversary) limits {
	l := limits{name: a.Name, skill: a.Skill}
	given := func(v *quantity.Value, attribute string) *scalar {
		if !v.Given() {
			return nil
		}
		x := p.number(v, Draw{Adversary: a.Name, Attribute: attribute}, 0)
		return &x
	}
	l.time, l.attempts = given(&a.Time, "time"), given(&a.Attempts, "attempts")
	if a.Access != nil {
		l.access = make([]bool, len(p.access))
		for _, name := range a.Access {
			if i, ok := p.access[name]; ok {
				l.access[i] = true
			}
		}
	}
	return l
}

// number compiles a value that a node or control holds; def stands in if it is
// not given. The same place is the same draw, however often it is compiled.
func (p *Program) number(v *quantity.Value, where Draw, def float64) scalar {
	x := scalar{mean: def, param: -1, draw: -1}
	if !v.Given() {
		return x
	}
	x.mean = v.Mean()
	var key any = v
	if v.Param != "" {
		x.param, key = p.params[v.Param], v.Param
		where = Draw{Param: v.Param}
	}
	x.factor = v.Factor
	if x.factor == 0 {
		x.factor = 1
	}
	if v.Certain() {
		return x
	}
	i, ok := p.drawOf[key]
	if !ok {
		i = int32(len(p.draws))
		p.drawOf[key] = i
		where.Dist = v.Dist
		p.draws = append(p.draws, where)
	}
	x.draw = i
	return x
}

// link adds the parents and finds out whether anything is shared.
func (p *Program) link() {
	count := make([]int32, len(p.nodes))
	total := 0
	for i := range p.nodes {
		for _, c := range p.nodes[i].children {
			count[c]++
			total++
		}
	}
	flat := make([]int32, total)
	for i := range p.nodes {
		p.shared = p.shared || count[i] > 1
		p.nodes[i].parents, flat = flat[:0:count[i]], flat[count[i]:]
	}
	for i := range p.nodes {
		for _, c := range p.nodes[i].children {
			p.nodes[c].parents = append(p.nodes[c].parents, int32(i))
		}
	}
	p.shared = p.shared || len(p.switches) > 0
}

// likelihoodProgram compiles the goal, the places of loss and what accidents
// need. Where controls on a node can be bypassed, the state of the bypasses
// picks the variable that counts: the circuit says which numbers hold, so it
// need not be monotone. When ctx is done there is a program of bounds beside its
// error.
func (p *Program) likelihoodProgram(ctx context.Context) (*program.Program, error) {
	return p.likelihood.get(func() (*program.Program, error) {
		if bounds := p.likelihood.val; bounds != nil && ctx.Err() != nil {
			return bounds, ctx.Err()
		}
		g := p.wire((*wiring).pick)
		roots := []circuit.Ref{g.reached[p.goal]}
		for _, o := range p.outputs {
			roots = append(roots, g.loss(p, o))
		}
		for _, a := range p.stateAccidents() {
			for _, o := range p.outputs {
				roots = append(roots, g.And(g.loss(p, o), g.inState(p.nodes[a.node].switches, a.state)))
			}
		}
		return program.Compile(ctx, g.Circuit, roots, program.Limits{
			Nodes: p.opt.MaxNodes, Evaluations: p.opt.Scenarios,
			Typical: p.NewEvaluator().prob, // whatever the scenario at hand, so that all have the same program
		})
	})
}

// stateAccidents lists the accidents whose rate depends on bypasses, in each state.
func (p *Program) stateAccidents() []variable {
	var out []variable
	for _, v := range p.vars {
		if n := &p.nodes[v.node]; n.accident && len(n.switches) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// jointProgram compiles, for each own step with bypasses in the order of the
// nodes, the event that it succeeds and the goal is reached.
func (p *Program) jointProgram(ctx context.Context) (*program.Program, error) {
	return p.joint.get(func() (*program.Program, error) {
		g := p.wire((*wiring).pick)
		var roots []circuit.Ref
		for i := range p.nodes {
			if n := &p.nodes[i]; n.step && len(n.switches) > 0 {
				roots = append(roots, g.And(g.pick(n), g.reached[p.goal]))
			}
		}
		return program.Compile(ctx, g.Circuit, roots, program.Limits{Nodes: p.opt.MaxNodes})
	})
}

// optimalFamily compiles the attacks among which the cheapest, likeliest and
// least skilled are found. A variable stands for taking a step in reliance on
// a state of its bypasses at least; numbers only get better for the attacker
// as more controls are switched off, so an optimum over these sets is one over
// all attacks, also those that are not minimal.
func (p *Program) optimalFamily(ctx context.Context) (*program.Family, error) {
	return p.optimal.get(func() (*program.Family, error) {
		g := p.wire(func(g *wiring, n *node) circuit.Ref {
			return g.relying(n, func(s int) circuit.Ref { return g.vars[int(n.first)+s] })
		})
		return program.MinimalSets(ctx, g.Circuit, g.reached[p.goal], p.familyLimits())
	})
}

// minimalFamily compiles the minimal attacks, given which variables are
// possible. A step stands there as its variable in state 0. Without bypasses
// one family serves all scenarios; with them, one for each pattern of what is
// possible only after a bypass.
func (p *Program) minimalFamily(ctx context.Context, possible []bool) (*program.Family, error) {
	var key strings.Builder
	for i := range p.nodes {
		if n := &p.nodes[i]; len(n.switches) > 0 && n.first >= 0 {
			for s := range n.states() {
				key.WriteString(strconv.FormatBool(possible[int(n.first)+s])[:1])
			}
		}
	}
	if key.Len() == 0 {
		return p.optimalFamily(ctx)
	}
	return p.minimal.get(key.String(), func() (*program.Family, error) {
		g := p.wire(func(g *wiring, n *node) circuit.Ref {
			if len(n.switches) == 0 {
				return g.vars[n.first]
			}
			return g.And(g.vars[n.first], g.relying(n, func(s int) circuit.Ref {
				if possible[int(n.first)+s] {
					return circuit.True
				}
				return circuit.False
			}))
		})
		return program.MinimalSets(ctx, g.Circuit, g.reached[p.goal], p.familyLimits())
	})
}

// familyLimits are what diagrams of attacks may take beside the program of the
// likelihood. Where that knows bounds only, it holds most of what there is.
func (p *Program) familyLimits() program.Limits {
	lim := program.Limits{Nodes: p.opt.MaxNodes}
	if l := p.likelihood.peek(); l != nil && !l.Exact() {
		lim.Held = l.Size()
	}
	return lim
}

// wiring is a circuit in the making: the event that each node is reached, and
// that each bypass is.
type wiring struct {
	*circuit.Circuit
	vars    []circuit.Ref
	reached []circuit.Ref
	off     []circuit.Ref
}

// wiring builds the circuit of all nodes; own gives the own step or condition of
// a node that has one.
func (p *Program) wire(own func(*wiring, *node) circuit.Ref) *wiring {
	g := &wiring{circuit.New(), make([]circuit.Ref, len(p.vars)), make([]circuit.Ref, len(p.nodes)), make([]circuit.Ref, len(p.switches))}
	g.Grow(len(p.vars) + len(p.nodes))
	for i := range g.vars {
		g.vars[i] = g.Var()
	}
	var args []circuit.Ref
	for i := range p.nodes {
		n := &p.nodes[i]
		args = args[:0]
		for _, c := range n.children {
			args = append(args, g.reached[c])
		}
		gate := circuit.True
		switch n.gate {
		case Or:
			gate = g.Or(args...)
		case And, Seq:
			gate = g.And(args...)
		case AtLeast:
			gate = g.AtLeast(int(n.k), args...)
		case Not:
			gate = g.Not(args[0])
		case Xor:
			gate = circuit.False
			for _, x := range args {
				gate = g.Ite(gate, g.Not(x), x)
			}
		}
		for _, list := range [][]int32{n.switches, n.impactSwitches} {
			for _, s := range list {
				args = args[:0]
				for _, v := range p.switches[s].nodes {
					args = append(args, g.reached[v])
				}
				g.off[s] = g.Or(args...)
			}
		}
		if n.first >= 0 {
			gate = g.And(gate, own(g, n))
		}
		g.reached[i] = gate
	}
	return g
}

// pick selects the variable of a node in the state that holds.
func (g *wiring) pick(n *node) circuit.Ref {
	ways := slices.Clone(g.vars[n.first : int(n.first)+n.states()])
	for i := len(n.switches) - 1; i >= 0; i-- { // the last switch is the highest bit
		half := len(ways) / 2
		for s := range half {
			ways[s] = g.Ite(g.off[n.switches[i]], ways[s+half], ways[s])
		}
		ways = ways[:half]
	}
	return ways[0]
}

// relying says that in some state that is reached at least, way holds.
func (g *wiring) relying(n *node, way func(state int) circuit.Ref) circuit.Ref {
	ways := make([]circuit.Ref, n.states())
	for s := range ways {
		all := []circuit.Ref{way(s)}
		for i, sw := range n.switches {
			if s>>i&1 == 1 {
				all = append(all, g.off[sw])
			}
		}
		ways[s] = g.And(all...)
	}
	return g.Or(ways...)
}

// inState says that exactly the bypasses of a state are reached.
func (g *wiring) inState(switches []int32, state uint32) circuit.Ref {
	all := make([]circuit.Ref, len(switches))
	for i, s := range switches {
		all[i] = g.off[s]
		if state>>i&1 == 0 {
			all[i] = g.Not(g.off[s])
		}
	}
	return g.And(all...)
}

// loss is the event that an output names.
func (g *wiring) loss(p *Program, o output) circuit.Ref {
	return g.And(g.reached[o.node], g.inState(p.nodes[o.node].impactSwitches, o.state))
}

// lazy holds what is built when first asked for. A build that was cancelled is
// tried again, and may leave something until then; one that met a limit stays
// failed.
type lazy[T any] struct {
	mu   sync.Mutex
	done bool
	val  T
	err  error
}

func (l *lazy[T]) get(build func() (T, error)) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done {
		l.val, l.err = build()
		l.done = l.err == nil || !errors.Is(l.err, context.Canceled) && !errors.Is(l.err, context.DeadlineExceeded)
	}
	return l.val, l.err
}

// peek returns what there is so far; nothing while it is being built, for who peeks
// has no time to wait.
func (l *lazy[T]) peek() (val T) {
	if l.mu.TryLock() {
		val = l.val
		l.mu.Unlock()
	}
	return val
}

// families keeps the most recently built families of minimal attacks.
type families struct {
	mu   sync.Mutex
	keys []string // oldest first
	byID map[string]*lazy[*program.Family]
}

// maxFamilies bounds how many are kept.
const maxFamilies = 64

func (f *families) get(key string, build func() (*program.Family, error)) (*program.Family, error) {
	f.mu.Lock()
	l, ok := f.byID[key]
	if !ok {
		if f.byID == nil {
			f.byID = map[string]*lazy[*program.Family]{}
		}
		if len(f.keys) == maxFamilies {
			delete(f.byID, f.keys[0])
			f.keys = f.keys[1:]
		}
		l = new(lazy[*program.Family])
		f.byID[key] = l
		f.keys = append(f.keys, key)
	}
	f.mu.Unlock()
	return l.get(build)
}

// Draws lists the uncertain numbers that bear on the program, in a fixed order.
// An [Evaluator] can be given values for them.
func (p *Program) Draws() []Draw { return slices.Clone(p.draws) }

// HasLosses reports whether the goal or a node below it carries an impact.
func (p *Program) HasLosses() bool { return p.hasLosses }

// Attempts returns how many attempts a scenario makes in 365 days; false if
// neither its adversary nor the goal says.
func (p *Program) Attempts(s *Scenario) (float64, bool) {
	e := p.evaluator.Get().(*Evaluator)
	defer p.evaluator.Put(e)
	if e.Set(s) != nil {
		return 0, false
	}
	return e.Attempts()
}

// A LimitError says that a limit of [Options] stopped an evaluation.
type LimitError = program.LimitError
