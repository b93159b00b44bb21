package interchange

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// From definitions to a model: names that the language could write, and a node
// for each definition and for each formula within a formula.

// A builder makes a model of a document.
type builder struct {
	*document
	model  *attacktree.Model
	taken  map[string]bool // names of nodes
	size   int             // of these names, in bytes
	params map[string]bool // names of params
	truths [2]string       // the nodes that are always false and always true
	nots   map[string]string
	odd    diag.Span     // of the first not or xor
	needed []*definition // parameters
}

// nameAll gives every definition the name of its node or param. Names that need
// no change go first, so that none of them is taken by one that does.
func (b *builder) nameAll() {
	b.taken, b.params, b.nots = map[string]bool{}, map[string]bool{}, map[string]string{}
	var rest []*definition
	for _, d := range b.defs {
		name := d.fullName()
		if b.size += len(name); b.size > maxNames {
			b.error("import-limit", d.at, "the names have more than %d MB", maxNames>>20)
			return
		}
		if taken := b.names(d.kind); isNodeName(name) && !taken[name] {
			taken[name] = true
			d.node = name
			continue
		}
		rest = append(rest, d)
	}
	for _, d := range rest {
		name, taken := d.fullName(), b.names(d.kind)
		d.node = free(taken, slug(name))
		why := "is no name of the language"
		if isNodeName(name) {
			why = "is the name of something else too"
		}
		b.warn("renamed", d.at, "%q %s; the %v is called %q here", name, why, d.kind, d.node)
		if d.label == "" {
			d.label = d.name
		}
	}
}

func (b *builder) names(k kind) map[string]bool {
	if k == parameter {
		return b.params
	}
	return b.taken
}

// fullName is the name of what is public, and the path of what is private.
func (d *definition) fullName() string {
	if !d.private {
		return d.name
	}
	parts := []string{d.name}
	for c := d.within; c.parent != nil; c = c.parent {
		parts = append(parts, c.name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}

// isNodeName reports whether the language could write the name of a node: a
// letter, then letters, digits from 0 to 9 and _, with - . or : between two of these.
func isNodeName(name string) bool {
	joined := true
	for i, r := range name {
		switch {
		case unicode.IsLetter(r), i > 0 && (isDigit(r) || r == '_'):
			joined = false
		case !joined && (r == '-' || r == '.' || r == ':'):
			joined = true
		default:
			return false
		}
	}
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "threat", "tag", "at":
		return false
	}
	return !joined
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// slug makes a name of the language out of any text.
func slug(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
		case b.Len() == 0 && (isDigit(r) || r == '_'):
			b.WriteByte('n')
		case isDigit(r), r == '_':
		default:
			r = '_'
			if b.Len() == 0 {
				b.WriteByte('n')
			}
		}
		b.WriteRune(r)
	}
	if name := b.String(); isNodeName(name) {
		return name
	}
	return b.String() + "_" // threat, tag and at are words of the language
}

// free returns a name that is not taken, and takes it: the one that is wanted,
// or that and a number.
func free(taken map[string]bool, want string) string {
	name := want
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", want, i)
	}
	taken[name] = true
	return name
}

// build makes the nodes and params.
func (b *builder) build() {
	for _, d := range b.defs {
		if b.full() {
			return
		}
		if d.kind == parameter {
			continue
		}
		n := b.add(d.node, d.at)
		n.Label = d.label
		switch d.kind {
		case gate:
			if d.body != nil {
				b.gate(n, d, d.body)
			}
		case houseEvent:
			n.Gate = attacktree.Condition
			if d.body != nil && d.body.value == 0 {
				n.Likelihood = quantity.Exactly(0)
			}
		case basicEvent:
			if d.body != nil {
				n.Likelihood = b.number(d, d.body)
			}
		}
	}
	b.addParams()
	if !b.odd.IsZero() {
		b.warn("not-coherent", b.odd, "not and xor: one step more can undo an attack, so there is no best attack, least skill or step that all need")
	}
}

