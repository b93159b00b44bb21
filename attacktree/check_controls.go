package attacktree

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// Controls: what they act on, that they only make things harder or less bad, and
// the sets that hold them.

// checkControls resolves bypasses and targets, and checks the effects.
func (c *checker) checkControls() {
	m, t := c.m, c.t
	t.bypassers = make([][]int32, len(m.Controls))
	t.targets = make([][][]int32, len(m.Controls))
	carriers := c.carriers()
	for i, k := range m.Controls {
		if k.Status > Retired {
			c.report("bad-value", place{of: k}, "no status has the number %d", k.Status)
		}
		if k.Kind != "" && !slices.Contains(controlKinds, k.Kind) {
			c.report("unknown-value", place{of: k, attr: "kind"}, "expected the kind prevent, detect or respond, found %q", k.Kind)
		}
		for j, name := range k.BypassedBy {
			if v, ok := c.resolve(c.nodes, name, place{of: k, attr: "bypassed", index: j}); ok {
				t.bypassers[i] = append(t.bypassers[i], v)
			}
		}
		t.bypassers[i] = ascending(t.bypassers[i])
		for j, name := range k.Requires {
			c.resolveControl(name, place{of: k, attr: "requires", index: j})
		}
		for j, name := range k.Excludes {
			c.resolveControl(name, place{of: k, attr: "excludes", index: j})
		}
		t.targets[i] = make([][]int32, len(k.Effects))
		for e := range k.Effects {
			t.targets[i][e] = c.checkEffect(k, e, carriers)
		}
	}
}

var controlKinds = []string{"prevent", "detect", "respond"}

// resolveControl resolves the name of a control; a set does not do.
func (c *checker) resolveControl(name string, at place) {
	id, ok := c.controls.id[name]
	switch {
	case !ok && !c.partial:
		c.undefined("control", c.controls, name, at)
	case ok && int(id) >= len(c.m.Controls):
		span := c.span(at)
		c.report("undefined-name", at, "no control is called %q", said(span, name)).
			Hint = fmt.Sprintf("%q is a set%s", said(span, name), declaredAt(span, c.controls.span(id)))
	}
}

// carriers lists the nodes that carry each threat and each tag, ascending, if
// some effect asks for them.
func (c *checker) carriers() map[Target][]int32 {
	by := map[Target][]int32{}
	for _, k := range c.m.Controls {
		for _, e := range k.Effects {
			for _, t := range e.Targets {
				if t.Kind != OnNode {
					by[t] = nil
				}
			}
		}
	}
	if len(by) == 0 {
		return by
	}
	carry := func(t Target, v int) {
		if nodes, asked := by[t]; asked {
			by[t] = append(nodes, int32(v))
		}
	}
	for v, n := range c.m.Nodes {
		for _, name := range n.Threats {
			carry(Target{OnThreat, name}, v)
		}
		for _, name := range n.Tags {
			carry(Target{OnTag, name}, v)
		}
	}
	return by
}

// checkEffect checks the e-th effect of k and returns the nodes that it acts on.
func (c *checker) checkEffect(k *Control, e int, carriers map[Target][]int32) []int32 {
	effect := &k.Effects[e]
	for j := range effect.Changes {
		c.checkChange(k, e, j)
	}
	var nodes []int32
	for j, target := range effect.Targets {
		at := place{of: k, block: e + 1, attr: "target", index: j}
		hit := carriers[target]
		switch {
		case target.Kind > OnTag:
			c.report("bad-value", at, "no kind of target has the number %d", target.Kind)
		case target.Kind == OnNode:
			v, ok := c.resolve(c.nodes, target.Name, at)
			if !ok {
				continue
			}
			hit = []int32{v}
		}
		for _, v := range hit {
			c.checkOnCondition(c.m.Nodes[v], effect, at)
		}
		nodes = append(nodes, hit...)
	}
	return ascending(nodes)
}

