package attacktree

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A Depth is the defence in depth: of all attacks, also those that are not
// minimal, the one that has the fewest distinct controls to deal with. Ties go to
// the least cost, then to the fewest steps, then by name.
type Depth struct {
	Controls []string // in place, not bypassed by the attack, with an effect other than on impact on a step of it
	Attack   *Attack
}

// maxDepthNodes bounds the diagram that is made for the depth of one scenario,
// unless Options allow more than ten times as many.
const maxDepthNodes = 1 << 21

// defenceDepth finds the attack that has the fewest controls to deal with, or
// nil if there is none; cheapest is the cheapest attack. One that meets no
// control is found as the cheapest is. Otherwise each step brings the controls
// that act on it into the attack, as variables of their own, so that a control
// that acts on several steps counts once.
func (e *Evaluator) defenceDepth(ctx context.Context, cheapest *taken, unaided bool) (*Depth, error) {
	p := e.p
	deterrents := make([][]int32, len(p.vars)) // by variable: the controls that act on the step
	classes := slices.Clone(e.classes)
	met := make([]bool, len(p.tree.model.Controls))
	for v := range p.vars {
		n := &p.nodes[p.vars[v].node]
		if !n.step {
			continue
		}
		deterrents[v] = acting(n, p.vars[v].state, func(c *change) bool {
			return e.held[c.control] && (c.op == Block || c.attribute != Impact)
		})
		for _, c := range deterrents[v] {
			met[c] = true
			classes[v] = program.Absent
		}
	}
	if !slices.Contains(met, true) || cheapest == nil {
		return e.depthOf(cheapest), nil
	}
	if a, err := e.best(ctx, ByCost, classes, unaided); a != nil || err != nil {
		return e.depthOf(a), err
	}

	// The variables: of each own step or condition that it is taken, then its states
	// if there are bypasses, then the controls that steps meet. So the attacks of a
	// tie have equally many variables, and the names of the first decide.
	n := len(p.vars)
	states, count := 0, n
	if len(p.switches) > 0 {
		states, count = n, 2*n
	}
	var key strings.Builder
	at := make([]int, len(met)) // the variable of each control
	for c, on := range met {
		if on {
			at[c] = count
			count++
			fmt.Fprint(&key, c, " ")
		}
	}
	f, err := p.guarded.get(key.String(), func() (*program.Family, error) {
		var vars []circuit.Ref
		g := p.wire(func(g *wiring, n *node) circuit.Ref {
			if vars == nil {
				for vars = slices.Clone(g.vars); len(vars) < count; {
					vars = append(vars, g.Var())
				}
			}
			return g.relying(n, func(s int) circuit.Ref {
				v := int(n.first) + s
				way := []circuit.Ref{vars[n.first], vars[states+v]}
				for _, c := range deterrents[v] {
					way = append(way, vars[at[c]])
				}
				return g.And(way...)
			})
		})
		return program.MinimalSets(ctx, g.Circuit, g.reached[p.goal], program.Limits{Nodes: p.depthNodes()})
	})
	if err != nil {
		return nil, err
	}
	sel := program.Selection{Class: make([]program.Class, count), A: make([]float64, count), B: make([]float64, count), Rank: make([]int32, count)}
	for v := n; v < count; v++ {
		sel.Class[v], sel.Rank[v] = program.Given, int32(v)
	}
	copy(sel.Rank, p.rank())
	for v, class := range e.classes {
		sel.B[states+v] = e.cost[v]
		if states > 0 && class == program.Absent {
			sel.Class[states+v] = program.Absent
		}
		first := p.nodes[p.vars[v].node].first
		sel.Class[first] = max(sel.Class[first], class)
	}
	for c, on := range met {
		if on {
			sel.A[at[c]] = 1
		}
	}
	for vars, err := range f.Sets(ctx, sel) {
		if err != nil {
			return nil, err
		}
		vars = slices.DeleteFunc(vars, func(v int32) bool { return int(v) >= n })
		if nodes := e.nodesOf(vars); !unaided || e.fits(nodes) {
			return e.depthOf(e.take(nodes, true)), nil
		}
	}
	return nil, nil
}

func (p *Program) depthNodes() int {
	if most := p.opt.MaxNodes; most > 0 {
		return max(min(most, maxDepthNodes), most/10)
	}
	return maxDepthNodes
}

// depthOf names an attack and the controls that it has to deal with.
func (e *Evaluator) depthOf(a *taken) *Depth {
	if a == nil {
		return nil
	}
	d := &Depth{Controls: []string{}, Attack: e.describe(a)}
	for c, m := range e.p.tree.model.Controls {
		acts := e.held[c] && slices.ContainsFunc(a.nodes, func(i int32) bool {
			n := &e.p.nodes[i]
			return n.step && slices.ContainsFunc(n.changes, func(ch change) bool {
				return int(ch.control) == c && (ch.op == Block || ch.attribute != Impact) &&
					(ch.bypass < 0 || !a.bypassed[n.switches[ch.bypass]])
			})
		})
		if acts {
			d.Controls = append(d.Controls, m.Name)
		}
	}
	return d
}
