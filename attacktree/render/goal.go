package render

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// What a person reads about one goal: the answer first, then what it rests on.

// A background is what all goals of a model share.
type background struct {
	m       *attacktree.Model
	names   names
	chances bool // some node has a likelihood; else all chances are 100 %
	losses  bool // some node has an impact
}

func newBackground(m *attacktree.Model) *background {
	b := &background{m: m, names: namesOf(m), chances: len(m.Controls) > 0}
	for _, v := range m.Nodes {
		b.chances = b.chances || v.Likelihood.Given() || v.Assume.Given() || len(v.For) > 0
		b.losses = b.losses || v.Impact.Given()
	}
	return b
}

// A goalReport is the part of a report that is about one goal.
type goalReport struct {
	*background
	*mitigate.GoalAssessment
	inherent *attacktree.Result // the first scenario
	now      *attacktree.Result // the scenario that sentences are about: current, else the last
}

func newGoalReport(b *background, g *mitigate.GoalAssessment) *goalReport {
	r := &goalReport{background: b, GoalAssessment: g, inherent: g.Results[0], now: g.Results[len(g.Results)-1]}
	for _, s := range g.Results {
		if s.Scenario == "current" {
			r.now = s
		}
	}
	return r
}

func (r *goalReport) write(p *page) {
	p.heading(2, r.names.both(r.Goal, r.Label))
	p.say(strong, r.answer())
	p.table(r.figures())
	r.bestAttacks(p)
	r.remarks(p)
	r.bottomUp(p)
	if len(r.Left) > 0 {
		p.heading(3, r.leftTitle())
		p.table(r.left())
	}
	if t := r.steps(); r.chances && len(t.rows) > 0 {
		p.heading(3, "The steps that matter most"+r.here())
		p.table(t)
	}
	r.controls(p)
	if s := r.next(); s != "" {
		p.say(strong, s)
	}
	p.say(faint, r.method())
}

// answer says in a few sentences how things stand.
func (r *goalReport) answer() string {
	where := upperFirst(inPlace(r.now))
	if !r.now.Reachable {
		s := where + ", no attack is left."
		if r.now.Unaided {
			s += " The goal can still happen unaided, by conditions alone"
			if r.now.Likelihood != nil {
				s += ", with a chance of " + figure(r.now.Likelihood, percent)
			}
			s += "."
		}
		return s
	}
	s := ""
	if r.chances && r.now.Likelihood != nil {
		s = where + ", an attempt succeeds with a chance of " + figure(r.now.Likelihood, percent)
		where = ""
		if r.now.ExpectedImpact == nil {
			s += r.compared(r.inherent.Likelihood, r.now.Likelihood)
		}
		s += "."
	}
	if r.now.ExpectedImpact != nil {
		s += begin(&where, " The expected loss") + " is " + figure(r.now.ExpectedImpact, r.money) + " an attempt" +
			r.compared(r.inherent.ExpectedImpact, r.now.ExpectedImpact) + "."
	}
	if a := r.now.Cheapest; a != nil && a.Cost != nil {
		s += begin(&where, " The cheapest attack") + " costs " + r.money(*a.Cost) + "."
	}
	if s == "" {
		s = where + ", an attack is possible."
	}
	if r.now.Unaided {
		s += " The goal can also happen unaided, by conditions alone."
	}
	return s
}

// begin opens a sentence with where it holds, once.
func begin(where *string, subject string) string {
	if *where == "" {
		return subject
	}
	s := *where + "," + strings.Replace(subject, " The", " the", 1)
	*where = ""
	return s
}

// compared says how much less a figure is than without controls.
func (r *goalReport) compared(inherent, now *attacktree.Figure) string {
	if len(r.now.Controls) == 0 {
		return ""
	}
	switch by := change(inherent, now); {
	case strings.HasPrefix(by, "-"):
		return ", " + by[1:] + " less than without controls"
	case by == "the same":
		return ", the same as without controls"
	}
	return ""
}

