package render

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/words"
	sim "github.com/atree-dev/atree/attacktree/uncertain"
)

// A Study is the whole answer of `atree simulate`.
type Study struct {
	*sim.Simulation
	Above       []float64 // losses of a year whose chances are asked for
	Tolerance   sim.RiskTolerance
	Sensitivity *sim.Sensitivity // nil: not asked for
	Information *sim.Information
}

// SimulateText writes a study for a person to read: how far the figures of each
// scenario may lie apart, what a year may lose, and how scenarios compare.
func SimulateText(w io.Writer, s *Study, opt *TextOptions) error {
	return simulatePage(s).writeText(w, opt)
}

// SimulateMarkdown writes what [SimulateText] writes, as Markdown.
func SimulateMarkdown(w io.Writer, s *Study) error { return simulatePage(s).writeMarkdown(w) }

// SimulateJSON writes a [SimulateMessage].
func SimulateJSON(w io.Writer, s *Study) error { return writeJSON(w, simulateMessage(s)) }

// SimulateCSV writes one record a scenario.
func SimulateCSV(w io.Writer, s *Study) error {
	type record struct {
		Goal      string  `json:"goal"`
		Seed      uint64  `json:"seed"`
		Sobol     bool    `json:"sobol"`
		Samples   int     `json:"samples"`
		Precision float64 `json:"precision"`
		SimulatedScenarioMessage
	}
	var rows []record
	msg := simulateMessage(s)
	for _, sc := range msg.Scenarios {
		rows = append(rows, record{msg.Goal, msg.Seed, msg.Sobol, msg.Samples, msg.Precision, sc})
	}
	return writeCSV(w, rows)
}

// paramsOf returns what-if values by param; nil if there are none.
func paramsOf(list []sim.Param) map[string]float64 {
	var values map[string]float64
	for _, p := range list {
		if values == nil {
			values = map[string]float64{}
		}
		values[p.Name] = p.Value
	}
	return values
}

func simulateMessage(s *Study) *SimulateMessage {
	msg := &SimulateMessage{
		Format: Format, Tool: Tool,
		Model: SimulatedModelMessage{s.Model.Title, s.Model.File, s.Model.Digest, s.Model.Currency, s.Model.Period, paramsOf(s.Scenarios[0].Params)},
		Goal:  s.Goal, Label: s.Label, Seed: s.Seed, Sobol: s.Sobol, Samples: s.Samples, Precision: s.Precision, Most: s.Most,
		Numbers: []NumberMessage{}, Correlations: correlationMessages(s.Simulation), Scenarios: []SimulatedScenarioMessage{},
	}
	for _, n := range s.Numbers {
		msg.Numbers = append(msg.Numbers, NumberMessage{n.Name, n.Law.String()})
	}
	best := s.Best(costOf(s.Simulation))
	for k := range s.Scenarios {
		sc := &s.Scenarios[k]
		out := SimulatedScenarioMessage{
			Scenario: sc.Name, Mode: sc.Mode, Controls: list(sc.Controls),
			Likelihood:     spreadMessage(s.Simulation, sc.Column(sim.Likelihood)),
			ExpectedImpact: spreadMessage(s.Simulation, sc.Column(sim.ExpectedImpact)),
			AnnualLoss:     spreadMessage(s.Simulation, sc.Column(sim.AnnualLoss)),
			CheapestCost:   spreadMessage(s.Simulation, sc.Column(sim.CheapestCost)),
			TotalCost:      spreadMessage(s.Simulation, sc.Column(sim.TotalCost)),
			YearLoss:       spreadMessage(s.Simulation, sc.Column(sim.YearLoss)),
			Curve:          []ExceedanceMessage{},
			Above:          []ExceedanceMessage{},
		}
		if sc.Adversary != "" {
			out.Adversary = &sc.Adversary
		}
		if years := sc.Column(sim.YearLoss); years != nil {
			d := years.Distribution()
			out.Tail = &TailMessage{d.Above(0), d.AtRisk(0.95), d.AtRisk(0.99), d.Tail(0.95), d.Tail(0.99)}
			for _, p := range d.Curve() {
				out.Curve = append(out.Curve, ExceedanceMessage(p))
			}
			for _, x := range s.Above {
				out.Above = append(out.Above, ExceedanceMessage{d.Above(x), x})
			}
			for _, v := range d.Judge(s.Tolerance) {
				m := VerdictMessage{v.Loss, v.Chance, v.Found, v.Low, v.High, nil}
				if exceeded := v.Exceeded(); exceeded || v.Kept() {
					m.Exceeded = &exceeded
				}
				out.Tolerance = append(out.Tolerance, m)
			}
		}
		if k > 0 {
			out.Against = againstMessage(s.Simulation, k)
		}
		if len(s.Scenarios) > 1 && best != nil {
			out.Best = &best[k]
		}
		msg.Scenarios = append(msg.Scenarios, out)
	}
	if len(s.Scenarios) <= mostPaired {
		msg.Pairs = pairs(s.Simulation)
	}
	if a := s.Sensitivity; a != nil {
		msg.Sensitivity = &SensitivityMessage{a.Figure, a.Scenario, a.Mean, a.Variance, a.Exact, a.Samples, effectMessages(a)}
	}
	msg.Information = informationMessage(s.Information)
	return msg
}

