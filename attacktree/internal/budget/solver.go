package budget

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A solver makes the fronts of a plan's parts, those of inputs first.
type solver struct {
	*plan
	ctx     context.Context
	whole   float64  // all amounts
	of      []bounds // by node: an input or the output of a part
	tops    []int    // nodes that no part asks for
	picks   []pick
	thinned bool // a front since this was last cleared
	hurry   bool // the context has ended: go on with few points
}

// bounds are two fronts with the true one between; one and the same if it is exact.
type bounds struct{ low, high *front }

func (b bounds) exact() bool { return b.low == b.high }

// A pick is the steps of a point: those of two others, or a step alone.
type pick struct{ x, y, step int32 }

const none = -1

const (
	fewest = 16 // points of a front, whatever the limit

	quickPoints = 256     // of a front in a first pass
	exactPoints = 1 << 12 // of a front in a try to do without thinning
	maxPoints   = 1 << 15 // of a front of two numbers
	widePoints  = 1 << 14 // of a front of more numbers
	maxPairs    = 1 << 21 // of two of these, which are all looked at
	maxBlocks   = 1 << 22 // of two fronts of at most two numbers
)

// ended reports whether to stop: the context has ended, and it is not known yet.
func (s *solver) ended() bool { return !s.hurry && s.ctx.Err() != nil }

// solve returns the front of what is earned.
func (s *solver) solve() (bounds, error) {
	b, err := s.rough()
	if err != nil || b.exact() {
		return b, err
	}
	return s.refine(b), nil
}

// rough makes all fronts once.
func (s *solver) rough() (bounds, error) {
	for _, a := range s.amount {
		s.whole += a
	}
	s.of = make([]bounds, s.circuit.Len())
	note := func(x int, b bounds) {
		if s.of[x] = b; !s.used[x] {
			s.tops = append(s.tops, x)
		}
	}
	for v := range s.circuit.NumVars() {
		x := s.circuit.VarRef(v).Node()
		if !s.used[x] && s.amount[x] == 0 {
			continue
		}
		f, err := s.leaf(v)
		if err != nil {
			return bounds{}, err
		}
		note(x, bounds{f, f})
	}
	for i := range s.parts {
		q := &s.parts[i]
		b, err := s.part(q)
		if err != nil {
			return bounds{}, err
		}
		note(q.output(), b)
	}
	return s.bracket(s.bounds(s.tops), s.addAll)
}

// output returns the node of a part that others may ask for.
func (q *part) output() int { return q.Outputs[len(q.Outputs)-1].Node() }

// bounds returns those of some nodes.
func (s *solver) bounds(nodes []int) []bounds {
	out := make([]bounds, len(nodes))
	for i, x := range nodes {
		out[i] = s.of[x]
	}
	return out
}

// addAll joins fronts that have nothing to do with each other.
func (s *solver) addAll(fs []*front, on side) (*front, error) {
	return s.joinAll(beside, fs, on, 0, nil)
}

// bracket makes the front below the true one, and the one above it if that is
// another. When the context ends it makes do with few points.
func (s *solver) bracket(parts []bounds, join func([]*front, side) (*front, error)) (bounds, error) {
	if !s.hurry {
		b, err := s.between(parts, join)
		if err == nil {
			return b, nil
		}
		s.hurry = true
	}
	short := make([]bounds, len(parts))
	for i, b := range parts {
		short[i] = bounds{s.shorter(b.low, fewest, under), s.shorter(b.high, fewest, above)}
	}
	return s.between(short, join)
}

func (s *solver) between(parts []bounds, join func([]*front, side) (*front, error)) (bounds, error) {
	var low, high []*front
	exact := true
	for _, b := range parts {
		low, high = append(low, b.low), append(high, b.high)
		exact = exact && b.exact()
	}
	s.thinned = false
	f, err := join(high, above)
	if err != nil || exact && !s.thinned {
		return bounds{f, f}, err
	}
	g, err := join(low, under)
	return bounds{g, f}, err
}

