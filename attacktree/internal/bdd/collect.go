package bdd

import (
	"math/bits"

	"github.com/atree-dev/atree/attacktree/internal/memory"
)

// Collect forgets all functions but those in keep, which it replaces by their
// new references. Others must not be used any more.
func (m *Manager) Collect(keep []Ref) {
	live, image := m.reach(keep)
	for i, n := range m.nodes {
		if to := image[i]; to >= 0 { // never after i
			m.nodes[to] = node{n.level, move(image, n.hi), move(image, n.lo)}
		}
	}
	m.nodes = m.nodes[:live]
	for i, f := range keep {
		keep[i] = move(image, f)
	}
	m.table = memory.Table[uint64](1 << max(6, bits.Len(uint(2*live))))
	for i, n := range m.nodes[1:] {
		hash := n.hash()
		m.table[m.vacancy(hash)] = uint64(hash)<<32 | uint64(i+1)
	}
	old := m.cache
	m.cache = memory.Table[operation](min(len(m.table)/2, maxCache))
	for _, op := range old {
		if op.f != True && image[op.f.Node()] >= 0 && image[op.g.Node()] >= 0 && image[op.h.Node()] >= 0 && image[op.result.Node()] >= 0 {
			m.remember(move(image, op.f), move(image, op.g), move(image, op.h), move(image, op.result))
		}
	}
}

// Live returns the number of nodes that functions need, constants included.
func (m *Manager) Live(fs []Ref) int {
	live, _ := m.reach(fs)
	return live
}

// reach numbers the nodes that functions need, children first; others get -1.
func (m *Manager) reach(fs []Ref) (live int, image []int32) {
	image = make([]int32, len(m.nodes))
	for i := range image {
		image[i] = -1
	}
	image[0] = 0
	for _, f := range fs {
		image[f.Node()] = 0
	}
	for i := len(m.nodes) - 1; i > 0; i-- {
		if image[i] == 0 {
			image[m.nodes[i].hi.Node()] = 0
			image[m.nodes[i].lo.Node()] = 0
		}
	}
	for i := range image {
		if image[i] == 0 {
			image[i] = int32(live)
			live++
		}
	}
	return live, image
}

func move(image []int32, f Ref) Ref { return Ref(image[f.Node()])<<1 | f&1 }
