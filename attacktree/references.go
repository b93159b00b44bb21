package attacktree

import (
	"fmt"
	"slices"

	"github.com/atree-dev/atree/attacktree/diag"
)

// What models refer to outside of themselves: threats of a catalogue, and
// identifiers of other lists.

// A Guide is a [Library] that knows what models refer to. If the library of a
// [Loader] or of [VetOptions] is one, [Vet] asks it.
type Guide interface {
	Library

	// CheckThreat and CheckReference say what is wrong with a threat or with a
	// reference, as a model writes it; nil if nothing is, or if the guide
	// cannot tell.
	CheckThreat(slug string) *Finding
	CheckReference(ref string) *Finding
}

// A Finding is what a [Guide] has to say about a name: which name is wrong, and
// which one is right.
type Finding struct {
	Code    diag.Code // unknown-threat, unknown-reference or moved-reference
	Message string    // what follows "NODE refers to", such as a threat that …
	Hint    string    // may be empty
}

// references finds threats and references of nodes and controls that the guide
// knows to be wrong.
func (v *vetter) references() {
	if v.guide == nil {
		return
	}
	for _, n := range v.m.Nodes {
		v.refersTo(n.Name, n.Span, n.Threats, n.Refs)
	}
	for _, k := range v.m.Controls {
		threats := slices.Clone(k.Threats)
		for _, e := range k.Effects {
			for _, t := range e.Targets {
				if t.Kind == OnThreat && !slices.Contains(threats, t.Name) {
					threats = append(threats, t.Name)
				}
			}
		}
		v.refersTo(k.Name, k.Span, threats, k.Refs)
	}
}

// refersTo warns of what one node or control refers to, once for each code.
func (v *vetter) refersTo(name string, span diag.Span, threats, refs []string) {
	var found []*diag.Problem
	add := func(f *Finding) {
		if f == nil {
			return
		}
		for _, p := range found {
			if p.Code == f.Code {
				p.Message += ", and to " + f.Message
				if p.Hint != "" && f.Hint != "" {
					p.Hint += " "
				}
				p.Hint += f.Hint
				return
			}
		}
		found = append(found, &diag.Problem{Severity: diag.Warning, Code: f.Code, Span: span,
			Message: fmt.Sprintf("%q refers to %s", name, f.Message), Hint: f.Hint})
	}
	for _, slug := range threats {
		add(v.guide.CheckThreat(slug))
	}
	for _, ref := range refs {
		add(v.guide.CheckReference(ref))
	}
	for _, p := range found {
		v.add(p)
	}
}
