package program

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
)

// A Selection says which sets are listed and what comes first. A nil slice
// makes every variable a Step, every weight 0, and every rank the index.
type Selection struct {
	Class []Class
	A, B  []float64 // weights of the variables, not negative; a set has their sums
	Logs  bool      // the weights A are logarithms of what is multiplied
	Rank  []int32   // of the variables' names, for the order of what is equal otherwise
}

// Sets lists the sets that have no Absent variable and at least one Step, each
// as variable indices in ascending order, best first: by the sum of A, then the
// sum of B, then the number of Steps, then the number of Givens, then by the
// ranks of the Steps, smallest first, compared like words, then those of the
// Givens. The order is total and always the same.
//
// Two sums count as equal if they differ by less than 1e-12 of the greater, or of 1
// where they are logarithms, so that the products differ by as little: the same
// numbers added in another order can differ by as much, and rounding must not
// decide where the names should. Equality is decided where sums arise,
// part by part, so two sets whose sums differ by about that much may change
// places.
//
// The sets are found lazily. The first takes one pass over the family, each
// further one little more than the time to look at it; memory grows with the
// number of sets listed. The sequence ends with an error if sel does not fit
// or ctx is done.
//
// The method is that of Huang and Chiang, Better k-best parsing (IWPT 2005),
// algorithm 3, on the graph of the family.
func (f *Family) Sets(ctx context.Context, sel Selection) iter.Seq2[[]int32, error] {
	return func(yield func([]int32, error) bool) {
		s, err := newSearch(ctx, f, sel)
		if err != nil {
			yield(nil, err)
			return
		}
		for k := 0; ; k++ {
			set, err := s.get(vertexOf(f.root, aided), k)
			if err != nil {
				yield(nil, fmt.Errorf("program: %w", err))
				return
			}
			if set == absent {
				return
			}
			variables := s.appendVariables(nil, set)
			slices.Sort(variables)
			if !yield(variables, nil) {
				return
			}
		}
	}
}

// A vertex is a node of the family together with one kind of its sets: those
// with a Step or those without. So sets without a Step never stand in the way.
type vertex int32

const (
	aided   vertex = 0 // with a step
	unaided vertex = 1
	nowhere vertex = -1
)

func vertexOf(node int32, kind vertex) vertex { return 2*vertex(node) + kind }

// An edge leads from a vertex to the one vertex, or the two, whose sets make
// up its own: the sets of a union are those of either part, a set of a product
// with a Step has one on the left, on the right, or on both sides.
type edge struct{ left, right vertex }

// edges returns the edges of v.
func (s *search) edges(v vertex) []edge {
	m, kind := s.f.nodes[v/2], v%2
	switch {
	case m.kind == union:
		s.out[0] = edge{vertexOf(m.a, kind), nowhere}
		s.out[1] = edge{vertexOf(m.b, kind), nowhere}
		return s.out[:2]
	case m.kind == product && kind == aided:
		s.out[0] = edge{vertexOf(m.a, aided), vertexOf(m.b, aided)}
		s.out[1] = edge{vertexOf(m.a, aided), vertexOf(m.b, unaided)}
		s.out[2] = edge{vertexOf(m.a, unaided), vertexOf(m.b, aided)}
		return s.out[:3]
	case m.kind == product:
		s.out[0] = edge{vertexOf(m.a, unaided), vertexOf(m.b, unaided)}
		return s.out[:1]
	}
	return nil
}

// A choice is a set of some node, described by its sums and by the choices it
// was put together from. Choices are numbered; absent is none.
type choice struct {
	a, b         float64
	steps, given int32
	least        int32 // least position of a variable, for quick comparison
	node         int32 // that it was made for: a leaf, a product, or noVariables
	left, right  int32 // choices of the parts of a product
}

const absent int32 = -1

// A candidate is what an edge makes of the i-th best choice of its left end
// and the j-th best of its right one.
type candidate struct {
	edge   int
	i, j   int
	choice int32
}

