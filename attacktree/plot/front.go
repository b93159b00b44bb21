package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/words"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// Front draws what sets of controls cost against what they leave: the Pareto
// front, with the choice marked, and beside it other sets, as those of today and
// as planned, which may be nil. Where the front is not exact, the proven bound is a
// second line. Bands, if it is not nil, has a scenario for each point of the front,
// in their order; it is drawn as the 5 % to 95 % of what is left.
func Front(o *mitigate.Optimization, sets []mitigate.Row, bands *uncertain.Simulation) (*Picture, error) {
	m := o.Tree.Model()
	if bands != nil && len(bands.Scenarios) != len(o.Front.Points) {
		return nil, fmt.Errorf("plot: expected bands of the %d points of the front, found %d", len(o.Front.Points), len(bands.Scenarios))
	}
	f := &front{Optimization: o}
	what, unit := moneyTitle("expected loss per attempt", m.Currency), money
	switch o.Front.Objective {
	case mitigate.Likelihood:
		what, unit = "chance that an attempt succeeds", share
	case mitigate.CheapestCost:
		what = moneyTitle("cost of the cheapest attack", m.Currency)
	}
	var costs, values []float64
	point := func(cost, value float64) {
		costs, values = append(costs, cost), append(values, value)
		f.unbounded = f.unbounded || math.IsInf(value, 1)
	}
	for k, q := range o.Front.Points {
		point(q.Cost, q.Value)
		if bands != nil {
			drawn := bands.Scenarios[k].Column(o.Front.Objective.String())
			if drawn == nil {
				return nil, fmt.Errorf("plot: expected bands of the %s, found none", o.Front.Objective)
			}
			spread := bands.Spread(drawn)
			f.low, f.high = append(f.low, spread.P5), append(f.high, spread.P95)
			values = append(values, spread.P5, spread.P95)
			f.unbounded = f.unbounded || math.IsInf(spread.P95, 1)
		}
	}
	if !o.Front.Exact {
		for _, q := range o.Front.Bound {
			costs, values = append(costs, q.Cost), append(values, q.Value)
		}
	}
	for _, row := range sets {
		if v, ok := f.valueOf(row); ok {
			f.add(row.Set, row.Cost, v)
			point(row.Cost, v)
		}
	}
	p := &Picture{
		title:  "What controls cost, and what they leave",
		about:  about(o.Goal, o.Label, m.Title),
		height: height,
		frames: []frame{{
			x: axisFor(moneyTitle("cost of the controls per "+words.Period(m.Period), m.Currency), money, costs),
			y: axisFor(what, unit, values), right: 10,
		}},
	}
	p.set(modelled(m, o.Params))
	frame := &p.frames[0]
	if f.unbounded {
		frame.y.title += "; at the top edge no attack is left"
	}
	p.key = append(p.key, entry{sign: f.sign, words: "the best that each budget buys"})
	if f.low != nil {
		p.key = append(p.key, entry{sign: patch(shade), words: "5 % to 95 % of the draws"})
		frame.layers = append(frame.layers, f.bands)
		p.notes = append(p.notes, fmt.Sprintf("Bands: %s draws of the uncertain numbers, seed %d, the same for all sets. The line is at their means.", words.Thousands(bands.Count), bands.Seed))
	}
	if !o.Front.Exact {
		p.key = append(p.key, entry{sign: f.boundSign, words: "proven: no set is better than this"})
		frame.layers = append(frame.layers, f.bound)
		p.notes = append(p.notes, "The search ended early: the truth lies between the two lines.")
	}
	if o.Chosen >= 0 {
		p.key = append(p.key, entry{sign: f.chosenSign, words: "the choice"})
	}
	if len(f.sets) > 0 {
		p.key = append(p.key, entry{sign: f.setSign, words: "other sets"})
	}
	if o.Target != nil || o.Budget != nil {
		p.key = append(p.key, entry{sign: wantedSign, words: "what was asked for"})
	}
	frame.layers = append(frame.layers, f.wanted, f.line)
	if len(o.Front.Points) == 0 {
		frame.layers = append(frame.layers, say("No set of controls meets the constraints."))
	}
	return p, nil
}

type front struct {
	*mitigate.Optimization
	low, high []float64 // of the bands
	sets      []placed
	unbounded bool // some set leaves no attack
}

// A placed set is one with its place in the picture.
type placed struct {
	name        string
	cost, value float64
}

// add places a set. Names of sets in one place are joined.
func (f *front) add(name string, cost, value float64) {
	for i, s := range f.sets {
		if s.cost == cost && s.value == value {
			f.sets[i].name += ", " + name
			return
		}
	}
	f.sets = append(f.sets, placed{name, cost, value})
}

