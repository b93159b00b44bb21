package mitigate

import (
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A relaxation bounds what sets of controls leave from below, for every budget at
// once. It is a graph of parts: gates of parts that share nothing are solved from
// the parts upwards, each part by the list of its values that are worth their
// cost (as the fronts of attack trees are: Fila and Widel, Exploiting
// attack-defense trees to find an optimal set of countermeasures, 2020). A value
// is a chance or, for the objective cheapest_cost, the cost of the cheapest attack
// with its sign turned, so that less is always better for the defender.
//
// The problem is made easier in these ways, so that the lists only bound:
//   - A control that acts on several parts has a copy for each, with a share of its
//     cost, and the copies are chosen freely.
//   - Parts that share a step or a part x become a case distinction over x, and what
//     is chosen may depend on the case, at full cost in each.
//   - Where there would be too many cases, the sharing is ignored if that errs on the
//     right side: attacks may then pay a step twice, and two events of an And happen
//     together at least as often as if they were independent. An Or becomes a mesh,
//     which for a given cost may have all controls that cost no more each.
//   - Losses with controls in common may each spend the whole budget.
//
// So the bound is the residual itself where none of this happens. A relaxation
// never changes once it is made; see bounds for its use.
type relaxation struct {
	cost   []float64 // by number of the control
	unit   float64   // of which all costs are multiples; 0: none that is large enough
	cell   float64   // costs that differ by less may be taken for the least of them
	byCost bool      // values are costs of attacks, with their sign turned
	parts  []part    // each after those it is made of; the last is the whole
	meshes []*program.Program
}

// A part is a gate of other parts, or a leaf with controls.
type part struct {
	kind     partKind
	a, b, c  int32     // of a gate; of a case distinction: what about, if so, if not
	controls []int32   // of a leaf: those that act on it, ascending
	share    []float64 // by control of the leaf: the cost of its copy
	table    []float64 // of a leaf with few controls: its value by the subset that is held
	index    int       // of the variable, mesh, loss or constant
	vars     []int32   // of a mesh: its variables
}

type partKind uint8

const (
	variablePart partKind = iota
	meshPart              // a function of many controls that is no tree
	amountPart            // a loss
	constantPart          // false (index 0) or true
	andPart
	orPart
	casePart
	apartPart    // a sum
	togetherPart // a sum of parts that may each spend all
)

func (k partKind) leaf() bool { return k <= constantPart }

const (
	maxCells   = 1024 // into which the costs of a list fall
	maxSubsets = 8    // controls of a leaf of which all subsets are listed
)

// An option is a value that a part can be brought to at a cost, and by what: the
// options of its parts, or the subset of a leaf's controls, or, with by[0] below
// 0, all controls that cost no more each.
type option struct {
	cost, value float64
	cell        int32
	by          [3]int32
}

// cellOf returns the greatest unit that divides all costs, 0 where there is none
// that is large enough, and the width of cells.
func cellOf(cost []float64) (unit, cell float64) {
	total := 0.0
	for _, c := range cost {
		total += c
	}
	if total == 0 {
		return 0, 1
	}
	for _, c := range cost {
		a, b := c, unit
		for b > total*1e-9 {
			a, b = b, math.Mod(a, b)
			if a-b < total*1e-9 {
				b = 0 // rounding has left almost the whole
			}
		}
		unit = a
	}
	if unit < total*1e-6 {
		return 0, total / maxCells
	}
	if fine := math.Floor(maxCells * unit / total); fine >= 1 {
		return unit, unit / fine
	}
	return unit, total / maxCells
}

// bounds is a relaxation at work, for one goroutine.
type bounds struct {
	*relaxation
	s       *compiled.Structure
	ctx     context.Context  // of the last estimate
	states  []*program.State // of meshes
	prob    []float64
	status  []decision // as of the last estimate
	held    []bool     // in, of status
	changed []bool
	stale   []bool
	lists   [][]option
	visited [][]int32 // of visit: options
	work    int64     // pairs of options and steps of programs so far
	scratch
}

// scratch holds the best option of each cell while lists are joined.
type scratch struct {
	cells []option
	top   int // cells in use
}

func (r *relaxation) newBounds(s *compiled.Structure) *bounds {
	n := len(r.cost)
	b := &bounds{
		relaxation: r, s: s, prob: make([]float64, len(s.Nodes)),
		status: make([]decision, n), held: make([]bool, n), changed: make([]bool, n),
		stale: make([]bool, len(r.parts)), lists: make([][]option, len(r.parts)), visited: make([][]int32, len(r.parts)),
	}
	for _, p := range r.meshes {
		b.states = append(b.states, p.NewState())
	}
	b.forget()
	return b
}

// An estimate says that no set which costs less than the next estimate leaves
// less than value.
type estimate struct {
	cost, value float64
	index       int32 // of the whole's option
}

// A window is a range of costs of sets. Outside of it nothing is asked.
type window struct{ low, high float64 }

// estimate returns the bound for the sets that agree with some decisions, of
// which those that are in cost fixed, in a window.
// It ends with an error only where ctx does, and is then good for nothing more.
func (b *bounds) estimate(ctx context.Context, status []decision, fixed float64, in window) ([]estimate, error) {
	if fixed > in.high {
		return nil, nil
	}
	b.ctx = ctx
	b.renew(status)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	last := len(b.parts) - 1
	if b.stale[last] || !b.parts[last].kind.leaf() {
		b.lists[last] = b.solve(last, window{in.low - fixed, in.high - fixed})
		b.stale[last] = true // the next one has another window
	}
	var out []estimate
	for i, o := range b.lists[last] {
		cost := fixed + o.cost
		if b.unit > 0 { // the next cost that a set can have
			cost = max(cost, math.Ceil(cost/b.unit-1e-6)*b.unit)
		}
		if cost > in.high {
			break
		}
		if n := len(out); n > 0 && cost <= out[n-1].cost {
			out = out[:n-1]
		}
		out = append(out, estimate{cost, o.value, int32(i)})
	}
	return out, ctx.Err()
}

// renew brings the lists of all parts but the last up to date.
func (b *bounds) renew(status []decision) {
	for j, d := range status {
		b.changed[j] = d != b.status[j]
		b.held[j] = d == decision(in)
	}
	copy(b.status, status)
	for i := range b.parts {
		p := &b.parts[i]
		switch {
		case p.kind.leaf():
			b.stale[i] = b.stale[i] || slices.ContainsFunc(p.controls, func(j int32) bool { return b.changed[j] })
		case p.kind == casePart:
			b.stale[i] = b.stale[i] || b.stale[p.a] || b.stale[p.b] || b.stale[p.c]
		default:
			b.stale[i] = b.stale[i] || b.stale[p.a] || b.stale[p.b]
		}
		if b.stale[i] && i < len(b.parts)-1 && b.ctx.Err() == nil {
			b.lists[i] = b.solve(i, window{math.Inf(-1), math.Inf(1)})
		}
	}
	clear(b.stale[:len(b.parts)-1])
}

// solve lists the options of a part, given those of its parts.
func (b *bounds) solve(i int, in window) []option {
	p := &b.parts[i]
	out := b.lists[i][:0]
	if p.kind.leaf() {
		return b.leaf(out, p)
	}
	x, y := b.lists[p.a], b.lists[p.b]
	switch p.kind {
	case casePart:
		return b.cases(out, x, y, b.lists[p.c])
	case togetherPart:
		return b.parallel(out, x, y, func(x, y float64) float64 { return x + y })
	case orPart:
		if b.byCost {
			return b.greater(out, x, y)
		}
	}
	return b.pairs(out, p.kind, x, y, in)
}

// pairs joins two lists of parts that pay for their options each: by the product
// of values or, of an Or, its complement, or by their sum.
func (b *bounds) pairs(out []option, kind partKind, xs, ys []option, in window) []option {
	b.open(xs[len(xs)-1].cell + ys[len(ys)-1].cell)
	from, to := len(ys)-1, len(ys) // those that bring x into the window, and the last before it
	for i := range xs {
		x := &xs[i]
		for from > 0 && x.cost+ys[from].cost > in.low {
			from--
		}
		for to > 0 && x.cost+ys[to-1].cost > in.high {
			to--
		}
		base, factor := 0.0, x.value
		switch {
		case kind == apartPart || b.byCost:
			base, factor = x.value, 1
		case kind == orPart:
			base, factor = x.value, 1-x.value
		}
		cells := b.cells[x.cell:]
		for j := from; j < to; j++ {
			y := &ys[j]
			cost := x.cost + y.cost
			value := base + factor*y.value
			switch c := &cells[y.cell]; {
			case value < c.value:
				c.cost, c.value, c.by = min(cost, c.cost), value, [3]int32{int32(i), int32(j)}
			case cost < c.cost:
				c.cost = cost
			}
		}
		b.work += int64(max(to-from, 1))
	}
	return b.close(out)
}

// open clears the cells up to the last that is needed. A cell then stands for the
// least cost and the least value of what falls into it.
func (b *bounds) open(top int32) {
	b.top = int(top) + 1
	if len(b.cells) < b.top {
		b.cells = make([]option, b.top+b.top/2)
	}
	for i := range b.cells[:b.top] {
		b.cells[i].cost, b.cells[i].value = math.Inf(1), math.Inf(1)
	}
	b.work += int64(b.top)
}

// close lists what is best in the cells.
func (b *bounds) close(out []option) []option {
	last := math.Inf(1)
	for i := range b.cells[:b.top] {
		c := &b.cells[i]
		if c.value >= last {
			continue
		}
		last = c.value
		for len(out) > 0 && out[len(out)-1].cost >= c.cost { // cells overlap
			out = out[:len(out)-1]
		}
		o := *c
		o.cell = b.cellAt(o.cost)
		out = append(out, o)
	}
	return out
}

func (b *bounds) cellAt(cost float64) int32 { return int32(cost/b.cell + 1e-6) }

// greater joins two lists by the greater value: each value is paid for in both.
func (b *bounds) greater(out, xs, ys []option) []option {
	i, j := 0, 0
	for {
		x, y := &xs[i], &ys[j]
		o := option{cost: x.cost + y.cost, value: max(x.value, y.value), by: [3]int32{int32(i), int32(j)}}
		o.cell = b.cellAt(o.cost)
		if n := len(out); n == 0 || o.value < out[n-1].value {
			out = append(out, o)
		}
		b.work++
		// The greater one must fall for the maximum to fall.
		switch {
		case x.value >= y.value && i+1 < len(xs):
			i++
		case y.value >= x.value && j+1 < len(ys):
			j++
		default:
			return out
		}
	}
}

// parallel joins two lists of parts that may each spend the whole cost.
func (b *bounds) parallel(out, xs, ys []option, value func(x, y float64) float64) []option {
	i, j := 0, 0
	for {
		o := option{cost: max(xs[i].cost, ys[j].cost), value: value(xs[i].value, ys[j].value), by: [3]int32{int32(i), int32(j)}}
		o.cell = b.cellAt(o.cost)
		if n := len(out); n == 0 || o.value < out[n-1].value {
			out = append(out, o)
		}
		b.work++
		switch {
		case i+1 < len(xs) && (j+1 == len(ys) || xs[i+1].cost <= ys[j+1].cost):
			if j+1 < len(ys) && ys[j+1].cost == xs[i+1].cost {
				j++
			}
			i++
		case j+1 < len(ys):
			j++
		default:
			return out
		}
	}
}

// cases joins the lists of a case distinction: for each option of what it is
// about, the two cases in parallel.
func (b *bounds) cases(out, xs, so, not []option) []option {
	b.open(xs[len(xs)-1].cell + max(so[len(so)-1].cell, not[len(not)-1].cell))
	var both []option
	for i := range xs {
		x := xs[i].value
		both = b.parallel(both[:0], so, not, func(so, not float64) float64 {
			if b.byCost {
				return max(x+so, not)
			}
			return x*so + (1-x)*not
		})
		for j := range both {
			o := &both[j]
			c := &b.cells[xs[i].cell+o.cell]
			c.cost = min(c.cost, xs[i].cost+o.cost)
			if o.value < c.value {
				c.value, c.by = o.value, [3]int32{int32(i), o.by[0], o.by[1]}
			}
		}
	}
	return b.close(out)
}

// leaf lists the options of a leaf: one for each subset of its undecided controls
// that is worth its cost or, where these are many, one for each cost of a control.
func (b *bounds) leaf(out []option, p *part) []option {
	var free []int // indices into p.controls
	base := 0
	for i, j := range p.controls {
		switch b.status[j] {
		case undecided:
			free = append(free, i)
		case in:
			if i < maxSubsets {
				base |= 1 << i
			}
		}
	}
	if p.table != nil {
		for subset := range 1 << len(free) {
			cost, held := 0.0, base
			for k, i := range free {
				if subset>>k&1 == 1 {
					cost += p.share[i]
					held |= 1 << i
				}
			}
			out = append(out, option{cost: cost, value: p.table[held], by: [3]int32{int32(held)}})
		}
		b.work += int64(len(out))
	} else {
		slices.SortStableFunc(free, func(x, y int) int { return compareCosts(p.share[x], p.share[y]) })
		i := 0
		for cost := 0.0; ; cost = p.share[free[i]] {
			for ; i < len(free) && p.share[free[i]] <= cost; i++ {
				b.held[p.controls[free[i]]] = true
			}
			out = append(out, option{cost: cost, value: b.number(p, b.held), by: [3]int32{-1}})
			if i == len(free) || b.ctx.Err() != nil {
				break
			}
		}
		for _, i := range free {
			b.held[p.controls[i]] = false
		}
	}
	slices.SortStableFunc(out, func(x, y option) int {
		if x.cost != y.cost {
			return compareCosts(x.cost, y.cost)
		}
		return compareCosts(x.value, y.value)
	})
	kept := out[:1]
	for _, o := range out[1:] {
		if o.value < kept[len(kept)-1].value {
			kept = append(kept, o)
		}
	}
	for i := range kept {
		kept[i].cell = b.cellAt(kept[i].cost)
	}
	return kept
}

// number returns the value of a leaf while some controls are held.
func (b *bounds) number(p *part, held []bool) float64 {
	switch p.kind {
	case constantPart:
		switch {
		case !b.byCost:
			return float64(p.index)
		case p.index == 0:
			return math.Inf(-1) // no attack
		}
		return 0
	case amountPart:
		return b.s.Loss(p.index, held)
	case variablePart:
		x := b.s.Chance(p.index, held)
		if !b.byCost {
			return x
		}
		if x == 0 {
			return math.Inf(-1)
		}
		return -b.s.Cost(p.index, held)
	}
	for _, v := range p.vars {
		b.prob[v] = b.s.Chance(int(v), held)
	}
	b.work += int64(b.meshes[p.index].Size() + len(p.vars))
	b.states[p.index].Eval(b.prob)
	return b.states[p.index].Value(0)
}

// forget makes all lists stale.
func (b *bounds) forget() {
	for i := range b.stale {
		b.stale[i] = true
	}
}

// maxVisits bounds how many options of parts are looked at to see what an option
// of the whole is made of.
const maxVisits = 1 << 14

// visit calls leaf for each leaf, with the option, that an option of the whole of
// the last estimate is made of, once each.
func (b *bounds) visit(index int32, leaf func(part int32, o *option)) {
	for i := range b.visited {
		b.visited[i] = b.visited[i][:0]
	}
	b.visited[len(b.parts)-1] = append(b.visited[len(b.parts)-1], index)
	see := func(part, option int32) {
		if !slices.Contains(b.visited[part], option) {
			b.visited[part] = append(b.visited[part], option)
		}
	}
	visits := 0
	for i := len(b.parts) - 1; i >= 0 && visits < maxVisits; i-- {
		p := &b.parts[i]
		visits += len(b.visited[i])
		for _, at := range b.visited[i] {
			o := &b.lists[i][at]
			if p.kind.leaf() {
				leaf(int32(i), o)
				continue
			}
			see(p.a, o.by[0])
			see(p.b, o.by[1])
			if p.kind == casePart {
				see(p.c, o.by[2])
			}
		}
	}
}

// copies calls copy for each undecided control of a leaf, and says whether the
// option has it.
func (b *bounds) copies(i int32, o *option, copy func(k int, j int32, chosen bool)) {
	p := &b.parts[i]
	for k, j := range p.controls {
		if b.status[j] == undecided {
			copy(k, j, o.by[0] < 0 && p.share[k] <= o.cost || o.by[0] >= 0 && o.by[0]>>k&1 == 1)
		}
	}
}

// members returns the controls that an option of the whole has in some leaf, and
// those that it has not in all.
func (b *bounds) members(index int32) (some, split []int32) {
	chosen, copies := make([]int32, len(b.cost)), make([]int32, len(b.cost))
	b.visit(index, func(i int32, o *option) {
		b.copies(i, o, func(_ int, j int32, has bool) {
			copies[j]++
			if has {
				chosen[j]++
			}
		})
	})
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
