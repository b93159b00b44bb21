package budget

import "slices"

const (
	restPoints = 256     // of what is above, at first
	enough     = 1 << 30 // numbers looked at, not to go through a diagram again
)

// refine makes bounds closer. It improves the sets that were found, and then makes
// the fronts of the parts that had to be thinned again, upwards only, without what
// can lead to nothing better, whatever goes with it.
func (s *solver) refine(rough bounds) bounds {
	best := s.climbed(rough.low)
	if s.hurry {
		return bounds{best, best.merge(rough.high)}
	}
	high, exact := s.above(best)
	if high == nil {
		return bounds{best, best.merge(rough.high)}
	}
	high = best.merge(high)
	if exact {
		return bounds{high, high}
	}
	return bounds{best, best.merge(high.lower(rough.high))}
}

// climbed improves the sets of a front.
func (s *solver) climbed(f *front) *front {
	c := newClimber(s.plan, s.ended)
	if s.hurry {
		c.work = hurriedWork
	}
	c.strip()
	enough := c.work / 2
	for _, i := range spread(len(f.from)) {
		if c.work > enough && !c.ended() {
			c.start(s.steps(f.from[i]))
		}
	}
	c.climb()
	best := &front{dim: 1}
	for _, set := range c.best {
		from := int32(none)
		for i, taken := range set.taken {
			if taken {
				from = s.both(from, s.pick(pick{none, none, c.steps[i].node}))
			}
		}
		best.cost, best.val = append(best.cost, set.Cost), append(best.val, set.Worth-s.sure)
		best.from = append(best.from, from)
	}
	return best.merge(f)
}

// above makes the front of what is worth more than what was found, or one above
// that, and reports whether it is exact. There is none if nothing can be done, or
// the context ends.
func (s *solver) above(best *front) (f *front, exact bool) {
	g := newGoal(best.points(s.sure))
	better := false
	for i := range s.parts {
		q := &s.parts[i]
		x := q.output()
		if !better && !q.wide() || s.of[x].exact() {
			continue
		}
		f, all, err := s.again(q, g)
		switch {
		case err != nil:
			return nil, false
		case len(f.cost) == 0:
			return &front{dim: 1}, true
		case all:
			s.of[x] = bounds{f, f}
		default:
			s.of[x].high = f
		}
		better = true
	}
	if !better {
		return nil, false
	}
	s.thinned = false
	f, err := s.addAll(s.highs(s.tops), above)
	if err != nil {
		return nil, false
	}
	return f, allExact(s.bounds(s.tops)) && !s.thinned
}

// highs returns the upper fronts of some nodes.
func (s *solver) highs(nodes []int) []*front {
	var out []*front
	for _, b := range s.bounds(nodes) {
		out = append(out, b.high)
	}
	return out
}

// again makes the upper front of a part, and reports whether it is exact but for
// what can be left out.
func (s *solver) again(q *part, g *goal) (f *front, exact bool, err error) {
	inputs := s.inputNodes(q)
	exact = allExact(s.bounds(inputs))
	fs := s.highs(inputs)
	c, err := s.context(q.output())
	if err != nil {
		return nil, false, err
	}
	if q.Diagram == nil {
		var r *rest
		if c != nil {
			x := q.output()
			r = newRest(c.told(s.used[x], s.earns[x]), g)
		}
		s.thinned = false
		f, err = s.gate(q, fs, above, r)
		return f, exact && !s.thinned, err
	}
	var top *rest
	if c != nil {
		dims := q.dims[0]
		top = newRest(c.told(dims[0].kind == chanceOf, dims[len(dims)-1].kind == earned), g)
	}
	f, err = s.sharper(s.newChain(q, fs), top)
	return f, exact && !s.thinned, err
}

// sharper goes through a diagram down and up, each time with more points and with
// what the time before left out, until nothing has to be thinned or it has taken
// long. top bounds what is above, if that is known.
func (s *solver) sharper(c *chain, top *rest) (f *front, err error) {
	s.thinned = false
	if top == nil {
		return c.pass(widePoints, above)
	}
	var best *front
	var below []*rest
	start := top.goal.effort
	for points := restPoints; ; points *= 2 {
		if c.rests, err = c.descend(top, below, points); err != nil {
			return nil, err
		}
		if c.rests == nil {
			return &front{dim: 1}, nil
		}
		s.thinned = false
		if f, err = c.pass(4*points, above); err != nil || len(f.cost) == 0 || !s.thinned {
			return f, err
		}
		if best == nil || f.dim > 1 {
			best = f
		} else {
			best = best.lower(f)
		}
		if top.goal.effort-start > enough || 4*points >= widePoints {
			return best, nil
		}
		below = nil
		for _, f := range c.fronts {
			below = append(below, newRest(f, top.goal))
		}
	}
}

