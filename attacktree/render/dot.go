package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emicklei/dot"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Trees as pictures: text for Graphviz, laid out by its program dot. What
// matters is told by shape, line and word; colour only repeats it.

// DOTOptions say what a picture shows. The zero value, and nil, show all goals
// with the numbers of their nodes, top down.
type DOTOptions struct {
	Goal        string             // the node at the top, a goal or not; empty: all goals
	Attack      *attacktree.Attack // is drawn bold, with everything that it reaches; nil: none
	Controls    []string           // in place; the others are drawn as absent
	HideNumbers bool               // names and gates only
	RankDir     string             // TB, top to bottom, or LR, left to right; empty: TB
}

// DOT writes the tree as a digraph in the language of Graphviz: the goals, all
// that is below them, the controls that act on it, and the nodes that switch
// these off. A shared node is drawn once. Retired controls are left out unless
// they are in place.
//
// Nodes are called by their names, and each node and each edge is one line: one
// more of them changes no other, but for the numbers that count children and for
// the legend. The same tree always gives the same bytes. The edges are in the
// order of the children, which Graphviz keeps where sharing lets it. Any text is
// safe as a label.
//
// It is an error if a name in opt is not known, or if w fails. Time and memory
// are linear in the size of the tree and of what its controls act on.
func DOT(w io.Writer, tree *attacktree.Tree, opt *DOTOptions) error {
	if opt == nil {
		opt = &DOTOptions{}
	}
	p := &picture{
		tree:    tree,
		opt:     *opt,
		inPlace: map[string]bool{},
		guards:  map[string][]guard{},
		graph:   dot.NewGraph(dot.Directed),
	}
	if err := p.check(); err != nil {
		return err
	}
	p.findGuards()
	p.choose()
	p.reach()
	p.draw()
	if _, err := w.Write(p.bytes()); err != nil {
		return fmt.Errorf("render: writing the picture: %w", err)
	}
	return nil
}

// A picture of a tree, while it is drawn.
type picture struct {
	tree    *attacktree.Tree
	opt     DOTOptions
	inPlace map[string]bool    // controls
	guards  map[string][]guard // by node: the controls that act on it, in the order of the model

	drawn   map[string]bool // nodes
	acts    map[string]bool // controls that are drawn, as they act on a node that is
	live    map[string]bool // nodes that count: not only below an assumed one
	reached map[string]bool // nodes that the marked attack reaches

	graph *dot.Graph
	ids   []string // the names of the graph's nodes, in the order in which they were made
	tells [legendRows]bool
}

// A guard is a control that acts on a node, and what it does there.
type guard struct {
	control *attacktree.Control
	changes []attacktree.Change
}

// check finds the names that the options give.
func (p *picture) check() error {
	if p.opt.Goal != "" {
		if _, ok := p.tree.Node(p.opt.Goal); !ok {
			return fmt.Errorf("render: no node is called %q; the goals are %s", p.opt.Goal, strings.Join(p.tree.Goals(), ", "))
		}
	}
	for _, name := range p.opt.Controls {
		if _, ok := p.tree.Control(name); !ok {
			return fmt.Errorf("render: no control is called %q", name)
		}
		p.inPlace[name] = true
	}
	if a := p.opt.Attack; a != nil {
		for _, names := range [][]string{a.Steps, a.Given} {
			for _, name := range names {
				if _, ok := p.tree.Node(name); !ok {
					return fmt.Errorf("render: the marked attack holds %q, and no node is called that", name)
				}
			}
		}
	}
	switch p.opt.RankDir {
	case "":
		p.opt.RankDir = "TB"
	case "TB", "LR":
	default:
		return fmt.Errorf("render: expected the direction TB or LR, found %q", p.opt.RankDir)
	}
	return nil
}

