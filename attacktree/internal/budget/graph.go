package budget

import (
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A graph is the circuit below the goal as the fronts see it: gates, and leaves
// that are an own step or condition in all states of its bypasses. Nodes are
// numbered as in the circuit, arguments before gates.
type graph struct {
	*Problem
	nodes  []node // by number in the circuit
	root   int32
	closes [][]int32 // by node: the shared nodes whose immediate dominator it is, descending
}

type node struct {
	live   bool
	leaf   bool
	args   []int32 // of a leaf: what switches its controls off
	cut    bool    // shared: used more than once, or by a leaf
	amount float64 // earned if it is reached
	needed bool    // whether it is reached matters to something above it
	cost   float64 // of a leaf
	decide bool    // a leaf that the attacker decides on
	of     int32   // of a leaf: its node in the model
}

// newGraph fails where the fronts cannot answer: what a step costs depends on a
// bypass, or an amount is earned elsewhere than at gates below the goal.
func newGraph(p *Problem) (*graph, error) {
	c := p.Circuit
	g := &graph{Problem: p, nodes: make([]node, c.Len()), root: int32(p.Root.Node()), closes: make([][]int32, c.Len())}
	if p.Root.Negated() || c.Kind(p.Root) == circuit.Constant {
		return nil, errUnsuited
	}
	uses := make([]int32, c.Len())
	g.nodes[g.root].live = true
	for i := g.root; i > 0; i-- {
		n := &g.nodes[i]
		if !n.live {
			continue
		}
		if err := g.read(i); err != nil {
			return nil, err
		}
		for _, a := range n.args {
			arg := &g.nodes[a]
			arg.live = true
			uses[a]++
			arg.cut = arg.cut || uses[a] > 1 || n.leaf
		}
	}
	for _, a := range p.Worth {
		if a.Value == 0 {
			continue
		}
		n := &g.nodes[a.At.Node()]
		if a.At.Negated() || !n.live {
			return nil, errUnsuited
		}
		n.amount += a.Value
	}
	matters := func(n *node) bool { return n.needed || n.amount > 0 }
	for i := g.root; i > 0; i-- {
		if n := &g.nodes[i]; n.live && matters(n) {
			for _, a := range n.args {
				g.nodes[a].needed = true
			}
		}
	}
	g.dominate()
	return g, nil
}

// read fills in what kind of node i is, and its arguments.
func (g *graph) read(i int32) error {
	n, r := &g.nodes[i], circuit.MakeRef(int(i))
	switch g.Circuit.Kind(r) {
	case circuit.Variable, circuit.Ite:
		n.leaf, n.of, n.cost = true, -1, math.NaN()
		return g.readLeaf(n, r)
	}
	for _, a := range g.Circuit.Args(r) {
		if a.Negated() {
			return errUnsuited
		}
		n.args = append(n.args, int32(a.Node()))
	}
	return nil
}

// readLeaf gathers the states of an own step or condition, and what they depend on.
func (g *graph) readLeaf(n *node, r circuit.Ref) error {
	todo := []circuit.Ref{r}
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if r.Negated() {
			return errUnsuited
		}
		v, ok := g.Circuit.VarOf(r)
		if !ok {
			if g.Circuit.Kind(r) != circuit.Ite {
				return errUnsuited
			}
			args := g.Circuit.Args(r)
			if args[0].Negated() {
				return errUnsuited
			}
			n.args = append(n.args, int32(args[0].Node()))
			todo = append(todo, args[1], args[2])
			continue
		}
		if n.of >= 0 && n.of != g.Node[v] {
			return errUnsuited
		}
		n.of, n.decide = g.Node[v], g.IsStep[v]
		if g.Chance[v] == 0 { // nobody attempts it in that state
			continue
		}
		if math.IsNaN(n.cost) {
			n.cost = g.Cost[v]
		} else if n.cost != g.Cost[v] {
			return errUnsuited
		}
	}
	if n.decide = n.decide && n.cost > 0; !n.decide { // what is free is always attempted
		n.cost = 0
	}
	slices.Sort(n.args)
	n.args = slices.Compact(n.args)
	return nil
}

// dominate finds the immediate dominator of every shared node: users come
// before what they use, so each is the lowest common ancestor, in the tree of
// the dominators so far, of all users. Each node keeps a jump to some ancestor,
// so that this takes logarithmic time (Myers, An applicative random-access stack,
// 1983).
func (g *graph) dominate() {
	depth := make([]int32, g.root+1)
	up := make([]int32, g.root+1)
	jump := make([]int32, g.root+1)
	for i := range up {
		up[i] = -1
	}
	up[g.root], jump[g.root] = g.root, g.root
	common := func(a, b int32) int32 {
		for a != b {
			if depth[a] < depth[b] {
				a, b = b, a
			}
			switch { // a is the deeper one
			case depth[a] > depth[b]:
				if depth[jump[a]] >= depth[b] {
					a = jump[a]
				} else {
					a = up[a]
				}
			case jump[a] != jump[b]:
				a, b = jump[a], jump[b]
			default:
				a, b = up[a], up[b]
			}
		}
		return a
	}
	for i := g.root; i > 0; i-- {
		n := &g.nodes[i]
		if !n.live {
			continue
		}
		if d := up[i]; i != g.root {
			depth[i] = depth[d] + 1
			jump[i] = d
			if j := jump[d]; depth[d]-depth[j] == depth[j]-depth[jump[j]] {
				jump[i] = jump[j]
			}
			if n.cut {
				g.closes[d] = append(g.closes[d], i)
			}
		}
		for _, a := range n.args {
			if up[a] < 0 {
				up[a] = i
			} else {
				up[a] = common(up[a], i)
			}
		}
	}
}

// chance returns the chance of a leaf, given which of its arguments are reached.
func (g *graph) chance(i int32, reached func(int32) bool) float64 {
	r := circuit.MakeRef(int(i))
	for {
		if v, ok := g.Circuit.VarOf(r); ok {
			return g.Chance[v]
		}
		args := g.Circuit.Args(r)
		if reached(int32(args[0].Node())) {
			r = args[1]
		} else {
			r = args[2]
		}
	}
}
