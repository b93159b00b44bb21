package plot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree/internal/words"
)

// An axis runs from min to max, evenly or by powers of ten. One by powers of ten
// may have room for 0 at its low end, behind a break.
type axis struct {
	title    string
	min, max float64
	log      bool
	zero     bool
	unit     unit
	ticks    []plot.Tick // instead of those that it would choose
}

const (
	ratio    = 60   // of the greatest to the least number, from which on powers of ten are used
	zeroRoom = 0.06 // share of the axis on the way from 0 to the least number
)

// axisFor returns an axis on which all numbers have a place, those below 0 and
// those that are not finite aside.
func axisFor(title string, unit unit, numbers []float64) axis {
	a := axis{title: title, unit: unit}
	least, greatest := math.Inf(1), 0.0
	for _, x := range numbers {
		switch {
		case !finite(x):
		case x <= 0:
			a.zero = true
		default:
			least, greatest = min(least, x), max(greatest, x)
		}
	}
	if greatest/least > ratio {
		a.logarithmic(least, greatest)
		return a
	}
	a.zero = false
	a.max = 1
	if greatest > 0 {
		// Nothing is drawn on the edge, unless it is the end of all numbers.
		step, room := round(greatest/5, true), 1.03
		if unit == share && greatest > 0.9 {
			room = 1
		}
		a.max = math.Ceil(greatest*room/step-1e-9) * step
	}
	return a
}

// logAxis returns an axis by powers of ten over all numbers above 0.
func logAxis(title string, unit unit, numbers []float64) axis {
	least, greatest := math.Inf(1), 0.0
	for _, x := range numbers {
		if finite(x) && x > 0 {
			least, greatest = min(least, x), max(greatest, x)
		}
	}
	a := axis{title: title, unit: unit}
	if greatest == 0 {
		least, greatest = 1, 1
	}
	a.logarithmic(least, greatest)
	return a
}

func (a *axis) logarithmic(least, greatest float64) {
	a.log = true
	a.min, a.max = round(least, false), round(greatest, true)
	if a.min == a.max {
		a.min, a.max = round(a.min/1.5, false), round(a.max*1.5, true)
	}
	a.min, a.max = max(a.min, math.SmallestNonzeroFloat64), min(a.max, math.MaxFloat64)
}

// round returns the next number up, or else down, that is 1, 2 or 5 times a power
// of ten, or the number itself if it is one.
func round(x float64, up bool) float64 {
	const slack = 1e-9 // of a number that is one but for rounding
	power := math.Pow10(int(math.Floor(math.Log10(x))))
	if power == 0 {
		return math.SmallestNonzeroFloat64
	}
	steps := []float64{1, 2, 5, 10}
	if up {
		for _, s := range steps {
			if x <= s*power*(1+slack) {
				return s * power
			}
		}
		return 20 * power
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if x >= steps[i]*power*(1-slack) {
			return steps[i] * power
		}
	}
	return power / 2
}

// Normalize says where along the axis a number stands, from 0 to 1.
func (a axis) Normalize(_, _, x float64) float64 {
	if !a.log {
		return (x - a.min) / (a.max - a.min)
	}
	from := 0.0
	if a.zero {
		from = zeroRoom
	}
	if x <= 0 {
		return 0
	}
	part := (math.Log(x) - math.Log(a.min)) / (math.Log(a.max) - math.Log(a.min))
	return from + (1-from)*part
}

// Ticks names round numbers along the axis.
func (a axis) Ticks(_, _ float64) []plot.Tick {
	if a.ticks != nil {
		return a.ticks
	}
	var out []plot.Tick
	add := func(x, step float64, named bool) {
		if x < a.min*(1-1e-9) || x > a.max*(1+1e-9) {
			return
		}
		t := plot.Tick{Value: x}
		if named {
			t.Label = a.unit.at(x, step)
		}
		out = append(out, t)
	}
	decades := math.Log10(a.max) - math.Log10(a.min)
	switch {
	case !a.log || decades < 0.7:
		step := round((a.max-a.min)/float64(min(6, a.most(a.max))), true)
		for i := max(0, math.Ceil(a.min/step-1e-9)); i*step <= a.max*(1+1e-9); i++ {
			add(i*step, step, true)
		}
		return out
	case a.zero:
		out = append(out, plot.Tick{Value: 0, Label: a.unit.at(0, 0)})
	}
	first, last := int(math.Floor(math.Log10(a.min))), int(math.Ceil(math.Log10(a.max)))
	most := min(8, a.most(a.min), a.most(a.max))
	stride := int(math.Ceil(decades / float64(most)))
	between := decades*3 <= float64(most) // there is room to name 2 and 5
	for e := first; e <= last; e++ {
		power := math.Pow10(e)
		add(power, power, (e-first)%stride == 0)
		for s := 2.0; s < 10 && stride == 1; s++ {
			add(s*power, power, between && (s == 2 || s == 5))
		}
	}
	return out
}

