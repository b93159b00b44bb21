package budget

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The front of a product does as well as all pairs, at every cost and with every
// weight that what is above can give to the chance.
func TestProduct(t *testing.T) {
	s := &solver{plan: &plan{Problem: &Problem{}}, ctx: t.Context(), whole: 1}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 4))
		random := func() *front {
			f := &front{dim: 1 + int(seed%2)}
			cost := 0.0
			for i := range 1 + r.IntN(150) {
				f.cost, f.from = append(f.cost, cost), append(f.from, int32(i))
				for range f.dim {
					f.val = append(f.val, (r.Float64()+float64(i)/40)/6)
				}
				if cost += float64(r.IntN(4)); seed%3 == 0 {
					cost += r.Float64()
				}
			}
			return f
		}
		op, count := operation(seed%3), span{float64(seed%4) / 3, 3}
		x, y := random(), random()
		got, err := s.join(op, x, y, under, count)
		if err != nil {
			t.Fatal(err)
		}
		for _, slope := range []float64{count.low, 1, 2, count.high} {
			value := func(v []float64) float64 {
				if len(v) == 1 {
					return v[0]
				}
				return slope*v[0] + v[1]
			}
			if err := asGood(got, op.product(x, y), value); err != nil {
				t.Fatalf("seed %d, slope %v: %v", seed, slope, err)
			}
		}
	}
}

// asGood reports where a front does worse than all pairs of a product, given what
// numbers are worth.
func asGood(f *front, p *product, worth func(v []float64) float64) error {
	var all, kept []Point
	v := make([]float64, p.dim)
	for i := range p.x.cost {
		for j := range p.y.cost {
			p.value(p.x.at(i), p.y.at(j), j, v)
			all = append(all, Point{p.x.cost[i] + p.y.cost[j], worth(v)})
		}
	}
	for i := range f.cost {
		kept = append(kept, Point{f.cost[i], worth(f.at(i))})
	}
	kept = staircase(kept)
	for _, q := range staircase(all) {
		if best := At(kept, q.Cost); best < q.Worth*(1-1e-12) {
			return fmt.Errorf("at %v: %v, want %v", q.Cost, best, q.Worth)
		}
	}
	return nil
}

// What was found for some cost is the same whatever the costs are like.
func TestGoal(t *testing.T) {
	for _, costs := range [][]float64{{0, 1, 2, 5}, {0, 5e-324, 1e-323}, {0, 1e308, math.Inf(1)}, {1, 1e-300 + 1, 3}, {0}} {
		points := make([]Point, len(costs))
		for i, c := range costs {
			points[i] = Point{c, float64(i + 1)}
		}
		g := newGoal(points)
		for _, c := range append(costs, 0.5, 4, math.MaxFloat64) {
			if got, want := g.at(c), At(points, c); got != want {
				t.Errorf("costs %v, at %v: %v, want %v", costs, c, got, want)
			}
		}
	}
}

// Blocks come in the order of their first pairs, whatever the costs are like.
func TestBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	for _, unit := range []float64{1, 0, 5e-324, 1e300, 1e308} {
		var fs [2]*clusters
		for k := range fs {
			f := &front{dim: 1}
			cost := 0.0
			for i := range 40 {
				f.cost, f.val = append(f.cost, cost), append(f.val, float64(i))
				cost += unit * float64(r.IntN(3))
			}
			fs[k] = newClusters(f, f.even())
		}
		p := &product{x: fs[0].front, y: fs[1].front, monotone: true}
		h := p.blocks(fs[0], fs[1])
		var last *block
		pairs := 0
		for b, ok := h.first(); ok; b, ok = h.first() {
			if !fs[0].single(b.a) || !fs[1].single(b.b) {
				h.split(fs[0], fs[1])
				continue
			}
			if last != nil && !last.before(&b) {
				t.Fatalf("unit %v: %v after %v", unit, b, *last)
			}
			last = &b
			pairs++
			h.pop()
		}
		if pairs != 1600 {
			t.Errorf("unit %v: %d pairs, want 1600", unit, pairs)
		}
	}
}

// The front of a product of many numbers does as well as all pairs, at every cost
// and with all weights that the numbers may have; and it is shorter than where
// nothing is known of these.
func TestWeights(t *testing.T) {
	s := &solver{plan: &plan{Problem: &Problem{}}, ctx: t.Context(), whole: 1}
	shorter := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 5))
		dim := 2 + int(seed%4)
		earns := seed%3 > 0
		w := &weights{low: make([]float64, dim), high: make([]float64, dim)}
		sum := 0.0
		for d := range dim {
			w.high[d] = r.Float64()
			w.low[d] = w.high[d] * r.Float64() * float64(seed%2)
			sum += w.high[d]
		}
		chances := dim
		if earns {
			chances--
			sum -= w.high[chances]
			w.low[chances], w.high[chances] = 1, 1
		}
		w.chances = sum * (0.6 + 0.4*r.Float64())
		random := func() *front {
			f := &front{dim: dim}
			cost := 0.0
			for i := range 1 + r.IntN(40) {
				f.cost, f.from = append(f.cost, cost), append(f.from, int32(i))
				for range dim {
					f.val = append(f.val, r.Float64()+float64(i)/80)
				}
				cost += float64(r.IntN(3))
			}
			return f
		}
		p := &product{x: random(), y: random(), dim: dim, monotone: true, counts: w}
		p.sx, p.sy = p.x.even(), p.y.even()
		p.value = func(a, b []float64, _ int, out []float64) bool {
			for d := range out {
				out[d] = a[d] + b[d]
			}
			return true
		}
		run := func() *front {
			f, err := p.run(s)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		got := run()
		p.counts = nil
		if len(got.cost) < len(run().cost) {
			shorter++
		}
		for range 20 {
			// Least weights, and what chances may count above them, dealt out.
			at, room := make([]float64, dim), w.chances
			for d := range chances {
				at[d] = w.low[d]
				room -= w.low[d]
			}
			for _, d := range r.Perm(chances) {
				more := min(max(room, 0), (w.high[d]-w.low[d])*min(1, 2*r.Float64()))
				at[d] += more
				room -= more
			}
			if earns {
				at[chances] = 1
			}
			value := func(v []float64) float64 {
				sum := 0.0
				for d, x := range v {
					sum += at[d] * x
				}
				return sum
			}
			if err := asGood(got, p, value); err != nil {
				t.Fatalf("seed %d, weights %v: %v", seed, at, err)
			}
		}
	}
	if shorter < 30 {
		t.Errorf("weights made %d of 40 fronts shorter, want it seen more often", shorter)
	}
}