// valueOf returns the figure that the front is about.
func (f *front) valueOf(r mitigate.Row) (float64, bool) {
	var x *attacktree.Figure
	switch f.Front.Objective {
	case mitigate.Likelihood:
		x = r.Likelihood
	case mitigate.CheapestCost:
		if x = r.CheapestCost; x == nil && !r.Reachable {
			return math.Inf(1), true
		}
	default:
		x = r.ExpectedImpact
	}
	if x == nil || !x.Exact {
		return 0, false
	}
	return x.Value, true
}

var (
	frontPen   = draw.LineStyle{Color: ink, Width: 1.5}
	frontMark  = draw.GlyphStyle{Color: ink, Radius: 2.6, Shape: draw.CircleGlyph{}}
	chosenRing = draw.GlyphStyle{Color: ink, Radius: 6, Shape: ring{1.4}}
	setMark    = draw.GlyphStyle{Color: pens[2].Color, Radius: 4.2, Shape: diamond{}}
	wantedLine = draw.LineStyle{Color: softer, Width: 1, Dashes: []vg.Length{6, 3}}
	boundLine  = draw.LineStyle{Color: softer, Width: 1, Dashes: []vg.Length{2, 2}}
)

func (f *front) sign(c *draw.Canvas, from, to, y vg.Length) {
	c.StrokeLine2(frontPen, from, y, to, y)
	c.DrawGlyphNoClip(frontMark, vg.Point{X: (from + to) / 2, Y: y})
}

func (f *front) chosenSign(c *draw.Canvas, from, to, y vg.Length) {
	at := vg.Point{X: (from + to) / 2, Y: y}
	c.DrawGlyphNoClip(frontMark, at)
	c.DrawGlyphNoClip(chosenRing, at)
}

func (f *front) setSign(c *draw.Canvas, from, to, y vg.Length) {
	c.DrawGlyphNoClip(setMark, vg.Point{X: (from + to) / 2, Y: y})
}

func (f *front) boundSign(c *draw.Canvas, from, to, y vg.Length) {
	c.StrokeLine2(boundLine, from, y, to, y)
}

func wantedSign(c *draw.Canvas, from, to, y vg.Length) { c.StrokeLine2(wantedLine, from, y, to, y) }

// wanted draws the target and the budget.
func (f *front) wanted(c *draw.Canvas, x, y func(float64) vg.Length) {
	if f.Target != nil {
		c.StrokeLine2(wantedLine, c.Min.X, y(*f.Target), c.Max.X, y(*f.Target))
	}
	if f.Budget != nil {
		c.StrokeLine2(wantedLine, x(*f.Budget), c.Min.Y, x(*f.Budget), c.Max.Y)
	}
}

// place returns where a set stands; one that leaves no attack is at the top edge,
// as is a bound that says nothing.
func place(c *draw.Canvas, x, y func(float64) vg.Length, cost, value float64) (vg.Length, vg.Length) {
	switch {
	case math.IsInf(value, 1):
		return x(cost), c.Max.Y
	case math.IsInf(value, -1):
		return x(cost), c.Min.Y
	}
	return x(cost), y(value)
}

func (f *front) stairs(c *draw.Canvas, x, y func(float64) vg.Length, value func(i int) float64) []vg.Point {
	return stairs(len(f.Front.Points), func(i int) (vg.Length, vg.Length) {
		return place(c, x, y, f.Front.Points[i].Cost, value(i))
	}, c.Max.X)
}

func (f *front) bands(c *draw.Canvas, x, y func(float64) vg.Length) {
	low := f.stairs(c, x, y, func(i int) float64 { return f.low[i] })
	high := f.stairs(c, x, y, func(i int) float64 { return f.high[i] })
	area(c, shade, low, high)
	edge := draw.LineStyle{Color: softer, Width: 0.4}
	c.StrokeLines(edge, low, high)
}

// bound draws what is proven.
func (f *front) bound(c *draw.Canvas, x, y func(float64) vg.Length) {
	c.StrokeLines(boundLine, f.proven(c, x, y))
}

func (f *front) proven(c *draw.Canvas, x, y func(float64) vg.Length) []vg.Point {
	return stairs(len(f.Front.Bound), func(i int) (vg.Length, vg.Length) {
		return place(c, x, y, f.Front.Bound[i].Cost, f.Front.Bound[i].Value)
	}, c.Max.X)
}