// most returns how many ticks at least have room for their names, if those are as
// long as that of a number.
func (a axis) most(x float64) int {
	const length, apart = 290, 10 // of the shortest axis that names stand beside each other at
	name := a.unit.at(x, x)
	return max(1, int(length/(tickStyle.Width(name)+apart)))
}

// room returns the width of the longest name of a tick.
func (a axis) room() vg.Length {
	most := vg.Length(0)
	for _, t := range a.Ticks(0, 0) {
		most = max(most, tickStyle.Width(t.Label))
	}
	return most
}

// put makes an axis of gonum/plot look like this one.
func (a axis) put(to *plot.Axis, x draw.XAlignment, y draw.YAlignment) {
	to.Min, to.Max = a.min, a.max
	if a.log && a.zero {
		to.Min = 0
	}
	to.Scale = a
	to.Padding = 0
	to.LineStyle = draw.LineStyle{Color: ink, Width: 0.75}
	to.Tick.Marker = a
	to.Tick.LineStyle = draw.LineStyle{Color: ink, Width: 0.5}
	to.Tick.Length = 4
	to.Tick.Label = aligned(tickStyle, x, y)
}

// broken marks on the axis that it leaves out what lies between 0 and the least
// number.
func (a axis) broken(c *draw.Canvas, vertical bool) {
	if !a.log || !a.zero {
		return
	}
	gap := draw.LineStyle{Color: white, Width: 3}
	edge := draw.LineStyle{Color: ink, Width: 0.75}
	const half = 3
	if vertical {
		y := c.Y(zeroRoom / 2)
		c.StrokeLine2(gap, c.Min.X-half, y-1, c.Min.X+half, y+1)
		c.StrokeLine2(edge, c.Min.X-half, y-3, c.Min.X+half, y)
		c.StrokeLine2(edge, c.Min.X-half, y, c.Min.X+half, y+3)
		return
	}
	x := c.X(zeroRoom / 2)
	c.StrokeLine2(gap, x-1, c.Min.Y-half, x+1, c.Min.Y+half)
	c.StrokeLine2(edge, x-3, c.Min.Y-half, x, c.Min.Y+half)
	c.StrokeLine2(edge, x, c.Min.Y-half, x+3, c.Min.Y+half)
}

// moneyTitle names an axis of money.
func moneyTitle(what, currency string) string {
	if currency == "" {
		return what
	}
	return what + ", " + currency
}

// A unit is what the numbers of an axis are.
type unit uint8

const (
	money unit = iota
	share
)

// write writes a number with three digits.
func (u unit) write(x float64) string {
	if u == share {
		return words.Percent(x)
	}
	return words.Amount(x)
}

// at writes a multiple of a step with as many digits as tell it from the next one.
func (u unit) at(x, step float64) string {
	size, sign := 1.0, ""
	switch {
	case u == share:
		size, sign = 0.01, words.NBSP+"%"
	case x >= 1e9:
		size, sign = 1e9, words.NBSP+"B"
	case x >= 1e6:
		size, sign = 1e6, words.NBSP+"M"
	case x >= 1e3:
		size, sign = 1e3, words.NBSP+"k"
	}
	if x /= size; x != 0 && (x >= 1e12 || x < 1e-6) {
		digits := math.Ceil(math.Log10(x*size/step) - 1e-9)
		return strconv.FormatFloat(x, 'g', 1+min(max(0, int(digits)), 16), 64) + sign
	}
	s := strconv.FormatFloat(x, 'f', max(0, int(math.Ceil(math.Log10(size/step)-1e-9))), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s + sign
}
