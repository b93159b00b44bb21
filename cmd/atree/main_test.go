package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

func TestVersion(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run(t.Context(), []string{"version"}, nil, &out, &errs); status != 0 || !strings.HasPrefix(out.String(), render.Tool+" (") {
		t.Errorf("status %d, prints %q and %q", status, &out, &errs)
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, want := range map[string]string{"bash": "__start_atree", "zsh": "#compdef atree", "fish": "complete -c atree"} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), []string{"completion", shell}, nil, &out, &errs); status != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: status %d, %q", shell, status, &errs)
		}
	}
}

func TestExplainList(t *testing.T) {
	var out bytes.Buffer
	if status := run(t.Context(), []string{"explain"}, nil, &out, &out); status != 0 {
		t.Fatalf("status %d: %s", status, &out)
	}
	for _, code := range codes() {
		var text bytes.Buffer
		if status := run(t.Context(), []string{"explain", code}, nil, &text, &text); status != 0 {
			t.Errorf("%s: status %d: %s", code, status, &text)
		}
		if !strings.Contains(out.String(), code) {
			t.Errorf("%s is not listed", code)
		}
	}
}

const door = `goal or enter { step pick { cost 50  likelihood 40% } }`

// A question that is interrupted gets no answer, and none that is half true.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{{"eval", "-"}, {"attacks", "-"}, {"compare", "-", "none"}, {"dot", "--attack", "cheapest", "-"}} {
		var out, errs bytes.Buffer
		status := run(ctx, args, strings.NewReader(door), &out, &errs)
		if want := "atree " + args[0] + ": interrupted\n"; status != 2 || out.Len() > 0 || errs.String() != want {
			t.Errorf("%v: status %d, prints %q and %q", args, status, &out, &errs)
		}
	}
}

// The name of a file may hold what a terminal would obey.
func TestNamesAreShown(t *testing.T) {
	for _, args := range [][]string{{"check", "a\x1b[31m"}, {"eval", "a\x1b[31m"}, {"fmt", "a\x1b[31m"}, {"eval", "-o", "\x1b/b", "-"}, {"\x1b"}} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), args, strings.NewReader(door), &out, &errs); status != 2 || errs.Len() == 0 || strings.Contains(out.String()+errs.String(), "\x1b") {
			t.Errorf("%q: status %d, prints %q and %q", args, status, &out, &errs)
		}
	}
}

// What only begins to exist when it is read, or never ends, is no file.
func TestNoRegularFile(t *testing.T) {
	for _, args := range [][]string{{"check", "/dev/null"}, {"fmt", "/dev/zero"}, {"eval", t.TempDir()}, {"fmt", "."}, {"check", ""}} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), args, strings.NewReader(""), &out, &errs); status != 2 || errs.Len() == 0 {
			t.Errorf("%q: status %d, prints %q and %q", args, status, &out, &errs)
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	e := &env{stderr: new(bytes.Buffer)}
	l := &limits{maxDiagram: 1, maxMemory: leastMemory}
	err := l.run(t.Context(), e, func(ctx context.Context) error {
		held := make([]byte, 4*leastMemory)
		for i := range held {
			held[i] = 1
		}
		<-ctx.Done()
		held[0]++
		return ctx.Err()
	})
	if err == nil || !strings.Contains(err.Error(), "--max-memory") {
		t.Errorf("the error is %v", err)
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]string{"4GiB": "4GiB", "4096MiB": "4GiB", "512MiB": "512MiB", "100MB": "100MB", "16777217B": "16777217B"} {
		var b byteSize
		if err := b.Set(text); err != nil || b.String() != want {
			t.Errorf("%s: %v, %v, want %s", text, b.String(), err, want)
		}
	}
	for _, text := range []string{"", "4", "GiB", "-4GiB", "4 GiB", "1e3GiB", "99999999999GiB", "1KiB"} {
		var b byteSize
		if err := b.Set(text); err == nil {
			t.Errorf("%q is taken as %s", text, b.String())
		}
	}
}

// TestBashCompletion completes in a bash that has nothing of the package
// bash-completion.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	var script, stderr strings.Builder
	if code := run(t.Context(), []string{"completion", "bash"}, nil, &script, &stderr); code != 0 {
		t.Fatal(stderr.String())
	}
	ask := script.String() + `
compopt() { :; }
__atree_get_completion_results() { out=$1; directive=0; out="asked: ${words[*]} | $cur | $prev"; }
__atree_process_completion_results() { echo "$out"; }
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); __start_atree; }
try atree ev
try atree eval m.atree --mode ""
try atree eval m.atree --mode = lim
`
	out, err := exec.Command(bash, "--norc", "--noprofile", "-c", ask).CombinedOutput()
	want := "asked: atree ev | ev | atree\nasked: atree eval m.atree --mode  |  | --mode\nasked: atree eval m.atree --mode=lim | --mode=lim | m.atree\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

