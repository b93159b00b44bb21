package render_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/attacktree/render"
)

var update = flag.Bool("update", false, "write the expected outputs again")

// golden compares a text with the file that holds what is expected.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s, found\n%s", file, got)
	}
}

func point(x float64) quantity.Value { return quantity.Exactly(x) }

func pert(t testing.TB, low, mode, high float64) quantity.Value {
	d, err := quantity.NewPERT(low, mode, high)
	if err != nil {
		t.Fatal(err)
	}
	return quantity.Of(d)
}

func skill(n int) *int { return &n }

func step(name, label string, cost, likelihood, days float64, level int) *attacktree.Node {
	return &attacktree.Node{
		Name: name, Label: label, Gate: attacktree.Step,
		Cost: point(cost), Likelihood: point(likelihood), Time: point(days), Skill: skill(level),
	}
}

func gate(g attacktree.Gate, name, label string, children ...string) *attacktree.Node {
	return &attacktree.Node{Name: name, Label: label, Gate: g, Children: children}
}

func on(node string, changes ...attacktree.Change) attacktree.Effect {
	return attacktree.Effect{Targets: []attacktree.Target{{Kind: attacktree.OnNode, Name: node}}, Changes: changes}
}

func lessLikely(share float64) attacktree.Change {
	return attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: point(share), Reduction: true}
}

// weights has one of everything that looks different.
func weights(t testing.TB) attacktree.Model {
	steal := gate(attacktree.Or, "steal", "Steal the model weights", "registry", "extract", "turned", "backup", "lab")
	steal.Goal, steal.Impact, steal.Attempts = true, pert(t, 10e6, 40e6, 130e6), point(2)
	extract := gate(attacktree.Seq, "extract", "Rebuild them through the public interface", "accounts", "distil")
	extract.Impact = point(5e6)
	turned := gate(attacktree.AtLeast, "turned", "Turn key custodians", "alice", "bob", "carol")
	turned.K = 2
	backup := gate(attacktree.And, "backup", "Take a backup copy", "creds", "unlocked", "decrypt")
	backup.Likelihood, backup.Time = point(0.8), point(2)
	lab := gate(attacktree.And, "lab", "Through the research laboratory", "visit", "creds")
	lab.Assume = point(0.02)
	creds := step("creds", "Phish a registry administrator", 5e3, 0.2, 14, 2)
	creds.Likelihood, creds.Threats = pert(t, 0.1, 0.2, 0.3), []string{"staff-phishing"}
	egress := step("egress", "Move 500 GB out unnoticed", 20e3, 0.5, 3, 3)
	egress.Detection, egress.Access = point(0.4), []string{"network"}
	return attacktree.Model{
		Title: "Frontier model weights", Currency: "USD", Period: 365,
		Nodes: []*attacktree.Node{
			steal,
			gate(attacktree.And, "registry", "Copy them from the model registry", "creds", "egress"),
			creds, egress, extract,
			step("accounts", "Open many accounts", 2e3, 0.9, 7, 1),
			step("distil", "Query and distil", 400e3, 0.1, 60, 4),
			turned,
			step("alice", "Turn custodian A", 200e3, 0.05, 90, 2),
			step("bob", "Turn custodian B", 200e3, 0.05, 90, 2),
			step("carol", "Turn custodian C", 250e3, 0.04, 90, 2),
			backup,
			{Name: "unlocked", Label: "The vault is left open at night", Gate: attacktree.Condition, Likelihood: point(0.3)},
			step("decrypt", "Find the backup key", 50e3, 0.1, 20, 3),
			lab,
			step("visit", "Visit the laboratory", 1e3, 0.3, 0.5, 1),
			step("insider", "Recruit a network administrator", 300e3, 0.03, 60, 3),
		},
		Controls: []*attacktree.Control{
			{
				Name: "mfa", Label: "Phishing-resistant second factor", Status: attacktree.Deployed,
				Effects: []attacktree.Effect{{
					Targets: []attacktree.Target{{Kind: attacktree.OnThreat, Name: "staff-phishing"}},
					Changes: []attacktree.Change{lessLikely(0.9), {Attribute: attacktree.Cost, Op: attacktree.Add, Value: point(15e3)}},
				}},
			},
			{
				Name: "egress-limits", Label: "Limits on egress", Status: attacktree.Planned, BypassedBy: []string{"insider"},
				Effects: []attacktree.Effect{on("egress", lessLikely(0.7), attacktree.Change{Attribute: attacktree.Time, Op: attacktree.Add, Value: point(30)})},
			},
			{
				Name: "escrow", Label: "Keys in a security module", Status: attacktree.Planned,
				Effects: []attacktree.Effect{
					on("decrypt", attacktree.Change{Op: attacktree.Block}),
					on("carol", attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.AtMost, Value: point(0.01)}),
				},
			},
			{
				Name: "watch", Label: "Watch for distillation", Status: attacktree.Proposed,
				Effects: []attacktree.Effect{on("distil", attacktree.Change{Attribute: attacktree.Detection, Op: attacktree.Raise, Value: point(0.8)})},
			},
			{Name: "old", Label: "A control of the past", Status: attacktree.Retired, Effects: []attacktree.Effect{on("accounts", lessLikely(0.1))}},
		},
	}
}

