package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
	"github.com/atree-dev/atree/stride"
)

// What STRIDE finds in a system, and what of it is covered.

// StrideMessage is the answer of `atree stride`.
type StrideMessage struct {
	Format   int                        `json:"format"`
	Tool     string                     `json:"tool"`
	Model    *ModelMessage              `json:"model"`
	Threats  []ThreatMessage            `json:"threats"`
	Coverage map[string]CoverageMessage `json:"coverage"` // by the letter of the category

	// By what the elements carry and by who answers for them; empty for neither. A
	// threat to several counts in each, so these do not add up.
	Assets map[string]CoverageMessage `json:"assets"`
	Owners map[string]CoverageMessage `json:"owners"`
}

// ThreatMessage is a threat that STRIDE finds in the system. Where several rules
// find it in an interaction, Rule joins them by blanks, and Elements are all that
// they threaten.
type ThreatMessage struct {
	Element     string             `json:"element"` // or flow; the first of Elements
	Category    string             `json:"category"`
	Rule        string             `json:"rule"`        // per-element, or those of the interaction
	Interaction *string            `json:"interaction"` // the flow in which it was found
	Catalog     []string           `json:"catalog"`
	CoveredBy   []string           `json:"covered_by"`
	Accepted    bool               `json:"accepted"`
	Acceptance  *AcceptanceMessage `json:"acceptance"`
	Crosses     bool               `json:"crosses"` // the flow crosses a trust boundary
	Elements    []string           `json:"elements"`
	Text        string             `json:"text"`
	Assets      []string           `json:"assets"` // that the elements carry
	Owner       string             `json:"owner"`  // of the elements, or of what is around them; several are joined by "; "
}

// AcceptanceMessage says who accepted a risk, and until when.
type AcceptanceMessage struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Until   string `json:"until"`
	Expired bool   `json:"expired"`
}

// CoverageMessage counts the threats of a category.
type CoverageMessage struct {
	Threats  int `json:"threats"`
	Covered  int `json:"covered"`
	Accepted int `json:"accepted"` // and not covered
	Open     int `json:"open"`
}

// StrideOptions say how a coverage is laid out for a person.
type StrideOptions struct {
	Top int // open threats that are listed; 0: all
}

// StrideText writes a coverage for a person to read.
func StrideText(w io.Writer, k *catalog.Coverage, what StrideOptions, opt *TextOptions) error {
	return stridePage(k, what).writeText(w, opt)
}

// StrideMarkdown writes what [StrideText] writes, as Markdown.
func StrideMarkdown(w io.Writer, k *catalog.Coverage, what StrideOptions) error {
	return stridePage(k, what).writeMarkdown(w)
}

// StrideJSON writes a [StrideMessage].
func StrideJSON(w io.Writer, k *catalog.Coverage) error {
	return writeJSON(w, strideMessage(k))
}

// StrideCSV writes one record a threat.
func StrideCSV(w io.Writer, k *catalog.Coverage) error {
	return writeCSV(w, strideMessage(k).Threats)
}

func strideMessage(k *catalog.Coverage) *StrideMessage {
	msg := &StrideMessage{Format, Tool, modelMessage(k.Tree, nil), []ThreatMessage{}, map[string]CoverageMessage{},
		coverageBy(k, assetsOf), coverageBy(k, ownersOf)}
	for i := range k.Threats {
		x := &k.Threats[i]
		out := ThreatMessage{
			Element: x.Elements[0], Category: x.Category.String(), Rule: strings.Join(x.Rules, " "), Catalog: list(x.Catalog),
			CoveredBy: list(x.CoveredBy), Accepted: x.Accepted != nil && !x.Expired, Crosses: x.Crosses,
			Elements: list(x.Elements), Text: strings.Join(x.Texts, "; "), Assets: list(x.Assets), Owner: strings.Join(x.Owners, "; "),
		}
		if x.Interaction != "" {
			out.Interaction = &x.Interaction
		}
		if a := x.Accepted; a != nil {
			out.Acceptance = &AcceptanceMessage{a.Reason, a.Owner, a.Until.String(), x.Expired}
		}
		msg.Threats = append(msg.Threats, out)
		msg.Coverage[x.Category.Letter()] = counted(msg.Coverage[x.Category.Letter()], x)
	}
	return msg
}

