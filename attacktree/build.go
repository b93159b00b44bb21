package attacktree

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/stride"
)

// From syntax to a Model: files become parts, parts give their declarations
// full names, and literals become numbers of the unit that their attribute
// takes. Whether names are declared and numbers in range is for the checks.

// A part is what one file adds to the model: once for a file that is imported,
// however often, and once more for each copy of it.
type part struct {
	source *source
	prefix string           // in front of its names: empty for the root, else ending in a dot
	links  map[string]*part // its imports and copies by name; nil: could not be read
	parent *part            // of a copy: who copies it
	copy   *dsl.Copy        // nil: imported
	scale  float64          // the model's period by that of the file
}

// name returns the full name of a word that stands in the part's file.
func (p *part) name(word string) string {
	for {
		first, rest, dotted := strings.Cut(word, ".")
		next := p.links[first]
		if !dotted || next == nil {
			return p.prefix + word
		}
		p, word = next, rest
	}
}

// owner returns the part in which the word's declaration would stand.
func (p *part) owner(word string) *part {
	for {
		first, rest, dotted := strings.Cut(word, ".")
		next := p.links[first]
		if !dotted || next == nil {
			return p
		}
		p, word = next, rest
	}
}

// freshIn reports whether p is the copy q, or copied by it.
func (p *part) freshIn(q *part) bool {
	for ; p != nil && p.copy != nil; p = p.parent {
		if p == q {
			return true
		}
	}
	return false
}

// A builder turns parts into a model.
type builder struct {
	*reader
	m        *Model
	parts    []*part
	p        *part                        // whose text is being read
	params   map[string]*paramText        // by full name
	nodes    map[string]*Node             // by full name; filled if copies replace numbers of nodes
	replaced map[any]map[string]*dsl.Attr // attributes that copies replaced
	slips    diag.List                    // in how numbers are written
}

// build makes the model of the files that were read.
func (r *reader) build() *builder {
	root := r.sources[0]
	b := &builder{
		reader: r,
		m:      &Model{File: root.file.Source.Name, Span: root.file.Source.Span(0, 0)},
		params: map[string]*paramText{}, nodes: map[string]*Node{}, replaced: map[any]map[string]*dsl.Attr{},
	}
	b.spread(root)
	b.settleCurrency()
	b.declareParams()
	for _, p := range b.parts {
		b.p = p
		for _, d := range p.source.file.Decls {
			b.declaration(d)
		}
		if len(b.m.Nodes) > b.l.maxNodes() {
			b.report("import-limit", p.span(), "the tree has more nodes than the limit, which is %d", b.l.maxNodes())
			break
		}
	}
	b.replaceNodes()
	return b
}

// span is where the part is asked for; the start of the file for the root.
func (p *part) span() diag.Span {
	if p.copy != nil {
		return p.copy.Path.Span
	}
	return p.source.file.Source.Span(0, 0)
}

// spread makes the parts, breadth first in written order, so that a file that
// is imported on several ways has the name of the first.
func (b *builder) spread(root *source) {
	b.parts = []*part{{source: root, scale: 1}}
	imported := map[*source]*part{root: b.parts[0]}
	for i := 0; i < len(b.parts); i++ {
		from := b.parts[i]
		from.links = map[string]*part{}
		for _, ln := range from.source.links {
			if ln.to == nil {
				continue
			}
			if p := imported[ln.to]; p != nil && ln.copy == nil {
				from.links[ln.name.Text] = p
				continue
			}
			if len(b.parts) >= b.l.maxFiles() {
				b.report("import-limit", ln.path.Span, "the tree is made of more files and copies than the limit, which is %d", b.l.maxFiles())
				return
			}
			p := &part{source: ln.to, prefix: from.prefix + ln.name.Text + ".", copy: ln.copy, scale: 1}
			if ln.copy != nil {
				p.parent = from
			} else {
				imported[ln.to] = p
			}
			from.links[ln.name.Text] = p
			b.parts = append(b.parts, p)
		}
	}
}

