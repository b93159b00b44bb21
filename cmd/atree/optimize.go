package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/plot"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/attacktree/uncertain"
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

	samples int // of the uncertain numbers; 0: none
	seed    uint64
	value   bool
	plot    picture
}

func optimizeCommand(e *env) *cobra.Command {
	var q question
	var w wish
	cmd := &cobra.Command{
		Use:   "optimize FILE",
		Short: "Which controls leave the least risk for their cost?",
		Long: "Which controls leave the least risk for their cost? Answers with the whole\n" +
			"Pareto front: for each budget the set of controls that leaves the least. All\n" +
			"controls but the retired ones may be chosen; what they require and exclude is\n" +
			"kept. With --samples, each set of the front is evaluated in draws of the\n" +
			"uncertain numbers, and --value says which of them it would be worth to know\n" +
			"before the choice. --plot draws the front, and where the sets of today and of\n" +
			"the file lie beside it. Exit status 1 if no set meets the target and the\n" +
			"constraints.",
		Example: `atree optimize examples/model-weights.atree
atree optimize --budget 500k --require mfa examples/model-weights.atree
atree optimize --target 25M examples/model-weights.atree
atree optimize --objective cheapest_cost examples/first.atree
atree optimize --explain examples/model-weights.atree
atree optimize --samples 2000 --plot front.svg examples/model-weights.atree
atree optimize --samples 2000 --value examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if err := w.check(cmd); err != nil {
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
	fs.IntVar(&w.samples, "samples", 0, "how sure is each point? `N` draws of the uncertain numbers, the same for all (default none)")
	fs.Uint64Var(&w.seed, "seed", 1, "another `SEED` gives other draws")
	fs.BoolVar(&w.value, "value", false, "with --samples: what would it be worth to know a number before a set of the front is chosen?")
	group(fs, "Question", "objective", "budget", "target", "require", "forbid", "gap", "max-work", "explain", "samples", "seed", "value")
	complete(cmd, "objective", "expected_impact", "likelihood", "cheapest_cost")
	completeNames(cmd, "require", setNames)
	completeNames(cmd, "forbid", setNames)
	e.readFlags(cmd)
	e.formatFlag(cmd)
	w.plot.register(cmd, "plot", "the front")
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
	answer := new(render.Choice)
	var beside []mitigate.Row
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		if o, err = mitigate.Optimize(ctx, tree, opt, front, target); err != nil {
			return err
		}
		if answer.Draws, err = w.draws(ctx, o, opt); err != nil {
			return err
		}
		if w.value && answer.Draws != nil {
			if answer.Information, err = answer.Draws.Information(ctx); err != nil {
				return err
			}
		}
		if w.plot.path == "" {
			return nil
		}
		beside, err = otherSets(ctx, tree, opt)
		return err
	})
	if o == nil {
		return failure
	}
	answer.Optimization = o
	if err := w.plot.write(func() (*plot.Picture, error) { return plot.Front(o, beside, answer.Draws) }); err != nil {
		return errors.Join(err, failure)
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.OptimizeText(w, answer, opt) },
		json:     func(w io.Writer) error { return render.OptimizeJSON(w, answer) },
		csv:      func(w io.Writer) error { return render.OptimizeCSV(w, answer) },
		markdown: func(w io.Writer) error { return render.OptimizeMarkdown(w, answer) },
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

// check looks at the flags that can be judged before anything is read.
func (w *wish) check(cmd *cobra.Command) error {
	switch {
	case w.samples < 0 || w.samples > uncertain.MaxSamples || w.samples == 0 && cmd.Flags().Changed("samples"):
		return fmt.Errorf("--samples: expected 1 to %d draws, found %d", uncertain.MaxSamples, w.samples)
	case w.samples == 0 && w.value:
		return errors.New("--value rests on draws; say how many with --samples")
	}
	return w.plot.check()
}

// mostFigures is how many figures draws may have altogether, at 8 bytes each.
const mostFigures = 1 << 28

// draws draws the uncertain numbers, if that is asked for, and computes for each
// set of the front what it leaves and what it costs in all.
func (w *wish) draws(ctx context.Context, o *mitigate.Optimization, opt *mitigate.Options) (*uncertain.Simulation, error) {
	points := o.Front.Points
	if w.samples == 0 || len(points) == 0 {
		return nil, nil
	}
	if most := mostFigures / (3 * len(points)); w.samples > most {
		return nil, fmt.Errorf("--samples: expected at most %d draws of the %d points of the front, found %d", most, len(points), w.samples)
	}
	compile := opt.Compile
	compile.Goal = o.Goal
	p, err := attacktree.Compile(ctx, o.Tree, &compile)
	if err != nil {
		return nil, err
	}
	if w.value && !p.HasLosses() {
		return nil, fmt.Errorf("--value: %s has no losses that a choice could lower", o.Goal)
	}
	study := &uncertain.Options{Samples: w.samples, Seed: w.seed, Figures: []string{o.Front.Objective.String(), uncertain.TotalCost}}
	for _, q := range points {
		study.Scenarios = append(study.Scenarios, &attacktree.Scenario{
			Name: strings.Join(q.Controls, ","), Controls: q.Controls, Adversary: o.Adversary, Mode: o.Mode, Params: opt.Params,
		})
	}
	s, err := uncertain.Simulate(ctx, p, study)
	if err != nil { // some draws are missing
		return nil, err
	}
	if w.value {
		err = s.Weigh(ctx, p, study.Scenarios)
	}
	return s, err
}

// otherSets evaluates what is shown beside the front: the controls of today and
// those planned, and the sets of the file, as many as there is time for.
func otherSets(ctx context.Context, tree *attacktree.Tree, opt *mitigate.Options) ([]mitigate.Row, error) {
	asked := *opt
	asked.Sets = nil
	m := tree.Model()
	if len(m.Controls) > 0 {
		for _, s := range []mitigate.NamedSet{{Name: "current"}, {Name: "planned"}} {
			s.Controls, _ = tree.SetMembers(map[string]string{"current": "deployed", "planned": "planned"}[s.Name])
			asked.Sets = append(asked.Sets, s)
		}
	}
	for _, s := range m.Sets {
		members, _ := tree.SetMembers(s.Name)
		asked.Sets = append(asked.Sets, mitigate.NamedSet{Name: s.Name, Controls: members})
	}
	c, err := mitigate.Compare(ctx, tree, &asked)
	if ctx.Err() != nil {
		err = nil
	}
	if c == nil || err != nil {
		return nil, err
	}
	return c.Rows, nil
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
