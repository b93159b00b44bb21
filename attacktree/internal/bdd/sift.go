package bdd

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
)

// Sift looks for an order of the levels in which the functions of d need fewer
// nodes. It returns a diagram of the same roots and, for each of its levels, the
// level of d that stands there: d itself and the order as it was if none is
// found. The same diagram gives the same answer.
//
// One level after the other, those with the most nodes first, moves through all
// places by swaps with its neighbours and stays where the diagram was smallest
// (Rudell, Dynamic variable ordering for ordered binary decision diagrams,
// ICCAD 1993). Levels that turn out to be symmetric, so that their functions
// stay the same if the two change places, move as one from then on (Panda and
// Somenzi, Who are the variables in your neighborhood, ICCAD 1995). Passes are
// repeated as long as each takes off a part of the nodes.
//
// A swap takes time in proportion to the nodes of the two levels. Sifting ends
// when swaps have looked at limit nodes, or ctx is done; what was found until
// then counts. Work is how many they have looked at.
func (d *Diagram) Sift(ctx context.Context, levels, limit int) (sifted *Diagram, order []int32, work int) {
	s := newSifter(d, levels)
	s.ctx, s.left, s.ask = ctx, limit, math.MaxInt
	for before := math.MaxInt; !s.out() && s.live < before-before/enough; {
		before = s.live
		s.pass()
	}
	if s.live >= d.Size() {
		order = make([]int32, levels)
		for i := range order {
			order[i] = int32(i)
		}
		return d, order, limit - s.left
	}
	sifted, order = s.diagram(d.Roots)
	return sifted, order, limit - s.left
}

const (
	enough = 20 // another pass follows one that took off more than this part
	growth = 10 // a level goes on while the diagram is at most this part larger than at its best
)

// A sifter holds a diagram whose levels can change places. Nodes are found by
// the variable that they test, whatever its level; a variable is numbered by its
// level in the diagram at the start.
type sifter struct {
	ctx  context.Context
	left int // nodes that may still be looked at
	ask  int // when so many are left, ask the context

	nodes []sift
	free  []int32
	live  int     // nodes in use
	at    []int32 // variable at each level
	table []table // nodes of each variable
	group [][]int32
	moved []int32 // scratch
}

// A sift is a node of a sifter.
type sift struct {
	v      int32 // variable
	hi, lo Ref
	refs   int32 // from nodes and roots
	next   int32 // in the same place of the table
}

// A table has the nodes of one variable by their children.
type table struct {
	first []int32 // by hash; 0 is none
	size  int
}

func newSifter(d *Diagram, levels int) *sifter {
	s := &sifter{
		nodes: make([]sift, len(d.Nodes), 2*len(d.Nodes)),
		live:  d.Size(),
		at:    make([]int32, levels),
		table: make([]table, levels),
		group: make([][]int32, levels),
	}
	for i := range s.at {
		s.at[i] = int32(i)
		s.group[i] = []int32{int32(i)}
		s.table[i].first = make([]int32, 4)
	}
	s.nodes[0].v = terminal
	for i, n := range d.Nodes[1:] {
		s.nodes[i+1] = sift{v: n.Level, hi: n.Hi, lo: n.Lo}
		s.nodes[n.Hi.Node()].refs++
		s.nodes[n.Lo.Node()].refs++
		s.insert(int32(i + 1))
	}
	for _, r := range d.Roots {
		s.nodes[r.Node()].refs++
	}
	return s
}

// out reports whether sifting must end. It asks the context now and then.
func (s *sifter) out() bool {
	if s.left < s.ask {
		s.ask = s.left - 1<<14
		if s.ctx.Err() != nil {
			s.left = 0
		}
	}
	return s.left <= 0
}

func place(first []int32, hi, lo Ref) *int32 {
	return &first[mix(uint64(uint32(hi))<<32|uint64(uint32(lo)), 0)&uint32(len(first)-1)]
}

// insert puts a node into the table of its variable.
func (s *sifter) insert(i int32) {
	n := &s.nodes[i]
	t := &s.table[n.v]
	if t.size++; t.size > len(t.first) {
		s.resize(t)
	}
	p := place(t.first, n.hi, n.lo)
	n.next, *p = *p, i
}

