package dnnf

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A sample is a number of random states of the inputs. By them it is judged how
// much is lost where a node becomes a constant; no bound depends on that.
type sample struct {
	inputs int
	in     []uint64 // of input i in the w-th 64 states: word w·inputs + i
}

func newSample(prob []float64, states int) *sample {
	s := &sample{inputs: len(prob), in: make([]uint64, states/64*len(prob))}
	random := rand.New(rand.NewPCG(1, 2))
	for i, p := range prob {
		if p <= 0 {
			continue
		}
		// How far apart the states are in which the input holds takes one random
		// number for each of these.
		scale := 1 / math.Log1p(-p)
		gap := func() float64 { return math.Floor(math.Log(1-random.Float64()) * scale) }
		for at := gap(); at < float64(states); at += 1 + gap() {
			s.in[int(at)/64*s.inputs+i] |= 1 << (int(at) % 64)
		}
	}
	return s
}

// A view evaluates a net, 64 states at a time.
type view struct {
	*net
	nodes []int32 // what the root needs but for the constants
	value []uint64
}

func (n *net) view() *view {
	v := &view{net: n, value: make([]uint64, len(n.kind))}
	v.value[True] = math.MaxUint64
	for x, needed := range n.below(n.root) {
		if needed && int32(x) > True {
			v.nodes = append(v.nodes, int32(x))
		}
	}
	return v
}

// eval returns the value of the root.
func (v *view) eval(in []uint64) uint64 {
	for _, x := range v.nodes {
		a, b := v.arg[x][0], v.arg[x][1]
		switch v.kind[x] {
		case input:
			v.value[x] = in[x-True-1]
		case and:
			v.value[x] = v.value[a] & v.value[b]
		case or:
			v.value[x] = v.value[a] | v.value[b]
		}
	}
	return v.value[v.root]
}

// seen returns, by node, in about how many states the root would become another
// one if the node became the constant: those where each gate on one way up takes
// its value from it.
func (s *sample) seen(n *net, constant int32) []int {
	v := n.view()
	flip := uint64(0) // how values are told from the constant
	if constant == True {
		flip = math.MaxUint64
	}
	matters := make([]uint64, len(n.kind))
	out := make([]int, len(n.kind))
	for in := range slices.Chunk(s.in, s.inputs) {
		clear(matters)
		matters[n.root] = v.eval(in) ^ flip
		for _, x := range slices.Backward(v.nodes) {
			m := matters[x]
			if m == 0 {
				continue
			}
			out[x] += bits.OnesCount64(m & (v.value[x] ^ flip))
			a, b := n.arg[x][0], n.arg[x][1]
			switch n.kind[x] {
			case and:
				matters[a] |= m & v.value[b]
				matters[b] |= m & v.value[a]
			case or:
				matters[a] |= m &^ v.value[b]
				matters[b] |= m &^ v.value[a]
			}
		}
	}
	return out
}

// losses returns in how many states the root becomes another one in each of some
// nets that have one node less. Where it stays the same with all of these nodes
// gone, there is no need to look at them one by one. When the context is done, it
// stops.
func (s *sample) losses(ctx context.Context, n, none *net, less []*net) []int {
	before, after := n.view(), none.view()
	views := make([]*view, len(less))
	for i, m := range less {
		views[i] = m.view()
	}
	out := make([]int, len(less))
	looked := 0
	for in := range slices.Chunk(s.in, s.inputs) {
		if looked++; looked%256 == 0 && ctx.Err() != nil {
			break
		}
		value := before.eval(in)
		if after.eval(in) == value {
			continue
		}
		for i, v := range views {
			out[i] += bits.OnesCount64(v.eval(in) ^ value)
		}
	}
	return out
}
