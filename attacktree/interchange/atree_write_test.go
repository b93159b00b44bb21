package interchange

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/internal/treegen"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// sameText writes a tree, and checks that what is read back is the same model,
// in the standard style.
func sameText(t *testing.T, name string, tree *attacktree.Tree) []byte {
	t.Helper()
	var text bytes.Buffer
	if warnings, err := WriteAtree(&text, tree); err != nil || len(warnings) > 0 {
		t.Fatalf("%s: %v, %v", name, err, warnings)
	}
	again, err := attacktree.Parse("again.atree", text.Bytes())
	if err != nil {
		t.Fatalf("%s: what is written cannot be read: %v\n%s", name, err, text.Bytes())
	}
	if again.Digest() != tree.Digest() {
		t.Fatalf("%s: what is written says something else:\n%s", name, text.Bytes())
	}
	file, _ := dsl.Parse("again.atree", text.Bytes())
	if formatted := dsl.Format(file); !bytes.Equal(formatted, text.Bytes()) {
		t.Fatalf("%s: what is written is not in the standard style:\n%s\nbut\n%s", name, text.Bytes(), formatted)
	}
	return text.Bytes()
}

func TestWriteAtreeRandom(t *testing.T) {
	seeds := uint64(2000)
	if testing.Short() {
		seeds = 200
	}
	for seed := range seeds {
		options := treegen.Everything
		options.Variables = 3 + int(seed%20)
		m := treegen.Random(seed, options)
		for _, c := range m.Controls {
			c.Effects = oneEach(c.Effects)
		}
		tree, err := attacktree.New(m)
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, "random", tree)
	}
}

// oneEach puts each change into an effect of its own, since the language lets none
// stand twice in one block.
func oneEach(effects []attacktree.Effect) []attacktree.Effect {
	var out []attacktree.Effect
	for _, e := range effects {
		for _, c := range e.Changes {
			out = append(out, attacktree.Effect{Targets: e.Targets, Changes: []attacktree.Change{c}})
		}
	}
	return out
}