// settleCurrency reads the periods and refuses a second currency.
func (b *builder) settleCurrency() {
	period := func(s *source) float64 {
		days := 365.0
		if a := s.attr("period"); a != nil && a.Value != nil {
			if n, ok := a.Value.Expr.(*dsl.Number); ok && n.Unit == dsl.Days && n.Value > 0 {
				days = n.Value
			}
		}
		return days
	}
	var first diag.Span
	for _, p := range b.parts {
		p.scale = period(b.parts[0].source) / period(p.source)
		a := p.source.attr("currency")
		if a == nil || len(a.Words) == 0 {
			continue
		}
		switch w := a.Words[0]; b.m.Currency {
		case "":
			b.m.Currency, first = w.Text, w.Span
		case w.Text:
		default:
			b.report("currency-mismatch", w.Span, "the currency is %s here and %s elsewhere in this tree", w.Text, b.m.Currency).
				Related = []diag.Related{{Message: "the other currency", Span: first}}
		}
	}
}

// attr returns an attribute of the file's model, nil if it is not given.
func (s *source) attr(key string) *dsl.Attr {
	if s.model == nil || s.model.Body == nil {
		return nil
	}
	for _, item := range s.model.Body.Items {
		if a, ok := item.(*dsl.Attr); ok && a.Key.Text == key {
			return a
		}
	}
	return nil
}

// Declarations.

func (b *builder) declaration(d dsl.Decl) {
	m := b.m
	switch d := d.(type) {
	case *dsl.Model:
		if b.p == b.parts[0] && d == b.p.source.model {
			b.model(d)
		}
	case *dsl.Asset:
		if d.Name.Text != "" {
			m.Assets = append(m.Assets, b.asset(d))
		}
	case *dsl.Adversary:
		if d.Name.Text != "" {
			m.Adversaries = append(m.Adversaries, b.adversary(d))
		}
	case *dsl.Node:
		b.node(d)
	case *dsl.Control:
		if d.Name.Text != "" {
			m.Controls = append(m.Controls, b.control(d))
		}
	case *dsl.Set:
		if d.Name.Text != "" {
			set := &Set{Name: b.p.prefix + d.Name.Text, Span: d.Name.Span}
			for _, w := range d.Members {
				if _, given := givenSets[w.Text]; given {
					set.Members = append(set.Members, w.Text)
				} else {
					set.Members = append(set.Members, b.p.name(w.Text))
				}
			}
			m.Sets = append(m.Sets, set)
		}
	case *dsl.System:
		b.system(d)
	case *dsl.Accept:
		m.Acceptances = append(m.Acceptances, b.acceptance(d))
	case *dsl.Correlate:
		if c := b.correlation(d); c != nil {
			m.Correlations = append(m.Correlations, c)
		}
	}
}

func (b *builder) model(d *dsl.Model) {
	m := b.m
	if d.Title != nil {
		m.Title, m.Span = d.Title.Value, d.Title.Span
	}
	for a := range attrs(d.Body) {
		switch a.Key.Text {
		case "period":
			if a.Value != nil {
				m.Period = b.days(a.Value, 0, "a period")
			}
		default:
			m.Owner = text(a, "owner", m.Owner)
			m.Note = text(a, "note", m.Note)
			b.review(a, &m.Review)
		}
	}
}

// days reads a duration of at least so many days, and above 0, that is no matter
// of chance.
func (b *builder) days(v *dsl.Value, least float64, what string) float64 {
	d := b.value(v, Duration, what)
	if !d.Given() {
		return 0
	}
	days, _ := d.Support()
	switch {
	case !d.Certain() || d.Param != "" || days < least || days == 0:
		above := "above 0"
		if least > 0 {
			above = "of a day or more"
		}
		b.report("bad-period", v.Span, "%s is a certain duration %s, such as 1y; found %s", what, above, v.Span.Text())
	case days > maxDays:
		b.report("bad-period", v.Span, "%s is at most %.0f days; found %s", what, maxDays, v.Span.Text())
	default:
		return days
	}
	return 0
}

// review reads the attributes that say when something is looked at again.
func (b *builder) review(a *dsl.Attr, r *Review) {
	switch a.Key.Text {
	case "reviewed":
		r.Last = date(a.Date)
		if a.Every == nil {
			return
		}
		r.Every = b.days(a.Every, 1, "the time between two reviews")
	case "review":
		r.Next = date(a.Date)
	}
}

func (b *builder) asset(d *dsl.Asset) *Asset {
	x := &Asset{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Span: d.Name.Span}
	for a := range attrs(d.Body) {
		switch a.Key.Text {
		case "value":
			x.Value = b.value(a.Value, Money, "the value of an asset")
		case "kind":
			x.Kind = word(a)
		default:
			x.Owner = text(a, "owner", x.Owner)
			x.Note = text(a, "note", x.Note)
		}
	}
	return x
}

