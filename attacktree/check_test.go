package attacktree

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/stride"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// problemsOf returns everything that loading main.atree of fsys finds.
func problemsOf(t *testing.T, l *Loader) diag.List {
	t.Helper()
	tree, err := l.Load("main.atree")
	if err == nil {
		return tree.Warnings()
	}
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return list
}

// TestDiagnostics loads the files of each archive and holds what is found
// against the comments `# want code` and against the last section.
func TestDiagnostics(t *testing.T) {
	files, _ := filepath.Glob("testdata/diag/*.txtar")
	if len(files) == 0 {
		t.Fatal("no archives")
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			a := parseArchive(string(data))
			fsys, want := fstest.MapFS{}, map[string][]string{}
			for _, f := range a.files {
				if f.name == "want" {
					continue
				}
				fsys[f.name] = &fstest.MapFile{Data: []byte(f.data)}
				for i, line := range strings.Split(f.data, "\n") {
					if _, codes, ok := strings.Cut(line, "# want "); ok {
						want[fmt.Sprintf("%s:%d", f.name, i+1)] = strings.Split(codes, ", ")
					}
				}
			}
			got, text := map[string][]string{}, ""
			for _, p := range problemsOf(t, &Loader{FS: fsys}) {
				line := fmt.Sprintf("%s:%d", p.Span.File(), p.Span.Start().Line)
				got[line] = append(got[line], string(p.Code))
				text += p.Error() + "\n"
				for _, r := range p.Related {
					text += fmt.Sprintf("  %v: %s\n", r.Span, r.Message)
				}
			}
			for _, codes := range []map[string][]string{got, want} {
				for _, c := range codes {
					slices.Sort(c)
				}
			}
			for line, codes := range want {
				if !slices.Equal(got[line], codes) {
					t.Errorf("%s: found %q, want %q", line, got[line], codes)
				}
			}
			for line, codes := range got {
				if want[line] == nil {
					t.Errorf("%s: found %q, want nothing", line, codes)
				}
			}
			golden(t, name, a, text)
		})
	}
}

// golden compares text with the section want, or writes it there.
func golden(t *testing.T, name string, a archive, text string) {
	t.Helper()
	i := slices.IndexFunc(a.files, func(f file) bool { return f.name == "want" })
	if i < 0 {
		a.files = append(a.files, file{name: "want"})
		i = len(a.files) - 1
	}
	if *update {
		a.files[i].data = text
		if err := os.WriteFile(name, []byte(a.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if a.files[i].data != text {
		t.Errorf("found\n%s\n(run with -update to accept)", text)
	}
}

// An archive is a text and files in the txtar format, each behind a line
// "-- name --".
type archive struct {
	comment string
	files   []file
}

type file struct{ name, data string }

func parseArchive(text string) archive {
	var a archive
	into := &a.comment
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			if name, ok = strings.CutSuffix(strings.TrimSpace(name), " --"); ok {
				a.files = append(a.files, file{name: name})
				into = &a.files[len(a.files)-1].data
				continue
			}
		}
		*into += line
	}
	return a
}

func (a archive) String() string {
	text := a.comment
	for _, f := range a.files {
		text += "-- " + f.name + " --\n" + f.data
	}
	return text
}

// TestDocs runs the examples of the documentation of each code, but the bad ones
// of problems that the text has.
func TestDocs(t *testing.T) {
	for _, d := range diag.Docs() {
		t.Run(string(d.Code), func(t *testing.T) {
			if d.Title == "" || d.Text == "" {
				t.Error("no explanation")
			}
			load := func(text string) diag.List {
				a := parseArchive(text)
				fsys := fstest.MapFS{"main.atree": &fstest.MapFile{Data: []byte(a.comment)}}
				for _, f := range a.files {
					fsys[f.name] = &fstest.MapFile{Data: []byte(f.data)}
				}
				l := &Loader{FS: fsys, Library: fewNames{}}
				list := problemsOf(t, l)
				if tree, err := l.Load("main.atree"); err == nil && regexp.MustCompile(`overdue|expired`).MatchString(string(d.Code)) {
					list = Vet(tree, &VetOptions{Today: Date{2026, 11, 24}})
				}
				return list
			}
			if _, syntax := dsl.Parse("main.atree", []byte(parseArchive(d.Bad).comment)); d.Bad != "" && syntax.Err() == nil {
				bad := load(d.Bad)
				if len(bad) != 1 || bad[0].Code != d.Code || bad[0].Severity != d.Severity {
					t.Errorf("the bad example gives %v", codesOf(bad))
				}
			}
			if d.Good != "" {
				if good := load(d.Good); len(good) > 0 {
					t.Errorf("the good example gives %v", codesOf(good))
				}
			}
		})
	}
}

func codesOf(list diag.List) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Error())
	}
	return out
}

