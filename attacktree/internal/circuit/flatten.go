package circuit

// Flatten returns a circuit with the same variables that holds only what the
// roots need, and the roots in it. An And that is used once, as an argument of
// an And, is gone there: its arguments take its place, in order; likewise Or.
// The time is linear in the size of the circuit.
func (c *Circuit) Flatten(roots ...Ref) (*Circuit, []Ref) {
	uses := c.Uses(roots...)
	merged := c.merged(uses)

	d := New()
	d.Grow(c.Len())
	for range c.vars {
		d.Var()
	}
	image := make([]Ref, len(c.nodes))
	translate := func(x Ref) Ref { return image[x.Node()] ^ x&1 }
	var args, todo []Ref
	for i, n := range c.nodes {
		switch {
		case n.kind == Constant:
			image[i] = True
			continue
		case n.kind == Variable:
			image[i] = d.vars[n.k]
			continue
		case uses[i] == 0 || merged[i]:
			continue
		}
		args = args[:0]
		todo = appendReversed(todo[:0], c.Args(MakeRef(i)))
		for len(todo) > 0 {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if merged[x.Node()] {
				todo = appendReversed(todo, c.Args(x))
			} else {
				args = append(args, translate(x))
			}
		}
		switch n.kind {
		case And, Or:
			image[i] = d.junction(n.kind, args)
		case AtLeast:
			image[i] = d.AtLeast(int(n.k), args...)
		case Ite:
			image[i] = d.Ite(args[0], args[1], args[2])
		}
	}
	images := make([]Ref, len(roots))
	for i, r := range roots {
		images[i] = translate(r)
	}
	return d, images
}

// Uses returns, for each node, how many arguments of gates below the roots,
// and how many roots, refer to it. What no root needs has no use.
func (c *Circuit) Uses(roots ...Ref) []int32 {
	uses := make([]int32, len(c.nodes))
	for _, r := range roots {
		uses[r.Node()]++
	}
	for i := len(c.nodes) - 1; i >= 0; i-- {
		if uses[i] == 0 {
			continue
		}
		for _, x := range c.Args(MakeRef(i)) {
			uses[x.Node()]++
		}
	}
	return uses
}

// merged marks the gates whose only use is as an argument, not negated, of a
// gate of their own kind.
func (c *Circuit) merged(uses []int32) []bool {
	merged := make([]bool, len(c.nodes))
	for i, n := range c.nodes {
		if uses[i] == 0 || n.kind != And && n.kind != Or {
			continue
		}
		for _, x := range c.Args(MakeRef(i)) {
			if !x.Negated() && uses[x.Node()] == 1 && c.nodes[x.Node()].kind == n.kind {
				merged[x.Node()] = true
			}
		}
	}
	return merged
}

func appendReversed(todo, xs []Ref) []Ref {
	for i := len(xs) - 1; i >= 0; i-- {
		todo = append(todo, xs[i])
	}
	return todo
}
