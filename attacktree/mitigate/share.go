package mitigate

import (
	"context"
	"math"
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

// tune looks for shares that raise the bound at the root.
func (w *worker) tune(ctx context.Context, root []decision, in window, found *staircase) error {
	return ctx.Err()
}