// two has two goals that share a node.
func two() attacktree.Model {
	down := gate(attacktree.And, "down", "Systems are down", "enter", "encrypt")
	leak := gate(attacktree.Seq, "leak", "Records are published", "enter", "copy")
	down.Goal, leak.Goal = true, true
	return attacktree.Model{Nodes: []*attacktree.Node{
		down, leak,
		gate(attacktree.Or, "enter", "Get in", "phish", "buy"),
		{Name: "phish", Label: "Phish"}, {Name: "buy", Label: "Buy a password"},
		{Name: "encrypt", Label: "Encrypt the disks"}, {Name: "copy", Label: "Copy the records"},
	}}
}

// hostile are labels that break what quotes carelessly, and what of them must be
// seen in the picture.
var hostile = []struct{ label, seen string }{
	{`say "go"`, `say "go"`},
	{"two\nlines", "two lines"},
	{`C:\new\N\G \l\\`, `C:\new\N\G \l\\`},
	{`a|b {c} <d>`, `a|b {c} <d>`},
	{`</TD><BR/>`, `</TD><BR/>`},
	{`AT&T &amp; &lt;`, `AT&T &amp; &lt;`},
	{"👩‍💻 steals", "👩‍💻 steals"},
	{"nul \x00 tab \t bell \a", "nul tab bell"},
	{"bad \xff utf", "bad \ufffd utf"},
	{"not a character \uffff", "not a character \ufffd"},
	{`"] ; node [shape=x`, `"] ; node [shape=x`},
	{"窃取模型权重", "窃取模型权重"},
	{" ", "h12"},
	{`\`, `\`},
	{"-->", "-->"},
}

func hostileModel() attacktree.Model {
	top := gate(attacktree.Or, "top", "Hostile <labels>")
	top.Goal = true
	m := attacktree.Model{Title: `T<i>t"le & \N`, Nodes: []*attacktree.Node{top}}
	for i, h := range hostile {
		name := fmt.Sprintf("h%d", i)
		top.Children = append(top.Children, name)
		m.Nodes = append(m.Nodes, &attacktree.Node{Name: name, Label: h.label})
		m.Controls = append(m.Controls, &attacktree.Control{
			Name: "c" + name, Label: h.label, Effects: []attacktree.Effect{on(name, lessLikely(0.5))},
		})
	}
	return m
}

func picture(t testing.TB, m attacktree.Model, opt *render.DOTOptions) string {
	t.Helper()
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := render.DOT(&buf, tree, opt); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// drawn runs Graphviz, which must not complain, and returns the picture as SVG.
func drawn(t *testing.T, text string) string {
	t.Helper()
	program, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("Graphviz is not installed: the text is not drawn")
	}
	cmd := exec.Command(program, "-Tsvg")
	cmd.Stdin = strings.NewReader(text)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("dot: %v\n%s", err, &complaints)
	}
	return out.String()
}