func (b *builder) adversary(d *dsl.Adversary) *Adversary {
	x := &Adversary{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Span: d.Name.Span}
	for a := range attrs(d.Body) {
		switch a.Key.Text {
		case "budget":
			x.Budget = b.value(a.Value, Money, "a budget")
		case "skill":
			x.Skill = b.skill(a.Value)
		case "time":
			x.Time = b.value(a.Value, Duration, "a time")
		case "attempts":
			x.Attempts = b.perPeriod(b.value(a.Value, Plain, "the number of attempts"))
		case "access":
			x.Access = words(a)
		case "gain":
			x.Gain = b.value(a.Value, Money, "a gain")
		default:
			x.Note = text(a, "note", x.Note)
		}
	}
	return x
}

var gateWords = map[string]Gate{"step": Step, "condition": Condition, "or": Or, "and": And, "seq": Seq, "atleast": AtLeast}

// node adds a node and those in its block. The parser bounds how deep they nest.
func (b *builder) node(d *dsl.Node) {
	if d.Name.Text == "" {
		return
	}
	n := &Node{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Gate: gateWords[d.Gate.Text], Span: d.Name.Span}
	b.m.Nodes = append(b.m.Nodes, n)
	n.Goal = d.Goal && b.p == b.parts[0]
	if d.K != nil {
		n.K = int(d.K.Value)
		if float64(n.K) != d.K.Value || d.K.Unit != dsl.Plain {
			b.report("atleast-range", d.K.Span, "atleast takes a whole number, found %s", d.K.Span.Text())
		}
	}
	if d.Body == nil {
		return
	}
	for _, item := range d.Body.Items {
		switch item := item.(type) {
		case *dsl.Node:
			if item.Name.Text != "" {
				n.Children = append(n.Children, b.p.prefix+item.Name.Text)
			}
			b.node(item)
		case *dsl.Use:
			if item.Name.Text != "" {
				n.Children = append(n.Children, b.p.name(item.Name.Text))
			}
		case *dsl.For:
			n.For = append(n.For, b.override(item))
		case *dsl.Basis:
			n.Basis = append(n.Basis, basis(item))
		case *dsl.Attr:
			if item.Key.Text != "attempts" || n.Goal == d.Goal { // an imported goal is a plain node
				b.nodeAttr(n, item)
			}
		}
	}
}

// nodeAttr reads one attribute of a node.
func (b *builder) nodeAttr(n *Node, a *dsl.Attr) {
	switch a.Key.Text {
	case "cost":
		n.Cost = b.value(a.Value, Money, "a cost")
	case "likelihood":
		n.Likelihood = b.value(a.Value, Share, "a likelihood")
	case "impact":
		n.Impact = b.value(a.Value, Money, "an impact")
	case "time":
		n.Time = b.value(a.Value, Duration, "a time")
	case "skill":
		n.Skill = b.skill(a.Value)
	case "detection":
		n.Detection = b.value(a.Value, Share, "a detection")
	case "assume":
		n.Assume = b.value(a.Value, Share, "an assumed likelihood")
	case "rate":
		n.Rate = b.perPeriod(b.value(a.Value, Plain, "a rate"))
	case "attempts":
		n.Attempts = b.value(a.Value, Plain, "the number of attempts")
	case "access":
		n.Access = words(a)
	case "stride":
		n.Stride = b.categories(a.Words)
	case "threat":
		n.Threats = words(a)
	case "asset":
		n.Assets = b.names(a)
	case "at":
		n.At = b.names(a)
	case "refs":
		n.Refs = words(a)
	case "tags":
		n.Tags = words(a)
	default:
		n.Owner = text(a, "owner", n.Owner)
		n.Note = text(a, "note", n.Note)
	}
}

func (b *builder) override(d *dsl.For) Override {
	var o Override
	for _, w := range d.Adversaries {
		o.Adversaries = append(o.Adversaries, b.p.name(w.Text))
	}
	for a := range attrs(d.Body) {
		switch a.Key.Text {
		case "cost":
			o.Cost = b.value(a.Value, Money, "a cost")
		case "likelihood":
			o.Likelihood = b.value(a.Value, Share, "a likelihood")
		case "time":
			o.Time = b.value(a.Value, Duration, "a time")
		case "detection":
			o.Detection = b.value(a.Value, Share, "a detection")
		case "skill":
			o.Skill = b.skill(a.Value)
		}
	}
	return o
}

