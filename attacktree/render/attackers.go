package render

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
)

// AttackersMessage is the answer of `atree attackers`.
type AttackersMessage struct {
	Format    int               `json:"format"`
	Tool      string            `json:"tool"`
	Model     *ModelMessage     `json:"model"`
	Goal      string            `json:"goal"`
	Attackers []AttackerMessage `json:"attackers"` // one an adversary and scenario
}

// AttackerMessage says what one adversary can do in one scenario. Within and
// Economic are null without a budget or a gain, and all curves where no step
// carries a cost; Limits then says why.
type AttackerMessage struct {
	Adversary      *string           `json:"adversary"`
	Scenario       string            `json:"scenario"`
	Mode           string            `json:"mode"` // which steps are possible: limited or saturating
	Controls       []string          `json:"controls"`
	Budget         *float64          `json:"budget"`
	Within         *WithinMessage    `json:"within_budget"`
	Economic       *EconomicMessage  `json:"economic"`
	Likelihood     *StaircaseMessage `json:"likelihood"`      // greatest P(A) by cost(A): the budget curve
	ExpectedImpact *StaircaseMessage `json:"expected_impact"` // greatest E(A) by cost(A)
	Impact         *StaircaseMessage `json:"impact"`          // greatest loss when all of A succeeds, by cost(A)
	Limits         map[string]string `json:"limits,omitempty"`
}

// WithinMessage is what a budget buys at most; each figure by an attack of its own.
type WithinMessage struct {
	Likelihood     *FigureMessage `json:"likelihood"`
	ExpectedImpact *FigureMessage `json:"expected_impact"`
	Impact         *FigureMessage `json:"impact"`
	Steps          []string       `json:"steps"` // the likeliest attack within the budget
}

// EconomicMessage is the attack of greatest profit, gain * P(A) - cost(A). Where
// none pays the profit is 0 and cost and likelihood are null.
type EconomicMessage struct {
	Gain       float64        `json:"gain"`
	Profit     *FigureMessage `json:"profit"`
	Cost       *float64       `json:"cost"`
	Likelihood *float64       `json:"likelihood"`
	Steps      []string       `json:"steps"`
}

// StaircaseMessage is a staircase. Bound stands only where it is not exact: no attack
// of that cost or less has a greater value.
type StaircaseMessage struct {
	Exact  bool             `json:"exact"`
	Points []StairMessage   `json:"points"`
	Bound  []CeilingMessage `json:"bound,omitempty"`
}

// StairMessage is one step of a staircase, with an attack that has its numbers.
type StairMessage struct {
	Cost  float64  `json:"cost"`
	Value float64  `json:"value"`
	Steps []string `json:"steps"`
}

// CeilingMessage is one step of a bound.
type CeilingMessage struct {
	Cost  float64 `json:"cost"`
	Value float64 `json:"value"`
}

// AttackersText writes for a person what each attacker can do: what his budget
// buys, whether an attack pays, and what other budgets would buy.
func AttackersText(w io.Writer, r *attackers.Report, opt *TextOptions) error {
	return attackersPage(r).writeText(w, opt)
}

// AttackersMarkdown writes what [AttackersText] writes, as Markdown.
func AttackersMarkdown(w io.Writer, r *attackers.Report) error {
	return attackersPage(r).writeMarkdown(w)
}

// AttackersJSON writes an [AttackersMessage].
func AttackersJSON(w io.Writer, r *attackers.Report) error {
	return writeJSON(w, attackersMessage(r))
}

// AttackersCSV writes one record a point of a curve. Of one that is not exact
// the points of the bound stand behind those that were found.
func AttackersCSV(w io.Writer, r *attackers.Report) error {
	type record struct {
		Goal      string   `json:"goal"`
		Adversary *string  `json:"adversary"`
		Scenario  string   `json:"scenario"`
		Mode      string   `json:"mode"`
		Figure    string   `json:"figure"`
		Exact     bool     `json:"exact"`
		Kind      string   `json:"kind"` // point or bound
		Cost      float64  `json:"cost"`
		Value     float64  `json:"value"`
		Steps     []string `json:"steps"`
	}
	var rows []record
	msg := attackersMessage(r)
	for _, a := range msg.Attackers {
		for of, c := range []*StaircaseMessage{a.Likelihood, a.ExpectedImpact, a.Impact} {
			if c == nil {
				continue
			}
			row := record{msg.Goal, a.Adversary, a.Scenario, a.Mode, attackers.Objective(of).String(), c.Exact, "point", 0, 0, nil}
			for _, p := range c.Points {
				row.Cost, row.Value, row.Steps = p.Cost, p.Value, p.Steps
				rows = append(rows, row)
			}
			for _, p := range c.Bound {
				row.Kind, row.Cost, row.Value, row.Steps = "bound", p.Cost, p.Value, nil
				rows = append(rows, row)
			}
		}
	}
	return writeCSV(w, rows)
}

