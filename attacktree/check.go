package attacktree

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/stride"
)

// Everything that must hold of a model, whether it was read from a file or
// built in Go, is checked here and only here, and the numbering of a Tree is
// made along the way.

// New checks a model and makes a tree of it. The error, if any, is a
// [diag.List] with every problem found. The tree does not share memory with m.
//
// It takes time linear in the size of the model, but for effects on threats and
// tags, which cost one step for each node that they match.
func New(m Model) (*Tree, error) {
	return newChecker(m.clone()).tree()
}

// A checker takes a model through the passes. A problem in one of them does not
// stop the others, which leave out what does not stand.
type checker struct {
	m *Model
	t *Tree

	// origins finds the text that a problem is about; nil for models that were
	// not read from a text of the language. Of these only spans are known.
	origins *origins
	// partial: something could not be read, and what seems to be missing may
	// be declared there.
	partial bool
	// goalOptional: a library needs no goal.
	goalOptional bool
	library      Library

	problems problems
	nearest  int // suggestions looked for so far
	looks    int // for names in a file with errors

	nodes, controls, params, assets, adversaries, elements *space
}

func newChecker(m *Model) *checker {
	return &checker{m: m, t: &Tree{model: m}}
}

// passes are run in this order; each may rely on what those before it numbered.
var passes = []struct {
	name string
	run  func(*checker)
}{
	{"declarations", (*checker).checkDeclarations},
	{"structure", (*checker).checkStructure},
	{"references", (*checker).checkReferences},
	{"numbers", (*checker).checkNumbers},
	{"correlations", (*checker).checkCorrelations},
	{"controls", (*checker).checkControls},
	{"sets", (*checker).checkSets},
	{"system", (*checker).checkSystem},
	{"goals", (*checker).checkGoals},
	{"order", (*checker).checkOrder},
}

// tree runs the passes.
func (c *checker) tree() (*Tree, error) {
	for _, pass := range passes {
		pass.run(c)
	}
	if err := c.problems.sorted(c.origins.rank, c.t.copies).Err(); err != nil {
		return nil, err
	}
	c.t.digest = digest(c.m)
	c.t.places = map[place]diag.Span{}
	v := newVetter(c.t, &VetOptions{Library: c.library})
	v.origins = c.origins
	c.t.warnings = v.look(Date{})
	if c.origins != nil {
		for date := range c.m.dates() { // which of them are late is asked later
			v.at(date.at)
		}
	}
	return c.t, nil
}

// A place says what a problem is about in terms of the model; see [origins] for
// the way back to the text.
type place struct {
	of    any    // *Node, *Control, …
	block int    // 0: the block of its own; i: its i-th `for` or `on`, counted from 1
	attr  string // the keyword; empty: the name
	index int    // of a word behind the keyword, of a child, of a change
	param bool   // the param that the number refers to
}

// owner tells in brackets where a problem is that has no place in a text, if its
// message does not: of which part of a model that was built in Go it speaks.
func (at place) owner(message string) string {
	kind, name := "", ""
	switch x := at.of.(type) {
	case *Param:
		kind, name = "param", x.Name
	case *Asset:
		kind, name = "asset", x.Name
	case *Adversary:
		kind, name = "adversary", x.Name
	case *Node:
		kind, name = "node", x.Name
	case *Control:
		kind, name = "control", x.Name
	case *Set:
		kind, name = "set", x.Name
	case *Boundary:
		kind, name = "boundary", x.Name
	case *Element:
		kind, name = "element", x.Name
	case *Flow:
		kind, name = "flow", x.Name
	}
	if kind == "" || strings.Contains(message, strconv.Quote(name)) {
		return ""
	}
	return fmt.Sprintf(" (%s %q)", kind, name)
}

// problems collects what was found. One place and one code is one problem, to be
// mended once, as when a file with an error is copied twice.
type problems struct {
	list   diag.List
	seen   map[site]*diag.Problem
	again  map[*diag.Problem]bool // found more than once
	broken map[diag.Span]bool     // could not be read, so that nothing more is said of it
}

