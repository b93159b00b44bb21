package budget

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A front is a Pareto front of choices of steps: no point is beaten by another
// one that costs no more and has no lower number. Its points stand in the order
// of their costs.
//
// Where the choices are those below a node, the numbers are the chance of the
// node, if somebody asks for it, and what is earned below, if anything is.
// Between the levels of a diagram they are what the part says, see [dim].
type front struct {
	dim  int
	cost []float64
	val  []float64 // numbers of point i start at i*dim
	from []int32   // the steps of each point, see [solver.steps]
}

func (f *front) at(i int) []float64 { return f.val[i*f.dim : (i+1)*f.dim] }

// nothing is the front of no choice at all: nothing is attempted, nothing earned.
func nothing() *front { return &front{cost: []float64{0}, from: []int32{none}} }

// points returns the points of a front of one number, or of none, which is 0,
// with what is earned in any case.
func (f *front) points(sure float64) []Point {
	out := make([]Point, len(f.cost))
	for i := range out {
		out[i] = Point{f.cost[i], sure}
		if f.dim > 0 {
			out[i].Worth += f.val[i*f.dim]
		}
	}
	return out
}

// A skyline is a front in the making, whose points come in the order of their
// costs, and those of them that no other one beats.
//
// One beats another if it costs no more and counts as much, with any weights that
// the numbers may have. These are in a box, of which it is known also what all
// chances count together at most. To find out, numbers are added up with the weights
// of some corners: the least ones, and these with one chance that counts as much as
// it may. They are compared first, and of one or two numbers they say it all.
//
// Of two numbers, what is above makes one sum. So what lies below the line between
// two other points, in the sums of the corners, is not needed either: one of these is
// at least as good for any weights.
type skyline struct {
	*front
	counts *weights
	room   float64   // what chances count together, above the least weights
	shown  []float64 // the sums of the points
	buf    []float64
	top    []int32 // if there are two numbers: the convex hull, by the first one, descending
	sig    []uint64
	bounds []bound // of signatures, if there are more than two numbers
}

// A bound makes a bit of a signature: whether a sum is as great. A point can only
// beat another one if it has all of its bits.
type bound struct {
	number int
	least  float64
}

// newSkyline chooses the bounds of the signatures such that points often differ
// in them: the middle values of a sample of pairs.
func newSkyline(f *front, p *product) *skyline {
	s := &skyline{front: f, counts: p.counts, buf: make([]float64, f.dim)}
	if s.counts != nil {
		s.room = s.counts.chances
		for d, low := range s.counts.low {
			if low < s.counts.high[d] {
				s.room -= low
			}
		}
		s.room = max(s.room, 0)
	}
	const sample = 128
	nx, ny := len(p.x.cost), len(p.y.cost)
	if f.dim <= 2 || nx*ny < sample {
		return s
	}
	var values []float64
	buf := make([]float64, f.dim)
	for k := range sample {
		if i := k * (nx - 1) / (sample - 1); p.value(p.x.at(i), p.y.at(k%ny), k%ny, buf) {
			values = append(values, s.sums(buf)...)
		}
	}
	n := len(values) / f.dim
	if n == 0 {
		return s
	}
	each := max(64/f.dim, 1)
	column := make([]float64, n)
	for d := 0; d < f.dim && len(s.bounds) < 64; d++ {
		for i := range column {
			column[i] = values[i*f.dim+d]
		}
		slices.Sort(column)
		for k := 1; k <= each && len(s.bounds) < 64; k++ {
			s.bounds = append(s.bounds, bound{d, column[k*n/(each+1)]})
		}
	}
	return s
}

func (s *skyline) signature(v []float64) uint64 {
	sig := uint64(0)
	for k, b := range s.bounds {
		if v[b.number] >= b.least {
			sig |= 1 << k
		}
	}
	return sig
}

// sums adds up numbers with the weights of corners, one for each number. What is
// earned stands for the corner of the least weights. They hold until the next call.
func (s *skyline) sums(v []float64) []float64 {
	if s.counts == nil {
		return v
	}
	low, high := s.counts.low, s.counts.high
	base := 0.0
	for d, x := range v {
		base += low[d] * x
	}
	for d, x := range v {
		switch extra := high[d] - low[d]; {
		case math.IsInf(extra, 1):
			s.buf[d] = x
		case len(v) == 2: // all of the other one's weight may go with it
			s.buf[d] = base + extra*x
		default:
			s.buf[d] = base + min(extra, s.room)*x
		}
	}
	return s.buf
}

func (s *skyline) at(i int) []float64 { return s.shown[i*s.dim : (i+1)*s.dim] }

