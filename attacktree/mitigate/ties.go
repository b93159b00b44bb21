package mitigate

import (
	"context"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// A Tie says which sets do as well as a point of a front: they cost the same and
// leave the same, up to 1e-12, meet the constraints, and have no control that could
// be left out without a difference.
type Tie struct {
	Count   int        // of such sets, that of the point left out
	AtLeast bool       // there may be more: a limit was reached
	Sets    [][]string // the first of them, each in the order of the model
}

const (
	// DefaultTies is how many sets are listed of a tie.
	DefaultTies = 5

	tieNodes = 50_000
	tieWork  = DefaultWork / 10
)

// Ties counts, for each point of an exact front, the sets that do as well, and
// lists at most so many of each, fewest controls first, then in the order of the
// model (0: DefaultTies, negative: none). Options are those that the front was
// asked with. Of a front that is not exact there are none, since its points may not
// be the best.
//
// The search goes through all sets whose bound does not lie above the front. It
// ends early where ctx ends or a limit is reached; the counts that may then be too
// low say so.
func Ties(ctx context.Context, t *attacktree.Tree, p *attacktree.Program, opt *FrontOptions, f *ControlFront, most int) ([]Tie, error) {
	if opt == nil {
		opt = &FrontOptions{}
	}
	ties := make([]Tie, len(f.Points))
	if !f.Exact || len(f.Points) == 0 {
		return ties, nil
	}
	if most == 0 {
		most = DefaultTies
	}
	asked := *opt
	asked.Objective = f.Objective
	c, err := newChoice(ctx, t, p, &asked)
	if err != nil {
		return nil, err
	}
	w, err := c.newWorker()
	if err != nil {
		return nil, err
	}
	s := &tieSearch{worker: w, ties: make([][][]bool, len(f.Points)), counts: make([]int, len(f.Points)), most: max(most, 0)}
	for _, q := range f.Points {
		own := make([]bool, len(c.cost))
		for j, k := range t.Model().Controls {
			own[j] = slices.Contains(q.Controls, k.Name)
		}
		s.own, s.costs, s.least = append(s.own, own), append(s.costs, q.Cost), append(s.least, c.shown(q.Value)) // shown turns back as well
	}
	unknown, err := s.run(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	for i := range ties {
		ties[i] = Tie{Count: s.counts[i], AtLeast: unknown[i]}
		for _, set := range s.ties[i] {
			ties[i].Sets = append(ties[i].Sets, namesOf(t, set))
		}
	}
	return ties, nil
}

// A tieSearch finds all sets that do as well as the points of a front.
type tieSearch struct {
	*worker
	own    [][]bool   // the sets of the points
	costs  []float64  // of the points
	least  []float64  // what they leave
	ties   [][][]bool // the first sets of each
	counts []int
	most   int // sets that are kept of each
}

// A tieNode is a node of the search: decisions, and the points with which sets
// that agree with them may tie.
type tieNode struct {
	status []decision
	points []int
}

// run searches depth first, and reports for each point whether more sets than were
// found may tie with it.
func (s *tieSearch) run(ctx context.Context) (unknown []bool, err error) {
	unknown = make([]bool, len(s.costs))
	root, ok := s.propagate(slices.Clone(s.start), nil)
	if !ok {
		return unknown, nil
	}
	all := make([]int, len(s.costs))
	for i := range all {
		all[i] = i
	}
	open := []tieNode{{root, all}}
	for nodes := 0; len(open) > 0; nodes++ {
		work := s.work
		if s.lower != nil {
			work += s.lower.work
		}
		if nodes == tieNodes || work > tieWork {
			break
		}
		top := open[len(open)-1]
		j := int32(-1)
		if top.points, j, err = s.look(ctx, top); err != nil {
			break
		}
		open = open[:len(open)-1]
		if j < 0 {
			continue
		}
		for _, d := range []decision{out, in} {
			child := slices.Clone(top.status)
			child[j] = d
			if child, ok := s.propagate(child, []int32{j}); ok {
				open = append(open, tieNode{child, top.points})
			}
		}
	}
	for _, n := range open {
		for _, i := range n.points {
			unknown[i] = true
		}
	}
	return unknown, err
}

// look returns the points with which sets of a node may tie, and a control to
// split by, -1 if that is not needed.
func (s *tieSearch) look(ctx context.Context, n tieNode) ([]int, int32, error) {
	s.status = n.status
	fixed := s.fixed(s.status)
	in := window{s.costs[n.points[0]] * (1 - slack), s.costs[n.points[len(n.points)-1]] * (1 + slack)}
	if fixed > in.high {
		return nil, -1, nil
	}
	bound, err := s.estimate(ctx, in)
	if err != nil {
		return nil, -1, err
	}
	var points []int
	var last *estimate
	k := 0
	for _, i := range n.points {
		for k < len(bound) && bound[k].cost <= s.costs[i]*(1+slack) {
			k++
		}
		if k > 0 && notAbove(bound[k-1].value, s.least[i]) && fixed <= s.costs[i]*(1+slack) {
			points, last = append(points, i), &bound[k-1]
		}
	}
	if len(points) == 0 {
		return nil, -1, nil
	}
	j, err := s.next(ctx, last, s.costs[points[len(points)-1]]*(1+slack)-fixed)
	if err != nil || j >= 0 {
		return points, j, err
	}
	return points, -1, s.settle(ctx, held(s.status), fixed, points)
}

// next returns a control to split by, or -1 where only the set of what is in can
// tie: the others are too dear or, of the cheapest attack, make no difference.
func (s *tieSearch) next(ctx context.Context, e *estimate, left float64) (int32, error) {
	acting, known := s.acting(held(s.status))
	some, split := s.guess(e)
	for _, list := range [][]int32{split, some, nil} {
		best := int32(-1)
		for j, d := range s.status {
			if d == undecided && s.cost[j] <= left && (list == nil || slices.Contains(list, int32(j))) &&
				(!known || slices.Contains(acting, int32(j))) && (best < 0 || s.cost[j] > s.cost[best]) {
				best = int32(j)
			}
		}
		if best >= 0 {
			return best, ctx.Err()
		}
	}
	return -1, ctx.Err()
}

// settle counts a set if it ties with one of the points.
func (s *tieSearch) settle(ctx context.Context, set []bool, cost float64, points []int) error {
	value, err := s.value(ctx, set)
	if err != nil {
		return err
	}
	for _, i := range points {
		if !equal(cost, s.costs[i]) || !equal(value, s.least[i]) || slices.Equal(set, s.own[i]) {
			continue
		}
		less, err := s.redundant(ctx, set, value)
		if err != nil || less != nil {
			return err
		}
		s.counts[i]++
		at, _ := slices.BinarySearchFunc(s.ties[i], set, compareSets)
		if at < s.most {
			s.ties[i] = slices.Insert(s.ties[i], at, set)
			s.ties[i] = s.ties[i][:min(len(s.ties[i]), s.most)]
		}
	}
	return nil
}

// equal reports whether two numbers are the same up to rounding.
func equal(x, y float64) bool { return notAbove(x, y) && notAbove(y, x) }

// compareSets orders sets: fewer controls first, then as the model has them.
func compareSets(a, b []bool) int {
	size := func(set []bool) (n int) {
		for _, has := range set {
			if has {
				n++
			}
		}
		return n
	}
	if d := size(a) - size(b); d != 0 {
		return d
	}
	for j := range a {
		if a[j] != b[j] {
			if a[j] {
				return -1
			}
			return 1
		}
	}
	return 0
}
