package attacktree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/atree-dev/atree/attacktree/diag"
)

// Names: what is declared, and whether everything that is referred to is.

// A space is a name space: names of one kind and their numbers.
type space struct {
	noun string
	id   map[string]int32
	kind func(int32) string    // "control" or "set", where a space holds both
	span func(int32) diag.Span // of the declaration
}

func (s *space) kindOf(id int32) string {
	if s.kind != nil {
		return s.kind(id)
	}
	return s.noun
}

func (c *checker) spaces() []*space {
	return []*space{c.nodes, c.controls, c.params, c.assets, c.adversaries, c.elements}
}

// declare gives the name to number id of the space.
func (c *checker) declare(s *space, name string, id int32, of any) {
	at := place{of: of}
	if !isName(name) {
		if name == "" {
			c.report("bad-name", at, "%s without a name", article(s.kindOf(id)))
		} else {
			c.report("bad-name", at, "%q is no name: expected a letter, then letters, digits and _, with - . or : between two of them", name)
		}
		return
	}
	first, taken := s.id[name]
	if !taken {
		s.id[name] = id
		return
	}
	if c.full() {
		return
	}
	p := c.report("duplicate-name", at, "the name %q is given to %s twice", said(c.span(at), name), article(s.kindOf(first)))
	if s == c.nodes {
		p.Hint = fmt.Sprintf("the same event once more is written use %s", said(c.span(at), name))
	}
	if s.kindOf(first) != s.kindOf(id) {
		p.Message = fmt.Sprintf("%s cannot be called %q: there is %s of that name",
			article(s.kindOf(id)), said(c.span(at), name), article(s.kindOf(first)))
	}
	if first := s.span(first); !first.IsZero() {
		p.Related = append(p.Related, diag.Related{Message: "first declared here", Span: first})
	}
}

func (c *checker) checkDeclarations() {
	m := c.m
	c.nodes = &space{noun: "node", id: make(map[string]int32, len(m.Nodes)),
		span: func(i int32) diag.Span { return m.Nodes[i].Span }}
	for i, n := range m.Nodes {
		c.declare(c.nodes, n.Name, int32(i), n)
		if slices.Contains(reservedNodes, localName(n.Name)) {
			c.report("reserved-name", place{of: n}, "no node can be called %q, which begins a target after on and accept", localName(n.Name))
		}
	}

	c.controls = &space{noun: "control or set", id: make(map[string]int32, len(m.Controls)+len(m.Sets)),
		kind: func(i int32) string {
			if int(i) < len(m.Controls) {
				return "control"
			}
			return "set"
		},
		span: func(i int32) diag.Span {
			if int(i) < len(m.Controls) {
				return m.Controls[i].Span
			}
			return m.Sets[int(i)-len(m.Controls)].Span
		}}
	for i, k := range m.Controls {
		c.declareControl(k.Name, int32(i), k)
	}
	for i, s := range m.Sets {
		c.declareControl(s.Name, int32(len(m.Controls)+i), s)
	}
	c.t.nodeID = c.nodes.id
	c.t.controlID = make(map[string]int32, len(m.Controls))
	c.t.setID = make(map[string]int32, len(m.Sets))
	for name, id := range c.controls.id {
		if int(id) < len(m.Controls) {
			c.t.controlID[name] = id
		} else {
			c.t.setID[name] = id - int32(len(m.Controls))
		}
	}

	c.params = &space{noun: "param", id: map[string]int32{}, span: func(i int32) diag.Span { return m.Params[i].Span }}
	for i, p := range m.Params {
		c.declare(c.params, p.Name, int32(i), p)
	}
	c.assets = &space{noun: "asset", id: map[string]int32{}, span: func(i int32) diag.Span { return m.Assets[i].Span }}
	for i, a := range m.Assets {
		c.declare(c.assets, a.Name, int32(i), a)
	}
	c.adversaries = &space{noun: "adversary", id: map[string]int32{}, span: func(i int32) diag.Span { return m.Adversaries[i].Span }}
	for i, a := range m.Adversaries {
		c.declare(c.adversaries, a.Name, int32(i), a)
	}
	c.declareSystem()
}

func (c *checker) declareControl(name string, id int32, of any) {
	if _, given := givenSets[localName(name)]; given {
		c.report("reserved-name", place{of: of}, "%s cannot be called %q: that set is given", article(c.controls.kind(id)), localName(name))
	}
	c.declare(c.controls, name, id, of)
}

// declareSystem puts boundaries, elements and flows into one name space.
func (c *checker) declareSystem() {
	var spans []diag.Span
	var kinds []string
	c.elements = &space{noun: "element", id: map[string]int32{},
		kind: func(i int32) string { return kinds[i] },
		span: func(i int32) diag.Span { return spans[i] }}
	add := func(name, kind string, span diag.Span, of any) {
		spans, kinds = append(spans, span), append(kinds, kind)
		c.declare(c.elements, name, int32(len(spans)-1), of)
	}
	if s := c.m.System; s != nil {
		for _, b := range s.Boundaries {
			add(b.Name, "boundary", b.Span, b)
		}
		for _, e := range s.Elements {
			add(e.Name, "element", e.Span, e)
		}
		for _, f := range s.Flows {
			add(f.Name, "flow", f.Span, f)
		}
	}
}

