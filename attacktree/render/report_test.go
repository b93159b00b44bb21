package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

// The results of these tests are made by hand: what is shown is tested, not how
// it was worked out.

const report = `model "Model weights" { currency USD }
goal or steal "Steal the weights" {
  impact 20M..80M
  and registry "Copy them from the registry" {
    step creds "Phish an administrator" { cost 5k likelihood 50% time 14d skill 2 }
    step egress "Move 500 GB out unnoticed" { cost 20k likelihood pert(30%, 50%, 80%) time 3d skill 3 detection 40% }
  }
  step buy "Buy them" { cost 1M likelihood 5% time 60d skill 1 }
}
step insider "Recruit a network administrator" { cost 300k likelihood 3% time 60d skill 3 }
control mfa "Phishing-resistant MFA" { cost 40k status deployed on creds { likelihood -90% } }
control limits "Rate limits and alerts on egress" { cost 80k status planned on egress { block } bypassed by insider }
control watch "Watch the market" { on buy { likelihood -50% } }
`

const bare = `goal and open { step pick step walk }`

const wide = `model "模型权重 | *bold* <b>" { currency CNY }
goal or 开 "窃取模型权重" { impact 5
  step a "🔒 \u001b[31mred\u202e and a label that is longer than any terminal is wide, so that it has to be cut somewhere" { cost 1 likelihood 50% }
}
`

