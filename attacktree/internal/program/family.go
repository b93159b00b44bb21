package program

import (
	"context"
	"math/big"
	"math/bits"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/zbdd"
)

// A Family is the minimal sets of variables that make a function true. It never changes and may be shared.
//
// It is kept as a graph of disjoint unions and products: the sets of a union
// are those of either part, which have none in common; the sets of a product
// are the unions of one set of each part, which share no variable. So every
// set arises in one way, and what is additive or multiplicative over sets can
// be computed node by node.
type Family struct {
	nodes []member // arguments first
	root  int32
	vars  int
}

// A member is a node of a family.
type member struct {
	kind membership
	a, b int32 // of a leaf, a is the variable; else the parts
}

type membership uint8

const (
	none     membership = iota // of node noSets: no set
	emptySet                   // of node noVariables: the empty set alone
	leaf                       // the set of one variable
	union                      // the sets of a and those of b
	product                    // the unions of a set of a and a set of b
)

// The first nodes of every family.
const (
	noSets      = 0
	noVariables = 1
)

// MinimalSets returns the minimal sets of root: those that make it true when
// exactly their variables are true, where no proper subset does. The function
// need not be monotone. (Tools that call minimal cut sets what is left of the
// products of a diagram without their negated variables find the same sets.)
// MinimalSets returns a LimitError rather than exceed lim.
func MinimalSets(ctx context.Context, c *circuit.Circuit, root circuit.Ref, lim Limits) (*Family, error) {
	c, roots := c.Simplify(root)
	root = roots[0]
	s := newSolver(ctx, c, roots, lim)
	s.minimal = true
	a := newAssembler(c)
	for i := range s.units {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := s.solve(); err != nil {
			return nil, lim.explain(err)
		}
		top := s.units[i].outputs[0]
		solved := &s.solved[i]
		if solved.diagram == nil {
			a.part[top.Node()] = a.gate(top)
			continue
		}
		sets, err := zbdd.Minimal(ctx, solved.diagram, s.left)
		if err != nil {
			return nil, lim.explain(err)
		}
		s.left += solved.diagram.Size() - sets.Size() // the sets take the place of the diagram
		a.part[top.Node()] = a.sets(sets, solved.levels)
		solved.diagram = nil
	}
	a.family.root = a.part[root.Node()]
	if f, ok := s.fixed[root.Node()]; ok || root.Node() == circuit.True.Node() {
		// Negated the other way around: True has the empty set, False has none.
		a.family.root = noSets
		if f.Negated() == root.Negated() {
			a.family.root = noVariables
		}
	} else if root.Negated() != s.flipped[root.Node()] {
		a.family.root = noVariables // true where nothing is
	}
	return a.family, nil
}

// An assembler makes the family of a circuit from those of its parts.
type assembler struct {
	c      *circuit.Circuit
	family *Family
	part   []int32 // family of each variable and module
}

func newAssembler(c *circuit.Circuit) *assembler {
	a := &assembler{
		c:      c,
		family: &Family{nodes: []member{noSets: {kind: none}, noVariables: {kind: emptySet}}, vars: c.NumVars()},
		part:   make([]int32, c.Len()),
	}
	a.part[circuit.True.Node()] = noVariables
	for v := range c.NumVars() {
		a.part[c.VarRef(v).Node()] = a.add(member{kind: leaf, a: int32(v)})
	}
	return a
}

func (a *assembler) add(m member) int32 {
	a.family.nodes = append(a.family.nodes, m)
	return int32(len(a.family.nodes) - 1)
}

// gate returns the family of an And or Or of independent parts, joined two by
// two so that the graph stays shallow.
func (a *assembler) gate(g circuit.Ref) int32 {
	kind := product
	if a.c.Kind(g) == circuit.Or {
		kind = union
	}
	var parts []int32
	for _, x := range a.c.Args(g) {
		parts = append(parts, a.part[x.Node()])
	}
	for len(parts) > 1 {
		half := parts[:0]
		for pair := range slices.Chunk(parts, 2) {
			if len(pair) == 2 {
				half = append(half, a.add(member{kind, pair[0], pair[1]}))
			} else {
				half = append(half, pair[0])
			}
		}
		parts = half
	}
	return parts[0]
}

