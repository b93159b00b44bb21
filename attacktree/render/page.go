package render

import (
	"bytes"
	"io"
	"strings"
)

// A page is what a report says to a person, before it is known whether a
// terminal or Markdown shows it: headings, paragraphs and tables in order.
type page struct {
	blocks []block
}

type block interface {
	text(*printer)
	markdown(*bytes.Buffer)
}

// A heading opens a report (level 1), a goal (2) or a section of it (3).
type heading struct {
	level int
	words string
}

// A paragraph is running text; each of its sentences or groups of them begins a
// new line of text. A strong one says what matters most, a faint one how things
// were got.
type paragraph struct {
	lines []string
	tone  tone
}

// Notes are short remarks, one below the other.
type notes []string

type tone uint8

const (
	plain tone = iota
	strong
	faint
)

func (p *page) heading(level int, words string) {
	p.blocks = append(p.blocks, heading{level, printable(words)})
}

func (p *page) say(t tone, lines ...string) {
	g := paragraph{tone: t}
	for _, line := range lines {
		if line != "" {
			g.lines = append(g.lines, printable(line))
		}
	}
	if len(g.lines) > 0 {
		p.blocks = append(p.blocks, g)
	}
}

func (p *page) note(words string) {
	if last := len(p.blocks) - 1; last >= 0 {
		if above, ok := p.blocks[last].(notes); ok {
			p.blocks[last] = append(above, printable(words))
			return
		}
	}
	p.blocks = append(p.blocks, notes{printable(words)})
}

func (p *page) table(t *table) {
	if len(t.rows) > 0 {
		p.blocks = append(p.blocks, t)
	}
}

// TextOptions say how text is laid out. The zero value, and nil, are 80 columns
// without colour.
type TextOptions struct {
	Width int  // columns; 0: 80
	Color bool // bold and faint by the escape sequences of terminals
}

func (p *page) writeText(w io.Writer, opt *TextOptions) error {
	out := &printer{width: 80}
	if opt != nil {
		out.color = opt.Color
		if opt.Width > 0 {
			out.width = max(opt.Width, 40)
		}
	}
	for i, b := range p.blocks {
		if i > 0 {
			_, under := p.blocks[i-1].(heading)
			if _, next := b.(heading); next || !under {
				out.buf.WriteByte('\n')
			}
		}
		b.text(out)
	}
	_, err := w.Write(bytes.ReplaceAll(out.buf.Bytes(), []byte(nbsp), []byte(" ")))
	return err
}

func (p *page) writeMarkdown(w io.Writer) error {
	var buf bytes.Buffer
	for i, b := range p.blocks {
		if i > 0 {
			buf.WriteByte('\n')
		}
		b.markdown(&buf)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// A printer collects lines of text.
type printer struct {
	buf   bytes.Buffer
	width int
	color bool
}

// line writes one line in a tone, without trailing blanks.
func (p *printer) line(indent int, s string, t tone) {
	s = strings.TrimRight(s, " "+nbsp)
	p.buf.WriteString(strings.Repeat(" ", indent))
	if p.color && t != plain {
		s = [...]string{strong: "\x1b[1m", faint: "\x1b[2m"}[t] + s + "\x1b[0m"
	}
	p.buf.WriteString(s)
	p.buf.WriteByte('\n')
}

func (h heading) text(p *printer) {
	for _, line := range wrap(h.words, p.width) {
		p.line(0, line, strong)
	}
}

func (h heading) markdown(buf *bytes.Buffer) {
	buf.WriteString(strings.Repeat("#", h.level) + " " + escape(h.words) + "\n")
}

func (g paragraph) text(p *printer) {
	for _, words := range g.lines {
		for _, line := range wrap(words, p.width-indent) {
			p.line(indent, line, g.tone)
		}
	}
}

func (g paragraph) markdown(buf *bytes.Buffer) {
	words := escape(strings.Join(g.lines, " "))
	if g.tone == strong {
		words = "**" + words + "**"
	}
	buf.WriteString(words + "\n")
}

func (n notes) text(p *printer) {
	for _, words := range n {
		for i, line := range wrap(words, p.width-2*indent) {
			p.line(indent*min(i+1, 2), line, plain)
		}
	}
}

func (n notes) markdown(buf *bytes.Buffer) {
	for _, words := range n {
		buf.WriteString("- " + escape(words) + "\n")
	}
}

// escape makes a text mean itself in Markdown, in running text and in tables.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>|#~", r):
			b.WriteByte('\\')
		case r == '&':
			b.WriteString("&amp;")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
