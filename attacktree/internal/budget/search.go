package budget

import (
	"cmp"
	"context"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A searcher looks at sets of steps, branching on one step after the other and
// bounding by what all steps that are still open would add: more steps are never
// worth less, and never make other steps dearer.
//
// Where that says little, the bound is that of a relaxation, see relax.go, and
// where the program has bounds only, sets that the relaxation shows are a start.
//
// The cost of a set is read in the state in which all of it succeeds, and every
// condition holds that can.
type searcher struct {
	*Problem
	program *program.Program
	state   *program.State
	chance  []float64
	sets    int // looked at so far

	free  map[int32]bool // steps that cost nothing in any state, by node
	steps []decision     // the others, dearest first
	sure  *circuit.Evaluator
	on    []uint64            // variables that succeed, for sure
	place map[circuit.Ref]int // of its roots: what switches controls off
}

// A decision is about an own step in all states of its bypasses.
type decision struct {
	node     int32
	top      circuit.Ref // the variable, or the Ite that picks it
	dearest  float64
	cheapest float64
}

// A branch is the sets that hold in, of the first k steps, and any of the others.
type branch struct {
	k     int
	in    []bool  // by step
	bound float64 // worth of in and all the others
}

// A candidate is a set that was found.
type candidate struct {
	Point
	in []bool
}

func search(ctx context.Context, p *Problem) (*Curve, error) {
	s := &searcher{Problem: p}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	var found []candidate
	var best, open []Point // staircase of found; what was not looked into
	keep := func(in []bool, worth float64) Point {
		c := candidate{Point{s.cost(in, len(in)), worth}, in}
		if !covers(best, c.Point) {
			found = append(found, c)
			best = staircase(append(best, c.Point))
		}
		return c.Point
	}
	note := func(in []bool) Point {
		low, _ := s.worth(in, len(in))
		return keep(in, low)
	}
	start := branch{in: make([]bool, len(s.steps))}
	_, start.bound = s.worth(start.in, 0)
	s.greedy(ctx, start.in, note)
	s.tryRelaxed(ctx, keep)
	all := make([]bool, len(s.steps))
	for i := range all {
		all[i] = true
	}
	note(all)
	for todo := []branch{start}; len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		bound := Point{s.cost(b.in, b.k), b.bound}
		switch {
		case covers(best, bound):
		case b.k == len(s.steps) || ctx.Err() != nil || s.sets > s.Limits.sets(s.program.Size()):
			open = append(open, s.bounds(b)...)
		default:
			without := branch{k: b.k + 1, in: b.in}
			_, without.bound = s.worth(without.in, without.k)
			with := branch{b.k + 1, slices.Clone(b.in), b.bound}
			with.in[b.k] = true
			note(with.in)
			todo = append(todo, without, with)
		}
	}

	slices.SortStableFunc(found, func(a, b candidate) int { return compare(a.Point, b.Point) })
	points := make([]Point, len(found))
	for i, c := range found {
		points[i] = c.Point
	}
	c := &Curve{Exact: len(open) == 0}
	kept := distinct(points)
	for _, i := range kept {
		c.Points = append(c.Points, points[i])
	}
	if c.Bound = c.Points; !c.Exact {
		high := s.relaxed(ctx, staircase(append(open, best...)))
		c.Bound = staircase(append(high, best...))
	}
	free := s.nodes(make([]bool, len(s.steps)))
	c.steps = func(i int) []int32 { return p.useful(s.nodes(found[kept[i]].in), free) }
	return c, nil
}

// tries is how many sets of a relaxation are looked at on their own, and smallTry
// how large a diagram of one may become.
const (
	tries    = 64
	smallTry = 1 << 12
)

// tryRelaxed keeps sets that the relaxation shows, where the program has bounds
// only. With no more than these steps the circuit is smaller, and its worth often
// exact.
func (s *searcher) tryRelaxed(ctx context.Context, keep func(in []bool, worth float64) Point) {
	if s.program.Exact() {
		return
	}
	for _, shared := range []bool{true, false} {
		r, f := relax(ctx, s.Problem, under, shared)
		if f == nil {
			return
		}
		for _, i := range attempts(len(f.cost)) {
			if ctx.Err() != nil {
				return
			}
			steps := r.steps(f.from[i])
			in := make([]bool, len(s.steps))
			for j, d := range s.steps {
				_, in[j] = slices.BinarySearch(steps, d.node)
			}
			if worth, ok := s.alone(ctx, in); ok {
				keep(in, worth)
			}
		}
	}
}

// attempts returns the numbers of the points of a front to try, of n: the first
// ones, which are for small budgets, and some of all.
func attempts(n int) []int {
	var out []int
	for i := range min(n, tries/4) {
		out = append(out, i)
	}
	for _, i := range spread(n) {
		if i >= tries/4 && len(out) < tries {
			out = append(out, i)
		}
	}
	return out
}

