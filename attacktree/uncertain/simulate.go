package uncertain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/atree-dev/atree/attacktree"
)

// Options of [Simulate]. The zero value, and nil, are 10,000 draws of the
// inherent risk with seed 0.
type Options struct {
	Samples   int // draws; 0: 10,000
	Seed      uint64
	Scenarios []*attacktree.Scenario // nil: the zero scenario
	Workers   int                    // 0: one for each core
	Figures   []string               // some of the figures, which takes that much less time and memory; nil: all that exist

	// Sobol draws from scrambled Sobol' sequences: means of the likelihood and the
	// losses come out closer, most so where few numbers are uncertain. Years are
	// drawn at random all the same. It takes 32 samples or more.
	Sobol bool

	// Precision ends the study once the standard error of every mean is at most
	// this share of the mean, and at Samples draws in any case. 0: draw Samples.
	Precision float64

	// MaxBytes refuses a study, with a [MemoryError], whose figures take more memory.
	// 0: there is no limit.
	MaxBytes int64

	// Shard simulates part Shard of Shards, counted from 1, and not the whole.
	// 0 of 0 is the whole.
	Shard, Shards int

	// Progress is told from time to time how many draws are done. It must be safe
	// for use by several goroutines.
	Progress func(done int)
}

// MaxSamples is the greatest number of draws of a study.
const MaxSamples = 1 << 30

const (
	defaultSamples = 10_000
	block          = 1024 // draws that a worker takes at a time, and that shards are made of
)

// Simulate draws the uncertain numbers of a program and computes the figures of
// every draw in all scenarios. It takes 8 bytes a draw, scenario and figure: a
// million draws of three scenarios with all figures 144 MB. Time is that of one
// evaluation a draw and scenario, on all workers side by side.
//
// Figures must be exact: where a limit of the program leaves only bounds, nothing
// is simulated, and the error is an [InexactError].
func Simulate(ctx context.Context, p *attacktree.Program, opt *Options) (*Simulation, error) {
	if opt == nil {
		opt = &Options{}
	}
	s, err := prepare(ctx, p, opt)
	if err != nil {
		return nil, err
	}
	st := &study{Simulation: s, p: p, opt: opt}
	if opt.Precision == 0 {
		return s, st.run(ctx, 0, s.Count)
	}
	for from, to := 0, min(2*block, s.Count); ; from, to = to, min(2*to, s.Count) {
		if err := st.run(ctx, from, to); err != nil {
			return nil, err
		}
		if to == s.Count || s.precise() {
			s.Samples, s.Count = to, to
			return s, nil
		}
	}
}

// prepare checks the options and says which figures exist.
func prepare(ctx context.Context, p *attacktree.Program, opt *Options) (*Simulation, error) {
	m := p.Tree().Model()
	goal, _ := p.Tree().Node(p.Goal())
	s := &Simulation{
		Model: Model{Title: m.Title, File: m.File, Digest: p.Tree().Digest(), Currency: m.Currency, Period: m.Period},
		Goal:  goal.Name, Label: goal.Label, Numbers: numbers(p), Correlations: correlations(p, numbers(p)),
		Seed: opt.Seed, Sobol: opt.Sobol, Samples: opt.Samples, Precision: opt.Precision,
	}
	if s.Model.Period == 0 {
		s.Model.Period = 365
	}
	if s.Samples == 0 {
		s.Samples = defaultSamples
	}
	blocks := (s.Samples + block - 1) / block
	switch {
	case s.Samples < 1 || s.Samples > MaxSamples:
		return nil, fmt.Errorf("uncertain: expected 1 to %d samples, found %d", MaxSamples, opt.Samples)
	case opt.Workers < 0:
		return nil, fmt.Errorf("uncertain: expected 0 workers or more, found %d", opt.Workers)
	case opt.Sobol && s.Samples < 2*replicates:
		return nil, fmt.Errorf("uncertain: expected at least %d samples of Sobol' sequences, found %d", 2*replicates, s.Samples)
	case !(opt.Precision >= 0 && opt.Precision < 1):
		return nil, fmt.Errorf("uncertain: expected a precision from 0 to below 1, found %v", opt.Precision)
	case opt.Shards == 0 && opt.Shard == 0:
		s.Count = s.Samples
	case opt.Shard < 1 || opt.Shard > opt.Shards:
		return nil, fmt.Errorf("uncertain: expected a shard from 1 to the number of shards, found %d of %d", opt.Shard, opt.Shards)
	case opt.Shards > blocks:
		return nil, fmt.Errorf("uncertain: expected no more shards than %d, one for each %d draws, found %d", blocks, block, opt.Shards)
	case opt.Precision > 0:
		return nil, errors.New("uncertain: a study that ends at a precision cannot be split into shards")
	default:
		s.First = int(int64(opt.Shard-1)*int64(blocks)/int64(opt.Shards)) * block
		s.Count = min(int(int64(opt.Shard)*int64(blocks)/int64(opt.Shards))*block, s.Samples) - s.First
	}
	if opt.Precision > 0 {
		s.Most = s.Samples
	}
	scenarios := opt.Scenarios
	if len(scenarios) == 0 {
		scenarios = []*attacktree.Scenario{{Name: "inherent"}}
	}
	asked, err := figuresAsked(opt.Figures)
	if err != nil {
		return nil, err
	}
	for _, sc := range scenarios {
		out, err := describe(ctx, p, sc, asked)
		if err != nil {
			return nil, err
		}
		s.Scenarios = append(s.Scenarios, *out)
	}
	return s, nil
}