// diagram makes the front of a part with a diagram: with few points first, so that
// there is something when the context ends, and then with as many as it may have.
// With many numbers these say little, see refine, so that it is left at trying to
// do without thinning.
func (s *solver) diagram(q *part, parts []bounds) (bounds, error) {
	quick, err := s.bracket(parts, func(fs []*front, on side) (*front, error) {
		return s.newChain(q, fs).pass(quickPoints, on)
	})
	if err != nil || quick.exact() || s.hurry || q.wide() && !allExact(parts) {
		return quick, err
	}
	b, err := s.between(parts, func(fs []*front, on side) (*front, error) {
		c := s.newChain(q, fs)
		c.strict = q.wide()
		if c.strict {
			return c.pass(exactPoints, on)
		}
		return c.pass(maxPoints, on)
	})
	switch {
	case err == errLong:
		return quick, nil
	case err != nil:
		s.hurry = true
		return quick, nil
	}
	return b, nil
}

func allExact(parts []bounds) bool {
	return !slices.ContainsFunc(parts, func(b bounds) bool { return !b.exact() })
}

// wide reports whether many numbers stand between two levels of a diagram.
func (q *part) wide() bool {
	return slices.ContainsFunc(q.dims, func(dims []dim) bool { return len(dims) > 4 })
}

// shorter returns a front of at most so many points.
func (s *solver) shorter(f *front, most int, on side) *front {
	return s.short(f, most, on, f.scale(s.whole))
}

func (s *solver) short(f *front, most int, on side, by scale) *front {
	g := *f
	s.thin(&g, most, on, by)
	return &g
}

// scale says what the numbers of the front of a node count: its chance as much as
// the whole.
func (f *front) scale(whole float64) scale {
	weight := []float64{whole, 1}[:f.dim]
	return scale{weight: weight, slope: f.slope(weight)}
}

// multiply runs a product. It thins the two fronts where there are too many pairs
// of more than two numbers, or where a first try shows that there is too much to
// look at: few numbers rule out most of the pairs.
func (s *solver) multiply(p *product, on side, bx, by scale) (*front, error) {
	x, y := p.x, p.y
	most := min(4*maxPairs, len(x.cost)*len(y.cost)/4)
	if p.dim > 2 {
		p.x, p.y = s.fit(x, y, maxPairs, on, bx, by)
	}
	for {
		f, err := p.run(s)
		if err != errLong {
			return f, err
		}
		p.x, p.y = s.fit(x, y, most, on, bx, by)
		most /= 4
	}
}

// fit thins two fronts until they have no more than so many pairs, the longer one
// first.
func (s *solver) fit(x, y *front, most int, on side, bx, by scale) (*front, *front) {
	nx, ny := len(x.cost), len(y.cost)
	if nx*ny <= most {
		return x, y
	}
	root := int(math.Sqrt(float64(most)))
	switch {
	case nx <= root:
		ny = most / nx
	case ny <= root:
		nx = most / ny
	default:
		nx, ny = root, root
	}
	return s.short(x, nx, on, bx), s.short(y, ny, on, by)
}

// part makes the front of a part.
func (s *solver) part(q *part) (bounds, error) {
	parts := s.bounds(s.inputNodes(q))
	if q.Diagram != nil {
		return s.diagram(q, parts)
	}
	return s.bracket(parts, func(fs []*front, on side) (*front, error) { return s.gate(q, fs, on, nil) })
}

func (s *solver) inputNodes(q *part) []int {
	var out []int
	for _, x := range s.inputs(q) {
		out = append(out, x.Node())
	}
	return out
}

// gate makes the front of a part that is a single gate. r bounds what goes with
// its inputs, if that is known.
func (s *solver) gate(q *part, fs []*front, on side, r *rest) (*front, error) {
	node := q.output()
	f, err := s.joinAll(s.operation(q), fs, on, s.whole-s.below[node]+s.amount[node], r)
	if err != nil || len(f.cost) == 0 {
		return f, err
	}
	return s.top(f, node)
}

func (s *solver) operation(q *part) operation {
	if s.circuit.Kind(q.Gates[0]) == circuit.And {
		return and
	}
	return or
}

// top makes the front of a node from that of its chance and what is earned
// below: it adds what is earned if the node is reached, and forgets the chance if
// nobody asks for it.
func (s *solver) top(f *front, node int) (*front, error) {
	a, used := s.amount[node], s.used[node]
	if a == 0 && used {
		return f, nil
	}
	p := &product{x: f, y: nothing(), dim: 1, earn: -1, monotone: true, value: func(v, _ []float64, _ int, out []float64) bool {
		gain := a * v[0]
		if len(v) > 1 {
			gain += v[1]
		}
		out[0] = v[0]
		out[len(out)-1] = gain
		return true
	}}
	if used {
		p.dim, p.earn, p.lift = 2, 1, s.whole-s.below[node]
	}
	return p.run(s)
}

