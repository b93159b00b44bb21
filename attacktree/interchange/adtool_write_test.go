package interchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// throughADTool writes a tree and reads it again.
func throughADTool(t *testing.T, tree *attacktree.Tree, goal string) (again *attacktree.Tree, text string, warnings diag.List) {
	t.Helper()
	var out bytes.Buffer
	warnings, err := WriteADTool(&out, tree, goal)
	if err != nil {
		t.Fatal(err)
	}
	again, problems, err := Read("again.xml", out.Bytes(), "")
	if err != nil {
		t.Fatalf("what is written cannot be read: %v\n%s", err, out.Bytes())
	}
	for _, p := range problems {
		if !strings.HasPrefix(p.Message, "times have no unit") {
			t.Fatalf("what is written is not read as it is: %v\n%s", p, out.Bytes())
		}
	}
	return again, out.String(), warnings
}

// figures are those that a tree of ADTool can hold.
type figures struct {
	likelihood, cost, likeliest, time, skill float64 // NaN: none
	count                                    string
}

func figuresOf(t *testing.T, tree *attacktree.Tree, goal string, controls ...string) figures {
	t.Helper()
	ctx := context.Background()
	p, err := attacktree.Compile(ctx, tree, &attacktree.Options{Goal: goal})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Eval(ctx, &attacktree.Scenario{Controls: controls})
	if err != nil {
		t.Fatal(err)
	}
	f := figures{r.Likelihood.Value, math.NaN(), math.NaN(), math.NaN(), math.NaN(), r.AttackCount.String()}
	if r.Cheapest != nil {
		f.cost = *r.Cheapest.Cost
	}
	if r.Likeliest != nil {
		f.likeliest = r.Likeliest.Likelihood
	}
	if r.Fastest != nil {
		f.time = *r.Fastest.Time
	}
	if r.MinSkill != nil {
		f.skill = float64(*r.MinSkill)
	}
	if r.Unaided {
		f.count = "unaided"
	}
	return f
}

// same compares figures up to rounding: sums and products are taken in another
// order.
func (f figures) same(g figures) bool {
	near := func(x, y float64) bool {
		return math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-12*max(1, math.Abs(x))
	}
	return near(f.likelihood, g.likelihood) && near(f.cost, g.cost) && near(f.likeliest, g.likeliest) &&
		near(f.time, g.time) && near(f.skill, g.skill) && f.count == g.count
}

// What fits comes back with the same figures, whatever controls are in place:
// gates with own steps, k of n, shared nodes, controls that block or take a share
// off, and what bypasses them. Time is compared where no own step of a gate has
// one and nothing is bypassed, and without controls also in sequence.
func TestADToolRoundTrip(t *testing.T) {
	seeds := uint64(1500)
	if testing.Short() {
		seeds = 300
	}
	timed, bypassed := 0, 0
	for seed := range seeds {
		options := treegen.Options{Variables: 8, Share: 0.3, AtLeast: 0.15, Costs: 0.9, Times: 0.7, Skills: 0.5}
		switch seed % 3 {
		case 0:
			options.Seq = 0.4
		case 1:
			options.Controls = 3
		case 2:
			options.OwnSteps, options.Controls, options.Bypass = 0.3, 4, 0.6
		}
		m := treegen.Random(seed, options)
		rng := rand.New(rand.NewPCG(seed, 1))
		for _, c := range m.Controls {
			simple(c, rng)
		}
		m.Controls = slices.DeleteFunc(m.Controls, func(c *attacktree.Control) bool { return c.Status == attacktree.Retired })
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		goal := tree.Goals()[0]
		again, text, _ := throughADTool(t, tree, goal)
		for range 4 {
			var in, then []string
			for _, c := range m.Controls {
				name := slug(c.Name)
				if _, written := again.Control(name); written && rng.IntN(2) == 0 {
					in, then = append(in, c.Name), append(then, name)
				}
			}
			want, got := figuresOf(t, tree, goal, in...), figuresOf(t, again, "", then...)
			if seed%3 == 2 {
				want.time, got.time = math.NaN(), math.NaN()
			} else if !math.IsNaN(want.time) {
				timed++
			}
			if !want.same(got) {
				t.Fatalf("seed %d, goal %s, controls %v: %+v, want %+v\n%s\n%s", seed, goal, in, got, want, treegen.Text(&m), text)
			}
			for _, name := range in {
				if c, _ := tree.Control(name); len(c.BypassedBy) > 0 {
					bypassed++
				}
			}
		}
	}
	if timed == 0 || bypassed == 0 {
		t.Errorf("%d times and %d bypasses were compared", timed, bypassed)
	}
}

