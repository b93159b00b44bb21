package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
)

// References to the lists of others. Identifiers move from edition to edition,
// so a reference always says which edition it is from.

// A Reference is an identifier in an edition of a list.
type Reference struct {
	Source  string // such as ATLAS
	Edition string // such as 5.6.0
	ID      string // such as AML.T0051
}

// String returns source, edition and identifier.
func (r Reference) String() string { return r.Source + " " + r.Edition + " " + r.ID }

// List returns the name of the edition, such as ATLAS 5.6.0.
func (r Reference) List() string { return r.Source + " " + r.Edition }

// References are written in the data as rows that begin with the name of a list.
type References []Reference

// UnmarshalJSON reads [["ATLAS 5.6.0", "AML.T0020", …], …].
func (rs *References) UnmarshalJSON(text []byte) error {
	var rows [][]string
	if err := json.Unmarshal(text, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		if len(row) < 2 {
			return errors.New(`expected a list and identifiers, as ["ATLAS 5.6.0", "AML.T0020"]`)
		}
		space := strings.LastIndexByte(row[0], ' ')
		if space < 0 {
			return fmt.Errorf("expected a list with its edition, such as ATLAS 5.6.0, found %q", row[0])
		}
		for _, id := range row[1:] {
			*rs = append(*rs, Reference{row[0][:space], row[0][space+1:], id})
		}
	}
	return nil
}

// A List is one edition of a list of identifiers.
type List struct {
	Source     string // such as ATLAS
	Edition    string // such as 5.6.0
	Title      string
	Prefix     string // what models write in front of an identifier, such as ATLAS:
	Whole      bool   // all identifiers are held, so that others do not exist
	Dated      bool   // identifiers name their edition
	Superseded bool   // a newer edition is to be used
	Items      []Item

	form *regexp.Regexp // of its identifiers
	name map[string]string
	at   place
}

// An Item is an identifier with its name.
type Item struct{ ID, Name string }

// Name returns the edition's name, such as ATLAS 5.6.0.
func (l *List) Name() string { return l.Source + " " + l.Edition }

// Has reports whether the list holds an identifier, and its name there.
func (l *List) Has(id string) (name string, ok bool) {
	name, ok = l.name[id]
	return name, ok
}

// A Move says that an identifier has become another one.
type Move struct {
	Source  string `json:"source"`
	ID      string `json:"id"`
	To      string `json:"to"`
	Edition string `json:"edition"` // since when

	at place
}

// Status says what became of a reference.
type Status uint8

const (
	Known     Status = iota // it is held, or has the form of those of a list that is not held whole
	Moved                   // it has become another one
	Unknown                 // the list is held whole and has no such identifier
	Malformed               // it has not the form of an identifier of its list
	Foreign                 // a list that the catalogue knows nothing about
)

// A Resolution is what is known about a reference of a model.
type Resolution struct {
	Status Status
	Refs   []Reference // where it is held, older editions first
	Name   string      // its newest name; empty if it is not held
	Title  string      // of the list; empty for foreign ones
	Right  string      // for what is wrong: how to write what was perhaps meant; may be empty
	Move   *Move       // of Moved: the last one
}

// Resolve looks up a reference as models write it: ATLAS:AML.T0051,
// OWASP:LLM01:2025, NIST:NISTAML.018, NIST:AC-6, CWE-1427, CAPEC-66,
// ATTACK:T1566, COSAI:riskDataPoisoning, AIX:2.1, RAND:social-engineering, MS-5.
//
// A reference to an edition that names its year is known as long as that edition
// is in use; one that names none has to be in the newest.
func (c *Catalog) Resolve(ref string) Resolution {
	var r Resolution
	var of []*List // lists with that prefix
	for _, l := range c.lists {
		id, ok := strings.CutPrefix(ref, l.Prefix)
		if !ok || l.Prefix == "" && !l.form.MatchString(id) {
			continue
		}
		of = append(of, l)
		if !l.form.MatchString(id) {
			continue
		}
		r.Title = l.Title
		name, held := l.name[id]
		if held {
			r.Refs = append(r.Refs, Reference{l.Source, l.Edition, id})
			r.Name = name
		}
		switch {
		case c.moved(l, id) != nil && (!l.Dated || l.Superseded):
			r.Status, r.Move = Moved, c.moved(l, id)
			for next := c.moved(l, r.Move.To); next != nil; next = c.moved(l, r.Move.To) {
				r.Move = next
			}
			r.Right = l.Prefix + r.Move.To
			return c.resolved(r)
		case held || !l.Whole:
			r.Status = Known
		default:
			r.Status = Unknown
		}
	}
	switch {
	case len(of) == 0:
		r.Status = Foreign
		r.Right = c.prefixed(ref)
	case r.Title == "":
		r.Status = Malformed
		r.Right, r.Title = near(ref, of)
	case r.Status == Unknown:
		r.Right, _ = near(ref, of)
	}
	return r
}

// resolved adds the name of what has moved.
func (c *Catalog) resolved(r Resolution) Resolution {
	for _, l := range c.lists {
		if name, ok := l.name[r.Move.To]; ok && l.Source == r.Move.Source {
			r.Name = name
		}
	}
	return r
}

// NameOf returns the name of what a reference refers to; empty if it is not held.
func (c *Catalog) NameOf(r Reference) string {
	if l := c.list(r.List()); l != nil {
		return l.name[r.ID]
	}
	return ""
}

// moved returns what became of an identifier of a list.
func (c *Catalog) moved(l *List, id string) *Move { return c.index.moves[l.Source+" "+id] }

// prefixed returns how a reference without its prefix is written, if that is
// known.
func (c *Catalog) prefixed(ref string) string {
	for _, l := range c.lists {
		if _, held := l.name[ref]; held && l.Prefix != "" {
			return l.Prefix + ref
		}
	}
	return ""
}

// datedForm is that of references to an edition by its year.
var datedForm = regexp.MustCompile(`^(.+:.+):[0-9]{4}$`)

// near returns the identifier of some lists that was perhaps meant, with the
// title of its list: the one with the name that was given, the one whose edition
// was left out or does not exist, or the one most like it; and otherwise the last
// title. Newer editions go first.
func near(ref string, lists []*List) (right, title string) {
	id := datedForm.ReplaceAllString(ref, "$1")
	var candidates []string
	titles := map[string]string{}
	for i := len(lists) - 1; i >= 0; i-- {
		l := lists[i]
		for _, item := range l.Items {
			text := l.Prefix + item.ID
			if item.Name != "" && strings.EqualFold(l.Prefix+item.Name, ref) || strings.HasPrefix(text, id+":") {
				return text, l.Title
			}
			candidates = append(candidates, text)
			titles[text] = l.Title
		}
	}
	if right = diag.Nearest(ref, candidates); right != "" {
		return right, titles[right]
	}
	return "", lists[len(lists)-1].Title
}
