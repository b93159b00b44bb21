package uncertain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree"
)

// Which uncertain numbers matter to a figure: by how much it swings with each,
// and which share of its variance comes from each.
//
// The first-order index of a number is the variance of the mean of the figure
// given the number, as a share of the whole variance; the total index is the mean
// of the variance given all other numbers (Sobol', Sensitivity estimates for
// nonlinear mathematical models, 1993). Where each number enters one likelihood
// or loss, the figure is linear in each number, and the first is exactly
// Var(x) slope² / Var(figure), with the slope at the means. Otherwise it is
// estimated as by Saltelli and others (Variance based sensitivity analysis of
// model output, 2010); the total index is estimated by the formula of Jansen
// (Analysis of variance designs for model output, 1999).
//
// A number that goes together with others tells of them too, so that its
// first-order index counts what they do; it is estimated likewise, with the others
// moved to where they are given the number (Kucherenko, Tarantola and Annoni,
// Estimation of global sensitivity indices for models with dependent variables,
// 2012). Its total index would count only what the others leave open, may be
// below the first, and sums up nothing; there is none.

// A Sensitivity says which numbers matter to a figure in one scenario.
type Sensitivity struct {
	Figure   string // Likelihood or ExpectedImpact
	Scenario string
	Mean     float64 // at the means of all numbers
	Variance float64 // of the figure
	Linear   bool    // the first-order indices of numbers that are not correlated rest on slopes and not on samples
	Exact    bool    // and so does the variance: they are exact
	Samples  int
	Effects  []Effect // the greatest swing first
}

// An Effect is what one uncertain number does to the figure.
type Effect struct {
	Number     string
	Low, High  float64 // the figure at its 10 % and 90 % quantile, all others at their means
	First      float64 // first-order index
	FirstSE    float64 // its standard error; 0 where it rests on slopes
	Correlated bool    // it goes together with others: First counts what it tells of them, and there is no total index
	Total      float64 // total index; 0 where there is none
	TotalSE    float64 // its standard error
}

// MaxSensitivitySamples is how many samples an index is estimated from at most.
const MaxSensitivitySamples = 1 << 20

// A Probe is what the sensitivities of a figure rest on: the figure at chosen
// numbers, and at two draws a sample and mixtures of them. It may hold a shard of
// the samples, as its simulation does of the draws.
type Probe struct {
	Figure   string       `json:"figure"`
	Scenario string       `json:"scenario"`
	Mean     float64      `json:"mean"`     // at the means of all numbers
	Swings   [][2]float64 `json:"swings"`   // by number: at its 10 % and 90 % quantile
	Linear   bool         `json:"linear"`   // in each number
	Variance *float64     `json:"variance"` // nil: not known exactly

	Samples int      `json:"samples"` // of the whole study
	First   int      `json:"first"`   // number of the first sample that is here
	A       Values   `json:"a"`       // the figure at the first draw of each sample
	B       Values   `json:"b"`       // at the second
	Mixed   []Values `json:"mixed"`   // by number: at the first draw, with that number of the second and the others where they are given it
}

// Analyse says which uncertain numbers matter to a figure, [Likelihood] or
// [ExpectedImpact], in a scenario; nil is the zero scenario. It evaluates the
// program samples times for each number. Numbers that do not bear on the figure
// are left out.
func Analyse(ctx context.Context, p *attacktree.Program, sc *attacktree.Scenario, figure string, samples int, seed uint64) (*Sensitivity, error) {
	n := numbers(p)
	s := &Simulation{Numbers: n, Correlations: correlations(p, n), Seed: seed, Samples: samples, Count: samples}
	if err := s.Explore(ctx, p, sc, figure, samples); err != nil {
		return nil, err
	}
	return s.Sensitivity(), nil
}

// Explore evaluates what the sensitivities of a figure rest on, and keeps it in
// the simulation as its Probe, which goes with it into parts; see [Analyse]. For a
// shard, it takes the share of the samples that the shard has of the draws.
func (s *Simulation) Explore(ctx context.Context, p *attacktree.Program, sc *attacktree.Scenario, figure string, samples int) error {
	if samples < 2 || samples > MaxSensitivitySamples {
		return fmt.Errorf("uncertain: expected 2 to %d samples, found %d", MaxSensitivitySamples, samples)
	}
	f, err := newFunction(ctx, p, sc, figure)
	if err != nil {
		return err
	}
	out := &Probe{Figure: figure, Samples: samples, Linear: !f.e.AtMeans()}
	if sc != nil {
		out.Scenario = sc.Name
	}
	if out.Mean, err = f.at(f.means); err != nil {
		return err
	}
	for j := range f.numbers {
		swing, err := f.swing(j)
		if err != nil {
			return err
		}
		out.Swings = append(out.Swings, swing)
	}
	moves := func(j int) bool { return out.Swings[j][0] != out.Swings[j][1] }
	for _, t := range p.Ties() {
		out.Linear = out.Linear && !(moves(t.A) && moves(t.B))
	}
	if out.Linear && figure == Likelihood {
		v, ok, err := f.variance(sc, out.Mean)
		if err != nil {
			return err
		}
		if ok {
			out.Variance = &v
		}
	}
	from, to := s.share(samples)
	if err := out.sample(f, s.sampler(), from, to); err != nil {
		return err
	}
	s.Probe = out
	return nil
}

// share returns which of some samples belong to the shard of draws that is here.
func (s *Simulation) share(samples int) (from, to int) {
	part := func(draw int) int { return int(int64(draw) * int64(samples) / int64(s.Samples)) }
	return part(s.First), part(s.First + s.Count)
}