// categories reads STRIDE categories by their full names or letters.
func (b *builder) categories(from []dsl.Word) []stride.Category {
	var out []stride.Category
	for _, w := range from {
		c, err := stride.Parse(w.Text)
		if err != nil {
			p := b.report("unknown-category", w.Span, "no STRIDE category is called %q", w.Text)
			var names []string
			for c := range stride.Every.All() {
				names = append(names, c.String())
			}
			p.Hint = cmp.Or(diag.Suggest(w.Text, names), "expected "+strings.Join(names, ", ")+", or a letter of STRIDE")
			continue
		}
		out = append(out, c)
	}
	return out
}

func (b *builder) control(d *dsl.Control) *Control {
	k := &Control{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Span: d.Name.Span}
	if d.Body == nil {
		return k
	}
	for _, item := range d.Body.Items {
		switch item := item.(type) {
		case *dsl.On:
			k.Effects = append(k.Effects, b.effect(item))
		case *dsl.Basis:
			k.Basis = append(k.Basis, basis(item))
		case *dsl.Attr:
			b.controlAttr(k, item)
		}
	}
	return k
}

func (b *builder) controlAttr(k *Control, a *dsl.Attr) {
	switch a.Key.Text {
	case "cost":
		k.Cost = b.perPeriod(b.value(a.Value, Money, "a cost"))
	case "status":
		k.Status = b.status(a)
	case "kind":
		k.Kind = word(a)
	case "threat":
		k.Threats = words(a)
	case "refs":
		k.Refs = words(a)
	case "tags":
		k.Tags = words(a)
	case "bypassed":
		k.BypassedBy = b.names(a)
	case "requires":
		k.Requires = b.names(a)
	case "excludes":
		k.Excludes = b.names(a)
	default:
		k.Owner = text(a, "owner", k.Owner)
		k.Note = text(a, "note", k.Note)
		b.review(a, &k.Review)
	}
}

func (b *builder) status(a *dsl.Attr) Status {
	for i, name := range statusNames {
		if name == word(a) {
			return Status(i)
		}
	}
	if len(a.Words) > 0 {
		b.report("unknown-value", a.Words[0].Span, "expected the status %s, found %q",
			strings.Join(statusNames[:len(statusNames)-1], ", ")+" or "+statusNames[len(statusNames)-1], word(a))
	}
	return Proposed
}

func (b *builder) effect(d *dsl.On) Effect {
	e := Effect{Span: d.Span}
	for _, t := range d.Targets {
		e.Targets = append(e.Targets, b.target(t))
	}
	for a := range attrs(d.Body) {
		if c, ok := b.change(a); ok {
			e.Changes = append(e.Changes, c)
		}
	}
	return e
}

func (b *builder) target(t dsl.Target) Target {
	switch t.Kind {
	case dsl.TargetThreat:
		return Target{OnThreat, t.Name.Text}
	case dsl.TargetTag:
		return Target{OnTag, t.Name.Text}
	}
	return Target{OnNode, b.p.name(t.Name.Text)}
}

// change reads one effect. After - a share is relative and money absolute; which
// forms there are is for the checks.
func (b *builder) change(a *dsl.Attr) (Change, bool) {
	if a.Key.Text == "block" {
		return Change{Op: Block}, true
	}
	attr, ok := attributes[a.Key.Text]
	if !ok || a.Value == nil {
		return Change{}, false
	}
	c := Change{Attribute: attr}
	unit := map[Attribute]Unit{Likelihood: Share, Detection: Share, Impact: Money, Cost: Money, Time: Duration}[attr]
	what := "an effect on " + attr.String()
	switch a.Value.Op {
	case dsl.OpNone:
		c.Op = Raise
	case dsl.OpPlus:
		c.Op = Add
	case dsl.OpTimes:
		c.Op = Multiply
		if unit != Share {
			unit = Plain
		}
		if attr == Impact {
			unit = Share
		}
		what = "a factor on " + attr.String()
	case dsl.OpAtMost:
		c.Op = AtMost
	case dsl.OpMinus:
		c.Op = Subtract
		if unit == Share || b.relative(a.Value) {
			c.Op, c.Reduction, unit = Multiply, true, Share
		} else if attr == Impact && b.greatest(a.Value.Expr) <= 1 {
			p := b.report("wrong-unit", a.Value.Span, "%s takes off a share or money; %s could be either", what, a.Value.Span.Text())
			p.Hint = "write it with percent signs for a share of it"
			if n, ok := a.Value.Expr.(*dsl.Number); ok {
				p.Hint = fmt.Sprintf("write -%v%% for a share of it", n.Value*100)
			}
			return Change{}, false
		}
	}
	c.Value = b.value(a.Value, unit, what)
	return c, c.Value.Given()
}