// The files of the project are the same model when they are written anew.
func TestWriteAtreeFiles(t *testing.T) {
	files := 0
	for _, dir := range []string{"../../examples", "../../catalog", "../testdata"} {
		root := os.DirFS(dir)
		err := fs.WalkDir(root, ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".atree" {
				return err
			}
			tree, err := (&attacktree.Loader{FS: root, GoalOptional: true}).Load(path)
			if err != nil || len(tree.Goals()) == 0 {
				return nil // not sound without what it imports, or only there to be imported
			}
			files++
			sameText(t, path, tree)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 10 {
		t.Errorf("only %d files were found", files)
	}
}

func TestWriteAtreeText(t *testing.T) {
	const text = `# A comment.
model "Everything \"at once\"" {
  currency EUR  period 30d  reviewed 2026-11-01 every 90d  review 2027-03-01  owner "us"
  note """
    Two lines,
      the second one indented.
    """
}
asset weights "Model weights" { value 10M..50M  kind model  owner "them" }
adversary crime "Syndicate" { budget 1M  skill 4  time 180d  attempts 2..5  access badge, vpn  gain 3M  note "who" }
param rate beta(4, 16) { basis "tests"  note "of 2025" }
param wait pert(1d, 2d, 5d)
param most lognormal(1%..5%)
param scaled 2 * wait
correlate rate, wait -0.25 { basis "a guess" }
correlate rate, most 60% { note "they go together" }
system "Assistant" {
  owner "platform"
  external customer "Customer"
  boundary cloud "Cloud" {
    kind network
    process api "API" { component inference-endpoint  asset weights }
    boundary vault { store registry { component model-registry } }
    process worker
  }
  flow ask customer -> api "prompts" { asset weights }
  flow load registry -> api
}
goal or steal "Steal" {
  asset weights
  attempts 2
  impact triangular(1M, 2M, 9M)
  and in "Get in" {
    use phish
    atleast 2 keys { step k1 { likelihood 5% }  step k2 { cost 1..3  likelihood rate * 50% }  use phish }
    likelihood 0.07
  }
  seq out {
    step pack { time wait  skill 3  access badge  detection 40%  for crime { cost 5k  skill 2 } }
    step send { cost uniform(1, 2k)  likelihood 10%..30%  refs ATLAS:AML.T0051, "CWE 1427"  tags slow, loud }
    assume 30%
  }
  use lucky
}
step phish "Phish" { stride spoofing, tampering  threat staff-phishing  at api  basis cost "a quote"  basis "a guess" }
condition lucky { likelihood 3% }
condition quake { rate 0.01  impact 3M }
goal or other { use quake  use pack }
step inside { cost 300k }
control mfa "MFA" {
  cost 40k  status deployed  kind prevent  owner "identity"  review 2027-03-01  threat staff-phishing  tags cheap  refs ATTACK:T1566
  on phish { likelihood -(60%..95%)  cost +15k  skill 4 }
  on tag slow, k1 { likelihood <=5% }
  on steal { impact -50% }
  on steal { impact -200k }
  bypassed by inside
}
control dlp { status retired  requires mfa  on send { block }  on pack { time +30d  detection 80% } }
control old { excludes dlp  on k2 { cost *3 } }
set today { mfa }
set next { today, old }
accept phish "small" { owner "ciso"  until 2027-01-01  review 2026-12-01  note "again" }
accept at api stride denial-of-service "later"
`
	tree, err := attacktree.Parse("all.atree", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := string(sameText(t, "all", tree))
	for _, want := range []string{
		"  and in \"Get in\" {\n    likelihood 7%\n    use phish\n    atleast 2 keys {\n      step k1 { likelihood 5% }\n",
		"  on phish { likelihood -(60%..95%)  cost +15k  skill 4 }\n",
		"    boundary vault {\n      store registry {",
		"  note \"\"\"\n",
		"correlate rate, wait -25% { basis \"a guess\" }\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}

// What was imported has its full name, and numbers per period are scaled.
func TestWriteAtreeImports(t *testing.T) {
	files := map[string]string{
		"main.atree": "import \"part.atree\" as part\ncopy \"part.atree\" as other { param p 20% }\n" +
			"goal or g { use part.top  use other.top  step part_s }\n",
		"part.atree": "model { period 73d }\nparam p 10%\nadversary a { attempts uniform(1, 2) }\n" +
			"goal or top { step s { likelihood p }  condition c { rate pert(1, 2, 3) }  impact 1k }\n",
	}
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := (&attacktree.Loader{FS: root}).Load("main.atree")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	warnings, err := WriteAtree(&text, tree)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 10 || warnings[0].Code != "renamed" {
		t.Errorf("warnings %v", warnings)
	}
	for _, want := range []string{"param other_p 20%", "step part_s-2 { likelihood part_p }", "use other_top  step part_s }", "attempts uniform(5, 10)", "rate pert(5, 10, 15)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("there is no %q in\n%s", want, text.String())
		}
	}
	if _, err := attacktree.Parse("again.atree", text.Bytes()); err != nil {
		t.Errorf("%v\n%s", err, text.Bytes())
	}
}

// What the language has no words for is refused; the error names what has it and
// says what to do.
func TestWriteAtreeUnsayable(t *testing.T) {
	logit, _ := quantity.NewLogitNormal(0.1, 0.2)
	step := func(n attacktree.Node) *attacktree.Node { n.Name, n.Goal = "s", true; return &n }
	for want, m := range map[string]attacktree.Model{
		`a gate not, as of the node "g"`:                                  {Nodes: []*attacktree.Node{{Name: "g", Goal: true, Gate: attacktree.Not, Children: []string{"s"}}, {Name: "s"}}},
		`a gate xor, as of the node "g"`:                                  {Nodes: []*attacktree.Node{{Name: "g", Goal: true, Gate: attacktree.Xor, Children: []string{"s", "r"}}, {Name: "s"}, {Name: "r"}}},
		`of the unit money is logit-normal, 0.1..0.2, as of the node "s"`: {Nodes: []*attacktree.Node{step(attacktree.Node{Cost: quantity.Of(logit)})}},
		`the number 0.5 * 0.1..0.2, as of the node "s"`:                   {Nodes: []*attacktree.Node{step(attacktree.Node{Likelihood: quantity.Value{Dist: logit, Factor: 0.5}})}},
		`no access at all, as of the adversary "a"`:                       {Nodes: []*attacktree.Node{step(attacktree.Node{})}, Adversaries: []*attacktree.Adversary{{Name: "a", Access: []string{}}}},
		`money off an impact, or a share, as of the control "c"`: {Nodes: []*attacktree.Node{step(attacktree.Node{Impact: quantity.Exactly(9)})}, Controls: []*attacktree.Control{{Name: "c",
			Effects: []attacktree.Effect{{Targets: []attacktree.Target{{Name: "s"}}, Changes: []attacktree.Change{{Attribute: attacktree.Impact, Op: attacktree.Subtract, Value: quantity.Exactly(1)}}}}}}},
	} {
		tree, err := attacktree.New(m)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		var out bytes.Buffer
		var problems diag.List
		if _, err = WriteAtree(&out, tree); !errors.As(err, &problems) || !strings.Contains(problems[0].Message, want) || problems[0].Code != "unsupported" || problems[0].Hint == "" || out.Len() > 0 {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// The text of a long chain of nodes is not indented without end.
func TestWriteAtreeDeep(t *testing.T) {
	m := attacktree.Model{}
	const depth = 100_000
	for i := range depth {
		m.Nodes = append(m.Nodes, &attacktree.Node{Name: fmt.Sprint("n", i), Gate: attacktree.Or, Children: []string{fmt.Sprint("n", i+1)}, Goal: i == 0})
	}
	m.Nodes = append(m.Nodes, &attacktree.Node{Name: fmt.Sprint("n", depth)})
	tree, err := attacktree.New(m)
	if err != nil {
		t.Fatal(err)
	}
	if text := sameText(t, "deep", tree); len(text) > 100*depth {
		t.Errorf("%d bytes for %d nodes", len(text), depth)
	}
}
