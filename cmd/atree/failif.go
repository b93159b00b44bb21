package main

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// A threshold of --fail-if: '[SCENARIO.]FIGURE OP VALUE'.
type threshold struct {
	text     string
	scenario string // empty: current, each set given, or inherent
	figure   gateFigure
	op       string
	value    float64
}

// A gateFigure is a figure that a threshold can be about, and where in a result
// it stands: its bounds, which are equal where it is exact. Without a figure ok
// is false.
type gateFigure struct {
	name  string
	needs string // what the model must hold for the figure to exist, if anything
	unit  attacktree.Unit
	of    func(*attacktree.Result) (low, high float64, ok bool)

	// none is what counts where no attack is left, and so no attack to read the
	// figure from.
	none float64
	read bool // from an attack
}

var gateFigures = []gateFigure{
	{name: "likelihood", unit: attacktree.Share,
		of: func(r *attacktree.Result) (float64, float64, bool) { return bounds(r.Likelihood) }},
	{name: "expected_impact", needs: "an impact", unit: attacktree.Money,
		of: func(r *attacktree.Result) (float64, float64, bool) { return bounds(r.ExpectedImpact) }},
	{name: "annual_loss", needs: "an impact, and attempts of the goal or of the adversary given", unit: attacktree.Money,
		of: func(r *attacktree.Result) (float64, float64, bool) { return bounds(r.AnnualLoss) }},
	{name: "attack_count", unit: attacktree.Plain,
		of: func(r *attacktree.Result) (float64, float64, bool) { return whole(r.AttackCount) }},
	{name: "min_skill", needs: "a skill of some step", unit: attacktree.Plain, read: true, none: math.Inf(1),
		of: func(r *attacktree.Result) (float64, float64, bool) {
			if r.MinSkill == nil {
				return 0, 0, false
			}
			x := float64(*r.MinSkill)
			return x, x, true
		}},
	{name: "cheapest_cost", needs: "a cost of some step", unit: attacktree.Money, read: true, none: math.Inf(1),
		of: func(r *attacktree.Result) (float64, float64, bool) {
			if r.Cheapest == nil {
				return 0, 0, false
			}
			return optional(r.Cheapest.Cost)
		}},
	{name: "likeliest_likelihood", unit: attacktree.Share, read: true, none: 0,
		of: func(r *attacktree.Result) (float64, float64, bool) {
			if r.Likeliest == nil {
				return 0, 0, false
			}
			return optional(&r.Likeliest.Likelihood)
		}},
	{name: "fastest_time", needs: "a time of some step", unit: attacktree.Duration, read: true, none: math.Inf(1),
		of: func(r *attacktree.Result) (float64, float64, bool) {
			if r.Fastest == nil {
				return 0, 0, false
			}
			return optional(r.Fastest.Time)
		}},
	{name: "defence_depth", unit: attacktree.Plain, read: true, none: math.Inf(1),
		of: func(r *attacktree.Result) (float64, float64, bool) {
			if r.DefenceDepth == nil {
				return 0, 0, false
			}
			x := float64(len(r.DefenceDepth.Controls))
			return x, x, true
		}},
}

func bounds(f *attacktree.Figure) (low, high float64, ok bool) {
	if f == nil {
		return 0, 0, false
	}
	if f.Exact {
		return f.Value, f.Value, true
	}
	return f.Low, f.High, true
}

func optional(x *float64) (low, high float64, ok bool) {
	if x == nil {
		return 0, 0, false
	}
	return *x, *x, true
}

func whole(n *big.Int) (low, high float64, ok bool) {
	if n == nil {
		return 0, 0, false
	}
	x, _ := new(big.Float).SetInt(n).Float64()
	return x, x, true
}

func figureNames() []string {
	var names []string
	for _, f := range gateFigures {
		names = append(names, f.name)
	}
	return names
}

func readThresholds(texts []string) ([]threshold, error) {
	var out []threshold
	for _, text := range texts {
		t, err := readThreshold(text)
		if err != nil {
			return nil, fmt.Errorf("--fail-if %q: %w", text, err)
		}
		out = append(out, t)
	}
	return out, nil
}

// splitRule takes a rule apart: what is compared, how, and with what. The example
// is shown to those who write none.
func splitRule(text, example string) (name, op, value string, err error) {
	at := strings.IndexAny(text, "<>=!")
	if at < 0 {
		return "", "", "", fmt.Errorf("expected FIGURE OP VALUE, as '%s', found no OP (> >= < <=)", example)
	}
	end := at
	for end < len(text) && strings.IndexByte("<>=!", text[end]) >= 0 {
		end++
	}
	if op = text[at:end]; !slices.Contains([]string{">", ">=", "<", "<="}, op) {
		return "", "", "", fmt.Errorf("expected > >= < or <=, found %s", op)
	}
	return strings.TrimSpace(text[:at]), op, text[end:], nil
}

// noFigure says which figures there are instead of the one that was named.
func noFigure(name string, names []string) error {
	if near := diag.Nearest(name, names); near != "" {
		return fmt.Errorf("no figure is called %q; did you mean %q?", name, near)
	}
	if len(names) == 1 {
		return fmt.Errorf("expected the figure %s, found %q", names[0], name)
	}
	return fmt.Errorf("expected one of the figures %s, found %q", strings.Join(names, ", "), name)
}

// readCount reads a rule about a number of things: '[SCENARIO.]FIGURE OP NUMBER'.
func readCount(text string, figures ...string) (threshold, error) {
	t, err := parseCount(text, figures)
	if err != nil {
		return threshold{}, fmt.Errorf("--fail-if %q: %w", text, err)
	}
	return t, nil
}