// sets returns the family of a diagram whose levels are parts.
func (a *assembler) sets(d *zbdd.Diagram, levels []circuit.Ref) int32 {
	image := make([]int32, len(d.Nodes))
	image[zbdd.Empty], image[zbdd.Unit] = noSets, noVariables
	for i, n := range d.Nodes {
		if i <= int(zbdd.Unit) {
			continue
		}
		x := a.part[levels[n.Level].Node()]
		if n.Hi != zbdd.Unit {
			x = a.add(member{product, x, image[n.Hi]})
		}
		if n.Lo != zbdd.Empty {
			x = a.add(member{union, x, image[n.Lo]})
		}
		image[i] = x
	}
	return image[d.Root]
}

// Size returns the number of nodes of the graph that holds the family.
func (f *Family) Size() int { return len(f.nodes) }

// A Class says what a variable is in a scenario. Sets with an Absent variable
// are left out: what remains are exactly the minimal sets of the function with
// that variable false. Sets without any Step are no attacks and are left out
// too; [Family.Unaided] tells whether there are some.
type Class uint8

const (
	Absent Class = iota // impossible
	Step                // taken by the attacker
	Given               // holds or not, whoever attacks
)

// classOf reads a scenario; with none, every variable is a step.
func classOf(class []Class, v int32) Class {
	if class == nil {
		return Step
	}
	return class[v]
}

// Count returns the number of sets that have no Absent variable and at least
// one Step. The time is linear in the size of the family, times the length of
// the numbers. A nil class makes every variable a Step.
func (f *Family) Count(class []Class) *big.Int {
	n := f.count(func(v int32) bool { return classOf(class, v) != Absent })
	unaided := f.count(func(v int32) bool { return classOf(class, v) == Given })
	return n.Sub(n, unaided)
}

// CountBySize returns, for each number of Steps, how many sets with so many have
// no Absent variable. The first number, of sets without a Step, is 0: these
// are left out as Count leaves them out. The slice is as long as the greatest
// number of Steps, and one more; it is empty if there is no set. The time is at
// most the size of the family times the square of that.
func (f *Family) CountBySize(class []Class) []*big.Int {
	last := make([]int32, len(f.nodes)) // node that needs the counts of a node
	for i, m := range f.nodes {
		if m.kind == union || m.kind == product {
			last[m.a], last[m.b] = int32(i), int32(i)
		}
	}
	last[f.root] = int32(len(f.nodes))
	// Numbers are shared between counts, so none is ever changed.
	counts := make([][]*big.Int, len(f.nodes))
	for i, m := range f.nodes {
		switch m.kind {
		case emptySet:
			counts[i] = []*big.Int{big.NewInt(1)}
		case leaf:
			switch classOf(class, m.a) {
			case Step:
				counts[i] = []*big.Int{new(big.Int), big.NewInt(1)}
			case Given:
				counts[i] = []*big.Int{big.NewInt(1)}
			}
		case union:
			counts[i] = sum(counts[m.a], counts[m.b])
		case product:
			counts[i] = convolution(counts[m.a], counts[m.b])
		}
		if m.kind == union || m.kind == product {
			for _, part := range [2]int32{m.a, m.b} {
				if last[part] == int32(i) {
					counts[part] = nil
				}
			}
		}
	}
	all := counts[f.root]
	if len(all) > 0 {
		all[0] = new(big.Int)
	}
	if len(all) == 1 {
		return nil
	}
	return all
}

// sum adds two polynomials.
func sum(a, b []*big.Int) []*big.Int {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, n := range b {
		out[i] = new(big.Int).Add(out[i], n)
	}
	return out
}