// describe describes a scenario, with empty columns for the figures that are asked
// for.
func describe(ctx context.Context, p *attacktree.Program, sc *attacktree.Scenario, asked func(figure string) bool) (*Scenario, error) {
	e := p.NewEvaluator()
	if err := e.Set(sc); err != nil {
		return nil, err
	}
	likelihood, err := e.Likelihood(ctx)
	if err != nil {
		return nil, err
	}
	if !likelihood.Exact {
		return nil, &InexactError{Goal: p.Goal()}
	}
	_, annual, err := e.AnnualLoss(ctx)
	if err != nil {
		return nil, err
	}
	_, priced, err := e.CheapestCost(ctx)
	if err != nil {
		return nil, err
	}
	if sc == nil {
		sc = &attacktree.Scenario{}
	}
	out := &Scenario{Name: sc.Name, Controls: e.Controls(), Mode: e.Mode().String(), Adversary: sc.Adversary}
	for _, a := range p.Tree().Model().Adversaries {
		if a.Name == sc.Adversary {
			out.Label = a.Label
		}
	}
	for _, q := range p.Tree().Model().Params {
		if x, set := sc.Params[q.Name]; set {
			out.Params = append(out.Params, Param{q.Name, x, q.Unit.String()})
		}
	}
	for _, c := range []struct {
		figure string
		exists bool
	}{
		{Likelihood, true}, {ExpectedImpact, p.HasLosses()}, {AnnualLoss, annual}, {YearLoss, annual},
		{TotalCost, p.HasLosses()}, {CheapestCost, priced},
	} {
		if c.exists && asked(c.figure) {
			out.Columns = append(out.Columns, Column{Figure: c.figure})
		}
	}
	return out, nil
}

// An InexactError says that a limit of the program leaves only bounds on the
// figures of a goal, which cannot be simulated.
type InexactError struct{ Goal string }

func (e *InexactError) Error() string {
	return fmt.Sprintf("uncertain: a limit leaves only bounds on the figures of %s; draws need exact ones", e.Goal)
}

// A MemoryError says that the figures of a study would take more memory than they
// may.
type MemoryError struct{ Bytes, Most int64 }

func (e *MemoryError) Error() string {
	return fmt.Sprintf("uncertain: expected figures of at most %d MB, found %d MB", e.Most>>20, e.Bytes>>20)
}

// A study is a simulation in the making.
type study struct {
	*Simulation
	*sampler // once there is room for figures
	p        *attacktree.Program
	opt      *Options
	done     atomic.Int64
}

