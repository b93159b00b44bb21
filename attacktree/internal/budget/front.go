package budget

import (
	"context"
	"slices"
	"sort"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A front is the Pareto front of the choices of steps below a gate: no point is
// beaten by another one that costs no more and has no lower number. Its points
// stand in the order of their costs.
//
// The numbers of a point are tables over the ways in which the open nodes can
// turn out, bit b of the index for open[b]: first the chances, then what is
// earned. A front whose gate nothing depends on has no chances, one below which
// nothing is earned has no earnings. While the arguments of an AtLeast are joined
// there is a table of chances for each count from 1 to its threshold.
type front struct {
	open   []int32 // shared nodes, ascending
	levels int     // tables of chances
	earns  bool
	amount float64 // is earned if the gate is reached, and not yet in the table

	cost []float64
	val  []float64 // tables of point i start at i*dim()
	from []int32   // the steps of each point, see fronts.steps
}

func (f *front) tables() int {
	if f.earns {
		return f.levels + 1
	}
	return f.levels
}

func (f *front) dim() int { return f.tables() << len(f.open) }

// points returns the points of a front of one number, or of none, which is 0.
func (f *front) points() []Point {
	out := make([]Point, len(f.cost))
	for i := range out {
		out[i].Cost = f.cost[i]
		if len(f.val) > 0 {
			out[i].Worth = f.val[i]
		}
	}
	return out
}

// fronts are those of a graph in the making. A front that is too large loses
// points; what is left lies below the true one, or above it if up.
type fronts struct {
	*graph
	ctx     context.Context
	up      bool
	thinned bool

	of    []*front // by node, until it is used
	picks []pick
}

// A pick is the steps of a point: those of two others, or a step alone.
type pick struct{ x, y, step int32 }

const none = -1

// solve returns the front of the root, in which the number is the worth.
func (s *fronts) solve() (*front, error) {
	s.of = make([]*front, s.root+1)
	for i := int32(1); i <= s.root; i++ {
		n := &s.nodes[i]
		if !n.live {
			continue
		}
		f, err := s.node(i, n)
		if err != nil {
			return nil, err
		}
		s.of[i] = f
	}
	return s.of[s.root], nil
}

// node makes the front of a node from those of its arguments.
func (s *fronts) node(i int32, n *node) (*front, error) {
	matters := n.needed || n.amount > 0
	op := beside
	if matters {
		switch s.Circuit.Kind(circuit.MakeRef(int(i))) {
		case circuit.And:
			op = and
		case circuit.Or:
			op = or
		case circuit.AtLeast:
			op = count
		}
	}
	var parts []*front
	if n.leaf {
		parts = append(parts, s.leaf(i, n, matters))
	} else {
		for _, a := range n.args {
			switch {
			case !s.nodes[a].cut:
				parts = append(parts, s.of[a])
				s.of[a] = nil
			case matters:
				parts = append(parts, literal(a))
			}
		}
	}
	if op == count {
		k := s.Circuit.Threshold(circuit.MakeRef(int(i)))
		all := &front{levels: k, cost: []float64{0}, val: make([]float64, k), from: []int32{none}}
		for _, part := range parts {
			if all = s.join(count, all, part, 0); all == nil {
				return nil, errUnsuited
			}
		}
		parts = []*front{s.keep(all, 1, all.earns, func(i int, out []float64) {
			copy(out, all.val[(i+1)*all.dim()-len(out):(i+1)*all.dim()])
		})}
		op = and // of one
	}

	// A shared node that closes here is averaged away as soon as all parts that
	// depend on it are joined. Those that use others come first.
	var aside []*front
	for _, shared := range s.closes[i] {
		below := s.of[shared]
		s.of[shared] = nil
		var with, without []*front
		for _, part := range parts {
			if slices.Contains(part.open, shared) {
				with = append(with, part)
			} else {
				without = append(without, part)
			}
		}
		if len(with) == 0 {
			aside = append(aside, below)
			continue
		}
		part := s.joinAll(op, with)
		if part == nil {
			return nil, errUnsuited
		}
		if part = s.join(mix, part, below, shared); part == nil {
			return nil, errUnsuited
		}
		parts = append(without, part)
	}
	f := s.joinAll(op, parts)
	if f == nil {
		return nil, errUnsuited
	}
	if f = s.joinAll(beside, append([]*front{f}, aside...)); f == nil {
		return nil, errUnsuited
	}
	if f.levels == 0 || n.needed {
		f.amount = n.amount
		return f, nil
	}
	// Nothing above asks whether the node is reached, only what is earned.
	return s.keep(f, 0, true, func(i int, out []float64) {
		size := 1 << len(f.open)
		t := f.val[i*f.dim():]
		for o := range size {
			out[o] = n.amount * t[o]
			if f.earns {
				out[o] += t[size+o]
			}
		}
	}), nil
}

// leaf makes the front of an own step or condition.
func (s *fronts) leaf(i int32, n *node, matters bool) *front {
	f := &front{}
	if matters {
		f.levels, f.open = 1, n.args
	}
	if n.decide { // not attempted
		f.cost, f.from = append(f.cost, 0), append(f.from, none)
		f.val = append(f.val, make([]float64, f.dim())...)
	}
	table := make([]float64, f.dim())
	top := 0.0 // a step that is possible nowhere has nothing to decide
	for o := range table {
		table[o] = s.chance(i, func(a int32) bool {
			b, _ := slices.BinarySearch(f.open, a)
			return o>>b&1 == 1
		})
		top = max(top, table[o])
	}
	f.cost, f.val, f.from = append(f.cost, n.cost), append(f.val, table...), append(f.from, none)
	if top > 0 && s.IsStep[s.variable(i)] {
		f.from[len(f.from)-1] = s.pick(pick{none, none, n.of})
	}
	return f
}

// variable returns some variable of a leaf.
func (s *fronts) variable(i int32) int {
	r := circuit.MakeRef(int(i))
	for {
		if v, ok := s.Circuit.VarOf(r); ok {
			return v
		}
		r = s.Circuit.Args(r)[1]
	}
}

// literal is the front of a shared node that is open: it is reached, or not.
func literal(a int32) *front {
	return &front{open: []int32{a}, levels: 1, cost: []float64{0}, val: []float64{0, 1}, from: []int32{none}}
}

// joinAll joins fronts two by two, neighbours first, as merge sort does; it returns
// nil where join does.
func (s *fronts) joinAll(op operation, parts []*front) *front {
	if len(parts) == 0 {
		return &front{cost: []float64{0}, from: []int32{none}}
	}
	for len(parts) > 1 {
		var next []*front
		for i := 0; i+1 < len(parts); i += 2 {
			f := s.join(op, parts[i], parts[i+1], 0)
			if f == nil {
				return nil
			}
			next = append(next, f)
		}
		if len(parts)%2 == 1 {
			next = append(next, parts[len(parts)-1])
		}
		parts = next
	}
	return parts[0]
}

// An operation says how the chances of two fronts make those of their join. What is
// earned adds up.
type operation uint8

const (
	beside operation = iota // those of the first, if it has any
	and
	or
	count // the second is one more argument of an AtLeast
	mix   // the second is a shared node that the first depends on
)

// join returns the front of all pairs of a point of x and one of y, or nil if
// too many shared nodes would be open.
func (s *fronts) join(op operation, x, y *front, shared int32) *front {
	f := &front{levels: x.levels, earns: x.earns || y.earns || x.amount > 0 || y.amount > 0}
	f.open = slices.Concat(x.open, y.open)
	slices.Sort(f.open)
	f.open = slices.Compact(f.open)
	ones := 0 // added to an index of x where the shared node is reached
	if op == mix {
		f.open = slices.DeleteFunc(f.open, func(a int32) bool { return a == shared })
		b, _ := slices.BinarySearch(x.open, shared)
		ones = 1 << b
	}
	if len(f.open) > s.Limits.open() {
		return nil
	}
	xi, yi := within(f.open, x.open), within(f.open, y.open)
	nx, ny, size := 1<<len(x.open), 1<<len(y.open), 1<<len(f.open)
	dx, dy := x.dim(), y.dim()
	earned := func(t []float64, g *front, n, o int) float64 {
		sum := 0.0
		if g.earns {
			sum = t[g.levels*n+o]
		}
		if g.amount > 0 {
			sum += g.amount * t[o]
		}
		return sum
	}
	value := func(i, j int, out []float64) {
		tx, ty := x.val[i*dx:(i+1)*dx], y.val[j*dy:(j+1)*dy]
		for o := range size {
			a, b := xi[o], yi[o]
			switch op {
			case and:
				out[o] = tx[a] * ty[b]
			case or:
				out[o] = tx[a] + (1-tx[a])*ty[b]
			case beside:
				for l := range f.levels {
					out[l*size+o] = tx[l*nx+a]
				}
			case count:
				for l := f.levels - 1; l >= 0; l-- {
					before := 1.0
					if l > 0 {
						before = tx[(l-1)*nx+a]
					}
					out[l*size+o] = tx[l*nx+a] + ty[b]*(before-tx[l*nx+a])
				}
			case mix:
				for l := range f.levels {
					out[l*size+o] = (1-ty[b])*tx[l*nx+a] + ty[b]*tx[l*nx+a+ones]
				}
			}
			if f.earns {
				sum := earned(ty, y, ny, b)
				if op == mix {
					sum += (1-ty[b])*earned(tx, x, nx, a) + ty[b]*earned(tx, x, nx, a+ones)
				} else {
					sum += earned(tx, x, nx, a)
				}
				out[f.levels*size+o] = sum
			}
		}
	}
	s.pareto(f, x.cost, y.cost, f.dim() == 1 && dy == 1, value, func(i, j int) int32 {
		if x.from[i] == none {
			return y.from[j]
		}
		if y.from[j] == none {
			return x.from[i]
		}
		return s.pick(pick{x.from[i], y.from[j], none})
	})
	s.thin(f)
	return f
}

// within maps indices of tables over all open nodes to those over some of them.
func within(all, some []int32) []int {
	out := make([]int, 1<<len(all))
	for b, a := range all {
		at, ok := slices.BinarySearch(some, a)
		if !ok {
			continue
		}
		for o := range out {
			if o>>b&1 == 1 {
				out[o] |= 1 << at
			}
		}
	}
	return out
}

// keep returns the front of the same choices with other numbers.
func (s *fronts) keep(f *front, levels int, earns bool, value func(i int, out []float64)) *front {
	out := &front{open: f.open, levels: levels, earns: earns}
	s.pareto(out, f.cost, []float64{0}, false,
		func(i, _ int, v []float64) { value(i, v) },
		func(i, _ int) int32 { return f.from[i] })
	return out
}

// pareto fills f with the pairs of a point of x and one of y that no other pair
// beats. It looks at them in the order of their costs, by merging the rows of
// the table of all pairs, and compares each with the best so far. In an ordered
// table the only number grows along each row, and what cannot be better than the
// best so far is skipped.
func (s *fronts) pareto(f *front, x, y []float64, ordered bool, value func(i, j int, out []float64), from func(i, j int) int32) {
	best := skyline{front: f, dim: f.dim()}
	buf := make([]float64, best.dim)
	var pairs []cell
	rows := rows{{x[0] + y[0], 0, 0}}
	for n := 0; len(rows) > 0; n++ {
		c := rows[0]
		next := int(c.j) + 1
		value(int(c.i), int(c.j), buf)
		switch {
		case !best.beats(buf):
			pairs = append(pairs, c)
			best.add(c.cost, buf)
		case ordered:
			next += sort.Search(len(y)-next, func(k int) bool {
				value(int(c.i), next+k, buf)
				return !best.beats(buf)
			})
		}
		if next < len(y) {
			rows[0] = cell{x[c.i] + y[next], c.i, int32(next)}
		} else {
			last := len(rows) - 1
			rows[0] = rows[last]
			rows = rows[:last]
		}
		rows.down()
		if c.j == 0 && int(c.i)+1 < len(x) {
			rows.push(cell{x[c.i+1] + y[0], c.i + 1, 0})
		}
	}
	best.sweep(func(i int) { f.from = append(f.from, from(int(pairs[i].i), int(pairs[i].j))) })
}

// A cell is a place in a table of pairs. Rows is a heap of them, the cheapest on top.
type cell struct {
	cost float64
	i, j int32
}

type rows []cell

func (h rows) less(a, b int) bool {
	return h[a].cost < h[b].cost || h[a].cost == h[b].cost && h[a].i < h[b].i
}

func (h *rows) push(c cell) {
	*h = append(*h, c)
	for k := len(*h) - 1; k > 0 && h.less(k, (k-1)/2); k = (k - 1) / 2 {
		(*h)[k], (*h)[(k-1)/2] = (*h)[(k-1)/2], (*h)[k]
	}
}

func (h rows) down() {
	for k := 0; ; {
		child := 2*k + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h.less(child+1, child) {
			child++
		}
		if !h.less(child, k) {
			return
		}
		h[k], h[child] = h[child], h[k]
		k = child
	}
}

// A skyline is a front in the making, whose points come in the order of their
// costs, and those of them that no other one exceeds in all numbers.
type skyline struct {
	*front
	dim  int
	top  []int32 // by the first number, descending, if there are two
	dead []bool  // by point: one of the same cost that came later is better
}

func (s *skyline) at(i int32) []float64 { return s.val[int(i)*s.dim : (int(i)+1)*s.dim] }

// beats reports whether some point has no lower number than v.
func (s *skyline) beats(v []float64) bool {
	top := s.top
	if s.dim == 2 { // the last with no lower first number has the greatest second one
		k := sort.Search(len(top), func(k int) bool { return s.at(top[k])[0] < v[0] })
		return k > 0 && s.at(top[k-1])[1] >= v[1]
	}
	for _, i := range top {
		if atLeast(s.at(i), v) {
			return true
		}
	}
	return false
}

// add takes a point that none so far beats.
func (s *skyline) add(cost float64, v []float64) {
	n := int32(len(s.cost))
	s.cost, s.val, s.dead = append(s.cost, cost), append(s.val, v...), append(s.dead, false)
	first, last := 0, len(s.top) // the points that may be beaten by it
	if s.dim == 2 {
		first = sort.Search(len(s.top), func(k int) bool { return s.at(s.top[k])[0] <= v[0] })
		last = first
		for last < len(s.top) && s.at(s.top[last])[1] <= v[1] {
			last++
		}
	}
	kept := first
	for k := first; k < last; k++ {
		i := s.top[k]
		if !atLeast(v, s.at(i)) {
			s.top[kept] = i
			kept++
		} else if s.cost[i] == cost {
			s.dead[i] = true
		}
	}
	s.top = slices.Replace(s.top, kept, last, n)
}

// sweep takes the dead points out of the front and calls live for each of the others.
func (s *skyline) sweep(live func(i int)) {
	n := 0
	for i := range s.cost {
		if s.dead[i] {
			continue
		}
		s.cost[n] = s.cost[i]
		copy(s.at(int32(n)), s.at(int32(i)))
		n++
		live(i)
	}
	s.cost, s.val = s.cost[:n], s.val[:n*s.dim]
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

// maxPoints of a front of several numbers: pairs of such fronts are not skipped.
const maxPoints = 1 << 13

// thin takes points out of a front that is too large: of each group of
// neighbours it leaves the one with the greatest sum, or if the front is to lie
// above the true one, a point with the least cost and all the greatest numbers.
func (s *fronts) thin(f *front) {
	dim := f.dim()
	most := s.Limits.front()
	if dim > 1 {
		most = min(most/dim, maxPoints)
	}
	if s.ctx.Err() != nil { // come to an end
		most = 16
	}
	if n := len(f.cost); n > max(most, 16) {
		most = max(most, 16)
		s.thinned = true
		cost, val, from := make([]float64, most), make([]float64, 0, most*dim), make([]int32, most)
		for k := range most {
			first, last := 0, 1 // the cheapest stays as it is
			if k > 0 {
				first, last = 1+(k-1)*(n-1)/(most-1), 1+k*(n-1)/(most-1)
			}
			group := f.val[first*dim : last*dim]
			best := first
			if s.up {
				merged := slices.Clone(group[:dim])
				for i, x := range group {
					merged[i%dim] = max(merged[i%dim], x)
				}
				val = append(val, merged...)
			} else {
				for i := first + 1; i < last; i++ {
					if sum(f.val[i*dim:(i+1)*dim]) >= sum(f.val[best*dim:(best+1)*dim]) {
						best = i
					}
				}
				val = append(val, f.val[best*dim:(best+1)*dim]...)
			}
			cost[k], from[k] = f.cost[best], f.from[best]
		}
		f.cost, f.val, f.from = cost, val, from
	}
}

func sum(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum
}

// pick notes how a point came about.
func (s *fronts) pick(p pick) int32 {
	if s.up {
		return none
	}
	s.picks = append(s.picks, p)
	return int32(len(s.picks) - 1)
}

// steps returns the steps of a pick, ascending.
func (s *fronts) steps(from int32) []int32 {
	var out []int32
	for todo := []int32{from}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == none {
			continue
		}
		p := s.picks[i]
		if p.step != none {
			out = append(out, p.step)
		}
		todo = append(todo, p.x, p.y)
	}
	slices.Sort(out)
	return out
}