// figures shows one figure a row and one scenario a column.
func (r *goalReport) figures() *table {
	t := &table{columns: []column{{}}}
	for _, s := range r.Results {
		t.columns = append(t.columns, column{title: cutMiddle(s.Scenario, 18), right: true})
	}
	add := func(title string, tone tone, cell func(*attacktree.Result) string) {
		cells, any := []string{title}, false
		for _, s := range r.Results {
			c := cell(s)
			any = any || c != "" && c != absent
			cells = append(cells, c)
		}
		if any {
			t.rows = append(t.rows, row{cells, tone})
		}
	}
	compared := func(f func(*attacktree.Result) *attacktree.Figure) {
		add("  against inherent", faint, func(s *attacktree.Result) string {
			if s == r.inherent {
				return ""
			}
			return change(f(r.inherent), f(s))
		})
	}
	computed := func(title, key string, f func(*attacktree.Result) *attacktree.Figure, unit func(float64) string) {
		add(title, plain, func(s *attacktree.Result) string {
			if _, limited := s.Limits[key]; limited && f(s) == nil {
				return unknown
			}
			return figure(f(s), unit)
		})
	}
	attack := func(title, key string, f func(*attacktree.Result) *attacktree.Attack, cell func(*attacktree.Attack) string) {
		add(title, plain, func(s *attacktree.Result) string {
			a := f(s)
			_, limited := s.Limits[key]
			switch {
			case a != nil:
				return cell(a)
			case limited:
				return unknown
			}
			return absent
		})
	}

	likelihood := func(s *attacktree.Result) *attacktree.Figure { return s.Likelihood }
	impact := func(s *attacktree.Result) *attacktree.Figure { return s.ExpectedImpact }
	annual := func(s *attacktree.Result) *attacktree.Figure { return s.AnnualLoss }
	if r.chances {
		computed("chance that an attempt succeeds", "likelihood", likelihood, percent)
		compared(likelihood)
	}
	if r.losses {
		computed("expected loss per attempt"+r.currency(), "expected_impact", impact, amount)
		compared(impact)
		computed("expected loss per year"+r.currency(), "annual_loss", annual, amount)
	}
	add("attacks left", plain, func(s *attacktree.Result) string {
		switch {
		case !s.Reachable:
			return "none"
		case s.AttackCount == nil:
			return unknown
		}
		return count(s.AttackCount)
	})
	attack("cheapest attack"+r.currency(), "cheapest",
		func(s *attacktree.Result) *attacktree.Attack { return s.Cheapest },
		func(a *attacktree.Attack) string { return optional(a.Cost, amount) })
	if r.chances {
		attack("likeliest attack", "likeliest",
			func(s *attacktree.Result) *attacktree.Attack { return s.Likeliest },
			func(a *attacktree.Attack) string { return percent(a.Likelihood) })
	}
	attack("fastest attack", "fastest",
		func(s *attacktree.Result) *attacktree.Attack { return s.Fastest },
		func(a *attacktree.Attack) string { return optional(a.Time, duration) })
	if len(r.m.Controls) > 0 {
		add("fewest controls on an attack", plain, func(s *attacktree.Result) string {
			switch _, limited := s.Limits["defence_depth"]; {
			case s.DefenceDepth != nil:
				return strconv.Itoa(len(s.DefenceDepth.Controls))
			case limited:
				return unknown
			}
			return absent
		})
	}
	add("least skill needed (0 to 10)", plain, func(s *attacktree.Result) string {
		if _, limited := s.Limits["min_skill"]; limited && s.MinSkill == nil {
			return unknown
		}
		return skillOf(s.MinSkill)
	})
	return t
}

// remarks tell what the figures of some scenario rest on: controls, assumptions,
// limits.
func (r *goalReport) remarks(p *page) {
	const most = 8
	for _, s := range r.Results {
		if len(s.Controls) > 0 && strings.Join(s.Controls, ",") != s.Scenario {
			p.note("In place in " + s.Scenario + ": " + among(s.Controls, most) + ".")
		}
	}
	for _, s := range r.now.Assumed {
		p.note(fmt.Sprintf("Assumed: %s is taken as %s; what stands below it gives %s.",
			r.names.both(s.Node, ""), percent(s.Assumed), percent(s.Computed)))
	}
	if slices.ContainsFunc(r.Results, func(s *attacktree.Result) bool { return s.AtMeans }) {
		p.note("The chance and the expected loss are the values at the means of the uncertain numbers, not their means.")
	}
	for _, s := range r.Results {
		r.missing(p, s)
	}
}

