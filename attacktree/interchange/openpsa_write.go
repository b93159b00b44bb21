package interchange

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// WriteOpenPSA writes a goal with all that is below it as a fault tree of the
// Open-PSA Model Exchange Format; the empty goal stands for all goals. Its
// likelihood is the one that the tree has without controls.
//
// Nodes become gates of their names, with . and : replaced by _. Steps and
// conditions become basic events with their mean likelihood, facts and
// accidents house events: true, and false as no attempt brings them about. A
// gate with an own step becomes an and of the gate and an event of its own. An
// assumed node becomes an event.
//
// The warnings say what the format has no place for, once for each kind of
// thing. It is an error if there is no such goal or if w fails.
func WriteOpenPSA(w io.Writer, t *attacktree.Tree, goal string) (diag.List, error) {
	x := &writer{Writer: bufio.NewWriter(w), tree: t, names: map[string]string{}, taken: map[string]bool{}}
	tops := t.Goals()
	if goal != "" || len(tops) == 0 {
		if _, ok := t.Node(goal); !ok {
			return nil, noGoal(t, goal)
		}
		tops = []string{goal}
	}
	x.choose(tops)
	x.document(tops)
	if err := x.Flush(); err != nil {
		return nil, fmt.Errorf("interchange: writing the model: %w", err)
	}
	return x.lost.warnings(), nil
}

// noGoal says that a goal to write is not given or not known, and which ones there are.
func noGoal(t *attacktree.Tree, goal string) error {
	goals := t.Goals()
	switch {
	case goal == "" && len(goals) == 0:
		return errors.New("interchange: the tree has no goal; name the node to write")
	case goal == "":
		return fmt.Errorf("interchange: expected one of the goals %s", strings.Join(goals, ", "))
	case len(goals) == 0:
		return fmt.Errorf("interchange: no node is called %q, and the tree has no goal", goal)
	}
	return fmt.Errorf("interchange: no goal is called %q; the tree has %s", goal, strings.Join(goals, ", "))
}

// A writer writes one document.
type writer struct {
	*bufio.Writer
	tree   *attacktree.Tree
	nodes  []*attacktree.Node // that are written, in the order of the model
	names  map[string]string  // by node: its name in the document
	taken  map[string]bool
	events []event
	lost   losses
}

// An event is a basic event, or a house event.
type event struct {
	name, label string
	likelihood  float64
	house       bool // true if the likelihood is 1
}

// choose finds the nodes that are written, and names them.
func (x *writer) choose(tops []string) {
	seen := map[string]bool{}
	for todo := append([]string(nil), tops...); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		if n, _ := x.tree.Node(name); !n.Assume.Given() {
			todo = append(todo, n.Children...)
		}
	}
	for _, n := range x.tree.Model().Nodes {
		if seen[n.Name] {
			x.nodes = append(x.nodes, n)
			x.names[n.Name] = free(x.taken, plainNames.Replace(n.Name))
		}
	}
}

// plainNames takes out of names what separates them in a path.
var plainNames = strings.NewReplacer(".", "_", ":", "_")

func (x *writer) document(tops []string) {
	m := x.tree.Model()
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	x.line("<opsa-mef>")
	x.label(1, m.Title)
	x.line("  <define-fault-tree name=%s>", quote(x.names[tops[0]]))
	for _, top := range tops {
		if n, _ := x.tree.Node(top); x.isEvent(n) { // a fault tree needs a gate
			x.line("    <define-gate name=%s>", quote(free(x.taken, "goal-"+x.names[top])))
			x.line("      <event name=%s/>", quote(x.names[top]))
			x.line("    </define-gate>")
		}
	}
	child := map[string]bool{}
	for _, n := range x.nodes {
		for _, c := range n.Children {
			child[c] = true
		}
	}
	for _, n := range x.nodes {
		x.lose(n, child[n.Name])
		if x.isEvent(n) {
			x.events = append(x.events, x.event(n))
		} else {
			x.gate(n)
		}
	}
	x.line("  </define-fault-tree>")
	x.line("  <model-data>")
	for _, e := range x.events {
		kind, value := "basic", `<float value="`+strconv.FormatFloat(e.likelihood, 'g', -1, 64)+`"/>`
		if e.house {
			kind, value = "house", fmt.Sprintf(`<constant value="%t"/>`, e.likelihood == 1)
		}
		x.line("    <define-%s-event name=%s>", kind, quote(e.name))
		x.label(3, e.label)
		x.line("      %s", value)
		x.line("    </define-%s-event>", kind)
	}
	x.line("  </model-data>")
	x.line("</opsa-mef>")
}

