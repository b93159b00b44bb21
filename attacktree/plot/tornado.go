package plot

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree/internal/words"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// mostBars is how many numbers a tornado shows at most.
const mostBars = 15

var (
	lowFill  = color.Gray{0xc4}
	highFill = color.RGBA{0x2f, 0x4b, 0x6e, 0xff}
)

// Tornado draws how far a figure swings with each uncertain number, all others at
// their means, from the number's 10 % quantile to its 90 % quantile, the greatest
// swing on top. About says what is asked about; the figure may be any that
// [uncertain.Analyse] takes.
func Tornado(s *uncertain.Sensitivity, about Subject) *Picture {
	t := &tornado{Sensitivity: s}
	depends, what, numbers := "expected loss", moneyTitle("expected loss per attempt", about.Currency), []float64{s.Mean}
	if s.Figure == uncertain.Likelihood {
		depends, what, t.unit = "chance of success", "chance that an attempt succeeds", share
	}
	for i, e := range s.Effects {
		if i == mostBars || math.Abs(e.High-e.Low) < math.Abs(s.Effects[0].High-s.Effects[0].Low)/100 {
			break
		}
		t.bars = append(t.bars, e)
		numbers = append(numbers, e.Low, e.High)
	}
	p := &Picture{
		title:  "What the " + depends + " depends on",
		about:  about.words(),
		height: 125 + vg.Length(max(len(t.bars), 3))*18,
		key: []entry{
			{sign: patch(lowFill), words: "where the number is at its 10 %"},
			{sign: patch(highFill), words: "at its 90 %"},
			{sign: t.middleSign, words: "all numbers at their means: " + t.unit.write(s.Mean)},
		},
		notes: []string{"One number at a time is moved, all others stay at their means."},
	}
	if n := len(s.Effects) - len(t.bars); n > 0 && len(t.bars) > 0 {
		p.notes[0] = fmt.Sprintf("The %s numbers that matter most, of %s. ", words.Thousands(len(t.bars)), words.Thousands(len(s.Effects))) + p.notes[0]
	}
	p.frames = []frame{{
		x:     spanAxis(what, t.unit, numbers),
		y:     axis{min: -float64(max(len(t.bars), 1)) + 0.5, max: 0.5, ticks: []plot.Tick{}},
		named: true, right: 8, layers: []layer{t.draw},
	}}
	frame := &p.frames[0]
	const room = 150 // for a name
	for i, e := range t.bars {
		frame.y.ticks = append(frame.y.ticks, plot.Tick{Value: -float64(i), Label: fit(tickStyle, tidy(e.Number), room)})
	}
	if len(t.bars) == 0 {
		p.key, p.notes, frame.x.ticks = nil, nil, []plot.Tick{}
		frame.layers = []layer{say("No uncertain number bears on it.")}
	}
	p.set(simulated(about.Params, about.Currency))
	return p
}

// A Subject says what a picture is about, where the answer that is drawn does not.
type Subject struct {
	Goal, Label string
	Model       string // its title
	Currency    string
	Scenario    string
	Params      []uncertain.Param // that were set
}

func (s Subject) words() []string {
	out := about(s.Goal, s.Label, s.Model)
	if s.Scenario != "" {
		out = append(out, "scenario "+tidy(s.Scenario))
	}
	return out
}

type tornado struct {
	*uncertain.Sensitivity
	bars []uncertain.Effect
	unit unit
}

var middleLine = draw.LineStyle{Color: ink, Width: 1}

func (t *tornado) middleSign(c *draw.Canvas, from, to, y vg.Length) {
	c.StrokeLine2(middleLine, (from+to)/2, y-5, (from+to)/2, y+5)
}

// draw draws a bar from the low to the high end of each swing, in two shades that
// meet at the means, with the figures at its ends.
func (t *tornado) draw(c *draw.Canvas, x, y func(float64) vg.Length) {
	const half = 6
	centre := x(t.Mean)
	for i, e := range t.bars {
		at := y(-float64(i))
		for _, part := range []struct {
			to    float64
			other float64
			fill  color.Color
		}{{e.Low, e.High, lowFill}, {e.High, e.Low, highFill}} {
			end := x(part.to)
			c.FillPolygon(part.fill, []vg.Point{{X: centre, Y: at - half}, {X: end, Y: at - half}, {X: end, Y: at + half}, {X: centre, Y: at + half}})
		}
		low, high := min(e.Low, e.High), max(e.Low, e.High)
		right := aligned(noteStyle, draw.XRight, middle)
		left := aligned(noteStyle, draw.XLeft, middle)
		write(c, right, min(x(low), centre)-3, at, t.unit.write(low))
		write(c, left, max(x(high), centre)+3, at, t.unit.write(high))
	}
	c.StrokeLine2(middleLine, centre, c.Min.Y, centre, c.Max.Y)
}

// spanAxis runs evenly over numbers, with room at both ends for what is written
// there.
func spanAxis(title string, unit unit, numbers []float64) axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range numbers {
		low, high = min(low, v), max(high, v)
	}
	room := (high - low) * 0.16
	if room == 0 {
		room = max(math.Abs(high)*0.1, math.SmallestNonzeroFloat64*1e6)
	}
	return axis{title: title, unit: unit, min: low - room, max: high + room}
}
