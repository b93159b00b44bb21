package diag

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Source is a named text that spans point into. It is immutable.
type Source struct {
	Name  string
	Text  string
	lines []uint32 // byte offsets at which lines start
}

// NewSource indexes the lines of a text. Texts are limited to 4 GiB by the
// size of an offset; longer ones are cut there.
func NewSource(name, text string) *Source {
	if uint64(len(text)) > 1<<32-1 {
		text = text[:1<<32-1]
	}
	s := &Source{Name: name, Text: text, lines: []uint32{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			s.lines = append(s.lines, uint32(i+1))
		}
	}
	return s
}

// Span returns the stretch from byte offset start to end, exclusive.
func (s *Source) Span(start, end int) Span {
	return Span{s, uint32(start), uint32(end)}
}

// Line returns line n, counted from 1, without its end.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	text := s.Text[s.lineStart(n):]
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, "\r")
}

// lineStart returns the offset at which line n begins, behind a byte order
// mark, which is no column.
func (s *Source) lineStart(n int) int {
	if n == 1 && strings.HasPrefix(s.Text, "\ufeff") {
		return len("\ufeff")
	}
	return int(s.lines[n-1])
}

// pos finds line and column of an offset in O(log lines + length of the line).
func (s *Source) pos(offset uint32) Pos {
	line := sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset })
	start := min(s.lineStart(line), int(offset))
	return Pos{int(offset), line, utf8.RuneCountInString(s.Text[start:offset]) + 1}
}

// A Pos is a place in a source text. Line and Column count from 1, Column in
// code points; Offset counts bytes from 0. The zero Pos is no place.
type Pos struct {
	Offset, Line, Column int
}

// A Span is a stretch of a source text. It is small and comparable; lines and
// columns are worked out when asked for. The zero Span is no place at all, as
// of a node that was built in Go.
type Span struct {
	src        *Source
	start, end uint32 // byte offsets
}

// IsZero reports whether the span is no place at all.
func (s Span) IsZero() bool { return s.src == nil }

// Source returns the text that the span points into, nil for the zero Span.
func (s Span) Source() *Source { return s.src }

// File returns the name of the source, "" for the zero Span.
func (s Span) File() string {
	if s.src == nil {
		return ""
	}
	return s.src.Name
}

// Start returns where the span begins.
func (s Span) Start() Pos {
	if s.src == nil {
		return Pos{}
	}
	return s.src.pos(s.start)
}

// End returns the place right behind the span.
func (s Span) End() Pos {
	if s.src == nil {
		return Pos{}
	}
	return s.src.pos(s.end)
}

// Offsets returns the byte offsets of start and end.
func (s Span) Offsets() (start, end int) { return int(s.start), int(s.end) }

// Text returns the stretch itself.
func (s Span) Text() string {
	if s.src == nil {
		return ""
	}
	return s.src.Text[s.start:s.end]
}

// To returns the span from the start of s to the end of t, which lies in the
// same source and not before s.
func (s Span) To(t Span) Span {
	if s.src == nil || s.src != t.src {
		return s
	}
	return Span{s.src, s.start, max(s.end, t.end)}
}

// String returns file:line:column of the start, "" for the zero Span.
func (s Span) String() string {
	if s.src == nil {
		return ""
	}
	p := s.Start()
	return fmt.Sprintf("%s:%d:%d", s.src.Name, p.Line, p.Column)
}
