package treegen

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Tree returns a tree without sharing over so many steps, of or, and and now and
// then atleast gates with two to six children. It takes linear time.
func Tree(seed uint64, steps int) attacktree.Model {
	r := rand.New(rand.NewPCG(seed, 0x74726565))
	var b builder
	level := make([]string, steps)
	for i := range level {
		level[i] = randomStep(r, &b)
	}
	for len(level) > 1 {
		var next []string
		for len(level) > 0 {
			k := min(2+r.IntN(5), len(level))
			next = append(next, randomGate(r, &b, level[:k:k]))
			level = level[k:]
		}
		level = next
	}
	return b.model(attacktree.Or, 0, level[0])
}

// Shared returns a graph of so many nodes, at least 4, about half of them steps,
// in which every third gate takes a node that another has already, with the
// controls control-1 and so on, each on one to three steps.
func Shared(seed uint64, nodes, controls int) attacktree.Model {
	r := rand.New(rand.NewPCG(seed, 0x736861726564))
	var b builder
	var tops []string
	for range nodes / 2 {
		tops = append(tops, randomStep(r, &b))
	}
	steps := len(tops)
	for gates := nodes - steps - 1; gates > 0; gates-- {
		// Neighbours are joined, so that the graph has parts with little in common.
		k := 1
		if gates < len(tops) {
			k = min(len(tops), 2+(len(tops)-2)/gates)
		}
		i := r.IntN(len(tops) - k + 1)
		children := slices.Clone(tops[i : i+k])
		if r.IntN(3) == 0 {
			shared := b.nodes[r.IntN(len(b.nodes))].Name
			if !slices.Contains(children, shared) {
				children = append(children, shared)
			}
		}
		tops[i] = randomGate(r, &b, children)
		tops = slices.Delete(tops, i+1, i+k)
	}
	m := b.model(attacktree.Or, 0, tops...)
	for i := range controls {
		e := attacktree.Effect{Changes: []attacktree.Change{{Op: attacktree.Multiply, Value: quantity.Exactly(0.1 + 0.8*r.Float64())}}}
		for range 1 + r.IntN(3) {
			e.Targets = append(e.Targets, attacktree.Target{Name: b.nodes[r.IntN(steps)].Name})
		}
		m.Controls = append(m.Controls, &attacktree.Control{
			Name: fmt.Sprintf("control-%d", i+1), Cost: quantity.Exactly(float64(1 + r.IntN(100))), Effects: []attacktree.Effect{e},
		})
	}
	return m
}

func randomStep(r *rand.Rand, b *builder) string {
	name := b.step(0.1 + 0.8*r.Float64())
	b.nodes[len(b.nodes)-1].Cost = quantity.Exactly(float64(1 + r.IntN(1000)))
	b.nodes[len(b.nodes)-1].Time = quantity.Exactly(float64(1 + r.IntN(30)))
	return name
}

func randomGate(r *rand.Rand, b *builder, children []string) string {
	kind := []attacktree.Gate{attacktree.Or, attacktree.Or, attacktree.And, attacktree.And, attacktree.AtLeast}[r.IntN(5)]
	name := b.gate(kind, 0, children...)
	if kind == attacktree.AtLeast {
		b.nodes[len(b.nodes)-1].K = 1 + r.IntN(len(children))
	}
	return name
}
