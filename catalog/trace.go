package catalog

import (
	"cmp"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/stride"
)

// From a risk to who answers for it: which steps lead there, which controls act
// on them, who owns these, and when they are looked at again.

// A Trace goes from the risks of a tree, its goals, to what is done about them.
type Trace struct {
	Tree  *attacktree.Tree
	Today attacktree.Date // reviews and acceptances are measured by it; zero: none is late
	Rows  []TraceRow      // goal by goal, step by step in the order of the model
	Loose []TraceRow      // acceptances that no row shows, with neither goal nor step

	ModelOverdue bool // the review of the model itself is due
}

// A TraceRow is a step or condition of a goal with one control that acts on it or
// one acceptance that answers it; a step with neither has one row without them. A
// node that is neither step nor condition has rows for the controls of its impact.
type TraceRow struct {
	Goal       *attacktree.Node       // nil in Trace.Loose
	Step       *attacktree.Node       // nil in Trace.Loose
	Control    *attacktree.Control    // nil: none, or an acceptance
	Acceptance *attacktree.Acceptance // nil: none, or a control

	// Owner is that of the control or the acceptance, and otherwise the one who is
	// to do something: that of the step, of a node above it or of the model.
	Owner  string
	Review attacktree.Date // when control or acceptance are due; zero: not said
	Until  attacktree.Date // of an acceptance; zero: for good

	Findings []TraceFinding
}

// A TraceFinding is something that is missing or late.
type TraceFinding string

// What a row of a trace may lack.
const (
	NoControl     TraceFinding = "no-control"     // no control acts on the step, and nobody accepts it, or no longer
	NoOwner       TraceFinding = "no-owner"       // control or acceptance without an owner
	NoReview      TraceFinding = "no-review"      // a control that is deployed without a date of review, or an acceptance with neither that nor an end
	ReviewOverdue TraceFinding = "review-overdue" // of the control or acceptance
	Expired       TraceFinding = "expired"        // the acceptance has run out
)

// TraceFindings are all of them, in their order.
var TraceFindings = []TraceFinding{NoControl, NoOwner, NoReview, ReviewOverdue, Expired}

// Count returns how many things of the model have a finding: steps, controls and
// acceptances, each once however many rows it has; with ReviewOverdue also the
// model.
func (r *Trace) Count(f TraceFinding) int {
	found := map[any]bool{}
	for _, row := range slices.Concat(r.Rows, r.Loose) {
		if slices.Contains(row.Findings, f) {
			found[row.subject(f)] = true
		}
	}
	if f == ReviewOverdue && r.ModelOverdue {
		return len(found) + 1
	}
	return len(found)
}

// subject is what a finding of the row is about.
func (row *TraceRow) subject(f TraceFinding) any {
	switch {
	case f == NoControl:
		return row.Step
	case row.Control != nil:
		return row.Control
	}
	return row.Acceptance
}

// TraceRisks follows every goal of a tree, or the one that is named, to its steps
// and conditions and to the controls that are not retired. A step is accepted if
// an acceptance names it, one of its threats or tags, or the element where it
// happens in one of its categories; and if each way up from it leads through a
// node that is accepted. An acceptance that has run out accepts nothing.
func TraceRisks(c *Catalog, t *attacktree.Tree, goal string, today attacktree.Date) *Trace {
	m := t.Model()
	r := &tracer{c: c, t: t, m: m, today: today, owner: map[string]string{}, about: map[*attacktree.Acceptance]bool{}, shown: map[*attacktree.Acceptance]bool{}}
	for _, g := range t.ByOwner() {
		for _, n := range g.Nodes {
			r.owner[n] = cmp.Or(r.owner[n], g.Name)
		}
	}
	out := &Trace{Tree: t, Today: today, ModelOverdue: late(m.Review, today)}
	for _, name := range t.Goals() {
		if goal == "" || goal == name {
			out.Rows = append(out.Rows, r.goal(name)...)
		}
	}
	for _, a := range m.Acceptances {
		if !r.shown[a] && (goal == "" || r.about[a]) {
			out.Loose = append(out.Loose, r.accepted(nil, nil, a))
		}
	}
	return out
}

type tracer struct {
	c     *Catalog
	t     *attacktree.Tree
	m     *attacktree.Model
	today attacktree.Date
	owner map[string]string
	about map[*attacktree.Acceptance]bool // acceptances that are about a node below a goal
	shown map[*attacktree.Acceptance]bool // those that have a row
}

