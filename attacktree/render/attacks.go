package render

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
)

// AttackList is the answer of `atree attacks`: minimal attacks on a goal, best
// first, in one scenario.
type AttackList struct {
	Tree     *attacktree.Tree
	Goal     string
	Label    string
	Scenario attacktree.Scenario
	By       attacktree.Order
	Attacks  []attacktree.Attack
	Count    *big.Int          // of all minimal attacks; nil if not known
	Complete bool              // Attacks holds all of them
	Limits   map[string]string // figures that a limit left out, and why
}

// AttacksText writes a list of attacks for a person to read.
func AttacksText(w io.Writer, l *AttackList, opt *TextOptions) error {
	return attacksPage(l).writeText(w, opt)
}

// AttacksMarkdown writes what [AttacksText] writes, as Markdown.
func AttacksMarkdown(w io.Writer, l *AttackList) error {
	return attacksPage(l).writeMarkdown(w)
}

// AttacksJSON writes an [AttacksMessage].
func AttacksJSON(w io.Writer, l *AttackList) error {
	return writeJSON(w, attacksMessage(l))
}

// AttacksCSV writes one record an attack.
func AttacksCSV(w io.Writer, l *AttackList) error {
	type record struct {
		Goal string `json:"goal"`
		AttackMessage
	}
	var rows []record
	for _, goal := range attacksMessage(l).Goals {
		for _, a := range goal.Attacks {
			rows = append(rows, record{goal.Goal, a})
		}
	}
	return writeCSV(w, rows)
}

func attacksMessage(l *AttackList) *AttacksMessage {
	goal := AttacksGoalMessage{
		Goal:        l.Goal,
		Attacks:     []AttackMessage{},
		AttackCount: decimal(l.Count),
		Complete:    l.Complete,
		Scenario:    scenarioName(&l.Scenario),
		Mode:        modeOf(l.Scenario.Mode, l.Scenario.Adversary).String(),
		Limits:      l.Limits,
	}
	if l.Scenario.Adversary != "" {
		goal.Adversary = &l.Scenario.Adversary
	}
	for _, a := range l.Attacks {
		goal.Attacks = append(goal.Attacks, AttackMessage{
			Steps:      list(a.Steps),
			Given:      list(a.Given),
			Cost:       number(a.Cost),
			Likelihood: a.Likelihood,
			Impact:     a.Impact,
			Time:       number(a.Time),
			Skill:      a.Skill,
			Undetected: a.Undetected,
			Controls:   list(a.Controls),
		})
	}
	return &AttacksMessage{Format, Tool, modelMessage(l.Tree, l.Scenario.Params), []AttacksGoalMessage{goal}}
}

func attacksPage(l *AttackList) *page {
	p := new(page)
	m := l.Tree.Model()
	names := namesOf(m)
	title(p, m, l.Scenario.Mode, l.Scenario.Adversary, l.Scenario.Params)
	p.heading(2, names.both(l.Goal, l.Label))
	p.say(strong, attacksAnswer(l))
	if len(l.Scenario.Controls) > 0 {
		p.say(plain, "In place: "+strings.Join(l.Scenario.Controls, ", ")+".")
	}

	t := attackTable(l.Attacks, everything)
	t.columns = append([]column{{title: "#", right: true}}, t.columns...)
	for i := range t.rows {
		t.rows[i].cells = append([]string{strconv.Itoa(i + 1)}, t.rows[i].cells...)
	}
	p.table(t)
	legend := &table{columns: []column{{title: "step", fit: shrinks}, {title: "what the attacker does", fit: cuts}}}
	for _, name := range names.mentioned(l.Attacks) {
		legend.add(name, names.label[name])
	}
	p.table(legend)
	return p
}

