// Package diag describes problems found in attack trees: a stable code, a
// place, one line of message, and where possible a hint and related places.
//
// A [Problem] is data. A [List] collects problems, [List.Sort] puts them into
// reading order, and a [Printer], which is given the sources, shows them to a
// person. [Explain] tells at length what a code means.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a problem stops the analysis.
type Severity uint8

const (
	Error   Severity = iota // the model cannot be analysed
	Warning                 // the model means something, though perhaps not what was intended
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// A Code names a kind of problem. Codes are stable: scripts may rely on them.
type Code string

// A Related place helps to understand a problem, such as the first of two
// declarations of one name.
type Related struct {
	Message string
	Span    Span
}

// A Problem is one finding.
type Problem struct {
	Severity Severity
	Code     Code
	Span     Span
	Message  string // one line, lower case, no full stop
	Hint     string // what to type or to look at; may be empty
	Related  []Related
}

// maxText bounds the texts of a problem, in bytes. Names and numbers of a file
// have no bound, and messages quote them.
const maxText = 500

// Shorten cuts the middle out of a message and a hint that are longer than
// anybody reads.
func (p *Problem) Shorten() {
	p.Message, p.Hint = shortened(p.Message), shortened(p.Hint)
}

func shortened(s string) string {
	if len(s) <= maxText {
		return s
	}
	const half = maxText / 2
	return strings.ToValidUTF8(s[:half], "") + "…" + strings.ToValidUTF8(s[len(s)-half:], "")
}

// Error returns the problem on one line: place, severity, message and code.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s: %s [%s]", p.Severity, p.Message, p.Code)
	if at := p.Span.String(); at != "" {
		s = at + ": " + s
	}
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// A List is a collection of problems. It is an error, so that
// errors.As(err, &list) gives back the problems of a failed load.
type List []*Problem

// Error returns the first error of the list and how many more there are.
func (l List) Error() string {
	errs := l.Errors()
	switch len(errs) {
	case 0:
		return "no errors"
	case 1:
		return errs[0].Error()
	}
	return fmt.Sprintf("%v (and %d more)", errs[0], len(errs)-1)
}

// Err returns the list as an error if it holds an error, and nil otherwise:
// warnings alone are no error.
func (l List) Err() error {
	if len(l.Errors()) == 0 {
		return nil
	}
	return l
}

// Errors returns the problems of severity [Error].
func (l List) Errors() List { return l.of(Error) }

// Warnings returns the problems of severity [Warning].
func (l List) Warnings() List { return l.of(Warning) }

func (l List) of(s Severity) List {
	var out List
	for _, p := range l {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Sort puts the list into reading order: by file, place, severity, code and
// message. Files come in the order in which they first appear.
func (l List) Sort() {
	rank := map[string]int{}
	for _, p := range l {
		if _, ok := rank[p.Span.File()]; !ok {
			rank[p.Span.File()] = len(rank)
		}
	}
	slices.SortStableFunc(l, func(a, b *Problem) int {
		return cmp.Or(
			cmp.Compare(rank[a.Span.File()], rank[b.Span.File()]),
			cmp.Compare(a.Span.start, b.Span.start),
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message))
	})
}
