package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/stride"
)

// A first tree for a system.

// Scaffold returns declarations that turn a description of a system into a tree
// to begin with: a goal for each asset that some element or flow carries and no
// goal is about, or one for the system where there are no assets. Below it stand
// the patterns of the catalogue that go through such an element and are about
// that kind of asset, and for each element, and each flow that crosses a trust
// boundary, steps for the threats that fit and that no pattern covers, or for the
// categories of STRIDE where none fits. Numbers of these steps are placeholders,
// and say so. What threatens two assets is one event.
//
// The text is to be appended to the file of the tree; it uses no name that is
// taken there. It is empty where nothing is left to do. The error wraps
// [ErrNoSystem] where there is no system.
func Scaffold(c *Catalog, t *attacktree.Tree) (string, error) {
	m := t.Model()
	if m.System == nil {
		return "", ErrNoSystem
	}
	diagram, err := Diagram(c, m.System)
	if err != nil {
		return "", fmt.Errorf("catalog: %w", err)
	}
	s := &scaffold{c: c, m: m, diagram: diagram, fits: c.fitting(m.System),
		taken: map[string]bool{}, copies: map[string]string{}, steps: map[spotThreat]string{}, covered: map[spot]bool{}}
	for _, n := range m.Nodes {
		s.taken[n.Name] = true
		first, _, _ := strings.Cut(n.Name, ".") // of an import
		s.taken[first] = true
	}
	for _, a := range s.assets() {
		if err := s.goal(a); err != nil {
			return "", err
		}
	}
	return s.head.String() + s.body.String(), nil
}

// placeholder stands in for numbers that nobody has given.
const placeholder = `    cost 1k..100k
    time 1d..30d
    likelihood 1%..30%
    basis "placeholder: put in your own"
`

type scaffold struct {
	c       *Catalog
	m       *attacktree.Model
	diagram *stride.Diagram
	fits    map[spot][]string

	head, body strings.Builder // copies, and the goals below them

	taken   map[string]bool       // names of nodes and imports
	copies  map[string]string     // by pattern: the name of its copy
	steps   map[spotThreat]string // names of steps that have been declared
	covered map[spot]bool         // by nodes of patterns
}

// A spotThreat is a threat, of the catalogue or a category, at a place.
type spotThreat struct{ at, threat string }

// assets returns those that a goal is missing for; a nameless one stands for the
// system.
func (s *scaffold) assets() []*attacktree.Asset {
	if len(s.m.Assets) == 0 {
		if slices.ContainsFunc(s.m.Nodes, func(n *attacktree.Node) bool { return n.Goal }) {
			return nil
		}
		return []*attacktree.Asset{{}}
	}
	var list []*attacktree.Asset
	for _, a := range s.m.Assets {
		has := func(names []string) bool { return slices.Contains(names, a.Name) }
		carried := slices.ContainsFunc(s.m.System.Elements, func(e *attacktree.Element) bool { return has(e.Assets) }) ||
			slices.ContainsFunc(s.m.System.Flows, func(f *attacktree.Flow) bool { return has(f.Assets) })
		if carried && !slices.ContainsFunc(s.m.Nodes, func(n *attacktree.Node) bool { return n.Goal && has(n.Assets) }) {
			list = append(list, a)
		}
	}
	return list
}

// goal writes the goal of one asset.
func (s *scaffold) goal(a *attacktree.Asset) error {
	label := "Harm to the system"
	switch {
	case a.Name != "":
		label = "Harm to " + cmp.Or(a.Label, a.Name)
	case s.m.System.Label != "":
		label = "Harm to " + s.m.System.Label
	}
	var children []string
	for _, e := range s.m.System.Elements {
		if !carries(a, e.Assets) {
			continue
		}
		for _, p := range s.c.patterns.list {
			if !overlap(p.Components, e.Components) || a.Kind != "" && !slices.Contains(p.Assets, a.Kind) {
				continue
			}
			name, err := s.copy(p)
			if err != nil {
				return err
			}
			if use := "  use " + name + ".root\n"; !slices.Contains(children, use) {
				children = append(children, use)
			}
		}
	}
	for _, e := range s.m.System.Elements {
		if carries(a, e.Assets) {
			logs := slices.ContainsFunc(e.Components, func(slug string) bool {
				k, ok := s.c.Component(slug)
				return ok && k.Logs && e.Kind == stride.Store
			})
			children = append(children, s.place(a, e.Name, cmp.Or(e.Label, e.Name), stride.PerElement(e.Kind, logs))...)
		}
	}
	for _, f := range s.m.System.Flows {
		if carries(a, f.Assets) && s.diagram.Crosses(f.Name) {
			children = append(children, s.place(a, f.Name, "the flow of "+cmp.Or(f.Label, f.Name), stride.PerElement(stride.Flow, false))...)
		}
	}
	if len(children) == 0 {
		return nil
	}
	name := s.name(cmp.Or(a.Name, "system") + "-harm")
	fmt.Fprintf(&s.body, "\n# Say what is lost (impact) and how often it is tried in a period (attempts).\n")
	fmt.Fprintf(&s.body, "goal or %s %s {\n", name, quoted(label))
	if a.Name != "" {
		fmt.Fprintf(&s.body, "  asset %s\n", a.Name)
	}
	s.body.WriteString(strings.Join(children, ""))
	s.body.WriteString("}\n")
	return nil
}

