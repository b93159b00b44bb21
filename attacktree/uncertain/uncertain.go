// Package uncertain says how sure the figures of an attack tree are, when its
// numbers are ranges.
//
// [Simulate] draws all uncertain numbers many times and computes the figures of
// each draw exactly, for all scenarios with the same draws. A [Simulation] keeps
// them draw by draw: [Simulation.Spread] sums a figure up, [Values.Distribution] has
// the exceedance curve of a loss, [Simulation.Minus] compares two scenarios. A big
// study can be split over machines: each simulates a shard, [WritePart] and
// [ReadPart] carry it over, and [Merge] puts the parts together to what one run
// would have given.
//
// [Analyse] says which uncertain numbers a figure depends on, and [Inform] what it
// is worth to know one of them before a mitigation set is chosen. For a study in
// shards, [Simulation.Explore] and [Simulation.Weigh] gather what both rest on.
//
//	s, err := uncertain.Simulate(ctx, program, &uncertain.Options{Samples: 10_000, Seed: 1})
//	spread := s.Spread(s.Scenarios[0].Column(uncertain.Likelihood)) // Mean, P5, P50, P95
//
// Numbers are independent, but for params that the model correlates: these are
// drawn by the Gaussian copula that has their rank correlations.
//
// Two layers of chance are never mixed. Likelihoods, costs and impacts are
// uncertain because we do not know them; given them, likelihood and expected
// impact are computed, not simulated. Only [YearLoss] draws what happens in a
// year, since a year is one of many even where all numbers are known.
//
// Draw i depends on the seed and on i, and on nothing else: neither on how many
// draws there are, nor on the number of workers or shards, nor on the scenarios.
// So the same study gives the same bytes on any number of cores.
package uncertain

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// The figures of a draw. Those that do not exist in a model have no column.
const (
	Likelihood     = "likelihood"      // that the goal is reached in an attempt
	ExpectedImpact = "expected_impact" // mean loss of an attempt
	AnnualLoss     = "annual_loss"     // mean loss of a year, accidents included
	YearLoss       = "year_loss"       // loss of one year that is drawn
	TotalCost      = "total_cost"      // of a period: of the controls, and of attempts times the expected impact (one attempt if nobody says how many)
	CheapestCost   = "cheapest_cost"   // of the cheapest attack; +Inf where none is left
)

// Figures lists all figures, in the order in which they are shown.
func Figures() []string {
	return []string{Likelihood, ExpectedImpact, AnnualLoss, YearLoss, TotalCost, CheapestCost}
}

// A Simulation holds the figures of all draws, or of a shard of them.
type Simulation struct {
	Model   Model    `json:"model"`
	Goal    string   `json:"goal"`
	Label   string   `json:"label"`
	Numbers []Number `json:"numbers"` // what is drawn

	Correlations []Correlation `json:"correlations,omitempty"` // of numbers that go together

	Seed      uint64  `json:"seed"`
	Sobol     bool    `json:"sobol,omitempty"`     // draws are points of scrambled Sobol' sequences
	Samples   int     `json:"samples"`             // draws of the whole study
	Precision float64 `json:"precision,omitempty"` // that was asked for, and reached if there are fewer draws than Most
	Most      int     `json:"most,omitempty"`      // draws at which a study with a precision ends
	First     int     `json:"first"`               // number of the first draw that is here
	Count     int     `json:"count"`               // draws that are here

	Scenarios []Scenario `json:"scenarios"`

	Probe  *Probe  `json:"probe,omitempty"`  // nil unless explored
	Choice *Choice `json:"choice,omitempty"` // nil unless weighed
}

// A Model says what a simulation is about.
type Model struct {
	Title    string  `json:"title"`
	File     string  `json:"file"`
	Digest   string  `json:"digest"`
	Currency string  `json:"currency"`
	Period   float64 `json:"period_days"` // that costs of controls and attempts refer to
}

// A Number is an uncertain number of the model, with a name such as
// "creds.likelihood" or that of a param.
type Number struct {
	Name string        `json:"name"`
	Law  quantity.Dist `json:"law"`
}

