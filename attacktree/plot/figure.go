package plot

import (
	"fmt"
	"image/color"
	"math"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/image/font"

	"gonum.org/v1/plot"
	vgfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/atree-dev/atree/attacktree/internal/screen"
)

// How a picture is laid out, from top to bottom: title, subtitle, key; for each
// frame the name of the vertical axis, the frame with labels at its right side, the
// name of the horizontal axis; notes.

var (
	ink    = color.Gray{0x1a}
	softer = color.Gray{0x55}
	white  = color.White
	faint  = color.Gray{0xdd} // grid
	shade  = color.Gray{0xec} // areas
)

// letters returns a style of text. All pictures share one font.
func letters(size vg.Length, c color.Color) draw.TextStyle {
	return draw.TextStyle{
		Color:   c,
		Font:    vgfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: text.Plain{Fonts: vgfont.DefaultCache},
		XAlign:  draw.XLeft,
		YAlign:  draw.YTop,
	}
}

func bold(sty draw.TextStyle) draw.TextStyle {
	sty.Font.Weight = font.WeightBold
	return sty
}

func aligned(sty draw.TextStyle, x draw.XAlignment, y draw.YAlignment) draw.TextStyle {
	sty.XAlign, sty.YAlign = x, y
	return sty
}

var (
	titleStyle = bold(letters(13, ink))
	underStyle = letters(9, softer)
	axisStyle  = letters(9, ink)
	tickStyle  = letters(8.5, ink)
	labelStyle = letters(8.5, ink)
	noteStyle  = letters(7.5, softer)
)

// lineHeight is from one line of text to the next.
func lineHeight(sty draw.TextStyle) vg.Length { return 1.25 * sty.Font.Size }

// middle aligns text so that small letters and capitals look centred, in a tick
// label of gonum/plot and in what write writes.
const middle = draw.YAlignment(-0.6)

// write draws one line of text; its alignment is about the point.
func write(c *draw.Canvas, sty draw.TextStyle, x, y vg.Length, s string) {
	if sty.YAlign == middle {
		y += sty.FontExtents().Descent
	}
	c.FillText(sty, vg.Point{X: x, Y: y}, s)
}

// tidy makes a text of the model fit to be drawn: on one line, of characters that
// XML allows, and no longer than anybody reads.
func tidy(s string) string {
	const most = 300
	s = strings.Map(func(r rune) rune {
		if r == '\ufffe' || r == '\uffff' {
			return utf8.RuneError
		}
		return r
	}, screen.Printable(strings.ToValidUTF8(s, string(utf8.RuneError))))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// fit cuts the middle out of a text that is wider than it may be: the end of a
// name often is what tells it from others.
func fit(sty draw.TextStyle, s string, most vg.Length) string {
	if sty.Width(s) <= most {
		return s
	}
	r := []rune(s)
	cut := func(n int) string { // to n characters and the ellipsis
		head := (n + 1) / 2
		return strings.TrimRight(string(r[:head]), " ") + "…" + strings.TrimLeft(string(r[len(r)-(n-head):]), " ")
	}
	n := sort.Search(len(r), func(n int) bool { return sty.Width(cut(n)) > most })
	return cut(max(n-1, 0))
}

// wrap breaks a text at blanks into lines that are no wider than they may be, and
// cuts what does not fit into so many lines.
func wrap(sty draw.TextStyle, s string, most vg.Length, lines int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' }) { // not at no-break spaces
		switch {
		case line == "":
			line = word
		case len(out)+1 == lines || sty.Width(line+" "+word) <= most:
			line += " " + word
		default:
			out = append(out, fit(sty, line, most))
			line = word
		}
	}
	if line != "" {
		out = append(out, fit(sty, line, most))
	}
	return out
}

// An entry of a key, or a label at the side: a sign and what it stands for.
type entry struct {
	sign  func(c *draw.Canvas, from, to, y vg.Length) // nil: none
	words string
	more  []string  // smaller lines below
	y     vg.Length // where it would best stand, at the side
}

const (
	signWidth = 22
	gap       = 5
)

// A layer draws a part of what is in the frame.
type layer func(c *draw.Canvas, x, y func(float64) vg.Length)

// A frame is a pair of axes with what is drawn between them.
type frame struct {
	x, y   axis
	named  bool // the vertical axis has names instead of numbers
	layers []layer
	side   func(c *draw.Canvas, x, y func(float64) vg.Length) []entry // labels at the right
	right  vg.Length                                                  // room for them
}