// findGuards notes which controls act on which nodes. An effect acts once on a
// node, however many of its targets match.
func (p *picture) findGuards() {
	carriers := map[attacktree.Target][]string{}
	for _, n := range p.tree.Model().Nodes {
		for _, slug := range n.Threats {
			t := attacktree.Target{Kind: attacktree.OnThreat, Name: slug}
			carriers[t] = append(carriers[t], n.Name)
		}
		for _, tag := range n.Tags {
			t := attacktree.Target{Kind: attacktree.OnTag, Name: tag}
			carriers[t] = append(carriers[t], n.Name)
		}
	}
	for _, c := range p.tree.Model().Controls {
		for _, effect := range c.Effects {
			hit := map[string]bool{}
			for _, t := range effect.Targets {
				names := carriers[t]
				if t.Kind == attacktree.OnNode {
					names = []string{t.Name}
				}
				for _, name := range names {
					if hit[name] {
						continue
					}
					hit[name] = true
					of := p.guards[name]
					if last := len(of) - 1; last >= 0 && of[last].control == c {
						changes := of[last].changes
						of[last].changes = append(changes[:len(changes):len(changes)], effect.Changes...)
						continue
					}
					p.guards[name] = append(of, guard{c, effect.Changes})
				}
			}
		}
	}
}

// shows reports whether a control has a place in the picture.
func (p *picture) shows(c *attacktree.Control) bool {
	return c.Status != attacktree.Retired || p.inPlace[c.Name]
}

// choose finds what is drawn, and what of it counts.
func (p *picture) choose() {
	tops := p.tree.Goals()
	if p.opt.Goal != "" {
		tops = []string{p.opt.Goal}
	}
	p.drawn = p.below(tops, func(*attacktree.Node) bool { return true })
	p.live = p.below(tops, func(n *attacktree.Node) bool { return !n.Assume.Given() })
	p.acts = map[string]bool{}
	for name := range p.drawn {
		for _, g := range p.guards[name] {
			if p.shows(g.control) {
				p.acts[g.control.Name] = true
			}
		}
	}
}

// below returns the nodes that bear on those at the top: below them, or below
// what switches off a control on one of them. Nodes that are not opened hide
// what only they hold.
func (p *picture) below(tops []string, open func(*attacktree.Node) bool) map[string]bool {
	seen := map[string]bool{}
	for todo := slices.Clone(tops); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		n, _ := p.tree.Node(name)
		if open(n) {
			todo = append(todo, n.Children...)
		}
		for _, g := range p.guards[name] {
			if p.shows(g.control) {
				todo = append(todo, g.control.BypassedBy...)
			}
		}
	}
	return seen
}

// reach finds the nodes that are reached when exactly the steps of the marked
// attack succeed and its conditions are given, children before their parents.
func (p *picture) reach() {
	p.reached = map[string]bool{}
	if p.opt.Attack == nil {
		return
	}
	succeeds := map[string]bool{}
	for _, name := range p.opt.Attack.Steps {
		succeeds[name] = true
	}
	for _, name := range p.opt.Attack.Given {
		succeeds[name] = true
	}
	type visit struct {
		node *attacktree.Node
		next int // child
	}
	entered := map[string]bool{}
	var stack []visit
	enter := func(name string) {
		if !entered[name] {
			entered[name] = true
			n, _ := p.tree.Node(name)
			stack = append(stack, visit{n, 0})
		}
	}
	for _, n := range p.tree.Model().Nodes {
		if !p.drawn[n.Name] {
			continue
		}
		enter(n.Name)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next < len(top.node.Children) {
				top.next++
				enter(top.node.Children[top.next-1])
				continue
			}
			p.reached[top.node.Name] = p.holds(top.node, succeeds)
			stack = stack[:len(stack)-1]
		}
	}
}

// holds reports whether a node is reached, given which of its children are.
func (p *picture) holds(n *attacktree.Node, succeeds map[string]bool) bool {
	if n.Gate.Leaf() || n.Assume.Given() {
		return succeeds[n.Name]
	}
	if p.ownStep(n) && !succeeds[n.Name] {
		return false
	}
	held := 0
	for _, child := range n.Children {
		if p.reached[child] {
			held++
		}
	}
	switch n.Gate {
	case attacktree.Or:
		return held > 0
	case attacktree.AtLeast:
		return held >= n.K
	case attacktree.Not:
		return held == 0
	case attacktree.Xor:
		return held%2 == 1
	}
	return held == len(n.Children)
}

