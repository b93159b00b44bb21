package mitigate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/brute"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// randomly owned models: every node says two tags at most, of three.
func owned(seed uint64) attacktree.Model {
	options := treegen.Everything
	options.Controls = 3
	m := treegen.Random(seed, options)
	for i, n := range m.Nodes {
		for k := range 3 {
			if (int(seed)+7*i+5*k)%4 == 0 && len(n.Tags) < 2 {
				n.Tags = append(n.Tags, fmt.Sprintf("team-%d", k))
			}
		}
	}
	return m
}

func byTag(tree *attacktree.Tree) []attacktree.Group {
	return tree.GroupBy(func(n *attacktree.Node) []string { return n.Tags }, nil, "no team")
}

// eachOwned asks about the first goal of models from owned, in each third of them
// for an adversary.
func eachOwned(t *testing.T, ask func(seed uint64, tree *attacktree.Tree, opt *Options)) {
	t.Helper()
	for seed := range uint64(150) {
		m := owned(seed)
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		opt := &Options{Goal: tree.Goals()[0]}
		if seed%3 == 0 && len(m.Adversaries) > 0 {
			opt.Adversary = m.Adversaries[0].Name
		}
		ask(seed, tree, opt)
	}
}

// Groups of steps of random models, by enumeration: what is left without each
// group, how many minimal attacks have a step of it, its fair share by the
// definition, and that shares add up.
func TestBySteps(t *testing.T) {
	ctx := context.Background()
	some, parts := 0, 0
	eachOwned(t, func(seed uint64, tree *attacktree.Tree, opt *Options) {
		groups := byTag(tree)
		b, err := BySteps(ctx, tree, groups, opt)
		if err != nil {
			t.Fatal(err)
		}
		failing, names, kept, err := withFailing(tree, groups)
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(ctx, failing, &attacktree.Options{Goal: opt.Goal})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b.Goals[0].Scenarios {
			s := *opt.scenario(x.Scenario, x.Controls)
			whole, err := brute.Eval(failing.Model(), opt.Goal, &s)
			if err != nil {
				t.Fatal(err)
			}
			same(t, seed, x.Scenario+" whole", &x.Whole, &whole.Result)
			want := bySubsets(t, p, names, s)
			var shares, impacts float64
			for _, part := range x.Parts {
				i := slices.IndexFunc(kept, func(g attacktree.Group) bool { return g.Name == part.Name })
				without := s
				without.Controls = append(slices.Clone(s.Controls), names[i])
				left, err := brute.Eval(failing.Model(), opt.Goal, &without)
				if err != nil {
					t.Fatal(err)
				}
				where := fmt.Sprintf("%s without %q", x.Scenario, part.Name)
				same(t, seed, where, &part.Without, &left.Result)
				with := int64(0)
				for _, a := range whole.Minimal {
					if slices.ContainsFunc(slices.Concat(a.Steps, a.Given), func(n string) bool { return slices.Contains(part.Nodes, n) }) {
						with++
					}
				}
				if part.Attacks.Int64() != with {
					t.Errorf("seed %d, %s: expected %d attacks with it, found %v", seed, where, with, part.Attacks)
				}
				if !close(*part.ShapleyLikelihood, want[i].likelihood, 1) {
					t.Errorf("seed %d, %s: expected a share of %v, found %v", seed, where, want[i].likelihood, *part.ShapleyLikelihood)
				}
				shares += *part.ShapleyLikelihood
				if part.Shapley != nil {
					if !close(*part.Shapley, want[i].impact, x.Whole.ExpectedImpact.Value) {
						t.Errorf("seed %d, %s: expected a share of %v, found %v", seed, where, want[i].impact, *part.Shapley)
					}
					impacts += *part.Shapley
				}
				parts++
				if with > 0 {
					some++
				}
			}
			if !close(shares, x.Whole.Likelihood.Value, 1) {
				t.Errorf("seed %d, %s: shares add up to %v of %v", seed, x.Scenario, shares, x.Whole.Likelihood.Value)
			}
			if loss := x.Whole.ExpectedImpact; loss != nil && !close(impacts, loss.Value, loss.Value) {
				t.Errorf("seed %d, %s: shares add up to %v of %v", seed, x.Scenario, impacts, loss.Value)
			}
		}
	})
	if some < 500 {
		t.Errorf("only %d of %d parts have an attack", some, parts)
	}
}

func same(t *testing.T, seed uint64, where string, got *Risk, want *attacktree.Result) {
	t.Helper()
	for _, x := range []struct {
		figure    string
		got, want *attacktree.Figure
	}{
		{"likelihood", got.Likelihood, want.Likelihood},
		{"expected impact", got.ExpectedImpact, want.ExpectedImpact},
		{"annual loss", got.AnnualLoss, want.AnnualLoss},
	} {
		switch {
		case (x.got == nil) != (x.want == nil):
			t.Errorf("seed %d, %s: %s: expected %v, found %v", seed, where, x.figure, x.want, x.got)
		case x.got != nil && (!x.got.Exact || !close(x.got.Value, x.want.Value, math.Abs(x.want.Value))):
			t.Errorf("seed %d, %s: %s: expected %v, found %v", seed, where, x.figure, x.want.Value, x.got.Value)
		}
	}
	if got.AttackCount == nil || got.AttackCount.Cmp(want.AttackCount) != 0 {
		t.Errorf("seed %d, %s: expected %v attacks, found %v", seed, where, want.AttackCount, got.AttackCount)
	}
}