// convolution multiplies two polynomials.
func convolution(a, b []*big.Int) []*big.Int {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	out := make([]*big.Int, len(a)+len(b)-1)
	for i := range out {
		out[i] = new(big.Int)
	}
	var term big.Int
	for i, x := range a {
		if x.Sign() == 0 {
			continue
		}
		for j, y := range b {
			out[i+j].Add(out[i+j], term.Mul(x, y))
		}
	}
	return out
}

// count returns the number of sets that have allowed variables only.
func (f *Family) count(allowed func(v int32) bool) *big.Int {
	if n, ok := f.countSmall(allowed); ok {
		return new(big.Int).SetUint64(n)
	}
	return f.countBig(allowed)
}

// countSmall counts in 64 bits and reports whether they are enough.
func (f *Family) countSmall(allowed func(v int32) bool) (uint64, bool) {
	count := make([]uint64, len(f.nodes))
	var over uint64
	for i, m := range f.nodes {
		switch m.kind {
		case emptySet:
			count[i] = 1
		case leaf:
			if allowed(m.a) {
				count[i] = 1
			}
		case union:
			count[i], over = bits.Add64(count[m.a], count[m.b], 0)
		case product:
			over, count[i] = bits.Mul64(count[m.a], count[m.b])
		}
		if over != 0 {
			return 0, false
		}
	}
	return count[f.root], true
}

// countBig counts in numbers of any length. A number is dropped, and its
// memory used again, after its last use.
func (f *Family) countBig(allowed func(v int32) bool) *big.Int {
	uses := make([]int32, len(f.nodes))
	uses[f.root] = 1
	for i, m := range slices.Backward(f.nodes) {
		if uses[i] > 0 && (m.kind == union || m.kind == product) {
			uses[m.a]++
			uses[m.b]++
		}
	}
	count := make([]*big.Int, len(f.nodes))
	var free []*big.Int
	take := func() *big.Int {
		if len(free) == 0 {
			return new(big.Int)
		}
		n := free[len(free)-1]
		free = free[:len(free)-1]
		return n
	}
	drop := func(i int32) {
		if uses[i]--; uses[i] == 0 {
			free = append(free, count[i])
			count[i] = nil
		}
	}
	for i, m := range f.nodes {
		if uses[i] == 0 {
			continue
		}
		n := take()
		switch m.kind {
		case none:
			n.SetInt64(0)
		case emptySet:
			n.SetInt64(1)
		case leaf:
			n.SetInt64(0)
			if allowed(m.a) {
				n.SetInt64(1)
			}
		case union:
			n.Add(count[m.a], count[m.b])
		case product:
			n.Mul(count[m.a], count[m.b])
		}
		count[i] = n
		if m.kind == union || m.kind == product {
			drop(m.a)
			drop(m.b)
		}
	}
	return count[f.root]
}

// Unaided reports whether some set has neither an Absent variable nor a Step:
// what is Given is then enough.
func (f *Family) Unaided(class []Class) bool {
	some := make([]bool, len(f.nodes))
	for i, m := range f.nodes {
		switch m.kind {
		case emptySet:
			some[i] = true
		case leaf:
			some[i] = classOf(class, m.a) == Given
		case union:
			some[i] = some[m.a] || some[m.b]
		case product:
			some[i] = some[m.a] && some[m.b]
		}
	}
	return some[f.root]
}

// Fold returns the sum, over the sets of f, of the product of their variables'
// values, in the commutative semiring of zero, one, or and and: or and and are
// associative and commutative, and distributes over or, zero is neutral for or
// and absorbs in and, one is neutral for and. The empty set has the value one.
// It calls or and and once for each node of the family.
func Fold[T any](f *Family, leafValue func(v int) T, zero, one T, or, and func(a, b T) T) T {
	value := make([]T, len(f.nodes))
	for i, m := range f.nodes {
		switch m.kind {
		case none:
			value[i] = zero
		case emptySet:
			value[i] = one
		case leaf:
			value[i] = leafValue(int(m.a))
		case union:
			value[i] = or(value[m.a], value[m.b])
		case product:
			value[i] = and(value[m.a], value[m.b])
		}
	}
	return value[f.root]
}
