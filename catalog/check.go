package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/stride"
)

// What must hold of a catalogue. Load refuses one that is broken; Check also
// says what is left unused and looks into the patterns.

// Check returns what is wrong with a catalogue beyond what [Load] refuses: what
// no threat uses, categories of STRIDE that fit none of a threat's components,
// patterns that do not load without a warning, and estimates in them that do not
// say what they rest on. The catalogue that comes with the program passes.
func Check(c *Catalog) error {
	k := &checker{c: c}
	k.unused()
	k.categories()
	k.patterns()
	return errors.Join(k.problems...)
}

// broken returns links that lead nowhere, identifiers that do not exist, and
// estimates without a basis.
func (c *Catalog) broken() []error {
	k := &checker{c: c}
	for x := range c.Entries() {
		k.links(x.(entryOf))
		k.refs(x.(entryOf))
	}
	k.kinds()
	k.moves()
	return k.problems
}

type checker struct {
	c        *Catalog
	problems []error
}

func (k *checker) fail(at place, format string, args ...any) {
	k.problems = append(k.problems, &Problem{at.file, at.line, fmt.Sprintf(format, args...)})
}

func (k *checker) links(x entryOf) {
	e := x.Common()
	for _, l := range x.links() {
		seen := map[string]bool{}
		for _, slug := range l.slugs {
			switch {
			case seen[slug]:
				k.fail(e.at, "%s names the %v %q twice", e.ID(), l.kind, slug)
			case k.c.index.byID(l.kind, slug) == nil:
				k.fail(e.at, "%s: no %v is called %q%s", e.ID(), l.kind, slug, k.didYouMean(l.kind, slug))
			}
			seen[slug] = true
		}
	}
}

func (k *checker) didYouMean(kind Kind, slug string) string {
	var slugs []string
	for x := range k.c.Entries() {
		if e := x.Common(); e.Kind == kind {
			slugs = append(slugs, e.Slug)
		}
	}
	if hint := diag.Suggest(slug, slugs); hint != "" {
		return "; " + hint
	}
	return ""
}

func (k *checker) refs(x entryOf) {
	e := x.Common()
	seen := map[Reference]bool{}
	for _, r := range x.references() {
		l := k.c.list(r.List())
		switch {
		case l == nil:
			k.fail(e.at, "%s: there is no list %q", e.ID(), r.List())
			continue
		case !l.form.MatchString(r.ID):
			k.fail(e.at, "%s: %s has not the form of an identifier of %s", e.ID(), r.ID, r.List())
		case seen[r]:
			k.fail(e.at, "%s refers to %v twice", e.ID(), r)
		}
		if _, held := l.name[r.ID]; !held && l.Whole {
			k.fail(e.at, "%s: %s has no %s", e.ID(), r.List(), r.ID)
		}
		seen[r] = true
	}
}

// kinds checks what only entries of one kind have.
func (k *checker) kinds() {
	for _, t := range k.c.threats.list {
		if len(t.Stride) == 0 || len(t.Mitigations) == 0 || len(t.Components) == 0 {
			k.fail(t.at, "%s: expected categories of STRIDE, components and mitigations", t.ID())
		}
	}
	for _, m := range k.c.mitigations.list {
		if !slices.Contains([]string{"prevent", "detect", "respond"}, m.Control) {
			k.fail(m.at, "%s: expected control prevent, detect or respond, found %q", m.ID(), m.Control)
		}
		if m.Effects == (Effects{}) {
			k.fail(m.at, "%s has no effect", m.ID())
		}
		if m.Basis == "" {
			k.fail(m.at, "%s does not say what its effects rest on (basis)", m.ID())
		}
	}
	for _, a := range k.c.adversaries.list {
		if a.Basis == "" {
			k.fail(a.at, "%s does not say what its numbers rest on (basis)", a.ID())
		}
		if a.Skill < 0 || a.Skill > 10 || a.Budget < 0 || a.Days[0] < 0 || a.Days[1] < a.Days[0] {
			k.fail(a.at, "%s: expected a skill from 0 to 10, a budget that is not negative, and times in order", a.ID())
		}
	}
	for _, x := range k.c.components.list {
		if x.Element == 0 {
			k.fail(x.at, "%s: expected an element: external, process, store or flow", x.ID())
		}
		if x.Logs && x.Element != stride.Store || x.Human && x.Element != stride.External {
			k.fail(x.at, "%s: expected logs in a store, and a person to be external", x.ID())
		}
	}
	for _, p := range k.c.patterns.list {
		if p.src == nil {
			k.fail(p.at, "%s: there is no file patterns/%s.atree", p.ID(), p.Slug)
		}
	}
	for _, x := range k.c.concepts.list {
		for _, see := range x.See {
			word, slug, _ := strings.Cut(see, "/")
			kind, err := ParseKind(word)
			if err != nil || slug != "*" && k.c.index.byID(kind, slug) == nil {
				k.fail(x.at, "%s: there is no entry %q", x.ID(), see)
			}
		}
	}
}

