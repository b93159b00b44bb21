package diag

import (
	"strings"
	"testing"
)

func show(t *testing.T, p Printer, list ...*Problem) string {
	t.Helper()
	var b strings.Builder
	if err := p.Print(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPrint pins what a person sees, to the byte.
func TestPrint(t *testing.T) {
	at := func(text, marked string) Span {
		src := NewSource("x.atree", text)
		i := strings.Index(text, marked)
		if i < 0 {
			t.Fatalf("%q is not in %q", marked, text)
		}
		return src.Span(i, i+len(marked))
	}
	long := strings.Repeat("left ", 40) + "HERE" + strings.Repeat(" right", 40)
	for _, c := range []struct {
		name    string
		printer Printer
		problem Problem
		want    string
	}{
		{"plain", Printer{}, Problem{Code: "undefined-name", Span: at("and x {\n    use backupp\n}\n", "backupp"), Message: `no node is called "backupp"`, Hint: `did you mean "backup"?`}, `
x.atree:2:9: error: no node is called "backupp" [undefined-name]
    2 |     use backupp
      |         ^^^^^^^
   hint: did you mean "backup"?
`},
		{"warning and notes", Printer{}, Problem{Severity: Warning, Code: "w", Span: at("a b", "b"), Message: "m", Related: []Related{{"first", at("a b", "a")}, {"nowhere", Span{}}}}, `
x.atree:1:3: warning: m [w]
    1 | a b
      |   ^
   note: x.atree:1:1: first
   note: nowhere
`},
		{"no place", Printer{}, Problem{Code: "c", Message: "m"}, `
error: m [c]
`},
		{"tabs", Printer{}, Problem{Code: "c", Span: at("\tx\tyy", "yy"), Message: "m"}, `
x.atree:1:4: error: m [c]
    1 |     x   yy
      |         ^^
`},
		{"wide and combining", Printer{}, Problem{Code: "c", Span: at("漢字 e\u0301 é 漢", "é 漢"), Message: "m"}, `
x.atree:1:7: error: m [c]
    1 | 漢字 ` + "e\u0301" + ` é 漢
      |        ^^^^
`},
		{"several lines", Printer{}, Problem{Code: "c", Span: at("ab cd\r\nef", "cd\r\nef"), Message: "m"}, `
x.atree:1:4: error: m [c]
    1 | ab cd
      |    ^^
`},
		{"end of the text", Printer{}, Problem{Code: "c", Span: NewSource("x.atree", "ab\n").Span(3, 3), Message: "m"}, `
x.atree:2:1: error: m [c]
    2 |
      | ^
`},
		{"behind the line", Printer{}, Problem{Code: "c", Span: NewSource("x.atree", "ab").Span(2, 2), Message: "m"}, `
x.atree:1:3: error: m [c]
    1 | ab
      |   ^
`},
		{"cut", Printer{Width: 48}, Problem{Code: "c", Span: at(long, "HERE"), Message: "m"}, `
x.atree:1:201: error: m [c]
    1 | …ft left left HERE right right right ri…
      |               ^^^^
`},
		{"cut in the span", Printer{Width: 40}, Problem{Code: "c", Span: at(long, long[100:]), Message: "m"}, `
x.atree:1:101: error: m [c]
    1 | …left left left left left left …
      |            ^^^^^^^^^^^^^^^^^^^^^
`},
		{"what a terminal would obey", Printer{}, Problem{Code: "c", Span: at("a \x1b[31m b", "b"), Message: "m \x1b"}, `
x.atree:1:9: error: m ` + "\ufffd" + ` [c]
    1 | a ` + "\ufffd" + `[31m b
      |         ^
`},
		{"byte order mark", Printer{}, Problem{Code: "c", Span: at("\ufeffa b", "b"), Message: "m"}, `
x.atree:1:3: error: m [c]
    1 | a b
      |   ^
`},
		{"colour", Printer{Color: true}, Problem{Code: "c", Span: at("a", "a"), Message: "m", Hint: "h"}, "\n" +
			"\x1b[1mx.atree:1:1:\x1b[0m \x1b[1;31merror:\x1b[0m m [c]\n    1 | a\n      | \x1b[1;31m^\x1b[0m\n   \x1b[36mhint:\x1b[0m h\n"},
	} {
		if got := "\n" + show(t, c.printer, &c.problem); got != c.want {
			t.Errorf("%s:%swant%s", c.name, got, c.want)
		}
	}
}

func TestPrintLimit(t *testing.T) {
	list := make([]*Problem, 25)
	for i := range list {
		list[i] = &Problem{Code: "c", Message: "m"}
	}
	for limit, want := range map[int]string{0: "and 5 more\n", 3: "and 22 more\n", -1: "", 25: ""} {
		got := show(t, Printer{Limit: limit}, list...)
		if tail := strings.ReplaceAll(got, "error: m [c]\n", ""); tail != want {
			t.Errorf("limit %d: %q, want %q", limit, tail, want)
		}
	}
}

func TestSummary(t *testing.T) {
	e, w := &Problem{}, &Problem{Severity: Warning}
	for want, list := range map[string]List{
		"no problems": nil, "1 error": {e}, "2 warnings": {w, w}, "3 errors, 1 warning": {e, w, e, e},
	} {
		if got := Summary(list); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"cost", "likelihood", "impact", "time", "or", "on", "and", "control", "MFA"}
	for word, want := range map[string]string{
		"likelyhood": "likelihood", "liklihood": "likelihood", "cots": "cost", "Cost": "cost", "tiem": "time", "mfa": "MFA",
		"contrl": "control", "cost": "", "xyzzy": "", "o": "on", "ad": "and", "": "", "budget": "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
	if Suggest("cots", words) != `did you mean "cost"?` || Suggest("xyzzy", words) != "" {
		t.Error("Suggest says something else than Nearest")
	}
}

// TestDistance compares the three rows with the recursive definition.
func TestDistance(t *testing.T) {
	var define func(a, b []rune) int
	define = func(a, b []rune) int {
		n, m := len(a), len(b)
		if n == 0 || m == 0 {
			return n + m
		}
		cost := 1
		if a[n-1] == b[m-1] {
			cost = 0
		}
		d := min(define(a[:n-1], b)+1, define(a, b[:m-1])+1, define(a[:n-1], b[:m-1])+cost)
		if n > 1 && m > 1 && a[n-1] == b[m-2] && a[n-2] == b[m-1] {
			d = min(d, define(a[:n-2], b[:m-2])+1)
		}
		return d
	}
	var words [][]rune
	for i := range 3 * 3 * 3 * 3 * 3 {
		var w []rune
		for ; i > 0; i /= 3 {
			w = append(w, rune('a'+i%3))
		}
		words = append(words, w)
	}
	for _, a := range words {
		for _, b := range words[:60] {
			if got, want := new(table).distance(a, b), define(a, b); got != want {
				t.Fatalf("distance of %q and %q is %d, want %d", string(a), string(b), got, want)
			}
		}
	}
}

func TestDocs(t *testing.T) {
	docs := Docs()
	for i, d := range docs {
		if i > 0 && docs[i-1].Code >= d.Code {
			t.Errorf("%q comes before %q", docs[i-1].Code, d.Code)
		}
		if d.Title == "" || d.Text == "" || strings.HasSuffix(d.Title, ".") {
			t.Errorf("%s has no good title and text", d.Code)
		}
		if got, ok := Explain(d.Code); !ok || got != d {
			t.Errorf("%s is not found", d.Code)
		}
	}
	if _, ok := Explain("no-such-code"); ok {
		t.Error("an unknown code is explained")
	}
}

func TestList(t *testing.T) {
	src, other := NewSource("a", "one\ntwo"), NewSource("b", "x")
	warning := &Problem{Severity: Warning, Code: "w", Span: src.Span(0, 1), Message: "m"}
	first := &Problem{Code: "e", Span: src.Span(0, 1), Message: "m", Hint: "h"}
	second := &Problem{Code: "e", Span: src.Span(4, 5), Message: "n"}
	third := &Problem{Code: "e", Span: other.Span(0, 1), Message: "o"}
	list := List{second, third, warning, first}
	list.Sort()
	for i, want := range (List{first, warning, second, third}) {
		if list[i] != want {
			t.Errorf("place %d has %v, want %v", i, list[i], want)
		}
	}
	if got := list.Error(); got != "a:1:1: error: m [e] (h) (and 2 more)" {
		t.Errorf("the list reads %q", got)
	}
	if (List{warning}).Err() != nil || list.Err() == nil {
		t.Error("Err counts warnings, or no errors")
	}
	if s := first.Span.To(second.Span); s.Text() != "one\nt" || s.End().Line != 2 || s.End().Column != 2 {
		t.Errorf("%q to %v", s.Text(), s.End())
	}
}