// missing says which figures a limit left out, and why; figures with the same
// reason are named together.
func (r *goalReport) missing(p *page, s *attacktree.Result) {
	figures := map[string][]string{}
	var reasons []string
	for _, key := range slices.Sorted(maps.Keys(s.Limits)) {
		why := s.Limits[key]
		switch {
		case key == "fastest" && s.Fastest != nil:
			p.note("Not certain in " + s.Scenario + ": the fastest attack; " + why + ".")
			continue
		case figures[why] == nil:
			reasons = append(reasons, why)
		}
		what, ok := limitedWords[key]
		if !ok {
			what = strings.ReplaceAll(key, "_", " ")
		}
		figures[why] = append(figures[why], what)
	}
	for _, why := range reasons {
		p.note("Not known in " + s.Scenario + ": " + among(figures[why], len(figures[why])) + "; " + why + ".")
	}
}

// limitedWords say what a limit may leave out.
var limitedWords = map[string]string{
	"attack_count":  "the number of attacks left",
	"cheapest":      "the cheapest attack",
	"likeliest":     "the likeliest attack",
	"fastest":       "the fastest attack",
	"min_skill":     "the least skill",
	"defence_depth": "the fewest controls on an attack",
	"steps":         "how much each step matters",
	"chokepoints":   "the steps that no attack can do without",
	"likelihood":    "the chance that an attempt succeeds",
}

// bestAttacks names the cheapest, likeliest and fastest attack of the scenario
// now; attacks that are the same are named once.
func (r *goalReport) bestAttacks(p *page) {
	type title struct {
		words  string
		attack *attacktree.Attack
	}
	titles := []title{{"cheapest", r.now.Cheapest}, {"likeliest", r.now.Likeliest}, {"fastest", r.now.Fastest}}
	if !r.chances {
		titles = slices.Delete(titles, 1, 2)
	}
	for i, t := range titles {
		if t.attack == nil || slices.ContainsFunc(titles[:i], func(u title) bool { return sameAttack(u.attack, t.attack) }) {
			continue
		}
		words := []string{t.words}
		for _, u := range titles[i+1:] {
			if sameAttack(u.attack, t.attack) {
				words = append(words, u.words)
			}
		}
		p.note(upperFirst(among(words, 3)) + r.here() + r.told(t.attack))
	}
	if len(r.now.Chokepoints) > 0 {
		var steps []string
		for _, name := range r.now.Chokepoints {
			steps = append(steps, r.names.both(name, ""))
		}
		p.note("No attack works without " + among(steps, 4) + ".")
	}
}

// here says which scenario is meant, where there are several.
func (r *goalReport) here() string {
	if len(r.Results) == 1 {
		return ""
	}
	return " in " + r.now.Scenario
}

func sameAttack(a, b *attacktree.Attack) bool {
	return a != nil && b != nil && slices.Equal(a.Steps, b.Steps) && slices.Equal(a.Given, b.Given)
}

// told says what an attack takes, and names its steps.
func (r *goalReport) told(a *attacktree.Attack) string {
	var facts []string
	if a.Cost != nil {
		facts = append(facts, r.money(*a.Cost))
	}
	if r.chances {
		facts = append(facts, "chance "+percent(a.Likelihood))
	}
	if a.Time != nil {
		facts = append(facts, duration(*a.Time))
	}
	if a.Undetected != 1 {
		facts = append(facts, "unnoticed "+percent(a.Undetected))
	}
	var steps []string
	for _, name := range a.Steps {
		steps = append(steps, r.names.both(name, ""))
	}
	const most = 8
	s := strings.Join(steps[:min(most, len(steps))], " + ")
	if len(steps) > most {
		s += fmt.Sprintf(" + %d more", len(steps)-most)
	}
	if len(a.Given) > 0 {
		s += ", given " + among(a.Given, 4)
	}
	if len(facts) > 0 {
		s = " (" + strings.Join(facts, ", ") + "): " + s
	} else {
		s = ": " + s
	}
	return s + "."
}

