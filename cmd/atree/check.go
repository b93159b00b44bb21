package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/render"
)

func checkCommand(e *env) *cobra.Command {
	var strict, library bool
	var limits limits
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Is it sound? Every problem, with its place.",
		Example: `atree check examples/model-weights.atree
atree check --strict --today 2026-11-24 examples/*.atree`,
		Args:              some,
		ValidArgsFunction: completeFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			return e.checkFiles(cmd.Context(), &limits, args, strict, library)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings fail too")
	cmd.Flags().BoolVar(&library, "library", false, "allow a file without a goal, which others import")
	group(cmd.Flags(), "Check", "strict", "library")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	limits.guardFlags(cmd.Flags())
	return cmd
}

// checkFiles looks at one file after the other. A file that cannot be read does
// not keep the others from being checked.
func (e *env) checkFiles(ctx context.Context, limits *limits, paths []string, strict, library bool) error {
	today, err := e.date()
	if err != nil {
		return err
	}
	names, err := e.library()
	if err != nil {
		return err
	}
	var files []render.Checked
	var unread []error
	failed := false
	err = limits.wait(ctx, e, func() error {
		for _, path := range paths {
			f := render.Checked{File: path}
			var changes diag.List
			var err error
			f.Tree, changes, err = e.load(path, "", library)
			switch {
			case errors.As(err, &f.Problems):
			case err != nil:
				unread = append(unread, err)
				continue
			default:
				f.Problems = append(changes, attacktree.Vet(f.Tree, &attacktree.VetOptions{Today: today, Library: names})...)
				f.Problems.Sort()
			}
			failed = failed || f.Tree == nil || strict && len(f.Problems) > 0
			files = append(files, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, err := range unread {
		fmt.Fprintf(e.stderr, "atree check: %s\n", oneLine(err))
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.CheckText(w, files, opt) },
		json:     func(w io.Writer) error { return render.CheckJSON(w, files) },
		csv:      func(w io.Writer) error { return render.CheckCSV(w, files) },
		markdown: func(w io.Writer) error { return render.CheckMarkdown(w, files) },
	})
	switch {
	case err != nil:
		return err
	case len(unread) > 0:
		return fmt.Errorf("%d of %d files could not be read", len(unread), len(paths))
	case failed:
		return errNo
	}
	return nil
}
