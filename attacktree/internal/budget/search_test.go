package budget

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// random makes a circuit with shared gates and amounts at three of them. Some
// steps are free, some are sure to succeed, some never do, some variables are
// conditions; costs are integers or not.
func random(seed uint64, variables, gates int) *Problem {
	r := rand.New(rand.NewPCG(seed, 2))
	c := circuit.New()
	p := &Problem{Circuit: c}
	var refs []circuit.Ref
	for v := range variables {
		refs = append(refs, c.Var())
		p.Node, p.IsStep = append(p.Node, int32(v)), append(p.IsStep, v > 0)
		chance, cost := 0.1+0.8*r.Float64(), float64(r.IntN(9))
		if k := r.IntN(20); k < 3 && v > 0 {
			chance = float64(min(k, 1))
		}
		if seed%3 == 0 && cost > 0 {
			cost += r.Float64()
		}
		p.Chance, p.Cost = append(p.Chance, chance), append(p.Cost, cost)
	}
	for range gates {
		args := []circuit.Ref{refs[r.IntN(len(refs))], refs[r.IntN(len(refs))], refs[r.IntN(len(refs))]}
		switch r.IntN(3) {
		case 0:
			refs = append(refs, c.And(args...))
		case 1:
			refs = append(refs, c.Or(args...))
		default:
			refs = append(refs, c.AtLeast(2, args...))
		}
	}
	p.Root = c.Or(refs[len(refs)-4:]...)
	p.Worth = []Amount{{p.Root, 5}, {refs[len(refs)-2], 3}, {refs[len(refs)-4], 1}}
	return p
}

// guarded is a random problem of which what is shared stands under gates of its
// own, for most seeds.
func guarded(seed uint64) *Problem {
	p := random(seed, 12, 14)
	step := func() circuit.Ref {
		p.Node, p.IsStep = append(p.Node, int32(len(p.Node))), append(p.IsStep, true)
		p.Chance, p.Cost = append(p.Chance, 0.5), append(p.Cost, 3)
		return p.Circuit.Var()
	}
	if seed%3 > 0 {
		p.Root = p.Circuit.And(p.Root, step())
	}
	if seed%3 > 1 {
		p.Root = p.Circuit.Or(p.Root, step())
	}
	p.Worth[0].At = p.Root
	return p
}

// every returns the staircase of all sets of steps.
func every(t *testing.T, p *Problem) []Point {
	s := &searcher{Problem: p}
	if err := s.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []Point
	for set := range 1 << len(s.steps) {
		in := make([]bool, len(s.steps))
		for i := range in {
			in[i] = set>>i&1 == 1
		}
		worth, _ := s.worth(in, len(in))
		all = append(all, Point{s.cost(in, len(in)), worth})
	}
	return staircase(all)
}

