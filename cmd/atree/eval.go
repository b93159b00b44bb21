package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

func evalCommand(e *env) *cobra.Command {
	var q question
	var failIf []string
	var by string
	var trace bool
	var bottomUp bool
	var budget string
	cmd := &cobra.Command{
		Use:   "eval FILE",
		Short: "What does an attack cost, how likely is it?",
		Long: "What does an attack cost, how likely is it, and what is left after the controls?\n" +
			"Answers in the scenarios inherent (no control), current (those deployed) and\n" +
			"planned, or with --set in inherent and the sets given.",
		Example: `atree eval examples/model-weights.atree
atree eval --set all --format json examples/model-weights.atree
atree eval --bottom-up examples/model-weights.atree
atree eval --fail-if 'likelihood > 25%' examples/model-weights.atree  # exit 1
atree eval --mode budget --adversary syndicate examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			read := readThresholds
			if trace {
				read = func(rules []string) ([]threshold, error) { return readCounts(rules, traceFigures()...) }
			}
			gates, err := read(failIf)
			if err != nil {
				return err
			}
			if err := checkBy(cmd, by, trace, &q); err != nil {
				return err
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			if err := q.choose(budget); err != nil {
				return err
			}
			if q.chooses && (by != "" || trace || bottomUp) {
				return errors.New("--by, --trace and --bottom-up ask about every possible step; leave out --mode budget and economic")
			}
			if trace {
				return e.evalTrace(cmd.Context(), tree, &q, gates)
			}
			if q.chooses {
				return e.pick(cmd.Context(), tree, &q, gates)
			}
			return e.eval(cmd.Context(), tree, &q, by, gates, bottomUp)
		},
	}
	q.flags(cmd)
	q.choiceFlags(cmd, &budget)
	byFlags(cmd, &by, &trace)
	cmd.Flags().StringArrayVar(&failIf, "fail-if", nil,
		"exit status 1 if `RULE` holds: [SCENARIO.]FIGURE OP VALUE, as 'planned.annual_loss > 2M'; repeatable. OP is one of > >= < <=; FIGURE one of "+strings.Join(figureNames(), ", ")+
			"; with --trace one of "+strings.Join(traceFigures(), ", ")+", as 'expired > 0'")
	group(cmd.Flags(), "Gate", "fail-if")
	cmd.Flags().BoolVar(&bottomUp, "bottom-up", false, "show beside the exact figures what tools get that go from the leaves upwards, as if nothing were shared")
	group(cmd.Flags(), "Comparison", "bottom-up")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func (e *env) eval(ctx context.Context, tree *attacktree.Tree, q *question, by string, gates []threshold, bottomUp bool) error {
	opt, err := e.asked(tree, q)
	if err != nil {
		return err
	}
	opt.BottomUp = bottomUp
	if by != "" {
		return e.evalBy(ctx, tree, q, by, opt)
	}
	var a *mitigate.Assessment
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		a, err = mitigate.Assess(ctx, tree, opt)
		return err
	})
	if a == nil || len(a.Goals) == 0 {
		return failure
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.EvalText(w, a, opt) },
		json:     func(w io.Writer) error { return render.EvalJSON(w, a) },
		csv:      func(w io.Writer) error { return render.EvalCSV(w, a) },
		markdown: func(w io.Writer) error { return render.EvalMarkdown(w, a) },
	})
	if err = errors.Join(err, failure); err != nil {
		return err
	}
	if len(gates) > 0 {
		return e.judge(gates, a, len(opt.Sets) > 0)
	}
	return unanswered(a)
}

// asked turns the flags into what the library is asked, about all goals or one.
func (e *env) asked(tree *attacktree.Tree, q *question) (*mitigate.Options, error) {
	opt, err := q.options(tree)
	if err != nil {
		return nil, err
	}
	if opt.Goal != "" {
		if err := knownGoal(tree, opt.Goal); err != nil {
			return nil, err
		}
	}
	e.warnSets(tree, opt.Sets)
	return opt, nil
}

// unanswered returns an error if a limit left figures without any bound.
func unanswered(a *mitigate.Assessment) error {
	for _, g := range a.Goals {
		for _, r := range g.Results {
			there := map[string]bool{"fastest": r.Fastest != nil, "steps": r.Likelihood != nil && !r.Likelihood.Exact}
			for _, key := range slices.Sorted(maps.Keys(r.Limits)) {
				if why := r.Limits[key]; !there[key] {
					return fmt.Errorf("%s, %s: not all figures could be worked out: %s; allow more with --max-diagram", g.Goal, r.Scenario, why)
				}
			}
		}
	}
	return nil
}