type site struct {
	span diag.Span
	code diag.Code
}

func (ps *problems) add(p *diag.Problem) {
	if ps.broken[p.Span] {
		return
	}
	if !p.Span.IsZero() {
		at := site{p.Span, p.Code}
		if ps.seen == nil {
			ps.seen, ps.again = map[site]*diag.Problem{}, map[*diag.Problem]bool{}
		}
		if first := ps.seen[at]; first != nil {
			ps.again[first] = true
			return
		}
		ps.seen[at] = p
	}
	p.Shorten()
	ps.list = append(ps.list, p)
}

// sorted returns the list in reading order, the files of lower rank first. Names
// are those of one copy of a file; that a problem is one of several copies is said.
func (ps *problems) sorted(rank func(diag.Span) int, copies map[*diag.Source]int) diag.List {
	for p := range ps.again {
		if n := copies[p.Span.Source()]; n > 1 {
			p.Message += fmt.Sprintf("; told once for the %d copies of this file", n)
		}
	}
	slices.SortStableFunc(ps.list, func(a, b *diag.Problem) int { return cmp.Compare(rank(a.Span), rank(b.Span)) })
	ps.list.Sort()
	return ps.list
}

func (c *checker) span(at place) diag.Span {
	if c.origins == nil {
		return spanOf(at.of)
	}
	return c.origins.find(at)
}

// found returns the number as it is written, or as the value prints if it is
// written nowhere.
func (c *checker) found(at place, v quantity.Value) string {
	if c.origins == nil {
		return v.String()
	}
	return cmp.Or(c.span(at).Text(), v.String())
}

// maxProblems bounds how many errors a tree is refused for.
const maxProblems = 500

// full reports whether no more problems are taken. What is then found need not
// be told, and a look for its place in the text can be spared.
func (c *checker) full() bool { return len(c.problems.list) > maxProblems }

// report adds an error and returns it, so that a hint can be added to it.
func (c *checker) report(code diag.Code, at place, format string, args ...any) *diag.Problem {
	if c.full() {
		return &diag.Problem{}
	}
	p := &diag.Problem{Code: code, Span: c.span(at), Message: fmt.Sprintf(format, args...)}
	if p.Span.IsZero() {
		p.Message += at.owner(p.Message)
	}
	switch n := len(c.problems.list); {
	case n < maxProblems:
		c.problems.add(p)
	case n == maxProblems:
		c.problems.add(&diag.Problem{Code: "too-many-problems", Span: p.Span, Message: fmt.Sprintf("there are more than %d problems", maxProblems),
			Hint: "mend the first ones, and check again"})
	}
	return p
}

// Structure.

// checkStructure resolves the children and numbers the edges.
func (c *checker) checkStructure() {
	m, t := c.m, c.t
	edges := 0
	for _, n := range m.Nodes {
		edges += len(n.Children)
	}
	all := make([]int32, 0, edges)
	count := make([]int32, len(m.Nodes)) // parents of each node
	last := make([]int32, len(m.Nodes))  // the last node that has it as a child, + 1
	t.children = make([][]int32, len(m.Nodes))
	for i, n := range m.Nodes {
		start := len(all)
		for j, name := range n.Children {
			child, ok := c.resolve(c.nodes, name, place{of: n, attr: "child", index: j})
			switch {
			case !ok || last[child] == int32(i)+1 && c.full():
			case last[child] == int32(i)+1:
				at := place{of: n, attr: "child", index: j}
				if span := c.span(at); c.problems.seen[site{span, "duplicate-name"}] == nil {
					first := slices.Index(n.Children, name)
					c.report("duplicate-child", at, "%q is a child of %q twice", said(span, name), n.Name).
						Related = related(c.span(place{of: n, attr: "child", index: first}), "first given here")
				}
			default:
				last[child] = int32(i) + 1
				count[child]++
				all = append(all, child)
			}
		}
		t.children[i] = all[start:len(all):len(all)]
		c.checkGate(n)
	}

	t.parents = make([][]int32, len(m.Nodes))
	up := make([]int32, len(all))
	for v, k := range count {
		t.parents[v], up = up[:0:k], up[k:]
	}
	for v := range m.Nodes {
		for _, child := range t.children[v] {
			t.parents[child] = append(t.parents[child], int32(v))
		}
	}
}

