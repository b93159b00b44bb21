package circuit

import (
	"cmp"
	"slices"
)

// Simplify returns a circuit with the same variables in which the roots have
// the same functions but, where possible, fewer gates, arguments and shared
// nodes. Three rewritings take turns: [Circuit.Flatten]; a gate forgets
// arguments whose value is known wherever the gate matters; and arguments that
// always stand together become one, which makes modules of them. None of them
// brings complements into a circuit without. The time is linear in the size of
// the circuit, but for the logarithms of sorting, times a small constant.
func (c *Circuit) Simplify(roots ...Ref) (*Circuit, []Ref) {
	c, roots = c.Flatten(roots...)
	if slices.Max(c.Uses(roots...)) <= 1 {
		return c, roots // a tree
	}
	for range maxRounds {
		before := len(c.args)
		c, roots = c.absorb(roots)
		c, roots = c.join(roots, 2)
		c, roots = c.Flatten(roots...)
		if len(c.args) >= before {
			break
		}
	}
	return c.join(roots, 1)
}

// maxRounds is the greatest number of rounds of Simplify.
const maxRounds = 8

// rewrite returns a circuit with the same variables that holds what the roots
// need, and the roots in it; gate makes the gate i from the images of nodes.
func (c *Circuit) rewrite(roots []Ref, gate func(d *Circuit, i int, image func(Ref) Ref) Ref) (*Circuit, []Ref) {
	uses := c.Uses(roots...)
	d := New()
	d.Grow(c.Len())
	for range c.vars {
		d.Var()
	}
	images := make([]Ref, len(c.nodes))
	image := func(x Ref) Ref { return images[x.Node()] ^ x&1 }
	for i, n := range c.nodes {
		switch {
		case n.kind == Constant:
			images[i] = True
		case n.kind == Variable:
			images[i] = d.vars[n.k]
		case uses[i] > 0:
			images[i] = gate(d, i, image)
		}
	}
	out := make([]Ref, len(roots))
	for i, r := range roots {
		out[i] = image(r)
	}
	return d, out
}

// make returns the gate of c's node i over other arguments.
func (d *Circuit) make(n node, args []Ref) Ref {
	switch n.kind {
	case And, Or:
		return d.junction(n.kind, args)
	case AtLeast:
		return d.AtLeast(int(n.k), args...)
	default:
		return d.Ite(args[0], args[1], args[2])
	}
}

// absorb replaces arguments by constants. If x is an argument of an And, all
// else below the And matters only where x is true, so there x can be replaced
// by True; likewise by False below an Or. A gate with several parents may use
// what all of them know. Absorption, x + xy = x, is the simplest case.
//
// A gate that knows x has, on every path to a root, a gate with the argument
// x that hides it where x is otherwise. The topmost of these keeps its argument,
// whatever is replaced below, so all replacements are valid together.
func (c *Circuit) absorb(roots []Ref) (*Circuit, []Ref) {
	known := c.known(roots)
	var args []Ref
	return c.rewrite(roots, func(d *Circuit, i int, image func(Ref) Ref) Ref {
		args = args[:0]
		for _, x := range c.Args(MakeRef(i)) {
			switch {
			case contains(known[i], x):
				args = append(args, True)
			case contains(known[i], x.Not()):
				args = append(args, False)
			default:
				args = append(args, image(x))
			}
		}
		return d.make(c.nodes[i], slices.Clone(args))
	})
}

func contains(sorted []Ref, x Ref) bool {
	_, ok := slices.BinarySearch(sorted, x)
	return ok
}

// maxKnown bounds what is remembered for one node.
const maxKnown = 32

// known returns, for each node, nodes with more than one use that are true
// wherever the node matters, in ascending order; complements among them.
func (c *Circuit) known(roots []Ref) [][]Ref {
	uses := c.Uses(roots...)
	known := make([][]Ref, len(c.nodes))
	visited := make([]bool, len(c.nodes))
	for _, r := range roots {
		visited[r.Node()] = true // wherever it is
	}
	hand := func(to Ref, facts []Ref) {
		i := to.Node()
		if len(c.Args(to)) == 0 {
			return
		}
		if !visited[i] {
			visited[i], known[i] = true, facts
		} else if len(known[i]) > 0 {
			known[i] = intersection(known[i], facts)
		}
	}
	for i, n := range slices.Backward(c.nodes) {
		args := c.Args(MakeRef(i))
		if uses[i] == 0 || !slices.ContainsFunc(args, func(x Ref) bool { return len(c.Args(x)) > 0 }) {
			continue
		}
		facts := func(xs []Ref, negate Ref) []Ref {
			var own []Ref
			for _, x := range xs {
				if uses[x.Node()] > 1 && len(own) < maxKnown {
					own = append(own, x^negate)
				}
			}
			if len(own) == 0 {
				return known[i]
			}
			own = append(own, known[i][:min(len(known[i]), maxKnown-len(own))]...)
			slices.Sort(own)
			return slices.Compact(own)
		}
		switch n.kind {
		case And, Or:
			under := facts(args, Ref(n.kind-And))
			for _, x := range args {
				hand(x, under)
			}
		case AtLeast:
			for _, x := range args {
				hand(x, known[i])
			}
		case Ite:
			hand(args[0], known[i])
			hand(args[1], facts(args[:1], 0))
			hand(args[2], facts(args[:1], 1))
		}
	}
	return known
}

