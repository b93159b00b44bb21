package brute

import (
	"fmt"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A question is one goal in one scenario, with the names of the model resolved.
// Nodes and controls are numbered by their place in the model; a set of controls
// is a bit set.
type question struct {
	m         *attacktree.Model
	id        map[string]int
	goal      int
	lifted    int // the node whose assumption is lifted, -1 if none is
	adversary *attacktree.Adversary
	mode      attacktree.Mode
	params    map[string]float64

	inPlace uint64
	effects [][]effect // by node: what controls of the model do to it, in place or not
	acting  []uint64   // by node: the controls of effects other than on impact

	below     []bool // the goal and the nodes below it
	inScope   []bool // those, the nodes that switch off a control of a node in scope, and the nodes below these
	bypasses  []bool // the nodes that switch off a control of a node in scope
	order     []int  // the nodes in scope, children first
	variables []int  // the own steps and plain conditions in scope, in the order of the model
	steps     uint32 // those of the variables that are own steps
	accidents []int  // the conditions with a rate in scope

	costs, times, skills bool // whether any node in scope carries it
	impacts              bool // whether any node below the goal has one

	known []map[uint64]numbers // by node and controls that hold; see numbers
}

// An effect is a change that a control makes to a node.
type effect struct {
	control int
	change  attacktree.Change
}

func ask(m *attacktree.Model, goal string, s *attacktree.Scenario) (*question, error) {
	q := &question{m: m, goal: -1, lifted: -1, params: s.Params, id: map[string]int{}}
	for v, n := range m.Nodes {
		q.id[n.Name] = v
		if n.Goal && (n.Name == goal || goal == "") {
			q.goal = v
		}
	}
	if q.goal < 0 {
		return nil, unknown("goal", goal)
	}
	if s.Adversary != "" {
		i := slices.IndexFunc(m.Adversaries, func(a *attacktree.Adversary) bool { return a.Name == s.Adversary })
		if i < 0 {
			return nil, unknown("adversary", s.Adversary)
		}
		q.adversary = m.Adversaries[i]
	}
	q.mode = s.Mode
	if q.mode == attacktree.DefaultMode {
		q.mode = attacktree.Saturating
		if q.adversary != nil {
			q.mode = attacktree.Limited
		}
	}
	if len(m.Controls) > 64 {
		return nil, fmt.Errorf("brute: expected at most 64 controls, found %d", len(m.Controls))
	}
	for _, name := range s.Controls {
		c := slices.IndexFunc(m.Controls, func(k *attacktree.Control) bool { return k.Name == name })
		if c < 0 {
			return nil, unknown("control", name)
		}
		q.inPlace |= 1 << c
	}
	q.gather()
	return q, q.survey()
}

// lift asks for node v as the goal, without its assumption.
func (q *question) lift(v int) (*question, error) {
	other := *q
	other.goal, other.lifted = v, v
	other.gather()
	return &other, other.survey()
}

// gather finds what controls do to each node. An effect that matches a node
// more than once acts on it once.
func (q *question) gather() {
	q.effects = make([][]effect, len(q.m.Nodes))
	q.acting = make([]uint64, len(q.m.Nodes))
	for c, k := range q.m.Controls {
		for _, e := range k.Effects {
			for v, n := range q.m.Nodes {
				if !slices.ContainsFunc(e.Targets, func(t attacktree.Target) bool { return matches(n, t) }) {
					continue
				}
				for _, change := range e.Changes {
					q.effects[v] = append(q.effects[v], effect{c, change})
					if change.Op == attacktree.Block || change.Attribute != attacktree.Impact {
						q.acting[v] |= 1 << c
					}
				}
			}
		}
	}
}

func matches(n *attacktree.Node, t attacktree.Target) bool {
	switch t.Kind {
	case attacktree.OnNode:
		return n.Name == t.Name
	case attacktree.OnThreat:
		return slices.Contains(n.Threats, t.Name)
	default:
		return slices.Contains(n.Tags, t.Name)
	}
}

// survey finds what is below the goal, what is in scope, and the variables.
func (q *question) survey() error {
	q.known = make([]map[uint64]numbers, len(q.m.Nodes))
	q.below = make([]bool, len(q.m.Nodes))
	q.below[q.goal] = true
	for q.spread(q.below) {
	}
	q.inScope = slices.Clone(q.below)
	q.bypasses = make([]bool, len(q.m.Nodes))
	for q.spread(q.inScope) || q.spreadBypasses() {
	}

	q.order = nil
	placed := make([]bool, len(q.m.Nodes))
	for before := -1; before < len(q.order); {
		before = len(q.order)
		for v := range q.m.Nodes {
			ready := !slices.ContainsFunc(q.children(v), func(w int) bool { return !placed[w] })
			if q.inScope[v] && !placed[v] && ready {
				placed[v] = true
				q.order = append(q.order, v)
			}
		}
	}

	q.variables, q.accidents, q.steps = nil, nil, 0
	q.costs, q.times, q.skills, q.impacts = false, false, false, false
	for v, n := range q.m.Nodes {
		switch {
		case !q.inScope[v]:
		case n.Rate.Given():
			q.accidents = append(q.accidents, v)
		case q.isCondition(v):
			q.variables = append(q.variables, v)
		case q.ownStep(v):
			q.steps |= 1 << len(q.variables)
			q.variables = append(q.variables, v)
		}
		q.impacts = q.impacts || q.below[v] && n.Impact.Given()
		if !q.inScope[v] {
			continue
		}
		q.costs = q.costs || n.Cost.Given()
		q.times = q.times || n.Time.Given()
		q.skills = q.skills || n.Skill != nil
		for _, o := range n.For {
			q.costs = q.costs || o.Cost.Given()
			q.times = q.times || o.Time.Given()
			q.skills = q.skills || o.Skill != nil
		}
		if len(q.variables) > MaxVariables {
			return fmt.Errorf("brute: expected at most %d own steps and conditions below %q, found more",
				MaxVariables, q.m.Nodes[q.goal].Name)
		}
	}
	return nil
}

// spread adds the children of the nodes in the set, and reports whether any was new.
func (q *question) spread(set []bool) bool {
	grown := false
	for v := range set {
		if !set[v] {
			continue
		}
		for _, w := range q.children(v) {
			grown = grown || !set[w]
			set[w] = true
		}
	}
	return grown
}

// spreadBypasses adds the nodes that switch off a control of a node in scope.
func (q *question) spreadBypasses() bool {
	grown := false
	for v := range q.inScope {
		if !q.inScope[v] {
			continue
		}
		for _, e := range q.effects[v] {
			for _, name := range q.m.Controls[e.control].BypassedBy {
				w := q.id[name]
				grown = grown || !q.inScope[w] || !q.bypasses[w]
				q.inScope[w], q.bypasses[w] = true, true
			}
		}
	}
	return grown
}

func (q *question) isCondition(v int) bool { return q.m.Nodes[v].Gate == attacktree.Condition }

// assumed reports whether v is cut and taken as one step.
func (q *question) assumed(v int) bool { return q.m.Nodes[v].Assume.Given() && v != q.lifted }

// children returns the children of v, of which an assumed node has none.
func (q *question) children(v int) []int {
	if q.assumed(v) {
		return nil
	}
	var ids []int
	for _, name := range q.m.Nodes[v].Children {
		ids = append(ids, q.id[name])
	}
	return ids
}

// ownStep reports whether v has an own step.
func (q *question) ownStep(v int) bool {
	n := q.m.Nodes[v]
	switch {
	case n.Gate == attacktree.Condition:
		return false
	case n.Gate == attacktree.Step, q.assumed(v), q.acting[v] != 0:
		return true
	case n.Likelihood.Given(), n.Cost.Given(), n.Time.Given(), n.Skill != nil, len(n.Access) > 0, n.Detection.Given():
		return true
	}
	return slices.ContainsFunc(n.For, func(o attacktree.Override) bool {
		return o.Likelihood.Given() || o.Cost.Given() || o.Time.Given() || o.Skill != nil || o.Detection.Given()
	})
}

// mean returns the mean of v, or what the scenario says of its parameter.
func (q *question) mean(v quantity.Value) float64 {
	if x, ok := q.params[v.Param]; ok && v.Param != "" {
		if v.Factor != 0 {
			x *= v.Factor
		}
		return x
	}
	return v.Mean()
}
