package attacktree

import "slices"

// necessary returns the nodes whose own step or condition the goal cannot do
// without, ascending. e.structure must have found the goal reachable.
//
// A first pass goes down from the goal over what is needed for sure: all
// children of an and, the only reachable child of an or. In a tree without
// shared nodes that is all. Otherwise the remaining members of any one attack
// are tried in turn, 64 at a time: the goal is evaluated without each.
func (e *Evaluator) necessary() []int32 {
	p := e.p
	sure := make([]bool, len(p.nodes))
	var found []int32
	e.descend(func(open []int32, n *node) []int32 {
		if n.gate == Or && len(open) > 1 || n.gate == AtLeast && len(open) > int(n.k) {
			return nil
		}
		return open
	}, func(v int32) {
		sure[v] = true
		if p.nodes[v].first >= 0 {
			found = append(found, v)
		}
	}, false)
	if p.shared {
		var maybe []int32
		e.descend(func(open []int32, n *node) []int32 {
			switch n.gate {
			case Or:
				return open[:1]
			case AtLeast:
				return open[:n.k]
			}
			return open
		}, func(v int32) {
			if p.nodes[v].first >= 0 && !sure[v] {
				maybe = append(maybe, v)
			}
		}, true)
		for chunk := range slices.Chunk(maybe, 64) {
			found = append(found, e.without(chunk)...)
		}
	}
	slices.Sort(found)
	return found
}

// descend visits nodes from the goal down, each once. choose picks, of the
// reachable children of a node, those to visit; bypasses says whether to visit
// what an own step that is only possible after a bypass relies on.
func (e *Evaluator) descend(choose func(open []int32, n *node) []int32, visit func(int32), bypasses bool) {
	p := e.p
	seen := make([]bool, len(p.nodes))
	stack := []int32{p.goal}
	var open []int32
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[v] {
			continue
		}
		seen[v] = true
		visit(v)
		n := &p.nodes[v]
		open = open[:0]
		for _, c := range n.children {
			if e.reached[c]&1 != 0 {
				open = append(open, c)
			}
		}
		stack = append(stack, choose(open, n)...)
		if bypasses && n.first >= 0 {
			stack = append(stack, e.reliance(n)...)
		}
	}
}

// reliance returns nodes that make the own step possible: for each control that
// must be off in the first state that is possible and reached, one node.
func (e *Evaluator) reliance(n *node) []int32 {
	for s := range n.states() {
		if !e.possible[int(n.first)+s] {
			continue
		}
		var via []int32
		for b, sw := range n.switches {
			if s>>b&1 == 0 {
				continue
			}
			nodes := e.p.switches[sw].nodes
			i := slices.IndexFunc(nodes, func(v int32) bool { return e.reached[v]&1 != 0 })
			if i < 0 {
				via = nil
				break
			}
			via = append(via, nodes[i])
		}
		if s == 0 || via != nil {
			return via
		}
	}
	return nil
}

// without returns those of at most 64 nodes without whose own step or condition
// the goal cannot be reached. It keeps e.reached as structure left it.
func (e *Evaluator) without(nodes []int32) []int32 {
	p := e.p
	kept := slices.Clone(e.reached)
	for v := range e.words {
		e.words[v] = 0
		if e.possible[v] {
			e.words[v] = ^uint64(0)
		}
	}
	for j, i := range nodes {
		n := &p.nodes[i]
		for s := range n.states() {
			e.words[int(n.first)+s] &^= 1 << j
		}
	}
	e.reach(e.words)
	var out []int32
	for j, i := range nodes {
		if e.reached[p.goal]>>j&1 == 0 {
			out = append(out, i)
		}
	}
	copy(e.reached, kept)
	return out
}
