package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/render"
)

func attacksCommand(e *env) *cobra.Command {
	var q question
	var by string
	var top int
	cmd := &cobra.Command{
		Use:   "attacks FILE",
		Short: "Which minimal attacks are there, best first?",
		Example: `atree attacks examples/schneier-safe.atree
atree attacks --by likelihood --top 3 examples/model-weights.atree
atree attacks --set deployed --format csv examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			order, err := readOrder(by)
			if err != nil {
				return err
			}
			if top < 0 {
				return fmt.Errorf("--top: expected 0 (all) or more, found %d", top)
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			return e.attacks(cmd.Context(), tree, &q, order, top)
		},
	}
	q.flags(cmd)
	cmd.Flags().StringVar(&by, "by", "cost", "`WHAT` is best: cost, likelihood, impact, time or size")
	cmd.Flags().IntVar(&top, "top", 10, "list `N` attacks; 0: all")
	group(cmd.Flags(), "List", "by", "top")
	complete(cmd, "by", "cost", "likelihood", "impact", "time", "size")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func readOrder(word string) (attacktree.Order, error) {
	for _, o := range []attacktree.Order{attacktree.ByCost, attacktree.ByLikelihood, attacktree.BySize, attacktree.ByImpact, attacktree.ByTime} {
		if o.String() == word {
			return o, nil
		}
	}
	return 0, fmt.Errorf("--by: expected cost, likelihood, impact, time or size, found %q", word)
}

func (e *env) attacks(ctx context.Context, tree *attacktree.Tree, q *question, by attacktree.Order, top int) error {
	opt, err := q.options(tree)
	if err != nil {
		return err
	}
	s, err := q.scenario(opt)
	if err != nil {
		return err
	}
	if opt.Compile.Goal, err = goalOf(tree, q.goal); err != nil {
		return err
	}
	e.warnSets(tree, opt.Sets)
	node, _ := tree.Node(opt.Compile.Goal)
	list := &render.AttackList{Tree: tree, Goal: node.Name, Label: node.Label, Scenario: *s, By: by}
	failure := q.limits.run(ctx, e, func(ctx context.Context) error {
		prog, err := attacktree.Compile(ctx, tree, &opt.Compile)
		if err != nil {
			return err
		}
		return listAttacks(ctx, prog, s, list, top)
	})
	if failure != nil && len(list.Attacks) == 0 && list.Count == nil {
		return failure
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.AttacksText(w, list, opt) },
		json:     func(w io.Writer) error { return render.AttacksJSON(w, list) },
		csv:      func(w io.Writer) error { return render.AttacksCSV(w, list) },
		markdown: func(w io.Writer) error { return render.AttacksMarkdown(w, list) },
	})
	return errors.Join(err, failure)
}

// listAttacks counts the minimal attacks and takes the first of them; 0 is all.
func listAttacks(ctx context.Context, prog *attacktree.Program, s *attacktree.Scenario, list *render.AttackList, top int) error {
	count, counting := prog.Count(ctx, s)
	list.Count = count
	if counting != nil {
		list.Limits = map[string]string{"attack_count": counting.Error()}
	}
	for a, err := range prog.Attacks(ctx, s, list.By) {
		if err != nil {
			return err
		}
		if top > 0 && len(list.Attacks) == top {
			return counting
		}
		list.Attacks = append(list.Attacks, a)
	}
	list.Complete = true
	return counting
}
