package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/render"
)

func dotCommand(e *env) *cobra.Command {
	var q question
	var attack string
	cmd := &cobra.Command{
		Use:   "dot FILE",
		Short: "Draw it, for Graphviz.",
		Example: `atree dot examples/schneier-safe.atree | dot -Tsvg -o safe.svg
atree dot --attack cheapest --set deployed examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			switch attack {
			case "", "cheapest", "likeliest", "fastest":
			default:
				return fmt.Errorf("--attack: expected cheapest, likeliest or fastest, found %q", attack)
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			return e.dot(cmd.Context(), tree, &q, attack)
		},
	}
	q.flags(cmd)
	cmd.Flags().StringVar(&attack, "attack", "", "mark the attack that is the `BEST`: cheapest, likeliest or fastest")
	group(cmd.Flags(), "Picture", "attack")
	complete(cmd, "attack", "cheapest", "likeliest", "fastest")
	e.readFlags(cmd)
	e.writeFlags(cmd)
	return cmd
}

func (e *env) dot(ctx context.Context, tree *attacktree.Tree, q *question, attack string) error {
	opt, err := q.options(tree)
	if err != nil {
		return err
	}
	s, err := q.scenario(opt)
	if err != nil {
		return err
	}
	if q.goal != "" {
		if err := knownGoal(tree, q.goal); err != nil {
			return err
		}
	}
	e.warnSets(tree, opt.Sets)
	picture := &render.DOTOptions{Goal: q.goal, Controls: s.Controls}
	if attack != "" {
		if opt.Compile.Goal, err = goalOf(tree, q.goal); err != nil {
			return err
		}
		picture.Goal = opt.Compile.Goal
		err = q.limits.run(ctx, e, func(ctx context.Context) error {
			picture.Attack, err = findAttack(ctx, tree, &opt.Compile, s, attack)
			return err
		})
		if err != nil {
			return err
		}
	}
	return e.answer(func(w io.Writer) error { return render.DOT(w, tree, picture) })
}

// findAttack returns the attack to be marked. None is left, or none carries
// what it is chosen by: that is said, since the picture could not say it.
func findAttack(ctx context.Context, tree *attacktree.Tree, opt *attacktree.Options, s *attacktree.Scenario, which string) (*attacktree.Attack, error) {
	prog, err := attacktree.Compile(ctx, tree, opt)
	if err != nil {
		return nil, err
	}
	r, err := prog.Eval(ctx, s)
	if err != nil {
		return nil, err
	}
	a := map[string]*attacktree.Attack{"cheapest": r.Cheapest, "likeliest": r.Likeliest, "fastest": r.Fastest}[which]
	switch why, limited := r.Limits[which]; {
	case a != nil:
		return a, nil
	case limited:
		return nil, fmt.Errorf("the %s attack is not known: %s", which, why)
	case !r.Reachable:
		return nil, fmt.Errorf("there is no %s attack to mark: none is left in %s", which, s.Name)
	case which == "cheapest":
		return nil, fmt.Errorf("there is no cheapest attack to mark: no step has a cost")
	}
	return nil, fmt.Errorf("there is no fastest attack to mark: no step has a time")
}
