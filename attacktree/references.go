package attacktree

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/diag"
)

// What models refer to outside of themselves: threats and kinds of a catalogue,
// and identifiers of other lists.

// A Guide is a [Library] that knows what models refer to. If the library of a
// [Loader] or of [VetOptions] is one, [Vet] asks it.
type Guide interface {
	Library

	// CheckThreat, CheckReference and CheckKind say what is wrong with a threat,
	// with a reference, or with the kind of something, as a model writes it; nil if
	// nothing is, or if the guide cannot tell.
	CheckThreat(slug string) *Finding
	CheckReference(ref string) *Finding
	CheckKind(of Kinded, word string) *Finding

	// HintPattern says what to write or do instead of a pattern that there is not;
	// empty if the guide cannot tell. A [Loader] asks it.
	HintPattern(name string) string
}

// Kinded is what a model gives a kind of the catalogue.
type Kinded string

// What has a kind.
const (
	KindOfComponent Kinded = "component" // of an element
	KindOfAsset     Kinded = "asset"
	KindOfBoundary  Kinded = "boundary"
)

// A Finding is what a [Guide] has to say about a name: which name is wrong, and
// which one is right.
type Finding struct {
	Code    diag.Code // unknown-threat, unknown-reference, moved-reference or unknown-kind
	Message string    // what follows "NODE refers to", such as a threat that …; of a kind, what follows "NODE"
	Hint    string    // may be empty
}

// references finds threats and references of nodes and controls that the guide
// knows to be wrong.
func (v *vetter) references() {
	if v.guide == nil {
		return
	}
	for _, n := range v.m.Nodes {
		v.refersTo(n, n.Name, n.Threats, n.Refs)
	}
	for _, k := range v.m.Controls {
		v.refersTo(k, k.Name, k.Threats, k.Refs)
		for e := range k.Effects {
			for i, t := range k.Effects[e].Targets {
				if t.Kind == OnThreat && !slices.Contains(k.Threats, t.Name) {
					v.refer(k.Name, v.guide.CheckThreat(t.Name), place{of: k, block: e + 1, attr: "target", index: i})
				}
			}
		}
	}
	for _, a := range v.m.Acceptances {
		if a.Element == "" && a.Target.Kind == OnThreat {
			v.refer("accept", v.guide.CheckThreat(a.Target.Name), place{of: a, attr: "target"})
		}
	}
}

// refersTo looks at what one node or control refers to.
func (v *vetter) refersTo(of any, name string, threats, refs []string) {
	for i, slug := range threats {
		v.refer(name, v.guide.CheckThreat(slug), place{of: of, attr: "threat", index: i})
	}
	for i, ref := range refs {
		v.refer(name, v.guide.CheckReference(ref), place{of: of, attr: "refs", index: i})
	}
}

// refer warns of a finding, if there is one.
func (v *vetter) refer(name string, f *Finding, at place) {
	if f != nil {
		v.warn(f.Code, v.at(at), "%q refers to %s", name, f.Message).Hint = f.Hint
	}
}

// kinds finds kinds of assets, elements and boundaries that the guide knows to
// be wrong.
func (v *vetter) kinds() {
	if v.guide == nil {
		return
	}
	look := func(of Kinded, name, word string, at place) {
		if word == "" {
			return
		}
		if f := v.guide.CheckKind(of, word); f != nil {
			v.warn(f.Code, v.at(at), "%q %s", name, f.Message).Hint = f.Hint
		}
	}
	for _, a := range v.m.Assets {
		look(KindOfAsset, a.Name, a.Kind, place{of: a, attr: "kind"})
	}
	if s := v.m.System; s != nil {
		for _, b := range s.Boundaries {
			look(KindOfBoundary, b.Name, b.Kind, place{of: b, attr: "kind"})
		}
		for _, e := range s.Elements {
			for i, word := range e.Components {
				look(KindOfComponent, e.Name, word, place{of: e, attr: "component", index: i})
			}
		}
	}
}