var attributes = map[string]Attribute{
	"likelihood": Likelihood, "impact": Impact, "cost": Cost, "time": Time, "skill": Skill, "detection": Detection,
}

// relative reports whether a number is a share, by its percent sign or that of
// its param.
func (b *builder) relative(v *dsl.Value) bool {
	if ref, ok := v.Expr.(*dsl.Ref); ok {
		t := b.params[b.p.name(ref.Name.Text)]
		return t != nil && b.unitOf(t) == Share
	}
	return literalUnit(v.Expr) == Share
}

// greatest returns the greatest number that an expression is written with, those
// of its param included.
func (b *builder) greatest(e dsl.Expr) float64 {
	switch e := e.(type) {
	case *dsl.Number:
		return e.Value
	case *dsl.Range:
		return max(b.greatest(e.Lo), b.greatest(e.Hi))
	case *dsl.Call:
		most := 0.0
		for _, arg := range e.Args {
			most = max(most, b.greatest(arg))
		}
		return most
	case *dsl.Ref:
		t := b.params[b.p.name(e.Name.Text)]
		if t == nil {
			break
		}
		if _, another := t.value.Expr.(*dsl.Ref); another {
			break // params of params may go in a circle
		}
		factor := 1.0
		if e.Factor != nil {
			factor = e.Factor.Value
		}
		return factor * b.greatest(t.value.Expr)
	}
	return math.Inf(1)
}

func (b *builder) acceptance(d *dsl.Accept) *Acceptance {
	x := &Acceptance{Reason: label(d.Reason), Span: d.Span}
	if d.Target.Kind == dsl.TargetElement {
		x.Element = b.p.name(d.Target.Name.Text)
		x.Stride = b.categories(d.Stride)
	} else {
		x.Target = b.target(d.Target)
	}
	for a := range attrs(d.Body) {
		if a.Key.Text == "until" {
			x.Until = date(a.Date)
		}
		x.Owner = text(a, "owner", x.Owner)
		x.Note = text(a, "note", x.Note)
		b.review(a, &x.Review)
	}
	return x
}

// system adds a diagram; those of imports join that of the root.
func (b *builder) system(d *dsl.System) {
	for _, other := range b.p.source.file.Decls {
		if first, ok := other.(*dsl.System); ok && first != d {
			b.report("duplicate-system", d.Span, "a file has one system").
				Related = []diag.Related{{Message: "first declared here", Span: first.Span}}
			return
		} else if ok {
			break
		}
	}
	if b.m.System == nil {
		b.m.System = &System{Label: label(d.Label), Span: d.Span}
		for a := range attrs(d.Body) {
			b.m.System.Owner = text(a, "owner", b.m.System.Owner)
			b.m.System.Note = text(a, "note", b.m.System.Note)
		}
	}
	b.diagram(d.Body, "")
}

var elementKinds = map[string]stride.ElementKind{"external": stride.External, "process": stride.Process, "store": stride.Store}

// diagram adds what stands in the block of a system or boundary. The parser
// bounds how deep they nest.
func (b *builder) diagram(body *dsl.Block, within string) {
	if body == nil {
		return
	}
	s := b.m.System
	for _, item := range body.Items {
		switch d := item.(type) {
		case *dsl.Boundary:
			x := &Boundary{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Parent: within, Span: d.Name.Span}
			for a := range attrs(d.Body) {
				if a.Key.Text == "kind" {
					x.Kind = word(a)
				}
				x.Owner = text(a, "owner", x.Owner)
				x.Note = text(a, "note", x.Note)
			}
			s.Boundaries = append(s.Boundaries, x)
			b.diagram(d.Body, x.Name)
		case *dsl.Element:
			x := &Element{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Kind: elementKinds[d.Kind.Text], Boundary: within, Span: d.Name.Span}
			for a := range attrs(d.Body) {
				switch a.Key.Text {
				case "component":
					x.Components = append(x.Components, words(a)...)
				case "asset":
					x.Assets = b.names(a)
				}
				x.Owner = text(a, "owner", x.Owner)
				x.Note = text(a, "note", x.Note)
			}
			s.Elements = append(s.Elements, x)
		case *dsl.Flow:
			x := &Flow{Name: b.p.prefix + d.Name.Text, Label: label(d.Label), Boundary: within, Span: d.Name.Span,
				From: b.p.name(d.From.Text), To: b.p.name(d.To.Text)}
			for a := range attrs(d.Body) {
				if a.Key.Text == "asset" {
					x.Assets = b.names(a)
				}
				x.Owner = text(a, "owner", x.Owner)
				x.Note = text(a, "note", x.Note)
			}
			s.Flows = append(s.Flows, x)
		}
	}
}

