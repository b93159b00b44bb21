package attacktree_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// What holds of every tree, checked on random ones and without an oracle, and
// families with answers in closed form, which may be large.

func TestFamilies(t *testing.T) {
	families := []treegen.Family{
		treegen.Chain(1000, 0.999), treegen.Chain(50_000, 0.9999), treegen.Fan(1000, 0.001),
		treegen.Ladder(64, 0.9), treegen.Ladder(500, 0.99), treegen.KOfN(7, 40, 0.2), treegen.KOfN(100, 200, 0.5),
	}
	for _, n := range []int{1, 2, 3, 8} {
		families = append(families, treegen.Families(n, 0.3)...)
	}
	for _, f := range families {
		t.Run(f.Name, func(t *testing.T) {
			r := eval(t, compile(t, f.Model, "goal"), nil)
			sameNumber(t, f.Name, "likelihood", f.Likelihood, r.Likelihood.Value)
			sameNumber(t, f.Name, "expected impact", f.ExpectedImpact, r.ExpectedImpact.Value)
			same(t, f.Name, "attack count", f.Count, r.AttackCount)
			sameNumber(t, f.Name, "cost", f.Cost, *r.Cheapest.Cost)
			sameNumber(t, f.Name, "chance", f.Chance, r.Likeliest.Likelihood)
			sameNumber(t, f.Name, "time", f.Time, *r.Fastest.Time)
			same(t, f.Name, "chokepoints", f.Chokepoints, len(r.Chokepoints))
		})
	}
}

// TestMonotone: likelihood and loss rise with the likelihood of any step or
// condition.
func TestMonotone(t *testing.T) {
	each(t, 0.2, func(t *testing.T, seed uint64, m attacktree.Model) {
		base := compile(t, m, goals(&m)[0])
		for i, n := range m.Nodes {
			if !n.Likelihood.Given() || n.Likelihood.Param != "" {
				continue
			}
			more := changed(m, i, func(n *attacktree.Node) {
				n.Likelihood = quantity.Exactly((1 + n.Likelihood.Mean()) / 2)
			})
			p := compile(t, more, goals(&m)[0])
			for _, s := range scenarios(seed, &m) {
				notAbove(t, "after raising "+n.Name, eval(t, p, s), eval(t, base, s))
			}
		}
	})
}

// changed returns the model with a copy of its i-th node, changed.
func changed(m attacktree.Model, i int, change func(*attacktree.Node)) attacktree.Model {
	n := *m.Nodes[i]
	change(&n)
	m.Nodes = slices.Clone(m.Nodes)
	m.Nodes[i] = &n
	return m
}

// notAbove asks that low has no greater risk than high.
func notAbove(t *testing.T, where string, high, low *attacktree.Result) {
	t.Helper()
	for _, x := range []struct {
		what      string
		high, low *attacktree.Figure
	}{
		{"likelihood", high.Likelihood, low.Likelihood},
		{"expected impact", high.ExpectedImpact, low.ExpectedImpact},
		{"annual loss", high.AnnualLoss, low.AnnualLoss},
	} {
		if x.high != nil && x.low.Value > x.high.Value && !near(x.low.Value, x.high.Value) {
			t.Errorf("%s: %s: expected at most %v, found %v", where, x.what, x.high.Value, x.low.Value)
		}
	}
}

// TestControlsHelp: one more control never raises the risk from a saturating
// attacker.
func TestControlsHelp(t *testing.T) {
	each(t, 0.5, func(t *testing.T, seed uint64, m attacktree.Model) {
		p := compile(t, m, goals(&m)[0])
		before := eval(t, p, nil)
		var in []string
		for _, k := range m.Controls {
			in = append(in, k.Name)
			after := eval(t, p, &attacktree.Scenario{Controls: in})
			notAbove(t, fmt.Sprintf("with %v", in), before, after)
			before = after
		}
	})
}

// TestPermutedChildren: only seq minds the order of its children.
func TestPermutedChildren(t *testing.T) {
	each(t, 0.2, func(t *testing.T, seed uint64, m attacktree.Model) {
		other := m
		for i, n := range m.Nodes {
			if n.Gate != attacktree.Seq {
				other = changed(other, i, func(n *attacktree.Node) {
					n.Children = slices.Clone(n.Children)
					slices.Reverse(n.Children)
				})
			}
		}
		for _, s := range scenarios(seed, &m) {
			want := eval(t, compile(t, m, goals(&m)[0]), s)
			got := eval(t, compile(t, other, goals(&m)[0]), s)
			sameResult(t, fmt.Sprintf("scenario %+v", s), want, got)
		}
	})
}

