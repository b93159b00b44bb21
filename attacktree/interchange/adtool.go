package interchange

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// The XML of ADTool 2 (Gadyatskaya, Jhawar, Kordy and others, Attack trees for
// practical security assessment, 2016): attack-defence trees (root element
// adtree) and attack trees with sequential conjunction (sandtree). Reading goes
// in two passes: the text becomes elements, elements become nodes and controls.

// ReadADTool reads a tree of ADTool 2. The model is to be checked by
// [attacktree.New], and means something only if the list has no errors.
//
// Nodes of the proponent become nodes, with names made of their labels. As in
// ADTool, leaves of one label and role are one event with one set of values, the
// last ones written; inner nodes are each their own. A countermeasure becomes
// controls: each of its leaves blocks the node that it counters, or lowers its
// likelihood by the chance that it has in a domain ProbSucc, and what counters it
// bypasses them. Where that cannot be said, since several only work together, or
// one serves twice and is not countered alike, the countered node is joined with
// conditions for their absence, on which the controls then act. Controls are
// proposed, if nothing else is said. A leaf that stands at several places, and is
// countered alike at each of them, is itself what is countered.
//
// Values are taken from the first domain of each kind: MinCost, ProbSucc, MinTime,
// MinTimeSeq, MinTimePar, ReachPar or ReachSeq (in days, since ADTool has no units),
// MinSkill, or DiffLMH and DiffLMHE as skill. A value of Infinity says that a step is
// impossible, and so does a false one of SatScenario, SatProp or SatOpp where there
// is no likelihood; a control that is true there is deployed. A value that is missing
// counts as not given, not as ADTool's default of the domain. PowerCons is left out.
// Of the domains that a file defines itself, those are read that [WriteADTool] writes.
func ReadADTool(goal string, f File) (*attacktree.Model, diag.List) {
	a := newADTool()
	a.read(f)
	return a.finish(goal, f.Name)
}

func newADTool() *adtool {
	a := &adtool{
		report: &report{}, class: map[string]string{},
		values: map[adtoolKey][]adtoolValue{}, uses: map[adtoolKey]int{}, contested: map[string]bool{},
		alike: map[*adtoolNode]int{}, lists: map[[2]int]int{}, countered: map[string]int{}, bypasses: map[int]string{}, guarded: map[string]string{},
		leaf: map[string]*attacktree.Node{}, missing: map[string]*attacktree.Node{}, control: map[string]*attacktree.Control{},
		nodes: numbered{}, controls: numbered{},
	}
	for _, set := range []string{"none", "deployed", "planned", "all"} { // which every tree has
		a.controls.free(set)
	}
	return a
}

// finish makes a model of the elements that were read.
func (a *adtool) finish(goal, file string) (*attacktree.Model, diag.List) {
	m := &attacktree.Model{File: file}
	if a.root == nil || a.full() || a.count[diag.Error] > 0 {
		return m, a.sorted()
	}
	if a.gather(); a.count[diag.Error] > 0 {
		return m, a.sorted()
	}
	a.compare()
	a.model = m
	m.Title, m.Span = a.root.label, a.root.at
	top := a.attack(a.root)
	depthFirst(m, top)
	a.chooseGoal(top, goal)
	return m, a.sorted()
}

// adtoolRoot finds the root element, behind the declaration and comments.
var adtoolRoot = regexp.MustCompile(`^\s*(<\?[^>]*\?>\s*|<!--(?s:.*?)-->\s*)*<(adtree|sandtree)[\s/>]`)

// isADTool reports whether an XML file has the root element of ADTool.
func isADTool(data []byte) bool {
	text, err := decode(data[:min(len(data), 1<<16)&^1])
	return err == nil && adtoolRoot.MatchString(text)
}

// adtool is a file on its way to a model.
type adtool struct {
	*report
	src  *diag.Source
	sand bool
	root *adtoolNode

	class  map[string]string // by domain
	kinds  [adtoolKinds]string
	values map[adtoolKey][]adtoolValue // of leaves
	uses   map[adtoolKey]int

	counters  []*adtoolNode       // countermeasures to attacks
	alike     map[*adtoolNode]int // subtrees that say the same have the same number
	countered map[string]int      // by label of a leaf: what counters it at all its places, as a number; -1 if that differs
	lists     map[[2]int]int      // lists of subtrees, each of another list and one more
	contested map[string]bool     // leaves of countermeasures that serve twice, and are not countered alike or need others in one place

	model    *attacktree.Model
	leaf     map[string]*attacktree.Node // by label
	guarded  map[string]string           // by label of a leaf that is countered alike at all its places: the node that stands for it
	bypasses map[int]string              // nodes that bypass, by what they say

	bypassing int                         // how many bypasses there are, of all leaves
	missing   map[string]*attacktree.Node // conditions, by the label of the leaf that they are the absence of
	control   map[string]*attacktree.Control
	nodes     numbered
	controls  numbered
}

