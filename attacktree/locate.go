package attacktree

import (
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
)

// The way back from the model to the text, for messages. An object of the model
// remembers the span of its name; where its attributes stand is looked up in the
// syntax, and only when there is something to say about one of them.

// origins knows the syntax that a model was built from.
type origins struct {
	sources  []*source
	replaced map[any]map[string]*dsl.Attr // attributes that copies replaced
	syntax   map[diag.Span]any            // by the span of the name; made when it is first asked for
}

// rank returns the place of the span's file in the order of reading, 0 for all
// if nothing was read.
func (o *origins) rank(span diag.Span) int {
	if o == nil {
		return 0
	}
	for i, s := range o.sources {
		if s.file.Source == span.Source() {
			return i
		}
	}
	return len(o.sources)
}

// find returns the text that a place of the model is about: the nearest that
// there is.
func (o *origins) find(p place) diag.Span {
	if o.syntax == nil {
		o.index()
	}
	name := spanOf(p.of)
	found := o.syntax[name]
	if a := o.replaced[p.of][p.attr]; a != nil && p.block == 0 {
		return inAttr(a, p)
	}
	switch x := found.(type) {
	case *dsl.Param:
		if p.attr == "value" {
			return inValue(&x.Value, p)
		}
	case *dsl.Correlate:
		switch {
		case p.attr == "param" && p.index < len(x.Params):
			return x.Params[p.index].Span
		case p.attr == "rank":
			return x.Rank.Span
		}
	case *dsl.Set:
		if p.attr == "member" && p.index < len(x.Members) {
			return x.Members[p.index].Span
		}
	case *dsl.Flow:
		switch p.attr {
		case "from":
			return x.From.Span
		case "to":
			return x.To.Span
		}
	case *dsl.Accept:
		if p.attr == "target" {
			return x.Target.Name.Span
		}
	case *dsl.Node:
		if p.attr == "atleast" && x.K != nil {
			return x.K.Span
		}
	}
	if span := inBody(bodyOf(found), p); !span.IsZero() {
		return span
	}
	return name
}

// inBody finds the place in the block of a declaration.
func inBody(body *dsl.Block, p place) diag.Span {
	if body == nil {
		return diag.Span{}
	}
	child, block := 0, 0
	for _, item := range body.Items {
		switch x := item.(type) {
		case *dsl.Node:
			if p.attr == "child" && x.Name.Text != "" {
				if child == p.index {
					return x.Name.Span
				}
				child++
			}
		case *dsl.Use:
			if p.attr == "child" && x.Name.Text != "" {
				if child == p.index {
					return x.Name.Span
				}
				child++
			}
		case *dsl.For:
			if block++; p.attr == "for" {
				return x.Span
			} else if block == p.block {
				if p.attr == "adversary" && p.index < len(x.Adversaries) {
					return x.Adversaries[p.index].Span
				}
				return attrIn(x.Body, p, 0)
			}
		case *dsl.On:
			if block++; block == p.block {
				if p.attr == "target" && p.index < len(x.Targets) {
					return x.Targets[p.index].Name.Span
				}
				return attrIn(x.Body, p, p.index)
			}
		}
	}
	if p.block > 0 {
		return diag.Span{}
	}
	return attrIn(body, p, 0)
}

// attrIn finds the attribute in a block, looking from its n-th item on.
func attrIn(body *dsl.Block, p place, n int) diag.Span {
	if body == nil {
		return diag.Span{}
	}
	for _, item := range body.Items[min(n, len(body.Items)):] {
		if a, ok := item.(*dsl.Attr); ok && a.Key.Text == p.attr {
			return inAttr(a, p)
		}
	}
	return diag.Span{}
}

// wholeAttr as the index of a place is the attribute with its keyword.
const wholeAttr = -1

// inAttr returns the span of what an attribute gives: the number, the time
// between two reviews, or a word.
func inAttr(a *dsl.Attr, p place) diag.Span {
	switch {
	case p.index == wholeAttr:
		return a.Span
	case a.Value != nil:
		return inValue(a.Value, p)
	case a.Every != nil:
		return a.Every.Span
	case p.index < len(a.Words):
		return a.Words[p.index].Span
	}
	return a.Span
}

// inValue returns the span of a number, or of the param in it.
func inValue(v *dsl.Value, p place) diag.Span {
	if ref, ok := v.Expr.(*dsl.Ref); ok && p.param {
		return ref.Name.Span
	}
	return v.Span
}

// index notes where everything with a name is declared.
func (o *origins) index() {
	o.syntax = map[diag.Span]any{}
	for _, s := range o.sources {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *dsl.Model:
				if d.Title != nil {
					o.syntax[d.Title.Span] = d
				} else {
					o.syntax[d.Span] = d
				}
			case *dsl.Param:
				o.syntax[d.Name.Span] = d
			case *dsl.Asset:
				o.syntax[d.Name.Span] = d
			case *dsl.Adversary:
				o.syntax[d.Name.Span] = d
			case *dsl.Node:
				o.indexNode(d)
			case *dsl.Control:
				o.syntax[d.Name.Span] = d
			case *dsl.Set:
				o.syntax[d.Name.Span] = d
			case *dsl.System:
				o.syntax[d.Span] = d
				o.indexDiagram(d.Body)
			case *dsl.Accept:
				o.syntax[d.Span] = d
			case *dsl.Correlate:
				o.syntax[d.Span] = d
			}
		}
	}
}

func (o *origins) indexNode(d *dsl.Node) {
	o.syntax[d.Name.Span] = d
	if d.Body == nil {
		return
	}
	for _, item := range d.Body.Items {
		if child, ok := item.(*dsl.Node); ok {
			o.indexNode(child)
		}
	}
}

func (o *origins) indexDiagram(body *dsl.Block) {
	if body == nil {
		return
	}
	for _, item := range body.Items {
		switch d := item.(type) {
		case *dsl.Boundary:
			o.syntax[d.Name.Span] = d
			o.indexDiagram(d.Body)
		case *dsl.Element:
			o.syntax[d.Name.Span] = d
		case *dsl.Flow:
			o.syntax[d.Name.Span] = d
		}
	}
}

// spanOf returns the span that an object of the model remembers.
func spanOf(of any) diag.Span {
	switch x := of.(type) {
	case *Model:
		return x.Span
	case *Param:
		return x.Span
	case *Asset:
		return x.Span
	case *Adversary:
		return x.Span
	case *Node:
		return x.Span
	case *Control:
		return x.Span
	case *Set:
		return x.Span
	case *Boundary:
		return x.Span
	case *Element:
		return x.Span
	case *Flow:
		return x.Span
	case *Acceptance:
		return x.Span
	case *Correlation:
		return x.Span
	}
	return diag.Span{}
}

// bodyOf returns the block of a declaration, nil if it has none.
func bodyOf(x any) *dsl.Block {
	switch d := x.(type) {
	case *dsl.Model:
		return d.Body
	case *dsl.Asset:
		return d.Body
	case *dsl.Adversary:
		return d.Body
	case *dsl.Node:
		return d.Body
	case *dsl.Control:
		return d.Body
	case *dsl.Boundary:
		return d.Body
	case *dsl.Element:
		return d.Body
	case *dsl.Flow:
		return d.Body
	case *dsl.Accept:
		return d.Body
	}
	return nil
}