func (k *checker) moves() {
	for _, m := range k.c.moves {
		from, to := false, false
		for _, l := range k.c.lists {
			if l.Source == m.Source {
				_, here := l.name[m.ID]
				_, there := l.name[m.To]
				from, to = from || here, to || there
			}
		}
		if !from || !to || m.ID == m.To {
			k.fail(m.at, "expected a move between two identifiers of %s, found %q to %q", m.Source, m.ID, m.To)
			continue
		}
		step := m // follow it; a circle would never end
		for range len(k.c.moves) {
			if step = k.c.index.moves[m.Source+" "+step.To]; step == nil {
				break
			}
		}
		if step != nil {
			k.fail(m.at, "%s moves in a circle", m.ID)
		}
	}
}

// unused finds what no threat leads to.
func (k *checker) unused() {
	used := map[string]bool{}
	for x := range k.c.Entries() {
		for _, l := range x.(entryOf).links() {
			for _, slug := range l.slugs {
				used[l.kind.String()+"/"+slug] = true
			}
		}
	}
	for x := range k.c.Entries() {
		switch e := x.Common(); e.Kind {
		case KindThreat, KindPattern, KindConcept:
		case KindAdversary:
			if a := x.(*Adversary); !used[e.ID()] && !slices.ContainsFunc(a.Refs, func(r Reference) bool { return r.Source == "RAND" }) {
				k.fail(e.at, "%s is used nowhere", e.ID())
			}
		default:
			if !used[e.ID()] {
				k.fail(e.at, "%s is used nowhere", e.ID())
			}
		}
	}
}

// categories finds threats with a category that applies to none of their
// components by STRIDE per element.
func (k *checker) categories() {
	for _, t := range k.c.threats.list {
		var fit stride.Set
		for _, slug := range t.Components {
			if x, ok := k.c.Component(slug); ok {
				fit |= stride.PerElement(x.Element, x.Logs)
			}
		}
		for _, cat := range t.Stride {
			if !fit.Has(cat) {
				k.fail(t.at, "%s: %v applies to none of its components", t.ID(), cat)
			}
		}
	}
}

// patterns loads every pattern, and looks at its nodes.
func (k *checker) patterns() {
	for _, p := range k.c.patterns.list {
		file := "patterns/" + p.Slug + ".atree"
		tree, err := (&attacktree.Loader{Library: k.c}).Parse(file, p.src)
		var found diag.List
		if errors.As(err, &found) || err == nil {
			if err == nil {
				found = tree.Warnings()
			}
			for _, problem := range found {
				k.fail(place{file, problem.Span.Start().Line}, "%s", problem.Message)
			}
		}
		if err != nil {
			continue
		}
		for _, n := range tree.Model().Nodes {
			at := place{file, n.Span.Start().Line}
			if estimated := n.Likelihood.Given() || n.Cost.Given() || n.Rate.Given(); estimated && len(n.Basis) == 0 {
				k.fail(at, "%s does not say what its numbers rest on (basis)", n.Name)
			}
			if n.Gate.Leaf() && len(n.Threats) == 0 {
				k.fail(at, "%s names no threat", n.Name)
			}
		}
	}
}
