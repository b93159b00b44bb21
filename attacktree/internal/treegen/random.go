// Package treegen makes attack trees for tests and benchmarks: random models
// that a seed determines, and families whose figures are known in closed form.
// Every model that it makes is valid.
package treegen

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Options say what a random model is made of. A float64 is the chance, from 0 to
// 1, that a thing that may have the property has it. The zero value gives small
// trees of or and and over steps that carry a likelihood and no more.
type Options struct {
	Variables int // at most so many own steps and conditions; 0 means 8

	Share    float64 // of a gate: it takes a node that another has already
	Seq      float64 // of a gate
	AtLeast  float64 // of a gate
	OwnSteps float64 // of a gate: it carries numbers of a step
	Assume   float64 // of a gate

	Conditions float64 // of a leaf
	Accidents  float64 // of a condition: it has a rate

	Costs, Times, Skills, Access, Detection, Impacts, Uncertain float64

	Controls    int     // how many, at most
	Bypass      float64 // of a control: it can be bypassed
	Adversaries int     // how many
	For         float64 // of a step: it has other numbers for some adversary
	Ties        bool    // few numbers, all of them exact in binary, so that many attacks are equally good
}

// Everything has all there is, with all kinds of numbers mixed.
var Everything = Options{
	Variables: 9, Share: 0.3, Seq: 0.25, AtLeast: 0.2, OwnSteps: 0.2, Assume: 0.08,
	Conditions: 0.2, Accidents: 0.3,
	Costs: 0.9, Times: 0.7, Skills: 0.5, Access: 0.3, Detection: 0.4, Impacts: 0.4, Uncertain: 0.1,
	Controls: 4, Bypass: 0.5, Adversaries: 2, For: 0.2,
}

// Random returns the model of a seed: the same for the same seed and options.
func Random(seed uint64, o Options) attacktree.Model {
	if o.Variables == 0 {
		o.Variables = 8
	}
	g := &generator{rand: rand.New(rand.NewPCG(seed, 0x61747265656e)), o: o}
	g.m.Title = fmt.Sprintf("random %d", seed)
	g.m.Period = []float64{0, 365, 30, 730}[g.rand.IntN(4)]
	for i := range o.Adversaries {
		g.adversary(fmt.Sprintf("adversary-%d", i+1))
	}
	g.structure()
	for i := range o.Controls {
		g.control(fmt.Sprintf("control-%d", i+1))
	}
	g.rand.Shuffle(len(g.m.Nodes), func(i, j int) { g.m.Nodes[i], g.m.Nodes[j] = g.m.Nodes[j], g.m.Nodes[i] })
	return g.m
}

// A generator grows a model. Nodes are made with their children before them,
// and controls are bypassed by nodes older than those that they act on, so there
// is no cycle.
type generator struct {
	rand  *rand.Rand
	o     Options
	m     attacktree.Model
	names []int // numbers for names, in an order of their own
	left  int   // own steps of gates that may still be made
	tops  []*attacktree.Node
}

func (g *generator) chance(p float64) bool { return g.rand.Float64() < p }

// structure makes leaves and gates in turn, until one node is on top of all but
// those that were set aside.
func (g *generator) structure() {
	g.names = g.rand.Perm(4*g.o.Variables + 16)
	g.left = 1 + g.rand.IntN(g.o.Variables)
	leaves := 1 + g.rand.IntN(g.left)
	g.left -= leaves
	for leaves > 0 || len(g.tops) > 1 {
		if leaves > 0 && (len(g.tops) < 2 || g.chance(0.6)) {
			g.leaf()
			leaves--
			continue
		}
		g.gate()
		if g.o.Bypass > 0 && len(g.tops) > 1 && g.chance(0.15) {
			g.take() // it may still bypass a control
		}
	}
	goal := g.tops[0]
	if goal.Gate == attacktree.Condition {
		g.gate()
		goal = g.tops[0]
	}
	g.goal(goal)
	if other := g.any(); g.chance(0.15) && other != goal && other.Gate != attacktree.Condition {
		g.goal(other)
	}
}

func (g *generator) goal(n *attacktree.Node) {
	n.Goal = true
	if g.o.Impacts > 0 && g.chance(0.8) {
		n.Impact = g.money()
	}
	if g.chance(0.5) {
		n.Attempts = g.plain(1, 2, 12)
	}
}

func (g *generator) node(gate attacktree.Gate) *attacktree.Node {
	n := &attacktree.Node{Name: fmt.Sprintf("n%d", g.name()), Gate: gate}
	if g.chance(g.o.Impacts) {
		n.Impact = g.money()
	}
	if g.chance(0.2) {
		n.Tags = []string{[]string{"red", "blue"}[g.rand.IntN(2)]}
	}
	g.m.Nodes = append(g.m.Nodes, n)
	g.tops = append(g.tops, n)
	return n
}

// name returns a number that no node has.
func (g *generator) name() int {
	if made := len(g.m.Nodes); made >= len(g.names) {
		return made
	}
	return g.names[len(g.m.Nodes)]
}

