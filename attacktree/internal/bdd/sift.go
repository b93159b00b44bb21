package bdd

import (
	"cmp"
	"context"
	"slices"
)

// Sift looks for a better order of the levels: it moves one after the other
// through all places, the fullest first, and leaves each where the diagram was
// smallest (Rudell, Dynamic variable ordering for ordered binary decision
// diagrams, ICCAD 1993), until a round gains less than one node in a hundred. It
// returns the diagram in the new order, and for each of its levels the old one.
// The time is about the square of the number of levels times the nodes on a
// level. When ctx ends it returns what it has so far.
func (d *Diagram) Sift(ctx context.Context) (*Diagram, []int32) {
	s := newSifter(d)
	for before := 2 * s.size; 100*s.size < 99*before; {
		before = s.size
		s.round(ctx)
	}
	return s.extract(d.Roots), s.at
}

// A sifter holds a diagram whose levels can be exchanged.
type sifter struct {
	nodes  []sifted
	vacant []int32
	at     []int32 // by place: the level, as numbered at first
	place  []int32 // by level
	unique []map[[2]Ref]int32
	size   int
}

// A sifted node tests a level, as numbered at first.
type sifted struct {
	level  int32
	hi, lo Ref
	uses   int32
}

func newSifter(d *Diagram) *sifter {
	s := &sifter{nodes: make([]sifted, len(d.Nodes)), size: d.Size()}
	levels := int32(0)
	for _, n := range d.Nodes[1:] {
		levels = max(levels, n.Level+1)
	}
	for l := range levels {
		s.at, s.place = append(s.at, l), append(s.place, l)
		s.unique = append(s.unique, map[[2]Ref]int32{})
	}
	s.nodes[0].level = terminal
	for i, n := range d.Nodes[1:] {
		s.nodes[i+1] = sifted{level: n.Level, hi: n.Hi, lo: n.Lo}
		s.unique[n.Level][[2]Ref{n.Hi, n.Lo}] = int32(i + 1)
		s.nodes[n.Hi.Node()].uses++
		s.nodes[n.Lo.Node()].uses++
	}
	for _, r := range d.Roots {
		s.nodes[r.Node()].uses++
	}
	return s
}

// round moves every level once.
func (s *sifter) round(ctx context.Context) {
	order := slices.Clone(s.at)
	full := make([]int, len(order))
	for l, u := range s.unique {
		full[l] = len(u)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(full[b], full[a]) })
	for _, l := range order {
		if ctx.Err() != nil {
			return
		}
		s.move(l)
	}
}

// move finds the best place of a level: through the nearer end first, then to
// the other one, then back. A way on which the diagram grows by half is left.
func (s *sifter) move(l int32) {
	last := int32(len(s.at)) - 1
	least, best := s.size, s.place[l]
	try := func(step int32) {
		for p := s.place[l] + step; p >= 0 && p <= last && 2*s.size <= 3*least+20; p += step {
			s.exchange(min(p, p-step))
			if s.size < least {
				least, best = s.size, p
			}
		}
	}
	first := int32(1)
	if s.place[l] < last-s.place[l] {
		first = -1
	}
	try(first)
	try(-first)
	for s.place[l] < best {
		s.exchange(s.place[l])
	}
	for s.place[l] > best {
		s.exchange(s.place[l] - 1)
	}
}

// exchange exchanges the levels at place p and the next. A node at place p that
// refers to the next one changes in place, so what refers to it need not know.
func (s *sifter) exchange(p int32) {
	x, y := s.at[p], s.at[p+1]
	var crossing []int32
	for _, i := range s.unique[x] {
		if n := &s.nodes[i]; s.nodes[n.hi.Node()].level == y || s.nodes[n.lo.Node()].level == y {
			crossing = append(crossing, i)
		}
	}
	slices.Sort(crossing) // maps have no order
	for _, i := range crossing {
		delete(s.unique[x], [2]Ref{s.nodes[i].hi, s.nodes[i].lo})
	}
	for _, i := range crossing {
		hi, lo := s.nodes[i].hi, s.nodes[i].lo
		hi1, hi0 := s.split(hi, y)
		lo1, lo0 := s.split(lo, y)
		high, low := s.node(x, hi1, lo1), s.node(x, hi0, lo0)
		s.nodes[i] = sifted{level: y, hi: high, lo: low, uses: s.nodes[i].uses}
		s.unique[y][[2]Ref{high, low}] = i
		s.nodes[high.Node()].uses++
		s.nodes[low.Node()].uses++
		s.release(hi)
		s.release(lo)
	}
	s.at[p], s.at[p+1] = y, x
	s.place[x], s.place[y] = p+1, p
}

func (s *sifter) split(f Ref, level int32) (hi, lo Ref) {
	if n := &s.nodes[f.Node()]; n.level == level {
		return n.hi ^ f&1, n.lo ^ f&1
	}
	return f, f
}

func (s *sifter) node(level int32, hi, lo Ref) Ref {
	if hi == lo {
		return hi
	}
	negate := hi & 1
	hi, lo = hi^negate, lo^negate
	i, ok := s.unique[level][[2]Ref{hi, lo}]
	if !ok {
		if n := len(s.vacant); n > 0 {
			i, s.vacant = s.vacant[n-1], s.vacant[:n-1]
		} else {
			i = int32(len(s.nodes))
			s.nodes = append(s.nodes, sifted{})
		}
		s.nodes[i] = sifted{level: level, hi: hi, lo: lo}
		s.nodes[hi.Node()].uses++
		s.nodes[lo.Node()].uses++
		s.unique[level][[2]Ref{hi, lo}] = i
		s.size++
	}
	return Ref(i)<<1 | negate
}

// release drops a use of a function, and its node with the last.
func (s *sifter) release(f Ref) {
	for todo := []Ref{f}; len(todo) > 0; {
		i := todo[len(todo)-1].Node()
		todo = todo[:len(todo)-1]
		n := &s.nodes[i]
		if n.uses--; n.uses > 0 || i == 0 {
			continue
		}
		delete(s.unique[n.level], [2]Ref{n.hi, n.lo})
		s.vacant = append(s.vacant, int32(i))
		s.size--
		todo = append(todo, n.hi, n.lo)
	}
}

// extract returns the diagram of the roots, levels numbered by their places.
func (s *sifter) extract(roots []Ref) *Diagram {
	var order []int32 // from the last place up: children before parents
	for _, l := range slices.Backward(s.at) {
		first := len(order)
		for _, i := range s.unique[l] {
			order = append(order, i)
		}
		slices.Sort(order[first:])
	}
	image := make([]Ref, len(s.nodes))
	d := &Diagram{Nodes: make([]Node, 1, len(order)+1)}
	d.Nodes[0].Level = terminal
	translate := func(f Ref) Ref { return image[f.Node()] ^ f&1 }
	for _, i := range order {
		n := &s.nodes[i]
		image[i] = Ref(len(d.Nodes)) << 1
		d.Nodes = append(d.Nodes, Node{Level: s.place[n.level], Hi: translate(n.hi), Lo: translate(n.lo)})
	}
	for _, r := range roots {
		d.Roots = append(d.Roots, translate(r))
	}
	return d
}
