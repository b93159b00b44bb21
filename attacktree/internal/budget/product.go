package budget

import (
	"errors"
	"slices"
)

// A product makes the front of all pairs of a point of x and one of y.
//
// It looks at the pairs in the order of their costs, and compares each with the
// best so far. Pairs come in blocks, a cluster of points of x with one of y: a
// block of which even the greatest numbers together are beaten by points that
// cost no more than its cheapest pair is left out as a whole, any other one is
// split. So few pairs are looked at of those that are far from the best. The same
// goes for what can lead to nothing better than what was found for the whole.
type product struct {
	x, y   *front
	sx, sy scale // what their numbers count
	dim    int

	// No number of a pair falls when one of y grows. If it may, there are blocks of
	// single points of y only.
	monotone bool

	counts *weights // how much the numbers count, nil if that is not known

	rest *rest // what goes with the pairs, nil if that is not known

	// value computes the numbers of a pair, of which the one of y is at place j, and
	// reports whether there is such a one. No number falls when one of x grows.
	value func(x, y []float64, j int, out []float64) bool
}

// pairs of points are looked at between two looks at the context.
const batch = 1 << 10

// errLong says that a product has too many blocks to look at.
var errLong = errors.New("budget: too many pairs")

// run fails with errLong for a product of few numbers that takes long.
func (p *product) run(s *solver) (*front, error) {
	// More than two numbers beat another point too seldom to look at blocks for it.
	compare := p.dim <= 2
	var x, y *clusters
	if compare || p.rest != nil {
		x, y = newClusters(p.x, p.sx), newClusters(p.y, p.sy)
	} else {
		x, y = inOrder(p.x), inOrder(p.y)
	}
	f := &front{dim: p.dim}
	best := newSkyline(f, p)
	buf := make([]float64, p.dim)
	var pairs []block
	var dead []bool // by point: another one of the same cost took its place
	blocks := p.blocks(x, y)
	for n := 0; ; n++ {
		if n%batch == 0 && s.ended() {
			return nil, s.ctx.Err()
		}
		if n == maxBlocks && p.dim <= 2 {
			return nil, errLong
		}
		b, ok := blocks.first()
		if !ok {
			break
		}
		single := x.single(b.a) && y.single(b.b)
		switch {
		case !single && !compare && p.rest == nil:
			blocks.split(x, y)
		case !p.value(x.most(b.a), y.most(b.b), int(b.j), buf),
			p.rest != nil && p.rest.hopeless(b.cost, buf),
			(single || compare) && best.beats(buf):
			blocks.pop()
		case single:
			pairs, dead = append(pairs, b), append(dead, false)
			best.add(b.cost, buf, dead)
			blocks.pop()
		default:
			blocks.split(x, y)
		}
	}

	n := 0
	for i, b := range pairs {
		if dead[i] {
			continue
		}
		f.cost[n] = f.cost[i]
		copy(f.at(n), f.at(i))
		f.from = append(f.from, s.both(p.x.from[b.i], p.y.from[b.j]))
		n++
	}
	f.cost, f.val = f.cost[:n], f.val[:n*f.dim]
	return f, nil
}

// blocks returns blocks that hold all pairs.
func (p *product) blocks(x, y *clusters) *blocks {
	h := newBlocks(x, y)
	for k, c := range y.tree {
		if p.monotone && k == 0 || !p.monotone && c.child == 0 {
			h.push(block{x.cost[0] + y.cost[c.first], 0, c.first, 0, int32(k)})
		}
	}
	return h
}

// A block is the pairs of a point of cluster a of x and one of cluster b of y. i
// and j are the places of their first points, so that cost is the least one.
type block struct {
	cost float64
	i, j int32
	a, b int32
}

// before says which of two blocks comes first: by the cost, then the places, of
// the first pair.
func (b *block) before(c *block) bool {
	if b.cost != c.cost {
		return b.cost < c.cost
	}
	return b.i < c.i || b.i == c.i && b.j < c.j
}

