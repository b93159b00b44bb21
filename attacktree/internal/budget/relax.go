package budget

import (
	"cmp"
	"context"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A relaxation makes the fronts of a circuit as if each use of a shared node were
// another node, with choices of its own. Each use pays an equal share of the cost,
// and earns an equal share of what is earned, so that a set of steps that makes the
// same choice at all uses costs and earns what it does.
//
// The chance of a node is not less than the true one: reaching one node makes it no
// less likely to reach another (Harris's inequality), so that any of several nodes
// is reached no more often than if they were independent; and all of them no more
// often than some which share nothing. So the worth is an upper bound, for circuits
// without complements. It is linear in the chance of each node, as [skyline] asks.
type relaxation struct {
	*solver
	uses    []int32    // by node of the circuit
	support [][]uint64 // by node: the variables below, as a set
	of      []*front   // by node
	on      side
	shared  bool // uses share the cost; otherwise each pays all of it
}

// points of a front of a relaxation
const (
	relaxedPoints = 1 << 11
	hurriedPoints = 1 << 6
)

// relax returns the front of what is earned, above the true one, or sets of steps
// that may be worth trying, as a front of what they seem to be worth. Where each
// use pays all of the cost, that is no bound, but shows better what to try with a
// small budget. The front is nil for circuits with complements or bypasses.
func relax(ctx context.Context, p *Problem, on side, shared bool) (*solver, *front) {
	pl := &plan{Problem: p}
	if pl.readCosts() != nil {
		return nil, nil
	}
	c, image := pl.possible()
	pl.circuit, pl.amount = c, make([]float64, c.Len())
	s := &solver{plan: pl, ctx: ctx}
	roots, values := pl.toEarn(image)
	for i, r := range roots {
		if r.Negated() {
			return nil, nil
		}
		pl.amount[r.Node()] += values[i]
		s.whole += values[i]
	}
	r := &relaxation{solver: s, on: on, shared: shared, support: make([][]uint64, c.Len()), of: make([]*front, c.Len())}
	if !r.count(roots) {
		return nil, nil
	}
	f, err := r.run()
	if err != nil { // the context has ended: a rough one will do
		s.hurry = true
		if f, err = r.run(); err != nil {
			return nil, nil
		}
	}
	return s, f
}

// count finds how often each node is used, and reports whether the circuit is one
// that can be relaxed.
func (r *relaxation) count(roots []circuit.Ref) bool {
	c := r.circuit
	r.uses = make([]int32, c.Len())
	needed := make([]bool, c.Len())
	for _, x := range roots {
		needed[x.Node()] = true
	}
	for i := c.Len() - 1; i >= 0; i-- {
		if !needed[i] {
			continue
		}
		x := circuit.MakeRef(i)
		if c.Kind(x) == circuit.Ite {
			return false
		}
		for _, arg := range c.Args(x) {
			if arg.Negated() {
				return false
			}
			needed[arg.Node()] = true
			r.uses[arg.Node()]++
		}
	}
	for i := range needed {
		if needed[i] && r.uses[i] == 0 {
			r.tops = append(r.tops, i)
		}
	}
	return true
}

// run makes the fronts of all nodes that are used, and of the whole.
func (r *relaxation) run() (*front, error) {
	words := (r.circuit.NumVars() + 63) / 64
	for v := range r.circuit.NumVars() {
		x := r.circuit.VarRef(v).Node()
		r.support[x] = make([]uint64, words)
		r.support[x][v/64] |= 1 << (v % 64)
		r.of[x] = &front{dim: 1, cost: []float64{0}, val: []float64{r.Chance[v]}, from: []int32{none}}
		if r.decides(v) {
			r.of[x].val = []float64{0, r.Chance[v]}
			r.of[x].cost = append(r.of[x].cost, r.cost[r.Node[v]])
			r.of[x].from = append(r.of[x].from, r.pick(pick{none, none, r.Node[v]}))
		}
	}
	top := slices.Clone(r.tops)
	for i := range r.circuit.Len() {
		isTop := slices.Contains(top, i)
		if r.uses[i] == 0 && !isTop {
			continue
		}
		if _, isVar := r.circuit.VarOf(circuit.MakeRef(i)); !isVar {
			if err := r.gate(i, words); err != nil {
				return nil, err
			}
		}
		r.earn(i, isTop)
	}
	whole := nothing()
	for _, i := range top {
		var err error
		if whole, err = r.meet(beside, whole, r.of[i]); err != nil {
			return nil, err
		}
	}
	return whole, nil
}

// gate makes the front of a gate. An And has the chance of those inputs that share
// nothing with those before, the least likely ones first, an AtLeast(k) that of the
// Or of all but the k-1 likeliest inputs.
func (r *relaxation) gate(i, words int) error {
	g := circuit.MakeRef(i)
	args := slices.Clone(r.circuit.Args(g))
	slices.SortStableFunc(args, func(a, b circuit.Ref) int { return cmp.Compare(r.likely(a), r.likely(b)) })
	kind, counted := r.circuit.Kind(g), len(args)
	op := or
	if kind == circuit.And {
		op = and
	}
	if kind == circuit.AtLeast {
		counted -= r.circuit.Threshold(g) - 1
	}
	r.support[i] = make([]uint64, words)
	var f *front
	for k, x := range args {
		y := r.use(x.Node())
		apart := r.add(i, x.Node())
		how := op
		if k >= counted || kind == circuit.And && !apart {
			how = regardless
		}
		if f == nil {
			f = y
			continue
		}
		var err error
		if f, err = r.meet(how, f, y); err != nil {
			return err
		}
	}
	r.of[i] = f
	return nil
}

// likely returns the greatest chance of a node.
func (r *relaxation) likely(x circuit.Ref) float64 {
	f := r.of[x.Node()]
	most := 0.0
	for i := range f.cost {
		most = max(most, f.at(i)[0])
	}
	return most
}

// add puts the variables below a node to those below another, and reports whether
// they had none in common.
func (r *relaxation) add(to, node int) bool {
	apart := true
	for k, w := range r.support[node] {
		apart = apart && r.support[to][k]&w == 0
		r.support[to][k] |= w
	}
	return apart
}

// use is the front of a node for one of its uses.
func (r *relaxation) use(node int) *front {
	f, n := r.of[node], float64(r.uses[node])
	out := &front{dim: f.dim, cost: slices.Clone(f.cost), val: slices.Clone(f.val), from: f.from}
	for i := range out.cost {
		if r.shared {
			out.cost[i] /= n
		}
		if f.dim > 1 {
			out.at(i)[1] /= n
		}
	}
	return out
}

// earn adds what is earned at a node to its front, and forgets the chance if
// nobody asks for it.
func (r *relaxation) earn(node int, top bool) {
	f, a := r.of[node], r.amount[node]
	if a == 0 && !top {
		return
	}
	out := &front{dim: 2, cost: f.cost, from: f.from}
	if top {
		out.dim = 1
	}
	for i := range f.cost {
		v := f.at(i)
		gain := a * v[0]
		if f.dim > 1 {
			gain += v[1]
		}
		if !top {
			out.val = append(out.val, v[0])
		}
		out.val = append(out.val, gain)
	}
	r.of[node] = out
}

// meet joins two fronts.
func (r *relaxation) meet(op operation, x, y *front) (*front, error) {
	if x.dim == 0 {
		return y, nil
	}
	p := op.product(x, y)
	p.sx, p.sy = x.scale(r.whole), y.scale(r.whole)
	f, err := r.multiply(p, r.on)
	if err != nil {
		return nil, err
	}
	most := relaxedPoints
	if r.hurry {
		most = hurriedPoints
	}
	return r.short(f, most, r.on, f.scale(r.whole)), nil
}
