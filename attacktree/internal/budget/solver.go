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
		f := s.leaf(v)
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
	return s.joinAll(beside, fs, make([]span, len(fs)), on, span{1, 1})
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

// scale says what the numbers of the front of a node count, given what its chance
// does.
func (f *front) scale(chance float64) scale {
	weight := []float64{chance, 1}[:f.dim]
	return scale{weight: weight, slope: f.slope(weight)}
}

// multiply runs a product. It thins the two fronts where there are too many pairs
// of more than two numbers, or where a first try shows that there is too much to
// look at: few numbers rule out most of the pairs.
func (s *solver) multiply(p *product, on side) (*front, error) {
	x, y := p.x, p.y
	most := min(4*maxPairs, len(x.cost)*len(y.cost)/4)
	if p.dim > 2 {
		p.x, p.y = s.fit(p, maxPairs, on)
	}
	for {
		f, err := p.run(s)
		if err != errLong {
			return f, err
		}
		p.x, p.y = x, y
		p.x, p.y = s.fit(p, most, on)
		most /= 4
	}
}

// fit thins two fronts until they have no more than so many pairs, the longer one
// first.
func (s *solver) fit(p *product, most int, on side) (x, y *front) {
	nx, ny := len(p.x.cost), len(p.y.cost)
	if nx*ny <= most {
		return p.x, p.y
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
	return s.short(p.x, nx, on, p.sx), s.short(p.y, ny, on, p.sy)
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
// the node, if that is known.
func (s *solver) gate(q *part, fs []*front, on side, r *rest) (*front, error) {
	node, op := q.output(), s.operation(q)
	fs, err := s.pairUp(op, fs, s.chances(q), on, s.count[node], 2)
	if err != nil {
		return nil, err
	}
	p := &product{x: fs[0], y: fs[1], dim: s.dim(node), monotone: true, rest: r}
	if p.dim > 1 {
		a := s.amount[node]
		p.counts = span{s.count[node].low - a, s.count[node].high - a}.andEarned()
	}
	p.value = func(a, b []float64, _ int, out []float64) bool {
		chance, gain := op.combine(a, b)
		s.tell(node, chance, gain, out)
		return true
	}
	return s.finish(p, on, s.count[node].high)
}

func (p *plan) operation(q *part) operation {
	if p.circuit.Kind(q.Gates[0]) == circuit.And {
		return and
	}
	return or
}

// andEarned returns the weights of a chance that counts so much, and of what is
// earned.
func (s span) andEarned() *weights {
	return &weights{low: []float64{s.low, 1}, high: []float64{s.high, 1}, chances: s.high}
}

// dim returns how many numbers tell a choice below a node: its chance, if somebody
// asks for it, and what is earned, if anything is.
func (p *plan) dim(node int) int {
	if p.used[node] && p.earns[node] {
		return 2
	}
	return 1
}

// tell makes these numbers of the chance and of what is earned below the node.
func (p *plan) tell(node int, chance, gain float64, out []float64) {
	if p.used[node] {
		out[0] = chance
	}
	if p.earns[node] {
		out[len(out)-1] = gain + p.amount[node]*chance
	}
}

// leaf is the front of an own step or condition.
func (s *solver) leaf(v int) *front {
	x := s.circuit.VarRef(v).Node()
	f := &front{dim: s.dim(x), cost: []float64{0}, val: make([]float64, s.dim(x)), from: []int32{none}}
	if !s.decides(v) {
		s.tell(x, s.Chance[v], 0, f.val)
		return f
	}
	f.cost, f.val = append(f.cost, s.cost[s.Node[v]]), make([]float64, 2*f.dim)
	f.from = append(f.from, s.pick(pick{none, none, s.Node[v]}))
	s.tell(x, s.Chance[v], 0, f.at(1))
	return f
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

// combine computes the chance of a join, or what is earned where there is none, and
// what is earned next to a chance.
func (op operation) combine(a, b []float64) (first, gain float64) {
	switch op {
	case and:
		first = a[0] * b[0]
	case or:
		first = a[0] + (1-a[0])*b[0]
	case beside:
		first = a[0] + b[0]
	case regardless:
		first = a[0]
	}
	if len(a) > 1 {
		gain += a[1]
	}
	if len(b) > 1 {
		gain += b[1]
	}
	return first, gain
}

// likely returns how likely a gate may be.
func (op operation) likely(inputs []span) span {
	out := span{1, 1}
	for _, c := range inputs {
		out = out.times(op.lets(c))
	}
	if op == or {
		return span{1 - out.high, 1 - out.low}
	}
	return out
}

// lets returns how far an input lets through to the gate what others do.
func (op operation) lets(c span) span {
	switch op {
	case and:
		return c
	case or:
		return span{1 - c.high, 1 - c.low}
	}
	return span{1, 1}
}

func (s span) times(t span) span { return span{s.low * t.low, s.high * t.high} }

// through returns how much the chances of the inputs of a gate count, given how much
// that of the gate does. Inputs are taken together in groups of some size.
func (op operation) through(gate span, inputs []span, size int) []span {
	out := make([]span, (len(inputs)+size-1)/size)
	before := gate
	for g := range out {
		out[g] = before
		for _, c := range inputs[g*size : min((g+1)*size, len(inputs))] {
			before = before.times(op.lets(c))
		}
	}
	after := span{1, 1}
	for g := len(out) - 1; g >= 0; g-- {
		out[g] = out[g].times(after)
		for _, c := range inputs[g*size : min((g+1)*size, len(inputs))] {
			after = after.times(op.lets(c))
		}
	}
	return out
}

// joinAll joins fronts into one.
func (s *solver) joinAll(op operation, parts []*front, chances []span, on side, count span) (*front, error) {
	parts, err := s.pairUp(op, parts, chances, on, count, 1)
	if err != nil || len(parts) == 0 {
		return nothing(), err
	}
	return parts[0], nil
}

// pairUp joins fronts two by two, neighbours first, as merge sort does, until there
// are at most so many. count is how much the chance of all of them together counts.
func (s *solver) pairUp(op operation, parts []*front, chances []span, on side, count span, most int) ([]*front, error) {
	for len(parts) > most {
		var next []*front
		var likely []span
		counts := op.through(count, chances, 2)
		for i := 0; i < len(parts); i += 2 {
			pair := parts[i:min(i+2, len(parts))]
			f := pair[0]
			if len(pair) == 2 {
				var err error
				if f, err = s.join(op, f, pair[1], on, counts[i/2]); err != nil {
					return nil, err
				}
			}
			next, likely = append(next, f), append(likely, op.likely(chances[i:i+len(pair)]))
		}
		parts, chances = next, likely
	}
	return parts, nil
}

// join makes the front of two others, of which the chance counts so much.
func (s *solver) join(op operation, x, y *front, on side, count span) (*front, error) {
	p := op.product(x, y)
	if p.dim > 1 {
		p.counts = count.andEarned()
	}
	return s.finish(p, on, count.high)
}

// product is that of two fronts of nodes.
func (op operation) product(x, y *front) *product {
	value := func(a, b []float64, _ int, out []float64) bool {
		chance, gain := op.combine(a, b)
		if out[0] = chance; len(out) > 1 {
			out[1] = gain
		}
		return true
	}
	return &product{x: x, y: y, dim: max(x.dim, y.dim), monotone: true, value: value}
}

// finish runs a product of fronts of nodes, and thins what it makes.
func (s *solver) finish(p *product, on side, count float64) (*front, error) {
	p.sx, p.sy = p.x.scale(count), p.y.scale(count)
	f, err := s.multiply(p, on)
	if err != nil || len(f.cost) == 0 {
		return f, err
	}
	by := f.scale(count)
	by.rest = p.rest
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
	return max(rise, 0) / (f.cost[last] - f.cost[0])
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
