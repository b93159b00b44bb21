package attacktree_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Trees from the literature with published or worked answers, as JSON files in
// a folder beside the checkout. What a naive program gets wrong stands there as
// well, and must not be what the engine says.
const referenceTrees = "../../shared/reference/trees"

// A reference is one file.
type reference struct {
	Name     string
	Root     string
	Nodes    []referenceNode
	Expected map[string]struct{ Value json.RawMessage }

	model   attacktree.Model
	program *attacktree.Program
	result  *attacktree.Result // without controls
	attacks []*attacktree.Attack
}

type referenceNode struct {
	ID, Label, Gate, Counter, Agent string
	K                               int
	Children                        []string
	Cost, Prob, Time, Damage        *float64
	Skill                           *int
}

func TestReference(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(referenceTrees, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("there are no reference trees in " + referenceTrees)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r reference
			if err := json.Unmarshal(text, &r); err != nil {
				t.Fatal(err)
			}
			r.read(t)
			r.program = compile(t, r.model, r.Root)
			r.result = eval(t, r.program, nil)
			r.attacks = listed(t, r.program, nil, attacktree.ByCost)
			keys := make([]string, 0, len(r.Expected))
			for key := range r.Expected {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			for _, key := range keys {
				check, known := referenceChecks[key]
				if !known {
					t.Errorf("nobody says what to do with %q", key)
				}
				if check.compare != nil {
					check.compare(t, key, &r, r.Expected[key].Value)
				}
			}
		})
	}
}

// read makes the model: leaves become steps, numbers of gates their own steps,
// sand becomes seq, kofn atleast. The leaves of a defender become controls that
// block the node that they counter, bypassed by what counters them in turn.
func (r *reference) read(t *testing.T) {
	t.Helper()
	node := map[string]referenceNode{}
	for _, n := range r.Nodes {
		node[n.ID] = n
	}
	for _, n := range r.Nodes {
		if n.Agent == "d" {
			continue
		}
		gate, known := map[string]attacktree.Gate{
			"leaf": attacktree.Step, "or": attacktree.Or, "and": attacktree.And, "sand": attacktree.Seq, "kofn": attacktree.AtLeast,
		}[n.Gate]
		if !known {
			t.Fatalf("%s has the gate %q", n.ID, n.Gate)
		}
		r.model.Nodes = append(r.model.Nodes, &attacktree.Node{
			Name: n.ID, Label: n.Label, Gate: gate, K: n.K, Goal: n.ID == r.Root, Children: n.Children,
			Cost: given(n.Cost), Likelihood: given(n.Prob), Time: given(n.Time), Impact: given(n.Damage), Skill: n.Skill,
		})
		if n.Counter == "" {
			continue
		}
		defence, bypass := node[n.Counter], []string(nil)
		if defence.Gate != "leaf" {
			if defence.Counter != "" {
				bypass = []string{defence.Counter}
			}
			if len(defence.Children) != 1 {
				t.Fatalf("%s is countered by more than one leaf", n.ID)
			}
			defence = node[defence.Children[0]]
		}
		r.model.Controls = append(r.model.Controls, &attacktree.Control{
			Name: defence.ID, Label: defence.Label, Cost: given(defence.Cost), BypassedBy: bypass,
			Effects: []attacktree.Effect{{
				Targets: []attacktree.Target{{Name: n.ID}}, Changes: []attacktree.Change{{Op: attacktree.Block}},
			}},
		})
	}
	if controls, ok := r.Expected["controls"]; ok {
		r.readControls(t, controls.Value)
	}
}

func given(x *float64) quantity.Value {
	if x == nil {
		return quantity.Value{}
	}
	return quantity.Exactly(*x)
}

// readControls reads controls that are given by their factors.
func (r *reference) readControls(t *testing.T, value json.RawMessage) {
	t.Helper()
	controls := decode[[]struct {
		ID      string
		Cost    float64
		Effects []struct {
			Node         string
			ProbFactor   *float64 `json:"prob_factor"`
			DamageFactor *float64 `json:"damage_factor"`
		}
	}](t, value)
	for _, c := range controls {
		k := &attacktree.Control{Name: c.ID, Cost: quantity.Exactly(c.Cost)}
		for _, e := range c.Effects {
			effect := attacktree.Effect{Targets: []attacktree.Target{{Name: e.Node}}}
			if e.ProbFactor != nil {
				effect.Changes = append(effect.Changes, attacktree.Change{Attribute: attacktree.Likelihood, Value: given(e.ProbFactor)})
			}
			if e.DamageFactor != nil {
				effect.Changes = append(effect.Changes, attacktree.Change{Attribute: attacktree.Impact, Value: given(e.DamageFactor)})
			}
			k.Effects = append(k.Effects, effect)
		}
		r.model.Controls = append(r.model.Controls, k)
	}
}