func (p *Picture) draw(c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	const margin = 12
	c = draw.Crop(c, margin, -margin, margin, -margin)
	wide := c.Max.X - c.Min.X
	line := func(sty draw.TextStyle, words string) {
		write(&c, sty, c.Min.X, c.Max.Y, fit(sty, words, wide))
		c.Max.Y -= lineHeight(sty)
	}
	line(titleStyle, p.title)
	c.Max.Y--
	under := p.about
	if together := strings.Join(under, ", "); underStyle.Width(together) <= wide {
		under = []string{together}
	}
	for _, words := range under {
		line(underStyle, words)
	}
	c.Max.Y -= 4
	p.drawKey(&c)
	c.Max.Y -= 2

	var notes []string
	for _, n := range p.notes {
		notes = append(notes, wrap(noteStyle, tidy(n), wide, 3)...)
	}
	for i := len(notes) - 1; i >= 0; i-- {
		write(&c, aligned(noteStyle, draw.XLeft, draw.YBottom), c.Min.X, c.Min.Y, notes[i])
		c.Min.Y += lineHeight(noteStyle)
	}
	c.Min.Y += 5
	high := (c.Max.Y - c.Min.Y - vg.Length(len(p.frames)-1)*gap) / vg.Length(len(p.frames))
	names := vg.Length(0) // of the numbers at the vertical axes; the frames stand in line
	for _, f := range p.frames {
		names = max(names, f.y.room())
	}
	for i := range p.frames {
		top := c.Max.Y - vg.Length(i)*(high+gap)
		f := c
		f.Min.Y, f.Max.Y = top-high, top
		p.frames[i].draw(f, names-p.frames[i].y.room())
	}
}

// drawKey writes the key in rows, as many as it takes.
func (p *Picture) drawKey(c *draw.Canvas) {
	if len(p.key) == 0 {
		return
	}
	x := c.Min.X
	for _, e := range p.key {
		words := fit(labelStyle, tidy(e.words), c.Max.X-c.Min.X-signWidth-gap)
		w := signWidth + gap + labelStyle.Width(words)
		if x > c.Min.X && x+w > c.Max.X {
			x = c.Min.X
			c.Max.Y -= 1.2 * lineHeight(labelStyle)
		}
		e.sign(c, x, x+signWidth, c.Max.Y-lineHeight(labelStyle)/2)
		write(c, labelStyle, x+signWidth+gap, c.Max.Y, words)
		x += w + 14
	}
	c.Max.Y -= 1.2*lineHeight(labelStyle) + 2
}

// layerPlotter lets gonum/plot draw a layer.
type layerPlotter struct{ layer }

func (l layerPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	l.layer(&c, x, y)
}

// draw draws the frame into the canvas, so far from its left edge.
func (f *frame) draw(c draw.Canvas, left vg.Length) {
	if f.y.title != "" {
		write(&c, axisStyle, c.Min.X, c.Max.Y, fit(axisStyle, f.y.title, c.Max.X-c.Min.X))
		c.Max.Y -= lineHeight(axisStyle) + 5
	}
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = axisStyle.Handler
	f.x.put(&p.X, draw.XCenter, draw.YTop)
	f.y.put(&p.Y, draw.XRight, middle)
	if f.named {
		p.Y.Tick.LineStyle.Width = 0
		p.Y.Tick.Length = 0
		p.Y.LineStyle.Width = 0
	}
	grid := plotter.NewGrid()
	line := draw.LineStyle{Color: faint, Width: 0.5}
	grid.Vertical, grid.Horizontal = line, line
	if f.named {
		grid.Horizontal.Width = 0
	}
	p.Add(grid)
	for _, l := range f.layers {
		p.Add(layerPlotter{l})
	}
	// gonum/plot would make room for the name of a logarithmic axis in a wrong place.
	below := lineHeight(axisStyle) + 3
	if f.x.title == "" {
		below = 0
	}
	area := draw.Crop(c, left, -f.right, below, 0)
	p.Draw(area)

	data := p.DataCanvas(area)
	centred := aligned(axisStyle, draw.XCenter, draw.YBottom)
	write(&c, centred, data.Center().X, c.Min.Y, fit(centred, f.x.title, data.Max.X-c.Min.X))
	x, y := p.Transforms(&data)
	f.x.broken(&data, false)
	f.y.broken(&data, true)
	if f.side != nil {
		sides(&data, f.side(&data, x, y), c.Max.X)
	}
}

// sides writes labels beside the frame, each as near as can be to where it would
// best stand, none over another.
func sides(c *draw.Canvas, labels []entry, right vg.Length) {
	left := c.Max.X + 8
	room := c.Max.Y - c.Min.Y
	total := func(l entry) vg.Length {
		return lineHeight(labelStyle) + vg.Length(len(l.more))*lineHeight(noteStyle) + 4
	}
	for longest := 3; longest >= 0; longest-- { // what is said of each must fit in all
		sum := vg.Length(0)
		for i := range labels {
			labels[i].more = labels[i].more[:min(len(labels[i].more), longest)]
			sum += total(labels[i])
		}
		if sum <= room {
			break
		}
	}
	if most := int(room / total(entry{})); len(labels) > most {
		rest := len(labels) - most + 1
		labels = append(labels[:most-1:most-1], entry{words: fmt.Sprintf("and %d more", rest), y: c.Min.Y})
	}
	heights := make([]vg.Length, len(labels))
	tops := make([]vg.Length, len(labels))
	for i, l := range labels {
		heights[i] = total(l)
		tops[i] = l.y + lineHeight(labelStyle)/2
	}
	spread(tops, heights, c.Max.Y+6, c.Min.Y)
	for i, l := range labels {
		y := tops[i]
		from := left
		if l.sign != nil {
			l.sign(c, left, left+signWidth, y-lineHeight(labelStyle)/2)
			from += signWidth + gap
		}
		style := bold(labelStyle)
		write(c, style, from, y, fit(style, tidy(l.words), right-from))
		y -= lineHeight(labelStyle)
		for _, more := range l.more {
			write(c, noteStyle, from, y, fit(noteStyle, more, right-from))
			y -= lineHeight(noteStyle)
		}
	}
}

