package bdd

import (
	"cmp"
	"slices"
)

// Under returns a function that implies f and has at most size nodes: f where
// only the weightiest nodes are left and the others are False. The weight of a
// node is the probability that f is true by way of it, where the levels are
// true independently with the given probabilities. The time is n log n in the
// nodes of f.
//
// After the heavy-branch subsetting of Ravi and Somenzi, High-density
// reachability analysis, ICCAD 1995, with probabilities for minterms.
func (m *Manager) Under(f Ref, size int, prob []float64) (Ref, error) {
	below := m.below(f)
	defer m.forget(below)
	if len(below) <= size {
		return f, nil
	}
	place := func(g Ref) int32 { return m.where[g] - 1 }
	value := make([]float64, len(below))
	valueOf := func(g Ref) float64 {
		switch g {
		case True:
			return 1
		case False:
			return 0
		}
		return value[place(g)]
	}
	for i, g := range below {
		p := prob[m.level(g)]
		hi, lo := m.split(g, m.level(g))
		value[i] = p*valueOf(hi) + (1-p)*valueOf(lo)
	}
	reach := make([]float64, len(below))
	reach[len(below)-1] = 1
	heavy := make([]int32, len(below))
	for i, g := range slices.Backward(below) {
		heavy[i] = int32(i)
		p := prob[m.level(g)]
		hi, lo := m.split(g, m.level(g))
		if hi.Node() != 0 {
			reach[place(hi)] += reach[i] * p
		}
		if lo.Node() != 0 {
			reach[place(lo)] += reach[i] * (1 - p)
		}
	}
	slices.SortFunc(heavy, func(i, j int32) int {
		return cmp.Or(cmp.Compare(reach[j]*value[j], reach[i]*value[i]), cmp.Compare(j, i))
	})
	image := make([]Ref, len(below)) // True: left out
	for _, i := range heavy[:size] {
		image[i] = False
	}
	imageOf := func(g Ref) Ref {
		if g.Node() == 0 {
			return g
		}
		return image[place(g)]
	}
	for i, g := range below {
		if image[i] == True {
			image[i] = False
			continue
		}
		hi, lo := m.split(g, m.level(g))
		r := m.node(m.level(g), imageOf(hi), imageOf(lo))
		if r == none {
			return m.result(none)
		}
		image[i] = r
	}
	return image[len(below)-1], nil
}

// Over returns a function that f implies and that has at most size nodes.
func (m *Manager) Over(f Ref, size int, prob []float64) (Ref, error) {
	g, err := m.Under(f.Not(), size, prob)
	if err != nil {
		return none, err
	}
	return g.Not(), nil
}

// Size returns the number of nodes that f alone needs, each polarity counted.
func (m *Manager) Size(f Ref) int {
	below := m.below(f)
	m.forget(below)
	return len(below)
}

// below returns f and what its nodes refer to but constants, children first,
// polarities apart. Until they are forgotten, m.where has their places from 1.
func (m *Manager) below(f Ref) []Ref {
	if f.Node() == 0 {
		return nil
	}
	m.where = append(m.where, make([]int32, max(0, 2*len(m.nodes)-len(m.where)))...)
	found := []Ref{f}
	m.where[f] = 1
	for i := 0; i < len(found); i++ {
		hi, lo := m.split(found[i], m.level(found[i]))
		for _, g := range [2]Ref{hi, lo} {
			if g.Node() != 0 && m.where[g] == 0 {
				m.where[g] = 1
				found = append(found, g)
			}
		}
	}
	slices.Sort(found) // children have lower numbers
	for i, g := range found {
		m.where[g] = int32(i + 1)
	}
	return found
}

func (m *Manager) forget(found []Ref) {
	for _, g := range found {
		m.where[g] = 0
	}
}
