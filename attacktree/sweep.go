package attacktree

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A Point is what [Program.Sweep] computes of one scenario.
type Point struct {
	Likelihood     Figure
	ExpectedImpact Figure // 0 where no node carries an impact
}

// Sweep computes the likelihood and the expected impact of n scenarios, numbered
// from 0, on all cores. For each, set puts a scenario into an evaluator, by
// [Evaluator.Set] or [Evaluator.SetDraws], and take gets the answer. Both are
// called by several goroutines at a time, each with an evaluator of its own,
// which keeps what was last set, and for numbers of its own. A block of
// scenarios is computed in one pass over the diagram, so that a sweep is faster
// than an evaluator on each core.
//
// A point has the digits that [Evaluator.Likelihood] and
// [Evaluator.ExpectedImpact] give, and does not depend on the number of cores.
// Nothing is allocated for a scenario. The first call of a program builds the
// diagram: where there are many scenarios, [Options] can have it made smaller.
// Sweep ends early with the error of set or of ctx.
func (p *Program) Sweep(ctx context.Context, n int, set func(e *Evaluator, i int) error, take func(i int, x Point)) error {
	prog, err := p.likelihoodProgram(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err = prog.EvalMany(ctx, n, func(b *program.Batch) func(from, lanes int) {
		e, outputs := p.NewEvaluator(), len(p.outputs)
		impact := make([]float64, outputs*program.DefaultWidth)
		put := func(i int) bool {
			err := set(e, i)
			if err != nil {
				stop(fmt.Errorf("attacktree: scenario %d: %w", i, err))
			}
			return err == nil
		}
		if !prog.Exact() { // a batch has no bounds
			return func(from, lanes int) {
				for i := from; i < from+lanes && ctx.Err() == nil && put(i); i++ {
					if e.run(ctx) == nil {
						take(i, Point{e.root(0), e.loss(0)})
					}
				}
			}
		}
		return func(from, lanes int) {
			for lane := range lanes {
				if !put(from + lane) {
					return
				}
				for v, x := range e.prob {
					b.Probs(v)[lane] = x
				}
				copy(impact[lane*outputs:], e.impact)
			}
			b.Eval(lanes)
			for lane := range lanes {
				loss := 0.0
				for i, x := range impact[lane*outputs : (lane+1)*outputs] {
					loss += float64(b.Values(1 + i)[lane] * x)
				}
				take(from+lane, Point{exactly(b.Values(0)[lane]), exactly(loss)})
			}
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
