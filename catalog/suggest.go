package catalog

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Which mitigations would help a tree, and how much.

// A Suggestion is a mitigation that applies to steps of a tree, as a control
// with its usual effects.
type Suggestion struct {
	Mitigation *Mitigation
	Control    attacktree.Control
	Threats    []string // of the tree's steps that it helps against
	Steps      []string // steps and conditions that it acts on, in the order of the model

	// What adding it to the deployed controls does, over the goals that were
	// asked about: the sum of their expected losses, each times its attempts in
	// 365 days if all goals with a loss say how many there are, else of one
	// attempt each; and the likelihood of the goal where it does most.
	LossBefore, LossAfter             float64 // 0 where no node has an impact
	Goal                              string
	LikelihoodBefore, LikelihoodAfter float64
}

// Suggestions are the answer of [Suggest], the most valuable first.
type Suggestions struct {
	Tree    *attacktree.Tree
	Losses  bool // some goal has a loss
	PerYear bool // losses are those of 365 days
	List    []Suggestion
}

// Suggest proposes for every step and condition of a tree that names a threat
// the mitigations that help against it, and evaluates each of them on top of the
// controls that are deployed. Options may name a goal; otherwise all count.
// Mitigations that the tree has a control for, called by the same name, are left
// out. The most valuable come first: those that take away most of the loss, then
// most of the likelihood, then those that act on more steps.
//
// It takes one diagram a goal and one evaluation of it a mitigation.
func Suggest(ctx context.Context, c *Catalog, t *attacktree.Tree, opt *attacktree.Options) (*Suggestions, error) {
	if opt == nil {
		opt = &attacktree.Options{}
	}
	s := &Suggestions{Tree: t, List: c.applicable(t)}
	m := *t.Model()
	m.Controls = slices.Clone(m.Controls)
	for i := range s.List {
		m.Controls = append(m.Controls, &s.List[i].Control)
	}
	extended, err := attacktree.New(m)
	if err != nil {
		return nil, fmt.Errorf("catalog: the tree cannot take the mitigations in: %w", err)
	}
	if err := s.evaluate(ctx, extended, opt); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.List, func(a, b Suggestion) int {
		return cmp.Or(
			cmp.Compare(b.LossBefore-b.LossAfter, a.LossBefore-a.LossAfter),
			cmp.Compare(b.LikelihoodBefore-b.LikelihoodAfter, a.LikelihoodBefore-a.LikelihoodAfter),
			cmp.Compare(len(b.Steps), len(a.Steps)),
		)
	})
	return s, nil
}

