// Package plot draws the answers about an attack tree as pictures for a report:
// [Exceedance] what a year may lose, [Tornado] which uncertain numbers matter,
// [Front] what sets of controls cost and leave, [Budgets] what attackers can do
// with their money.
//
// Each returns a [Picture], which [Picture.Write] writes as SVG or PNG. A picture
// can be read without colour, since lines differ by dashes and marks as well, and
// its bytes depend on what is drawn and on nothing else. It computes nothing of
// its own: what it shows is what the other packages answer.
//
// The package is apart from render since the fonts and formats of gonum/plot add
// 8 MB to a program.
package plot

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Format is a kind of file that a picture is written as.
type Format uint8

const (
	SVG Format = iota // lines and text, sharp at any size
	PNG               // pixels, twice as many as a screen of old has
)

// FormatOf returns the format that the name of a file asks for by its extension,
// .svg or .png.
func FormatOf(path string) (Format, error) {
	switch ext := filepath.Ext(path); strings.ToLower(ext) {
	case ".svg":
		return SVG, nil
	case ".png":
		return PNG, nil
	case "":
		return 0, fmt.Errorf("plot: expected a file that ends in .svg or .png, found %q", path)
	default:
		return 0, fmt.Errorf("plot: expected a file that ends in .svg or .png, found %s", ext)
	}
}

// A Picture is drawn and can be written in any format.
type Picture struct {
	title  string
	about  []string // on one line if they fit, else one on each
	key    []entry  // what the signs mean, in a row above the frame
	frames []frame  // one below the other
	notes  []string // how the numbers were got, below
	height vg.Length
}

const (
	width  = 7 * vg.Inch
	height = 4.6 * vg.Inch
	dpi    = 192 // of PNG
)

// Title returns the words above the picture.
func (p *Picture) Title() string { return p.title }

// Write writes the picture as a whole.
func (p *Picture) Write(w io.Writer, format Format) error {
	if format == PNG {
		c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, p.height), vgimg.UseDPI(dpi))}
		p.draw(draw.New(c))
		_, err := c.WriteTo(w)
		return err
	}
	c := vgsvg.New(width, p.height)
	p.draw(draw.New(c))
	var svg bytes.Buffer
	if _, err := c.WriteTo(&svg); err != nil {
		return err
	}
	// Who has no Liberation Sans has a font of the same measures. Quotes of texts
	// are escaped, so that only the attributes match.
	out := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	// A reader who cannot see it hears what it is.
	out = bytes.Replace(out, []byte("xlink\">\n"), []byte("xlink\">\n<title>"+html.EscapeString(p.title+": "+strings.Join(p.about, ", "))+"</title>\n"), 1)
	_, err := w.Write(out)
	return err
}