// A function is a figure as a function of the uncertain numbers.
type function struct {
	ctx     context.Context
	p       *attacktree.Program
	e       *attacktree.Evaluator
	figure  func(context.Context) (attacktree.Figure, error)
	numbers []Number
	means   []float64
}

func newFunction(ctx context.Context, p *attacktree.Program, sc *attacktree.Scenario, figure string) (*function, error) {
	f := &function{ctx: ctx, p: p, e: p.NewEvaluator(), numbers: numbers(p)}
	if err := f.e.Set(sc); err != nil {
		return nil, err
	}
	switch {
	case figure == Likelihood:
		f.figure = f.e.Likelihood
	case figure == ExpectedImpact && p.HasLosses():
		f.figure = f.e.ExpectedImpact
	default:
		return nil, fmt.Errorf("uncertain: expected %s, or %s of a goal with losses, found %q", Likelihood, ExpectedImpact, figure)
	}
	for _, n := range f.numbers {
		f.means = append(f.means, n.Law.Mean())
	}
	x, err := f.figure(ctx)
	if err == nil && !x.Exact {
		err = &InexactError{Goal: p.Goal()}
	}
	return f, err
}

// at returns the figure at some values of the numbers.
func (f *function) at(x []float64) (float64, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	if err := f.e.SetDraws(x); err != nil {
		return 0, err
	}
	y, err := f.figure(f.ctx)
	return y.Value, err
}

// swing returns the figure at the 10 % and 90 % quantile of a number, all others
// at their means.
func (f *function) swing(j int) (out [2]float64, err error) {
	mean := f.means[j]
	defer func() { f.means[j] = mean }()
	for i, q := range []float64{0.1, 0.9} {
		f.means[j] = f.numbers[j].Law.Quantile(q)
		if out[i], err = f.at(f.means); err != nil {
			return out, err
		}
	}
	return out, nil
}

// sample evaluates the samples from one to below another. For each there are two
// draws of all numbers, and, for each number, the first draw with that number of
// the second and those that go with it where they are then.
func (p *Probe) sample(f *function, m *sampler, from, to int) error {
	d := len(f.numbers)
	p.First, p.A, p.B, p.Mixed = from, make(Values, to-from), make(Values, to-from), make([]Values, d)
	for j := range p.Mixed {
		p.Mixed[j] = make(Values, to-from)
	}
	moved := make([][]int, d) // by number: those that move with it
	for j := range moved {
		moved[j] = []int{j}
	}
	for _, j := range m.copula.Tied() {
		moved[j] = m.copula.Tied()
	}
	u, v, w, scratch := make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)
	a, b := make([]float64, d), make([]float64, d)
	draw := func(i int, purpose uint64, u, x []float64) {
		m.random.uniforms(u, uint64(i), purpose)
		m.copula.Tie(u, scratch)
		for j, q := range m.laws {
			x[j] = q.at(u[j])
		}
	}
	for i := range to - from {
		draw(from+i, forNumbers, u, a)
		draw(from+i, forTrials, v, b)
		var err error
		if p.A[i], err = f.at(a); err != nil {
			return err
		}
		if p.B[i], err = f.at(b); err != nil {
			return err
		}
		for j := range d {
			copy(w, u)
			m.copula.Given(w, j, v[j])
			for _, k := range moved[j] {
				a[k] = m.laws[k].at(w[k])
			}
			if p.Mixed[j][i], err = f.at(a); err != nil {
				return err
			}
			for _, k := range moved[j] {
				a[k] = m.laws[k].at(u[k])
			}
		}
	}
	return nil
}

// Sensitivity says which numbers matter to the figure that a whole simulation was
// explored for; nil if it was not.
func (s *Simulation) Sensitivity() *Sensitivity {
	p := s.Probe
	if p == nil {
		return nil
	}
	out := &Sensitivity{
		Figure: p.Figure, Scenario: p.Scenario, Mean: p.Mean, Linear: p.Linear,
		Exact: p.Variance != nil, Samples: p.Samples,
	}
	if out.Exact {
		out.Variance = *p.Variance
	} else {
		_, out.Variance = p.A.moments()
	}
	correlated := map[string]bool{}
	for _, c := range s.Correlations {
		correlated[c.A], correlated[c.B] = true, true
	}
	first, total := make(Values, len(p.A)), make(Values, len(p.A))
	for j, n := range s.Numbers {
		e := Effect{Number: n.Name, Low: p.Swings[j][0], High: p.Swings[j][1], Correlated: correlated[n.Name]}
		for i, a := range p.A {
			mixed := p.Mixed[j][i]
			first[i] = (p.B[i] - p.Mean) * (mixed - a)
			total[i] = (a - mixed) * (a - mixed) / 2
		}
		if out.Variance > 0 {
			e.First, e.FirstSE = out.index(first)
			if !e.Correlated {
				e.Total, e.TotalSE = out.index(total)
			}
			if p.Linear && !e.Correlated {
				slope := (e.High - e.Low) / (n.Law.Quantile(0.9) - n.Law.Quantile(0.1))
				e.First, e.FirstSE = n.Law.Variance()*slope*slope/out.Variance, 0
			}
		}
		if e.Low != e.High || e.First != 0 || e.Total != 0 {
			out.Effects = append(out.Effects, e)
		}
	}
	slices.SortStableFunc(out.Effects, func(a, b Effect) int {
		return cmp.Compare(math.Abs(b.High-b.Low), math.Abs(a.High-a.Low))
	})
	return out
}

// index returns the mean of what samples say of a part of the variance, as a share
// of all of it, and the standard error.
func (s *Sensitivity) index(v Values) (share, se float64) {
	mean, variance := v.moments()
	return mean / s.Variance, math.Sqrt(variance/float64(len(v))) / s.Variance
}