// ownStep reports whether a gate has an own step: it carries a number of one, or
// some control, in place or not, acts on more than its impact.
func (p *picture) ownStep(n *attacktree.Node) bool {
	if n.Cost.Given() || n.Likelihood.Given() || n.Time.Given() || n.Detection.Given() ||
		n.Skill != nil || len(n.Access) > 0 || len(n.For) > 0 {
		return true
	}
	for _, g := range p.guards[n.Name] {
		for _, c := range g.changes {
			if c.Op == attacktree.Block || c.Attribute != attacktree.Impact {
				return true
			}
		}
	}
	return false
}

// The looks. Fills are pale and lines dark, in colours that colour-blind people
// tell apart (Okabe and Ito), and which keep their order in grey.
const (
	ink       = "#2b2f36"
	faded     = "#8a9099"
	paper     = "#ffffff"
	gateFill  = "#eceff3"
	goalFill  = "#2b2f36"
	blue      = "#0072b2"
	paleBlue  = "#d6eaf6"
	vermilion = "#c04a00"
	paleRed   = "#fbe2d2"

	fontName = "Helvetica,Arial,sans-serif"

	labelColumns = 22
)

// draw makes the graph.
func (p *picture) draw() {
	p.graph.NodeInitializer(func(n dot.Node) {
		set(n.AttributesMap, "fontname", fontName, "fontsize", "11", "fontcolor", ink)
	})
	made := map[string]dot.Node{} // of nodes and, after "control ", of controls
	for _, n := range p.tree.Model().Nodes {
		if p.drawn[n.Name] {
			made[n.Name] = p.node(n)
		}
	}
	for _, c := range p.tree.Model().Controls {
		if p.acts[c.Name] {
			made[controlID(c)] = p.control(c)
		}
	}
	for _, n := range p.tree.Model().Nodes {
		if !p.drawn[n.Name] {
			continue
		}
		from := made[n.Name]
		for i, child := range n.Children {
			to, _ := p.tree.Node(child)
			p.edge(from, made[child], n, to, i)
		}
		for _, g := range p.guards[n.Name] {
			if p.shows(g.control) {
				p.guardEdge(from, made[controlID(g.control)], g)
			}
		}
	}
	for _, c := range p.tree.Model().Controls {
		if !p.acts[c.Name] {
			continue
		}
		for _, name := range c.BypassedBy {
			p.bypassEdge(made[name], made[controlID(c)], name, c)
		}
	}
	set(p.graph.AttributesMap,
		"rankdir", p.opt.RankDir, "ordering", "out", "nodesep", "0.3", "ranksep", "0.45", "pad", "0.2",
		"fontname", fontName, "fontsize", "10", "fontcolor", ink, "labelloc", "b", "labeljust", "l")
	p.graph.Attr("label", p.legend())
}

// controlID is how a control is called in the graph, where nodes have their
// names: a name has no blank in it.
func controlID(c *attacktree.Control) string { return "control " + c.Name }

// add makes a node of the graph.
func (p *picture) add(id string, label *label, tooltip string) dot.Node {
	n := p.graph.Node(fmt.Sprintf("%09d", len(p.ids))) // the library sorts by this
	p.ids = append(p.ids, id)
	n.Attr("label", label.literal())
	set(n.AttributesMap, "tooltip", tooltip)
	return n
}

// Nodes.