// alone returns what a set is worth at least, by a program of its own.
func (s *searcher) alone(ctx context.Context, in []bool) (float64, bool) {
	q := *s.Problem
	q.Chance = slices.Clone(s.Chance)
	taken := s.taken(in, len(in))
	for v, node := range q.Node {
		if q.IsStep[v] && !s.free[node] && !taken[node] {
			q.Chance[v] = 0
		}
	}
	pl := &plan{Problem: &q}
	if pl.readCosts() != nil {
		return 0, false
	}
	c, image := pl.possible()
	var roots []circuit.Ref
	var values []float64
	worth := 0.0
	for _, a := range q.Worth {
		switch r := image[a.At.Node()] ^ a.At&1; r {
		case circuit.True:
			worth += a.Value
		case circuit.False:
		default:
			roots, values = append(roots, r), append(values, a.Value)
		}
	}
	if len(roots) == 0 {
		return worth, true
	}
	small, err := program.Compile(ctx, c, roots, program.Limits{Nodes: smallTry})
	if small == nil || err != nil && ctx.Err() != nil {
		return 0, false
	}
	state := small.NewState()
	state.Eval(q.Chance)
	for i, a := range values {
		low, _ := state.Bounds(i)
		worth += a * low
	}
	return worth, true
}

// relaxed returns the lower of a staircase and what the relaxation shows, if that
// can be had.
func (s *searcher) relaxed(ctx context.Context, high []Point) []Point {
	r, f := relax(ctx, s.Problem, above, true)
	if f == nil {
		return high
	}
	shown := f.points(r.sure)
	for i := range shown {
		shown[i].Cost *= 1 - 1e-12 // shares may add up to a little more than the whole
		shown[i].Worth *= 1 + 1e-12
	}
	return lower(high, staircase(shown))
}

// bounds returns points that no set of a branch beats: one for the set without any
// of the open steps, and one for those with some, which pay for the cheapest.
func (s *searcher) bounds(b branch) []Point {
	_, alone := s.worth(b.in, len(b.in))
	out := []Point{{s.cost(b.in, len(b.in)), alone}}
	if b.k < len(s.steps) {
		least := s.steps[b.k].cheapest
		for _, d := range s.steps[b.k:] {
			least = min(least, d.cheapest)
		}
		// The steps of the set stand before the open ones, so that this is also
		// what rounding makes of the sum.
		out = append(out, Point{s.cost(b.in, b.k) + least, b.bound})
	}
	return out
}

// greedyAttacks is how many minimal attacks, the cheapest, greedy sets are made of.
const greedyAttacks = 64

// greedy notes the sets that grow from in by the minimal attack that adds most
// for its cost, and what it tries on the way. They are no more than a good start;
// there are none where the minimal attacks are not to be had.
func (s *searcher) greedy(ctx context.Context, in []bool, note func(in []bool) Point) {
	now := note(in)
	attacks := s.cheapest(ctx)
	for s.sets < s.Limits.sets(s.program.Size())/4 {
		var best []bool
		var to Point
		gain := 0.0
		for _, attack := range attacks {
			with := slices.Clone(in)
			for _, i := range attack {
				with[i] = true
			}
			if slices.Equal(with, in) {
				continue
			}
			p := note(with)
			if g := (p.Worth - now.Worth) / (p.Cost - now.Cost); g > gain {
				best, to, gain = with, p, g
			}
		}
		if best == nil {
			break
		}
		in, now = best, to
	}
}

// cheapest returns the steps to decide on of the cheapest minimal attacks, if they
// are about as easy to have as the program was.
func (s *searcher) cheapest(ctx context.Context) [][]int {
	if !s.program.Exact() {
		return nil
	}
	family, err := program.MinimalSets(ctx, s.Circuit, s.Root, s.Limits.diagrams(searchNodes))
	if err != nil {
		return nil
	}
	class := make([]program.Class, len(s.Node))
	for v := range class {
		switch {
		case s.Chance[v] == 0:
		case s.IsStep[v]:
			class[v] = program.Step
		default:
			class[v] = program.Given
		}
	}
	place := map[int32]int{}
	for i, d := range s.steps {
		place[d.node] = i
	}
	var attacks [][]int
	for set, err := range family.Sets(ctx, program.Selection{Class: class, A: s.Cost}) {
		if err != nil || len(attacks) == greedyAttacks {
			break
		}
		var attack []int
		for _, v := range set {
			if i, decided := place[s.Node[v]]; decided && s.IsStep[v] {
				attack = append(attack, i)
			}
		}
		attacks = append(attacks, attack)
	}
	return attacks
}

// lower returns the lower of two staircases, where there are both.
func lower(a, b []Point) []Point {
	var out []Point
	for _, p := range slices.Concat(a, b) {
		if x := min(At(a, p.Cost), At(b, p.Cost)); x > 0 || p.Cost == 0 {
			out = append(out, Point{p.Cost, x})
		}
	}
	return staircase(out)
}

