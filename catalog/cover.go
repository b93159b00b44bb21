package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/stride"
)

// What STRIDE finds in the system of a tree, and what the tree says to it.

// CoverOptions say what [Cover] looks for. The zero value, and nil, ask for
// STRIDE per element and per interaction on no day in particular.
type CoverOptions struct {
	Methods []stride.Method // empty: per element and per interaction
	Today   attacktree.Date // acceptances that have run out by then do not count; zero: none has
}

// A Coverage lists the threats of a system, each with what covers it.
type Coverage struct {
	Tree    *attacktree.Tree
	Threats []SystemThreat // method by method, as stride lists them
}

// A SystemThreat is a threat that STRIDE finds in a system: by element, one
// category at one element or flow; by interaction, one category in one flow, which
// several rules may have found, at one of its ends or on the way.
type SystemThreat struct {
	Category    stride.Category
	Elements    []string // what is threatened: elements or flows
	Interaction string   // the flow in which it was found; empty by element
	Rules       []string // per-element, or the identifiers of the rules
	Texts       []string // what may happen, by each rule
	Crosses     bool     // the flow, found in or threatened, crosses a trust boundary: look here first

	Assets []string // what the elements carry
	Owners []string // who answers for the elements: their owners, or else those of the boundaries around them, of the system or of the model

	Catalog   []string               // threats of the catalogue that fit the component and the category
	CoveredBy []string               // nodes that happen there and are of the category, in the order of the model
	Accepted  *attacktree.Acceptance // nil: not accepted
	Expired   bool                   // the acceptance has run out
}

// Open reports whether nothing in the model answers the threat: no node covers
// it, and it is not accepted, or no longer.
func (x *SystemThreat) Open() bool { return len(x.CoveredBy) == 0 && (x.Accepted == nil || x.Expired) }

// Open returns how many threats are open.
func (k *Coverage) Open() int {
	n := 0
	for i := range k.Threats {
		if k.Threats[i].Open() {
			n++
		}
	}
	return n
}

// ErrNoSystem says that a tree describes no system.
var ErrNoSystem = errors.New("catalog: expected a system in the file, found none")

// Diagram returns the data flow diagram of a system. Kinds of components say
// which stores hold logs and which external entities are people.
func Diagram(c *Catalog, s *attacktree.System) (*stride.Diagram, error) {
	var boundaries []stride.Boundary
	for _, b := range s.Boundaries {
		boundaries = append(boundaries, stride.Boundary{Name: b.Name, Parent: b.Parent})
	}
	var elements []stride.Element
	for _, e := range s.Elements {
		x := stride.Element{Name: e.Name, Kind: e.Kind, Boundary: e.Boundary}
		for _, slug := range e.Components {
			if k, ok := c.Component(slug); ok {
				x.Logs = x.Logs || k.Logs && e.Kind == stride.Store
				x.Human = x.Human || k.Human && e.Kind == stride.External
			}
		}
		elements = append(elements, x)
	}
	var flows []stride.DataFlow
	for _, f := range s.Flows {
		flows = append(flows, stride.DataFlow{Name: f.Name, From: f.From, To: f.To})
	}
	return stride.NewDiagram(boundaries, elements, flows)
}

// Cover lists the threats of a tree's system. A node covers a threat if it
// happens at what is threatened, or at the flow in which the threat was found,
// and is of its category; a node that names no category has those of its
// threats in the catalogue. An acceptance answers it by the same rule. The
// error wraps [ErrNoSystem] where there is none.
func Cover(c *Catalog, t *attacktree.Tree, opt *CoverOptions) (*Coverage, error) {
	m := t.Model()
	if m.System == nil {
		return nil, ErrNoSystem
	}
	if opt == nil {
		opt = &CoverOptions{}
	}
	methods := opt.Methods
	if len(methods) == 0 {
		methods = []stride.Method{stride.ByElement, stride.ByInteraction}
	}
	diagram, err := Diagram(c, m.System)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}

	nodes := map[spot][]int{} // by place in the model
	for i, n := range m.Nodes {
		for _, at := range n.At {
			for _, category := range c.categories(n) {
				nodes[spot{at, category}] = append(nodes[spot{at, category}], i)
			}
		}
	}
	accepted := map[spot]*attacktree.Acceptance{}
	for _, a := range m.Acceptances {
		for _, category := range a.Stride {
			at := spot{a.Element, category}
			if accepted[at] == nil || expired(accepted[at], opt.Today) {
				accepted[at] = a
			}
		}
	}
	fits := c.fitting(m.System)
	carried, owner := carriers(m)

	k := &Coverage{Tree: t}
	for _, method := range methods {
		var list []SystemThreat
		for _, threat := range diagram.Threats(method) {
			list = found(list, threat)
		}
		k.Threats = append(k.Threats, list...)
	}
	for i := range k.Threats {
		x := &k.Threats[i]
		places := x.Elements
		if x.Interaction != "" {
			places = union(places, []string{x.Interaction})
		}
		var covering []int
		for _, at := range places {
			here := spot{at, x.Category}
			covering = append(covering, nodes[here]...)
			if a := accepted[here]; a != nil && (x.Accepted == nil || x.Expired) {
				x.Accepted, x.Expired = a, expired(a, opt.Today)
			}
		}
		for _, at := range x.Elements {
			x.Catalog = union(x.Catalog, fits[spot{at, x.Category}])
			x.Assets = union(x.Assets, carried[at])
			if owner[at] != "" {
				x.Owners = union(x.Owners, []string{owner[at]})
			}
		}
		slices.Sort(covering)
		for _, n := range slices.Compact(covering) {
			x.CoveredBy = append(x.CoveredBy, m.Nodes[n].Name)
		}
	}
	return k, nil
}