// informationMessage is nil where nothing was asked.
func informationMessage(v *sim.Information) *InformationMessage {
	if v == nil {
		return nil
	}
	msg := &InformationMessage{v.Best, v.Cost, v.Perfect, v.SE, v.Exact, []WorthMessage{}}
	for _, n := range v.Numbers {
		msg.Numbers = append(msg.Numbers, WorthMessage(n))
	}
	return msg
}

// mostPaired is how many scenarios are compared with each other, if nobody asks
// for it.
const mostPaired = 8

func correlationMessages(s *sim.Simulation) []CorrelationMessage {
	var out []CorrelationMessage
	for _, c := range s.Correlations {
		out = append(out, CorrelationMessage(c))
	}
	return out
}

func effectMessages(a *sim.Sensitivity) []EffectMessage {
	out := []EffectMessage{}
	for _, e := range a.Effects {
		m := EffectMessage{Number: e.Number, Low: e.Low, High: e.High, First: e.First, FirstSE: e.FirstSE, Correlated: e.Correlated}
		if !e.Correlated {
			m.Total, m.TotalSE = &e.Total, &e.TotalSE
		}
		out = append(out, m)
	}
	return out
}

func spreadMessage(of *sim.Simulation, v sim.Values) *SpreadMessage {
	if v == nil {
		return nil
	}
	s := of.Spread(v)
	return &SpreadMessage{
		Value: number(&s.Mean), Exact: s.Least == s.Greatest,
		Mean: number(&s.Mean), SE: number(&s.SE), P5: number(&s.P5), P50: number(&s.P50), P95: number(&s.P95),
	}
}

func againstMessage(s *sim.Simulation, k int) *AgainstMessage {
	figure := riskOf(s)
	d := s.Minus(s.Scenarios[k].Column(figure), s.Scenarios[0].Column(figure))
	return &AgainstMessage{s.Scenarios[0].Name, figure, d.Mean, d.SE, d.P5, d.P50, d.P95, d.Lower}
}

// riskOf returns the figure that scenarios are compared by: the mean loss of a
// year, or else of an attempt, or else the likelihood.
func riskOf(s *sim.Simulation) string { return first(s, sim.AnnualLoss, sim.ExpectedImpact) }

// costOf returns the figure by which the best scenario is told.
func costOf(s *sim.Simulation) string { return first(s, sim.TotalCost) }

// first returns the first figure that all scenarios have, or the likelihood.
func first(s *sim.Simulation, figures ...string) string {
	for _, f := range figures {
		all := true
		for k := range s.Scenarios {
			all = all && s.Scenarios[k].Column(f) != nil
		}
		if all {
			return f
		}
	}
	return sim.Likelihood
}

