package interchange

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// The language itself: from a model to syntax, which package dsl formats.

// WriteAtree writes a tree as one text in the language, in the standard style.
// Reading it gives a tree of the same digest: the same names, numbers and order,
// so every figure is the same too. Nodes stand in the block of the node that has
// them as a child where the order of the model allows it, and are used by name
// elsewhere. What was imported or copied is written out, and an uncertain number
// per period of a file with another period as one per period of this one.
// Comments, which a tree does not keep, are lost.
//
// A name with . or : in it, which only an import can give, is changed, with a
// warning. The error is a [diag.List], with nothing written, where the language
// has no words for something: gates not and xor, and in models that were built
// in Go some laws of chance. Otherwise it is that of w.
func WriteAtree(w io.Writer, t *attacktree.Tree) (diag.List, error) {
	x := &textWriter{report: &report{}, model: t.Model(), params: map[string]attacktree.Unit{}}
	x.rename()
	file := x.file()
	warnings := x.sorted()
	if err := warnings.Err(); err != nil {
		return nil, err
	}
	if _, err := w.Write(dsl.Format(file)); err != nil {
		return nil, fmt.Errorf("interchange: writing the model: %w", err)
	}
	return warnings, nil
}

// A textWriter turns a model into syntax.
type textWriter struct {
	*report
	model   *attacktree.Model
	params  map[string]attacktree.Unit
	renamed [nameSpaces]map[string]string
}

// A nameSpace is a kind of thing whose names differ from each other.
type nameSpace uint8

const (
	nodeNames nameSpace = iota
	controlNames
	paramNames
	assetNames
	adversaryNames
	elementNames
	nameSpaces
)

// rename finds other names for those that cannot be declared.
func (x *textWriter) rename() {
	var taken [nameSpaces]numbered
	var later []func()
	for space := range taken {
		taken[space], x.renamed[space] = numbered{}, map[string]string{}
	}
	see := func(space nameSpace, name string, at diag.Span) {
		if !strings.ContainsAny(name, ".:") {
			taken[space][name] = 1
			return
		}
		later = append(later, func() {
			plain := taken[space].free(plainNames.Replace(name))
			x.renamed[space][name] = plain
			x.warn("renamed", at, "%q is no name that can be declared; it is called %q", name, plain)
		})
	}
	m := x.model
	for _, n := range m.Nodes {
		see(nodeNames, n.Name, n.Span)
	}
	for _, c := range m.Controls {
		see(controlNames, c.Name, c.Span)
	}
	for _, s := range m.Sets {
		see(controlNames, s.Name, s.Span)
	}
	for _, p := range m.Params {
		see(paramNames, p.Name, p.Span)
	}
	for _, a := range m.Assets {
		see(assetNames, a.Name, a.Span)
	}
	for _, a := range m.Adversaries {
		see(adversaryNames, a.Name, a.Span)
	}
	if m.System != nil {
		for _, b := range m.System.Boundaries {
			see(elementNames, b.Name, b.Span)
		}
		for _, e := range m.System.Elements {
			see(elementNames, e.Name, e.Span)
		}
		for _, f := range m.System.Flows {
			see(elementNames, f.Name, f.Span)
		}
	}
	for _, choose := range later {
		choose()
	}
}

// name returns the name of something as it is written.
func (x *textWriter) name(space nameSpace, name string) dsl.Word {
	if other, ok := x.renamed[space][name]; ok {
		name = other
	}
	return word(name)
}

func (x *textWriter) names(space nameSpace, of []string) []dsl.Word {
	var out []dsl.Word
	for _, name := range of {
		out = append(out, x.name(space, name))
	}
	return out
}

