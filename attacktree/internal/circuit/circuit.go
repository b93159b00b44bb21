// Package circuit holds Boolean functions as gates over variables.
//
// A [Circuit] is built from the variables up with [Circuit.Var] and one method
// for each kind of gate. Equal gates are the same gate, constants are folded
// and a gate of one argument is that argument, so what is asked for and what
// is stored can differ; the function never does. A circuit without Not and Ite
// gets no complement from these simplifications: coherent models stay coherent.
//
// [Circuit.Flatten] copies a circuit and merges chains of one kind,
// [Circuit.Modules] finds the gates that share nothing with the rest, and an
// [Evaluator] computes 64 assignments at a time. Nothing here recurses, so a
// circuit may be a million gates deep.
//
// A circuit that is not being built may be read by many goroutines.
package circuit

import (
	"fmt"
	"slices"
)

// A Ref is a gate, a variable or a constant, or the complement of one. Its
// lowest bit is the complement, the others number the node; arguments of a
// gate always have lower numbers than the gate.
type Ref int32

// The constants. They are the two polarities of node 0.
const (
	True  Ref = 0
	False Ref = 1
)

// MakeRef returns the reference to a node, without complement.
func MakeRef(node int) Ref { return Ref(node) << 1 }

// Node returns the number of the node that r refers to.
func (r Ref) Node() int { return int(r >> 1) }

// Negated reports whether r is the complement of its node.
func (r Ref) Negated() bool { return r&1 != 0 }

// Not returns the complement of r.
func (r Ref) Not() Ref { return r ^ 1 }

// A Kind says what a node computes from its arguments.
type Kind uint8

const (
	Constant Kind = iota // node 0, true
	Variable
	And
	Or
	AtLeast // true if at least K of the arguments are; an argument given twice counts twice
	Ite     // if the first argument then the second else the third
)

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	names := [...]string{"constant", "variable", "and", "or", "atleast", "ite"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// A node is a gate or a variable. The arguments of all gates stand in one slice.
type node struct {
	kind  Kind
	k     int32 // threshold of AtLeast, index of Variable
	first int32 // arguments are args[first : first+n]
	n     int32
	hash  uint32
}

// A Circuit is a growing set of gates over variables. Make one with [New].
type Circuit struct {
	nodes []node
	args  []Ref
	vars  []Ref
	table []int32 // open addressing, by hash of the gate; 0 is empty
	gates int

	mark    []uint32 // scratch: which arguments the call at hand has seen
	stamp   uint32
	scratch []Ref
	sorted  [2][]Ref
}

// New returns a circuit with the constants and nothing else.
func New() *Circuit {
	return &Circuit{
		nodes: []node{{kind: Constant}},
		mark:  []uint32{0},
		table: make([]int32, 64),
	}
}

// Grow makes room for so many nodes more, which saves copies of large circuits.
func (c *Circuit) Grow(nodes int) {
	c.nodes = slices.Grow(c.nodes, nodes)
	c.mark = slices.Grow(c.mark, nodes)
}

// Len returns the number of nodes: the constant, the variables and the gates.
// Nodes are numbered from 0 in the order in which they were made.
func (c *Circuit) Len() int { return len(c.nodes) }

// Var adds the next variable, counted from 0.
func (c *Circuit) Var() Ref {
	v := MakeRef(c.add(node{kind: Variable, k: int32(len(c.vars))}))
	c.vars = append(c.vars, v)
	return v
}

// NumVars returns the number of variables.
func (c *Circuit) NumVars() int { return len(c.vars) }

// VarRef returns the variable with index i, which must be below NumVars.
func (c *Circuit) VarRef(i int) Ref { return c.vars[i] }

// VarOf returns the index of the variable that r stands for, plain or
// negated, and whether r is a variable at all.
func (c *Circuit) VarOf(r Ref) (int, bool) {
	n := c.nodes[r.Node()]
	if n.kind != Variable {
		return 0, false
	}
	return int(n.k), true
}

// Kind returns the kind of the node that r refers to.
func (c *Circuit) Kind(r Ref) Kind { return c.nodes[r.Node()].kind }

// Args returns the arguments of the gate that r refers to, in the order in
// which they were given, and nothing for variables and constants. The caller
// must not change them.
func (c *Circuit) Args(r Ref) []Ref {
	n := c.nodes[r.Node()]
	return c.args[n.first : n.first+n.n : n.first+n.n]
}

// Threshold returns K of the AtLeast gate that r refers to, and 0 for others.
func (c *Circuit) Threshold(r Ref) int {
	if n := c.nodes[r.Node()]; n.kind == AtLeast {
		return int(n.k)
	}
	return 0
}

func (c *Circuit) add(n node) int {
	c.nodes = append(c.nodes, n)
	c.mark = append(c.mark, 0)
	return len(c.nodes) - 1
}