// A list holds the best choices of a vertex as far as they were asked for.
type list struct {
	best []int32
	last candidate // the end of best, if what follows it is not in next yet
	due  bool      // whether last is such
	next frontier  // what can come next
}

// A frontier is a heap of candidates, the best first.
type frontier struct {
	search     *search
	candidates []candidate
}

func (f *frontier) Len() int { return len(f.candidates) }
func (f *frontier) Less(i, j int) bool {
	return f.search.compare(f.candidates[i].choice, f.candidates[j].choice) < 0
}
func (f *frontier) Swap(i, j int) {
	f.candidates[i], f.candidates[j] = f.candidates[j], f.candidates[i]
}
func (f *frontier) Push(x any) { f.candidates = append(f.candidates, x.(candidate)) }
func (f *frontier) Pop() any {
	last := f.candidates[len(f.candidates)-1]
	f.candidates = f.candidates[:len(f.candidates)-1]
	return last
}

// A search is one listing of a family's sets.
type search struct {
	ctx      context.Context
	f        *Family
	sel      Selection
	unit     float64 // of the sums A: 1 for logarithms, else 0
	position []int32 // of each variable in the order of steps before givens, then by rank
	choices  []choice
	first    []int32 // best choice of each vertex
	lists    []*list // of the vertices of which more than the best was asked for
	work     int     // since the context was looked at

	out   [3]edge    // scratch of edges
	asked []vertex   // scratch of get
	pairs [][2]int32 // scratch of compareSets
	diff  [2][]int32 // scratch of compareSets
	stack []int32    // scratch of each
}

func newSearch(ctx context.Context, f *Family, sel Selection) (*search, error) {
	if err := sel.check(f.vars); err != nil {
		return nil, err
	}
	s := &search{
		ctx:      ctx,
		f:        f,
		sel:      sel,
		position: make([]int32, f.vars),
		first:    make([]int32, 2*len(f.nodes)),
		lists:    make([]*list, 2*len(f.nodes)),
	}
	// By class, then by rank, then by number: packed, so that they sort fast.
	variables := make([]uint64, f.vars)
	for v := range int32(f.vars) {
		rank := v
		if sel.Rank != nil {
			rank = sel.Rank[v]
		}
		variables[v] = uint64(classOf(sel.Class, v))<<62 | uint64(rank)<<31 | uint64(v)
	}
	slices.Sort(variables)
	if sel.Logs {
		s.unit = 1
	}
	for i, v := range variables {
		s.position[v&math.MaxInt32] = int32(i)
	}
	return s, s.start()
}

// check reports whether the slices have an entry for each variable and the
// weights can be added.
func (sel *Selection) check(vars int) error {
	for _, slice := range []struct {
		name string
		n    int
		none bool
	}{
		{"classes", len(sel.Class), sel.Class == nil},
		{"weights A", len(sel.A), sel.A == nil},
		{"weights B", len(sel.B), sel.B == nil},
		{"ranks", len(sel.Rank), sel.Rank == nil},
	} {
		if !slice.none && slice.n != vars {
			return fmt.Errorf("program: expected %d %s, one for each variable, found %d", vars, slice.name, slice.n)
		}
	}
	for _, weights := range [][]float64{sel.A, sel.B} {
		for v, w := range weights {
			if !(w >= 0) {
				return fmt.Errorf("program: expected a weight that is not negative, found %v for variable %d", w, v)
			}
		}
	}
	return nil
}

// start finds the best choice of every vertex, parts first.
func (s *search) start() error {
	for n, m := range s.f.nodes {
		if err := s.pause(); err != nil {
			return err
		}
		for kind := aided; kind <= unaided; kind++ {
			v := vertexOf(int32(n), kind)
			best := absent
			switch m.kind {
			case emptySet:
				if kind == unaided {
					best = s.add(choice{node: int32(n), least: math.MaxInt32})
				}
			case leaf:
				if class := classOf(s.sel.Class, m.a); class == Step && kind == aided || class == Given && kind == unaided {
					best = s.add(s.single(int32(n), m.a, class))
				}
			default:
				for _, e := range s.edges(v) {
					if c := s.firstOf(int32(n), e); c != absent && (best == absent || s.compare(c, best) < 0) {
						best = c
					}
				}
			}
			s.first[v] = best
		}
	}
	return nil
}

