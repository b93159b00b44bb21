package program

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// A Batch evaluates a program for a block of scenarios at a time. The values
// of one entry for all scenarios of the block, its lanes, stand side by side,
// so that a pass over the program reads each step once for all of them. A batch
// is the scratch space of one goroutine.
//
// A lane has the digits that [State.Eval] has, on every machine, and does not
// depend on the other lanes.
type Batch struct {
	p     *Program
	width int
	value []float64 // width lanes of each entry
}

// DefaultWidth is a good number of lanes: entries of programs of a few hundred
// steps stay in the cache of a core, and steps are read seldom enough.
const DefaultWidth = 64

// NewBatch returns a batch of the given number of lanes, DefaultWidth if that
// is not positive.
func (p *Program) NewBatch(width int) *Batch {
	if width <= 0 {
		width = DefaultWidth
	}
	b := &Batch{p: p, width: width, value: make([]float64, (p.firstStep()+len(p.steps))*width)}
	for entry, x := range [firstVariable]float64{one: 1, half: 0.5, minus: -1} {
		for i := range width {
			b.value[entry*width+i] = x
		}
	}
	return b
}

// Width returns the number of lanes.
func (b *Batch) Width() int { return b.width }

// Probs returns the place of the probabilities of variable v, one for each
// lane, to be filled before Eval.
func (b *Batch) Probs(v int) []float64 { return b.lanes(firstVariable + 2*int32(v)) }

// Values returns the probabilities of a root after Eval, one for each lane. The
// caller must not change them. Where the program is not exact, they lie between
// bounds, as those of [State.Value].
func (b *Batch) Values(root int) []float64 { return b.lanes(b.p.roots[root]) }

func (b *Batch) lanes(entry int32) []float64 {
	at := int(entry) * b.width
	return b.value[at : at+b.width : at+b.width]
}

// Eval computes the probabilities of all roots from those in Probs, in the
// first n lanes. It allocates nothing.
func (b *Batch) Eval(n int) {
	n = min(n, b.width)
	for v := range int32(b.p.vars) {
		x := b.lanes(firstVariable + 2*v)[:n]
		rest := b.lanes(firstVariable + 2*v + 1)[:n]
		for i := range rest {
			rest[i] = 1 - x[i]
		}
	}
	first := int32(b.p.firstStep())
	for at := range b.p.steps {
		st := &b.p.steps[at]
		out := b.lanes(first + int32(at))[:n]
		switch {
		case st.q == zero:
			p, hi := b.lanes(st.p)[:n], b.lanes(st.hi)[:n]
			for i := range out {
				out[i] = p[i] * hi[i]
			}
		case st.hi == one:
			p, q, lo := b.lanes(st.p)[:n], b.lanes(st.q)[:n], b.lanes(st.lo)[:n]
			for i := range out {
				out[i] = p[i] + float64(q[i]*lo[i])
			}
		default:
			p, hi, q, lo := b.lanes(st.p)[:n], b.lanes(st.hi)[:n], b.lanes(st.q)[:n], b.lanes(st.lo)[:n]
			for i := range out {
				out[i] = float64(p[i]*hi[i]) + float64(q[i]*lo[i])
			}
		}
	}
}

// mostLanes bounds the memory of a goroutine's batch, 256 MB where it is not one
// lane that takes more.
const mostLanes = 1 << 25

// EvalMany evaluates n scenarios in blocks of [DefaultWidth], or fewer where the
// program is large, on all cores. Each goroutine calls worker once, with a batch of
// its own, and the function that it returns for one block after the other: for
// scenarios from, from+1, … it puts their probabilities into Probs, calls Eval and
// reads Values. What is computed for a scenario does not depend on the number of
// cores. The error is that of ctx.
func (p *Program) EvalMany(ctx context.Context, n int, worker func(b *Batch) (block func(from, lanes int))) error {
	width := min(DefaultWidth, max(1, mostLanes/(p.firstStep()+len(p.steps))))
	blocks := (n + width - 1) / width
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		group.Go(func() {
			block := worker(p.NewBatch(width))
			for ctx.Err() == nil {
				from := int(next.Add(1)-1) * width
				if from >= n {
					return
				}
				block(from, min(width, n-from))
			}
		})
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("program: %w", err)
	}
	return nil
}
