package attacktree

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// What is allowed and yet looks like a slip.

// VetOptions say what [Vet] may take into account.
type VetOptions struct {
	Today   Date    // reviews that are overdue and acceptances that have run out are found only if it is given
	Library Library // if it is a [Guide], it is asked about threats, references and kinds
}

// Vet looks through a tree for what is allowed but is probably not meant, in
// reading order. It takes time near linear in the size of the tree.
func Vet(t *Tree, opt *VetOptions) diag.List {
	if opt == nil {
		opt = &VetOptions{}
	}
	return newVetter(t, opt).look(opt.Today)
}

func newVetter(t *Tree, opt *VetOptions) *vetter {
	v := &vetter{Tree: t, m: t.model}
	v.guide, _ = opt.Library.(Guide)
	return v
}

// look looks for everything, and on a day that is given also for what is late.
func (v *vetter) look(today Date) diag.List {
	for _, look := range looks {
		look.at(v)
	}
	if today != (Date{}) {
		v.overdue(today)
	}
	return v.sorted(v.rank, v.copies)
}

var looks = []struct {
	name string
	at   func(*vetter)
}{
	{"unreachable nodes", (*vetter).unreachable},
	{"labels", (*vetter).sameLabels},
	{"likelihoods", (*vetter).zeroLikelihoods},
	{"missing numbers", (*vetter).missingNumbers},
	{"impacts", (*vetter).repeatedImpacts},
	{"assumptions", (*vetter).assumptions},
	{"free attacks", (*vetter).freeAttacks},
	{"spelling", (*vetter).spelling},
	{"controls", (*vetter).idleControls},
	{"choices", (*vetter).selfish},
	{"sets", (*vetter).brokenSets},
	{"params", (*vetter).unusedParams},
	{"references", (*vetter).references},
	{"kinds", (*vetter).kinds},
}

type vetter struct {
	*Tree
	m       *Model
	guide   Guide    // nil: nobody to ask
	origins *origins // nil: places are those that were found when the tree was made
	problems
}

// at returns where something stands in the text: the very word or number if the
// tree was read from a text, else the name of what it belongs to.
func (v *vetter) at(p place) diag.Span {
	if v.origins != nil {
		v.places[p] = v.origins.find(p)
	}
	if span, ok := v.places[p]; ok {
		return span
	}
	return spanOf(p.of)
}

func (v *vetter) warn(code diag.Code, span diag.Span, format string, args ...any) *diag.Problem {
	p := &diag.Problem{Severity: diag.Warning, Code: code, Span: span, Message: fmt.Sprintf(format, args...)}
	v.add(p)
	return p
}

// rank puts the root file in front of what it imports.
func (v *vetter) rank(span diag.Span) int {
	if span.Source() == v.m.Span.Source() {
		return 0
	}
	return 1
}

// unreachable finds nodes that matter to no goal: none lies above them, and they
// switch no control off. What is only below such a node is not named as well,
// nor is what was imported, of which one may use a part.
func (v *vetter) unreachable() {
	if len(v.goals) == 0 {
		return
	}
	matters := make([]bool, len(v.m.Nodes))
	todo := slices.Clone(v.goals)
	for _, by := range v.bypassers {
		todo = append(todo, by...)
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !matters[n] {
			matters[n] = true
			todo = append(todo, v.children[n]...)
		}
	}
	for i, n := range v.m.Nodes {
		if !matters[i] && len(v.parents[i]) == 0 && !v.imported(n) {
			v.warn("unreachable-node", n.Span, "%q is below no goal and switches no control off", n.Name)
		}
	}
}

// imported reports whether the node stands in another file.
func (v *vetter) imported(n *Node) bool {
	return !n.Span.IsZero() && n.Span.Source() != v.m.Span.Source()
}

// sameLabels finds nodes that read alike and are not the same.
func (v *vetter) sameLabels() {
	first := make(map[string]*Node, len(v.m.Nodes))
	for _, n := range v.m.Nodes {
		label := strings.TrimSpace(n.Label)
		if label == "" {
			continue
		}
		other := first[label]
		switch {
		case other == nil:
			first[label] = n
		case other.Span != n.Span || n.Span.IsZero(): // not two copies of one node
			p := v.warn("same-label", n.Span, "%q has the same label as %q but is another event", n.Name, other.Name)
			p.Hint = fmt.Sprintf("if it is the same one, write use %s", other.Name)
			p.Related = related(other.Span, "the other one")
		}
	}
}

