package treegen

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Defended returns a random attack-defence tree with so many nodes, of which so
// many are basic defences: each defence is a control that blocks the node that it
// stands at, mostly a leaf, and every third one is countered by an attack, which
// bypasses it.
// Of the leaves of the attacker, the share repeated, from 0 to 1, is a leaf that
// stands elsewhere already, so that the graph is no tree; a tenth of that share of
// the defences stand at two nodes. Attacks and defences cost 1 to 100.
func Defended(seed uint64, nodes, defences int, repeated float64) attacktree.Model {
	r := rand.New(rand.NewPCG(seed, 0x646566656e6365))
	var b builder
	// Trees of the attacker: the main one, and one for each counter.
	grow := func(nodes int) string {
		leaves := (nodes + 2) * 3 / 5
		gates := nodes - leaves
		var tops []string
		for range max(leaves, 1) {
			if n := len(b.nodes); n > 0 && r.Float64() < repeated {
				if old := b.nodes[r.IntN(n)]; old.Gate.Leaf() && !slices.Contains(tops, old.Name) {
					tops = append(tops, old.Name)
					continue
				}
			}
			name := b.step(1)
			b.nodes[len(b.nodes)-1].Cost = quantity.Exactly(float64(1 + r.IntN(100)))
			tops = append(tops, name)
		}
		for len(tops) > 1 {
			k := 2
			if gates > 0 && gates < len(tops) {
				k = min(len(tops), 2+(len(tops)-2)/gates)
			}
			gates--
			i := r.IntN(len(tops) - k + 1)
			kind := []attacktree.Gate{attacktree.Or, attacktree.And}[r.IntN(2)]
			tops[i] = b.gate(kind, 0, slices.Clone(tops[i:i+k])...)
			tops = slices.Delete(tops, i+1, i+k)
		}
		return tops[0]
	}
	counters := make([]string, defences/3)
	attackers := nodes - defences
	for i := range counters {
		counters[i] = grow(1 + r.IntN(2)*2)
	}
	before := len(b.nodes)
	root := grow(max(attackers-before, 2))
	main := b.nodes[before:len(b.nodes):len(b.nodes)]
	m := b.model(attacktree.Or, 0, root)
	used := map[string]int{}
	for i := range defences {
		k := &attacktree.Control{Name: fmt.Sprintf("d%d", i+1), Cost: quantity.Exactly(float64(1 + r.IntN(100)))}
		if i < len(counters) {
			k.BypassedBy = []string{counters[i]}
		}
		at := attacktree.Effect{Changes: []attacktree.Change{{Op: attacktree.Block}}}
		places := 1
		if r.Float64() < repeated/10 {
			places = 2
		}
		for len(at.Targets) < places {
			n := main[r.IntN(len(main))]
			if !n.Gate.Leaf() && r.IntN(10) > 0 {
				continue
			}
			if used[n.Name] < 2 { // two at most, since each bypass doubles the states of a node
				used[n.Name]++
				at.Targets = append(at.Targets, attacktree.Target{Name: n.Name})
			}
		}
		k.Effects = []attacktree.Effect{at}
		m.Controls = append(m.Controls, k)
	}
	return m
}
