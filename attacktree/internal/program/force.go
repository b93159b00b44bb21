package program

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// force returns the inputs of u in an order that keeps those of a gate close
// together, for the orders of a walk know only what is above a gate: FORCE
// (Aloul, Markov and Sakallah, FORCE: a fast and easy-to-implement
// variable-ordering heuristic, 2003). Each gate and its arguments pull at each
// other until the sum of their spans does not become less any more. Of several
// orders to begin with it takes what gives the least sum. It needs the numbers
// of u.
func (s *solver) force(u *unit) []circuit.Ref {
	var spans [orders]int
	var found [orders][]circuit.Ref
	for o := range found {
		found[o] = s.order(u, order(o))
	}
	net := s.newForces(u)
	var group sync.WaitGroup
	for half := range 2 {
		group.Go(func() {
			f := net.start()
			for o := half; o < len(found); o += 2 {
				spans[o] = f.settle(s.ctx, found[o], s.index)
				found[o] = f.sorted(found[o], s.index)
			}
		})
	}
	group.Wait()
	best := 0
	for o, span := range spans {
		if span < spans[best] {
			best = o
		}
	}
	return found[best]
}

// Forces are what pulls at the inputs and gates of a unit, by index.
type forces struct {
	ends  []int32 // of each edge in pins; an edge is a gate and its arguments
	pins  []int32
	edges []int32 // how many there are, of each vertex

	at     []int32 // positions
	best   []int32 // those of the least span
	center []float64
	pull   []float64 // sum of the centers of a vertex's edges, in the end their mean
	order  []int32
}

const (
	forceRounds = 400
	forceWork   = 1 << 22 // pins looked at in all rounds of a start
	patience    = 20      // rounds without a lesser span
)

func (s *solver) newForces(u *unit) forces {
	f := forces{edges: make([]int32, len(u.inputs)+len(u.gates))}
	for _, g := range u.gates {
		f.pins = append(f.pins, s.index[g.Node()])
		for _, x := range s.c.Args(g) {
			if !s.isFixed(x) {
				f.pins = append(f.pins, s.index[x.Node()])
			}
		}
		f.ends = append(f.ends, int32(len(f.pins)))
	}
	for _, v := range f.pins {
		f.edges[v]++
	}
	return f
}

// start returns the same forces, with vertices of their own.
func (f forces) start() *forces {
	n := len(f.edges)
	f.at, f.best, f.order = make([]int32, n), make([]int32, n), make([]int32, n)
	f.pull, f.center = make([]float64, n), make([]float64, len(f.ends))
	for v := range f.order {
		f.order[v] = int32(v)
	}
	return &f
}

// settle begins with the levels and returns the least span it finds until the
// context ends.
func (f *forces) settle(ctx context.Context, levels []circuit.Ref, index []int32) int {
	clear(f.pull)
	for i, x := range levels {
		f.pull[index[x.Node()]] = float64(i)
	}
	start := int32(0)
	for _, end := range f.ends { // arguments first: a gate begins amidst them
		sum := 0.0
		for _, v := range f.pins[start+1 : end] {
			sum += f.pull[v]
		}
		f.pull[f.pins[start]] = sum / float64(max(end-start-1, 1))
		start = end
	}
	f.rank()
	least, waited := -1, 0
	rounds := min(forceRounds, max(1, forceWork/len(f.pins)))
	for range rounds {
		if least >= 0 && ctx.Err() != nil {
			break
		}
		span := f.look()
		if waited++; least < 0 || span < least {
			least, waited = span, 0
			copy(f.best, f.at)
		}
		if waited == patience {
			break
		}
		f.move()
	}
	return least
}

// look finds the centers of the edges and returns the sum of their spans.
func (f *forces) look() int {
	span, start := 0, int32(0)
	for e, end := range f.ends {
		pins := f.pins[start:end]
		start = end
		low, high, sum := f.at[pins[0]], f.at[pins[0]], 0
		for _, v := range pins {
			low, high, sum = min(low, f.at[v]), max(high, f.at[v]), sum+int(f.at[v])
		}
		span += int(high - low)
		f.center[e] = float64(sum) / float64(len(pins))
	}
	return span
}

// move puts each vertex at the mean of its edges' centers.
func (f *forces) move() {
	clear(f.pull)
	start := int32(0)
	for e, end := range f.ends {
		for _, v := range f.pins[start:end] {
			f.pull[v] += f.center[e]
		}
		start = end
	}
	for v, n := range f.edges {
		f.pull[v] /= float64(max(n, 1))
	}
	f.rank()
}

// rank makes positions of the places that vertices are pulled to.
func (f *forces) rank() {
	slices.SortFunc(f.order, func(a, b int32) int {
		switch x, y := f.pull[a], f.pull[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return cmp.Compare(a, b)
	})
	for i, v := range f.order {
		f.at[v] = int32(i)
	}
}

// sorted returns the levels by their best places.
func (f *forces) sorted(levels []circuit.Ref, index []int32) []circuit.Ref {
	levels = slices.Clone(levels)
	slices.SortFunc(levels, func(x, y circuit.Ref) int {
		return cmp.Compare(f.best[index[x.Node()]], f.best[index[y.Node()]])
	})
	return levels
}
