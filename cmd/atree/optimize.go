package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

// A wish is what is asked of a choice of controls.
type wish struct {
	objective string
	budget    string
	target    string
	require   string
	forbid    string
	gap       string
	work      int64
	explain   bool
}

func optimizeCommand(e *env) *cobra.Command {
	var q question
	var w wish
	cmd := &cobra.Command{
		Use:   "optimize FILE",
		Short: "Which controls leave the least risk for their cost?",
		Long: "Which controls leave the least risk for their cost? Answers with the whole Pareto\n" +
			"front: for each budget the set of controls that leaves the least. All controls but\n" +
			"the retired ones may be chosen; what they require and exclude is kept.\n" +
			"Exit status 1 if no set meets the target and the constraints.",
		Example: `atree optimize examples/model-weights.atree
atree optimize --budget 500k --require mfa examples/model-weights.atree
atree optimize --objective likelihood --target 5% examples/model-weights.atree
atree optimize --explain examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			return e.optimize(cmd.Context(), tree, &q, &w)
		},
	}
	q.flags(cmd)
	_ = cmd.Flags().MarkHidden("set")
	fs := cmd.Flags()
	fs.StringVar(&w.objective, "objective", "", "`FIGURE` to make small: expected_impact, likelihood; or to make great: cheapest_cost (default expected_impact, or likelihood where no node has an impact)")
	fs.StringVar(&w.budget, "budget", "", "greatest `COST` of the controls per period, as 500k")
	fs.StringVar(&w.target, "target", "", "find the cheapest set that brings the figure to `VALUE`, as 2M or 5%")
	fs.StringVar(&w.require, "require", "", "controls that must be in the set, a comma list of controls and `SETS`")
	fs.StringVar(&w.forbid, "forbid", "", "controls that must not be in it, a comma list of controls and `SETS`")
	fs.StringVar(&w.gap, "gap", "", "end the search when the front is proved to `SHARE` of its values, as 1% (default: to the end)")
	fs.Int64Var(&w.work, "max-work", mitigate.DefaultWork, "end the search after `N` steps, with what is found and proved by then; a billion take seconds")
	fs.BoolVar(&w.explain, "explain", false, "say what each control of the choice does, what each step down the front changes, and which attacks it leaves")
	group(fs, "Question", "objective", "budget", "target", "require", "forbid", "gap", "max-work", "explain")
	complete(cmd, "objective", "expected_impact", "likelihood", "cheapest_cost")
	completeNames(cmd, "require", setNames)
	completeNames(cmd, "forbid", setNames)
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func (e *env) optimize(ctx context.Context, tree *attacktree.Tree, q *question, w *wish) error {
	if len(q.sets) > 0 {
		return errors.New("--set: optimize chooses the set itself; say what must be in it with --require, and what must not with --forbid")
	}
	opt, err := q.options(tree)
	if err != nil {
		return err
	}
	if opt.Goal, err = goalOf(tree, q.goal); err != nil {
		return err
	}
	front, target, err := w.options(tree)
	if err != nil {
		return err
	}
	opt.Explain = w.explain
	var o *mitigate.Optimization
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		o, err = mitigate.Optimize(ctx, tree, opt, front, target)
		return err
	})
	if o == nil {
		return failure
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.OptimizeText(w, o, opt) },
		json:     func(w io.Writer) error { return render.OptimizeJSON(w, o) },
		csv:      func(w io.Writer) error { return render.OptimizeCSV(w, o) },
		markdown: func(w io.Writer) error { return render.OptimizeMarkdown(w, o) },
	})
	switch err = errors.Join(err, failure); {
	case err != nil:
		return err
	case o.Chosen < 0 && o.OutOfReach:
		return errNo
	case o.Chosen < 0:
		return errors.New("the search ended before a set was found, and before it was proved that there is none; allow more with --timeout")
	}
	return nil
}

// options reads the wish.
func (w *wish) options(tree *attacktree.Tree) (opt *mitigate.FrontOptions, target *float64, err error) {
	if w.work <= 0 {
		return nil, nil, fmt.Errorf("--max-work: expected 1 or more, found %d", w.work)
	}
	opt = &mitigate.FrontOptions{MaxWork: w.work}
	if err := opt.Objective.UnmarshalText([]byte(w.objective)); err != nil {
		return nil, nil, fmt.Errorf("--objective: expected expected_impact, likelihood or cheapest_cost, found %q", w.objective)
	}
	if opt.Budget, err = given("--budget", w.budget, attacktree.Money); err != nil {
		return nil, nil, err
	}
	unit := attacktree.Money
	if opt.Objective == mitigate.Likelihood || opt.Objective == mitigate.DefaultObjective && !hasImpact(tree) {
		unit = attacktree.Share
	}
	if target, err = given("--target", w.target, unit); err != nil {
		return nil, nil, err
	}
	gap, err := given("--gap", w.gap, attacktree.Share)
	if err != nil {
		return nil, nil, err
	}
	if gap != nil {
		opt.Gap = *gap
	}
	for _, list := range []struct {
		flag, words string
		into        *[]string
	}{{"--require", w.require, &opt.Require}, {"--forbid", w.forbid, &opt.Forbid}} {
		if list.words == "" {
			continue
		}
		if *list.into, err = tree.ParseSet(list.words); err != nil {
			return nil, nil, fmt.Errorf("%s: %s", list.flag, oneLine(err))
		}
	}
	return opt, target, nil
}

// given reads a number that a flag may give.
func given(flag, text string, unit attacktree.Unit) (*float64, error) {
	if text == "" {
		return nil, nil
	}
	n, err := literal(text)
	if err == nil {
		err = fits(n, unit)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return &n.Value, nil
}

// hasImpact reports whether some node carries an impact.
func hasImpact(tree *attacktree.Tree) bool {
	for _, n := range tree.Model().Nodes {
		if n.Impact.Given() {
			return true
		}
	}
	return false
}
