package attacktree

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Numbers: each within the range of its attribute, and on a node that may carry
// it.

// A numberAt is a number of the model and where it stands, as [Model.numbers] visits it.
type numberAt struct {
	value *quantity.Value
	unit  Unit // Plain: a count
	at    place
}

// numbers visits every number of the model but those of controls' effects.
func (m *Model) numbers(visit func(numberAt)) {
	one := func(of any, attr string, v *quantity.Value, u Unit) {
		if v.Given() {
			visit(numberAt{v, u, place{of: of, attr: attr}})
		}
	}
	for _, a := range m.Assets {
		one(a, "value", &a.Value, Money)
	}
	for _, a := range m.Adversaries {
		one(a, "budget", &a.Budget, Money)
		one(a, "time", &a.Time, Duration)
		one(a, "attempts", &a.Attempts, Plain)
		one(a, "gain", &a.Gain, Money)
	}
	for _, n := range m.Nodes {
		one(n, "cost", &n.Cost, Money)
		one(n, "likelihood", &n.Likelihood, Share)
		one(n, "impact", &n.Impact, Money)
		one(n, "time", &n.Time, Duration)
		one(n, "detection", &n.Detection, Share)
		one(n, "assume", &n.Assume, Share)
		one(n, "rate", &n.Rate, Plain)
		one(n, "attempts", &n.Attempts, Plain)
		for i := range n.For {
			o := &n.For[i]
			for _, x := range []numberAt{
				{&o.Cost, Money, place{attr: "cost"}},
				{&o.Likelihood, Share, place{attr: "likelihood"}},
				{&o.Time, Duration, place{attr: "time"}},
				{&o.Detection, Share, place{attr: "detection"}},
			} {
				if x.value.Given() {
					x.at.of, x.at.block = n, i+1
					visit(x)
				}
			}
		}
	}
	for _, k := range m.Controls {
		one(k, "cost", &k.Cost, Money)
	}
}

// checkNumbers checks params, fills their laws into the numbers that refer to
// them, and holds every number against the range of its attribute.
func (c *checker) checkNumbers() {
	c.checkParams()
	c.m.numbers(func(x numberAt) {
		if c.checkLaw(x.value, x.at) {
			c.checkRange(x)
		}
	})
	c.checkPlacement()
	if p := c.m.Period; p != 0 && !(p > 0 && p <= maxDays) {
		c.report("bad-period", place{of: c.m, attr: "period"}, "a period is longer than 0 and at most %v days, found %v days", maxDays, p)
	}
	c.checkReview(c.m.Review, c.m)
	for _, k := range c.m.Controls {
		c.checkReview(k.Review, k)
	}
	for _, a := range c.m.Acceptances {
		c.checkReview(a.Review, a)
		c.checkDate(a.Until, place{of: a, attr: "until"})
	}
}

// maxDays is the longest period.
const maxDays = 1e9

func (c *checker) checkReview(r Review, of any) {
	c.checkDate(r.Last, place{of: of, attr: "reviewed"})
	c.checkDate(r.Next, place{of: of, attr: "review"})
	if r.Every != 0 && !(r.Every >= 1 && r.Every <= maxDays) {
		at := place{of: of, attr: "reviewed"}
		found := cmp.Or(c.span(at).Text(), fmt.Sprintf("%v days", r.Every))
		c.report("bad-period", at, "the time between two reviews is a day or more; found %s", found)
	}
}

// checkDate looks a date up in the calendar, as dates in a text are.
func (c *checker) checkDate(d Date, at place) {
	if d != (Date{}) && (d.AddDays(0) != d || d.Year < 0 || d.Year > 9999) {
		c.report("bad-date", at, "%v is not a date", d)
	}
}

// checkParams checks the params, those that others refer to first, so that in
// the end each has a law and refers at most to a param that has its own.
func (c *checker) checkParams() {
	params := c.m.Params
	next := make([][]int32, len(params)) // from a param to those that refer to it
	for i, p := range params {
		if id, ok := c.params.id[p.Value.Param]; ok {
			next[id] = append(next[id], int32(i))
		}
	}
	order, rest := topological(next)
	for _, i := range order {
		p := params[i]
		at := place{of: p, attr: "value"}
		switch {
		case p.Unit > Duration:
			c.report("bad-value", at, "no unit has the number %d", p.Unit)
		case !p.Value.Given():
			if c.origins == nil { // else the text is at fault, which has been said
				c.report("bad-value", at, "the param %q has no value", p.Name)
			}
		default:
			c.checkLaw(&p.Value, at)
		}
	}
	for _, cycle := range cycles(next, rest) {
		c.report("cycle", place{of: params[cycle[0]], attr: "value", param: true}, "a param cannot refer to itself: %s",
			pathOf(cycle, func(i int32) string { return params[i].Name }))
	}
}

