package main

import (
	"bytes"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is printed into testdata")

// Each archive in testdata is a session at the shell. Its files are laid out in
// an empty folder; then the lines of its file "script" are run one by one, in
// this process. The file "transcript" is what is seen: the commands, what they
// print to standard output (as it is) and to standard error (behind "! "), and
// the exit status where it is not 0. A command may end in "< FILE". Besides
// atree there are cat and cmp.
func TestScripts(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			path, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			archive, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			t.Setenv("NO_COLOR", "")
			before, want, _ := strings.Cut(string(archive), "-- transcript --\n")
			script := ""
			for name, text := range files(before) {
				if name == "script" {
					script = text
					continue
				}
				if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := transcript(t, script)
			if *update {
				if err := os.WriteFile(path, []byte(before+"-- transcript --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("%s is not what is printed:\n%s", path, got)
			}
		})
	}
}

// files yields the files of an archive in the txtar format: each stands behind
// a line "-- name --".
func files(archive string) iter.Seq2[string, string] {
	return func(yield func(name, text string) bool) {
		name, text := "", ""
		for line := range strings.Lines(archive) {
			next, ok := strings.CutPrefix(strings.TrimSuffix(line, " --\n"), "-- ")
			if !ok || !strings.HasSuffix(line, " --\n") {
				text += line
				continue
			}
			if name != "" && !yield(name, text) {
				return
			}
			name, text = next, ""
		}
		if name != "" {
			yield(name, text)
		}
	}
}

func transcript(t *testing.T, script string) string {
	var out bytes.Buffer
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fmt.Fprintf(&out, "$ %s\n", line)
		stdout, stderr, status := command(t, line)
		out.WriteString(stdout)
		for line := range strings.Lines(stderr) {
			out.WriteString("! " + strings.TrimSuffix(line, "\n") + "\n")
		}
		if status != 0 {
			fmt.Fprintf(&out, "exit %d\n", status)
		}
		// The same again, to see that it depends on nothing else.
		if again, _, _ := command(t, line); again != stdout && !strings.Contains(line, " -w") {
			t.Errorf("%s: prints other bytes the second time", line)
		}
	}
	return out.String()
}

// command runs one line of a script.
func command(t *testing.T, line string) (stdout, stderr string, status int) {
	t.Helper()
	args, input := words(line), ""
	if n := len(args); n > 2 && args[n-2] == "<" {
		args, input = args[:n-2], args[n-1]
	}
	switch args[0] {
	case "cat":
		data, err := os.ReadFile(args[1])
		if err != nil {
			return "", "cat: no such file\n", 1
		}
		return string(data), "", 0
	case "cmp":
		a, errA := os.ReadFile(args[1])
		b, errB := os.ReadFile(args[2])
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			return "", args[1] + " and " + args[2] + " differ\n", 1
		}
		return "", "", 0
	}
	if args[0] != "atree" {
		t.Fatalf("no command is called %q", args[0])
	}
	var stdin []byte
	if input != "" {
		var err error
		if stdin, err = os.ReadFile(input); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	status = run(t.Context(), args[1:], bytes.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), status
}

// words splits a line as a shell does; single quotes hold words together.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}
