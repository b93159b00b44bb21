package dsl

import (
	_ "embed"
	"strings"
)

// The manual is part of the package, so that what is printed, what is read and
// what the tests compare is one text.

//go:embed spec.md
var manual string

// Manual returns the manual of the language, in Markdown.
func Manual() string { return manual }

// EBNF returns the grammar of the language, which is a part of the manual.
func EBNF() string {
	_, rest, _ := strings.Cut(manual, "```ebnf\n")
	grammar, _, _ := strings.Cut(rest, "```")
	return grammar
}