// What each node loses in random models, by enumeration of the model in which
// the others lose nothing.
func TestByLosses(t *testing.T) {
	ctx := context.Background()
	checked := 0
	eachOwned(t, func(seed uint64, tree *attacktree.Tree, opt *Options) {
		b, err := ByLosses(ctx, tree, byTag(tree), opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b.Goals[0].Scenarios {
			for _, part := range x.Parts {
				only := owned(seed)
				for _, n := range only.Nodes {
					if n.Impact.Given() && !slices.Contains(part.Nodes, n.Name) {
						n.Impact = quantity.Exactly(0)
					}
				}
				want, err := brute.Eval(&only, opt.Goal, opt.scenario(x.Scenario, x.Controls))
				if err != nil {
					t.Fatal(err)
				}
				if !close(part.ExpectedImpact.Value, want.ExpectedImpact.Value, want.ExpectedImpact.Value) {
					t.Errorf("seed %d, %s, %q: expected %v, found %v", seed, x.Scenario, part.Name, want.ExpectedImpact.Value, part.ExpectedImpact.Value)
				}
				if (part.AnnualLoss == nil) != (want.AnnualLoss == nil) ||
					part.AnnualLoss != nil && !close(part.AnnualLoss.Value, want.AnnualLoss.Value, want.AnnualLoss.Value) {
					t.Errorf("seed %d, %s, %q: expected %v a year, found %v", seed, x.Scenario, part.Name, want.AnnualLoss, part.AnnualLoss)
				}
				checked++
			}
		}
	})
	if checked < 200 {
		t.Errorf("only %d parts have a loss", checked)
	}
}

// Each adversary has the figures that he has when he is asked about.
func TestByAdversary(t *testing.T) {
	ctx := context.Background()
	eachOwned(t, func(seed uint64, tree *attacktree.Tree, opt *Options) {
		m := tree.Model()
		opt.Adversary = ""
		b, err := ByAdversary(ctx, tree, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b.Goals[0].Scenarios {
			if len(x.Parts) != len(m.Adversaries) || x.Mode != attacktree.Saturating || x.Adversary != "" {
				t.Fatalf("seed %d: expected %d adversaries beside anybody, found %v", seed, len(m.Adversaries), x)
			}
			for _, part := range x.Parts {
				want, err := brute.Eval(m, opt.Goal, &attacktree.Scenario{Controls: x.Controls, Adversary: part.Adversary})
				if err != nil {
					t.Fatal(err)
				}
				same(t, seed, x.Scenario+" "+part.Adversary, &part.Risk, &want.Result)
				if *part.Reachable != want.Reachable {
					t.Errorf("seed %d, %s: reachable: found %v", seed, part.Adversary, *part.Reachable)
				}
				if (part.CheapestCost == nil) != (want.Cheapest == nil || want.Cheapest.Cost == nil) ||
					part.CheapestCost != nil && !close(*part.CheapestCost, *want.Cheapest.Cost, *want.Cheapest.Cost) {
					t.Errorf("seed %d, %s: cheapest: found %v", seed, part.Adversary, part.CheapestCost)
				}
			}
		}
	})
	tree, err := attacktree.New(owned(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ByAdversary(ctx, tree, &Options{Adversary: "adversary-1"}); err == nil {
		t.Error("a break-down by adversaries for one of them: expected an error")
	}
	other := &Options{Mode: attacktree.Limited + 1}
	if _, err := ByAdversary(ctx, tree, other); err == nil {
		t.Error("by adversaries in a mode that no break-down is made for: expected an error")
	}
	if _, err := BySteps(ctx, tree, byTag(tree), other); err == nil {
		t.Error("by steps in a mode that no break-down is made for: expected an error")
	}
}

// Under a limit that leaves bounds only, parts have bounds and no shares.
func TestBreakdownLimited(t *testing.T) {
	m := treegen.Ladder(40, 0.3).Model
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatal(err)
	}
	opt := &Options{Compile: attacktree.Options{MaxNodes: 30}}
	b, err := BySteps(context.Background(), tree, byTag(tree), opt)
	if err != nil {
		t.Fatal(err)
	}
	part := b.Goals[0].Scenarios[0].Parts[0]
	if part.ShapleyLikelihood != nil || part.Without.Likelihood == nil {
		t.Errorf("expected bounds and no shares, found %+v", part)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := BySteps(ctx, tree, byTag(tree), nil); err != context.Canceled {
		t.Errorf("expected context.Canceled, found %v", err)
	}
}
