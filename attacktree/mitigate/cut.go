package mitigate

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

const (
	maxCases = 8       // case distinctions within one another
	maxParts = 1 << 11 // parts beyond which no more cases are distinguished
	maxDepth = 10_000  // gates within one another
	maxCone  = 1 << 9  // gates and variables of a part of which all subsets of controls are listed
)

// A cutter cuts functions into parts.
type cutter struct {
	*relaxation
	ctx      context.Context
	s        *compiled.Structure
	c        *circuit.Circuit
	controls [][]int32 // by variable
	at       map[circuit.Ref]int32
	alone    []bool // by node: shares nothing with the rest
	seen     []int32
	stamp    int32
	held     []bool
	err      error
}

// newRelaxation returns the relaxation of an objective, or nil where there is
// none.
func newRelaxation(ctx context.Context, s *compiled.Structure, objective Objective, cost []float64) (*relaxation, error) {
	r := &relaxation{cost: cost, byCost: objective == CheapestCost}
	r.unit, r.cell = cellOf(cost)
	k := &cutter{relaxation: r, ctx: ctx, s: s, controls: s.ChanceControls, at: map[circuit.Ref]int32{}, held: make([]bool, len(cost))}
	roots := []circuit.Ref{s.Goal}
	from := s.Likelihood
	switch objective {
	case CheapestCost:
		from, roots = s.Attack, []circuit.Ref{s.AttackGoal}
		k.controls = make([][]int32, len(s.ChanceControls))
		for v := range k.controls {
			k.controls[v] = union(s.ChanceControls[v], s.CostControls[v])
		}
	case ExpectedImpact:
		roots = s.Losses
	}
	if len(roots) == 0 || complemented(from, roots) {
		return nil, nil // losses that trade places with one another are no sum of what only falls
	}
	k.c, roots = from.Simplify(roots...)
	uses, modules := k.c.Uses(roots...), k.c.Modules(roots...)
	k.alone = make([]bool, k.c.Len())
	for i := range k.alone {
		_, variable := k.c.VarOf(circuit.MakeRef(i))
		k.alone[i] = uses[i] == 1 && (variable || modules[i])
	}
	tops := make([]int32, len(roots))
	for i, root := range roots {
		if tops[i] = k.cut(root, 0, 0); tops[i] < 0 {
			return nil, k.err
		}
		if objective == ExpectedImpact {
			amount := k.add(part{kind: amountPart, index: i, controls: s.LossControls[i]})
			tops[i] = k.add(part{kind: andPart, a: tops[i], b: amount})
		}
	}
	whole := k.sum(tops)
	r.parts = reachable(r.parts, whole)
	r.share(nil)
	return r, k.err
}

