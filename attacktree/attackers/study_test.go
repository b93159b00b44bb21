package attackers

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Trees from the literature with published or worked fronts, in a folder beside
// the checkout.
const referenceTrees = "../../../shared/reference/trees"

func TestReference(t *testing.T) {
	fronts := map[string]Objective{
		"cost_damage_front":                           Impact,
		"published_cost_damage_front":                 Impact,
		"cost_prob_front (non-adaptive budget curve)": Likelihood,
		"cost_expected_damage_front (CEDPF)":          ExpectedImpact,
	}
	files, _ := filepath.Glob(filepath.Join(referenceTrees, "*.json"))
	if len(files) == 0 {
		t.Skip("there are no reference trees in " + referenceTrees)
	}
	checked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var ref struct {
			Root  string
			Nodes []struct {
				ID, Gate, Counter  string
				K                  int
				Children           []string
				Cost, Prob, Damage *float64
			}
			Expected map[string]struct{ Value json.RawMessage }
		}
		if err := json.Unmarshal(text, &ref); err != nil {
			t.Fatal(err)
		}
		var m attacktree.Model
		given := func(x *float64) quantity.Value {
			if x == nil {
				return quantity.Value{}
			}
			return quantity.Exactly(*x)
		}
		for _, n := range ref.Nodes {
			gate := map[string]attacktree.Gate{"leaf": attacktree.Step, "or": attacktree.Or, "and": attacktree.And, "sand": attacktree.Seq, "kofn": attacktree.AtLeast}[n.Gate]
			m.Nodes = append(m.Nodes, &attacktree.Node{
				Name: n.ID, Gate: gate, K: n.K, Goal: n.ID == ref.Root, Children: n.Children,
				Cost: given(n.Cost), Likelihood: given(n.Prob), Impact: given(n.Damage),
			})
		}
		for key, of := range fronts {
			value, ok := ref.Expected[key]
			if !ok {
				continue
			}
			var want [][]any
			if err := json.Unmarshal(value.Value, &want); err != nil {
				t.Fatal(err)
			}
			tree, p := compile(t, m)
			c, err := NewCurve(t.Context(), tree, p, nil, of, nil)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			same := len(want) == len(c.Points)
			for i := range min(len(want), len(c.Points)) {
				same = same && near(c.Points[i].Cost, want[i][0].(float64)) && near(c.Points[i].Value, want[i][1].(float64))
			}
			if !same || !c.Exact {
				t.Errorf("%s, %s: %v, want %v", strings.TrimSuffix(filepath.Base(file), ".json"), key, c.Points, want)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d fronts were checked", checked)
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

func curve(t *testing.T, tree *attacktree.Tree, s *attacktree.Scenario, of Objective) *Curve {
	t.Helper()
	p, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCurve(t.Context(), tree, p, s, of, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The cost of a step falls once the node that bypasses a control is reached, so
// that a set can be cheaper than a part of it.
func TestBypass(t *testing.T) {
	tree := parse(t, `
		goal and steal {
			step guess { cost 10 likelihood 50% }
			or way { step spy { cost 4 likelihood 80% } step tool { cost 100 likelihood 10% } }
		}
		control lock { on guess { likelihood *0.2 cost +90 } bypassed by spy }`)
	s := &attacktree.Scenario{Controls: []string{"lock"}}
	c := curve(t, tree, s, Likelihood)
	// guess and spy: 0.8 * 0.5; with tool as well: spy, or not and then tool and a locked guess.
	want := []Point{{0, 0}, {14, 0.4}, {114, 0.4 + 0.2*0.1*0.1}}
	for i, p := range want {
		if i >= len(c.Points) || !near(c.Points[i].Cost, p.Cost) || !near(c.Points[i].Value, p.Value) {
			t.Fatalf("%v, want %v", c.Points, want)
		}
	}
}

func TestProfit(t *testing.T) {
	budget := &Curve{Points: []Point{{0, 0}, {1, 0.2}, {5, 0.36}, {6, 0.488}}, Exact: true}
	for _, x := range []struct {
		gain, profit float64
		place        int
	}{{4, 0, -1}, {10, 1, 1}, {30, 8.64, 3}} {
		p := NewProfit(budget, x.gain)
		if !near(p.Profit.Value, x.profit) || p.Place != x.place || !p.Profit.Exact {
			t.Errorf("gain %v: %+v", x.gain, p)
		}
	}
	budget.Bound, budget.Exact = []Point{{0, 0}, {1, 0.5}}, false
	if p := NewProfit(budget, 10); p.Profit.Low != 1 || p.Profit.High != 4 || p.Profit.Exact {
		t.Errorf("%+v", p)
	}
}

func TestStudy(t *testing.T) {
	tree := parse(t, `
		param p 50%
		asset gold { value 40 }
		asset silver { value 60 }
		adversary poor { budget 3 skill 2 }
		adversary rich { budget 2000 gain 7 }
		goal or steal { asset gold, silver
			step simple { cost 3 likelihood p skill 1 }
			step hard { cost 10 likelihood p skill 5 }
		}`)
	r, err := Study(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	poor, rich := r.Profiles[0], r.Profiles[1]
	if *poor.Budget != 3 || *poor.Gain != 100 || *rich.Gain != 7 || poor.ExpectedImpact != nil {
		t.Errorf("%+v %+v", poor, rich)
	}
	if n := len(poor.Likelihood.Points); n != 2 || poor.Likelihood.At(1e9).Value != 0.5 {
		t.Errorf("the poor can do too much: %v", poor.Likelihood.Points)
	}
	if x := rich.Likelihood.At(13).Value; x != 0.75 {
		t.Errorf("the rich: %v", x)
	}
	if x := rich.Likelihood.At(-1); x.Value != 0 || rich.Likelihood.Place(-1) != -1 {
		t.Errorf("a debt buys %v", x)
	}
	r, err = Study(t.Context(), tree, &Options{Budget: new(12.0), Scenarios: []*attacktree.Scenario{{Params: map[string]float64{"p": 1}}}})
	if err != nil {
		t.Fatal(err)
	}
	if q := r.Profiles[0]; *q.Budget != 12 || q.Likelihood.At(3).Value != 1 || *q.Gain != 100 {
		t.Errorf("%+v", q)
	}
	if _, err := Study(t.Context(), tree, &Options{Scenarios: []*attacktree.Scenario{{Adversary: "nobody"}}}); err == nil {
		t.Error("nobody attacks")
	}
	r, err = Study(t.Context(), parse(t, "goal or g { step a { likelihood 1% } }"), nil)
	if err != nil || !errors.Is(r.Profiles[0].Why, ErrNoCost) {
		t.Errorf("no costs: %v, %v", r, err)
	}
}

// A context that has ended leaves bounds that hold.
func TestEnded(t *testing.T) {
	m := treegen.Tree(2, 300)
	costs(m)
	tree, p := compile(t, m)
	whole, err := NewCurve(t.Context(), tree, p, nil, Likelihood, nil)
	if err != nil || !whole.Exact {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	part, err := NewCurve(ctx, tree, p, nil, Likelihood, nil)
	if err != nil || part.Exact {
		t.Fatalf("%v, exact: %v", err, part.Exact)
	}
	for b := 0.0; b < 3000; b++ {
		x, in := whole.At(b).Value, part.At(b)
		if in.Low > x+1e-12 || in.High < x-1e-12 {
			t.Fatalf("at %v: %v is not in %v", b, x, in)
		}
	}
}

// The attack of a point has its cost and its value, and depth costs no stack.
func TestStepsAndDepth(t *testing.T) {
	m := treegen.Shared(3, 60, 0)
	costs(m)
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatal(err)
	}
	c := curve(t, tree, nil, Likelihood)
	for i, p := range c.Points {
		sum := 0.0
		for _, name := range c.Steps(i) {
			n, _ := tree.Node(name)
			sum += n.Cost.Mean()
		}
		if !near(sum, p.Cost) {
			t.Errorf("point %d costs %v, its steps %v", i, p.Cost, sum)
		}
	}
	deep := treegen.Chain(50_000, 1-1e-6).Model
	costs(deep)
	if tree, err = attacktree.New(deep); err != nil {
		t.Fatal(err)
	}
	c = curve(t, tree, nil, Likelihood)
	if n := len(c.Points); n != 2 || !near(c.Points[1].Value, math.Pow(1-1e-6, 50_000)) {
		t.Errorf("a chain has %d points", n)
	}
}