func (x *textWriter) file() *dsl.File {
	m := x.model
	f := &dsl.File{}
	add := func(d dsl.Decl) { f.Decls = append(f.Decls, d) }
	if d := x.head(); d != nil {
		add(d)
	}
	for _, p := range m.Params {
		x.params[p.Name] = p.Unit
	}
	for _, a := range m.Assets {
		b := x.block(a.Span, "asset", a.Name)
		b.value("value", a.Value, attacktree.Money)
		b.word("kind", a.Kind)
		b.text("owner", a.Owner)
		b.text("note", a.Note)
		add(&dsl.Asset{Name: x.name(assetNames, a.Name), Label: label(a.Label), Body: b.body()})
	}
	for _, a := range m.Adversaries {
		add(x.adversary(a))
	}
	for _, p := range m.Params {
		b := x.block(p.Span, "param", p.Name)
		b.text("basis", p.Basis)
		b.text("note", p.Note)
		v := b.number(p.Value, p.Unit)
		if v == nil {
			continue
		}
		add(&dsl.Param{Name: x.name(paramNames, p.Name), Value: *v, Body: b.body()})
	}
	for _, c := range m.Correlations {
		b := x.block(c.Span, "correlation", strings.Join(c.Params, ", "))
		b.text("basis", c.Basis)
		b.text("note", c.Note)
		rank := &dsl.Number{Value: math.Abs(c.Rank), Unit: dsl.Share}
		add(&dsl.Correlate{Params: x.names(paramNames, c.Params), Negative: c.Rank < 0, Rank: rank, Body: b.body()})
	}
	if m.System != nil {
		add(x.system(m.System))
	}
	f.Decls = append(f.Decls, x.nodes()...)
	for _, c := range m.Controls {
		add(x.control(c))
	}
	for _, s := range m.Sets {
		add(&dsl.Set{Name: x.name(controlNames, s.Name), Members: x.names(controlNames, s.Members)})
	}
	for _, a := range m.Acceptances {
		add(x.acceptance(a))
	}
	return f
}

// head returns the declaration of the model, nil if it says nothing.
func (x *textWriter) head() dsl.Decl {
	m := x.model
	b := x.block(m.Span, "model", m.Title)
	b.word("currency", m.Currency)
	if m.Period > 0 {
		b.attr("period").Value = days(m.Period)
	}
	b.review(m.Review)
	b.text("owner", m.Owner)
	b.text("note", m.Note)
	d := &dsl.Model{Title: label(m.Title), Body: b.body()}
	if d.Title == nil && d.Body == nil {
		return nil
	}
	return d
}

func (x *textWriter) adversary(a *attacktree.Adversary) dsl.Decl {
	b := x.block(a.Span, "adversary", a.Name)
	b.value("budget", a.Budget, attacktree.Money)
	b.skill(a.Skill)
	b.value("time", a.Time, attacktree.Duration)
	b.value("attempts", a.Attempts, attacktree.Plain)
	if a.Access != nil && len(a.Access) == 0 {
		b.cannot("list an access that no step demands", "that somebody has no access at all")
	}
	b.words("access", a.Access)
	b.value("gain", a.Gain, attacktree.Money)
	b.text("note", a.Note)
	return &dsl.Adversary{Name: x.name(adversaryNames, a.Name), Label: label(a.Label), Body: b.body()}
}

// maxNested bounds how deep nodes are written within each other.
const maxNested = 12

// An openNode is a node whose block more children may still go into.
type openNode struct {
	children []string
	at       map[string]int // the place of each child
	next     int            // of the child that is to be written
	decl     *dsl.Node
}

// nodes returns the declarations of all nodes, such that they are read in the
// order of the model: a node goes into the block of the one before it, or of
// one around that, if it is its child and no child is left that would have to
// come first.
func (x *textWriter) nodes() []dsl.Decl {
	var top []dsl.Decl
	var open []*openNode
	declared := map[string]bool{}
	use := func(o *openNode, to int) {
		for ; o.next < to; o.next++ {
			o.decl.Body.Items = append(o.decl.Body.Items, &dsl.Use{Name: x.name(nodeNames, o.children[o.next])})
		}
	}
	for _, n := range x.model.Nodes {
		home := len(open) - 1
		for ; home >= 0; home-- {
			o := open[home]
			if i, is := o.at[n.Name]; is && i >= o.next && !n.Goal {
				break
			}
			if slices.ContainsFunc(o.children[o.next:], func(c string) bool { return !declared[c] }) {
				home = -1
				break
			}
		}
		home = max(home, -1)
		for i := len(open) - 1; i > home; i-- {
			use(open[i], len(open[i].children))
		}
		open = open[:home+1]
		d := x.node(n)
		if home < 0 {
			top = append(top, d)
		} else {
			o := open[home]
			use(o, o.at[n.Name])
			o.next++
			o.decl.Body.Items = append(o.decl.Body.Items, d)
		}
		declared[n.Name] = true
		if len(n.Children) == 0 {
			continue
		}
		if d.Body == nil {
			d.Body = &dsl.Block{}
		}
		o := &openNode{children: n.Children, decl: d, at: make(map[string]int, len(n.Children))}
		for i, c := range n.Children {
			o.at[c] = i
		}
		if len(open) == maxNested {
			use(o, len(o.children))
			continue
		}
		open = append(open, o)
	}
	for _, o := range slices.Backward(open) {
		use(o, len(o.children))
	}
	return top
}