// TestNew checks models that no file can say.
func TestNew(t *testing.T) {
	one := func(x float64) quantity.Value { return quantity.Exactly(x) }
	leaf := func(n Node) Model {
		n.Name, n.Goal = "a", true
		return Model{Nodes: []*Node{&n}}
	}
	skill := func(x int) *int { return &x }
	effect := func(c Change) Model {
		m := leaf(Node{})
		m.Controls = []*Control{{Name: "k", Effects: []Effect{{Targets: []Target{{OnNode, "a"}}, Changes: []Change{c}}}}}
		return m
	}
	for name, x := range map[string]struct {
		m    Model
		want []string
	}{
		"empty":          {Model{}, []string{"no-goal"}},
		"fine":           {leaf(Node{Likelihood: one(0.5)}), nil},
		"no name":        {Model{Nodes: []*Node{{Goal: true}}}, []string{"bad-name"}},
		"nil":            {Model{Nodes: []*Node{nil, {Name: "a", Goal: true}}, Controls: []*Control{nil}, Sets: []*Set{nil}, Params: []*Param{nil}}, []string{"bad-name", "bad-name", "bad-name", "bad-name", "bad-value"}},
		"blank name":     {Model{Nodes: []*Node{{Name: "a b", Goal: true}}}, []string{"bad-name"}},
		"other digits":   {Model{Nodes: []*Node{{Name: "a႗", Goal: true}}}, []string{"bad-name"}},
		"reserved":       {Model{Nodes: []*Node{{Name: "x.tag", Goal: true}}}, []string{"reserved-name"}},
		"gate":           {leaf(Node{Gate: 77}), []string{"bad-value"}},
		"nan":            {leaf(Node{Likelihood: one(math.NaN())}), []string{"not-finite"}},
		"inf":            {leaf(Node{Cost: one(math.Inf(1))}), []string{"not-finite"}},
		"too great":      {leaf(Node{Cost: quantity.OfParam("p", quantity.Dist{}, 1e300)}), []string{"undefined-name"}},
		"negative":       {leaf(Node{Time: one(-1)}), []string{"negative"}},
		"likelihood":     {leaf(Node{Likelihood: one(1.5)}), []string{"likelihood-range"}},
		"law":            {leaf(Node{Cost: quantity.Of(quantity.Dist{Kind: quantity.PERT, A: 3, M: 1, B: 2})}), []string{"bad-distribution"}},
		"kind of law":    {leaf(Node{Cost: quantity.Of(quantity.Dist{Kind: 99, A: 3})}), []string{"bad-distribution"}},
		"skill":          {leaf(Node{Skill: skill(-1)}), []string{"skill-range"}},
		"stride":         {leaf(Node{Stride: []stride.Category{9}}), []string{"unknown-category"}},
		"for twice":      {Model{Adversaries: []*Adversary{{Name: "x"}}, Nodes: []*Node{{Name: "a", Goal: true, For: []Override{{Adversaries: []string{"x"}}, {Adversaries: []string{"x"}}}}}}, []string{"duplicate-for"}},
		"op":             {effect(Change{Attribute: Likelihood, Op: 99, Value: one(1)}), []string{"effect-form"}},
		"attribute":      {effect(Change{Attribute: 99, Value: one(1)}), []string{"bad-value"}},
		"no value":       {effect(Change{Attribute: Likelihood, Op: Multiply}), []string{"bad-value"}},
		"negative share": {effect(Change{Attribute: Likelihood, Op: Multiply, Reduction: true, Value: one(-0.5)}), []string{"effect-range"}},
		"negative add":   {effect(Change{Attribute: Cost, Op: Add, Value: one(-5)}), []string{"negative"}},
		"reduced cost":   {effect(Change{Attribute: Cost, Op: Multiply, Reduction: true, Value: one(0.5)}), []string{"effect-eases"}},
		"status":         {Model{Nodes: leaf(Node{}).Nodes, Controls: []*Control{{Name: "k", Status: 9}}}, []string{"bad-value"}},
		"param":          {Model{Nodes: leaf(Node{}).Nodes, Params: []*Param{{Name: "p"}}}, []string{"bad-value"}},
		"unit":           {Model{Nodes: leaf(Node{}).Nodes, Params: []*Param{{Name: "p", Value: one(1), Unit: 9}}}, []string{"bad-value"}},
		"period":         {Model{Nodes: leaf(Node{}).Nodes, Period: math.NaN()}, []string{"bad-period"}},
		"review":         {Model{Nodes: leaf(Node{}).Nodes, Review: Review{Every: math.Inf(1)}}, []string{"bad-period"}},
		"date":           {Model{Nodes: leaf(Node{}).Nodes, Review: Review{Last: Date{2027, 2, 30}, Next: Date{-1, 1, 1}}, Acceptances: []*Acceptance{{Target: Target{Name: "a"}, Until: Date{2027, 13, 1}}}}, []string{"bad-date", "bad-date", "bad-date"}},
		"element":        {Model{Nodes: leaf(Node{}).Nodes, System: &System{Elements: []*Element{{Name: "e"}}, Flows: []*Flow{{Name: "f"}}}}, []string{"bad-value", "bad-value"}},
		"boundaries":     {Model{Nodes: leaf(Node{}).Nodes, System: &System{Boundaries: []*Boundary{{Name: "x", Parent: "y"}, {Name: "y", Parent: "x"}}}}, []string{"cycle"}},
		"boundary":       {Model{Nodes: leaf(Node{}).Nodes, System: &System{Elements: []*Element{{Name: "e", Kind: 1, Boundary: "e"}}}}, []string{"undefined-name"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := New(x.m)
			var list diag.List
			if err != nil && !errors.As(err, &list) {
				t.Fatal(err)
			}
			var got []string
			for _, p := range list {
				got = append(got, string(p.Code))
			}
			slices.Sort(got)
			if !slices.Equal(got, x.want) {
				t.Errorf("found %v", codesOf(list))
			}
			if (tree == nil) != (len(x.want) > 0) {
				t.Errorf("tree %v, error %v", tree, err)
			}
		})
	}
}