// numbered are names that are taken, and how many were made of each.
type numbered map[string]int

// free returns a name that is not taken, and takes it: the one that is wanted,
// or that and a number.
func (n numbered) free(want string) string {
	name := want
	for n[name] > 0 {
		n[want]++
		name = fmt.Sprintf("%s-%d", want, n[want])
	}
	n[name] = 1
	return name
}

// An adtoolNode is an element node.
type adtoolNode struct {
	at         diag.Span
	refinement *string
	defends    bool // it is a node of the opponent
	label      string
	note       string
	values     []adtoolValue
	children   []*adtoolNode
}

// An adtoolKey is what makes leaves the same event.
type adtoolKey struct {
	defends bool
	label   string
}

// An adtoolValue is an element parameter.
type adtoolValue struct {
	domain string
	text   string
	at     diag.Span
}

// own returns the children that refine a node, and what counters it: the last
// child, if it is of the other role.
func (n *adtoolNode) own() (refining []*adtoolNode, counter *adtoolNode) {
	for _, c := range n.children {
		if c.defends == n.defends {
			refining = append(refining, c)
		}
	}
	if last := len(n.children) - 1; last >= 0 && n.children[last].defends != n.defends {
		counter = n.children[last]
	}
	return refining, counter
}

// load makes the text of a file the source, and reports whether it can be read.
func (a *adtool) load(f File) bool {
	a.src = diag.NewSource(f.Name, "")
	if len(f.Data) > MaxBytes {
		a.error("file-too-large", a.src.Span(0, 0), "the file has %d MB; at most %d are read", len(f.Data)>>20, MaxBytes>>20)
		return false
	}
	text, err := decode(f.Data)
	a.src = diag.NewSource(f.Name, text)
	if err != nil {
		a.error("bad-character", a.src.Span(0, 0), "%v", err)
	}
	return err == nil
}

