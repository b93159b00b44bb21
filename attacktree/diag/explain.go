package diag

import (
	"slices"
	"strings"
)

// A Doc explains a code: what the problem is, a small file that has it, and
// the file put right. Where it takes further files, each stands behind a line
// "-- name --".
type Doc struct {
	Code     Code
	Severity Severity
	Title    string // one line, lower case, no full stop
	Text     string // one or more paragraphs
	Bad      string // a file with this problem
	Good     string // the file without it
}

// Explain returns the explanation of a code.
func Explain(code Code) (Doc, bool) {
	for _, d := range Docs() {
		if d.Code == code {
			return d, true
		}
	}
	return Doc{}, false
}

// Docs returns the explanations of all codes, sorted by code.
func Docs() []Doc {
	docs := slices.Concat(syntaxDocs, modelDocs, interchangeDocs)
	slices.SortFunc(docs, func(a, b Doc) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return docs
}
