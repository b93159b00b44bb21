package mitigate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// constrained gives the controls of a model whole costs, and some of them
// requires and excludes.
func constrained(seed uint64, m *attacktree.Model) {
	r := rand.New(rand.NewPCG(seed, 7))
	for j, k := range m.Controls {
		k.Cost = quantity.Value{}
		if r.IntN(5) > 0 {
			k.Cost = quantity.Exactly(float64(r.IntN(20)))
		}
		for i, other := range m.Controls {
			switch {
			case i < j && r.IntN(12) == 0:
				k.Requires = append(k.Requires, other.Name)
			case i < j && r.IntN(12) == 0:
				k.Excludes = append(k.Excludes, other.Name)
			}
		}
	}
}

// compile compiles a model for its first goal.
func compile(tb testing.TB, m attacktree.Model) (*attacktree.Tree, *attacktree.Program) {
	tb.Helper()
	tree, err := attacktree.New(m)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{Goal: tree.Goals()[0]})
	if err != nil {
		tb.Fatal(err)
	}
	return tree, p
}

// bySets returns the front over all sets of controls, from the definition.
func bySets(t *testing.T, tree *attacktree.Tree, p *attacktree.Program, opt *FrontOptions) []FrontPoint {
	t.Helper()
	sets := allSets(t, tree, p, opt)
	var front []FrontPoint
	slices.SortStableFunc(sets, func(a, b FrontPoint) int { return compareCosts(a.Cost, b.Cost) })
	for i := 0; i < len(sets); {
		best := sets[i]
		for ; i < len(sets) && sets[i].Cost == best.Cost; i++ {
			if sets[i].Value < best.Value {
				best = sets[i]
			}
		}
		if len(front) == 0 || best.Value < front[len(front)-1].Value-1e-10*math.Abs(front[len(front)-1].Value) {
			front = append(front, best)
		}
	}
	for i := range front {
		if opt.Objective == CheapestCost {
			front[i].Value = -front[i].Value
		}
	}
	return front
}

