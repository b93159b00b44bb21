package uncertain

import (
	"math"
	"slices"
	"sort"
)

// A Distribution is the law of losses that were drawn: with it go the loss
// exceedance curve, value at risk and what lies in the tail.
type Distribution struct{ sorted []float64 }

// Distribution sorts a copy of the values; there is at least one.
func (v Values) Distribution() Distribution { return Distribution{slices.Sorted(slices.Values(v))} }

// Above returns the chance that a loss is above x: the exceedance curve.
func (d Distribution) Above(x float64) float64 {
	n := len(d.sorted)
	return float64(n-sort.Search(n, func(i int) bool { return d.sorted[i] > x })) / float64(n)
}

// AtRisk returns the least loss that is not exceeded with a chance of at least
// q: the value at risk. AtRisk(0.95) is lost or exceeded in one year of twenty.
func (d Distribution) AtRisk(q float64) float64 { return quantileOf(d.sorted, q) }

// Tail returns the mean of the worst losses, those of the share 1-q: the tail
// value at risk, or expected shortfall. Where the share cuts through a value,
// that counts in part, so that Tail is never below AtRisk (Acerbi and Tasche, On
// the coherence of expected shortfall, 2002). Q is below 1.
func (d Distribution) Tail(q float64) float64 {
	n := float64(len(d.sorted))
	first := min(max(int(math.Ceil(q*n)), 0), len(d.sorted))
	sum := 0.0
	for _, x := range d.sorted[first:] {
		sum += x
	}
	if rest := float64(first) - q*n; first > 0 && rest > 0 {
		sum += rest * d.sorted[first-1]
	}
	return sum / ((1 - q) * n)
}

// A Point of an exceedance curve: with this chance a year loses as much or more.
type Point struct {
	Chance float64 // from 0 to 1
	Loss   float64 // money
}

// Curve returns the exceedance curve where there is a loss: first the chance of
// any, then the losses at round chances below it, down to the least that ten
// draws lie beyond, so that the end of the curve is no accident.
func (d Distribution) Curve() []Point {
	const beyond = 10
	out := []Point{{Chance: d.Above(0)}}
	steps := []float64{9, 8, 7, 6, 5, 4, 3, 2, 1}
	for scale := 10.0; ; scale *= 10 {
		for _, step := range steps {
			chance := step / scale
			if chance*float64(len(d.sorted)) < beyond {
				return out
			}
			if loss := d.AtRisk(1 - chance); loss > 0 {
				out = append(out, Point{chance, loss})
			}
		}
		steps = []float64{5, 3, 2, 1.5, 1}
	}
}
