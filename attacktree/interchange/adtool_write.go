package interchange

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// WriteADTool writes a goal with all that is below it, and the controls that act
// there, as a tree of ADTool 2; the empty goal stands for the only one. A tree
// with a seq and without controls becomes one with sequential conjunction
// (sandtree), any other an attack-defence tree (adtree). [ReadADTool] finds the
// same figures in it, so far as no warning says what is left out.
//
// A node that several others share is written at each place: leaves of one label
// are one event for ADTool too, though what it computes bottom-up counts them once
// for each place. The own step of a gate becomes a leaf beside what the gate
// needs, and k of n the choice among all k of them. Conditions become leaves that
// cost nothing. A control becomes a countermeasure of what it acts on, with the
// share that it takes off the likelihood in the domain ProbSucc, 1 where it
// blocks; what bypasses it counters it in turn. Retired controls are left out.
//
// Numbers are means, and stand in the domains MinCost, ProbSucc, MinTimePar (days)
// and MinSkill, all leaves having one where one leaf has; what controls cost, in
// a domain of its own kind called "cost of controls". A sandtree knows MinTime
// alone, so that the others are defined in it.
//
// It is an error, a [diag.List], if a gate is not or xor, or if the tree that is
// written out has more than a million nodes or is nested deeper than 10,000.
func WriteADTool(w io.Writer, t *attacktree.Tree, goal string) (diag.List, error) {
	if goals := t.Goals(); goal == "" && len(goals) == 1 {
		goal = goals[0]
	}
	if _, ok := t.Node(goal); !ok {
		return nil, noGoal(t, goal)
	}
	x := &adtoolWriter{
		report: &report{}, tree: t, acting: map[string][]*adtoolActing{}, undone: map[string][]string{}, several: map[string]bool{},
		labels: map[string]string{}, steps: map[string]string{}, taken: map[string]bool{},
		defences: map[adtoolDefence]string{}, takenDefences: map[string]bool{}, written: map[string]bool{},
	}
	x.survey(goal)
	root := x.node(goal, 0)
	if err := x.sorted().Err(); err != nil {
		return nil, err
	}
	out := bufio.NewWriter(w)
	x.print(out, root)
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("interchange: writing the model: %w", err)
	}
	return x.lost.warnings(), nil
}

// An adtoolWriter turns a goal into elements.
type adtoolWriter struct {
	*report
	tree *attacktree.Tree
	lost losses
	sand bool
	has  [adtoolKinds]bool // which numbers are written

	acting  map[string][]*adtoolActing // by node
	undone  map[string][]string        // by node: what of controls on it is lost
	several map[string]bool            // nodes that are written at several places

	labels        map[string]string // of leaves, by node
	steps         map[string]string // of the own steps of gates, by node
	taken         map[string]bool
	defences      map[adtoolDefence]string // labels
	takenDefences map[string]bool
	written       map[string]bool // controls

	elements int
}

// An adtoolActing is a control that acts on a node, and the share that it takes
// off its likelihood.
type adtoolActing struct {
	*attacktree.Control
	share float64
}

// An adtoolDefence is a leaf of a countermeasure: ADTool knows one number of
// each, so that a control becomes one for each share that it takes off.
type adtoolDefence struct {
	control string
	share   float64
}

