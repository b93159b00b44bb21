package attacktree_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Ties are of the draws that a program has, whatever names lead to them.
func TestTies(t *testing.T) {
	tree, err := attacktree.Parse("ties.atree", []byte(`
goal and top { use left use right }
and left { step a { likelihood 50% * half } step b { likelihood b } }
goal and right { step c { likelihood c cost 1k..2k } step d }
param a beta(2, 3)
param half 50% * a
param b beta(2, 4)
param c beta(2, 5)
param d beta(2, 6)
correlate b, half 10%
correlate c, b, d 20%
correlate a, c 0
control k { on d { likelihood -d } }
`))
	if err != nil {
		t.Fatal(err)
	}
	for goal, want := range map[string]map[string]float64{
		"top":   {"a b": 0.1, "b c": 0.2, "b d": 0.2, "c d": 0.2},
		"right": {"c d": 0.2},
	} {
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
		if err != nil {
			t.Fatal(err)
		}
		draws, ties := p.Draws(), p.Ties()
		if len(ties) != len(want) {
			t.Errorf("%s: %v, want %v", goal, ties, want)
		}
		for _, tie := range ties {
			names := []string{draws[tie.A].Param, draws[tie.B].Param}
			slices.Sort(names)
			if tie.Rank != want[strings.Join(names, " ")] || tie.A >= tie.B {
				t.Errorf("%s: %v is %v, want %v", goal, names, tie, want)
			}
		}
	}
}

// Where draws that go together enter two chances, or a chance and a loss, the
// figures at the means are labelled so; and nowhere else.
func TestCorrelatedAtMeans(t *testing.T) {
	for _, test := range []struct {
		correlate string
		want      bool
	}{
		{"", false},
		{"correlate a, b 0", false},
		{"correlate a, b 30%", true},
		{"correlate a, x -30%", true},
		{"correlate x, y 30%", false}, // losses add
		{"correlate a, cost 30%", false},
		{"correlate a, elsewhere 30%", false},
	} {
		tree, err := attacktree.Parse("means.atree", []byte(`
goal and top { impact x step s { likelihood a cost cost impact y } step t { likelihood b } }
goal step other { likelihood elsewhere }
param a beta(2, 3)
param b beta(2, 4)
param x 1k..2k
param y 1k..3k
param cost 1k..4k
param elsewhere beta(2, 4)
`+test.correlate))
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: "top"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Eval(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.AtMeans != test.want {
			t.Errorf("%q: at means is %v, want %v", test.correlate, r.AtMeans, test.want)
		}
		if fixed, err := p.Eval(t.Context(), &attacktree.Scenario{Params: map[string]float64{"a": 0.1}}); err != nil || fixed.AtMeans {
			t.Errorf("%q: with a fixed: %v, %v", test.correlate, fixed.AtMeans, err)
		}
	}
}

// A what-if value is checked as if nothing went with it.
func TestWhatIfCorrelated(t *testing.T) {
	tree, err := attacktree.Parse("whatif.atree", []byte(`
goal and top { step s { likelihood a } step t { likelihood b } }
param a beta(2, 3)
param b beta(2, 4)
correlate a, b 30%
`))
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.CheckParam("a", 0.2, attacktree.Share); err != nil {
		t.Error(err)
	}
}

// Models that only a program can write are refused, and correlations count in
// the digest.
func TestCorrelationModel(t *testing.T) {
	model := func(correlations ...*attacktree.Correlation) attacktree.Model {
		m := attacktree.Model{Nodes: []*attacktree.Node{{Name: "top", Goal: true, Likelihood: quantity.OfParam("a", quantity.Dist{}, 1)}}, Correlations: correlations}
		for _, name := range []string{"a", "b"} {
			d, err := quantity.NewBeta(2, 3)
			if err != nil {
				t.Fatal(err)
			}
			m.Params = append(m.Params, &attacktree.Param{Name: name, Unit: attacktree.Share, Value: quantity.Of(d)})
		}
		return m
	}
	for want, c := range map[string]*attacktree.Correlation{
		"bad-value":             {Params: []string{"a"}, Rank: 0.5},
		"correlation-range":     {Params: []string{"a", "b"}, Rank: 1.5},
		"undefined-name":        {Params: []string{"a", "c"}, Rank: 0.5},
		"duplicate-correlation": {Params: []string{"a", "a"}, Rank: 0.5},
	} {
		if _, err := attacktree.New(model(c)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", c, err, want)
		}
	}
	if _, err := attacktree.New(model(nil)); err == nil {
		t.Error("a nil correlation is taken")
	}
	digests := map[string]bool{}
	for _, m := range []attacktree.Model{
		model(), model(&attacktree.Correlation{Params: []string{"a", "b"}, Rank: 0.5}),
		model(&attacktree.Correlation{Params: []string{"a", "b"}, Rank: -0.5}),
	} {
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		digests[tree.Digest()] = true
	}
	if len(digests) != 3 {
		t.Errorf("%d digests of 3 models", len(digests))
	}
}

// More correlated params than can be drawn together are refused before their
// pairs are listed.
func TestCorrelationLimit(t *testing.T) {
	var b strings.Builder
	var names []string
	for i := range 30_000 {
		names = append(names, "p"+strconv.Itoa(i))
		b.WriteString("param " + names[i] + " beta(2, 3)\n")
	}
	b.WriteString("goal step top\ncorrelate " + strings.Join(names, ", ") + " 10%\n")
	_, err := attacktree.Parse("many.atree", []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "correlation-limit") {
		t.Errorf("%v", err)
	}
}
