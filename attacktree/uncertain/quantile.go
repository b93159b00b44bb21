package uncertain

import (
	"math"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// Quantiles of laws that need an iteration or several elementary functions
// cost up to a microsecond each. They are read from a table instead: a cubic
// through four exact quantiles in each cell of probability. Quantiles turn steep
// towards 0 and 1, so cells get finer there: every halving of the distance to the
// end has 16. What lies closer to an end than 1 in 2048, and a cell in which the
// cubic is not good enough, has none, and the law is asked.

// Tolerance is how far a quantile of a table may be from the exact one, as a
// share of the distance between the law's 5 % and 95 % quantiles, or of the
// quantile itself where that is greater.
const Tolerance = 1e-7

const (
	octaves   = 10 // halvings, from 1/2 down to 1/2048
	perOctave = 16
	mantissa  = 52 - 4 // bits of a float64 that say where in its cell a number lies
)

// firstCell is the upper part of the bits of 1/2048, exponent and cell.
var firstCell = math.Float64bits(1.0/2048) >> mantissa

// A quantile turns numbers between 0 and 1 into draws of a law.
type quantile struct {
	law   quantity.Dist
	below []cubic // by cell, for u below 1/2
	above []cubic // for u above 1/2, by the cell of 1-u
}

// A cubic holds its coefficients in the place within a cell, from 0 to 1. Where
// the first is NaN, the law is asked.
type cubic [4]float64

// newQuantile makes the table of a law, at the price of some two thousand exact
// quantiles. Laws with a quick quantile get none.
func newQuantile(law quantity.Dist) *quantile {
	q := &quantile{law: law}
	switch law.Kind {
	case quantity.Point, quantity.Uniform, quantity.Triangular:
		return q
	}
	if law.Certain() {
		return q
	}
	// A cubic is off most near a sixth, a half and five sixths of a cell. What is
	// seen there is held ten times lower than the promise.
	width := law.Quantile(0.95) - law.Quantile(0.05)
	half := func(exact func(v float64) float64) []cubic {
		table := make([]cubic, octaves*perOctave)
		end := exact(math.Float64frombits(firstCell << mantissa))
		for i := range table {
			from := math.Float64frombits((firstCell + uint64(i)) << mantissa)
			to := math.Float64frombits((firstCell + uint64(i) + 1) << mantissa)
			at := func(t float64) float64 { return exact(from + t*(to-from)) }
			start := end
			end = at(1)
			c := interpolate(start, at(1.0/3), at(2.0/3), end)
			for _, t := range []float64{1.0 / 6, 1.0 / 2, 5.0 / 6} {
				if x := at(t); !(math.Abs(c.at(t)-x) <= Tolerance/10*max(width, x)) {
					c[0] = math.NaN()
				}
			}
			table[i] = c
		}
		return table
	}
	q.below = half(law.Quantile)
	q.above = half(func(v float64) float64 { return law.Quantile(1 - v) })
	return q
}

// interpolate returns the cubic with these values at 0, 1/3, 2/3 and 1.
func interpolate(y0, y1, y2, y3 float64) cubic {
	return cubic{
		y0,
		(-11*y0 + 18*y1 - 9*y2 + 2*y3) / 2,
		(18*y0 - 45*y1 + 36*y2 - 9*y3) / 2,
		(-9*y0 + 27*y1 - 27*y2 + 9*y3) / 2,
	}
}

func (c *cubic) at(t float64) float64 { return c[0] + t*(c[1]+t*(c[2]+t*c[3])) }

// at returns the quantile of u, which lies between 0 and 1.
func (q *quantile) at(u float64) float64 {
	table, v := q.below, u
	if u > 0.5 {
		table, v = q.above, 1-u
	}
	bits := math.Float64bits(v)
	if cell := bits>>mantissa - firstCell; cell < uint64(len(table)) {
		t := float64(bits&(1<<mantissa-1)) / (1 << mantissa)
		if x := table[cell].at(t); x == x {
			return x
		}
	}
	return q.law.Quantile(u)
}