// simple leaves of a control one change, of a kind that ADTool has.
func simple(c *attacktree.Control, rng *rand.Rand) {
	change := attacktree.Change{Op: attacktree.Block}
	if rng.IntN(2) == 0 {
		change = attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: quantity.Exactly(rng.Float64()), Reduction: true}
	}
	hit := map[attacktree.Target]bool{}
	var targets []attacktree.Target
	for _, e := range c.Effects {
		for _, t := range e.Targets {
			if !hit[t] {
				hit[t] = true
				targets = append(targets, t)
			}
		}
	}
	c.Effects = []attacktree.Effect{{Targets: targets, Changes: []attacktree.Change{change}}}
}

// Of what does not fit, the figures without controls stay.
func TestADToolWriteEverything(t *testing.T) {
	seeds := uint64(600)
	if testing.Short() {
		seeds = 100
	}
	for seed := range seeds {
		tree, err := attacktree.New(treegen.Random(seed, treegen.Everything))
		if err != nil {
			t.Fatal(err)
		}
		for _, goal := range tree.Goals() {
			again, text, warnings := throughADTool(t, tree, goal)
			want, got := figuresOf(t, tree, goal), figuresOf(t, again, "")
			if want.count == "unaided" { // a condition is read as a step
				got.count, want.cost, got.cost, want.likeliest, got.likeliest = want.count, 0, 0, 0, 0
				want.skill, got.skill = 0, 0
			}
			for _, w := range warnings { // a control that is left out made an own step of a gate
				if strings.Contains(w.Message, "controls") || strings.Contains(w.Message, "caps") {
					got.count = want.count
				}
			}
			want.time, got.time = 0, 0
			for _, f := range []*float64{&want.skill, &got.skill, &want.cost, &got.cost} {
				if math.IsNaN(*f) { // numbers of what is left out made the figure exist
					*f = 0
				}
			}
			if !want.same(got) {
				t.Fatalf("seed %d, goal %s: %+v, want %+v (%v)\n%s", seed, goal, got, want, warnings, text)
			}
		}
	}
}

