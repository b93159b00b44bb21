package render

import (
	"fmt"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/words"
)

// The words that all reports share: titles, names with their labels, scenarios.

// title opens a report: what it is about, and what its numbers count.
func title(p *page, m *attacktree.Model, mode attacktree.Mode, adversary string, params map[string]float64) {
	file := "file " + m.File
	if m.File == "-" {
		file = "standard input"
	}
	var facts []string
	switch {
	case m.Title != "" && m.File != "":
		p.heading(1, m.Title)
		facts = append(facts, file)
	case m.Title != "":
		p.heading(1, m.Title)
	case m.File != "":
		p.heading(1, strings.TrimPrefix(file, "file "))
	default:
		p.heading(1, "Attack tree")
	}
	if m.Currency != "" {
		facts = append(facts, "money in "+m.Currency)
	}
	if len(m.Controls) > 0 {
		facts = append(facts, "controls cost per "+period(m.Period))
	}
	if n := uncertain(m, params); n > 0 {
		facts = append(facts, fmt.Sprintf("values at the means, %s", plural(n, "uncertain number", "uncertain numbers")))
	}
	about := ""
	if len(facts) > 0 {
		about = upperFirst(strings.Join(facts, "; ")) + "."
	}
	var set []string
	for _, q := range m.Params {
		if x, ok := params[q.Name]; ok {
			set = append(set, words.Setting(q.Name, x, q.Unit.String(), m.Currency))
		}
	}
	p.say(faint, about, words.WhatIf(set), attacker(m, mode, adversary))
}

// attacker says who attacks.
func attacker(m *attacktree.Model, mode attacktree.Mode, adversary string) string {
	who := ""
	for _, a := range m.Adversaries {
		if a.Name == adversary {
			who = both(a.Name, a.Label)
		}
	}
	mode = modeOf(mode, adversary)
	switch {
	case mode == attacktree.Limited && who != "":
		return "Attacker: " + who + ", who tries every step within his skill, access and time (limited)."
	case mode == attacktree.Limited:
		return "Attacker: one who tries every step within his reach (limited)."
	case who != "":
		return "Attacker: " + who + ", who tries every possible step once (saturating)."
	}
	return "Attacker: anyone, trying every possible step once (saturating)."
}

// modeOf returns the mode that a scenario means where it does not say.
func modeOf(mode attacktree.Mode, adversary string) attacktree.Mode {
	switch {
	case mode != attacktree.DefaultMode:
		return mode
	case adversary != "":
		return attacktree.Limited
	}
	return attacktree.Saturating
}

// names knows the labels of nodes and controls, and the order of nodes.
type names struct {
	label map[string]string
	nodes []*attacktree.Node
}

func namesOf(m *attacktree.Model) names {
	n := names{map[string]string{}, m.Nodes}
	for _, v := range m.Nodes {
		if v.Label != "" { // in a large model most have none
			n.label[v.Name] = v.Label
		}
	}
	return n
}

// both returns a name with its label, which is looked up if it is not given.
func (n names) both(name, label string) string {
	if label == "" {
		label = n.label[name]
	}
	return both(name, label)
}

func both(name, label string) string {
	if label == "" || label == name {
		return name
	}
	return label + " (" + name + ")"
}

// mentioned returns the labelled steps and conditions of attacks, each once, in
// the order of the model.
func (n names) mentioned(attacks []attacktree.Attack) []string {
	in := map[string]bool{}
	for _, a := range attacks {
		for _, name := range a.Steps {
			in[name] = true
		}
		for _, name := range a.Given {
			in[name] = true
		}
	}
	var out []string
	for _, v := range n.nodes {
		if in[v.Name] && v.Label != "" {
			out = append(out, v.Name)
		}
	}
	return out
}

// inScenario says which controls hold, as the beginning of a sentence.
func inScenario(name string) string {
	switch name {
	case "inherent", "", "none":
		return "without controls"
	case "current":
		return "with the deployed controls (current)"
	case "planned":
		return "with the deployed and planned controls (planned)"
	}
	return "with " + name
}

// inPlace says what is in place in a scenario that was evaluated.
func inPlace(r *attacktree.Result) string {
	if r.Scenario == "current" && len(r.Controls) == 0 {
		return "as no control is deployed (current)"
	}
	return inScenario(r.Scenario)
}

// scenarioName returns the name that a scenario is shown by.
func scenarioName(s *attacktree.Scenario) string {
	switch {
	case s.Name != "":
		return s.Name
	case len(s.Controls) == 0:
		return "inherent"
	}
	return strings.Join(s.Controls, ",")
}

// among joins words as a sentence does: "a, b and c". Beyond most, it only
// counts them.
func among(words []string, most int) string {
	switch n := len(words); {
	case n == 0:
		return "none"
	case n == 1:
		return words[0]
	case n <= most:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most-1], ", "), n-most+1)
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
