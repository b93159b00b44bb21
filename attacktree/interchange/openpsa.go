package interchange

import (
	"cmp"
	"fmt"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// The Open-PSA Model Exchange Format, version 2.0d (Epstein, Rauzy and others,
// 2008), as far as it is about fault trees: gates, basic events, house events,
// parameters and components. Reading goes in three passes: the text becomes
// definitions, definitions get names, and formulas become gates.

// ReadOpenPSA reads a model that one file or several files of the Open-PSA Model
// Exchange Format make up. The model is to be checked by [attacktree.New], which
// finds what is left to find: gates and parameters that depend on themselves.
// The model means something only if the list has no errors.
//
// Gates become nodes, nested formulas nodes with names made of that of their
// gate. Basic events become steps with their probability as likelihood, house
// events conditions: facts if they are true, without any chance if they are
// false. Parameters become params. The gates that no other gate uses are the
// goals, or the gate called goal alone if that is not empty.
//
// Public elements keep their names, private ones get those of their containers
// in front. A name that the language could not write is changed, with a warning.
// Refused is all that is not about fault trees or has no constant value: event
// trees, common cause groups, substitutions, distributions, functions of time.
// So are documents with a DTD, which could define entities.
func ReadOpenPSA(goal string, files ...File) (*attacktree.Model, diag.List) {
	r := &report{}
	d := newDocument(r)
	for _, f := range files {
		if !d.read(f) || r.full() {
			return &attacktree.Model{}, r.sorted()
		}
	}
	b := &builder{document: d, model: &attacktree.Model{Title: d.title, Span: d.span}}
	if len(files) > 0 {
		b.model.File = files[0].Name
	}
	b.nameAll()
	b.build()
	b.chooseGoals(goal)
	return b.model, r.sorted()
}

// A report collects problems, errors and warnings up to maxProblems of each.
type report struct {
	list    diag.List
	count   [2]int // by severity
	nearest int    // suggestions looked for so far
}

// full reports whether there are too many errors to go on.
func (r *report) full() bool { return r.count[diag.Error] > maxProblems }

func (r *report) add(severity diag.Severity, code diag.Code, at diag.Span, format string, args ...any) *diag.Problem {
	p := &diag.Problem{Severity: severity, Code: code, Span: at, Message: fmt.Sprintf(format, args...)}
	r.count[severity]++
	switch n := r.count[severity]; {
	case n <= maxProblems:
		r.list = append(r.list, p)
	case n == maxProblems+1:
		r.list = append(r.list, &diag.Problem{Severity: severity, Code: "too-many-problems", Span: at,
			Message: fmt.Sprintf("there are more than %d %vs", maxProblems, severity)})
	}
	return p
}

func (r *report) error(code diag.Code, at diag.Span, format string, args ...any) *diag.Problem {
	return r.add(diag.Error, code, at, format, args...)
}

func (r *report) warn(code diag.Code, at diag.Span, format string, args ...any) *diag.Problem {
	return r.add(diag.Warning, code, at, format, args...)
}

// sorted returns the problems in reading order.
func (r *report) sorted() diag.List {
	r.list.Sort()
	return r.list
}

// A kind of definition.
type kind uint8

const (
	gate kind = iota
	basicEvent
	houseEvent
	parameter
	kinds
)

// kindWords are the elements that refer to each kind.
var kindWords = [kinds]string{"gate", "basic-event", "house-event", "parameter"}

func (k kind) String() string {
	return [kinds]string{"gate", "basic event", "house event", "parameter"}[k]
}

// A definition is one define-gate, define-basic-event and so on.
type definition struct {
	kind    kind
	name    string
	label   string
	at      diag.Span // of the name
	within  *container
	private bool
	body    *formula // nil: none
	node    string   // the name in the model
	used    bool     // a gate, or of a parameter anything, refers to it
	inner   int      // nodes that stand for formulas within it
}

// A formula is a Boolean formula, or the expression of a number.
type formula struct {
	op    string // the element
	at    diag.Span
	args  []*formula
	name  string  // what a reference says
	types []kind  // what it may refer to
	min   int     // of atleast and cardinality
	max   int     // of cardinality
	value float64 // of float, int, bool and constant
	node  string  // the name of the node made of it
}

// A container is the model, a fault tree or a component.
type container struct {
	name     string
	parent   *container // nil: the model itself
	depth    int
	private  bool // what is defined in it, unless that says otherwise
	members  map[key]*definition
	children map[string]*container
}

// A key is a name of one kind.
type key struct {
	kind kind
	name string
}

func newContainer(name string, parent *container) *container {
	return &container{name: name, parent: parent, members: map[key]*definition{}, children: map[string]*container{}}
}

// A document is what the files define.
type document struct {
	*report
	model  *container
	public map[key]*definition
	defs   []*definition // in written order
	title  string
	span   diag.Span

	parts      int  // elements so far
	attributes bool // that some are left out has been said
}

func newDocument(r *report) *document {
	return &document{report: r, model: newContainer("", nil), public: map[key]*definition{}}
}

// define files a definition under its name.
func (d *document) define(def *definition) {
	k := key{def.kind, def.name}
	first := d.public[k]
	if def.private {
		first = nil
	}
	if first = cmp.Or(def.within.members[k], first); first != nil {
		d.error("duplicate-name", def.at, "the %v %q is defined twice", def.kind, def.name).
			Related = []diag.Related{{Message: "first defined here", Span: first.at}}
		return
	}
	def.within.members[k] = def
	if !def.private {
		d.public[k] = def
	}
	d.defs = append(d.defs, def)
}