// read makes elements of the text. Unknown ones are skipped, as ADTool does.
func (a *adtool) read(f File) {
	if !a.load(f) {
		return
	}
	if !newDocument(a.report).screen(a.src) {
		return
	}
	decoder := xml.NewDecoder(strings.NewReader(a.src.Text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	type open struct {
		name string      // empty if it is skipped
		node *adtoolNode // the innermost one
		text *string     // where the text goes
	}
	var stack []open
	domain, class, nodes := "", "", 0
	var defined, union string // the name of a domain that the file defines, and what a disjunction does there
	for {
		from := int(decoder.InputOffset())
		token, err := decoder.Token()
		at := a.src.Span(from, int(decoder.InputOffset()))
		if err == io.EOF {
			if a.root == nil {
				a.error("syntax", at, "expected an element node in the file, found none")
			}
			return
		}
		if err != nil {
			a.error("syntax", at, "no well-formed XML: %s", strings.TrimPrefix(err.Error(), "XML syntax error on "))
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				a.error("nesting-too-deep", at, "more than %d elements within each other", maxDepth)
				return
			}
			name := t.Name.Local
			e := open{name: name}
			parent := "" // of the root, and of what is skipped
			if len(stack) > 0 {
				e.node, parent = stack[len(stack)-1].node, stack[len(stack)-1].name
			}
			switch {
			case len(stack) == 0:
				if name != "adtree" && name != "sandtree" {
					a.error("syntax", at, "expected an element adtree or sandtree, found %s", name)
					return
				}
				a.sand = name == "sandtree"
			case name == "node" && (parent == "node" || len(stack) == 1):
				if nodes++; nodes > maxNodes {
					a.error("import-limit", at, "more than %d nodes", maxNodes)
					return
				}
				e.node = a.open(t, at, e.node)
			case name == "label" && parent == "node":
				e.text = &e.node.label
			case name == "comment" && parent == "node":
				e.text = &e.node.note
			case name == "parameter" && parent == "node":
				if c := attribute(t, "category"); c == nil || *c == "basic" {
					v := adtoolValue{at: at}
					if id := attribute(t, "domainId"); id != nil {
						v.domain = *id
					} else if kind := attribute(t, "name"); kind != nil {
						v.domain = " " + *kind // no id of a domain begins so
					}
					e.node.values = append(e.node.values, v)
					e.text = &e.node.values[len(e.node.values)-1].text
				}
			case name == "domain" && len(stack) == 1:
				domain, class, defined, union = "", "", "", ""
				if id := attribute(t, "id"); id != nil {
					domain = *id
				}
			case name == "class" && parent == "domain":
				e.text = &class
			case name == "name" && parent == "domain":
				e.text = &defined
			case (name == "op" || name == "or") && parent == "domain":
				e.text = &union
			default:
				e.name = ""
			}
			stack = append(stack, e)
		case xml.EndElement:
			if e := stack[len(stack)-1]; e.name == "domain" && len(stack) == 2 {
				class = strings.TrimSpace(class)
				class = class[strings.LastIndexByte(class, '.')+1:]
				if strings.HasSuffix(class, "RealDomain") || strings.HasSuffix(class, "IntDomain") {
					class = " " + strings.TrimSpace(defined) + " " + signs.Replace(union)
				}
				a.class[domain] = class
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				if to := stack[len(stack)-1].text; to != nil {
					if *to += string(t); len(*to) > maxTag {
						a.error("file-too-large", at, "a text of more than %d bytes", maxTag)
						return
					}
				}
			}
		}
	}
}

// open begins a node; parent is nil for the root, of which there is one.
func (a *adtool) open(t xml.StartElement, at diag.Span, parent *adtoolNode) *adtoolNode {
	n := &adtoolNode{at: at, refinement: attribute(t, "refinement")}
	s := attribute(t, "switchRole")
	switched := !a.sand && s != nil && (strings.EqualFold(*s, "yes") || strings.EqualFold(*s, "true"))
	switch {
	case parent != nil:
		n.defends = parent.defends != switched
		parent.children = append(parent.children, n)
	case a.root != nil:
		a.warn("left-out", at, "a second root; only the first one is read")
	default:
		a.root = n
		if switched {
			a.warn("left-out", at, "the root is the goal of a defender; the nodes of its role become attacks all the same")
		}
	}
	return n
}

func attribute(t xml.StartElement, name string) *string {
	for _, x := range t.Attr {
		if x.Name.Local == name {
			return &x.Value
		}
	}
	return nil
}

// What a domain is about.
const (
	adtoolCost = iota
	adtoolLikelihood
	adtoolTime
	adtoolSkill
	adtoolControlCost
	adtoolTruth
	adtoolKinds
)

// signs leaves of an expression what is neither blank nor parenthesis.
var signs = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", "(", "", ")", "")

var adtoolClasses = map[string]int{
	"MinCost": adtoolCost, "ProbSucc": adtoolLikelihood,
	"MinTime": adtoolTime, "MinTimeSeq": adtoolTime, "MinTimePar": adtoolTime, "ReachPar": adtoolTime, "ReachSeq": adtoolTime,
	"MinSkill": adtoolSkill, "DiffLMH": adtoolSkill, "DiffLMHE": adtoolSkill,
	"SatScenario": adtoolTruth, "SatProp": adtoolTruth, "SatOpp": adtoolTruth,
	" cost": adtoolCost, " likelihood": adtoolLikelihood, " difficulty": adtoolSkill, // of the TreeMaker

	// Domains that a file defines, by their name and what a disjunction does.
	" cost minx,y": adtoolCost, " likelihood x+y-x*y": adtoolLikelihood, " skill minx,y": adtoolSkill, " cost of controls x+y": adtoolControlCost,
}

// kind returns what a domain is about, false if nothing that a model has.
func (a *adtool) kind(domain string) (int, bool) {
	class, declared := a.class[domain]
	if !declared { // the id is the class and a number
		class = strings.TrimRight(domain, "0123456789")
	}
	k, ok := adtoolClasses[class]
	return k, ok
}

// gather goes through all nodes in written order, cleans their labels, and
// collects the values of leaves.
func (a *adtool) gather() {
	told := map[string]bool{}
	for todo := []*adtoolNode{a.root}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range slices.Backward(n.children) {
			todo = append(todo, c)
		}
		n.label = strings.Join(strings.Fields(n.label), " ")
		n.note = strings.TrimSpace(n.note)
		if n.label == "" {
			a.error("syntax", n.at, "expected a label in the node, found none")
		}
		refining, counter := n.own()
		for _, c := range n.children {
			if c.defends != n.defends && c != counter {
				a.warn("left-out", c.at, "only the last child of a node counters it; %q is left out", strings.Join(strings.Fields(c.label), " "))
			}
		}
		if counter != nil && !n.defends {
			a.counters = append(a.counters, counter)
		}
		if len(refining) > 0 {
			if n.refinement == nil {
				a.warn("left-out", n.at, "%q does not say its refinement; it is read as disjunctive", n.label)
			}
			if len(n.values) > 0 {
				a.warn("left-out", n.values[0].at, "the values of %q, which is no leaf, are left out", n.label)
			}
			continue
		}
		key := adtoolKey{n.defends, n.label}
		a.uses[key]++
		for _, v := range n.values {
			v.text = strings.TrimSpace(v.text)
			k, ok := a.kind(v.domain)
			switch {
			case ok && a.kinds[k] == "":
				a.kinds[k] = v.domain
				if k == adtoolTime {
					a.warn("left-out", v.at, "times have no unit in ADTool; they are read as days")
				}
			case ok && a.kinds[k] == v.domain:
			case told[v.domain]:
				continue
			default:
				told[v.domain] = true
				a.warn("left-out", v.at, "the values in the domain %q are left out", strings.TrimSpace(v.domain))
				continue
			}
			if a.kinds[k] != v.domain || !ok {
				continue
			}
			old := slices.IndexFunc(a.values[key], func(o adtoolValue) bool { return o.domain == v.domain })
			switch {
			case old < 0:
				a.values[key] = append(a.values[key], v)
			case a.values[key][old].text != v.text:
				a.warn("left-out", v.at, "%q has the value %s here and %s before; the last one written counts", n.label, v.text, a.values[key][old].text)
				a.values[key][old] = v
			}
		}
	}
}

