package budget

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A climber improves sets of steps that were found: it attempts one or two steps
// more or less, and keeps what is worth more than all that costs no more.
//
// The worth is linear in the chance of each variable, so that its derivatives,
// which one walk up and one walk down the circuit give, tell what each step would
// change.
type climber struct {
	*plan
	steps  []decided
	number map[int32]int // of the step of a node
	taken  []bool        // by step

	chance []float64   // by node: that it is reached
	slope  []float64   // by node: derivative of the worth by that
	value  [][]float64 // by part: chance of each node of its diagram
	mass   [][]float64 // by part: derivative by that
	before []float64   // of the inputs of a gate: product of those before it

	best  []set
	work  int         // nodes that may still be looked at
	ended func() bool // nobody waits any more
}

// A decided is a step with its variables, one in each state.
type decided struct {
	node int32
	cost float64
	vars []int
}

// A set is steps that were found, free ones aside.
type set struct {
	Point
	taken  []bool // by step of the climber
	looked byte   // in how many steps the sets differ that were looked at
}

const (
	oneStep  = 1
	twoSteps = 2
)

// nodes that a climber may look at
const (
	climbWork   = 1 << 25
	hurriedWork = 1 << 20
)

func newClimber(p *plan, ended func() bool) *climber {
	c := &climber{plan: p, work: climbWork, ended: ended}
	c.chance, c.slope = make([]float64, p.circuit.Len()), make([]float64, p.circuit.Len())
	c.value, c.mass = make([][]float64, len(p.parts)), make([][]float64, len(p.parts))
	for i := range p.parts {
		if d := p.parts[i].Diagram; d != nil {
			c.value[i], c.mass[i] = make([]float64, len(d.Nodes)), make([]float64, len(d.Nodes))
		}
	}
	c.number = map[int32]int{}
	for v := range p.circuit.NumVars() {
		x := p.circuit.VarRef(v).Node()
		if !p.decides(v) || !p.used[x] && p.amount[x] == 0 {
			continue
		}
		node := p.Node[v]
		if _, ok := c.number[node]; !ok {
			c.number[node] = len(c.steps)
			c.steps = append(c.steps, decided{node: node, cost: p.cost[node]})
		}
		s := &c.steps[c.number[node]]
		s.vars = append(s.vars, v)
	}
	c.taken = make([]bool, len(c.steps))
	return c
}

// start notes the set of some steps, given by their nodes.
func (c *climber) start(nodes []int32) {
	clear(c.taken)
	for _, node := range nodes {
		if i, ok := c.number[node]; ok {
			c.taken[i] = true
		}
	}
	c.offer()
}

// strip notes the sets that are left when, from all steps on, one after the other is
// left out whose cost saves most for what it adds.
func (c *climber) strip() {
	for i := range c.taken {
		c.taken[i] = true
	}
	c.offer()
	for range c.steps {
		c.differentiate()
		least, which := math.Inf(1), -1
		for i, s := range c.steps {
			if !c.taken[i] {
				continue
			}
			loss := 0.0
			for _, v := range s.vars {
				loss += c.Chance[v] * c.slope[c.circuit.VarRef(v).Node()]
			}
			if loss /= s.cost; loss < least {
				least, which = loss, i
			}
		}
		if which < 0 || c.done() {
			return
		}
		c.taken[which] = false
		c.offer()
	}
}

// done reports whether no more sets are to be looked at.
func (c *climber) done() bool { return c.work < 0 || c.ended() }

// climb looks around the best sets until none of them can be improved, or for as
// long as it may: at those that differ in one step, and then in two.
func (c *climber) climb() {
	for c.sweep(oneStep) || c.sweep(twoSteps) {
	}
}

// sweep looks around all sets that this was not done for yet, those first that are
// far from each other, and reports whether there were any.
func (c *climber) sweep(steps byte) bool {
	var todo []set
	for _, i := range spread(len(c.best)) {
		if c.best[i].looked < steps {
			todo = append(todo, c.best[i])
		}
	}
	for _, s := range todo {
		if c.done() {
			return false
		}
		c.around(s, steps)
	}
	return len(todo) > 0
}

// spread returns the numbers below n, those first that halve what is left.
func spread(n int) []int {
	var out []int
	width := bits.Len(uint(n))
	for k := range 1 << width {
		if i := int(bits.Reverse64(uint64(k)) >> (64 - width)); i < n {
			out = append(out, i)
		}
	}
	return out
}

// around looks at all sets that differ from s in one step, or in two.
func (c *climber) around(s set, steps byte) {
	i := c.place(s.Cost)
	if i == len(c.best) || c.best[i].Point != s.Point {
		return // a better one took its place
	}
	c.best[i].looked = steps
	if steps == oneStep {
		c.flips(s)
		return
	}
	for i := range c.steps {
		if c.ended() {
			return
		}
		copy(c.taken, s.taken)
		c.taken[i] = !c.taken[i]
		c.flips(set{Point: Point{Cost: c.cost()}, taken: slices.Clone(c.taken)})
	}
}

// flips looks at all sets that differ from s in one step.
func (c *climber) flips(s set) {
	copy(c.taken, s.taken)
	worth := c.evaluate()
	c.differentiate()
	for i, d := range c.steps {
		cost, change := s.Cost+d.cost, 1.0
		if s.taken[i] {
			cost, change = s.Cost-d.cost, -1
		}
		next := worth
		for _, v := range d.vars {
			next += change * c.Chance[v] * c.slope[c.circuit.VarRef(v).Node()]
		}
		if len(d.vars) > 1 || next > c.at(cost)*(1+1e-12) {
			c.taken[i] = !c.taken[i]
			c.offer()
			copy(c.taken, s.taken)
		}
	}
}