func TestDOT(t *testing.T) {
	attack := &attacktree.Attack{Steps: []string{"creds", "egress", "insider"}}
	tests := []struct {
		name  string
		model attacktree.Model
		opt   *render.DOTOptions
	}{
		{"inherent", weights(t), nil},
		{"controls", weights(t), &render.DOTOptions{Controls: []string{"mfa", "egress-limits", "escrow"}}},
		{"attack", weights(t), &render.DOTOptions{Controls: []string{"mfa", "egress-limits"}, Attack: attack}},
		{"bare", weights(t), &render.DOTOptions{HideNumbers: true, RankDir: "LR"}},
		{"below", weights(t), &render.DOTOptions{Goal: "registry"}},
		{"two", two(), nil},
		{"hostile", hostileModel(), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := picture(t, test.model, test.opt)
			if again := picture(t, test.model, test.opt); again != got {
				t.Error("the second text differs from the first")
			}
			golden(t, filepath.Join("testdata", "dot", test.name+".dot"), got)
			drawn(t, got)
		})
	}
}

// line returns the line of the text that declares a node, or an edge "a -> b".
func line(t *testing.T, text, id string) string {
	t.Helper()
	id = `"` + strings.ReplaceAll(id, " -> ", `" -> "`) + `"`
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, "\t"+id+" [") {
			return l
		}
	}
	t.Fatalf("no line for %s in\n%s", id, text)
	return ""
}

func has(t *testing.T, line string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(line, part) {
			t.Errorf("no %s in %s", part, line)
		}
	}
}

func TestDOTControls(t *testing.T) {
	attack := &attacktree.Attack{Steps: []string{"creds", "egress", "insider"}}
	states := []struct {
		name, node, edge string // attributes
		text             string
	}{
		{"absent", `style="filled,dashed"`, `style="dashed"`, "not in place"},
		{"weakens", `style="filled"`, `arrowtail="tee"`, ">in place<"},
		{"blocks", `peripheries="2"`, `arrowtail="teetee"`, "in place, blocks"},
		{"bypassed", `style="filled,dotted"`, `style="dotted"`, "BYPASSED"},
	}
	escrow := []string{"escrow"}
	pictures := map[string]string{
		"absent":   picture(t, weights(t), nil),
		"weakens":  picture(t, weights(t), &render.DOTOptions{Controls: []string{"egress-limits"}}),
		"blocks":   picture(t, weights(t), &render.DOTOptions{Controls: escrow}),
		"bypassed": picture(t, weights(t), &render.DOTOptions{Controls: []string{"egress-limits"}, Attack: attack}),
	}
	for _, s := range states {
		control, on := "egress-limits", "egress"
		if s.name == "blocks" {
			control, on = "escrow", "decrypt"
		}
		has(t, line(t, pictures[s.name], "control "+control), s.node, s.text)
		has(t, line(t, pictures[s.name], on+" -> control "+control), s.edge)
	}
	// The same control blocks one step and weakens another.
	has(t, line(t, pictures["blocks"], "carol -> control escrow"), `arrowtail="tee"`)
	// A retired control shows only when it is put in place.
	if strings.Contains(pictures["absent"], "control old") {
		t.Error("a retired control is drawn")
	}
	line(t, picture(t, weights(t), &render.DOTOptions{Controls: []string{"old"}}), "control old")
}

