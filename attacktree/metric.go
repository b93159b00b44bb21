package attacktree

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A Metric is a figure of one's own: a value of each own step, and how values
// combine. It must be a commutative semiring: Or and And are associative and
// commutative, And distributes over Or, None is neutral for Or and annihilates
// And, and Nothing is neutral for And. The metric of a goal is then the Or over
// its minimal attacks of the And over their steps (Mauw and Oostdijk 2005; Kordy
// and Widel 2018).
//
// Three further properties say where the metric is cheap, or exists at all:
//
//   - Idempotent: And(a, a) = a, as with the greatest skill.
//   - Absorbing: Or(a, And(a, b)) = a, as with the least cost.
//   - Seq, if not nil, combines what is done in order, and an own step with what
//     its gate needs (Jhawar et al. 2015). It need not be commutative.
//
// None of this is checked: a metric that claims what it does not have gets a wrong
// figure, without an error. The value of a condition is Nothing.
type Metric[T any] struct {
	Step       func(Numbers) T
	Or, And    func(a, b T) T
	Seq        func(before, after T) T // nil: order does not matter, as And
	None       T                       // no attack
	Nothing    T                       // nothing to do
	Idempotent bool
	Absorbing  bool
}

// Numbers are those of one own step in a scenario, with the controls that are in
// place, and of what is uncertain the means. What the step does not carry is 0, and
// its Likelihood 1.
type Numbers struct {
	Step       string  // its name
	Likelihood float64 // 0 to 1
	Cost       float64 // money
	Time       float64 // days
	Detection  float64 // 0 to 1
	Skill      int     // 0 to 10
}

// A MetricError says why a metric has no exact value on a tree.
type MetricError struct{ Why string }

func (e *MetricError) Error() string { return "attacktree: metric: " + e.Why }

// Measure evaluates a metric in a scenario, exactly, or refuses with a
// [MetricError]. Where nothing is shared one pass over the tree does; shared
// nodes need a metric that is Idempotent and Absorbing, or else the diagram of
// the minimal attacks, within the MaxNodes of the program. Neither knows an order,
// so that Seq must be nil there, or no node a seq or a gate with an own step. Where
// the numbers of a step depend on a bypass, or conditions alone reach the goal, the
// value of an attack is not made of the values of its steps, and the metric is
// refused. So it is where some node is a [Not] or [Xor].
func Measure[T any](ctx context.Context, p *Program, s *Scenario, m Metric[T]) (T, error) {
	none := m.None
	e := p.NewEvaluator()
	if err := e.Set(s); err != nil {
		return none, err
	}
	if m.Step == nil || m.Or == nil || m.And == nil {
		return none, &MetricError{"a metric needs the functions Step, Or and And"}
	}
	if !p.coherent {
		return none, &MetricError{"the model has not or xor gates, so that a step more can undo an attack"}
	}
	e.numbers()
	if _, unaided := e.structure(); unaided {
		return none, &MetricError{"conditions alone reach the goal, and a set without a step is no attack"}
	}
	ordered := false
	for i := range p.nodes {
		n := &p.nodes[i]
		for _, c := range n.changes {
			if c.bypass >= 0 && e.held[c.control] && (c.op == Block || c.attribute != Impact) {
				return none, &MetricError{fmt.Sprintf("the numbers of %q depend on whether a control is bypassed", p.tree.model.Nodes[n.id].Name)}
			}
		}
		ordered = ordered || m.Seq != nil && (n.gate == Seq || n.step && !n.gate.Leaf())
	}
	leaf := func(v int) T {
		n := &p.nodes[p.vars[v].node]
		switch {
		case !e.possible[v]:
			return m.None
		case !n.step:
			return m.Nothing
		}
		return m.Step(Numbers{p.tree.model.Nodes[n.id].Name, e.chance[v], e.cost[v], e.time[v], 1 - e.missed[v], e.skill[v]})
	}
	if m.Seq == nil {
		m.Seq = m.And
	}
	own := func(n *node, gate T, _ []T) T {
		if n.gate.Leaf() {
			return leaf(int(n.first))
		}
		return m.Seq(gate, leaf(int(n.first)))
	}
	switch {
	case !p.shared:
		return bottomUp(p, m, own)[p.goal], nil
	case ordered:
		return none, &MetricError{"nodes are shared, so the steps of an attack have no one order; leave out Seq"}
	case m.Idempotent && m.Absorbing:
		return bottomUp(p, m, own)[p.goal], nil
	}
	f, err := p.minimalFamily(ctx, e.possible)
	if err != nil {
		return none, err
	}
	return program.Fold(f, leaf, m.None, m.Nothing, m.Or, m.And), nil
}

// bottomUp evaluates a metric with a Seq in one pass, children first, and returns
// the values of all nodes. own takes the value of a gate (Nothing for a leaf) and
// those of the nodes so far to that of a node with an own step or condition.
func bottomUp[T any](p *Program, m Metric[T], own func(n *node, gate T, value []T) T) []T {
	value := make([]T, len(p.nodes))
	for i := range p.nodes {
		n := &p.nodes[i]
		x := m.Nothing
		switch n.gate {
		case Or:
			x = m.None
			for _, c := range n.children {
				x = m.Or(x, value[c])
			}
		case And:
			for _, c := range n.children {
				x = m.And(x, value[c])
			}
		case Seq:
			for _, c := range n.children {
				x = m.Seq(x, value[c])
			}
		case AtLeast: // some[j]: j of the children seen so far
			some := make([]T, n.k+1)
			for j := range some {
				some[j] = m.None
			}
			some[0] = m.Nothing
			for _, c := range n.children {
				for j := n.k; j > 0; j-- {
					some[j] = m.Or(some[j], m.And(some[j-1], value[c]))
				}
			}
			x = some[n.k]
		}
		if n.first >= 0 {
			x = own(n, x, value)
		}
		value[i] = x
	}
	return value
}
