package program

import (
	"cmp"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// An order says how the walk that puts the inputs of a unit in order visits
// the arguments of a gate. No static order is good for every model: one can be
// a hundred times better than the next (Bouissou, Bruyère and Rauzy, BDD based
// fault-tree processing: a comparison of variable ordering heuristics, 1997).
type order uint8

const (
	asWritten order = iota
	rightToLeft
	gatesFirst
	sharedFirst // gates first, the most used ones before the others
	smallFirst  // the fewer leaves, the earlier; raced only as what forces make of it
	orders
)

// raced are the orders that are tried as they are.
const raced = smallFirst

// A walker puts the inputs of units in order.
type walker struct {
	c      *circuit.Circuit
	module []bool
	uses   []int32
	leaves []float64 // paths to inputs of the unit
	seen   []uint32  // the last walk that met a node
	walk   uint32
	todo   []circuit.Ref
	args   []circuit.Ref
}

func newWalker(c *circuit.Circuit, roots []circuit.Ref, module []bool) walker {
	w := walker{c: c, module: module, uses: c.Uses(roots...), seen: make([]uint32, c.Len()), leaves: make([]float64, c.Len())}
	for i := range w.leaves {
		for _, x := range c.Args(circuit.MakeRef(i)) {
			if w.isInput(x) {
				w.leaves[i]++
			} else {
				w.leaves[i] += w.leaves[x.Node()]
			}
		}
	}
	return w
}

// inputs returns the inputs of u in the order of their first visit, depth
// first from the last of its gates.
func (w *walker) inputs(u *unit, o order) []circuit.Ref {
	w.walk++
	found := make([]circuit.Ref, 0, len(u.inputs))
	for _, top := range slices.Backward(u.outputs) {
		w.todo = append(w.todo[:0], top)
		for len(w.todo) > 0 {
			x := w.todo[len(w.todo)-1]
			w.todo = w.todo[:len(w.todo)-1]
			if w.seen[x.Node()] == w.walk {
				continue
			}
			w.seen[x.Node()] = w.walk
			if x != top && w.isInput(x) {
				found = append(found, circuit.MakeRef(x.Node()))
				continue
			}
			args := w.sorted(w.c.Args(x), o)
			for _, y := range slices.Backward(args) { // the last pushed is visited first
				if w.seen[y.Node()] != w.walk {
					w.todo = append(w.todo, y)
				}
			}
		}
	}
	return found
}

func (w *walker) isInput(x circuit.Ref) bool {
	return w.module[x.Node()] || len(w.c.Args(x)) == 0
}

func (w *walker) sorted(args []circuit.Ref, o order) []circuit.Ref {
	if o == asWritten {
		return args
	}
	w.args = append(w.args[:0], args...)
	args = w.args
	last := func(x circuit.Ref) int {
		if w.isInput(x) {
			return 1
		}
		return 0
	}
	switch o {
	case rightToLeft:
		slices.Reverse(args)
	case gatesFirst:
		slices.SortStableFunc(args, func(x, y circuit.Ref) int { return last(x) - last(y) })
	case sharedFirst:
		slices.SortStableFunc(args, func(x, y circuit.Ref) int {
			if d := last(x) - last(y); d != 0 {
				return d
			}
			return cmp.Compare(w.uses[y.Node()], w.uses[x.Node()])
		})
	case smallFirst:
		slices.SortStableFunc(args, func(x, y circuit.Ref) int {
			if d := last(y) - last(x); d != 0 {
				return d
			}
			return cmp.Compare(w.leaves[x.Node()], w.leaves[y.Node()])
		})
	}
	return args
}