// node returns a node without its children.
func (x *textWriter) node(n *attacktree.Node) *dsl.Node {
	d := &dsl.Node{Goal: n.Goal, Gate: word(n.Gate.String()), Name: x.name(nodeNames, n.Name), Label: label(n.Label)}
	b := x.block(n.Span, "node", n.Name)
	switch n.Gate {
	case attacktree.AtLeast:
		d.K = plain(float64(n.K))
	case attacktree.Not, attacktree.Xor:
		b.cannot(sayNegation, "a gate %v", n.Gate)
	}
	if len(n.Stride) > 0 {
		b.attr("stride").Words = spelled(n.Stride)
	}
	b.words("threat", n.Threats)
	b.names("asset", assetNames, n.Assets)
	b.names("at", elementNames, n.At)
	b.words("refs", n.Refs)
	b.words("tags", n.Tags)
	b.value("cost", n.Cost, attacktree.Money)
	b.value("likelihood", n.Likelihood, attacktree.Share)
	b.value("rate", n.Rate, attacktree.Plain)
	b.value("time", n.Time, attacktree.Duration)
	b.skill(n.Skill)
	b.words("access", n.Access)
	b.value("detection", n.Detection, attacktree.Share)
	b.value("assume", n.Assume, attacktree.Share)
	b.value("impact", n.Impact, attacktree.Money)
	b.value("attempts", n.Attempts, attacktree.Plain)
	b.basis(n.Basis)
	b.text("owner", n.Owner)
	b.text("note", n.Note)
	for _, o := range n.For {
		inner := x.block(n.Span, "node", n.Name)
		inner.value("cost", o.Cost, attacktree.Money)
		inner.value("likelihood", o.Likelihood, attacktree.Share)
		inner.value("time", o.Time, attacktree.Duration)
		inner.value("detection", o.Detection, attacktree.Share)
		inner.skill(o.Skill)
		b.add(&dsl.For{Adversaries: x.names(adversaryNames, o.Adversaries), Body: &dsl.Block{Items: inner.items}})
	}
	d.Body = b.body()
	return d
}

func (x *textWriter) control(c *attacktree.Control) dsl.Decl {
	b := x.block(c.Span, "control", c.Name)
	b.value("cost", c.Cost, attacktree.Money)
	if c.Status != attacktree.Proposed {
		b.word("status", c.Status.String())
	}
	b.word("kind", c.Kind)
	b.text("owner", c.Owner)
	b.review(c.Review)
	b.words("threat", c.Threats)
	b.words("refs", c.Refs)
	b.words("tags", c.Tags)
	b.basis(c.Basis)
	b.text("note", c.Note)
	for i := range c.Effects {
		x.effect(b, &c.Effects[i])
	}
	b.names("bypassed", nodeNames, c.BypassedBy)
	b.names("requires", controlNames, c.Requires)
	b.names("excludes", controlNames, c.Excludes)
	return &dsl.Control{Name: x.name(controlNames, c.Name), Label: label(c.Label), Body: b.body()}
}

// effect adds the changes of an effect, those that act on the same number in
// blocks of their own.
func (x *textWriter) effect(b *blockWriter, e *attacktree.Effect) {
	for rest := e.Changes; len(rest) > 0 || len(e.Changes) == 0; {
		on := x.block(b.at, b.kind, b.of)
		var later []attacktree.Change
		written := map[string]bool{}
		for i := range rest {
			c := &rest[i]
			key := c.Attribute.String()
			if c.Op == attacktree.Block {
				key = "block"
			}
			if written[key] {
				later = append(later, *c)
				continue
			}
			written[key] = true
			on.change(key, c)
		}
		b.add(&dsl.On{Targets: x.targets(e.Targets), Body: &dsl.Block{Items: on.items}})
		if rest = later; len(rest) == 0 {
			return
		}
	}
}