// What is drawn bold must be what the steps reach: worked out by hand for each.
func TestDOTMarks(t *testing.T) {
	m := weights(t)
	late := &attacktree.Node{Name: "late", Label: "Late", Gate: attacktree.Seq, Children: []string{"alice", "bob"}}
	m.Nodes = append(m.Nodes, late)
	m.Nodes[0].Children = append(m.Nodes[0].Children, "late")
	tests := []struct {
		steps, given string
		bold         string // nodes, in the order of the model
	}{
		{"creds egress", "", "steal registry creds egress"},
		{"creds", "", "creds"},
		{"alice carol", "", "steal turned alice carol"},
		{"alice bob", "", "steal turned alice bob late"},
		{"creds decrypt", "unlocked", "creds unlocked decrypt"}, // without the own step of backup
		{"backup creds decrypt", "unlocked", "steal creds backup unlocked decrypt"},
		{"creds decrypt backup", "", "creds decrypt"}, // without the condition
		{"lab", "", "steal lab"},                      // assumed: its subtree does not matter
		{"visit creds", "", "creds"},                  // and cannot stand in for it
		{"accounts distil", "", "steal extract accounts distil"},
	}
	for _, test := range tests {
		text := picture(t, m, &render.DOTOptions{Attack: &attacktree.Attack{
			Steps: strings.Fields(test.steps), Given: strings.Fields(test.given),
		}})
		var bold []string
		for _, n := range m.Nodes {
			if !strings.Contains(text, "\t\""+n.Name+"\" [") {
				continue
			}
			if strings.Contains(line(t, text, n.Name), `penwidth="3.5"`) {
				bold = append(bold, n.Name)
			}
		}
		if got := strings.Join(bold, " "); got != test.bold {
			t.Errorf("steps %q given %q: bold are %q, want %q", test.steps, test.given, got, test.bold)
		}
	}
}

// A control that acts on more than the impact of a gate gives it an own step,
// even when it is retired; without that step the gate is not reached.
func TestDOTOwnStep(t *testing.T) {
	for _, test := range []struct {
		change attacktree.Change
		steps  string
		bold   bool
	}{
		{lessLikely(0.5), "a b", false},
		{lessLikely(0.5), "top a b", true},
		{attacktree.Change{Op: attacktree.Block}, "a b", false},
		{attacktree.Change{Attribute: attacktree.Impact, Op: attacktree.Subtract, Value: point(5)}, "a b", true},
	} {
		for _, status := range []attacktree.Status{attacktree.Planned, attacktree.Retired} {
			top := gate(attacktree.And, "top", "Top", "a", "b")
			top.Goal, top.Impact, top.Tags = true, point(10), []string{"watched"}
			m := attacktree.Model{
				Nodes: []*attacktree.Node{top, {Name: "a"}, {Name: "b"}},
				Controls: []*attacktree.Control{{Name: "c", Status: status, Effects: []attacktree.Effect{{
					Targets: []attacktree.Target{{Kind: attacktree.OnTag, Name: "watched"}, {Name: "top"}},
					Changes: []attacktree.Change{test.change},
				}}}},
			}
			text := picture(t, m, &render.DOTOptions{Attack: &attacktree.Attack{Steps: strings.Fields(test.steps)}})
			if bold := strings.Contains(line(t, text, "top"), `penwidth="3.5"`); bold != test.bold {
				t.Errorf("%+v, %v, steps %q: bold is %v", test.change, status, test.steps, bold)
			}
			want := 1 // both targets are one node
			if status == attacktree.Retired {
				want = 0
			}
			if n := strings.Count(text, `-> "control c"`); n != want {
				t.Errorf("%v: %d edges to the control, want %d", status, n, want)
			}
		}
	}
}

