package mitigate

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/front"
)

// A decision about a control.
type decision uint8

const (
	undecided decision = iota
	in
	out
)

// A search is branch and bound over the controls. A node of it has some of them
// in and some out; its bound is a staircase below all sets that agree with it.
// Where the staircase of the sets found so far lies nowhere above the bound, the
// node is done; otherwise it is split by one more control. So when no node is
// open, what was found is the front.
type search struct {
	*choice
	found  front.Staircase[[]bool]
	open   frontier
	status []decision
	nodes  int
	limit  int
}

// A branch is a node that is still to be looked at: decisions, and the bound
// of the node it came from.
type branch struct {
	status []decision
	bound  []estimate
	gap    float64 // how far the bound lies below what was found, at most
	number int
}

// A frontier is a heap of branches: the widest gap first, then the youngest.
type frontier []branch

func (f frontier) Len() int { return len(f) }
func (f frontier) Less(i, j int) bool {
	return f[i].gap > f[j].gap || f[i].gap == f[j].gap && f[i].number > f[j].number
}
func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)   { *f = append(*f, x.(branch)) }
func (f *frontier) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

// An estimate says that no set which costs less than the next estimate leaves
// less than value.
type estimate struct {
	cost, value float64
	index       []int // of the relaxation's options that it is made of
}

// run searches until nothing is open, the limit is reached or ctx ends. The
// last two are told by what is left in open.
func (s *search) run(ctx context.Context) error {
	root, ok := s.propagate(slices.Clone(s.start), nil)
	if !ok {
		return nil
	}
	s.open = frontier{{status: root, bound: []estimate{{0, math.Inf(-1), nil}}}}
	if err := s.greedy(ctx, root); err != nil {
		return s.stopped(ctx, err)
	}
	for len(s.open) > 0 && s.nodes < s.limit && ctx.Err() == nil {
		s.nodes++
		b := s.open[0]
		s.status = b.status
		bound, err := s.estimate(ctx)
		if err != nil {
			return s.stopped(ctx, err)
		}
		j, err := s.probe(ctx, bound)
		if err != nil {
			return s.stopped(ctx, err)
		}
		heap.Pop(&s.open)
		if j < 0 {
			continue
		}
		bound, gap := s.outline(bound)
		for _, d := range []decision{out, in} {
			child := slices.Clone(b.status)
			child[j] = d
			if child, ok := s.propagate(child, []int32{j}); ok {
				heap.Push(&s.open, branch{child, bound, gap, 2*s.nodes + int(d)})
			}
		}
	}
	return nil
}

// maxOutline is how many estimates are kept of an open node.
const maxOutline = 48

// outline returns what must be kept of a bound while its node is open, and how
// far it lies below what was found, as a share of that. Where there are more
// estimates than are kept, the value of the last of a few stands for them.
func (s *search) outline(bound []estimate) (kept []estimate, gap float64) {
	stride := (len(bound) + maxOutline - 1) / maxOutline
	for few := range slices.Chunk(bound, stride) {
		kept = append(kept, estimate{cost: few[0].cost, value: few[len(few)-1].value})
	}
	for i := range bound {
		if high, low := s.found.At(bound[i].cost*(1+slack)), bound[i].value; !notAbove(high, low) {
			if math.IsInf(high, 0) || math.IsInf(low, 0) || high == 0 {
				return kept, 1
			}
			gap = max(gap, (high-low)/math.Abs(high))
		}
	}
	return kept, gap
}

