package uncertain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// What knowing more is worth before one of several mitigation sets is chosen, by
// the expected total cost of a period: that of the controls, and of attempts
// times the expected impact.
//
// Who knows all numbers chooses the best set for them: what that saves, on
// average, is the expected value of perfect information. What it saves to know
// one number is that of partial perfect information (Raiffa and Schlaifer, Applied
// statistical decision theory, 1961). Where the total costs are linear in each
// number, the mean given one number is a line for each set, and the integral over
// the least of the lines is exact. Otherwise it is estimated by the partition of
// the draws into classes of that number (Strong and Oakley, An efficient method
// for computing single-parameter partial expected value of perfect information,
// Medical Decision Making 33, 2013), which errs upwards by some noise.

// An Information says what knowing more is worth.
type Information struct {
	Best    string // the set with the least expected total cost
	Cost    float64
	Perfect float64 // expected value of knowing all numbers, per period
	SE      float64 // its standard error
	Exact   bool    // the worth of single numbers is exact
	Numbers []Worth // the greatest first; those worth nothing are left out
}

// A Worth is the expected value of knowing one number, per period.
type Worth struct {
	Number string
	Value  float64
}

const (
	classes        = 20      // of the values of a number
	classedDraws   = 1 << 15 // draws that are put into classes at most
	straight       = 1e-9    // a total cost is a line where it is, to this share of the greatest
	negligibleRest = 1e-12   // share of the expected total cost that counts as worth nothing
)

// Inform says what knowing more is worth before one of the scenarios of a whole
// simulation is chosen; they are those it was simulated for. The goal must have
// losses.
func Inform(ctx context.Context, p *attacktree.Program, s *Simulation, scenarios []*attacktree.Scenario) (*Information, error) {
	if len(scenarios) != len(s.Scenarios) || s.Count != s.Samples || len(s.Numbers) != len(p.Draws()) {
		return nil, errors.New("uncertain: expected a whole simulation of the program and of the scenarios that are chosen from")
	}
	columns := make([]Values, len(scenarios))
	for k := range columns {
		if columns[k] = s.Scenarios[k].Column(TotalCost); columns[k] == nil {
			return nil, fmt.Errorf("uncertain: %s has no losses that a choice could lower", s.Goal)
		}
	}
	out := new(Information)
	out.perfect(s, columns)
	d := &decision{ctx: ctx, s: s, columns: columns}
	for _, n := range s.Numbers {
		d.means = append(d.means, n.Law.Mean())
	}
	out.Exact = true
	for _, sc := range scenarios {
		e := p.NewEvaluator()
		if err := e.Set(sc); err != nil {
			return nil, err
		}
		d.evaluators = append(d.evaluators, e)
		out.Exact = out.Exact && !e.AtMeans()
	}
	lines, err := d.lines()
	if err != nil {
		return nil, err
	}
	worth := d.classed
	if out.Exact = out.Exact && lines != nil; out.Exact {
		worth = func() []float64 { return d.linear(lines) }
	}
	for j, v := range worth() {
		if v > negligibleRest*math.Abs(out.Cost) {
			out.Numbers = append(out.Numbers, Worth{s.Numbers[j].Name, v})
		}
	}
	slices.SortStableFunc(out.Numbers, func(a, b Worth) int { return cmp.Compare(b.Value, a.Value) })
	return out, ctx.Err()
}

// perfect finds the best set and what it would save to know all.
func (out *Information) perfect(s *Simulation, columns []Values) {
	best := 0
	for k, v := range columns {
		if mean, _ := v.moments(); k == 0 || mean < out.Cost {
			best, out.Cost = k, mean
		}
	}
	out.Best = s.Scenarios[best].Name
	saved := make(Values, s.Count)
	for i := range saved {
		for _, v := range columns {
			saved[i] = max(saved[i], columns[best][i]-v[i])
		}
	}
	out.Perfect, _ = saved.moments()
	out.SE = s.se(saved)
}

// A decision is the choice among the scenarios.
type decision struct {
	ctx        context.Context
	s          *Simulation
	columns    []Values // total cost, by scenario
	evaluators []*attacktree.Evaluator
	means      []float64
}

// A line is the mean total cost of a scenario given one number.
type line struct{ at0, slope float64 }

func (l line) at(x float64) float64 { return l.at0 + l.slope*x }

