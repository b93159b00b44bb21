package diag

import (
	"fmt"
)

// Suggest returns `did you mean "…"?` with the candidate nearest to a
// misspelt word, or "" if none is near.
func Suggest(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// Nearest returns the candidate at the least Damerau-Levenshtein distance from
// the word: insertions, deletions, replacements, and swaps of neighbours count
// one each, and a different case alone counts nothing. The distance may be a
// third of the longer word's length, at least 1. Of equally near ones the
// first in lexical order is taken; "" means that none is near enough. Time is
// the length of the word times that of all candidates of similar length.
func Nearest(word string, candidates []string) string {
	best, least := "", 1<<30
	w := fold(nil, word)
	var f []rune
	var t table
	for _, c := range candidates {
		limit := max(1, max(len(word), len(c))/3)
		if c == word || max(len(word)-len(c), len(c)-len(word)) > limit || len(word) > 200 {
			continue
		}
		f = fold(f[:0], c)
		if max(len(w)-len(f), len(f)-len(w)) > least {
			continue
		}
		if d := t.distance(w, f); d <= limit && d < max(len(w), len(f)) && (d < least || d == least && c < best) {
			best, least = c, d
		}
	}
	return best
}

// fold appends a word in lower case.
func fold(to []rune, word string) []rune {
	for _, r := range word {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		to = append(to, r)
	}
	return to
}

// A table holds the three rows that a distance needs, for one after the other.
type table struct{ older, last, row []int }

// distance is the optimal string alignment distance (Damerau 1964, Levenshtein
// 1966): no stretch is edited twice. What two words have in common at their
// beginnings and ends costs nothing.
func (t *table) distance(a, b []rune) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if cap(t.row) <= len(b) {
		t.older, t.last, t.row = make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	}
	older, last, row := t.older[:len(b)+1], t.last[:len(b)+1], t.row[:len(b)+1]
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		older, last, row = last, row, older
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