// survey goes through all that is written: it finds what is written at several
// places, which controls act, which numbers there are, and what is lost. Labels
// are given in the order of the model.
func (x *adtoolWriter) survey(goal string) {
	controls := x.controls()
	// Users stand before what they use in the reverse of the order in which the
	// search leaves nodes.
	type visit struct {
		name  string
		leave bool
	}
	uses, users := map[string][]string{}, map[string]int{}
	var left []string
	for stack := []visit{{name: goal}}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v.leave {
			left = append(left, v.name)
			continue
		}
		if _, seen := uses[v.name]; seen {
			continue
		}
		n, _ := x.tree.Node(v.name)
		x.acting[v.name] = x.actingOn(n, controls[v.name])
		uses[v.name] = nil
		if !n.Assume.Given() {
			uses[v.name] = append(uses[v.name], n.Children...)
		}
		for _, c := range x.acting[v.name] {
			uses[v.name] = append(uses[v.name], c.BypassedBy...)
		}
		stack = append(stack, visit{v.name, true})
		for _, name := range uses[v.name] {
			users[name]++
			stack = append(stack, visit{name: name})
		}
	}
	sequential, defended := false, false
	for _, name := range slices.Backward(left) {
		n, _ := x.tree.Node(name)
		x.several[name] = x.several[name] || users[name] > 1
		repeats := x.several[name] || n.Gate == attacktree.AtLeast && n.K > 1 && n.K < len(n.Children)
		for _, used := range uses[name] {
			x.several[used] = x.several[used] || repeats
		}
		sequential = sequential || n.Gate == attacktree.Seq && len(n.Children) > 1 && !n.Assume.Given()
		defended = defended || len(x.acting[name]) > 0
	}
	x.sand = sequential && !defended
	for _, n := range x.tree.Model().Nodes {
		if _, written := uses[n.Name]; written {
			x.see(n)
		}
	}
}

// controls returns the controls that have an effect on each node, in the order of
// the model.
func (x *adtoolWriter) controls() map[string][]*attacktree.Control {
	marked := map[attacktree.Target][]string{}
	for _, n := range x.tree.Model().Nodes {
		for _, name := range n.Threats {
			t := attacktree.Target{Kind: attacktree.OnThreat, Name: name}
			marked[t] = append(marked[t], n.Name)
		}
		for _, name := range n.Tags {
			t := attacktree.Target{Kind: attacktree.OnTag, Name: name}
			marked[t] = append(marked[t], n.Name)
		}
	}
	out := map[string][]*attacktree.Control{}
	for _, c := range x.tree.Model().Controls {
		for _, e := range c.Effects {
			for _, t := range e.Targets {
				nodes := marked[t]
				if t.Kind == attacktree.OnNode {
					nodes = []string{t.Name}
				}
				for _, n := range nodes {
					if on := out[n]; len(on) == 0 || on[len(on)-1] != c {
						out[n] = append(on, c)
					}
				}
			}
		}
	}
	return out
}

// actsOn reports whether a node is a target of an effect.
func actsOn(e *attacktree.Effect, n *attacktree.Node) bool {
	return slices.ContainsFunc(e.Targets, func(t attacktree.Target) bool {
		switch t.Kind {
		case attacktree.OnThreat:
			return slices.Contains(n.Threats, t.Name)
		case attacktree.OnTag:
			return slices.Contains(n.Tags, t.Name)
		}
		return t.Name == n.Name
	})
}

// actingOn returns the controls that are written at a node: those that block it
// or take a share off its likelihood.
func (x *adtoolWriter) actingOn(n *attacktree.Node, controls []*attacktree.Control) []*adtoolActing {
	lose := func(there bool, what string) {
		if there && !slices.Contains(x.undone[n.Name], what) {
			x.undone[n.Name] = append(x.undone[n.Name], what)
		}
	}
	retired := func(c *attacktree.Control) bool { return c.Status == attacktree.Retired }
	lose(slices.ContainsFunc(controls, retired), "retired controls are left out")
	controls = slices.DeleteFunc(slices.Clone(controls), retired)
	var out []*adtoolActing
	for _, c := range controls {
		a := &adtoolActing{c, 0}
		left, most, cost, other := 1.0, 1.0, false, false
		for i := range c.Effects {
			if !actsOn(&c.Effects[i], n) {
				continue
			}
			for _, change := range c.Effects[i].Changes {
				factor := change.Value.Mean()
				if change.Reduction {
					factor = 1 - factor
				}
				switch {
				case change.Op == attacktree.Block:
					left = 0
				case change.Attribute == attacktree.Likelihood && change.Op == attacktree.Multiply:
					left *= factor
				case change.Attribute == attacktree.Likelihood:
					most = min(most, change.Value.Mean())
				case change.Attribute == attacktree.Impact:
				case change.Attribute == attacktree.Cost, change.Attribute == attacktree.Time:
					cost = true
				default:
					other = true
				}
			}
		}
		before := chance(n.Likelihood)
		if n.Assume.Given() {
			before = chance(n.Assume)
		}
		switch {
		case most >= before*left:
		case len(controls) == 1: // then a cap is a share
			left = most / before
		default:
			lose(true, "caps on a likelihood that several controls act on are left out")
		}
		lose(cost, "what controls add to costs and times is left out")
		lose(other, "what controls do to skill and detection is left out")
		if a.share = 1 - left; a.share > 0 {
			out = append(out, a)
		}
		lose(len(c.Requires)+len(c.Excludes) > 0, "what controls require and exclude is left out")
		lose(c.Status != attacktree.Proposed, "the status of controls is left out; for ADTool all are in place")
		lose(a.share > 0 && a.share < 1, "in domains other than ProbSucc, ADTool takes partial controls to be perfect")
	}
	return out
}