func (p *picture) node(n *attacktree.Node) dot.Node {
	l := new(label)
	var shape, style, gate string
	switch n.Gate {
	case attacktree.Step:
		shape, style = "box", "filled"
	case attacktree.Condition:
		shape, style, gate = "note", "filled,dashed", "condition"
		p.tells[aboutCondition] = true
	case attacktree.Or:
		shape, style, gate = "box", "filled,rounded", "OR"
		p.tells[aboutOr] = true
	case attacktree.And:
		shape, style, gate = "octagon", "filled", "AND"
		p.tells[aboutAnd] = true
	case attacktree.Seq:
		shape, style, gate = "cds", "filled", "SEQ"
		p.tells[aboutSeq] = true
	case attacktree.AtLeast:
		shape, style, gate = "hexagon", "filled", strconv.Itoa(n.K)+" of "+strconv.Itoa(len(n.Children))
		p.tells[aboutAtLeast] = true
	case attacktree.Not:
		shape, style, gate = "invtrapezium", "filled", "NOT"
		p.tells[aboutNot] = true
	case attacktree.Xor:
		shape, style, gate = "parallelogram", "filled", "XOR"
		p.tells[aboutXor] = true
	}
	fill, line, text, width, borders, margin := paper, ink, ink, "", "", "0.14,0.09"
	if n.Gate == attacktree.Seq {
		margin = "0.26,0.16" // Graphviz does not leave room for the head of the arrow
	}
	if !n.Gate.Leaf() {
		fill = gateFill
	}
	if n.Goal {
		fill, text, borders = goalFill, paper, "2"
		gate = strings.TrimSuffix("GOAL · "+gate, " · ")
	}
	switch {
	case !p.live[n.Name]:
		fill, line, text, style = paper, faded, faded, style+",dotted"
	case p.reached[n.Name]:
		p.tells[aboutAttack] = true
		line, width = vermilion, "3.5"
		if !n.Goal {
			fill = paleRed
		}
	}
	l.small(gate)
	l.title(n.Label, n.Name, n.Goal)
	if !p.opt.HideNumbers {
		l.small(p.numbers(n))
	}
	if n.Assume.Given() {
		p.tells[aboutAssume] = true
		l.strong("assumed " + p.value(n.Assume, percent))
		style += ",dashed"
	}
	if n.Impact.Given() && !p.opt.HideNumbers {
		l.strong("impact " + p.value(n.Impact, amount))
	}
	made := p.add(n.Name, l, n.Name)
	set(made.AttributesMap, "shape", shape, "style", style, "fillcolor", fill, "color", line,
		"fontcolor", text, "penwidth", width, "peripheries", borders, "margin", margin)
	return made
}

// numbers lists what a node carries, in short. On a gate these are the numbers
// of its own step.
func (p *picture) numbers(n *attacktree.Node) string {
	var list []string
	if n.Cost.Given() {
		list = append(list, "cost"+nbsp+p.value(n.Cost, amount))
	}
	if n.Likelihood.Given() {
		p.tells[aboutLikelihood] = true
		list = append(list, p.value(n.Likelihood, percent))
	}
	if n.Time.Given() {
		p.tells[aboutTime] = true
		list = append(list, p.value(n.Time, duration))
	}
	if n.Skill != nil {
		list = append(list, "skill"+nbsp+strconv.Itoa(*n.Skill))
	}
	for _, a := range n.Access {
		list = append(list, "needs"+nbsp+a)
	}
	if n.Detection.Given() {
		list = append(list, "seen"+nbsp+p.value(n.Detection, percent))
	}
	if len(list) > 0 && !n.Gate.Leaf() {
		list[0] = "own step: " + list[0]
	}
	for _, often := range []struct {
		word  string
		value quantity.Value
	}{{"rate", n.Rate}, {"attempts", n.Attempts}} {
		if often.value.Given() {
			list = append(list, often.word+nbsp+p.value(often.value, digitsRounded)+" a"+nbsp+period(p.tree.Model().Period))
		}
	}
	return strings.Join(list, ", ")
}

// value writes a number, or the mean of an uncertain one.
func (p *picture) value(v quantity.Value, unit func(float64) string) string {
	if v.Certain() {
		return unit(v.Mean())
	}
	p.tells[aboutMean] = true
	return "≈" + nbsp + unit(v.Mean())
}

func digitsRounded(x float64) string { return digits(rounded(x)) }

