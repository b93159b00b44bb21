package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
)

// The answer of `atree eval --trace`: from each risk to its steps, their threats,
// the controls, and who answers for these until when.

// TraceMessage is the answer of `atree eval --trace`. Findings counts, by the
// words that Findings of the rows use, the steps, controls and acceptances that
// have one, each once.
type TraceMessage struct {
	Format   int               `json:"format"`
	Tool     string            `json:"tool"`
	Model    *ModelMessage     `json:"model"`
	Owner    string            `json:"owner"` // of the model
	Today    string            `json:"today"` // the day by which something is late
	Rows     []TraceRowMessage `json:"rows"`
	Findings map[string]int    `json:"findings"`
}

// TraceRowMessage is a step or condition of a goal (the risk) with one control
// that acts on it, or one acceptance that answers it, or neither. Acceptances that
// no such row shows come last, without goal and step. Owner and Review are those of
// the control or acceptance; with neither, Owner is the one to do something.
type TraceRowMessage struct {
	Goal      string   `json:"goal"`
	GoalLabel string   `json:"goal_label"`
	Step      string   `json:"step"`
	StepLabel string   `json:"step_label"`
	Threats   []string `json:"threats"`

	Control      string `json:"control"`
	ControlLabel string `json:"control_label"`
	Status       string `json:"status"`   // of the control; accepted for an acceptance
	Accepted     string `json:"accepted"` // the reason
	Target       string `json:"target"`   // what is accepted, as the model writes it

	Owner    string   `json:"owner"`
	Review   string   `json:"review"` // when it is due
	Until    string   `json:"until"`  // when the acceptance runs out
	Findings []string `json:"findings"`
}

// TraceText writes a trace for a person to read: what is missing or late first,
// then a table for each risk.
func TraceText(w io.Writer, t *catalog.Trace, opt *TextOptions) error {
	return tracePage(t).writeText(w, opt)
}

// TraceMarkdown writes what [TraceText] writes, as Markdown.
func TraceMarkdown(w io.Writer, t *catalog.Trace) error { return tracePage(t).writeMarkdown(w) }

// TraceJSON writes a [TraceMessage].
func TraceJSON(w io.Writer, t *catalog.Trace) error {
	msg := TraceMessage{Format, Tool, modelMessage(t.Tree, nil), t.Tree.Model().Owner, t.Today.String(), traceRows(t), map[string]int{}}
	for _, f := range catalog.TraceFindings {
		msg.Findings[string(f)] = t.Count(f)
	}
	return writeJSON(w, msg)
}

// TraceCSV writes one record a row.
func TraceCSV(w io.Writer, t *catalog.Trace) error { return writeCSV(w, traceRows(t)) }

func traceRows(t *catalog.Trace) []TraceRowMessage {
	rows := []TraceRowMessage{}
	for _, x := range slices.Concat(t.Rows, t.Loose) {
		row := TraceRowMessage{Threats: []string{}, Owner: x.Owner, Review: x.Review.String(), Until: x.Until.String(), Findings: []string{}}
		if x.Goal != nil {
			row.Goal, row.GoalLabel = x.Goal.Name, x.Goal.Label
			row.Step, row.StepLabel, row.Threats = x.Step.Name, x.Step.Label, list(x.Step.Threats)
		}
		if k := x.Control; k != nil {
			row.Control, row.ControlLabel, row.Status = k.Name, k.Label, k.Status.String()
		}
		if a := x.Acceptance; a != nil {
			row.Status, row.Accepted, row.Target = "accepted", a.Reason, targetOf(a)
		}
		for _, f := range x.Findings {
			row.Findings = append(row.Findings, string(f))
		}
		rows = append(rows, row)
	}
	return rows
}

// targetOf writes what is accepted as the language does.
func targetOf(a *attacktree.Acceptance) string {
	if a.Element != "" {
		var words []string
		for _, c := range a.Stride {
			words = append(words, c.String())
		}
		return "at " + a.Element + " stride " + strings.Join(words, ", ")
	}
	switch a.Target.Kind {
	case attacktree.OnThreat:
		return "threat " + a.Target.Name
	case attacktree.OnTag:
		return "tag " + a.Target.Name
	}
	return a.Target.Name
}

func tracePage(t *catalog.Trace) *page {
	p := new(page)
	m := t.Tree.Model()
	file := m.File
	if file == "-" {
		file = "standard input"
	}
	p.heading(1, firstOf(m.Title, "Attack tree")+" ("+file+")")
	p.say(strong, traceAnswer(t))
	if t := missing(t); len(t.rows) > 0 {
		p.heading(3, "Missing or late")
		p.table(t)
	}
	names := namesOf(m)
	for i := 0; i < len(t.Rows); {
		goal := t.Rows[i].Goal
		words := names.both(goal.Name, goal.Label)
		if goal.Owner != "" {
			words += ", owned by " + goal.Owner
		}
		p.heading(2, words)
		end := i
		for end < len(t.Rows) && t.Rows[end].Goal == goal {
			end++
		}
		p.table(traceTable(t.Rows[i:end]))
		i = end
	}
	if len(t.Loose) > 0 {
		p.heading(2, "Acceptances beside the steps")
		loose := &table{columns: []column{{title: "accepted", fit: wraps}, {title: "owner", fit: wraps}, {title: "until"}, {title: "review"}}}
		for _, x := range t.Loose {
			loose.add(targetOf(x.Acceptance), x.Owner, marked(x.Until, x.Findings, catalog.Expired), marked(x.Review, x.Findings, catalog.ReviewOverdue))
		}
		p.table(loose)
	}
	return p
}

