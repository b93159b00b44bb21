package budget

// A chain goes through the levels of a diagram, from the last one up, and keeps
// the front of the choices below.
type chain struct {
	*solver
	part   *part
	input  []*front    // by level
	weight [][]float64 // by level, and one more: how much the numbers count, about
	slope  float64     // what is lost by a unit of cost, about
	strict bool        // rather fail than thin
	rests  []*rest     // by level, and one more: what is above it, if that is known
	fronts []*front    // by level, and one more: what the last pass made
}

func (s *solver) newChain(q *part, input []*front) *chain {
	c := &chain{solver: s, part: q, input: input}
	c.weigh()
	return c
}

// weigh takes the mean over attacks of all steps at once, at some fractions of
// their chances, of what a number is worth to the whole.
func (c *chain) weigh() {
	levels := len(c.part.stages)
	c.weight = make([][]float64, levels+1)
	for l, dims := range c.part.dims {
		c.weight[l] = make([]float64, len(dims))
	}
	for i, d := range c.part.dims[0] { // above the first level
		c.weight[0][i] = 1
		if d.kind == chanceOf {
			c.weight[0][i] = c.part.counts[0].high[i]
		}
	}
	costs, worth := 0.0, 0.0
	for _, share := range []float64{0.25, 0.5, 0.75, 1} {
		mass := append([]float64(nil), c.weight[0]...)
		for l := range levels {
			st := &c.part.stages[l]
			chance, gain, cost := c.greatest(l)
			if share == 1 {
				costs += cost
			}
			next := make([]float64, len(c.part.dims[l+1]))
			worth += st.hand(mass, share*chance, next) / 4
			if st.earn >= 0 {
				worth += gain * share / 4
			}
			mass = next
			for i, x := range mass {
				if d := c.part.dims[l+1][i]; d.kind == attempted || d.kind == left {
					x = c.whole
				}
				c.weight[l+1][i] += x / 4
			}
		}
	}
	if costs > 0 {
		c.slope = worth / costs
	}
}

// greatest returns the greatest numbers of the input at a level.
func (c *chain) greatest(l int) (chance, gain, cost float64) {
	f := c.input[l]
	for i := range f.cost {
		v := f.at(i)
		chance = max(chance, v[0])
		if f.dim > 1 {
			gain = max(gain, v[1])
		}
		cost = max(cost, f.cost[i])
	}
	return chance, gain, cost
}

// pass goes through all levels with at most so many points each, and returns the
// front above the first one. It is empty if nothing better than what was found is
// left.
func (c *chain) pass(most int, on side) (*front, error) {
	levels := len(c.part.stages)
	c.fronts = make([]*front, levels+1)
	f := nothing()
	c.fronts[levels] = f
	for l := levels - 1; l >= 0; l-- {
		p := c.stage(l, f, c.input[l])
		at := scale{weight: c.weight[l], slope: c.slope}
		p.sx, p.sy = scale{weight: c.weight[l+1], slope: c.slope}, c.pays()
		if c.rests != nil {
			p.rest = c.rests[l]
			p.sx.rest, at.rest = c.rests[l+1], c.rests[l]
		}
		var err error
		if f, err = c.multiply(p, on); err != nil || len(f.cost) == 0 {
			return f, err
		}
		if c.strict && len(f.cost) > most {
			return nil, errLong
		}
		c.thin(f, min(most, c.most(f.dim)), on, at)
		c.fronts[l] = f
	}
	return f, nil
}

// pays says what the numbers of an input count.
func (c *chain) pays() scale { return scale{weight: []float64{c.whole, 1}, slope: c.slope} }

// stage is the product of the front below a level and the input there.
func (c *chain) stage(l int, x, y *front) *product {
	st := &c.part.stages[l]
	read := func(v []float64, at int32) float64 {
		switch at {
		case isTrue:
			return 1
		case isFalse:
			return 0
		}
		return v[at]
	}
	value := func(t, in []float64, j int, out []float64) bool {
		for k, from := range st.pass {
			if from >= 0 {
				out[k] = t[from]
			}
		}
		if st.step >= 0 {
			if st.below >= 0 && t[int(st.below)+1-j] == 0 { // decided otherwise
				return false
			}
			if st.above >= 0 {
				out[st.above], out[st.above+1] = float64(j), float64(1-j)
			}
		}
		sum := 0.0
		if st.earnLow >= 0 {
			sum = t[st.earnLow]
		}
		if len(in) > 1 {
			sum += in[1]
		}
		p := in[0]
		for _, b := range st.tests {
			v := p*read(t, b.hi) + (1-p)*read(t, b.lo)
			if b.at >= 0 {
				out[b.at] = v
			}
			sum += b.amount * v
		}
		if st.earn >= 0 {
			out[st.earn] = sum
		}
		return true
	}
	return &product{x: x, y: st.pay(y), dim: len(c.part.dims[l]), value: value, counts: &c.part.counts[l]}
}

// hand adds to what the numbers below a level count what those above it make of
// that, where its input has some chance. It returns what that earns in any case.
func (st *stage) hand(above []float64, chance float64, below []float64) float64 {
	sure := 0.0
	for i, from := range st.pass {
		if from >= 0 {
			below[from] += above[i]
		}
	}
	if st.earnLow >= 0 {
		below[st.earnLow] = 1
	}
	give := func(to int32, x float64) {
		switch to {
		case isTrue:
			sure += x
		case isFalse:
		default:
			below[to] += x
		}
	}
	for _, b := range st.tests {
		x := b.amount
		if b.at >= 0 {
			x += above[b.at]
		}
		give(b.hi, x*chance)
		give(b.lo, x*(1-chance))
	}
	return sure
}

// pay returns the input of a level without the costs, if these are paid below.
func (st *stage) pay(y *front) *front {
	if st.step < 0 || st.below < 0 {
		return y
	}
	return &front{dim: y.dim, cost: make([]float64, len(y.cost)), val: y.val, from: []int32{none, none}}
}

// most returns how many points a front of so many numbers may have.
func (s *solver) most(dim int) int {
	most := s.Limits.front() / max(dim, 1)
	switch {
	case s.hurry:
		most = fewest
	case dim > 2:
		most = min(most, widePoints)
	case dim == 2:
		most = min(most, maxPoints)
	}
	return max(most, fewest)
}