// compare finds out which subtrees say the same, and which leaves are countered
// alike at all their places.
func (a *adtool) compare() {
	numbers := map[string]int{}
	a.tellApart(a.root, numbers)
	seen := map[string]int{} // by leaf of a countermeasure: what counters it on the way down to it
	for _, c := range a.counters {
		leaves, together := a.look(c)
		for _, l := range leaves {
			if a.uses[adtoolKey{true, l.label}] == 1 {
				continue
			}
			before, again := seen[l.label]
			if together || again && before != l.by {
				a.contested[l.label] = true
			}
			seen[l.label] = l.by
		}
	}
}

// tellApart numbers what a subtree says, and notes what counters its leaves. It
// goes as deep as the elements are nested.
func (a *adtool) tellApart(n *adtoolNode, numbers map[string]int) {
	refining, counter := n.own()
	by := 0
	if counter != nil {
		a.tellApart(counter, numbers)
		by = a.alike[counter]
	}
	var says strings.Builder
	if len(refining) == 0 {
		fmt.Fprint(&says, n.defends, by, "leaf ", n.label)
	} else {
		fmt.Fprint(&says, n.defends, by, a.gate(n).String())
		for _, c := range refining {
			a.tellApart(c, numbers)
			fmt.Fprint(&says, " ", a.alike[c])
		}
	}
	key := says.String()
	if numbers[key] == 0 {
		numbers[key] = len(numbers) + 1
	}
	a.alike[n] = numbers[key]
	if len(refining) > 0 || n.defends {
		return
	}
	if before, again := a.countered[n.label]; again && before != by {
		by = -1
	}
	a.countered[n.label] = by
}

// attack makes the node of a node of the proponent, and returns its name. It
// goes as deep as the elements are nested.
func (a *adtool) attack(n *adtoolNode) string {
	refining, counter := n.own()
	var node *attacktree.Node
	alike := len(refining) == 0 && a.countered[n.label] >= 0
	if len(refining) == 0 {
		if name, done := a.guarded[n.label]; done {
			return name
		}
		node = a.leaf[n.label]
		if node == nil {
			node = a.add(n, n.label, attacktree.Step)
			a.leaf[n.label] = node
			a.number(node, n)
		}
		if counter == nil {
			return node.Name
		}
		if !alike { // it is countered here, not everywhere
			name := node.Name
			node = a.add(n, n.label+" here", attacktree.Or)
			node.Children = []string{name}
		}
	} else {
		node = a.add(n, n.label, a.gate(n))
		seen := map[string]bool{}
		for _, c := range refining {
			if child := a.attack(c); !seen[child] {
				seen[child] = true
				node.Children = append(node.Children, child)
			}
		}
	}
	name := node.Name
	if counter != nil && a.acts(counter) {
		a.counter(name, counter, nil)
	} else if counter != nil {
		guarded := a.add(n, n.label+" unopposed", attacktree.And)
		guarded.Children = []string{name, a.absence(counter)}
		name = guarded.Name
	}
	if alike {
		a.guarded[n.label] = name
	}
	return name
}