// TestLinkedModel reads a model by a link that leads out of its folder, as a user
// may name one; what it imports is found beside the link, and no link of the
// model itself leads out.
func TestLinkedModel(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"store/model.atree": `import "parts.atree" as p  goal or theft { use p.key }`,
		"work/parts.atree":  "step key",
		"work/bad.atree":    `import "link.atree" as p  goal or theft { use p.theft }`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../store/model.atree", filepath.Join(dir, "work/link.atree")); err != nil {
		t.Skip(err)
	}
	var out, stderr strings.Builder
	if code := run(t.Context(), []string{"check", filepath.Join(dir, "work/link.atree")}, nil, &out, &stderr); code != 0 {
		t.Errorf("exit status %d: %s%s", code, out.String(), stderr.String())
	}
	out.Reset()
	if code := run(t.Context(), []string{"check", filepath.Join(dir, "work/bad.atree")}, nil, &out, &stderr); code != 1 || !strings.Contains(out.String(), "outside-root") {
		t.Errorf("exit status %d: %s%s", code, out.String(), stderr.String())
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", link); err != nil {
		t.Skip(err)
	}
	for _, via := range []string{path, link} {
		if err := replaceFile(via, []byte("new by "+filepath.Base(via))); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil || string(data) != "new by "+filepath.Base(via) {
			t.Errorf("holds %q, %v", data, err)
		}
		info, err := os.Lstat(via)
		if err != nil {
			t.Fatal(err)
		}
		if isLink := info.Mode()&fs.ModeSymlink != 0; isLink != (via == link) {
			t.Error("a link was replaced by a file")
		}
	}
	full := errors.New("the disk is full")
	if err := replaceBy(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half of it")
		return full
	}); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "new by link" {
		t.Errorf("after a failure it holds %q, %v", data, err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("the mode became %v", info.Mode())
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("files are left over: %v", files)
	}
}

// Bounds decide where both ends agree.
func TestThresholds(t *testing.T) {
	r := &attacktree.Result{
		Reachable:      true,
		Likelihood:     &attacktree.Figure{Value: 0.11, Low: 0.1, High: 0.12},
		ExpectedImpact: &attacktree.Figure{Value: 5, Exact: true, Low: 5, High: 5},
		AttackCount:    new(big.Int).Lsh(big.NewInt(1), 2000),
		Limits:         map[string]string{"fastest": "too long", "min_skill": "too long"},
	}
	none := &attacktree.Result{Likelihood: &attacktree.Figure{Exact: true}, AttackCount: new(big.Int)}
	for _, c := range []struct {
		text string
		r    *attacktree.Result
		want string
	}{
		{"likelihood > 9%", r, "true"},
		{"likelihood > 10%", r, "likelihood is 0.1 to 0.12, which does not decide"},
		{"likelihood >= 10%", r, "true"},
		{"likelihood > 12%", r, "false"},
		{"likelihood < 10%", r, "false"},
		{"likelihood <= 12%", r, "true"},
		{"likelihood<0.2", r, "true"},
		{"expected_impact >= 5", r, "true"},
		{"expected_impact > 5", r, "false"},
		{"annual_loss > 5", r, "annual_loss does not exist here; it needs an impact, and attempts of the goal or of the adversary given"},
		{"attack_count > 1B", r, "true"},
		{"fastest_time > 1d", r, "fastest_time is not known: too long"},
		{"min_skill > 1", r, "min_skill is not known: too long"},
		{"cheapest_cost > 1", r, "cheapest_cost does not exist here; it needs a cost of some step"},
		{"cheapest_cost > 1B", none, "true"},
		{"min_skill < 10", none, "false"},
		{"likeliest_likelihood > 0%", none, "false"},
		{"defence_depth < 100", none, "false"},
		{"likelihood > 0%", none, "false"},
	} {
		threshold, err := readThreshold(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := "false"
		if yes, _, err := threshold.passed(c.r); err != nil {
			got = err.Error()
		} else if yes {
			got = "true"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
	if low, _, _ := whole(r.AttackCount); !math.IsInf(low, 1) {
		t.Errorf("a count past all floats is %v", low)
	}
}

// A threshold that is passed decides, though another one could not be judged.
func TestJudge(t *testing.T) {
	a := &mitigate.Assessment{Goals: []*mitigate.GoalAssessment{{Goal: "g", Results: []*attacktree.Result{
		{Scenario: "inherent", Likelihood: &attacktree.Figure{Value: 0.5, Exact: true}},
		{Scenario: "a.b", Likelihood: &attacktree.Figure{Value: 0.1, Exact: true}},
	}}}}
	for _, c := range []struct {
		texts []string
		sets  bool
		want  int
	}{
		{[]string{"likelihood > 20%"}, false, 1},
		{[]string{"likelihood > 20%"}, true, 0},
		{[]string{"a.b.likelihood > 5%"}, true, 1},
		{[]string{"annual_loss > 1"}, true, 2},
		{[]string{"annual_loss > 1", "likelihood > 5%"}, true, 1},
		{[]string{"planned.likelihood > 5%"}, true, 2},
	} {
		gates, err := readThresholds(c.texts)
		if err != nil {
			t.Fatal(err)
		}
		e := &env{stderr: new(bytes.Buffer)}
		got := 0
		switch err := e.judge(gates, a, c.sets); err {
		case nil:
		case errNo:
			got = 1
		default:
			got = 2
		}
		if got != c.want {
			t.Errorf("%v: %d, want %d", c.texts, got, c.want)
		}
	}
}