func attackersMessage(r *attackers.Report) *AttackersMessage {
	msg := &AttackersMessage{Format, Tool, modelMessage(r.Tree, setIn(r)), r.Goal, []AttackerMessage{}}
	for _, q := range r.Profiles {
		s := q.Scenario
		a := AttackerMessage{
			Scenario: scenarioName(s), Mode: modeOf(s.Mode, s.Adversary).String(), Controls: list(s.Controls), Budget: number(q.Budget),
			Likelihood: staircaseMessage(q.Likelihood), ExpectedImpact: staircaseMessage(q.ExpectedImpact), Impact: staircaseMessage(q.Impact),
		}
		if s.Adversary != "" {
			a.Adversary = &s.Adversary
		}
		if q.Why != nil {
			a.Limits = map[string]string{"likelihood": noCurve(q.Why)}
		}
		if q.Budget != nil && q.Likelihood != nil {
			a.Within = &WithinMessage{
				within(q.Likelihood, *q.Budget), within(q.ExpectedImpact, *q.Budget), within(q.Impact, *q.Budget),
				stepsOf(q.Likelihood, q.Likelihood.Place(*q.Budget)),
			}
		}
		if e := q.Economic; e != nil {
			a.Economic = &EconomicMessage{Gain: e.Gain, Profit: figureMessage(&e.Profit), Steps: stepsOf(q.Likelihood, e.Place)}
			if e.Place >= 0 {
				p := q.Likelihood.Points[e.Place]
				a.Economic.Cost, a.Economic.Likelihood = &p.Cost, &p.Value
			}
		}
		msg.Attackers = append(msg.Attackers, a)
	}
	return msg
}

func staircaseMessage(c *attackers.Curve) *StaircaseMessage {
	if c == nil {
		return nil
	}
	out := &StaircaseMessage{Exact: c.Exact, Points: []StairMessage{}}
	for i, p := range c.Points {
		out.Points = append(out.Points, StairMessage{p.Cost, p.Value, stepsOf(c, i)})
	}
	if !c.Exact {
		for _, p := range c.Bound {
			out.Bound = append(out.Bound, CeilingMessage{p.Cost, p.Value})
		}
	}
	return out
}

func within(c *attackers.Curve, budget float64) *FigureMessage {
	if c == nil {
		return nil
	}
	f := c.At(budget)
	return figureMessage(&f)
}

func stepsOf(c *attackers.Curve, i int) []string {
	if i < 0 {
		return []string{}
	}
	return list(c.Steps(i))
}

// noCurve says why there are no curves.
func noCurve(err error) string {
	if errors.Is(err, attackers.ErrNoCost) {
		return "no step carries a cost, so that any budget buys every step"
	}
	return "a node is not or xor, so that attempting more may reach less"
}

// setIn returns the what-if values of a report.
func setIn(r *attackers.Report) map[string]float64 {
	if len(r.Profiles) == 0 {
		return nil
	}
	return r.Profiles[0].Scenario.Params
}

func attackersPage(r *attackers.Report) *page {
	p := new(page)
	m := r.Tree.Model()
	titleFor(p, m, "", setIn(r))
	p.heading(2, namesOf(m).both(r.Goal, r.Label))
	priceless := false
	for _, q := range r.Profiles {
		(&attackerReport{q, m}).write(p)
		priceless = priceless || q.Why == nil && q.Gain == nil
	}
	if priceless {
		p.say(faint, "Whether an attack pays is told only of an adversary with a gain, or where an asset of the goal has a value.")
	}
	return p
}

// titleFor writes the title of a page, and who attacks in the words given.
func titleFor(p *page, m *attacktree.Model, who string, params map[string]float64) {
	title(p, m, 0, "", params)
	if last := len(p.blocks) - 1; last >= 0 {
		if g, ok := p.blocks[last].(paragraph); ok {
			p.blocks = p.blocks[:last]
			p.say(faint, append(slices.Clone(g.lines[:len(g.lines)-1]), who)...)
		}
	}
}

// An attackerReport is what is said of one attacker in one scenario.
type attackerReport struct {
	*attackers.Profile
	m *attacktree.Model
}

