package dsl

import (
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/atree-dev/atree/attacktree/diag"
)

func readLanguage(t *testing.T) []byte {
	t.Helper()
	src, err := os.ReadFile("testdata/language.atree")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// parseOne parses a file of one declaration, without errors.
func parseOne[T Decl](t *testing.T, src string) T {
	t.Helper()
	f, list := Parse("x.atree", []byte(src))
	if len(list) > 0 || len(f.Decls) != 1 {
		t.Fatalf("%s: %d declarations, %v", src, len(f.Decls), list)
	}
	return f.Decls[0].(T)
}

func TestParseLanguage(t *testing.T) {
	f, list := Parse("language.atree", readLanguage(t))
	for _, p := range list {
		t.Error(p)
	}
	if len(f.Decls) != 12 || len(f.Comments) != 12 {
		t.Errorf("%d declarations and %d comments", len(f.Decls), len(f.Comments))
	}
	steal := f.Decls[5].(*Node)
	if !steal.Goal || steal.Gate.Text != "or" || steal.Name.Text != "steal" || steal.Label.Value != "Steal the model weights" || len(steal.Body.Items) != 7 {
		t.Errorf("the goal was read as %+v", steal)
	}
	creds := steal.Body.Items[3].(*Node).Body.Items[0].(*Node)
	if got := creds.Span.Text(); !strings.HasPrefix(got, "step creds") || !strings.HasSuffix(got, "another number\n    }") {
		t.Errorf("the place of creds is %q", got)
	}
	if refs := creds.Body.Items[6].(*Attr); len(refs.Words) != 2 || refs.Words[1].Text != "ATTACK:T1566" || refs.Span.Text() != "refs       ATLAS:AML.T0012, ATTACK:T1566" {
		t.Errorf("refs were read as %+v", refs)
	}
	keys := steal.Body.Items[5].(*Node)
	if keys.K == nil || keys.K.Value != 2 || keys.Name.Text != "custodians" {
		t.Errorf("atleast was read as %+v", keys)
	}
	on := f.Decls[7].(*Control).Body.Items[4].(*On)
	if e := on.Body.Items[1].(*Attr); e.Value.Op != OpPlus || e.Value.Expr.(*Number).Value != 15e3 || e.Value.Span.Text() != "+15k" {
		t.Errorf("an effect was read as %+v", e.Value)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text  string
		value float64
		unit  Unit
	}{
		{"0", 0, Plain}, {"5", 5, Plain}, {"1_000", 1000, Plain}, {"0.5", 0.5, Plain}, {"2e6", 2e6, Plain}, {"2E-3", 0.002, Plain}, {"1e+2", 100, Plain},
		{"5k", 5000, Plain}, {"1.5M", 1.5e6, Plain}, {"2B", 2e9, Plain}, {"0.1k", 100, Plain}, {"1e-3M", 1000, Plain},
		{"7%", 0.07, Share}, {"100%", 1, Share}, {"0.1%", 0.001, Share}, {"29%", 0.29, Share}, {"58%", 0.58, Share},
		{"1d", 1, Days}, {"2w", 14, Days}, {"1y", 365, Days}, {"3mo", 91.25, Days}, {"12h", 0.5, Days}, {"90min", 0.0625, Days},
		{"1e308", 1e308, Plain}, {"5e-324", 5e-324, Plain}, {"1e400k", math.Inf(1), Plain}, {"0e999", 0, Plain},
	} {
		value, unit, hint := readNumber(c.text)
		if math.IsInf(c.value, 0) {
			if hint == "" {
				t.Errorf("%s is read as %v", c.text, value)
			}
			continue
		}
		if value != c.value || unit != c.unit || hint != "" {
			t.Errorf("%s is read as %v of unit %d (%s), want %v of unit %d", c.text, value, unit, hint, c.value, c.unit)
		}
		n := &Number{Value: value, Unit: unit}
		if v, u, hint := readNumber(literal(n)); v != value || u != unit || hint != "" {
			t.Errorf("%s is written as %q, which is read as %v (%s)", c.text, literal(n), v, hint)
		}
	}
	for _, c := range []struct {
		n    Number
		want string
	}{
		{Number{Value: 5000}, "5k"}, {Number{Value: 20e6}, "20M"}, {Number{Value: 1234.5}, "1234.5"}, {Number{Value: 0.07, Unit: Share}, "7%"},
		{Number{Value: 365, Unit: Days}, "1y"}, {Number{Value: 14, Unit: Days}, "2w"}, {Number{Value: 90, Unit: Days}, "90d"}, {Number{Value: 1e-9}, "1e-9"},
		{Number{Value: 1.0 / 3, Unit: Share}, "33.33333333333333%"}, {Number{}, "0"},
	} {
		if got := literal(&c.n); got != c.want {
			t.Errorf("%+v is written %q, want %q", c.n, got, c.want)
		}
	}
}

// TestWords parses what could be taken for something else.
func TestWords(t *testing.T) {
	flow := parseOne[*System](t, "system{flow ask a->store}").Body.Items[0].(*Flow)
	if flow.From.Text != "a" || flow.To.Text != "store" {
		t.Errorf("a->store was read as %+v", flow)
	}
	r := parseOne[*Param](t, "param p 1..2").Value.Expr.(*Range)
	if r.Lo.Value != 1 || r.Hi.Value != 2 {
		t.Errorf("1..2 was read as %+v", r)
	}
	body := parseOne[*Node](t, "goal or or { step step { cost step likelihood 2 * time time cost * 50% } use use asset weights }").Body.Items
	step := body[0].(*Node)
	if step.Name.Text != "step" || step.Body.Items[0].(*Attr).Value.Expr.(*Ref).Name.Text != "step" ||
		step.Body.Items[1].(*Attr).Value.Expr.(*Ref).Factor.Value != 2 || step.Body.Items[2].(*Attr).Value.Expr.(*Ref).Factor.Value != 0.5 {
		t.Errorf("names that are keywords were read as %+v", step.Body.Items)
	}
	if use := body[1].(*Use); use.Name.Text != "use" {
		t.Errorf("use use was read as %+v", use)
	}
	effects := parseOne[*Control](t, "control c { on a { likelihood -(60%..95%) impact *0.5 * name cost -pert(1, 2, 3) time *name } }").Body.Items[0].(*On).Body.Items
	if v := effects[0].(*Attr).Value; v.Op != OpMinus || !v.Parens || v.Expr.(*Range).Hi.Value != 0.95 {
		t.Errorf("-(60%%..95%%) was read as %+v", v)
	}
	if v := effects[1].(*Attr).Value; v.Op != OpTimes || v.Expr.(*Ref).Factor.Value != 0.5 {
		t.Errorf("*0.5 * name was read as %+v", v)
	}
}

func TestStrings(t *testing.T) {
	for text, want := range map[string]string{
		`"a\"\\\/\n\t"`:                          "a\"\\/\n\t",
		`"\u00e9\ud83d\ude00"`:                   "é😀",
		`""`:                                     "",
		"\"\"\"\"\"\"":                           "",
		"\"\"\"one\"\"\"":                        "one",
		"\"\"\"\n    one\n      two\n  \"\"\"":   "one\n  two",
		"\"\"\"\r\n\tone\r\n\r\n\ttwo\r\n\"\"\"": "one\n\ntwo",
		"\"\"\" one\n    two\n   three\"\"\"":    "one\n two\nthree",
		"\"\"\"\n\n\"\"\"":                       "",
		"\"\"\"\n\n\n\"\"\"":                     "\n",
		"\"\"\"\n\\\"\"\" \\u0041\n\"\"\"":       "\"\"\" A",
	} {
		a := parseOne[*Asset](t, "asset a { note "+text+" }").Body.Items[0].(*Attr)
		if a.Text.Value != want {
			t.Errorf("%s is read as %q, want %q", text, a.Text.Value, want)
		}
		if a.Text.Span.Text() != text {
			t.Errorf("the place of %s is %s", text, a.Text.Span.Text())
		}
	}
}

func TestEncoding(t *testing.T) {
	f, list := Parse("x", []byte("\ufeffgoal step a {\r\n  cost 5k # c\r\n}\r\n"))
	if len(list) > 0 {
		t.Fatal(list)
	}
	if got := string(Format(f)); got != "goal step a {\n  cost 5k  # c\n}\n" {
		t.Errorf("formatted to %q", got)
	}
	if got := f.Decls[0].Place().String(); got != "x:1:1" {
		t.Errorf("behind a byte order mark the place is %s", got)
	}
	for src, want := range map[string]string{
		"goal step a\x00":           "U+0000",
		"goal step a # \x01":        "U+0001",
		"goal step a \"\xff\xfe\"":  "0xFF",
		"goal step a\rgoal step b":  "carriage return",
		"\xff\xfeg\x00o\x00":        "UTF-16",
		"goal step a\n\n# ok \xc3(": "0xC3",
	} {
		_, list := Parse("x", []byte(src))
		if len(list) == 0 || list[0].Code != codeCharacter || !strings.Contains(list[0].Message, want) {
			t.Errorf("%q: %v, want %s", src, list, want)
		}
	}
}

func TestLimits(t *testing.T) {
	nested := func(n int) []byte {
		return []byte("goal " + strings.Repeat("or x {", n) + strings.Repeat("}", n))
	}
	f, list := Parse("x", nested(maxDepth))
	if len(list) > 0 {
		t.Errorf("at the limit: %v", list)
	}
	if out := Format(f); len(out) > 3_000_000 {
		t.Errorf("%d bytes of indent", len(out))
	}
	for _, n := range []int{maxDepth + 1, 100_000} {
		if _, list := Parse("x", nested(n)); len(list) != 1 || list[0].Code != codeNesting {
			t.Errorf("%d levels: %v", n, list)
		}
	}
	if _, list := Parse("x", []byte(strings.Repeat("or x {", 100_000))); len(list) != 2 || list[0].Code != codeNesting {
		t.Errorf("not closed: %v", list)
	}
	if _, list := Parse("x", make([]byte, MaxSize+1)); len(list) != 1 || list[0].Code != codeTooLarge {
		t.Errorf("too large: %v", list)
	}
	for _, many := range []string{"#\n", "}"} {
		if _, list := Parse("x", []byte(strings.Repeat(many, maxTokens+1))); len(list) != 1 || list[0].Code != codeTooLarge {
			t.Errorf("too many of %q: %v", many, list[0])
		}
	}
	_, list = Parse("x", []byte(strings.Repeat("? }\n", 10_000)))
	if len(list) != maxProblems+1 || list[maxProblems].Code != codeTooMany {
		t.Errorf("%d problems", len(list))
	}
	for _, garbage := range []string{"?", "\x01\x02", "\xfe\xfd"} { // what is no text is not read to its end
		file, list := Parse("x", []byte(strings.Repeat(garbage, 1000)+"\ngoal step a"))
		if len(list) != maxProblems+1 || list[maxProblems].Code != codeTooMany || len(file.Decls) > 0 {
			t.Errorf("%q: %d problems, %d declarations", garbage, len(list), len(file.Decls))
		}
	}
	_, list = Parse("x", []byte("goal step a { cost "+strings.Repeat("1", 1<<20)+" }"))
	if len(list) != 1 || len(list[0].Message) > 1000 {
		t.Errorf("%d problems, and a message of %d bytes", len(list), len(list[0].Message))
	}
}

// TestDocs runs the examples of package diag: the bad one has the problem that
// it explains and no other, the good one has none.
func TestDocs(t *testing.T) {
	syntax := map[diag.Code]bool{codeSyntax: true, codeEmpty: true, codeCharacter: true, codeString: true, codeNumber: true, codeDate: true, codeName: true,
		codeWord: true, codeMisplaced: true, codeDuplicate: true, codeNesting: true, codeTooLarge: true, codeTooMany: true}
	for code := range syntax {
		d, ok := diag.Explain(code)
		if !ok || d.Title == "" || d.Text == "" {
			t.Errorf("%s is not explained", code)
			continue
		}
		if code == codeTooLarge { // no small example
			continue
		}
		_, list := Parse("bad.atree", []byte(d.Bad))
		if code == codeTooMany {
			list = list[maxProblems:]
		}
		if len(list) != 1 || list[0].Code != code {
			t.Errorf("%s: its bad example gives %v", code, list)
		}
		if f, list := Parse("good.atree", []byte(d.Good)); len(list) > 0 {
			t.Errorf("%s: its good example gives %v", code, list)
		} else if got := string(Format(f)); got != d.Good {
			t.Errorf("%s: its good example is not in the standard style, which is\n%s", code, got)
		}
	}
}

// TestConcurrent parses in several goroutines, as the grammar is shared.
func TestConcurrent(t *testing.T) {
	src := readLanguage(t)
	want, _ := Parse("x", src)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if f, list := Parse("x", src); len(list) > 0 || dump(f) != dump(want) {
					t.Error("another result in another goroutine", list)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestPartial checks what is kept of a file with errors.
func TestPartial(t *testing.T) {
	f, list := Parse("x", []byte("goal or a {\n  step b { cost = 5k  time 3d }\n  stpe c\n  step d\n}\ncontrl x\nparam p 5K\n"))
	if len(list) != 4 {
		t.Error(list)
	}
	if got := string(Canonical(f)); got != "goal or a {\n  step b {\n    time 3d\n  }\n  step d\n}\nparam p 0\n" {
		t.Errorf("kept\n%s", got)
	}
}

// TestBuilt formats a file that was built rather than parsed.
func TestBuilt(t *testing.T) {
	money := func(v float64) *Value { return &Value{Expr: &Number{Value: v}} }
	f := &File{Decls: []Decl{
		&Node{Goal: true, Gate: Word{Text: "or"}, Name: Word{Text: "a"}, Label: &Text{Value: `the "root"`}, Body: &Block{Items: []Item{
			&Node{Gate: Word{Text: "step"}, Name: Word{Text: "b"}, Body: &Block{Items: []Item{
				&Attr{Key: Word{Text: "cost"}, Value: money(5000)},
				&Attr{Key: Word{Text: "note"}, Text: &Text{Value: "one\ntwo", Long: true}},
			}}},
			&Node{Gate: Word{Text: "step"}, Name: Word{Text: "c"}, Body: &Block{Items: []Item{
				&Attr{Key: Word{Text: "cost"}, Value: money(3)},
				&Attr{Key: Word{Text: "refs"}, Words: []Word{{Text: "CWE-20"}, {Text: "two words"}}},
			}}},
			&Use{Name: Word{Text: "d"}},
		}}},
		&Node{Gate: Word{Text: "step"}, Name: Word{Text: "d"}},
	}}
	const want = `goal or a "the \"root\"" {
  step b {
    cost 5k
    note """
    one
    two
    """
  }
  step c { cost 3  refs CWE-20, "two words" }
  use d
}

step d
`
	if got := string(Format(f)); got != want {
		t.Errorf("got\n%s", got)
	}
	checkFormat(t, Format(f))
}

// TestOneMistake breaks each token of a file in several ways: what follows
// from one mistake must not be reported as well. Only a brace too many or too
// few has consequences that cannot all be told from mistakes.
func TestOneMistake(t *testing.T) {
	src := readLanguage(t)
	p := newParser(diag.NewSource("x", string(src)))
	messages, files := 0, 0
	for _, tok := range p.tokens[:len(p.tokens)-1] {
		for _, instead := range []string{"", "?", " xyzzy ", "5", `"text"`, ",", "=", "{", "}"} {
			broken := string(src[:tok.start]) + instead + string(src[tok.end:])
			_, list := Parse("x", []byte(broken))
			limit := 2
			if tok.sym == symOpen || tok.sym == symClose || instead == "{" || instead == "}" {
				limit = 4
			}
			if len(list) > limit {
				t.Errorf("%s with %q in place of %q: %d problems: %v", p.span(tok), instead, p.text(tok), len(list), []*diag.Problem(list))
			}
			if len(list) > 0 {
				messages, files = messages+len(list), files+1
			}
		}
	}
	if mean := float64(messages) / float64(files); mean > 1.5 {
		t.Errorf("%.2f messages a mistake", mean)
	}
}
