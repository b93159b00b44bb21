package zbdd

import (
	"context"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/memory"
)

// none is the result of an operation that was stopped.
const none Ref = -1

// A builder holds the nodes of families, equal ones once, and a direct mapped
// cache of operations. Its operations recurse at most once for each level.
type builder struct {
	ctx   context.Context
	err   error
	max   int
	nodes []Node
	table []uint64 // open addressing: hash and number of each node, 0 is empty
	cache []operation
	work  int // operations so far
}

// An operation is a remembered result: the sets of p in which there is none of q.
type operation struct{ p, q, result Ref }

func newBuilder(ctx context.Context, max int) *builder {
	return &builder{
		ctx:   ctx,
		max:   max,
		nodes: make([]Node, 2, 64),
		table: make([]uint64, 64),
		cache: make([]operation, 64),
	}
}

// without returns the sets of p in which there is no set of q. No set of q may
// be a proper subset of another; nor is then one of a family below q.
func (b *builder) without(p, q Ref) Ref {
	switch {
	case q == Empty:
		return p
	case p == Empty || q == Unit || p == q:
		return Empty
	case p == Unit:
		return p // no set of q is empty
	}
	if r, ok := b.recall(p, q); ok {
		return r
	}
	if b.stopped() {
		return none
	}
	m, n := b.nodes[p], b.nodes[q]
	if m.Level > n.Level {
		return b.remember(p, q, b.without(p, n.Lo))
	}
	hi, others := m.Hi, q
	if m.Level == n.Level {
		hi, others = b.without(hi, n.Hi), n.Lo
		if hi == none {
			return none
		}
	}
	if hi = b.without(hi, others); hi == none {
		return none
	}
	lo := b.without(m.Lo, others)
	if lo == none {
		return none
	}
	return b.remember(p, q, b.node(m.Level, hi, lo))
}

// node returns the family of the sets of hi with level added, and of lo.
func (b *builder) node(level int32, hi, lo Ref) Ref {
	if hi == Empty {
		return lo
	}
	n := Node{Level: level, Hi: hi, Lo: lo}
	hash := mix(level, int32(hi), int32(lo))
	mask := uint32(len(b.table) - 1)
	at := hash & mask
	for ; b.table[at] != 0; at = (at + 1) & mask {
		if i := uint32(b.table[at]); uint32(b.table[at]>>32) == hash && b.nodes[i] == n {
			return Ref(i)
		}
	}
	if len(b.nodes)-2 >= b.max {
		b.err = &bdd.LimitError{What: "nodes", Max: b.max}
		return none
	}
	i := len(b.nodes)
	b.nodes = append(b.nodes, n)
	b.table[at] = uint64(hash)<<32 | uint64(i)
	if 2*len(b.nodes) > len(b.table) {
		b.grow()
	}
	return Ref(i)
}

// grow doubles the table of nodes.
func (b *builder) grow() {
	old := b.table
	b.table = memory.Table[uint64](2 * len(old))
	mask := uint32(len(b.table) - 1)
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := uint32(entry>>32) & mask
		for b.table[at] != 0 {
			at = (at + 1) & mask
		}
		b.table[at] = entry
	}
}

// growCache makes room for more operations. Their number can be the square of
// that of nodes, so it depends on the work done.
func (b *builder) growCache() {
	old := b.cache
	b.cache = memory.Table[operation](4 * len(old))
	for _, op := range old {
		if op.p != Empty {
			*b.place(op.p, op.q) = op
		}
	}
}

// maxCache is the greatest number of remembered operations, 200 MB of them.
const maxCache = 1 << 24

func (b *builder) stopped() bool {
	if b.work > len(b.cache) && len(b.cache) < maxCache {
		b.growCache()
	}
	if b.work++; b.work&(1<<12-1) == 0 {
		b.err = b.ctx.Err()
	}
	return b.err != nil
}

// place returns where the cache keeps an operation. An empty place has the
// family Empty, which no remembered operation has.
func (b *builder) place(p, q Ref) *operation {
	return &b.cache[mix(0, int32(p), int32(q))&uint32(len(b.cache)-1)]
}

func (b *builder) recall(p, q Ref) (Ref, bool) {
	op := b.place(p, q)
	return op.result, op.p == p && op.q == q
}

func (b *builder) remember(p, q, result Ref) Ref {
	if result != none {
		*b.place(p, q) = operation{p, q, result}
	}
	return result
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
		n := b.nodes[i]
		image[i] = Ref(len(d.Nodes))
		d.Nodes = append(d.Nodes, Node{Level: n.Level, Hi: image[n.Hi], Lo: image[n.Lo]})
	}
	d.Root = image[root]
	return d
}
