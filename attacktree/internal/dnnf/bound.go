package dnnf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A Function is a monotone function of inputs.
type Function struct {
	net   *net
	given []int32 // inputs that the function implies besides
}

// New makes a function of a gate of a circuit; gates has those that it needs,
// arguments first, down to the inputs. It reports whether it can: they have to be
// And, Or and AtLeast without complements, and not too many, and refer to nothing
// else.
func New(c *circuit.Circuit, inputs, gates []circuit.Ref, output circuit.Ref) (*Function, bool) {
	n, ok := read(c, inputs, gates, output)
	if !ok || n.size() > mostNodes {
		return nil, false
	}
	f := &Function{}
	f.net, f.given = n.condition()
	return f, true
}

const (
	mostNodes = 1 << 13 // of a net, for the time of an order grows with the square
	firstTry  = 64      // tree decompositions for the function itself
	laterTry  = 6       // for what bounds it
	quickTry  = 2       // for what might
)

// Limits bound the work for a form.
type Limits struct {
	Nodes int // of a form
	Bytes int // of the form and of what is remembered, in an attempt
	Work  int // nodes looked at in an attempt
}

// A relaxation is a function in which some nodes have become constants: false
// ones make it imply the function that it was, true ones make it follow from it.
type relaxation struct {
	graph  *graph // nil if the net is a constant
	net    *net
	orders []*order // that of the least work first
	given  []int32
}

// relaxed finds orders until the context is done.
func relaxed(ctx context.Context, n *net, given []int32, tries int) *relaxation {
	r := &relaxation{net: n, given: given}
	if n.root > True {
		r.graph = newGraph(n)
		r.orders = r.graph.findOrders(ctx, tries)
	}
	return r
}

// work is about what its form takes, at least 1.
func (r *relaxation) work() float64 {
	switch {
	case r.graph == nil:
		return 1
	case len(r.orders) == 0:
		return math.Inf(1)
	}
	return r.orders[0].work
}

// hopeless reports whether a form is so far out of reach that it is not worth a try.
func (r *relaxation) hopeless(lim Limits) bool {
	return r.work() > easy*float64(lim.Work)*farthest
}

func (r *relaxation) compile(ctx context.Context, lim Limits) (*Form, error) {
	f := &Form{Nodes: make([]Node, 2), Root: r.net.root}
	if r.graph != nil {
		var err error
		if f, err = r.graph.compile(ctx, r.orders, lim); err != nil {
			return nil, err
		}
	}
	for _, x := range r.given {
		f.Root = f.add(Node{Op: Choice, X: x, A: f.Root, B: False})
	}
	if f.prune(); f.Size() > lim.Nodes {
		return nil, ErrLimit
	}
	return f, nil
}

// Compile returns a form of the function. The error is ErrLimit or that of the
// context.
func (f *Function) Compile(ctx context.Context, lim Limits) (*Form, error) {
	r := relaxed(ctx, f.net, f.given, f.tries(lim))
	if r.hopeless(lim) {
		return nil, ErrLimit
	}
	return r.compile(ctx, lim)
}

// tries returns how many orders are worth the time, in proportion to the work that
// they are for.
func (f *Function) tries(lim Limits) int { return max(1, min(firstTry, lim.Work/4/f.orderWork())) }

// orderWork is what an order takes, in terms of Limits.Work, at most.
func (f *Function) orderWork() int { return len(f.net.kind) << 12 }

// Bound returns a form of a function that follows from f if upper is true, else of
// one that implies it; at the given probabilities of the inputs they differ little.
// Nodes become constants, one by one, until a form is within reach: which ones, is
// judged by the work that hangs on them and by what a sample says is lost. When
// attempts show how many are needed, that is all; there are a few attempts. The
// error is ErrLimit or that of the context, and the form what was found by then, if
// any.
func (f *Function) Bound(ctx context.Context, upper bool, prob []float64, lim Limits) (*Form, error) {
	const orders = candidates*quickTry + laterTry // for each constant
	return f.bound(ctx, upper, prob, lim, min(longest, 16*lim.Work/orders/f.orderWork()))
}

