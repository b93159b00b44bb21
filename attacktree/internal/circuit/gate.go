package circuit

import "slices"

// This file makes gates: each constructor simplifies its arguments, and intern
// returns the gate that already computes the same thing or a new one.

// Not returns the complement of x.
func (c *Circuit) Not(x Ref) Ref { return x.Not() }

// And returns the conjunction of xs, True if there are none.
func (c *Circuit) And(xs ...Ref) Ref { return c.junction(And, xs) }

// Or returns the disjunction of xs, False if there are none.
func (c *Circuit) Or(xs ...Ref) Ref { return c.junction(Or, xs) }

// junction makes an And or an Or. Arguments that are all complements become
// their own complement's dual (De Morgan), which has none.
func (c *Circuit) junction(kind Kind, xs []Ref) Ref {
	neutral := True
	if kind == Or {
		neutral = False
	}
	c.stamp += 2
	if c.stamp == 0 {
		clear(c.mark)
		c.stamp = 2
	}
	args, negated := c.scratch[:0], 0
	for _, x := range xs {
		if x == neutral {
			continue
		}
		if x == neutral.Not() {
			return x
		}
		switch c.mark[x.Node()] {
		case c.stamp | uint32(x&1):
			continue
		case c.stamp | uint32(x.Not()&1):
			return neutral.Not()
		}
		c.mark[x.Node()] = c.stamp | uint32(x&1)
		if x.Negated() {
			negated++
		}
		args = append(args, x)
	}
	c.scratch = args
	switch {
	case len(args) == 0:
		return neutral
	case len(args) == 1:
		return args[0]
	case negated == len(args):
		complement(args)
		return c.intern(And+Or-kind, 0, args).Not()
	}
	return c.intern(kind, 0, args)
}

// AtLeast returns the function that is true if at least k of xs are. An
// argument given twice counts twice.
func (c *Circuit) AtLeast(k int, xs ...Ref) Ref {
	args, negated := c.scratch[:0], 0
	for _, x := range xs {
		switch x {
		case True:
			k--
		case False:
		default:
			if x.Negated() {
				negated++
			}
			args = append(args, x)
		}
	}
	c.scratch = args
	n := len(args)
	switch {
	case k <= 0:
		return True
	case k > n:
		return False
	case k == 1:
		return c.junction(Or, slices.Clone(args))
	case k == n:
		return c.junction(And, slices.Clone(args))
	case negated == n:
		complement(args)
		return c.intern(AtLeast, n-k+1, args).Not()
	}
	return c.intern(AtLeast, k, args)
}

// Ite returns the function that is g where f is true and h elsewhere.
func (c *Circuit) Ite(f, g, h Ref) Ref {
	if f.Negated() {
		f, g, h = f.Not(), h, g
	}
	switch {
	case f == True || g == h:
		return g
	case g == True || g == f:
		return c.Or(f, h)
	case g == False || g == f.Not():
		return c.And(f.Not(), h)
	case h == False || h == f:
		return c.And(f, g)
	case h == True || h == f.Not():
		return c.Or(f.Not(), g)
	case h.Negated():
		return c.intern(Ite, 0, []Ref{f, g.Not(), h.Not()}).Not()
	}
	return c.intern(Ite, 0, []Ref{f, g, h})
}

func complement(xs []Ref) {
	for i := range xs {
		xs[i] = xs[i].Not()
	}
}

// intern returns the gate of this kind over args, which it copies.
func (c *Circuit) intern(kind Kind, k int, args []Ref) Ref {
	h := hash(kind, k, args)
	mask := uint32(len(c.table) - 1)
	at := h & mask
	for ; c.table[at] != 0; at = (at + 1) & mask {
		i := int(c.table[at])
		n := &c.nodes[i]
		if n.hash == h && n.kind == kind && int(n.k) == k && c.sameArgs(kind, args, c.Args(MakeRef(i))) {
			return MakeRef(i)
		}
	}
	i := c.add(node{kind: kind, k: int32(k), first: int32(len(c.args)), n: int32(len(args)), hash: h})
	c.args = append(c.args, args...)
	c.table[at] = int32(i)
	c.gates++
	if 2*c.gates > len(c.table) {
		c.rehash()
	}
	return MakeRef(i)
}

func (c *Circuit) rehash() {
	table := make([]int32, 2*len(c.table))
	mask := uint32(len(table) - 1)
	for _, i := range c.table {
		if i == 0 {
			continue
		}
		at := c.nodes[i].hash & mask
		for table[at] != 0 {
			at = (at + 1) & mask
		}
		table[at] = i
	}
	c.table = table
}

// hash does not depend on the order of arguments, except for Ite.
func hash(kind Kind, k int, args []Ref) uint32 {
	h := uint64(kind)<<32 | uint64(uint32(k))
	for i, x := range args {
		y := uint64(x) + 1
		if kind == Ite {
			y += uint64(i) << 32
		}
		y *= 0x9e3779b97f4a7c15
		y ^= y >> 29
		h += y * 0xbf58476d1ce4e5b9
	}
	h ^= h >> 32
	return uint32(h * 0x94d049bb133111eb >> 32)
}

// sameArgs reports whether two lists of arguments make the same gate.
func (c *Circuit) sameArgs(kind Kind, xs, ys []Ref) bool {
	if len(xs) != len(ys) || kind == Ite {
		return slices.Equal(xs, ys)
	}
	for i, list := range [2][]Ref{xs, ys} {
		c.sorted[i] = append(c.sorted[i][:0], list...)
		slices.Sort(c.sorted[i])
	}
	return slices.Equal(c.sorted[0], c.sorted[1])
}