func (r *attackerReport) write(p *page) {
	who, his := "Anyone", "the"
	for _, a := range r.m.Adversaries {
		if a.Name == r.Scenario.Adversary {
			who, his = both(a.Name, a.Label), "his"
		}
	}
	p.heading(3, who+", "+inScenario(scenarioName(r.Scenario)))
	if r.Why != nil {
		p.say(plain, "There is no curve: "+noCurve(r.Why)+".")
		return
	}
	p.say(strong, r.bought(his), r.pays())
	t, all := r.table()
	p.table(t)
	if shown := len(t.rows); shown < all {
		p.note(fmt.Sprintf("%d of %d budgets; JSON and CSV list them all.", shown, all))
	}
	method := "Exact: no attack of that cost or less does better. Steps are picked in advance and all attempted."
	for _, c := range []*attackers.Curve{r.Likelihood, r.ExpectedImpact, r.Impact} {
		if c != nil && !c.Exact {
			method = "Not exact: a limit stopped the search, and the truth lies between the two figures. Steps are picked in advance and all attempted."
		}
	}
	p.say(faint, method)
}

// bought says what the budget buys.
func (r *attackerReport) bought(his string) string {
	if r.Budget == nil {
		found, bound := r.Likelihood.Points, r.Likelihood.Bound
		last := max(found[len(found)-1].Cost, bound[len(bound)-1].Cost)
		end := r.Likelihood.At(last)
		return fmt.Sprintf("Who spends %s or more has a chance of %s.", r.money(last), figure(&end, percent))
	}
	chance := r.Likelihood.At(*r.Budget)
	if chance.High == 0 {
		return fmt.Sprintf("No attack within %s budget of %s can reach the goal.", his, r.money(*r.Budget))
	}
	s := fmt.Sprintf("For %s budget of %s there is an attack with a chance of %s", his, r.money(*r.Budget), figure(&chance, percent))
	if r.ExpectedImpact != nil {
		loss := r.ExpectedImpact.At(*r.Budget)
		s += fmt.Sprintf(", and one with an expected loss of %s", figure(&loss, r.money))
	}
	return s + "."
}

// pays says whether an attack pays.
func (r *attackerReport) pays() string {
	e := r.Economic
	switch {
	case e == nil:
		return ""
	case e.Place < 0 && e.Profit.Exact:
		return fmt.Sprintf("No attack pays for who gains %s.", r.money(e.Gain))
	case e.Place < 0:
		return fmt.Sprintf("No attack was found that pays for who gains %s.", r.money(e.Gain))
	}
	q := r.Likelihood.Points[e.Place]
	return fmt.Sprintf("Who gains %s earns most, %s on average, with the attack that costs %s: %s.",
		r.money(e.Gain), figure(&e.Profit, r.money), r.money(q.Cost), among(r.Likelihood.Steps(e.Place), 8))
}

func (r *attackerReport) money(x float64) string { return money(r.m.Currency, x) }

// mostBudgets is how many budgets a person is shown, besides the attacker's own.
const mostBudgets = 16

// table shows what budgets buy: some of those at which one of the curves rises,
// and the attacker's own. It returns how many there are in all.
func (r *attackerReport) table() (t *table, all int) {
	curves := []*attackers.Curve{r.Likelihood, r.ExpectedImpact, r.Impact}
	var budgets []float64
	for _, c := range curves {
		if c != nil {
			for _, p := range c.Points {
				budgets = append(budgets, p.Cost)
			}
		}
	}
	slices.Sort(budgets)
	budgets = slices.Compact(budgets)
	n := len(budgets)
	shown := budgets
	if n > mostBudgets {
		shown = nil
		for i := range mostBudgets {
			shown = append(shown, budgets[i*(n-1)/(mostBudgets-1)])
		}
	}
	all = n
	if r.Budget != nil {
		if at, found := slices.BinarySearch(shown, *r.Budget); !found {
			shown = slices.Insert(slices.Clone(shown), at, *r.Budget)
		}
		if _, found := slices.BinarySearch(budgets, *r.Budget); !found {
			all++
		}
	}
	t = &table{marked: true, columns: []column{{}, {title: "budget", right: true}, {title: "chance", right: true}}}
	if r.ExpectedImpact != nil {
		t.columns = append(t.columns, column{title: "expected loss", right: true}, column{title: "loss if all succeeds", right: true})
	}
	t.columns = append(t.columns, column{title: "likeliest attack", fit: wraps})
	for _, b := range shown {
		mark := ""
		if r.Budget != nil && b == *r.Budget {
			mark = ">"
		}
		cells := []string{mark, amount(b)}
		for i, c := range curves {
			if c == nil {
				continue
			}
			f := c.At(b)
			unit := amount
			if i == 0 {
				unit = percent
			}
			cells = append(cells, figure(&f, unit))
		}
		steps := absent
		if i := r.Likelihood.Place(b); i >= 0 && len(r.Likelihood.Steps(i)) > 0 {
			steps = among(r.Likelihood.Steps(i), 8)
		}
		t.add(append(cells, steps)...)
	}
	return t, all
}
