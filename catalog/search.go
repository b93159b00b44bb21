package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/atree-dev/atree/attacktree/diag"
)

// Search and lookup. A catalogue has hundreds of entries, not millions: each
// query goes through all of them.

// An index finds entries by what they are called and by what they refer to.
type index struct {
	slugs map[string][]Described // by slug and by KIND/SLUG
	refs  map[string][]Described // by identifier
	moves map[string]*Move       // by source and old identifier
	texts []indexed              // in the order of Entries
}

// An indexed entry has its texts taken apart into folded words.
type indexed struct {
	entry  Described
	names  []string // name, slug and other words, each whole
	fields [3][]string
}

// weights of a word by where it stands: in a name, among the other words, in the
// text.
var weights = [3]float64{6, 5, 2}

const (
	wholeName = 100.0 // the query is a name of the entry
	inName    = 20.0  // the query stands in a name as it is
)

func (ix *index) build(c *Catalog) {
	*ix = index{slugs: map[string][]Described{}, refs: map[string][]Described{}, moves: map[string]*Move{}}
	for x := range c.Entries() {
		e := x.Common()
		ix.slugs[e.Slug] = append(ix.slugs[e.Slug], x)
		ix.slugs[e.ID()] = append(ix.slugs[e.ID()], x)
		for _, r := range x.(entryOf).references() {
			if list := ix.refs[r.ID]; len(list) == 0 || list[len(list)-1] != x {
				ix.refs[r.ID] = append(list, x)
			}
		}
		t := indexed{entry: x}
		t.fields[0] = folded(e.Name + " " + e.Slug)
		t.fields[1] = folded(strings.Join(e.Words, " "))
		t.fields[2] = folded(e.Text)
		for _, name := range append([]string{e.Name, e.Slug}, e.Words...) {
			t.names = append(t.names, strings.Join(folded(name), " "))
		}
		ix.texts = append(ix.texts, t)
	}
	for _, m := range c.moves {
		ix.moves[m.Source+" "+m.ID] = m
	}
}

func (ix *index) byID(kind Kind, slug string) Described {
	if found := ix.slugs[kind.String()+"/"+slug]; len(found) == 1 {
		return found[0]
	}
	return nil
}

// cited returns the entries that refer to an identifier, with its prefix or
// without, in any case, or to what it has become.
func (ix *index) cited(c *Catalog, word string) []Described {
	var ids []string
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, l := range c.lists {
		id := word
		if n := len(l.Prefix); len(word) > n && strings.EqualFold(word[:n], l.Prefix) {
			id = word[n:]
		}
		i := slices.IndexFunc(l.Items, func(x Item) bool { return strings.EqualFold(x.ID, id) })
		if i < 0 {
			continue
		}
		id = l.Items[i].ID
		add(id)
		for m := c.moved(l, id); m != nil; m = c.moved(l, m.To) {
			add(m.To)
		}
	}
	if ids == nil {
		add(word)
	}
	var found []Described
	for _, id := range ids {
		for _, x := range ix.refs[id] {
			if !slices.Contains(found, x) {
				found = append(found, x)
			}
		}
	}
	return found
}

// A Hit is an entry that a search has found.
type Hit struct {
	Entry Described
	Score float64 // higher is better; comparable within one search only
}

// Search returns the entries that best fit some words, best first: those that
// are called so, then those with more of the words in more telling places. Case,
// plurals and the spelling of -ise and -ize do not count. Identifiers of other
// lists find the entries that refer to them. What fits equally well comes in the
// order of [Catalog.Entries].
func (c *Catalog) Search(words string) []Hit {
	query := folded(words)
	whole := strings.Join(query, " ")
	query = telling(query)
	var hits []Hit
	cited := c.index.cited(c, strings.TrimSpace(words))
	for i := range c.index.texts {
		t := &c.index.texts[i]
		score := t.score(whole, query)
		if slices.Contains(cited, t.entry) {
			score += wholeName
		}
		if score > 0 {
			hits = append(hits, Hit{t.entry, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

// Respell returns words of a search with each that no entry has replaced by the one
// most like it, or "" where there is none to replace. Words come back in lower case.
func (c *Catalog) Respell(words string) string {
	query := folded(words)
	changed := false
	for i, word := range query {
		if len(word) < 4 || slices.Contains(small, word) {
			continue
		}
		var others []string
		known := false
		for _, t := range c.index.texts {
			for _, field := range t.fields {
				known = known || slices.ContainsFunc(field, func(w string) bool { return strings.HasPrefix(w, word) })
				others = append(others, field...)
			}
		}
		if near := diag.Nearest(word, others); !known && near != "" {
			query[i], changed = near, true
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(query, " ")
}

// score says how well a query fits: 0 where less than half of its words are
// found.
func (t *indexed) score(whole string, query []string) float64 {
	score := 0.0
	for _, name := range t.names {
		switch {
		case whole == "":
		case name == whole:
			score = max(score, wholeName)
		case strings.Contains(" "+name+" ", " "+whole+" "):
			score = max(score, inName)
		}
	}
	found := 0
	for _, word := range query {
		best := 0.0
		for i, field := range t.fields {
			for _, w := range field {
				switch {
				case w == word:
					best = max(best, weights[i])
				case len(word) >= 3 && strings.HasPrefix(w, word):
					best = max(best, weights[i]/2)
				}
			}
		}
		if best > 0 {
			found++
			score += best
		}
	}
	if score < wholeName && 2*found < len(query) || len(query) == 0 && score < wholeName {
		return 0
	}
	return score * float64(1+found) / float64(1+len(query))
}

// folded takes a text apart into words in lower case, without plural and with
// -ize for -ise.
func folded(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		switch {
		case len(w) > 4 && strings.HasSuffix(w, "ies"):
			w = w[:len(w)-3] + "y"
		case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
			w = w[:len(w)-1]
		}
		for _, end := range [][2]string{{"isation", "ization"}, {"ise", "ize"}, {"ised", "ized"}, {"our", "or"}, {"labelling", "labeling"}} {
			if stem, ok := strings.CutSuffix(w, end[0]); ok && len(stem) > 2 {
				w = stem + end[1]
				break
			}
		}
		words[i] = w
	}
	return words
}

// small words say nothing about what is looked for.
var small = strings.Fields("a an and as at by for from in into is it its may of on or that the their to with")

// telling leaves out small words, unless nothing else is there.
func telling(words []string) []string {
	left := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(small, w) })
	if len(left) == 0 {
		return words
	}
	return left
}