// resize makes the places of a table fit its size.
func (s *sifter) resize(t *table) {
	old := t.first
	t.first = make([]int32, 1<<bits.Len(uint(t.size+2)))
	for _, i := range old {
		for i != 0 {
			n := &s.nodes[i]
			after := n.next
			p := place(t.first, n.hi, n.lo)
			n.next, *p = *p, i
			i = after
		}
	}
}

// remove takes a node out of the table of its variable.
func (s *sifter) remove(i int32) {
	n := &s.nodes[i]
	t := &s.table[n.v]
	t.size--
	p := place(t.first, n.hi, n.lo)
	for *p != i {
		p = &s.nodes[*p].next
	}
	*p = n.next
}

// node returns the function that is hi where v is true and lo elsewhere, with
// one reference more. hi is not complemented.
func (s *sifter) node(v int32, hi, lo Ref) Ref {
	if hi == lo {
		s.nodes[hi.Node()].refs++
		return hi
	}
	for i := *place(s.table[v].first, hi, lo); i != 0; i = s.nodes[i].next {
		if n := &s.nodes[i]; n.hi == hi && n.lo == lo {
			n.refs++
			return Ref(i) << 1
		}
	}
	s.nodes[hi.Node()].refs++
	s.nodes[lo.Node()].refs++
	var i int32
	if last := len(s.free) - 1; last >= 0 {
		i, s.free = s.free[last], s.free[:last]
		s.nodes[i] = sift{v: v, hi: hi, lo: lo, refs: 1}
	} else {
		i = int32(len(s.nodes))
		s.nodes = append(s.nodes, sift{v: v, hi: hi, lo: lo, refs: 1})
	}
	s.live++
	s.insert(i)
	return Ref(i) << 1
}

// drop takes back a reference. Nodes below a dropped one are dropped too.
func (s *sifter) drop(f Ref) {
	for stack := []Ref{f}; len(stack) > 0; {
		i := int32(stack[len(stack)-1].Node())
		stack = stack[:len(stack)-1]
		n := &s.nodes[i]
		if n.refs--; n.refs > 0 || i == 0 {
			continue
		}
		s.remove(i)
		s.live--
		s.free = append(s.free, i)
		stack = append(stack, n.hi, n.lo)
	}
}

// split returns the cofactors of f by v, which is at or above its first level.
func (s *sifter) split(f Ref, v int32) (hi, lo Ref) {
	n := &s.nodes[f.Node()]
	if n.v != v {
		return f, f
	}
	return n.hi ^ f&1, n.lo ^ f&1
}

// swap lets the variables of a level and the next change places. Every node
// keeps its function.
func (s *sifter) swap(level int) {
	x, y := s.at[level], s.at[level+1]
	s.at[level], s.at[level+1] = y, x
	s.left -= s.table[x].size + s.table[y].size + 1
	if s.table[y].size == 0 {
		return
	}
	t := &s.table[x]
	if len(t.first) > 8*(t.size+1) {
		s.resize(t) // all places are looked at
	}
	s.moved = s.moved[:0]
	for i := range t.first {
		for p := &t.first[i]; *p != 0; {
			n := &s.nodes[*p]
			if s.nodes[n.hi.Node()].v != y && s.nodes[n.lo.Node()].v != y {
				p = &n.next
				continue
			}
			s.moved = append(s.moved, *p)
			*p = n.next
		}
	}
	t.size -= len(s.moved)
	for _, i := range s.moved {
		hi, lo := s.nodes[i].hi, s.nodes[i].lo
		hi1, hi0 := s.split(hi, y)
		lo1, lo0 := s.split(lo, y)
		// No then-edge is complemented, so hi1 is not, nor what has it as its hi.
		h := s.node(x, hi1, lo1)
		var l Ref
		if hi0.Negated() {
			l = s.node(x, hi0.Not(), lo0.Not()).Not()
		} else {
			l = s.node(x, hi0, lo0)
		}
		n := &s.nodes[i]
		n.v, n.hi, n.lo = y, h, l
		s.insert(i)
		s.drop(hi)
		s.drop(lo)
	}
}

