package dsl

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// productions reads the grammar of the manual into name and right side, cut
// into literals, names and signs.
func productions(t *testing.T) map[string][]string {
	t.Helper()
	token := regexp.MustCompile(`"""|"[^"]*"|'[^']*'|[A-Za-z]+|[|()\[\]{}]`)
	out := map[string][]string{}
	for _, p := range strings.Split(EBNF(), " .\n") {
		name, right, ok := strings.Cut(p, "=")
		if ok {
			out[strings.TrimSpace(name)] = token.FindAllString(right, -1)
		}
	}
	if len(out) < 40 {
		t.Fatalf("only %d productions", len(out))
	}
	return out
}

// first returns the literals with which a production can begin, in order.
func first(t *testing.T, grammar map[string][]string, name string) []string {
	t.Helper()
	right, ok := grammar[name]
	if !ok {
		t.Fatalf("the grammar does not define %s", name)
	}
	var out []string
	starts := true // of an alternative
	depth := 0     // of groups that the first symbol does not stand in
	for _, s := range right {
		switch {
		case s == "|":
			starts = starts || depth == 0
		case strings.ContainsAny(s, "([{") && len(s) == 1:
			if !starts {
				depth++
			}
		case strings.ContainsAny(s, ")]}") && len(s) == 1:
			depth = max(0, depth-1)
		case !starts:
		case s[0] == '"':
			out, starts = append(out, strings.Trim(s, `"`)), false
		default:
			out, starts = append(out, first(t, grammar, s)...), false
		}
	}
	return out
}

// TestGrammar compares the grammar of the manual with the table of keywords
// that the parser goes by, in both directions.
func TestGrammar(t *testing.T) {
	grammar := productions(t)
	same := func(production string, want []string) {
		t.Helper()
		got := first(t, grammar, production)
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(got, want) {
			t.Errorf("%s begins with\n%q, the table has\n%q", production, got, want)
		}
	}
	same("file", declarationNames)
	same("file", slices.Collect(maps.Keys(declarations)))
	for production, b := range map[string]*block{
		"modelItem": blockModel, "copyItem": blockCopy, "paramItem": blockParam, "correlateItem": blockCorrelate, "assetItem": blockAsset,
		"adversaryItem": blockAdversary, "nodeItem": blockNode, "valuesItem": blockValues, "forItem": blockFor,
		"controlItem": blockControl, "onItem": blockOn, "acceptItem": blockAccept, "systemItem": blockSystem,
		"boundaryItem": blockBoundary, "elementItem": blockElement, "flowItem": blockFlow,
	} {
		same(production, b.names)
	}
	same("gate", strings.Fields(gates))
	var withUnit []string
	for u := range units {
		if u != "" {
			withUnit = append(withUnit, u)
		}
	}
	same("unit", withUnit)
	same("sign", []string{"-", "+", "*", "<="})

	var literals []string
	for _, right := range grammar {
		for _, s := range right {
			literals = append(literals, strings.Trim(s, `"`))
		}
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(keywords)), slices.Collect(maps.Keys(distributions))) {
		if !slices.Contains(literals, name) {
			t.Errorf("the grammar lacks %q", name)
		}
	}
	for form := range grammar {
		uses := 0
		for _, right := range grammar {
			for _, s := range right {
				if s == form {
					uses++
				}
			}
		}
		if uses == 0 && form != "file" {
			t.Errorf("nothing uses the production %s", form)
		}
	}
}

// TestForms compares what the grammar says of each attribute with its form.
func TestForms(t *testing.T) {
	symbols := map[form]string{formValue: "value", formWord: "name", formWords: "names", formRefs: "refs", formText: "text", formDate: "date"}
	for name, k := range keywords {
		symbol, ok := symbols[k.form]
		if !ok || name == "review" {
			continue
		}
		for _, m := range regexp.MustCompile(`"`+name+`" (\w+)`).FindAllStringSubmatch(EBNF(), -1) {
			// A declaration may have the same word.
			if got := m[1]; got != symbol && got != "effect" && !(got == "name" && (name == "asset" || name == "threat" || name == "at")) {
				t.Errorf("the grammar has %s behind %q, the table %s", got, name, symbol)
			}
		}
	}
}

// TestManual parses every example of the manual; all are in the standard style.
func TestManual(t *testing.T) {
	examples := regexp.MustCompile("(?s)```atree\n(.*?)```").FindAllStringSubmatch(Manual(), -1)
	if len(examples) < 10 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, e := range examples {
		checkFormat(t, []byte(e[1]))
		f, _ := Parse("spec.md", []byte(e[1]))
		if got := string(Format(f)); got != e[1] {
			t.Errorf("not in the standard style:\n%swant\n%s", e[1], got)
		}
	}
	for _, k := range keywords {
		if !strings.Contains(Manual(), "`"+k.name) {
			t.Errorf("the manual does not explain %q", k.name)
		}
	}
}
