package stride

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Boundary is a trust boundary: what is inside trusts each other more than
// what is outside.
type Boundary struct {
	Name   string
	Parent string // the boundary around it; empty at the top
}

// An Element is an external entity, a process or a data store.
type Element struct {
	Name     string
	Kind     ElementKind // External, Process or Store
	Boundary string      // the innermost boundary around it; empty: outside all
	Logs     bool        // a store that holds logs or other evidence
	Human    bool        // an external entity that is a person
}

// A DataFlow carries data from one element to another, in one direction.
type DataFlow struct {
	Name     string
	From, To string // elements
}

// A Diagram is a data flow diagram that has been checked. It does not change,
// so many goroutines may use it. The zero Diagram is empty.
type Diagram struct {
	boundaries []Boundary
	elements   []Element
	flows      []DataFlow

	boundary, element, flow map[string]int // positions by name
}

// NewDiagram checks the parts of a diagram and keeps a copy of them. Boundaries,
// elements and flows share one name space, and order means nothing to the check.
//
// The error lists every problem: a name that is missing or used twice, an
// element of no kind, a boundary or an end of a flow that does not exist,
// boundaries that enclose themselves, logs outside a store, a person that is no
// external entity. The work is linear in the size of the diagram.
func NewDiagram(boundaries []Boundary, elements []Element, flows []DataFlow) (*Diagram, error) {
	d := &Diagram{
		boundaries: slices.Clone(boundaries), elements: slices.Clone(elements), flows: slices.Clone(flows),
		boundary: map[string]int{}, element: map[string]int{}, flow: map[string]int{},
	}
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("stride: "+format, args...))
	}

	first := map[string]string{} // what has taken a name
	name := func(what, name string, index map[string]int, i int) {
		switch earlier, taken := first[name]; {
		case name == "":
			fail("expected a name for %s %d", what, i+1)
		case taken:
			fail("%s %q: name already in use (%s)", what, name, earlier)
		default:
			first[name] = what
			index[name] = i
		}
	}
	for i, b := range d.boundaries {
		name("boundary", b.Name, d.boundary, i)
	}
	for i, e := range d.elements {
		name("element", e.Name, d.element, i)
	}
	for i, f := range d.flows {
		name("flow", f.Name, d.flow, i)
	}

	for _, b := range d.boundaries {
		if _, ok := d.boundary[b.Parent]; !ok && b.Parent != "" {
			fail("boundary %q: no boundary is called %q", b.Name, b.Parent)
		}
	}
	for _, cycle := range d.cycles() {
		fail("boundaries enclose themselves: %s", strings.Join(cycle, " in "))
	}
	for _, e := range d.elements {
		if e.Kind != External && e.Kind != Process && e.Kind != Store {
			fail("element %q: expected external, process or store, found %v", e.Name, e.Kind)
		}
		if _, ok := d.boundary[e.Boundary]; !ok && e.Boundary != "" {
			fail("element %q: no boundary is called %q", e.Name, e.Boundary)
		}
		if e.Logs && e.Kind != Store {
			fail("element %q: expected a store where there are logs, found %v", e.Name, e.Kind)
		}
		if e.Human && e.Kind != External {
			fail("element %q: expected a person to be external, found %v", e.Name, e.Kind)
		}
	}
	for _, f := range d.flows {
		for _, end := range []string{f.From, f.To} {
			if _, ok := d.element[end]; !ok {
				fail("flow %q: no element is called %q", f.Name, end)
			}
		}
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	return d, nil
}

// cycles returns the circles among the parents of boundaries, each from its
// first boundary back to it.
func (d *Diagram) cycles() [][]string {
	var found [][]string
	walk := make([]int, len(d.boundaries)) // the walk that came by first; 0: none yet
	for start := range d.boundaries {
		at, ok := start, true
		for ok && walk[at] == 0 {
			walk[at] = start + 1
			at, ok = d.boundary[d.boundaries[at].Parent]
		}
		if !ok || walk[at] != start+1 {
			continue
		}
		// This walk met its own trail: from here the parents lead back to here.
		cycle := []string{d.boundaries[at].Name}
		for next := d.boundary[d.boundaries[at].Parent]; next != at; next = d.boundary[d.boundaries[next].Parent] {
			cycle = append(cycle, d.boundaries[next].Name)
		}
		found = append(found, append(cycle, cycle[0]))
	}
	return found
}

// Crosses reports whether a flow crosses a trust boundary, that is, whether some
// boundary has one of its ends inside and the other outside. It is false for a
// flow that does not exist.
func (d *Diagram) Crosses(flow string) bool {
	i, ok := d.flow[flow]
	return ok && d.interaction(d.flows[i]).Crosses
}

// Crossed returns the boundaries that a flow crosses, in the order in which it
// meets them: those that it leaves, then those that it enters.
func (d *Diagram) Crossed(flow string) []string {
	i, ok := d.flow[flow]
	if !ok {
		return nil
	}
	leaves := d.around(d.flows[i].From)
	enters := d.around(d.flows[i].To)
	for len(leaves) > 0 && len(enters) > 0 && leaves[len(leaves)-1] == enters[len(enters)-1] {
		leaves = leaves[:len(leaves)-1]
		enters = enters[:len(enters)-1]
	}
	slices.Reverse(enters)
	return append(leaves, enters...)
}

// around returns the boundaries around an element, the innermost first.
func (d *Diagram) around(element string) []string {
	var list []string
	at, ok := d.boundary[d.elements[d.element[element]].Boundary]
	for ok {
		list = append(list, d.boundaries[at].Name)
		at, ok = d.boundary[d.boundaries[at].Parent]
	}
	return list
}

// interaction returns what a flow is between. Since boundaries nest and never
// overlap, a flow stays within all of them exactly if its ends have the same
// innermost one.
func (d *Diagram) interaction(f DataFlow) Interaction {
	from, to := d.elements[d.element[f.From]], d.elements[d.element[f.To]]
	return Interaction{Source: from.Kind, Target: to.Kind, Crosses: from.Boundary != to.Boundary, Human: to.Human}
}