// edge joins the i-th child to its parent.
func (p *picture) edge(from, to dot.Node, parent, child *attacktree.Node, i int) {
	e := p.graph.Edge(from, to)
	set(e.AttributesMap, "dir", "none", "color", faded)
	if parent.Gate == attacktree.Seq {
		set(e.AttributesMap, "headlabel", strconv.Itoa(i+1), "labeldistance", "1.8", "labelangle", "28",
			"fontname", fontName, "fontsize", "9", "fontcolor", ink)
	}
	switch {
	case parent.Assume.Given() || !p.live[parent.Name]:
		set(e.AttributesMap, "style", "dotted")
	case p.reached[parent.Name] && p.reached[child.Name]:
		set(e.AttributesMap, "penwidth", "3.5", "color", vermilion)
	}
}

// Controls.

// bypassed reports whether the marked attack switches the control off.
func (p *picture) bypassed(c *attacktree.Control) bool {
	for _, name := range c.BypassedBy {
		if p.reached[name] {
			return true
		}
	}
	return false
}

func blocks(changes []attacktree.Change) bool {
	for _, c := range changes {
		if c.Op == attacktree.Block {
			return true
		}
	}
	return false
}

func (p *picture) control(c *attacktree.Control) dot.Node {
	blocking := false
	for _, effect := range c.Effects {
		blocking = blocking || blocks(effect.Changes)
	}
	var state string
	style, fill, text, width, borders := "filled", paleBlue, ink, "1.5", ""
	switch {
	case !p.inPlace[c.Name]:
		p.tells[aboutAbsent] = true
		state, style, fill, width = "not in place here", "filled,dashed", paper, ""
		if c.Status != attacktree.Deployed {
			state = c.Status.String() + ", not in place"
		}
	case p.bypassed(c):
		p.tells[aboutBypassed] = true
		state, style, fill, text = "BYPASSED", "filled,dotted", paper, faded
	case blocking:
		p.tells[aboutBlocking] = true
		state, width, borders = "in place, blocks", "2.5", "2"
	default:
		p.tells[aboutInPlace] = true
		state = "in place"
	}
	l := new(label)
	l.small(state)
	l.title(c.Label, c.Name, false)
	if !p.opt.HideNumbers {
		for _, effect := range c.Effects {
			where := ""
			if len(c.Effects) > 1 {
				where = p.targets(effect.Targets) + ": "
			}
			l.small(where + p.changes(effect.Changes))
		}
	}
	made := p.add(controlID(c), l, c.Name)
	set(made.AttributesMap, "shape", "invhouse", "style", style, "fillcolor", fill, "color", blue,
		"fontcolor", text, "penwidth", width, "peripheries", borders, "margin", "0.02,0.04")
	return made
}

// targets says where an effect acts, in short. It is not said on the edges:
// where edges have labels, Graphviz no longer keeps the order of children.
func (p *picture) targets(targets []attacktree.Target) string {
	var list []string
	for _, t := range targets {
		name := t.Name
		if n, ok := p.tree.Node(name); ok && t.Kind == attacktree.OnNode && n.Label != "" {
			name = n.Label
		}
		list = append(list, cut(name, labelColumns))
	}
	return strings.Join(list, ", ")
}

// changes says what a control does, in short.
func (p *picture) changes(changes []attacktree.Change) string {
	var list []string
	for _, c := range changes {
		unit := map[attacktree.Attribute]func(float64) string{
			attacktree.Likelihood: percent,
			attacktree.Impact:     amount,
			attacktree.Cost:       amount,
			attacktree.Time:       duration,
			attacktree.Skill:      digitsRounded,
			attacktree.Detection:  percent,
		}[c.Attribute]
		word := c.Attribute.String() + nbsp
		switch c.Op {
		case attacktree.Multiply:
			if c.Reduction {
				word += "−" + p.value(c.Value, percent)
			} else {
				word += "×" + nbsp + p.value(c.Value, digitsRounded)
			}
		case attacktree.Subtract:
			word += "−" + p.value(c.Value, unit)
		case attacktree.Add:
			word += "+" + p.value(c.Value, unit)
		case attacktree.AtMost:
			word += "≤" + nbsp + p.value(c.Value, unit)
		case attacktree.Raise:
			word += "≥" + nbsp + p.value(c.Value, unit)
		case attacktree.Block:
			word = "blocks"
		}
		list = append(list, word)
	}
	return strings.Join(list, ", ")
}