// TestScaledCosts: eight times the costs, eight times the figures of cost, and
// all else the same.
func TestScaledCosts(t *testing.T) {
	each(t, 0.2, func(t *testing.T, seed uint64, m attacktree.Model) {
		dear := m
		for i := range m.Nodes {
			dear = changed(dear, i, func(n *attacktree.Node) {
				n.Cost = n.Cost.Scaled(8)
				n.For = slices.Clone(n.For)
				for j := range n.For {
					n.For[j].Cost = n.For[j].Cost.Scaled(8)
				}
			})
		}
		dear.Controls = nil
		for _, k := range m.Controls {
			copied := *k
			copied.Effects = slices.Clone(k.Effects)
			for i, e := range k.Effects {
				copied.Effects[i].Changes = slices.Clone(e.Changes)
				for j, c := range e.Changes {
					if c.Attribute == attacktree.Cost && c.Op == attacktree.Add {
						copied.Effects[i].Changes[j].Value = c.Value.Scaled(8)
					}
				}
			}
			dear.Controls = append(dear.Controls, &copied)
		}
		for _, s := range scenarios(seed, &m) {
			want := eval(t, compile(t, m, goals(&m)[0]), s)
			witnesses := []**attacktree.Attack{&want.Cheapest, &want.Likeliest, &want.Fastest}
			if d := want.DefenceDepth; d != nil {
				want.DefenceDepth = &attacktree.Depth{Controls: d.Controls, Attack: d.Attack}
				witnesses = append(witnesses, &want.DefenceDepth.Attack)
			}
			for _, a := range witnesses {
				if *a != nil && (*a).Cost != nil {
					scaled, eight := **a, 8**(*a).Cost
					scaled.Cost = &eight
					*a = &scaled
				}
			}
			sameResult(t, fmt.Sprintf("scenario %+v", s), want, eval(t, compile(t, dear, goals(&m)[0]), s))
		}
	})
}

// TestShannon: P = p P(1) + (1 - p) P(0) for every step and condition, and the
// difference of the two is its Birnbaum importance.
func TestShannon(t *testing.T) {
	for seed := range uint64(200) {
		m := treegen.Random(seed, treegen.Options{Variables: 10, Share: 0.5, AtLeast: 0.3, OwnSteps: 0.2, Conditions: 0.2, Impacts: 0.5})
		goal := goals(&m)[0]
		all := eval(t, compile(t, m, goal), nil)
		for i, n := range m.Nodes {
			if !n.Likelihood.Given() {
				continue
			}
			given := func(p float64) *attacktree.Result {
				return eval(t, compile(t, changed(m, i, func(n *attacktree.Node) { n.Likelihood = quantity.Exactly(p) }), goal), nil)
			}
			p, one, zero := n.Likelihood.Mean(), given(1), given(0)
			where := fmt.Sprintf("seed %d: %s", seed, n.Name)
			sameNumber(t, where, "likelihood", p*one.Likelihood.Value+(1-p)*zero.Likelihood.Value, all.Likelihood.Value)
			if all.ExpectedImpact != nil {
				sameNumber(t, where, "expected impact", p*one.ExpectedImpact.Value+(1-p)*zero.ExpectedImpact.Value, all.ExpectedImpact.Value)
			}
			for _, x := range all.Steps {
				if x.Step == n.Name {
					sameNumber(t, where, "birnbaum", one.Likelihood.Value-zero.Likelihood.Value, x.Birnbaum)
				}
			}
		}
	}
}

// TestAtLeast: 1 of n is or, n of n is and.
func TestAtLeast(t *testing.T) {
	each(t, 0.1, func(t *testing.T, seed uint64, m attacktree.Model) {
		other := m
		for i, n := range m.Nodes {
			switch n.Gate {
			case attacktree.Or:
				other = changed(other, i, func(n *attacktree.Node) { n.Gate, n.K = attacktree.AtLeast, 1 })
			case attacktree.And:
				other = changed(other, i, func(n *attacktree.Node) { n.Gate, n.K = attacktree.AtLeast, len(n.Children) })
			}
		}
		for _, s := range scenarios(seed, &m) {
			want := eval(t, compile(t, m, goals(&m)[0]), s)
			got := eval(t, compile(t, other, goals(&m)[0]), s)
			sameResult(t, fmt.Sprintf("scenario %+v", s), want, got)
		}
	})
}

// TestConcurrent: many goroutines may ask one program, and get the very same
// bits as a single one.
func TestConcurrent(t *testing.T) {
	m := treegen.Shared(1, 60, 12)
	p := compile(t, m, "goal")
	var list []*attacktree.Scenario
	for i := range 12 {
		s := &attacktree.Scenario{}
		for j, k := range m.Controls {
			if (i+j)%3 > 0 {
				s.Controls = append(s.Controls, k.Name)
			}
		}
		list = append(list, s)
	}
	ask := func(s *attacktree.Scenario) (answers []any) {
		r, err := p.Eval(context.Background(), s)
		answers = append(answers, r, err)
		for a, err := range p.Attacks(context.Background(), s, attacktree.ByLikelihood) {
			if answers = append(answers, a, err); len(answers) > 20 {
				break
			}
		}
		return answers
	}
	var want [][]any
	for _, s := range list {
		want = append(want, ask(s))
	}
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range list {
				i = (i + worker) % len(list)
				if !reflect.DeepEqual(want[i], ask(list[i])) {
					t.Errorf("worker %d: scenario %d has another answer", worker, i)
				}
			}
		})
	}
	workers.Wait()
}