// beats reports whether some point beats one with the numbers v.
func (s *skyline) beats(v []float64) bool {
	sums, top := s.sums(v), s.top
	if s.dim == 2 {
		k := sort.Search(len(top), func(k int) bool { return s.at(int(top[k]))[0] < sums[0] })
		if k == 0 {
			return false
		}
		right := s.at(int(top[k-1]))
		return right[1] >= sums[1] || k < len(top) && below(sums, right, s.at(int(top[k])))
	}
	sig := s.signature(sums)
	for k, i := range top {
		if sig&^s.sig[k] == 0 && atLeast(s.at(int(i)), sums) && s.makesUp(s.front.at(int(i)), v) {
			return true
		}
	}
	return false
}

// makesUp reports whether a counts as much as b with any weights, where it does so
// with those of the corners.
func (s *skyline) makesUp(a, b []float64) bool {
	if s.counts == nil {
		return true
	}
	behind, sum, most := 0.0, 0.0, 0.0
	for d, low := range s.counts.low {
		gap := b[d] - a[d]
		behind += low * gap
		if extra := s.counts.high[d] - low; gap > 0 && extra > 0 {
			sum, most = sum+extra*gap, max(most, gap)
		}
	}
	return behind+min(sum, s.room*most) <= 0
}

// add takes a point that none so far beats. It notes in dead those of the same
// cost whose place it takes.
func (s *skyline) add(cost float64, v []float64, dead []bool) {
	n := int32(len(s.cost))
	s.cost, s.val = append(s.cost, cost), append(s.val, v...)
	sums := s.sums(v)
	s.shown = append(s.shown, sums...)
	if s.dim == 2 {
		s.bend(n, sums, dead)
		return
	}
	sig := s.signature(sums)
	kept := 0
	for k, i := range s.top {
		if s.sig[k]&^sig != 0 || !atLeast(sums, s.at(int(i))) || !s.makesUp(v, s.front.at(int(i))) {
			s.top[kept], s.sig[kept] = i, s.sig[k]
			kept++
		} else if s.cost[i] == cost {
			dead[i] = true
		}
	}
	s.top, s.sig = append(s.top[:kept], n), append(s.sig[:kept], sig)
}

// bend puts a point of two numbers into the convex hull, in place of those that it
// leaves on or below it.
func (s *skyline) bend(n int32, v []float64, dead []bool) {
	point := func(k int) []float64 { return s.at(int(s.top[k])) }
	first := sort.Search(len(s.top), func(k int) bool { return point(k)[0] <= v[0] })
	last := first
	for last < len(s.top) && point(last)[1] <= v[1] {
		last++
	}
	for last+1 < len(s.top) && below(point(last), v, point(last+1)) {
		last++
	}
	for first > 1 && below(point(first-1), point(first-2), v) {
		first--
	}
	for _, i := range s.top[first:last] {
		if s.cost[i] == s.cost[n] {
			dead[i] = true
		}
	}
	s.top = slices.Replace(s.top, first, last, n)
}

// below reports whether a point does not lie above the line between two others, of
// which the right one has the greater first number.
func below(v, right, left []float64) bool {
	return (v[1]-right[1])*(right[0]-left[0]) <= (left[1]-right[1])*(right[0]-v[0])
}

// atLeast reports whether no number of a is lower than that of b.
func atLeast(a, b []float64) bool {
	for k, x := range a {
		if x < b[k] {
			return false
		}
	}
	return true
}

// A side says on which side of the true front one may lie that had to be thinned.
type side uint8

const (
	under side = iota
	above
)

// A scale says what the numbers of a front count: weight each number, slope a unit
// of cost, about. Where it is known what is on the other side, rest tells better.
type scale struct {
	weight []float64
	slope  float64
	rest   *rest
}

// even counts each number, and the cost, in parts of how far it goes.
func (f *front) even() scale {
	all := make([]int32, len(f.cost))
	for i := range all {
		all[i] = int32(i)
	}
	lo, hi := make([]float64, f.dim+1), make([]float64, f.dim+1)
	f.extent(all, lo, hi)
	unit := make([]float64, f.dim+1)
	for d := range unit {
		if hi[d] > lo[d] {
			unit[d] = 1 / (hi[d] - lo[d])
		}
	}
	return scale{weight: unit[:f.dim], slope: unit[f.dim]}
}

// thin takes points out of a front until there are at most so many: it puts
// points into groups that are close together, and leaves of each the best one,
// or, above the true front, a point with the least cost and all the greatest
// numbers.
func (s *solver) thin(f *front, most int, on side, by scale) {
	if len(f.cost) <= most {
		return
	}
	s.thinned = true
	groups := f.group(most, by)
	out := &front{dim: f.dim}
	for _, g := range groups {
		if on == above {
			out.cover(f, g)
		} else {
			out.choose(f, g, by)
		}
	}
	*f = *out
	if on == under { // the best of a group need not be the cheapest
		f.sort()
	}
}