func (x *textWriter) acceptance(a *attacktree.Acceptance) dsl.Decl {
	d := &dsl.Accept{Reason: label(a.Reason)}
	if a.Element != "" {
		d.Target = dsl.Target{Kind: dsl.TargetElement, Name: x.name(elementNames, a.Element)}
		d.Stride = spelled(a.Stride)
	} else {
		d.Target = x.targets([]attacktree.Target{a.Target})[0]
	}
	b := x.block(a.Span, "acceptance", a.Reason)
	b.text("owner", a.Owner)
	b.date("until", a.Until)
	b.review(a.Review)
	b.text("note", a.Note)
	d.Body = b.body()
	return d
}

// system returns the diagram, its elements and boundaries such that each kind is
// read in the order of the model.
func (x *textWriter) system(s *attacktree.System) dsl.Decl {
	b := x.block(s.Span, "system", s.Label)
	b.text("owner", s.Owner)
	b.text("note", s.Note)
	d := &diagramWriter{textWriter: x, elements: map[string][]int{}, boundaries: map[string][]*attacktree.Boundary{}, system: s}
	for i, e := range s.Elements {
		d.elements[e.Boundary] = append(d.elements[e.Boundary], i)
	}
	for _, k := range s.Boundaries {
		d.boundaries[k.Parent] = append(d.boundaries[k.Parent], k)
	}
	d.write(b, "")
	for _, f := range s.Flows {
		inner := x.block(f.Span, "flow", f.Name)
		inner.names("asset", assetNames, f.Assets)
		inner.text("owner", f.Owner)
		inner.text("note", f.Note)
		b.add(&dsl.Flow{Name: x.name(elementNames, f.Name), From: x.name(elementNames, f.From), To: x.name(elementNames, f.To), Label: label(f.Label), Body: inner.body()})
	}
	return &dsl.System{Label: label(s.Label), Body: b.body()}
}

// A diagramWriter knows what stands directly in each boundary; "" is the system.
type diagramWriter struct {
	*textWriter
	system     *attacktree.System
	elements   map[string][]int
	boundaries map[string][]*attacktree.Boundary
}

// write adds what stands in a boundary, boundaries before the elements that come
// after theirs. It goes as deep as boundaries are nested.
func (d *diagramWriter) write(b *blockWriter, within string) {
	elements := d.elements[within]
	for _, k := range d.boundaries[within] {
		for len(elements) > 0 && elements[0] < d.first(k.Name) {
			b.add(d.element(elements[0]))
			elements = elements[1:]
		}
		inner := d.block(k.Span, "boundary", k.Name)
		inner.word("kind", k.Kind)
		inner.text("owner", k.Owner)
		inner.text("note", k.Note)
		d.write(inner, k.Name)
		b.add(&dsl.Boundary{Name: d.name(elementNames, k.Name), Label: label(k.Label), Body: inner.body()})
	}
	for _, e := range elements {
		b.add(d.element(e))
	}
}

// first returns the number of the first element within a boundary, -1 if there is none.
func (d *diagramWriter) first(boundary string) int {
	least := -1
	if own := d.elements[boundary]; len(own) > 0 {
		least = own[0]
	}
	for _, k := range d.boundaries[boundary] {
		if i := d.first(k.Name); i >= 0 && (least < 0 || i < least) {
			least = i
		}
	}
	return least
}

func (d *diagramWriter) element(i int) dsl.Item {
	e := d.system.Elements[i]
	b := d.block(e.Span, "element", e.Name)
	for _, c := range e.Components {
		b.word("component", c)
	}
	b.names("asset", assetNames, e.Assets)
	b.text("owner", e.Owner)
	b.text("note", e.Note)
	return &dsl.Element{Kind: word(e.Kind.String()), Name: d.name(elementNames, e.Name), Label: label(e.Label), Body: b.body()}
}

// A blockWriter gathers the items of a block. What is not given is left out.
type blockWriter struct {
	*textWriter
	at       diag.Span // of what the block belongs to
	kind, of string    // what it is, and its name
	items    []dsl.Item
}

func (x *textWriter) block(at diag.Span, kind, of string) *blockWriter {
	return &blockWriter{textWriter: x, at: at, kind: kind, of: of}
}

