package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// readTolerance reads the limits of a tolerance: '1M:10%,10M:1%'.
func readTolerance(text string) (uncertain.RiskTolerance, error) {
	if text == "" {
		return nil, nil
	}
	var limits []uncertain.Limit
	for _, part := range strings.Split(text, ",") {
		loss, chance, ok := strings.Cut(part, ":")
		if !ok || strings.Contains(chance, ":") {
			return nil, fmt.Errorf("--tolerance: expected LOSS:CHANCE, as 10M:1%%, found %q", part)
		}
		var l uncertain.Limit
		for _, x := range []struct {
			text string
			unit attacktree.Unit
			to   *float64
		}{{loss, attacktree.Money, &l.Loss}, {chance, attacktree.Share, &l.Chance}} {
			n, err := literal(x.text)
			if err == nil {
				err = fits(n, x.unit)
			}
			if err != nil {
				return nil, fmt.Errorf("--tolerance %s: %w", part, err)
			}
			*x.to = n.Value
		}
		limits = append(limits, l)
	}
	t, err := uncertain.NewRiskTolerance(limits...)
	if err != nil {
		return nil, fmt.Errorf("--tolerance: %s", oneLine(err))
	}
	return t, nil
}

// readExceeded reads rules about the number of limits that are exceeded.
func readExceeded(texts []string, t uncertain.RiskTolerance) ([]threshold, error) {
	if len(texts) > 0 && t == nil {
		return nil, errors.New("--fail-if counts the limits of a tolerance that are exceeded; give the tolerance with --tolerance")
	}
	var out []threshold
	for _, text := range texts {
		rule, err := readCount(text, "exceeded")
		if err != nil {
			return nil, err
		}
		out = append(out, rule)
	}
	return out, nil
}

// judgeExceeded puts every rule to the scenarios that it is about. One that is
// passed decides: the answer is no. Otherwise one that the draws do not decide is
// an error.
func (e *env) judgeExceeded(rules []threshold, s *uncertain.Simulation, t uncertain.RiskTolerance) error {
	var undecided error
	passed := false
	for _, rule := range rules {
		scenarios, err := rule.drawn(s)
		if err != nil {
			return err
		}
		for _, sc := range scenarios {
			least, most := 0, 0
			for _, v := range sc.Column(uncertain.YearLoss).Distribution().Judge(t) {
				if v.Exceeded() {
					least++
				}
				if !v.Kept() {
					most++
				}
			}
			found := fmt.Sprint(least)
			if most > least {
				found += fmt.Sprintf(" to %d", most)
			}
			switch low, high := rule.holds(float64(least)), rule.holds(float64(most)); {
			case low && high:
				passed = true
				fmt.Fprintf(e.stderr, "failed: %s, %s: %s (found %s)\n", s.Goal, sc.Name, rule.text, found)
			case low != high:
				undecided = errors.Join(undecided, fmt.Errorf("--fail-if %q: %s, %s: exceeded is %s, which does not decide; draw more with --samples", rule.text, s.Goal, sc.Name, found))
			}
		}
	}
	if passed {
		return errNo
	}
	return undecided
}

// drawn returns the scenarios that a rule is about: the one it names, or else
// current, each set that was given, or inherent where there is no other.
func (t *threshold) drawn(s *uncertain.Simulation) ([]uncertain.Scenario, error) {
	var names []string
	for _, sc := range s.Scenarios {
		names = append(names, sc.Name)
	}
	about := t.scenario
	switch {
	case about != "":
	case len(names) == 1:
		return s.Scenarios, nil
	case slices.Equal(names, []string{"inherent", "current", "planned"}):
		about = "current"
	default:
		return s.Scenarios[1:], nil
	}
	if i := slices.Index(names, about); i >= 0 {
		return s.Scenarios[i : i+1], nil
	}
	return nil, fmt.Errorf("--fail-if %q: no scenario is called %q; there are %s", t.text, about, commas(names))
}
