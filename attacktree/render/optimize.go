package render

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	sim "github.com/atree-dev/atree/attacktree/uncertain"
)

// A Choice is the whole answer of `atree optimize`.
type Choice struct {
	*mitigate.Optimization
	Draws       *sim.Simulation  // of the uncertain numbers, a scenario for each point of the front; nil: not asked for
	Information *sim.Information // what it is worth to know more before a point is chosen; nil: not asked for
}

// bands returns how far what each set of the front leaves may lie apart, and how
// likely each has the lowest total cost. They are nil where nothing was drawn;
// best also where no cost is known.
func (c *Choice) bands() (spreads []sim.Spread, best []float64) {
	if c.Draws == nil {
		return nil, nil
	}
	for k := range c.Draws.Scenarios {
		spreads = append(spreads, c.Draws.Spread(c.Draws.Scenarios[k].Column(c.Front.Objective.String())))
	}
	return spreads, c.Draws.Best(sim.TotalCost)
}

// OptimizeText writes a choice of controls for a person to read: what to choose,
// what each point of the front costs and leaves, the next step, and the attacks
// that are left.
func OptimizeText(w io.Writer, o *Choice, opt *TextOptions) error {
	return optimizePage(o).writeText(w, opt)
}

// OptimizeMarkdown writes what [OptimizeText] writes, as Markdown.
func OptimizeMarkdown(w io.Writer, o *Choice) error {
	return optimizePage(o).writeMarkdown(w)
}

// OptimizeJSON writes an [OptimizeMessage].
func OptimizeJSON(w io.Writer, o *Choice) error {
	return writeJSON(w, optimizeMessage(o))
}

// OptimizeCSV writes one record a point of the front; each says how far the whole
// of it is proved.
func OptimizeCSV(w io.Writer, o *Choice) error {
	type record struct {
		Goal      string       `json:"goal"`
		Objective string       `json:"objective"`
		Exact     bool         `json:"exact"`
		Gap       float64      `json:"gap"`
		Controls  []string     `json:"controls"`
		Cost      float64      `json:"cost"`
		Value     *float64     `json:"value"`
		Draws     *BandMessage `json:"draws"`
		Seed      *uint64      `json:"seed"`
		Samples   *int         `json:"samples"`
	}
	var rows []record
	msg := optimizeMessage(o)
	for _, q := range msg.Front {
		row := record{Goal: msg.Goal, Objective: msg.Objective, Exact: msg.Exact, Gap: msg.Gap, Controls: q.Controls, Cost: q.Cost, Value: q.Value, Draws: q.Draws}
		if o.Draws != nil {
			row.Seed, row.Samples = &msg.Seed, &msg.Samples
		}
		rows = append(rows, row)
	}
	return writeCSV(w, rows)
}

func optimizeMessage(o *Choice) *OptimizeMessage {
	msg := &OptimizeMessage{
		Format: Format, Tool: Tool, Model: modelMessage(o.Tree, o.Params), Goal: o.Goal,
		Objective: o.Front.Objective.String(), Exact: o.Front.Exact, Gap: o.Front.Gap,
		Front: []ChoiceMessage{}, Bound: []ChoiceBoundMessage{},
	}
	bands, best := o.bands()
	if o.Draws != nil {
		msg.Seed, msg.Samples = o.Draws.Seed, o.Draws.Samples
	}
	for i, q := range o.Front.Points {
		choice := ChoiceMessage{Controls: list(q.Controls), Cost: q.Cost, Value: number(&q.Value)}
		if bands != nil {
			s := &bands[i]
			choice.Draws = &BandMessage{Mean: number(&s.Mean), SE: number(&s.SE), P5: number(&s.P5), P50: number(&s.P50), P95: number(&s.P95)}
			if best != nil {
				choice.Draws.Best = &best[i]
			}
		}
		if i < len(o.Ties) {
			choice.Ties = tiesMessage(o.Ties[i])
		}
		if i < len(o.Points) {
			choice.Left = leftMessage(o.Points[i].Result, o.Points[i].Left)
		}
		msg.Front = append(msg.Front, choice)
	}
	if o.Explained != nil {
		msg.Explained = explainedMessage(o.Explained)
	}
	msg.Information = informationMessage(o.Information)
	for _, q := range o.Front.Bound {
		msg.Bound = append(msg.Bound, ChoiceBoundMessage{q.Cost, number(&q.Value)})
	}
	if o.Chosen >= 0 {
		msg.Choice = &msg.Front[o.Chosen]
	}
	return msg
}