func (g *generator) leaf() {
	if !g.chance(g.o.Conditions) {
		n := g.node(attacktree.Step)
		n.Likelihood = g.likelihood()
		g.demands(n)
		return
	}
	n := g.node(attacktree.Condition)
	switch {
	case g.chance(g.o.Accidents):
		n.Rate = g.plain(1, 2, 4)
	case g.chance(0.7):
		n.Likelihood = g.likelihood()
	}
}

func (g *generator) gate() {
	var children []string
	for range min(len(g.tops), 2+g.rand.IntN(2)) {
		children = append(children, g.take().Name)
	}
	for g.chance(g.o.Share) {
		if shared := g.any().Name; !slices.Contains(children, shared) {
			children = append(children, shared)
		}
	}
	g.rand.Shuffle(len(children), func(i, j int) { children[i], children[j] = children[j], children[i] })
	kind := attacktree.Or
	if g.chance(0.45) {
		kind = attacktree.And
	}
	if g.chance(g.o.Seq) {
		kind = attacktree.Seq
	} else if g.chance(g.o.AtLeast) {
		kind = attacktree.AtLeast
	}
	n := g.node(kind)
	n.Children = children
	if kind == attacktree.AtLeast {
		n.K = 1 + g.rand.IntN(len(children))
	}
	assume := g.left > 0 && g.chance(g.o.Assume)
	if assume {
		n.Assume = g.likelihood()
	}
	if own := g.left > 0 && g.chance(g.o.OwnSteps); own || assume {
		g.left--
		if own {
			n.Likelihood = g.likelihood()
		}
		g.demands(n)
	}
}

// demands gives the own step of n its cost and all that it asks for.
func (g *generator) demands(n *attacktree.Node) {
	if g.chance(g.o.Costs) {
		n.Cost = g.money()
	}
	if g.chance(g.o.Times) {
		n.Time = g.days()
	}
	if g.chance(g.o.Skills) {
		n.Skill = g.skill()
	}
	if g.chance(g.o.Detection) {
		n.Detection = g.share()
	}
	if g.chance(g.o.Access) {
		n.Access = g.access()
	}
	if len(g.m.Adversaries) == 0 || !g.chance(g.o.For) {
		return
	}
	o := attacktree.Override{Adversaries: []string{g.m.Adversaries[g.rand.IntN(len(g.m.Adversaries))].Name}}
	o.Likelihood = g.likelihood()
	if g.o.Costs > 0 && g.chance(0.5) {
		o.Cost = g.money()
	}
	if g.o.Times > 0 && g.chance(0.5) {
		o.Time = g.days()
	}
	if g.o.Skills > 0 && g.chance(0.5) {
		o.Skill = g.skill()
	}
	if g.o.Detection > 0 && g.chance(0.5) {
		o.Detection = g.share()
	}
	n.For = append(n.For, o)
}

// take takes a random top away.
func (g *generator) take() *attacktree.Node {
	i := g.rand.IntN(len(g.tops))
	n := g.tops[i]
	g.tops = slices.Delete(g.tops, i, i+1)
	return n
}

// any returns a random node.
func (g *generator) any() *attacktree.Node { return g.m.Nodes[g.rand.IntN(len(g.m.Nodes))] }

func (g *generator) adversary(name string) {
	a := &attacktree.Adversary{Name: name}
	if g.o.Skills > 0 && g.chance(0.6) {
		a.Skill = g.skill()
	}
	if g.o.Times > 0 && g.chance(0.4) {
		a.Time = g.days()
	}
	if g.o.Access > 0 && g.chance(0.5) {
		a.Access = g.access()
	}
	if g.chance(0.5) {
		a.Attempts = g.plain(1, 3, 6)
	}
	g.m.Adversaries = append(g.m.Adversaries, a)
}

// control makes a control with one to three effects, where there is something
// to act on.
func (g *generator) control(name string) {
	k := &attacktree.Control{Name: name, Cost: g.money(), Status: attacktree.Status(g.rand.IntN(4))}
	oldest := len(g.m.Nodes)
	for range 1 + g.rand.IntN(3) {
		e, first := g.effect()
		if len(e.Changes) > 0 {
			k.Effects = append(k.Effects, e)
			oldest = min(oldest, first)
		}
	}
	if len(k.Effects) == 0 {
		return
	}
	if g.chance(g.o.Bypass) {
		for range 1 + g.rand.IntN(2) {
			if oldest == 0 {
				break
			}
			by := g.m.Nodes[g.rand.IntN(oldest)].Name
			if !slices.Contains(k.BypassedBy, by) {
				k.BypassedBy = append(k.BypassedBy, by)
			}
		}
	}
	g.m.Controls = append(g.m.Controls, k)
}