// checkOnCondition reports changes that mean nothing for a condition.
func (c *checker) checkOnCondition(n *Node, effect *Effect, at place) {
	if n.Gate != Condition {
		return
	}
	var wrong []string
	for _, change := range effect.Changes {
		if name := change.Attribute.String(); change.Op != Block && change.Attribute != Likelihood && !slices.Contains(wrong, name) {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		c.report("condition-effect", at, "a control cannot change the %s of the condition %q", strings.Join(wrong, ", "), n.Name).
			Hint = "only likelihood and block act on a condition"
	}
}

// changeOps says which ops act on an attribute, with the forms to offer where
// another is found.
var changeOps = [...]struct {
	ops   []Op
	forms string
}{
	Likelihood: {[]Op{Multiply, AtMost}, "likelihood -90%, *0.1 or <=5%"},
	Impact:     {[]Op{Multiply, Subtract}, "impact -50%, *0.5 or -200k"},
	Cost:       {[]Op{Multiply, Add}, "cost +15k or *3"},
	Time:       {[]Op{Multiply, Add}, "time +30d or *2"},
	Skill:      {[]Op{Raise}, "skill 4"},
	Detection:  {[]Op{Raise}, "detection 80%"},
}

// checkChange checks one change: that its form exists, and that it makes things
// harder or less bad.
func (c *checker) checkChange(k *Control, e, j int) {
	change := &k.Effects[e].Changes[j]
	at := place{of: k, block: e + 1, attr: change.Attribute.String(), index: j}
	if change.Op == Block {
		return
	}
	if int(change.Attribute) >= len(changeOps) {
		c.report("bad-value", at, "no attribute has the number %d", change.Attribute)
		return
	}
	form := changeOps[change.Attribute]
	lessens := change.Attribute == Likelihood || change.Attribute == Impact
	if change.Op == Add && lessens || (change.Op == Subtract || change.Reduction) && !lessens && slices.Contains(form.ops, Add) {
		c.eases(change, at)
		return
	}
	if !slices.Contains(form.ops, change.Op) || change.Reduction && change.Op != Multiply {
		c.report("effect-form", at, "an effect cannot change %s in this way", change.Attribute).
			Hint = "expected " + form.forms
		return
	}
	if !change.Value.Given() {
		c.report("bad-value", at, "an effect on %s needs a number", change.Attribute)
		return
	}
	if !c.checkLaw(&change.Value, at) {
		return
	}
	lo, hi := change.Value.Support()
	switch {
	case change.Attribute == Skill:
		if !change.Value.Certain() || lo != math.Trunc(lo) || lo < 0 || lo > maxSkill {
			c.report("skill-range", at, "skill is a whole number from 0 to %d, found %s", maxSkill, c.found(at, change.Value))
		}
	case change.Op == Multiply && change.Reduction:
		if lo < 0 || hi > 1 {
			c.report("effect-range", at, "a reduction lies from 0%% to 100%%; found %s", c.found(at, change.Value)).
				Hint = c.percentHint(at, change.Value)
		}
	case change.Op == Multiply && (lessens && hi > 1 || !lessens && lo < 1):
		c.eases(change, at)
	case (change.Op == AtMost || change.Op == Raise) && (lo < 0 || hi > 1):
		c.checkRange(numberAt{&change.Value, Share, at})
	case lo < 0:
		c.report("negative", at, "an effect on %s takes no negative number; found %s", change.Attribute, c.found(at, change.Value))
	}
}

// eases reports a change for the worse.
func (c *checker) eases(change *Change, at place) {
	why := "a factor on cost or time is at least 1, and nothing is taken off"
	if change.Attribute == Likelihood || change.Attribute == Impact {
		why = "a factor on likelihood or impact is at most 1, and nothing is added"
	}
	p := c.report("effect-eases", at, "a control cannot make an attack easier or worse: %s; found %s", why, c.found(at, change.Value))
	p.Hint = "expected " + changeOps[change.Attribute].forms
	if change.Op == Multiply && change.Value.Dist.Kind == quantity.LogNormal {
		p.Hint = "an interval a..b can be any number above 0, in one case of ten beyond its ends; for bounds write *uniform(a, b) or *pert(a, mode, b)"
	}
}

// checkSets resolves the members and refuses sets that contain themselves.
func (c *checker) checkSets() {
	next := make([][]int32, len(c.m.Sets)) // from a set to those that have it as a member
	for i, s := range c.m.Sets {
		for j, name := range s.Members {
			if _, given := givenSets[name]; given {
				continue
			}
			if id, ok := c.resolve(c.controls, name, place{of: s, attr: "member", index: j}); ok && int(id) >= len(c.m.Controls) {
				member := int(id) - len(c.m.Controls)
				next[member] = append(next[member], int32(i))
			}
		}
	}
	_, rest := topological(next)
	for _, cycle := range cycles(next, rest) {
		first, second := c.m.Sets[cycle[0]], c.m.Sets[cycle[1%len(cycle)]]
		at := place{of: first, attr: "member", index: slices.Index(first.Members, second.Name)}
		c.report("cycle", at, "a set cannot contain itself: %s", pathOf(cycle, func(i int32) string { return c.m.Sets[i].Name }))
	}
}
