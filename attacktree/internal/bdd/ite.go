package bdd

import "github.com/atree-dev/atree/attacktree/internal/memory"

// This file has the two recursive operations and their cache, which is direct
// mapped: a result is forgotten when another needs its place.

// and returns the conjunction of f and g.
func (m *Manager) and(f, g Ref) Ref {
	switch {
	case f == g || g == True:
		return f
	case f == True:
		return g
	case f == False || g == False || f == g.Not():
		return False
	}
	if f > g {
		f, g = g, f
	}
	if r, ok := m.recall(f, g, False); ok {
		return r
	}
	if m.stopped() {
		return none
	}
	level := min(m.level(f), m.level(g))
	f1, f0 := m.split(f, level)
	g1, g0 := m.split(g, level)
	hi := m.and(f1, g1)
	if hi == none {
		return none
	}
	lo := m.and(f0, g0)
	if lo == none {
		return none
	}
	return m.remember(f, g, False, m.node(level, hi, lo))
}

// ite returns the function that is g where f is true and h elsewhere.
func (m *Manager) ite(f, g, h Ref) Ref {
	if f.Negated() {
		f, g, h = f.Not(), h, g
	}
	switch {
	case f == True || g == h:
		return g
	case g == True || g == f:
		return m.not(m.and(f.Not(), h.Not()))
	case g == False || g == f.Not():
		return m.and(f.Not(), h)
	case h == False || h == f:
		return m.and(f, g)
	case h == True || h == f.Not():
		return m.not(m.and(f, g.Not()))
	case g.Negated():
		return m.not(m.ite(f, g.Not(), h.Not()))
	}
	if r, ok := m.recall(f, g, h); ok {
		return r
	}
	if m.stopped() {
		return none
	}
	level := min(m.level(f), m.level(g), m.level(h))
	f1, f0 := m.split(f, level)
	g1, g0 := m.split(g, level)
	h1, h0 := m.split(h, level)
	hi := m.ite(f1, g1, h1)
	if hi == none {
		return none
	}
	lo := m.ite(f0, g0, h0)
	if lo == none {
		return none
	}
	return m.remember(f, g, h, m.node(level, hi, lo))
}

func (m *Manager) not(f Ref) Ref {
	if f == none {
		return none
	}
	return f.Not()
}

// split returns the cofactors of f: what is left of it where level, which is
// at or above its first, is true and where it is false.
func (m *Manager) split(f Ref, level int32) (hi, lo Ref) {
	n := &m.nodes[f>>1]
	if n.level != level {
		return f, f
	}
	return n.hi ^ f&1, n.lo ^ f&1
}

// stopped reports whether the operations are used up, and now and then whether
// the context is done.
func (m *Manager) stopped() bool {
	if m.work >= m.allow.Load() {
		m.err = ErrPaused
		return true
	}
	if m.work++; m.work&(1<<12-1) == 0 {
		if err := m.ctx.Err(); err != nil {
			m.err = err
			return true
		}
	}
	return false
}

// place returns where the cache keeps an operation. An empty place has f equal
// to True, which no remembered operation has.
func (m *Manager) place(f, g, h Ref) *operation {
	at := mix(uint64(uint32(f))<<32|uint64(uint32(g)), uint64(uint32(h)))
	return &m.cache[at&uint32(len(m.cache)-1)]
}

func (m *Manager) recall(f, g, h Ref) (Ref, bool) {
	op := m.place(f, g, h)
	return op.result, op.f == f && op.g == g && op.h == h
}

func (m *Manager) remember(f, g, h, result Ref) Ref {
	if result != none {
		*m.place(f, g, h) = operation{f, g, h, result}
	}
	return result
}

// growCache makes the cache as long as the hash table, at most maxCache, and
// keeps what it holds.
func (m *Manager) growCache() {
	if len(m.cache) >= maxCache {
		return
	}
	old := m.cache
	m.cache = memory.Table[operation](len(m.table) / 2)
	for _, op := range old {
		if op.f != True {
			*m.place(op.f, op.g, op.h) = op
		}
	}
}

// maxCache is the greatest number of remembered operations, 256 MB of them.
const maxCache = 1 << 24