func TestADToolWriteText(t *testing.T) {
	for _, x := range []struct{ name, tree, want, warnings string }{
		{"controls", `model "Lab" {}
goal or lab "Enter, at night" { note "by <any> way"
  step pick "Pick the lock" { cost 40  likelihood 50%  time 2h  skill 3 }
  or door { step bribe { cost 500  likelihood 20% } }
}
step cut "Cut the cable" { cost 25 }
control camera "Camera" { cost 300  on pick, door { likelihood -80% }  bypassed by cut }
control lock { on pick { block } }`,
			`<?xml version="1.0" encoding="UTF-8"?>
<adtree>
  <node refinement="disjunctive">
    <label>Enter, at night</label>
    <comment>by &lt;any&gt; way</comment>
    <node refinement="disjunctive">
      <label>Pick the lock</label>
      <parameter domainId="ProbSucc2" category="basic">0.5</parameter>
      <parameter domainId="MinCost1" category="basic">40</parameter>
      <parameter domainId="MinTimePar3" category="basic">0.08333333333333333</parameter>
      <parameter domainId="MinSkill4" category="basic">3</parameter>
      <node refinement="disjunctive" switchRole="yes">
        <label>Controls on Pick the lock</label>
        <node refinement="disjunctive">
          <label>Camera</label>
          <parameter domainId="ProbSucc2" category="basic">0.8</parameter>
          <parameter domainId="AdtRealDomain5" category="basic">300</parameter>
          <node refinement="disjunctive" switchRole="yes">
            <label>Cut the cable</label>
            <parameter domainId="ProbSucc2" category="basic">1</parameter>
            <parameter domainId="MinCost1" category="basic">25</parameter>
            <parameter domainId="MinTimePar3" category="basic">0</parameter>
            <parameter domainId="MinSkill4" category="basic">0</parameter>
          </node>
        </node>
        <node refinement="disjunctive">
          <label>lock</label>
          <parameter domainId="ProbSucc2" category="basic">1</parameter>
          <parameter domainId="AdtRealDomain5" category="basic">0</parameter>
        </node>
      </node>
    </node>
    <node refinement="disjunctive">
      <label>door</label>
      <node refinement="disjunctive">
        <label>bribe</label>
        <parameter domainId="ProbSucc2" category="basic">0.2</parameter>
        <parameter domainId="MinCost1" category="basic">500</parameter>
        <parameter domainId="MinTimePar3" category="basic">0</parameter>
        <parameter domainId="MinSkill4" category="basic">0</parameter>
      </node>
      <node refinement="disjunctive" switchRole="yes">
        <label>Camera</label>
        <parameter domainId="ProbSucc2" category="basic">0.8</parameter>
        <parameter domainId="AdtRealDomain5" category="basic">300</parameter>
        <node refinement="disjunctive" switchRole="yes">
          <label>Cut the cable</label>
          <parameter domainId="ProbSucc2" category="basic">1</parameter>
          <parameter domainId="MinCost1" category="basic">25</parameter>
          <parameter domainId="MinTimePar3" category="basic">0</parameter>
          <parameter domainId="MinSkill4" category="basic">0</parameter>
        </node>
      </node>
    </node>
  </node>
  <domain id="MinCost1">
    <class>lu.uni.adtool.domains.adtpredefined.MinCost</class>
    <tool>ADTool2</tool>
  </domain>
  <domain id="ProbSucc2">
    <class>lu.uni.adtool.domains.adtpredefined.ProbSucc</class>
    <tool>ADTool2</tool>
  </domain>
  <domain id="MinTimePar3">
    <class>lu.uni.adtool.domains.adtpredefined.MinTimePar</class>
    <tool>ADTool2</tool>
  </domain>
  <domain id="MinSkill4">
    <class>lu.uni.adtool.domains.adtpredefined.MinSkill</class>
    <tool>ADTool2</tool>
    <range>10</range>
  </domain>
  <domain id="AdtRealDomain5">
    <class>lu.uni.adtool.domains.custom.AdtRealDomain</class>
    <tool>ADTool2</tool>
    <name>cost of controls</name>
    <description>what all countermeasures cost, each counted at every place</description>
    <op>x + y</op>
    <oo>x + y</oo>
    <ap>x + y</ap>
    <ao>x + y</ao>
    <cp>x + y</cp>
    <co>x + y</co>
    <opponentDefault>0</opponentDefault>
    <proponentDefault>0</proponentDefault>
    <oppModifiable>true</oppModifiable>
    <proModifiable>false</proModifiable>
  </domain>
</adtree>
`, "in domains other than ProbSucc, ADTool takes partial controls to be perfect, of 2 nodes; shared nodes are written at each place, where ADTool counts them anew, of one node"},
		{"sequence", `goal seq g { step a { time 1d  cost 3 }  or b { step c { time 2d }  time 3d } }`,
			`<?xml version="1.0" encoding="UTF-8"?>
<sandtree>
  <node refinement="sequential">
    <label>g</label>
    <node refinement="disjunctive">
      <label>a</label>
      <parameter domainId="SandRealDomain1" category="basic">3</parameter>
      <parameter domainId="MinTime3" category="basic">1</parameter>
    </node>
    <node refinement="sequential">
      <label>b</label>
      <node refinement="disjunctive">
        <label>b - what it takes</label>
        <node refinement="disjunctive">
          <label>c</label>
          <parameter domainId="SandRealDomain1" category="basic">0</parameter>
          <parameter domainId="MinTime3" category="basic">2</parameter>
        </node>
      </node>
      <node refinement="disjunctive">
        <label>b - own step</label>
        <parameter domainId="SandRealDomain1" category="basic">0</parameter>
        <parameter domainId="MinTime3" category="basic">3</parameter>
      </node>
    </node>
  </node>
  <domain id="SandRealDomain1">
    <class>lu.uni.adtool.domains.custom.SandRealDomain</class>
    <tool>ADTool2</tool>
    <name>cost</name>
    <description>least cost of an attack</description>
    <or>min(x, y)</or>
    <and>x + y</and>
    <sand>x + y</sand>
    <defaultValue>Infinity</defaultValue>
  </domain>
  <domain id="MinTime3">
    <class>lu.uni.adtool.domains.sandpredefined.MinTime</class>
    <tool>ADTool2</tool>
  </domain>
</sandtree>
`, ""},
		{"k of n, and labels that are taken", `goal atleast 2 g { step a "A" {}  step b "A" {}  step c "A" {} }`,
			`<?xml version="1.0" encoding="UTF-8"?>
<adtree>
  <node refinement="disjunctive">
    <label>g</label>
    <node refinement="conjunctive">
      <label>g - choice 1</label>
      <node refinement="disjunctive">
        <label>A</label>
      </node>
      <node refinement="disjunctive">
        <label>A [b]</label>
      </node>
    </node>
    <node refinement="conjunctive">
      <label>g - choice 2</label>
      <node refinement="disjunctive">
        <label>A</label>
      </node>
      <node refinement="disjunctive">
        <label>A [c]</label>
      </node>
    </node>
    <node refinement="conjunctive">
      <label>g - choice 3</label>
      <node refinement="disjunctive">
        <label>A [b]</label>
      </node>
      <node refinement="disjunctive">
        <label>A [c]</label>
      </node>
    </node>
  </node>
</adtree>
`, "shared nodes are written at each place, where ADTool counts them anew, of 3 nodes"},
	} {
		t.Run(x.name, func(t *testing.T) {
			tree, err := attacktree.Parse("x.atree", []byte(x.tree))
			if err != nil {
				t.Fatal(err)
			}
			_, text, warnings := throughADTool(t, tree, "")
			if text != x.want {
				t.Errorf("written is\n%s", text)
			}
			var got []string
			for _, w := range warnings {
				got = append(got, w.Message)
			}
			if strings.Join(got, "; ") != x.warnings {
				t.Errorf("warnings %q", got)
			}
		})
	}
}

