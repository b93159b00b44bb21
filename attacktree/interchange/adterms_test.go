package interchange

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// textOf reads a file and writes it in the language.
func textOf(t *testing.T, data string) string {
	t.Helper()
	m, problems := ReadADTerms("", File{"tree", []byte(data)})
	if data[0] == '<' {
		m, problems = ReadADTool("", File{"tree", []byte(data)})
	}
	m.Title = ""
	tree, err := attacktree.New(*m)
	if problems.Err() != nil || err != nil {
		t.Fatalf("%v, %v\n%s", problems, err, data)
	}
	var b bytes.Buffer
	if _, err := WriteAtree(&b, tree); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A sketch is a node of a random tree: a leaf, or a gate where there are arguments.
type sketch struct {
	role    string // p or o
	word    string // o or a
	label   string
	args    []*sketch
	counter *sketch
	values  []string // in XML
}

func newSketch(r *rand.Rand, depth int, role string) *sketch {
	s := &sketch{role: role, word: []string{"o", "a"}[r.IntN(2)], label: fmt.Sprintf("%s %c", role, 'a'+rune(r.IntN(6)))}
	if depth > 0 && r.IntN(4) > 0 {
		for range 1 + r.IntN(3) {
			s.args = append(s.args, newSketch(r, depth-1, role))
		}
	}
	if depth > 0 && r.IntN(3) == 0 {
		s.counter = newSketch(r, depth-1, map[string]string{"p": "o", "o": "p"}[role])
	}
	return s
}

// term writes a sketch with blanks here and there, and labels its gates.
func (s *sketch) term(r *rand.Rand, gates *int) string {
	blank := func() string { return []string{"", " ", "\n\t"}[r.IntN(3)] }
	out := s.label
	if len(s.args) > 0 {
		*gates++
		s.label = fmt.Sprintf("%s_%d", map[string]string{"o": "or", "a": "and"}[s.word], *gates)
		var args []string
		for _, x := range s.args {
			args = append(args, x.term(r, gates))
		}
		out = s.word + s.role + blank() + "(" + strings.Join(args, ",") + ")"
	}
	if s.counter != nil {
		out = "c" + s.role + blank() + "(" + blank() + out + blank() + "," + s.counter.term(r, gates) + ")"
	}
	return blank() + out + blank()
}

func (s *sketch) xml() string {
	var inside []string
	for _, x := range s.args {
		inside = append(inside, x.xml())
	}
	if s.counter != nil {
		inside = append(inside, against(s.counter.xml()))
	}
	return gateXML(map[string]string{"o": "disjunctive", "a": "conjunctive"}[s.word], s.label, append(s.values, inside...)...)
}

// A term means what the XML of the same tree does.
func TestADTerms(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		s, gates := newSketch(r, 4, "p"), 0
		for len(s.args) == 0 && s.counter == nil { // nobody knows a label for a term
			s = newSketch(r, 4, "p")
		}
		term := s.term(r, &gates)
		if got, want := textOf(t, term), textOf(t, "<adtree>"+s.xml()+"</adtree>"); got != want {
			t.Fatalf("seed %d: %s\nis\n%s\nwant\n%s", seed, term, got, want)
		}
	}
}

// What is countered twice is wrapped, and words stand for themselves as labels.
func TestADTermsOdd(t *testing.T) {
	for term, want := range map[string][2]string{
		"cp(cp(a, b), c)":           {"1", "2"}, // minimal attacks and controls
		"op(op, ap, SAND)":          {"3", "0"},
		"SAND(a, OR(b, AND(c, d)))": {"2", "0"},
		"op(a,\n a, a b,\ta  b)":    {"2", "0"},
		"ap(\u00fcber \u00e4, b)":   {"1", "0"},
		"\ufeffop(a)":               {"1", "0"},
		"cp(a, co(b, cp(c, d)))":    {"1", "2"},
	} {
		tree, _, err := Read("term.txt", []byte(term), "")
		if err != nil {
			t.Errorf("%s: %v", term, err)
			continue
		}
		r := evaluated(t, tree)
		if got := [2]string{r.AttackCount.String(), fmt.Sprint(len(tree.Model().Controls))}; got != want {
			t.Errorf("%s: %v attacks and controls, want %v", term, got, want)
		}
	}
}

func TestADTermsErrors(t *testing.T) {
	for term, want := range map[string]string{
		"op(a, b":                               "1:1: expected ) at the end of op, found none",
		"op(a, )":                               "1:7: expected a label or a term, found none",
		"op(a) b":                               `1:7: expected , or ) behind a term, found "b"`,
		"op(a)(b)":                              `1:6: expected , or ) behind a term, found "("`,
		"op(a), b":                              `1:6: expected nothing behind the term, found ','`,
		"op(a, xy(b))":                          `1:7: expected op, ap, cp, oo, ao, co, OR, AND or SAND in front of (, found "xy"`,
		"op(a, oo(b))":                          `1:7: expected op, ap or cp, for a node of the proponent, found oo`,
		"cp(a, op(b))":                          `1:7: expected oo, ao or co, for a node of the opponent, found op`,
		"op(a, OR(b))":                          `1:7: expected op, ap or cp, for a node of the proponent, found OR`,
		"OR(a,\n cp(b, c))":                     `2:2: expected OR, AND or SAND, found cp`,
		"co(a, b)":                              `1:1: expected op, ap or cp, for a node of the proponent, found co`,
		"cp(a)":                                 "1:1: expected two terms in cp, found one",
		"op(cp(a, b, c))":                       "1:4: expected two terms in cp, found more",
		"op(a, \xff)":                           "1:1: the file is not in UTF-8",
		"op(" + strings.Repeat("a", maxTag+1):   fmt.Sprintf("1:4: a text of more than %d bytes", maxTag),
		"op(" + strings.Repeat("op(", maxDepth): fmt.Sprintf("1:%d: more than %d terms within each other", 3*maxDepth+1, maxDepth),
	} {
		_, _, err := Read("t", []byte(term), "")
		list, _ := err.(diag.List)
		if len(list) != 1 || fmt.Sprintf("%d:%d: %s", list[0].Span.Start().Line, list[0].Span.Start().Column, list[0].Message) != want {
			t.Errorf("%.40q: %v, want %s", term, err, want)
		}
	}
}

func FuzzReadADTerms(f *testing.F) {
	f.Add("ap(Get in, cp(op(Pick the lock, Break the door), oo(Guard, ao(Alarm, co(Dog, Bone)))))")
	f.Add("SAND(a, OR(b, AND(c, d)))")
	f.Add("cp(cp(a, b), c)")
	f.Add("op(႗, b)") // a digit, but not one of the language
	f.Fuzz(func(t *testing.T, text string) {
		m, problems := ReadADTerms("", File{"t", []byte(text)})
		if problems.Err() != nil {
			return
		}
		tree, err := attacktree.New(*m)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		sameText(t, "fuzz", tree)
	})
}
