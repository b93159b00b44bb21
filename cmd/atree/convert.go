package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/interchange"
)

// A foreignFormat is a format that a tree can be written in. Those about one
// goal take its name.
type foreignFormat struct {
	name    string
	oneGoal bool
	write   func(w io.Writer, tree *attacktree.Tree, goal string) (diag.List, error)
}

var foreignFormats = []foreignFormat{
	{"atree", false, func(w io.Writer, tree *attacktree.Tree, _ string) (diag.List, error) {
		return interchange.WriteAtree(w, tree)
	}},
	{"adtool", true, interchange.WriteADTool},
	{"openpsa", false, interchange.WriteOpenPSA},
}

func formatNames() []string {
	var names []string
	for _, f := range foreignFormats {
		names = append(names, f.name)
	}
	return names
}

func convertCommand(e *env) *cobra.Command {
	var to, goal string
	var limits limits
	cmd := &cobra.Command{
		Use:   "convert --to FORMAT FILE",
		Short: "Write it for another tool, or as atree text.",
		Long: "Write a tree for another tool, or another tool's file as atree text. Reads what\n" +
			"every verb reads: atree text, attack-defence trees and terms of ADTool 2, fault\n" +
			"trees of Open-PSA, static trees of Galileo. What a format cannot say is told on\n" +
			"standard error, with its place. Atree text says it all, but comments are lost,\n" +
			"and what was imported becomes part of the text.",
		Example: `atree convert --to atree -o lab.atree lab.xml
atree convert --to adtool -o weights.xml examples/model-weights.atree
atree convert --to openpsa examples/schneier-safe.atree > safe.xml`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			f, err := chooseFormat(to)
			if err != nil {
				return err
			}
			return e.convert(cmd.Context(), &limits, args[0], f, goal)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&to, "to", "", "the `FORMAT` to write: "+strings.Join(formatNames(), ", "))
	fs.StringVar(&goal, "goal", "", "the `GOAL` that is written with all below it; of a fault tree, the gate that is the goal")
	group(fs, "Conversion", "to", "goal")
	complete(cmd, "to", formatNames()...)
	completeNames(cmd, "goal", goalNames)
	e.readFlags(cmd)
	e.writeFlags(cmd)
	limits.guardFlags(fs)
	return cmd
}

func chooseFormat(to string) (*foreignFormat, error) {
	i := slices.IndexFunc(foreignFormats, func(f foreignFormat) bool { return f.name == to })
	switch near := diag.Nearest(to, formatNames()); {
	case i >= 0:
		return &foreignFormats[i], nil
	case to == "":
		return nil, fmt.Errorf("expected --to and a FORMAT; there are %s", commas(formatNames()))
	case near != "":
		return nil, fmt.Errorf("--to: no format is called %q; did you mean %q?", to, near)
	}
	return nil, fmt.Errorf("--to: no format is called %q; there are %s", to, commas(formatNames()))
}

func (e *env) convert(ctx context.Context, limits *limits, path string, f *foreignFormat, goal string) error {
	var tree *attacktree.Tree
	var changes diag.List
	err := limits.wait(ctx, e, func() (err error) {
		tree, changes, err = e.load(path, goal, false)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case f.oneGoal:
		if goal, err = goalOf(tree, goal); err != nil {
			return err
		}
	case goal != "" && f.name == "atree" && len(tree.Goals()) > 1:
		return errors.New("--goal: atree text has room for all goals; leave it out")
	case goal != "":
		if err := knownGoal(tree, goal); err != nil {
			return err
		}
	}
	err = e.answer(func(w io.Writer) error {
		lost, err := f.write(w, tree, goal)
		changes = append(changes, lost...)
		return err
	})
	var problems diag.List
	if errors.As(err, &problems) {
		e.printProblems(append(changes, problems...))
		return fmt.Errorf("the file cannot be written as %s", f.name)
	}
	if len(changes) > 0 {
		e.printProblems(changes)
	}
	return err
}
