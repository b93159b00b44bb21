package main

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// verbs yields the command itself and all that stand below it.
func verbs(root *cobra.Command) iter.Seq[*cobra.Command] {
	return func(yield func(*cobra.Command) bool) {
		list := []*cobra.Command{root}
		for len(list) > 0 {
			verb := list[0]
			if list = append(list[1:], verb.Commands()...); !yield(verb) {
				return
			}
		}
	}
}

// help is what --help of a verb prints, given its path from "atree" on.
func help(t *testing.T, path string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(t.Context(), append(strings.Fields(path)[1:], "--help"), nil, &out, &errs); status != 0 {
		t.Fatalf("%s: status %d: %s", path, status, &errs)
	}
	return out.String()
}

// No line of a help is folded by a window of 80 columns, and each flag that a
// help speaks of is one of the verb, or of another verb of the same paragraph.
func TestHelp(t *testing.T) {
	root := rootCommand(new(env))
	flag := regexp.MustCompile(`--([a-z][a-z-]*)`)
	other := regexp.MustCompile(`atree ([a-z]+)`)
	for verb := range verbs(root) {
		text := help(t, verb.CommandPath())
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(line) - 1; n > 80 {
				t.Errorf("%s: %d columns: %s", verb.CommandPath(), n, line)
			}
		}
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			of := append([]*cobra.Command{verb}, verb.Commands()...)
			for _, m := range other.FindAllStringSubmatch(paragraph, -1) {
				if found, _, err := root.Find(m[1:]); err == nil {
					of = append(of, found)
				}
			}
			for _, m := range flag.FindAllStringSubmatch(paragraph, -1) {
				takes := func(v *cobra.Command) bool {
					f := v.Flags().Lookup(m[1])
					return f != nil && !f.Hidden
				}
				if !slices.ContainsFunc(of, takes) {
					t.Errorf("%s: there is no flag --%s:\n%s", verb.CommandPath(), m[1], paragraph)
				}
			}
		}
	}
}

// What the examples of a verb need before they run.
var before = map[string][]string{
	"atree convert": {"atree convert --to adtool -o lab.xml examples/factory.atree"},
	"atree merge": {
		"atree simulate --samples 4096 --sensitivity likelihood --shard 1/4 -o part-1 examples/model-weights.atree",
		"atree simulate --samples 4096 --sensitivity likelihood --shard 2/4 -o part-2 examples/model-weights.atree",
		"atree simulate --samples 4096 --sensitivity likelihood --shard 3/4 -o part-3 examples/model-weights.atree",
		"atree simulate --samples 4096 --sensitivity likelihood --shard 4/4 -o part-4 examples/model-weights.atree",
	},
}

// The examples of every verb run, and end with exit status 0 or the one behind
// "# exit". What follows a | or > is the business of the shell.
func TestHelpExamples(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	root := rootCommand(new(env))
	own := regexp.MustCompile(`(?s)\n(  \[\{.*?\}\]\n)`).FindStringSubmatch(help(t, "atree catalog"))
	if own == nil {
		t.Fatal("the help of catalog shows no catalogue of one's own")
	}
	for name, text := range map[string]string{
		"model.atree":           "goal step a{cost 5}",
		"system.atree":          "asset w  system { store s { component model-registry asset w } }",
		"own/data/threats.json": own[1],
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for verb := range verbs(root) {
		_, text, found := strings.Cut(help(t, verb.CommandPath()), "\nExamples:\n")
		if !found {
			t.Errorf("%s: the help has no example", verb.CommandPath())
		}
		text, _, _ = strings.Cut(text, "\n\n")
		lines := before[verb.CommandPath()]
		for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", "")) {
			lines = append(lines, strings.TrimSpace(line))
		}
		for _, line := range lines {
			call, want, _ := strings.Cut(line, "  # exit ")
			call = regexp.MustCompile(`^source <\((.*)\)| [|>] [^']*$`).ReplaceAllString(call, "$1")
			var args []string
			for _, arg := range words(call)[1:] {
				if paths, _ := filepath.Glob(arg); strings.Contains(arg, "*") && len(paths) > 0 {
					args = append(args, paths...)
				} else {
					args = append(args, arg)
				}
			}
			var out, errs bytes.Buffer
			status := run(t.Context(), args, nil, &out, &errs)
			if fmt.Sprint(status) != cmp.Or(want, "0") {
				t.Errorf("%s: status %d: %s", line, status, &errs)
			}
		}
	}
}
