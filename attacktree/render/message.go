package render

import (
	"math"
	"math/big"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// From results to messages: the parts that several messages share.

func modelMessage(tree *attacktree.Tree, params map[string]float64) *ModelMessage {
	m := tree.Model()
	days := m.Period
	if days == 0 {
		days = 365
	}
	return &ModelMessage{
		Title:      m.Title,
		File:       m.File,
		Digest:     tree.Digest(),
		Currency:   m.Currency,
		PeriodDays: days,
		Uncertain:  uncertain(m, params),
		Params:     params,
	}
}

// uncertain counts the values of a model that are not certain: each param once,
// if it has no what-if value, and each other value where it is written. Values
// that are a param, scaled or not, are that param.
func uncertain(m *attacktree.Model, params map[string]float64) int {
	n := 0
	add := func(values ...quantity.Value) {
		for _, v := range values {
			if v.Given() && v.Param == "" && !v.Certain() {
				n++
			}
		}
	}
	for _, p := range m.Params {
		if _, set := params[p.Name]; !set && !p.Value.Certain() {
			n++
		}
	}
	for _, a := range m.Assets {
		add(a.Value)
	}
	for _, a := range m.Adversaries {
		add(a.Budget, a.Time, a.Attempts, a.Gain)
	}
	for _, v := range m.Nodes {
		add(v.Cost, v.Likelihood, v.Impact, v.Time, v.Detection, v.Assume, v.Rate, v.Attempts)
		for _, o := range v.For {
			add(o.Cost, o.Likelihood, o.Time, o.Detection)
		}
	}
	for _, c := range m.Controls {
		add(c.Cost)
		for _, e := range c.Effects {
			for _, change := range e.Changes {
				add(change.Value)
			}
		}
	}
	return n
}

func figureMessage(f *attacktree.Figure) *FigureMessage {
	if f == nil || !finite(f.Value) {
		return nil
	}
	msg := &FigureMessage{Value: f.Value, Exact: f.Exact}
	if !f.Exact && finite(f.Low) && finite(f.High) {
		low, high := f.Low, f.High
		msg.Low, msg.High = &low, &high
	}
	return msg
}

func witnessMessage(a *attacktree.Attack) *WitnessMessage {
	if a == nil {
		return nil
	}
	return &WitnessMessage{
		Steps:      list(a.Steps),
		Given:      list(a.Given),
		Cost:       number(a.Cost),
		Likelihood: a.Likelihood,
		Time:       number(a.Time),
		Skill:      a.Skill,
		Undetected: a.Undetected,
	}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// number returns x, or nil where JSON has no number for it.
func number(x *float64) *float64 {
	if x == nil || !finite(*x) {
		return nil
	}
	return x
}

// decimal returns the digits of n, nil if there is no n.
func decimal(n *big.Int) *string {
	if n == nil {
		return nil
	}
	s := n.String()
	return &s
}

// list returns names as a list that prints as [] when it is empty.
func list(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
