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
// number, and the numbers are independent, the mean given one number is a line for
// each set, and the integral over the least of the lines is exact. Otherwise it is
// estimated by the partition of the draws into classes of that number (Strong and
// Oakley, An efficient method for computing single-parameter partial expected value
// of perfect information, Medical Decision Making 33, 2013), which errs upwards by
// some noise. A number that is worth no more than noise is left out.

// An Information says what knowing more is worth.
type Information struct {
	Best    string  // the set with the least expected total cost
	Cost    float64 // that total cost, per period
	Perfect float64 // expected value of knowing all numbers, per period
	SE      float64 // its standard error
	Exact   bool    // the worth of single numbers is exact
	Numbers []Worth // the greatest first; those worth nothing are left out
}

// A Worth is the expected value of knowing one number, per period.
type Worth struct {
	Number string
	Value  float64 // money
}

const (
	classes        = 20      // of the values of a number
	noiseTrials    = 16      // of classes that tell nothing, to see what they seem to be worth
	classedDraws   = 1 << 15 // draws that are put into classes at most
	straight       = 1e-9    // a total cost is a line where it is, to this share of the greatest
	negligibleRest = 1e-12   // share of the expected total cost that counts as worth nothing
)

// A Choice is what the worth of single numbers rests on besides the draws: the
// mean total cost of each scenario given each number, where that is a line.
type Choice struct {
	Lines [][]Line `json:"lines"` // by number and scenario; nil where some are none
}

// A Line is the mean total cost of a scenario given one number.
type Line struct {
	At0   float64 `json:"at0"`
	Slope float64 `json:"slope"`
}

func (l Line) at(x float64) float64 { return l.At0 + l.Slope*x }

// Inform says what knowing more is worth before one of the scenarios of a whole
// simulation is chosen; they are those it was simulated for. The goal must have
// losses.
func Inform(ctx context.Context, p *attacktree.Program, s *Simulation, scenarios []*attacktree.Scenario) (*Information, error) {
	if s.Count != s.Samples {
		return nil, fmt.Errorf("uncertain: expected a whole simulation of %d draws, found %d of them", s.Samples, s.Count)
	}
	if err := s.Weigh(ctx, p, scenarios); err != nil {
		return nil, err
	}
	return s.Information(ctx)
}

// Weigh works out what the worth of knowing more rests on, and keeps it in the
// simulation as its Choice, which goes with it into parts; see [Inform]. It is the
// same for all shards.
func (s *Simulation) Weigh(ctx context.Context, p *attacktree.Program, scenarios []*attacktree.Scenario) error {
	if len(scenarios) != len(s.Scenarios) || len(s.Numbers) != len(p.Draws()) {
		return errors.New("uncertain: expected a simulation of the program and of the scenarios that are chosen from")
	}
	if _, err := s.totalCosts(); err != nil {
		return err
	}
	linear := len(s.Correlations) == 0
	var evaluators []*attacktree.Evaluator
	for _, sc := range scenarios {
		e := p.NewEvaluator()
		if err := e.Set(sc); err != nil {
			return err
		}
		evaluators = append(evaluators, e)
		linear = linear && !e.AtMeans()
	}
	s.Choice = new(Choice)
	if !linear {
		return nil
	}
	var err error
	s.Choice.Lines, err = s.lines(ctx, evaluators)
	return err
}

// totalCosts returns the total cost of each scenario, draw by draw.
func (s *Simulation) totalCosts() ([]Values, error) {
	columns := make([]Values, len(s.Scenarios))
	for k := range columns {
		if columns[k] = s.Scenarios[k].Column(TotalCost); columns[k] == nil {
			return nil, fmt.Errorf("uncertain: %s has no losses that a choice could lower", s.Goal)
		}
	}
	return columns, nil
}

