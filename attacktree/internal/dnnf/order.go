package dnnf

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// An order says which nodes to decide on first, and what that takes.
type order struct {
	rank   []int32
	work   float64   // about how many components there are, no more than
	weight []float64 // by node: the work that hangs on its being open
}

// findOrders finds orders from tree decompositions: each node goes into a bag with
// what stands next to it when it is taken out of the graph, where that joins the
// fewest strangers; ties are broken at random. The bag that cuts the tree of the
// bags into the smallest parts comes first, and so on in the parts. A part is a
// component, told by the values of the nodes around it. The order of the least
// work comes first. When the context is done, one has to do; where a bag becomes too
// large there is none.
func (g *graph) findOrders(ctx context.Context, tries int) []*order {
	var all []*order
	random := rand.New(rand.NewPCG(1, uint64(len(g.kind))))
	for try := 0; try == 0 || try < tries && ctx.Err() == nil; try++ {
		d := g.decompose(random)
		if d == nil {
			break
		}
		all = append(all, d.order())
	}
	slices.SortStableFunc(all, func(a, b *order) int { return cmp.Compare(a.work, b.work) })
	return all
}

// A decomposition is a tree of bags, one for each node: the node, and those next
// to it that are taken out later.
type decomposition struct {
	taken []int32 // nodes, in order
	bag   [][]int32
	next  []int32   // by node: the first of its bag, which is its parent; none for the last
	below [][]int32 // by node: whose parent it is
}

// A bitset is a set of nodes.
type bitset []uint64

func (b bitset) add(x int32)  { b[x/64] |= 1 << (x % 64) }
func (b bitset) drop(x int32) { b[x/64] &^= 1 << (x % 64) }

func (b bitset) each(do func(x int32)) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			do(int32(w*64 + bits.TrailingZeros64(word)))
		}
	}
}

// missing returns how many pairs of a node's neighbors are strangers, twice.
func missing(near []bitset, x int32) int {
	n := 0
	near[x].each(func(y int32) {
		for w, word := range near[x] {
			n += bits.OnesCount64(word &^ near[y][w])
		}
		n-- // itself
	})
	return n
}

// mostWidth is the size of a bag beyond which there is no hope.
const mostWidth = 80

// decompose returns nil if a bag has more than mostWidth nodes.
func (g *graph) decompose(random *rand.Rand) *decomposition {
	size := len(g.kind)
	words := size/64 + 1
	all := make(bitset, size*words)
	near := make([]bitset, size)
	for x := range near {
		near[x] = all[x*words : (x+1)*words]
	}
	join := func(x, y int32) {
		if x != y {
			near[x].add(y)
			near[y].add(x)
		}
	}
	for x, k := range g.kind {
		if k != input {
			join(int32(x), g.arg[x][0])
			join(int32(x), g.arg[x][1])
			join(g.arg[x][0], g.arg[x][1])
		}
	}
	fill := make([]int, size)
	noise := make([]uint32, size)
	left := make([]int32, size)
	for x := range fill {
		fill[x], noise[x], left[x] = missing(near, int32(x)), random.Uint32(), int32(x)
	}
	d := &decomposition{bag: make([][]int32, size), next: make([]int32, size), below: make([][]int32, size)}
	changed := make(bitset, words)
	for len(left) > 0 {
		at := 0
		for i, x := range left {
			if y := left[at]; fill[x] < fill[y] || fill[x] == fill[y] && noise[x] < noise[y] {
				at = i
			}
		}
		x := left[at]
		left[at] = left[len(left)-1]
		left = left[:len(left)-1]
		clear(changed)
		near[x].each(func(y int32) { d.bag[x] = append(d.bag[x], y) })
		if len(d.bag[x]) > mostWidth {
			return nil
		}
		for _, y := range d.bag[x] {
			near[y].drop(x)
			changed.add(y)
		}
		if fill[x] > 0 {
			for i, y := range d.bag[x] {
				for w, word := range near[y] {
					changed[w] |= word
				}
				for _, z := range d.bag[x][:i] {
					join(y, z)
				}
			}
		}
		changed.each(func(y int32) { fill[y] = missing(near, y) })
		d.taken = append(d.taken, x)
	}
	place := make([]int32, size)
	for i, x := range d.taken {
		place[x] = int32(i)
	}
	for x := range d.next {
		d.next[x] = none
		for _, y := range d.bag[x] {
			if d.next[x] == none || place[y] < place[d.next[x]] {
				d.next[x] = y
			}
		}
		if y := d.next[x]; y != none {
			d.below[y] = append(d.below[y], int32(x))
		}
	}
	return d
}

// order ranks the nodes by cutting the tree, again and again.
func (d *decomposition) order() *order {
	size := len(d.taken)
	o := &order{rank: slices.Repeat([]int32{none}, size), weight: make([]float64, size)}
	gone := make([]bool, size) // bags that the tree was cut at
	under := make([]int32, size)
	ranked := int32(0)
	var around []int32
	seen := make([]int32, size)
	stamp := int32(0)
	for todo := []int32{d.taken[size-1]}; len(todo) > 0; {
		start := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		part := d.part(start, gone)
		unranked := int32(0)
		for _, x := range slices.Backward(part) { // parents stand before what is below them
			under[x] = 0
			if o.rank[x] == none {
				under[x] = 1
			}
			for _, y := range d.below[x] {
				if !gone[y] {
					under[x] += under[y]
				}
			}
		}
		if unranked = under[part[0]]; unranked == 0 {
			continue
		}
		best, least := part[0], int32(math.MaxInt32)
		for _, x := range part {
			largest := unranked - under[x]
			for _, y := range d.below[x] {
				if !gone[y] {
					largest = max(largest, under[y])
				}
			}
			if largest < least {
				best, least = x, largest
			}
		}
		// What is around the part tells its components apart.
		stamp++
		around = around[:0]
		for _, x := range part {
			if o.rank[x] != none {
				continue
			}
			for _, y := range d.bag[x] {
				if o.rank[y] != none && seen[y] != stamp {
					seen[y] = stamp
					around = append(around, y)
				}
			}
		}
		for _, x := range append([]int32{best}, d.bag[best]...) {
			if o.rank[x] == none {
				o.rank[x] = ranked
				ranked++
				around = append(around, x)
			}
		}
		work := math.Exp2(float64(min(len(around), 900)))
		o.work += work
		for _, x := range around {
			o.weight[x] += work
		}
		gone[best] = true
		for _, y := range append(slices.Clone(d.below[best]), d.next[best]) {
			if y != none && !gone[y] {
				todo = append(todo, y)
			}
		}
	}
	return o
}

// part returns the bags of a part of the tree, parents first.
func (d *decomposition) part(start int32, gone []bool) []int32 {
	for d.next[start] != none && !gone[d.next[start]] {
		start = d.next[start]
	}
	part := []int32{start}
	for i := 0; i < len(part); i++ {
		for _, y := range d.below[part[i]] {
			if !gone[y] {
				part = append(part, y)
			}
		}
	}
	return part
}