// checkGate checks the gate of n against the number of its children.
func (c *checker) checkGate(n *Node) {
	switch {
	case n.Gate > Xor:
		c.report("bad-value", place{of: n}, "no gate has the number %d", n.Gate)
	case n.Gate.Leaf() && len(n.Children) > 0:
		c.report("leaf-with-children", place{of: n, attr: "child"}, "the %s %q cannot have children", n.Gate, n.Name).
			Hint = "make it or, and, seq or atleast"
	case !n.Gate.Leaf() && len(n.Children) == 0:
		if !c.partial {
			c.report("empty-gate", place{of: n}, "%q has no children", n.Name).
				Hint = "make it a step, or say what it consists of"
		}
	case n.Gate == AtLeast && (n.K < 1 || n.K > len(n.Children)):
		if !c.partial || n.K < 1 {
			c.report("atleast-range", place{of: n, attr: "atleast"}, "%q asks for %d of its %d children", n.Name, n.K, len(n.Children)).
				Hint = fmt.Sprintf("expected a whole number from 1 to %d", len(n.Children))
		}
	case n.Gate == Not && len(n.Children) != 1:
		c.report("bad-value", place{of: n}, "not takes one child; %q has %d", n.Name, len(n.Children))
	case n.Gate == Xor && len(n.Children) < 2:
		c.report("bad-value", place{of: n}, "xor takes two children or more; %q has %d", n.Name, len(n.Children))
	}
}

// The system.

func (c *checker) checkSystem() {
	s := c.m.System
	if s == nil {
		return
	}
	refer := func(name, kind string, at place) (int32, bool) {
		if name == "" {
			return 0, false
		}
		id, ok := c.resolve(c.elements, name, at)
		if ok && c.elements.kind(id) != kind {
			c.report("undefined-name", at, "no %s is called %q", kind, said(c.span(at), name)).
				Hint = fmt.Sprintf("%q is %s", name, article(c.elements.kind(id)))
		}
		return id, ok && c.elements.kind(id) == kind
	}
	next := make([][]int32, len(s.Boundaries)) // from a boundary to those within it
	for i, b := range s.Boundaries {
		if parent, ok := refer(b.Parent, "boundary", place{of: b}); ok {
			next[parent] = append(next[parent], int32(i)) // boundaries are numbered first
		}
	}
	_, rest := topological(next)
	for _, cycle := range cycles(next, rest) {
		c.report("cycle", place{of: s.Boundaries[cycle[0]]}, "a boundary cannot lie within itself: %s",
			pathOf(cycle, func(i int32) string { return s.Boundaries[i].Name }))
	}
	assets := func(of any, names []string) {
		for i, a := range names {
			c.resolve(c.assets, a, place{of: of, attr: "asset", index: i})
		}
	}
	for _, e := range s.Elements {
		if e.Kind < stride.External || e.Kind > stride.Store {
			c.report("bad-value", place{of: e}, "an element is an external entity, a process or a store; %q is none of them", e.Name)
		}
		refer(e.Boundary, "boundary", place{of: e})
		assets(e, e.Assets)
	}
	for _, f := range s.Flows {
		refer(f.Boundary, "boundary", place{of: f})
		refer(f.From, "element", place{of: f, attr: "from"})
		refer(f.To, "element", place{of: f, attr: "to"})
		if f.From == "" || f.To == "" {
			c.report("bad-value", place{of: f}, "the flow %q needs two ends", f.Name)
		}
		assets(f, f.Assets)
	}
}