func intersection(xs, ys []Ref) []Ref {
	var both []Ref
	for len(xs) > 0 && len(ys) > 0 {
		switch o := cmp.Compare(xs[0], ys[0]); {
		case o < 0:
			xs = xs[1:]
		case o > 0:
			ys = ys[1:]
		default:
			both = append(both, xs[0])
			xs, ys = xs[1:], ys[1:]
		}
	}
	return both
}

// join makes one gate of arguments that have the same parents, at least so
// many of them, all of them Ors, or all of them Ands. (An And that refers to
// the complement of an argument counts as an Or, and the other way around.)
func (c *Circuit) join(roots []Ref, parents int) (*Circuit, []Ref) {
	uses := c.Uses(roots...)
	type use struct {
		hash  uint64
		kind  Kind // of the joint gate, Constant if there can be none
		count int32
	}
	all := make([]use, len(c.nodes))
	for i, n := range c.nodes {
		if uses[i] == 0 {
			continue
		}
		for _, x := range c.Args(MakeRef(i)) {
			u := &all[x.Node()]
			kind := Constant
			if n.kind == And || n.kind == Or {
				kind = n.kind
				if x.Negated() {
					kind = And + Or - kind
				}
			}
			if u.count > 0 && u.kind != kind {
				kind = Constant
			}
			u.kind = kind
			u.count++
			u.hash = (u.hash ^ uint64(2*i)&^1 ^ uint64(x&1)) * 0x9e3779b97f4a7c15
			u.hash ^= u.hash >> 29
		}
	}
	parentsOf := c.parents(uses)
	group := map[use][]int32{}
	for i, n := range slices.Backward(c.nodes) {
		u := all[i]
		if n.kind == Constant || u.kind == Constant || int(u.count) < parents || u.count != uses[i] {
			continue
		}
		group[u] = append(group[u], int32(i))
	}
	// A group is joined where its last member, the one of the highest number, is made.
	leader := make([]int32, len(c.nodes))
	members := make([][]Ref, len(c.nodes))
	for i := range c.nodes {
		g := group[all[i]]
		if len(g) < 2 || int(g[0]) != i {
			continue
		}
		p := parentsOf(i)
		whole := len(p) == 1 && len(c.Args(p[0])) == len(g)
		if whole || slices.ContainsFunc(g, func(j int32) bool { return !slices.Equal(p, parentsOf(int(j))) }) {
			continue
		}
		for _, j := range slices.Backward(g) {
			leader[j] = int32(i)
			members[i] = append(members[i], MakeRef(int(j)))
		}
	}
	joint := make([]Ref, len(c.nodes))
	var args []Ref
	return c.rewrite(roots, func(d *Circuit, i int, image func(Ref) Ref) Ref {
		args = args[:0]
		for _, x := range c.Args(MakeRef(i)) {
			l := leader[x.Node()]
			if l == 0 {
				args = append(args, image(x))
				continue
			}
			if joint[l] == True {
				var parts []Ref
				for _, y := range members[l] {
					parts = append(parts, image(y))
				}
				joint[l] = d.junction(all[l].kind, parts)
			}
			args = append(args, joint[l]^x&1)
		}
		return d.make(c.nodes[i], slices.Clone(args))
	})
}

// parents returns a function that lists the gates with an argument i, once
// for each, negated where the argument is.
func (c *Circuit) parents(uses []int32) func(i int) []Ref {
	first := make([]int32, len(c.nodes)+1)
	for i := range c.nodes {
		if uses[i] > 0 {
			for _, x := range c.Args(MakeRef(i)) {
				first[x.Node()+1]++
			}
		}
	}
	for i := range c.nodes {
		first[i+1] += first[i]
	}
	list := make([]Ref, first[len(c.nodes)])
	next := slices.Clone(first)
	for i := range c.nodes {
		if uses[i] > 0 {
			for _, x := range c.Args(MakeRef(i)) {
				list[next[x.Node()]] = MakeRef(i) ^ x&1
				next[x.Node()]++
			}
		}
	}
	return func(i int) []Ref { return list[first[i]:first[i+1]] }
}
