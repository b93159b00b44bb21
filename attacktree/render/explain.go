package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
)

// TiesMessage are the sets that cost and leave the same as another. Sets has the
// first of them.
type TiesMessage struct {
	Count   int        `json:"count"`
	AtLeast bool       `json:"at_least,omitempty"` // there may be more: a limit was reached
	Sets    [][]string `json:"sets"`
}

// LeftMessage is what is left to the attacker, and the first attacks of it.
type LeftMessage struct {
	AttackCount *string         `json:"attack_count"`
	Cheapest    *WitnessMessage `json:"cheapest"`
	Likeliest   *WitnessMessage `json:"likeliest"`
	Attacks     []StopMessage   `json:"attacks"`
}

// StopMessage is an attack that is left, and the controls not in the set that would
// stop it or make it harder.
type StopMessage struct {
	Steps      []string `json:"steps"`
	Given      []string `json:"given"`
	Cost       *float64 `json:"cost"`
	Likelihood float64  `json:"likelihood"`
	StoppedBy  []string `json:"stopped_by"`
	HinderedBy []string `json:"hindered_by"`
}

// ExplainedMessage is what a set of controls does to the attacks that there are
// without controls: how many of these were looked at, whether these are all, how
// many of them are stopped, and how many of these by a single control only.
type ExplainedMessage struct {
	Controls    []WorkMessage `json:"controls"`
	Attacks     int           `json:"attacks"`
	Complete    bool          `json:"complete"`
	Stopped     int           `json:"stopped"`
	StoppedOnce int           `json:"stopped_once"`
	Unguarded   []string      `json:"unguarded"` // steps that every attack left needs, and that no control of the set makes less likely or dearer
	Left        *LeftMessage  `json:"left"`
}

// WorkMessage is what one control of a set does: attacks that it stops or hinders by
// itself, attacks that the set does not stop without it, and whether all figures
// stay what they are without it.
type WorkMessage struct {
	Control string `json:"control"`
	Stops   int    `json:"stops"`
	Alone   int    `json:"alone"`
	Hinders int    `json:"hinders"`
	Idle    bool   `json:"idle"`
}

func tiesMessage(t mitigate.Tie) *TiesMessage {
	if t.Count == 0 && !t.AtLeast {
		return nil
	}
	msg := &TiesMessage{t.Count, t.AtLeast, [][]string{}}
	msg.Sets = append(msg.Sets, t.Sets...)
	return msg
}

func leftMessage(r *attacktree.Result, left []mitigate.Remaining) *LeftMessage {
	s := scenarioMessage(r)
	msg := &LeftMessage{s.AttackCount, s.Cheapest, s.Likeliest, []StopMessage{}}
	for _, a := range left {
		msg.Attacks = append(msg.Attacks, StopMessage{
			list(a.Steps), list(a.Given), number(a.Cost), a.Likelihood, list(a.Stops), list(a.Weaken),
		})
	}
	return msg
}

func explainedMessage(x *mitigate.Explanation) *ExplainedMessage {
	msg := &ExplainedMessage{
		Controls: []WorkMessage{}, Attacks: x.Attacks, Complete: x.All, Stopped: x.Stopped, StoppedOnce: x.Once,
		Unguarded: list(x.Unguarded), Left: leftMessage(x.Result, x.Left),
	}
	for _, c := range x.Controls {
		msg.Controls = append(msg.Controls, WorkMessage(c))
	}
	return msg
}

// explain shows what the controls of a set do to the attacks.
func explain(p *page, x *mitigate.Explanation, set string) {
	if len(x.Controls) == 0 {
		return
	}
	p.heading(3, "What the controls of "+set+" do to the attacks")
	t := &table{columns: []column{
		{title: "control", fit: cuts}, {title: "stops", right: true}, {title: "stops alone", right: true}, {title: "makes harder", right: true}, {},
	}}
	for _, c := range x.Controls {
		idle := ""
		switch {
		case c.Idle:
			idle = "adds nothing here"
		case x.All && x.Known && c.Stops+c.Alone+c.Hinders == 0:
			idle = "lowers losses only"
		}
		t.add(c.Control, fmt.Sprint(c.Stops), fmt.Sprint(c.Alone), fmt.Sprint(c.Hinders), idle)
	}
	p.table(t)
	of := "the " + plural(x.Attacks, "attack", "attacks") + " that there would be without controls"
	if !x.All {
		of = fmt.Sprintf("the first %d attacks of those that there would be without controls", x.Attacks)
	}
	switch {
	case x.Attacks == 0:
	case x.Attacks == 1 && x.All && x.Stopped == 0:
		p.note("The only attack that there would be without controls is not stopped.")
	case x.Stopped == 0:
		p.note("None of " + of + " is stopped.")
	default:
		p.note(fmt.Sprintf("Of %s, this set stops %d; %d of them are stopped by one control only.", of, x.Stopped, x.Once))
	}
	if len(x.Unguarded) > 0 {
		p.note("Every attack left needs " + among(x.Unguarded, 6) + ", and none of these controls acts there.")
	}
}

// leftWords says how many attacks are left, and which is the cheapest and which the
// likeliest.
func leftWords(m *attacktree.Model, r *attacktree.Result) string {
	if !r.Reachable {
		return "No attack is left."
	}
	s := "More attacks are left than were counted"
	if r.AttackCount != nil {
		s = count(r.AttackCount) + " attacks are left"
		if r.AttackCount.IsInt64() && r.AttackCount.Int64() == 1 {
			s = "1 attack is left"
		}
	}
	steps := func(a *attacktree.Attack) string {
		s := " (" + strings.Join(a.Steps, " + ")
		if len(a.Given) > 0 {
			s += ", given " + among(a.Given, 4)
		}
		return s + ")"
	}
	costs := func(a *attacktree.Attack) string { return "costs " + money(m.Currency, *a.Cost) }
	succeeds := func(a *attacktree.Attack) string { return "succeeds with " + percent(a.Likelihood) }
	var parts []string
	cheap, likely := r.Cheapest, r.Likeliest
	switch priced := cheap != nil && cheap.Cost != nil; {
	case priced && likely != nil && slices.Equal(cheap.Steps, likely.Steps) && slices.Equal(cheap.Given, likely.Given):
		parts = append(parts, "the cheapest and likeliest "+costs(cheap)+" and "+succeeds(likely)+steps(cheap))
	case priced && likely != nil:
		parts = append(parts, "the cheapest "+costs(cheap)+steps(cheap), "the likeliest "+succeeds(likely)+steps(likely))
	case priced:
		parts = append(parts, "the cheapest "+costs(cheap)+steps(cheap))
	case likely != nil:
		parts = append(parts, "the likeliest "+succeeds(likely)+steps(likely))
	}
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	return s + "."
}

// attacksLeft shows the first attacks that are left, and what would stop them.
func attacksLeft(left []mitigate.Remaining) *table {
	attacks := make([]attacktree.Attack, len(left))
	for i := range left {
		attacks[i] = left[i].Attack
	}
	t := attackTable(attacks, costAndChance)
	t.columns = append(t.columns, column{title: "what would stop it", fit: wraps})
	for i := range left {
		t.rows[i].cells = append(t.rows[i].cells, stoppers(left[i]))
	}
	return t
}
