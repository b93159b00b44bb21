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

// A Sensitivity says which numbers matter to a figure in one scenario.
type Sensitivity struct {
	Figure   string // Likelihood or ExpectedImpact
	Scenario string
	Mean     float64 // at the means of all numbers
	Variance float64 // of the figure
	Linear   bool    // the first-order indices rest on slopes and not on samples
	Exact    bool    // and so does the variance: they are exact
	Samples  int
	Effects  []Effect // the greatest swing first
}

// An Effect is what one uncertain number does to the figure.
type Effect struct {
	Number    string
	Low, High float64 // the figure at its 10 % and 90 % quantile, all others at their means
	First     float64 // first-order index
	FirstSE   float64 // its standard error; 0 where it rests on slopes
	Total     float64 // total index
	TotalSE   float64
}

// MaxSensitivitySamples is how many samples an index is estimated from at most.
const MaxSensitivitySamples = 1 << 20

// Analyse says which uncertain numbers matter to a figure, [Likelihood] or
// [ExpectedImpact], in a scenario; nil is the zero scenario. It evaluates the
// program samples times for each number. Numbers that do not bear on the figure
// are left out.
func Analyse(ctx context.Context, p *attacktree.Program, sc *attacktree.Scenario, figure string, samples int, seed uint64) (*Sensitivity, error) {
	if samples < 2 || samples > MaxSensitivitySamples {
		return nil, fmt.Errorf("uncertain: expected 2 to %d samples, found %d", MaxSensitivitySamples, samples)
	}
	f, err := newFunction(ctx, p, sc, figure)
	if err != nil {
		return nil, err
	}
	out := &Sensitivity{Figure: figure, Samples: samples, Linear: !f.e.AtMeans()}
	if sc != nil {
		out.Scenario = sc.Name
	}
	if out.Mean, err = f.at(f.means); err != nil {
		return nil, err
	}
	if err := out.sample(f, samples, seed); err != nil {
		return nil, err
	}
	if out.Linear && figure == Likelihood {
		if v, ok, err := f.variance(sc, out.Mean); err != nil {
			return nil, err
		} else if ok {
			out.rescale(v)
			out.Exact = true
		}
	}
	for j := range out.Effects {
		if err := out.swing(f, j); err != nil {
			return nil, err
		}
	}
	out.Effects = slices.DeleteFunc(out.Effects, func(e Effect) bool { return e.Low == e.High && e.Total == 0 })
	slices.SortStableFunc(out.Effects, func(a, b Effect) int {
		return cmp.Compare(math.Abs(b.High-b.Low), math.Abs(a.High-a.Low))
	})
	return out, nil
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

// with returns the figure where one number has a value and all others their
// means.
func (f *function) with(j int, value float64) (float64, error) {
	mean := f.means[j]
	f.means[j] = value
	y, err := f.at(f.means)
	f.means[j] = mean
	return y, err
}

// sample estimates the variance and the indices. For each sample there are two
// draws of all numbers, and, for each number, the first draw with that number of
// the second.
func (s *Sensitivity) sample(f *function, samples int, seed uint64) error {
	laws, d := tables(f.numbers), len(f.numbers)
	generator := keyed(seed)
	u, a, b := make([]float64, d), make([]float64, d), make([]float64, d)
	whole := make(Values, samples)
	first, total := make([]Values, d), make([]Values, d)
	for j := range d {
		first[j], total[j] = make(Values, samples), make(Values, samples)
	}
	for i := range samples {
		for _, draw := range []struct {
			to      []float64
			purpose uint64
		}{{a, forNumbers}, {b, forTrials}} {
			generator.uniforms(u, uint64(i), draw.purpose)
			for j, q := range laws {
				draw.to[j] = q.at(u[j])
			}
		}
		fa, err := f.at(a)
		if err != nil {
			return err
		}
		fb, err := f.at(b)
		if err != nil {
			return err
		}
		whole[i] = fa
		for j := range d {
			old := a[j]
			a[j] = b[j]
			mixed, err := f.at(a)
			a[j] = old
			if err != nil {
				return err
			}
			first[j][i] = (fb - s.Mean) * (mixed - fa)
			total[j][i] = (fa - mixed) * (fa - mixed) / 2
		}
	}
	_, s.Variance = whole.moments()
	s.Effects = make([]Effect, d)
	for j, n := range f.numbers {
		e := &s.Effects[j]
		e.Number = n.Name
		if s.Variance == 0 {
			continue
		}
		mean, variance := first[j].moments()
		e.First, e.FirstSE = mean/s.Variance, math.Sqrt(variance/float64(samples))/s.Variance
		mean, variance = total[j].moments()
		e.Total, e.TotalSE = mean/s.Variance, math.Sqrt(variance/float64(samples))/s.Variance
	}
	return nil
}

// rescale puts an exact variance in the place of the estimated one.
func (s *Sensitivity) rescale(variance float64) {
	for j := range s.Effects {
		if e := &s.Effects[j]; variance > 0 {
			e.Total *= s.Variance / variance
			e.TotalSE *= s.Variance / variance
		}
	}
	s.Variance = variance
}

// swing evaluates a number at its 10 % and 90 % quantile. Where the figure is
// linear, that gives the slope, and the first-order index with it.
func (s *Sensitivity) swing(f *function, j int) error {
	e, law := &s.Effects[j], f.numbers[j].Law
	from, to := law.Quantile(0.1), law.Quantile(0.9)
	var err error
	if e.Low, err = f.with(j, from); err != nil {
		return err
	}
	if e.High, err = f.with(j, to); err != nil {
		return err
	}
	if s.Linear {
		e.First, e.FirstSE = 0, 0
		if slope := (e.High - e.Low) / (to - from); e.High != e.Low && s.Variance > 0 {
			e.First = law.Variance() * slope * slope / s.Variance
		}
	}
	return nil
}
