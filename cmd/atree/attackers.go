package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/plot"
	"github.com/atree-dev/atree/attacktree/render"
)

func attackersCommand(e *env) *cobra.Command {
	var q question
	var budget string
	var drawn picture
	cmd := &cobra.Command{
		Use:   "attackers FILE",
		Short: "What can each adversary do with his budget?",
		Long: "What can each adversary do with his budget, and does an attack pay? Answers for\n" +
			"every budget: the greatest chance of the goal, the greatest expected loss and\n" +
			"the greatest loss if all succeeds, for each adversary of the file, or the one\n" +
			"given, and without controls, or in each set given. --plot draws it as curves.",
		Example: `atree attackers examples/model-weights.atree
atree attackers --adversary syndicate --set all examples/model-weights.atree
atree attackers --attacker-budget 300k examples/model-weights.atree
atree attackers --plot budgets.png examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if err := drawn.check(); err != nil {
				return err
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			return e.attackers(cmd.Context(), tree, &q, budget, &drawn)
		},
	}
	q.flags(cmd)
	cmd.Flags().StringVar(&budget, "attacker-budget", "", "the attacker's `BUDGET`, as 300k, instead of that of each adversary")
	group(cmd.Flags(), "Question", "attacker-budget")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	drawn.register(cmd, "plot", "what each budget buys")
	e.writeFlags(cmd)
	return cmd
}

func (e *env) attackers(ctx context.Context, tree *attacktree.Tree, q *question, budget string, drawn *picture) error {
	choice, err := q.options(tree)
	if err != nil {
		return err
	}
	if choice.Compile.Goal, err = goalOf(tree, q.goal); err != nil {
		return err
	}
	e.warnSets(tree, choice.Sets)
	opt := &attackers.Options{Compile: choice.Compile, Scenarios: attackScenarios(tree, q, choice)}
	if opt.Budget, err = given("--attacker-budget", budget, attacktree.Money); err != nil {
		return err
	}
	var r *attackers.Report
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		r, err = attackers.Study(ctx, tree, opt)
		return err
	})
	if r == nil || len(r.Profiles) == 0 {
		return failure
	}
	if err := drawn.write(func() (*plot.Picture, error) { return plot.Budgets(r) }); err != nil {
		return errors.Join(err, failure)
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.AttackersText(w, r, opt) },
		json:     func(w io.Writer) error { return render.AttackersJSON(w, r) },
		csv:      func(w io.Writer) error { return render.AttackersCSV(w, r) },
		markdown: func(w io.Writer) error { return render.AttackersMarkdown(w, r) },
	})
	return errors.Join(err, failure)
}

// attackScenarios are those of each adversary, or the one asked for, or nobody in
// particular, without controls or in each set.
func attackScenarios(tree *attacktree.Tree, q *question, opt *mitigate.Options) []*attacktree.Scenario {
	who := []string{opt.Adversary}
	if opt.Adversary == "" && len(tree.Model().Adversaries) > 0 {
		who = nil
		for _, a := range tree.Model().Adversaries {
			who = append(who, a.Name)
		}
	}
	sets := opt.Sets
	if len(sets) == 0 {
		sets = []mitigate.NamedSet{{Name: "inherent"}}
	}
	mode := opt.Mode
	if q.mode == "" {
		mode = attacktree.DefaultMode
	}
	var out []*attacktree.Scenario
	for _, name := range who {
		for _, s := range sets {
			out = append(out, &attacktree.Scenario{Name: s.Name, Controls: s.Controls, Adversary: name, Mode: mode, Params: opt.Params})
		}
	}
	return out
}
