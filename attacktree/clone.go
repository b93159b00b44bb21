package attacktree

import "slices"

// A Tree does not share memory with the model that it was made from, so that
// later changes of the model do no harm.

// clone returns a deep copy of m. Missing entries (nil pointers) become empty
// ones, which the checks then refuse for want of a name.
func (m *Model) clone() *Model {
	c := *m
	c.Params = cloneAll(m.Params, func(*Param) {})
	c.Assets = cloneAll(m.Assets, func(*Asset) {})
	c.Adversaries = cloneAll(m.Adversaries, func(a *Adversary) {
		a.Skill = clonePointer(a.Skill)
		a.Access = slices.Clone(a.Access)
	})
	c.Nodes = cloneAll(m.Nodes, (*Node).unshare)
	c.Controls = cloneAll(m.Controls, (*Control).unshare)
	c.Sets = cloneAll(m.Sets, func(s *Set) { s.Members = slices.Clone(s.Members) })
	c.Acceptances = cloneAll(m.Acceptances, func(a *Acceptance) { a.Stride = slices.Clone(a.Stride) })
	c.Correlations = cloneAll(m.Correlations, func(k *Correlation) { k.Params = slices.Clone(k.Params) })
	c.System = clonePointer(m.System)
	if s := c.System; s != nil {
		s.Boundaries = cloneAll(s.Boundaries, func(*Boundary) {})
		s.Elements = cloneAll(s.Elements, func(e *Element) {
			e.Components = slices.Clone(e.Components)
			e.Assets = slices.Clone(e.Assets)
		})
		s.Flows = cloneAll(s.Flows, func(f *Flow) { f.Assets = slices.Clone(f.Assets) })
	}
	return &c
}

// unshare gives n slices and pointers of its own.
func (n *Node) unshare() {
	n.Children = slices.Clone(n.Children)
	n.Skill = clonePointer(n.Skill)
	n.Access = slices.Clone(n.Access)
	n.For = slices.Clone(n.For)
	for i := range n.For {
		n.For[i].Adversaries = slices.Clone(n.For[i].Adversaries)
		n.For[i].Skill = clonePointer(n.For[i].Skill)
	}
	n.Stride = slices.Clone(n.Stride)
	n.Threats = slices.Clone(n.Threats)
	n.Assets = slices.Clone(n.Assets)
	n.At = slices.Clone(n.At)
	n.Refs = slices.Clone(n.Refs)
	n.Tags = slices.Clone(n.Tags)
	n.Basis = slices.Clone(n.Basis)
}

// unshare gives k slices of its own.
func (k *Control) unshare() {
	k.Threats = slices.Clone(k.Threats)
	k.Refs = slices.Clone(k.Refs)
	k.Tags = slices.Clone(k.Tags)
	k.Basis = slices.Clone(k.Basis)
	k.BypassedBy = slices.Clone(k.BypassedBy)
	k.Requires = slices.Clone(k.Requires)
	k.Excludes = slices.Clone(k.Excludes)
	k.Effects = slices.Clone(k.Effects)
	for i := range k.Effects {
		k.Effects[i].Targets = slices.Clone(k.Effects[i].Targets)
		k.Effects[i].Changes = slices.Clone(k.Effects[i].Changes)
	}
}

// cloneAll copies all of in, side by side in memory, and lets unshare finish each.
func cloneAll[T any](in []*T, unshare func(*T)) []*T {
	if in == nil {
		return nil
	}
	all, out := make([]T, len(in)), make([]*T, len(in))
	for i, p := range in {
		if p != nil {
			all[i] = *p
			unshare(&all[i])
		}
		out[i] = &all[i]
	}
	return out
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