// stopped passes on an error, but not that ctx ended: what was found stands.
func (s *search) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// propagate decides what follows from the decisions on the given controls, nil:
// all. It reports whether they can stand together.
func (s *search) propagate(status []decision, todo []int32) ([]decision, bool) {
	if todo == nil {
		for j := range status {
			todo = append(todo, int32(j))
			if status[j] == undecided && !s.acts[j] && !s.required(j) {
				status[j] = out
			}
		}
	}
	decide := func(j int32, d decision) bool {
		if status[j] == undecided {
			status[j] = d
			todo = append(todo, j)
		}
		return status[j] == d
	}
	for len(todo) > 0 {
		j := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch status[j] {
		case in:
			for _, i := range s.requires[j] {
				if !decide(i, in) {
					return nil, false
				}
			}
			for _, i := range s.excludes[j] {
				if !decide(i, out) {
					return nil, false
				}
			}
		case out:
			for i := range s.requires {
				if slices.Contains(s.requires[i], j) && !decide(int32(i), out) {
					return nil, false
				}
			}
		}
	}
	cost := 0.0
	for j, d := range status {
		if d == in {
			cost += s.cost[j]
		}
	}
	return status, cost <= s.budget*(1+slack)
}

// required reports whether some control requires j.
func (s *search) required(j int) bool {
	return slices.ContainsFunc(s.requires, func(list []int32) bool { return slices.Contains(list, int32(j)) })
}

// try values a set, with what it requires, if it meets the constraints.
func (s *search) try(ctx context.Context, set []bool) error {
	cost, ok := s.close(set)
	if !ok {
		return nil
	}
	value, err := s.value(ctx, set)
	if err == nil && !notAbove(s.found.At(cost), value) {
		s.found.Add(front.Point[[]bool]{Cost: cost, Value: value, Choice: slices.Clone(set)})
	}
	return err
}

// notAbove reports whether x is at most y, up to rounding.
func notAbove(x, y float64) bool {
	return x <= y || !math.IsInf(y, 0) && x-y <= slack*math.Abs(y)
}

