package budget

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A verdict says what is known of a node where some steps are attempted.
type verdict uint8

const (
	never verdict = iota
	perhaps
	always
)

// useful leaves out of some steps those free ones that have no part in what is earned,
// as far as the circuit shows where no others are attempted. It takes time in
// proportion to the circuit.
func (p *Problem) useful(steps, free []int32) []int32 {
	if len(free) == 0 {
		return steps
	}
	c := p.Circuit
	is := make([]verdict, c.Len())
	of := func(x circuit.Ref) verdict {
		if x.Negated() {
			return always - is[x.Node()]
		}
		return is[x.Node()]
	}
	is[circuit.True.Node()] = always
	for v, node := range p.Node {
		_, taken := slices.BinarySearch(steps, node)
		switch x := c.VarRef(v).Node(); {
		case p.Chance[v] == 0 || p.IsStep[v] && !taken:
			is[x] = never
		case p.Chance[v] == 1 && !p.IsStep[v]:
			is[x] = always
		default:
			is[x] = perhaps
		}
	}
	for i := range c.Len() {
		g := circuit.MakeRef(i)
		args := c.Args(g)
		switch c.Kind(g) {
		case circuit.And:
			is[i] = always
			for _, x := range args {
				is[i] = min(is[i], of(x))
			}
		case circuit.Or:
			for _, x := range args {
				is[i] = max(is[i], of(x))
			}
		case circuit.AtLeast:
			var count [always + 1]int
			for _, x := range args {
				count[of(x)]++
			}
			switch k := c.Threshold(g); {
			case count[always] >= k:
				is[i] = always
			case count[always]+count[perhaps] >= k:
				is[i] = perhaps
			}
		case circuit.Ite:
			switch f, t, e := of(args[0]), of(args[1]), of(args[2]); {
			case f == always || t == e:
				is[i] = t
			case f == never:
				is[i] = e
			default:
				is[i] = perhaps
			}
		}
	}
	// From the amounts down, what may make a difference.
	matters := make([]bool, c.Len())
	for _, a := range p.Worth {
		matters[a.At.Node()] = true
	}
	for i := c.Len() - 1; i >= 0; i-- {
		if matters[i] = matters[i] && is[i] == perhaps; !matters[i] {
			continue
		}
		args := c.Args(circuit.MakeRef(i))
		if c.Kind(circuit.MakeRef(i)) == circuit.Ite {
			switch of(args[0]) {
			case always:
				args = args[1:2]
			case never:
				args = args[2:]
			}
		}
		for _, x := range args {
			matters[x.Node()] = true
		}
	}
	part := map[int32]bool{}
	for v, node := range p.Node {
		part[node] = part[node] || matters[c.VarRef(v).Node()]
	}
	return slices.DeleteFunc(steps, func(node int32) bool {
		_, isFree := slices.BinarySearch(free, node)
		return isFree && !part[node]
	})
}
