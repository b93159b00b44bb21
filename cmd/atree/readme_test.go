package main

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/render"
)

// What the README shows is what there is: its trees are sound, its commands
// print what stands below them, its program compiles in a module of its own,
// and its picture is of the example.

// A block is a fenced block of the README.
type block struct{ kind, text string }

// readme returns the blocks of the README, and makes the top folder of the
// project the current one.
func readme(t *testing.T) []block {
	t.Helper()
	t.Chdir("../..")
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(string(src), -1) {
		blocks = append(blocks, block{m[1], m[2]})
	}
	return blocks
}

// of returns the texts of all blocks of a kind, of which there must be some.
func of(t *testing.T, kind string, blocks []block) []string {
	t.Helper()
	var texts []string
	for _, b := range blocks {
		if b.kind == kind {
			texts = append(texts, b.text)
		}
	}
	if len(texts) == 0 {
		t.Fatalf("the README has no %s block", kind)
	}
	return texts
}

func TestReadmeTrees(t *testing.T) {
	trees := of(t, "atree", readme(t))
	for _, text := range trees {
		tree, err := attacktree.Parse("README.md", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range tree.Warnings() {
			t.Error(w)
		}
		file, _ := dsl.Parse("README.md", []byte(text))
		if got := string(dsl.Format(file)); got != text {
			t.Errorf("not in the standard style, which is\n%s", got)
		}
	}
	first, err := os.ReadFile("examples/first.atree")
	if err != nil {
		t.Fatal(err)
	}
	if trees[0] != string(first) {
		t.Error("the first tree is not examples/first.atree")
	}
}

// What stands below a command in a console block is what it prints; commands
// that show nothing are left to .ci/run.
func TestReadmeCommands(t *testing.T) {
	shown := 0
	for _, text := range of(t, "console", readme(t)) {
		for _, part := range strings.Split("\n"+text, "\n$ atree ")[1:] {
			command, want, _ := strings.Cut(part, "\n")
			if strings.TrimSpace(want) == "" {
				continue
			}
			shown++
			var out, errs bytes.Buffer
			if status := run(t.Context(), strings.Fields(command), nil, &out, &errs); status != 0 {
				t.Errorf("atree %s: status %d: %s", command, status, &errs)
			} else if *update {
				rewrite(t, command+"\n"+want, command+"\n"+out.String())
			} else if out.String() != want {
				t.Errorf("atree %s prints\n%s", command, &out)
			}
		}
	}
	if shown == 0 {
		t.Error("no command of the README shows what it prints")
	}
}

// rewrite replaces a passage of the README.
func rewrite(t *testing.T, old, new string) {
	t.Helper()
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("README.md", bytes.Replace(src, []byte(old), []byte(new), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Another module imports this one from a checkout, as the README says, and runs
// the README's program.
func TestReadmeProgram(t *testing.T) {
	blocks := readme(t)
	at := slices.IndexFunc(blocks, func(b block) bool { return b.kind == "go" })
	if at < 0 || at+1 == len(blocks) || blocks[at+1].kind != "text" {
		t.Fatal("want a go block followed by a text block with its output")
	}
	checkout, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(blocks[at].text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("examples")); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o666); err != nil {
		t.Fatal(err)
	}
	tool := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			return errs.String(), err
		}
		return string(out), nil
	}
	for _, args := range [][]string{
		{"mod", "init", "example.com/other"},
		{"mod", "edit", "-require=github.com/atree-dev/atree@v0.0.0", "-replace=github.com/atree-dev/atree=" + checkout},
	} {
		if out, err := tool(args...); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if out, err := tool("mod", "download", "gonum.org/v1/gonum", "github.com/alecthomas/participle/v2"); err != nil {
		t.Skipf("modules cannot be had: %s", out)
	}
	if out, err := tool("run", "."); err != nil || out != blocks[at+1].text {
		t.Errorf("the program of the README: %v, prints\n%s", err, out)
	}
}

// The picture has the nodes and edges that atree draws. How Graphviz lays them
// out differs from version to version.
func TestReadmePicture(t *testing.T) {
	readme(t)
	tree, err := attacktree.ParseFile("examples/first.atree")
	if err != nil {
		t.Fatal(err)
	}
	var dot bytes.Buffer
	if err := render.DOT(&dot, tree, nil); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`(?m)^\s*("[^"]+")(?: -> ("[^"]+"))? \[`).FindAllStringSubmatch(dot.String(), -1) {
		title := strings.Trim(m[1], `"`)
		if m[2] != "" {
			title += "->" + strings.Trim(m[2], `"`)
		}
		want = append(want, title)
	}
	svg, err := os.Open(".github/images/first.svg")
	if err != nil {
		t.Fatal(err)
	}
	defer svg.Close()
	var got []string
	d := xml.NewDecoder(svg)
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "title" {
			var title string
			if err := d.DecodeElement(&title, &start); err != nil {
				t.Fatal(err)
			}
			if title != "%3" { // what Graphviz calls a graph without a name
				got = append(got, title)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 9 || !slices.Equal(got, want) {
		t.Errorf("the picture has\n%q\natree draws\n%q", got, want)
	}
}
