package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

func compareCommand(e *env) *cobra.Command {
	var q question
	var explain bool
	cmd := &cobra.Command{
		Use:   "compare FILE SET…",
		Short: "What do mitigation sets cost, and what risk is left?",
		Long: "What do mitigation sets cost, and what risk is left? One row a set, at the means\n" +
			"of uncertain numbers. How sure the difference is, atree simulate --set A --set B\n" +
			"tells, in the same draws for all sets.",
		Example: `atree compare examples/model-weights.atree none deployed planned all
atree compare --explain examples/model-weights.atree deployed
atree compare --format csv examples/model-weights.atree none all`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("expected FILE SET…, found nothing; type: atree compare FILE none deployed all")
			}
			return nil
		},
		ValidArgsFunction: completeFileThenSets,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			q.sets = append(args[1:], q.sets...)
			return e.compare(cmd.Context(), tree, &q, explain)
		},
	}
	q.flags(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&explain, "explain", false, "say which attacks each control of a set stops, alone or with others, and which adds nothing")
	group(fs, "Question", "explain")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func (e *env) compare(ctx context.Context, tree *attacktree.Tree, q *question, explain bool) error {
	if len(q.sets) == 0 {
		return errors.New("expected a SET after the file, found none; there are " + commas(allSets(tree)))
	}
	opt, err := q.options(tree)
	if err != nil {
		return err
	}
	if opt.Goal, err = goalOf(tree, q.goal); err != nil {
		return err
	}
	opt.Explain = explain
	e.warnSets(tree, opt.Sets)
	var c *mitigate.Comparison
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		c, err = mitigate.Compare(ctx, tree, opt)
		return err
	})
	if c == nil || len(c.Rows) == 0 {
		return failure
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.CompareText(w, c, opt) },
		json:     func(w io.Writer) error { return render.CompareJSON(w, c) },
		csv:      func(w io.Writer) error { return render.CompareCSV(w, c) },
		markdown: func(w io.Writer) error { return render.CompareMarkdown(w, c) },
	})
	for _, r := range c.Rows {
		for _, key := range slices.Sorted(maps.Keys(r.Limits)) {
			why := r.Limits[key]
			failure = cmp.Or(failure, fmt.Errorf("%s: not all figures could be worked out: %s; allow more with --max-diagram", r.Set, why))
		}
	}
	return errors.Join(err, failure)
}

// allSets names the sets that a tree has, those first that every tree has.
func allSets(tree *attacktree.Tree) []string {
	sets := []string{"none", "deployed", "planned", "all"}
	for _, s := range tree.Model().Sets {
		sets = append(sets, s.Name)
	}
	return sets
}