// acts reports whether the leaves of a countermeasure can act on what it counters
// by themselves.
func (a *adtool) acts(n *adtoolNode) bool {
	leaves, together := a.look(n)
	return !together && !slices.ContainsFunc(leaves, func(l adtoolDefender) bool { return a.contested[l.label] })
}

// An adtoolDefender is a leaf of a countermeasure, and what counters it and the
// nodes above it.
type adtoolDefender struct {
	*adtoolNode
	by int // a number for the list of these
}

// look returns the leaves of a countermeasure, and whether some of them only work
// together.
func (a *adtool) look(n *adtoolNode) (leaves []adtoolDefender, together bool) {
	for todo := []adtoolDefender{{n, 0}}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		refining, counter := n.own()
		if counter != nil {
			list := [2]int{n.by, a.alike[counter]}
			if a.lists[list] == 0 {
				a.lists[list] = len(a.lists) + 1
			}
			n.by = a.lists[list]
		}
		together = together || len(refining) > 1 && a.gate(n.adtoolNode) != attacktree.Or
		if len(refining) == 0 {
			leaves = append(leaves, n)
		}
		for _, c := range refining {
			todo = append(todo, adtoolDefender{c, n.by})
		}
	}
	return leaves, together
}

// counter lets the leaves of a countermeasure act on a node, until one of by is
// reached.
func (a *adtool) counter(target string, n *adtoolNode, by []string) {
	if a.bypassing > maxNodes {
		return
	}
	refining, counter := n.own()
	if counter != nil {
		by = append(slices.Clone(by), a.bypass(counter))
	}
	if len(refining) == 0 {
		c := a.protect(target, n)
		c.BypassedBy = by // the same for each place of the leaf
		if a.bypassing += len(by); a.bypassing > maxNodes {
			a.error("import-limit", n.at, "countermeasures are countered in more than %d ways", maxNodes)
		}
	}
	for _, c := range refining {
		a.counter(target, c, by)
	}
}

// bypass makes the node of what counters a countermeasure, once for all places
// that say the same, and returns its name.
func (a *adtool) bypass(n *adtoolNode) string {
	name, made := a.bypasses[a.alike[n]]
	if !made {
		name = a.attack(n)
		a.bypasses[a.alike[n]] = name
	}
	return name
}

// absence makes the node that is reached where a countermeasure does not work,
// and returns its name: where it is countered, or enough of it is not in place.
func (a *adtool) absence(n *adtoolNode) string {
	refining, counter := n.own()
	var node *attacktree.Node
	if len(refining) == 0 {
		if node = a.missing[n.label]; node == nil {
			node = a.add(n, "no "+n.label, attacktree.Condition)
			a.missing[n.label] = node
			a.protect(node.Name, n)
		}
	} else {
		gate := attacktree.And
		if a.gate(n) != attacktree.Or {
			gate = attacktree.Or
		}
		node = a.add(n, "no "+n.label, gate)
		seen := map[string]bool{}
		for _, c := range refining {
			if child := a.absence(c); !seen[child] {
				seen[child] = true
				node.Children = append(node.Children, child)
			}
		}
	}
	if counter == nil {
		return node.Name
	}
	either := a.add(n, n.label+" fails", attacktree.Or)
	either.Children = []string{node.Name, a.bypass(counter)}
	return either.Name
}