// guardEdge hangs a control on a node that it acts on, its bar at the node.
func (p *picture) guardEdge(from, to dot.Node, g guard) {
	e := p.graph.Edge(from, to)
	set(e.AttributesMap, "dir", "back", "color", blue, "arrowtail", "tee", "arrowsize", "0.9")
	switch {
	case !p.inPlace[g.control.Name]:
		set(e.AttributesMap, "style", "dashed", "arrowtail", "odot")
	case p.bypassed(g.control):
		set(e.AttributesMap, "style", "dotted", "arrowtail", "none")
	case blocks(g.changes):
		set(e.AttributesMap, "penwidth", "3", "arrowtail", "teetee")
	default:
		set(e.AttributesMap, "penwidth", "1.5")
	}
}

// bypassEdge leads from a node to the control that it switches off.
func (p *picture) bypassEdge(from, to dot.Node, node string, c *attacktree.Control) {
	p.tells[aboutBypass] = true
	e := p.graph.Edge(from, to)
	set(e.AttributesMap, "style", "dotted", "penwidth", "1.5", "color", ink, "arrowhead", "vee", "arrowsize", "0.8")
	if p.inPlace[c.Name] && p.reached[node] {
		set(e.AttributesMap, "penwidth", "3.5", "color", vermilion)
	}
}

// The legend tells what stands in the picture, and nothing else.

const (
	aboutOr = iota
	aboutAnd
	aboutSeq
	aboutAtLeast
	aboutNot
	aboutXor
	aboutCondition
	aboutLikelihood
	aboutTime
	aboutMean
	aboutAssume
	aboutAttack
	aboutInPlace
	aboutBlocking
	aboutAbsent
	aboutBypass
	aboutBypassed
	legendRows
)

var legendTexts = [legendRows][2]string{
	aboutOr:         {"OR", "any of its children is enough"},
	aboutAnd:        {"AND", "all of its children"},
	aboutSeq:        {"SEQ", "all of its children, in the order of the numbers"},
	aboutAtLeast:    {"k of n", "at least k of its n children"},
	aboutNot:        {"NOT", "holds as long as its child is not reached"},
	aboutXor:        {"XOR", "an odd number of its children"},
	aboutCondition:  {"dashed note", "a condition: nobody brings it about"},
	aboutLikelihood: {"20 %", "likelihood that the step succeeds"},
	aboutTime:       {"14 d", "time that the step takes"},
	aboutMean:       {"≈", "mean of an uncertain number"},
	aboutAssume:     {"assumed", "stands for all that hangs below it, dotted"},
	aboutAttack:     {"thick line", "the marked attack"},
	aboutInPlace:    {"──┤", "a control in place makes it harder"},
	aboutBlocking:   {"━━╢", "a control in place makes it impossible"},
	aboutAbsent:     {"╌╌○", "a control that is not in place"},
	aboutBypass:     {"┈┈>", "reaching it switches the control off"},
	aboutBypassed:   {"┈┈┈", "a control that the marked attack bypasses"},
}