func counted(c CoverageMessage, x *catalog.SystemThreat) CoverageMessage {
	c.Threats++
	switch {
	case len(x.CoveredBy) > 0:
		c.Covered++
	case !x.Open():
		c.Accepted++
	default:
		c.Open++
	}
	return c
}

func assetsOf(x *catalog.SystemThreat) []string { return x.Assets }
func ownersOf(x *catalog.SystemThreat) []string { return x.Owners }

// coverageBy counts threats by words, those without one by the empty word.
func coverageBy(k *catalog.Coverage, words func(*catalog.SystemThreat) []string) map[string]CoverageMessage {
	by := map[string]CoverageMessage{}
	for i := range k.Threats {
		x := &k.Threats[i]
		of := words(x)
		if len(of) == 0 {
			of = []string{""}
		}
		for _, word := range of {
			by[word] = counted(by[word], x)
		}
	}
	return by
}

func stridePage(k *catalog.Coverage, what StrideOptions) *page {
	p := new(page)
	m := k.Tree.Model()
	file := m.File
	if file == "-" {
		file = "standard input"
	}
	p.heading(1, firstOf(m.System.Label, m.Title, "STRIDE")+" ("+file+")")
	p.say(strong, strideAnswer(k))

	if len(k.Threats) == 0 {
		return p
	}
	p.heading(3, "Coverage (open threats of all; ok: none is open)")
	p.table(matrix(k))
	for _, by := range []struct {
		word, none string
		of         func(*catalog.SystemThreat) []string
	}{{"asset", "no asset", assetsOf}, {"owner", "no owner", ownersOf}} {
		if t := coverageTable(k, by.word, by.none, by.of); len(t.rows) > 1 {
			p.heading(3, "By "+by.word+" (a threat to several counts in each)")
			p.table(t)
		}
	}
	open, more := openThreats(k, what.Top)
	if len(open.rows) > 0 {
		p.heading(3, "Open by element and category, those at trust boundaries first")
		p.table(open)
		if more > 0 {
			p.note(fmt.Sprintf("And %s; to see all, add --top 0.", plural(more, "more row", "more rows")))
		}
	}
	if t := accepted(k); len(t.rows) > 0 {
		p.heading(3, "Accepted")
		p.table(t)
	}
	if t := covered(k); len(t.rows) > 0 {
		p.heading(3, "Covered")
		p.table(t)
	}
	return p
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// strideAnswer counts the threats of each method, and what answers them.
func strideAnswer(k *catalog.Coverage) string {
	var all CoverageMessage
	elements := 0
	for i := range k.Threats {
		all = counted(all, &k.Threats[i])
		if k.Threats[i].Interaction == "" {
			elements++
		}
	}
	var found []string
	if elements > 0 {
		found = append(found, fmt.Sprintf("%d per element", elements))
	}
	if n := len(k.Threats) - elements; n > 0 {
		found = append(found, fmt.Sprintf("%d per interaction", n))
	}
	if len(k.Threats) == 0 {
		return "STRIDE finds no threat."
	}
	return fmt.Sprintf("STRIDE finds %s: %s. %d covered, %d accepted, %d open.",
		plural(all.Threats, "threat", "threats"), among(found, 3), all.Covered, all.Accepted, all.Open)
}

// A cell of the matrix.
type cell struct {
	element  string
	category stride.Category
}

// matrix shows for each element and category how many threats are open.
func matrix(k *catalog.Coverage) *table {
	t := &table{columns: []column{{title: "element", fit: cuts}}}
	for c := range stride.Every.All() {
		t.columns = append(t.columns, column{title: c.Letter(), right: true})
	}
	counts := map[cell]CoverageMessage{}
	for i := range k.Threats {
		for _, element := range k.Threats[i].Elements {
			at := cell{element, k.Threats[i].Category}
			counts[at] = counted(counts[at], &k.Threats[i])
		}
	}
	for _, element := range elementsOf(k.Tree.Model().System) {
		cells, any := []string{element}, false
		for c := range stride.Every.All() {
			n := counts[cell{element, c}]
			switch {
			case n.Threats == 0:
				cells = append(cells, "")
			case n.Open == 0:
				cells = append(cells, "ok")
			default:
				cells = append(cells, fmt.Sprintf("%d/%d", n.Open, n.Threats))
			}
			any = any || n.Threats > 0
		}
		if any {
			t.add(cells...)
		}
	}
	return t
}

// coverageTable counts threats by words, which come in the order in which threats
// have them; it is empty where no threat has one.
func coverageTable(k *catalog.Coverage, title, none string, words func(*catalog.SystemThreat) []string) *table {
	t := &table{columns: []column{{title: title, fit: wraps}, {title: "threats", right: true}, {title: "covered", right: true},
		{title: "accepted", right: true}, {title: "open", right: true}}}
	by := coverageBy(k, words)
	var order []string
	for i := range k.Threats {
		for _, word := range words(&k.Threats[i]) {
			if !slices.Contains(order, word) {
				order = append(order, word)
			}
		}
	}
	if len(order) == 0 {
		return t
	}
	for _, word := range append(order, "") {
		n, any := by[word]
		if word == "" {
			word = none
		}
		if any {
			t.add(word, strconv.Itoa(n.Threats), strconv.Itoa(n.Covered), strconv.Itoa(n.Accepted), strconv.Itoa(n.Open))
		}
	}
	return t
}

// elementsOf names the elements and flows of a system.
func elementsOf(s *attacktree.System) []string {
	var names []string
	for _, e := range s.Elements {
		names = append(names, e.Name)
	}
	for _, f := range s.Flows {
		names = append(names, f.Name)
	}
	return names
}

// A finding is what one or several threats say of one category at one element.
type finding struct {
	*catalog.SystemThreat
	element string
	rules   []string
	crosses bool
}

// findings joins the threats of which is true, by element and category.
func findings(k *catalog.Coverage, which func(*catalog.SystemThreat) bool) []*finding {
	var out []*finding
	known := map[cell]*finding{}
	for i := range k.Threats {
		x := &k.Threats[i]
		if !which(x) {
			continue
		}
		rules := strings.Join(x.Rules, ", ")
		if x.Interaction != "" {
			rules += " (" + x.Interaction + ")"
		}
		for _, element := range x.Elements {
			f := known[cell{element, x.Category}]
			if f == nil {
				f = &finding{SystemThreat: x, element: element}
				known[cell{element, x.Category}] = f
				out = append(out, f)
			}
			f.rules = append(f.rules, rules)
			f.crosses = f.crosses || x.Crosses
		}
	}
	return out
}

func openThreats(k *catalog.Coverage, top int) (t *table, more int) {
	t = &table{columns: []column{{title: "element", fit: cuts}, {title: "category"}, {title: "boundary"},
		{title: "found by", fit: wraps}, {title: "in the catalogue", fit: wraps}}}
	open := findings(k, (*catalog.SystemThreat).Open)
	slices.SortStableFunc(open, func(a, b *finding) int {
		switch {
		case a.crosses == b.crosses:
			return 0
		case a.crosses:
			return -1
		}
		return 1
	})
	if top > 0 && len(open) > top {
		more, open = len(open)-top, open[:top]
	}
	for _, f := range open {
		crosses := ""
		if f.crosses {
			crosses = "crossed"
		}
		known := strings.Join(f.Catalog, ", ")
		if n := len(f.Catalog); n > 2 {
			known = fmt.Sprintf("%s, %s, %d%smore", f.Catalog[0], f.Catalog[1], n-2, nbsp)
		}
		t.add(f.element, f.Category.String(), crosses, strings.Join(f.rules, ", "), known)
	}
	return t, more
}

func accepted(k *catalog.Coverage) *table {
	t := &table{columns: []column{{title: "element", fit: cuts}, {title: "category"}, {title: "owner", fit: wraps},
		{title: "until"}, {title: "reason", fit: wraps}}}
	for _, f := range findings(k, func(x *catalog.SystemThreat) bool { return x.Accepted != nil }) {
		until := f.Accepted.Until.String()
		if f.Expired {
			until += " (run out)"
		}
		t.add(f.element, f.Category.String(), f.Accepted.Owner, until, f.Accepted.Reason)
	}
	return t
}

func covered(k *catalog.Coverage) *table {
	t := &table{columns: []column{{title: "element", fit: cuts}, {title: "category"}, {title: "nodes", fit: wraps}}}
	for _, f := range findings(k, func(x *catalog.SystemThreat) bool { return len(x.CoveredBy) > 0 }) {
		t.add(f.element, f.Category.String(), strings.Join(f.CoveredBy, ", "))
	}
	return t
}
