// Package zbdd turns the diagram of a monotone function into the family of its
// minimal solutions.
//
// A family of sets of levels is a zero-suppressed diagram (Minato, Zero-
// suppressed BDDs for set manipulation in combinatorial problems, DAC 1993):
// a node holds the sets of Hi with its level added, and the sets of Lo. No two
// paths spell the same set. [Minimal] is the only way to make one.
package zbdd

import (
	"context"
	"errors"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
)

// A Ref is a family: one of the two below, or the node of that index.
type Ref int32

const (
	Empty Ref = 0 // no set
	Unit  Ref = 1 // the empty set alone
)

// A Node is the family of the sets of Hi, each with Level added, and of the
// sets of Lo. Nodes below it have greater levels; Hi is not Empty.
type Node struct {
	Level  int32
	Hi, Lo Ref
}

// A Diagram is a family. Nodes[0] and Nodes[1] stand for Empty and Unit, and
// children stand before parents.
type Diagram struct {
	Nodes []Node
	Root  Ref
}

// Size returns the number of nodes that hold a level.
func (d *Diagram) Size() int { return len(d.Nodes) - 2 }

// ErrNotMonotone is returned for a function that some level, by becoming true,
// can make false.
var ErrNotMonotone = errors.New("zbdd: function is not monotone")

// Minimal returns the minimal solutions of the first root of d: the least sets
// of levels such that the function is true where exactly these are true. It
// makes at most max nodes, else it returns a [bdd.LimitError].
//
// A node of d has the minimal solutions of its else-side, and with its level
// those of its then-side that are no solutions of its else-side (Rauzy, New
// algorithms for fault trees analysis, Reliability Engineering and System
// Safety 40(3), 1993).
func Minimal(ctx context.Context, d *bdd.Diagram, max int) (*Diagram, error) {
	if d.Roots[0].Negated() && d.Roots[0] != bdd.False {
		return nil, ErrNotMonotone // true nowhere less than where all levels are
	}
	b := newBuilder(ctx, d.Nodes, max)
	minimal := make([]Ref, len(d.Nodes)) // of each node of d
	minimal[0] = Unit
	solutions := func(f bdd.Ref) Ref {
		if f == bdd.False {
			return Empty
		}
		return minimal[f.Node()]
	}
	for i := 1; i < len(d.Nodes); i++ {
		n := d.Nodes[i]
		if n.Lo.Negated() && n.Lo != bdd.False || !b.implies(n.Lo, n.Hi) {
			return nil, b.failure(ErrNotMonotone)
		}
		hi := b.without(solutions(n.Hi), n.Lo)
		if hi == none {
			return nil, b.err
		}
		if minimal[i] = b.node(n.Level, hi, solutions(n.Lo)); minimal[i] == none {
			return nil, b.err
		}
	}
	return b.extract(solutions(d.Roots[0])), nil
}