// A Correlation is Spearman's rank correlation of two numbers, told by their names.
// They are drawn by the Gaussian copula that has it (see [quantity.Copula]); all
// other numbers are independent.
type Correlation struct {
	A    string  `json:"a"`
	B    string  `json:"b"`
	Rank float64 `json:"rank"` // from -1 to 1
}

// A Scenario holds the figures of one scenario, draw by draw.
type Scenario struct {
	Name      string   `json:"scenario"`
	Controls  []string `json:"controls"`
	Mode      string   `json:"mode"`
	Adversary string   `json:"adversary,omitempty"`
	Label     string   `json:"adversary_label,omitempty"`
	Params    []Param  `json:"params,omitempty"` // with another value than the model's, in its order
	Columns   []Column `json:"columns"`
}

// A Param is the what-if value of a param, in its base unit.
type Param struct {
	Name  string  `json:"param"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // as package attacktree calls it
}

// A Column is one figure of a scenario: entry j belongs to draw First + j.
type Column struct {
	Figure string `json:"figure"`
	Values Values `json:"values"`
}

// Values are the figures of draws.
type Values []float64

// Column returns the values of a figure, or nil if it does not exist.
func (s *Scenario) Column(figure string) Values {
	for _, c := range s.Columns {
		if c.Figure == figure {
			return c.Values
		}
	}
	return nil
}

// has reports whether there is a column of a figure.
func (s *Scenario) has(figure string) bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Figure == figure })
}

// A Spread sums up the values of a figure.
type Spread struct {
	Mean            float64 // of the draws
	SE              float64 // standard error of the mean: by how much it is off, as a rule
	P5, P50, P95    float64 // quantiles
	Least, Greatest float64 // that was drawn
}

// Spread sums up values that were drawn independently: the mean, its standard
// error, and quantiles, which are some of the values. It sorts a copy.
func (v Values) Spread() Spread {
	if len(v) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(v))
	mean, variance := v.moments()
	return Spread{
		Mean: mean, SE: math.Sqrt(variance / float64(len(v))),
		P5: quantileOf(sorted, 0.05), P50: quantileOf(sorted, 0.5), P95: quantileOf(sorted, 0.95),
		Least: sorted[0], Greatest: sorted[len(sorted)-1],
	}
}

// moments returns the mean and the unbiased variance. Deviations are taken from
// the first value, so that numbers far from 0 keep their digits.
func (v Values) moments() (mean, variance float64) {
	first, sum, squares := v[0], 0.0, 0.0
	if math.IsInf(first, 0) {
		return first, 0
	}
	for _, x := range v {
		if math.IsInf(x, 0) {
			return x, 0
		}
		d := x - first
		sum += d
		squares += d * d
	}
	n := float64(len(v))
	if n > 1 {
		variance = max(0, squares-sum*sum/n) / (n - 1)
	}
	return first + sum/n, variance
}

// quantileOf returns the least of the sorted values that a share of at least q
// does not exceed.
func quantileOf(sorted []float64, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// numbers names what a program draws: creds.likelihood, creds.likelihood.spies for
// an adversary. Where several stand in one place, as in the effects of a control, a
// count tells them apart.
func numbers(p *attacktree.Program) []Number {
	var out []Number
	taken, count := map[string]bool{}, map[string]int{}
	for _, d := range p.Draws() {
		name := d.Param
		switch {
		case name != "":
		case d.Node != "" && d.Adversary != "":
			name = d.Node + "." + d.Attribute + "." + d.Adversary
		default:
			name = d.Node + d.Control + d.Adversary + "." + d.Attribute
		}
		place := name
		for taken[name] {
			count[place]++
			name = fmt.Sprintf("%s.%d", place, count[place]+1)
		}
		taken[name] = true
		out = append(out, Number{name, d.Dist})
	}
	return out
}

// Spread sums up values of a whole simulation as [Values.Spread] does, with the
// standard error that belongs to how the draws were made.
func (s *Simulation) Spread(v Values) Spread {
	out := v.Spread()
	out.SE = s.se(v)
	return out
}

// se returns the standard error of the mean of values: from their variance where
// they are independent, else from the means of the replicates.
func (s *Simulation) se(v Values) float64 {
	if s.Sobol {
		sums, counts := make(Values, replicates), make([]float64, replicates)
		for i, x := range v {
			sums[i%replicates] += x
			counts[i%replicates]++
		}
		for r := range sums {
			sums[r] /= counts[r]
		}
		v = sums
	}
	_, variance := v.moments()
	return math.Sqrt(variance / float64(len(v)))
}

// correlations lists those of a program's numbers.
func correlations(p *attacktree.Program, numbers []Number) []Correlation {
	var out []Correlation
	for _, t := range p.Ties() {
		out = append(out, Correlation{numbers[t.A].Name, numbers[t.B].Name, t.Rank})
	}
	return out
}

// copula returns how the numbers go together.
func (s *Simulation) copula() (*quantity.Copula, error) {
	at := map[string]int{}
	for j, n := range s.Numbers {
		at[n.Name] = j
	}
	var ties []quantity.Tie
	for _, c := range s.Correlations {
		a, known := at[c.A]
		b, too := at[c.B]
		if !known || !too {
			return nil, fmt.Errorf("uncertain: expected a correlation of two numbers, found %q and %q", c.A, c.B)
		}
		ties = append(ties, quantity.Tie{A: a, B: b, Rank: c.Rank})
	}
	return quantity.NewCopula(ties)
}

// Drawn returns a function that gives the uncertain numbers of a draw, in the
// order of Numbers. It overwrites them with those of the next. It panics where the
// Correlations are none that [Simulate] or [ReadPart] would give.
func (s *Simulation) Drawn() func(draw int) []float64 { return s.sampler().drawn() }

// A sampler makes the uncertain numbers of draws. It may be used by many
// goroutines.
type sampler struct {
	laws   []*quantile
	copula *quantity.Copula
	random philox
	even   *sobol // nil: draws are independent
}

func (s *Simulation) sampler() *sampler {
	copula, err := s.copula()
	if err != nil {
		panic(err)
	}
	m := &sampler{laws: tables(s.Numbers), copula: copula, random: keyed(s.Seed)}
	if s.Sobol {
		m.even = scrambled(s.Seed, len(m.laws))
	}
	return m
}

// Draws are made in batches, law by law, so that the table of a law is at hand for
// all of them. A batch has at most so many draws, and so many numbers if a draw does
// not have more.
const (
	batchDraws   = 512
	batchNumbers = 1 << 17
)

func (m *sampler) drawn() func(draw int) []float64 {
	d := len(m.laws)
	batch := max(1, min(batchDraws, batchNumbers/max(d, 1)))
	x, scratch := make([]float64, batch*d), make([]float64, d)
	from := -1 // the draw that x begins with
	return func(draw int) []float64 {
		if start := draw - draw%batch; start != from {
			from = start
			for i := range batch {
				u := x[i*d : (i+1)*d]
				if m.even != nil {
					m.even.uniforms(u, uint64(from+i))
				} else {
					m.random.uniforms(u, uint64(from+i), forNumbers)
				}
				m.copula.Tie(u, scratch)
			}
			for j, q := range m.laws {
				for at := j; at < len(x); at += d {
					x[at] = q.at(x[at])
				}
			}
		}
		at := draw % batch * d
		return x[at : at+d : at+d]
	}
}

// tables returns the quantile functions of numbers; equal laws share one. They are
// made side by side, as each takes some milliseconds.
func tables(numbers []Number) []*quantile {
	made := map[quantity.Dist]*quantile{}
	out := make([]*quantile, len(numbers))
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for j, n := range numbers {
		if made[n.Law] == nil {
			q := new(quantile)
			made[n.Law] = q
			free <- struct{}{}
			all.Go(func() {
				*q = *newQuantile(n.Law)
				<-free
			})
		}
		out[j] = made[n.Law]
	}
	all.Wait()
	return out
}