// line draws the front, the sets, and as many labels as there is room for.
func (f *front) line(c *draw.Canvas, x, y func(float64) vg.Length) {
	points := f.Front.Points
	stairs := f.stairs(c, x, y, func(i int) float64 { return points[i].Value })
	c.StrokeLines(frontPen, stairs)
	t := &labels{canvas: c}
	t.avoidLine(stairs)
	t.avoidLine(f.proven(c, x, y))
	if f.low != nil {
		for _, values := range [][]float64{f.low, f.high} {
			t.avoidLine(f.stairs(c, x, y, func(i int) float64 { return values[i] }))
		}
	}
	if f.Target != nil {
		t.avoidLine([]vg.Point{{X: c.Min.X, Y: y(*f.Target)}, {X: c.Max.X, Y: y(*f.Target)}})
	}
	if f.Budget != nil {
		t.avoidLine([]vg.Point{{X: x(*f.Budget), Y: c.Min.Y}, {X: x(*f.Budget), Y: c.Max.Y}})
	}
	for _, q := range points {
		px, py := place(c, x, y, q.Cost, q.Value)
		c.DrawGlyphNoClip(frontMark, vg.Point{X: px, Y: py})
		t.avoid(px, py, 3)
	}
	for _, s := range f.sets {
		px, py := place(c, x, y, s.cost, s.value)
		c.DrawGlyphNoClip(setMark, vg.Point{X: px, Y: py})
		t.avoid(px, py, 4.5)
	}
	if f.Chosen >= 0 {
		px, py := place(c, x, y, points[f.Chosen].Cost, points[f.Chosen].Value)
		c.DrawGlyphNoClip(chosenRing, vg.Point{X: px, Y: py})
		t.avoid(px, py, 6.5)
	}
	for _, s := range f.sets {
		px, py := place(c, x, y, s.cost, s.value)
		style := bold(noteStyle)
		t.put(style, px, py, 6, fit(style, tidy(s.name), 110))
	}
	before := 0 // a label tells the change since the last one
	for _, i := range f.steps() {
		px, py := place(c, x, y, points[i].Cost, points[i].Value)
		if t.put(noteStyle, px, py, 5, f.change(before, i)) {
			before = i
		}
	}
}

// steps lists the points that are worth a label: the ends of the front, the
// choice, and where much changes.
func (f *front) steps() []int {
	const much = 0.04 // of what changes on the way from end to end
	points := f.Front.Points
	last := len(points) - 1
	var out []int
	for i, q := range points {
		whole, step := 0.0, math.Inf(1)
		if i > 0 {
			whole, step = math.Abs(points[last].Value-points[0].Value), math.Abs(q.Value-points[i-1].Value)
		}
		if i == last || i == f.Chosen || step >= much*whole {
			out = append(out, i)
		}
	}
	return out
}

// change says what a point has that one before it has not, and what it lacks; how
// many controls that are, where there is no room for names.
func (f *front) change(from, to int) string {
	now := f.Front.Points[to].Controls
	if from == to {
		if len(now) == 0 {
			return "no controls"
		}
		return shortened(strings.Join(now, ", "), fmt.Sprintf("%d controls", len(now)))
	}
	before := f.Front.Points[from].Controls
	var names, counts []string
	only := func(sign string, these, those []string) {
		n := 0
		for _, c := range these {
			if !slices.Contains(those, c) {
				names = append(names, sign+" "+c)
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%s %d", sign, n))
		}
	}
	only("+", now, before)
	only("–", before, now)
	return shortened(strings.Join(names, " "), strings.Join(counts, " ")+" controls")
}

// shortened returns a text as long as there is room for it, else another one.
func shortened(s, other string) string {
	const most = 150
	if s = tidy(s); noteStyle.Width(s) > most {
		return other
	}
	return s
}

// A ring is a circle with a line of some width; a diamond stands on its tip.
type (
	ring    struct{ width vg.Length }
	diamond struct{}
)

func (r ring) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	c.SetLineStyle(draw.LineStyle{Color: sty.Color, Width: r.width})
	var p vg.Path
	p.Move(vg.Point{X: at.X + sty.Radius, Y: at.Y})
	p.Arc(at, sty.Radius, 0, 2*math.Pi)
	p.Close()
	c.Stroke(p)
}

func (diamond) DrawGlyph(c *draw.Canvas, sty draw.GlyphStyle, at vg.Point) {
	r := sty.Radius
	corners := []vg.Point{{X: at.X - r, Y: at.Y}, {X: at.X, Y: at.Y + r}, {X: at.X + r, Y: at.Y}, {X: at.X, Y: at.Y - r}}
	c.FillPolygon(white, corners)
	c.StrokeLines(draw.LineStyle{Color: sty.Color, Width: 1.4}, append(corners, corners[0], corners[1]))
}