func related(span diag.Span, message string) []diag.Related {
	if span.IsZero() {
		return nil
	}
	return []diag.Related{{Message: message, Span: span}}
}

// zeroLikelihoods finds steps and conditions that can never succeed, and accidents
// with a likelihood that counts nowhere.
func (v *vetter) zeroLikelihoods() {
	for _, n := range v.m.Nodes {
		if n.Rate.Given() && n.Likelihood.Given() {
			p := v.warn("idle-likelihood", v.at(place{of: n, attr: "likelihood"}), "%q happens at its rate, and its likelihood counts nowhere", n.Name)
			p.Hint = "leave it out; for accidents that do no harm, lower the rate"
		} else if n.Likelihood.Given() && n.Likelihood.Certain() && n.Likelihood.Mean() == 0 {
			v.warn("zero-likelihood", v.at(place{of: n, attr: "likelihood"}), "%q has likelihood 0 and can never happen", n.Name)
		} else if n.Assume.Given() && n.Assume.Certain() && n.Assume.Mean() == 0 {
			v.warn("zero-likelihood", v.at(place{of: n, attr: "assume"}), "%q is assumed to have likelihood 0 and can never happen", n.Name)
		}
	}
}

// missingNumbers finds steps without a likelihood or a cost below a gate where
// most of the other steps have one.
func (v *vetter) missingNumbers() {
	for _, x := range []struct {
		code diag.Code
		attr string
		of   func(*Node) quantity.Value
	}{
		{"missing-likelihood", "likelihood", func(n *Node) quantity.Value { return n.Likelihood }},
		{"missing-cost", "cost", func(n *Node) quantity.Value { return n.Cost }},
	} {
		warned := make([]bool, len(v.m.Nodes))
		for i, children := range v.children {
			with := ""
			for _, c := range children {
				if n := v.m.Nodes[c]; n.Gate == Step && x.of(n).Given() {
					with = n.Name
					break
				}
			}
			for _, c := range children {
				n := v.m.Nodes[c]
				if with == "" || warned[c] || n.Gate != Step || x.of(n).Given() || n.Assume.Given() {
					continue
				}
				warned[c] = true
				meaning := "counts as certain"
				if x.attr == "cost" {
					meaning = "costs nothing"
				}
				v.warn(x.code, n.Span, "the step %q has no %s and %s, where others of %q have one, such as %q",
					n.Name, x.attr, meaning, v.m.Nodes[i].Name, with)
			}
		}
	}
}

// repeatedImpacts finds nodes with the same impact as a node above them: since
// losses add, it counts twice. Only the nearest node above with an impact is
// compared on each way up.
func (v *vetter) repeatedImpacts() {
	above := make([]int32, len(v.m.Nodes)) // the nearest node with an impact, itself included, + 1
	for i := len(v.order) - 1; i >= 0; i-- {
		id := v.order[i]
		n := v.m.Nodes[id]
		given := n.Impact.Given() && n.Impact != quantity.Exactly(0)
		for _, p := range v.parents[id] {
			if over := above[p]; over != 0 && given && v.m.Nodes[over-1].Impact == n.Impact {
				upper := v.m.Nodes[over-1]
				w := v.warn("repeated-impact", n.Span, "%q has the same impact as %q above it, and losses add up", n.Name, upper.Name)
				w.Hint = "give it where the loss happens, once"
				w.Related = related(upper.Span, "the same impact")
				break
			}
			above[id] = cmp.Or(above[id], above[p])
		}
		if given {
			above[id] = id + 1
		}
	}
}

// assumptions finds assumed likelihoods that come for free while other attacks
// have a cost.
func (v *vetter) assumptions() {
	if !v.anyCost() {
		return
	}
	for _, n := range v.m.Nodes {
		if !n.Assume.Given() || n.Cost.Given() {
			continue
		}
		what := "which leaves out the cost of what is below it"
		if n.Gate.Leaf() {
			what = "and costs nothing, where others have a cost"
		}
		v.warn("assume-without-cost", n.Span, "%q is assumed, %s", n.Name, what).Hint = "give it a cost of its own"
	}
}

func (v *vetter) anyCost() bool {
	return slices.ContainsFunc(v.m.Nodes, func(n *Node) bool { return n.Cost.Given() })
}