// effect makes an effect, and returns the place of the first node that it acts
// on. It has no changes if nothing fits.
func (g *generator) effect() (e attacktree.Effect, first int) {
	target := attacktree.Target{Kind: attacktree.OnTag, Name: "red"}
	if g.chance(0.8) {
		target = attacktree.Target{Name: g.any().Name}
	}
	e.Targets = []attacktree.Target{target}
	if g.chance(0.3) {
		if other := g.any().Name; other != target.Name {
			e.Targets = append(e.Targets, attacktree.Target{Name: other})
		}
	}
	first = len(g.m.Nodes)
	conditions, stepless := false, 0
	for i, n := range g.m.Nodes {
		hit := slices.ContainsFunc(e.Targets, func(t attacktree.Target) bool {
			return t.Kind == attacktree.OnNode && t.Name == n.Name || t.Kind == attacktree.OnTag && slices.Contains(n.Tags, t.Name)
		})
		if !hit {
			continue
		}
		first = min(first, i)
		conditions = conditions || n.Gate == attacktree.Condition
		if !n.Gate.Leaf() && !n.Likelihood.Given() && !n.Assume.Given() {
			stepless++
		}
	}
	switch {
	case first == len(g.m.Nodes):
	case stepless > g.left && conditions:
	case stepless > g.left:
		e.Changes = append(e.Changes, g.impactChange())
	default:
		g.left -= stepless
		for range 1 + g.rand.IntN(3) {
			e.Changes = append(e.Changes, g.change(conditions))
		}
	}
	return e, first
}

func (g *generator) impactChange() attacktree.Change {
	if g.chance(0.5) {
		// The language takes no sum of 1 or less, which could be a share.
		value := quantity.Exactly(max(2, g.money().Mean()))
		return attacktree.Change{Attribute: attacktree.Impact, Op: attacktree.Subtract, Value: value}
	}
	return attacktree.Change{Attribute: attacktree.Impact, Op: attacktree.Multiply, Value: g.share(), Reduction: g.chance(0.5)}
}

// change makes a change that fits; only likelihoods of conditions can change.
func (g *generator) change(conditions bool) attacktree.Change {
	likelihood := attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.Multiply, Value: g.share(), Reduction: g.chance(0.5)}
	kinds := 8
	if conditions {
		kinds = 3
	}
	switch g.rand.IntN(kinds) {
	case 0:
		return likelihood
	case 1:
		return attacktree.Change{Attribute: attacktree.Likelihood, Op: attacktree.AtMost, Value: g.share()}
	case 2:
		if g.chance(0.5) {
			return attacktree.Change{Op: attacktree.Block}
		}
	case 3:
		if g.o.Costs > 0 {
			return g.harder(attacktree.Cost, g.money())
		}
	case 4:
		if g.o.Times > 0 {
			return g.harder(attacktree.Time, g.days())
		}
	case 5:
		if g.o.Impacts > 0 {
			return g.impactChange()
		}
	case 6:
		if g.o.Skills > 0 {
			return attacktree.Change{Attribute: attacktree.Skill, Op: attacktree.Raise, Value: quantity.Exactly(float64(*g.skill()))}
		}
	case 7:
		if g.o.Detection > 0 {
			return attacktree.Change{Attribute: attacktree.Detection, Op: attacktree.Raise, Value: g.share()}
		}
	}
	return likelihood
}

func (g *generator) harder(a attacktree.Attribute, more quantity.Value) attacktree.Change {
	if g.chance(0.5) {
		return attacktree.Change{Attribute: a, Op: attacktree.Add, Value: more}
	}
	return attacktree.Change{Attribute: a, Op: attacktree.Multiply, Value: g.plain(1, 2, 3)}
}

// likelihood is that of a step or condition, now and then uncertain, and now and
// then 0 or 1.
func (g *generator) likelihood() quantity.Value {
	switch {
	case g.chance(0.05):
		return quantity.Exactly(0)
	case g.chance(0.1):
		return quantity.Exactly(1)
	case g.chance(g.o.Uncertain):
		if g.chance(0.5) {
			d := quantity.Dist{Kind: quantity.Uniform, A: 0.25, B: 0.75}
			if len(g.m.Params) == 0 {
				g.m.Params = append(g.m.Params, &attacktree.Param{Name: "shared", Value: quantity.Of(d), Unit: attacktree.Share})
			}
			return quantity.OfParam("shared", d, 0.5)
		}
		return quantity.Of(quantity.Dist{Kind: quantity.PERT, A: 0.125, M: 0.25, B: 0.5})
	}
	return g.share()
}

func (g *generator) share() quantity.Value {
	if g.o.Ties {
		return g.plain(0.25, 0.5, 0.75)
	}
	return quantity.Exactly(g.rand.Float64())
}

func (g *generator) money() quantity.Value {
	if g.o.Ties {
		return g.plain(0, 1, 2, 3)
	}
	return quantity.Exactly(float64(g.rand.IntN(1000)) / 8)
}

func (g *generator) days() quantity.Value {
	if g.o.Ties {
		return g.plain(0, 1, 2, 3)
	}
	return quantity.Exactly(float64(g.rand.IntN(64)) / 4)
}

func (g *generator) plain(of ...float64) quantity.Value {
	return quantity.Exactly(of[g.rand.IntN(len(of))])
}

func (g *generator) skill() *int {
	skill := g.rand.IntN(6)
	return &skill
}

func (g *generator) access() []string {
	return [][]string{{"badge"}, {"vpn"}, {"badge", "vpn"}}[g.rand.IntN(3)]
}
