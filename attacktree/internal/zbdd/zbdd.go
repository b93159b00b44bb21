// Package zbdd turns the diagram of a function into the family of its minimal
// solutions.
//
// A family of sets of levels is a zero-suppressed diagram (Minato, Zero-
// suppressed BDDs for set manipulation in combinatorial problems, DAC 1993):
// a node holds the sets of Hi with its level added, and the sets of Lo. No two
// paths spell the same set. [Minimal] is the only way to make one.
package zbdd

import (
	"context"
	"slices"

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

// Minimal returns the minimal solutions of the first root of d, a function
// that need not be monotone: the sets of levels such that the function is true
// where exactly these are true, but where no proper subset of them is. It makes
// at most max nodes, else it returns a [bdd.LimitError].
//
// A node of d has the minimal solutions of its else-side, and with its level
// those of its then-side in which there is no solution of its else-side (Rauzy,
// New algorithms for fault trees analysis, Reliability Engineering and System
// Safety 40(3), 1993, has this for monotone functions).
func Minimal(ctx context.Context, d *bdd.Diagram, max int) (*Diagram, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := newBuilder(ctx, max)
	needed := polarities(d)
	minimal := make([]Ref, 2*len(d.Nodes)) // by reference
	minimal[bdd.True], minimal[bdd.False] = Unit, Empty
	for i, n := range d.Nodes {
		for f := bdd.Ref(2 * i); i > 0 && f <= bdd.Ref(2*i+1); f++ {
			if !needed[f] {
				continue
			}
			lo := minimal[n.Lo^f&1]
			hi := b.without(minimal[n.Hi^f&1], lo)
			if hi == none {
				return nil, b.err
			}
			if minimal[f] = b.node(n.Level, hi, lo); minimal[f] == none {
				return nil, b.err
			}
		}
	}
	return b.extract(minimal[d.Roots[0]]), nil
}

// polarities marks the references that the first root of d leads to.
func polarities(d *bdd.Diagram) []bool {
	needed := make([]bool, 2*len(d.Nodes))
	needed[d.Roots[0]] = true
	for i, n := range slices.Backward(d.Nodes) {
		for f := bdd.Ref(2 * i); i > 0 && f <= bdd.Ref(2*i+1); f++ {
			if needed[f] {
				needed[n.Hi^f&1], needed[n.Lo^f&1] = true, true
			}
		}
	}
	return needed
}
