package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/interchange"
)

func fmtCommand(e *env) *cobra.Command {
	var list, show, rewrite bool
	cmd := &cobra.Command{
		Use:   "fmt FILE…",
		Short: "Print it in the standard style; comments stay.",
		Example: `atree fmt examples/schneier-safe.atree
atree fmt -d examples/*.atree
atree fmt -w model.atree`,
		Args:              some,
		ValidArgsFunction: completeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			return e.formatFiles(args, list, show, rewrite)
		},
	}
	fs := cmd.Flags()
	fs.BoolVarP(&list, "list", "l", false, "list the files that are not in the standard style; exit status 1 if any")
	fs.BoolVarP(&show, "diff", "d", false, "show what would change; exit status 1 if anything")
	fs.BoolVarP(&rewrite, "write", "w", false, "rewrite the files")
	group(fs, "Style", "list", "diff", "write")
	e.writeFlags(cmd)
	return cmd
}

// formatFiles formats one file after the other. A file with errors is left as
// it is and does not keep the others from being formatted.
func (e *env) formatFiles(paths []string, list, show, rewrite bool) error {
	var out bytes.Buffer
	bad, changed := 0, false
	for _, path := range paths {
		if rewrite && path == stdinName {
			return errors.New("-w cannot rewrite standard input; leave it out to print the result")
		}
		old, err := e.read(path)
		if err != nil {
			fmt.Fprintf(e.stderr, "atree fmt: %s\n", oneLine(about(path, err)))
			bad++
			continue
		}
		if interchange.Foreign(old) {
			fmt.Fprintf(e.stderr, "atree fmt: %s: a file of another tool; for atree text, type: atree convert --to atree %[1]s\n", shown(path))
			bad++
			continue
		}
		file, problems := dsl.Parse(path, old)
		if problems.Err() != nil {
			e.printProblems(problems)
			bad++
			continue
		}
		text := dsl.Format(file)
		differs := !bytes.Equal(old, text)
		changed = changed || differs
		if list && differs {
			fmt.Fprintln(&out, path)
		}
		if show {
			out.Write(diff.Diff(path, old, path+" (formatted)", text))
		}
		if rewrite && differs {
			if err := replaceFile(path, text); err != nil {
				return about(path, err)
			}
		}
		if !list && !show && !rewrite {
			out.Write(text)
		}
	}
	err := e.answer(func(w io.Writer) error {
		_, err := w.Write(out.Bytes())
		return err
	})
	switch {
	case err != nil:
		return err
	case bad > 0:
		return fmt.Errorf("%d of %d files could not be formatted", bad, len(paths))
	case changed && (list || show):
		return errNo
	}
	return nil
}