func parseCount(text string, figures []string) (threshold, error) {
	name, op, value, err := splitRule(text, figures[0]+" > 0")
	if err != nil {
		return threshold{}, err
	}
	t := threshold{text: text, op: op}
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		t.scenario, name = name[:dot], name[dot+1:]
	}
	if !slices.Contains(figures, name) {
		return threshold{}, noFigure(name, figures)
	}
	t.figure.name = name
	n, err := literal(value)
	if err != nil {
		return threshold{}, err
	}
	if n.Unit != dsl.Plain {
		return threshold{}, fmt.Errorf("expected a plain number, found %s", n.Span.Text())
	}
	t.value = n.Value
	return t, nil
}

// readCounts reads rules about numbers of things that no scenario changes.
func readCounts(texts []string, figures ...string) ([]threshold, error) {
	var out []threshold
	for _, text := range texts {
		t, err := readCount(text, figures...)
		if err == nil && t.scenario != "" {
			err = fmt.Errorf("--fail-if %q: %s does not depend on a scenario; leave %q out", text, t.figure.name, t.scenario+".")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// judgeCounts puts every rule to the number that it is about.
func (e *env) judgeCounts(rules []threshold, count func(figure string) int) error {
	var answer error
	for _, t := range rules {
		if n := count(t.figure.name); t.holds(float64(n)) {
			fmt.Fprintf(e.stderr, "failed: %s (found %d)\n", t.text, n)
			answer = errNo
		}
	}
	return answer
}

func readThreshold(text string) (threshold, error) {
	name, op, value, err := splitRule(text, "likelihood > 10%")
	if err != nil {
		return threshold{}, err
	}
	t := threshold{text: text, op: op}
	// A set may have dots in its name; a figure has none.
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		t.scenario, name = name[:dot], name[dot+1:]
	}
	i := slices.IndexFunc(gateFigures, func(f gateFigure) bool { return f.name == name })
	if i < 0 {
		if slices.Contains(traceFigures(), name) {
			return threshold{}, fmt.Errorf("%s is counted with --trace; add that", name)
		}
		return threshold{}, noFigure(name, figureNames())
	}
	t.figure = gateFigures[i]
	n, err := literal(value)
	if err != nil {
		return threshold{}, err
	}
	if err := fits(n, t.figure.unit); err != nil {
		return threshold{}, err
	}
	t.value = n.Value
	return t, nil
}

// judge puts every threshold to every goal, in the scenarios that it is about.
// One that is passed decides: the answer is no. Otherwise one that could not be
// decided is an error.
func (e *env) judge(gates []threshold, a *mitigate.Assessment, sets bool) error {
	var undecided error
	passed := false
	for _, t := range gates {
		for _, g := range a.Goals {
			results, err := t.scenarios(g, sets)
			if err != nil {
				undecided = errors.Join(undecided, err)
				continue
			}
			for _, r := range results {
				yes, found, err := t.passed(r)
				if err != nil {
					undecided = errors.Join(undecided, fmt.Errorf("--fail-if %q: %s, %s: %w", t.text, g.Goal, r.Scenario, err))
				}
				if yes {
					passed = true
					fmt.Fprintf(e.stderr, "failed: %s, %s: %s (found %s)\n", g.Goal, r.Scenario, t.text, found)
				}
			}
		}
	}
	if passed && undecided != nil { // the answer is no all the same
		fmt.Fprintf(e.stderr, "not decided: %s\n", oneLine(undecided))
	}
	if passed {
		return errNo
	}
	return undecided
}

// scenarios returns the results that a threshold is about.
func (t *threshold) scenarios(g *mitigate.GoalAssessment, sets bool) ([]*attacktree.Result, error) {
	if t.scenario == "" {
		if sets {
			return g.Results[1:], nil // all but inherent
		}
		for _, r := range g.Results {
			if r.Scenario == "current" {
				return []*attacktree.Result{r}, nil
			}
		}
		return g.Results[:1], nil
	}
	var names []string
	for _, r := range g.Results {
		if r.Scenario == t.scenario {
			return []*attacktree.Result{r}, nil
		}
		names = append(names, r.Scenario)
	}
	return nil, fmt.Errorf("--fail-if %q: no scenario is called %q; there are %s", t.text, t.scenario, commas(names))
}

// passed reports whether a result passes the threshold, and what was found.
func (t *threshold) passed(r *attacktree.Result) (yes bool, found string, err error) {
	low, high, ok := t.figure.of(r)
	_, uncounted := r.Limits["attack_count"]
	if !ok && t.figure.read && !r.Reachable && !uncounted {
		return t.holds(t.figure.none), "no attack left", nil
	}
	if !ok {
		if why, limited := r.Limits[strings.TrimSuffix(strings.TrimSuffix(t.figure.name, "_cost"), "_time")]; limited {
			return false, "", fmt.Errorf("%s is not known: %s", t.figure.name, why)
		}
		if t.figure.needs != "" {
			return false, "", fmt.Errorf("%s does not exist here; it needs %s", t.figure.name, t.figure.needs)
		}
		return false, "", fmt.Errorf("%s does not exist here", t.figure.name)
	}
	found = digits(low)
	if low != high {
		found += " to " + digits(high)
	}
	if t.holds(low) != t.holds(high) {
		return false, found, fmt.Errorf("%s is %s, which does not decide", t.figure.name, found)
	}
	return t.holds(low), found, nil
}

// digits writes a number without exponent where that is readable.
func digits(x float64) string {
	if x < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func (t *threshold) holds(x float64) bool {
	switch t.op {
	case ">":
		return x > t.value
	case ">=":
		return x >= t.value
	case "<":
		return x < t.value
	}
	return x <= t.value
}