// greedy finds sets to begin with: from the required controls on, always the
// control is added that takes away the most for its cost.
func (s *search) greedy(ctx context.Context, root []decision) error {
	set := make([]bool, len(root))
	for j, d := range root {
		set[j] = d == in
	}
	if err := s.try(ctx, slices.Clone(set)); err != nil {
		return err
	}
	for {
		now, err := s.value(ctx, set)
		if err != nil {
			return err
		}
		var best []bool
		most := 0.0
		for j, d := range root {
			if d != undecided || set[j] || !s.acts[j] {
				continue
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			next := slices.Clone(set)
			next[j] = true
			cost, ok := s.close(next)
			if !ok {
				continue
			}
			value, err := s.value(ctx, next)
			if err != nil {
				return err
			}
			if rate := (now - value) / (cost + math.SmallestNonzeroFloat64); value < now && (best == nil || rate > most) {
				best, most = next, rate
			}
		}
		if best == nil {
			return nil
		}
		set = best
		if err := s.try(ctx, slices.Clone(set)); err != nil {
			return err
		}
	}
}

// estimate returns the bound of the current node: the relaxation's, or the
// plain one.
func (s *search) estimate(ctx context.Context) ([]estimate, error) {
	if s.relax != nil {
		return s.relax.estimate(s.status, s.fixed(), s.budget), nil
	}
	return s.plain(ctx, s.fixed())
}

// plain bounds by cost alone: a set that costs x more than what is in has no
// control that costs more than x.
func (s *search) plain(ctx context.Context, fixed float64) ([]estimate, error) {
	held := make([]bool, len(s.status))
	var free []int32
	for j, d := range s.status {
		held[j] = d == in
		if d == undecided && s.acts[j] {
			free = append(free, int32(j))
		}
	}
	slices.SortStableFunc(free, func(i, j int32) int { return compareCosts(s.cost[i], s.cost[j]) })
	var bound []estimate
	i := 0
	for more := 0.0; ; more = s.cost[free[i]] {
		for ; i < len(free) && s.cost[free[i]] <= more; i++ {
			held[free[i]] = true
		}
		value, err := s.value(ctx, held)
		if err != nil {
			return nil, err
		}
		if n := len(bound); n == 0 || value < bound[n-1].value {
			bound = append(bound, estimate{fixed + more, value, nil})
		}
		if i == len(free) || fixed+s.cost[free[i]] > s.budget*(1+slack) {
			return bound, nil
		}
	}
}

// members returns the controls of a set that could come close to an estimate of
// the current node, and those of them on which the parts of the relaxation
// disagree.
func (s *search) members(e *estimate) (some, split []int32) {
	if s.relax != nil {
		return s.relax.members(e.index)
	}
	fixed := s.fixed()
	for j, d := range s.status {
		if d == undecided && s.acts[j] && fixed+s.cost[j] <= e.cost*(1+slack) {
			some = append(some, int32(j))
		}
	}
	return some, nil
}

// fixed returns the cost of what is in.
func (s *search) fixed() float64 {
	sum := 0.0
	for j, d := range s.status {
		if d == in {
			sum += s.cost[j]
		}
	}
	return sum
}

func compareCosts(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// probes is how many of the estimates of a node are tried as sets.
const probes = 8

// probe values sets that the bound suggests, and returns a control to split
// by, or -1 if the node is done: nothing below it can improve on what was found.
func (s *search) probe(ctx context.Context, bound []estimate) (int32, error) {
	matched := func(e *estimate) bool {
		return notAbove(s.found.At(e.cost*(1+slack)), e.value)
	}
	var left []*estimate
	for i := range bound {
		if !matched(&bound[i]) {
			left = append(left, &bound[i])
		}
	}
	if len(left) == 0 {
		return -1, nil
	}
	stride := (len(left) + probes - 1) / probes
	score, some := make([]float64, len(s.status)), make([]float64, len(s.status))
	done := true
	for i := 0; i < len(left); i += stride {
		e := left[i]
		set := make([]bool, len(s.status))
		for j, d := range s.status {
			set[j] = d == in
		}
		members, split := s.members(e)
		for _, j := range members {
			set[j] = true
			some[j] += s.cost[j] + math.SmallestNonzeroFloat64
		}
		for _, j := range split {
			score[j] += s.cost[j] + math.SmallestNonzeroFloat64
		}
		if err := s.try(ctx, set); err != nil {
			return -1, err
		}
		done = done && matched(e)
	}
	if done && !slices.ContainsFunc(left, func(e *estimate) bool { return !matched(e) }) {
		return -1, nil
	}
	for _, by := range [][]float64{score, some} {
		best := int32(-1)
		for j, x := range by {
			if x > 0 && s.status[j] == undecided && (best < 0 || x > by[best]) {
				best = int32(j)
			}
		}
		if best >= 0 {
			return best, nil
		}
	}
	set := make([]bool, len(s.status))
	for j, d := range s.status {
		set[j] = d == in
	}
	if err := s.try(ctx, set); err != nil {
		return -1, err
	}
	for j, d := range s.status {
		if d == undecided && s.acts[j] {
			return int32(j), nil
		}
	}
	return -1, nil
}

// trim takes out of the sets what costs nothing and does nothing there.
func (s *search) trim(ctx context.Context) error {
	for _, p := range s.found.Points() {
		for j := range p.Choice {
			if !p.Choice[j] || s.cost[j] > 0 {
				continue
			}
			p.Choice[j] = false
			less := slices.Clone(p.Choice)
			_, ok := s.close(less)
			value := math.Inf(1)
			if ok && !less[j] {
				var err error
				if value, err = s.value(ctx, less); err != nil {
					p.Choice[j] = true
					return s.stopped(ctx, err)
				}
			}
			p.Choice[j] = !notAbove(value, p.Value)
		}
	}
	return nil
}

// bound returns the staircase that is proved: below what was found and below
// the bounds of all open nodes.
func (s *search) bound() front.Staircase[struct{}] {
	var b front.Staircase[struct{}]
	for _, p := range s.found.Points() {
		b.Add(front.Point[struct{}]{Cost: p.Cost, Value: p.Value})
	}
	for _, o := range s.open {
		for _, e := range o.bound {
			b.Add(front.Point[struct{}]{Cost: e.cost, Value: e.value})
		}
	}
	return b
}