// add adds a node. One that is past the limit is not kept.
func (b *builder) add(name string, at diag.Span) *attacktree.Node {
	n := &attacktree.Node{Name: name, Span: at}
	switch size := len(b.model.Nodes); {
	case size < maxNodes:
		b.model.Nodes = append(b.model.Nodes, n)
	case b.count[diag.Error] <= maxProblems:
		b.error("import-limit", at, "the model has more than %d nodes", maxNodes)
		b.count[diag.Error] = maxProblems + 1 // nothing that follows matters
	}
	return n
}

var gates = map[string]attacktree.Gate{
	"and": attacktree.And, "or": attacktree.Or, "not": attacktree.Not, "xor": attacktree.Xor, "atleast": attacktree.AtLeast,
}

// gate makes a node of a formula of definition d. The parser bounds how deep
// formulas nest. A child that is there already says nothing new to and and or; to
// others it counts once more, by a node that stands for it.
func (b *builder) gate(n *attacktree.Node, d *definition, f *formula) {
	args := f.args
	if kind, is := gates[f.op]; is {
		n.Gate = kind
	} else { // the gate is another name for one event
		n.Gate, args = attacktree.Or, []*formula{f}
	}
	switch n.Gate {
	case attacktree.AtLeast:
		n.K = f.min
	case attacktree.Not, attacktree.Xor:
		if b.odd.IsZero() {
			b.odd = f.at
		}
	}
	there := make(map[string]bool, len(args))
	for _, arg := range args {
		name := b.event(d, arg)
		switch {
		case name == "" || b.full():
			continue
		case there[name] && (n.Gate == attacktree.And || n.Gate == attacktree.Or):
			continue
		case there[name]:
			again := b.add(b.inner(d), arg.at)
			again.Gate, again.Children = attacktree.Or, []string{name}
			name = again.Name
		}
		there[name] = true
		n.Children = append(n.Children, name)
	}
}

// event returns the name of the node that a formula is, which is made if need
// be; "" if there is none.
func (b *builder) event(d *definition, f *formula) string {
	switch {
	case f.node != "" || f.op == refused || b.full():
	case f.op == "constant":
		f.node = b.truth(f)
	case f.types != nil:
		if to := b.resolve(d, f); to != nil {
			f.node = to.node
		}
	case f.op == "not" && len(f.args) == 1 && f.args[0].types != nil: // one for all that say so
		of := b.event(d, f.args[0])
		if of == "" {
			return ""
		}
		if b.nots[of] == "" {
			b.nots[of] = free(b.taken, "not-"+of)
			b.gate(b.add(b.nots[of], f.at), d, f)
		}
		f.node = b.nots[of]
	default:
		f.node = b.inner(d)
		b.gate(b.add(f.node, f.at), d, f)
	}
	return f.node
}

// inner names a node that stands for a formula within definition d.
func (b *builder) inner(d *definition) string {
	for {
		d.inner++
		if name := fmt.Sprintf("%s-%d", d.node, d.inner); !b.taken[name] {
			b.taken[name] = true
			return name
		}
	}
}

// truth returns the node that stands for a constant.
func (b *builder) truth(f *formula) string {
	i, word := 0, "never"
	if f.value != 0 {
		i, word = 1, "always"
	}
	if b.truths[i] == "" {
		n := b.add(free(b.taken, word), f.at)
		n.Gate = attacktree.Condition
		if i == 0 {
			n.Likelihood = quantity.Exactly(0)
		}
		b.truths[i] = n.Name
	}
	return b.truths[i]
}

// resolve finds what a reference in definition d says: a path or name from its
// container, or from one of those around it, or else the name of what is public.
func (b *builder) resolve(d *definition, f *formula) *definition {
	var found []*definition
	for _, k := range f.types {
		if to := b.lookup(d.within, key{k, f.name}); to != nil {
			found = append(found, to)
		}
	}
	switch len(found) {
	case 1:
		found[0].used = found[0].used || d.kind == gate
		return found[0]
	case 0:
		b.undefined(f)
		return nil
	}
	b.error("duplicate-name", f.at, "%q is the name of a %v and of a %v", f.name, found[0].kind, found[1].kind).
		Hint = "say which with type=\"…\""
	return nil
}