func TestDOTEffects(t *testing.T) {
	change := func(a attacktree.Attribute, op attacktree.Op, x float64) attacktree.Change {
		return attacktree.Change{Attribute: a, Op: op, Value: point(x)}
	}
	for _, test := range []struct {
		change attacktree.Change
		want   string
	}{
		{lessLikely(0.9), "likelihood −90 %"},
		{change(attacktree.Likelihood, attacktree.Multiply, 0.1), "likelihood × 0.1"},
		{change(attacktree.Likelihood, attacktree.AtMost, 0.05), "likelihood ≤ 5 %"},
		{change(attacktree.Impact, attacktree.Subtract, 200e3), "impact −200 k"},
		{change(attacktree.Cost, attacktree.Add, 15e3), "cost +15 k"},
		{change(attacktree.Time, attacktree.Add, 30), "time +30 d"},
		{change(attacktree.Time, attacktree.Multiply, 2), "time × 2"},
		{change(attacktree.Skill, attacktree.Raise, 4), "skill ≥ 4"},
		{change(attacktree.Detection, attacktree.Raise, 0.8), "detection ≥ 80 %"},
		{attacktree.Change{Op: attacktree.Block}, "blocks"},
	} {
		m := attacktree.Model{
			Nodes:    []*attacktree.Node{{Name: "x", Goal: true, Impact: point(1e6)}},
			Controls: []*attacktree.Control{{Name: "c", Effects: []attacktree.Effect{on("x", test.change)}}},
		}
		l := strings.ReplaceAll(line(t, picture(t, m, nil), "control c"), "\u00a0", " ")
		has(t, l, ">"+test.want+"<")
	}
}

var shown = regexp.MustCompile(`<text[^>]*>([^<]*)</text>`)

func TestDOTHostileLabels(t *testing.T) {
	svg := drawn(t, picture(t, hostileModel(), nil))
	seen := map[string]int{}
	for _, m := range shown.FindAllStringSubmatch(svg, -1) {
		seen[strings.Join(strings.Fields(html.UnescapeString(m[1])), " ")]++
	}
	for i, h := range hostile {
		want := 2 // the node and its control
		if h.label == " " {
			want = 1 // each falls back to its own name
			h.seen = fmt.Sprintf("h%d", i)
		}
		if seen[h.seen] != want {
			t.Errorf("label %q: %q is seen %d times, want %d", h.label, h.seen, seen[h.seen], want)
		}
	}
}

// Labels are broken so that no line is wider than 22 columns, and nothing of
// them is lost.
func TestDOTLongLabels(t *testing.T) {
	for _, text := range []string{
		"Exfiltrate the weights through the maintenance network at night",
		"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
		"前沿人工智能模型权重的窃取与防护措施研究",
		"a b c d e f g h i j k l m n o p q r s t u v w x y z",
	} {
		m := attacktree.Model{Nodes: []*attacktree.Node{{Name: "x", Label: text, Goal: true}}}
		l := line(t, picture(t, m, nil), "x")
		_, label, _ := strings.Cut(l, "label=<")
		label, _, _ = strings.Cut(label, ">,")
		label = regexp.MustCompile("<[^>]*>").ReplaceAllString(strings.ReplaceAll(label, "<BR/>", "\n"), "")
		lines := strings.Split(label, "\n")[1:] // behind "GOAL"
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Errorf("%q became %q", text, lines)
		}
		for _, l := range lines {
			width := len([]rune(l))
			if strings.Contains(l, "人") || strings.Contains(l, "窃") {
				width *= 2
			}
			if width > 22 {
				t.Errorf("%q is %d columns wide", l, width)
			}
		}
	}
}

// A node more adds its lines and changes none.
func TestDOTStable(t *testing.T) {
	before := picture(t, weights(t), nil)
	for _, parent := range []int{0, 1, 4} {
		m := weights(t)
		m.Nodes[parent].Children = append([]string{"new"}, m.Nodes[parent].Children...)
		m.Nodes = slices.Insert(m.Nodes, parent+1, step("new", "Something new", 1, 0.5, 1, 1))
		after := strings.Split(picture(t, m, nil), "\n")
		at, added := 0, 0
		for l := range strings.SplitSeq(before, "\n") {
			for at < len(after) && after[at] != l {
				if !strings.Contains(after[at], `"new"`) {
					break
				}
				at, added = at+1, added+1
			}
			if strings.Contains(l, `-> "accounts"`) || strings.Contains(l, `-> "distil"`) {
				if parent == 4 { // the numbers of the order do move
					at++
					continue
				}
			}
			if at == len(after) || after[at] != l {
				t.Fatalf("below %s: this line is gone: %s", m.Nodes[parent].Name, l)
			}
			at++
		}
		if added != 2 {
			t.Errorf("below %s: %d lines were added, want 2", m.Nodes[parent].Name, added)
		}
	}
}

