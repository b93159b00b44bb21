package render

import (
	"fmt"
	"io"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// PickMessage is the answer of `atree eval` in the modes budget and economic: an
// [EvalMessage] whose scenarios also say what the attacker chooses.
type PickMessage struct {
	Format int               `json:"format"`
	Tool   string            `json:"tool"`
	Model  *ModelMessage     `json:"model"`
	Goals  []PickGoalMessage `json:"goals"`
}

// PickGoalMessage is one goal. Controls is empty: what controls are worth is
// said of an attacker who attempts everything.
type PickGoalMessage struct {
	Goal      string                `json:"goal"`
	Label     string                `json:"label"`
	Scenarios []PickScenarioMessage `json:"scenarios"`
	Controls  []ValueMessage        `json:"controls"`
}

// PickScenarioMessage has the figures of a scenario; which, see
// [attackers.Result]. Budget is null in mode economic, Gain and Profit in mode
// budget; the attacks are null where nothing is attempted.
type PickScenarioMessage struct {
	ScenarioMessage
	Possible         string         `json:"possible"` // which steps are possible: limited or saturating
	Budget           *float64       `json:"budget"`
	Gain             *float64       `json:"gain"`
	Profit           *FigureMessage `json:"profit"`
	LikelihoodAttack *PickedMessage `json:"likelihood_attack"`      // what likelihood is read from
	ImpactAttack     *PickedMessage `json:"expected_impact_attack"` // what expected_impact is read from
}

// PickedMessage is an attack that the attacker settles on: he attempts all of it.
type PickedMessage struct {
	Steps []string `json:"steps"`
	Cost  float64  `json:"cost"`
}

// PickText writes for a person what an attacker does who chooses.
func PickText(w io.Writer, a *attackers.Assessment, opt *TextOptions) error {
	return pickPage(a).writeText(w, opt)
}

// PickMarkdown writes what [PickText] writes, as Markdown.
func PickMarkdown(w io.Writer, a *attackers.Assessment) error {
	return pickPage(a).writeMarkdown(w)
}

// PickJSON writes a [PickMessage].
func PickJSON(w io.Writer, a *attackers.Assessment) error {
	return writeJSON(w, pickMessage(a))
}

// PickCSV writes one record a goal and scenario.
func PickCSV(w io.Writer, a *attackers.Assessment) error {
	type record struct {
		Goal  string `json:"goal"`
		Label string `json:"label"`
		PickScenarioMessage
	}
	var rows []record
	for _, g := range pickMessage(a).Goals {
		for _, s := range g.Scenarios {
			rows = append(rows, record{g.Goal, g.Label, s})
		}
	}
	return writeCSV(w, rows)
}

func pickMessage(a *attackers.Assessment) *PickMessage {
	msg := &PickMessage{Format, Tool, modelMessage(a.Tree, a.Params), []PickGoalMessage{}}
	for _, g := range a.Goals {
		goal := PickGoalMessage{g.Goal, g.Label, []PickScenarioMessage{}, []ValueMessage{}}
		for _, r := range g.Results {
			s := PickScenarioMessage{
				ScenarioMessage: scenarioMessage(&r.Result), Possible: r.Mode.String(), Budget: r.Budget,
				LikelihoodAttack: pickedMessage(r.By), ImpactAttack: pickedMessage(r.ImpactBy),
			}
			s.Mode = a.Mode.String()
			if r.Profit != nil {
				s.Gain, s.Profit = &r.Profit.Gain, figureMessage(&r.Profit.Profit)
			}
			goal.Scenarios = append(goal.Scenarios, s)
		}
		msg.Goals = append(msg.Goals, goal)
	}
	return msg
}

func pickedMessage(c *attackers.Choice) *PickedMessage {
	if c == nil {
		return nil
	}
	return &PickedMessage{list(c.Steps), c.Cost}
}

func pickPage(a *attackers.Assessment) *page {
	p := new(page)
	m := a.Tree.Model()
	if len(a.Goals) == 0 || len(a.Goals[0].Results) == 0 {
		title(p, m, 0, "", a.Params)
		return p
	}
	first := a.Goals[0].Results[0]
	titleFor(p, m, chosenBy(m, a.Mode, &first.Result), a.Params)
	background := newBackground(m)
	for _, g := range a.Goals {
		shown := &mitigate.GoalAssessment{Goal: g.Goal, Label: g.Label}
		for _, r := range g.Results {
			shown.Results = append(shown.Results, &r.Result)
		}
		(&pickReport{newGoalReport(background, shown), a.Mode, g.Results}).write(p)
	}
	return p
}

// chosenBy says who attacks, and what he chooses.
func chosenBy(m *attacktree.Model, mode attackers.Mode, r *attacktree.Result) string {
	who := "anyone"
	for _, a := range m.Adversaries {
		if a.Name == r.Adversary {
			who = both(a.Name, a.Label)
		}
	}
	does := ", who attempts what is best of all that his budget buys (budget)."
	if mode == attackers.Economic {
		does = ", who attacks where it pays, and then in the way that pays most (economic)."
	}
	return "Attacker: " + who + does
}

// A pickReport is the part of a report that is about one goal.
type pickReport struct {
	*goalReport
	mode    attackers.Mode
	against []*attackers.Result
}

func (r *pickReport) write(p *page) {
	p.heading(2, r.names.both(r.Goal, r.Label))
	p.say(strong, r.sum())
	t := r.figures()
	for i := range t.rows {
		if r.mode == attackers.Budget && t.rows[i].cells[0] == "attacks left" {
			t.rows[i].cells[0] = "attacks within the budget"
		}
	}
	add := func(at int, title string, cell func(*attackers.Result) string) {
		cells := []string{title}
		for _, s := range r.against {
			cells = append(cells, cell(s))
		}
		t.rows = slices.Insert(t.rows, at, row{cells, plain})
	}
	if r.mode == attackers.Budget {
		add(0, "budget"+r.currency(), func(s *attackers.Result) string { return optional(s.Budget, amount) })
	} else {
		add(0, "gain of the attacker"+r.currency(), func(s *attackers.Result) string { return amount(s.Profit.Gain) })
		add(1, "profit of the attacker, on average"+r.currency(), func(s *attackers.Result) string { return figure(&s.Profit.Profit, amount) })
	}
	p.table(t)
	for _, s := range r.against {
		for _, line := range r.choices(s) {
			p.note(line)
		}
	}
	r.remarks(p)
	exact := !slices.ContainsFunc(r.against, func(s *attackers.Result) bool {
		return s.Likelihood != nil && !s.Likelihood.Exact || s.ExpectedImpact != nil && !s.ExpectedImpact.Exact
	})
	method := "Exact: no choice does better."
	if !exact {
		method = "Not exact: a limit stopped the search, and the truth lies between the two figures."
	}
	p.say(faint, method+" Steps are picked in advance and all attempted.")
}

// sum says in a sentence or two how things stand.
func (r *pickReport) sum() string {
	i := slices.Index(r.Results, r.now)
	now := r.against[i]
	where := upperFirst(inPlace(r.now))
	if r.mode == attackers.Budget {
		if now.By == nil {
			if now.Reachable {
				return fmt.Sprintf("%s, no attack that costs %s or less was found that can reach the goal.", where, r.money(*now.Budget))
			}
			s := fmt.Sprintf("%s, no attack that costs %s or less can reach the goal.", where, r.money(*now.Budget))
			if now.Unaided && now.Likelihood.High > 0 {
				s += " It can still happen unaided, with a chance of " + figure(now.Likelihood, percent) + "."
			}
			return s
		}
		s := fmt.Sprintf("%s, %s buys an attack with a chance of %s", where, r.money(*now.Budget), figure(now.Likelihood, percent))
		if now.ExpectedImpact != nil {
			s += ", and one with an expected loss of " + figure(now.ExpectedImpact, r.money)
		}
		return s + "."
	}
	switch {
	case now.By == nil && now.Profit.Profit.Exact:
		return fmt.Sprintf("%s, no attack pays for who gains %s.", where, r.money(now.Profit.Gain))
	case now.By == nil:
		return fmt.Sprintf("%s, no attack was found that pays for who gains %s.", where, r.money(now.Profit.Gain))
	}
	s := fmt.Sprintf("%s, an attack pays: who gains %s earns %s on average. It succeeds with a chance of %s",
		where, r.money(now.Profit.Gain), figure(&now.Profit.Profit, r.money), figure(now.Likelihood, percent))
	if now.ExpectedImpact != nil {
		s += ", and the expected loss is " + figure(now.ExpectedImpact, r.money)
	}
	return s + "."
}

// choices names the attacks that the figures of a scenario are read from.
func (r *pickReport) choices(s *attackers.Result) []string {
	told := func(words string, c *attackers.Choice) string {
		var steps []string
		for _, name := range c.Steps {
			steps = append(steps, r.names.both(name, ""))
		}
		return fmt.Sprintf("%s in %s (%s): %s.", words, scenarioTitle(&s.Result), r.money(c.Cost), among(steps, 8))
	}
	switch {
	case s.By == nil && s.ImpactBy == nil:
		return nil
	case r.mode == attackers.Economic:
		return []string{told("What he attempts", s.By)}
	case s.ImpactBy == nil:
		return []string{told("Greatest chance", s.By)}
	case s.By == nil:
		return []string{told("Greatest expected loss", s.ImpactBy)}
	case slices.Equal(s.By.Steps, s.ImpactBy.Steps):
		return []string{told("Greatest chance and expected loss", s.By)}
	}
	return []string{told("Greatest chance", s.By), told("Greatest expected loss", s.ImpactBy)}
}

func scenarioTitle(r *attacktree.Result) string {
	if r.Scenario == "" {
		return "this scenario"
	}
	return r.Scenario
}