// see names what a node becomes, and notes which numbers it has and what of it
// is lost.
func (x *adtoolWriter) see(n *attacktree.Node) {
	text := strings.Join(strings.Fields(cmp.Or(n.Label, n.Name)), " ")
	if text == "" {
		text = n.Name
	}
	leaf := n.Gate.Leaf() || n.Assume.Given()
	numbers := leaf || ownStep(n)
	switch {
	case leaf:
		x.labels[n.Name] = x.free(x.taken, text, n.Name)
	default:
		x.labels[n.Name] = text
		if numbers || len(x.acting[n.Name]) > 0 && x.several[n.Name] {
			x.steps[n.Name] = x.free(x.taken, text+" - own step", n.Name)
		}
	}
	if n.Gate != attacktree.Condition {
		for k, given := range [adtoolKinds]bool{
			adtoolCost:  n.Cost.Given() || slices.ContainsFunc(n.For, func(o attacktree.Override) bool { return o.Cost.Given() }),
			adtoolTime:  n.Time.Given() || slices.ContainsFunc(n.For, func(o attacktree.Override) bool { return o.Time.Given() }),
			adtoolSkill: n.Skill != nil || slices.ContainsFunc(n.For, func(o attacktree.Override) bool { return o.Skill != nil }),
		} {
			x.has[k] = x.has[k] || given
		}
	}
	x.has[adtoolLikelihood] = x.has[adtoolLikelihood] || n.Likelihood.Given() || n.Assume.Given() || n.Rate.Given()
	for _, c := range x.acting[n.Name] {
		x.has[adtoolLikelihood] = x.has[adtoolLikelihood] || c.share < 1
		x.has[adtoolControlCost] = x.has[adtoolControlCost] || c.Cost.Given()
		key := adtoolDefence{c.Name, c.share}
		if _, named := x.defences[key]; !named {
			x.lost.add(x.written[c.Name], n.Span, "controls are written as one countermeasure for each share that they take off")
			x.written[c.Name] = true
			x.defences[key] = x.free(x.takenDefences, strings.Join(strings.Fields(cmp.Or(c.Label, c.Name)), " "), c.Name)
		}
	}

	for _, what := range x.undone[n.Name] {
		x.lost.add(true, n.Span, what)
	}
	x.lost.of(n)
	add := func(there bool, what string) { x.lost.add(there, n.Span, what) }
	add(!n.Likelihood.Certain() || !n.Assume.Certain() || !n.Cost.Certain() || !n.Time.Certain(), "uncertain numbers are written as their means")
	add(len(n.Access) > 0, "demands for access are left out")
	add(n.Gate == attacktree.Condition, "conditions are written as leaves, which are read as steps")
	add(n.Assume.Given(), "assumed nodes are written as leaves, without what is below them")
	add(n.Gate == attacktree.Seq && len(n.Children) > 1 && !leaf && !x.sand, "the order in a seq is left out, as there are controls; times are too short")
	add(n.Time.Given() && !leaf && !x.sand, "own steps of gates are written beside what they need; times are too short")
	add(x.several[n.Name], "shared nodes are written at each place, where ADTool counts them anew")
}

