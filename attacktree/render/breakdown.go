package render

import (
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// The answers of `atree eval --by`: the risk broken down by groups of steps, by
// what is lost, and by adversaries.

// BreakdownMessage is the answer of `atree eval --by`; By is what was asked for.
// Parts are [StepsPartMessage] for stride, stage and owner, [LossesPartMessage]
// for asset, and [AdversaryPartMessage] for adversary.
type BreakdownMessage[Part any] struct {
	Format int                          `json:"format"`
	Tool   string                       `json:"tool"`
	Model  *ModelMessage                `json:"model"`
	By     string                       `json:"by"`
	Goals  []GoalBreakdownMessage[Part] `json:"goals"`
}

// GoalBreakdownMessage is one goal in all scenarios.
type GoalBreakdownMessage[Part any] struct {
	Goal      string                           `json:"goal"`
	Label     string                           `json:"label"`
	Scenarios []ScenarioBreakdownMessage[Part] `json:"scenarios"`
}

// ScenarioBreakdownMessage has the whole of one scenario, and its parts.
type ScenarioBreakdownMessage[Part any] struct {
	Scenario  string   `json:"scenario"`
	Mode      string   `json:"mode"`
	Controls  []string `json:"controls"`
	Adversary *string  `json:"adversary"`
	RiskMessage
	Parts []Part `json:"parts"`
}

// RiskMessage has the main figures of a goal.
type RiskMessage struct {
	Likelihood     *FigureMessage    `json:"likelihood"`
	ExpectedImpact *FigureMessage    `json:"expected_impact"`
	AnnualLoss     *FigureMessage    `json:"annual_loss"`
	AttackCount    *string           `json:"attack_count"`     // decimal, of any size
	Limits         map[string]string `json:"limits,omitempty"` // figures that a limit left out, and why
}

// StepsPartMessage says what a group of steps and conditions does to the risk.
// Without is what is left if all of them fail; Attacks counts the minimal attacks
// with one of them. Only the Shapley values, the fair shares of expected impact
// and likelihood, add up to the whole.
type StepsPartMessage struct {
	Group             string       `json:"group"` // empty: of the nodes that say nothing
	Label             string       `json:"label"`
	Nodes             []string     `json:"nodes"`
	Attacks           *string      `json:"attacks"`
	Without           *RiskMessage `json:"without"`
	Shapley           *float64     `json:"shapley"`
	ShapleyLikelihood *float64     `json:"shapley_likelihood"`

	// Standard errors, only where the Shapley values were sampled.
	ShapleySE           *float64 `json:"shapley_se,omitempty"`
	ShapleyLikelihoodSE *float64 `json:"shapley_likelihood_se,omitempty"`
}

// LossesPartMessage says what is lost at the nodes of a group. A node of several
// groups counts in each of them.
type LossesPartMessage struct {
	Group          string         `json:"group"`
	Label          string         `json:"label"`
	Nodes          []string       `json:"nodes"`
	ExpectedImpact *FigureMessage `json:"expected_impact"`
	AnnualLoss     *FigureMessage `json:"annual_loss"`
}

// AdversaryPartMessage says what one adversary can do. AttemptsPerYear are those
// of 365 days.
type AdversaryPartMessage struct {
	Adversary       string   `json:"adversary"`
	Label           string   `json:"label"`
	Mode            string   `json:"mode"`
	AttemptsPerYear *float64 `json:"attempts_per_year"`
	Reachable       *bool    `json:"reachable"`
	RiskMessage
	CheapestCost *float64 `json:"cheapest_cost"`
}

// StepsBreakdown, LossesBreakdown and AdversaryBreakdown show break-downs by what
// a user asked for, a word such as stride.
func StepsBreakdown(by string, b *mitigate.Breakdown[mitigate.StepsPart]) *BreakdownReport[mitigate.StepsPart, StepsPartMessage] {
	return &BreakdownReport[mitigate.StepsPart, StepsPartMessage]{by, b, stepsPartMessage, stepsTable, stepsNotes}
}

// LossesBreakdown shows a break-down of losses; see [StepsBreakdown].
func LossesBreakdown(by string, b *mitigate.Breakdown[mitigate.LossesPart]) *BreakdownReport[mitigate.LossesPart, LossesPartMessage] {
	return &BreakdownReport[mitigate.LossesPart, LossesPartMessage]{by, b, lossesPartMessage, lossesTable, lossesNotes}
}

// AdversaryBreakdown shows a break-down by adversaries; see [StepsBreakdown].
func AdversaryBreakdown(by string, b *mitigate.Breakdown[mitigate.AdversaryPart]) *BreakdownReport[mitigate.AdversaryPart, AdversaryPartMessage] {
	return &BreakdownReport[mitigate.AdversaryPart, AdversaryPartMessage]{by, b, adversaryPartMessage, adversaryTable, adversaryNotes}
}

// A BreakdownReport is a break-down ready to be written.
type BreakdownReport[Part, Message any] struct {
	by      string
	b       *mitigate.Breakdown[Part]
	message func(*Part) Message
	table   func(by string, x *mitigate.ScenarioBreakdown[Part]) *table
	notes   func(by string, b *mitigate.Breakdown[Part]) []string
}

// Text writes the break-down for a person to read.
func (r *BreakdownReport[Part, Message]) Text(w io.Writer, opt *TextOptions) error {
	return r.page().writeText(w, opt)
}

// Markdown writes what Text writes, as Markdown.
func (r *BreakdownReport[Part, Message]) Markdown(w io.Writer) error {
	return r.page().writeMarkdown(w)
}

// JSON writes a [BreakdownMessage].
func (r *BreakdownReport[Part, Message]) JSON(w io.Writer) error {
	msg := BreakdownMessage[Message]{Format, Tool, modelMessage(r.b.Tree, r.b.Params), r.by, []GoalBreakdownMessage[Message]{}}
	for _, g := range r.b.Goals {
		goal := GoalBreakdownMessage[Message]{g.Goal, g.Label, []ScenarioBreakdownMessage[Message]{}}
		for _, s := range g.Scenarios {
			x := ScenarioBreakdownMessage[Message]{
				Scenario: s.Scenario, Mode: s.Mode.String(), Controls: list(s.Controls), RiskMessage: riskMessage(&s.Whole), Parts: []Message{}}
			if s.Adversary != "" {
				x.Adversary = &s.Adversary
			}
			for i := range s.Parts {
				x.Parts = append(x.Parts, r.message(&s.Parts[i]))
			}
			goal.Scenarios = append(goal.Scenarios, x)
		}
		msg.Goals = append(msg.Goals, goal)
	}
	return writeJSON(w, msg)
}

// CSV writes one record a goal, scenario and part.
func (r *BreakdownReport[Part, Message]) CSV(w io.Writer) error {
	type place struct {
		Goal     string `json:"goal"`
		Scenario string `json:"scenario"`
	}
	type record struct {
		Place place
		Part  Message
	}
	var rows []record
	for _, g := range r.b.Goals {
		for _, s := range g.Scenarios {
			for i := range s.Parts {
				rows = append(rows, record{place{g.Goal, s.Scenario}, r.message(&s.Parts[i])})
			}
		}
	}
	return writeCSV(w, rows)
}

func riskMessage(r *mitigate.Risk) RiskMessage {
	return RiskMessage{figureMessage(r.Likelihood), figureMessage(r.ExpectedImpact), figureMessage(r.AnnualLoss), decimal(r.AttackCount), r.Limits}
}

func stepsPartMessage(x *mitigate.StepsPart) StepsPartMessage {
	without := riskMessage(&x.Without)
	return StepsPartMessage{x.Name, x.Label, list(x.Nodes), decimal(x.Attacks), &without,
		number(x.Shapley), number(x.ShapleyLikelihood), number(x.ShapleyError), number(x.ShapleyLikelihoodError)}
}

func lossesPartMessage(x *mitigate.LossesPart) LossesPartMessage {
	return LossesPartMessage{x.Name, x.Label, list(x.Nodes), figureMessage(x.ExpectedImpact), figureMessage(x.AnnualLoss)}
}

func adversaryPartMessage(x *mitigate.AdversaryPart) AdversaryPartMessage {
	return AdversaryPartMessage{x.Adversary, x.Label, x.Mode.String(), number(x.Attempts), x.Reachable, riskMessage(&x.Risk), number(x.CheapestCost)}
}

func (r *BreakdownReport[Part, Message]) page() *page {
	p := new(page)
	m := r.b.Tree.Model()
	var first mitigate.ScenarioBreakdown[Part]
	if len(r.b.Goals) > 0 {
		first = r.b.Goals[0].Scenarios[0]
	}
	title(p, m, first.Mode, first.Adversary, r.b.Params)
	names := namesOf(m)
	any := false
	for _, g := range r.b.Goals {
		p.heading(2, names.both(g.Goal, g.Label))
		for i := range g.Scenarios {
			s := &g.Scenarios[i]
			p.heading(3, wholeOf(s.Scenario, &s.Whole, m.Currency))
			if t := r.table(r.by, s); len(t.rows) > 0 {
				p.table(t)
				any = true
			} else {
				p.say(plain, nothingBy(r.by))
			}
		}
	}
	if any {
		p.heading(3, "How to read it")
		for _, words := range r.notes(r.by, r.b) {
			p.note(words)
		}
	}
	return p
}

// wholeOf names a scenario, with its figures.
func wholeOf(scenario string, whole *mitigate.Risk, currency string) string {
	facts := []string{}
	add := func(name, key string, f *attacktree.Figure, unit func(float64) string) {
		switch {
		case f != nil:
			facts = append(facts, name+" "+figure(f, unit))
		case whole.Limits[key] != "":
			facts = append(facts, name+" "+unknown)
		}
	}
	in := func(x float64) string { return money(currency, x) }
	add("chance", "likelihood", whole.Likelihood, percent)
	add("loss/attempt", "expected_impact", whole.ExpectedImpact, in)
	add("loss/year", "annual_loss", whole.AnnualLoss, in)
	if scenario == "inherent" || scenario == "current" || scenario == "planned" { // not a name of the user
		scenario = upperFirst(scenario)
	}
	return scenario + ": " + strings.Join(facts, ", ")
}

// groupedBy is what the rows of a break-down are, in the heading of a column.
func groupedBy(by string) string {
	if by == "stride" {
		return "category"
	}
	return by
}

func nothingBy(by string) string {
	switch by {
	case "asset":
		return "No node of this goal has an impact, so that there is no loss to break down."
	case "adversary":
		return "The model has no adversaries."
	}
	return "No step bears on this goal."
}

func groupName(g *attacktree.Group) string {
	if g.Label != "" {
		return g.Label
	}
	return g.Name
}

// partOf writes which part of a whole something is.
func partOf(part *float64, whole *attacktree.Figure) string {
	switch {
	case part == nil || whole == nil || !whole.Exact:
		return absent
	case whole.Value == 0:
		return percent(0)
	}
	return percent(*part / whole.Value)
}

func stepsTable(by string, x *mitigate.ScenarioBreakdown[mitigate.StepsPart]) *table {
	losses, accidents := x.Whole.ExpectedImpact != nil, hasAccidents(x)
	t := &table{columns: []column{{title: groupedBy(by), fit: wraps}, {title: "steps", right: true}, {title: "attacks", right: true}, {title: "chance without", right: true}}}
	switch {
	case accidents:
		t.columns = append(t.columns, column{title: "loss/year without", right: true})
	case losses:
		t.columns = append(t.columns, column{title: "loss without", right: true})
	}
	t.columns = append(t.columns, column{title: "fair share", right: true})
	for i := range x.Parts {
		part := &x.Parts[i]
		cells := []string{groupName(&part.Group), count(big.NewInt(int64(len(part.Nodes)))), countOf(part.Attacks), figure(part.Without.Likelihood, percent)}
		fair := partOf(part.ShapleyLikelihood, x.Whole.Likelihood)
		if losses {
			left := part.Without.ExpectedImpact
			if accidents {
				left = part.Without.AnnualLoss
			}
			cells = append(cells, figure(left, amount))
			fair = partOf(part.Shapley, x.Whole.ExpectedImpact)
		}
		t.add(append(cells, fair)...)
	}
	return t
}

// hasAccidents reports whether a row has a part in the loss of a year that it has
// not in the loss of attempts.
func hasAccidents(x *mitigate.ScenarioBreakdown[mitigate.StepsPart]) bool {
	if x.Whole.AnnualLoss == nil || x.Whole.ExpectedImpact == nil {
		return false
	}
	year, attempt := x.Whole.AnnualLoss.Value, x.Whole.ExpectedImpact.Value
	return slices.ContainsFunc(x.Parts, func(part mitigate.StepsPart) bool {
		if part.Without.AnnualLoss == nil || part.Without.ExpectedImpact == nil {
			return false
		}
		a, b := part.Without.AnnualLoss.Value*attempt, part.Without.ExpectedImpact.Value*year
		return math.Abs(a-b) > 1e-9*math.Max(math.Abs(a), math.Abs(b))
	})
}

func countOf(n *big.Int) string {
	if n == nil {
		return unknown
	}
	return count(n)
}

func stepsNotes(by string, b *mitigate.Breakdown[mitigate.StepsPart]) []string {
	var named, overlap, sampled, losses, accidents bool
	for _, g := range b.Goals {
		for _, s := range g.Scenarios {
			seen := map[string]bool{}
			losses = losses || s.Whole.ExpectedImpact != nil
			accidents = accidents || hasAccidents(&s)
			for _, part := range s.Parts {
				named = named || part.Name != ""
				sampled = sampled || part.ShapleyLikelihoodError != nil
				for _, n := range part.Nodes {
					overlap = overlap || seen[n]
					seen[n] = true
				}
			}
		}
	}
	row := map[string]string{
		"stride": "A row is the steps and conditions of one category: their own, or else those of their threats in the catalogue.",
		"stage":  "A row is the steps and conditions whose threats arise in one stage of the lifecycle, by the catalogue.",
		"owner":  "A row is the steps and conditions of one owner: their own, or else that of the node above them, or of the model.",
	}[by]
	if !named {
		row += " No step says one" + map[string]string{
			"stride": ": write stride spoofing, or threat and an entry of the catalogue, into the steps.",
			"stage":  ": write threat and an entry of the catalogue into the steps.",
			"owner":  ": write owner into the steps, the goals or the model.",
		}[by]
	}
	if overlap {
		row += " One that belongs to several rows counts in each."
	}
	what := "the chance"
	if losses {
		what = "the loss of an attempt"
	}
	out := []string{row,
		"attacks: minimal attacks with a step of the row; an attack counts in every row that it has a step of.",
		"without: what is left of the whole if all steps of the row failed. Gains overlap, so they do not add up.",
		"fair share: which part of " + what + " is owed to the row (Shapley: the mean over all orders in which the rows could be made to fail). Only these add up, to 100" + nbsp + "%."}
	if slices.ContainsFunc(b.Tree.Model().Nodes, func(n *attacktree.Node) bool { return n.Gate == attacktree.Not || n.Gate == attacktree.Xor }) {
		out[len(out)-1] = "fair share: which part of " + what + " is owed to the row (Shapley: the mean over all orders in which the rows could be made to fail). With not and xor gates a failing step may help an attack: shares may be negative, and what is left if all rows fail is missing from their sum."
	}
	if accidents {
		out = append(out, "A loss of a year counts accidents too, of which the fair share knows nothing.")
	}
	if sampled {
		out = append(out, "Shares are estimates from random orders; JSON has their standard errors.")
	}
	return out
}

func lossesTable(by string, x *mitigate.ScenarioBreakdown[mitigate.LossesPart]) *table {
	annual := x.Whole.AnnualLoss != nil
	t := &table{columns: []column{{title: groupedBy(by), fit: wraps}, {title: "nodes", right: true}, {title: "loss/attempt", right: true}, {title: "of all", right: true}}}
	if annual {
		t.columns = append(t.columns, column{title: "loss/year", right: true})
	}
	for i := range x.Parts {
		part := &x.Parts[i]
		of := absent
		if part.ExpectedImpact.Exact {
			of = partOf(&part.ExpectedImpact.Value, x.Whole.ExpectedImpact)
		}
		cells := []string{groupName(&part.Group), count(big.NewInt(int64(len(part.Nodes)))), figure(part.ExpectedImpact, amount), of}
		if annual {
			cells = append(cells, figure(part.AnnualLoss, amount))
		}
		t.add(cells...)
	}
	return t
}

func lossesNotes(_ string, b *mitigate.Breakdown[mitigate.LossesPart]) []string {
	adds := "Each node counts in one row, so the rows add up to the whole."
	for _, g := range b.Goals {
		for _, s := range g.Scenarios {
			seen := map[string]bool{}
			for _, part := range s.Parts {
				for _, n := range part.Nodes {
					if seen[n] {
						adds = "A node about several assets counts whole in each, so the rows add up to more than the whole."
					}
					seen[n] = true
				}
			}
		}
	}
	return []string{"A row is what is lost, on average, at the nodes with an impact that are about one asset: their own, or else that of the node above them.", adds}
}

func adversaryTable(by string, x *mitigate.ScenarioBreakdown[mitigate.AdversaryPart]) *table {
	has := func(of func(*mitigate.AdversaryPart) bool) bool {
		return slices.ContainsFunc(x.Parts, func(p mitigate.AdversaryPart) bool { return of(&p) })
	}
	attempts := has(func(p *mitigate.AdversaryPart) bool { return p.Attempts != nil })
	annual := has(func(p *mitigate.AdversaryPart) bool { return p.AnnualLoss != nil })
	cost := has(func(p *mitigate.AdversaryPart) bool { return p.CheapestCost != nil })
	losses := x.Whole.ExpectedImpact != nil
	t := &table{columns: []column{{title: groupedBy(by), fit: wraps}}}
	columns := []struct {
		shown bool
		title string
		cell  func(*mitigate.AdversaryPart) string
	}{
		{attempts, "tries/year", func(p *mitigate.AdversaryPart) string {
			if p.Attempts == nil {
				return absent
			}
			return digits(rounded(*p.Attempts))
		}},
		{true, "attacks", func(p *mitigate.AdversaryPart) string { return countOf(p.AttackCount) }},
		{true, "chance", func(p *mitigate.AdversaryPart) string { return figure(p.Likelihood, percent) }},
		{losses, "loss/attempt", func(p *mitigate.AdversaryPart) string { return figure(p.ExpectedImpact, amount) }},
		{annual, "loss/year", func(p *mitigate.AdversaryPart) string { return figure(p.AnnualLoss, amount) }},
		{cost, "cheapest", func(p *mitigate.AdversaryPart) string {
			if p.CheapestCost == nil {
				return absent
			}
			return amount(*p.CheapestCost)
		}},
	}
	for _, c := range columns {
		if c.shown {
			t.columns = append(t.columns, column{title: c.title, right: true})
		}
	}
	for i := range x.Parts {
		part := &x.Parts[i]
		name := part.Label
		if name == "" {
			name = part.Adversary
		}
		cells := []string{name}
		for _, c := range columns {
			if c.shown {
				cells = append(cells, c.cell(part))
			}
		}
		t.add(cells...)
	}
	return t
}

func adversaryNotes(_ string, b *mitigate.Breakdown[mitigate.AdversaryPart]) []string {
	how := "who tries every step within his skill, access and time (limited)"
	for _, g := range b.Goals {
		for _, s := range g.Scenarios {
			for _, part := range s.Parts {
				if part.Mode == attacktree.Saturating {
					how = "who tries every step within his skill and access (saturating)"
				}
			}
		}
	}
	return []string{
		fmt.Sprintf("A row is one adversary by himself, %s, with the numbers that the model has for him.", how),
		"The figures above a table are those of anyone, trying every possible step. Rows do not add up.",
	}
}