// Every kind of thing that is lost is told, once, at its place.
func TestADToolWriteWarnings(t *testing.T) {
	tree, err := attacktree.Parse("x.atree", []byte(`adversary spy {}
goal seq g { attempts 2  impact 5
  step a { cost 1..2  likelihood 50%  access badge  detection 10%  tags t  for spy { skill 2 } }
  condition b { likelihood 10% }
  condition c { rate 1 }
  and d { step e { likelihood 30% }  time 2d }
  or f { step h {}  assume 10% }
}
control k { status deployed  on tag t { likelihood -50%  cost *2 }  requires m }
control m { on a { likelihood <=10%  skill 3 }  on e { likelihood -50% } }
control n { on e { likelihood <=20% } }
control o { on b { likelihood <=5% } }
control p { status retired  on b { block } }
control q { on e { block }  on d { likelihood -20% } }`))
	if err != nil {
		t.Fatal(err)
	}
	_, text, warnings := throughADTool(t, tree, "")
	var got []string
	for _, w := range warnings {
		got = append(got, w.Span.Text()+": "+w.Message)
	}
	want := strings.Split(`g: impacts are left out, of one node
g: attempts are left out, of one node
g: the order in a seq is left out, as there are controls; times are too short, of one node
a: caps on a likelihood that several controls act on are left out, of 2 nodes
a: what controls add to costs and times is left out, of one node
a: what controls do to skill and detection is left out, of one node
a: what controls require and exclude is left out, of one node
a: the status of controls is left out; for ADTool all are in place, of one node
a: in domains other than ProbSucc, ADTool takes partial controls to be perfect, of 4 nodes
a: chances of detection are left out, of one node
a: numbers against single adversaries are left out, of one node
a: references are left out, of one node
a: uncertain numbers are written as their means, of one node
a: demands for access are left out, of one node
b: retired controls are left out, of one node
b: conditions are written as leaves, which are read as steps, of 2 nodes
c: rates of accidents are left out, of one node
e: controls are written as one countermeasure for each share that they take off, of one node
d: own steps of gates are written beside what they need; times are too short, of one node
f: assumed nodes are written as leaves, without what is below them, of one node`, "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("warnings\n%s", strings.Join(got, "\n"))
	}
	if strings.Contains(text, "<label>h</label>") || strings.Contains(text, "<label>p</label>") {
		t.Errorf("too much is written:\n%s", text)
	}
}