func decode[T any](t *testing.T, value json.RawMessage) T {
	t.Helper()
	var x T
	if err := json.Unmarshal(value, &x); err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	return x
}

// A referenceCheck compares one key of a file, or says why it cannot.
type referenceCheck struct {
	compare func(t *testing.T, key string, r *reference, value json.RawMessage)
	unused  string
}

var referenceChecks = map[string]referenceCheck{
	"n_minimal_attacks": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		same(t, r.Name, key, decode[int](t, value), r.result.AttackCount)
	}},
	"minimal_attacks": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		var found [][]string
		for _, a := range r.attacks {
			found = append(found, slices.Sorted(slices.Values(a.Steps)))
		}
		want := decode[[][]string](t, value)
		slices.SortFunc(found, slices.Compare)
		slices.SortFunc(want, slices.Compare)
		same(t, r.Name, key, want, found)
	}},
	"top5_cheapest":       {compare: compareCheapest},
	"cheapest_attacks":    {compare: oneOf(func(r *reference) *attacktree.Attack { return r.result.Cheapest })},
	"most_likely_attacks": {compare: oneOf(func(r *reference) *attacktree.Attack { return r.result.Likeliest })},
	"published_cheapest": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		compareCheapest(t, key, r, json.RawMessage("["+string(value)+"]"))
	}},

	"min_cost":                                   {compare: equal(cost)},
	"naive_bottom_up_cost (WRONG on DAGs)":       {compare: bottomUp(wrong("min_cost", cost), func(b *attacktree.BottomUp) float64 { return *b.Cost })},
	"max_prob_single_attack":                     {compare: equal(chance)},
	"prob_root_all_attempted":                    {compare: equal(likelihood)},
	"naive_bottom_up_prob (WRONG on DAGs)":       {compare: bottomUp(wrong("prob_root_all_attempted", likelihood), func(b *attacktree.BottomUp) float64 { return b.Likelihood })},
	"published_prob_exact":                       {compare: equal(likelihood)},
	"published_wrong_value_OpenFTA":              {compare: wrong("prob_root_all_attempted", likelihood)},
	"rare_event_sum":                             {compare: wrong("prob_root_all_attempted", likelihood)},
	"mcub_1-prod(1-P(m))":                        {compare: wrong("prob_root_all_attempted", likelihood)},
	"min_time_parallel(AND=max,SAND=sum,OR=min)": {compare: equal(fastest)},
	"published_min_time":                         {compare: equal(fastest)},
	"published_min_time_2_agents":                {compare: equal(fastest)},
	"min_skill": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		same(t, r.Name, key, decode[int](t, value), skill(r.result.MinSkill))
	}},
	"birnbaum": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		want := decode[map[string]float64](t, value)
		same(t, r.Name, key, len(want), len(r.result.Steps))
		for _, s := range r.result.Steps {
			sameNumber(t, r.Name, key+" of "+s.Step, want[s.Step], s.Birnbaum)
		}
	}},

	// Of the curves, the end: every step attempted, or every step succeeding.
	"cost_prob_front (non-adaptive budget curve)": {compare: lastPoint(likelihood)},
	"cost_expected_damage_front (CEDPF)":          {compare: lastPoint(expectedImpact)},

	"baseline": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		want := decode[struct {
			P      float64
			Damage float64 `json:"expected_damage"`
		}](t, value)
		sameNumber(t, r.Name, key, want.P, likelihood(r.result))
		sameNumber(t, r.Name, key, want.Damage, expectedImpact(r.result))
	}},
	"control_cost_vs_P_root_front":          {compare: wholeFront(mitigate.Likelihood)},
	"control_cost_vs_expected_damage_front": {compare: wholeFront(mitigate.ExpectedImpact)},
	"defcost_vs_min_attack_cost_front":      {compare: wholeFront(mitigate.CheapestCost)},
	"published_front":                       {compare: wholeFront(mitigate.CheapestCost)},

	"nodes": {compare: func(t *testing.T, key string, r *reference, value json.RawMessage) {
		same(t, r.Name, key, decode[int](t, value), len(r.Nodes))
	}},
	"leaves":   {compare: countLeaves("")},
	"attacks":  {compare: countLeaves("a")},
	"defences": {compare: countLeaves("d")},

	"controls":                                             {unused: "read with the model"},
	"is_tree":                                              {unused: "a property of the input"},
	"cost_damage_front":                                    {unused: "a front: cost against certain impact"},
	"published_cost_damage_front":                          {unused: "a front: cost against certain impact"},
	"bdd_size_dfs_order":                                   {unused: "depends on the order of variables"},
	"bdd_size_defence_first":                               {unused: "depends on the order of variables"},
	"min_time_single_attacker(sum over set)":               {unused: "no figure: one attacker after the other"},
	"min_time_1_agent":                                     {unused: "no figure: one attacker after the other"},
	"cheapest_without_special_equipment":                   {unused: "the file does not say which steps need equipment"},
	"optimal_adaptive_expected_cost_until_decided":         {unused: "no figure: adaptive attacker"},
	"adaptive_budget_curve (hard budget, stop on success)": {unused: "no figure: adaptive attacker"},
}