// single returns the set of one variable.
func (s *search) single(node, v int32, class Class) choice {
	c := choice{node: node, least: s.position[v]}
	if s.sel.A != nil {
		c.a = s.sel.A[v]
	}
	if s.sel.B != nil {
		c.b = s.sel.B[v]
	}
	if class == Step {
		c.steps = 1
	} else {
		c.given = 1
	}
	return c
}

// firstOf returns the best choice of an edge of node.
func (s *search) firstOf(node int32, e edge) int32 {
	left := s.first[e.left]
	if left == absent || e.right == nowhere {
		return left
	}
	right := s.first[e.right]
	if right == absent {
		return absent
	}
	return s.join(node, left, right)
}

// join makes a choice of a product from choices of its parts.
func (s *search) join(node, left, right int32) int32 {
	l, r := &s.choices[left], &s.choices[right]
	return s.add(choice{
		a:     l.a + r.a,
		b:     l.b + r.b,
		steps: l.steps + r.steps,
		given: l.given + r.given,
		least: min(l.least, r.least),
		node:  node,
		left:  left,
		right: right,
	})
}

func (s *search) add(c choice) int32 {
	s.choices = append(s.choices, c)
	return int32(len(s.choices) - 1)
}

// get returns the k-th best choice of v, counted from 0, or absent. It asks
// for choices of other vertices as they are needed, with a stack of its own.
func (s *search) get(v vertex, k int) (int32, error) {
	s.asked = s.asked[:0]
	for {
		c, known := s.known(v, k)
		if known {
			return c, nil
		}
		s.asked = append(s.asked, v)
		for len(s.asked) > 0 {
			if err := s.pause(); err != nil {
				return absent, err
			}
			top := s.asked[len(s.asked)-1]
			if missing := s.grow(top); missing != nowhere {
				s.asked = append(s.asked, missing)
			} else {
				s.asked = s.asked[:len(s.asked)-1]
			}
		}
	}
}

// known returns the k-th best choice of v if it has been found, or absent if
// it is known that there are not so many.
func (s *search) known(v vertex, k int) (int32, bool) {
	l := s.lists[v]
	switch {
	case k == 0:
		return s.first[v], true
	case s.first[v] == absent:
		return absent, true
	case l == nil:
		return absent, false
	case k < len(l.best):
		return l.best[k], true
	}
	return absent, !l.due && len(l.next.candidates) == 0
}

// grow finds the next choice of v, or returns the vertex of which one more
// choice must be found before.
func (s *search) grow(v vertex) vertex {
	l := s.lists[v]
	if l == nil {
		l = s.open(v)
		s.lists[v] = l
	}
	if l.due {
		if missing := s.follow(v, l); missing != nowhere {
			return missing
		}
	}
	if len(l.next.candidates) > 0 {
		l.last = heap.Pop(&l.next).(candidate)
		l.due = true
		l.best = append(l.best, l.last.choice)
	}
	return nowhere
}

// open makes the list of v with its best choice, and with the best of each
// edge that this did not come from as candidates.
func (s *search) open(v vertex) *list {
	first := s.first[v]
	l := &list{best: []int32{first}, next: frontier{search: s}}
	for i, e := range s.edges(v) {
		left := s.first[e.left]
		if left == absent || e.right != nowhere && s.first[e.right] == absent {
			continue
		}
		c := s.choices[first]
		if e.right == nowhere && left == first || e.right != nowhere && c.left == left && c.right == s.first[e.right] {
			l.last, l.due = candidate{edge: i, choice: first}, true
			continue
		}
		heap.Push(&l.next, candidate{edge: i, choice: s.firstOf(int32(v/2), e)})
	}
	return l
}