// union returns what stands in one of two ascending lists.
func union(a, b []int32) []int32 {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// add appends a part; a leaf with few controls gets its table.
func (k *cutter) add(p part) int32 {
	if p.kind.leaf() && len(p.controls) <= maxSubsets {
		b := bounds{relaxation: k.relaxation, s: k.s, prob: make([]float64, len(k.s.Nodes))}
		for _, m := range k.meshes {
			b.states = append(b.states, m.NewState())
		}
		k.tabulate(&p, func() float64 { return b.number(&p, k.held) })
	}
	k.parts = append(k.parts, p)
	return int32(len(k.parts) - 1)
}

// tabulate fills the table of a leaf.
func (k *cutter) tabulate(p *part, value func() float64) {
	p.table = make([]float64, 1<<len(p.controls))
	for subset := range p.table {
		for i, j := range p.controls {
			k.held[j] = subset>>i&1 == 1
		}
		p.table[subset] = value()
	}
	for _, j := range p.controls {
		k.held[j] = false
	}
}

// cut returns the part for a function, or -1 where it cannot be cut, below so
// many case distinctions and gates.
func (k *cutter) cut(f circuit.Ref, cases, depth int) int32 {
	if i, ok := k.at[f]; ok {
		return i
	}
	if k.err == nil {
		k.err = k.ctx.Err()
	}
	if k.err != nil || depth > maxDepth || f.Negated() && f != circuit.False {
		return -1
	}
	i := k.cutGate(f, cases, depth+1)
	k.at[f] = i
	return i
}

func (k *cutter) cutGate(f circuit.Ref, cases, depth int) int32 {
	kind, args := k.c.Kind(f), slices.Clone(k.c.Args(f))
	switch kind {
	case circuit.Constant:
		index := 1
		if f == circuit.False {
			index = 0
		}
		return k.add(part{kind: constantPart, index: index})
	case circuit.Variable:
		v, _ := k.c.VarOf(f)
		return k.add(part{kind: variablePart, index: v, controls: k.controls[v]})
	}
	if i, ok := k.collapse(f); ok {
		return i
	}
	groups := k.groups(args)
	if kind == circuit.Ite { // its cases may share what they like
		if len(groups) > 1 && (groups[0][0] != args[0] || len(groups[0]) == 1) {
			return k.distinguish(k.cut(args[0], cases, depth), k.cut(args[1], cases, depth), k.cut(args[2], cases, depth))
		}
		groups = [][]circuit.Ref{args}
	}
	dependent := slices.ContainsFunc(groups, func(g []circuit.Ref) bool { return len(g) > 1 })
	switch {
	case !dependent || kind != circuit.AtLeast && len(groups) > 1:
	case cases < maxCases && len(k.parts) < maxParts:
		x := k.atom(f)
		so, not := k.given(f, x, circuit.True), k.given(f, x, circuit.False)
		return k.distinguish(k.cut(x, cases+1, depth), k.cut(so, cases+1, depth), k.cut(not, cases+1, depth))
	case kind == circuit.Ite || kind != circuit.And && !k.byCost:
		return k.mesh(f)
	default:
		groups = nil
		for _, a := range args {
			groups = append(groups, []circuit.Ref{a})
		}
	}
	if kind == circuit.AtLeast {
		threshold := k.c.Threshold(f)
		so, not := k.c.AtLeast(threshold-1, args[1:]...), k.c.AtLeast(threshold, args[1:]...)
		return k.distinguish(k.cut(args[0], cases, depth), k.cut(so, cases, depth), k.cut(not, cases, depth))
	}
	gate, make := andPart, k.c.And
	if kind == circuit.Or {
		gate, make = orPart, k.c.Or
	}
	var parts []int32
	for _, g := range groups {
		x := g[0]
		if len(g) > 1 {
			x = make(g...)
		}
		parts = append(parts, k.cut(x, cases, depth))
	}
	return k.join(gate, parts)
}

// join makes one part of some, two by two.
func (k *cutter) join(kind partKind, parts []int32) int32 {
	for len(parts) > 1 {
		var next []int32
		for pair := range slices.Chunk(parts, 2) {
			one := pair[0]
			if len(pair) == 2 {
				if pair[0] < 0 || pair[1] < 0 {
					return -1
				}
				one = k.add(part{kind: kind, a: pair[0], b: pair[1]})
			}
			next = append(next, one)
		}
		parts = next
	}
	return parts[0]
}

func (k *cutter) distinguish(about, so, not int32) int32 {
	if about < 0 || so < 0 || not < 0 {
		return -1
	}
	return k.add(part{kind: casePart, a: about, b: so, c: not})
}

// cone returns the nodes below a function, with it, in no order that matters, or
// nil if they are more than most.
func (k *cutter) cone(f circuit.Ref, most int) []circuit.Ref {
	k.mark()
	out := []circuit.Ref{circuit.MakeRef(f.Node())}
	k.seen[f.Node()] = k.stamp
	for i := 0; i < len(out); i++ {
		if len(out) > most {
			return nil
		}
		for _, a := range k.c.Args(out[i]) {
			if k.seen[a.Node()] != k.stamp {
				k.seen[a.Node()] = k.stamp
				out = append(out, circuit.MakeRef(a.Node()))
			}
		}
	}
	return out
}

// mark begins a new walk.
func (k *cutter) mark() {
	if n := k.c.Len() - len(k.seen); n > 0 {
		k.seen = append(k.seen, make([]int32, n)...)
	}
	k.stamp++
}

// groups puts arguments that share something together. The groups stand in the
// order of their first members.
func (k *cutter) groups(args []circuit.Ref) [][]circuit.Ref {
	one := func(a circuit.Ref) bool { return a.Node() < len(k.alone) && k.alone[a.Node()] && !a.Negated() }
	group := make([]int, len(args))
	for i := range group {
		group[i] = i
	}
	if slices.ContainsFunc(args, func(a circuit.Ref) bool { return !one(a) }) {
		k.mark()
		base := k.stamp
		k.stamp += int32(len(args)) // owner i has the mark base+i
		find := func(i int) int {
			for group[i] != i {
				i = group[i]
			}
			return i
		}
		var stack []circuit.Ref
		for i, a := range args {
			stack = append(stack[:0], a)
			for len(stack) > 0 {
				n := stack[len(stack)-1].Node()
				stack = stack[:len(stack)-1]
				if owner := int(k.seen[n] - base); owner >= 0 {
					x, y := find(owner), find(i)
					group[max(x, y)] = min(x, y)
					continue
				}
				k.seen[n] = base + int32(i)
				stack = append(stack, k.c.Args(circuit.MakeRef(n))...)
			}
		}
		for i := range group {
			group[i] = find(i)
		}
	}
	var out [][]circuit.Ref
	place := map[int]int{}
	for i, a := range args {
		g := group[i]
		if _, ok := place[g]; !ok {
			place[g] = len(out)
			out = append(out, nil)
		}
		out[place[g]] = append(out[place[g]], a)
	}
	return out
}

// atom returns what several gates below f share most: a variable, or a gate that
// shares nothing itself.
func (k *cutter) atom(f circuit.Ref) circuit.Ref {
	uses, modules := k.c.Uses(f), k.c.Modules(f)
	best, most := f, int32(1)
	for i := k.c.Len() - 1; i > 0; i-- {
		x := circuit.MakeRef(i)
		if _, variable := k.c.VarOf(x); uses[i] > most && (variable || modules[i]) {
			best, most = x, uses[i]
		}
	}
	return best
}

// given returns f with a constant in the place of x.
func (k *cutter) given(f, x, constant circuit.Ref) circuit.Ref {
	nodes := k.cone(f, math.MaxInt)
	slices.Sort(nodes)
	image := map[int]circuit.Ref{x.Node(): constant}
	for _, n := range nodes {
		if _, done := image[n.Node()]; done {
			continue
		}
		var args []circuit.Ref
		changed := false
		for _, a := range k.c.Args(n) {
			to := image[a.Node()] ^ a&1
			changed = changed || to != a
			args = append(args, to)
		}
		to := n
		if changed {
			switch k.c.Kind(n) {
			case circuit.And:
				to = k.c.And(args...)
			case circuit.Or:
				to = k.c.Or(args...)
			case circuit.AtLeast:
				to = k.c.AtLeast(k.c.Threshold(n), args...)
			case circuit.Ite:
				to = k.c.Ite(args[0], args[1], args[2])
			}
		}
		image[n.Node()] = to
	}
	return image[f.Node()] ^ f&1
}

// below returns the variables of some nodes, and the controls that act on them; of
// these also how often.
func (k *cutter) below(nodes []circuit.Ref) (vars, controls []int32, often int) {
	for _, n := range nodes {
		if v, is := k.c.VarOf(n); is {
			vars = append(vars, int32(v))
			controls = append(controls, k.controls[v]...)
		}
	}
	slices.Sort(vars)
	slices.Sort(controls)
	often = len(controls)
	return vars, slices.Compact(controls), often
}

// collapse makes a leaf of a function that only few controls act on, if some act
// at several places or the function is no tree: its table is exact.
func (k *cutter) collapse(f circuit.Ref) (int32, bool) {
	nodes := k.cone(f, maxCone)
	if nodes == nil {
		return 0, false
	}
	vars, controls, often := k.below(nodes)
	tree := f.Node() < len(k.alone) && slices.Max(k.c.Uses(f)) <= 1
	if len(controls) > maxSubsets || tree && often == len(controls) {
		return 0, false
	}
	p := part{kind: meshPart, vars: vars, controls: controls}
	if k.byCost {
		sets, err := program.MinimalSets(k.ctx, k.c, f, program.Limits{Nodes: maxLeaf})
		if err != nil {
			return 0, false
		}
		k.tabulate(&p, func() float64 { return -cheapest(sets, k.s, k.held).cost })
	} else {
		m, err := program.Compile(k.ctx, k.c, []circuit.Ref{f}, program.Limits{Nodes: maxLeaf})
		if err != nil || !m.Exact() {
			return 0, false
		}
		state, prob := m.NewState(), make([]float64, len(k.s.Nodes))
		k.tabulate(&p, func() float64 {
			for _, v := range vars {
				prob[v] = k.s.Chance(int(v), k.held)
			}
			state.Eval(prob)
			return state.Value(0)
		})
	}
	k.parts = append(k.parts, p)
	return int32(len(k.parts) - 1), true
}

// maxLeaf is how many diagram nodes a leaf may have.
const maxLeaf = 1 << 12

// mesh makes a leaf of a function of many controls.
func (k *cutter) mesh(f circuit.Ref) int32 {
	m, err := program.Compile(k.ctx, k.c, []circuit.Ref{f}, program.Limits{})
	if err != nil || !m.Exact() {
		k.err = k.ctx.Err()
		return -1
	}
	p := part{kind: meshPart, index: len(k.meshes)}
	p.vars, p.controls, _ = k.below(k.cone(f, math.MaxInt))
	k.meshes = append(k.meshes, m)
	return k.add(p)
}

// sum adds up losses: those without controls in common share the budget; of
// others, the one with the most may spend all of it, whatever the rest spend.
func (k *cutter) sum(tops []int32) int32 {
	reach := make([][]int32, len(k.parts)) // controls, by part
	for i := range k.parts {
		switch p := &k.parts[i]; {
		case p.kind.leaf():
			reach[i] = p.controls
		case p.kind == casePart:
			reach[i] = union(union(reach[p.a], reach[p.b]), reach[p.c])
		default:
			reach[i] = union(reach[p.a], reach[p.b])
		}
	}
	var sum func(tops []int32) int32
	sum = func(tops []int32) int32 {
		var groups [][]int32
		for _, top := range tops {
			one := []int32{top}
			var others [][]int32
			for _, g := range groups {
				if slices.ContainsFunc(g, func(t int32) bool { return overlap(reach[t], reach[top]) }) {
					one = append(g, one...)
				} else {
					others = append(others, g)
				}
			}
			groups = append(others, one)
		}
		for i, g := range groups {
			most := 0
			for j := range g {
				if len(reach[g[j]]) > len(reach[g[most]]) {
					most = j
				}
			}
			one := g[most]
			if rest := slices.Delete(g, most, most+1); len(rest) > 0 {
				one = k.add(part{kind: togetherPart, a: one, b: sum(rest)})
			}
			groups[i] = []int32{one}
		}
		return k.join(apartPart, slices.Concat(groups...))
	}
	return sum(tops)
}

// overlap reports whether two ascending lists have something in common.
func overlap(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			return true
		}
	}
	return false
}

// reachable keeps the parts that top is made of; top becomes the last.
func reachable(parts []part, top int32) []part {
	keep := make([]bool, len(parts))
	keep[top] = true
	image := make([]int32, len(parts))
	for i := top; i >= 0; i-- {
		if p := &parts[i]; keep[i] && !p.kind.leaf() {
			keep[p.a], keep[p.b] = true, true
			if p.kind == casePart {
				keep[p.c] = true
			}
		}
	}
	var out []part
	for i := range top + 1 {
		if keep[i] {
			p := parts[i]
			if !p.kind.leaf() {
				p.a, p.b, p.c = image[p.a], image[p.b], image[p.c]
			}
			image[i] = int32(len(out))
			out = append(out, p)
		}
	}
	return out
}