// traceAnswer says in a sentence how complete the answers to the risks are.
func traceAnswer(t *catalog.Trace) string {
	goals, steps, controls := map[*attacktree.Node]bool{}, map[*attacktree.Node]bool{}, map[*attacktree.Control]bool{}
	for _, x := range t.Rows {
		goals[x.Goal] = true
		if t.Tree.Event(x.Step.Name) {
			steps[x.Step] = true
		}
		if x.Control != nil {
			controls[x.Control] = true
		}
	}
	s := fmt.Sprintf("%s, %s, %s.", plural(len(goals), "risk", "risks"), plural(len(steps), "step", "steps"), plural(len(controls), "control", "controls"))
	var lacks []string
	for _, f := range catalog.TraceFindings {
		n := t.Count(f)
		if n == 0 {
			continue
		}
		switch f {
		case catalog.NoControl:
			lacks = append(lacks, plural(n, "step has no control", "steps have no control"))
		case catalog.NoOwner:
			lacks = append(lacks, plural(n, "control or acceptance has no owner", "controls or acceptances have no owner"))
		case catalog.NoReview:
			lacks = append(lacks, plural(n, "control or acceptance has no date of review", "controls or acceptances have no date of review"))
		case catalog.ReviewOverdue:
			lacks = append(lacks, plural(n, "review is overdue", "reviews are overdue"))
		case catalog.Expired:
			lacks = append(lacks, plural(n, "acceptance has run out", "acceptances have run out"))
		}
	}
	if len(lacks) == 0 {
		return s + " Each step has a control or is accepted, each of these has an owner, those in force have a date of review, and nothing is late."
	}
	return s + " " + upperFirst(strings.Join(lacks, "; ")) + "."
}

// missing lists what has a finding, each once.
func missing(t *catalog.Trace) *table {
	out := &table{columns: []column{{title: "what", fit: wraps}, {title: "finding"}, {title: "who", fit: wraps}}}
	m := t.Tree.Model()
	if due, _ := m.Review.Due(); t.ModelOverdue {
		out.add("the model", "review was due on "+due.String(), m.Owner)
	}
	type item struct {
		name    string
		finding catalog.TraceFinding
	}
	seen := map[item]bool{}
	for _, f := range catalog.TraceFindings {
		for _, x := range slices.Concat(t.Rows, t.Loose) {
			if !slices.Contains(x.Findings, f) {
				continue
			}
			what := ""
			switch {
			case f == catalog.NoControl:
				what = "step " + x.Step.Name
				if x.Step.Gate == attacktree.Condition {
					what = "condition " + x.Step.Name
				}
			case x.Control != nil:
				what = "control " + x.Control.Name
			default:
				what = strings.ReplaceAll("acceptance of "+targetOf(x.Acceptance), "of at ", "at ")
			}
			if seen[item{what, f}] {
				continue
			}
			seen[item{what, f}] = true
			words := map[catalog.TraceFinding]string{
				catalog.NoControl:     "no control",
				catalog.NoOwner:       "no owner",
				catalog.NoReview:      "no date of review",
				catalog.ReviewOverdue: "review was due on " + x.Review.String(),
				catalog.Expired:       "ran out on " + x.Until.String(),
			}[f]
			out.add(what, words, x.Owner)
		}
	}
	return out
}

// traceTable has the rows of one risk; a step is named once.
func traceTable(rows []catalog.TraceRow) *table {
	t := &table{columns: []column{{title: "step", fit: wraps}, {title: "threat", fit: wraps}, {title: "control", fit: wraps}, {title: "owner", fit: wraps}, {title: "review"}}}
	for i, x := range rows {
		step, threats := x.Step.Name, strings.Join(x.Step.Threats, ", ")
		if i > 0 && rows[i-1].Step == x.Step {
			step, threats = "", ""
		}
		review := marked(x.Review, x.Findings, catalog.ReviewOverdue)
		control := "none"
		switch {
		case x.Control != nil:
			control = x.Control.Name + " (" + x.Control.Status.String() + ")"
		case x.Acceptance != nil:
			control = "accepted"
			if x.Until != (attacktree.Date{}) {
				control += " until " + marked(x.Until, x.Findings, catalog.Expired)
			}
		}
		t.add(step, threats, control, x.Owner, review)
	}
	return t
}

// marked writes a date with a mark if it is too late.
func marked(d attacktree.Date, findings []catalog.TraceFinding, late catalog.TraceFinding) string {
	if slices.Contains(findings, late) {
		return d.String() + nbsp + "(!)"
	}
	return d.String()
}