// Information says what knowing more is worth in a whole simulation that was
// weighed; nil if it was not.
func (s *Simulation) Information(ctx context.Context) (*Information, error) {
	if s.Choice == nil {
		return nil, nil
	}
	columns, err := s.totalCosts()
	if err != nil {
		return nil, err
	}
	if s.Count != s.Samples {
		return nil, fmt.Errorf("uncertain: expected a whole simulation of %d draws, found %d of them", s.Samples, s.Count)
	}
	out := &Information{Exact: s.Choice.Lines != nil}
	out.perfect(s, columns)
	worth := make([]float64, len(s.Numbers))
	if out.Exact {
		for j, lines := range s.Choice.Lines {
			worth[j] = saved(s.Numbers[j].Law, lines)
		}
	} else if err := s.classed(ctx, columns, worth); err != nil {
		return nil, err
	}
	for j, v := range worth {
		if v > negligibleRest*math.Abs(out.Cost) {
			out.Numbers = append(out.Numbers, Worth{s.Numbers[j].Name, v})
		}
	}
	slices.SortStableFunc(out.Numbers, func(a, b Worth) int { return cmp.Compare(b.Value, a.Value) })
	return out, nil
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

// lines returns, by number and scenario, the mean total cost given the number,
// or nil where some is no line. The numbers are independent.
func (s *Simulation) lines(ctx context.Context, evaluators []*attacktree.Evaluator) ([][]Line, error) {
	var means []float64
	for _, n := range s.Numbers {
		means = append(means, n.Law.Mean())
	}
	out := make([][]Line, len(means))
	for j, n := range s.Numbers {
		mean := means[j]
		x := [3]float64{n.Law.Quantile(0.1), n.Law.Quantile(0.5), n.Law.Quantile(0.9)}
		for _, e := range evaluators {
			var y [3]float64
			for i := range x {
				means[j] = x[i]
				total, err := totalCost(ctx, e, means, s.Model.Period)
				if err != nil {
					return nil, err
				}
				y[i] = total
			}
			slope := (y[2] - y[0]) / (x[2] - x[0])
			l := Line{y[0] - slope*x[0], slope}
			if math.Abs(l.at(x[1])-y[1]) > straight*max(math.Abs(y[0]), math.Abs(y[1]), math.Abs(y[2])) {
				return nil, nil
			}
			out[j] = append(out[j], l)
		}
		means[j] = mean
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

// saved returns what it is worth to know a number where total costs are lines: the
// least of the mean costs, less the mean of the least.
//
// The least of lines bends down where the next line takes over. A bend at t by a
// slope of b lowers the mean by b times the mean of what the number exceeds t by.
func saved(law quantity.Dist, lines []Line) float64 {
	mean := law.Mean()
	lo, hi := law.Support()
	least := math.Inf(1)
	now := lines[0]
	for _, l := range lines {
		least = min(least, l.at(mean))
		if y, best := l.at(lo), now.at(lo); y < best || y == best && l.Slope < now.Slope {
			now = l
		}
	}
	saved := least - now.at(mean)
	for {
		next, t := now, hi
		for _, l := range lines {
			if l.Slope >= now.Slope {
				continue
			}
			if x := (l.At0 - now.At0) / (now.Slope - l.Slope); x < t || x == t && l.Slope < next.Slope {
				next, t = l, max(x, lo)
			}
		}
		if next == now {
			return max(0, saved)
		}
		saved -= (next.Slope - now.Slope) * excess(law, t)
		now = next
	}
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
// one, the number is nearly known, and what goes with it is where it is then. Even
// classes that tell nothing seem to be worth something; what is not above twice as
// much is taken for nothing.
func (s *Simulation) classed(ctx context.Context, columns []Values, worth []float64) error {
	n := min(s.Count, classedDraws)
	drawn := s.Drawn()
	values := make([][]float64, len(worth))
	for i := range n {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for j, x := range drawn(i) {
			values[j] = append(values[j], x)
		}
	}
	order := make([]int, n)
	least := func(draws []int) float64 { // sum over the draws in the set that is best for them
		best := math.Inf(1)
		for _, v := range columns {
			sum := 0.0
			for _, i := range draws {
				sum += v[i]
			}
			best = min(best, sum)
		}
		return best
	}
	for i := range order {
		order[i] = i
	}
	whole := least(order)
	apart := func(order []int) float64 { // what it saves to choose for each class of an order by itself
		rest := whole
		for c := range classes {
			rest -= least(order[c*n/classes : (c+1)*n/classes])
		}
		return max(0, rest/float64(n))
	}
	sorted := func(values []float64) []int {
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(values[a], values[b]), a-b) })
		return order
	}
	for j := range worth {
		if err := ctx.Err(); err != nil {
			return err
		}
		worth[j] = apart(sorted(values[j]))
	}
	noise, random, keys := 0.0, keyed(s.Seed), make([]float64, n)
	for trial := range noiseTrials {
		for i := range keys {
			word, _, _, _ := random.block(uint64(i), uint64(trial), 0, forNoise)
			keys[i] = float64(word)
		}
		noise += apart(sorted(keys)) / noiseTrials
	}
	for j := range worth {
		if worth[j] <= 2*noise {
			worth[j] = 0
		}
	}
	return nil
}
