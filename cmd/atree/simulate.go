package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/plot"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// A draw holds the flags that say what is drawn.
type draw struct {
	samples   int
	seed      uint64
	sobol     bool
	precision string
	shard     string

	sensitivity string
	value       bool
	report
}

func simulateCommand(e *env) *cobra.Command {
	var q question
	var d draw
	cmd := &cobra.Command{
		Use:   "simulate FILE",
		Short: "How sure are we?",
		Long: "How sure are we? Draws the uncertain numbers of the model many times, computes\n" +
			"the figures of each draw exactly, and shows how far they lie apart, what a year\n" +
			"may lose, and how scenarios compare in the same draws. The scenarios are\n" +
			"inherent, current and planned, or with --set inherent and the sets given. A big\n" +
			"study can be split over machines: each draws a shard, and atree merge puts the\n" +
			"parts together. --plot draws the exceedance curves, with --tolerance what they\n" +
			"may not pass, and --tornado the swings of --sensitivity, as SVG or PNG by the\n" +
			"extension. Exit status 1 if a rule of --fail-if holds in scenario current (with\n" +
			"--set in a set given; inherent where there are no controls), or in the scenario\n" +
			"that it names.",
		Example: `atree simulate --samples 100000 --seed 7 examples/model-weights.atree
atree simulate --draws draws.csv --above 10M examples/model-weights.atree
atree simulate --sensitivity likelihood --value examples/model-weights.atree
atree simulate --set all --pairs pairs.csv examples/model-weights.atree
atree simulate --plot years.svg --tolerance 200M:20%,500M:5% \
  examples/model-weights.atree
atree simulate --tolerance 100M:5% --fail-if 'exceeded > 0' \
  examples/model-weights.atree  # exit 1
atree simulate --samples 1000000 --shard 1/4 -o part-1 \
  examples/model-weights.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if err := d.report.check(e.output); err != nil {
				return err
			}
			if err := d.check(cmd); err != nil {
				return err
			}
			tree, err := e.open(args[0], q.goal)
			if err != nil {
				return err
			}
			return e.simulate(cmd.Context(), tree, &q, &d)
		},
	}
	q.flags(cmd)
	fs := cmd.Flags()
	fs.IntVar(&d.samples, "samples", 10_000, "how many draws, `N`")
	fs.Uint64Var(&d.seed, "seed", 1, "another `SEED` gives other draws")
	fs.BoolVar(&d.sobol, "sobol", false, "draw from scrambled Sobol' sequences: closer means for as many draws")
	fs.StringVar(&d.precision, "precision", "", "end once the standard error of every mean is at most this `SHARE` of it, as 1%, or after all samples")
	fs.StringVar(&d.shard, "shard", "", "draw part `I/N` only, and write it for atree merge")
	fs.StringVar(&d.sensitivity, "sensitivity", "", "which numbers does `FIGURE` depend on: likelihood or expected_impact?")
	fs.BoolVar(&d.value, "value", false, "what would it be worth to know a number before one of the scenarios is chosen?")
	group(fs, "Question", "samples", "seed", "sobol", "precision", "shard", "sensitivity", "value")
	complete(cmd, "sensitivity", uncertain.Likelihood, uncertain.ExpectedImpact)
	d.report.flags(cmd)
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

// check looks at what can be told before a file is read.
func (d *draw) check(cmd *cobra.Command) error {
	switch d.sensitivity {
	case "", uncertain.Likelihood, uncertain.ExpectedImpact:
	default:
		return fmt.Errorf("--sensitivity: expected %s or %s, found %q", uncertain.Likelihood, uncertain.ExpectedImpact, d.sensitivity)
	}
	if d.shard == "" {
		return d.asked(d.sensitivity != "", d.value)
	}
	for _, name := range append([]string{"format", "above", "plot", "tornado", "tolerance", "fail-if"}, dataFlags...) {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: a shard is written as a part; give it to atree merge with the parts", name)
		}
	}
	return nil
}

// answerable reports what the goal has no figures for, before anything is drawn.
func (d *draw) answerable(p *attacktree.Program, scenarios []*attacktree.Scenario) error {
	switch {
	case d.value && !p.HasLosses():
		return fmt.Errorf("--value: %s has no losses that a choice could lower", p.Goal())
	case d.sensitivity == uncertain.ExpectedImpact && !p.HasLosses():
		return fmt.Errorf("--sensitivity: %s has no losses; ask for %s", p.Goal(), uncertain.Likelihood)
	case d.ofYears() == "":
		return nil
	}
	for _, s := range scenarios {
		e := p.NewEvaluator()
		if err := e.Set(s); err != nil {
			return err
		}
		if _, ok := e.Attempts(); !ok || !p.HasLosses() {
			return yearless(d.ofYears(), p.Goal())
		}
	}
	return nil
}

func (e *env) simulate(ctx context.Context, tree *attacktree.Tree, q *question, d *draw) error {
	opt, err := q.options(tree)
	if err != nil {
		return err
	}
	if opt.Goal, err = goalOf(tree, q.goal); err != nil {
		return err
	}
	e.warnSets(tree, opt.Sets)
	study, err := d.options()
	if err != nil {
		return err
	}
	study.Scenarios = scenarios(tree, opt)
	study.MaxBytes = int64(q.maxMemory)
	var done atomic.Int64
	study.Progress = func(n int) { done.Store(int64(n)) }
	q.limits.progress = func() string {
		return fmt.Sprintf("%d of %d draws", done.Load(), d.samples/max(study.Shards, 1))
	}
	opt.Compile.Goal = opt.Goal
	opt.Compile.Scenarios = d.samples * len(study.Scenarios) // of all shards, so that they round alike
	answer := new(render.Study)
	err = q.limits.run(ctx, e, func(ctx context.Context) error {
		p, err := attacktree.Compile(ctx, tree, &opt.Compile)
		if err != nil {
			return err
		}
		if err := d.answerable(p, study.Scenarios); err != nil {
			return err
		}
		s, err := uncertain.Simulate(ctx, p, study)
		if err != nil {
			return err
		}
		answer.Simulation = s
		if d.sensitivity != "" {
			if err := s.Explore(ctx, p, present(study.Scenarios), d.sensitivity, min(max(s.Samples, 2), sensitivitySamples)); err != nil {
				return err
			}
		}
		if d.value {
			if err := s.Weigh(ctx, p, study.Scenarios); err != nil {
				return err
			}
		}
		if d.shard != "" {
			return nil
		}
		return conclude(ctx, answer)
	})
	inexact, large := (*uncertain.InexactError)(nil), (*uncertain.MemoryError)(nil)
	switch {
	case errors.As(err, &inexact):
		return fmt.Errorf("%w; allow more with --max-diagram", err)
	case errors.As(err, &large):
		return fmt.Errorf("--samples: the figures of so many draws take %d MiB, above the limit of %d MiB; draw fewer, draw a part with --shard, or allow more with --max-memory", large.Bytes>>20, large.Most>>20)
	case err != nil:
		return err
	}
	if d.shard != "" {
		return e.answer(func(w io.Writer) error { return uncertain.WritePart(w, answer.Simulation) })
	}
	return e.report(answer, &d.report)
}

// conclude draws from a whole simulation what was asked about its numbers.
func conclude(ctx context.Context, study *render.Study) (err error) {
	study.Sensitivity = study.Simulation.Sensitivity()
	study.Information, err = study.Simulation.Information(ctx)
	return err
}

// sensitivitySamples is how many draws sensitivities rest on at most: each costs
// an evaluation for every uncertain number.
const sensitivitySamples = 10_000

// present is the scenario that stands for how things are: current, or the last.
func present(scenarios []*attacktree.Scenario) *attacktree.Scenario {
	for _, s := range scenarios {
		if s.Name == "current" {
			return s
		}
	}
	return scenarios[len(scenarios)-1]
}

// options reads the flags of the draws.
func (d *draw) options() (*uncertain.Options, error) {
	if d.samples < 1 || d.samples > uncertain.MaxSamples {
		return nil, fmt.Errorf("--samples: expected 1 to %d draws, found %d", uncertain.MaxSamples, d.samples)
	}
	opt := &uncertain.Options{Samples: d.samples, Seed: d.seed, Sobol: d.sobol}
	if d.precision != "" {
		n, err := literal(d.precision)
		if err == nil {
			err = fits(n, attacktree.Share)
		}
		if err == nil && (n.Value <= 0 || n.Value >= 1) {
			err = fmt.Errorf("expected a share above 0%% and below 100%%, found %s", d.precision)
		}
		if err != nil {
			return nil, fmt.Errorf("--precision: %w", err)
		}
		opt.Precision = n.Value
	}
	if d.shard != "" {
		i, n, ok := strings.Cut(d.shard, "/")
		var errI, errN error
		opt.Shard, errI = strconv.Atoi(i)
		opt.Shards, errN = strconv.Atoi(n)
		if !ok || errI != nil || errN != nil || opt.Shard < 1 || opt.Shard > opt.Shards {
			return nil, fmt.Errorf("--shard: expected a part such as 1/4, found %q", d.shard)
		}
	}
	return opt, nil
}

// scenarios are inherent and, where there are controls, current and planned or
// the sets asked for.
func scenarios(tree *attacktree.Tree, opt *mitigate.Options) []*attacktree.Scenario {
	sets := opt.Sets
	if len(sets) == 0 && len(tree.Model().Controls) > 0 {
		deployed, _ := tree.SetMembers("deployed")
		planned, _ := tree.SetMembers("planned")
		sets = []mitigate.NamedSet{{Name: "current", Controls: deployed}, {Name: "planned", Controls: planned}}
	}
	var out []*attacktree.Scenario
	for _, s := range append([]mitigate.NamedSet{{Name: "inherent"}}, sets...) {
		out = append(out, &attacktree.Scenario{Name: s.Name, Controls: s.Controls, Adversary: opt.Adversary, Mode: opt.Mode, Params: opt.Params})
	}
	return out
}

// A report holds the flags that say how a simulation is told.
type report struct {
	above     []string
	plot      picture
	tornado   picture
	tolerance string
	failIf    []string

	draws, curve, pairs, effects, worth string // files

	amounts  []float64 // of above, once the flags are checked
	accepted uncertain.RiskTolerance
	rules    []threshold
}

// dataFlags name the files of a report.
var dataFlags = []string{"draws", "curve", "pairs", "effects", "worth"}

func (r *report) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&r.above, "above", nil, "the chance that a year loses more than `AMOUNT`, as 10M; repeatable")
	fs.StringVar(&r.draws, "draws", "", "write all draws to `FILE`, as CSV, or as JSON Lines if it ends in .jsonl")
	fs.StringVar(&r.curve, "curve", "", "write the exceedance curves to `FILE`, likewise")
	fs.StringVar(&r.pairs, "pairs", "", "write the comparisons of any two scenarios to `FILE`, likewise")
	fs.StringVar(&r.effects, "effects", "", "write the sensitivities to `FILE`, likewise")
	fs.StringVar(&r.worth, "worth", "", "write what it is worth to know each number to `FILE`, likewise")
	fs.StringVar(&r.tolerance, "tolerance", "", "is a year kept within limits, each with the greatest chance of more than a loss? `LOSS:CHANCE`, and more behind commas, as 1M:10%,10M:1%")
	fs.StringArrayVar(&r.failIf, "fail-if", nil, "exit status 1 if `RULE` holds: [SCENARIO.]exceeded OP NUMBER, as 'exceeded > 0', about the limits of --tolerance that are exceeded; repeatable. OP is one of > >= < <=")
	group(fs, "Question", "above", "tolerance")
	group(fs, "Gate", "fail-if")
	group(fs, "Output", dataFlags...)
	r.plot.register(cmd, "plot", "the exceedance curves and the tolerance")
	r.tornado.register(cmd, "tornado", "the swings of a sensitivity")
}

// check reads the flags that can be understood before anything is drawn.
func (r *report) check(answer string) (err error) {
	for _, p := range []*picture{&r.plot, &r.tornado} {
		if err := p.check(); err != nil {
			return err
		}
	}
	if err := r.apart(answer); err != nil {
		return err
	}
	for _, text := range r.above {
		n, err := literal(text)
		if err == nil {
			err = fits(n, attacktree.Money)
		}
		if err != nil {
			return fmt.Errorf("--above: %w", err)
		}
		r.amounts = append(r.amounts, n.Value)
	}
	if r.accepted, err = readTolerance(r.tolerance); err != nil {
		return err
	}
	r.rules, err = readExceeded(r.failIf, r.accepted)
	return err
}

// apart checks that each file can be written as its name says, and is written
// once, beside that of the answer.
func (r *report) apart(answer string) error {
	taken := map[string]string{answer: "--output"}
	for _, f := range []struct{ flag, path string }{
		{"--draws", r.draws}, {"--curve", r.curve}, {"--pairs", r.pairs}, {"--effects", r.effects}, {"--worth", r.worth},
		{"--plot", r.plot.path}, {"--tornado", r.tornado.path},
	} {
		switch other := taken[f.path]; {
		case f.path == "":
			continue
		case f.path == "-":
			return fmt.Errorf("%s: expected the name of a file, found -", f.flag)
		case filepath.Ext(f.path) == ".json":
			return fmt.Errorf("%s: a table is written as CSV, or as JSON Lines to a file that ends in .jsonl; found .json", f.flag)
		case other != "":
			return fmt.Errorf("%s and %s would write the same file, %s", other, f.flag, f.path)
		}
		taken[f.path] = f.flag
	}
	return nil
}

// asked checks that what is to be written was asked for.
func (r *report) asked(sensitivity, value bool) error {
	switch {
	case r.tornado.path != "" && !sensitivity:
		return errors.New("--tornado draws a sensitivity; say of which figure with --sensitivity of atree simulate")
	case r.effects != "" && !sensitivity:
		return errors.New("--effects: no sensitivities were asked for; simulate with --sensitivity FIGURE")
	case r.worth != "" && !value:
		return errors.New("--worth: the worth of knowing more was not asked for; simulate with --value")
	}
	return nil
}

// ofYears names the first flag that asks about the loss of a year.
func (r *report) ofYears() string {
	switch {
	case r.accepted != nil:
		return "--tolerance"
	case r.plot.path != "":
		return "--plot"
	case r.curve != "":
		return "--curve"
	case len(r.above) > 0:
		return "--above"
	}
	return ""
}

func yearless(flag, goal string) error {
	return fmt.Errorf("%s: a year of %s has no loss; the goal needs losses, and attempts of its own or of the adversary", flag, goal)
}

// report writes a whole simulation, and its draws and curves where they are
// asked for. A file that cannot be written does not keep back the others.
func (e *env) report(study *render.Study, r *report) error {
	if err := r.asked(study.Sensitivity != nil, study.Information != nil); err != nil {
		return err
	}
	study.Above, study.Tolerance = r.amounts, r.accepted
	for k := range study.Scenarios {
		if flag := r.ofYears(); flag != "" && study.Scenarios[k].Column(uncertain.YearLoss) == nil {
			return yearless(flag, study.Goal)
		}
	}
	failed := errors.Join(
		r.plot.write(func() (*plot.Picture, error) { return plot.Exceedance(study.Simulation, study.Tolerance) }),
		r.tornado.write(func() (*plot.Picture, error) {
			return plot.Tornado(study.Sensitivity, plot.Subject{
				Goal: study.Goal, Label: study.Label, Model: study.Model.Title, Currency: study.Model.Currency, Scenario: study.Sensitivity.Scenario, Params: study.Scenarios[0].Params,
			}), nil
		}))
	for _, data := range []struct {
		path        string
		csv, ndjson func(io.Writer, *render.Study) error
	}{
		{r.draws, render.SimulateDrawsCSV, render.SimulateDrawsJSON},
		{r.curve, render.SimulateCurveCSV, render.SimulateCurveJSON},
		{r.pairs, render.SimulatePairsCSV, render.SimulatePairsJSON},
		{r.effects, render.SimulateEffectsCSV, render.SimulateEffectsJSON},
		{r.worth, render.SimulateWorthCSV, render.SimulateWorthJSON},
	} {
		err := tabulate(data.path, study, data.csv, data.ndjson)
		if errors.Is(err, errInterrupted) {
			return err
		}
		failed = errors.Join(failed, err)
	}
	failed = errors.Join(failed, e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.SimulateText(w, study, opt) },
		json:     func(w io.Writer) error { return render.SimulateJSON(w, study) },
		csv:      func(w io.Writer) error { return render.SimulateCSV(w, study) },
		markdown: func(w io.Writer) error { return render.SimulateMarkdown(w, study) },
	}))
	verdict := e.judgeExceeded(r.rules, study.Simulation, study.Tolerance)
	if failed != nil {
		return failed
	}
	return verdict
}

// tabulate writes data of a study to a file that is asked for, as its name says.
func tabulate(path string, s *render.Study, asCSV, asJSON func(io.Writer, *render.Study) error) error {
	if path == "" {
		return nil
	}
	write := asCSV
	if ext := filepath.Ext(path); ext == ".jsonl" || ext == ".ndjson" {
		write = asJSON
	}
	return about(path, replaceBy(path, func(w io.Writer) error { return write(w, s) }))
}
