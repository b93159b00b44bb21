package attacktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/stride"
)

// folder makes a file system of an archive.
func folder(text string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range parseArchive(text).files {
		fsys[f.name] = &fstest.MapFile{Data: []byte(f.data)}
	}
	return fsys
}

// loaded reads main.atree of an archive.
func loaded(t *testing.T, text string) *Tree {
	t.Helper()
	tree, err := (&Loader{FS: folder(text)}).Load("main.atree")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// refused reads main.atree with the loader and returns the codes of the errors.
func refused(t *testing.T, l *Loader) []string {
	t.Helper()
	_, err := l.Load("main.atree")
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatalf("want a list of problems, found %v", err)
	}
	var codes []string
	for _, p := range list {
		codes = append(codes, string(p.Code))
	}
	return codes
}

func names(t *Tree) string {
	var out []string
	for _, n := range t.model.Nodes {
		out = append(out, n.Name)
	}
	return strings.Join(out, " ")
}

func TestExample(t *testing.T) {
	tree, err := ParseFile("testdata/weights.atree")
	if err != nil {
		t.Fatal(err)
	}
	m := tree.Model()
	if m.Title != "Frontier model weights" || m.Currency != "USD" || m.Period != 365 || m.Owner != "AI security" ||
		m.Review != (Review{Last: Date{2026, 11, 1}, Every: 90}) || m.File != "testdata/weights.atree" {
		t.Errorf("the model is %+v", m)
	}
	if got := tree.Goals(); !slices.Equal(got, []string{"steal"}) {
		t.Errorf("goals %v", got)
	}
	if got := "steal registry creds egress extract accounts distil custodians alice bob carol backup decrypt insider-admin"; names(tree) != got {
		t.Errorf("nodes %v", names(tree))
	}
	creds, _ := tree.Node("creds")
	beta := quantity.Dist{Kind: quantity.Beta, A: 4, B: 16}
	if creds.Cost != quantity.Exactly(5000) || creds.Likelihood != quantity.OfParam("phish-rate", beta, 1) ||
		creds.Time != quantity.Exactly(14) || *creds.Skill != 2 || creds.Basis[0].Text != "phishing tests of 2025 and 2026" ||
		creds.For[0].Likelihood != quantity.Exactly(0.6) || creds.Refs[1] != "ATTACK:T1566" || creds.Threats[0] != "staff-phishing" {
		t.Errorf("creds is %+v", creds)
	}
	steal, _ := tree.Node("steal")
	if steal.Impact != quantity.Of(quantity.Dist{Kind: quantity.LogNormal, A: 20e6, B: 80e6}) {
		t.Errorf("the impact is %v", steal.Impact)
	}
	if w := Vet(tree, &VetOptions{Today: Date{2026, 11, 24}}); len(w) > 0 {
		t.Errorf("warnings %v", codesOf(w))
	}
	mfa, _ := tree.Control("mfa")
	want := []Change{
		{Attribute: Likelihood, Op: Multiply, Value: quantity.Exactly(0.9), Reduction: true},
		{Attribute: Cost, Op: Add, Value: quantity.Exactly(15000)},
	}
	if !slices.Equal(mfa.Effects[0].Changes, want) || mfa.Review.Next != (Date{2027, 3, 1}) || mfa.Status != Deployed {
		t.Errorf("mfa is %+v", mfa)
	}
	if _, ok := tree.Node("mfa"); ok {
		t.Error("mfa is no node")
	}
	if _, ok := tree.Control("creds"); ok {
		t.Error("creds is no control")
	}
}

