package plot

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/internal/words"
)

// ErrNoCurves says that a report has no curve that could be drawn.
var ErrNoCurves = errors.New("plot: expected a budget curve; the steps carry no costs, or a node is not or xor")

// Budgets draws the budget curves of attackers: the greatest chance of the goal
// that each budget buys, with the attacker's own budget marked. Where a curve is
// not exact, the area up to the proven bound is shaded.
func Budgets(r *attackers.Report) (*Picture, error) {
	m := r.Tree.Model()
	b := &budgets{Report: r}
	many := false
	for _, q := range r.Profiles {
		many = many || q.Scenario.Name != r.Profiles[0].Scenario.Name
	}
	var costs []float64
	chances := []float64{}
	for _, q := range r.Profiles {
		if q.Likelihood == nil {
			continue
		}
		name := "anyone"
		if q.Scenario.Adversary != "" {
			name = q.Scenario.Adversary
		}
		if many {
			name += ", " + q.Scenario.Name
		}
		label := ""
		for _, a := range m.Adversaries {
			if a.Name == q.Scenario.Adversary && a.Label != a.Name {
				label = a.Label
			}
		}
		b.curves = append(b.curves, budgetCurve{name, label, q})
		for _, line := range [][]attackers.Point{q.Likelihood.Points, q.Likelihood.Bound} {
			for _, p := range line {
				costs, chances = append(costs, p.Cost), append(chances, p.Value)
			}
		}
		if q.Budget != nil {
			costs = append(costs, *q.Budget)
			b.own = true
		}
		b.inexact = b.inexact || !q.Likelihood.Exact
	}
	if len(b.curves) == 0 {
		return nil, ErrNoCurves
	}
	p := &Picture{
		title:  "What a budget buys an attacker",
		about:  about(r.Goal, r.Label, m.Title),
		height: height,
		frame: frame{
			x: logAxis(moneyTitle("cost of the attack", m.Currency), money, costs),
			y: axisFor("chance that the best attack within the budget succeeds", share, chances),
		},
		notes: []string{"Steps are picked in advance, and all of them attempted."},
	}
	p.frame.x.max = max(p.frame.x.max, 1.2*greatest(costs))
	p.frame.layers = []layer{b.draw}
	p.frame.side, p.frame.right = b.labels, 120
	if b.own {
		p.key = append(p.key, entry{sign: b.ownSign, words: "the attacker's own budget"})
	}
	if b.inexact {
		p.key = append(p.key, entry{sign: patch(shade), words: "not exact: the truth lies in the shaded area"})
	}
	return p, nil
}

func greatest(numbers []float64) float64 {
	out := 0.0
	for _, x := range numbers {
		if finite(x) {
			out = max(out, x)
		}
	}
	return out
}

type budgets struct {
	*attackers.Report
	curves  []budgetCurve
	own     bool // some attacker has a budget
	inexact bool
}

type budgetCurve struct {
	name, label string
	*attackers.Profile
}

var ownMark = draw.GlyphStyle{Color: ink, Radius: 5.5, Shape: ring{1.4}}

func (b *budgets) ownSign(c *draw.Canvas, from, to, y vg.Length) {
	c.DrawGlyphNoClip(ownMark, vg.Point{X: (from + to) / 2, Y: y})
}

func (b *budgets) draw(c *draw.Canvas, x, y func(float64) vg.Length) {
	line := func(points []attackers.Point) []vg.Point {
		return stairs(len(points), func(i int) (vg.Length, vg.Length) {
			return max(x(points[i].Cost), c.Min.X), y(points[i].Value)
		}, c.Max.X)
	}
	for _, q := range b.curves {
		if !q.Likelihood.Exact {
			area(c, shade, line(q.Likelihood.Points), line(q.Likelihood.Bound))
		}
	}
	for i, q := range b.curves {
		pen := penOf(i)
		steps := line(q.Likelihood.Points)
		if !q.Likelihood.Exact {
			thin := pen.LineStyle
			thin.Width = 0.6
			c.StrokeLines(thin, line(q.Likelihood.Bound))
		}
		pen.path(c, steps)
		pen.marks(c, steps, vg.Length(i)/vg.Length(len(b.curves)))
	}
	for i, q := range b.curves {
		if q.Budget == nil {
			continue
		}
		own := ownMark
		own.Color = penOf(i).Color
		c.DrawGlyphNoClip(own, vg.Point{X: max(x(*q.Budget), c.Min.X), Y: y(q.Likelihood.At(*q.Budget).Value)})
	}
}

// labels stand at the right ends of the curves.
func (b *budgets) labels(_ *draw.Canvas, _, y func(float64) vg.Length) []entry {
	var out []entry
	for i, q := range b.curves {
		end := q.Likelihood.At(math.MaxFloat64)
		l := entry{sign: penOf(i).sample, words: q.name, y: y(end.Value)}
		if q.label != "" && len(b.curves) <= 5 {
			l.more = append(l.more, tidy(q.label))
		}
		if q.Budget != nil {
			at := q.Likelihood.At(*q.Budget)
			chance := words.Percent(at.Value)
			if !at.Exact {
				chance += " to " + words.Percent(at.High)
			}
			l.more = append(l.more, chance+" for "+words.Amount(*q.Budget))
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(b.y, a.y) })
	return out
}
