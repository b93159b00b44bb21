// Package dnnf compiles monotone functions, of And, Or and AtLeast gates over
// inputs, to forms whose probability takes linear time: deterministic decomposable
// negation normal forms.
//
// A decision diagram decides on inputs in one order everywhere. A form decides on
// gates too, on those first that hold the function together, and where decisions
// leave parts that share nothing, these stand as factors side by side. So it is
// made for functions whose gates a few nodes separate, and these parts again,
// whatever orders there may be for all inputs at once: what is needed is a tree
// decomposition of small width, not a path. The time is at most exponential in the
// width, and in practice far less, as much follows from decisions.
//
// [Function.Compile] gives the form of a function, and [Function.Bound] where that
// exceeds a limit that of a function close to it, from which some nodes are
// missing.
package dnnf

// An Op says what a node of a form computes.
type Op uint8

const (
	Constant Op = iota // nodes 0 and 1: False and True
	Choice             // if input X then A else B
	And                // A and B, which have no input in common
	Or                 // A or B, which are never both true
)

// The constants are the first nodes of every form.
const (
	False int32 = iota
	True
)

// A Node of a form. A and B stand before it.
type Node struct {
	Op      Op
	X, A, B int32
}

// A Form is a Boolean function of independent inputs as a deterministic
// decomposable negation normal form: its probability is the sum of the products
// that its nodes say. Such forms can be far smaller than decision diagrams, as
// parts that have nothing to do with each other are told apart wherever the
// choices above make them so (Darwiche, On the tractable counting of theory
// models and its application to truth maintenance and belief revision, 2001).
type Form struct {
	Nodes []Node
	Root  int32
}

func newForm() *Form { return &Form{Nodes: make([]Node, 2)} }

// Size returns the number of nodes that are no constants.
func (f *Form) Size() int { return len(f.Nodes) - 2 }

// Values returns the probability of each node; prob is that of each input. The
// time is linear.
func (f *Form) Values(prob []float64) []float64 {
	value := make([]float64, len(f.Nodes))
	value[True] = 1
	for i, n := range f.Nodes {
		switch n.Op {
		case Choice:
			value[i] = prob[n.X]*value[n.A] + (1-prob[n.X])*value[n.B]
		case And:
			value[i] = value[n.A] * value[n.B]
		case Or:
			value[i] = value[n.A] + value[n.B]
		}
	}
	return value
}

// add appends a node, unless it is one that is there.
func (f *Form) add(n Node) int32 {
	switch {
	case n.Op == Choice && n.A == n.B:
		return n.A
	case n.Op == And && (n.A == False || n.B == False):
		return False
	case n.Op == And && n.A == True || n.Op == Or && n.A == False:
		return n.B
	case n.Op == And && n.B == True || n.Op == Or && n.B == False:
		return n.A
	}
	f.Nodes = append(f.Nodes, n)
	return int32(len(f.Nodes) - 1)
}

// prune drops the nodes that the root does not need.
func (f *Form) prune() {
	place := make([]int32, len(f.Nodes)) // from 1; 0: not needed
	place[False], place[True], place[f.Root] = 1, 1, 1
	for i := len(f.Nodes) - 1; i > int(True); i-- {
		if place[i] != 0 {
			place[f.Nodes[i].A], place[f.Nodes[i].B] = 1, 1
		}
	}
	kept := f.Nodes[:0]
	for i, n := range f.Nodes {
		if place[i] == 0 {
			continue
		}
		place[i] = int32(len(kept))
		n.A, n.B = place[n.A], place[n.B]
		kept = append(kept, n)
	}
	f.Nodes, f.Root = kept, place[f.Root]
}