// bound makes at most so many nodes constants.
func (f *Function) bound(ctx context.Context, upper bool, prob []float64, lim Limits, most int) (*Form, error) {
	constant := False
	if upper {
		constant = True
	}
	chain := []*relaxation{relaxed(ctx, f.net, f.given, laterTry)}
	if chain[0].hopeless(lim) {
		return nil, ErrLimit
	}
	s := newSample(prob, 64*min(max(lim.Work>>16, fewest), mostWords/max(len(prob), 1)))
	last := func() *relaxation { return chain[len(chain)-1] }
	goal := easy * float64(lim.Work)
	var found *Form
	for found == nil {
		if last().work() <= goal {
			var err error
			if found, err = last().compile(ctx, lim); err != nil && !errors.Is(err, ErrLimit) {
				return nil, err
			}
			goal = last().work() / harder
			continue
		}
		if len(chain) > most {
			return nil, ErrLimit
		}
		next := last().simpler(ctx, s, constant)
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("dnnf: %w", err)
		}
		if next == nil {
			return nil, ErrLimit
		}
		chain = append(chain, next)
	}
	// The fewest constants, about, that make it small enough.
	for few, many := 0, len(chain)-1; many-few > 1; {
		middle := (few + many) / 2
		if r := chain[middle]; r.graph != nil {
			r.orders = r.graph.findOrders(ctx, f.tries(lim))
		}
		better, err := chain[middle].compile(ctx, lim)
		switch {
		case err == nil:
			found, many = better, middle
		case errors.Is(err, ErrLimit):
			few = middle
		default:
			return found, err
		}
	}
	return found, nil
}

const (
	easy       = 1 << 9  // an order's estimate is mostly too high, by more than that
	farthest   = 1 << 20 // so many times what is easy is out of reach
	harder     = 16      // if it was not
	longest    = 50      // nodes that become constants
	candidates = 16      // nodes that are tried out before one becomes a constant
	fewest     = 1 << 6  // words of states in a sample
	mostWords  = 1 << 24 // and of all their inputs
	leastGain  = 0.05    // halvings of the work; what seems less may be noise
	leastLoss  = 2       // states
)

// simpler replaces one node more. It returns nil if there is none that would leave
// anything, and something or nil when the context is done.
func (r *relaxation) simpler(ctx context.Context, s *sample, constant int32) *relaxation {
	if r.graph == nil {
		return nil
	}
	type candidate struct {
		node  int32
		score float64
	}
	var all []candidate
	seen := s.seen(r.net, constant)
	for x, y := range r.graph.origin {
		if y != r.net.root {
			all = append(all, candidate{y, r.orders[0].weight[x] / float64(seen[y]+leastLoss)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.node, b.node))
	})
	all = all[:min(candidates, len(all))]
	nodes := make([]int32, len(all))
	less := make([]*net, len(all))
	for i, c := range all {
		nodes[i] = c.node
		less[i] = r.net.replace(nodes[i:i+1], constant)
	}
	losses := s.losses(ctx, r.net, r.net.replace(nodes, constant), less)
	var best *relaxation
	most := 0.0
	for i, m := range less {
		m, more := m.condition()
		if m.root <= True || ctx.Err() != nil {
			continue
		}
		next := relaxed(ctx, m, slices.Concat(r.given, more), quickTry)
		if len(next.orders) == 0 {
			continue
		}
		gain := max(math.Log2(r.work()/next.work()), leastGain)
		if score := gain / float64(losses[i]+leastLoss); score > most {
			best, most = next, score
		}
	}
	if best != nil {
		best.orders = best.graph.findOrders(ctx, laterTry) // begins with those it has
	}
	return best
}