// checkLaw fills in the law of the param that v refers to, and reports whether
// v is a sound number.
func (c *checker) checkLaw(v *quantity.Value, at place) bool {
	if v.Param != "" {
		param := at
		param.param = true
		id, ok := c.resolve(c.params, v.Param, param)
		if !ok {
			return false
		}
		p := c.m.Params[id]
		if p.Value.Dist.Kind == quantity.None {
			return false // reported there
		}
		factor := cmp.Or(v.Factor, 1)
		if p.Value.Param == "" {
			*v = quantity.OfParam(p.Name, p.Value.Dist, factor)
		} else {
			*v = p.Value.Scaled(factor)
		}
	}
	d := v.Dist
	for _, x := range [...]float64{d.A, d.M, d.B, v.Factor} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			c.report("not-finite", at, "%s must be finite, found %v", attributeName(at), x)
			return false
		}
	}
	if err := v.Validate(); err != nil {
		c.report("bad-distribution", at, "%s", strings.TrimPrefix(err.Error(), "quantity: "))
		return false
	}
	if d.Kind != quantity.LogitNormal && math.IsInf(v.Mean(), 0) {
		c.report("not-finite", at, "%s must be finite, found %s", attributeName(at), v)
		return false
	}
	return true
}

// checkRange reports a number that can leave the range of its attribute.
func (c *checker) checkRange(x numberAt) {
	lo, hi := x.value.Support()
	can := ""
	switch {
	case !x.value.Certain():
		can = ", which can leave that"
	case x.value.Param != "" && x.unit == Share:
		if can = fmt.Sprintf(", which is %.4g%%", 100*hi); hi >= 10 { // never meant as a share
			can = ", which is " + strconv.FormatFloat(hi, 'f', -1, 64)
		}
	}
	switch {
	case x.unit == Share && (lo < 0 || hi > 1):
		p := c.report("likelihood-range", x.at, "%s lies from 0%% to 100%%; found %s%s", attributeName(x.at), c.found(x.at, *x.value), can)
		switch {
		case x.value.Dist.Kind == quantity.LogNormal:
			p.Hint = "a..b is logit-normal and stays below 100% if it is written with percent signs, such as 10%..30%"
		case x.value.Certain():
			p.Hint = c.percentHint(x.at, *x.value)
		}
		p.Related = c.relatedParam(*x.value)
	case x.unit != Share && lo < 0:
		c.report("negative", x.at, "%s cannot be negative; found %s%s", attributeName(x.at), c.found(x.at, *x.value), can).
			Related = c.relatedParam(*x.value)
	}
}

// relatedParam points at the value of the param that v refers to.
func (c *checker) relatedParam(v quantity.Value) []diag.Related {
	id, ok := c.params.id[v.Param]
	if !ok {
		return nil
	}
	return related(c.span(place{of: c.m.Params[id], attr: "value"}), "the param's value")
}

// percentHint guesses that a percent sign was left out.
func (c *checker) percentHint(at place, v quantity.Value) string {
	if x := v.Mean(); v.Certain() && v.Param == "" && x > 1 && x <= 100 && !strings.Contains(c.found(at, v), "%") {
		return fmt.Sprintf("write %v%%?", x)
	}
	return ""
}

// attributeName names a number in a message.
func attributeName(at place) string {
	switch at.attr {
	case "value":
		if _, ok := at.of.(*Param); ok {
			return "a param"
		}
		return "a value"
	case "assume":
		return "an assumed likelihood"
	case "attempts":
		return "the number of attempts"
	case "impact":
		return "an impact"
	}
	return "a " + at.attr
}

// checkPlacement reports numbers that a node of its kind cannot carry, and
// levels of skill that do not exist.
func (c *checker) checkPlacement() {
	for _, a := range c.m.Adversaries {
		c.checkSkill(a.Skill, place{of: a, attr: "skill"})
	}
	for _, n := range c.m.Nodes {
		c.checkSkill(n.Skill, place{of: n, attr: "skill"})
		for i := range n.For {
			c.checkSkill(n.For[i].Skill, place{of: n, block: i + 1, attr: "skill"})
		}
		if n.Attempts.Given() && !n.Goal {
			c.report("misplaced-number", place{of: n, attr: "attempts"}, "attempts are counted on goals, and %q is none", n.Name)
		}
		if n.Gate != Condition {
			if n.Rate.Given() {
				c.report("misplaced-number", place{of: n, attr: "rate"}, "a rate is that of an accident, and %q is no condition", n.Name)
			}
			continue
		}
		for _, x := range []struct {
			attr  string
			given bool
		}{
			{"cost", n.Cost.Given()}, {"time", n.Time.Given()}, {"skill", n.Skill != nil}, {"access", len(n.Access) > 0},
			{"detection", n.Detection.Given()}, {"assume", n.Assume.Given()}, {"for", len(n.For) > 0},
		} {
			if x.given {
				what := x.attr
				if what == "for" {
					what = "other numbers for an adversary"
				}
				c.report("condition-attribute", place{of: n, attr: x.attr}, "the condition %q cannot carry %s", n.Name, what).
					Hint = "nobody does a condition: of the numbers it takes likelihood, rate and impact"
			}
		}
	}
}

// maxSkill is the highest level of skill.
const maxSkill = 10

func (c *checker) checkSkill(skill *int, at place) {
	if skill != nil && (*skill < 0 || *skill > maxSkill) {
		c.report("skill-range", at, "skill is a whole number from 0 to %d, found %d", maxSkill, *skill)
	}
}
