package interchange

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// leafXML writes a leaf with values in domains.
func leafXML(label string, values ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<node refinement="conjunctive"><label>%s</label>`, label)
	for _, v := range values {
		domain, value, _ := strings.Cut(v, "=")
		fmt.Fprintf(&b, `<parameter domainId=%q category="basic">%s</parameter>`, domain, value)
	}
	return b.String() + "</node>"
}

// against makes a node one of the other role.
func against(node string) string {
	return strings.Replace(node, "<node ", `<node switchRole="yes" `, 1)
}

func gateXML(refinement, label string, children ...string) string {
	return fmt.Sprintf("<node refinement=%q><label>%s</label>%s</node>", refinement, label, strings.Join(children, ""))
}

// adtoolEval reads a tree and evaluates it with some controls.
func adtoolEval(t *testing.T, text string, controls ...string) (*attacktree.Result, diag.List) {
	t.Helper()
	tree, warnings, err := Read("tree.xml", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	return evaluated(t, tree, controls...), warnings
}

// evaluated evaluates a tree with some controls.
func evaluated(t *testing.T, tree *attacktree.Tree, controls ...string) *attacktree.Result {
	t.Helper()
	p, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Eval(t.Context(), &attacktree.Scenario{Controls: controls})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestADToolShapes(t *testing.T) {
	either := func(label string, children ...string) string { return gateXML("disjunctive", label, children...) }
	both := func(label string, children ...string) string { return gateXML("conjunctive", label, children...) }
	tests := []struct {
		name, text string
		controls   string
		cost       float64 // of the cheapest attack; -1: none
		likelihood float64
		warnings   int
	}{
		{"or", either("g", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"), leafXML("b", "MinCost1=2", "ProbSucc1=0.5")), "", 2, 0.75, 0},
		{"and", both("g", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"), leafXML("b", "MinCost1=2", "ProbSucc1=0.5")), "", 5, 0.25, 0},
		{"a refinement in capitals", gateXML("DISJUNCTIVE", "g", leafXML("a", "MinCost1=3"), leafXML("b", "MinCost1=2")), "", 2, 1, 0},
		{"any other refinement is a conjunction", gateXML("sequential", "g", leafXML("a", "MinCost1=3"), leafXML("b", "MinCost1=2")), "", 5, 1, 0},
		{"no refinement", "<node><label>g</label>" + leafXML("a", "MinCost1=3") + leafXML("b", "MinCost1=2") + "</node>", "", 2, 1, 1},
		{"a repeated label is one event", both("g", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"), either("h", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"))), "", 3, 0.5, 0},
		{"the last value counts", both("g", leafXML("a", "MinCost1=3"), either("h", leafXML("a", "MinCost1=4"))), "", 4, 1, 1},
		{"a label of both roles", either("g", leafXML("a", "MinCost1=3"), against(leafXML("a", "MinCost1=7"))), "a", -1, 0, 0},
		{"a countermeasure", either("g", leafXML("a", "MinCost1=3"), against(leafXML("d"))), "d", -1, 0, 0},
		{"that is not in place", either("g", leafXML("a", "MinCost1=3"), against(leafXML("d"))), "", 3, 1, 0},
		{"with a chance", either("g", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"), against(leafXML("d", "ProbSucc1=0.8"))), "d", 3, 0.1, 0},
		{"a counter of a counter", either("g", leafXML("a", "MinCost1=3", "ProbSucc1=0.5"), against(gateXML("disjunctive", "d", against(leafXML("b", "MinCost1=10", "ProbSucc1=0.5"))))),
			"d", 13, 0.25, 0},
		{"a step with a counter", either("g", gateXML("conjunctive", "a", against(leafXML("d"))), leafXML("b", "MinCost1=5")), "d", 5, 1, 0},
		{"countered in one place only", either("g", both("h", leafXML("a", "MinCost1=3"), leafXML("c", "MinCost1=1")),
			gateXML("conjunctive", "a", against(leafXML("d")))), "d", 4, 1, 0},
		{"one of two countermeasures", either("g", leafXML("a", "ProbSucc1=1", "MinCost1=1"), against(either("d", leafXML("d1", "ProbSucc1=0.5"), leafXML("d2", "ProbSucc1=0.4")))), "d1,d2", 1, 0.3, 0},
		{"two that need each other, one in place", either("g", leafXML("a", "MinCost1=1"), against(both("d", leafXML("d1"), leafXML("d2")))), "d1", 1, 1, 0},
		{"the other in place", either("g", leafXML("a", "MinCost1=1"), against(both("d", leafXML("d1"), leafXML("d2")))), "d2", 1, 1, 0},
		{"both in place", either("g", leafXML("a", "MinCost1=1"), against(both("d", leafXML("d1"), leafXML("d2")))), "d1,d2", -1, 0, 0},
		{"both, with chances", either("g", leafXML("a", "MinCost1=1"), against(both("d", leafXML("d1", "ProbSucc1=0.5"), leafXML("d2", "ProbSucc1=0.4")))), "d1,d2", 1, 0.8, 0},
		{"a counter that is not the last child", either("g", against(leafXML("d")), leafXML("a", "MinCost1=3")), "", 3, 1, 1},
		{"one that serves twice, countered once", both("g", gateXML("conjunctive", "a", against(leafXML("d"))), either("h", leafXML("b", "MinCost1=1"), leafXML("e", "MinCost1=4"))) +
			"", "d", -1, 0, 0},
		{"the same, where it is countered", either("g", gateXML("conjunctive", "a", against(leafXML("d"))),
			either("h", leafXML("b", "MinCost1=1"), against(gateXML("conjunctive", "d", against(leafXML("c", "MinCost1=6")))))), "d", 7, 1, 0},
		{"infinity", either("g", leafXML("a", "MinCost1=Infinity"), leafXML("b", "MinCost1=8")), "", 8, 1, 0},
		{"a bad value", either("g", leafXML("a", "MinCost1=3", "ProbSucc1=lots"), leafXML("b", "MinCost1=8")), "", 3, 1, 1},
		{"values of an inner node", strings.Replace(either("g", leafXML("a", "MinCost1=3")), "</label>", `</label><parameter domainId="MinCost1">99</parameter>`, 1), "", 3, 1, 1},
		{"no category", either("g", strings.ReplaceAll(leafXML("a", "MinCost1=3"), ` category="basic"`, "")), "", 3, 1, 0},
		{"what is derived", either("g", strings.ReplaceAll(leafXML("a", "MinCost1=3")+leafXML("b", "MinCost1=4"), "<label>a</label>", `<label>a</label><parameter domainId="MinCost1" category="derived">1</parameter><ranking rank="1">1</ranking>`)), "", 3, 1, 0},
		{"two domains of a kind", either("g", leafXML("a", "MinCost1=3", "MinCost2=1")), "", 3, 1, 1},
		{"a domain of its own", either("g", leafXML("a", "MinCost1=3", "AdtRealDomain2=1"), leafXML("b", "AdtRealDomain2=1", "MinCost1=5")), "", 3, 1, 1},
		{"lines and entities in a label", either("g", leafXML("copy\n  &lt;weights&gt; &amp; run", "MinCost1=3")), "", 3, 1, 0},
		{"the role of the root", against(either("g", leafXML("a", "MinCost1=3"))), "", 3, 1, 1},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			var controls []string
			if x.controls != "" {
				controls = strings.Split(x.controls, ",")
			}
			r, warnings := adtoolEval(t, "<?xml version='1.0'?>\n<!-- a tree -->\n<adtree>"+x.text+"</adtree>", controls...)
			cost := -1.0
			if r.Cheapest != nil {
				cost = *r.Cheapest.Cost
			}
			if cost != x.cost || math.Abs(r.Likelihood.Value-x.likelihood) > 1e-12 {
				t.Errorf("cheapest %v, likelihood %v; want %v and %v", cost, r.Likelihood.Value, x.cost, x.likelihood)
			}
			if len(warnings) != x.warnings {
				t.Errorf("warnings %v, want %d", warnings, x.warnings)
			}
		})
	}
}

func TestADToolDomains(t *testing.T) {
	const text = `<sandtree><node refinement="sequential"><label>Exfiltrate</label><comment>order matters</comment>
		<node refinement="disjunctive"><label>Get in</label>` +
		`<node refinement="x"><label>Phish</label><parameter domainId="d1" category="basic">8.0</parameter><parameter domainId="d2">L</parameter></node>` +
		`<node refinement="x"><label>Buy</label><parameter domainId="d1">2.0</parameter><parameter domainId="d2">E</parameter></node>` + `</node>
		<node refinement="conjunctive"><label>Copy</label><parameter domainId="d1">24</parameter></node></node>
		<domain id="d1"><class>lu.uni.adtool.domains.sandpredefined.MinTime</class><tool>ADTool2</tool></domain>
		<domain id="d2"><class>lu.uni.adtool.domains.predefined.DiffLMHE</class><range>3</range></domain></sandtree>`
	r, warnings := adtoolEval(t, text)
	if r.Goal != "Exfiltrate" || *r.Fastest.Time != 26 || *r.MinSkill != 2 || len(warnings) != 1 {
		t.Errorf("%s takes %v with skill %v; %v", r.Goal, *r.Fastest.Time, *r.MinSkill, warnings)
	}
}

func TestADToolErrors(t *testing.T) {
	leaf := leafXML("a")
	for text, want := range map[string]diag.Code{
		"<adtree></adtree>": "syntax",
		"<adtree>" + leaf:   "syntax",
		"<adtree><node refinement='disjunctive'/></adtree>":                "syntax",
		"<!DOCTYPE adtree [<!ENTITY a 'b'>]><adtree>" + leaf + "</adtree>": "unsupported",
		"<adtree>" + strings.Repeat("<node><label>x</label>", 20_000):      "nesting-too-deep",
	} {
		_, problems := ReadADTool("", File{"tree.xml", []byte(text)})
		if errs := problems.Errors(); len(errs) == 0 || errs[0].Code != want {
			t.Errorf("%.60s: %v, want %s", text, problems, want)
		}
	}
	text := []byte("<adtree>" + gateXML("disjunctive", "g", leaf) + "</adtree>")
	if m, problems := ReadADTool("a", File{"tree.xml", text}); problems.Err() != nil || m.Nodes[0].Goal || !m.Nodes[1].Goal {
		t.Errorf("the goal is not the one asked for: %v", problems)
	}
	if _, problems := ReadADTool("b", File{"tree.xml", text}); problems.Err() == nil {
		t.Error("there is no such goal")
	}
}

// Files of other projects with published or worked answers, in a folder beside
// the checkout.
func TestADToolPeers(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/peers/*adtool*.xml")
	if len(files) == 0 {
		t.Skip("there are no files of ADTool beside the checkout")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, warnings, err := Read(filepath.Base(file), text, "")
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		p, err := attacktree.Compile(t.Context(), tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		eval := func(set string) *attacktree.Result {
			controls, err := tree.ParseSet(set)
			if err != nil {
				t.Fatal(err)
			}
			r, err := p.Eval(t.Context(), &attacktree.Scenario{Controls: controls})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		cost := func(set string, want float64) {
			t.Helper()
			if r := eval(set); r.Cheapest == nil || *r.Cheapest.Cost != want {
				t.Errorf("%s: cheapest %+v with %s, want %v (%v)", file, r.Cheapest, set, want, warnings)
			}
		}
		bottomUp := func(set string) *attacktree.BottomUp {
			controls, err := tree.ParseSet(set)
			if err != nil {
				t.Fatal(err)
			}
			b, err := p.BottomUp(&attacktree.Scenario{Controls: controls})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		again, _, _ := throughADTool(t, tree, "")
		want, got := figuresOf(t, tree, "", allOf(tree)...), figuresOf(t, again, "", allOf(again)...)
		if !want.same(got) {
			t.Errorf("%s: written and read again, %+v; want %+v", file, got, want)
		}
		switch filepath.Base(file)[:2] {
		case "04":
			cost("none", 20)
			cost("all", 50)
			if x := *bottomUp("all").Cost; x != 60 {
				t.Errorf("%s: bottom-up, cheapest %v", file, x)
			}
		case "07":
			if x := bottomUp("none").Likelihood; math.Abs(x-0.9269967447617091) > 1e-12 {
				t.Errorf("%s: bottom-up, likelihood %v", file, x)
			}
			if x := eval("none").Likelihood.Value; math.Abs(x-0.9274030178785324) > 1e-12 {
				t.Errorf("%s: likelihood %v", file, x)
			}
		case "08":
			cost("none", 4)
			cost("d1", 20)
			cost("d2", 104)
			cost("all", 120)
		}
	}
}

func allOf(tree *attacktree.Tree) []string {
	controls, _ := tree.SetMembers("all")
	return controls
}

func ExampleReadADTool() {
	m, problems := ReadADTool("", File{"lab.xml", []byte(`<adtree>
		<node refinement="disjunctive"><label>Enter the lab</label>
			<node refinement="disjunctive"><label>Pick the lock</label>
				<parameter domainId="MinCost1" category="basic">40</parameter>
				<node refinement="disjunctive" switchRole="yes"><label>Better lock</label>
					<parameter domainId="MinCost1" category="basic">300</parameter>
				</node>
			</node>
		</node>
		<domain id="MinCost1"><class>lu.uni.adtool.domains.adtpredefined.MinCost</class></domain>
	</adtree>`)})
	if err := problems.Err(); err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range m.Nodes {
		fmt.Println(n.Gate, n.Name)
	}
	for _, c := range m.Controls {
		fmt.Println("control", c.Name, "on", c.Effects[0].Targets[0].Name)
	}
	// Output:
	// or Enter_the_lab
	// step Pick_the_lock
	// control Better_lock on Pick_the_lock
}

// holds works out a sketch whose leaves are true or false, as the domain SatScenario
// of ADTool does.
func (s *sketch) holds(leaf map[string]bool) bool {
	out := leaf[s.label]
	if len(s.args) > 0 {
		out = s.word == "a"
		for _, x := range s.args {
			if x.holds(leaf) != out {
				out = !out
				break
			}
		}
	}
	return out && (s.counter == nil || !s.counter.holds(leaf))
}

// say gives leaves their values.
func (s *sketch) say(leaf map[string]bool) {
	if len(s.args) == 0 {
		s.values = []string{fmt.Sprintf(`<parameter domainId="SatScenario1" category="basic">%v</parameter>`, leaf[s.label])}
	}
	for _, x := range s.args {
		x.say(leaf)
	}
	if s.counter != nil {
		s.counter.say(leaf)
	}
}

// What is true and false in a tree of ADTool makes its goal possible, with the
// controls that are in place, where it does so there.
func TestADToolTruth(t *testing.T) {
	reached := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 9))
		s, gates := newSketch(r, 4, "p"), 0
		s.term(r, &gates) // labels
		leaf := map[string]bool{}
		for _, role := range "po" {
			for k := range 6 {
				leaf[fmt.Sprintf("%c %c", role, 'a'+rune(k))] = r.IntN(5) > 1
			}
		}
		s.say(leaf)
		tree, _, err := Read("tree.xml", []byte("<adtree>"+s.xml()+"</adtree>"), "")
		if err != nil {
			t.Fatal(err)
		}
		var deployed []string
		for _, c := range tree.Model().Controls {
			if c.Status == attacktree.Deployed {
				deployed = append(deployed, c.Name)
			}
		}
		got := evaluated(t, tree, deployed...)
		want := 0.0
		if s.holds(leaf) {
			want = 1
			reached++
		}
		if got.Likelihood.Value != want {
			t.Fatalf("seed %d: likelihood %v, want %v\n%s", seed, got.Likelihood, want, s.xml())
		}
	}
	if reached < 50 || reached > 250 {
		t.Errorf("%d of 300 goals are reached, which shows little", reached)
	}
}

func TestADToolReach(t *testing.T) {
	r, warnings := adtoolEval(t, "<adtree>"+gateXML("disjunctive", "g", leafXML("a", "ReachPar1=3", "PowerCons2=1"), leafXML("b", "ReachPar1=2"))+"</adtree>")
	if r.Fastest == nil || r.Fastest.Time == nil || *r.Fastest.Time != 2 || len(warnings) != 2 {
		t.Errorf("the fastest attack is %+v, with warnings %v", r.Fastest, warnings)
	}
}

func FuzzReadADTool(f *testing.F) {
	f.Add("<adtree>" + gateXML("disjunctive", "g", leafXML("a", "MinCost1=3"), against(gateXML("conjunctive", "d", leafXML("e"), leafXML("f"), against(leafXML("b"))))) + "</adtree>")
	f.Add("<sandtree>" + gateXML("sequential", "g", leafXML("a", "MinTime1=3"), leafXML("a")) + "</sandtree>")
	f.Add("<adtree>" + gateXML("conjunctive", "g", leafXML("a", "ProbSucc1=0.5"), gateXML("disjunctive", "a", against(leafXML("d", "MinCost1=Infinity"))), leafXML(" threat")) + "</adtree>")
	f.Add("<sandtree><A><node><label>0</label></node></A></sandtree>")
	f.Fuzz(func(t *testing.T, text string) {
		m, problems := ReadADTool("", File{"fuzz.xml", []byte(text)})
		if problems.Err() != nil {
			return
		}
		tree, err := attacktree.New(*m)
		if err != nil { // a cycle
			return
		}
		sameText(t, "fuzz", tree)
		var out bytes.Buffer
		if _, err := WriteADTool(&out, tree, ""); err != nil {
			return // too large
		}
		if _, problems := ReadADTool("", File{"again.xml", out.Bytes()}); problems.Err() != nil {
			t.Errorf("what is written cannot be read: %v\n%s", problems, out.Bytes())
		}
	})
}