// A frontReport is what a person reads about a choice of controls.
type frontReport struct {
	*Choice
	m    *attacktree.Model
	what string               // the objective
	unit func(float64) string // of its values
}

func optimizePage(o *Choice) *page {
	p := new(page)
	m := o.Tree.Model()
	r := &frontReport{Choice: o, m: m}
	switch o.Front.Objective {
	case mitigate.Likelihood:
		r.what, r.unit = "chance that an attempt succeeds", percent
	case mitigate.CheapestCost:
		r.what = "cost of the cheapest attack"
		r.unit = func(x float64) string {
			if math.IsInf(x, 1) {
				return noAttack
			}
			return money(m.Currency, x)
		}
	default:
		r.what, r.unit = "expected loss per attempt", func(x float64) string { return money(m.Currency, x) }
	}
	title(p, m, o.Mode, o.Adversary, o.Params)
	names := namesOf(m)
	p.heading(2, names.both(o.Goal, o.Label))
	p.say(strong, r.answer())
	r.front(p)
	if len(o.Front.Points) > 0 {
		r.accidents(p)
	}
	if len(o.Left) > 0 {
		p.heading(3, "The first attacks left with this choice, and what would stop them")
		p.table(attacksLeft(o.Left))
	}
	if o.After != nil {
		p.note(leftWords(m, o.After))
	}
	if o.Explained != nil {
		explain(p, o.Explained, "this choice")
	}
	r.points(p)
	if v := o.Information; v != nil {
		best := "to do without controls"
		if v.Best != "" {
			best = among(strings.Split(v.Best, ","), 8)
		}
		worthOfKnowing(p, v, best, m.Currency, period(m.Period))
	}
	p.say(faint, r.method())
	return p
}

const noAttack = "no attack left"

// amounts writes an amount without its currency, or that no attack is left.
func amounts(x float64) string {
	if math.IsInf(x, 1) {
		return noAttack
	}
	return amount(x)
}

// answer says what to choose.
func (r *frontReport) answer() string {
	limits := ""
	if r.Budget != nil {
		limits = " within " + money(r.m.Currency, *r.Budget) + " per " + period(r.m.Period)
	}
	goal := ""
	if r.Target != nil {
		goal = fmt.Sprintf(" brings the %s to %s or less", r.what, r.unit(*r.Target))
		if r.Front.Objective == mitigate.CheapestCost {
			goal = fmt.Sprintf(" brings the %s to %s or more", r.what, r.unit(*r.Target))
		}
	}
	switch {
	case r.Chosen < 0 && r.OutOfReach && r.Target == nil:
		return "No set of controls" + limits + " meets what is required and forbidden and what controls require and exclude."
	case r.Chosen < 0 && !r.OutOfReach && len(r.Front.Points) == 0:
		return "The search ended before a set of controls was found."
	case r.Chosen < 0 && r.OutOfReach:
		return "No set of controls" + limits + goal + "." + r.nearest()
	case r.Chosen < 0:
		return "No set of controls" + limits + " was found that" + goal + "; the search ended early." + r.nearest()
	}
	q := r.Front.Points[r.Chosen]
	if len(q.Controls) == 0 {
		if r.Target != nil {
			return "No control is needed: the " + r.what + " is " + r.unit(q.Value) + " without any."
		}
		if !slices.ContainsFunc(r.m.Controls, func(c *attacktree.Control) bool { return c.Status != attacktree.Retired }) {
			return "There are no controls to choose from: the " + r.what + " is " + r.unit(q.Value) + "."
		}
		return "No control" + limits + " makes a difference: the " + r.what + " is " + r.unit(q.Value) + "."
	}
	s := fmt.Sprintf("Choose %s, for %s per %s", among(q.Controls, 8), money(r.m.Currency, q.Cost), period(r.m.Period))
	switch {
	case r.Target != nil && r.Front.Exact:
		s += ": no cheaper set" + goal
	case r.Front.Exact:
		s += ": no set" + limits + " does better"
	default:
		s += ": the best that was found"
	}
	return s + ". The " + r.what + " is then " + r.unit(q.Value) + "."
}

