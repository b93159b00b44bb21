package budget

import "math"

// A goal is the staircase of the best sets that were found so far, which those yet
// to be found have to beat.
type goal struct {
	points []Point
	first  []int32 // by bucket of costs: how many points are surely before it
	per    float64 // buckets per unit of cost
	effort int     // numbers that were looked at to compare choices with it
}

func newGoal(points []Point) *goal {
	g := &goal{points: points}
	buckets := 4 * len(points)
	if last := points[len(points)-1].Cost; last > 0 {
		if g.per = float64(buckets) / last; math.IsInf(g.per, 1) {
			g.per = 0
		}
	}
	g.first = make([]int32, buckets+2)
	n := int32(0)
	for k := range g.first {
		// One bucket less, so that rounding does no harm.
		for int(n) < len(points) && points[n].Cost*g.per < float64(k-1) {
			n++
		}
		g.first[k] = n
	}
	return g
}

// at returns what was found for no more than some cost, 0 if nothing was.
func (g *goal) at(cost float64) float64 {
	bucket := len(g.first) - 1
	if k := cost * g.per; k < float64(bucket) { // it is not a number where cost is past all floats
		bucket = int(k)
	}
	i := g.first[bucket]
	for int(i) < len(g.points) && g.points[i].Cost <= cost {
		i++
	}
	if i == 0 {
		return 0
	}
	return g.points[i-1].Worth
}

// A rest is bounds on what goes with choices on one side of a level of a diagram,
// or of a node: on what is chosen on the other side.
//
// Choices below are told by the numbers of the level. Choices above are told by
// the weights that they give to these, and last by what they earn whatever is
// below. The worth of both is the sum of the numbers times the weights, and of
// what is earned.
type rest struct {
	*clusters
	goal *goal
	last int32 // cluster of the point that was of use last, a single one
	todo []int32
}

func newRest(f *front, g *goal) *rest {
	r := &rest{clusters: newClusters(f, f.even()), goal: g}
	r.last = int32(len(r.tree)) - 1
	return r
}

// over returns by how much some choices and those of a cluster of the other side
// may at most be worth more than what was found.
func (r *rest) over(k int32, cost float64, v []float64) float64 {
	r.goal.effort += len(v)
	return together(r.most(k), v) - r.goal.at(cost+r.cost[r.tree[k].first])
}

// together is the worth of choices above and below a level, in any order. It is
// added up in four sums, which a processor works on at the same time.
func together(a, b []float64) float64 {
	if len(a) < len(b) {
		a, b = b, a
	}
	s0, s1, s2, s3 := a[len(b)], 0.0, 0.0, 0.0
	for a = a[:len(b)]; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
	}
	for d, x := range b {
		s0 += a[d] * x
	}
	return s0 + s1 + s2 + s3
}

// hopeless reports whether some choices, together with any on the other side,
// are worth no more than what was found, rounding aside.
func (r *rest) hopeless(cost float64, v []float64) bool {
	within := func(k int32) bool {
		r.goal.effort += len(v)
		x := r.goal.at(cost + r.cost[r.tree[k].first])
		return together(r.most(k), v) <= x*(1+1e-13)
	}
	if !within(r.last) {
		return false
	}
	r.todo = append(r.todo[:0], 0)
	for len(r.todo) > 0 {
		k := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		if within(k) {
			continue
		}
		if r.single(k) {
			r.last = k
			return false
		}
		child := r.tree[k].child
		r.todo = append(r.todo, child+1, child)
	}
	return true
}

// looks is how many clusters are looked at to find the point on the other side
// that makes the most of some choices.
const looks = 100

// scale returns how much the numbers of some choices count, how much a unit of
// cost, and by how much the choices may exceed what was found, all three about and
// for the point on the other side with which they exceed it most. Given are the
// least and the greatest numbers, and last the costs.
func (r *rest) scale(lo, hi []float64) (weight []float64, slope, over float64) {
	dim := len(lo) - 1
	low, high, v := lo[dim], hi[dim], hi[:dim]
	over = r.over(r.last, low, v)
	r.todo = append(r.todo[:0], 0)
	for n := 0; n < looks && len(r.todo) > 0; n++ {
		k := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		x := r.over(k, low, v)
		switch {
		case x <= over:
		case r.single(k):
			r.last, over = k, x
		default:
			child := r.tree[k].child
			r.todo = append(r.todo, child+1, child)
		}
	}
	weight = r.most(r.last)
	if len(weight) < dim { // what is earned above counts as it is
		weight = append(weight[:len(weight):len(weight)], 1)
	}
	if high > low {
		cost := r.cost[r.tree[r.last].first]
		slope = (r.goal.at(cost+high) - r.goal.at(cost+low)) / (high - low)
	}
	return weight, slope, max(over, 0)
}

// descend goes through the levels from the first one down, and returns bounds on
// what is above each, with at most so many points each, given bounds on what is
// above the part; nil if these show that nothing better than what was found is
// left. below bounds what is below each level, where that is known.
func (c *chain) descend(top *rest, below []*rest, points int) ([]*rest, error) {
	out := []*rest{top}
	f := top.front
	for l := range c.part.stages {
		p := c.down(l, f, c.input[l])
		by := scale{weight: ones(p.dim), slope: c.slope}
		p.sx, p.sy = scale{weight: ones(f.dim), slope: c.slope}, c.pays()
		if below != nil {
			p.rest = below[l+1]
			p.sx.rest, by.rest = below[l], below[l+1]
		}
		var err error
		if f, err = c.multiply(p, above); err != nil || len(f.cost) == 0 {
			return nil, err
		}
		c.thin(f, points, above, by)
		out = append(out, newRest(f, top.goal))
	}
	return out, nil
}

func ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// down is the product of what is above a level and the input there.
func (c *chain) down(l int, x, y *front) *product {
	st := &c.part.stages[l]
	value := func(w, in []float64, _ int, out []float64) bool {
		clear(out)
		last := len(out) - 1
		if out[last] = w[len(w)-1]; len(in) > 1 {
			out[last] += in[1]
		}
		out[last] += st.hand(w, in[0], out)
		return true
	}
	return &product{x: x, y: st.pay(y), dim: len(c.part.dims[l+1]) + 1, value: value, counts: c.part.below(l + 1)}
}