// What would not be read as it is meant is refused, and so is what is too large.
func TestADToolWriteErrors(t *testing.T) {
	deep := attacktree.Model{}
	for i := range 12_000 {
		deep.Nodes = append(deep.Nodes, &attacktree.Node{Name: fmt.Sprint("n", i), Gate: attacktree.Or, Children: []string{fmt.Sprint("n", i+1)}, Goal: i == 0})
	}
	deep.Nodes = append(deep.Nodes, &attacktree.Node{Name: "n12000"})
	ladder := attacktree.Model{}
	for i := range 60 { // 2^60 nodes when it is written out
		ladder.Nodes = append(ladder.Nodes,
			&attacktree.Node{Name: fmt.Sprint("n", i), Gate: attacktree.Or, Children: []string{fmt.Sprint("a", i), fmt.Sprint("b", i)}, Goal: i == 0},
			&attacktree.Node{Name: fmt.Sprint("a", i), Gate: attacktree.Or, Children: []string{fmt.Sprint("n", i+1)}},
			&attacktree.Node{Name: fmt.Sprint("b", i), Gate: attacktree.Or, Children: []string{fmt.Sprint("n", i+1)}})
	}
	ladder.Nodes = append(ladder.Nodes, &attacktree.Node{Name: "n60"})
	wide := attacktree.Model{Nodes: []*attacktree.Node{{Name: "g", Goal: true, Gate: attacktree.AtLeast, K: 50}}}
	for i := range 100 {
		wide.Nodes[0].Children = append(wide.Nodes[0].Children, fmt.Sprint("n", i))
		wide.Nodes = append(wide.Nodes, &attacktree.Node{Name: fmt.Sprint("n", i)})
	}
	for name, x := range map[string]struct {
		m    attacktree.Model
		code diag.Code
		node string
	}{
		"not":    {attacktree.Model{Nodes: []*attacktree.Node{{Name: "g", Goal: true, Gate: attacktree.Not, Children: []string{"s"}}, {Name: "s"}}}, "unsupported", "g"},
		"deep":   {deep, "nesting-too-deep", "n9999"},
		"ladder": {ladder, "import-limit", "n59"},
		"wide":   {wide, "import-limit", "n14"},
	} {
		tree, err := attacktree.New(x.m)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		var problems diag.List
		if _, err := WriteADTool(&out, tree, ""); !errors.As(err, &problems) || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		} else if p := problems[0]; p.Code != x.code || !strings.Contains(p.Message, strconv.Quote(x.node)) || p.Hint == "" {
			t.Errorf("%s: %v, hint %q", name, p, p.Hint)
		}
	}
	tree, err := attacktree.Parse("x.atree", []byte("goal step a {}\ngoal step b {}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, goal := range []string{"", "c"} {
		if _, err := WriteADTool(new(bytes.Buffer), tree, goal); err == nil {
			t.Errorf("a goal %q is written", goal)
		}
	}
	if _, err := WriteADTool(full{}, tree, "a"); err == nil {
		t.Error("a failing writer does no harm")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