// carriers returns the assets and the owner of each element and flow.
func carriers(m *attacktree.Model) (assets map[string][]string, owner map[string]string) {
	assets, owner = map[string][]string{}, map[string]string{}
	boundaries := map[string]*attacktree.Boundary{}
	for _, b := range m.System.Boundaries {
		boundaries[b.Name] = b
	}
	above := func(own, boundary string) string {
		for b := boundaries[boundary]; own == "" && b != nil; b = boundaries[b.Parent] {
			own = b.Owner
		}
		return cmp.Or(own, m.System.Owner, m.Owner)
	}
	for _, e := range m.System.Elements {
		assets[e.Name], owner[e.Name] = e.Assets, above(e.Owner, e.Boundary)
	}
	for _, f := range m.System.Flows {
		assets[f.Name], owner[f.Name] = f.Assets, above(f.Owner, f.Boundary)
	}
	return assets, owner
}

// found adds a threat to a list. One of the same category in the same
// interaction, of which all come one after the other, is the same threat.
func found(list []SystemThreat, threat stride.Threat) []SystemThreat {
	i := len(list) - 1
	for i >= 0 && list[i].Interaction == threat.Interaction && list[i].Category != threat.Category {
		i--
	}
	if threat.Interaction == "" || i < 0 || list[i].Interaction != threat.Interaction {
		return append(list, SystemThreat{
			Category: threat.Category, Elements: []string{threat.Element}, Interaction: threat.Interaction,
			Rules: []string{threat.Rule}, Texts: []string{threat.Text}, Crosses: threat.Crosses,
		})
	}
	x := &list[i]
	x.Elements = union(x.Elements, []string{threat.Element})
	x.Rules = union(x.Rules, []string{threat.Rule})
	x.Texts = union(x.Texts, []string{threat.Text})
	return list
}

// A spot is where a threat may happen: at an element or a flow, in a category.
type spot struct {
	at       string
	category stride.Category
}

// categories returns those of a node, or else of its threats.
func (c *Catalog) categories(n *attacktree.Node) []stride.Category {
	if len(n.Stride) > 0 {
		return n.Stride
	}
	var set stride.Set
	for _, slug := range n.Threats {
		if t, ok := c.Threat(slug); ok {
			set |= stride.SetOf(t.Stride...)
		}
	}
	return set.Slice()
}

// fitting returns the threats of the catalogue by where in a system they may
// happen. All flows are network links; agents' threats need an agent somewhere.
func (c *Catalog) fitting(s *attacktree.System) map[spot][]string {
	there := map[string]bool{}
	for _, e := range s.Elements {
		for _, component := range e.Components {
			there[component] = true
		}
	}
	fits := map[spot][]string{}
	add := func(at, component string) {
		for _, t := range c.threats.list {
			agents := t.Systems != "agentic" || slices.ContainsFunc(t.Components, func(x string) bool { return there[x] })
			if !agents || !slices.Contains(t.Components, component) {
				continue
			}
			for _, category := range t.Stride {
				here := spot{at, category}
				if !slices.Contains(fits[here], t.Slug) {
					fits[here] = append(fits[here], t.Slug)
				}
			}
		}
	}
	for _, e := range s.Elements {
		for _, component := range e.Components {
			add(e.Name, component)
		}
	}
	for _, f := range s.Flows {
		for _, k := range c.components.list {
			if k.Element == stride.Flow {
				add(f.Name, k.Slug)
			}
		}
	}
	return fits
}

func expired(a *attacktree.Acceptance, today attacktree.Date) bool {
	none := attacktree.Date{}
	return a.Until != none && today != none && a.Until.Compare(today) < 0
}

// union appends to a what it has not.
func union(a, b []string) []string {
	out := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