func cost(r *attacktree.Result) float64           { return *r.Cheapest.Cost }
func chance(r *attacktree.Result) float64         { return r.Likeliest.Likelihood }
func likelihood(r *attacktree.Result) float64     { return r.Likelihood.Value }
func expectedImpact(r *attacktree.Result) float64 { return r.ExpectedImpact.Value }
func fastest(r *attacktree.Result) float64        { return *r.Fastest.Time }

func equal(figure func(*attacktree.Result) float64) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		sameNumber(t, r.Name, key, decode[float64](t, value), figure(r.result))
	}
}

// wrong asks that the figure is not the given one where that differs from the
// right one.
func wrong(right string, figure func(*attacktree.Result) float64) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		naive, exact := decode[float64](t, value), decode[float64](t, r.Expected[right].Value)
		if !near(naive, exact) && near(naive, figure(r.result)) {
			t.Errorf("%s: %s: found %v, which is wrong; expected %v", r.Name, key, naive, exact)
		}
	}
}

// bottomUp asks that going from the leaves upwards gives the figure, and what
// else is to be asked of it.
func bottomUp(also func(*testing.T, string, *reference, json.RawMessage), figure func(*attacktree.BottomUp) float64) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		also(t, key, r, value)
		b, err := r.program.BottomUp(nil)
		if err != nil {
			t.Fatal(err)
		}
		sameNumber(t, r.Name, key, decode[float64](t, value), figure(b))
	}
}

func lastPoint(figure func(*attacktree.Result) float64) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		points := decode[[][]any](t, value)
		sameNumber(t, r.Name, key, points[len(points)-1][1].(float64), figure(r.result))
	}
}

// wholeFront compares a front of the cost of a set of controls against an
// objective, a list of [cost, figure, …]. The controls that may be chosen are all.
func wholeFront(objective mitigate.Objective) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		tree, err := attacktree.New(r.model)
		if err != nil {
			t.Fatal(err)
		}
		front, err := mitigate.Front(t.Context(), tree, r.program, &mitigate.FrontOptions{Objective: objective})
		if err != nil {
			t.Fatal(err)
		}
		want := decode[[][]any](t, value)
		if len(want) != len(front.Points) || !front.Exact {
			t.Fatalf("%s: %s: expected %v, found %v", r.Name, key, want, front.Points)
		}
		for i, q := range front.Points {
			sameNumber(t, r.Name, key+", cost", want[i][0].(float64), q.Cost)
			sameNumber(t, r.Name, key, want[i][1].(float64), q.Value)
		}
	}
}

// compareCheapest compares a list of [cost, steps]; attacks of one cost may
// stand in any order.
func compareCheapest(t *testing.T, key string, r *reference, value json.RawMessage) {
	t.Helper()
	byName := map[string]float64{}
	for _, a := range r.attacks {
		byName[fmt.Sprint(slices.Sorted(slices.Values(a.Steps)))] = *a.Cost
	}
	for i, point := range decode[[][]any](t, value) {
		want := point[0].(float64)
		sameNumber(t, r.Name, fmt.Sprintf("%s: place %d", key, i+1), want, *r.attacks[i].Cost)
		got, found := byName[fmt.Sprint(point[1])]
		if !found {
			t.Errorf("%s: %s: %v is not among the attacks", r.Name, key, point[1])
			continue
		}
		sameNumber(t, r.Name, fmt.Sprintf("%s: %v", key, point[1]), want, got)
	}
}

func oneOf(attack func(*reference) *attacktree.Attack) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		found := slices.Sorted(slices.Values(attack(r).Steps))
		want := decode[[][]string](t, value)
		if !slices.ContainsFunc(want, func(w []string) bool { return slices.Equal(slices.Sorted(slices.Values(w)), found) }) {
			t.Errorf("%s: %s: expected one of %v, found %v", r.Name, key, want, found)
		}
	}
}

func countLeaves(agent string) func(*testing.T, string, *reference, json.RawMessage) {
	return func(t *testing.T, key string, r *reference, value json.RawMessage) {
		t.Helper()
		count := 0
		for _, n := range r.Nodes {
			if n.Gate == "leaf" && n.Agent == agent {
				count++
			}
		}
		same(t, r.Name, key, decode[int](t, value), count)
	}
}