// context bounds what goes with a node, by two numbers: how much its chance counts
// and what is earned elsewhere. It is nil if that is not known, since the node is
// the input of a diagram.
func (s *solver) context(node int) (*front, error) {
	if !s.used[node] {
		return s.beside(node)
	}
	i := slices.IndexFunc(s.parts, func(q part) bool { return slices.Contains(s.inputNodes(&q), node) })
	q := &s.parts[i]
	if q.Diagram != nil {
		return nil, nil
	}
	f, err := s.context(q.output())
	if err != nil || f == nil {
		return nil, err
	}
	f = f.plus(s.amount[q.output()])
	for _, x := range s.inputNodes(q) {
		if x == node {
			continue
		}
		if f, err = s.let(s.operation(q), f, s.shorter(s.of[x].high, restPoints, above)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// beside is the context of a node that no part asks for: its chance does not count.
func (s *solver) beside(node int) (*front, error) {
	others := slices.DeleteFunc(slices.Clone(s.tops), func(x int) bool { return x == node })
	var fs []*front
	for _, f := range s.highs(others) {
		fs = append(fs, s.shorter(f, restPoints, above))
	}
	f, err := s.addAll(fs, above)
	if err != nil {
		return nil, err
	}
	out := &front{dim: 2, cost: f.cost, from: f.from}
	for _, p := range f.points(s.sure) {
		out.val = append(out.val, 0, p.Worth)
	}
	return s.shorter(out, restPoints, above), nil
}

// plus makes the chance of a node count more, by what is earned there.
func (f *front) plus(amount float64) *front {
	out := &front{dim: f.dim, cost: f.cost, val: slices.Clone(f.val), from: f.from}
	for i := range out.cost {
		out.at(i)[0] += amount
	}
	return out
}

// let makes the context of one input of a gate from that of the gate and the front
// of another input, which lets the first one count as far as it goes.
func (s *solver) let(op operation, f, other *front) (*front, error) {
	p := &product{x: f, y: other, sx: f.scale(1), sy: other.scale(s.whole), dim: 2}
	p.value = func(w, v []float64, _ int, out []float64) bool {
		if out[0], out[1] = w[0]*v[0], w[1]; op == or {
			out[0], out[1] = w[0]*(1-v[0]), w[1]+w[0]*v[0]
		}
		if len(v) > 1 {
			out[1] += v[1]
		}
		return true
	}
	f, err := s.multiply(p, above)
	if err != nil {
		return nil, err
	}
	return s.short(f, restPoints, above, f.scale(1)), nil
}

// told puts a context in the form of a [rest] of a node that is told by its
// chance, by what is earned below, or by both.
func (f *front) told(chance, earns bool) *front {
	out := &front{cost: f.cost, from: f.from}
	for i := range f.cost {
		v := f.at(i)
		if chance {
			out.val = append(out.val, v[0])
		}
		if earns {
			out.val = append(out.val, 1)
		}
		out.val = append(out.val, v[1])
	}
	out.dim = len(out.val) / len(out.cost)
	return out
}

// merge returns the staircase of two fronts of one number.
func (f *front) merge(g *front) *front {
	all := &front{dim: 1, cost: slices.Concat(f.cost, g.cost), val: slices.Concat(f.val, g.val), from: slices.Concat(f.from, g.from)}
	all.sort()
	out := &front{dim: 1}
	for i, v := range all.val {
		n := len(out.val)
		if n > 0 && v <= out.val[n-1] {
			continue
		}
		if n > 0 && all.cost[i] == out.cost[n-1] {
			n--
		}
		out.cost, out.val, out.from = append(out.cost[:n], all.cost[i]), append(out.val[:n], v), append(out.from[:n], all.from[i])
	}
	return out
}

// lower returns the lower of two staircases, where there are both.
func (f *front) lower(g *front) *front {
	out := &front{dim: 1}
	for i, j := 0, 0; i < len(f.cost) || j < len(g.cost); {
		var cost float64
		switch {
		case j == len(g.cost) || i < len(f.cost) && f.cost[i] < g.cost[j]:
			cost = f.cost[i]
			i++
		case i == len(f.cost) || g.cost[j] < f.cost[i]:
			cost = g.cost[j]
			j++
		default:
			cost = f.cost[i]
			i, j = i+1, j+1
		}
		if i == 0 || j == 0 {
			continue
		}
		v := min(f.val[i-1], g.val[j-1])
		if n := len(out.val); n == 0 || v > out.val[n-1] {
			out.cost, out.val, out.from = append(out.cost, cost), append(out.val, v), append(out.from, none)
		}
	}
	return out
}
