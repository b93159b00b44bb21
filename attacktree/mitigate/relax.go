package mitigate

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A relaxation bounds the risk from below for every budget at once. The risk is
// a sum of losses, each the chance of an event times an amount. An event that is
// a tree of And and Or gates over parts that share nothing is solved from the
// parts upwards, each part by the list of its chances that are worth their cost
// (as the fronts of attack trees are: Fila and Widel, Exploiting attack-defense
// trees to find an optimal set of countermeasures, 2020).
//
// Three things are made easier than they are, so that the lists only bound. A
// control that acts on several parts has a copy for each, with an equal share of
// its cost, and the copies are chosen freely. A part that is no tree, or has many
// controls, may for a given cost have all of its controls that cost no more each.
// And each loss may spend the whole budget. So the bound is the risk itself where
// none of this happens.
type relaxation struct {
	s      *compiled.Structure
	cost   []float64
	cell   float64 // costs are counted in cells, rounded down
	events []event
	held   []bool // as of the last estimate, with the undecided ones
	status []decision
	scratch
}

// An event is what one loss depends on: parts in an order in which each stands
// after those it is made of, the last one for all of it.
type event struct {
	parts []part
	state *program.State // of the parts that are no trees
	prob  []float64
}

// A part is a gate of two parts, a product with an amount, or a leaf.
type part struct {
	kind     partKind
	a, b     int32   // of a gate
	controls []int32 // of a leaf: those that act on it, ascending
	share    []int32 // by control: the cost of its copy, in cells
	vars     []int32 // of a mesh: its variables
	index    int     // of the variable, mesh or loss
	ref      circuit.Ref
	list     []option
	stale    bool
}

type partKind uint8

const (
	variablePart partKind = iota
	meshPart              // a module that is no tree
	amountPart
	andPart
	orPart
)

// An option is a value that a part can be brought to at a cost, and by what: the
// options of its parts, the subset of the controls, or, with left below 0, all
// controls that cost no more each.
type option struct {
	cost        int32
	value       float64
	left, right int32
}

// scratch holds the best option of each cost while two lists are joined.
type scratch struct {
	value       []float64
	left, right []int32
}

const (
	maxCells   = 1024
	maxSubsets = 8 // controls of a leaf of which all subsets are listed
)

// newRelaxation returns the relaxation of an objective, or nil where parts that
// are no trees would need too large a diagram.
func newRelaxation(ctx context.Context, s *compiled.Structure, objective Objective, cost []float64) (*relaxation, error) {
	r := &relaxation{s: s, cost: cost, held: make([]bool, len(cost)), status: make([]decision, len(cost))}
	total := 0.0
	for _, c := range cost {
		total += c
	}
	r.cell = cellOf(cost, total)
	cells := int(total/r.cell) + 2
	r.scratch = scratch{make([]float64, cells), make([]int32, cells), make([]int32, cells)}
	if complemented(s.Likelihood, s.Losses) {
		return nil, nil // losses that trade places with one another are no sum of what only falls
	}
	roots, amounts := s.Losses, len(s.Losses)
	if objective == Likelihood {
		roots, amounts = []circuit.Ref{s.Goal}, 0
	}
	for i, root := range roots {
		e, ok, err := r.newEvent(ctx, root)
		if err != nil || !ok {
			return nil, err
		}
		if amounts > 0 {
			e.parts = append(e.parts, part{kind: amountPart, index: i, controls: s.LossControls[i]})
			last := int32(len(e.parts))
			e.parts = append(e.parts, part{kind: andPart, a: last - 2, b: last - 1})
		}
		r.divide(e.parts)
		r.events = append(r.events, e)
	}
	return r, nil
}

// complemented reports whether some gate below the roots has a complement.
func complemented(c *circuit.Circuit, roots []circuit.Ref) bool {
	not := circuit.Ref.Negated
	if slices.ContainsFunc(roots, not) {
		return true
	}
	uses := c.Uses(roots...)
	for i := range c.Len() {
		if x := circuit.MakeRef(i); (uses[i] > 0 || slices.Contains(roots, x)) && slices.ContainsFunc(c.Args(x), not) {
			return true
		}
	}
	return false
}

