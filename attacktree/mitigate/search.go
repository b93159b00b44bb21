package mitigate

import (
	"container/heap"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

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
//
// Nodes are looked at in rounds of a fixed size, each node by what had been found
// before its round. So any number of workers find the same.
type search struct {
	*choice
	workers []*worker
	found   staircase
	open    frontier
	nodes   int
	work    int64 // as counted by the workers
	most    int   // nodes
	limit   int64 // of work
	gap     float64
}

// A staircase of sets.
type staircase = front.Staircase[[]bool]

// A worker looks at nodes, one at a time.
type worker struct {
	*choice
	*valuer
	lower *bounds // nil: only the plain bound

	status []decision
	found  staircase // before the round, and by this node
	tried  []front.Point[[]bool]
	work   int64 // beyond that of bounds
}

// A branch is a node that is still to be looked at: decisions, and the outline of
// the bound of the node it came from.
type branch struct {
	status []decision
	bound  []BoundPoint
	in     window  // where the bound lies below what was found
	gap    float64 // how far at most
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
	(*f)[len(*f)-1] = branch{}
	*f = (*f)[:len(*f)-1]
	return last
}

// newWorker returns one more worker.
func (c *choice) newWorker() (*worker, error) {
	s, err := c.structure()
	if err != nil {
		return nil, err
	}
	w := &worker{choice: c, valuer: c.first.another(s)}
	if c.relaxation != nil {
		w.lower = c.relaxation.newBounds(s)
	}
	return w, nil
}

// round is how many nodes are looked at before what they found is put together.
const round = 16

// run searches until nothing is open, a limit is reached or ctx ends. The last
// two are told by what is left in open.
func (s *search) run(ctx context.Context) error {
	root, ok := s.propagate(slices.Clone(s.start), nil)
	if !ok {
		return nil
	}
	all := window{math.Inf(-1), s.budget * (1 + slack)}
	s.open = frontier{{status: root, bound: []BoundPoint{{0, math.Inf(-1)}}, in: all, gap: math.Inf(1)}}
	first := s.workers[0]
	if err := first.greedy(ctx, root); err != nil {
		return s.stopped(ctx, err)
	}
	s.merge(first.tried)
	tuned := s.relaxation == nil
	for len(s.open) > 0 && s.nodes < s.most && s.work < s.limit && ctx.Err() == nil {
		if !tuned && s.nodes >= tuneAfter {
			tuned = true
			if err := s.tune(ctx, root, all); err != nil {
				return s.stopped(ctx, err)
			}
		}
		var batch []branch
		for len(batch) < min(round, s.most-s.nodes) && len(s.open) > 0 && s.open[0].gap > s.gap {
			batch = append(batch, heap.Pop(&s.open).(branch))
		}
		if len(batch) == 0 {
			return nil
		}
		results, err := s.look(ctx, batch)
		for i := range results {
			r := &results[i]
			s.merge(r.tried)
			s.work += r.work
			if !r.done {
				heap.Push(&s.open, batch[i]) // not looked at to the end
				continue
			}
			s.nodes++
			for side, child := range r.children {
				child.number = 2*s.nodes + side
				heap.Push(&s.open, child)
			}
		}
		if err != nil {
			return s.stopped(ctx, err)
		}
	}
	return nil
}

// tune improves the relaxation, which all workers share.
func (s *search) tune(ctx context.Context, root []decision, in window) error {
	before := s.workers[0].lower.work
	err := s.workers[0].tune(ctx, root, in, &s.found)
	s.merge(s.workers[0].tried)
	s.work += s.workers[0].lower.work - before
	for _, w := range s.workers {
		w.lower.forget()
	}
	return err
}

// A result is what came of a node.
type result struct {
	tried    []front.Point[[]bool]
	children []branch
	work     int64
	done     bool
}

// look gives the nodes of a round to the workers.
func (s *search) look(ctx context.Context, batch []branch) ([]result, error) {
	results := make([]result, len(batch))
	failed := make([]error, len(batch))
	var next atomic.Int64
	var group sync.WaitGroup
	for _, w := range s.workers[:min(len(s.workers), len(batch))] {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(batch); i = int(next.Add(1)) - 1 {
				results[i], failed[i] = w.look(ctx, &batch[i], &s.found)
			}
		})
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return results, err
		}
	}
	return results, nil
}

// merge puts sets to those that were found.
func (s *search) merge(tried []front.Point[[]bool]) {
	for _, p := range tried {
		if !notAbove(s.found.At(p.Cost), p.Value) {
			s.found.Add(p)
		}
	}
}

// look looks at a node, and returns what it is split into.
func (w *worker) look(ctx context.Context, b *branch, found *staircase) (result, error) {
	w.status, w.found, w.tried, w.work = b.status, found.Clone(), nil, 0
	before := int64(0)
	if w.lower != nil {
		before = w.lower.work
	}
	r := result{}
	children, err := w.split(ctx, b)
	r.children, r.tried, r.done = children, w.tried, err == nil
	r.work = w.work
	if w.lower != nil {
		r.work += w.lower.work - before
	}
	return r, err
}

