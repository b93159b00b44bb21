package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/interchange"
)

// stdinName is what standard input is called on the command line and in messages.
const stdinName = "-"

// one takes the only file of a verb.
func one(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 1:
		return some(nil, args)
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
	if slices.Contains(args, "") {
		return errors.New("expected the name of a FILE, found an empty word")
	}
	return nil
}

// read returns the bytes of a file or of standard input, at most one more than
// the language allows, which the parser then refuses.
func (e *env) read(path string) ([]byte, error) { return e.readUpTo(dsl.MaxSize+1, path) }

// readUpTo returns so many bytes of a file or of standard input at most.
func (e *env) readUpTo(most int64, path string) ([]byte, error) {
	in := e.stdin
	if path != stdinName {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, errors.New(path + ": is a folder; expected a file")
		case !info.Mode().IsRegular() && !handed(path): // a pipe may never begin to speak
			return nil, errors.New(path + ": is no regular file")
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, most))
}

// handed reports paths that stand for a file that the shell has opened already,
// as that of <(command) does. Like standard input it lies in no folder.
func handed(path string) bool {
	return path == stdinName || path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/")
}

// load reads a model in any format that is known. The error is a diag.List where
// the file was read and is not sound, and the list says what of another tool's
// file was changed. goal is what is analysed in a file that names no goals;
// goalOptional allows a file that is only imported.
func (e *env) load(path, goal string, goalOptional bool) (*attacktree.Tree, diag.List, error) {
	data, err := e.foreign(path)
	if err != nil {
		return nil, nil, about(path, err)
	}
	if data != nil {
		tree, changes, err := interchange.Read(path, data, goal)
		return tree, changes, err
	}
	tree, err := e.parse(path, goalOptional)
	return tree, nil, about(path, err)
}

// foreign returns what is in a file of another tool, as its first bytes tell, and
// nil for any other one. What can be read once only is left as it was.
func (e *env) foreign(path string) ([]byte, error) {
	var in *bufio.Reader
	if path == stdinName {
		in = bufio.NewReader(e.stdin)
		e.stdin = in
	} else {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return nil, nil // if that is wrong, parse says so
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, nil
		}
		defer f.Close()
		in = bufio.NewReader(f)
	}
	head, _ := in.Peek(512) // a file may be shorter
	if !interchange.Foreign(head) {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(in, interchange.MaxBytes+1))
}

func (e *env) parse(path string, goalOptional bool) (tree *attacktree.Tree, err error) {
	dir := e.root
	switch {
	case dir != "":
	case handed(path):
		dir = "."
	default:
		dir = filepath.Dir(path)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, about("the folder "+dir, err)
	}
	defer root.Close()
	library, err := e.library()
	if err != nil {
		return nil, err
	}
	files := &sparing{FS: root.FS(), spare: e.spare}
	defer func() {
		if files.err != nil {
			tree, err = nil, files.err
		}
	}()
	loader := &attacktree.Loader{FS: files, Dir: filepath.ToSlash(dir), Library: library, GoalOptional: goalOptional}
	if handed(path) {
		src, err := e.read(path)
		if err != nil {
			return nil, err
		}
		return loader.Parse(path, src)
	}
	inside, err := within(dir, path)
	if err != nil {
		return nil, err
	}
	if above, ok := strings.CutSuffix(filepath.ToSlash(filepath.Clean(path)), inside); ok {
		loader.Dir = above // messages then show the path as it was typed
	}
	if _, err := root.Stat(inside); err != nil {
		if _, outside := os.Stat(path); outside == nil {
			// A link that the user has named may lead anywhere. What it imports
			// is read beside the link all the same.
			src, err := e.read(path)
			if err != nil {
				return nil, err
			}
			return loader.Parse(inside, src)
		}
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

// open is load for the verbs that answer questions about a goal, or with "" about
// all: on standard error it says how many warnings there are.
func (e *env) open(path, goal string) (*attacktree.Tree, error) {
	tree, changes, err := e.load(path, goal, false)
	if err != nil {
		return nil, err
	}
	if n := len(changes) + len(tree.Warnings()); n > 0 {
		word := "warnings"
		if n == 1 {
			word = "warning"
		}
		fmt.Fprintf(e.stderr, "%s: %d %s; to see them, type: atree check %s\n", shown(path), n, word, shown(path))
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
	case len(names) == 1:
		return fmt.Errorf("%s: no %s is called %q; there is only %s", flag, kind, name, names[0])
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