// leaf is the front of an own step or condition.
func (s *solver) leaf(v int) (*front, error) {
	f := &front{dim: 1, cost: []float64{0}, val: []float64{s.Chance[v]}, from: []int32{none}}
	if s.decides(v) {
		f.val = []float64{0, s.Chance[v]}
		f.cost = append(f.cost, s.cost[s.Node[v]])
		f.from = append(f.from, s.pick(pick{none, none, s.Node[v]}))
	}
	// That is too little work to be stopped.
	hurry := s.hurry
	s.hurry = true
	f, err := s.top(f, s.circuit.VarRef(v).Node())
	s.hurry = hurry
	return f, err
}

// An operation says how the chances of two fronts make those of their join. What
// is earned adds up.
type operation uint8

const (
	beside operation = iota // there are no chances
	and
	or
	regardless // the chance is that of the first one
)

// combine computes the numbers of a join.
func (op operation) combine(a, b, out []float64) {
	switch op {
	case and:
		out[0] = a[0] * b[0]
	case or:
		out[0] = a[0] + (1-a[0])*b[0]
	case beside:
		out[0] = a[0] + b[0]
	case regardless:
		out[0] = a[0]
	}
	if len(out) > 1 {
		out[1] = 0
		if len(a) > 1 {
			out[1] += a[1]
		}
		if len(b) > 1 {
			out[1] += b[1]
		}
	}
}

// joinAll joins fronts two by two, neighbours first, as merge sort does. What is
// above adds at most lift times the chance to what is earned; r bounds it, if that
// is known.
func (s *solver) joinAll(op operation, parts []*front, on side, lift float64, r *rest) (*front, error) {
	if len(parts) == 0 {
		return nothing(), nil
	}
	for len(parts) > 1 {
		var next []*front
		for i := 0; i+1 < len(parts); i += 2 {
			goes := r
			if len(parts) > 2 {
				goes = nil // with all of them, not with two
			}
			f, err := s.join(op, parts[i], parts[i+1], on, lift, goes)
			if err != nil || len(f.cost) == 0 {
				return f, err
			}
			next = append(next, f)
		}
		if len(parts)%2 == 1 {
			next = append(next, parts[len(parts)-1])
		}
		parts = next
	}
	return parts[0], nil
}

func (s *solver) join(op operation, x, y *front, on side, lift float64, r *rest) (*front, error) {
	p := &product{x: x, y: y, dim: max(x.dim, y.dim), monotone: true, earn: -1, rest: r}
	if p.dim > 1 {
		p.earn, p.lift = 1, lift
	}
	p.value = func(a, b []float64, _ int, out []float64) bool {
		op.combine(a, b, out)
		return true
	}
	whole := s.whole
	if op == beside {
		whole = 1
	}
	f, err := s.multiply(p, on, x.scale(whole), y.scale(whole))
	if err != nil || len(f.cost) == 0 {
		return f, err
	}
	by := f.scale(whole)
	by.rest = r
	s.thin(f, s.most(f.dim), on, by)
	return f, nil
}

// slope is what a unit of cost is worth from the first point of a front to the last.
func (f *front) slope(weight []float64) float64 {
	last := len(f.cost) - 1
	if f.cost[last] == f.cost[0] {
		return 0
	}
	rise := 0.0
	for d, v := range f.at(last) {
		rise += weight[d] * (v - f.at(0)[d])
	}
	return rise / (f.cost[last] - f.cost[0])
}

// pick notes the steps of a point.
func (s *solver) pick(p pick) int32 {
	s.picks = append(s.picks, p)
	return int32(len(s.picks) - 1)
}

// both returns the steps of two points together.
func (s *solver) both(x, y int32) int32 {
	switch {
	case x == none:
		return y
	case y == none:
		return x
	}
	return s.pick(pick{x, y, none})
}

// steps returns the steps of a point, ascending, with those that are free.
func (s *solver) steps(from int32) []int32 {
	out := slices.Clone(s.free)
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
