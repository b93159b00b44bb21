package interchange_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/interchange"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// load reads files that are to be sound.
func load(t testing.TB, goal string, files ...interchange.File) (*attacktree.Tree, diag.List) {
	t.Helper()
	m, problems := interchange.ReadOpenPSA(goal, files...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	tree, err := attacktree.New(*m)
	if err != nil {
		t.Fatal(err)
	}
	return tree, problems
}

func file(text string) interchange.File {
	return interchange.File{Name: "model.xml", Data: []byte(text)}
}

// likelihoodOf reads a file and returns the likelihood of its only goal.
func likelihoodOf(t testing.TB, data []byte) float64 {
	t.Helper()
	tree, _ := load(t, "", interchange.File{Name: "model.xml", Data: data})
	return likelihood(t, tree, "")
}

func likelihood(t testing.TB, tree *attacktree.Tree, goal string) float64 {
	t.Helper()
	prog, err := attacktree.Compile(t.Context(), tree, &attacktree.Options{Goal: goal})
	if err != nil {
		t.Fatal(err)
	}
	p, err := prog.NewEvaluator().Likelihood(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p.Value
}

// model wraps the formula of one gate over events a to e with the probabilities
// 0.1 to 0.5, a house event on, one off, and a parameter p of 0.25 on event q.
func model(formula string) string {
	var b strings.Builder
	b.WriteString("<opsa-mef><define-fault-tree name='t'><define-gate name='top'>" + formula + "</define-gate></define-fault-tree>\n<model-data>")
	for i := range 5 {
		fmt.Fprintf(&b, "<define-basic-event name='%c'><float value='0.%d'/></define-basic-event>\n", 'a'+i, i+1)
	}
	b.WriteString(`<define-basic-event name="q"><parameter name="p"/></define-basic-event>
<define-parameter name="p"><float value="25e-2"/></define-parameter>
<define-parameter name="unused"><exponential><float value="1"/><system-mission-time/></exponential></define-parameter>
<define-basic-event name="sure"><bool value="true"/></define-basic-event>
<define-house-event name="on"><constant value="true"/></define-house-event>
<define-house-event name="off"><constant value="false"/></define-house-event>
</model-data></opsa-mef>`)
	return b.String()
}

// ev is a reference to each of the events named.
func ev(names string) string {
	var b strings.Builder
	for name := range strings.FieldsSeq(names) {
		b.WriteString("<event name='" + name + "'/>\n")
	}
	return b.String()
}

func TestFormulas(t *testing.T) {
	for _, c := range []struct {
		formula string
		want    float64
	}{
		{ev("a"), 0.1},
		{"<basic-event name='b'/>", 0.2},
		{"<and>" + ev("a b") + "</and>", 0.02},
		{"<or>" + ev("a b c") + "</or>", 1 - 0.9*0.8*0.7},
		{"<or>" + ev("a") + "</or>", 0.1},
		{"<not>" + ev("a") + "</not>", 0.9},
		{"<nand>" + ev("a b") + "</nand>", 0.98},
		{"<nor>" + ev("a b") + "</nor>", 0.9 * 0.8},
		{"<xor>" + ev("a b") + "</xor>", 0.1*0.8 + 0.9*0.2},
		{"<xor>" + ev("a b c") + "</xor>", 0.1*0.8*0.7 + 0.9*0.2*0.7 + 0.9*0.8*0.3 + 0.1*0.2*0.3},
		{"<iff>" + ev("a b") + "</iff>", 0.1*0.2 + 0.9*0.8},
		{"<imply>" + ev("a b") + "</imply>", 0.9 + 0.1*0.2},
		{"<atleast min='2'>" + ev("a b c") + "</atleast>", 0.1*0.2 + 0.1*0.3 + 0.2*0.3 - 2*0.1*0.2*0.3},
		{"<atleast min='0'>" + ev("a b c") + "</atleast>", 1},
		{"<cardinality min='1' max='1'>" + ev("a b") + "</cardinality>", 0.1*0.8 + 0.9*0.2},
		{"<cardinality min='0' max='1'>" + ev("a b") + "</cardinality>", 0.98},
		{"<cardinality min='1' max='2'>" + ev("a b") + "</cardinality>", 0.28},
		{"<cardinality min='0' max='2'>" + ev("a b") + "</cardinality>", 1},
		{"<cardinality min='1' max='2'>" + ev("a b c") + "</cardinality>", 1 - 0.9*0.8*0.7 - 0.1*0.2*0.3},

		// House events and constants.
		{"<and>" + ev("a on") + "</and>", 0.1},
		{"<or>" + ev("a off") + "</or>", 0.1},
		{"<and>" + ev("a off") + "</and>", 0},
		{"<and>" + ev("a sure") + "</and>", 0.1},
		{"<or>" + ev("a") + "<not><house-event name='off'/></not></or>", 1},
		{"<and>" + ev("a") + "<constant value='true'/></and>", 0.1},
		{"<or>" + ev("a") + "<constant value='false'/><constant value='false'/></or>", 0.1},
		{"<xor>" + ev("a") + "<constant value='true'/></xor>", 0.9},

		// Nested, with an event in several places.
		{"<or><and>" + ev("a b") + "</and><and>" + ev("a c") + "</and></or>", 0.1 * (1 - 0.8*0.7)},
		{"<and><not>" + ev("a") + "</not><or>" + ev("a b") + "</or></and>", 0.9 * 0.2},
		{"<and><not>" + ev("a") + "</not><or>" + ev("b") + "<not>" + ev("a") + "</not></or></and>", 0.9},
		{"<not><not><not>" + ev("a") + "</not></not></not>", 0.9},
		{"<or><atleast min='2'><and>" + ev("a b") + "</and>" + ev("c") + "<or>" + ev("d") + "</or></atleast></or>",
			0.02*0.3 + 0.02*0.4 + 0.3*0.4 - 2*0.02*0.3*0.4},

		// The same event twice.
		{"<and>" + ev("a a") + "</and>", 0.1},
		{"<or>" + ev("a a") + "</or>", 0.1},
		{"<xor>" + ev("a a") + "</xor>", 0},
		{"<xor>" + ev("a a a") + "</xor>", 0.1},
		{"<atleast min='2'>" + ev("a a b") + "</atleast>", 0.1},
		{"<iff>" + ev("a a") + "</iff>", 1},
		{"<imply>" + ev("a a") + "</imply>", 1},

		// A parameter.
		{"<and>" + ev("a q") + "</and>", 0.025},
	} {
		if got := likelihoodOf(t, []byte(model(c.formula))); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: the likelihood is %v, want %v", strings.ReplaceAll(c.formula, "\n", ""), got, c.want)
		}
	}
}

// The params that matter are params of the model, and can be set.
func TestParameters(t *testing.T) {
	tree, _ := load(t, "", file(model("<and>"+ev("a q")+"</and>")))
	if params := tree.Model().Params; len(params) != 1 || params[0].Name != "p" {
		t.Fatalf("the params are %v", params)
	}
	prog, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := prog.Eval(t.Context(), &attacktree.Scenario{Params: map[string]float64{"p": 0.5}})
	if err != nil || r.Likelihood.Value != 0.05 {
		t.Errorf("%v, %v", r.Likelihood, err)
	}
}

const scopes = `<opsa-mef name="Scopes">
<define-fault-tree name="F">
  <label>Two  trains</label>
  <define-gate name="top"><or><gate name="A.train"/><gate name="B.train"/><gate name="shared"/></or></define-gate>
  <define-component name="A" role="private">
    <define-gate name="train"><or><basic-event name="pump"/><basic-event name="power"/></or></define-gate>
    <define-basic-event name="pump"><float value="0.5"/></define-basic-event>
  </define-component>
  <define-component name="B" role="private">
    <define-gate name="train"><label>Train B</label><basic-event name="pump"/></define-gate>
    <define-basic-event name="pump"><attributes><attribute name="x" value="y"/></attributes><float value="0.25"/></define-basic-event>
  </define-component>
  <define-component name="C">
    <define-gate name="shared"><basic-event name="pump"/></define-gate>
  </define-component>
</define-fault-tree>
<model-data>
  <define-basic-event name="pump"><float value="0.125"/></define-basic-event>
</model-data>
</opsa-mef>`

// Components have names of their own, and a model may stand in several files.
func TestScopesAndFiles(t *testing.T) {
	tree, problems := load(t, "", file(scopes),
		file(`<opsa-mef><model-data><define-basic-event name="power"><float value="0.0625"/></define-basic-event></model-data></opsa-mef>`))
	want := 1 - (1-0.5)*(1-0.0625)*(1-0.25)*(1-0.125)
	if got := likelihood(t, tree, ""); got != want {
		t.Errorf("the likelihood is %v, want %v", got, want)
	}
	if n, ok := tree.Node("F.B.train"); !ok || n.Label != "Train B" {
		t.Errorf("F.B.train is %v", n)
	}
	if title := tree.Model().Title; title != "Scopes" {
		t.Errorf("the title is %q", title)
	}
	if len(problems) != 1 || problems[0].Code != "left-out" {
		t.Errorf("%v", problems)
	}
	if goals := tree.Goals(); !slices.Equal(goals, []string{"top"}) {
		t.Errorf("the goals are %v", goals)
	}
	again, _ := load(t, "F.A.train", file(scopes),
		file(`<opsa-mef><model-data><define-basic-event name="power"><float value="0.0625"/></define-basic-event></model-data></opsa-mef>`))
	if got, want := likelihood(t, again, ""), 1-0.5*(1-0.0625); got != want {
		t.Errorf("of F.A.train the likelihood is %v, want %v", got, want)
	}
}

func TestGoals(t *testing.T) {
	const two = `<opsa-mef><define-fault-tree name="F">
<define-gate name="x"><gate name="z"/></define-gate>
<define-gate name="y"><not><gate name="z"/></not></define-gate>
<define-gate name="z"><basic-event name="e"/></define-gate>
<define-basic-event name="e"><float value="0.25"/></define-basic-event>
</define-fault-tree></opsa-mef>`
	tree, _ := load(t, "", file(two))
	if goals := tree.Goals(); !slices.Equal(goals, []string{"x", "y"}) {
		t.Errorf("the goals are %v", goals)
	}
	if got := likelihood(t, tree, "y"); got != 0.75 {
		t.Errorf("the likelihood is %v", got)
	}
	tree, _, err := interchange.Read("two.xml", []byte(two), "z")
	if err != nil || !slices.Equal(tree.Goals(), []string{"z"}) {
		t.Errorf("asked for z, the goals are %v, %v", tree.Goals(), err)
	}
	if _, _, err := interchange.Read("two.xml", []byte(two), "zz"); err == nil || !strings.Contains(err.Error(), `did you mean "z"?`) {
		t.Errorf("asked for zz: %v", err)
	}
}

// Names that are none of the language are changed, and stay different.
func TestNames(t *testing.T) {
	tree, problems := load(t, "", file(`<opsa-mef><define-fault-tree name="F">
<define-gate name="at"><or><event name="pump 1"/><event name="pump_1"/><event name="1"/><gate name="e" /><basic-event name="e"/><event name="–"/></or></define-gate>
<define-gate name="e"><basic-event name="e"/></define-gate>
</define-fault-tree><model-data>
<define-basic-event name="pump 1"/><define-basic-event name="pump_1"/><define-basic-event name="1"/><define-basic-event name="e"/>
<define-basic-event name="–"/></model-data></opsa-mef>`))
	var names []string
	for _, n := range tree.Model().Nodes {
		names = append(names, n.Name)
	}
	want := []string{"at_", "e", "pump_1-2", "pump_1", "n1", "e-2", "n_"}
	if !slices.Equal(names, want) {
		t.Errorf("the names are %q, want %q", names, want)
	}
	if len(problems) != 5 || slices.ContainsFunc(problems, func(p *diag.Problem) bool { return p.Code != "renamed" }) {
		t.Errorf("%v", problems)
	}
}

func TestEncodings(t *testing.T) {
	text := `<?xml version="1.0" encoding="UTF-16"?>` + model("<or>"+ev("a b")+"</or>")
	units := utf16.Encode([]rune("\ufeff" + text))
	var little, big []byte
	for _, u := range units {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	latin := "<?xml version='1.0' encoding='ISO-8859-1'?><opsa-mef><label>Caf\xe9</label>" + model("<or>" + ev("a b") + "</or>")[len("<opsa-mef>"):]
	for _, data := range [][]byte{little, big, little[2:], big[2:], []byte("\ufeff" + model("<or>"+ev("a b")+"</or>")), []byte(latin)} {
		if !interchange.Foreign(data) {
			t.Errorf("%.20q is not known", data)
		}
		if got := likelihoodOf(t, data); math.Abs(got-0.28) > 1e-15 {
			t.Errorf("the likelihood is %v", got)
		}
	}
	if tree, _ := load(t, "", interchange.File{Data: []byte(latin)}); tree.Model().Title != "Café" {
		t.Errorf("the title is %q", tree.Model().Title)
	}
}

// What is wrong is told with its place. The text of the span stands before the code.
func TestProblems(t *testing.T) {
	gate := func(formula string) string {
		return "<opsa-mef><define-fault-tree name='F'><define-gate name='g'>" + formula + "</define-gate></define-fault-tree></opsa-mef>"
	}
	event := func(expression string) string {
		return "<opsa-mef><define-fault-tree name='F'><define-gate name='g'><basic-event name='e'/></define-gate><define-basic-event name='e'>" +
			expression + "</define-basic-event></define-fault-tree></opsa-mef>"
	}
	for _, c := range []struct{ text, want string }{
		{"", "1:1 syntax"},
		{"<opsa-mef>", "1:11 syntax"},
		{"<opsa-mef></opsa-me>", "1:20 syntax"},
		{"<opsa-mef><a b></opsa-mef>", "1:15 syntax"},
		{"<opsa-mef/><opsa-mef/>", "1:12 unsupported"},
		{"<svg/>", "1:1 unsupported"},
		{"<!DOCTYPE x [<!ENTITY a 'b'>]>\n<opsa-mef/>", "1:1 unsupported"},
		{"<opsa-mef>&a;</opsa-mef>", "1:13 syntax"},
		{"<opsa-mef>\x00</opsa-mef>", "1:11 syntax"},
		{"<opsa-mef>\xff</opsa-mef>", "1:11 syntax"},
		{"<?xml version='1.0' encoding='EBCDIC'?><opsa-mef/>", "1:1 bad-character"},
		{"<opsa-mef/>", "1:1 no-goal"},
		{"<opsa-mef>\n  text</opsa-mef>", "2:3 syntax"},
		{"<opsa-mef><define-event-tree name='x'/></opsa-mef>", "1:11 unsupported"},
		{"<opsa-mef><model-data><define-CCF-group name='x' model='MGL'><members/></define-CCF-group></model-data></opsa-mef>", "1:23 unsupported"},
		{"<opsa-mef><define-gate name='x'/></opsa-mef>", "1:11 unsupported"},
		{gate("<and/>"), "1:61 bad-value"},
		{gate("<not><constant value='true'/><constant value='true'/></not>"), "1:61 bad-value"},
		{gate("<iff><constant value='true'/></iff>"), "1:61 bad-value"},
		{gate("<atleast min='2'><constant value='true'/></atleast>"), "1:61 atleast-range"},
		{gate("<atleast min='x'><constant value='true'/></atleast>"), "1:75 bad-number"},
		{gate("<atleast><constant value='true'/></atleast>"), "1:61 bad-number"},
		{gate("<cardinality min='1' max='0'><constant value='true'/></cardinality>"), "1:61 atleast-range"},
		{gate("<constant value='yes'/>"), "1:78 bad-value"},
		{gate("<constant value='true'><and/></constant>"), "1:84 syntax"},
		{gate("<constant value='true'/><constant value='true'/>"), "1:85 syntax"},
		{gate(""), "1:58 empty-gate"},
		{gate("<sum/>"), "1:61 unsupported"},
		{gate("<gate name='h'/>"), "1:73 undefined-name"},
		{gate("<gate/>"), "1:61 syntax"},
		{gate("<event name='g' type='thing'/>"), "1:83 bad-value"},
		{gate("<gate name='g'/>"), "1:58 cycle"},
		{gate("<constant value='true'/></define-gate><define-gate name='g'><constant value='true'/>"), "1:118 duplicate-name"},
		{event("<float value='1.5'/>"), "1:141 likelihood-range"},
		{event("<float value='NaN'/>"), "1:141 bad-number"},
		{event("<float value='1,5'/>"), "1:141 bad-number"},
		{event("<exponential><float value='1'/></exponential>"), "1:127 unsupported"},
		{event("<parameter name='p'/>"), "1:144 undefined-name"},
		{event("<parameter name='p'/></define-basic-event><define-parameter name='p'><parameter name='p'/></define-parameter><define-basic-event name='f'>"), "1:193 cycle"},
		{event("<parameter name='p'/></define-basic-event><define-parameter name='p'><pi/></define-parameter><define-basic-event name='f'>"), "1:196 unsupported"},
		{event("<parameter name='p'/></define-basic-event><define-parameter name='p'><int value='2'/></define-parameter><define-basic-event name='f'>"), "1:208 likelihood-range"},
	} {
		_, _, err := interchange.Read("model.xml", []byte(c.text), "")
		if c.text == "" { // which would be a text of the language
			_, problems := interchange.ReadOpenPSA("", file(c.text))
			err = problems.Err()
		}
		list, _ := err.(diag.List)
		var got []string
		for _, p := range list.Errors() {
			at := p.Span.Start()
			got = append(got, fmt.Sprintf("%d:%d %s", at.Line, at.Column, p.Code))
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: found %v, want %s", c.text, list, c.want)
		}
	}
}

// Files that are made to do harm are refused, and soon.
func TestHostile(t *testing.T) {
	repeat := strings.Repeat
	for _, c := range []struct {
		name, text string
		want       diag.Code
	}{
		{"deep formula", model(repeat("<not>", 20_000) + ev("a") + repeat("</not>", 20_000)), "nesting-too-deep"},
		{"deep components", "<opsa-mef><define-fault-tree name='F'>" + repeat("<define-component name='c'>", 200), "nesting-too-deep"},
		{"deep nonsense", "<opsa-mef>" + repeat("<a>", 100_000), "nesting-too-deep"},
		{"attributes", "<opsa-mef " + repeat("a='' ", 100_000) + "/>", "file-too-large"},
		{"entities", `<!DOCTYPE x [<!ENTITY a "` + repeat("b", 100) + `">]><opsa-mef>&a;</opsa-mef>`, "unsupported"},
		{"problems", model("<and>" + repeat("<thing/>", 2000) + "</and>"), "too-many-problems"},
		{"doubling", model(repeat("<cardinality min='1' max='1'>", 40) + ev("a b") + repeat(ev("c")+"</cardinality>", 40)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, problems := interchange.ReadOpenPSA("", file(c.text))
			if c.want != "" {
				if !slices.ContainsFunc(problems, func(p *diag.Problem) bool { return p.Code == c.want }) {
					t.Errorf("found %v, want %s", problems, c.want)
				}
				return
			}
			if err := problems.Err(); err != nil || len(m.Nodes) > 1000 {
				t.Errorf("%d nodes, %v", len(m.Nodes), err)
			}
		})
	}
}

// A formula as deep as is allowed is read and evaluated.
func TestDeep(t *testing.T) {
	const depth = 9_000
	text := model(strings.Repeat("<not><or>", depth/2) + ev("a") + strings.Repeat("</or></not>", depth/2))
	if got := likelihoodOf(t, []byte(text)); math.Abs(got-0.1) > 1e-15 {
		t.Errorf("the likelihood is %v", got)
	}
}

// What is written and read again has the likelihood that it had.
func TestWriteRead(t *testing.T) {
	for _, text := range []string{
		`goal or theft "Theft <of> \"it\"" { step a { likelihood 10% } and b { step c { likelihood 20% } use a likelihood 50% } }`,
		`goal atleast 2 theft { step a { likelihood 10% } step b { likelihood 20% } condition c { likelihood 30% } }`,
		`goal seq theft { step a { likelihood 10..20% } or b { assume 25% step x } }`,
		`goal step theft { likelihood 10% }`,
		`goal or theft { and x { step a { likelihood 10% } condition fact } and y { condition never { likelihood 0 } step b } condition crash { rate 2 } }`,
		`goal and theft { step a_step { likelihood 10% } step a_b { likelihood 20% } step a-step step a { likelihood 30%  cost 5 } }`,
		`goal and one { use two  step a { likelihood 10% } } goal or two { step b { likelihood 20% } }`,
		model("<or><and>" + ev("a b on") + "</and><xor>" + ev("c d off") + "</xor><not><atleast min='2'>" + ev("a d e") + "</atleast></not></or>"),
	} {
		tree, _, err := interchange.Read("x", []byte(strings.ReplaceAll(text, "10..20%", "10%..20%")), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, goal := range tree.Goals() {
			var buf bytes.Buffer
			if _, err := interchange.WriteOpenPSA(&buf, tree, goal); err != nil {
				t.Fatal(err)
			}
			want, got := likelihood(t, tree, goal), likelihoodOf(t, buf.Bytes())
			if math.Abs(got-want) > 1e-15 {
				t.Errorf("%s: the likelihood is %v, want %v\n%s", text, got, want, &buf)
			}
		}
	}
}

// What is written, read and written again is the same.
func TestWriteIsStable(t *testing.T) {
	tree, _ := load(t, "", file(model("<or><and>"+ev("a b on")+"</and><xor>"+ev("c d off")+"</xor></or>")))
	var first, second bytes.Buffer
	if warnings, err := interchange.WriteOpenPSA(&first, tree, ""); err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	again, _ := load(t, "", interchange.File{Data: first.Bytes()})
	if _, err := interchange.WriteOpenPSA(&second, again, ""); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Errorf("first\n%s\nthen\n%s", &first, &second)
	}
}

// Names with a path are written without it, and stay different.
func TestWriteNames(t *testing.T) {
	half := quantity.Exactly(0.5)
	tree, err := attacktree.New(attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "top", Gate: attacktree.And, Goal: true, Likelihood: half, Children: []string{"in.a", "in:a", "in_a", "top-step"}},
		{Name: "in.a", Likelihood: half}, {Name: "in:a", Likelihood: half}, {Name: "in_a", Likelihood: half}, {Name: "top-step", Likelihood: half},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	warnings, err := interchange.WriteOpenPSA(&buf, tree, "")
	if err != nil || len(warnings) != 1 || !strings.HasPrefix(warnings[0].Message, "names are changed") {
		t.Error(warnings, err)
	}
	again, problems := load(t, "", interchange.File{Data: buf.Bytes()})
	var names []string
	for _, n := range again.Model().Nodes {
		names = append(names, n.Name+" "+n.Label)
	}
	want := []string{"top ", "top-1 ", "top-step-2 ", "in_a in.a", "in_a-2 in:a", "in_a-3 in_a", "top-step "}
	if !slices.Equal(names, want) || len(problems) > 0 {
		t.Errorf("the nodes are %q, %v", names, problems)
	}
	if got := likelihood(t, again, ""); got != 1.0/32 {
		t.Errorf("the likelihood is %v", got)
	}
}

func TestWriteWarnings(t *testing.T) {
	tree, err := attacktree.Parse("x.atree", []byte(`goal seq theft { impact 5M  step a { cost 5 likelihood 10%..20% } step b { cost 6 likelihood 50% skill 2 } condition c { likelihood 10% } }
control k { on b { block } }`))
	if err != nil {
		t.Fatal(err)
	}
	warnings, err := interchange.WriteOpenPSA(new(bytes.Buffer), tree, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range warnings {
		got = append(got, cmp.Or(p.Message, "?"))
	}
	want := []string{ // in reading order
		"impacts are left out, of one node",
		"the order in a seq is left out, of one node",
		"costs are left out, of 2 nodes",
		"uncertain likelihoods are written as their means, of one node",
		"controls are left out, of one node",
		"demands on the attacker are left out, of one node",
		"conditions with a likelihood are written as basic events, which are read as steps, of one node",
	}
	if warnings[4].Span.Text() != "b" {
		t.Errorf("the place is %q", warnings[4].Span.Text())
	}
	if !slices.Equal(got, want) {
		t.Errorf("the warnings are %q", got)
	}
	if _, err := interchange.WriteOpenPSA(new(bytes.Buffer), tree, "thief"); err == nil {
		t.Error("an unknown goal is written")
	}
	if _, err := interchange.WriteOpenPSA(failing{}, tree, ""); err == nil {
		t.Error("a failing writer does no harm")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("full") }

// FuzzReadOpenPSA reads anything. What is accepted makes a tree, or is refused
// there with a reason, and can be written and read again.
func FuzzReadOpenPSA(f *testing.F) {
	f.Add([]byte(model("<or><and>"+ev("a b on")+"</and><xor>"+ev("c d off")+"</xor></or>")), "")
	f.Add([]byte(model("<cardinality min='1' max='2'>"+ev("a b")+"<not>"+ev("c")+"</not></cardinality>")), "top")
	f.Add([]byte(model("<imply>"+ev("a")+"<iff>"+ev("b b")+"</iff></imply>")), "")
	f.Add([]byte(scopes), "F.A.train")
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"), "")
	f.Add([]byte("<!DOCTYPE x><opsa-mef/>"), "")
	f.Fuzz(func(t *testing.T, data []byte, goal string) {
		m, problems := interchange.ReadOpenPSA(goal, interchange.File{Name: "f.xml", Data: data})
		again, same := interchange.ReadOpenPSA(goal, interchange.File{Name: "f.xml", Data: data})
		if len(m.Nodes) != len(again.Nodes) || fmt.Sprint(problems) != fmt.Sprint(same) {
			t.Fatal("read twice, it is not the same")
		}
		for _, p := range problems {
			if from, to := p.Span.Offsets(); from > to || p.Span.Source() == nil || to > len(p.Span.Source().Text) {
				t.Fatalf("the place of %v is none", p)
			}
		}
		if problems.Err() != nil {
			return
		}
		tree, err := attacktree.New(*m)
		if err != nil {
			for _, p := range err.(diag.List) {
				if p.Code != "cycle" {
					t.Fatalf("what was read is refused: %v", p)
				}
			}
			return
		}
		var buf bytes.Buffer
		if _, err := interchange.WriteOpenPSA(&buf, tree, ""); err != nil {
			t.Fatal(err)
		}
		if _, problems := interchange.ReadOpenPSA("", interchange.File{Name: "again.xml", Data: buf.Bytes()}); problems.Err() != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", problems, &buf)
		}
	})
}