// A studyReport is what a person reads about a study.
type studyReport struct {
	*Study
	page
	spreads []map[string]sim.Spread // by scenario and figure
	columns []column                // the first, and one a scenario
}

func simulatePage(s *Study) *page {
	r := &studyReport{Study: s, columns: []column{{}}}
	for k := range s.Scenarios {
		spreads := map[string]sim.Spread{}
		for _, c := range s.Scenarios[k].Columns {
			spreads[c.Figure] = s.Spread(c.Values)
		}
		r.spreads = append(r.spreads, spreads)
		r.columns = append(r.columns, column{title: cutMiddle(r.name(k), 18), right: true})
	}
	r.title()
	r.heading(2, both(s.Goal, s.Label))
	r.say(strong, r.answer())
	r.figures()
	r.controls()
	r.year()
	r.tolerance()
	r.compared()
	r.sensitivity()
	r.information()
	r.say(faint, r.method())
	return &r.page
}

func (r *studyReport) name(k int) string {
	sc := &r.Scenarios[k]
	return scenarioName(&attacktree.Scenario{Name: sc.Name, Controls: sc.Controls})
}

func (r *studyReport) title() {
	m := &attacktree.Model{Title: r.Model.Title, File: r.Model.File, Currency: r.Model.Currency}
	title(&r.page, m, attacktree.DefaultMode, "", nil)
	r.blocks = r.blocks[:1] // the rest of a title is about figures at the means
	var facts string
	switch {
	case m.Title != "" && m.File == "-":
		facts = "Standard input; "
	case m.Title != "" && m.File != "":
		facts = "File " + m.File + "; "
	}
	if m.Currency != "" {
		facts += "money in " + m.Currency + "; "
	}
	way := ""
	if r.Sobol {
		way = " by Sobol' sequences"
	}
	if n := r.drawn(); n > 0 {
		facts += fmt.Sprintf("%s of %s%s%s, seed %d.", draws(r.Samples), plural(n, "uncertain number", "uncertain numbers"), r.correlated(), way, r.Seed)
	} else {
		facts += fmt.Sprintf("%s%s, seed %d; no number that bears on the goal is uncertain.", draws(r.Samples), way, r.Seed)
	}
	var set []string
	for _, p := range r.Scenarios[0].Params {
		set = append(set, words.Setting(p.Name, p.Value, p.Unit, r.Model.Currency))
	}
	r.say(faint, upperFirst(facts), words.WhatIf(set), r.attacker())
}

// set reports whether a param has a what-if value.
func (r *studyReport) set(name string) bool {
	return slices.ContainsFunc(r.Scenarios[0].Params, func(p sim.Param) bool { return p.Name == name })
}

// drawn counts the numbers that are drawn.
func (r *studyReport) drawn() int {
	n := 0
	for _, x := range r.Numbers {
		if !r.set(x.Name) {
			n++
		}
	}
	return n
}

// correlated says how many numbers go together with others.
func (r *studyReport) correlated() string {
	together := map[string]bool{}
	for _, c := range r.Correlations {
		if !r.set(c.A) && !r.set(c.B) {
			together[c.A], together[c.B] = true, true
		}
	}
	if len(together) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them correlated)", len(together))
}

func draws(n int) string {
	if n == 1 {
		return "1 draw"
	}
	return thousands(n) + " draws"
}

func (r *studyReport) attacker() string {
	sc := &r.Scenarios[0]
	m := &attacktree.Model{Adversaries: []*attacktree.Adversary{{Name: sc.Adversary, Label: sc.Label}}}
	if sc.Adversary == "" {
		m.Adversaries = nil
	}
	mode := attacktree.Saturating
	if sc.Mode == attacktree.Limited.String() {
		mode = attacktree.Limited
	}
	return attacker(m, mode, sc.Adversary)
}

// now is the scenario that stands for how things are: current, else the last.
func (r *studyReport) now() int {
	for k := range r.Scenarios {
		if r.Scenarios[k].Name == "current" {
			return k
		}
	}
	return len(r.Scenarios) - 1
}

