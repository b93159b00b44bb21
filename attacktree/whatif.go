package attacktree

import (
	"fmt"
	"math"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// CheckParam reports what is wrong with the value x for the param of that name,
// as [Scenario.Params] could set it: what the checks of a model would say if it
// were written there in that unit. Shares are numbers from 0 to 1, durations are
// in days. A param that is defined through another cannot be set, since the two
// are one draw. It takes time linear in the size of the model.
func (t *Tree) CheckParam(name string, x float64, unit Unit) error {
	m := t.model.clone()
	var p *Param
	var names []string
	for _, q := range m.Params {
		names = append(names, q.Name)
		if q.Name == name {
			p = q
		}
	}
	switch {
	case p == nil:
		if hint := diag.Suggest(name, names); hint != "" {
			return fmt.Errorf("attacktree: no param is called %q; %s", name, hint)
		}
		return fmt.Errorf("attacktree: no param is called %q", name)
	case p.Value.Param != "":
		return fmt.Errorf("attacktree: the param %q is %v; set %q instead", name, p.Value, p.Value.Param)
	case math.IsNaN(x) || math.IsInf(x, 0):
		return fmt.Errorf("attacktree: expected a finite number for the param %q, found %v", name, x)
	}
	if err := m.checkUnit(p, unit); err != nil {
		return err
	}
	p.Value = quantity.Exactly(x)
	m.Correlations = nil // what a given number goes with makes no difference
	c := newChecker(m)
	c.goalOptional = true
	for _, pass := range passes {
		pass.run(c)
	}
	errs := c.problems.list.Errors()
	if len(errs) == 0 {
		return nil
	}
	at := ""
	if span := errs[0].Span.String(); span != "" {
		at = " (" + span + ")"
	}
	return fmt.Errorf("attacktree: %s%s", errs[0].Message, at)
}

// checkUnit reports a unit that does not fit the param or a number that refers
// to it.
func (m *Model) checkUnit(p *Param, unit Unit) error {
	if !unit.fits(p.Unit) && (p.Unit != Plain || unit != Share) {
		return fmt.Errorf("attacktree: the param %q is %s", p.Name, unitPhrases[p.Unit])
	}
	var wrong error
	see := func(v *quantity.Value, want Unit, what string, at diag.Span) {
		if wrong == nil && v.Param == p.Name && !unit.fits(want) {
			wrong = fmt.Errorf("attacktree: %s is %s, and refers to the param %q", what, unitPhrases[want], p.Name)
			if s := at.String(); s != "" {
				wrong = fmt.Errorf("%w (%s)", wrong, s)
			}
		}
	}
	m.numbers(func(x numberAt) { see(x.value, x.unit, attributeName(x.at), spanOf(x.at.of)) })
	for _, k := range m.Controls {
		for i := range k.Effects {
			for j := range k.Effects[i].Changes {
				change := &k.Effects[i].Changes[j]
				see(&change.Value, change.unit(), "an effect on "+change.Attribute.String(), k.Span)
			}
		}
	}
	return wrong
}

// unit returns what the number of a change counts.
func (c *Change) unit() Unit {
	switch multiplies := c.Op == Multiply; c.Attribute {
	case Likelihood, Detection:
		return Share
	case Impact:
		if multiplies {
			return Share
		}
		return Money
	case Cost:
		if !multiplies {
			return Money
		}
	case Time:
		if !multiplies {
			return Duration
		}
	}
	return Plain
}
