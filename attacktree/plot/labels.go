package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// labels are set near points, one after another, where they cover nothing. One
// for which there is no room is left out.
type labels struct {
	canvas *draw.Canvas
	taken  []vg.Rectangle
	set    []vg.Rectangle // of these, the labels
}

// avoid keeps labels away from what is drawn around a point.
func (t *labels) avoid(x, y, radius vg.Length) {
	t.taken = append(t.taken, vg.Rectangle{Min: vg.Point{X: x - radius, Y: y - radius}, Max: vg.Point{X: x + radius, Y: y + radius}})
}

// avoidLine keeps labels away from a line whose parts run along the axes.
func (t *labels) avoidLine(points []vg.Point) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		t.taken = append(t.taken, vg.Rectangle{
			Min: vg.Point{X: min(a.X, b.X) - 1, Y: min(a.Y, b.Y) - 1},
			Max: vg.Point{X: max(a.X, b.X) + 1, Y: max(a.Y, b.Y) + 1},
		})
	}
}

// put writes a label as near to a point as it may stand, with a thin line to it
// where that is not near, and reports whether there was room.
func (t *labels) put(sty draw.TextStyle, x, y, away vg.Length, s string) bool {
	w, h := sty.Width(s), sty.Font.Size
	far := 0.7 * away
	for _, corner := range []vg.Point{ // lower left
		{X: x + far, Y: y + far}, {X: x + away, Y: y - h/2}, {X: x + far, Y: y - far - h},
		{X: x - far - w, Y: y - far - h}, {X: x - w/2, Y: y - away - h}, {X: x - far - w, Y: y + far}, {X: x - w/2, Y: y + away},
		{X: x + far, Y: y + far + h}, {X: x - w/2, Y: y - away - 2*h}, {X: x - far - w, Y: y - far - 2*h}, {X: x - w/3, Y: y + away},
		{X: x - w/2, Y: y - away - 3*h}, {X: x - far - w, Y: y - far - 3*h}, {X: x - w/2, Y: y + away + h},
	} {
		box := vg.Rectangle{Min: corner, Max: corner.Add(vg.Point{X: w, Y: h})}
		from := vg.Point{X: x, Y: y}
		way := vg.Point{X: min(max(x, box.Min.X), box.Max.X), Y: min(max(y, box.Min.Y), box.Max.Y)}.Sub(from)
		far := way.Dot(way) > 2*away*away
		if !t.free(box) || far && t.crosses(from, way) {
			continue
		}
		if far {
			t.canvas.StrokeLine2(draw.LineStyle{Color: softer, Width: 0.4}, x, y, x+way.X, y+way.Y)
		}
		write(t.canvas, aligned(sty, draw.XLeft, draw.YBottom), corner.X, corner.Y, s)
		t.taken, t.set = append(t.taken, box), append(t.set, box)
		return true
	}
	return false
}

// crosses reports whether a line would run through a label.
func (t *labels) crosses(from, way vg.Point) bool {
	const pieces = 16
	for i := range pieces {
		at := from.Add(way.Scale((vg.Length(i) + 0.5) / pieces))
		for _, box := range t.set {
			if at.X > box.Min.X && at.X < box.Max.X && at.Y > box.Min.Y && at.Y < box.Max.Y {
				return true
			}
		}
	}
	return false
}

// free reports whether nothing is drawn in a box within the frame.
func (t *labels) free(box vg.Rectangle) bool {
	c := t.canvas
	if box.Min.X < c.Min.X+2 || box.Max.X > c.Max.X+8 || box.Min.Y < c.Min.Y+2 || box.Max.Y > c.Max.Y+2 {
		return false
	}
	for _, other := range t.taken {
		if box.Min.X < other.Max.X && other.Min.X < box.Max.X && box.Min.Y < other.Max.Y && other.Min.Y < box.Max.Y {
			return false
		}
	}
	return true
}