// free returns a label that is not taken: the text, or that with the name.
func (x *adtoolWriter) free(taken map[string]bool, text, name string) string {
	if taken[text] {
		text += " [" + name + "]"
	}
	return free(taken, text)
}

// node returns what a node becomes, at the given depth. It goes as deep as that
// may be.
func (x *adtoolWriter) node(name string, depth int) *adtoolNode {
	n, _ := x.tree.Node(name)
	out := x.element(n, x.labels[name], depth)
	if x.count[diag.Error] > 0 {
		return out
	}
	out.note = n.Note
	if n.Gate.Leaf() || n.Assume.Given() {
		x.number(out, n)
		x.counter(out, n, depth)
		return out
	}
	step, apart := x.steps[name]
	if !apart {
		x.refine(out, n, depth)
		x.counter(out, n, depth)
		return out
	}
	gate, own := out, x.element(n, step, depth+1)
	after := x.sand && x.has[adtoolTime]
	conjunctive := "conjunctive"
	switch {
	case n.Gate == attacktree.Seq && (x.sand || !after), n.Gate == attacktree.And && !after:
		x.refine(gate, n, depth)
	default: // the gate, and then the step
		gate = x.element(n, out.label+" - what it takes", depth+1)
		x.refine(gate, n, depth+1)
		if after {
			conjunctive = "sequential"
		}
		out.refinement, out.children = &conjunctive, []*adtoolNode{gate}
	}
	x.number(own, n)
	x.counter(own, n, depth+1)
	out.children = append(out.children, own)
	return out
}

// element begins one of the elements that a node becomes, within the limits.
func (x *adtoolWriter) element(n *attacktree.Node, label string, depth int) *adtoolNode {
	x.elements++
	const hint = "write a goal that lies further down, or write it as Open-PSA, where each node stands once"
	switch {
	case x.count[diag.Error] > 0:
	case x.elements > maxNodes:
		x.error("import-limit", n.Span, "written out as a tree, with a copy of what is shared at each place, the model has more than %d nodes; %q is one too many", maxNodes, n.Name).Hint = hint
	case depth > maxDepth-2: // an element of a node is within it
		x.error("nesting-too-deep", n.Span, "written out as a tree, the model is more than %d nodes deep; %q is one too many", maxDepth-2, n.Name).Hint = hint
	}
	leaf := "disjunctive"
	return &adtoolNode{at: n.Span, label: label, refinement: &leaf}
}

// refine gives an element the children and the refinement of a gate.
func (x *adtoolWriter) refine(out *adtoolNode, n *attacktree.Node, depth int) {
	refinement := "conjunctive"
	switch {
	case n.Gate == attacktree.Or, n.Gate == attacktree.AtLeast && n.K == 1:
		refinement = "disjunctive"
	case n.Gate == attacktree.Seq && x.sand:
		refinement = "sequential"
	case n.Gate == attacktree.AtLeast && n.K < len(n.Children):
		refinement = "disjunctive"
		out.refinement = &refinement
		x.choices(out, n, depth)
		return
	case n.Gate == attacktree.Not, n.Gate == attacktree.Xor:
		x.error("unsupported", n.Span, "ADTool cannot say a gate %v, as of the node %q", n.Gate, n.Name).Hint = sayNegation
		return
	}
	out.refinement = &refinement
	for _, c := range n.Children {
		if x.count[diag.Error] == 0 {
			out.children = append(out.children, x.node(c, depth+1))
		}
	}
}