// blocks hands out blocks, the one with the first pair first. No block that is put
// in comes before one that was handed out, so those of the next costs only stand in
// a heap, and the others in buckets, unordered.
type blocks struct {
	heap    []block
	buckets []int32 // by range of costs: 1 + the place in held of some block, 0 if there is none
	bucket  int     // whose blocks stand in the heap
	held    []held
	spare   int32 // 1 + a place in held that is not used, 0 if there is none
	low     float64
	per     float64 // buckets per unit of cost
}

// held is a block in a bucket, and where the next one stands.
type held struct {
	block
	next int32
}

func newBlocks(x, y *clusters) *blocks {
	h := &blocks{buckets: make([]int32, len(x.cost)+len(y.cost)), low: x.cost[0] + y.cost[0]}
	if high := x.cost[len(x.cost)-1] + y.cost[len(y.cost)-1]; high > h.low {
		h.per = float64(len(h.buckets)) / (high - h.low)
	}
	return h
}

// place returns the bucket of a cost. It does not fall when the cost grows.
func (h *blocks) place(cost float64) int {
	if k := (cost - h.low) * h.per; k < float64(len(h.buckets)) {
		return int(k)
	}
	return len(h.buckets) - 1
}

// first returns the first block, if there is any.
func (h *blocks) first() (block, bool) {
	for len(h.heap) == 0 {
		if h.bucket == len(h.buckets)-1 {
			return block{}, false
		}
		h.bucket++
		for k := h.buckets[h.bucket]; k > 0; {
			q := &h.held[k-1]
			h.lift(q.block)
			k, q.next, h.spare = q.next, h.spare, k
		}
	}
	return h.heap[0], true
}

func (h *blocks) push(b block) {
	k := h.place(b.cost)
	if k <= h.bucket {
		h.lift(b)
		return
	}
	if h.spare == 0 {
		h.held = append(h.held, held{})
		h.spare = int32(len(h.held))
	}
	at := h.spare
	q := &h.held[at-1]
	h.spare = q.next
	*q = held{b, h.buckets[k]}
	h.buckets[k] = at
}

// lift puts a block into the heap.
func (h *blocks) lift(b block) {
	h.heap = append(h.heap, b)
	all := h.heap
	k := len(all) - 1
	for k > 0 {
		parent := (k - 1) / 2
		if !b.before(&all[parent]) {
			break
		}
		all[k] = all[parent]
		k = parent
	}
	all[k] = b
}

// pop takes the first block out.
func (h *blocks) pop() {
	last := len(h.heap) - 1
	b := h.heap[last]
	h.heap = h.heap[:last]
	all := h.heap
	if last == 0 {
		return
	}
	k := 0
	for {
		child := 2*k + 1
		if child >= last {
			break
		}
		if child+1 < last && all[child+1].before(&all[child]) {
			child++
		}
		if !all[child].before(&b) {
			break
		}
		all[k] = all[child]
		k = child
	}
	all[k] = b
}

// split puts two parts of the first block in its place: first the one with the same
// first pair, which is the first of all blocks still. It halves the wider cluster.
func (h *blocks) split(x, y *clusters) {
	b := h.heap[0]
	other := b
	if y.single(b.b) || !x.single(b.a) && x.tree[b.a].width >= y.tree[b.b].width {
		b.a, other.a = x.tree[b.a].child, x.tree[b.a].child+1
		other.i = x.tree[other.a].first
	} else {
		b.b, other.b = y.tree[b.b].child, y.tree[b.b].child+1
		other.j = y.tree[other.b].first
	}
	other.cost = x.cost[other.i] + y.cost[other.j]
	h.heap[0] = b
	h.push(other)
}

// clusters are the points of a front as a binary tree. Points that are close
// together in costs and numbers stand in the same branch.
type clusters struct {
	*front
	tree  []cluster
	great []float64 // by cluster: the greatest numbers of its points
}