func parse(t *testing.T, src string) *attacktree.Tree {
	t.Helper()
	tree, err := attacktree.Parse("model.atree", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func ptr[T any](x T) *T { return &x }

func exactly(x float64) *attacktree.Figure {
	return &attacktree.Figure{Value: x, Exact: true, Low: x, High: x}
}

func between(low, high float64) *attacktree.Figure {
	return &attacktree.Figure{Value: (low + high) / 2, Low: low, High: high}
}

func phishing(chance float64) *attacktree.Attack {
	return &attacktree.Attack{Steps: []string{"creds", "egress"}, Cost: ptr(25000.0), Likelihood: chance, Impact: 45e6,
		Time: ptr(17.0), Skill: ptr(3), Undetected: 0.6}
}

func buying() *attacktree.Attack {
	return &attacktree.Attack{Steps: []string{"buy"}, Cost: ptr(1e6), Likelihood: 0.05, Impact: 45e6, Time: ptr(60.0), Skill: ptr(1), Undetected: 1}
}

// whole is an ordinary assessment, with everything that one can have.
func whole(t *testing.T) *mitigate.Assessment {
	return &mitigate.Assessment{Tree: parse(t, report), Goals: []*mitigate.GoalAssessment{{
		Goal: "steal", Label: "Steal the weights",
		Results: []*attacktree.Result{
			{Goal: "steal", Scenario: "inherent", Mode: attacktree.Saturating, Reachable: true,
				Likelihood: exactly(0.298), ExpectedImpact: exactly(13.4e6), AnnualLoss: exactly(26.8e6), AttackCount: big.NewInt(2),
				Cheapest: phishing(0.26), Likeliest: phishing(0.26), Fastest: phishing(0.26), MinSkill: ptr(1),
				Steps: []attacktree.Importance{
					{Step: "creds", Birnbaum: 0.49, Criticality: 0.83, DIF: 0.91, RAW: 1.8, RRW: ptr(5.96)},
					{Step: "buy", Birnbaum: 0.74, Criticality: 0.12, DIF: 0.17, RAW: math.Inf(1)}},
				Method: "diagram", Size: 4, Uncertain: 2, AtMeans: true},
			{Goal: "steal", Scenario: "current", Mode: attacktree.Saturating, Controls: []string{"mfa"}, Reachable: true,
				Likelihood: exactly(0.0747), ExpectedImpact: exactly(3.36e6), AnnualLoss: exactly(6.72e6), AttackCount: big.NewInt(2),
				Cheapest: phishing(0.026), Likeliest: buying(), Fastest: phishing(0.026), MinSkill: ptr(1),
				Steps:  []attacktree.Importance{{Step: "buy", Birnbaum: 0.97, Criticality: 0.65, DIF: 0.67, RAW: 13.4, RRW: ptr(2.9)}},
				Method: "diagram", Size: 4, Uncertain: 2},
			{Goal: "steal", Scenario: "planned", Mode: attacktree.Saturating, Controls: []string{"mfa", "limits"}, Reachable: true,
				Likelihood: exactly(0.05), ExpectedImpact: exactly(2.25e6), AnnualLoss: exactly(4.5e6), AttackCount: big.NewInt(1),
				Cheapest: buying(), Likeliest: buying(), Fastest: buying(), MinSkill: ptr(1), Chokepoints: []string{"buy"},
				Assumed: []attacktree.Assumption{{Node: "registry", Assumed: 0.3, Computed: 0.26}},
				Method:  "diagram", Size: 4, Uncertain: 2},
		},
		LeftIn: "planned",
		Left:   []mitigate.Remaining{{Attack: *buying(), Weaken: []string{"watch"}}},
		Values: []mitigate.Value{
			{Control: "mfa", Of: []string{"mfa", "limits", "watch"}, Cost: ptr(40000.0), Alone: ptr(1e7), Last: ptr(0.0), AloneLikelihood: ptr(0.2), LastLikelihood: ptr(0.0)},
			{Control: "limits", Of: []string{"mfa", "limits", "watch"}, Cost: ptr(80000.0), Alone: ptr(1.1e7), Last: ptr(1.2e6), AloneLikelihood: ptr(0.2), LastLikelihood: ptr(0.01)},
			{Control: "watch", Of: []string{"mfa", "limits", "watch"}, Alone: ptr(1e6), Last: ptr(1.1e6), AloneLikelihood: ptr(0.02), LastLikelihood: ptr(0.025)},
		},
	}}}
}

// one is an assessment of one goal in the scenarios given.
func one(t *testing.T, src string, results ...*attacktree.Result) *mitigate.Assessment {
	tree := parse(t, src)
	goal := tree.Goals()[0]
	node, _ := tree.Node(goal)
	for _, r := range results {
		r.Goal, r.Mode, r.Method = goal, attacktree.Saturating, "bottom-up"
	}
	return &mitigate.Assessment{Tree: tree, Goals: []*mitigate.GoalAssessment{{
		Goal: goal, Label: node.Label, Results: results, LeftIn: results[len(results)-1].Scenario}}}
}

func inherent() *attacktree.Result {
	return &attacktree.Result{Scenario: "inherent", Reachable: true, Likelihood: exactly(0.298), ExpectedImpact: exactly(13.4e6),
		AttackCount: big.NewInt(2), Cheapest: phishing(0.26), Likeliest: phishing(0.26)}
}

func assessments(t *testing.T) map[string]*mitigate.Assessment {
	twelve := []*attacktree.Result{inherent()}
	for i := range 11 {
		r := inherent()
		r.Scenario, r.Controls = fmt.Sprintf("a-set-with-a-long-name-%d", i), []string{"mfa"}
		r.Likelihood = exactly(0.2 / float64(i+1))
		twelve = append(twelve, r)
	}
	limited := inherent()
	limited.Adversary = "nobody"
	limited.Likelihood, limited.ExpectedImpact = between(0.1, 0.12), between(1e6, 1.5e6)
	limited.AttackCount, limited.Fastest = nil, phishing(0.2)
	limited.Limits = map[string]string{"attack_count": "more than 20000000 nodes", "min_skill": "too long", "fastest": "there may be a faster one"}
	unlikely := inherent()
	unlikely.Likelihood = nil
	unlikely.Limits = map[string]string{"likelihood": "more than 20000000 nodes"}
	tiny := inherent()
	tiny.Likelihood, tiny.ExpectedImpact, tiny.AttackCount = exactly(1.2e-7), exactly(0), new(big.Int).Lsh(big.NewInt(1), 150)
	zero := inherent()
	zero.Scenario, zero.Likelihood, zero.ExpectedImpact = "zero", exactly(0), exactly(math.SmallestNonzeroFloat64)
	return map[string]*mitigate.Assessment{
		"whole":   whole(t),
		"bare":    one(t, bare, &attacktree.Result{Scenario: "inherent", Reachable: true, Likelihood: exactly(1), AttackCount: big.NewInt(1), Likeliest: &attacktree.Attack{Steps: []string{"pick", "walk"}, Likelihood: 1, Undetected: 1}}),
		"none":    one(t, report, inherent(), &attacktree.Result{Scenario: "current", Controls: []string{"mfa", "limits"}, Likelihood: exactly(0), ExpectedImpact: exactly(0), AttackCount: new(big.Int)}),
		"unaided": one(t, report, inherent(), &attacktree.Result{Scenario: "current", Controls: []string{"mfa"}, Unaided: true, Likelihood: exactly(0.01), ExpectedImpact: exactly(1000), AttackCount: new(big.Int)}),
		"limits":  one(t, report, limited, unlikely),
		"twelve":  one(t, report, twelve...),
		"tiny":    one(t, report, tiny, zero),
		"wide": one(t, wide, &attacktree.Result{Scenario: "inherent", Reachable: true, Likelihood: exactly(0.5), ExpectedImpact: exactly(2.5), AttackCount: big.NewInt(1),
			Cheapest: &attacktree.Attack{Steps: []string{"a"}, Cost: ptr(1.0), Likelihood: 0.5, Impact: 5, Undetected: 1},
			Steps:    []attacktree.Importance{{Step: "a", Birnbaum: 1, Criticality: 1, DIF: 1, RAW: 2}}}),
	}
}

func lists(t *testing.T) map[string]*render.AttackList {
	many := make([]string, 60)
	for i := range many {
		many[i] = fmt.Sprintf("step-%d", i)
	}
	return map[string]*render.AttackList{
		"first": {Tree: parse(t, report), Goal: "steal", Label: "Steal the weights", Scenario: attacktree.Scenario{Name: "today", Controls: []string{"mfa"}, Mode: attacktree.Saturating},
			Attacks: []attacktree.Attack{*phishing(0.026)}, Count: new(big.Int).Lsh(big.NewInt(1), 80)},
		"all": {Tree: parse(t, report), Goal: "steal", Scenario: attacktree.Scenario{Mode: attacktree.Saturating}, By: attacktree.ByLikelihood, Complete: true,
			Attacks: []attacktree.Attack{*phishing(0.26), *buying()}, Count: big.NewInt(2)},
		"none":      {Tree: parse(t, report), Goal: "steal", Scenario: attacktree.Scenario{Name: "all"}, Complete: true, Count: new(big.Int)},
		"uncounted": {Tree: parse(t, bare), Goal: "open", Attacks: []attacktree.Attack{{Steps: many, Given: []string{"rain"}, Likelihood: 1, Undetected: 1}}, Limits: map[string]string{"attack_count": "more than 5 nodes"}},
	}
}

func comparisons(t *testing.T) map[string]*mitigate.Comparison {
	return map[string]*mitigate.Comparison{
		"sets": {Tree: parse(t, report), Goal: "steal", Label: "Steal the weights", Rows: []mitigate.Row{
			{Set: "none", Likelihood: exactly(0.298), ExpectedImpact: exactly(13.4e6), AnnualLoss: exactly(26.8e6), CheapestCost: exactly(25000), Reachable: true},
			{Set: "all,-mfa", Controls: []string{"limits", "watch"}, Cost: 80000, Likelihood: between(0.02, 0.03), ExpectedImpact: exactly(1e6), CheapestCost: exactly(1e6), Reachable: true, Return: ptr(12.5)},
			{Set: "all", Controls: []string{"mfa", "limits", "watch"}, Cost: 120000, Likelihood: exactly(0), ExpectedImpact: exactly(1e6), DominatedBy: []string{"all,-mfa"}},
		}},
		"one": {Tree: parse(t, bare), Goal: "open", Rows: []mitigate.Row{{Set: "none", Likelihood: exactly(1), Reachable: true}}},
	}
}

func checks(t *testing.T) map[string][]render.Checked {
	_, err := attacktree.Parse("bad.atree", []byte("goal or g {\n  use nowhere | *x*\n  step a { likelihood 120% }\n}\n"))
	problems, ok := err.(diag.List)
	if !ok {
		t.Fatalf("expected problems, found %v", err)
	}
	sound := parse(t, report)
	return map[string][]render.Checked{
		"sound": {{File: "model.atree", Tree: sound}},
		"bad":   {{File: "bad.atree", Problems: problems}, {File: "model.atree", Tree: sound}},
	}
}

// A form writes an answer in one of the four formats.
type form struct {
	name  string
	write func(io.Writer) error
}

// answers are all answers of the tests in all formats, in a fixed order.
func answers(t *testing.T) map[string][]form {
	out := map[string][]form{}
	for name, a := range assessments(t) {
		out["eval-"+name] = []form{
			{"text", func(w io.Writer) error { return render.EvalText(w, a, nil) }},
			{"markdown", func(w io.Writer) error { return render.EvalMarkdown(w, a) }},
			{"csv", func(w io.Writer) error { return render.EvalCSV(w, a) }},
			{"json", func(w io.Writer) error { return render.EvalJSON(w, a) }}}
	}
	for name, l := range lists(t) {
		out["attacks-"+name] = []form{
			{"text", func(w io.Writer) error { return render.AttacksText(w, l, nil) }},
			{"markdown", func(w io.Writer) error { return render.AttacksMarkdown(w, l) }},
			{"csv", func(w io.Writer) error { return render.AttacksCSV(w, l) }},
			{"json", func(w io.Writer) error { return render.AttacksJSON(w, l) }}}
	}
	for name, c := range comparisons(t) {
		out["compare-"+name] = []form{
			{"text", func(w io.Writer) error { return render.CompareText(w, c, nil) }},
			{"markdown", func(w io.Writer) error { return render.CompareMarkdown(w, c) }},
			{"csv", func(w io.Writer) error { return render.CompareCSV(w, c) }},
			{"json", func(w io.Writer) error { return render.CompareJSON(w, c) }}}
	}
	for name, files := range checks(t) {
		out["check-"+name] = []form{
			{"text", func(w io.Writer) error { return render.CheckText(w, files, nil) }},
			{"markdown", func(w io.Writer) error { return render.CheckMarkdown(w, files) }},
			{"csv", func(w io.Writer) error { return render.CheckCSV(w, files) }},
			{"json", func(w io.Writer) error { return render.CheckJSON(w, files) }}}
	}
	return out
}

func written(t *testing.T, f form) string {
	t.Helper()
	var buf bytes.Buffer
	if err := f.write(&buf); err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	return buf.String()
}

func TestReports(t *testing.T) {
	for name, forms := range answers(t) {
		t.Run(name, func(t *testing.T) {
			var all strings.Builder
			for _, f := range forms {
				s := written(t, f)
				if again := written(t, f); again != s {
					t.Errorf("%s: other bytes the second time", f.name)
				}
				if !utf8.ValidString(s) || strings.ContainsAny(s, "\x1b\u202e\u00a0") && f.name == "text" {
					t.Errorf("%s: a text of the model steers the terminal", f.name)
				}
				if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
					t.Errorf("%s: holds what is no number:\n%s", f.name, s)
				}
				fmt.Fprintf(&all, "-- %s --\n%s", f.name, s)
			}
			golden(t, filepath.Join("testdata", "report", name+".txt"), all.String())
		})
	}
}

// Text stays within 80 columns; the labels of the model are cut or wrapped.
func TestTextWidth(t *testing.T) {
	for name, forms := range answers(t) {
		if strings.HasPrefix(name, "check") {
			continue // shows lines of the source
		}
		for _, line := range strings.Split(written(t, forms[0]), "\n") {
			wide := 0 // of the tests, only these characters take two columns
			for _, r := range line {
				if r >= 0x4e00 && r <= 0x9fff || r == '🔒' {
					wide++
				}
			}
			if n := utf8.RuneCountInString(line) + wide; n > 80 {
				t.Errorf("%s: a line takes %d columns: %s", name, n, line)
			}
		}
	}
}

func TestColor(t *testing.T) {
	a := whole(t)
	var plain, colored bytes.Buffer
	if err := render.EvalText(&plain, a, &render.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := render.EvalText(&colored, a, &render.TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	s := colored.String()
	if !strings.Contains(s, "\x1b[1mModel weights\x1b[0m") {
		t.Error("the title is not bold")
	}
	for _, code := range []string{"\x1b[1m", "\x1b[2m", "\x1b[0m"} {
		s = strings.ReplaceAll(s, code, "")
	}
	if s != plain.String() {
		t.Error("colour changes more than the colour")
	}
}

// What is printed decodes into the types of the messages and back, and nothing
// of it is unknown to them.
func TestJSONDecodes(t *testing.T) {
	for name, forms := range answers(t) {
		text := written(t, forms[3])
		var msg any
		switch strings.SplitN(name, "-", 2)[0] {
		case "eval":
			msg = new(render.EvalMessage)
		case "attacks":
			msg = new(render.AttacksMessage)
		case "compare":
			msg = new(render.CompareMessage)
		case "check":
			msg = new(render.CheckMessage)
		}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(msg); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var again bytes.Buffer
		enc := json.NewEncoder(&again)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(msg); err != nil {
			t.Fatal(err)
		}
		if again.String() != text {
			t.Errorf("%s: decoded and encoded, it is\n%s", name, again.String())
		}
	}
}

// The keys of the messages, in order. Programs rely on them.
var contract = map[string]string{
	"eval-whole": `format tool model goals
model: title file digest currency period_days uncertain
goals: goal label scenarios controls
goals.scenarios: scenario mode controls adversary reachable likelihood expected_impact annual_loss attack_count cheapest likeliest fastest min_skill chokepoints defence_depth method size steps at_means assumed
goals.scenarios.likelihood: value exact
goals.scenarios.expected_impact: value exact
goals.scenarios.annual_loss: value exact
goals.scenarios.cheapest: steps given cost likelihood time skill undetected
goals.scenarios.likeliest: steps given cost likelihood time skill undetected
goals.scenarios.fastest: steps given cost likelihood time skill undetected
goals.scenarios.steps: step birnbaum criticality dif raw rrw
goals.scenarios.assumed: node assumed computed
goals.controls: control of cost alone last shapley alone_likelihood last_likelihood shapley_likelihood return`,
	"attacks-all": `format tool model goals
model: title file digest currency period_days uncertain
goals: goal attacks attack_count complete scenario mode adversary
goals.attacks: steps given cost likelihood impact time skill undetected controls`,
	"compare-sets": `format tool model goal mode adversary rows
model: title file digest currency period_days uncertain
rows: set controls cost likelihood expected_impact annual_loss cheapest_cost return dominated_by
rows.likelihood: value exact low high
rows.expected_impact: value exact
rows.annual_loss: value exact
rows.cheapest_cost: value exact`,
	"check-bad": `format tool model diagnostics
diagnostics: severity code message file line column end_line end_column hint related`,
}

func TestJSONKeys(t *testing.T) {
	all := answers(t)
	for name, want := range contract {
		keys := &keyCollector{dec: json.NewDecoder(strings.NewReader(written(t, all[name][3])))}
		if err := keys.value(""); err != nil {
			t.Fatal(err)
		}
		if got := keys.String(); got != want {
			t.Errorf("%s: the keys are\n%s\nwant\n%s", name, got, want)
		}
	}
}

// A keyCollector notes the keys of all objects in the order in which they stand,
// by the path to the object.
type keyCollector struct {
	dec   *json.Decoder
	paths []string
	keys  map[string][]string
}

func (k *keyCollector) String() string {
	var lines []string
	for _, p := range k.paths {
		line := strings.Join(k.keys[p], " ")
		if p != "" {
			line = p + ": " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (k *keyCollector) value(path string) error {
	token, err := k.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		if k.keys == nil {
			k.keys = map[string][]string{}
		}
		if _, seen := k.keys[path]; !seen {
			k.paths = append(k.paths, path)
		}
		for k.dec.More() {
			key, err := k.dec.Token()
			if err != nil {
				return err
			}
			if !slices.Contains(k.keys[path], key.(string)) {
				k.keys[path] = append(k.keys[path], key.(string))
			}
			if err := k.value(strings.TrimPrefix(path+"."+key.(string), ".")); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for k.dec.More() {
			if err := k.value(path); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = k.dec.Token() // the end
	return err
}

// A figure that is no number must not be printed as one.
func TestNotFinite(t *testing.T) {
	a := whole(t)
	r := a.Goals[0].Results[0]
	r.ExpectedImpact = exactly(math.Inf(1))
	r.Cheapest.Cost = ptr(math.NaN())
	var buf bytes.Buffer
	if err := render.EvalJSON(&buf, a); err != nil {
		t.Fatal(err)
	}
	var msg render.EvalMessage
	if err := json.Unmarshal(buf.Bytes(), &msg); err != nil {
		t.Fatal(err)
	}
	if s := msg.Goals[0].Scenarios[0]; s.ExpectedImpact != nil || s.Cheapest.Cost != nil {
		t.Errorf("got %v and %v, want null", s.ExpectedImpact, s.Cheapest.Cost)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrors(t *testing.T) {
	a := whole(t)
	for name, err := range map[string]error{
		"text":     render.EvalText(brokenPipe{}, a, nil),
		"json":     render.EvalJSON(brokenPipe{}, a),
		"csv":      render.EvalCSV(brokenPipe{}, a),
		"markdown": render.EvalMarkdown(brokenPipe{}, a),
	} {
		if err == nil {
			t.Errorf("%s: the error of the writer is lost", name)
		}
	}
}