// spread moves the tops of labels, which stand in descending order, so far that
// none reaches into the next and all lie between two heights, where there is room
// for them.
func spread(tops, heights []vg.Length, top, bottom vg.Length) {
	limit := top
	for i := range tops {
		tops[i] = min(tops[i], limit)
		limit = tops[i] - heights[i]
	}
	limit = bottom
	for i := len(tops) - 1; i >= 0; i-- {
		tops[i] = max(tops[i], limit+heights[i])
		limit = tops[i]
	}
}

// A pen draws a line that differs from all others by its dashes and its mark.
type pen struct {
	draw.LineStyle
	mark draw.GlyphStyle
}

// pens are told apart without colour, too.
var pens = []pen{
	{style(0x00, 0x00, 0x00), mark(draw.CircleGlyph{})},
	{style(0x00, 0x72, 0xb2, 7, 2.5), mark(draw.BoxGlyph{})},
	{style(0xd5, 0x5e, 0x00, 1.6, 2), mark(draw.PyramidGlyph{})},
	{style(0x00, 0x8a, 0x66, 7, 2.5, 1.6, 2.5), mark(draw.RingGlyph{})},
	{style(0x8a, 0x3a, 0x8a, 3.5, 2), mark(draw.SquareGlyph{})},
	{style(0x8c, 0x64, 0x00, 12, 3), mark(draw.TriangleGlyph{})},
	{style(0x40, 0x40, 0x40, 7, 2, 1.6, 2, 1.6, 2), mark(draw.PlusGlyph{})},
	{style(0xb0, 0x10, 0x40, 12, 2, 3, 2), mark(draw.CrossGlyph{})},
}

func style(r, g, b uint8, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: color.RGBA{r, g, b, 0xff}, Width: 1.5, Dashes: dashes}
}

func mark(shape draw.GlyphDrawer) draw.GlyphStyle { return draw.GlyphStyle{Shape: shape, Radius: 3} }

// penOf returns the pen of a line. Beyond the eighth, marks go with other dashes;
// beyond the sixty-fourth, pens come again.
func penOf(i int) pen {
	p := pens[i%len(pens)]
	p.mark = pens[(i+i/len(pens))%len(pens)].mark
	p.mark.Color = p.Color
	return p
}

// sample draws a piece of the line with its mark.
func (p pen) sample(c *draw.Canvas, from, to, y vg.Length) {
	c.StrokeLine2(p.LineStyle, from, y, to, y)
	c.DrawGlyphNoClip(p.mark, vg.Point{X: (from + to) / 2, Y: y})
}

// path draws a line through points of the canvas, without what lies outside.
func (p pen) path(c *draw.Canvas, points []vg.Point) {
	c.StrokeLines(p.LineStyle, c.ClipLinesXY(points)...)
}

// stairs returns the corners of a staircase that holds each value from its place
// on, up to the place where it ends. Steps that nobody could see are left out.
func stairs(n int, at func(i int) (x, y vg.Length), end vg.Length) []vg.Point {
	const visible = 0.05
	var out []vg.Point
	for i := range n {
		x, y := at(i)
		if i > 0 {
			last := out[len(out)-1]
			if i < n-1 && max(x-last.X, last.X-x, y-last.Y, last.Y-y) < visible {
				continue
			}
			out = append(out, vg.Point{X: x, Y: last.Y})
		}
		out = append(out, vg.Point{X: x, Y: y})
	}
	if len(out) > 0 {
		out = append(out, vg.Point{X: end, Y: out[len(out)-1].Y})
	}
	return out
}

// area fills what lies between two lines that run in the same direction.
func area(c *draw.Canvas, fill color.Color, one, other []vg.Point) {
	corners := append([]vg.Point{}, one...)
	for i := len(other) - 1; i >= 0; i-- {
		corners = append(corners, other[i])
	}
	c.FillPolygon(fill, c.ClipPolygonXY(corners))
}

// patch is the sign of an area.
func patch(fill color.Color) func(c *draw.Canvas, from, to, y vg.Length) {
	return func(c *draw.Canvas, from, to, y vg.Length) {
		c.FillPolygon(fill, []vg.Point{{X: from, Y: y - 4}, {X: to, Y: y - 4}, {X: to, Y: y + 4}, {X: from, Y: y + 4}})
	}
}

// both returns a name with its label.
func both(name, label string) string {
	if label == "" || label == name {
		return name
	}
	return label + " (" + name + ")"
}

// finite reports whether a number can be drawn.
func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }
