package render

import (
	"io"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// EvalText writes an assessment for a person to read: for each goal the answer
// first, then the figures of all scenarios side by side, the attacks that are
// left, the steps that matter, what the controls are worth, and what to do next.
func EvalText(w io.Writer, a *mitigate.Assessment, opt *TextOptions) error {
	return evalPage(a).writeText(w, opt)
}

// EvalMarkdown writes what [EvalText] writes, as Markdown.
func EvalMarkdown(w io.Writer, a *mitigate.Assessment) error {
	return evalPage(a).writeMarkdown(w)
}

// EvalJSON writes an [EvalMessage].
func EvalJSON(w io.Writer, a *mitigate.Assessment) error {
	return writeJSON(w, evalMessage(a))
}

// EvalCSV writes one record a goal and scenario.
func EvalCSV(w io.Writer, a *mitigate.Assessment) error {
	type record struct {
		Goal  string `json:"goal"`
		Label string `json:"label"`
		ScenarioMessage
	}
	var rows []record
	for _, g := range evalMessage(a).Goals {
		for _, s := range g.Scenarios {
			rows = append(rows, record{g.Goal, g.Label, s})
		}
	}
	return writeCSV(w, rows)
}

func evalMessage(a *mitigate.Assessment) *EvalMessage {
	msg := &EvalMessage{Format, Tool, modelMessage(a.Tree, a.Params), []GoalMessage{}}
	for _, g := range a.Goals {
		goal := GoalMessage{g.Goal, g.Label, []ScenarioMessage{}, []ValueMessage{}}
		for i, r := range g.Results {
			goal.Scenarios = append(goal.Scenarios, scenarioMessage(r))
			if len(g.BottomUp) > i {
				goal.Scenarios[i].BottomUp = bottomUpMessage(r, g.BottomUp[i])
			}
		}
		for _, v := range g.Values {
			goal.Controls = append(goal.Controls, ValueMessage{
				Control:           v.Control,
				Of:                list(v.Of),
				Cost:              number(v.Cost),
				Alone:             number(v.Alone),
				Last:              number(v.Last),
				Shapley:           number(v.Shapley),
				AloneLikelihood:   number(v.AloneLikelihood),
				LastLikelihood:    number(v.LastLikelihood),
				ShapleyLikelihood: number(v.ShapleyLikelihood),
				Return:            number(v.Return),

				ShapleySE:           number(v.ShapleyError),
				ShapleyLikelihoodSE: number(v.ShapleyLikelihoodError),
			})
		}
		msg.Goals = append(msg.Goals, goal)
	}
	return msg
}

func scenarioMessage(r *attacktree.Result) ScenarioMessage {
	msg := ScenarioMessage{
		Scenario:       r.Scenario,
		Mode:           r.Mode.String(),
		Controls:       list(r.Controls),
		Reachable:      r.Reachable,
		Likelihood:     figureMessage(r.Likelihood),
		ExpectedImpact: figureMessage(r.ExpectedImpact),
		AnnualLoss:     figureMessage(r.AnnualLoss),
		AttackCount:    decimal(r.AttackCount),
		Cheapest:       witnessMessage(r.Cheapest),
		Likeliest:      witnessMessage(r.Likeliest),
		Fastest:        witnessMessage(r.Fastest),
		MinSkill:       r.MinSkill,
		Chokepoints:    list(r.Chokepoints),
		Method:         r.Method,
		Size:           r.Size,
		Steps:          []ImportanceMessage{},
		Unaided:        r.Unaided,
		AtMeans:        r.AtMeans,
		Limits:         r.Limits,
	}
	if d := r.DefenceDepth; d != nil {
		msg.DefenceDepth = &DepthMessage{len(d.Controls), list(d.Attack.Steps)}
	}
	if r.Adversary != "" {
		msg.Adversary = &r.Adversary
	}
	for _, s := range r.Steps {
		msg.Steps = append(msg.Steps, ImportanceMessage{
			s.Step, number(&s.Birnbaum), number(&s.Criticality), number(&s.DIF), number(&s.RAW), number(s.RRW)})
	}
	for _, s := range r.Assumed {
		msg.Assumed = append(msg.Assumed, AssumptionMessage(s))
	}
	return msg
}

func evalPage(a *mitigate.Assessment) *page {
	p := new(page)
	m := a.Tree.Model()
	var mode attacktree.Mode
	adversary := ""
	if len(a.Goals) > 0 && len(a.Goals[0].Results) > 0 {
		mode, adversary = a.Goals[0].Results[0].Mode, a.Goals[0].Results[0].Adversary
	}
	title(p, m, mode, adversary, a.Params)
	background := newBackground(m)
	for _, g := range a.Goals {
		if len(g.Results) > 0 {
			newGoalReport(background, g).write(p)
		}
	}
	return p
}
