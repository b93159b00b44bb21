package dsl

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// dump writes a syntax tree without places and comments, so that two are equal
// if and only if their dumps are.
func dump(f *File) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(f.Decls))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		if v.Kind() == reflect.Interface {
			fmt.Fprintf(b, "%v", v.Elem().Type())
		}
		dumpValue(b, v.Elem())
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			dumpValue(b, v.Index(i))
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	case reflect.Struct:
		b.WriteByte('{')
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Span" && name != "Long" {
				b.WriteString(name + ":")
				dumpValue(b, v.Field(i))
				b.WriteByte(' ')
			}
		}
		b.WriteByte('}')
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprint(b, v.Interface())
	}
}

// checkFormat tests all that Format and Canonical promise of a file without errors.
func checkFormat(t *testing.T, src []byte) {
	t.Helper()
	f, list := Parse("a.atree", src)
	if len(list) > 0 {
		t.Fatalf("%s\nhas errors: %v", src, list)
	}
	out := Format(f)
	g, list := Parse("b.atree", out)
	if len(list) > 0 {
		t.Fatalf("%s\nis formatted to\n%s\nwhich has errors: %v", src, out, list)
	}
	if dump(f) != dump(g) {
		t.Fatalf("%s\nis formatted to\n%s\nwhich means\n%s\nnot\n%s", src, out, dump(g), dump(f))
	}
	if again := Format(g); !bytes.Equal(out, again) {
		t.Fatalf("%s\nis formatted to\n%s\nand then to\n%s", src, out, again)
	}
	if a, b := commentTexts(f), commentTexts(g); !reflect.DeepEqual(a, b) {
		t.Fatalf("%s\nis formatted to\n%s\ncomments %q become %q", src, out, a, b)
	}
	c := Canonical(f)
	if !bytes.Equal(c, Canonical(g)) {
		t.Fatalf("%s\nand its standard style\n%s\ndiffer in canonical form:\n%s\nand\n%s", src, out, c, Canonical(g))
	}
	h, list := Parse("c.atree", c)
	if len(list) > 0 && len(f.Decls) > 0 {
		t.Fatalf("%s\nhas the canonical form\n%s\nwhich has errors: %v", src, c, list)
	}
	if dump(f) != dump(h) || !bytes.Equal(c, Canonical(h)) {
		t.Fatalf("%s\nhas the canonical form\n%s\nwhich means\n%s\nnot\n%s", src, c, dump(h), dump(f))
	}
}

func commentTexts(f *File) []string {
	var out []string
	for _, c := range f.Comments {
		out = append(out, c.Span.Text())
	}
	sort.Strings(out)
	return out
}

// A generator writes random files that are in the language, from the table of
// keywords, with random layout and comments.
type generator struct {
	rng   *rand.Rand
	b     strings.Builder
	depth int
}

func randomFile(seed uint64) []byte {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 1))}
	for range 1 + g.rng.IntN(5) {
		g.declaration()
	}
	g.gap()
	return []byte(g.b.String())
}

func (g *generator) pick(options ...string) string { return options[g.rng.IntN(len(options))] }

// gap writes what may stand between two tokens.
func (g *generator) gap() {
	switch g.rng.IntN(12) {
	case 0, 1:
		g.b.WriteString("\n")
	case 2:
		g.b.WriteString("\n\n\n")
	case 3:
		fmt.Fprintf(&g.b, "  # remark %d\n", g.rng.IntN(1000))
	case 4:
		fmt.Fprintf(&g.b, "\n\t#%d\r\n", g.rng.IntN(1000))
	case 5:
		g.b.WriteString("   ")
	default:
		g.b.WriteString(" ")
	}
}

func (g *generator) put(tokens ...string) {
	for _, t := range tokens {
		g.gap()
		g.b.WriteString(t)
	}
}

func (g *generator) name() string {
	return g.pick("a", "b2", "long-name", "step", "cost", "x_y", "ключ", "node", "every", "by")
}

func (g *generator) text() string {
	return g.pick(`"a label"`, `""`, `"\"\\\u00e9\n"`, "\"\"\"\n   two\n     lines\n\n   \"\"\"", `"""one"""`, "\"\"\" x\n\t\\\"\"\"\n y \"\"\"", `"""\u0020 a"""`, "\"\"\"\n\n\"\"\"")
}

func (g *generator) number() string {
	return g.pick("5", "0.5", "1_000", "2e6", "5k", "30%", "14d", "1.5M", "3mo", "90min", "7%", "2e-3B", "0", "1h")
}

func (g *generator) list(one func() string) {
	g.put(one())
	n := g.rng.IntN(3)
	if g.rng.IntN(10) == 0 { // more than a line holds
		n = 30
	}
	for range n {
		g.put(",", one())
	}
}

