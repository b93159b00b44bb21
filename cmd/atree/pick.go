package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
)

// This file has the modes of eval in which the attacker picks what he attempts.

func (q *question) choiceFlags(cmd *cobra.Command, budget *string) {
	fs := cmd.Flags()
	fs.Lookup("mode").Usage = "`MODE` saturating: every possible step is tried; limited: those within the adversary's reach; budget: the best attack that the budget buys; economic: the attack that earns most, if one pays (default saturating, with --adversary limited)"
	fs.StringVar(budget, "attacker-budget", "", "the attacker's `BUDGET` in mode budget, as 300k (default the adversary's)")
	group(fs, "Question", "attacker-budget")
}

// choose reads the modes in which the attacker picks, and his budget. Which steps
// are possible is then up to the adversary, as in the mode limited.
func (q *question) choose(budget string) error {
	switch q.mode {
	case "budget":
		q.choice = attackers.Budget
	case "economic":
		q.choice = attackers.Economic
	}
	if q.chooses = q.mode == "budget" || q.mode == "economic"; q.chooses {
		q.mode = ""
	}
	if budget != "" && (!q.chooses || q.choice != attackers.Budget) {
		return errors.New("--attacker-budget: it acts in the mode budget only; add --mode budget")
	}
	var err error
	q.budget, err = given("--attacker-budget", budget, attacktree.Money)
	return err
}

// pick answers for an attacker who picks what he attempts.
func (e *env) pick(ctx context.Context, tree *attacktree.Tree, q *question, gates []threshold) error {
	opt, err := e.asked(tree, q)
	if err != nil {
		return err
	}
	var a *attackers.Assessment
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		a, err = attackers.Assess(ctx, tree, q.choice, &attackers.Options{
			Scenarios: opt.Scenarios(tree), Budget: q.budget, Compile: opt.Compile,
		})
		return err
	})
	switch {
	case errors.Is(failure, attackers.ErrNoBudget):
		return fmt.Errorf("--mode budget: nobody says what he can spend; give --attacker-budget, as 300k, or with --adversary one who has a budget")
	case errors.Is(failure, attackers.ErrNoGain):
		return fmt.Errorf("--mode economic: nobody says what he gains; give the adversary a gain and name him with --adversary, or the goal an asset that has a value")
	case errors.Is(failure, attackers.ErrNoCost):
		return fmt.Errorf("--mode %s: no step carries a cost, so that any budget buys every step; ask with --mode limited or saturating", q.choice)
	case a == nil || len(a.Goals) == 0:
		return failure
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.PickText(w, a, opt) },
		json:     func(w io.Writer) error { return render.PickJSON(w, a) },
		csv:      func(w io.Writer) error { return render.PickCSV(w, a) },
		markdown: func(w io.Writer) error { return render.PickMarkdown(w, a) },
	})
	if err = errors.Join(err, failure); err != nil || len(gates) == 0 {
		return err
	}
	judged := &mitigate.Assessment{Tree: a.Tree}
	for _, g := range a.Goals {
		of := &mitigate.GoalAssessment{Goal: g.Goal, Label: g.Label}
		for _, r := range g.Results {
			of.Results = append(of.Results, &r.Result)
		}
		judged.Goals = append(judged.Goals, of)
	}
	return e.judge(gates, judged, len(opt.Sets) > 0)
}
