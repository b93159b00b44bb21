package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/dsl"
)

// The manual's ways to spread a study over machines do what it says: the shards of
// both, merged, are one run. Fewer draws do for that.
func TestManualShards(t *testing.T) {
	fence := func(kind string) string {
		m := regexp.MustCompile("(?s)```" + kind + "\n(.*?)```").FindStringSubmatch(dsl.Manual())
		if m == nil {
			t.Fatalf("the manual has no %s", kind)
		}
		return strings.ReplaceAll(m[1], "--samples 1000000", "--samples 9000")
	}
	model, err := os.ReadFile("../../examples/model-weights.atree")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("weights.atree", model, 0o644); err != nil {
		t.Fatal(err)
	}
	whole, _, status := command(t, "atree simulate --samples 9000 --seed 7 weights.atree")
	if status != 0 {
		t.Fatal("no study")
	}
	parallel, merge, _ := strings.Cut(fence("sh"), "\n")
	simulate, shards, ok := strings.Cut(strings.TrimPrefix(parallel, "parallel "), " ::: ")
	if !ok || !strings.Contains(merge, "atree merge") {
		t.Fatalf("not a line for parallel: %s", parallel)
	}
	check := func(how string) {
		t.Helper()
		got, stderr, status := command(t, strings.TrimSpace(merge))
		if status != 0 || got != whole {
			t.Errorf("%s: status %d, %s\n%s", how, status, stderr, got)
		}
		for i := range strings.Fields(shards) {
			if err := os.Remove(fmt.Sprintf("part-%d", i+1)); err != nil {
				t.Error(err)
			}
		}
	}
	for _, i := range strings.Fields(shards) {
		if _, stderr, status := command(t, strings.ReplaceAll(simulate, "{}", i)); status != 0 {
			t.Fatal(stderr)
		}
	}
	check("parallel")

	job := fence("yaml")
	script := regexp.MustCompile(`(?s)- >-\n(.*?)\n +resources:`).FindStringSubmatch(job)
	completions := regexp.MustCompile(`completions: (\d+)`).FindStringSubmatch(job)
	if script == nil || completions == nil || !strings.Contains(script[1], "/"+completions[1]+`"`) {
		t.Fatalf("not an indexed job:\n%s", job)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	line := strings.ReplaceAll(strings.Join(strings.Fields(script[1]), " "), "/study/", "")
	for i := range strings.Fields(shards) {
		echo := exec.Command(sh, "-c", "echo "+line)
		echo.Env = append(os.Environ(), fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i))
		out, err := echo.Output()
		if err != nil {
			t.Fatal(err)
		}
		if _, stderr, status := command(t, string(bytes.TrimSpace(out))); status != 0 {
			t.Fatalf("%s: %s", out, stderr)
		}
	}
	check("Kubernetes")
	if left, _ := filepath.Glob("part-*"); len(left) > 0 {
		t.Errorf("parts %q are in no merge", left)
	}
}
