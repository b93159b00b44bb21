package dnnf

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A kind of node of a net.
type kind uint8

const (
	fixed kind = iota // False and True
	input
	and
	or
)

// A net is a monotone function as gates of two arguments. Its first nodes are
// False, True and the inputs; arguments stand before gates, and equal gates are
// one.
type net struct {
	kind   []kind
	arg    [][2]int32
	root   int32
	inputs int
	known  map[gate]int32
}

type gate struct {
	kind kind
	a, b int32
}

func newNet(inputs int) *net {
	n := &net{inputs: inputs, known: map[gate]int32{}}
	n.push(fixed, 0, 0)
	n.push(fixed, 0, 0)
	for range inputs {
		n.push(input, 0, 0)
	}
	return n
}

func (n *net) push(k kind, a, b int32) int32 {
	n.kind, n.arg = append(n.kind, k), append(n.arg, [2]int32{a, b})
	return int32(len(n.kind) - 1)
}

func (n *net) input(i int) int32 { return True + 1 + int32(i) }

func (n *net) isGate(x int32) bool { return n.kind[x] >= and }

// join makes a gate.
func (n *net) join(k kind, a, b int32) int32 {
	neutral, strong := True, False
	if k == or {
		neutral, strong = False, True
	}
	switch {
	case a == strong || b == strong:
		return strong
	case a == neutral || a == b:
		return b
	case b == neutral:
		return a
	}
	g := gate{k, min(a, b), max(a, b)}
	x, ok := n.known[g]
	if !ok {
		x = n.push(k, g.a, g.b)
		n.known[g] = x
	}
	return x
}

// read makes a net of a gate of a circuit. It reports whether the function is one
// that a net can have: made of And, Or and AtLeast without complements, of inputs
// and gates that were given, and not too large.
func read(c *circuit.Circuit, inputs, gates []circuit.Ref, root circuit.Ref) (*net, bool) {
	n := newNet(len(inputs))
	image := make(map[int]int32, len(inputs)+len(gates))
	for i, x := range inputs {
		image[x.Node()] = n.input(i)
	}
	needed := map[int]bool{root.Node(): true}
	for _, g := range slices.Backward(gates) {
		for _, x := range c.Args(g) {
			needed[x.Node()] = needed[x.Node()] || needed[g.Node()]
		}
	}
	for _, g := range gates {
		if !needed[g.Node()] {
			continue
		}
		if len(n.kind) > 2*mostNodes {
			return nil, false
		}
		var args []int32
		for _, x := range c.Args(g) {
			y, known := image[x.Node()]
			if x.Negated() || !known {
				return nil, false
			}
			args = append(args, y)
		}
		slices.Sort(args) // inputs first: those of this gate alone then make parts by themselves
		switch c.Kind(g) {
		case circuit.And:
			image[g.Node()] = n.chain(and, args)
		case circuit.Or:
			image[g.Node()] = n.chain(or, args)
		case circuit.AtLeast:
			if len(args)*c.Threshold(g) > mostNodes {
				return nil, false
			}
			image[g.Node()] = n.atLeast(c.Threshold(g), args)
		default:
			return nil, false
		}
	}
	n.root = image[root.Node()]
	return n, !root.Negated()
}

func (n *net) chain(k kind, args []int32) int32 {
	x := args[0]
	for _, y := range args[1:] {
		x = n.join(k, x, y)
	}
	return x
}

// atLeast counts from the last argument: reach[j] says that j of those so far hold.
func (n *net) atLeast(k int, args []int32) int32 {
	reach := make([]int32, k+1)
	reach[0] = True
	for _, x := range args {
		for j := k; j > 0; j-- {
			reach[j] = n.join(or, reach[j], n.join(and, x, reach[j-1]))
		}
	}
	return reach[k]
}

// replace returns a net in which some nodes are a constant.
func (n *net) replace(nodes []int32, constant int32) *net {
	m := newNet(n.inputs)
	image := make([]int32, len(n.kind))
	image[True] = True
	need := n.below(n.root)
	for x := range int32(len(n.kind)) {
		if !need[x] {
			continue
		}
		switch {
		case slices.Contains(nodes, x):
			image[x] = constant
		case n.isGate(x):
			image[x] = m.join(n.kind[x], image[n.arg[x][0]], image[n.arg[x][1]])
		default:
			image[x] = x
		}
	}
	m.root = image[n.root]
	return m
}

// below marks a node and all that it needs.
func (n *net) below(root int32) []bool {
	need := make([]bool, len(n.kind))
	need[root] = true
	for x := root; x > True; x-- {
		if need[x] && n.isGate(x) {
			need[n.arg[x][0]], need[n.arg[x][1]] = true, true
		}
	}
	return need
}

// condition takes out of a net what its root needs: the nodes without which it
// is false, whatever the others are. It returns inputs and a net that together,
// and only together, make the root true.
func (n *net) condition() (*net, []int32) {
	var given []int32
	for size := n.size(); ; {
		m, more := n.conditionOnce()
		given = append(given, more...)
		if n = m; len(more) == 0 && n.size() >= size {
			return n, given
		}
		size = n.size()
	}
}

// conditionOnce makes what the root needs true wherever it is an argument. The new
// root demands that it is.
func (n *net) conditionOnce() (*net, []int32) {
	var given []int32
	needed := n.necessary()
	m := newNet(n.inputs)
	m.root = True
	image := make([]int32, len(n.kind)) // of a node as an argument
	image[True] = True
	for x := True + 1; x <= n.root; x++ {
		image[x] = x
		if n.isGate(x) {
			image[x] = m.join(n.kind[x], image[n.arg[x][0]], image[n.arg[x][1]])
		}
		switch {
		case !needed[x]:
			continue
		case n.kind[x] == input:
			given = append(given, x-True-1)
		default:
			m.root = m.join(and, m.root, image[x])
		}
		image[x] = True
	}
	return m, given
}

// size returns the number of nodes that the root needs.
func (n *net) size() int {
	size := 0
	for _, needed := range n.below(n.root) {
		if needed {
			size++
		}
	}
	return size
}

// necessary marks the nodes that are true wherever the root is. It looks at 64
// nodes at a time: bit j of a value is what it is if the j-th of them were false
// and all inputs true.
func (n *net) necessary() []bool {
	needed := make([]bool, len(n.kind))
	if n.root <= True {
		return needed
	}
	var nodes []int32
	for x, below := range n.below(n.root) {
		if below && int32(x) > True {
			nodes = append(nodes, int32(x))
		}
	}
	value := make([]uint64, len(n.kind))
	value[True] = ^uint64(0)
	for batch := range slices.Chunk(nodes, 64) {
		next := 0
		for _, x := range nodes {
			a, b := n.arg[x][0], n.arg[x][1]
			switch n.kind[x] {
			case input:
				value[x] = ^uint64(0)
			case and:
				value[x] = value[a] & value[b]
			case or:
				value[x] = value[a] | value[b]
			}
			if next < len(batch) && batch[next] == x {
				value[x] &^= 1 << next
				next++
			}
		}
		for j, x := range batch {
			needed[x] = value[n.root]>>j&1 == 0
		}
	}
	return needed
}
