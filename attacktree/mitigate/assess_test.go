package mitigate_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// near compares numbers to nine digits.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: expected %v, found %v", what, want, got)
	}
}

func parse(t *testing.T, text string) *attacktree.Tree {
	t.Helper()
	tree, err := attacktree.Parse("test.atree", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// Two ways in, and two controls on one of them; every figure by hand.
const twoDoors = `
model "Two doors" { currency EUR }
goal or enter "Get in" {
  impact 1000
  attempts 2
  step lock "Pick the lock" { cost 10 likelihood 50% }
  step window "Break the window" { cost 40 likelihood 20% }
}
control bolt  "Bolt"  { cost 100 status deployed on lock { likelihood -80% } }
control alarm "Alarm" { cost 50  status planned  on lock { likelihood -50% cost +5 } }
control bars  "Bars"  { cost 30  on window { block } }
control old   "Chain" { status retired on lock { likelihood -10% } }
`

// lost is the expected loss for the chances of the two steps.
func lost(lock, window float64) float64 { return 1000 * (1 - (1-lock)*(1-window)) }

func TestAssess(t *testing.T) {
	a, err := mitigate.Assess(context.Background(), parse(t, twoDoors), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := a.Goals[0]
	names := []string{"inherent", "current", "planned"}
	losses := []float64{lost(0.5, 0.2), lost(0.1, 0.2), lost(0.05, 0.2)}
	for i, r := range g.Results {
		if r.Scenario != names[i] {
			t.Errorf("scenario %d: expected %s, found %s", i, names[i], r.Scenario)
		}
		near(t, r.Scenario+" loss", r.ExpectedImpact.Value, losses[i])
		near(t, r.Scenario+" loss a year", r.AnnualLoss.Value, 2*losses[i])
	}

	// Left in planned: the lock (cost 15), then the window (cost 40). The bars
	// would stop the window; nothing more than is there would weaken the lock.
	if g.LeftIn != "planned" || len(g.Left) != 2 {
		t.Fatalf("expected two attacks left in planned, found %d in %s", len(g.Left), g.LeftIn)
	}
	if l := g.Left[0]; !slices.Equal(l.Steps, []string{"lock"}) || *l.Cost != 15 || len(l.Stops)+len(l.Weaken) != 0 {
		t.Errorf("first attack left: %+v", l)
	}
	if l := g.Left[1]; !slices.Equal(l.Steps, []string{"window"}) || !slices.Equal(l.Stops, []string{"bars"}) || len(l.Weaken) != 0 {
		t.Errorf("second attack left: %+v", l)
	}

	// What each is worth: alone, and as the last of all that are not retired.
	all := lost(0.05, 0)
	want := map[string][2]float64{
		"bolt":  {lost(0.5, 0.2) - lost(0.1, 0.2), lost(0.25, 0) - all},
		"alarm": {lost(0.5, 0.2) - lost(0.25, 0.2), lost(0.1, 0) - all},
		"bars":  {lost(0.5, 0.2) - lost(0.5, 0), lost(0.05, 0.2) - all},
	}
	if len(g.Values) != len(want) {
		t.Fatalf("expected the values of %d controls, found %d", len(want), len(g.Values))
	}
	for _, v := range g.Values {
		near(t, v.Control+" alone", *v.Alone, want[v.Control][0])
		near(t, v.Control+" last", *v.Last, want[v.Control][1])
		near(t, v.Control+" alone, likelihood", *v.AloneLikelihood, want[v.Control][0]/1000)
		near(t, v.Control+" last, likelihood", *v.LastLikelihood, want[v.Control][1]/1000)
		if !slices.Equal(v.Of, []string{"bolt", "alarm", "bars"}) {
			t.Errorf("%s: expected the set of all, found %v", v.Control, v.Of)
		}
	}
}

func TestAssessOptions(t *testing.T) {
	tree := parse(t, twoDoors)
	a, err := mitigate.Assess(context.Background(), tree, &mitigate.Options{
		Sets: []mitigate.NamedSet{{Name: "bars", Controls: []string{"bars"}}}, Attacks: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	g := a.Goals[0]
	if len(g.Results) != 2 || g.Results[0].Scenario != "inherent" || g.Results[1].Scenario != "bars" || g.Left != nil {
		t.Errorf("expected inherent, bars and no list of attacks, found %d scenarios and %v", len(g.Results), g.Left)
	}
	if _, err := mitigate.Assess(context.Background(), tree, &mitigate.Options{Goal: "garden"}); err == nil {
		t.Error("expected an error about an unknown goal, found none")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := mitigate.Assess(ctx, tree, nil); err == nil {
		t.Error("expected the error of the context, found none")
	}
}

func TestCompare(t *testing.T) {
	c, err := mitigate.Compare(context.Background(), parse(t, twoDoors), &mitigate.Options{Sets: []mitigate.NamedSet{
		{Name: "none"},
		{Name: "bolt", Controls: []string{"bolt"}},
		{Name: "alarm", Controls: []string{"alarm"}},
		{Name: "bars", Controls: []string{"bars"}},
		{Name: "closed", Controls: []string{"bolt", "bars"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	costs := []float64{0, 100, 50, 30, 130}
	losses := []float64{lost(0.5, 0.2), lost(0.1, 0.2), lost(0.25, 0.2), lost(0.5, 0), lost(0.1, 0)}
	cheapest := []float64{10, 10, 15, 10, 10}
	for i, r := range c.Rows {
		near(t, r.Set+" cost", r.Cost, costs[i])
		near(t, r.Set+" loss", r.ExpectedImpact.Value, losses[i])
		near(t, r.Set+" cheapest", r.CheapestCost.Value, cheapest[i])
		if i == 0 {
			if r.Return != nil {
				t.Errorf("the return of a free set: expected none, found %v", *r.Return)
			}
			continue
		}
		near(t, r.Set+" return", *r.Return, (2*(losses[0]-losses[i])-costs[i])/costs[i])
		if len(r.DominatedBy) != 0 {
			t.Errorf("%s: expected nothing to dominate it, found %v", r.Set, r.DominatedBy)
		}
	}

	// A dearer control that does the same is dominated.
	c, err = mitigate.Compare(context.Background(), parse(t, `
goal step a "A" { likelihood 50% impact 10 }
control cheap { cost 1 on a { likelihood -50% } }
control dear  { cost 2 on a { likelihood -50% } }
`), &mitigate.Options{Sets: []mitigate.NamedSet{{Name: "dear", Controls: []string{"dear"}}, {Name: "cheap", Controls: []string{"cheap"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Rows[0].DominatedBy, []string{"cheap"}) || len(c.Rows[1].DominatedBy) != 0 {
		t.Errorf("dominated: expected dear by cheap, found %v and %v", c.Rows[0].DominatedBy, c.Rows[1].DominatedBy)
	}
}