// covers reports whether a staircase has a point that costs no more and is worth
// no less.
func covers(stairs []Point, p Point) bool {
	return len(stairs) > 0 && stairs[0].Cost <= p.Cost && At(stairs, p.Cost) >= p.Worth
}

// searchNodes is the size of a program beyond which bounds are better, as there are
// many sets to look at.
const searchNodes = 1 << 18

// prepare finds the steps to decide on and compiles the circuit.
func (s *searcher) prepare(ctx context.Context) error {
	var roots []circuit.Ref
	for _, a := range s.Worth {
		roots = append(roots, a.At)
	}
	var err error
	if s.program, err = program.Compile(ctx, s.Circuit, roots, s.Limits.diagrams(searchNodes)); s.program == nil {
		return err
	}
	// If ctx is done the program has bounds, which is all that is said then.
	s.state = s.program.NewState()
	s.chance = make([]float64, s.Circuit.NumVars())
	s.on = make([]uint64, s.Circuit.NumVars())

	// An Ite has a higher number than the variables that it picks from, and than
	// the inner ones.
	top := map[int32]circuit.Ref{}
	s.place = map[circuit.Ref]int{}
	var offs []circuit.Ref
	for i := range s.Circuit.Len() {
		r := circuit.MakeRef(i)
		switch s.Circuit.Kind(r) {
		case circuit.Variable:
			v, _ := s.Circuit.VarOf(r)
			top[s.Node[v]] = r
		case circuit.Ite:
			args := s.Circuit.Args(r)
			if _, ok := s.place[args[0]]; !ok {
				s.place[args[0]] = len(offs)
				offs = append(offs, args[0])
			}
			top[s.Node[s.variable(args[1], nil)]] = r
		}
	}
	s.sure = s.Circuit.Evaluator(offs...)

	dearest, cheapest := map[int32]float64{}, map[int32]float64{}
	for v, node := range s.Node {
		if x, ok := cheapest[node]; s.IsStep[v] && (!ok || s.Cost[v] < x) {
			cheapest[node] = s.Cost[v]
		}
		if s.IsStep[v] && s.Chance[v] > 0 {
			dearest[node] = max(dearest[node], s.Cost[v])
		}
	}
	s.free = map[int32]bool{}
	for node, cost := range dearest {
		if s.free[node] = cost == 0; cost > 0 {
			s.steps = append(s.steps, decision{node, top[node], cost, cheapest[node]})
		}
	}
	slices.SortFunc(s.steps, func(a, b decision) int {
		return cmp.Or(cmp.Compare(b.dearest, a.dearest), cmp.Compare(a.node, b.node))
	})
	return nil
}

// variable returns the variable that an Ite picks; off says which of the roots
// of sure are reached. With nil it is some variable.
func (s *searcher) variable(r circuit.Ref, off []uint64) int {
	for {
		if v, ok := s.Circuit.VarOf(r); ok {
			return v
		}
		args := s.Circuit.Args(r)
		if off == nil || off[s.place[args[0]]] != 0 {
			r = args[1]
		} else {
			r = args[2]
		}
	}
}

// taken returns, by node, the steps in the set and all from step k on.
func (s *searcher) taken(in []bool, k int) map[int32]bool {
	out := map[int32]bool{}
	for i, d := range s.steps {
		out[d.node] = in[i] || i >= k
	}
	return out
}

// worth returns bounds on the worth of the set and all steps from step k on.
func (s *searcher) worth(in []bool, k int) (low, high float64) {
	s.sets++
	taken := s.taken(in, k)
	for v, node := range s.Node {
		if s.chance[v] = 0; !s.IsStep[v] || s.free[node] || taken[node] {
			s.chance[v] = s.Chance[v]
		}
	}
	s.state.Eval(s.chance)
	for i, a := range s.Worth {
		l, h := s.state.Bounds(i)
		low, high = low+a.Value*l, high+a.Value*h
	}
	return low, high
}

// cost returns what the set costs where it and all steps from step k on succeed.
func (s *searcher) cost(in []bool, k int) float64 {
	taken := s.taken(in, k)
	for v, node := range s.Node {
		if s.on[v] = 0; s.Chance[v] > 0 && (!s.IsStep[v] || s.free[node] || taken[node]) {
			s.on[v] = 1
		}
	}
	off := s.sure.Eval(s.on)
	for i := range off {
		off[i] &= 1
	}
	sum := 0.0
	for i, d := range s.steps {
		if in[i] {
			sum += s.Cost[s.variable(d.top, off)]
		}
	}
	return sum
}

// nodes returns the steps of a set, ascending.
func (s *searcher) nodes(in []bool) []int32 {
	var out []int32
	for i, d := range s.steps {
		if in[i] {
			out = append(out, d.node)
		}
	}
	for node, free := range s.free {
		if free {
			out = append(out, node)
		}
	}
	slices.Sort(out)
	return out
}