// replaceNodes puts the attributes that copies give in the place of those that
// were copied. The outermost copy has the last word.
func (b *builder) replaceNodes() {
	asked := false
	for _, p := range b.parts {
		for item := range p.replacements() {
			_, node := item.(*dsl.NodeValues)
			asked = asked || node
		}
	}
	if !asked {
		return
	}
	for _, n := range b.m.Nodes {
		b.nodes[n.Name] = n
	}
	for i := len(b.parts) - 1; i >= 0; i-- {
		p := b.parts[i]
		b.p = p.parent
		first := map[string]diag.Span{}
		for item := range p.replacements() {
			d, ok := item.(*dsl.NodeValues)
			if !ok || b.replacedTwice("node", d.Name, first) {
				continue
			}
			n := b.nodes[p.name(d.Name.Text)]
			if n == nil || !p.owner(d.Name.Text).freshIn(p) {
				b.notCopied("node", d.Name, n != nil, p, func(yield func(string) bool) {
					for _, node := range b.m.Nodes {
						if !yield(node.Name) {
							return
						}
					}
				})
				continue
			}
			b.replaceNode(n, d)
		}
	}
}

func (b *builder) replaceNode(n *Node, d *dsl.NodeValues) {
	at := b.replaced[n]
	if at == nil {
		at = map[string]*dsl.Attr{}
		b.replaced[n] = at
	}
	for a := range attrs(d.Body) {
		b.nodeAttr(n, a)
		at[a.Key.Text] = a
	}
	if basis := bases(d.Body); len(basis) > 0 {
		n.Basis = basis
	}
}

// Pieces of syntax.

// attrs yields the attributes of a block.
func attrs(body *dsl.Block) iter.Seq[*dsl.Attr] {
	return func(yield func(*dsl.Attr) bool) {
		if body == nil {
			return
		}
		for _, item := range body.Items {
			if a, ok := item.(*dsl.Attr); ok && !yield(a) {
				return
			}
		}
	}
}

func bases(body *dsl.Block) []Basis {
	if body == nil {
		return nil
	}
	var out []Basis
	for _, item := range body.Items {
		if d, ok := item.(*dsl.Basis); ok {
			out = append(out, basis(d))
		}
	}
	return out
}

// remarks returns where the numbers of a block come from, and its note.
func remarks(body *dsl.Block) (basis, note string) {
	for a := range attrs(body) {
		note = text(a, "note", note)
	}
	for _, b := range bases(body) {
		basis = b.Text
	}
	return basis, note
}

func basis(d *dsl.Basis) Basis {
	x := Basis{Text: d.Text.Value}
	if d.Attr != nil {
		x.Attribute = d.Attr.Text
	}
	return x
}

func label(t *dsl.Text) string {
	if t == nil {
		return ""
	}
	return t.Value
}

// text returns the text of the attribute if it is the one called key, and
// otherwise what there was.
func text(a *dsl.Attr, key, otherwise string) string {
	if a.Key.Text != key || a.Text == nil {
		return otherwise
	}
	return a.Text.Value
}

func words(a *dsl.Attr) []string {
	out := make([]string, len(a.Words))
	for i, w := range a.Words {
		out[i] = w.Text
	}
	return out
}

func word(a *dsl.Attr) string {
	if len(a.Words) == 0 {
		return ""
	}
	return a.Words[0].Text
}

// names returns the full names of the words of an attribute.
func (b *builder) names(a *dsl.Attr) []string {
	out := make([]string, len(a.Words))
	for i, w := range a.Words {
		out[i] = b.p.name(w.Text)
	}
	return out
}

func date(d *dsl.Date) Date {
	if d == nil {
		return Date{}
	}
	return Date{d.Year, time.Month(d.Month), d.Day}
}