// attacksAnswer says how many attacks there are, and which of them are shown.
func attacksAnswer(l *AttackList) string {
	where := inScenario(scenarioName(&l.Scenario))
	if l.Count != nil && l.Count.Sign() == 0 {
		return upperFirst(where) + ", no attack is left."
	}
	first := map[attacktree.Order]string{
		attacktree.ByCost:       "cheapest",
		attacktree.ByLikelihood: "likeliest",
		attacktree.BySize:       "shortest",
		attacktree.ByImpact:     "worst",
		attacktree.ByTime:       "fastest",
	}[l.By]
	s := ""
	switch {
	case l.Count == nil && l.Complete:
		s = fmt.Sprintf("%s, there are %d minimal attacks", upperFirst(where), len(l.Attacks))
	case l.Count == nil:
		s = fmt.Sprintf("%s, there are more minimal attacks than could be counted", upperFirst(where))
	case l.Count.IsInt64() && l.Count.Int64() == 1:
		return upperFirst(where) + ", there is one minimal attack."
	default:
		s = fmt.Sprintf("%s, there are %s minimal attacks", upperFirst(where), count(l.Count))
	}
	if l.Complete {
		return s + ", the " + first + " first."
	}
	if len(l.Attacks) == 1 {
		return s + "; here is the " + first + "."
	}
	return fmt.Sprintf("%s; here are the %s %d.", s, first, len(l.Attacks))
}

// detail says how much of an attack a table shows.
type detail uint8

const (
	costAndChance detail = iota
	everything
)

// attackTable shows attacks with the numbers that the tree carries, and their
// steps in the last column.
func attackTable(attacks []attacktree.Attack, d detail) *table {
	has := func(f func(*attacktree.Attack) bool) bool {
		for i := range attacks {
			if f(&attacks[i]) {
				return true
			}
		}
		return false
	}
	numbers := []struct {
		shown bool
		title string
		cell  func(*attacktree.Attack) string
	}{
		{has(func(a *attacktree.Attack) bool { return a.Cost != nil }),
			"cost", func(a *attacktree.Attack) string { return optional(a.Cost, amount) }},
		{has(func(a *attacktree.Attack) bool { return a.Likelihood != 1 }),
			"chance", func(a *attacktree.Attack) string { return percent(a.Likelihood) }},
		{d == everything && has(func(a *attacktree.Attack) bool { return a.Impact != 0 }),
			"loss", func(a *attacktree.Attack) string { return amount(a.Impact) }},
		{d == everything && has(func(a *attacktree.Attack) bool { return a.Time != nil }),
			"time", func(a *attacktree.Attack) string { return optional(a.Time, duration) }},
		{d == everything && has(func(a *attacktree.Attack) bool { return a.Skill != nil }),
			"skill", func(a *attacktree.Attack) string { return skillOf(a.Skill) }},
		{d == everything && has(func(a *attacktree.Attack) bool { return a.Undetected != 1 }),
			"unnoticed", func(a *attacktree.Attack) string { return percent(a.Undetected) }},
	}
	t := new(table)
	for _, n := range numbers {
		if n.shown {
			t.columns = append(t.columns, column{title: n.title, right: true})
		}
	}
	t.columns = append(t.columns, column{title: "steps", fit: wraps})
	for i := range attacks {
		var cells []string
		for _, n := range numbers {
			if n.shown {
				cells = append(cells, n.cell(&attacks[i]))
			}
		}
		t.add(append(cells, stepList(&attacks[i]))...)
	}
	return t
}

// stepList names the steps of an attack and the conditions that it needs.
func stepList(a *attacktree.Attack) string {
	s := strings.Join(a.Steps, " + ")
	if len(a.Given) > 0 {
		s += " (given " + strings.Join(a.Given, ", ") + ")"
	}
	return s
}

func optional(x *float64, unit func(float64) string) string {
	if x == nil {
		return absent
	}
	return unit(*x)
}

func skillOf(n *int) string {
	if n == nil {
		return absent
	}
	return strconv.Itoa(*n)
}
