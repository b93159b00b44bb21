package interchange

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// The attack-defence terms of ADTool (Kordy, Mauw, Radomirović and Schweitzer,
// Attack-defense trees, 2014), and its terms with sequential conjunction. They
// become the elements that the XML becomes, see adtool.go.

// An adtermGate is what a word in front of parentheses says.
type adtermGate struct {
	refinement string // empty: the second argument counters the first one
	defends    bool   // it is one of the opponent
	sand       bool   // it is one of trees without countermeasures
}

var adtermGates = map[string]adtermGate{
	"op": {"disjunctive", false, false}, "ap": {"conjunctive", false, false}, "cp": {"", false, false},
	"oo": {"disjunctive", true, false}, "ao": {"conjunctive", true, false}, "co": {"", true, false},
	"OR": {"disjunctive", false, true}, "AND": {"conjunctive", false, true}, "SAND": {"sequential", false, true},
}

// ReadADTerms reads an attack-defence term as ADTool exports it, such as
//
//	ap(Get in, cp(op(Pick the lock, Break the door), Guard))
//
// where op and ap are a choice and a conjunction of the proponent, oo and ao those
// of the opponent, and cp and co counter their first argument with the second one;
// or a term of OR, AND and SAND. Words have a meaning in front of parentheses only.
// The nodes mean what [ReadADTool] says. Terms have no values and no labels of inner
// nodes; these are called or, and, seq and a number.
func ReadADTerms(goal string, f File) (*attacktree.Model, diag.List) {
	a := newADTool()
	a.readTerm(f)
	m, problems := a.finish(goal, f.Name)
	if a.root != nil && a.root.refinement != nil {
		m.Title = "" // it has no label of its own
	}
	return m, problems
}

var adtermStart = regexp.MustCompile(`^\s*(op|ap|oo|ao|cp|co|OR|AND|SAND)\s*\(`)

// isADTerms reports whether data, or the beginning of it, is a term, which nothing
// in the language begins like.
func isADTerms(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return adtermStart.Match(data[:min(len(data), 1<<12)])
}

// An openTerm is a word whose arguments are being read.
type openTerm struct {
	gate adtermGate
	word string
	at   diag.Span
	node *adtoolNode // with the arguments so far
	args int
}

// readTerm makes elements of a term.
func (a *adtool) readTerm(f File) {
	if !a.load(f) {
		return
	}
	text := a.src.Text
	if !utf8.ValidString(text) {
		a.error("bad-character", a.src.Span(0, 0), "the file is not in UTF-8")
		return
	}
	var stack []openTerm
	var done *adtoolNode // the argument that was read last
	gates, leaves := 0, 0
	fail := func(at int, format string, args ...any) {
		a.error("syntax", a.src.Span(at, min(at+1, len(text))), format, args...)
	}
	for at := 0; ; {
		from := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
		end, sign := len(text), byte(0) // none is left
		if k := strings.IndexAny(text[from:], ",()"); k >= 0 {
			end, sign = from+k, text[from+k]
		}
		said := strings.TrimSpace(text[from:end])
		span := a.src.Span(from, from+len(said))
		switch {
		case done != nil && (said != "" || sign == '('):
			fail(from, "expected , or ) behind a term, found %q", text[from:min(end+1, len(text))])
			return
		case sign == '(':
			gate, known := adtermGates[said]
			switch {
			case !known:
				a.error("syntax", span, "expected op, ap, cp, oo, ao, co, OR, AND or SAND in front of (, found %q", said)
				return
			case len(stack) >= maxDepth:
				a.error("nesting-too-deep", span, "more than %d terms within each other", maxDepth)
				return
			case len(stack) == 0:
				a.sand = gate.sand
			}
			if top := len(stack) - 1; gate.sand != a.sand || !a.sand && gate.defends != (top >= 0 && stack[top].defends()) {
				a.misplaced(span, said, top >= 0 && stack[top].defends())
				return
			}
			node := &adtoolNode{at: span, defends: gate.defends}
			if gate.refinement != "" {
				gates++
				node.refinement, node.label = &gate.refinement, fmt.Sprintf("%s_%d", a.gate(&adtoolNode{refinement: &gate.refinement}), gates)
			}
			stack = append(stack, openTerm{gate, said, span, node, 0})
			at = end + 1
			continue
		case len(said) > maxTag:
			a.error("file-too-large", span, "a text of more than %d bytes", maxTag)
			return
		case done == nil && said == "":
			fail(from, "expected a label or a term, found none")
			return
		case done == nil:
			defends := len(stack) > 0 && stack[len(stack)-1].defends()
			done = &adtoolNode{at: span, label: said, defends: defends}
			leaves++
		}
		if gates+leaves > maxNodes {
			a.error("import-limit", span, "more than %d nodes", maxNodes)
			return
		}
		if len(stack) == 0 {
			if sign != 0 {
				fail(end, "expected nothing behind the term, found %q", sign)
				return
			}
			a.root = done
			return
		}
		top := &stack[len(stack)-1]
		top.take(done)
		done = nil
		switch {
		case sign == 0:
			a.error("syntax", top.at, "expected ) at the end of %s, found none", top.word)
			return
		case top.gate.refinement == "" && (sign == ',' && top.args == 2 || sign == ')' && top.args < 2):
			found := "one"
			if sign == ',' {
				found = "more"
			}
			a.error("syntax", top.at, "expected two terms in %s, found %s", top.word, found)
			return
		case sign == ')':
			done = top.node
			stack = stack[:len(stack)-1]
		}
		at = end + 1
	}
}

// defends reports whether the argument that is next is a node of the opponent.
func (t *openTerm) defends() bool {
	return t.gate.defends != (t.gate.refinement == "" && t.args == 1)
}

// take adds an argument. What cp and co counter is the node itself, unless it is
// countered already.
func (t *openTerm) take(n *adtoolNode) {
	t.args++
	if t.gate.refinement == "" && t.args == 1 {
		if _, counter := n.own(); counter == nil {
			t.node = n
			return
		}
		disjunctive := "disjunctive"
		t.node.refinement, t.node.label = &disjunctive, n.label+" countered"
	}
	t.node.children = append(t.node.children, n)
}

// misplaced says which words may stand in a place.
func (a *adtool) misplaced(at diag.Span, word string, defends bool) {
	expected := "op, ap or cp, for a node of the proponent"
	switch {
	case a.sand:
		expected = "OR, AND or SAND"
	case defends:
		expected = "oo, ao or co, for a node of the opponent"
	}
	a.error("syntax", at, "expected %s, found %s", expected, word)
}