func (r *goalReport) leftTitle() string {
	which := "likeliest"
	if r.Left[0].Cost != nil {
		which = "cheapest"
	}
	s, stop := fmt.Sprintf("The %s attacks", which), "them"
	for _, res := range r.Results {
		if res.Scenario != r.LeftIn || res.AttackCount == nil {
			continue
		}
		switch n := len(r.Left); {
		case res.AttackCount.Cmp(big.NewInt(int64(n))) != 0:
			s = fmt.Sprintf("The %s %d of %s attacks", which, n, count(res.AttackCount))
		case n == 1:
			s, stop = "The only attack", "it"
		case n == 2:
			s = "Both attacks"
		default:
			s = fmt.Sprintf("All %d attacks", n)
		}
	}
	if len(r.m.Controls) == 0 {
		return s
	}
	return s + " left in " + r.LeftIn + ", and what would stop " + stop
}

func (r *goalReport) left() *table {
	attacks := make([]attacktree.Attack, len(r.Left))
	for i := range r.Left {
		attacks[i] = r.Left[i].Attack
	}
	t := attackTable(attacks, costAndChance)
	if len(r.m.Controls) == 0 {
		return t
	}
	t.columns = append(t.columns, column{title: "what would stop it", fit: wraps})
	for i, left := range r.Left {
		t.rows[i].cells = append(t.rows[i].cells, stoppers(left))
	}
	return t
}

func stoppers(left mitigate.Remaining) string {
	var parts []string
	if len(left.Stops) > 0 {
		parts = append(parts, "blocked by "+among(left.Stops, 3))
	}
	if len(left.Weaken) > 0 {
		parts = append(parts, "made harder by "+among(left.Weaken, 3))
	}
	if len(parts) == 0 {
		return "no other control"
	}
	return strings.Join(parts, "; ")
}

// steps shows the most critical steps of the scenario now.
func (r *goalReport) steps() *table {
	const most = 8
	t := &table{columns: []column{
		{title: "step", fit: shrinks},
		{fit: cuts},
		{title: "without it, less likely by", right: true},
	}}
	for _, s := range r.now.Steps[:min(most, len(r.now.Steps))] {
		if finite(s.Criticality) && s.Criticality > 0 {
			t.add(s.Step, r.names.label[s.Step], percent(s.Criticality))
		}
	}
	return t
}

// controls shows what each control costs and takes away: of the expected loss,
// or of the chance where no node has an impact.
func (r *goalReport) controls(p *page) {
	if len(r.Values) == 0 {
		return
	}
	losses := slices.ContainsFunc(r.Values, func(v mitigate.Value) bool { return v.Alone != nil || v.Last != nil })
	costs := slices.ContainsFunc(r.Values, func(v mitigate.Value) bool { return v.Cost != nil })
	what, unit := "chance", percent
	if losses {
		what, unit = "expected loss", amount
	}
	t := &table{columns: []column{{title: "control", fit: cuts}, {title: "status"}}}
	if costs {
		t.columns = append(t.columns, column{title: "cost/" + period(r.m.Period), right: true})
	}
	t.columns = append(t.columns, column{title: "alone", right: true}, column{title: "fair share", right: true}, column{title: "with the rest", right: true})
	returns := slices.ContainsFunc(r.Values, func(v mitigate.Value) bool { return v.Return != nil })
	if returns {
		t.columns = append(t.columns, column{title: "return", right: true})
	}
	var idle []string
	for _, v := range r.Values {
		c := r.control(v.Control)
		alone, fair, last := r.worth(&v)
		if alone != nil && last != nil && *alone == 0 && *last == 0 {
			idle = append(idle, v.Control)
			continue
		}
		cells := []string{v.Control, c.Status.String()}
		if costs {
			cells = append(cells, optional(v.Cost, amount))
		}
		cells = append(cells, optional(alone, unit), optional(fair, unit), optional(last, unit))
		if returns {
			cells = append(cells, optional(v.Return, percent))
		}
		t.add(cells...)
	}
	p.heading(3, "What each control takes off the "+what+": alone, as its fair share, and added to the rest")
	p.table(t)
	if slices.ContainsFunc(r.Values, func(v mitigate.Value) bool { return v.ShapleyLikelihoodError != nil }) {
		p.note("The fair shares are means over orders in which the controls are added, drawn at random with a fixed seed.")
	}
	if len(idle) > 0 {
		p.note("No effect on the " + what + ": " + among(idle, 8) + ".")
	}
	for _, v := range r.Values {
		if by := r.control(v.Control).BypassedBy; len(by) > 0 {
			var nodes []string
			for _, name := range by {
				nodes = append(nodes, r.names.both(name, ""))
			}
			p.note("Bypassed: " + v.Control + " holds no more once this is reached: " + among(nodes, 4) + ".")
		}
	}
}