// nearest says how close the front comes to a target.
func (r *frontReport) nearest() string {
	if n := len(r.Front.Points); n > 0 {
		return " The best is " + r.unit(r.Front.Points[n-1].Value) + "."
	}
	return ""
}

// accidents names the controls that act on accidents alone. None is ever chosen,
// as an attempt is what the front is about.
func (r *frontReport) accidents(p *page) {
	on, elsewhere := map[string]bool{}, map[string]bool{}
	for _, n := range r.m.Nodes {
		for _, c := range r.Tree.ControlsOn(n.Name) {
			if n.Rate.Given() {
				on[c] = true
			} else {
				elsewhere[c] = true
			}
		}
	}
	var alone []string
	for _, c := range r.m.Controls {
		if on[c.Name] && !elsewhere[c.Name] && c.Status != attacktree.Retired {
			alone = append(alone, c.Name)
		}
	}
	if len(alone) > 0 {
		p.note("No choice counts what lowers accidents alone: " + among(alone, 6) + ". The loss per year, with accidents, is in atree compare.")
	}
}

const (
	mostPoints = 24 // of a front, that a person is shown
	mostNames  = 16 // of controls, of a point that is not the choice
)

// front shows what each point costs, leaves, and has that the one before it has
// not, and what the next step after the chosen point costs.
func (r *frontReport) front(p *page) {
	points := r.Front.Points
	if len(points) == 0 {
		return
	}
	shown := r.shown()
	per := period(r.m.Period)
	bands, best := r.bands()
	heading, unit := "The best that each budget buys", r.unit
	t := &table{marked: true, columns: []column{{}, {title: "cost/" + per, right: true}, {title: r.what, right: true}}}
	if bands != nil {
		heading += ": " + r.what
		if r.Front.Objective != mitigate.Likelihood {
			unit = amounts // one currency for all columns
			if r.m.Currency != "" {
				heading += ", " + r.m.Currency
			}
		}
		t.columns[2].title = "at the means"
		t.columns = append(t.columns, column{title: "5" + nbsp + "%", right: true}, column{title: "95" + nbsp + "%", right: true})
		if best != nil {
			t.columns = append(t.columns, column{title: "best", right: true})
		}
	}
	t.columns = append(t.columns, column{title: "controls", fit: wraps})
	short := false
	for _, i := range shown {
		mark, controls := "", strings.Join(points[i].Controls, ", ")
		switch n := len(points[i].Controls); {
		case i == r.Chosen:
			mark = ">"
		case n > mostNames:
			controls, short = among(points[i].Controls, mostNames), true
		}
		if controls == "" {
			controls = "none"
		}
		cells := []string{mark, amount(points[i].Cost), unit(points[i].Value)}
		if bands != nil {
			cells = append(cells, unit(bands[i].P5), unit(bands[i].P95))
			if best != nil {
				cells = append(cells, percent(best[i]))
			}
		}
		t.add(append(cells, controls+r.ties(i))...)
	}
	p.heading(3, heading)
	p.table(t)
	if best != nil {
		p.note("Best: the chance that of these sets it has the least total cost, of controls and expected losses.")
	}
	switch {
	case len(shown) < len(points):
		p.note(fmt.Sprintf("%d of %d points of the front; JSON and CSV list them all.", len(shown), len(points)))
	case short:
		p.note("JSON and CSV list all controls of each point.")
	}
	if i := r.Chosen; i > 0 {
		p.note("The last step: " + r.step(i-1, i))
	}
	if i := r.Chosen; i >= 0 && i+1 < len(points) {
		p.note("The next step: " + r.step(i, i+1))
	}
}

// ties says how many sets do as well as a point, after its controls.
func (r *frontReport) ties(i int) string {
	if i >= len(r.Ties) || r.Ties[i].Count == 0 && !r.Ties[i].AtLeast {
		return ""
	}
	t := r.Ties[i]
	switch {
	case t.AtLeast && t.Count == 0:
		return " (others may do as well)"
	case t.AtLeast:
		return fmt.Sprintf(" (or one of at least %d sets that do as well)", t.Count)
	case t.Count == 1 && len(t.Sets) == 1:
		return " (or as well " + strings.Join(t.Sets[0], ", ") + ")"
	}
	return " (or one of " + plural(t.Count, "set that does", "sets that do") + " as well)"
}

