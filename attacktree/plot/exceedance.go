package plot

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/words"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// ErrNoYears says that a simulation has no losses of years: the goal has no
// losses, or nobody says how often it is attempted.
var ErrNoYears = errors.New("plot: expected a simulation with the loss of a year; the goal needs losses, and attempts of its own or of the adversary")

// Exceedance draws the loss exceedance curves of all scenarios of a whole
// simulation: with which chance a year loses as much or more. A tolerance, if
// there is one, is drawn as the area in which no curve may be.
func Exceedance(s *uncertain.Simulation, tolerance uncertain.RiskTolerance) (*Picture, error) {
	e := &exceedance{Simulation: s, tolerance: tolerance, least: 1}
	for k := range s.Scenarios {
		years := s.Scenarios[k].Column(uncertain.YearLoss)
		if len(years) == 0 {
			return nil, ErrNoYears
		}
		e.add(years.Distribution())
	}
	losses := []float64{}
	for _, c := range e.curves {
		if c.steps && len(c.points) > 0 {
			losses = append(losses, 0.9*c.points[0].Loss) // to see from where it falls
		}
		for _, p := range c.points {
			losses = append(losses, p.Loss)
			e.least = min(e.least, p.Chance)
		}
	}
	for _, l := range tolerance {
		losses = append(losses, l.Loss)
		e.least = min(e.least, l.Chance)
	}
	p := &Picture{
		title:  "What a year may lose",
		about:  about(s.Goal, s.Label, s.Model.Title),
		height: height,
		frames: []frame{{
			x:    logAxis(moneyTitle("loss in a year", s.Model.Currency), money, losses),
			y:    chanceAxis("chance that a year loses as much or more", e.least),
			side: e.labels, right: 128,
		}},
		notes: []string{e.method()},
	}
	p.set(simulated(s.Scenarios[0].Params, s.Model.Currency))
	frame := &p.frames[0]
	if len(tolerance) > 0 {
		var limits []string
		for _, l := range tolerance {
			limits = append(limits, words.Percent(l.Chance)+" above "+words.Amount(l.Loss))
		}
		p.key = []entry{{sign: limitSign, words: "tolerance: at most " + strings.Join(limits, ", ")}}
		frame.layers = append(frame.layers, e.forbidden)
		p.notes = append([]string{e.verdict()}, p.notes...)
	}
	frame.layers = append(frame.layers, e.lines)
	if len(losses) == 0 {
		frame.layers = append(frame.layers, say("In no draw does a year lose anything."))
	}
	return p, nil
}

// about says what a picture is of.
func about(goal, label, title string) []string {
	out := []string{tidy(both(goal, label))}
	if title != "" {
		out = append(out, tidy(title))
	}
	return out
}

// set notes which params were set, if any was.
func (p *Picture) set(params []string) {
	if s := words.WhatIf(params); s != "" {
		p.notes = append([]string{s}, p.notes...)
	}
}

// simulated returns the params that were set in a simulation.
func simulated(params []uncertain.Param, currency string) []string {
	var out []string
	for _, q := range params {
		out = append(out, words.Setting(q.Name, q.Value, q.Unit, currency))
	}
	return out
}

// modelled returns those of params that are set, in the order of the model.
func modelled(m *attacktree.Model, set map[string]float64) []string {
	var out []string
	for _, q := range m.Params {
		if x, ok := set[q.Name]; ok {
			out = append(out, words.Setting(q.Name, x, q.Unit.String(), m.Currency))
		}
	}
	return out
}

// say writes a sentence into a frame in which there is nothing to draw.
func say(sentence string) layer {
	return func(c *draw.Canvas, _, _ func(float64) vg.Length) {
		at := c.Center()
		write(c, aligned(axisStyle, draw.XCenter, middle), at.X, at.Y, sentence)
	}
}

// chanceAxis runs by powers of ten up to 100 %, with the chances named that
// people know.
func chanceAxis(title string, least float64) axis {
	a := logAxis(title, share, []float64{min(least, 0.05), 1})
	decades := -math.Log10(a.min)
	for e := 0; e <= int(math.Ceil(decades)); e++ {
		for _, s := range []float64{1, 0.5, 0.2} {
			if x := s / math.Pow10(e); x >= a.min*(1-1e-9) {
				t := plot.Tick{Value: x}
				if decades < 4 || s == 1 && (decades < 12 || e%4 == 0) {
					t.Label = words.Percent(x)
				}
				a.ticks = append(a.ticks, t)
			}
		}
	}
	return a
}

type exceedance struct {
	*uncertain.Simulation
	tolerance uncertain.RiskTolerance
	curves    []exceedanceCurve // one a scenario
	least     float64           // of all chances
}

// An exceedanceCurve has points in the order of their losses, which all are above
// 0; there is none where nothing is ever lost.
type exceedanceCurve struct {
	losses uncertain.Distribution
	points []uncertain.Point
	steps  bool // few losses are possible: chances fall in steps
}

// add makes the curve of the next scenario: of each of a fine grid of chances the loss,
// and the chance of as much or more. It begins at the least loss there is, with
// the chance of any.
func (e *exceedance) add(d uncertain.Distribution) {
	const (
		beyond    = 10 // draws beyond the end of a curve, which is no accident then
		perDecade = 60
		few       = 40 // losses
	)
	c := exceedanceCurve{losses: d}
	most := d.Above(0)
	least := min(beyond/float64(e.Count), most)
	last := 0.0
	for i := 0; ; i++ {
		chance := max(most*math.Pow(10, -float64(i)/perDecade), least)
		at := 1 - chance
		if i == 0 {
			at += 0.5 / float64(e.Count) // past the years without a loss, whatever is rounded
		}
		if loss := d.AtRisk(at); loss > last {
			c.points = append(c.points, uncertain.Point{Loss: loss, Chance: d.Above(math.Nextafter(loss, 0))})
			last = loss
		}
		if chance <= least {
			break
		}
	}
	c.steps = len(c.points) <= few
	e.curves = append(e.curves, c)
}