func TestDOTErrors(t *testing.T) {
	tree, err := attacktree.New(two())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		opt  render.DOTOptions
		want string
	}{
		{render.DOTOptions{Goal: "nowhere"}, `render: no node is called "nowhere"; the goals are down, leak`},
		{render.DOTOptions{Controls: []string{"mfa"}}, `render: no control is called "mfa"`},
		{render.DOTOptions{Attack: &attacktree.Attack{Steps: []string{"fly"}}}, `render: the marked attack holds "fly", and no node is called that`},
		{render.DOTOptions{RankDir: "BT"}, `render: expected the direction TB or LR, found "BT"`},
	} {
		var buf bytes.Buffer
		if err := render.DOT(&buf, tree, &test.opt); err == nil || err.Error() != test.want {
			t.Errorf("found error %v, want %s", err, test.want)
		}
		if buf.Len() > 0 {
			t.Errorf("wrote %d bytes before %s", buf.Len(), test.want)
		}
	}
	if err := render.DOT(broken{}, tree, nil); !errors.Is(err, errBroken) {
		t.Errorf("found error %v, want that of the writer", err)
	}
}

var errBroken = errors.New("the disk is full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// Large trees: 5,000 nodes under 70 gates, and a chain of 100,000.
func TestDOTLarge(t *testing.T) {
	broad := attacktree.Model{Nodes: []*attacktree.Node{{Name: "top", Gate: attacktree.Or, Goal: true}}}
	for i := range 70 {
		g := gate(attacktree.And, fmt.Sprintf("g%d", i), "A gate")
		broad.Nodes[0].Children = append(broad.Nodes[0].Children, g.Name)
		broad.Nodes = append(broad.Nodes, g)
		for j := range 70 {
			s := &attacktree.Node{Name: fmt.Sprintf("s%d-%d", i, j), Label: "A step with a label of some length"}
			g.Children = append(g.Children, s.Name)
			broad.Nodes = append(broad.Nodes, s)
		}
	}
	if n := strings.Count(picture(t, broad, nil), "tooltip="); n != 1+70+4900 {
		t.Errorf("%d nodes are drawn, want 4971", n)
	}
	if testing.Short() {
		return
	}
	const depth = 100_000
	var deep attacktree.Model
	for i := range depth {
		deep.Nodes = append(deep.Nodes, gate(attacktree.Or, fmt.Sprintf("n%d", i), "", fmt.Sprintf("n%d", i+1)))
	}
	deep.Nodes[0].Goal = true
	deep.Nodes = append(deep.Nodes, &attacktree.Node{Name: fmt.Sprintf("n%d", depth)})
	attack := &attacktree.Attack{Steps: []string{fmt.Sprintf("n%d", depth)}}
	text := picture(t, deep, &render.DOTOptions{Attack: attack})
	has(t, line(t, text, "n0"), `penwidth="3.5"`)
}

func ExampleDOT() {
	tree, err := attacktree.New(attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "enter", Label: "Get in", Gate: attacktree.Or, Goal: true, Children: []string{"window", "door"}},
		{Name: "window", Label: "Through the window"},
		{Name: "door", Label: "Through the door"},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var text strings.Builder
	if err := render.DOT(&text, tree, &render.DOTOptions{RankDir: "LR"}); err != nil {
		fmt.Println(err)
		return
	}
	for l := range strings.Lines(text.String()) {
		if edge, _, ok := strings.Cut(l, " ["); ok && strings.Contains(edge, "->") {
			fmt.Println(strings.TrimSpace(edge))
		}
	}
	// Output:
	// "enter" -> "window"
	// "enter" -> "door"
}