// legend returns the title and the rows that are called for, as a table.
func (p *picture) legend() dot.Literal {
	m := p.tree.Model()
	title := m.Title
	if m.Currency != "" && !p.opt.HideNumbers {
		title = strings.TrimPrefix(title+", money in "+m.Currency, ", ")
	}
	var b strings.Builder
	b.WriteString(`<<TABLE BORDER="1" COLOR="#8a9099" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">`)
	if title != "" {
		fmt.Fprintf(&b, `<TR><TD COLSPAN="2" ALIGN="LEFT"><B>%s</B></TD></TR>`, markup(printable(title)))
	}
	for i, row := range legendTexts {
		if p.tells[i] {
			fmt.Fprintf(&b, `<TR><TD ALIGN="LEFT">%s  </TD><TD ALIGN="LEFT">%s</TD></TR>`, markup(row[0]), markup(row[1]))
		}
	}
	if title == "" && p.tells == [legendRows]bool{} {
		return `""`
	}
	b.WriteString(`</TABLE>>`)
	return dot.Literal(b.String())
}

// Text.

// A label is lines of Graphviz's HTML.
type label struct{ lines []string }

func (l *label) literal() dot.Literal {
	return dot.Literal("<" + strings.Join(l.lines, "<BR/>") + ">")
}

// title adds the label of something, or its name if that is blank.
func (l *label) title(text, name string, large bool) {
	lines := fold(text, labelColumns)
	if len(lines) == 0 {
		lines = fold(name, labelColumns)
	}
	for _, line := range lines {
		line = markup(line)
		if large {
			line = `<B><FONT POINT-SIZE="13">` + line + `</FONT></B>`
		}
		l.lines = append(l.lines, line)
	}
}

func (l *label) small(text string) {
	for _, line := range fold(text, labelColumns+4) {
		l.lines = append(l.lines, `<FONT POINT-SIZE="9">`+markup(line)+`</FONT>`)
	}
}

func (l *label) strong(text string) {
	for _, line := range fold(text, labelColumns) {
		l.lines = append(l.lines, `<FONT POINT-SIZE="10"><B>`+markup(line)+`</B></FONT>`)
	}
}

// fold breaks a text at blanks into lines of at most n columns, and words that
// are longer wherever a line is full.
func fold(text string, n int) []string {
	var lines []string
	for word := range strings.FieldsFuncSeq(printable(text), func(r rune) bool { return r == ' ' }) {
		if last := len(lines) - 1; last >= 0 && columns(lines[last])+1+columns(word) <= n {
			lines[last] += " " + word
			continue
		}
		line, used := 0, 0 // where the line begins, and its columns
		for i, r := range word {
			if used += runeColumns(r); used > n {
				lines = append(lines, word[line:i])
				line, used = i, runeColumns(r)
			}
		}
		lines = append(lines, word[line:])
	}
	return lines
}

// markup makes a text safe in HTML of Graphviz, where a backslash escapes too
// and only characters of XML may stand.
func markup(s string) string { return escapes.Replace(strings.ToValidUTF8(s, "\ufffd")) }

var escapes = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", `\`, `\\`, "\ufffe", "\ufffd", "\uffff", "\ufffd")

// set gives attributes, names and values in turn; what is empty stays as
// Graphviz has it. They are quoted here, as the library quotes like Go and
// Graphviz does not.
func set(to dot.AttributesMap, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			to.Attr(pairs[i], dot.Literal(quote(pairs[i+1])))
		}
	}
}

func quote(s string) string { return `"` + quotes.Replace(s) + `"` }

var quotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// numbered finds the nodes that a line of the library's output begins with.
var numbered = regexp.MustCompile(`(?m)^\tn(\d+)(?:->n(\d+))?`)

// bytes returns the graph as text. The library calls its nodes n1, n2, … in the
// order in which they were made, so that one node more would change all lines;
// their names are put back. No value spans lines, so only what the library
// writes can stand at the start of one.
func (p *picture) bytes() []byte {
	var buf bytes.Buffer
	p.graph.Write(&buf)
	name := func(number []byte) string {
		i, _ := strconv.Atoi(string(number))
		return quote(p.ids[i-1])
	}
	return numbered.ReplaceAllFunc(buf.Bytes(), func(line []byte) []byte {
		m := numbered.FindSubmatch(line)
		if m[2] == nil {
			return []byte("\t" + name(m[1]) + " ")
		}
		return []byte("\t" + name(m[1]) + " -> " + name(m[2]) + " ")
	})
}
