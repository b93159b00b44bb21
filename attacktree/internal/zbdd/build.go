package zbdd

import (
	"context"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
)

// none is the result of an operation that was stopped.
const none Ref = -1

// A builder holds the nodes of families, equal ones once, and a direct mapped
// cache of operations. Its operations recurse at most twice for each level.
type builder struct {
	ctx      context.Context
	err      error
	max      int
	function []bdd.Node // nodes of the monotone function
	nodes    []entry
	buckets  []int32
	cache    []operation
	work     uint32
}

type entry struct {
	Node
	next int32 // in the chain of equal hash, 0 at its end
}

// An operation is a remembered result: the sets of family that do not solve
// f, or, where family is asked, that g is implied by f.
type operation struct {
	family Ref
	f, g   bdd.Ref
	result Ref
}

const asked Ref = -2

func newBuilder(ctx context.Context, function []bdd.Node, max int) *builder {
	return &builder{
		ctx:      ctx,
		max:      max,
		function: function,
		nodes:    make([]entry, 2, 64),
		buckets:  make([]int32, 64),
		cache:    make([]operation, 64),
	}
}

// without returns the sets of p that are no solutions of f.
func (b *builder) without(p Ref, f bdd.Ref) Ref {
	switch {
	case p == Empty || f == bdd.True:
		return Empty
	case p == Unit || f == bdd.False:
		return p // a function that is not constant is false at the empty set
	}
	op := operation{family: p, f: f}
	if r, ok := b.recall(op); ok {
		return r
	}
	if b.stopped() {
		return none
	}
	n, g := b.nodes[p].Node, b.function[f.Node()]
	var r Ref
	if n.Level > g.Level {
		r = b.without(p, g.Lo)
	} else {
		f1, f0 := f, f
		if n.Level == g.Level {
			f1, f0 = g.Hi, g.Lo
		}
		hi := b.without(n.Hi, f1)
		if hi == none {
			return none
		}
		lo := b.without(n.Lo, f0)
		if lo == none {
			return none
		}
		r = b.node(n.Level, hi, lo)
	}
	op.result = r
	return b.remember(op)
}

// implies reports whether g is true wherever f is; it is also false if stopped.
func (b *builder) implies(f, g bdd.Ref) bool {
	switch {
	case f == g || f == bdd.False || g == bdd.True:
		return true
	case f == bdd.True || g == bdd.False:
		return false
	}
	op := operation{family: asked, f: f, g: g}
	if _, ok := b.recall(op); ok {
		return true // a false answer ends the computation
	}
	if b.stopped() {
		return false
	}
	m, n := b.function[f.Node()], b.function[g.Node()]
	f1, f0, g1, g0 := f, f, g, g
	if m.Level <= n.Level {
		f1, f0 = m.Hi, m.Lo
	}
	if n.Level <= m.Level {
		g1, g0 = n.Hi, n.Lo
	}
	if !b.implies(f1, g1) || !b.implies(f0, g0) {
		return false
	}
	b.remember(op)
	return true
}

// node returns the family of the sets of hi with level added, and of lo.
func (b *builder) node(level int32, hi, lo Ref) Ref {
	if hi == Empty {
		return lo
	}
	n := Node{Level: level, Hi: hi, Lo: lo}
	bucket := &b.buckets[mix(level, int32(hi), int32(lo))&uint32(len(b.buckets)-1)]
	for i := *bucket; i != 0; i = b.nodes[i].next {
		if b.nodes[i].Node == n {
			return Ref(i)
		}
	}
	if len(b.nodes)-2 >= b.max {
		b.err = &bdd.LimitError{What: "nodes", Max: b.max}
		return none
	}
	i := int32(len(b.nodes))
	b.nodes = append(b.nodes, entry{Node: n, next: *bucket})
	*bucket = i
	if len(b.nodes) > len(b.buckets) {
		b.grow()
	}
	return Ref(i)
}

func (b *builder) grow() {
	b.buckets = make([]int32, 2*len(b.buckets))
	for i := 2; i < len(b.nodes); i++ {
		n := &b.nodes[i]
		bucket := &b.buckets[mix(n.Level, int32(n.Hi), int32(n.Lo))&uint32(len(b.buckets)-1)]
		n.next = *bucket
		*bucket = int32(i)
	}
	if len(b.cache) < maxCache {
		old := b.cache
		b.cache = make([]operation, 2*len(b.buckets))
		for _, op := range old {
			if op.family != Empty {
				*b.place(op) = op
			}
		}
	}
}

// maxCache is the greatest number of remembered operations, 256 MB of them.
const maxCache = 1 << 24

func (b *builder) stopped() bool {
	if b.work++; b.work&(1<<12-1) == 0 {
		b.err = b.ctx.Err()
	}
	return b.err != nil
}

// failure returns what stopped the computation, or err if nothing did.
func (b *builder) failure(err error) error {
	if b.err != nil {
		return b.err
	}
	return err
}

// place returns where the cache keeps an operation. An empty place has the
// family Empty, which no remembered operation has.
func (b *builder) place(op operation) *operation {
	return &b.cache[mix(int32(op.family), int32(op.f), int32(op.g))&uint32(len(b.cache)-1)]
}

func (b *builder) recall(op operation) (Ref, bool) {
	p := b.place(op)
	return p.result, p.family == op.family && p.f == op.f && p.g == op.g
}

func (b *builder) remember(op operation) Ref {
	if op.result != none {
		*b.place(op) = op
	}
	return op.result
}

func mix(x, y, z int32) uint32 {
	h := (uint64(uint32(y))<<32 | uint64(uint32(z))) * 0x9e3779b97f4a7c15
	h ^= h>>32 ^ uint64(uint32(x))*0xd6e8feb86659fd93
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

// extract returns a copy of what root needs.
func (b *builder) extract(root Ref) *Diagram {
	image := make([]Ref, len(b.nodes))
	image[root] = 1
	for i := len(b.nodes) - 1; i > 1; i-- { // children have lower numbers
		if image[i] != 0 {
			image[b.nodes[i].Hi] = 1
			image[b.nodes[i].Lo] = 1
		}
	}
	image[Empty], image[Unit] = Empty, Unit
	d := &Diagram{Nodes: make([]Node, 2)}
	for i := 2; i < len(b.nodes); i++ {
		if image[i] == 0 {
			continue
		}
		n := b.nodes[i].Node
		image[i] = Ref(len(d.Nodes))
		d.Nodes = append(d.Nodes, Node{Level: n.Level, Hi: image[n.Hi], Lo: image[n.Lo]})
	}
	d.Root = image[root]
	return d
}