// reservedNodes cannot name a node: they begin a target.
var reservedNodes = []string{"threat", "tag", "at"}

// localName returns the name without the imports that it came through.
func localName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// isName reports whether the language could write the name: a letter, then
// letters, digits from 0 to 9, and _, with - . or : only between two of these.
func isName(name string) bool {
	joined := true // nothing to join a - . or : to yet
	for i, r := range name {
		switch {
		case unicode.IsLetter(r):
			joined = false
		case i > 0 && (r >= '0' && r <= '9' || r == '_'):
			joined = false
		case !joined && (r == '-' || r == '.' || r == ':'):
			joined = true
		default:
			return false
		}
	}
	return !joined
}

// said returns the name as it is written at the span, which may be shorter than
// the full name.
func said(span diag.Span, name string) string {
	if text := span.Text(); text != "" && strings.HasSuffix(name, localName(text)) {
		return text
	}
	return name
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// maxNearest bounds how many undefined names get a suggestion, which costs a
// look at every name declared.
const maxNearest = 20

// resolve returns the number of a name, or reports that there is none and
// returns false.
func (c *checker) resolve(s *space, name string, at place) (int32, bool) {
	if id, ok := s.id[name]; ok {
		return id, true
	}
	if !c.partial || c.nowhereElse(name, at) {
		c.undefined(s.noun, s, name, at)
	}
	return 0, false
}

// nowhereElse reports whether a name stands nowhere in its file but where it is
// used, so that what could not be read does not declare it either. It looks only
// so often, as each look goes through the file.
func (c *checker) nowhereElse(name string, at place) bool {
	if c.looks++; c.looks > maxNearest || name != localName(name) {
		return false
	}
	src := c.span(at).Source()
	return src != nil && strings.Count(src.Text, name) == 1
}

// undefined reports that nothing in the space has the name.
func (c *checker) undefined(noun string, s *space, name string, at place) {
	if c.full() {
		return
	}
	p := c.report("undefined-name", at, "")
	owner := p.Message // if it has no place
	written := said(p.Span, name)
	p.Message = fmt.Sprintf("no %s is called %q%s", noun, written, owner)
	for _, other := range c.spaces() {
		if id, ok := other.id[name]; ok && other != s {
			p.Hint = fmt.Sprintf("%q is %s%s", written, article(other.kindOf(id)), declaredAt(p.Span, other.span(id)))
			return
		}
	}
	if c.nearest++; c.nearest > maxNearest {
		return
	}
	names, elsewhere := make([]string, 0, len(s.id)), ""
	for n := range s.id {
		names = append(names, n)
		if localName(n) == name && (elsewhere == "" || n < elsewhere) {
			elsewhere = n
		}
	}
	near := cmp.Or(diag.Nearest(name, names), elsewhere)
	if near == "" {
		return
	}
	shown := near
	if rest, ok := strings.CutPrefix(near, name[:len(name)-len(localName(name))]); ok {
		shown = written[:len(written)-len(localName(written))] + rest
	}
	p.Hint = fmt.Sprintf("did you mean %q%s?", shown, declaredAt(p.Span, s.span(s.id[near])))
}

// declaredAt says where something is declared, in short for the same file.
func declaredAt(from, decl diag.Span) string {
	switch {
	case decl.IsZero():
		return ""
	case decl.Source() == from.Source():
		pos := decl.Start()
		return fmt.Sprintf(", declared at %d:%d", pos.Line, pos.Column)
	}
	return ", declared at " + decl.String()
}

// checkReferences follows the names that are not part of the structure.
func (c *checker) checkReferences() {
	for _, n := range c.m.Nodes {
		for i, a := range n.Assets {
			c.resolve(c.assets, a, place{of: n, attr: "asset", index: i})
		}
		for i, e := range n.At {
			c.resolve(c.elements, e, place{of: n, attr: "at", index: i})
		}
		var seen map[string]bool
		for i, o := range n.For {
			if seen == nil {
				seen = map[string]bool{}
			}
			for j, a := range o.Adversaries {
				at := place{of: n, block: i + 1, attr: "adversary", index: j}
				c.resolve(c.adversaries, a, at)
				if seen[a] {
					c.report("duplicate-for", at, "%q has other numbers for %q already", n.Name, said(c.span(at), a))
				}
				seen[a] = true
			}
		}
		for i, s := range n.Stride {
			if s.Letter() == "" {
				c.report("unknown-category", place{of: n, attr: "stride", index: i}, "no STRIDE category has the number %d", s)
			}
		}
	}
	for _, a := range c.m.Acceptances {
		at := place{of: a, attr: "target"}
		switch {
		case a.Element != "":
			c.resolve(c.elements, a.Element, at)
		case a.Target.Kind == OnNode:
			c.resolve(c.nodes, a.Target.Name, at)
		case a.Target.Kind > OnTag:
			c.report("bad-value", at, "no kind of target has the number %d", a.Target.Kind)
		}
		for i, s := range a.Stride {
			if s.Letter() == "" {
				c.report("unknown-category", place{of: a, attr: "stride", index: i}, "no STRIDE category has the number %d", s)
			}
		}
	}
}