// cannot reports what the language has no words for, with what to do instead.
func (b *blockWriter) cannot(hint, format string, args ...any) {
	b.error("unsupported", b.at, "the language cannot say "+format+", as of the %s %q", append(args, b.kind, b.of)...).Hint = hint
}

// body returns the block, nil if nothing is in it.
func (b *blockWriter) body() *dsl.Block {
	if len(b.items) == 0 {
		return nil
	}
	return &dsl.Block{Items: b.items}
}

func (b *blockWriter) add(i dsl.Item) { b.items = append(b.items, i) }

func (b *blockWriter) attr(key string) *dsl.Attr {
	a := &dsl.Attr{Key: word(key)}
	b.add(a)
	return a
}

func (b *blockWriter) word(key, of string) {
	if of != "" {
		b.attr(key).Words = words([]string{of})
	}
}

func (b *blockWriter) words(key string, of []string) {
	if len(of) > 0 {
		b.attr(key).Words = words(of)
	}
}

func (b *blockWriter) names(key string, space nameSpace, of []string) {
	if len(of) > 0 {
		b.attr(key).Words = b.textWriter.names(space, of)
	}
}

func (b *blockWriter) text(key, of string) {
	switch {
	case of == "":
	case key == "basis":
		b.basis([]attacktree.Basis{{Text: of}})
	default:
		t := long(of)
		b.attr(key).Text = &t
	}
}

func (b *blockWriter) basis(of []attacktree.Basis) {
	for _, basis := range of {
		d := &dsl.Basis{Text: long(basis.Text)}
		if basis.Attribute != "" {
			w := word(basis.Attribute)
			d.Attr = &w
		}
		b.add(d)
	}
}

func (b *blockWriter) date(key string, of attacktree.Date) {
	if of != (attacktree.Date{}) {
		b.attr(key).Date = &dsl.Date{Year: of.Year, Month: int(of.Month), Day: of.Day}
	}
}

func (b *blockWriter) review(r attacktree.Review) {
	if r.Last != (attacktree.Date{}) {
		b.date("reviewed", r.Last)
		if r.Every > 0 {
			b.items[len(b.items)-1].(*dsl.Attr).Every = days(r.Every)
		}
	}
	b.date("review", r.Next)
}

func (b *blockWriter) skill(level *int) {
	if level != nil {
		b.attr("skill").Value = &dsl.Value{Expr: plain(float64(*level))}
	}
}

// value adds a number of some unit.
func (b *blockWriter) value(key string, v quantity.Value, unit attacktree.Unit) {
	if !v.Given() {
		return
	}
	if n := b.number(v, unit); n != nil {
		b.attr(key).Value = n
	}
}

// change adds what a control does to a number.
func (b *blockWriter) change(key string, c *attacktree.Change) {
	a := &dsl.Attr{Key: word(key)}
	if c.Op == attacktree.Block {
		b.add(a)
		return
	}
	op, unit := dsl.OpNone, attacktree.Plain
	switch c.Attribute {
	case attacktree.Likelihood, attacktree.Detection:
		unit = attacktree.Share
	case attacktree.Impact, attacktree.Cost:
		unit = attacktree.Money
	case attacktree.Time:
		unit = attacktree.Duration
	}
	switch c.Op {
	case attacktree.Multiply:
		op = dsl.OpTimes
		switch {
		case c.Reduction:
			op, unit = dsl.OpMinus, attacktree.Share
		case c.Attribute == attacktree.Impact:
			unit = attacktree.Share
		case unit != attacktree.Share:
			unit = attacktree.Plain
		}
	case attacktree.Subtract:
		op = dsl.OpMinus
	case attacktree.Add:
		op = dsl.OpPlus
	case attacktree.AtMost:
		op = dsl.OpAtMost
	}
	v := b.number(c.Value, unit)
	if v == nil {
		return
	}
	if c.Attribute == attacktree.Impact && op == dsl.OpMinus { // what is taken off is a share or money, as the number tells
		share := b.params[c.Value.Param] == attacktree.Share
		if c.Value.Param != "" && share != c.Reduction ||
			c.Value.Param == "" && !c.Reduction && c.Value.Dist.Kind == quantity.Point && c.Value.Dist.A <= 1 {
			b.cannot("take off a share by a reduction, and money by more than 1",
				"whether the effect -%v takes money off an impact, or a share", c.Value)
			return
		}
	}
	v.Op = op
	_, interval := v.Expr.(*dsl.Range)
	v.Parens = interval && op != dsl.OpNone
	a.Value = v
	b.add(a)
}