// symmetric reports whether all functions stay the same if the variables of a
// level and the next change places, so far as nodes of both tell.
func (s *sifter) symmetric(level int) bool {
	x, y := s.at[level], s.at[level+1]
	s.left -= s.table[x].size + s.table[y].size
	seen := 0
	for _, i := range s.table[x].first {
		for ; i != 0; i = s.nodes[i].next {
			n := &s.nodes[i]
			_, hi0 := s.split(n.hi, y)
			lo1, _ := s.split(n.lo, y)
			if hi0 != lo1 {
				return false
			}
			for _, f := range [2]Ref{n.hi, n.lo} {
				if s.nodes[f.Node()].v == y {
					seen++
				}
			}
		}
	}
	all := 0
	for _, i := range s.table[y].first {
		for ; i != 0; i = s.nodes[i].next {
			all += int(s.nodes[i].refs)
		}
	}
	return seen == all && all > 0
}

// pass moves each group once.
func (s *sifter) pass() {
	heads := make([]int32, len(s.group)) // a group is known by its first variable
	for g, members := range s.group {
		heads[g] = members[0]
	}
	weight := make([]int, len(s.at))
	for _, members := range s.group {
		for _, v := range members {
			weight[members[0]] += s.table[v].size
		}
	}
	slices.SortFunc(heads, func(a, b int32) int { return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b)) })
	for _, head := range heads {
		if s.out() {
			return
		}
		if g := s.find(head); g >= 0 { // else it has joined another
			s.move(g)
		}
	}
}

// find returns the place of the group with this first variable, or -1.
func (s *sifter) find(head int32) int {
	return slices.IndexFunc(s.group, func(members []int32) bool { return members[0] == head })
}

// move tries all places for a group and leaves it at the best. The nearer end
// comes first. A neighbour that is symmetric to it, at a place as good as any so
// far, joins it and moves along.
func (s *sifter) move(g int) {
	from := 0 // its first level
	for _, members := range s.group[:g] {
		from += len(members)
	}
	best, at, size := g, g, s.live
	step := func(down bool) bool {
		if down {
			from += s.exchange(at, from)
			at++
		} else {
			at--
			from -= len(s.group[at])
			s.exchange(at, from)
		}
		if s.live <= size {
			united := false
			if at > 0 && s.symmetric(from-1) {
				at--
				from -= len(s.group[at])
				s.unite(at)
				united = true
			}
			if end := from + len(s.group[at]); at < len(s.group)-1 && s.symmetric(end-1) {
				s.unite(at)
				united = true
			}
			if united || s.live < size {
				best, size = at, s.live
			}
		}
		return s.live <= size+size/growth && !s.out()
	}
	down := g >= len(s.group)/2
	for range 2 {
		for (down && at < len(s.group)-1 || !down && at > 0) && step(down) {
		}
		down = !down
	}
	for at != best {
		step(at < best)
	}
}

// exchange lets group g, whose first level is from, and the next change places.
// It returns the size of the latter.
func (s *sifter) exchange(g, from int) int {
	a, b := len(s.group[g]), len(s.group[g+1])
	for i := range b {
		for j := range a {
			s.swap(from + i + a - 1 - j)
		}
	}
	s.group[g], s.group[g+1] = s.group[g+1], s.group[g]
	return b
}

// unite makes one group of g and the next.
func (s *sifter) unite(g int) {
	s.group[g] = append(s.group[g], s.group[g+1]...)
	s.group = slices.Delete(s.group, g+1, g+2)
}

// diagram returns the nodes in use, children first, and the variables by level.
func (s *sifter) diagram(roots []Ref) (*Diagram, []int32) {
	d := &Diagram{Nodes: make([]Node, 1, s.live+1), Roots: make([]Ref, len(roots))}
	d.Nodes[0].Level = terminal
	image := make([]int32, len(s.nodes))
	translate := func(f Ref) Ref { return Ref(image[f.Node()])<<1 | f&1 }
	for level, v := range slices.Backward(s.at) {
		for _, i := range s.table[v].first {
			for ; i != 0; i = s.nodes[i].next {
				n := &s.nodes[i]
				image[i] = int32(len(d.Nodes))
				d.Nodes = append(d.Nodes, Node{Level: int32(level), Hi: translate(n.hi), Lo: translate(n.lo)})
			}
		}
	}
	for i, r := range roots {
		d.Roots[i] = translate(r)
	}
	return d, s.at
}