func (b *builder) lookup(from *container, k key) *definition {
	parts := strings.Split(k.name, ".")
	last := key{k.kind, parts[len(parts)-1]}
	for c := from; c != nil; c = c.parent {
		in := c
		for _, part := range parts[:len(parts)-1] {
			if in = in.children[part]; in == nil {
				break
			}
		}
		if in != nil && in.members[last] != nil {
			return in.members[last]
		}
	}
	return b.public[k]
}

// undefined reports a reference to nothing.
func (b *builder) undefined(f *formula) {
	what := "event"
	if len(f.types) == 1 {
		what = f.types[0].String()
	}
	p := b.error("undefined-name", f.at, "no %s is called %q", what, f.name)
	if b.nearest++; b.nearest > maxNearest {
		return
	}
	var names []string
	for _, d := range b.defs {
		switch {
		case slices.Contains(f.types, d.kind):
			names = append(names, d.name)
		case d.name == f.name:
			p.Hint = fmt.Sprintf("%q is a %v", d.name, d.kind)
			return
		}
	}
	p.Hint = diag.Suggest(f.name, names)
}

// number returns the probability that an expression of definition d gives.
func (b *builder) number(d *definition, f *formula) quantity.Value {
	switch f.op {
	case refused:
		return quantity.Value{}
	case "float", "int", "bool":
		if f.value < 0 || f.value > 1 {
			b.error("likelihood-range", f.at, "the probability %v of %q does not lie between 0 and 1", f.value, d.name)
		}
		return quantity.Exactly(f.value)
	case "parameter":
		to := b.resolve(d, f)
		if to == nil {
			return quantity.Value{}
		}
		if !to.used {
			to.used = true
			b.needed = append(b.needed, to)
		}
		return quantity.OfParam(to.node, quantity.Dist{}, 1)
	}
	b.error("unsupported", f.at, "expected a number or a parameter as the value of %q, found <%s>", d.name, f.op).
		Hint = "write the probability that it comes to"
	return quantity.Value{}
}

// addParams adds the parameters that probabilities refer to, and those that
// these refer to, in written order.
func (b *builder) addParams() {
	value := map[*definition]quantity.Value{}
	for i := 0; i < len(b.needed); i++ {
		if d := b.needed[i]; d.body != nil {
			value[d] = b.number(d, d.body)
		}
	}
	for _, d := range b.defs {
		if v, ok := value[d]; ok {
			b.model.Params = append(b.model.Params, &attacktree.Param{Name: d.node, Value: v, Unit: attacktree.Share, Note: d.label, Span: d.at})
		}
	}
}

// chooseGoals makes goals of the gate that is asked for, or of those that no
// other gate uses.
func (b *builder) chooseGoals(goal string) {
	nodes := make(map[string]*attacktree.Node, len(b.model.Nodes))
	for _, n := range b.model.Nodes {
		nodes[n.Name] = n
	}
	var first *attacktree.Node
	var names []string
	some := false
	for _, d := range b.defs {
		n := nodes[d.node]
		if d.kind != gate || n == nil {
			continue
		}
		if first == nil {
			first = n
		}
		names = append(names, d.node)
		if goal == "" && !d.used || goal != "" && (d.node == goal || d.fullName() == goal) {
			n.Goal, some = true, true
		}
	}
	switch {
	case some:
	case goal != "":
		b.error("undefined-name", b.span, "no gate is called %q, so there is nothing to analyse", goal).
			Hint = diag.Suggest(goal, names)
	case first == nil && b.count[diag.Error] > 0: // the gate is perhaps among what was refused
	case first == nil:
		b.error("no-goal", b.span, "the model defines no gate, so there is nothing to analyse")
	default:
		first.Goal = true // all are used, so there is a cycle, which is what will be told
	}
}