type cluster struct {
	first, size int32   // the lowest place of a point; how many there are
	child       int32   // of its halves, the one with the same first point, and next to it the other; 0 for a single point
	width       float64 // how far its points are apart; 0 for a single one
}

func (c *clusters) single(k int32) bool { return c.tree[k].child == 0 }

// most returns the greatest numbers of a cluster.
func (c *clusters) most(k int32) []float64 {
	if c.single(k) {
		return c.at(int(c.tree[k].first))
	}
	return c.great[int(k)*c.dim : (int(k)+1)*c.dim]
}

// newClusters halves clusters where they are widest, given what numbers and costs
// count.
func newClusters(f *front, by scale) *clusters {
	c := &clusters{front: f}
	n := len(f.cost)
	members, spare := make([]int32, n), make([]int32, n)
	for i := range members {
		members[i] = int32(i)
	}
	lo, hi := make([]float64, f.dim+1), make([]float64, f.dim+1)
	unit := append(slices.Clone(by.weight[:f.dim]), by.slope)
	c.tree = make([]cluster, 1, 2*n)
	c.great = make([]float64, f.dim, 2*n*f.dim)
	starts := make([]int32, 1, 2*n) // by cluster: its points start there in members
	c.tree[0].size = int32(n)
	for k := 0; k < len(c.tree); k++ {
		start, size := starts[k], c.tree[k].size
		mine := members[start : start+size]
		c.tree[k].first = mine[0]
		f.extent(mine, lo, hi)
		if size == 1 {
			continue
		}
		copy(c.great[k*f.dim:(k+1)*f.dim], hi)
		widest, number := 0.0, 0
		for d := range lo {
			w := (hi[d] - lo[d]) * unit[d]
			if c.tree[k].width += w; w > widest {
				widest, number = w, d
			}
		}
		half := f.halve(mine, spare, number, lo[number]+(hi[number]-lo[number])/2)
		c.tree[k].child = int32(len(c.tree))
		c.tree = append(c.tree, cluster{size: half}, cluster{size: size - half})
		starts = append(starts, start, start+half)
		c.great = c.great[:len(c.tree)*f.dim]
	}
	return c
}

// inOrder halves clusters by the order of their points, without their greatest
// numbers.
func inOrder(f *front) *clusters {
	n := len(f.cost)
	c := &clusters{front: f, tree: make([]cluster, 1, 2*n)}
	c.tree[0].size = int32(n)
	for k := 0; k < len(c.tree); k++ {
		if q := c.tree[k]; q.size > 1 {
			half := q.size / 2
			c.tree[k].child = int32(len(c.tree))
			c.tree = append(c.tree, cluster{first: q.first, size: half}, cluster{first: q.first + half, size: q.size - half})
			c.tree[k].width = float64(q.size)
		}
	}
	return c
}

// extent finds the least and the greatest numbers of some points, and last of
// their costs.
func (f *front) extent(members []int32, lo, hi []float64) {
	copy(lo, f.at(int(members[0])))
	copy(hi, lo[:f.dim])
	for _, i := range members {
		for d, v := range f.at(int(i)) {
			lo[d], hi[d] = min(lo[d], v), max(hi[d], v)
		}
	}
	// They stand in the order of their costs.
	lo[f.dim], hi[f.dim] = f.cost[members[0]], f.cost[members[len(members)-1]]
}

// halve brings the members on the side of the first one to the front, of those
// with a number, or the cost, up to some value and those above it. It returns how
// many these are. Both sides keep their order. Where all would be on one side it
// takes half of them.
func (f *front) halve(members, spare []int32, number int, middle float64) int32 {
	low := func(i int32) bool {
		if number == f.dim {
			return f.cost[i] <= middle
		}
		return f.val[int(i)*f.dim+number] <= middle
	}
	side := low(members[0])
	n, others := 0, spare[:0]
	for _, i := range members {
		if low(i) == side {
			members[n] = i
			n++
		} else {
			others = append(others, i)
		}
	}
	copy(members[n:], others)
	if n == len(members) {
		n = len(members) / 2
	}
	return int32(n)
}
