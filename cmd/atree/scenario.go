package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// A question holds the flags that say what is asked about a model: which goal,
// which controls, who attacks, and within which limits.
type question struct {
	goal      string
	sets      []string
	adversary string
	mode      string
	params    []string

	chooses bool // the attacker picks an attack: modes budget and economic of eval
	choice  attackers.Mode
	budget  *float64

	limits
}

func (q *question) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&q.goal, "goal", "", "the `GOAL` that is asked about")
	fs.StringArrayVar(&q.sets, "set", nil, "mitigation `SET`, a comma list of sets and controls; -x takes x away; repeatable")
	fs.StringVar(&q.adversary, "adversary", "", "the `ADVERSARY` who attacks")
	fs.StringVar(&q.mode, "mode", "", "`MODE` saturating: every possible step is tried; limited: those within the adversary's reach (default saturating, with --adversary limited)")
	fs.StringArrayVar(&q.params, "param", nil, "what if a param had another value: `NAME=VALUE`, as p=30% or wait=14d; repeatable")
	group(fs, "Question", "goal", "set", "adversary", "mode", "param")
	q.limits.flags(fs)
	complete(cmd, "mode", "saturating", "limited")
	completeNames(cmd, "goal", goalNames)
	completeNames(cmd, "set", setNames)
	completeNames(cmd, "adversary", adversaryNames)
	completeNames(cmd, "param", paramNames)
}

// options turns the flags into what the library is asked. goal is checked by
// the verb, since some ask about one goal and some about all.
func (q *question) options(tree *attacktree.Tree) (*mitigate.Options, error) {
	opt := &mitigate.Options{
		Goal:      q.goal,
		Adversary: q.adversary,
		Compile:   attacktree.Options{Goal: q.goal, MaxNodes: q.maxDiagram},
	}
	var err error
	if opt.Mode, err = q.readMode(); err != nil {
		return nil, err
	}
	if q.adversary != "" {
		var names []string
		for _, a := range tree.Model().Adversaries {
			names = append(names, a.Name)
		}
		if err := oneOf("--adversary", "adversary", q.adversary, names); err != nil {
			return nil, err
		}
	}
	if opt.Sets, err = namedSets(tree, q.sets); err != nil {
		return nil, err
	}
	opt.Params, err = readParams(tree, q.params)
	return opt, err
}

func (q *question) readMode() (attacktree.Mode, error) {
	switch q.mode {
	case "":
		if q.adversary == "" {
			return attacktree.Saturating, nil
		}
		return attacktree.Limited, nil
	case "saturating":
		return attacktree.Saturating, nil
	case "limited":
		if q.adversary == "" {
			return 0, fmt.Errorf("--mode limited asks about somebody; say who with --adversary")
		}
		return attacktree.Limited, nil
	case "budget", "economic":
		return 0, fmt.Errorf("--mode %s: expected saturating or limited; what a budget buys and whether an attack pays, atree eval and atree attackers tell", q.mode)
	}
	return 0, fmt.Errorf("--mode: expected saturating or limited, or with eval budget or economic, found %q", q.mode)
}

// scenario is the one scenario of the verbs that answer for one: inherent, or
// the set that is given.
func (q *question) scenario(opt *mitigate.Options) (*attacktree.Scenario, error) {
	s := &attacktree.Scenario{Adversary: opt.Adversary, Mode: opt.Mode, Params: opt.Params}
	switch len(opt.Sets) {
	case 0:
		s.Name = "inherent"
	case 1:
		s.Name, s.Controls = opt.Sets[0].Name, opt.Sets[0].Controls
	default:
		return nil, fmt.Errorf("--set: expected one set, found %d; join their controls by commas", len(opt.Sets))
	}
	return s, nil
}

// namedSets reads sets, each named by its words.
func namedSets(tree *attacktree.Tree, words []string) ([]mitigate.NamedSet, error) {
	var sets []mitigate.NamedSet
	for _, w := range words {
		controls, err := tree.ParseSet(w)
		if err != nil {
			return nil, err
		}
		sets = append(sets, mitigate.NamedSet{Name: w, Controls: controls})
	}
	return sets, nil
}

