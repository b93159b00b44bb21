package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/catalog"
)

// Entries of the catalogue: lists of them, and one in full.

// EntriesMessage is the answer of `atree catalog list` and `search`.
type EntriesMessage struct {
	Format  int            `json:"format"`
	Tool    string         `json:"tool"`
	Query   *string        `json:"query"` // null for a list
	Entries []EntryMessage `json:"entries"`
}

// EntryMessage is an entry of the catalogue in short.
type EntryMessage struct {
	Kind  string   `json:"kind"`
	Slug  string   `json:"slug"`
	Name  string   `json:"name"`
	Text  string   `json:"text"`
	Words []string `json:"words"`
}

// EntriesText writes a line an entry. Query is what was searched for, nil for a
// list.
func EntriesText(w io.Writer, query *string, entries []catalog.Described, opt *TextOptions) error {
	return entriesPage(query, entries).writeText(w, opt)
}

// EntriesMarkdown writes what [EntriesText] writes, as Markdown.
func EntriesMarkdown(w io.Writer, query *string, entries []catalog.Described) error {
	return entriesPage(query, entries).writeMarkdown(w)
}

// EntriesJSON writes an [EntriesMessage].
func EntriesJSON(w io.Writer, query *string, entries []catalog.Described) error {
	return writeJSON(w, &EntriesMessage{Format, Tool, query, entryMessages(entries)})
}

// EntriesCSV writes one record an entry.
func EntriesCSV(w io.Writer, entries []catalog.Described) error {
	return writeCSV(w, entryMessages(entries))
}

func entryMessages(entries []catalog.Described) []EntryMessage {
	out := []EntryMessage{}
	for _, x := range entries {
		out = append(out, entryMessage(x))
	}
	return out
}

func entryMessage(x catalog.Described) EntryMessage {
	e := x.Common()
	return EntryMessage{e.Kind.String(), e.Slug, e.Name, e.Text, list(e.Words)}
}

func entriesPage(query *string, entries []catalog.Described) *page {
	p := new(page)
	found := plural(len(entries), "entry", "entries") + " of the catalogue"
	if query != nil {
		found += " for " + *query
	}
	p.heading(1, found)
	t := &table{columns: []column{{title: "entry"}, {title: "name", fit: wraps}}}
	for _, x := range entries {
		e := x.Common()
		t.add(e.ID(), e.Name)
	}
	p.table(t)
	return p
}

// ShowMessage is the answer of `atree catalog show`.
type ShowMessage struct {
	Format  int             `json:"format"`
	Tool    string          `json:"tool"`
	Entries []DetailMessage `json:"entries"`
}

// DetailMessage is an entry of the catalogue in full. The fields from Stride on
// stand only where the kind of entry has them and they say something. Lists of
// other entries are slugs; NamedBy is of entries written KIND/SLUG.
type DetailMessage struct {
	EntryMessage
	Refs    []RefMessage `json:"refs"`
	NamedBy []string     `json:"named_by"`

	Stride        []string          `json:"stride,omitempty"`
	Parent        string            `json:"parent,omitempty"`
	Systems       string            `json:"systems,omitempty"`
	Stages        []string          `json:"stages,omitempty"`
	Assets        []string          `json:"assets,omitempty"`
	Components    []string          `json:"components,omitempty"`
	Adversaries   []string          `json:"adversaries,omitempty"`
	Weaknesses    []string          `json:"weaknesses,omitempty"`
	Mitigations   []string          `json:"mitigations,omitempty"`
	Control       string            `json:"control,omitempty"`
	Layer         string            `json:"layer,omitempty"`
	Effects       map[string]string `json:"effects,omitempty"`
	SecurityLevel string            `json:"security_level,omitempty"`
	Intent        string            `json:"intent,omitempty"`
	Motives       []string          `json:"motives,omitempty"`
	Budget        *float64          `json:"budget,omitempty"`
	Skill         *int              `json:"skill,omitempty"`
	Access        []string          `json:"access,omitempty"`
	Basis         string            `json:"basis,omitempty"`
	Element       string            `json:"element,omitempty"`
	Zone          string            `json:"zone,omitempty"`
	Surfaces      []string          `json:"surfaces,omitempty"`
	See           []string          `json:"see,omitempty"`
	Source        string            `json:"source,omitempty"` // the tree of a pattern
}