func (w *worker) split(ctx context.Context, b *branch) ([]branch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, gap, _ := w.outline(b.bound); gap == 0 {
		return nil, nil // what was found since is as good
	}
	bound, err := w.estimate(ctx, b.in)
	if err != nil {
		return nil, err
	}
	j, err := w.probe(ctx, bound)
	if err != nil || j < 0 {
		return nil, err
	}
	points := make([]BoundPoint, len(bound))
	for i, e := range bound {
		points[i] = BoundPoint{e.cost, e.value}
	}
	outline, gap, inside := w.outline(points)
	inside = window{max(inside.low, b.in.low), min(inside.high, b.in.high)}
	if gap == 0 {
		return nil, nil
	}
	var children []branch
	for _, d := range []decision{out, in} {
		child := slices.Clone(b.status)
		child[j] = d
		if child, ok := w.propagate(child, []int32{j}); ok {
			children = append(children, branch{status: child, bound: outline, in: inside, gap: gap})
		}
	}
	return children, nil
}

// maxOutline is how many points are kept of the bound of an open node.
const maxOutline = 48

// outline returns what must be kept of a bound while its node is open: where it
// lies below what was found, and how far at most, as a share of that. Where there
// are more points than are kept, the cost of the first and the value of the last
// of a few stand for them.
func (w *worker) outline(bound []BoundPoint) (kept []BoundPoint, gap float64, inside window) {
	inside = window{math.Inf(1), math.Inf(-1)}
	var open []BoundPoint
	for i, e := range bound {
		if notAbove(w.found.At(e.Cost*(1+slack)), e.Value) {
			continue
		}
		open = append(open, e)
		inside.low = min(inside.low, e.Cost)
		inside.high = math.Inf(1)
		if i+1 < len(bound) {
			inside.high = bound[i+1].Cost
		}
	}
	stride := max((len(open)+maxOutline-1)/maxOutline, 1)
	for few := range slices.Chunk(open, stride) {
		cost, value := few[0].Cost, few[len(few)-1].Value
		kept = append(kept, BoundPoint{cost, value})
		if high := w.found.At(cost * (1 + slack)); math.IsInf(high, 0) || math.IsInf(value, 0) || high == 0 {
			gap = max(gap, 1)
		} else {
			gap = max(gap, (high-value)/math.Abs(high))
		}
	}
	return kept, gap, inside
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
func (c *choice) propagate(status []decision, todo []int32) ([]decision, bool) {
	if todo == nil {
		for j := range status {
			todo = append(todo, int32(j))
			if status[j] == undecided && !c.acts[j] && len(c.requiredBy[j]) == 0 {
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
			for _, i := range c.requires[j] {
				if !decide(i, in) {
					return nil, false
				}
			}
			for _, i := range c.excludes[j] {
				if !decide(i, out) {
					return nil, false
				}
			}
		case out:
			for _, i := range c.requiredBy[j] {
				if !decide(i, out) {
					return nil, false
				}
			}
		}
	}
	return status, c.fixed(status) <= c.budget*(1+slack)
}

// fixed returns the cost of what is in.
func (c *choice) fixed(status []decision) float64 {
	sum := 0.0
	for j, d := range status {
		if d == in {
			sum += c.cost[j]
		}
	}
	return sum
}

// held returns the set of what is in.
func held(status []decision) []bool {
	set := make([]bool, len(status))
	for j, d := range status {
		set[j] = d == in
	}
	return set
}

// try values a set, with what it requires, if it meets the constraints.
func (w *worker) try(ctx context.Context, set []bool) error {
	cost, ok := w.close(set)
	if !ok {
		return nil
	}
	w.work += int64(w.size)
	value, err := w.value(ctx, set)
	if err == nil && !notAbove(w.found.At(cost), value) {
		p := front.Point[[]bool]{Cost: cost, Value: value, Choice: slices.Clone(set)}
		w.found.Add(p)
		w.tried = append(w.tried, p)
	}
	return err
}

// notAbove reports whether x is at most y, up to rounding.
func notAbove(x, y float64) bool {
	return x <= y || !math.IsInf(y, 0) && x-y <= slack*math.Abs(y)
}

// greedy finds sets to begin with: from the required controls on, always the
// control is added that takes away the most for its cost.
func (w *worker) greedy(ctx context.Context, root []decision) error {
	set := held(root)
	if err := w.try(ctx, slices.Clone(set)); err != nil {
		return err
	}
	for {
		now, err := w.value(ctx, set)
		if err != nil {
			return err
		}
		var best []bool
		most := 0.0
		for j, d := range root {
			if d != undecided || set[j] || !w.acts[j] {
				continue
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			next := slices.Clone(set)
			next[j] = true
			cost, ok := w.close(next)
			if !ok {
				continue
			}
			value, err := w.value(ctx, next)
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
		if err := w.try(ctx, slices.Clone(set)); err != nil {
			return err
		}
	}
}

// estimate returns the bound of the current node in a window: the relaxation's,
// or the plain one.
func (w *worker) estimate(ctx context.Context, in window) ([]estimate, error) {
	if w.lower != nil {
		return w.lower.estimate(ctx, w.status, w.fixed(w.status), in)
	}
	return w.plain(ctx, w.fixed(w.status))
}

// plain bounds by cost alone: a set that costs x more than what is in has no
// control that costs more than x.
func (w *worker) plain(ctx context.Context, fixed float64) ([]estimate, error) {
	set := held(w.status)
	var free []int32
	for j, d := range w.status {
		if d == undecided && w.acts[j] {
			free = append(free, int32(j))
		}
	}
	cost := w.cost
	slices.SortStableFunc(free, func(i, j int32) int { return compareCosts(cost[i], cost[j]) })
	var bound []estimate
	i := 0
	for more := 0.0; ; more = cost[free[i]] {
		for ; i < len(free) && cost[free[i]] <= more; i++ {
			set[free[i]] = true
		}
		w.work += int64(w.size)
		value, err := w.value(ctx, set)
		if err != nil {
			return nil, err
		}
		if n := len(bound); n == 0 || value < bound[n-1].value {
			bound = append(bound, estimate{fixed + more, value, 0})
		}
		if i == len(free) || fixed+cost[free[i]] > w.budget*(1+slack) {
			return bound, nil
		}
	}
}

// guess returns the controls of a set that could come close to an estimate of
// the current node, and those of them on which the parts of the relaxation
// disagree.
func (w *worker) guess(e *estimate) (some, split []int32) {
	if w.lower != nil {
		return w.lower.members(e.index)
	}
	fixed := w.fixed(w.status)
	for j, d := range w.status {
		if d == undecided && w.acts[j] && fixed+w.cost[j] <= e.cost*(1+slack) {
			some = append(some, int32(j))
		}
	}
	return some, nil
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
func (w *worker) probe(ctx context.Context, bound []estimate) (int32, error) {
	matched := func(e *estimate) bool {
		return notAbove(w.found.At(e.cost*(1+slack)), e.value)
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
	score, some := make([]float64, len(w.status)), make([]float64, len(w.status))
	for i := 0; i < len(left); i += stride {
		set := held(w.status)
		members, split := w.guess(left[i])
		for _, j := range members {
			set[j] = true
			some[j] += w.cost[j] + math.SmallestNonzeroFloat64
		}
		for _, j := range split {
			score[j] += w.cost[j] + math.SmallestNonzeroFloat64
		}
		if err := w.try(ctx, set); err != nil {
			return -1, err
		}
	}
	if !slices.ContainsFunc(left, func(e *estimate) bool { return !matched(e) }) {
		return -1, nil
	}
	if err := w.try(ctx, held(w.status)); err != nil {
		return -1, err
	}
	allowed := func(int32) bool { return true }
	if acting, ok := w.acting(held(w.status)); ok {
		// The cheapest attack stays what it is unless some control that acts on it
		// comes in, so that only these are worth a split, and without any the set
		// of what is in is the best.
		allowed = func(j int32) bool { return slices.Contains(acting, j) }
	}
	for _, by := range [][]float64{score, some} {
		best := int32(-1)
		for j, x := range by {
			if x > 0 && w.status[j] == undecided && allowed(int32(j)) && (best < 0 || x > by[best]) {
				best = int32(j)
			}
		}
		if best >= 0 {
			return best, nil
		}
	}
	for j, d := range w.status {
		if d == undecided && w.acts[j] && allowed(int32(j)) {
			return int32(j), nil
		}
	}
	return -1, nil
}

// trim takes out of the sets what costs nothing and does nothing there, together
// with what requires it.
func (s *search) trim(ctx context.Context) error {
	w := s.workers[0]
	for _, p := range s.found.Points() {
		for {
			less, err := w.redundant(ctx, p.Choice, p.Value)
			if err != nil {
				return s.stopped(ctx, err)
			}
			if less == nil {
				break
			}
			copy(p.Choice, less)
		}
	}
	return nil
}

// redundant returns a smaller set that costs and leaves the same, or nil. If there
// is any, there is one that lacks only one control and what requires it.
func (w *worker) redundant(ctx context.Context, set []bool, value float64) ([]bool, error) {
	for j := range set {
		if !set[j] {
			continue
		}
		less := slices.Clone(set)
		free := w.drop(less, int32(j))
		if !free {
			continue
		}
		x, err := w.value(ctx, less)
		if err != nil {
			return nil, err
		}
		if notAbove(x, value) {
			return less, nil
		}
	}
	return nil, nil
}

// drop takes a control and what requires it out of a set, and reports whether all
// of this is free and none of it required.
func (c *choice) drop(set []bool, j int32) bool {
	todo := []int32{j}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !set[i] {
			continue
		}
		if c.cost[i] > 0 || c.start[i] == in {
			return false
		}
		set[i] = false
		todo = append(todo, c.requiredBy[i]...)
	}
	return true
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
			b.Add(front.Point[struct{}]{Cost: e.Cost, Value: e.Value})
		}
	}
	return b
}

// allWorkers returns as many workers as there are cores.
func (c *choice) allWorkers() ([]*worker, error) {
	var all []*worker
	for range max(runtime.GOMAXPROCS(0), 1) {
		w, err := c.newWorker()
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}