// allSets values all sets that meet the constraints; less is better.
func allSets(t *testing.T, tree *attacktree.Tree, p *attacktree.Program, opt *FrontOptions) []FrontPoint {
	t.Helper()
	m := tree.Model()
	var sets []FrontPoint
	e := p.NewEvaluator()
	for bits := range 1 << len(m.Controls) {
		cost, names, ok := 0.0, []string{}, true
		for j, k := range m.Controls {
			held := bits>>j&1 == 1
			if held {
				names = append(names, k.Name)
				if k.Cost.Given() {
					cost += k.Cost.Mean()
				}
			}
			for i, other := range m.Controls {
				there := bits>>i&1 == 1
				ok = ok && !(held && !there && slices.Contains(k.Requires, other.Name))
				ok = ok && !(held && there && slices.Contains(k.Excludes, other.Name))
			}
			ok = ok && !(held && k.Status == attacktree.Retired)
			ok = ok && !(held && slices.Contains(opt.Forbid, k.Name)) && !(!held && slices.Contains(opt.Require, k.Name))
		}
		if !ok || opt.Budget != nil && cost > *opt.Budget {
			continue
		}
		s := &attacktree.Scenario{Controls: names, Adversary: opt.Adversary, Mode: opt.Mode}
		value := 0.0
		if opt.Objective == CheapestCost {
			r, err := p.Eval(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			value = math.Inf(-1)
			if r.Cheapest != nil {
				value = -*r.Cheapest.Cost
			}
		} else {
			if err := e.Set(s); err != nil {
				t.Fatal(err)
			}
			f, err := e.ExpectedImpact(context.Background())
			if opt.Objective == Likelihood || opt.Objective == DefaultObjective && !p.HasLosses() {
				f, err = e.Likelihood(context.Background())
			}
			if err != nil {
				t.Fatal(err)
			}
			value = f.Value
		}
		sets = append(sets, FrontPoint{names, cost, value})
	}
	return sets
}

func sameFront(t *testing.T, where string, want []FrontPoint, got *ControlFront) {
	t.Helper()
	if !got.Exact || got.Gap != 0 {
		t.Errorf("%s: expected an exact front, found a gap of %v after %d nodes", where, got.Gap, got.Searched)
	}
	same := len(want) == len(got.Points)
	for i := 0; same && i < len(want); i++ {
		w, g := want[i], got.Points[i]
		same = w.Cost == g.Cost && (w.Value == g.Value || math.Abs(w.Value-g.Value) <= 1e-9*math.Abs(w.Value))
	}
	if !same {
		t.Errorf("%s: expected %v, found %v", where, want, got.Points)
	}
}

// Fronts of random models, by all sets of controls.
func TestFront(t *testing.T) {
	ctx := context.Background()
	points := 0
	for seed := range uint64(400) {
		options := treegen.Everything
		options.Controls = 4 + int(seed%5)
		options.Impacts = 0.2
		options.Ties = seed%4 == 0
		m := treegen.Random(seed, options)
		constrained(seed, &m)
		tree, p := compile(t, m)
		for objective := DefaultObjective; objective <= CheapestCost; objective++ {
			opt := &FrontOptions{Objective: objective}
			if seed%3 == 0 && len(m.Adversaries) > 0 {
				opt.Adversary = m.Adversaries[0].Name
			}
			if seed%5 == 0 {
				opt.Budget = new(25.0)
			}
			if k := m.Controls[len(m.Controls)-1]; seed%7 == 0 && k.Status != attacktree.Retired {
				opt.Require = []string{k.Name}
				opt.Forbid = []string{m.Controls[0].Name}
			}
			got, err := Front(ctx, tree, p, opt)
			if err != nil {
				if s, _ := p.Structure(nil); objective == CheapestCost && !s.HasCost {
					continue
				}
				t.Fatalf("seed %d, %v: %v", seed, objective, err)
			}
			want := bySets(t, tree, p, opt)
			sameFront(t, fmt.Sprintf("seed %d, %v", seed, objective), want, got)
			points += len(want)
		}
	}
	if points < 2000 {
		t.Errorf("expected fronts of some length, found %d points in all", points)
	}
}

// Fronts of models with up to fourteen controls, of which most are there to choose.
func TestFrontOfMany(t *testing.T) {
	ctx := context.Background()
	models := uint64(40)
	if testing.Short() {
		models = 5
	}
	for seed := range models {
		options := treegen.Everything
		options.Controls = 10 + int(seed%5)
		options.Impacts, options.Share, options.Variables = 0.3, 0.5, 14
		m := treegen.Random(1000+seed, options)
		constrained(seed, &m)
		if seed%3 == 0 {
			for _, k := range m.Controls { // costs without a common unit
				k.Cost = quantity.Exactly(math.Sqrt(float64(2 + len(k.Name)*int(seed) + len(k.Effects))))
			}
		}
		tree, p := compile(t, m)
		for objective := ExpectedImpact; objective <= CheapestCost; objective++ {
			if objective == CheapestCost && len(m.Controls) > 11 {
				continue // takes the brute force too long
			}
			opt := &FrontOptions{Objective: objective}
			got, err := Front(ctx, tree, p, opt)
			if err != nil {
				if s, _ := p.Structure(nil); objective == CheapestCost && !s.HasCost {
					continue
				}
				t.Fatalf("seed %d, %v: %v", seed, objective, err)
			}
			sameFront(t, fmt.Sprintf("seed %d, %v", seed, objective), bySets(t, tree, p, opt), got)
		}
	}
}

// Trees of losses, and graphs that share steps and controls, all without
// constraints, so that the relaxation is what counts.
func TestFrontOfGraphs(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(40) {
		m := treegen.Shared(seed, 12+int(seed), 10)
		for i, n := range m.Nodes {
			if !n.Gate.Leaf() && i%3 == 0 {
				n.Impact = quantity.Exactly(float64(1 + i*7%40))
			}
		}
		tree, p := compile(t, m)
		for objective := ExpectedImpact; objective <= Likelihood; objective++ {
			opt := &FrontOptions{Objective: objective}
			got, err := Front(ctx, tree, p, opt)
			if err != nil {
				t.Fatal(err)
			}
			sameFront(t, fmt.Sprintf("seed %d, %v", seed, objective), bySets(t, tree, p, opt), got)
		}
	}
}

// Attack-defence trees, by all sets of defences.
func TestFrontDefended(t *testing.T) {
	ctx := context.Background()
	points := 0
	for seed := range uint64(60) {
		tree, p := compile(t, treegen.Defended(seed, 30+int(seed%4)*5, 9, float64(seed%4)/8))
		opt := &FrontOptions{Objective: CheapestCost}
		got, err := Front(ctx, tree, p, opt)
		if err != nil {
			t.Fatal(err)
		}
		sameFront(t, fmt.Sprint("seed ", seed), bySets(t, tree, p, opt), got)
		points += len(got.Points)
	}
	if points < 120 {
		t.Errorf("expected fronts of some length, found %d points in all", points)
	}
}

// Any number of workers finds the same, whether the search ends by itself or not.
func TestFrontWorkers(t *testing.T) {
	ctx := context.Background()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	tree, p := instance{steps: 30, controls: 20, shared: 20, most: 4}.program(t, 3)
	for _, opt := range []*FrontOptions{{}, {MaxNodes: 100}, {MaxWork: 2e6}, {Gap: 0.05}} {
		var fronts []*ControlFront
		for _, workers := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(workers)
			f, err := Front(ctx, tree, p, opt)
			if err != nil {
				t.Fatal(err)
			}
			fronts = append(fronts, f)
		}
		if !reflect.DeepEqual(fronts[0], fronts[1]) || !reflect.DeepEqual(fronts[0], fronts[2]) {
			t.Errorf("%+v: the fronts of 1, 2 and 5 workers differ", opt)
		}
		if f := fronts[0]; f.Exact != (opt.MaxNodes == 0 && opt.MaxWork == 0 && opt.Gap == 0) || f.Gap > 0 && opt.Gap > 0 && f.Gap > opt.Gap {
			t.Errorf("%+v: exact %v, with a gap of %v", opt, f.Exact, f.Gap)
		}
	}
}