// at returns the worth of the best set that costs no more.
func (c *climber) at(cost float64) float64 {
	i, _ := slices.BinarySearchFunc(c.best, cost, func(s set, cost float64) int {
		if s.Cost <= cost {
			return -1
		}
		return 1
	})
	if i == 0 {
		return -1
	}
	return c.best[i-1].Worth
}

// offer keeps the set at hand if it is worth more than all that costs no more.
func (c *climber) offer() {
	p := Point{c.cost(), c.evaluate()}
	if p.Worth <= c.at(p.Cost)*(1+1e-12) {
		return
	}
	first := c.place(p.Cost)
	last := first
	for last < len(c.best) && c.best[last].Worth <= p.Worth {
		last++
	}
	c.best = slices.Replace(c.best, first, last, set{Point: p, taken: slices.Clone(c.taken)})
}

// place returns how many sets cost less.
func (c *climber) place(cost float64) int {
	i, _ := slices.BinarySearchFunc(c.best, cost, func(s set, cost float64) int { return cmp.Compare(s.Cost, cost) })
	return i
}

func (c *climber) cost() float64 {
	sum := 0.0
	for i, s := range c.steps {
		if c.taken[i] {
			sum += s.cost
		}
	}
	return sum
}

// evaluate computes all chances of the set at hand, and its worth.
func (c *climber) evaluate() float64 {
	for v, p := range c.Chance {
		c.chance[c.circuit.VarRef(v).Node()] = p
	}
	for i, s := range c.steps {
		if !c.taken[i] {
			for _, v := range s.vars {
				c.chance[c.circuit.VarRef(v).Node()] = 0
			}
		}
	}
	for i := range c.parts {
		c.up(i)
	}
	c.work -= len(c.chance)
	worth := c.sure
	for node, a := range c.amount {
		worth += a * c.chance[node]
	}
	return worth
}

// up computes the chances of the outputs of a part.
func (c *climber) up(i int) {
	q := &c.parts[i]
	if q.Diagram == nil {
		none, all := 1.0, 1.0
		for _, x := range c.inputs(q) {
			p := c.chance[x.Node()]
			none, all = none*(1-p), all*p
		}
		g := q.Gates[0]
		if c.chance[g.Node()] = all; c.circuit.Kind(g) == circuit.Or {
			c.chance[g.Node()] = 1 - none
		}
		return
	}
	value := c.value[i]
	value[0] = 1
	for k, n := range q.Diagram.Nodes[1:] {
		p := c.chance[q.Levels[n.Level].Node()]
		value[k+1] = p*chanceIn(value, n.Hi) + (1-p)*chanceIn(value, n.Lo)
	}
	for k, g := range q.Outputs {
		c.chance[g.Node()] = chanceIn(value, q.Diagram.Roots[k])
	}
	c.work -= len(value)
}

// differentiate computes the derivatives of the worth, at the set that was
// evaluated last.
func (c *climber) differentiate() {
	copy(c.slope, c.amount)
	for i := len(c.parts) - 1; i >= 0; i-- {
		c.down(i)
	}
	c.work -= len(c.chance)
}

// down adds what a part says to the derivatives by its inputs.
func (c *climber) down(i int) {
	q := &c.parts[i]
	if q.Diagram == nil {
		c.downGate(q)
		return
	}
	value, mass := c.value[i], c.mass[i]
	clear(mass)
	for k, g := range q.Outputs {
		give(mass, q.Diagram.Roots[k], c.slope[g.Node()])
	}
	for k := len(mass) - 1; k > 0; k-- {
		n, m := q.Diagram.Nodes[k], mass[k]
		x := q.Levels[n.Level].Node()
		c.slope[x] += m * (chanceIn(value, n.Hi) - chanceIn(value, n.Lo))
		give(mass, n.Hi, m*c.chance[x])
		give(mass, n.Lo, m*(1-c.chance[x]))
	}
	c.work -= len(mass)
}

// downGate does so for a single gate: each input counts as far as the others let
// it.
func (c *climber) downGate(q *part) {
	args, g := c.inputs(q), q.Gates[0]
	lets := func(x circuit.Ref) float64 { return c.chance[x.Node()] }
	if c.circuit.Kind(g) == circuit.Or {
		lets = func(x circuit.Ref) float64 { return 1 - c.chance[x.Node()] }
	}
	c.before = c.before[:0]
	product := c.slope[g.Node()]
	for _, x := range args {
		c.before = append(c.before, product)
		product *= lets(x)
	}
	product = 1
	for k := len(args) - 1; k >= 0; k-- {
		c.slope[args[k].Node()] += c.before[k] * product
		product *= lets(args[k])
	}
}

// chanceIn returns the chance of a function, given those of the nodes of its
// diagram.
func chanceIn(value []float64, f bdd.Ref) float64 {
	if f&1 != 0 {
		return 1 - value[f.Node()]
	}
	return value[f.Node()]
}

// give adds a derivative by the chance of a function to that of its node.
func give(mass []float64, f bdd.Ref, x float64) {
	if f&1 != 0 {
		x = -x
	}
	mass[f.Node()] += x
}
