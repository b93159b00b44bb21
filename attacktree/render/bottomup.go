package render

import (
	"math"

	"github.com/atree-dev/atree/attacktree"
)

// What going from the leaves upwards gives, held against the exact figures.

// BottomUpMessage is a figure as it is bottom-up, as if no node were shared, and
// as it is.
type BottomUpMessage struct {
	Figure   string   `json:"figure"`    // likelihood, cheapest_cost, fastest_time or min_skill
	BottomUp *float64 `json:"bottom_up"` // null: no attack
	Exact    *float64 `json:"exact"`     // null: no attack, or not known exactly
	Differs  bool     `json:"differs"`
	Repeated []string `json:"repeated"` // nodes that count more than once bottom-up
}

func bottomUpMessage(r *attacktree.Result, b *attacktree.BottomUp) []BottomUpMessage {
	var messages []BottomUpMessage
	for _, c := range bottomUpRows(r, b) {
		messages = append(messages, BottomUpMessage{c.key, number(c.bottomUp), number(c.exact), c.differs(), list(b.Repeated)})
	}
	return messages
}

// A bottomUpRow is one figure, both ways.
type bottomUpRow struct {
	key, title      string
	bottomUp, exact *float64
	unit            func(float64) string
	unknown         bool // the exact figure
}

// differs reports whether the two are different by more than their rounding: sums
// and products are taken in another order.
func (c *bottomUpRow) differs() bool {
	switch {
	case c.unknown:
		return false
	case c.bottomUp == nil || c.exact == nil:
		return c.bottomUp != c.exact
	}
	return math.Abs(*c.bottomUp-*c.exact) > 1e-9*max(math.Abs(*c.bottomUp), math.Abs(*c.exact))
}

// against says by how much the figure is wrong, as a share of the exact one.
func (c *bottomUpRow) against() string {
	switch {
	case c.bottomUp == nil:
		return "no attack found"
	case c.exact == nil:
		return "there is no attack"
	}
	s, by := "too high", *c.bottomUp-*c.exact
	if by < 0 {
		s, by = "too low", -by
	}
	if *c.exact == 0 {
		return s
	}
	return s + " by " + percent(by / *c.exact)
}

// bottomUpRows returns the figures that there are in either way.
func bottomUpRows(r *attacktree.Result, b *attacktree.BottomUp) []bottomUpRow {
	asNumber := func(n *int) *float64 {
		if n == nil {
			return nil
		}
		x := float64(*n)
		return &x
	}
	of := func(a *attacktree.Attack, f func(*attacktree.Attack) *float64) *float64 {
		if a == nil {
			return nil
		}
		return f(a)
	}
	likelihood := bottomUpRow{key: "likelihood", title: "chance of success", bottomUp: &b.Likelihood, unit: percent, unknown: true}
	if r.Likelihood != nil && r.Likelihood.Exact {
		likelihood.exact, likelihood.unknown = &r.Likelihood.Value, false
	}
	rows := []bottomUpRow{
		likelihood,
		{key: "cheapest_cost", title: "cheapest attack", bottomUp: b.Cost, exact: of(r.Cheapest, func(a *attacktree.Attack) *float64 { return a.Cost }), unit: amount},
		{key: "fastest_time", title: "fastest attack", bottomUp: b.Time, exact: of(r.Fastest, func(a *attacktree.Attack) *float64 { return a.Time }), unit: duration},
		{key: "min_skill", title: "least skill", bottomUp: asNumber(b.MinSkill), exact: asNumber(r.MinSkill), unit: amount},
	}
	out := rows[:1]
	for _, c := range rows[1:] {
		_, c.unknown = r.Limits[map[string]string{"cheapest_cost": "cheapest", "fastest_time": "fastest"}[c.key]]
		c.unknown = c.unknown && c.exact == nil
		if c.bottomUp != nil || c.exact != nil {
			out = append(out, c)
		}
	}
	return out
}

// bottomUp shows both ways side by side, if that was asked for, and why they differ.
func (r *goalReport) bottomUp(p *page) {
	if len(r.BottomUp) == 0 {
		return
	}
	t := &table{columns: []column{{title: "figure"}, {title: "scenario"}, {title: "exact", right: true}, {title: "bottom-up", right: true}, {title: "against exact"}}}
	differs := false
	for i, b := range r.BottomUp {
		for _, c := range bottomUpRows(r.Results[i], b) {
			if c.key == "likelihood" && !r.chances {
				continue
			}
			exact, verdict := optional(c.exact, c.unit), "the same"
			switch {
			case c.unknown:
				exact, verdict = unknown, ""
			case c.differs():
				differs, verdict = true, c.against()
			}
			t.add(c.title, cutMiddle(r.Results[i].Scenario, 18), exact, optional(c.bottomUp, c.unit), verdict)
		}
	}
	p.heading(3, "Bottom-up, as if nothing were shared")
	p.table(t)
	repeated := r.BottomUp[0].Repeated // the same in all scenarios
	var shared []string
	for _, name := range repeated {
		shared = append(shared, r.names.both(name, ""))
	}
	const most = 6
	switch {
	case len(repeated) == 0 && differs:
		p.note("No node counts more than once. But going from the leaves upwards makes a bypass wait for its turn in a seq, and takes conditions alone for an attack.")
	case len(repeated) == 0:
		p.note("No node counts more than once, so going from the leaves upwards loses nothing.")
	case differs:
		p.note("Going from the leaves upwards, as ADTool does, counts these anew at each of their places: " + among(shared, most) +
			". They happen once, and are paid for once: the exact figures count them so.")
	default:
		p.note("Counted anew at each of their places, which here does no harm: " + among(shared, most) + ".")
	}
}