// choices gives an element one child for each choice of k children of a gate.
func (x *adtoolWriter) choices(out *adtoolNode, n *attacktree.Node, depth int) {
	all := "conjunctive"
	chosen := make([]int, n.K)
	for i := range chosen {
		chosen[i] = i
	}
	for number := 1; x.count[diag.Error] == 0; number++ {
		choice := x.element(n, fmt.Sprintf("%s - choice %d", out.label, number), depth+1)
		choice.refinement = &all
		for _, i := range chosen {
			choice.children = append(choice.children, x.node(n.Children[i], depth+2))
		}
		out.children = append(out.children, choice)
		// The next choice, in lexical order.
		i := n.K - 1
		for i >= 0 && chosen[i] == len(n.Children)-n.K+i {
			i--
		}
		if i < 0 {
			return
		}
		chosen[i]++
		for j := i + 1; j < n.K; j++ {
			chosen[j] = chosen[j-1] + 1
		}
	}
}

// counter adds the controls on a node as its countermeasure.
func (x *adtoolWriter) counter(out *adtoolNode, n *attacktree.Node, depth int) {
	acting := x.acting[n.Name]
	into := out
	if len(acting) > 1 {
		into = x.element(n, "Controls on "+out.label, depth+1)
		into.defends = true
		out.children = append(out.children, into)
		depth++
	}
	for _, c := range acting {
		if x.count[diag.Error] > 0 {
			return
		}
		d := x.element(n, x.defences[adtoolDefence{c.Name, c.share}], depth+1)
		d.defends, d.note = true, c.Note
		x.parameter(d, adtoolLikelihood, c.share)
		x.parameter(d, adtoolControlCost, orNothing(c.Cost))
		into.children = append(into.children, d)
		if len(c.BypassedBy) == 0 {
			continue
		}
		by := d
		if len(c.BypassedBy) > 1 {
			by = x.element(n, "Against "+d.label, depth+2)
			d.children = append(d.children, by)
			depth++
		}
		for _, name := range c.BypassedBy {
			by.children = append(by.children, x.node(name, depth+2))
		}
		if by != d {
			depth--
		}
	}
}

// orNothing is the mean of a number, 0 if none is given.
func orNothing(v quantity.Value) float64 {
	if !v.Given() {
		return 0
	}
	return v.Mean()
}

// number gives a leaf the numbers of a node.
func (x *adtoolWriter) number(out *adtoolNode, n *attacktree.Node) {
	likelihood := chance(n.Likelihood)
	switch {
	case n.Assume.Given():
		likelihood = chance(n.Assume)
	case n.Rate.Given(): // no attack brings an accident about
		likelihood = 0
	}
	x.parameter(out, adtoolLikelihood, likelihood)
	if likelihood == 0 { // as ADTool says it in the other domains
		for _, k := range []int{adtoolCost, adtoolTime, adtoolSkill} {
			x.parameter(out, k, math.Inf(1))
		}
		return
	}
	x.parameter(out, adtoolCost, orNothing(n.Cost))
	x.parameter(out, adtoolTime, orNothing(n.Time))
	skill := 0
	if n.Skill != nil {
		skill = *n.Skill
	}
	x.parameter(out, adtoolSkill, float64(skill))
}

func (x *adtoolWriter) parameter(out *adtoolNode, kind int, value float64) {
	if !x.has[kind] {
		return
	}
	text := "Infinity"
	if !math.IsInf(value, 1) {
		text = strconv.FormatFloat(value, 'g', -1, 64)
	}
	out.values = append(out.values, adtoolValue{domain: x.domain(kind).id, text: text})
}

// An adtoolDomain is a domain as it is declared. One that ADTool does not know is
// defined by its operators, in the order of adtoolOperators or sandOperators.
type adtoolDomain struct {
	id, class string
	ranged    bool
	name      string
	says      string
	operators []string
}

var (
	adtoolOperators = []string{"op", "oo", "ap", "ao", "cp", "co", "opponentDefault", "proponentDefault", "oppModifiable", "proModifiable"}
	sandOperators   = []string{"or", "and", "sand", "defaultValue"}
)

