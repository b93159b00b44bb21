package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// CompareText writes a comparison of mitigation sets for a person to read.
func CompareText(w io.Writer, c *mitigate.Comparison, opt *TextOptions) error {
	return comparePage(c).writeText(w, opt)
}

// CompareMarkdown writes what [CompareText] writes, as Markdown.
func CompareMarkdown(w io.Writer, c *mitigate.Comparison) error {
	return comparePage(c).writeMarkdown(w)
}

// CompareJSON writes a [CompareMessage].
func CompareJSON(w io.Writer, c *mitigate.Comparison) error {
	return writeJSON(w, compareMessage(c))
}

// CompareCSV writes one record a set.
func CompareCSV(w io.Writer, c *mitigate.Comparison) error {
	type record struct {
		Goal string `json:"goal"`
		RowMessage
	}
	var rows []record
	msg := compareMessage(c)
	for _, r := range msg.Rows {
		rows = append(rows, record{msg.Goal, r})
	}
	return writeCSV(w, rows)
}

func compareMessage(c *mitigate.Comparison) *CompareMessage {
	msg := &CompareMessage{
		Format: Format, Tool: Tool, Model: modelMessage(c.Tree, c.Params), Goal: c.Goal, Mode: modeOf(c.Mode, c.Adversary).String(), Rows: []RowMessage{}}
	if c.Adversary != "" {
		msg.Adversary = &c.Adversary
	}
	for _, r := range c.Rows {
		msg.Rows = append(msg.Rows, RowMessage{
			Set:            r.Set,
			Controls:       list(r.Controls),
			Cost:           r.Cost,
			Likelihood:     figureMessage(r.Likelihood),
			ExpectedImpact: figureMessage(r.ExpectedImpact),
			AnnualLoss:     figureMessage(r.AnnualLoss),
			CheapestCost:   figureMessage(r.CheapestCost),
			Return:         number(r.Return),
			DominatedBy:    list(r.DominatedBy),
			Limits:         r.Limits,
		})
	}
	for _, x := range c.Explained {
		msg.Explained = append(msg.Explained, *explainedMessage(x))
	}
	return msg
}

func comparePage(c *mitigate.Comparison) *page {
	p := new(page)
	m := c.Tree.Model()
	title(p, m, c.Mode, c.Adversary, c.Params)
	p.heading(2, namesOf(m).both(c.Goal, c.Label))
	p.say(strong, compareAnswer(c))

	var loss, annual, attack bool
	for _, r := range c.Rows {
		_, limited := r.Limits["cheapest_cost"]
		attack = attack || limited
		loss = loss || r.ExpectedImpact != nil
		annual = annual || r.AnnualLoss != nil
		attack = attack || r.CheapestCost != nil
	}
	parts := []struct {
		shown bool
		title string
		cell  func(*mitigate.Row) string
	}{
		{true, "cost/" + period(m.Period), func(r *mitigate.Row) string { return amount(r.Cost) }},
		{true, "chance", func(r *mitigate.Row) string { return left(r, "likelihood", r.Likelihood, percent) }},
		{loss, "loss/attempt", func(r *mitigate.Row) string { return left(r, "expected_impact", r.ExpectedImpact, amount) }},
		{annual, "loss/year", func(r *mitigate.Row) string { return left(r, "annual_loss", r.AnnualLoss, amount) }},
		{attack, "cheapest attack", func(r *mitigate.Row) string {
			if !r.Reachable {
				return "none left"
			}
			return left(r, "cheapest_cost", r.CheapestCost, amount)
		}},
	}
	t := &table{columns: []column{{title: "set", fit: cuts}}}
	for _, part := range parts {
		if part.shown {
			t.columns = append(t.columns, column{title: part.title, right: true})
		}
	}
	for i := range c.Rows {
		cells := []string{c.Rows[i].Set}
		for _, part := range parts {
			if part.shown {
				cells = append(cells, part.cell(&c.Rows[i]))
			}
		}
		t.add(cells...)
	}
	p.table(t)

	for _, r := range c.Rows {
		if len(r.Controls) > 0 && strings.Join(r.Controls, ",") != r.Set {
			p.note(r.Set + ": " + listed(r.Controls) + ".")
		}
	}
	for _, r := range c.Rows {
		if len(r.DominatedBy) > 0 {
			p.note("Better than " + r.Set + ", at no more cost: " + among(r.DominatedBy, 3) + ".")
		}
	}
	var returns []string
	for _, r := range c.Rows {
		if r.Return != nil {
			returns = append(returns, r.Set+" "+percent(*r.Return))
		}
	}
	if len(returns) > 0 {
		p.note("Return, what it saves on attempts less its cost, by its cost: " + listed(returns) + ".")
	}
	for i, x := range c.Explained {
		explain(p, x, c.Rows[i].Set)
		if len(x.Controls) > 0 {
			p.note(leftWords(m, x.Result))
		}
	}
	return p
}

// mostListed is how many controls of a set, or sets, a person is shown in a note.
const mostListed = 24

func listed(words []string) string {
	if n := len(words); n > mostListed {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:mostListed], ", "), n-mostListed)
	}
	return strings.Join(words, ", ")
}

// left shows a figure of a row, or that a limit left it out.
func left(r *mitigate.Row, key string, f *attacktree.Figure, unit func(float64) string) string {
	if _, limited := r.Limits[key]; limited && f == nil {
		return unknown
	}
	return figure(f, unit)
}

// alike reports whether two sets cost the same and are known to leave the same.
func alike(a, b *mitigate.Row) bool {
	same := func(x, y *attacktree.Figure) bool {
		return x == nil && y == nil || x != nil && y != nil && x.Exact && y.Exact && x.Value == y.Value
	}
	return a.Cost == b.Cost && a.Reachable == b.Reachable && len(a.Limits)+len(b.Limits) == 0 && same(a.Likelihood, b.Likelihood) &&
		same(a.ExpectedImpact, b.ExpectedImpact) && same(a.AnnualLoss, b.AnnualLoss) && same(a.CheapestCost, b.CheapestCost)
}

// compareAnswer names the sets that no other one beats.
func compareAnswer(c *mitigate.Comparison) string {
	var best []string
	for _, r := range c.Rows {
		if len(r.DominatedBy) == 0 {
			best = append(best, r.Set)
		}
	}
	bounds := slices.ContainsFunc(c.Rows, func(r mitigate.Row) bool {
		return r.Likelihood == nil || !r.Likelihood.Exact || r.ExpectedImpact != nil && !r.ExpectedImpact.Exact
	})
	switch {
	case len(c.Rows) < 2 || len(best) == 0:
		return ""
	case !slices.ContainsFunc(c.Rows, func(r mitigate.Row) bool { return !alike(&r, &c.Rows[0]) }):
		return "It makes no difference which: all cost the same and leave the same."
	case bounds && len(best) == len(c.Rows):
		return "No set is proven better than another: where two numbers stand, the figure lies between them."
	case bounds:
		return "Worth a look are " + among(best, 6) + ": no other set is proven better than one of them."
	case len(best) == len(c.Rows):
		return "No set is beaten by another: each that costs more leaves less risk."
	case len(best) == 1:
		return "The set to choose is " + best[0] + ": no other costs less or leaves less risk."
	}
	return "Worth a look are " + among(best, 6) + ": no other set costs less and leaves less risk than one of them."
}
