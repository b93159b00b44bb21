package treegen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Text writes a model of this package in the language, one declaration for each
// node, so that reading it gives the same model.
func Text(m *attacktree.Model) string {
	var w writer
	if m.Title != "" || m.Period != 0 {
		w.open("model %s", strconv.Quote(m.Title))
		w.days("period", quantity.Value{}, m.Period)
		w.close()
	}
	for _, p := range m.Params {
		w.line("param %s %s", p.Name, p.Value)
	}
	for _, a := range m.Adversaries {
		w.open("adversary %s", a.Name)
		w.number("budget", a.Budget)
		w.skill(a.Skill)
		w.days("time", a.Time, a.Time.Mean())
		w.number("attempts", a.Attempts)
		w.list("access", a.Access)
		w.close()
	}
	for _, n := range m.Nodes {
		w.node(n)
	}
	for _, k := range m.Controls {
		w.control(k)
	}
	return w.String()
}

// A writer writes one block after the other.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) open(format string, args ...any) { w.line(format+" {", args...) }
func (w *writer) close()                          { w.line("}") }

func (w *writer) number(word string, v quantity.Value) {
	if v.Given() {
		w.line("  %s %s", word, v)
	}
}

// days writes a duration, which is certain in the models of this package.
func (w *writer) days(word string, v quantity.Value, days float64) {
	if v.Given() || days > 0 {
		w.line("  %s %sd", word, plain(days))
	}
}

func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (w *writer) skill(s *int) {
	if s != nil {
		w.line("  skill %d", *s)
	}
}

func (w *writer) list(word string, names []string) {
	if len(names) > 0 {
		w.line("  %s %s", word, strings.Join(names, ", "))
	}
}

func (w *writer) node(n *attacktree.Node) {
	goal, gate := "", n.Gate.String()
	if n.Goal {
		goal = "goal "
	}
	if n.Gate == attacktree.AtLeast {
		gate = fmt.Sprintf("atleast %d", n.K)
	}
	w.open("%s%s %s", goal, gate, n.Name)
	for _, c := range n.Children {
		w.line("  use %s", c)
	}
	w.number("cost", n.Cost)
	w.number("likelihood", n.Likelihood)
	w.number("impact", n.Impact)
	w.days("time", n.Time, n.Time.Mean())
	w.number("detection", n.Detection)
	w.number("assume", n.Assume)
	w.number("rate", n.Rate)
	w.number("attempts", n.Attempts)
	w.skill(n.Skill)
	w.list("access", n.Access)
	w.list("tags", n.Tags)
	for _, o := range n.For {
		w.open("  for %s", strings.Join(o.Adversaries, ", "))
		w.number("cost", o.Cost)
		w.number("likelihood", o.Likelihood)
		w.days("time", o.Time, o.Time.Mean())
		w.number("detection", o.Detection)
		w.skill(o.Skill)
		w.close()
	}
	w.close()
}

func (w *writer) control(k *attacktree.Control) {
	w.open("control %s", k.Name)
	w.number("cost", k.Cost)
	w.line("  status %s", k.Status)
	w.list("bypassed by", k.BypassedBy)
	for _, e := range k.Effects {
		var targets []string
		for _, t := range e.Targets {
			targets = append(targets, []string{"", "threat ", "tag "}[t.Kind]+t.Name)
		}
		// A block for each change, as the language lets no attribute stand twice in one.
		for _, c := range e.Changes {
			w.line("  on %s { %s }", strings.Join(targets, ", "), change(c))
		}
	}
	w.close()
}

func change(c attacktree.Change) string {
	value := plain(c.Value.Mean())
	if c.Attribute == attacktree.Time && c.Op == attacktree.Add {
		value += "d"
	}
	switch c.Op {
	case attacktree.Block:
		return "block"
	case attacktree.AtMost:
		return fmt.Sprintf("%s <=%s", c.Attribute, value)
	case attacktree.Subtract:
		return fmt.Sprintf("%s -%s", c.Attribute, value)
	case attacktree.Add:
		return fmt.Sprintf("%s +%s", c.Attribute, value)
	case attacktree.Raise:
		return fmt.Sprintf("%s %s", c.Attribute, value)
	case attacktree.Multiply:
		if c.Reduction {
			return fmt.Sprintf("%s -%s%%", c.Attribute, plain(100*c.Value.Mean()))
		}
	}
	return fmt.Sprintf("%s *%s", c.Attribute, value)
}