// freeAttacks finds goals that can be reached by steps of cost 0 although some
// steps cost something. A node is free if its own step is and enough of its
// children are.
func (v *vetter) freeAttacks() {
	if !v.anyCost() {
		return
	}
	free := make([]bool, len(v.m.Nodes))
	for _, id := range v.order {
		n := v.m.Nodes[id]
		count := 0
		for _, c := range v.children[id] {
			if free[c] {
				count++
			}
		}
		need := len(v.children[id])
		switch {
		case n.Assume.Given():
			need = 0
			if !n.Cost.Given() {
				continue // see assumptions
			}
		case n.Gate.Leaf():
			need = 0
		case n.Gate == Not || n.Gate == Xor:
			continue // more steps may reach less
		case n.Gate == Or:
			need = 1
		case n.Gate == AtLeast:
			need = n.K
		}
		free[id] = count >= need && (!n.Cost.Given() || n.Cost.Mean() == 0) && n.Rate == (quantity.Value{})
	}
	why := ", though other steps have one"
	if !slices.ContainsFunc(v.m.Nodes, func(n *Node) bool { return n.Cost.Given() && n.Cost.Mean() > 0 }) {
		why = ""
	}
	for _, id := range v.goals {
		if n := v.m.Nodes[id]; free[id] {
			v.warn("free-attack", n.Span, "%q can be reached without any cost%s", n.Name, why)
		}
	}
}

// idleControls finds controls that change nothing, and targets that no node
// matches. A tree without a goal is a part of others, whose nodes may carry what
// no node of its own does.
func (v *vetter) idleControls() {
	part := len(v.goals) == 0
	acts := make([]bool, len(v.m.Controls))
	for i, k := range v.m.Controls {
		for e := range k.Effects {
			for _, node := range v.targets[i][e] {
				acts[i] = acts[i] || !v.idle(k.Effects[e].Changes, v.m.Nodes[node].Impact.Given())
			}
			if part && slices.ContainsFunc(k.Effects[e].Targets, func(t Target) bool { return t.Kind != OnNode }) {
				acts[i] = acts[i] || !v.idle(k.Effects[e].Changes, true)
			}
		}
		if !acts[i] && k.Status != Retired {
			v.warn("idle-control", k.Span, "the control %q has no effect on any node", k.Name)
		}
	}
	if !part {
		v.idleTargets(acts)
	}
}

// idle reports changes that leave a node, with or without an impact, as it is,
// whatever is drawn.
func (v *vetter) idle(changes []Change, impact bool) bool {
	return !slices.ContainsFunc(changes, func(c Change) bool {
		lo, hi := c.Value.Support()
		switch {
		case c.Op == Block:
			return true
		case c.Attribute == Impact && !impact:
			return false
		case c.Value.Param != "": // it may have another value
			return true
		case c.Op == Multiply && !c.Reduction:
			return lo != 1 || hi != 1
		case c.Op == AtMost:
			return lo < 1
		}
		return hi > 0
	})
}

// idleTargets finds threats and tags that no node carries, of acceptances and of
// the effects of controls that act on other nodes.
func (v *vetter) idleTargets(acts []bool) {
	carried := map[Target]bool{}
	for _, n := range v.m.Nodes {
		for _, name := range n.Threats {
			carried[Target{OnThreat, name}] = true
		}
		for _, name := range n.Tags {
			carried[Target{OnTag, name}] = true
		}
	}
	look := func(t Target, span diag.Span, who string) {
		word := "threat"
		if t.Kind == OnTag {
			word = "tag"
		}
		if t.Kind != OnNode && !carried[t] {
			v.warn("idle-target", span, "no node carries the %s %q that %s", word, t.Name, who)
		}
	}
	for i, k := range v.m.Controls {
		for e := range k.Effects {
			for j, t := range k.Effects[e].Targets {
				if acts[i] {
					look(t, v.at(place{of: k, block: e + 1, attr: "target", index: j}), fmt.Sprintf("the control %q acts on", k.Name))
				}
			}
		}
	}
	for _, a := range v.m.Acceptances {
		if a.Element == "" {
			look(a.Target, a.Span, "is accepted")
		}
	}
}

// spelling tells what was seen when the text was read.
func (v *vetter) spelling() {
	for _, p := range v.slips {
		v.warn(p.Code, p.Span, "%s", p.Message).Hint = p.Hint
	}
}

