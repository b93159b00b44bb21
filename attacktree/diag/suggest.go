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
	w := fold(word)
	for _, c := range candidates {
		limit := max(1, max(len(word), len(c))/3)
		if c == word || max(len(word)-len(c), len(c)-len(word)) > limit || len(word) > 200 {
			continue
		}
		f := fold(c)
		if d := distance(w, f); d <= limit && d < max(len(w), len(f)) && (d < least || d == least && c < best) {
			best, least = c, d
		}
	}
	return best
}

func fold(s string) []rune {
	out := []rune(s)
	for i, r := range out {
		if r >= 'A' && r <= 'Z' {
			out[i] = r + 'a' - 'A'
		}
	}
	return out
}

// distance is the optimal string alignment distance (Damerau 1964, Levenshtein
// 1966): no stretch is edited twice. Three rows of the table are kept.
func distance(a, b []rune) int {
	older, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
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