// warnSets tells on standard error where a set breaks what its controls require
// or exclude. It is evaluated as it is written all the same.
func (e *env) warnSets(tree *attacktree.Tree, sets []mitigate.NamedSet) {
	for _, s := range sets {
		for _, name := range s.Controls {
			c, _ := tree.Control(name)
			for _, other := range c.Requires {
				if !slices.Contains(s.Controls, other) {
					fmt.Fprintf(e.stderr, "warning: set %s: %s requires %s, which is not in it\n", s.Name, name, other)
				}
			}
			for _, other := range c.Excludes {
				if slices.Contains(s.Controls, other) {
					fmt.Fprintf(e.stderr, "warning: set %s: %s excludes %s, and both are in it\n", s.Name, name, other)
				}
			}
		}
	}
}

// readParams reads what-if values, as the language writes numbers.
func readParams(tree *attacktree.Tree, settings []string) (map[string]float64, error) {
	var names []string
	for _, p := range tree.Model().Params {
		names = append(names, p.Name)
	}
	values := map[string]float64{}
	for _, setting := range settings {
		name, text, ok := strings.Cut(setting, "=")
		if !ok {
			return nil, fmt.Errorf("--param: expected NAME=VALUE, found %q", setting)
		}
		if err := oneOf("--param", "param", name, names); err != nil {
			return nil, err
		}
		n, err := literal(text)
		if err == nil {
			err = tree.CheckParam(name, n.Value, unitOf(n))
		}
		if err != nil {
			return nil, fmt.Errorf("--param %s: %s", setting, oneLine(err))
		}
		values[name] = n.Value
	}
	return values, nil
}

// literal reads a number with its unit, as the language writes it: 30%, 5k, 14d.
func literal(text string) (*dsl.Number, error) {
	const before = "param x "
	if text = strings.TrimSpace(text); text == "" {
		return nil, errors.New("expected a number such as 30%, 5k or 14d, found nothing")
	}
	if text[0] == '-' {
		return nil, fmt.Errorf("expected a number that is not negative, found %s", text)
	}
	if strings.ContainsAny(text, " \t\r\n") {
		joined := strings.Join(strings.Fields(text), "")
		if _, err := literal(joined); err == nil {
			return nil, fmt.Errorf("expected a number without a blank, found %q; write %s", text, joined)
		}
		return nil, fmt.Errorf("expected one number such as 30%%, 5k or 14d, found %q", text)
	}
	file, problems := dsl.Parse("value", []byte(before+text+"\n"))
	if errs := problems.Errors(); len(errs) > 0 {
		if errs[0].Hint != "" {
			return nil, fmt.Errorf("%s (%s)", errs[0].Message, errs[0].Hint)
		}
		return nil, fmt.Errorf("%s", errs[0].Message)
	}
	if len(file.Decls) == 1 && len(file.Comments) == 0 {
		if p, ok := file.Decls[0].(*dsl.Param); ok && p.Body == nil {
			if n, ok := p.Value.Expr.(*dsl.Number); ok {
				return n, nil
			}
		}
	}
	return nil, fmt.Errorf("expected one number such as 30%%, 5k or 14d, found %q", text)
}

// unitOf returns what a number was written as.
func unitOf(n *dsl.Number) attacktree.Unit {
	return [...]attacktree.Unit{dsl.Plain: attacktree.Plain, dsl.Share: attacktree.Share, dsl.Days: attacktree.Duration}[n.Unit]
}

// fits checks that a number is written in the unit that is wanted, and lies in
// its range.
func fits(n *dsl.Number, unit attacktree.Unit) error {
	found := n.Span.Text()
	switch unit {
	case attacktree.Share:
		if n.Unit == dsl.Days || n.Value > 1 {
			return fmt.Errorf("expected a share from 0%% to 100%%, found %s", found)
		}
	case attacktree.Money:
		if n.Unit != dsl.Plain {
			return fmt.Errorf("expected an amount of money such as 5k or 2M, found %s", found)
		}
	case attacktree.Duration:
		if n.Unit != dsl.Days {
			return fmt.Errorf("expected a time with its unit such as 14d or 3mo, found %s", found)
		}
	default:
		if n.Unit == dsl.Days {
			return fmt.Errorf("expected a plain number, found %s", found)
		}
	}
	return nil
}
