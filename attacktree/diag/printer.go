package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree/internal/screen"
)

// A Printer shows problems to a person. Its zero value prints without colour,
// for lines of 100 columns.
type Printer struct {
	Width int  // columns of a line of source that are shown, with its number; 0: 100
	Color bool // with the escape sequences of ANSI terminals
	Limit int  // problems that are printed; 0: 20, below 0: all
}

const (
	defaultWidth = 100
	defaultLimit = 20
	tabWidth     = 4
)

// Print writes the problems in the order of the list, and how many more there
// are past the limit. The text of a problem is
//
//	weights.atree:31:9: error: no node is called "backupp" [undefined-name]
//	   31 |     use backupp
//	      |         ^^^^^^^
//	   hint: did you mean "backup"?
//	   note: weights.atree:34:5: backup is declared here
func (p *Printer) Print(w io.Writer, list List) error {
	limit := p.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	if limit < 0 || limit > len(list) {
		limit = len(list)
	}
	var b strings.Builder
	for _, problem := range list[:limit] {
		p.problem(&b, problem)
	}
	if more := len(list) - limit; more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary counts the problems of a list, as in "3 errors, 1 warning".
func Summary(list List) string {
	errors, warnings := len(list.Errors()), len(list.Warnings())
	switch {
	case warnings == 0 && errors == 0:
		return "no problems"
	case warnings == 0:
		return count(errors, "error")
	case errors == 0:
		return count(warnings, "warning")
	}
	return count(errors, "error") + ", " + count(warnings, "warning")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (p *Printer) problem(b *strings.Builder, problem *Problem) {
	hue := red
	if problem.Severity == Warning {
		hue = yellow
	}
	if at := problem.Span.String(); at != "" {
		b.WriteString(p.paint(bold, printable(at)+":") + " ")
	}
	fmt.Fprintf(b, "%s %s [%s]\n", p.paint(hue, problem.Severity.String()+":"), printable(problem.Message), problem.Code)
	p.excerpt(b, problem.Span, hue)
	if problem.Hint != "" {
		fmt.Fprintf(b, "   %s %s\n", p.paint(cyan, "hint:"), printable(problem.Hint))
	}
	for _, r := range problem.Related {
		at := r.Span.String()
		if at != "" {
			at += ": "
		}
		fmt.Fprintf(b, "   %s %s\n", p.paint(cyan, "note:"), printable(at+r.Message))
	}
}

// excerpt writes the line in which a span begins, with carets below the span
// or below the first line of it.
func (p *Printer) excerpt(b *strings.Builder, at Span, hue string) {
	if at.IsZero() {
		return
	}
	start := at.Start()
	line := at.src.Line(start.Line)
	from := max(0, min(start.Offset-at.src.lineStart(start.Line), len(line))) // a byte order mark is no column
	to := min(from+int(at.end-at.start), len(line))

	margin := fmt.Sprintf("%5d | ", start.Line)
	width := p.Width
	if width == 0 {
		width = defaultWidth
	}
	before, marked, after := window(line, from, to, max(width-len(margin), 20))
	b.WriteString(strings.TrimRight(margin+before+marked+after, " ") + "\n")
	carets := strings.Repeat("^", max(1, screen.Width(marked)))
	b.WriteString(strings.Repeat(" ", len(margin)-2) + "| " + strings.Repeat(" ", screen.Width(before)) + p.paint(hue, carets) + "\n")
}

// window shows a line in three parts: before from, up to to, and after it. If
// they need more columns than width, it shows what is around from.
func window(line string, from, to, width int) (before, marked, after string) {
	if len(line) <= 4*width {
		before = expand(line[:from], 0)
		marked = expand(line[from:to], screen.Width(before))
		after = expand(line[to:], screen.Width(before)+screen.Width(marked))
		if screen.Width(before)+screen.Width(marked)+screen.Width(after) <= width {
			return before, marked, after
		}
	}
	const ellipsis = "…"
	before, marked, after = line[:from], line[from:to], line[to:]
	if head := last(before, width/3); head != before {
		before = ellipsis + expand(head, 0)
	} else {
		before = expand(head, 0)
	}
	room := width - screen.Width(before) - 1
	if stretch := first(marked, room); stretch != marked {
		return before, expand(stretch, screen.Width(before)) + ellipsis, ""
	}
	marked = expand(marked, screen.Width(before))
	room -= screen.Width(marked)
	if tail := first(after, room); tail != after {
		after = tail + ellipsis
	}
	return before, marked, expand(after, screen.Width(before)+screen.Width(marked))
}

// first returns the longest prefix of s of at most n columns.
func first(s string, n int) string {
	for i, r := range s {
		if n -= columns(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// last returns the longest suffix of s of at most n columns.
func last(s string, n int) string {
	i := len(s)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n -= columns(r); n < 0 {
			break
		}
		i -= size
	}
	return s[i:]
}

// expand makes a stretch that begins at a column printable: tabs become
// blanks, and what a terminal would obey or cannot show becomes U+FFFD.
func expand(s string, column int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			n := tabWidth - column%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		case screen.Obeyed(r):
			r = utf8.RuneError
		}
		b.WriteRune(r)
		column += screen.RuneWidth(r)
	}
	return b.String()
}

// printable replaces what a terminal would obey in one line of text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if screen.Obeyed(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// columns returns the width of a raw stretch of source on a terminal: that of a
// tab is the most it can take.
func columns(r rune) int {
	if r == '\t' {
		return tabWidth
	}
	return screen.RuneWidth(r)
}

// ANSI styles.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	cyan   = "36"
)

func (p *Printer) paint(style, s string) string {
	if !p.Color {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}
