package circuit

import "slices"

// An Evaluator computes some roots of a circuit for 64 assignments at a time:
// bit j of a word belongs to assignment j. It is used by one goroutine.
type Evaluator struct {
	c      *Circuit
	roots  []Ref
	used   []int32 // nodes that the roots need, arguments first
	value  []uint64
	result []uint64
	planes []uint64
}

// Evaluator returns an evaluator of the roots.
func (c *Circuit) Evaluator(roots ...Ref) *Evaluator {
	e := &Evaluator{
		c:      c,
		roots:  slices.Clone(roots),
		value:  make([]uint64, len(c.nodes)),
		result: make([]uint64, len(roots)),
	}
	for i, n := range c.Uses(roots...) {
		if n > 0 {
			e.used = append(e.used, int32(i))
		}
	}
	return e
}

// Eval returns one word for each root. It reads vars[i] as the values of
// variable i; the result is overwritten by the next call.
func (e *Evaluator) Eval(vars []uint64) []uint64 {
	e.value[0] = ^uint64(0)
	for _, i := range e.used {
		n := &e.c.nodes[i]
		args := e.c.Args(MakeRef(int(i)))
		switch n.kind {
		case Variable:
			e.value[i] = vars[n.k]
		case And:
			all := ^uint64(0)
			for _, x := range args {
				all &= e.word(x)
			}
			e.value[i] = all
		case Or:
			any := uint64(0)
			for _, x := range args {
				any |= e.word(x)
			}
			e.value[i] = any
		case AtLeast:
			e.value[i] = e.atLeast(int(n.k), args)
		case Ite:
			f := e.word(args[0])
			e.value[i] = f&e.word(args[1]) | ^f&e.word(args[2])
		}
	}
	for i, r := range e.roots {
		e.result[i] = e.word(r)
	}
	return e.result
}

func (e *Evaluator) word(x Ref) uint64 {
	return e.value[x.Node()] ^ -uint64(x&1)
}

// atLeast counts the true arguments of each assignment in binary, bit b of
// all counts in planes[b], and compares the counts with k.
func (e *Evaluator) atLeast(k int, args []Ref) uint64 {
	planes := e.planes[:0]
	for _, x := range args {
		carry := e.word(x)
		for b := range planes {
			planes[b], carry = planes[b]^carry, planes[b]&carry
		}
		if carry != 0 {
			planes = append(planes, carry)
		}
	}
	e.planes = planes
	if k>>len(planes) != 0 {
		return 0
	}
	greater, equal := uint64(0), ^uint64(0)
	for b := len(planes) - 1; b >= 0; b-- {
		if k>>b&1 == 0 {
			greater |= equal & planes[b]
			equal &^= planes[b]
		} else {
			equal &= planes[b]
		}
	}
	return greater | equal
}