var adtoolDomains = [adtoolKinds]adtoolDomain{
	adtoolCost:       {id: "MinCost1", class: "adtpredefined.MinCost"},
	adtoolLikelihood: {id: "ProbSucc2", class: "adtpredefined.ProbSucc"},
	adtoolTime:       {id: "MinTimePar3", class: "adtpredefined.MinTimePar"},
	adtoolSkill:      {id: "MinSkill4", class: "adtpredefined.MinSkill", ranged: true},
	adtoolControlCost: {id: "AdtRealDomain5", class: "custom.AdtRealDomain", name: "cost of controls", says: "what all countermeasures cost, each counted at every place",
		operators: []string{"x + y", "x + y", "x + y", "x + y", "x + y", "x + y", "0", "0", "true", "false"}},
}

var sandDomains = [adtoolKinds]adtoolDomain{
	adtoolCost: {id: "SandRealDomain1", class: "custom.SandRealDomain", name: "cost", says: "least cost of an attack",
		operators: []string{"min(x, y)", "x + y", "x + y", "Infinity"}},
	adtoolLikelihood: {id: "SandRealDomain2", class: "custom.SandRealDomain", name: "likelihood", says: "chance of success",
		operators: []string{"x + y - x * y", "x * y", "x * y", "0"}},
	adtoolTime: {id: "MinTime3", class: "sandpredefined.MinTime"},
	adtoolSkill: {id: "SandRealDomain4", class: "custom.SandRealDomain", name: "skill", says: "least skill of an attacker",
		operators: []string{"min(x, y)", "max(x, y)", "max(x, y)", "Infinity"}},
}

func (x *adtoolWriter) domain(kind int) *adtoolDomain {
	if x.sand {
		return &sandDomains[kind]
	}
	return &adtoolDomains[kind]
}

// Text.

func (x *adtoolWriter) print(w *bufio.Writer, root *adtoolNode) {
	tree, operators := "adtree", adtoolOperators
	if x.sand {
		tree, operators = "sandtree", sandOperators
	}
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>\n", tree)
	root.print(w, nil, 1)
	for k := range x.has {
		if !x.has[k] {
			continue
		}
		d := x.domain(k)
		fmt.Fprintf(w, "  <domain id=%s>\n", quote(d.id))
		text(w, 2, "class", "lu.uni.adtool.domains."+d.class)
		text(w, 2, "tool", "ADTool2")
		if d.ranged {
			text(w, 2, "range", "10")
		}
		if d.name != "" {
			text(w, 2, "name", d.name)
			text(w, 2, "description", d.says)
		}
		for i, op := range d.operators {
			text(w, 2, operators[i], op)
		}
		w.WriteString("  </domain>\n")
	}
	fmt.Fprintf(w, "</%s>\n", tree)
}

// maxIndented bounds how far nodes are indented, so that the text stays linear.
const maxIndented = 20

// print writes an element. It goes as deep as they are nested.
func (n *adtoolNode) print(w *bufio.Writer, parent *adtoolNode, depth int) {
	indent := strings.Repeat("  ", min(depth, maxIndented))
	role := ""
	if parent != nil && parent.defends != n.defends {
		role = ` switchRole="yes"`
	}
	fmt.Fprintf(w, "%s<node refinement=%s%s>\n", indent, quote(*n.refinement), role)
	inner := min(depth, maxIndented) + 1
	text(w, inner, "label", n.label)
	if n.note != "" {
		text(w, inner, "comment", n.note)
	}
	for _, v := range n.values {
		fmt.Fprintf(w, "%s  <parameter domainId=%s category=\"basic\">%s</parameter>\n", indent, quote(v.domain), v.text)
	}
	for _, c := range n.children {
		c.print(w, n, depth+1)
	}
	w.WriteString(indent + "</node>\n")
}

// text writes an element that holds a text.
func text(w *bufio.Writer, depth int, name, value string) {
	fmt.Fprintf(w, "%s<%s>", strings.Repeat("  ", depth), name)
	xml.EscapeText(w, []byte(value))
	fmt.Fprintf(w, "</%s>\n", name)
}