// place returns the steps for the threats at one element or flow: those of the
// catalogue that fit, and else the category itself.
func (s *scaffold) place(a *attacktree.Asset, at, label string, applicable stride.Set) []string {
	var out []string
	done := map[string]bool{} // a threat of several categories is one step
	step := func(threat, label, attributes string) {
		key := spotThreat{at, threat}
		if done[threat] {
			return
		}
		done[threat] = true
		if name, there := s.steps[key]; there {
			out = append(out, "  use "+name+"\n")
			return
		}
		name := s.name(at + "-" + threat)
		s.steps[key] = name
		out = append(out, fmt.Sprintf("  step %s %s {\n    at %s\n%s%s  }\n", name, quoted(label), at, attributes, placeholder))
	}
	for category := range applicable.All() {
		if s.covered[spot{at, category}] {
			continue
		}
		fitting := s.fitting(a, spot{at, category})
		for _, t := range fitting {
			var words []string
			for _, c := range t.Stride {
				words = append(words, c.String())
			}
			step(t.Slug, t.Name+" at "+label, fmt.Sprintf("    stride %s\n    threat %s\n", strings.Join(words, ", "), t.Slug))
		}
		if len(fitting) == 0 {
			step(category.String(), category.Name()+" at "+label, fmt.Sprintf("    stride %v\n", category))
		}
	}
	return out
}

// fitting returns the threats for a place that are to be considered in every
// system and about that kind of asset, the wider ones instead of their parts.
func (s *scaffold) fitting(a *attacktree.Asset, at spot) []*Threat {
	var list []*Threat
	for _, slug := range s.fits[at] {
		t, _ := s.c.Threat(slug)
		if t.Core && (a.Kind == "" || slices.Contains(t.Assets, a.Kind)) {
			list = append(list, t)
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(t *Threat) bool {
		return slices.ContainsFunc(list, func(wider *Threat) bool { return wider.Slug == t.Parent })
	})
}

// copy takes a pattern in, once, with its nodes put to the elements that they
// fit, and returns the name of the copy.
func (s *scaffold) copy(p *Pattern) (string, error) {
	if name, there := s.copies[p.Slug]; there {
		return name, nil
	}
	tree, err := (&attacktree.Loader{Library: s.c}).Parse(p.Slug, p.src)
	if err != nil {
		return "", errors.Join(fmt.Errorf("catalog: the pattern %s is not sound", p.Slug), err)
	}
	name := s.name(p.Slug)
	s.copies[p.Slug] = name
	fmt.Fprintf(&s.head, "\ncopy \"catalog:%s\" as %s {\n", p.Slug, name)
	for _, n := range tree.Model().Nodes {
		var places []string
		for _, e := range s.m.System.Elements {
			if slices.ContainsFunc(n.Threats, func(slug string) bool {
				t, ok := s.c.Threat(slug)
				return ok && overlap(t.Components, e.Components)
			}) {
				places = append(places, e.Name)
			}
		}
		for _, at := range places {
			for _, category := range n.Stride {
				s.covered[spot{at, category}] = true
			}
		}
		if len(places) > 0 {
			fmt.Fprintf(&s.head, "  node %s { at %s }\n", n.Name, strings.Join(places, ", "))
		}
	}
	s.head.WriteString("}\n")
	return name, nil
}

// name returns a name for a node or a copy that is not taken.
func (s *scaffold) name(like string) string {
	like = strings.NewReplacer(".", "-", ":", "-").Replace(like)
	name := like
	for i := 2; s.taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", like, i)
	}
	s.taken[name] = true
	return name
}

// carries reports whether an asset is among those of an element; the system as a
// whole is everywhere.
func carries(a *attacktree.Asset, assets []string) bool {
	return a.Name == "" || slices.Contains(assets, a.Name)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
