package catalog

import (
	"encoding/json"
	"regexp"
	"strings"
)

// What Suggest and Scaffold need to write text of the language.

// quoted writes a string with JSON's escapes.
func quoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always has a form
	return strings.TrimSuffix(b.String(), "\n")
}

// plainWord is what need not be quoted among references.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*([-.:][A-Za-z0-9_]+)*$`)

// references writes a list of references.
func references(refs []string) string {
	out := make([]string, len(refs))
	for i, r := range refs {
		if out[i] = r; !plainWord.MatchString(r) {
			out[i] = quoted(r)
		}
	}
	return strings.Join(out, ", ")
}