// protect adds an effect of a leaf of a countermeasure on a node.
func (a *adtool) protect(target string, n *adtoolNode) *attacktree.Control {
	c := a.control[n.label]
	if c == nil {
		c = &attacktree.Control{Name: a.controls.free(slug(n.label)), Label: n.label, Note: n.note, Span: n.at}
		a.control[n.label] = c
		a.model.Controls = append(a.model.Controls, c)
		kind := adtoolControlCost
		if a.kinds[kind] == "" {
			kind = adtoolCost
		}
		if v, ok := a.value(n, kind); ok && !math.IsInf(v, 1) {
			c.Cost = quantity.Exactly(v)
		}
		if v, ok := a.value(n, adtoolTruth); ok && v == 1 {
			c.Status = attacktree.Deployed
		}
	}
	change := attacktree.Change{Op: attacktree.Block}
	if v, ok := a.value(n, adtoolLikelihood); ok && v < 1 {
		change = attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: quantity.Exactly(v), Reduction: true}
	}
	c.Effects = append(c.Effects, attacktree.Effect{
		Targets: []attacktree.Target{{Name: target}}, Changes: []attacktree.Change{change}, Span: n.at,
	})
	return c
}

// add makes a node with a free name.
func (a *adtool) add(n *adtoolNode, label string, gate attacktree.Gate) *attacktree.Node {
	node := &attacktree.Node{Name: a.nodes.free(slug(label)), Label: label, Gate: gate, Note: n.note, Span: n.at}
	if label == node.Name {
		node.Label = ""
	}
	a.model.Nodes = append(a.model.Nodes, node)
	return node
}

func (a *adtool) gate(n *adtoolNode) attacktree.Gate {
	switch {
	case n.refinement == nil:
		return attacktree.Or
	case a.sand && *n.refinement == "disjunctive":
		return attacktree.Or
	case a.sand && *n.refinement == "conjunctive":
		return attacktree.And
	case a.sand:
		return attacktree.Seq
	case strings.EqualFold(*n.refinement, "disjunctive"), strings.EqualFold(*n.refinement, "or"):
		return attacktree.Or
	}
	return attacktree.And
}

// number gives a step its values.
func (a *adtool) number(node *attacktree.Node, n *adtoolNode) {
	impossible := false
	for k, to := range [...]*quantity.Value{adtoolCost: &node.Cost, adtoolLikelihood: &node.Likelihood, adtoolTime: &node.Time} {
		if v, ok := a.value(n, k); ok && math.IsInf(v, 1) {
			impossible = true
		} else if ok {
			*to = quantity.Exactly(v)
		}
	}
	if v, ok := a.value(n, adtoolSkill); ok && math.IsInf(v, 1) {
		impossible = true
	} else if ok {
		node.Skill = new(int(v))
	}
	if v, ok := a.value(n, adtoolTruth); ok && v == 0 && !node.Likelihood.Given() {
		impossible = true
	}
	if impossible {
		node.Likelihood = quantity.Exactly(0)
	}
}

// adtoolLevels are the difficulties low, medium, high and extreme, as skill.
var adtoolLevels = map[string]float64{"L": 2, "M": 5, "H": 8, "E": 10}

// value reads the value of a leaf in the domain of some kind.
func (a *adtool) value(n *adtoolNode, k int) (float64, bool) {
	values := a.values[adtoolKey{n.defends, n.label}]
	i := slices.IndexFunc(values, func(v adtoolValue) bool { return v.domain == a.kinds[k] })
	if i < 0 {
		return 0, false
	}
	v := values[i]
	x, err := strconv.ParseFloat(v.text, 64)
	expected := "a number of at least 0"
	ok := err == nil && x >= 0
	switch k {
	case adtoolTruth:
		if expected, ok = "true or false", strings.EqualFold(v.text, "true"); ok {
			x = 1
		} else {
			x, ok = 0, strings.EqualFold(v.text, "false")
		}
	case adtoolLikelihood:
		expected, ok = "a likelihood from 0 to 1", ok && x <= 1
	case adtoolSkill:
		if level, known := adtoolLevels[v.text]; known {
			x, ok = level, true
		}
		expected, ok = "a whole number from 0 to 10, or one of L M H E", ok && (x <= 10 && x == math.Trunc(x) || math.IsInf(x, 1))
	}
	if !ok {
		a.warn("left-out", v.at, "the value of %q is left out: expected %s, found %q", n.label, expected, v.text)
	}
	return x, ok
}

// chooseGoal makes the root the goal, or another node that is asked for.
func (a *adtool) chooseGoal(root, goal string) {
	if goal == "" {
		goal = root
	}
	for _, n := range a.model.Nodes {
		if n.Name == goal {
			n.Goal = true
			return
		}
	}
	p := a.error("undefined-name", a.root.at, "no node is called %q", goal)
	p.Hint = fmt.Sprintf("the root is called %q", root)
}
