package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// stdinName is what standard input is called on the command line and in messages.
const stdinName = "-"

// one takes the only file of a verb.
func one(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return nil
	case 0:
		return errors.New("expected a FILE (- is standard input), found none")
	}
	return fmt.Errorf("expected one FILE, found %d: %q", len(args), args)
}

// atMostOne takes one word or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("expected one %s, found %d: %q", what, len(args), args)
		}
		return nil
	}
}

// some takes one file or more.
func some(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("expected a FILE (- is standard input), found none")
	}
	return nil
}

// read returns the bytes of a file or of standard input.
func (e *env) read(path string) ([]byte, error) {
	if path == stdinName {
		return io.ReadAll(e.stdin)
	}
	return os.ReadFile(path)
}

// load reads a model. The error is a diag.List where the file was read and is
// not sound. goalOptional allows a file that is only imported.
func (e *env) load(path string, goalOptional bool) (*attacktree.Tree, error) {
	tree, err := e.parse(path, goalOptional)
	return tree, about(path, err)
}

func (e *env) parse(path string, goalOptional bool) (*attacktree.Tree, error) {
	if path != stdinName && e.root == "" && !goalOptional {
		return attacktree.ParseFile(path)
	}
	dir := e.root
	switch {
	case dir != "":
	case path == stdinName:
		dir = "."
	default:
		dir = filepath.Dir(path)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened", dir)
	}
	defer root.Close()
	loader := &attacktree.Loader{FS: root.FS(), GoalOptional: goalOptional}
	if path == stdinName {
		src, err := io.ReadAll(e.stdin)
		if err != nil {
			return nil, err
		}
		return loader.Parse(stdinName, src)
	}
	inside, err := within(dir, path)
	if err != nil {
		return nil, err
	}
	return loader.Load(inside)
}

// within returns a path as seen from a directory above it.
func within(dir, path string) (string, error) {
	above, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	inside, err := filepath.Rel(above, abs)
	if err != nil || !filepath.IsLocal(inside) {
		return "", fmt.Errorf("%s does not lie below the root %s", path, dir)
	}
	return filepath.ToSlash(inside), nil
}

// open is load for the verbs that answer questions: on standard error it says
// how many warnings there are.
func (e *env) open(path string) (*attacktree.Tree, error) {
	tree, err := e.load(path, false)
	if err != nil {
		return nil, err
	}
	if n := len(tree.Warnings()); n > 0 {
		word := "warnings"
		if n == 1 {
			word = "warning"
		}
		fmt.Fprintf(e.stderr, "%s: %d %s; to see them, type: atree check %s\n", path, n, word, path)
	}
	return tree, nil
}

// goalOf returns the goal that a verb is about: the one asked for, or the only one.
func goalOf(tree *attacktree.Tree, goal string) (string, error) {
	goals := tree.Goals()
	if goal == "" && len(goals) == 1 {
		return goals[0], nil
	}
	if goal == "" {
		return "", fmt.Errorf("the file has %d goals; choose one with --goal: %s", len(goals), commas(goals))
	}
	return goal, knownGoal(tree, goal)
}

func knownGoal(tree *attacktree.Tree, goal string) error {
	return oneOf("--goal", "goal", goal, tree.Goals())
}

// oneOf checks that a name is one of those that the file declares.
func oneOf(flag, kind, name string, names []string) error {
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	switch near := diag.Nearest(name, names); {
	case near != "":
		return fmt.Errorf("%s: no %s is called %q; did you mean %q?", flag, kind, name, near)
	case len(names) == 0:
		return fmt.Errorf("%s: no %s is called %q; the file has none", flag, kind, name)
	}
	return fmt.Errorf("%s: no %s is called %q; there are %s", flag, kind, name, commas(names))
}

// commas lists names in a sentence, the first dozen of them.
func commas(names []string) string {
	const most = 12
	s := ""
	for i, n := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", s, len(names)-most)
		}
		if i > 0 {
			s += ", "
		}
		s += n
	}
	return s
}