// RefMessage is a reference to another list.
type RefMessage struct {
	Source  string `json:"source"`
	Edition string `json:"edition"`
	ID      string `json:"id"`
	Name    string `json:"name"`
}

// ShowText writes entries in full; a pattern as its tree.
func ShowText(w io.Writer, c *catalog.Catalog, entries []catalog.Described, opt *TextOptions) error {
	for i, x := range entries {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		var err error
		if pattern, ok := x.(*catalog.Pattern); ok {
			_, err = w.Write(pattern.Source())
		} else {
			err = detailPage(c, x).writeText(w, opt)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ShowMarkdown writes what [ShowText] writes, as Markdown.
func ShowMarkdown(w io.Writer, c *catalog.Catalog, entries []catalog.Described) error {
	var buf bytes.Buffer
	for i, x := range entries {
		if i > 0 {
			buf.WriteByte('\n')
		}
		if err := detailPage(c, x).writeMarkdown(&buf); err != nil {
			return err
		}
		if pattern, ok := x.(*catalog.Pattern); ok {
			fmt.Fprintf(&buf, "\n```\n%s```\n", pattern.Source())
		}
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// ShowJSON writes a [ShowMessage].
func ShowJSON(w io.Writer, c *catalog.Catalog, entries []catalog.Described) error {
	return writeJSON(w, &ShowMessage{Format, Tool, detailMessages(c, entries)})
}

// ShowCSV writes one record an entry.
func ShowCSV(w io.Writer, c *catalog.Catalog, entries []catalog.Described) error {
	return writeCSV(w, detailMessages(c, entries))
}

func detailMessages(c *catalog.Catalog, entries []catalog.Described) []DetailMessage {
	out := []DetailMessage{}
	for _, x := range entries {
		out = append(out, detailMessage(c, x))
	}
	return out
}

func detailMessage(c *catalog.Catalog, x catalog.Described) DetailMessage {
	d := DetailMessage{EntryMessage: entryMessage(x), Refs: []RefMessage{}, NamedBy: []string{}}
	for _, other := range c.NamedBy(x) {
		d.NamedBy = append(d.NamedBy, other.Common().ID())
	}
	refs := func(list catalog.References) {
		for _, r := range list {
			d.Refs = append(d.Refs, RefMessage{r.Source, r.Edition, r.ID, c.NameOf(r)})
		}
	}
	switch x := x.(type) {
	case *catalog.Threat:
		refs(x.Refs)
		for _, s := range x.Stride {
			d.Stride = append(d.Stride, s.String())
		}
		d.Parent, d.Systems, d.Stages, d.Assets, d.Components = x.Parent, x.Systems, x.Stages, x.Assets, x.Components
		d.Adversaries, d.Weaknesses, d.Mitigations = x.Adversaries, x.Weaknesses, x.Mitigations
	case *catalog.Mitigation:
		refs(x.Refs)
		d.Control, d.Layer, d.SecurityLevel, d.Basis = x.Control, x.Layer, x.SecurityLevel, x.Basis
		d.Effects = map[string]string{}
		for _, e := range effectsOf(x) {
			d.Effects[e.on] = e.strength.String()
		}
	case *catalog.Adversary:
		refs(x.Refs)
		d.Intent, d.Motives, d.Budget, d.Skill, d.Access, d.Basis = x.Intent, x.Motives, &x.Budget, &x.Skill, x.Access, x.Basis
	case *catalog.Component:
		d.Element, d.Zone, d.Surfaces = x.Element.String(), x.Zone, x.Surfaces
	case *catalog.Weakness:
		refs(x.Refs)
		d.Components = x.Components
	case *catalog.Concept:
		d.See = x.See
	case *catalog.Pattern:
		d.Stages, d.Assets, d.Components, d.Source = x.Stages, x.Assets, x.Components, string(x.Source())
	}
	return d
}

// An effectOf is one effect of a mitigation.
type effectOf struct {
	on       string
	strength catalog.Strength
}

// effectsOf returns the effects that a mitigation has.
func effectsOf(m *catalog.Mitigation) []effectOf {
	var out []effectOf
	for _, e := range []effectOf{
		{"likelihood", m.Effects.Likelihood}, {"impact", m.Effects.Impact}, {"cost", m.Effects.Cost},
		{"time", m.Effects.Time}, {"detection", m.Effects.Detection},
	} {
		if e.strength != catalog.NoEffect {
			out = append(out, e)
		}
	}
	return out
}

// usual tells the effects of a mitigation in the words of the language.
func usual(m *catalog.Mitigation) string {
	var out []string
	for _, e := range effectsOf(m) {
		switch e.on {
		case "likelihood", "impact":
			out = append(out, e.on+nbsp+"-"+percent(e.strength.Reduction()))
		case "detection":
			out = append(out, e.on+nbsp+percent(e.strength.Share()))
		default:
			out = append(out, fmt.Sprintf("%s%s*%v", e.on, nbsp, e.strength.Factor()))
		}
	}
	return strings.Join(out, ", ")
}

func detailPage(c *catalog.Catalog, x catalog.Described) *page {
	p := new(page)
	d := detailMessage(c, x)
	e := x.Common()
	p.heading(1, e.Name+" ("+e.ID()+")")
	p.say(plain, e.Text)

	facts := &table{columns: []column{{}, {fit: wraps}}}
	fact := func(what string, words ...string) {
		if s := strings.Join(words, ", "); s != "" {
			facts.add(what, s)
		}
	}
	fact("also called", e.Words...)
	fact("STRIDE", d.Stride...)
	fact("part of", d.Parent)
	fact("systems", d.Systems)
	fact("stages", d.Stages...)
	fact("assets", d.Assets...)
	fact("components", d.Components...)
	fact("adversaries", d.Adversaries...)
	fact("weaknesses", d.Weaknesses...)
	fact("control", d.Control)
	fact("layer", d.Layer)
	fact("RAND level", d.SecurityLevel)
	fact("intent", d.Intent)
	fact("motives", d.Motives...)
	switch x := x.(type) {
	case *catalog.Mitigation:
		fact("usual effect", usual(x))
	case *catalog.Adversary:
		fact("budget", money("USD", x.Budget))
		fact("time", duration(x.Days[0])+" to "+duration(x.Days[1]))
		fact("skill", fmt.Sprint(x.Skill))
	case *catalog.AssetKind:
		fact("matters most", properties(x.Properties)...)
	}
	fact("starts from", d.Access...)
	fact("basis", d.Basis)
	fact("element", d.Element)
	fact("usual zone", d.Zone)
	fact("surfaces", d.Surfaces...)
	fact("see", d.See...)
	fact("named by", d.NamedBy...)
	p.table(facts)

	if len(d.Mitigations) > 0 {
		p.heading(3, "Mitigations")
		t := &table{columns: []column{{title: "mitigation"}, {title: "name", fit: wraps}, {title: "usual effect", fit: wraps}}}
		for _, slug := range d.Mitigations {
			if m, ok := c.Mitigation(slug); ok {
				t.add(m.Slug, m.Name, usual(m))
			}
		}
		p.table(t)
	}
	if len(d.Refs) > 0 {
		p.heading(3, "References")
		t := &table{columns: []column{{title: "list"}, {title: "identifier"}, {title: "name", fit: wraps}}}
		for _, r := range d.Refs {
			t.add(r.Source+" "+r.Edition, r.ID, r.Name)
		}
		p.table(t)
	}
	return p
}

// properties spells out C, I and A.
func properties(letters string) []string {
	var out []string
	for _, r := range letters {
		switch r {
		case 'C':
			out = append(out, "confidentiality")
		case 'I':
			out = append(out, "integrity")
		case 'A':
			out = append(out, "availability")
		}
	}
	return out
}

// SuggestMessage is the answer of `atree catalog suggest`.
type SuggestMessage struct {
	Format      int                 `json:"format"`
	Tool        string              `json:"tool"`
	Model       *ModelMessage       `json:"model"`
	PerYear     bool                `json:"per_year"` // losses are those of 365 days, else of one attempt each
	Suggestions []SuggestionMessage `json:"suggestions"`
}

// SuggestionMessage is a mitigation that a model could take in. The likelihoods
// are those of the goal where it does most.
type SuggestionMessage struct {
	Mitigation       string   `json:"mitigation"`
	Name             string   `json:"name"`
	Threats          []string `json:"threats"`
	Steps            []string `json:"steps"`
	LossBefore       *float64 `json:"loss_before"`
	LossAfter        *float64 `json:"loss_after"`
	Goal             string   `json:"goal"`
	LikelihoodBefore float64  `json:"likelihood_before"`
	LikelihoodAfter  float64  `json:"likelihood_after"`
	Control          string   `json:"control"` // text to paste into the file
}

// SuggestText writes suggestions as text of the language, to be pasted into the
// file; what they do stands in comments.
func SuggestText(w io.Writer, s *catalog.Suggestions) error {
	var buf bytes.Buffer
	if len(s.List) == 0 {
		buf.WriteString("# No mitigation of the catalogue applies that the file has no control for.\n")
	} else {
		buf.WriteString("# Mitigations that the file has no control for, the most valuable first. Each is\n" +
			"# evaluated alone, on top of the controls that are deployed. Effects are the\n" +
			"# usual ones of the catalogue, which are judgement: put in your own, and a cost.\n")
	}
	for i := range s.List {
		buf.WriteByte('\n')
		for _, line := range wrap(fmt.Sprintf("%d. %s", i+1, worthOf(s, &s.List[i])), 80-len("# ")) {
			buf.WriteString("# " + strings.ReplaceAll(line, nbsp, " ") + "\n")
		}
		buf.WriteString(s.List[i].Source())
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// worthOf says in a sentence what a suggestion does.
func worthOf(s *catalog.Suggestions, x *catalog.Suggestion) string {
	less := smaller(x.LossBefore, x.LossAfter)
	rarer := smaller(x.LikelihoodBefore, x.LikelihoodAfter)
	if !less && !rarer {
		for _, e := range x.Control.Effects {
			for _, change := range e.Changes {
				if change.Reduction {
					return "Changes loss and likelihood too little to be seen."
				}
			}
		}
		return "Makes steps dearer, slower or easier to notice, but not less likely."
	}
	var out []string
	if s.Losses {
		words := "loss "
		if s.PerYear {
			words += "a year "
		}
		if c := s.Tree.Model().Currency; c != "" {
			words += c + nbsp
		}
		out = append(out, words+fromTo(x.LossBefore, x.LossAfter, amount, amount))
	}
	if rarer {
		points := func(p float64) string { return strings.TrimSuffix(percent(p), "%") + "points" }
		out = append(out, "likelihood of "+x.Goal+" "+fromTo(x.LikelihoodBefore, x.LikelihoodAfter, percent, points))
	}
	return upperFirst(strings.Join(out, "; ")) + "."
}

// smaller reports whether a figure has fallen by more than rounding does.
func smaller(before, after float64) bool { return before-after > 1e-12*before }

// fromTo writes how a figure falls. What three digits do not show is written as a
// difference.
func fromTo(before, after float64, figure, difference func(float64) string) string {
	a, b := figure(before), figure(after)
	switch {
	case a != b:
		return a + " to " + b
	case before-after > 1e-6*before:
		return a + ", less " + difference(before-after)
	case smaller(before, after):
		return a + ", hardly less"
	}
	return a
}

// SuggestJSON writes a [SuggestMessage].
func SuggestJSON(w io.Writer, s *catalog.Suggestions) error {
	return writeJSON(w, suggestMessage(s))
}

// SuggestCSV writes one record a suggestion.
func SuggestCSV(w io.Writer, s *catalog.Suggestions) error {
	return writeCSV(w, suggestMessage(s).Suggestions)
}

// SuggestMarkdown writes suggestions as a table.
func SuggestMarkdown(w io.Writer, s *catalog.Suggestions) error {
	p := new(page)
	title(p, s.Tree.Model(), attacktree.DefaultMode, "", nil)
	t := &table{columns: []column{{title: "mitigation"}, {title: "effect"}, {title: "steps"}}}
	for i := range s.List {
		x := &s.List[i]
		t.add(both(x.Control.Name, x.Control.Label), worthOf(s, x), strings.Join(x.Steps, ", "))
	}
	p.table(t)
	return p.writeMarkdown(w)
}

func suggestMessage(s *catalog.Suggestions) *SuggestMessage {
	msg := &SuggestMessage{Format, Tool, modelMessage(s.Tree, nil), s.PerYear, []SuggestionMessage{}}
	for i := range s.List {
		x := &s.List[i]
		out := SuggestionMessage{
			Mitigation: x.Mitigation.Slug, Name: x.Mitigation.Name, Threats: list(x.Threats), Steps: list(x.Steps),
			Goal: x.Goal, LikelihoodBefore: x.LikelihoodBefore, LikelihoodAfter: x.LikelihoodAfter, Control: x.Source(),
		}
		if s.Losses {
			out.LossBefore, out.LossAfter = number(&x.LossBefore), number(&x.LossAfter)
		}
		msg.Suggestions = append(msg.Suggestions, out)
	}
	return msg
}