// isEvent reports whether a node is written as an event.
func (x *writer) isEvent(n *attacktree.Node) bool { return n.Gate.Leaf() || n.Assume.Given() }

func (x *writer) event(n *attacktree.Node) event {
	e := event{x.names[n.Name], x.labelOf(n), chance(n.Likelihood), false}
	switch {
	case n.Assume.Given():
		e.likelihood = chance(n.Assume)
	case n.Rate.Given():
		e.likelihood, e.house = 0, true
	case n.Gate == attacktree.Condition && n.Likelihood.Certain() && (e.likelihood == 0 || e.likelihood == 1):
		e.house = true
	}
	return e
}

// chance is the mean of a likelihood, 1 if none is given.
func chance(v quantity.Value) float64 {
	if !v.Given() {
		return 1
	}
	return v.Mean()
}

// labelOf returns the label of a node, or its name where that had to change.
func (x *writer) labelOf(n *attacktree.Node) string {
	if x.names[n.Name] != n.Name {
		return cmp.Or(n.Label, n.Name)
	}
	return n.Label
}

func (x *writer) gate(n *attacktree.Node) {
	x.line("    <define-gate name=%s>", quote(x.names[n.Name]))
	x.label(3, x.labelOf(n))
	indent := "      "
	own := ownStep(n)
	if own {
		x.line("      <and>")
		indent = "        "
	}
	op, end := n.Gate.String(), n.Gate.String()
	switch n.Gate {
	case attacktree.Seq:
		op, end = "and", "and"
	case attacktree.AtLeast:
		op = fmt.Sprintf(`atleast min="%d"`, n.K)
	}
	x.line("%s<%s>", indent, op)
	for _, child := range n.Children {
		x.line("%s  <event name=%s/>", indent, quote(x.names[child]))
	}
	x.line("%s</%s>", indent, end)
	if own {
		e := event{free(x.taken, x.names[n.Name]+"-step"), x.labelOf(n), chance(n.Likelihood), false}
		x.events = append(x.events, e)
		x.line("%s<event name=%s/>", indent, quote(e.name))
		x.line("      </and>")
	}
	x.line("    </define-gate>")
}

// ownStep reports whether the numbers of a gate give it an own step.
func ownStep(n *attacktree.Node) bool {
	own := n.Likelihood.Given() || n.Cost.Given() || n.Time.Given() || n.Detection.Given() || n.Skill != nil || len(n.Access) > 0
	for _, o := range n.For {
		own = own || o.Likelihood.Given() || o.Cost.Given() || o.Time.Given() || o.Detection.Given() || o.Skill != nil
	}
	return own
}

// lose notes what a document has no place for of a node.
func (x *writer) lose(n *attacktree.Node, isChild bool) {
	x.lost.of(n)
	x.lost.add(!n.Likelihood.Certain() || !n.Assume.Certain(), n.Span, "uncertain likelihoods are written as their means")
	x.lost.add(n.Goal && isChild, n.Span, "goals below other goals are plain gates")
	x.lost.add(n.Gate == attacktree.Seq && !n.Assume.Given(), n.Span, "the order in a seq is left out")
	x.lost.add(n.Gate == attacktree.Condition && !x.event(n).house, n.Span, "conditions with a likelihood are written as basic events, which are read as steps")
	x.lost.add(n.Assume.Given(), n.Span, "assumed nodes are written as events, without what is below them")
	x.lost.add(len(x.tree.ControlsOn(n.Name)) > 0, n.Span, "controls are left out")
	x.lost.add(n.Cost.Given(), n.Span, "costs are left out")
	x.lost.add(n.Time.Given(), n.Span, "times are left out")
	x.lost.add(n.Skill != nil || len(n.Access) > 0, n.Span, "demands on the attacker are left out")
	x.lost.add(n.Note != "", n.Span, "notes are left out")
	x.lost.add(x.names[n.Name] != n.Name, n.Span, "names are changed, as . and : have another meaning there")
}

// Text. What goes wrong is known when the writer is flushed.

func (x *writer) line(format string, args ...any) {
	fmt.Fprintf(x, format, args...)
	x.WriteByte('\n')
}

func (x *writer) label(depth int, text string) {
	if text == "" {
		return
	}
	x.WriteString(strings.Repeat("  ", depth) + "<label>")
	xml.EscapeText(x, []byte(text))
	x.WriteString("</label>\n")
}

// quote writes an attribute's value.
func quote(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text))
	return `"` + b.String() + `"`
}