// follow makes candidates of what can come after the last choice of v: with
// the next choice on the right, and with the next one on the left, this only
// where the right one is the first, so that no pair is met twice. It returns
// the vertex whose next choice must be found before, if there is one.
func (s *search) follow(v vertex, l *list) vertex {
	e := s.edges(v)[l.last.edge]
	next, known := s.known(e.left, l.last.i+1)
	if !known && l.last.j == 0 {
		return e.left
	}
	if e.right != nowhere {
		right, known := s.known(e.right, l.last.j+1)
		if !known {
			return e.right
		}
		if right != absent {
			left, _ := s.known(e.left, l.last.i)
			heap.Push(&l.next, candidate{l.last.edge, l.last.i, l.last.j + 1, s.join(int32(v/2), left, right)})
		}
	}
	if l.last.j == 0 && next != absent {
		if e.right != nowhere {
			next = s.join(int32(v/2), next, s.first[e.right])
		}
		heap.Push(&l.next, candidate{l.last.edge, l.last.i + 1, 0, next})
	}
	l.due = false
	return nowhere
}

// compare orders choices of the same vertex.
func (s *search) compare(c, d int32) int {
	x, y := &s.choices[c], &s.choices[d]
	if o := cmp.Or(
		compareSums(x.a, y.a, s.unit),
		compareSums(x.b, y.b, 0),
		cmp.Compare(x.steps, y.steps),
		cmp.Compare(x.given, y.given),
		cmp.Compare(x.least, y.least),
	); o != 0 {
		return o
	}
	return s.compareSets(c, d)
}

// compareSums takes sums that differ by rounding as equal: by that of the greater,
// or of unit.
func compareSums(x, y, unit float64) int {
	if d := math.Abs(x - y); d <= 1e-12*max(x, y, unit)+1e-300 && !math.IsInf(d, 0) {
		return 0
	}
	return cmp.Compare(x, y)
}

// compareSets compares two sets of equal size by the positions of their
// variables: the one with the least position that the other has not is first,
// as of two words of equal length. What both have in the same part of their
// product is left out without being looked at.
func (s *search) compareSets(c, d int32) int {
	s.diff[0], s.diff[1] = s.diff[0][:0], s.diff[1][:0]
	s.pairs = append(s.pairs[:0], [2]int32{c, d})
	for len(s.pairs) > 0 {
		pair := s.pairs[len(s.pairs)-1]
		s.pairs = s.pairs[:len(s.pairs)-1]
		if pair[0] == pair[1] {
			continue
		}
		x, y := &s.choices[pair[0]], &s.choices[pair[1]]
		if x.node == y.node && s.f.nodes[x.node].kind == product {
			s.pairs = append(s.pairs, [2]int32{x.left, y.left}, [2]int32{x.right, y.right})
			continue
		}
		for side, z := range pair {
			s.diff[side] = s.appendVariables(s.diff[side], z)
		}
	}
	for side, vs := range s.diff {
		for i, v := range vs {
			vs[i] = s.position[v]
		}
		slices.Sort(s.diff[side])
	}
	return slices.Compare(s.diff[0], s.diff[1])
}

// appendVariables appends the variables of a choice, in no order.
func (s *search) appendVariables(vs []int32, c int32) []int32 {
	s.stack = append(s.stack[:0], c)
	for len(s.stack) > 0 {
		x := &s.choices[s.stack[len(s.stack)-1]]
		s.stack = s.stack[:len(s.stack)-1]
		switch m := s.f.nodes[x.node]; m.kind {
		case leaf:
			vs = append(vs, m.a)
		case product:
			s.stack = append(s.stack, x.left, x.right)
		}
	}
	return vs
}

// pause returns the error of the context now and then.
func (s *search) pause() error {
	if s.work++; s.work%1024 == 0 {
		return s.ctx.Err()
	}
	return nil
}