// lines draws the curves, each with some marks, which stand at other chances for
// each.
func (e *exceedance) lines(c *draw.Canvas, x, y func(float64) vg.Length) {
	for k, curve := range e.curves {
		if len(curve.points) == 0 {
			continue
		}
		pen := penOf(k)
		first := curve.points[0]
		line := []vg.Point{{X: c.Min.X, Y: y(first.Chance)}}
		for i, p := range curve.points {
			if i > 0 && curve.steps {
				line = append(line, vg.Point{X: x(curve.points[i-1].Loss), Y: y(p.Chance)})
			}
			line = append(line, vg.Point{X: x(p.Loss), Y: y(p.Chance)})
		}
		pen.path(c, line)
		pen.marks(c, line, vg.Length(k)/vg.Length(len(e.curves)))
	}
}

// marks sets some marks along a line, at equal distances from the place, between
// 0 and 1, where the first is.
func (p pen) marks(c *draw.Canvas, line []vg.Point, place vg.Length) {
	const apart = 70
	next := (0.3 + place) * apart
	for i := 1; i < len(line); i++ {
		d := line[i].Sub(line[i-1])
		length := vg.Length(math.Hypot(float64(d.X), float64(d.Y)))
		for ; next <= length; next += apart {
			c.DrawGlyph(p.mark, line[i-1].Add(d.Scale(next/length)))
		}
		next -= length
	}
}

// forbidden shades where no curve may be: a chance above that of a limit at its
// loss, and, since chances fall, at all that are greater.
func (e *exceedance) forbidden(c *draw.Canvas, x, y func(float64) vg.Length) {
	line := stairs(len(e.tolerance), func(i int) (vg.Length, vg.Length) {
		l := e.tolerance[i]
		return max(x(l.Loss), c.Min.X), y(l.Chance)
	}, c.Max.X)
	line = append([]vg.Point{{X: line[0].X, Y: c.Max.Y}}, line...)
	area(c, shade, line, []vg.Point{{X: c.Max.X, Y: c.Max.Y}})
	if words := "not tolerated"; noteStyle.Width(words)+12 < c.Max.X-line[0].X {
		write(c, aligned(noteStyle, draw.XRight, draw.YTop), c.Max.X-5, c.Max.Y-4, words)
	}
	c.StrokeLines(limitLine, line)
	for _, l := range e.tolerance {
		c.DrawGlyph(limitMark, vg.Point{X: max(x(l.Loss), c.Min.X), Y: y(l.Chance)})
	}
}

var (
	limitLine = draw.LineStyle{Color: softer, Width: 2.5}
	limitMark = draw.GlyphStyle{Color: softer, Radius: 4, Shape: draw.BoxGlyph{}}
)

func limitSign(c *draw.Canvas, from, to, y vg.Length) {
	patch(shade)(c, from, to, y)
	c.StrokeLine2(limitLine, from, y, to, y)
	c.DrawGlyphNoClip(limitMark, vg.Point{X: (from + to) / 2, Y: y})
}

// labels name the curves, from top to bottom in the order of the scenarios.
func (e *exceedance) labels(c *draw.Canvas, _, _ func(float64) vg.Length) []entry {
	var out []entry
	for k, curve := range e.curves {
		l := entry{sign: penOf(k).sample, words: e.Scenarios[k].Name, y: c.Max.Y}
		d, years := curve.losses, e.Scenarios[k].Column(uncertain.YearLoss)
		switch {
		case len(curve.points) == 0:
			l.more = []string{"loses nothing"}
		case len(e.curves) > 5 || e.Count < 200:
			l.more = []string{"mean " + words.Amount(years.Spread().Mean)}
		default:
			l.more = []string{"mean " + words.Amount(years.Spread().Mean), "1 year in 20: " + words.Amount(d.AtRisk(0.95))}
		}
		out = append(out, l)
	}
	return out
}

// verdict says which scenarios keep the tolerance.
func (e *exceedance) verdict() string {
	var exceeded, kept, open []string
	for k, curve := range e.curves {
		name := e.Scenarios[k].Name
		all, some := true, false
		for _, v := range curve.losses.Judge(e.tolerance) {
			all, some = all && v.Kept(), some || v.Exceeded()
		}
		switch {
		case some:
			exceeded = append(exceeded, name)
		case all:
			kept = append(kept, name)
		default:
			open = append(open, name)
		}
	}
	var parts []string
	for _, p := range []struct {
		what  string
		names []string
	}{{"exceeded in ", exceeded}, {"kept in ", kept}, {"too close to tell in ", open}} {
		if len(p.names) > 0 {
			parts = append(parts, p.what+strings.Join(p.names, ", "))
		}
	}
	return "Tolerance: " + strings.Join(parts, "; ") + "."
}

// method says where the curves come from.
func (e *exceedance) method() string {
	s := fmt.Sprintf("%s years drawn, seed %d. Each curve ends where ten of them lie beyond.", words.Thousands(e.Count), e.Seed)
	if sc := e.Scenarios[0]; sc.Adversary != "" {
		s += " Attacker: " + both(sc.Adversary, sc.Label) + "."
	}
	return s
}