// TestValues reads numbers in all their forms.
func TestValues(t *testing.T) {
	law := func(k quantity.Kind, x ...float64) quantity.Value {
		d := quantity.Dist{Kind: k, A: x[0], B: x[len(x)-1]}
		if len(x) == 3 {
			d.M = x[1]
		}
		return quantity.Of(d)
	}
	for text, want := range map[string]quantity.Value{
		"cost 5k":                        quantity.Exactly(5000),
		"cost 1_000":                     quantity.Exactly(1000),
		"cost 2e6":                       quantity.Exactly(2e6),
		"cost 1B":                        quantity.Exactly(1e9),
		"likelihood 30%":                 quantity.Exactly(0.3),
		"likelihood 0.3":                 quantity.Exactly(0.3),
		"likelihood 1":                   quantity.Exactly(1),
		"likelihood 10%..30%":            law(quantity.LogitNormal, 0.1, 0.3),
		"likelihood 0.1..0.3":            law(quantity.LogitNormal, 0.1, 0.3),
		"detection 0.1..30%":             law(quantity.LogitNormal, 0.1, 0.3),
		"cost 5k..10k":                   law(quantity.LogNormal, 5000, 10000),
		"time 1w..1mo":                   law(quantity.LogNormal, 7, 365.0/12),
		"time 6h":                        quantity.Exactly(0.25),
		"time 1y":                        quantity.Exactly(365),
		"cost lognormal(5..9)":           law(quantity.LogNormal, 5, 9),
		"cost uniform(5, 9)":             law(quantity.Uniform, 5, 9),
		"time triangular(1d, 2d, 1w)":    law(quantity.Triangular, 1, 2, 7),
		"likelihood pert(30%, 50%, 0.8)": law(quantity.PERT, 0.3, 0.5, 0.8),
		"likelihood beta(4, 16)":         law(quantity.Beta, 4, 16),
		"likelihood share":               quantity.OfParam("share", quantity.Dist{Kind: quantity.LogitNormal, A: 0.1, B: 0.3}, 1),
		"likelihood share * 50%":         quantity.OfParam("share", quantity.Dist{Kind: quantity.LogitNormal, A: 0.1, B: 0.3}, 0.5),
		"likelihood 0.5 * derived":       quantity.OfParam("share", quantity.Dist{Kind: quantity.LogitNormal, A: 0.1, B: 0.3}, 0.25),
		"cost 2 * money":                 quantity.OfParam("money", quantity.Dist{Kind: quantity.LogNormal, A: 1000, B: 2000}, 2),
		"time days":                      quantity.OfParam("days", quantity.Dist{Kind: quantity.Uniform, A: 1, B: 2}, 1),
		"likelihood plain":               quantity.OfParam("plain", quantity.Dist{Kind: quantity.Point, A: 0.5}, 1),
		"cost plain":                     quantity.OfParam("plain", quantity.Dist{Kind: quantity.Point, A: 0.5}, 1),
		"impact 0":                       quantity.Exactly(0),
		"impact 0 * money":               quantity.Exactly(0),
	} {
		tree, err := Parse("v.atree", []byte(`goal step s { `+text+` }
			param share 10%..30%  param money 1k..2k  param days uniform(1d, 2d)  param plain 0.5  param derived share * 50%`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		n := tree.model.Nodes[0]
		got := map[string]quantity.Value{"cost": n.Cost, "likelihood": n.Likelihood, "time": n.Time,
			"detection": n.Detection, "impact": n.Impact}[strings.Fields(text)[0]]
		if got != want {
			t.Errorf("%s: found %#v, want %#v", text, got, want)
		}
	}
}

// TestEffects reads effects in all their forms.
func TestEffects(t *testing.T) {
	share := quantity.Dist{Kind: quantity.LogitNormal, A: 0.6, B: 0.95}
	for text, want := range map[string]Change{
		"likelihood -90%":             {Likelihood, Multiply, quantity.Exactly(0.9), true},
		"likelihood -0.9":             {Likelihood, Multiply, quantity.Exactly(0.9), true},
		"likelihood *0.1":             {Likelihood, Multiply, quantity.Exactly(0.1), false},
		"likelihood *10%":             {Likelihood, Multiply, quantity.Exactly(0.1), false},
		"likelihood <=5%":             {Likelihood, AtMost, quantity.Exactly(0.05), false},
		"likelihood -(60%..95%)":      {Likelihood, Multiply, quantity.Of(share), true},
		"likelihood *(0.6..0.95)":     {Likelihood, Multiply, quantity.Of(share), false},
		"impact -50%":                 {Impact, Multiply, quantity.Exactly(0.5), true},
		"impact *0.5":                 {Impact, Multiply, quantity.Exactly(0.5), false},
		"impact -200k":                {Impact, Subtract, quantity.Exactly(200e3), false},
		"impact -share":               {Impact, Multiply, quantity.OfParam("share", share, 1), true},
		"impact -money":               {Impact, Subtract, quantity.OfParam("money", quantity.Dist{Kind: quantity.Point, A: 1000}, 1), false},
		"impact -pert(50%, 70%, 90%)": {Impact, Multiply, quantity.Of(quantity.Dist{Kind: quantity.PERT, A: 0.5, M: 0.7, B: 0.9}), true},
		"cost +15k":                   {Cost, Add, quantity.Exactly(15e3), false},
		"cost *3":                     {Cost, Multiply, quantity.Exactly(3), false},
		"time +30d":                   {Time, Add, quantity.Exactly(30), false},
		"time *2":                     {Time, Multiply, quantity.Exactly(2), false},
		"skill 4":                     {Skill, Raise, quantity.Exactly(4), false},
		"detection 80%":               {Detection, Raise, quantity.Exactly(0.8), false},
		"block":                       {Op: Block},
	} {
		tree, err := Parse("e.atree", []byte(`goal step s  control k { on s { `+text+` } } param share 60%..95% param money 1k`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := tree.model.Controls[0].Effects[0].Changes; len(got) != 1 || got[0] != want {
			t.Errorf("%s: found %#v, want %#v", text, got, want)
		}
	}
}

// TestImport imports one file on two ways: it is one set of events, called by
// the first way.
func TestImport(t *testing.T) {
	tree := loaded(t, `
-- main.atree --
import "left.atree" as left
import "sub/right.atree" as r
model { currency USD period 1y }
goal or top { use left.x use r.x use r.base.key }
set mine { left.base.lock, r.keys }
-- left.atree --
import "sub/base.atree" as base
goal and x { use base.key step own { likelihood base.rate } attempts 3 }
-- sub/right.atree --
model { currency USD period 73d }
import "base.atree" as base
import "../left.atree" as l
and x { use l.own use base.key condition quake { rate 2 } }
control guard { on l.base.key { block } status deployed cost 5k }
set keys { base.lock }
adversary spies { attempts 2 }
-- sub/base.atree --
param rate 20%
step key { for foe { likelihood rate * 50% } }
adversary foe
control lock { on key { likelihood -50% } status planned requires gone }
control gone { status retired }
`[1:])
	if got := names(tree); got != "top left.x left.own r.x r.quake left.base.key" {
		t.Errorf("nodes %s", got)
	}
	if got := tree.Goals(); !slices.Equal(got, []string{"top"}) {
		t.Errorf("goals %v", got)
	}
	key, _ := tree.Node("left.base.key")
	if o := key.For[0]; o.Adversaries[0] != "left.base.foe" || o.Likelihood.Param != "left.base.rate" || o.Likelihood.Mean() != 0.1 {
		t.Errorf("key is %+v", key)
	}
	x, _ := tree.Node("r.x")
	if !slices.Equal(x.Children, []string{"left.own", "left.base.key", "r.quake"}) {
		t.Errorf("r.x is %v", x.Children)
	}
	for set, want := range map[string]string{
		"all": "r.guard left.base.lock", "deployed": "r.guard", "planned": "r.guard left.base.lock", "none": "",
		"mine": "left.base.lock", "r.keys": "left.base.lock",
	} {
		if got, ok := tree.SetMembers(set); !ok || strings.Join(got, " ") != want {
			t.Errorf("set %s: found %v, want %s", set, got, want)
		}
	}
	// 73 days are a fifth of a year.
	quake, _ := tree.Node("r.quake")
	guard, _ := tree.Control("r.guard")
	if quake.Rate.Mean() != 10 || guard.Cost.Mean() != 25e3 || tree.model.Adversaries[0].Attempts.Mean() != 10 {
		t.Errorf("per period: %v, %v, %v", quake.Rate, guard.Cost, tree.model.Adversaries[0].Attempts)
	}
	if id := tree.controlID["r.guard"]; !slices.Equal(tree.targets[id][0], []int32{tree.nodeID["left.base.key"]}) {
		t.Errorf("guard acts on %v", tree.targets[id])
	}
}

func TestCopy(t *testing.T) {
	tree := loaded(t, `
-- main.atree --
param easy 10%..20%
copy "host.atree" as web {
  param ease easy * 50%
  node root { impact 5M tags front basis "asked the owner" }
  node disk.wipe { cost 3k }
}
copy "host.atree" as db
goal or top { use web.root use db.root }
-- host.atree --
import "common.atree" as common
copy "disk.atree" as disk { node wipe { cost 2k time 2d } param size 7 }
param ease 30%
and root { impact 1M basis "a guess" tags back use disk.wipe step in { likelihood ease } use common.badge }
control patch { on in { likelihood -50% } }
-- disk.atree --
param size 3
step wipe { cost 1k time 1d skill 1 impact size }
-- common.atree --
step badge
`[1:])
	if got := names(tree); got != "top web.root web.in db.root db.in web.common.badge web.disk.wipe db.disk.wipe" {
		t.Fatalf("nodes %s", got)
	}
	node := func(name string) *Node { n, _ := tree.Node(name); return n }
	if n := node("web.root"); n.Impact.Mean() != 5e6 || n.Tags[0] != "front" || n.Basis[0].Text != "asked the owner" ||
		!slices.Equal(n.Children, []string{"web.disk.wipe", "web.in", "web.common.badge"}) {
		t.Errorf("web.root is %+v", n)
	}
	if n := node("db.root"); n.Impact.Mean() != 1e6 || n.Tags[0] != "back" || n.Basis[0].Text != "a guess" ||
		!slices.Equal(n.Children, []string{"db.disk.wipe", "db.in", "web.common.badge"}) {
		t.Errorf("db.root is %+v", n)
	}
	easy := quantity.Dist{Kind: quantity.LogitNormal, A: 0.1, B: 0.2}
	if n := node("web.in"); n.Likelihood != quantity.OfParam("easy", easy, 0.5) {
		t.Errorf("web.in has %v", n.Likelihood)
	}
	if n := node("db.in"); n.Likelihood != quantity.OfParam("db.ease", quantity.Dist{Kind: quantity.Point, A: 0.3}, 1) {
		t.Errorf("db.in has %v", n.Likelihood)
	}
	if n := node("web.disk.wipe"); n.Cost.Mean() != 3000 || n.Time.Mean() != 2 || *n.Skill != 1 || n.Impact.Mean() != 7 {
		t.Errorf("web.disk.wipe is %+v", n)
	}
	if n := node("db.disk.wipe"); n.Cost.Mean() != 2000 || n.Time.Mean() != 2 {
		t.Errorf("db.disk.wipe is %+v", n)
	}
	var missing []string // each place once, though it is there twice
	for _, p := range tree.Warnings() {
		if p.Code == "missing-likelihood" {
			missing = append(missing, p.Span.Text())
		}
	}
	if !slices.Equal(missing, []string{"wipe", "badge"}) {
		t.Errorf("found %v", codesOf(tree.Warnings()))
	}
}

type library map[string]string

func (l library) Pattern(name string) ([]byte, bool) {
	text, ok := l[name]
	return []byte(text), ok
}

func TestLibrary(t *testing.T) {
	lib := library{
		"phish": `import "catalog:mail" as mail  or root { use mail.open }`,
		"mail":  `step open`,
		"file":  `import "main.atree" as x`,
	}
	l := &Loader{Library: lib, FS: folder("-- main.atree --\nimport \"catalog:file\" as f\nimport \"catalog:mial\" as m\n")}
	tree, err := l.Parse("-", []byte(`copy "catalog:phish" as a  copy "catalog:phish" as b  goal or top { use a.root use b.root }`))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(tree); got != "top a.root b.root a.mail.open" {
		t.Errorf("nodes %s", got)
	}
	if got := refused(t, l); !slices.Equal(got, []string{"import-failed", "import-failed"}) {
		t.Errorf("found %v", got)
	}
}

func TestGoalOptional(t *testing.T) {
	l := &Loader{GoalOptional: true}
	tree, err := l.Parse("parts.atree", []byte(`step a`))
	if err != nil || len(tree.Goals()) != 0 || len(tree.Warnings()) != 0 {
		t.Errorf("found %v, %v", tree, err)
	}
}

// TestControlsOfAPart leaves controls alone that act on what other files carry.
func TestControlsOfAPart(t *testing.T) {
	src := `
control mfa { on tag web { likelihood -50% } }
control watch { on threat staff-phishing { impact -50% } }
control vain { on tag web { likelihood -0% } }
control idle
step a
control sure { on a, tag web { block } }
`
	for goal, want := range map[string]string{
		"":             `vain idle`,
		"goal step b ": `mfa watch vain idle web`,
	} {
		tree, err := (&Loader{GoalOptional: true}).Parse("part.atree", []byte(goal+src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range tree.Warnings() {
			if p.Code == "idle-control" || p.Code == "idle-target" {
				got = append(got, p.Span.Text())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: found %v, want %s", goal, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	doubling := "-- main.atree --\ncopy \"b.atree\" as b copy \"b.atree\" as c goal or top { use b.x }\n"
	for _, next := range []string{"b c", "c d", "d e", "e f"} {
		name, to, _ := strings.Cut(next, " ")
		doubling += "-- " + name + ".atree --\ncopy \"" + to + ".atree\" as l copy \"" + to + ".atree\" as r step x\n"
	}
	doubling += "-- f.atree --\nstep x\n"
	for name, x := range map[string]struct {
		l    Loader
		want []string
	}{
		"files":  {Loader{MaxFiles: 3}, []string{"import-limit"}},
		"copies": {Loader{MaxFiles: 20}, []string{"import-limit"}},
		"nodes":  {Loader{MaxNodes: 20}, []string{"import-limit"}},
	} {
		x.l.FS = folder(doubling)
		if got := refused(t, &x.l); !slices.Equal(slices.Compact(got), x.want) {
			t.Errorf("%s: found %v", name, got)
		}
	}
	tree, err := (&Loader{FS: folder(doubling)}).Load("main.atree")
	if err != nil || len(tree.model.Nodes) != 1+2+4+8+16+32 {
		t.Errorf("found %v", err)
	}
}

// TestParseFile reads from a folder on disk, from which no link leads out.
func TestParseFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("secret.atree", "step s")
	write("in/parts/p.atree", "step x { likelihood 200% }")
	write("in/good.atree", `goal step a`)
	write("in/main.atree", `import "parts/p.atree" as p  import "link.atree" as l  import "parts" as d  goal or top { use p.x }`)
	if err := os.Symlink("../secret.atree", filepath.Join(dir, "in", "link.atree")); err != nil {
		t.Skip(err)
	}
	if _, err := ParseFile(filepath.Join(dir, "in/good.atree")); err != nil {
		t.Error(err)
	}
	_, err := ParseFile(filepath.Join(dir, "in/main.atree"))
	var list diag.List
	if !errors.As(err, &list) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range list {
		got = append(got, string(p.Code))
	}
	if !slices.Equal(got, []string{"outside-root", "import-failed", "likelihood-range"}) {
		t.Errorf("found %v", codesOf(list))
	}
	if want := filepath.ToSlash(dir) + "/in/parts/p.atree"; list[2].Span.File() != want {
		t.Errorf("the place is in %q, want %q", list[2].Span.File(), want)
	}
	for _, name := range []string{filepath.Join(dir, "none.atree"), filepath.Join(dir, "no/none.atree"), ""} {
		if _, err := ParseFile(name); err == nil || name != "" && !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "attacktree: ") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestSameFile imports one file on several ways: it is one set of events, and a
// file that is imported by way of a link is found to import itself.
func TestSameFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"key.atree":  "step key { likelihood 50% }",
		"main.atree": `import "key.atree" as a  import "link.atree" as b  import "here/key.atree" as c  goal or top { use a.key }`,
		"self.atree": `import "here/self.atree" as me  goal step a`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link.atree": "key.atree", "here": "."} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	tree, err := ParseFile(filepath.Join(dir, "main.atree"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tree.Model().Nodes); n != 2 {
		t.Errorf("%d nodes, want the goal and the key", n)
	}
	_, err = ParseFile(filepath.Join(dir, "self.atree"))
	var list diag.List
	if !errors.As(err, &list) || len(list) != 1 || list[0].Code != "import-cycle" {
		t.Errorf("a file that imports itself by a link: %v", err)
	}
}

// TestManyUndefined refuses a node with very many faulty children: past the last
// problem that is told, their places are not looked for.
func TestManyUndefined(t *testing.T) {
	for _, child := range []string{"use x%d\n", "use a step y%d\n"} {
		var b strings.Builder
		b.WriteString("step a goal or top {\n")
		for i := range 100_000 {
			fmt.Fprintf(&b, child, i)
		}
		b.WriteString("}")
		_, err := Parse("many.atree", []byte(b.String()))
		var list diag.List
		if !errors.As(err, &list) || len(list) != maxProblems+1 {
			t.Errorf("%s: %d problems", child, len(list))
		}
	}
}

// TestParseWithoutFolder imports a file where there is none to read from.
func TestParseWithoutFolder(t *testing.T) {
	_, err := Parse("x.atree", []byte(`import "p.atree" as p  goal or top { use p.x }`))
	if err == nil || !strings.Contains(err.Error(), "no folder to read files from") {
		t.Error(err)
	}
	if _, err := new(Loader).Load("x.atree"); err == nil {
		t.Error("a file was read from nowhere")
	}
}

func TestParseSet(t *testing.T) {
	tree, err := Parse("s.atree", []byte(`goal step s
		control a { status deployed on s { block } } control b { status planned on s { block } }
		control c { on s { block } } control d { status retired }
		set x { c, y } set y { a, deployed, d } set empty {}`))
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"a": "a", "b,a": "a b", "all": "a b c", "all,-b": "a c", "-b,all": "a b c", "x": "a c d", "x,-y": "c",
		"planned, -deployed": "b", "none": "", "empty": "", "all,none": "a b c", "d": "d", "deployed,d": "a d",
	} {
		if got, err := tree.ParseSet(words); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: found %v, %v, want %q", words, got, err, want)
		}
	}
	for words, want := range map[string]string{
		"": "found nothing", "a,": "between the commas", "alll": `did you mean "all"?`, "-deploed": `did you mean "deployed"?`,
		"zzzzzz": `no control or set is called "zzzzzz"`, "s": "no control",
		"-a": "as in all,-a", "-a, -x": "takes away from nothing",
	} {
		if got, err := tree.ParseSet(words); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found %v, %v, want %q", words, got, err, want)
		}
	}
	if _, ok := tree.SetMembers("a"); ok {
		t.Error("a is no set")
	}
}

// TestDigest changes the layout of a text and then what it says.
func TestDigest(t *testing.T) {
	digest := func(text string) string {
		tree, err := Parse("d.atree", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return tree.Digest()
	}
	base := digest(`goal or top { step a "A" { cost 5k likelihood 50% } step b }`)
	if !strings.HasPrefix(base, "sha256:") || len(base) != 7+64 {
		t.Errorf("found %q", base)
	}
	for _, same := range []string{
		"# a comment\r\ngoal or top {\r\n  step a \"A\" {\r\n likelihood 0.5 cost 5_000 } # so\r\n step b\r\n}\r\n",
		"goal or top { step a \"A\" { cost 5e3 likelihood 50% } step b {} }",
	} {
		if digest(same) != base {
			t.Errorf("%s: the digest has changed", same)
		}
	}
	seen := map[string]bool{base: true}
	for _, other := range []string{
		`goal or top { step a "A" { cost 6k likelihood 50% } step b }`,
		`goal or top { step a "B" { cost 5k likelihood 50% } step b }`,
		`goal and top { step a "A" { cost 5k likelihood 50% } step b }`,
		`goal or top { step b step a "A" { cost 5k likelihood 50% } }`,
		`goal or top { step a "A" { cost 5k likelihood 50% note "" owner "me" } step b }`,
		`goal or top { step a "A" { cost 5k likelihood 50% } step b { tags x } }`,
		`goal or top { step a "A" { cost 5k likelihood 50% } step b } control k { on a { block } }`,
	} {
		d := digest(other)
		if seen[d] {
			t.Errorf("%s: the digest is not new", other)
		}
		seen[d] = true
	}
}

// TestDeterminism reads the same folder many times.
func TestDeterminism(t *testing.T) {
	first, err := ParseFile("testdata/weights.atree")
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := ParseFile("testdata/weights.atree")
		if err != nil || again.Digest() != first.Digest() || !slices.Equal(again.order, first.order) {
			t.Fatal("another tree", err)
		}
	}
}

// TestChain makes sure that neither depth nor length is a matter of the call
// stack.
func TestChain(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	name := func(i int) string { return "n" + strconv.Itoa(i) }
	all := make([]Node, n)
	m := Model{Nodes: make([]*Node, n)}
	for i := range all {
		all[i] = Node{Name: name(i), Gate: Or, Children: []string{name(i + 1)}}
		m.Nodes[i] = &all[i]
	}
	all[0].Goal = true
	last := &all[n-1]
	last.Gate, last.Children = Step, nil
	tree, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	if tree.order[0] != int32(n-1) || tree.order[n-1] != 0 {
		t.Error("the order is not from leaf to goal")
	}
	last.Gate, last.Children = Or, []string{name(0)}
	_, err = New(m)
	if err == nil || !strings.Contains(err.Error(), "n0 → n1 → ") || !strings.Contains(err.Error(), "[cycle]") {
		t.Errorf("found %v", err)
	}
}

// FuzzLoad looks for texts that make the loader panic, or that a second reading
// takes for something else.
func FuzzLoad(f *testing.F) {
	seeds, _ := filepath.Glob("testdata/diag/*.txtar")
	for _, name := range append(seeds, "testdata/weights.atree") {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		fsys := folder(text)
		if fsys["main.atree"] == nil {
			fsys["main.atree"] = &fstest.MapFile{Data: []byte(text)}
		}
		l := &Loader{FS: fsys, MaxFiles: 20, MaxNodes: 1000}
		tree, err := l.Load("main.atree")
		again, errAgain := l.Load("main.atree")
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Fatalf("first %v, then %v", err, errAgain)
		}
		if err != nil {
			return
		}
		if tree.Digest() != again.Digest() {
			t.Fatal("two digests")
		}
		Vet(tree, &VetOptions{Today: Date{2026, 11, 24}})
		if same, err := New(*tree.Model()); err != nil || same.Digest() != tree.Digest() {
			t.Fatalf("the model of a tree is not that of another: %v", err)
		}
	})
}

// TestDeclarations reads one of everything.
func TestDeclarations(t *testing.T) {
	tree, err := Parse("d.atree", []byte(`
model "All" { currency EUR period 90d owner "us" note "so" review 2027-01-02 }
asset data "Data" { value 5M kind personal owner "them" note "much" }
adversary spies "Spies" { budget 1M skill 8 time 30d attempts 2 access badge, vpn gain 3M note "far" }
param rate 10%..20% { basis "a survey" note "of 2026" }
goal or top "Top" {
  attempts 3  asset data  at api, db  stride S, tampering  threat t1, t2  refs CWE-79, "ISO 27001"  tags x  owner "o"  note "n"
  basis "all" basis cost "one"
  step a { access badge detection 5% for spies, spies2 { cost 1 likelihood 2% time 3d skill 4 detection 6% } }
  condition quake { rate 0.5 impact 2k }
  atleast 1 some { use a } seq last { use quake step b { assume 5% cost 1 } }
}
adversary spies2
control k "K" {
  cost 5k status planned kind detect owner "ko" note "kn" reviewed 2026-02-03 every 2w
  threat t1 refs CWE-1 tags y basis "b" requires l excludes m
  on a, threat t1, tag x { likelihood -10% } bypassed by b, quake
}
control l { on a { block } } control m { on a { block } }
system "Sys" { owner "so" note "sn"
  boundary outer "Outer" { kind network owner "bo" note "bn"
    boundary inner { process api "API" { component web asset data owner "eo" note "en" } }
    store db
  }
  external user
  flow f user -> api "ask" { asset data owner "fo" note "fn" }
}
accept top "small" { owner "ao" until 2027-01-01 reviewed 2026-01-01 every 1y note "an" }
accept threat t1 "known"
accept at api stride S, D "fine"
`))
	if err != nil {
		t.Fatal(err)
	}
	m := tree.Model()
	one := quantity.Exactly
	same := func(got, want any) {
		t.Helper()
		if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
			t.Errorf("found\n%s, want\n%s", g, w)
		}
	}
	same([]any{m.Title, m.Currency, m.Period, m.Owner, m.Note, m.Review}, []any{"All", "EUR", 90.0, "us", "so", Review{Next: Date{2027, 1, 2}}})
	same(*m.Assets[0], Asset{"data", "Data", one(5e6), "personal", "them", "much", m.Assets[0].Span})
	spies := *m.Adversaries[0]
	if *spies.Skill != 8 {
		t.Errorf("skill %d", *spies.Skill)
	}
	same(spies, Adversary{"spies", "Spies", one(1e6), spies.Skill, one(30), one(2), []string{"badge", "vpn"}, one(3e6), "far", spies.Span})
	rate := *m.Params[0]
	same(rate, Param{"rate", quantity.Of(quantity.Dist{Kind: quantity.LogitNormal, A: 0.1, B: 0.2}), Share, "a survey", "of 2026", rate.Span})
	top := *m.Nodes[0]
	same(top, Node{Name: "top", Label: "Top", Gate: Or, Goal: true, Children: []string{"a", "quake", "some", "last"}, Attempts: one(3),
		Stride: []stride.Category{stride.Spoofing, stride.Tampering}, Threats: []string{"t1", "t2"}, Assets: []string{"data"},
		At: []string{"api", "db"}, Refs: []string{"CWE-79", "ISO 27001"}, Tags: []string{"x"}, Owner: "o", Note: "n",
		Basis: []Basis{{"", "all"}, {"cost", "one"}}, Span: top.Span})
	o := m.Nodes[1].For[0]
	same(*o.Skill, 4)
	o.Skill = nil
	same(o, Override{[]string{"spies", "spies2"}, one(1), one(0.02), one(3), one(0.06), nil})
	same([]any{m.Nodes[1].Access, m.Nodes[1].Detection, m.Nodes[2].Gate, m.Nodes[2].Rate, m.Nodes[3].K, m.Nodes[4].Gate, m.Nodes[5].Assume},
		[]any{[]string{"badge"}, one(0.05), Condition, one(0.5), 1, Seq, one(0.05)})
	k := *m.Controls[0]
	same(k, Control{"k", "K", one(5000), Planned, "detect", "ko", "kn", Review{Last: Date{2026, 2, 3}, Every: 14}, []string{"t1"}, []string{"CWE-1"},
		[]string{"y"}, []Basis{{"", "b"}}, []string{"b", "quake"}, []string{"l"}, []string{"m"}, k.Effects, k.Span})
	same(k.Effects[0].Targets, []Target{{OnNode, "a"}, {OnThreat, "t1"}, {OnTag, "x"}})
	s := m.System
	same([]string{s.Label, s.Owner, s.Note}, []string{"Sys", "so", "sn"})
	same(*s.Boundaries[0], Boundary{"outer", "Outer", "network", "", "bo", "bn", s.Boundaries[0].Span})
	same(s.Boundaries[1].Parent, "outer")
	same(*s.Elements[0], Element{"api", "API", stride.Process, "inner", []string{"web"}, []string{"data"}, "eo", "en", s.Elements[0].Span})
	same([]any{s.Elements[1].Kind, s.Elements[1].Boundary, s.Elements[2].Kind, s.Elements[2].Boundary}, []any{stride.Store, "outer", stride.External, ""})
	same(*s.Flows[0], Flow{"f", "ask", "user", "api", "", []string{"data"}, "fo", "fn", s.Flows[0].Span})
	a := m.Acceptances[0]
	same(*a, Acceptance{Target{OnNode, "top"}, "", nil, "small", "ao", Date{2027, 1, 1}, Review{Last: Date{2026, 1, 1}, Every: 365}, "an", a.Span})
	same(m.Acceptances[1].Target, Target{OnThreat, "t1"})
	same([]any{m.Acceptances[2].Element, m.Acceptances[2].Stride}, []any{"api", []stride.Category{stride.Spoofing, stride.DenialOfService}})
}