// The search finds the same as the fronts, on circuits with shared gates.
func TestSearch(t *testing.T) {
	for seed := range uint64(200) {
		p := random(seed, 8, 8)
		want, err := search(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		short := *p
		short.Limits.Sets = 1 + int(seed%20)
		cut, err := search(t.Context(), &short)
		if err != nil {
			t.Fatal(err)
		}
		for cost := range 60 {
			b := float64(cost)
			low, x, high := At(cut.Points, b), At(want.Points, b), At(cut.Bound, b)
			if low > x+1e-12*(1+x) || x > high+1e-12*(1+x) {
				t.Errorf("seed %d, cut short, at cost %v: %v to %v, but %v is right", seed, b, low, high, x)
			}
		}
		if _, err := newPlan(t.Context(), p); err != nil {
			t.Fatalf("seed %d: the fronts do not answer: %v", seed, err)
		}
		got, err := Solve(t.Context(), p)
		if err != nil || !got.Exact || !want.Exact || len(got.Points) != len(want.Points) {
			t.Fatalf("seed %d: %v, want %v (%v)", seed, got.Points, want.Points, err)
		}
		for i, q := range want.Points {
			if x := got.Points[i]; math.Abs(x.Cost-q.Cost) > 1e-12*q.Cost || math.Abs(x.Worth-q.Worth) > 1e-12*(1+q.Worth) {
				t.Errorf("seed %d, point %d: %v, want %v", seed, i, x, q)
			}
			cost := 0.0
			for _, node := range got.Steps(i) {
				cost += p.Cost[node]
			}
			if math.Abs(cost-got.Points[i].Cost) > 1e-12*cost {
				t.Errorf("seed %d, point %d: %v cost %v, not %v", seed, i, got.Steps(i), cost, got.Points[i].Cost)
			}
		}
	}
}

// A search that is cut short knows at least each of the cheapest minimal attacks,
// and what the best of them add to each other.
func TestSearchGreedy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	c := circuit.New()
	p := &Problem{Circuit: c, Limits: Limits{Sets: 200}}
	var steps []circuit.Ref
	for v := range 30 {
		steps = append(steps, c.Var())
		p.Node, p.IsStep = append(p.Node, int32(v)), append(p.IsStep, true)
		p.Chance, p.Cost = append(p.Chance, 0.3+0.6*r.Float64()), append(p.Cost, float64(1+r.IntN(9)))
	}
	var attacks []circuit.Ref
	var alone []Point
	for range 12 {
		attack := Point{0, 1}
		var args []circuit.Ref
		for _, v := range r.Perm(len(steps))[:4] {
			args = append(args, steps[v])
			attack.Cost += p.Cost[v]
			attack.Worth *= p.Chance[v]
		}
		attacks, alone = append(attacks, c.And(args...)), append(alone, attack)
	}
	p.Root = c.Or(attacks...)
	p.Worth = []Amount{{p.Root, 1}}
	got, err := search(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Exact {
		t.Error("the search is not cut short, which shows nothing")
	}
	// Nothing can be attempted below the cheapest step, and the dearest budget pays
	// for everything.
	if high := At(got.Bound, 0); high != 0 {
		t.Errorf("at no cost the bound is %v, want 0", high)
	}
	if low, high := At(got.Points, 1e9), At(got.Bound, 1e9); low != high {
		t.Errorf("with all steps: %v to %v, which is one number", low, high)
	}
	best, total := 0.0, 0.0
	for _, a := range alone {
		best, total = max(best, a.Worth), total+a.Cost
		if low := At(got.Points, a.Cost); low < a.Worth-1e-12 {
			t.Errorf("at cost %v: %v, but an attack has a chance of %v", a.Cost, low, a.Worth)
		}
	}
	if low := At(got.Points, total/4); low < 1.2*best {
		t.Errorf("several attacks have a chance of %v, one alone of %v", low, best)
	}
}

// Many steps that many attacks share have no diagram of any use. There is still
// much less than everything that a small budget can do, and a lot that it can.
func TestSearchRelaxed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	c := circuit.New()
	p := &Problem{Circuit: c, Limits: Limits{Sets: 500, Diagram: program.Limits{Nodes: 1 << 12}}}
	var steps, attacks []circuit.Ref
	for v := range 160 {
		steps = append(steps, c.Var())
		p.Node, p.IsStep = append(p.Node, int32(v)), append(p.IsStep, true)
		p.Chance, p.Cost = append(p.Chance, 0.2+0.7*r.Float64()), append(p.Cost, float64(1+r.IntN(100)))
	}
	for range 60 {
		var args []circuit.Ref
		for _, v := range r.Perm(len(steps))[:5] {
			args = append(args, steps[v])
		}
		attacks = append(attacks, c.And(args...))
	}
	p.Root = c.Or(attacks...)
	p.Worth = []Amount{{p.Root, 1}}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), ended} {
		got, err := search(ctx, p)
		if err != nil || got.Exact {
			t.Fatalf("exact %v, %v", got.Exact, err)
		}
		if high := At(got.Bound, 500); high > 0.8 {
			t.Errorf("at 500 the bound is %v, no better than that of everything", high)
		}
		if low := At(got.Points, 1000); low < 0.4 && ctx.Err() == nil {
			t.Errorf("at 1000 the best set has a chance of %v only", low)
		}
	}
}

// What is left out of the steps of a point changes nothing, and little more could be.
func TestUseful(t *testing.T) {
	left, useless := 0, 0
	for seed := range uint64(models) {
		p := guarded(seed)
		for v := range p.Cost {
			if p.Node[v]%2 == 0 {
				p.Cost[v] = 0
			}
		}
		s := &searcher{Problem: p}
		if err := s.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		worth := func(steps []int32) float64 {
			for v, node := range p.Node {
				if s.chance[v] = p.Chance[v]; p.IsStep[v] && !slices.Contains(steps, node) {
					s.chance[v] = 0
				}
			}
			s.state.Eval(s.chance)
			sum := 0.0
			for i, a := range p.Worth {
				sum += a.Value * s.state.Value(i)
			}
			return sum
		}
		got, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range got.Points {
			steps := got.Steps(i)
			if w := worth(steps); math.Abs(w-q.Worth) > 1e-12*q.Worth {
				t.Errorf("seed %d: steps %v are worth %v, want %v", seed, steps, w, q.Worth)
			}
			left += len(s.free)
			for k, node := range steps {
				if !s.free[node] {
					continue
				}
				left--
				if worth(slices.Delete(slices.Clone(steps), k, k+1)) == q.Worth {
					useless++
				}
			}
		}
	}
	if useless > left/10 {
		t.Errorf("%d steps were left out, and %d others might have been", left, useless)
	}
}