// mostSteps is how many points are explained to a person.
const mostSteps = 8

// points shows, where that was asked for, what each of some points changes and
// leaves.
func (r *frontReport) points(p *page) {
	if len(r.Points) == 0 {
		return
	}
	p.heading(3, "Step by step down the front")
	shown := r.shown()
	if n := len(shown); n > mostSteps {
		few := make([]int, mostSteps)
		for i := range few {
			few[i] = shown[i*(n-1)/(mostSteps-1)]
		}
		shown = few
	}
	for _, i := range shown {
		if i >= len(r.Points) {
			break
		}
		q, left := r.Front.Points[i], r.Points[i]
		p.heading(4, fmt.Sprintf("%s per %s: %s", money(r.m.Currency, q.Cost), period(r.m.Period), among(q.Controls, 8)))
		if i > 0 {
			p.note(upperFirst(r.step(i-1, i)))
		}
		if i < len(r.Ties) {
			for _, set := range r.Ties[i].Sets {
				p.note("Does as well: " + strings.Join(set, ", ") + ".")
			}
		}
		p.note(leftWords(r.m, left.Result))
		if len(left.Left) > 0 {
			p.table(attacksLeft(left.Left))
		}
	}
}

// shown picks the points that a person is shown: all, or some at equal
// distances, with the chosen one, its neighbours and both ends.
func (r *frontReport) shown() []int {
	n := len(r.Front.Points)
	var out []int
	for i := range min(n, mostPoints) {
		if n > mostPoints {
			i = i * (n - 1) / (mostPoints - 1)
		}
		out = append(out, i)
	}
	if n > mostPoints && r.Chosen >= 0 {
		out = append(out, max(r.Chosen-1, 0), r.Chosen, min(r.Chosen+1, n-1))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// step says what changes from one point to another, dearer one.
func (r *frontReport) step(from, to int) string {
	a, b := r.Front.Points[from], r.Front.Points[to]
	var added, dropped []string
	for _, c := range b.Controls {
		if !slices.Contains(a.Controls, c) {
			added = append(added, c)
		}
	}
	for _, c := range a.Controls {
		if !slices.Contains(b.Controls, c) {
			dropped = append(dropped, c)
		}
	}
	s := money(r.m.Currency, b.Cost-a.Cost) + " more buys " + among(added, 6)
	if len(dropped) > 0 {
		s += " in place of " + among(dropped, 6)
	}
	was, is := r.unit(a.Value), r.unit(b.Value)
	if was != is {
		return s + fmt.Sprintf(", and takes the %s from %s to %s.", r.what, was, is)
	}
	change := r.unit(math.Abs(b.Value - a.Value))
	switch r.Front.Objective {
	case mitigate.CheapestCost:
		return s + fmt.Sprintf(", and adds %s to the %s, which stays near %s.", change, r.what, is)
	case mitigate.Likelihood:
		change = strings.TrimSuffix(change, nbsp+"%") + " percentage points"
	}
	return s + fmt.Sprintf(", and takes %s off the %s, which stays near %s.", change, r.what, is)
}

// method says how far the front is proved.
func (r *frontReport) method() string {
	if len(r.Front.Points) == 0 {
		return ""
	}
	s := "The front is exact: no set of controls lies below it."
	switch {
	case r.Front.Exact && r.Front.Objective == mitigate.CheapestCost:
		s = "The front is exact: no set of controls lies above it."
	case !r.Front.Exact:
		s = fmt.Sprintf("The search ended early: the front is what was found. It is proved that no set does better by more than %s of a value shown.", percent(r.Front.Gap))
	}
	if r.Cut {
		s += " The time was up before all was found about the attacks that are left; --gap or --max-work end the search sooner."
	}
	if r.Draws != nil {
		s += fmt.Sprintf(" It is found at the means of the uncertain numbers, and then evaluated in %s, the same for all sets, seed %d.",
			draws(r.Draws.Samples), r.Draws.Seed)
	}
	return s
}