// run fills the entries from one to below another, by workers that take a block
// of draws each until none is left. Who takes which makes no difference.
func (st *study) run(ctx context.Context, from, to int) error {
	if err := st.grow(to); err != nil {
		return err
	}
	if st.sampler == nil {
		st.sampler = st.Simulation.sampler()
	}
	workers := st.opt.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, (to-from+block-1)/block)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			w, err := st.worker(ctx)
			for err == nil {
				start := from + (int(next.Add(1))-1)*block
				if start >= to {
					return
				}
				end := min(start+block, to)
				if err = w.draws(ctx, start, end); err == nil && st.opt.Progress != nil {
					st.opt.Progress(int(st.done.Add(int64(end - start))))
				}
			}
			stop(err)
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// grow makes room for the first count draws.
func (st *study) grow(count int) error {
	var columns []*Column
	for k := range st.Scenarios {
		for j := range st.Scenarios[k].Columns {
			columns = append(columns, &st.Scenarios[k].Columns[j])
		}
	}
	if bytes := 8 * int64(len(columns)) * int64(count); st.opt.MaxBytes > 0 && bytes > st.opt.MaxBytes {
		return &MemoryError{bytes, st.opt.MaxBytes}
	}
	for _, c := range columns {
		c.Values = append(make(Values, 0, count), c.Values...)[:count]
	}
	return nil
}

// A worker has what one goroutine needs: an evaluator for each scenario.
type worker struct {
	*study
	numbers    func(draw int) []float64
	evaluators []*attacktree.Evaluator
	cheapest   []*float64 // by scenario: what the cheapest attack costs in all draws; nil: it varies
	years      year
}

func (st *study) worker(ctx context.Context) (*worker, error) {
	w := &worker{study: st, numbers: st.drawn()}
	w.years.philox = keyed(st.Seed)
	for i := range st.Scenarios {
		e := st.p.NewEvaluator()
		if len(st.opt.Scenarios) > 0 {
			if err := e.Set(st.opt.Scenarios[i]); err != nil {
				return nil, err
			}
		}
		var cheapest *float64
		if st.Scenarios[i].has(CheapestCost) && !e.CostsVary() {
			x, _, err := e.CheapestCost(ctx)
			if err != nil {
				return nil, err
			}
			cheapest = &x
		}
		w.evaluators, w.cheapest = append(w.evaluators, e), append(w.cheapest, cheapest)
	}
	return w, nil
}

// draws fills the entries of a block.
func (w *worker) draws(ctx context.Context, from, to int) error {
	for i := from; i < to; i++ {
		x := w.numbers(w.First + i)
		w.years.start(uint64(w.First + i))
		for k, e := range w.evaluators {
			if err := e.SetDraws(x); err != nil {
				return err
			}
			if err := w.figures(ctx, e, k, i); err != nil {
				return err
			}
		}
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// figures fills entry i of the columns of scenario k.
func (w *worker) figures(ctx context.Context, e *attacktree.Evaluator, k, i int) error {
	impact := 0.0
	for _, c := range w.Scenarios[k].Columns {
		x, err := attacktree.Figure{}, error(nil)
		switch c.Figure {
		case Likelihood:
			x, err = e.Likelihood(ctx)
		case ExpectedImpact:
			x, err = e.ExpectedImpact(ctx)
			impact = x.Value
		case AnnualLoss:
			x, _, err = e.AnnualLoss(ctx)
		case YearLoss:
			x.Value, _, err = e.Year(w.years.bits)
		case TotalCost:
			x.Value = e.ControlCost() + attemptsIn(e, w.Model.Period)*impact
		case CheapestCost:
			if fixed := w.cheapest[k]; fixed != nil {
				x.Value = *fixed
			} else {
				x.Value, _, err = e.CheapestCost(ctx)
			}
		}
		if err != nil {
			return err
		}
		c.Values[i] = x.Value
	}
	return nil
}

// A year gives the luck of the year of a draw.
type year struct {
	philox
	draw  uint64
	at    [3]uint64 // the counter that words were made for
	words [4]uint64
}

func (y *year) start(draw uint64) {
	y.draw = draw
	y.at = [3]uint64{math.MaxUint64, 0, 0} // no counter that is used
}

// bits is an attacktree.Chance.
func (y *year) bits(what, where, k uint64) uint64 {
	// What is below the number of nodes, where below 2^40, k below 2^12.
	if at := [3]uint64{what, where, k / 4}; at != y.at {
		y.at = at
		y.words[0], y.words[1], y.words[2], y.words[3] = y.block(y.draw, what<<32|k/4, where, forYears)
	}
	return y.words[k%4]
}

// precise reports whether the draws give every mean well enough.
func (s *Simulation) precise() bool {
	for _, sc := range s.Scenarios {
		for _, c := range sc.Columns {
			mean, _ := c.Values.moments()
			if !(s.se(c.Values) <= s.Precision*math.Abs(mean)) {
				return false
			}
		}
	}
	return true
}
