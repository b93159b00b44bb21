package attacktree

import (
	"cmp"
	"context"
	"math/big"
	"slices"
)

// What a break-down of the risk is made of: the figures of a scenario without the
// rest of a [Result], losses node by node, and nodes by what they have in common.

// A Group is a set of nodes that are looked at together, such as those of one
// owner. Groups of a tree may overlap.
type Group struct {
	Name  string // empty: of the nodes that say nothing
	Label string
	Nodes []string // in the order of the model
}

// Event reports whether a node has an own step or is a condition: those are what
// attacks and accidents are made of.
func (t *Tree) Event(name string) bool {
	id, ok := t.nodeID[name]
	if !ok {
		return false
	}
	n := t.model.Nodes[id]
	if n.Gate.Leaf() || n.Assume.Given() || carriesStep(n) {
		return true
	}
	for c, effects := range t.targets {
		for i, nodes := range effects {
			if _, on := slices.BinarySearch(nodes, id); on && slices.ContainsFunc(t.model.Controls[c].Effects[i].Changes, func(x Change) bool {
				return x.Op == Block || x.Attribute != Impact
			}) {
				return true
			}
		}
	}
	return false
}

// ByOwner groups all nodes by their owners, in the order of the model, those of
// nobody last. A node without an owner belongs to the owners of the nodes right
// above it; where nothing above has one, to that of the model.
func (t *Tree) ByOwner() []Group {
	return t.groups(t.inherited(func(n *Node) []string { return some(n.Owner) }, some(t.model.Owner)), nil, "no owner")
}

// ByAsset groups all nodes by the assets that they are about, in the order in
// which these are declared, those about none last. A node that names no asset is
// about those of the nodes right above it.
func (t *Tree) ByAsset() []Group {
	labels := map[string]string{}
	var declared []string
	for _, a := range t.model.Assets {
		declared = append(declared, a.Name)
		labels[a.Name] = a.Label
	}
	list := t.groups(t.inherited(func(n *Node) []string { return n.Assets }, nil), declared, "no asset")
	for i := range list {
		list[i].Label = cmp.Or(list[i].Label, labels[list[i].Name])
	}
	return list
}

// GroupBy groups all nodes by the words that of returns for them, in the order of
// first and then of the model. Nodes without a word come last, in a group
// without a name, with the label that is given.
func (t *Tree) GroupBy(of func(*Node) []string, first []string, without string) []Group {
	words := make([][]string, len(t.model.Nodes))
	for i, n := range t.model.Nodes {
		words[i] = of(n)
	}
	return t.groups(words, first, without)
}

// inherited returns the words of each node: its own, or else those of the nodes
// right above it; of what is on top, or else the given ones.
func (t *Tree) inherited(of func(*Node) []string, otherwise []string) [][]string {
	words := make([][]string, len(t.model.Nodes))
	for i := len(t.order) - 1; i >= 0; i-- {
		id := t.order[i]
		if words[id] = of(t.model.Nodes[id]); len(words[id]) > 0 {
			continue
		}
		for _, p := range t.parents[id] {
			for _, w := range words[p] {
				if !slices.Contains(words[id], w) {
					words[id] = append(words[id], w)
				}
			}
		}
		if len(t.parents[id]) == 0 {
			words[id] = otherwise
		}
	}
	return words
}

func (t *Tree) groups(words [][]string, first []string, without string) []Group {
	var list []Group
	at := map[string]int{}
	group := func(name string) *Group {
		i, ok := at[name]
		if !ok {
			i = len(list)
			at[name] = i
			list = append(list, Group{Name: name})
		}
		return &list[i]
	}
	for _, name := range first {
		group(name)
	}
	rest := Group{Label: without}
	for i, n := range t.model.Nodes {
		for _, w := range words[i] {
			g := group(w)
			g.Nodes = append(g.Nodes, n.Name)
		}
		if len(words[i]) == 0 {
			rest.Nodes = append(rest.Nodes, n.Name)
		}
	}
	list = append(list, rest)
	return slices.DeleteFunc(list, func(g Group) bool { return len(g.Nodes) == 0 })
}

// some returns the text as a list, which is empty if the text is.
func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// A Loss is what one node adds to the expected impact.
type Loss struct {
	Node   string
	Impact Figure  // its mean loss in one attempt
	Annual *Figure // in 365 days, by attempts and accidents; nil where nobody says how many attempts there are
}

// Losses returns the losses of the nodes that carry an impact, in the order of
// the model. They add up to [Evaluator.ExpectedImpact] and [Evaluator.AnnualLoss].
func (e *Evaluator) Losses(ctx context.Context) ([]Loss, error) {
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	p := e.p
	place := map[int32]int{} // by node: in out
	var out []Loss
	for _, o := range p.outputs {
		place[o.node] = 0
	}
	var nodes []int32
	for n := range place {
		nodes = append(nodes, n)
	}
	for i, n := range inModelOrder(p, nodes) {
		place[n] = i
		out = append(out, Loss{Node: p.tree.model.Nodes[p.nodes[n].id].Name, Impact: exactly(0)})
	}
	for i, o := range p.outputs {
		l := &out[place[o.node]]
		l.Impact = l.Impact.plus(e.root(1 + i).times(e.impact[i]))
	}
	attempts, said := e.Attempts()
	if !said {
		return out, nil
	}
	for i := range out {
		annual := out[i].Impact.times(attempts)
		out[i].Annual = &annual
	}
	e.eachAccident(func(rate float64, from int) {
		for i, o := range p.outputs {
			l := &out[place[o.node]]
			*l.Annual = l.Annual.plus(e.root(1 + from + i).times(e.impact[i] * rate))
		}
	})
	return out, nil
}

// AttackCount returns the number of minimal attacks. The error is a [LimitError]
// where there is no room to count them.
func (e *Evaluator) AttackCount(ctx context.Context) (*big.Int, error) {
	e.numbers()
	return e.count(ctx)
}