// TestNewIsolated changes a model after New.
func TestNewIsolated(t *testing.T) {
	m := Model{
		Nodes: []*Node{
			{Name: "top", Gate: Or, Goal: true, Children: []string{"a", "b"}},
			{Name: "a", Cost: quantity.Exactly(5), Tags: []string{"x"}}, {Name: "b"}},
		Controls: []*Control{{Name: "k", Effects: []Effect{{Targets: []Target{{OnTag, "x"}}, Changes: []Change{{Op: Block}}}}}},
	}
	tree, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	before := digest(tree.model)
	m.Nodes[0].Children[0] = "gone"
	m.Nodes[1].Cost = quantity.Exactly(6)
	m.Nodes[1].Tags[0] = "y"
	m.Controls[0].Effects[0].Changes[0].Op = Raise
	m.Nodes[2] = nil
	if digest(tree.model) != before || before != tree.Digest() {
		t.Error("the tree changed with the model")
	}
}

// TestNumbering holds the numbering of a tree against the model.
func TestNumbering(t *testing.T) {
	tree, err := Parse("t.atree", []byte(`
goal and top { use b  or a { step x { tags one } step y { tags one } } }
or b { use x  step z }
step u { threat one }
control mfa { bypassed by z, w  on tag one, x { likelihood -50% }  on y, threat one { cost +5 } }
control sso { bypassed by w  on w2 { block } }
step w
step w2
goal or second { use z use w2 }
`))
	if err != nil {
		t.Fatal(err)
	}
	name := func(ids []int32) string {
		var out []string
		for _, v := range ids {
			out = append(out, tree.model.Nodes[v].Name)
		}
		return strings.Join(out, " ")
	}
	id := func(n string) int32 { return tree.nodeID[n] }
	if got := name(tree.children[id("top")]); got != "b a" {
		t.Errorf("children of top: %s", got)
	}
	if got := name(tree.parents[id("x")]); got != "a b" {
		t.Errorf("parents of x: %s", got)
	}
	if got := name(tree.goals); got != "top second" {
		t.Errorf("goals: %s", got)
	}
	if got := name(tree.bypassers[0]) + "; " + name(tree.bypassers[1]); got != "z w; w" {
		t.Errorf("bypassers: %s", got)
	}
	if got := name(tree.targets[0][0]) + "; " + name(tree.targets[0][1]); got != "x y; y u" {
		t.Errorf("targets: %s", got)
	}
	at := map[int32]int{}
	for i, v := range tree.order {
		at[v] = i
	}
	if len(at) != len(tree.model.Nodes) {
		t.Fatalf("order: %s", name(tree.order))
	}
	before := func(a, b string) {
		if at[id(a)] > at[id(b)] {
			t.Errorf("%s comes after %s", a, b)
		}
	}
	for v, children := range tree.children {
		for _, c := range children {
			before(tree.model.Nodes[c].Name, tree.model.Nodes[v].Name)
		}
	}
	before("w", "x")
	before("w", "w2")
	before("z", "x")
}

// TestManyProblems bounds what is reported of a model that is wrong all over.
func TestManyProblems(t *testing.T) {
	m := Model{}
	for i := range 10_000 {
		m.Nodes = append(m.Nodes, &Node{Name: fmt.Sprintf("n%d", i), Gate: Or, Goal: true, Children: []string{"gone"}})
	}
	_, err := New(m)
	var list diag.List
	if !errors.As(err, &list) || len(list) != maxProblems+1 || list[maxProblems].Code != "undefined-name" {
		t.Errorf("%d problems", len(list))
	}
}