// selfish finds controls that require or exclude themselves.
func (v *vetter) selfish() {
	for _, k := range v.m.Controls {
		for _, x := range []struct {
			attr, means string
			names       []string
		}{
			{"requires", "requires itself, which says nothing", k.Requires},
			{"excludes", "excludes itself, so that it is never chosen", k.Excludes},
		} {
			if i := slices.Index(x.names, k.Name); i >= 0 {
				v.warn("self-reference", v.at(place{of: k, attr: x.attr, index: i}), "the control %q %s", k.Name, x.means).
					Hint = "name another control, or leave it out"
			}
		}
	}
}

// brokenSets finds sets that lack what a control in them requires, or hold
// controls that exclude each other, the given sets deployed and planned among
// them.
func (v *vetter) brokenSets() {
	excludes := make([][]int32, len(v.m.Controls)) // both ways
	for i, k := range v.m.Controls {
		for _, other := range k.Excludes {
			j := v.controlID[other]
			excludes[i] = append(excludes[i], j)
			excludes[j] = append(excludes[j], int32(i))
		}
	}
	for i := range excludes {
		excludes[i] = ascending(excludes[i])
	}
	look := func(set string, span func(of *Control) diag.Span) {
		members, _ := v.SetMembers(set)
		in := make(map[int32]bool, len(members))
		for _, name := range members {
			in[v.controlID[name]] = true
		}
		for _, name := range members {
			id := v.controlID[name]
			k := v.m.Controls[id]
			for _, other := range excludes[id] {
				if other > id && in[other] { // each pair once
					v.warn("broken-excludes", span(k), "the set %q holds %q and %q, which exclude each other", set, name, v.m.Controls[other].Name)
				}
			}
			for _, need := range k.Requires {
				if !in[v.controlID[need]] {
					v.warn("broken-requires", span(k), "the set %q holds %q, which requires %q", set, name, need)
				}
			}
		}
	}
	for _, s := range v.m.Sets {
		look(s.Name, func(*Control) diag.Span { return s.Span })
	}
	// Of the sets that are given, these two are scenarios. What is wrong with both
	// is told once, as both tell it of the same control.
	for _, set := range []string{"deployed", "planned"} {
		look(set, func(k *Control) diag.Span { return k.Span })
	}
}

// unusedParams finds params that no number refers to.
func (v *vetter) unusedParams() {
	used := map[string]bool{}
	v.m.numbers(func(x numberAt) { used[x.value.Param] = true })
	for _, k := range v.m.Controls {
		for _, e := range k.Effects {
			for _, change := range e.Changes {
				used[change.Value.Param] = true
			}
		}
	}
	for _, p := range v.m.Params {
		used[p.Value.Param] = true
	}
	for _, p := range v.m.Params {
		if !used[p.Name] && (p.Span.IsZero() || p.Span.Source() == v.m.Span.Source()) {
			v.warn("unused-param", p.Span, "the param %q is used nowhere", p.Name)
		}
	}
}

// overdue finds reviews that should have taken place, and acceptances that have
// run out.
func (v *vetter) overdue(today Date) {
	for x := range v.m.dates() {
		switch {
		case x.day.Compare(today) >= 0:
		case x.at.attr == "until":
			v.warn("acceptance-expired", v.at(x.at), "%s ran out on %v", x.what, x.day)
		default:
			v.warn("review-overdue", v.at(x.at), "the review of %s was due on %v", x.what, x.day)
		}
	}
}

// A dueDate is a day by which something was to be done, and where it is said.
type dueDate struct {
	what string
	day  Date
	at   place
}

// dates yields the days of reviews and acceptances, but of retired controls.
func (m *Model) dates() iter.Seq[dueDate] {
	return func(yield func(dueDate) bool) {
		review := func(what string, r Review, of any) bool {
			day, ok := r.Due()
			at := place{of: of, attr: "review", index: wholeAttr}
			if r.Next == (Date{}) {
				at.attr = "reviewed"
			}
			return !ok || yield(dueDate{what, day, at})
		}
		if !review("the model", m.Review, m) {
			return
		}
		for _, k := range m.Controls {
			if k.Status != Retired && !review(fmt.Sprintf("the control %q", k.Name), k.Review, k) {
				return
			}
		}
		for _, a := range m.Acceptances {
			what := fmt.Sprintf("the acceptance of %q", cmp.Or(a.Element, a.Target.Name))
			if !review(what, a.Review, a) ||
				a.Until != (Date{}) && !yield(dueDate{what, a.Until, place{of: a, attr: "until", index: wholeAttr}}) {
				return
			}
		}
	}
}