// applicable returns the mitigations that apply, in the order of the catalogue.
func (c *Catalog) applicable(t *attacktree.Tree) []Suggestion {
	m := t.Model()
	taken := map[string]bool{"none": true, "deployed": true, "planned": true, "all": true}
	for _, s := range m.Sets {
		taken[s.Name] = true
	}
	threats := map[string][]string{} // of each mitigation
	nodes := map[string][]*attacktree.Node{}
	for _, n := range m.Nodes {
		if !n.Gate.Leaf() {
			continue
		}
		for _, slug := range n.Threats {
			threat, ok := c.Threat(slug)
			if !ok {
				continue
			}
			for _, name := range threat.Mitigations {
				if !slices.Contains(threats[name], slug) {
					threats[name] = append(threats[name], slug)
				}
				if there := nodes[name]; len(there) == 0 || there[len(there)-1] != n {
					nodes[name] = append(there, n)
				}
			}
		}
	}
	var list []Suggestion
	for _, mitigation := range c.mitigations.list {
		if _, there := t.Control(mitigation.Slug); there {
			continue
		}
		s := Suggestion{Mitigation: mitigation, Threats: threats[mitigation.Slug]}
		name := mitigation.Slug
		if taken[name] {
			name += "-control"
		}
		s.Control = attacktree.Control{
			Name: name, Label: mitigation.Name, Kind: mitigation.Control,
			Threats: s.Threats, Refs: c.written(mitigation.Refs),
			Basis:   []attacktree.Basis{{Text: "usual effect by the catalogue: " + mitigation.Basis}},
			Effects: effects(mitigation, nodes[mitigation.Slug]),
		}
		for _, e := range s.Control.Effects {
			for _, target := range e.Targets {
				s.Steps = append(s.Steps, target.Name)
			}
		}
		if len(s.Steps) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// effects puts the effects of a mitigation on nodes. What a node has no number
// for is left out, so that nodes are grouped by what is left for them.
func effects(m *Mitigation, nodes []*attacktree.Node) []attacktree.Effect {
	var groups []attacktree.Effect
	for _, n := range nodes {
		var changes []attacktree.Change
		multiply := func(a attacktree.Attribute, s Strength, there bool) {
			if s == NoEffect || !there {
				return
			}
			change := attacktree.Change{Attribute: a, Value: quantity.Exactly(s.Factor())}
			if a == attacktree.Likelihood || a == attacktree.Impact {
				change.Value, change.Reduction = quantity.Exactly(s.Reduction()), true
			}
			changes = append(changes, change)
		}
		step := n.Gate == attacktree.Step
		multiply(attacktree.Likelihood, m.Effects.Likelihood, true)
		multiply(attacktree.Impact, m.Effects.Impact, n.Impact.Given())
		multiply(attacktree.Cost, m.Effects.Cost, step && n.Cost.Given())
		multiply(attacktree.Time, m.Effects.Time, step && n.Time.Given())
		if s := m.Effects.Detection; s != NoEffect && step {
			changes = append(changes, attacktree.Change{
				Attribute: attacktree.Detection, Op: attacktree.Raise, Value: quantity.Exactly(s.Share())})
		}
		if len(changes) == 0 {
			continue
		}
		target := attacktree.Target{Kind: attacktree.OnNode, Name: n.Name}
		i := slices.IndexFunc(groups, func(e attacktree.Effect) bool { return slices.Equal(e.Changes, changes) })
		if i < 0 {
			groups = append(groups, attacktree.Effect{Targets: []attacktree.Target{target}, Changes: changes})
		} else {
			groups[i].Targets = append(groups[i].Targets, target)
		}
	}
	return groups
}

// written returns references as models write them, each once.
func (c *Catalog) written(refs []Reference) []string {
	var out []string
	for _, r := range refs {
		if l := c.list(r.List()); l != nil {
			if text := l.Prefix + r.ID; !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// evaluate finds out what each suggestion does to each goal.
func (s *Suggestions) evaluate(ctx context.Context, t *attacktree.Tree, opt *attacktree.Options) error {
	goals := t.Goals()
	if opt.Goal != "" {
		goals = []string{opt.Goal}
	}
	deployed, _ := t.SetMembers("deployed")

	// figures[i][g] are those of goal g with suggestion i-1, or with none for 0.
	type figure struct{ loss, attempts, likelihood float64 }
	figures := make([][]figure, len(s.List)+1)
	for i := range figures {
		figures[i] = make([]figure, len(goals))
	}
	s.PerYear = true
	for g, goal := range goals {
		program, err := attacktree.Compile(ctx, t, &attacktree.Options{Goal: goal, MaxNodes: opt.MaxNodes})
		if err != nil {
			return err
		}
		e := program.NewEvaluator()
		for i := range figures {
			controls := deployed
			if i > 0 {
				controls = append(slices.Clip(deployed), s.List[i-1].Control.Name)
			}
			if err := e.Set(&attacktree.Scenario{Controls: controls}); err != nil {
				return err
			}
			f := &figures[i][g]
			likelihood, err := e.Likelihood(ctx)
			if err != nil {
				return err
			}
			f.likelihood = likelihood.Value
			if !program.HasLosses() {
				continue
			}
			loss, err := e.ExpectedImpact(ctx)
			if err != nil {
				return err
			}
			s.Losses = true
			var said bool
			if f.attempts, said = e.Attempts(); !said {
				s.PerYear = false
			}
			f.loss = loss.Value
		}
	}
	s.PerYear = s.PerYear && s.Losses

	total := func(row []figure) float64 {
		sum := 0.0
		for _, f := range row {
			if s.PerYear {
				sum += f.loss * f.attempts
			} else {
				sum += f.loss
			}
		}
		return sum
	}
	for i := range s.List {
		x, before, after := &s.List[i], figures[0], figures[i+1]
		x.LossBefore, x.LossAfter = total(before), total(after)
		best := math.Inf(-1)
		for g, goal := range goals {
			if fall := before[g].likelihood - after[g].likelihood; fall > best {
				best, x.Goal = fall, goal
				x.LikelihoodBefore, x.LikelihoodAfter = before[g].likelihood, after[g].likelihood
			}
		}
	}
	return nil
}

// Source returns the control as text that can be pasted into the file, in the
// standard style.
func (s *Suggestion) Source() string {
	var b strings.Builder
	k := &s.Control
	fmt.Fprintf(&b, "control %s %s {\n", k.Name, quoted(k.Label))
	fmt.Fprintf(&b, "  kind %s\n", k.Kind)
	fmt.Fprintf(&b, "  threat %s\n", strings.Join(k.Threats, ", "))
	if len(k.Refs) > 0 {
		fmt.Fprintf(&b, "  refs %s\n", references(k.Refs))
	}
	fmt.Fprintf(&b, "  basis %s\n", quoted(k.Basis[0].Text))
	for _, e := range k.Effects {
		var targets, changes []string
		for _, t := range e.Targets {
			targets = append(targets, t.Name)
		}
		for _, change := range e.Changes {
			x := change.Value.Mean()
			switch {
			case change.Reduction:
				changes = append(changes, fmt.Sprintf("%v -%v%%", change.Attribute, math.Round(x*100)))
			case change.Op == attacktree.Raise:
				changes = append(changes, fmt.Sprintf("%v %v%%", change.Attribute, math.Round(x*100)))
			default:
				changes = append(changes, fmt.Sprintf("%v *%v", change.Attribute, x))
			}
		}
		fmt.Fprintf(&b, "  on %s { %s }\n", strings.Join(targets, ", "), strings.Join(changes, "  "))
	}
	b.WriteString("}\n")
	file, _ := dsl.Parse(k.Name, []byte(b.String())) // which is sound
	return string(dsl.Format(file))
}
