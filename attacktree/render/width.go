package render

import (
	"strings"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree/internal/screen"
)

// Texts are made to fit the columns of a terminal.

func columns(s string) int { return screen.Width(s) }

func runeColumns(r rune) int { return screen.RuneWidth(r) }

// cut shortens a text to at most n columns; what is left out shows as "…".
func cut(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	used := 1 // the ellipsis
	for i, r := range s {
		if used += runeColumns(r); used > n {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// cutMiddle shortens a name to at most n columns, and keeps its end, which often
// is what tells it from others.
func cutMiddle(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	head := cut(s, (n+1)/2)
	room := n - columns(head)
	tail := len(s)
	for tail > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:tail])
		if room -= runeColumns(r); room < 0 {
			break
		}
		tail -= size
	}
	return head + s[tail:]
}

// wrap breaks a text at blanks into lines of at most n columns; a word that is
// longer goes on after one of its hyphens, and is cut where it has none. No-break
// spaces hold a number and its unit together.
func wrap(s string, n int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
		for columns(word) > n {
			head := hyphened(word, n)
			if head == 0 {
				word = cut(word, n)
				break
			}
			if line != "" {
				lines = append(lines, line)
				line = ""
			}
			lines = append(lines, word[:head])
			word = word[head:]
		}
		w := columns(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w <= n:
			line, used = line+" "+word, used+1+w
		default:
			lines = append(lines, line)
			line, used = word, w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// hyphened returns the length of the longest beginning of a word of at most n
// columns that ends with a hyphen between other signs; 0 if there is none.
func hyphened(word string, n int) int {
	best, used := 0, 0
	for i, r := range word {
		if used += runeColumns(r); used > n {
			break
		}
		if r == '-' && i > 0 && i+1 < len(word) {
			best = i + 1
		}
	}
	return best
}

// printable makes a text of the model safe to show on one line.
func printable(s string) string { return screen.Printable(s) }