// answer says how sure one may be of the scenario now: current, else the last.
func (r *studyReport) answer() string {
	now := r.now()
	l := r.spreads[now][sim.Likelihood]
	where := upperFirst(inScenario(r.name(now)))
	s := where + ", an attempt succeeds with a chance of " + percent(l.P5) + " to " + percent(l.P95) + ", in nine draws of ten."
	if l.Least == l.Greatest {
		s = where + ", an attempt succeeds with a chance of " + percent(l.Mean) + ", in every draw."
	}
	if years := r.Scenarios[now].Column(sim.YearLoss); years != nil {
		d := years.Distribution()
		if worst := d.AtRisk(0.95); worst > 0 {
			s += " One year of twenty loses " + money(r.Model.Currency, worst) + " or more."
		} else if any := d.Above(0); any > 0 {
			s += " A year loses anything with a chance of " + percent(any) + "."
		} else {
			s += " No year that was drawn loses anything."
		}
	}
	return s
}

// roughly keeps two digits, which is all that an error is good for.
func roughly(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 1, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// figures shows the spread of each figure in each scenario.
func (r *studyReport) figures() {
	t := &table{columns: []column{{}, {title: "mean", right: true}, {title: "±", right: true}, {title: "5 %", right: true}, {title: "median", right: true}, {title: "95 %", right: true}}}
	currency := ""
	if r.Model.Currency != "" {
		currency = ", " + r.Model.Currency
	}
	for _, f := range []struct {
		figure, title string
		unit          func(float64) string
	}{
		{sim.Likelihood, "chance that an attempt succeeds", percent},
		{sim.ExpectedImpact, "expected loss per attempt" + currency, amount},
		{sim.AnnualLoss, "expected loss per year" + currency, amount},
		{sim.CheapestCost, "cheapest attack" + currency, amount},
		{sim.TotalCost, "total cost per " + period(r.Model.Period) + currency, amount},
	} {
		shown := false
		for k := range r.Scenarios {
			s, ok := r.spreads[k][f.figure]
			if !ok || f.figure == sim.TotalCost && len(r.Scenarios) == 1 {
				continue
			}
			if !shown {
				t.rows = append(t.rows, row{[]string{f.title, "", "", "", "", ""}, faint})
				shown = true
			}
			unit := func(x float64) string {
				if math.IsInf(x, 1) {
					return "none left"
				}
				return f.unit(x)
			}
			cells := []string{"  " + cutMiddle(r.name(k), 28), unit(s.Mean), unit(roughly(s.SE)), unit(s.P5), unit(s.P50), unit(s.P95)}
			if s.Least == s.Greatest {
				cells = append(cells[:2], "certain", "", "", "")
			}
			t.add(cells...)
		}
	}
	r.table(t)
}

func (r *studyReport) controls() {
	for k := range r.Scenarios {
		if c := r.Scenarios[k].Controls; len(c) > 0 && (len(c) > 1 || c[0] != r.name(k)) {
			r.note("In place in " + r.name(k) + ": " + among(c, 8) + ".")
		}
	}
}

// year shows what a year may lose.
func (r *studyReport) year() {
	t := &table{columns: r.columns}
	add := func(title string, cell func(sim.Distribution) string) {
		cells := []string{title}
		for k := range r.Scenarios {
			cells = append(cells, absent)
			if years := r.Scenarios[k].Column(sim.YearLoss); years != nil {
				cells[k+1] = cell(years.Distribution())
			}
		}
		t.add(cells...)
	}
	if first(r.Simulation, sim.YearLoss) != sim.YearLoss {
		return
	}
	t.rows = append(t.rows, row{append([]string{"mean"}, r.yearly(func(s sim.Spread) string { return amount(s.Mean) })...), plain},
		row{append([]string{"its standard error"}, r.yearly(func(s sim.Spread) string { return amount(roughly(s.SE)) })...), plain})
	add("chance of any loss", func(d sim.Distribution) string { return percent(d.Above(0)) })
	for _, x := range r.Above {
		add("chance of more than "+amount(x), func(d sim.Distribution) string { return percent(d.Above(x)) })
	}
	for _, years := range []int{2, 10, 20, 100, 1000} {
		if r.Count >= 10*years {
			add(fmt.Sprintf("1 year of %s loses at least", thousands(years)), func(d sim.Distribution) string { return amount(d.AtRisk(1 - 1/float64(years))) })
		}
	}
	for _, years := range []int{20, 100} {
		if r.Count >= 10*years {
			add(fmt.Sprintf("mean of the worst 1 of %d", years), func(d sim.Distribution) string { return amount(d.Tail(1 - 1/float64(years))) })
		}
	}
	r.heading(3, "What a year may lose")
	r.table(t)
	if r.Count >= 200 {
		r.note("What 1 year of 20 loses at least is the value at risk (VaR) at 95" + nbsp + "%, the mean of the worst 1 of 20 the tail value at risk (TVaR).")
	}
}

// yearly says something of the loss of a year in each scenario.
func (r *studyReport) yearly(cell func(sim.Spread) string) []string {
	var out []string
	for k := range r.Scenarios {
		s, ok := r.spreads[k][sim.YearLoss]
		if !ok {
			out = append(out, absent)
			continue
		}
		out = append(out, cell(s))
	}
	return out
}

// tolerance says which limits are exceeded where.
func (r *studyReport) tolerance() {
	if len(r.Tolerance) == 0 || first(r.Simulation, sim.YearLoss) != sim.YearLoss {
		return
	}
	t := &table{columns: append([]column{{title: "a year loses more than", right: true}, {title: "tolerated", right: true}}, r.columns[1:]...)}
	verdicts := make([][]sim.Verdict, len(r.Scenarios))
	for k := range r.Scenarios {
		verdicts[k] = r.Scenarios[k].Column(sim.YearLoss).Distribution().Judge(r.Tolerance)
	}
	exceeded, open := false, false
	for i, l := range r.Tolerance {
		cells := []string{amount(l.Loss), percent(l.Chance)}
		for k := range r.Scenarios {
			v, mark := verdicts[k][i], nbsp
			switch {
			case v.Exceeded():
				mark, exceeded = "!", true
			case !v.Kept():
				mark, open = "?", true
			}
			cells = append(cells, percent(v.Found)+nbsp+mark)
		}
		t.add(cells...)
	}
	r.heading(3, "Is the tolerance kept?")
	now := r.now()
	r.say(strong, r.verdict(now, verdicts[now]))
	r.table(t)
	if exceeded {
		r.note("!: exceeded.")
	}
	if open {
		r.note("?: too close to tell from " + draws(r.Count) + ".")
	}
}

// verdict says in words whether a scenario keeps the tolerance.
func (r *studyReport) verdict(k int, verdicts []sim.Verdict) string {
	where := upperFirst(inScenario(r.name(k)))
	var open *sim.Verdict
	for i, v := range verdicts {
		switch {
		case v.Exceeded():
			return where + ", it is exceeded: a year loses more than " + money(r.Model.Currency, v.Loss) + " with a chance of " +
				percent(v.Found) + ", where " + percent(v.Chance) + " is tolerated."
		case !v.Kept() && open == nil:
			open = &verdicts[i]
		}
	}
	if open != nil {
		return where + ", it is too close to tell: a year loses more than " + money(r.Model.Currency, open.Loss) + " with a chance between " +
			percent(open.Low) + " and " + percent(open.High) + ", where " + percent(open.Chance) + " is tolerated."
	}
	return where + ", it is kept."
}

// compared sets the scenarios against the first, draw by draw.
func (r *studyReport) compared() {
	if len(r.Scenarios) < 2 {
		return
	}
	figure, unit := riskOf(r.Simulation), amount
	what := map[string]string{sim.AnnualLoss: "expected loss per year", sim.ExpectedImpact: "expected loss per attempt", sim.Likelihood: "chance"}[figure]
	if figure == sim.Likelihood {
		unit = percent
	}
	t := &table{columns: []column{{title: what}, {title: "mean", right: true}, {title: "5 %", right: true}, {title: "95 %", right: true}, {title: "lower", right: true}, {title: "best", right: true}}}
	best := r.Best(costOf(r.Simulation))
	for k := range r.Scenarios {
		cells := []string{cutMiddle(r.name(k), 28), "", "", "", "", percent(best[k])}
		if k > 0 {
			d := r.Minus(r.Scenarios[k].Column(figure), r.Scenarios[0].Column(figure))
			copy(cells[1:], []string{signed(d.Mean, unit), signed(d.P5, unit), signed(d.P95, unit), percent(d.Lower)})
		}
		t.add(cells...)
	}
	r.heading(3, "Against "+r.name(0)+", draw by draw")
	r.table(t)
	least := "the least chance"
	if costOf(r.Simulation) == sim.TotalCost {
		least = "the least total cost, of controls and expected losses"
	}
	r.note("Lower: the chance that it is lower than in " + r.name(0) + ". Best: the chance of " + least + ".")
	r.paired()
}

// paired sets any two scenarios against each other, where there are more than the
// first and one.
func (r *studyReport) paired() {
	n := len(r.Scenarios)
	if n < 3 {
		return
	}
	figure := costOf(r.Simulation)
	what := "chance"
	if figure == sim.TotalCost {
		what = "total cost"
	}
	if n > mostPaired {
		r.note("With --pairs FILE, any two scenarios are set against each other.")
		return
	}
	t := &table{columns: []column{{}}}
	for k := range n {
		t.columns = append(t.columns, column{title: "than " + cutMiddle(r.name(k), 14), right: true})
	}
	for a := range n {
		cells := []string{cutMiddle(r.name(a), 28)}
		for b := range n {
			cell := ""
			if a != b {
				cell = percent(r.Scenarios[a].Column(figure).Lower(r.Scenarios[b].Column(figure)))
			}
			cells = append(cells, cell)
		}
		t.add(cells...)
	}
	r.heading(3, "Chance of a lower "+what+" than another")
	r.table(t)
}

// sensitivity lists the numbers that matter most, by their swing.
func (r *studyReport) sensitivity() {
	a := r.Sensitivity
	if a == nil {
		return
	}
	what, unit := "expected loss per attempt", amount
	if a.Figure == sim.Likelihood {
		what, unit = "chance", percent
	}
	r.heading(3, "What the "+what+" depends on, "+inScenario(a.Scenario))
	if len(a.Effects) == 0 {
		r.say(plain, "No uncertain number bears on it.")
		return
	}
	t := &table{columns: []column{{title: "number", fit: shrinks}, {title: "at its 10 %", right: true}, {title: "at its 90 %", right: true}, {title: "alone", right: true}, {title: "in all", right: true}, {}}}
	correlated, off := false, 0.0
	greatest := math.Abs(a.Effects[0].High - a.Effects[0].Low)
	bars := newTornado(a.Mean, a.Effects[:min(len(a.Effects), mostEffects)])
	for i, e := range a.Effects {
		swing := math.Abs(e.High - e.Low)
		if i == mostEffects || swing < greatest/100 {
			break
		}
		total := share(e.Total, e.TotalSE)
		if e.Correlated {
			total, correlated = absent, true
		}
		off = max(off, e.FirstSE, e.TotalSE)
		t.add(e.Number, unit(e.Low), unit(e.High), share(e.First, e.FirstSE), total, bars.of(e))
	}
	r.table(t)
	if n := len(a.Effects) - len(t.rows); n > 0 {
		r.note(plural(n, "more number matters", "more numbers matter") + " less.")
	}
	shares := "estimated from " + draws(a.Samples)
	if off > 0 {
		shares += " (±" + nbsp + percent(roughly(off)) + " at most)"
	}
	switch {
	case a.Exact:
		shares = "exact; in all is " + shares
	case a.Linear:
		shares = "by the slope, of a variance that is " + shares
	}
	r.note("At the means of all numbers it is " + unit(a.Mean) + ". Alone: the share of the variance that would go if the number were known, " +
		shares + ". In all: the share that would stay if all others were known.")
	if correlated {
		r.note("A number that is correlated with others tells of them too: alone counts that, estimated from " + draws(a.Samples) + ", and in all has no meaning for it.")
	}
}

// A tornado draws the swings of numbers as bars to both sides of the figure at
// the means of all.
type tornado struct {
	low, mean, high float64
	left            int // columns
}

const tornadoWidth = 11

func newTornado(mean float64, effects []sim.Effect) *tornado {
	t := &tornado{low: mean, mean: mean, high: mean}
	for _, e := range effects {
		t.low, t.high = min(t.low, e.Low, e.High), max(t.high, e.Low, e.High)
	}
	t.left = t.columns(mean - t.low)
	return t
}

// columns returns how many columns a distance takes.
func (t *tornado) columns(distance float64) int {
	if !(distance > 0) {
		return 0
	}
	return int(math.Round(tornadoWidth * distance / (t.high - t.low)))
}

func (t *tornado) of(e sim.Effect) string {
	below, above := t.columns(t.mean-min(e.Low, e.High)), t.columns(max(e.Low, e.High)-t.mean)
	return strings.Repeat(nbsp, t.left-below) + strings.Repeat("=", below) + "|" + strings.Repeat("=", above)
}

// mostEffects is how many numbers are listed at most.
const mostEffects = 15

// share writes a share of the variance; noise around nothing is nothing.
func share(x, se float64) string {
	if math.Abs(x) <= 2*se || x < 5e-4 {
		return "0" + nbsp + "%"
	}
	return digits(math.Round(1000*x)/10) + nbsp + "%"
}

// information says what knowing more is worth.
func (r *studyReport) information() {
	if v := r.Information; v != nil {
		best := v.Best
		if best == "" {
			best = "inherent"
		}
		worthOfKnowing(&r.page, v, best, r.Model.Currency, period(r.Model.Period))
	}
}

// worthOfKnowing says what it is worth to know all numbers, and each, before a set
// is chosen; best names the set that is best by what is known.
func worthOfKnowing(p *page, v *sim.Information, best, currency, per string) {
	coin := func(x float64) string { return money(currency, x) }
	p.heading(3, "What knowing more is worth")
	p.say(plain, "By what is known, "+best+" is best, with an expected total cost of "+coin(v.Cost)+" a "+per+".",
		"To know all numbers before the choice would save "+coin(v.Perfect)+" (± "+coin(roughly(v.SE))+") a "+per+" on average.")
	t := &table{columns: []column{{title: "to know", fit: shrinks}, {title: "saves per " + per, right: true}}}
	for i, n := range v.Numbers {
		if i < mostEffects {
			t.add(n.Number, amount(n.Value))
		}
	}
	p.table(t)
	switch {
	case len(v.Numbers) == 0 && (v.Exact || v.Perfect == 0):
		p.note("No single number would change the choice.")
	case len(v.Numbers) == 0:
		p.note("So few draws show no single number that would change the choice.")
	case !v.Exact:
		p.note("The worth of single numbers is estimated from the draws, rather too high than too low; what may be chance is left out.")
	}
}

func signed(x float64, unit func(float64) string) string {
	switch {
	case x < 0:
		return "-" + unit(-x)
	case x > 0:
		return "+" + unit(x)
	}
	return unit(x)
}

func (r *studyReport) method() string {
	s := "Given the numbers of a draw, its figures are computed exactly."
	if first(r.Simulation, sim.YearLoss) == sim.YearLoss {
		s += " Of each draw one year is played: attempts at random, the steps of an attempt together."
	}
	switch {
	case r.Most > r.Samples:
		s += " It ended when each mean was known to " + percent(r.Precision) + "."
	case r.Most > 0:
		s += " It ended for the number of draws, not for the precision of " + percent(r.Precision) + "."
	}
	return s
}