// Goals.

func (c *checker) checkGoals() {
	for v, n := range c.m.Nodes {
		if n.Goal {
			c.t.goals = append(c.t.goals, int32(v))
		}
	}
	if len(c.t.goals) > 0 || c.goalOptional || c.partial {
		return
	}
	for v, n := range c.m.Nodes {
		if len(c.t.parents[v]) == 0 && !n.Gate.Leaf() && n.Span.Source() == c.m.Span.Source() {
			c.report("no-goal", place{of: n}, "no node is a goal, so there is nothing to analyse").
				Hint = fmt.Sprintf("write goal in front of a node, such as goal %s %s", n.Gate, n.Name)
			return
		}
	}
	p := c.report("no-goal", place{of: c.m}, "no node is a goal, so there is nothing to analyse")
	p.Hint = `write goal in front of a node, such as goal or theft "Steal the money"`
	switch {
	case len(c.m.Nodes) == 0 && c.m.System != nil && len(c.m.System.Elements) > 0:
		p.Hint = "atree stride --scaffold writes a first tree for the system, with a goal for each asset"
	case len(c.m.Nodes) > 0 && c.m.Nodes[0].Span.Source() != c.m.Span.Source():
		p.Hint = fmt.Sprintf("write a goal that uses what is imported, such as goal or theft { use %s }", c.m.Nodes[0].Name)
	}
}

// Order.

// checkOrder finds the order in which nodes can be evaluated: children before
// parents, and the nodes that switch a control off before those that it acts
// on. To keep that linear, controls that can be bypassed take part, numbered
// behind the nodes.
func (c *checker) checkOrder() {
	m, t := c.m, c.t
	n := len(m.Nodes)
	next := make([][]int32, n, n+len(m.Controls)) // from a node to those that wait for it
	copy(next, t.parents)
	for i := range m.Controls {
		var acts []int32
		for _, v := range t.bypassers[i] {
			next[v] = append(slices.Clip(next[v]), int32(n+i))
		}
		if len(t.bypassers[i]) > 0 {
			acts = ascending(slices.Concat(t.targets[i]...))
		}
		next = append(next, acts)
	}
	order, rest := topological(next)
	t.order = slices.DeleteFunc(order, func(v int32) bool { return int(v) >= n })
	if len(rest) == 0 {
		return
	}
	name := func(v int32) string {
		if int(v) < n {
			return m.Nodes[v].Name
		}
		return "control " + m.Controls[int(v)-n].Name
	}
	for _, cycle := range cycles(next, rest) {
		cycle = nodeFirst(cycle, n)
		if int(cycle[1%len(cycle)]) < n {
			first, second := m.Nodes[cycle[0]], m.Nodes[cycle[1%len(cycle)]]
			at := place{of: first, attr: "child", index: slices.Index(first.Children, second.Name)}
			c.report("cycle", at, "a node cannot depend on itself: %s", pathOf(cycle, name))
			continue
		}
		k, by := m.Controls[int(cycle[1])-n], m.Nodes[cycle[2%len(cycle)]]
		at := place{of: k, attr: "bypassed", index: slices.Index(k.BypassedBy, by.Name)}
		c.report("cycle", at, "a node cannot depend on itself: %s", pathOf(cycle, name)).
			Hint = fmt.Sprintf("the control %q acts on %q, which takes part in switching it off", k.Name, m.Nodes[cycle[0]].Name)
	}
}

// nodeFirst turns a cycle so that it begins with a node, not with a control.
func nodeFirst(cycle []int32, nodes int) []int32 {
	if int(cycle[0]) < nodes {
		return cycle
	}
	return append(slices.Clone(cycle[1:]), cycle[0])
}

// ascending sorts in place and leaves each number once.
func ascending(ids []int32) []int32 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