// A search that is cut short gives sets above the front and a bound below it.
func TestFrontCutShort(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(20) {
		tree, p := instance{steps: 20, controls: 10, shared: 10, most: 4}.program(t, seed)
		whole, err := Front(ctx, tree, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		sameFront(t, fmt.Sprint("seed ", seed), bySets(t, tree, p, &FrontOptions{}), whole)
		for _, nodes := range []int{1, 2, 5, 20} {
			part, err := Front(ctx, tree, p, &FrontOptions{MaxNodes: nodes})
			if err != nil {
				t.Fatal(err)
			}
			if part.Exact != (part.Gap == 0) || part.Searched > nodes {
				t.Errorf("seed %d: exact %v with a gap of %v after %d of %d nodes", seed, part.Exact, part.Gap, part.Searched, nodes)
			}
			for _, q := range whole.Points {
				found, bound := math.Inf(1), math.Inf(1)
				for _, x := range part.Points {
					if x.Cost <= q.Cost {
						found = x.Value
					}
				}
				for _, x := range part.Bound {
					if x.Cost <= q.Cost {
						bound = x.Value
					}
				}
				if found < q.Value*(1-1e-9) || bound > q.Value*(1+1e-9) {
					t.Errorf("seed %d, %d nodes, cost %v: expected %v between %v and %v", seed, nodes, q.Cost, q.Value, bound, found)
				}
				if found-bound > part.Gap*found*(1+1e-9)+1e-9 {
					t.Errorf("seed %d, %d nodes, cost %v: %v to %v is more than a gap of %v", seed, nodes, q.Cost, bound, found, part.Gap)
				}
			}
		}
		done, cancel := context.WithCancel(ctx)
		cancel()
		if part, err := Front(done, tree, p, nil); err == nil && part.Exact {
			t.Errorf("seed %d: expected what was found when the context ended, found an exact front", seed)
		}
	}
}

func TestFrontRefused(t *testing.T) {
	ctx := context.Background()
	tree, p := instance{steps: 4, controls: 2, shared: 0, most: 2}.program(t, 1)
	for _, opt := range []*FrontOptions{
		{Require: []string{"lock"}},
		{Require: []string{"c0"}, Forbid: []string{"c0"}},
		{Budget: new(-1.0)},
		{Objective: CheapestCost}, // no step has a cost
		{Adversary: "nobody"},
	} {
		if _, err := Front(ctx, tree, p, opt); err == nil {
			t.Errorf("%+v: expected an error, found none", opt)
		}
	}
	f, err := Front(ctx, tree, p, &FrontOptions{Require: []string{"c0"}, Budget: new(0.5)})
	if err != nil || len(f.Points) != 0 || !f.Exact {
		t.Errorf("a required control above the budget: expected no set, found %v, %v", f, err)
	}
}

// What is chosen for a target, and when it is out of reach.
func TestOptimize(t *testing.T) {
	ctx := context.Background()
	tree, err := attacktree.Parse("x.atree", []byte(`
goal or g { impact 1000 step a { cost 5 likelihood 50% } step b { cost 9 likelihood 40% } }
control lock { cost 100 on a { likelihood -50% cost +10 } }
control wall { cost 30 on b { block } }
control gate { cost 300 excludes wall on a, b { block } }
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		opt        FrontOptions
		target     float64
		chosen     string
		outOfReach bool
	}{
		{FrontOptions{}, 600, "[wall]", false},
		{FrontOptions{}, 300, "[lock wall]", false},
		{FrontOptions{}, 100, "[gate]", false},
		{FrontOptions{Require: []string{"wall"}}, 100, "", true},
		{FrontOptions{Budget: new(200.0)}, 100, "", true},
		{FrontOptions{Objective: CheapestCost}, 9, "[lock]", false},
		{FrontOptions{Objective: CheapestCost}, 15, "[lock wall]", false},
		{FrontOptions{Objective: CheapestCost}, 1000, "[gate]", false},
	} {
		o, err := Optimize(ctx, tree, nil, &x.opt, &x.target)
		if err != nil {
			t.Fatal(err)
		}
		chosen := ""
		if o.Chosen >= 0 {
			chosen = fmt.Sprint(o.Front.Points[o.Chosen].Controls)
		}
		if chosen != x.chosen || o.OutOfReach != x.outOfReach {
			t.Errorf("%+v, target %v: expected %s, %v, found %s, %v", x.opt, x.target, x.chosen, x.outOfReach, chosen, o.OutOfReach)
		}
	}
}

// The small graph of Copae's thesis on attack-defence trees, whose front is
// published: a1 serves both ways, and each defence has its counter.
func TestFrontPublished(t *testing.T) {
	tree, err := attacktree.Parse("small.atree", []byte(`
goal and root { use one  use two }
or one { step a2 { cost 8 }  use a1 }
or two { use a1  step a4 { cost 8 } }
step a1 { cost 4 }
step a3 { cost 16 }
step a5 { cost 100 }
control d1 { cost 2 on one { block } bypassed by a3 }
control d2 { cost 4 on two { block } bypassed by a5 }
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Front(t.Context(), tree, p, &FrontOptions{Objective: CheapestCost})
	if err != nil {
		t.Fatal(err)
	}
	sameFront(t, "small", []FrontPoint{{nil, 0, 4}, {nil, 2, 20}, {nil, 4, 104}, {nil, 6, 120}}, f)
}

func TestObjectiveString(t *testing.T) {
	if a, b := CheapestCost.String(), Objective(7).String(); a != "cheapest_cost" || b != "Objective(7)" {
		t.Errorf("found %s and %s", a, b)
	}
}