// cover adds a point that no member of a group beats.
func (f *front) cover(of *front, members []int32) {
	first := int(members[0])
	n := len(f.cost)
	f.cost, f.val = append(f.cost, of.cost[first]), append(f.val, of.at(first)...)
	if f.from = append(f.from, of.from[first]); len(members) == 1 {
		return
	}
	f.from[n] = none
	for _, i := range members {
		for d, v := range of.at(int(i)) {
			f.val[n*f.dim+d] = max(f.val[n*f.dim+d], v)
		}
	}
}

// choose adds the best member of a group.
func (f *front) choose(of *front, members []int32, by scale) {
	best, most := 0, math.Inf(-1)
	for _, i := range members {
		sum := -by.slope * of.cost[i]
		for d, v := range of.at(int(i)) {
			sum += by.weight[d] * v
		}
		if sum > most {
			best, most = int(i), sum
		}
	}
	f.cost, f.val = append(f.cost, of.cost[best]), append(f.val, of.at(best)...)
	f.from = append(f.from, of.from[best])
}

// sort puts the points in the order of their costs.
func (f *front) sort() {
	order := make([]int, len(f.cost))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(f.cost[a], f.cost[b]) })
	sorted := &front{dim: f.dim}
	for _, i := range order {
		sorted.cost, sorted.from = append(sorted.cost, f.cost[i]), append(sorted.from, f.from[i])
		sorted.val = append(sorted.val, f.at(i)...)
	}
	*f = *sorted
}

// group puts the points into at most so many groups, by splitting, again and
// again, the group that would lose the most where it is widest. The first point
// is always alone. Groups stand in the order of their first points, as members do.
func (f *front) group(most int, by scale) [][]int32 {
	members := make([]int32, len(f.cost))
	for i := range members {
		members[i] = int32(i)
	}
	lo, hi := make([]float64, f.dim+1), make([]float64, f.dim+1)
	measure := func(members []int32) group {
		f.extent(members, lo, hi)
		return by.measure(members, lo, hi)
	}
	h := groups{measure(members[1:])}
	for len(h)+1 < most && h[0].loss > 0 {
		g := h.pop()
		k := partition(g.members, func(i int32) bool { return f.coordinate(int(i), g.number) < g.middle })
		h.push(measure(g.members[:k]))
		h.push(measure(g.members[k:]))
	}
	out := [][]int32{members[:1]}
	for _, g := range h {
		out = append(out, g.members)
	}
	slices.SortFunc(out, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) })
	return out
}

// A group of points, and where it would be split: in which number, or last the
// cost, and at which value.
type group struct {
	members []int32
	loss    float64
	number  int
	middle  float64
}

// coordinate returns a number of a point, or last its cost.
func (f *front) coordinate(i, number int) float64 {
	if number == f.dim {
		return f.cost[i]
	}
	return f.val[i*f.dim+number]
}

// measure finds out what is lost if a group becomes one point, with the least cost
// and all the greatest numbers, and where the loss is greatest. Given are the least
// and the greatest numbers, and last the costs.
func (by scale) measure(members []int32, lo, hi []float64) group {
	g := group{members: members}
	if len(members) == 1 {
		return g
	}
	dim := len(lo) - 1
	weight, slope, over := by.weight, by.slope, math.Inf(1)
	if by.rest != nil {
		weight, slope, over = by.rest.scale(lo, hi)
	}
	widest := 0.0
	for d := range lo {
		w := slope
		if d < dim {
			w = weight[d]
		}
		middle := lo[d] + (hi[d]-lo[d])/2
		if middle == lo[d] { // too close to be split
			middle = hi[d]
		}
		loss := w * (hi[d] - lo[d])
		g.loss += loss
		if loss > widest {
			widest, g.number, g.middle = loss, d, middle
		}
	}
	g.loss = min(g.loss, over)
	return g
}

// partition brings the members for which it holds to the front, and counts them.
// Both sides keep their order.
func partition(members []int32, holds func(int32) bool) int {
	var others []int32
	n := 0
	for _, i := range members {
		if holds(i) {
			members[n] = i
			n++
		} else {
			others = append(others, i)
		}
	}
	copy(members[n:], others)
	return n
}

// groups is a heap, the group that would lose the most on top.
type groups []group

func (h groups) before(a, b int) bool { return h[a].loss > h[b].loss }

func (h *groups) push(g group) {
	*h = append(*h, g)
	for k := len(*h) - 1; k > 0 && h.before(k, (k-1)/2); k = (k - 1) / 2 {
		(*h)[k], (*h)[(k-1)/2] = (*h)[(k-1)/2], (*h)[k]
	}
}

func (h *groups) pop() group {
	g := (*h)[0]
	last := len(*h) - 1
	(*h)[0] = (*h)[last]
	*h = (*h)[:last]
	for k := 0; ; {
		child := 2*k + 1
		if child >= last {
			return g
		}
		if child+1 < last && h.before(child+1, child) {
			child++
		}
		if !h.before(child, k) {
			return g
		}
		(*h)[k], (*h)[child] = (*h)[child], (*h)[k]
		k = child
	}
}
