package mitigate

import (
	"context"
	"math"
	"slices"
)

// share divides the cost of each control among its copies, in proportion to
// weights (by part and control of the part; nil: all equal), so that what a set of
// controls pays in any case is no more than it costs.
func (r *relaxation) share(weights [][]float64) {
	type place struct {
		part int32
		k    int // index of the control in the part
	}
	places := make([][]place, len(r.cost))
	for i := range r.parts {
		if p := &r.parts[i]; p.kind.leaf() {
			p.share = make([]float64, len(p.controls))
			for k, j := range p.controls {
				places[j] = append(places[j], place{int32(i), k})
			}
		}
	}
	paid := make([]float64, len(r.parts))
	for j, cost := range r.cost {
		if len(places[j]) == 0 || cost == 0 {
			continue
		}
		// pay returns the greatest sum over the leaves of any case.
		pay := func(of func(place) float64) float64 {
			clear(paid)
			for _, at := range places[j] {
				paid[at.part] = of(at)
			}
			for i := range r.parts {
				switch p := &r.parts[i]; {
				case p.kind.leaf():
				case p.kind == casePart:
					paid[i] = paid[p.a] + max(paid[p.b], paid[p.c])
				case p.kind == togetherPart:
					paid[i] = max(paid[p.a], paid[p.b])
				default:
					paid[i] = paid[p.a] + paid[p.b]
				}
			}
			return paid[len(paid)-1]
		}
		weight := func(at place) float64 {
			if weights == nil {
				return 1
			}
			return weights[at.part][at.k]
		}
		now := func(at place) float64 { return r.parts[at.part].share[at.k] }
		whole := pay(weight)
		// Whole cells, so that lists lose nothing: what rounding down leaves over
		// goes to the next copy, if no case then pays too much.
		for _, carried := range []bool{true, false} {
			left := 0.0
			for _, at := range places[j] {
				share := cost * weight(at) / whole
				if r.unit > 0 && r.cell <= r.unit {
					exact := share/r.cell + left
					cells := math.Floor(exact + 1e-6)
					if carried {
						left = exact - cells
					}
					share = cells * r.cell
				}
				r.parts[at.part].share[at.k] = share
			}
			if pay(now) <= cost*(1+slack) {
				break
			}
		}
	}
}

const (
	tuneAfter  = 64 // nodes, so that what is easy does without
	tuneRounds = 40
	tunePoints = 16 // of the bound that are looked at in a round
)

// tune looks for shares that raise the bound at the root: a copy that is chosen
// where others of its control are not is cheap for what it does there, and takes
// over some of their shares (multiplicative steps along a subgradient of what is a
// Lagrangian decomposition). The shares that came closest to what was found are
// kept, and the sets that the bounds suggest are tried.
func (w *worker) tune(ctx context.Context, root []decision, in window, found *staircase) error {
	r := w.relaxation
	weights := make([][]float64, len(r.parts))
	for i := range r.parts {
		weights[i] = make([]float64, len(r.parts[i].controls))
		for k := range weights[i] {
			weights[i][k] = 1
		}
	}
	var best [][]float64
	closest := math.Inf(-1)
	fixed := w.fixed(root)
	w.status, w.found, w.tried = root, found.Clone(), nil
	for n := range tuneRounds {
		r.share(weights)
		w.lower.forget()
		bound, err := w.lower.estimate(ctx, root, fixed, in)
		if err != nil {
			return err
		}
		if near := closeness(bound, found); near > closest {
			closest, best = near, deepClone(weights)
		}
		var open []estimate
		for _, e := range bound {
			if !notAbove(found.At(e.cost*(1+slack)), e.value) {
				open = append(open, e)
			}
		}
		if len(open) == 0 {
			break
		}
		chosen := make([][]float64, len(r.parts)) // how often, less how often all copies of the control are
		for i := range chosen {
			chosen[i] = make([]float64, len(weights[i]))
		}
		stride := (len(open) + tunePoints - 1) / tunePoints
		points := 0.0
		for i := n % stride; i < len(open); i += stride {
			points++
			w.lower.disagree(open[i].index, chosen)
			some, split := w.lower.members(open[i].index)
			for _, list := range [][]int32{nil, split} { // with all that some copy has, and with what all have
				set := held(root)
				for _, j := range some {
					set[j] = true
				}
				for _, j := range list {
					set[j] = false
				}
				if err := w.try(ctx, set); err != nil {
					return err
				}
			}
		}
		step := 1.5 / math.Sqrt(float64(n+1)) / max(points, 1)
		for i := range weights {
			for k := range weights[i] {
				weights[i][k] = min(max(weights[i][k]*math.Exp(step*chosen[i][k]), 1e-3), 1e3)
			}
		}
	}
	r.share(best)
	return nil
}

// disagree adds to each copy that an option of the whole is made of how much more
// it is chosen than the copies of its control are on average.
func (b *bounds) disagree(index int32, more [][]float64) {
	chosen, copies := make([]float64, len(b.cost)), make([]float64, len(b.cost))
	type use struct {
		part   int32
		option *option
	}
	var leaves []use
	b.visit(index, func(i int32, o *option) {
		leaves = append(leaves, use{i, o})
		b.copies(i, o, func(_ int, j int32, has bool) {
			copies[j]++
			if has {
				chosen[j]++
			}
		})
	})
	for _, u := range leaves {
		b.copies(u.part, u.option, func(k int, j int32, has bool) {
			x := -chosen[j] / copies[j]
			if has {
				x++
			}
			more[u.part][k] += x
		})
	}
}

// closeness says how near a bound lies to what was found: 0 if nowhere below,
// else less.
func closeness(bound []estimate, found *staircase) float64 {
	sum := 0.0
	i := 0
	for _, p := range found.Points() {
		for i+1 < len(bound) && bound[i+1].cost <= p.Cost*(1+slack) {
			i++
		}
		if len(bound) == 0 || bound[i].cost > p.Cost*(1+slack) || bound[i].value >= p.Value {
			continue
		}
		if gap := (p.Value - bound[i].value) / math.Abs(p.Value); gap < 1e3 {
			sum -= gap
		} else {
			sum -= 1e3 // of values that are 0 or infinite
		}
	}
	return sum
}

func deepClone(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i := range x {
		out[i] = slices.Clone(x[i])
	}
	return out
}