// number returns a number, certain or not, and reports a law that the language
// cannot give to a number of that unit.
func (b *blockWriter) number(v quantity.Value, unit attacktree.Unit) *dsl.Value {
	lit := func(x float64) *dsl.Number {
		return &dsl.Number{Value: x, Unit: [...]dsl.Unit{
			attacktree.Plain: dsl.Plain, attacktree.Share: dsl.Share, attacktree.Money: dsl.Plain, attacktree.Duration: dsl.Days}[unit]}
	}
	if v.Param != "" {
		r := &dsl.Ref{Name: b.name(paramNames, v.Param)}
		if v.Factor != 0 && v.Factor != 1 {
			r.Factor = plain(v.Factor)
		}
		return &dsl.Value{Expr: r}
	}
	d := v.Dist
	if f := v.Factor; f != 0 && f != 1 {
		if d.Kind == quantity.LogitNormal || d.Kind == quantity.Beta {
			b.cannot("make the number a param, which can be scaled", "the number %v", v)
			return nil
		}
		d.A, d.M, d.B = f*d.A, f*d.M, f*d.B // of the others, a multiple is of the same kind
	}
	call := func(name string, args ...dsl.Expr) *dsl.Value {
		return &dsl.Value{Expr: &dsl.Call{Func: word(name), Args: args}}
	}
	interval := &dsl.Range{Lo: lit(d.A), Hi: lit(d.B)}
	switch {
	case d.Kind == quantity.Point:
		return &dsl.Value{Expr: lit(d.A)}
	case d.Kind == quantity.Uniform:
		return call("uniform", lit(d.A), lit(d.B))
	case d.Kind == quantity.Triangular:
		return call("triangular", lit(d.A), lit(d.M), lit(d.B))
	case d.Kind == quantity.PERT:
		return call("pert", lit(d.A), lit(d.M), lit(d.B))
	case d.Kind == quantity.LogNormal && unit == attacktree.Share:
		return call("lognormal", interval)
	case d.Kind == quantity.LogNormal, d.Kind == quantity.LogitNormal && unit == attacktree.Share:
		return &dsl.Value{Expr: interval}
	case d.Kind == quantity.Beta && unit == attacktree.Share:
		return call("beta", plain(d.A), plain(d.B))
	}
	b.cannot("take an interval, or uniform, triangular or pert", "that a number of the unit %v is %v, %v", unit, d.Kind, v)
	return nil
}

// Pieces of syntax.

func word(text string) dsl.Word { return dsl.Word{Text: text} }

func words(of []string) []dsl.Word {
	out := make([]dsl.Word, len(of))
	for i, text := range of {
		out[i] = word(text)
	}
	return out
}

// spelled returns the words of a vocabulary.
func spelled[T fmt.Stringer](of []T) []dsl.Word {
	var out []dsl.Word
	for _, x := range of {
		out = append(out, word(x.String()))
	}
	return out
}

func (x *textWriter) targets(of []attacktree.Target) []dsl.Target {
	kinds := [...]dsl.TargetKind{attacktree.OnNode: dsl.TargetNode, attacktree.OnThreat: dsl.TargetThreat, attacktree.OnTag: dsl.TargetTag}
	var out []dsl.Target
	for _, t := range of {
		name := word(t.Name)
		if t.Kind == attacktree.OnNode {
			name = x.name(nodeNames, t.Name)
		}
		out = append(out, dsl.Target{Kind: kinds[t.Kind], Name: name})
	}
	return out
}

// label returns a text in a head, nil if there is none.
func label(text string) *dsl.Text {
	if text == "" {
		return nil
	}
	return &dsl.Text{Value: text}
}

// long returns a text, over several lines if it has them.
func long(text string) dsl.Text { return dsl.Text{Value: text, Long: strings.Contains(text, "\n")} }

func plain(x float64) *dsl.Number { return &dsl.Number{Value: x} }

func days(x float64) *dsl.Value { return &dsl.Value{Expr: &dsl.Number{Value: x, Unit: dsl.Days}} }