// cellOf returns the unit in which costs are counted: one that divides them all
// if there is one that is large enough, else a small part of their sum.
func cellOf(cost []float64, total float64) float64 {
	unit := 0.0
	for _, c := range cost {
		for a, b := c, unit; ; a, b = b, math.Mod(a, b) {
			if b <= total/(2*maxCells) {
				unit = a
				if b > total*1e-9 {
					return total / maxCells
				}
				break
			}
		}
	}
	if unit <= total/maxCells {
		unit = total / maxCells
	}
	return max(unit, math.SmallestNonzeroFloat64)
}

// newEvent cuts an event into parts. ok is false if a part that is no tree is
// too large for a diagram.
func (r *relaxation) newEvent(ctx context.Context, root circuit.Ref) (e event, ok bool, err error) {
	c, roots := r.s.Likelihood.Simplify(root)
	root = roots[0]
	e.parts = partsOf(c, root)
	var meshes []circuit.Ref
	for i := range e.parts {
		switch p := &e.parts[i]; p.kind {
		case variablePart:
			p.index, _ = c.VarOf(p.ref)
			p.controls = r.s.ChanceControls[p.index]
		case meshPart:
			p.index = len(meshes)
			meshes = append(meshes, p.ref)
			p.vars, p.controls = r.below(c, p.ref)
		}
	}
	if len(meshes) == 0 {
		return e, true, nil
	}
	p, err := program.Compile(ctx, c, meshes, program.Limits{})
	if err != nil {
		return e, false, err
	}
	e.state, e.prob = p.NewState(), make([]float64, c.NumVars())
	return e, p.Exact(), nil
}

// partsOf cuts a function into gates of independent parts, variables and meshes.
func partsOf(c *circuit.Circuit, root circuit.Ref) []part {
	if root.Negated() || c.Kind(root) == circuit.Constant {
		return []part{{kind: meshPart, ref: root}}
	}
	uses, modules := c.Uses(root), c.Modules(root)
	alone := func(x circuit.Ref) bool {
		_, variable := c.VarOf(x)
		return !x.Negated() && uses[x.Node()] == 1 && (variable || modules[x.Node()])
	}
	var parts []part
	add := func(p part) int32 {
		parts = append(parts, p)
		return int32(len(parts) - 1)
	}
	at := make([]int32, c.Len())
	for i := range root.Node() + 1 {
		x := circuit.MakeRef(i)
		kind := c.Kind(x)
		switch {
		case kind == circuit.Variable:
			at[i] = add(part{kind: variablePart, ref: x})
			continue
		case x != root && (uses[i] == 0 || !modules[i]):
			continue
		case kind != circuit.And && kind != circuit.Or,
			slices.ContainsFunc(c.Args(x), func(a circuit.Ref) bool { return !alone(a) }):
			at[i] = add(part{kind: meshPart, ref: x})
			continue
		}
		gate := andPart
		if kind == circuit.Or {
			gate = orPart
		}
		var level []int32
		for _, a := range c.Args(x) {
			level = append(level, at[a.Node()])
		}
		for len(level) > 1 { // joined two by two
			var next []int32
			for pair := range slices.Chunk(level, 2) {
				one := pair[0]
				if len(pair) == 2 {
					one = add(part{kind: gate, a: pair[0], b: pair[1]})
				}
				next = append(next, one)
			}
			level = next
		}
		at[i] = level[0]
	}
	return reachable(parts, at[root.Node()])
}

// below returns the variables of a module, and the controls that act on them.
func (r *relaxation) below(c *circuit.Circuit, x circuit.Ref) (vars, controls []int32) {
	for i, n := range c.Uses(x) {
		if v, is := c.VarOf(circuit.MakeRef(i)); is && (n > 0 || i == x.Node()) {
			vars = append(vars, int32(v))
			controls = append(controls, r.s.ChanceControls[v]...)
		}
	}
	slices.Sort(controls)
	return vars, slices.Compact(controls)
}

