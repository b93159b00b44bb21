package render

import (
	"bytes"
	"slices"
	"strings"
)

// A table shows rows under named columns. As text it fits the width of the
// page: columns that may be shortened give way first, and where that does not
// help, the columns are dealt out to several tables, one below the other, each
// with the columns that tell the rows: the first one, or where marked only marks
// rows that matter, the first two.
type table struct {
	columns []column
	rows    []row
	marked  bool
}

type column struct {
	title string
	right bool // numbers
	fit   fit
}

// fit says what happens to a column that is too wide.
type fit uint8

const (
	whole   fit = iota // stays as it is
	cuts               // is cut, with "…"
	wraps              // goes on in the next line
	shrinks            // loses its middle, with "…", where the others can give no more
)

type row struct {
	cells []string
	tone  tone
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, row{cells, plain}) }

const (
	indent    = 2
	gap       = 2
	leastCell = 12 // columns that a shortened column keeps
)

func (t *table) text(p *printer) {
	natural := t.widths()
	room := p.width - indent
	least := slices.Clone(natural)
	t.shorten(least, room, upTo(0, len(least)))
	keys := 1
	if t.marked {
		keys = 2
	}
	for first := keys; ; {
		// Columns first to last-1 stand beside the keys.
		shown, used := upTo(0, keys), -gap
		for _, i := range shown {
			used += least[i] + gap
		}
		last := first
		for last < len(least) && (used+least[last]+gap <= room || last == first) {
			used += least[last] + gap
			last++
		}
		shown = append(shown, upTo(first, last)...)
		widths := slices.Clone(natural)
		t.shorten(widths, room, shown)
		t.block(p, widths, shown)
		if last >= len(least) {
			return
		}
		p.buf.WriteByte('\n')
		first = last
	}
}

// upTo lists the numbers from first to last-1.
func upTo(first, last int) []int {
	var out []int
	for i := first; i < last; i++ {
		out = append(out, i)
	}
	return out
}

// widths returns the natural width of each column.
func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = columns(c.title)
		for _, r := range t.rows {
			widths[i] = max(widths[i], columns(r.cells[i]))
		}
	}
	return widths
}

// shorten takes from the widest column that may give way, one by one, until those
// shown fit beside each other or none can give more. Columns that shrink hold
// names, by which things are found, and give way last.
func (t *table) shorten(widths []int, room int, shown []int) {
	total := -gap
	for _, i := range shown {
		total += widths[i] + gap
	}
	for ; total > room; total-- {
		widest := -1
		for _, i := range shown {
			c := t.columns[i]
			if c.fit == whole || widths[i] <= leastCell {
				continue
			}
			last := c.fit == shrinks
			if widest < 0 || !last && t.columns[widest].fit == shrinks ||
				last == (t.columns[widest].fit == shrinks) && widths[i] > widths[widest] {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// block writes some columns.
func (t *table) block(p *printer, widths, shown []int) {
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	if strings.Join(titles, "") != "" {
		t.line(p, row{titles, faint}, widths, shown)
	}
	for _, r := range t.rows {
		t.line(p, r, widths, shown)
	}
}

// line writes one row, in as many lines as its longest wrapped cell needs.
func (t *table) line(p *printer, r row, widths []int, shown []int) {
	cells := make([][]string, len(widths))
	height := 1
	for _, i := range shown {
		switch cell := printable(r.cells[i]); t.columns[i].fit {
		case wraps:
			cells[i] = wrap(cell, widths[i])
		case shrinks:
			cells[i] = []string{cutMiddle(cell, widths[i])}
		default:
			cells[i] = []string{cut(cell, widths[i])}
		}
		height = max(height, len(cells[i]))
	}
	for n := range height {
		var b strings.Builder
		for k, i := range shown {
			if k > 0 {
				b.WriteString(strings.Repeat(" ", gap))
			}
			cell := ""
			if n < len(cells[i]) {
				cell = cells[i][n]
			}
			pad := strings.Repeat(" ", max(0, widths[i]-columns(cell)))
			if t.columns[i].right {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		p.line(indent, b.String(), r.tone)
	}
}

func (t *table) markdown(buf *bytes.Buffer) {
	buf.WriteByte('|')
	for _, c := range t.columns {
		buf.WriteString(" " + escape(c.title) + " |")
	}
	buf.WriteString("\n|")
	for _, c := range t.columns {
		if c.right {
			buf.WriteString("---:|")
		} else {
			buf.WriteString("---|")
		}
	}
	buf.WriteByte('\n')
	for _, r := range t.rows {
		buf.WriteByte('|')
		for _, cell := range r.cells {
			buf.WriteString(" " + escape(printable(strings.TrimSpace(cell))) + " |")
		}
		buf.WriteByte('\n')
	}
}
