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
// that each budget buys and, where there are losses, below it the greatest expected
// loss, with the attacker's own budget marked. Where a curve is not exact, the area
// up to the proven bound is shaded.
func Budgets(r *attackers.Report) (*Picture, error) {
	m := r.Tree.Model()
	many := false
	for _, q := range r.Profiles {
		many = many || q.Scenario.Name != r.Profiles[0].Scenario.Name
	}
	chances, losses := &budgets{unit: share}, &budgets{unit: money}
	for _, q := range r.Profiles {
		if q.Likelihood == nil {
			continue
		}
		name, label := "anyone", ""
		for _, a := range m.Adversaries {
			if a.Name == q.Scenario.Adversary {
				name, label = a.Name, a.Label
			}
		}
		if many {
			name += ", " + q.Scenario.Name
		}
		chances.curves = append(chances.curves, budgetCurve{name, label, q.Likelihood, q.Budget})
		if q.ExpectedImpact != nil {
			losses.curves = append(losses.curves, budgetCurve{name, "", q.ExpectedImpact, q.Budget})
		}
	}
	if len(chances.curves) == 0 {
		return nil, ErrNoCurves
	}
	p := &Picture{
		title:  "What a budget buys an attacker",
		about:  about(r.Goal, r.Label, m.Title),
		height: height,
		notes:  []string{"Steps are picked in advance, and all of them attempted."},
	}
	p.set(modelled(m, r.Profiles[0].Scenario.Params))
	costs := append(chances.costs(), losses.costs()...)
	cost := logAxis(moneyTitle("cost of the attack", m.Currency), money, costs)
	cost.max = max(cost.max, 1.2*greatest(costs)) // so that the last step shows
	p.frames = append(p.frames, chances.frame(cost, "chance that the best attack within the budget succeeds"))
	if len(losses.curves) > 0 {
		p.frames[0].x.title = ""
		p.frames = append(p.frames, losses.frame(cost, moneyTitle("expected loss of the worst attack within the budget", m.Currency)))
		p.height += 0.7 * height
	}
	own, inexact := false, false
	for _, q := range append(chances.curves, losses.curves...) {
		own, inexact = own || q.budget != nil, inexact || !q.Exact
	}
	if own {
		p.key = append(p.key, entry{sign: ownSign, words: "the attacker's own budget"})
	}
	if inexact {
		p.key = append(p.key, entry{sign: patch(shade), words: "not exact: the truth lies in the shaded area"})
	}
	return p, nil
}

// budgets are the curves of one frame.
type budgets struct {
	unit   unit // of their values
	curves []budgetCurve
}

type budgetCurve struct {
	name, label string
	*attackers.Curve
	budget *float64 // the attacker's own
}

// costs are those at which a curve rises, and the attackers' budgets.
func (b *budgets) costs() []float64 {
	var out []float64
	for _, q := range b.curves {
		for _, line := range [][]attackers.Point{q.Points, q.Bound} {
			for _, p := range line {
				out = append(out, p.Cost)
			}
		}
		if q.budget != nil {
			out = append(out, *q.budget)
		}
	}
	return out
}

func (b *budgets) frame(cost axis, title string) frame {
	var values []float64
	for _, q := range b.curves {
		for _, line := range [][]attackers.Point{q.Points, q.Bound} {
			for _, p := range line {
				values = append(values, p.Value)
			}
		}
	}
	return frame{
		x: cost, y: axisFor(title, b.unit, values),
		layers: []layer{b.draw}, side: b.labels, right: 120,
	}
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

var ownMark = draw.GlyphStyle{Color: ink, Radius: 5.5, Shape: ring{1.4}}

func ownSign(c *draw.Canvas, from, to, y vg.Length) {
	c.DrawGlyphNoClip(ownMark, vg.Point{X: (from + to) / 2, Y: y})
}

func (b *budgets) draw(c *draw.Canvas, x, y func(float64) vg.Length) {
	line := func(points []attackers.Point) []vg.Point {
		return stairs(len(points), func(i int) (vg.Length, vg.Length) {
			return max(x(points[i].Cost), c.Min.X), y(points[i].Value)
		}, c.Max.X)
	}
	for _, q := range b.curves {
		if !q.Exact {
			area(c, shade, line(q.Points), line(q.Bound))
		}
	}
	for i, q := range b.curves {
		pen := penOf(i)
		steps := line(q.Points)
		if !q.Exact {
			thin := pen.LineStyle
			thin.Width = 0.6
			c.StrokeLines(thin, line(q.Bound))
		}
		pen.path(c, steps)
		pen.marks(c, steps, vg.Length(i)/vg.Length(len(b.curves)))
	}
	for i, q := range b.curves {
		if q.budget == nil {
			continue
		}
		own := ownMark
		own.Color = penOf(i).Color
		c.DrawGlyphNoClip(own, vg.Point{X: max(x(*q.budget), c.Min.X), Y: y(q.At(*q.budget).Value)})
	}
}

// labels stand at the right ends of the curves.
func (b *budgets) labels(_ *draw.Canvas, _, y func(float64) vg.Length) []entry {
	var out []entry
	for i, q := range b.curves {
		end := q.At(math.MaxFloat64)
		l := entry{sign: penOf(i).sample, words: q.name, y: y(end.Value)}
		if q.label != "" && len(b.curves) <= 5 {
			l.more = append(l.more, tidy(q.label))
		}
		if q.budget != nil {
			at := q.At(*q.budget)
			bought, price := b.unit.write(at.Value), "for "+words.Amount(*q.budget)
			if at.Exact {
				l.more = append(l.more, bought+" "+price)
			} else { // too long for a line
				l.more = append(l.more, bought+" to "+b.unit.write(at.High), price)
			}
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(b.y, a.y) })
	return out
}