// goal returns the rows of one goal.
func (r *tracer) goal(name string) []TraceRow {
	goal, _ := r.t.Node(name)
	direct := map[string]*attacktree.Acceptance{} // by node below the goal
	all := map[string]bool{}
	for _, n := range r.below(goal, all, nil) {
		node, _ := r.t.Node(n)
		for _, a := range r.m.Acceptances {
			if r.answers(a, node) {
				if old := direct[n]; old == nil || expired(old, r.today) {
					direct[n] = a
				}
				r.about[a] = true
			}
		}
	}
	answer := r.answer(goal, direct)
	var rows []TraceRow
	for _, n := range r.m.Nodes {
		if !all[n.Name] {
			continue
		}
		before := len(rows)
		for _, name := range r.t.ControlsOn(n.Name) {
			if k, _ := r.t.Control(name); k.Status != attacktree.Retired {
				rows = append(rows, r.controlled(goal, n, k))
			}
		}
		if !r.t.Event(n.Name) {
			continue
		}
		a := answer[n.Name]
		row := TraceRow{Goal: goal, Step: n, Owner: r.owner[n.Name]}
		if a != nil {
			row = r.accepted(goal, n, a)
			r.shown[a] = true
		}
		open := len(rows) == before && (a == nil || expired(a, r.today))
		row.find(open, NoControl)
		if open || a != nil {
			rows = append(rows, row)
		}
	}
	return rows
}

// answer returns the acceptance that answers each node below a goal: one that
// holds if each way up leads through one that holds, or else one that has run out
// if each way up leads through some. The one of the node itself goes first.
func (r *tracer) answer(goal *attacktree.Node, direct map[string]*attacktree.Acceptance) map[string]*attacktree.Acceptance {
	answer := map[string]*attacktree.Acceptance{}
	stop := map[string]*attacktree.Acceptance{}
	for _, late := range []bool{false, true} {
		var accepted []*attacktree.Node
		for _, n := range r.m.Nodes {
			if a := direct[n.Name]; a != nil && expired(a, r.today) == late {
				accepted = append(accepted, n)
				stop[n.Name] = a
			}
		}
		exposed := map[string]bool{}
		r.below(goal, exposed, stop)
		for _, n := range accepted {
			if answer[n.Name] == nil {
				answer[n.Name] = direct[n.Name]
			}
		}
		seen := map[string]bool{}
		for _, n := range accepted {
			for _, name := range r.below(n, seen, nil) {
				if answer[name] == nil && !exposed[name] {
					answer[name] = direct[n.Name]
				}
			}
		}
	}
	return answer
}

// below returns the node and what is below it, but for what has been seen, which
// it adds to; it does not go on below nodes whose subtree is assumed, nor into those
// that stop it.
func (r *tracer) below(top *attacktree.Node, seen map[string]bool, stop map[string]*attacktree.Acceptance) []string {
	var found []string
	todo := []*attacktree.Node{top}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n.Name] || stop[n.Name] != nil {
			continue
		}
		seen[n.Name] = true
		found = append(found, n.Name)
		if n.Assume.Given() {
			continue
		}
		for _, child := range n.Children {
			x, _ := r.t.Node(child)
			todo = append(todo, x)
		}
	}
	return found
}

// answers reports whether an acceptance is about a node itself.
func (r *tracer) answers(a *attacktree.Acceptance, n *attacktree.Node) bool {
	if a.Element != "" {
		return slices.Contains(n.At, a.Element) && slices.ContainsFunc(r.c.categories(n), func(x stride.Category) bool {
			return slices.Contains(a.Stride, x)
		})
	}
	switch a.Target.Kind {
	case attacktree.OnThreat:
		return slices.Contains(n.Threats, a.Target.Name)
	case attacktree.OnTag:
		return slices.Contains(n.Tags, a.Target.Name)
	}
	return n.Name == a.Target.Name
}

func (r *tracer) controlled(goal, step *attacktree.Node, k *attacktree.Control) TraceRow {
	row := TraceRow{Goal: goal, Step: step, Control: k, Owner: k.Owner}
	due, dated := k.Review.Due()
	row.Review = due
	row.find(k.Owner == "", NoOwner)
	row.find(k.Status == attacktree.Deployed && !dated, NoReview)
	row.find(late(k.Review, r.today), ReviewOverdue)
	return row
}

func (r *tracer) accepted(goal, step *attacktree.Node, a *attacktree.Acceptance) TraceRow {
	row := TraceRow{Goal: goal, Step: step, Acceptance: a, Owner: a.Owner, Until: a.Until}
	due, dated := a.Review.Due()
	row.Review = due
	row.find(a.Owner == "", NoOwner)
	row.find(!dated && a.Until == attacktree.Date{}, NoReview)
	row.find(late(a.Review, r.today), ReviewOverdue)
	row.find(expired(a, r.today), Expired)
	return row
}

func (row *TraceRow) find(is bool, f TraceFinding) {
	if is {
		row.Findings = append(row.Findings, f)
	}
}

// late reports whether a review should have taken place.
func late(r attacktree.Review, today attacktree.Date) bool {
	due, ok := r.Due()
	return ok && today != attacktree.Date{} && due.Compare(today) < 0
}