func (g *generator) value() {
	switch g.rng.IntN(8) {
	case 0:
		g.put(g.number(), "..", g.number())
	case 1:
		g.put(g.pick("uniform", "beta"), "(", g.number(), ",", g.number(), ")")
	case 2:
		g.put(g.pick("pert", "triangular"), "(", g.number(), ",", g.number(), ",", g.number(), ")")
	case 3:
		g.put("lognormal", "(", g.number(), "..", g.number(), ")")
	case 4:
		g.put(g.number(), "*", g.pick("p", "time"))
	case 5:
		g.put("lib.p", "*", g.number())
	case 6:
		if g.depth > 0 { // a declaration may not seem to begin
			g.put(g.pick("p", "owner", "step"))
		} else {
			g.put("p")
		}
	default:
		g.put(g.number())
	}
}

func (g *generator) effect() {
	if g.rng.IntN(3) > 0 {
		g.put(g.pick("-", "+", "*", "<="))
		if g.rng.IntN(2) > 0 {
			g.put(g.number())
			return
		}
	}
	g.put("(")
	g.value()
	g.put(")")
}

func (g *generator) target() string {
	return g.pick("threat ", "tag ", "") + g.pick("t", "lib.t", "u-2")
}

func (g *generator) date() string { return g.pick("2026-11-01", "2028-02-29", "0999-12-31") }

// rest writes ["label"] [block].
func (g *generator) rest(b *block, label bool) {
	if label && g.rng.IntN(2) > 0 {
		g.put(g.text())
	}
	if g.rng.IntN(3) > 0 {
		g.block(b)
	}
}

func (g *generator) block(b *block) {
	g.put("{")
	g.depth++
	used := map[string]bool{}
	for range g.rng.IntN(6) / g.depth {
		name := b.names[g.rng.IntN(len(b.names))]
		k := keywords[name]
		if k.form.attribute() && used[name] {
			continue
		}
		used[name] = true
		g.item(b, k)
	}
	g.depth--
	g.put("}")
}

func (g *generator) item(b *block, k *keyword) {
	if k.name == "atleast" {
		g.put("atleast", "2", g.name())
		g.rest(blockNode, true)
		return
	}
	g.put(k.name)
	word := func() string { return g.pick("w", "other-w", "ATTACK:T1566", "A.b", "cost", "use", "tags", "param") }
	switch k.form {
	case formValue:
		if b == blockOn {
			g.effect()
		} else {
			g.value()
		}
	case formWord:
		g.put(word())
	case formWords:
		g.list(word)
	case formRefs:
		g.list(func() string { return g.pick(word(), `"quoted ref"`, `"plain"`) })
	case formBy:
		g.put("by")
		g.list(word)
	case formText:
		g.put(g.text())
	case formDate:
		g.put(g.date())
	case formReviewed:
		g.put(g.date())
		if g.rng.IntN(2) > 0 {
			g.put("every")
			g.value()
		}
	case formBasis:
		if g.rng.IntN(2) > 0 {
			g.put(g.pick("cost", "access", "likelihood"))
		}
		g.put(g.text())
	case formUse:
		g.put(word())
	case formFor:
		g.list(word)
		g.block(blockFor)
	case formOn:
		g.list(g.target)
		g.block(blockOn)
	case formNode:
		g.put(g.name())
		g.rest(blockNode, true)
	case formBoundary:
		g.put(g.name())
		g.rest(blockBoundary, true)
	case formElement:
		g.put(g.name())
		g.rest(blockElement, true)
	case formFlow:
		g.put(g.name(), word(), "->", word())
		g.rest(blockFlow, true)
	case formParamValue:
		g.put(word())
		g.value()
	case formNodeValues:
		g.put(word())
		g.block(blockValues)
	}
}

func (g *generator) declaration() {
	name := declarationNames[g.rng.IntN(len(declarationNames))]
	b := declarations[name]
	if k := keywords[name]; k != nil && k.form == formNode {
		g.item(nil, k)
		return
	}
	g.put(name)
	switch name {
	case "goal":
		g.item(nil, keywords[g.pick("step", "atleast", "or")])
	case "model", "system":
		g.rest(b, true)
	case "import":
		g.put(g.text(), "as", g.name())
	case "copy":
		g.put(g.text(), "as", g.name())
		g.rest(b, false)
	case "param":
		g.put(g.name())
		g.value()
		g.rest(b, false)
	case "correlate":
		g.list(func() string { return g.pick("p", "lib.p", "long-name") })
		g.put(",", "q")
		if g.rng.IntN(2) > 0 {
			g.put("-")
		}
		g.put(g.number())
		g.rest(b, false)
	case "set":
		g.put(g.name(), "{")
		if g.rng.IntN(3) > 0 {
			g.list(g.name)
		}
		g.put("}")
	case "accept":
		if g.rng.IntN(2) > 0 {
			g.put("at", g.name(), "stride")
			g.list(g.name)
		} else {
			g.put(g.target())
		}
		g.rest(b, true)
	default:
		g.put(g.name())
		g.rest(b, true)
	}
}

// TestRandomFiles parses and formats files that use every keyword of the table.
func TestRandomFiles(t *testing.T) {
	n := uint64(3000)
	if testing.Short() {
		n = 300
	}
	var seen strings.Builder
	for seed := range n {
		src := randomFile(seed)
		checkFormat(t, src)
		seen.Write(src)
	}
	all := seen.String()
	for name := range keywords {
		if !strings.Contains(all, name) {
			t.Errorf("no file has %q", name)
		}
	}
}