// lines returns, by number and scenario, the mean total cost given the number,
// or nil where some is no line.
func (d *decision) lines() ([][]line, error) {
	out := make([][]line, len(d.means))
	for j, n := range d.s.Numbers {
		mean := d.means[j]
		x := [3]float64{n.Law.Quantile(0.1), n.Law.Quantile(0.5), n.Law.Quantile(0.9)}
		for _, e := range d.evaluators {
			var y [3]float64
			for i := range x {
				d.means[j] = x[i]
				total, err := totalCost(d.ctx, e, d.means, d.s.Model.Period)
				if err != nil {
					return nil, err
				}
				y[i] = total
			}
			slope := (y[2] - y[0]) / (x[2] - x[0])
			l := line{y[0] - slope*x[0], slope}
			if math.Abs(l.at(x[1])-y[1]) > straight*max(math.Abs(y[0]), math.Abs(y[1]), math.Abs(y[2])) {
				return nil, nil
			}
			out[j] = append(out[j], l)
		}
		d.means[j] = mean
	}
	return out, nil
}

// totalCost returns the expected total cost of a period at some values of the
// uncertain numbers.
func totalCost(ctx context.Context, e *attacktree.Evaluator, x []float64, period float64) (float64, error) {
	if err := e.SetDraws(x); err != nil {
		return 0, err
	}
	impact, err := e.ExpectedImpact(ctx)
	if err != nil {
		return 0, err
	}
	return e.ControlCost() + attemptsIn(e, period)*impact.Value, nil
}

// attemptsIn returns how many attempts are made in a period, one if nobody says.
func attemptsIn(e *attacktree.Evaluator, period float64) float64 {
	if perYear, ok := e.Attempts(); ok {
		return perYear * period / 365
	}
	return 1
}

// linear returns what each number is worth where total costs are lines: the
// least of the mean costs, less the mean of the least.
//
// The least of lines bends down where the next line takes over. A bend at t by a
// slope of b lowers the mean by b times the mean of what the number exceeds t by.
func (d *decision) linear(lines [][]line) []float64 {
	out := make([]float64, len(lines))
	for j, sets := range lines {
		law := d.s.Numbers[j].Law
		mean := law.Mean()
		lo, hi := law.Support()
		least := math.Inf(1)
		now := sets[0]
		for _, l := range sets {
			least = min(least, l.at(mean))
			if y, best := l.at(lo), now.at(lo); y < best || y == best && l.slope < now.slope {
				now = l
			}
		}
		saved := least - now.at(mean)
		for {
			next, t := now, hi
			for _, l := range sets {
				if l.slope >= now.slope {
					continue
				}
				if x := (l.at0 - now.at0) / (now.slope - l.slope); x < t || x == t && l.slope < next.slope {
					next, t = l, max(x, lo)
				}
			}
			if next == now {
				break
			}
			saved -= (next.slope - now.slope) * excess(law, t)
			now = next
		}
		out[j] = max(0, saved)
	}
	return out
}

// excess returns the mean of what a draw of a law exceeds t by, 0 where it does
// not: the mean less t, and the integral of the distribution function up to t. The
// integral is taken in panels between quantiles, which are close together where
// the function bends.
func excess(law quantity.Dist, t float64) float64 {
	const halvings, points = 40, 16
	lo, _ := law.Support()
	last := law.CDF(t)
	var ends []float64
	for k := halvings; k > 0; k-- {
		ends = append(ends, math.Ldexp(1, -k))
	}
	for k := 2; k <= halvings; k++ {
		ends = append(ends, 1-math.Ldexp(1, -k))
	}
	integral, from := 0.0, lo
	panel := func(to float64) {
		if to > from {
			integral += quad.Fixed(law.CDF, from, to, points, quad.Legendre{}, 0)
			from = to
		}
	}
	for _, u := range ends {
		if u < last {
			panel(min(law.Quantile(u), t))
		}
	}
	panel(t)
	return max(0, law.Mean()-t+integral)
}

// classed estimates what each number is worth from classes of the draws: within
// one, the number is nearly known.
func (d *decision) classed() []float64 {
	n := min(d.s.Count, classedDraws)
	drawn := d.s.Drawn()
	values := make([][]float64, len(d.means))
	for i := range n {
		if i%1024 == 0 && d.ctx.Err() != nil {
			return nil
		}
		for j, x := range drawn(i) {
			values[j] = append(values[j], x)
		}
	}
	order := make([]int, n)
	out := make([]float64, len(d.means))
	least := func(draws []int) float64 { // sum over the draws in the set that is best for them
		best := math.Inf(1)
		for _, v := range d.columns {
			sum := 0.0
			for _, i := range draws {
				sum += v[i]
			}
			best = min(best, sum)
		}
		return best
	}
	for j := range out {
		for i := range order {
			order[i] = i
		}
		whole := least(order)
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(values[j][a], values[j][b]), a-b)
		})
		for c := range classes {
			whole -= least(order[c*n/classes : (c+1)*n/classes])
		}
		out[j] = max(0, whole/float64(n))
	}
	return out
}