// reachable keeps the parts that top is made of; top becomes the last.
func reachable(parts []part, top int32) []part {
	keep := make([]bool, len(parts))
	keep[top] = true
	image := make([]int32, len(parts))
	for i := top; i >= 0; i-- {
		if p := &parts[i]; keep[i] && (p.kind == andPart || p.kind == orPart) {
			keep[p.a], keep[p.b] = true, true
		}
	}
	var out []part
	for i := range top + 1 {
		if keep[i] {
			p := parts[i]
			if p.kind == andPart || p.kind == orPart {
				p.a, p.b = image[p.a], image[p.b]
			}
			image[i] = int32(len(out))
			out = append(out, p)
		}
	}
	return out
}

// divide shares the cost of each control among its copies.
func (r *relaxation) divide(parts []part) {
	copies := make([]int32, len(r.cost))
	for i := range parts {
		parts[i].stale = true
		for _, j := range parts[i].controls {
			copies[j]++
		}
	}
	given := make([]int32, len(r.cost))
	for i := range parts {
		p := &parts[i]
		for _, j := range p.controls {
			whole := int32(r.cost[j]/r.cell*(1+slack) + slack)
			share := whole / copies[j]
			if given[j] < whole%copies[j] {
				share++
			}
			given[j]++
			p.share = append(p.share, share)
		}
	}
}

// estimate returns the bound for the sets that agree with some decisions, of
// which those that are in cost fixed.
func (r *relaxation) estimate(status []decision, fixed, budget float64) []estimate {
	changed := make([]bool, len(status))
	for j, d := range status {
		changed[j] = d != r.status[j]
		r.held[j] = d == in
	}
	copy(r.status, status)
	for i := range r.events {
		r.renew(&r.events[i], changed)
	}

	// The sum of the events' lists, cost by cost.
	next := make([]int, len(r.events))
	var bound []estimate
	for cost := int32(0); ; {
		sum := 0.0
		later := int32(math.MaxInt32)
		for i := range r.events {
			list := r.events[i].parts[len(r.events[i].parts)-1].list
			for next[i]+1 < len(list) && list[next[i]+1].cost <= cost {
				next[i]++
			}
			sum += list[next[i]].value
			if next[i]+1 < len(list) {
				later = min(later, list[next[i]+1].cost)
			}
		}
		if n := len(bound); n == 0 || sum < bound[n-1].value {
			bound = append(bound, estimate{fixed + float64(cost)*r.cell, sum, slices.Clone(next)})
		}
		if later == math.MaxInt32 || fixed+float64(later)*r.cell > budget*(1+slack) {
			return bound
		}
		cost = later
	}
}

// renew brings the lists of an event up to date.
func (r *relaxation) renew(e *event, changed []bool) {
	for i := range e.parts {
		p := &e.parts[i]
		switch p.kind {
		case andPart, orPart:
			a, b := &e.parts[p.a], &e.parts[p.b]
			if p.stale = p.stale || a.stale || b.stale; p.stale {
				p.list = r.join(p.list[:0], a.list, b.list, p.kind == orPart)
			}
		default:
			p.stale = p.stale || slices.ContainsFunc(p.controls, func(j int32) bool { return changed[j] })
			if p.stale {
				p.list = r.leaf(e, p)
			}
		}
	}
	for i := range e.parts {
		e.parts[i].stale = false
	}
}

// join returns the options of a gate of two independent parts.
func (r *relaxation) join(out, a, b []option, or bool) []option {
	top := min(int(a[len(a)-1].cost+b[len(b)-1].cost), len(r.value)-1)
	for c := range top + 1 {
		r.value[c] = math.Inf(1)
	}
	for i, x := range a {
		for j, y := range b {
			c := int(x.cost + y.cost)
			if c > top {
				break
			}
			value := x.value * y.value
			if or {
				value = x.value + y.value - value
			}
			if value < r.value[c] {
				r.value[c], r.left[c], r.right[c] = value, int32(i), int32(j)
			}
		}
	}
	last := math.Inf(1)
	for c := range top + 1 {
		if r.value[c] < last {
			last = r.value[c]
			out = append(out, option{int32(c), last, r.left[c], r.right[c]})
		}
	}
	return out
}