// worth returns the reduction that counts for a control: alone, as its fair
// share, and last.
func (r *goalReport) worth(v *mitigate.Value) (alone, fair, last *float64) {
	if v.Alone != nil || v.Last != nil {
		return v.Alone, v.Shapley, v.Last
	}
	return v.AloneLikelihood, v.ShapleyLikelihood, v.LastLikelihood
}

// next names the control that is neither deployed nor in place now and takes
// away the most for its money when it is added to all others; one without cost
// comes first.
func (r *goalReport) next() string {
	type candidate struct {
		value *mitigate.Value
		last  float64
	}
	var best *candidate
	better := func(a, b *candidate) bool {
		ca, cb := cost(a.value), cost(b.value)
		return cmp.Or(cmp.Compare(a.last*cb, b.last*ca), cmp.Compare(cb, ca), cmp.Compare(a.last, b.last)) > 0
	}
	for i := range r.Values {
		v := &r.Values[i]
		status := r.control(v.Control).Status
		_, _, last := r.worth(v)
		if last == nil || *last <= 0 || status == attacktree.Deployed || status == attacktree.Retired || slices.Contains(r.now.Controls, v.Control) {
			continue
		}
		if c := (&candidate{v, *last}); best == nil || better(c, best) {
			best = c
		}
	}
	if best == nil {
		return ""
	}
	c := r.control(best.value.Control)
	s := fmt.Sprintf("Next: %s, which is %s. Added to the rest, it takes ", both(c.Name, c.Label), c.Status)
	if best.value.Last != nil {
		s += r.money(best.last) + " off the expected loss per attempt"
	} else {
		s += percent(best.last) + " off the chance"
	}
	if best.value.Cost != nil {
		s += " for " + r.money(*best.value.Cost) + " per " + period(r.m.Period)
	}
	return s + "."
}

func cost(v *mitigate.Value) float64 {
	if v.Cost == nil {
		return 0
	}
	return *v.Cost
}

// method says how the figures were got.
func (r *goalReport) method() string {
	exact := !slices.ContainsFunc(r.Results, func(s *attacktree.Result) bool {
		return s.Likelihood != nil && !s.Likelihood.Exact || s.ExpectedImpact != nil && !s.ExpectedImpact.Exact
	})
	s := "Worked out exactly"
	if !exact {
		s = "Worked out as proven bounds where two numbers stand"
	}
	switch r.now.Method {
	case "":
		return ""
	case "diagram", "bounds":
		if r.now.Size == 0 {
			break // past the limit before one was built
		}
		s += fmt.Sprintf(", by a decision diagram of %s", plural(r.now.Size, "node", "nodes"))
	default:
		s += ", " + r.now.Method
	}
	return s + "."
}

// control returns the control of that name, an empty one if there is none.
func (r *goalReport) control(name string) *attacktree.Control {
	for _, c := range r.m.Controls {
		if c.Name == name {
			return c
		}
	}
	return &attacktree.Control{Name: name}
}

func (r *goalReport) money(x float64) string { return money(r.m.Currency, x) }

func (r *goalReport) currency() string {
	if r.m.Currency == "" {
		return ""
	}
	return " (" + r.m.Currency + ")"
}