// leaf returns the options of a leaf: one for each subset of its undecided
// controls that is worth its cost or, where these are many or the leaf is no
// single number, one for each cost of a control.
func (r *relaxation) leaf(e *event, p *part) []option {
	var free []int // indices into p.controls
	for i, j := range p.controls {
		if r.status[j] == undecided {
			free = append(free, i)
		}
	}
	var list []option
	if p.kind == meshPart || len(free) > maxSubsets || len(p.controls) > 31 {
		slices.SortStableFunc(free, func(a, b int) int { return int(p.share[a] - p.share[b]) })
		i := 0
		for cost := int32(0); ; cost = p.share[free[i]] {
			for ; i < len(free) && p.share[free[i]] <= cost; i++ {
				r.held[p.controls[free[i]]] = true
			}
			list = append(list, option{cost, r.number(e, p), -1, 0})
			if i == len(free) {
				break
			}
		}
	} else {
		for subset := range int32(1) << len(free) {
			cost := int32(0)
			for b, i := range free {
				r.held[p.controls[i]] = subset>>b&1 == 1
				cost += p.share[i] * (subset >> b & 1)
			}
			list = append(list, option{cost, r.number(e, p), spread(subset, free), 0})
		}
	}
	for _, i := range free {
		r.held[p.controls[i]] = false
	}
	return pareto(list)
}

// spread turns a subset of the free controls into one of all controls of a leaf.
func spread(subset int32, free []int) int32 {
	all := int32(0)
	for b, i := range free {
		all |= subset >> b & 1 << i
	}
	return all
}

// pareto sorts options and keeps those that no other beats.
func pareto(list []option) []option {
	slices.SortStableFunc(list, func(a, b option) int {
		if a.cost != b.cost {
			return int(a.cost - b.cost)
		}
		return compareCosts(a.value, b.value)
	})
	last := math.Inf(1)
	return slices.DeleteFunc(list, func(o option) bool {
		beaten := o.value >= last
		last = min(last, o.value)
		return beaten
	})
}

// number returns the chance or amount of a leaf while r.held hold.
func (r *relaxation) number(e *event, p *part) float64 {
	switch p.kind {
	case variablePart:
		return r.s.Chance(p.index, r.held)
	case amountPart:
		return r.s.Loss(p.index, r.held)
	}
	for _, v := range p.vars {
		e.prob[v] = r.s.Chance(int(v), r.held)
	}
	e.state.Eval(e.prob)
	return e.state.Value(p.index)
}

// members returns the controls that are chosen in some part of the events, for
// the options of the given indices, and those that are not chosen in all parts.
func (r *relaxation) members(index []int) (some, split []int32) {
	chosen, copies := make([]int32, len(r.cost)), make([]int32, len(r.cost))
	type visit struct {
		part   int32
		option int32
	}
	var stack []visit
	for i := range r.events {
		parts := r.events[i].parts
		stack = append(stack[:0], visit{int32(len(parts) - 1), int32(index[i])})
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			p := &parts[v.part]
			o := p.list[v.option]
			if p.kind == andPart || p.kind == orPart {
				stack = append(stack, visit{p.a, o.left}, visit{p.b, o.right})
				continue
			}
			for k, j := range p.controls {
				if r.status[j] != undecided {
					continue
				}
				copies[j]++
				if o.left < 0 && p.share[k] <= o.cost || o.left >= 0 && o.left>>k&1 == 1 {
					chosen[j]++
				}
			}
		}
	}
	for j := range chosen {
		if chosen[j] > 0 {
			some = append(some, int32(j))
			if chosen[j] < copies[j] {
				split = append(split, int32(j))
			}
		}
	}
	return some, split
}
