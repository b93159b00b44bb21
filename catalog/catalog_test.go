package catalog_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/catalog"
)

func TestDefaultPassesCheck(t *testing.T) {
	c := catalog.Default()
	if err := catalog.Check(c); err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string][2]int{
		"threats": {len(c.Threats()), 112}, "patterns": {len(c.Patterns()), 12}, "mitigations": {len(c.Mitigations()), 76},
		"adversaries": {len(c.Adversaries()), 15}, "asset kinds": {len(c.AssetKinds()), 26}, "components": {len(c.Components()), 49},
		"surfaces": {len(c.Surfaces()), 15}, "weaknesses": {len(c.Weaknesses()), 28}, "zones": {len(c.Zones()), 10},
		"stages": {len(c.Stages()), 6}, "concepts": {len(c.Concepts()), 25},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: found %d, want %d", what, n[0], n[1])
		}
	}
}

// What MITRE pairs with a technique is a fact, so all its mitigations must be
// held by some entry; and each entry of a Top 10 by some threat.
func TestOutsideListsAreCovered(t *testing.T) {
	c := catalog.Default()
	for _, l := range c.Lists() {
		for _, item := range l.Items {
			switch {
			case l.Source == "ATLAS" && l.Edition == "5.6.0" && strings.HasPrefix(item.ID, "AML.M"),
				l.Source == "OWASP LLM" && !l.Superseded, l.Source == "OWASP ML", l.Source == "OWASP ASI", l.Source == "OWASP Agentic",
				l.Source == "Microsoft":
				if len(c.Lookup(item.ID)) == 0 {
					t.Errorf("no entry refers to %s %s", l.Name(), item.ID)
				}
			}
		}
	}
}

func TestEveryPhraseIsFound(t *testing.T) {
	c := catalog.Default()
	f, err := os.Open("testdata/phrases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	phrases := 0
	for lines.Scan() {
		phrase, want, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			continue
		}
		phrases++
		var found []string
		for _, hit := range c.Search(phrase) {
			found = append(found, hit.Entry.Common().ID())
		}
		for _, id := range strings.Fields(want) {
			if at := slices.Index(found, id); at < 0 || at > 9 {
				t.Errorf("%q: %s comes %d. of %v", phrase, id, at+1, found[:min(len(found), 12)])
			}
		}
	}
	if phrases != 102 {
		t.Errorf("found %d phrases, want 102", phrases)
	}
}

func TestSearch(t *testing.T) {
	c := catalog.Default()
	for query, first := range map[string]string{
		"model-theft":              "threat/model-theft",
		"PROMPT INJECTIONS":        "threat/prompt-injection",
		"AML.T0051.001":            "threat/indirect-prompt-injection",
		"ATLAS:AML.T0070":          "threat/rag-poisoning",
		"MFA":                      "mitigation/multi-factor-authentication",
		"anonymization":            "mitigation/pii-redaction",
		"criminal organisations":   "adversary/criminal-organisation",
		"RAG":                      "threat/rag-poisoning",
		"denial of wallet":         "threat/denial-of-wallet",
		"steal weights of a model": "threat/model-theft",
	} {
		hits := c.Search(query)
		if len(hits) == 0 || hits[0].Entry.Common().ID() != first {
			var got []string
			for _, h := range hits[:min(5, len(hits))] {
				got = append(got, h.Entry.Common().ID())
			}
			t.Errorf("%q finds %v, want %s first", query, got, first)
		}
	}
	for _, query := range []string{"", "  ", "zzzz", "qwerty uiop asdf", "\x00\xff"} {
		if hits := c.Search(query); len(hits) != 0 {
			t.Errorf("%q finds %d entries", query, len(hits))
		}
	}
}

// An identifier that has moved finds what the new one finds.
func TestLookupFollowsMoves(t *testing.T) {
	c := catalog.Default()
	for _, ids := range [][2]string{{"LLM04:2023", "LLM06:2026"}, {"AML.T0019", "AML.T0115.000"}, {"OWASP:LLM03:2023", "LLM05:2026"}} {
		var found [2][]string
		for i, id := range ids {
			for _, x := range c.Lookup(id) {
				found[i] = append(found[i], x.Common().ID())
			}
		}
		if len(found[1]) == 0 {
			t.Errorf("%s finds nothing", ids[1])
		}
		for _, id := range found[1] {
			if !slices.Contains(found[0], id) {
				t.Errorf("%s finds %v, but not %s as %s does", ids[0], found[0], id, ids[1])
			}
		}
	}
}

func TestResolve(t *testing.T) {
	c := catalog.Default()
	for ref, want := range map[string]struct {
		status catalog.Status
		right  string
	}{
		"ATLAS:AML.T0051":                 {catalog.Known, ""},
		"ATLAS:AML.T0115.000":             {catalog.Known, ""}, // since 2026.07
		"ATLAS:AML.T0019":                 {catalog.Moved, "ATLAS:AML.T0115.000"},
		"ATLAS:AML.T9999":                 {catalog.Unknown, "ATLAS:AML.T0099"},
		"ATLAS:AML.T51":                   {catalog.Malformed, "ATLAS:AML.T0051"},
		"ATLAS:AML.CS0026":                {catalog.Known, ""},
		"ATLAS:AML.CS0999":                {catalog.Known, ""}, // case studies are not held whole
		"ATLAS:Poison Training Data":      {catalog.Malformed, "ATLAS:AML.T0020"},
		"AML.T0051":                       {catalog.Foreign, "ATLAS:AML.T0051"},
		"OWASP:LLM01:2025":                {catalog.Known, ""},
		"OWASP:LLM10:2026":                {catalog.Known, ""},
		"OWASP:LLM03:2023":                {catalog.Moved, "OWASP:LLM05:2026"},
		"OWASP:LLM11:2025":                {catalog.Unknown, "OWASP:LLM01:2025"},
		"OWASP:LLM01":                     {catalog.Malformed, "OWASP:LLM01:2026"},
		"OWASP:LLM01:2024":                {catalog.Malformed, "OWASP:LLM01:2026"},
		"OWASP:ML05:2025":                 {catalog.Malformed, "OWASP:ML05:2023"},
		"OWASP:ASI10":                     {catalog.Known, ""},
		"OWASP:T17":                       {catalog.Known, ""},
		"OWASP:T18":                       {catalog.Unknown, ""},
		"NIST:NISTAML.018":                {catalog.Known, ""},
		"NIST:NISTAML.019":                {catalog.Unknown, ""},
		"NIST:AC-6":                       {catalog.Known, ""},
		"NIST:AC-6(1)":                    {catalog.Known, ""}, // by its form
		"NIST:ZZ-1":                       {catalog.Malformed, ""},
		"CWE-1427":                        {catalog.Known, ""},
		"CWE-99999":                       {catalog.Known, ""},
		"CWE-x":                           {catalog.Foreign, ""},
		"CAPEC-66":                        {catalog.Known, ""},
		"ATTACK:T1566.001":                {catalog.Known, ""},
		"ATTACK:1566":                     {catalog.Malformed, "ATTACK:T1566"},
		"COSAI:riskDataPoisoning":         {catalog.Known, ""},
		"COSAI:riskDataPoisonin":          {catalog.Unknown, "COSAI:riskDataPoisoning"},
		"AIX:2.1":                         {catalog.Known, ""},
		"AIX:MODEL ACCESS CONTROL":        {catalog.Known, ""},
		"RAND:social-engineering":         {catalog.Known, ""},
		"RAND:lone-insider":               {catalog.Unknown, ""},
		"RAND:OC3":                        {catalog.Known, ""},
		"MS-2a":                           {catalog.Known, ""},
		"MS-12":                           {catalog.Unknown, "MS-10"},
		"https://example.org/report":      {catalog.Foreign, ""},
		"ISO/IEC 27001:2022 A.8":          {catalog.Foreign, ""},
		"":                                {catalog.Foreign, ""},
		strings.Repeat("ATLAS:AML.", 500): {catalog.Malformed, ""},
	} {
		got := c.Resolve(ref)
		if got.Status != want.status || want.right != "" && got.Right != want.right {
			t.Errorf("%.40s: got status %d, right %q, want %d, %q", ref, got.Status, got.Right, want.status, want.right)
		}
	}
}

// Every pattern loads as it stands and when it is copied, has a root, and gives
// figures.
func TestPatternsEvaluate(t *testing.T) {
	c := catalog.Default()
	for _, p := range c.Patterns() {
		t.Run(p.Slug, func(t *testing.T) {
			loader := &attacktree.Loader{Library: c}
			alone, err := loader.Parse(p.Slug+".atree", p.Source())
			if err != nil {
				t.Fatal(err)
			}
			copied, err := loader.Parse("copied.atree", []byte(`copy "catalog:`+p.Slug+`" as part
goal or harm { use part.root }
`))
			if err != nil {
				t.Fatal(err)
			}
			var likelihood [2]float64
			for i, tree := range []*attacktree.Tree{alone, copied} {
				for _, w := range tree.Warnings() {
					t.Error(w)
				}
				program, err := attacktree.Compile(t.Context(), tree, nil)
				if err != nil {
					t.Fatal(err)
				}
				result, err := program.Eval(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				if result.Cheapest == nil || result.Cheapest.Cost == nil || !result.Reachable {
					t.Error("no cheapest attack")
				}
				likelihood[i] = result.Likelihood.Value
			}
			if likelihood[0] <= 0 || likelihood[0] >= 1 || likelihood[0] != likelihood[1] {
				t.Errorf("likelihood %v, and %v when copied", likelihood[0], likelihood[1])
			}
			if !slices.Equal(alone.Goals(), []string{"root"}) {
				t.Errorf("goals %v, want root", alone.Goals())
			}
			file, _ := dsl.Parse(p.Slug, p.Source())
			if !bytes.Equal(dsl.Format(file), p.Source()) {
				t.Error("is not formatted")
			}
		})
	}
}

// The likelihood of a pattern worked out by hand: accounts or a stolen key, then
// three ways to collect, with what is common to all.
func TestModelExtractionByHand(t *testing.T) {
	c := catalog.Default()
	src, _ := c.Pattern("model-extraction")
	tree, err := attacktree.Parse("model-extraction", src)
	if err != nil {
		t.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := program.Eval(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := (1 - 0.1*0.5) * 0.6 * (1 - 0.5*0.4*0.7) * 0.7
	if got := result.Likelihood.Value; got < want-1e-12 || got > want+1e-12 {
		t.Errorf("likelihood %v, want %v", got, want)
	}
}

const ownThreat = `[
{"slug": "own-threat", "name": "A threat of our own", "stride": ["spoofing"],
 "components": ["api-gateway"], "mitigations": ["rate-limiting"],
 "refs": [["ATLAS 5.6.0", "AML.T0051"]]}
]`

func TestLoadBesideAnother(t *testing.T) {
	own, err := catalog.Load(catalog.Default(), fstest.MapFS{
		"data/threats.json":          {Data: []byte(ownThreat)},
		"data/patterns.json":         {Data: []byte(`[{"slug": "own-pattern", "name": "Ours"}]`)},
		"patterns/own-pattern.atree": {Data: []byte("goal step root { likelihood 5%  basis \"guess\"  threat own-threat }\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := own.Threat("own-threat"); !ok || len(own.Threats()) != 113 {
		t.Errorf("own-threat is not among %d threats", len(own.Threats()))
	}
	if _, ok := own.Threat("model-theft"); !ok {
		t.Error("the threats of the other catalogue are gone")
	}
	if _, ok := own.Pattern("own-pattern"); !ok {
		t.Error("own-pattern is not there")
	}
	if hits := own.Search("threat of our own"); len(hits) == 0 || hits[0].Entry.Common().Slug != "own-threat" {
		t.Error("own-threat is not found")
	}
	if err := catalog.Check(own); err != nil {
		t.Error(err)
	}
	if _, ok := catalog.Default().Threat("own-threat"); ok {
		t.Error("the other catalogue has changed")
	}
}

func TestRespell(t *testing.T) {
	for words, want := range map[string]string{
		"Promt injektion":        "prompt injection",
		"prompt injection":       "",
		"steal wieghts":          "steal weight",
		"of the and":             "",
		"":                       "",
		"zzzzzzzzzz":             "",
		"poison":                 "", // the beginning of a word
		strings.Repeat("x", 1e4): "",
	} {
		if got := catalog.Default().Respell(words); got != want {
			t.Errorf("%.20q: got %q, want %q", words, got, want)
		}
	}
	if got := new(catalog.Catalog).Respell("prompt"); got != "" {
		t.Errorf("an empty catalogue knows %q", got)
	}
}

// A pipe may never begin to speak.
func TestLoadRefusesPipes(t *testing.T) {
	_, err := catalog.Load(nil, fstest.MapFS{"data/zones.json": {Mode: fs.ModeNamedPipe}})
	if want := "catalog: data/zones.json: cannot be read: expected a regular file"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadRefusesBadData(t *testing.T) {
	threat := func(rest string) string {
		return "[\n{\"slug\": \"x\", \"name\": \"X\", \"stride\": [\"S\"], \"components\": [\"api-gateway\"], \"mitigations\": [\"rate-limiting\"]" + rest + "}\n]"
	}
	for name, bad := range map[string]struct{ file, text, want string }{
		"no array":         {"data/threats.json", `{"slug": "x"}`, "data/threats.json:1: expected an array"},
		"cut off":          {"data/threats.json", "[\n{\"slug\": \"x\"", "data/threats.json:2: "},
		"empty":            {"data/threats.json", "", "data/threats.json:1: the file ends too early"},
		"syntax":           {"data/threats.json", "[\n{\"slug\": \"x\",}\n]", "data/threats.json:2: "},
		"more":             {"data/threats.json", "[]\n[]", "data/threats.json:2: expected nothing after the array"},
		"unknown field":    {"data/threats.json", threat(`, "mitigation": []`), `data/threats.json:2: unknown field "mitigation"`},
		"wrong type":       {"data/threats.json", threat(`, "core": 3`), "data/threats.json:2: expected true or false as core, found number"},
		"wrong list":       {"data/threats.json", threat(`, "stages": "training"`), "data/threats.json:2: expected a list as stages, found string"},
		"wrong entry":      {"data/threats.json", `["model-theft"]`, "data/threats.json:1: expected an entry, as {…}, found string"},
		"nothing":          {"data/threats.json", "null", "data/threats.json:1: expected an array of entries, found null"},
		"no slug":          {"data/threats.json", "[\n\n{\"name\": \"X\"}]", `data/threats.json:3: expected a slug such as model-theft, found ""`},
		"no name":          {"data/stages.json", `[{"slug": "x"}]`, "data/stages.json:1: stage/x has no name"},
		"taken":            {"data/stages.json", `[{"slug": "training", "name": "X"}]`, "data/stages.json:1: the slug stage/training is already taken"},
		"category":         {"data/threats.json", strings.Replace(threat(""), `"S"`, `"Q"`, 1), "data/threats.json:2: expected one of spoofing"},
		"no mitigation":    {"data/threats.json", strings.Replace(threat(""), "rate-limiting", "rate-limitin", 1), `data/threats.json:2: threat/x: no mitigation is called "rate-limitin"; did you mean "rate-limiting"?`},
		"no list":          {"data/threats.json", threat(`, "refs": [["ATLAS 4", "AML.T0051"]]`), `threat/x: there is no list "ATLAS 4"`},
		"no such id":       {"data/threats.json", threat(`, "refs": [["ATLAS 5.6.0", "AML.T9999"]]`), "data/threats.json:2: threat/x: ATLAS 5.6.0 has no AML.T9999"},
		"form of an id":    {"data/threats.json", threat(`, "refs": [["CWE 4.20", "1427"]]`), "threat/x: 1427 has not the form"},
		"no basis":         {"data/mitigations.json", "[\n{\"slug\": \"x\", \"name\": \"X\", \"control\": \"prevent\", \"effects\": {\"impact\": \"low\"}}]", "data/mitigations.json:2: mitigation/x does not say what its effects rest on"},
		"strength":         {"data/mitigations.json", `[{"slug": "x", "name": "X", "effects": {"impact": "much"}}]`, `data/mitigations.json:1: expected low, medium or high, found "much"`},
		"no effect":        {"data/mitigations.json", `[{"slug": "x", "name": "X", "control": "prevent", "basis": "b"}]`, "mitigation/x has no effect"},
		"element":          {"data/components.json", `[{"slug": "x", "name": "X", "zone": "data"}]`, "component/x: expected an element"},
		"logs":             {"data/components.json", `[{"slug": "x", "name": "X", "zone": "data", "element": "process", "logs": true}]`, "component/x: expected logs in a store"},
		"concept":          {"data/concepts.json", `[{"slug": "x", "name": "X", "see": ["threat/nothing"]}]`, `concept/x: there is no entry "threat/nothing"`},
		"form":             {"data/lists.json", `[{"source": "X", "edition": "1", "title": "X", "form": "("}]`, "data/lists.json:1: expected the form of identifiers"},
		"list twice":       {"data/lists.json", `[{"source": "ATLAS", "edition": "5.6.0", "title": "X", "form": "x"}]`, "data/lists.json:1: the list ATLAS 5.6.0 is already there"},
		"move":             {"data/moves.json", `[{"source": "ATLAS", "id": "AML.T0051", "to": "AML.T9999", "edition": "9"}]`, "data/moves.json:1: expected a move"},
		"circle":           {"data/moves.json", `[{"source": "ATLAS", "id": "AML.T0115.000", "to": "AML.T0019", "edition": "9"}]`, "data/moves.json:1: AML.T0115.000 moves in a circle"},
		"file":             {"data/threat.json", `[]`, "data/threat.json: expected one of adversaries.json"},
		"pattern":          {"data/patterns.json", `[{"slug": "x", "name": "X"}]`, "data/patterns.json:1: pattern/x: there is no file patterns/x.atree"},
		"pattern's file":   {"patterns/y.atree", `goal step root`, `patterns/y.atree: no pattern of data/patterns.json has the slug "y"`},
		"pattern's name":   {"patterns/y.txt", ``, "patterns/y.txt: expected a file called SLUG.atree"},
		"pattern is there": {"patterns/model-theft.atree", `goal step root`, `patterns/model-theft.atree: the other catalogue has a pattern "model-theft"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Load(catalog.Default(), fstest.MapFS{bad.file: {Data: []byte(bad.text)}})
			if err == nil || !strings.Contains(err.Error(), bad.want) {
				t.Fatalf("got %v, want %s", err, bad.want)
			}
			if problem := (*catalog.Problem)(nil); !errors.As(err, &problem) || problem.File != bad.file {
				t.Errorf("expected a problem of %s", bad.file)
			}
		})
	}
}

// What Load lets pass and Check does not.
func TestCheckFindsWhatIsLeftOver(t *testing.T) {
	for name, x := range map[string]struct{ file, text, want string }{
		"unused":   {"data/mitigations.json", `[{"slug": "x", "name": "X", "control": "prevent", "effects": {"impact": "low"}, "basis": "guess"}]`, "mitigation/x is used nowhere"},
		"category": {"data/threats.json", `[{"slug": "x", "name": "X", "stride": ["E"], "components": ["model-hub"], "mitigations": ["rate-limiting"]}]`, "threat/x: elevation-of-privilege applies to none of its components"},
	} {
		c, err := catalog.Load(catalog.Default(), fstest.MapFS{x.file: {Data: []byte(x.text)}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := catalog.Check(c); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: got %v, want %s", name, err, x.want)
		}
	}
	for name, x := range map[string]struct{ text, want string }{
		"no basis":  {"goal step root { likelihood 5%  threat model-theft }", "patterns/x.atree:1: root does not say what its numbers rest on"},
		"no threat": {"goal step root", "patterns/x.atree:1: root names no threat"},
		"broken":    {"goal or root", "patterns/x.atree:1: "},
		"warning":   {"goal step root { likelihood 0%  basis \"b\"  threat model-theft }", "root"},
	} {
		c, err := catalog.Load(catalog.Default(), fstest.MapFS{
			"data/patterns.json": {Data: []byte(`[{"slug": "x", "name": "X"}]`)},
			"patterns/x.atree":   {Data: []byte(x.text)},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := catalog.Check(c); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: got %v, want %s", name, err, x.want)
		}
	}
}

func TestLoadAlone(t *testing.T) {
	c, err := catalog.Load(nil, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Threats()) != 0 || len(c.Search("theft")) != 0 {
		t.Error("an empty catalogue is not empty")
	}
	if r := c.Resolve("ATLAS:AML.T0051"); r.Status != catalog.Foreign {
		t.Errorf("an empty catalogue knows ATLAS: %v", r)
	}
}

// The data that are embedded stay small.
func TestSizeOfData(t *testing.T) {
	total := int64(0)
	for _, dir := range []string{"data", "patterns"} {
		err := fs.WalkDir(os.DirFS("."), dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if total += info.Size(); info.Size() > 700_000 {
				t.Errorf("%s has %d bytes", path, info.Size())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if total > 1_500_000 {
		t.Errorf("the data have %d bytes", total)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := catalog.Load(nil, os.DirFS(".")); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("model theft")
	f.Add("ATLAS:AML.T0051")
	f.Fuzz(func(t *testing.T, query string) {
		c := catalog.Default()
		first, second := c.Search(query), c.Search(query)
		if !slices.Equal(first, second) {
			t.Error("the same search finds something else")
		}
		c.Lookup(query)
		c.Resolve(query)
	})
}

func TestCheckReferences(t *testing.T) {
	src := []byte(`
goal or harm {
  step a { threat modl-theft  refs ATLAS:AML.T0019, "AML.T0051", OWASP:LLM11:2025, OWASP:LLM01 }
  step b { threat model-theft  refs ATLAS:AML.T0051, CWE-1, "https://example.org" }
}
system "S" {
  store registry { component model-registri }
  process pot { component teapot }
  process serve { component inference-endpoint }
}
asset w { kind model-weigths }
asset own { kind our-own-thing }
`)
	tree, err := (&attacktree.Loader{Library: catalog.Library()}).Parse("r.atree", src)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range tree.Warnings() {
		got = append(got, w.Span.Text()+": "+w.Message+" / "+w.Hint)
	}
	want := []string{
		`modl-theft: "a" refers to a threat "modl-theft", which the catalogue does not have / did you mean "model-theft"?`,
		`ATLAS:AML.T0019: "a" refers to ATLAS:AML.T0019, which has become ATLAS:AML.T0115.000 since 2026.07 / write ATLAS:AML.T0115.000 (Publish Poisoned AI Artifacts: Datasets)`,
		`"AML.T0051": "a" refers to "AML.T0051", which does not say which list it is of / did you mean ATLAS:AML.T0051?`,
		`OWASP:LLM11:2025: "a" refers to OWASP:LLM11:2025, which OWASP Top 10 for LLM Applications does not have / did you mean OWASP:LLM01:2025?`,
		`OWASP:LLM01: "a" refers to "OWASP:LLM01", which is no identifier of OWASP Top 10 for LLM Applications / did you mean OWASP:LLM01:2026?`,
		`model-registri: "registry" is of the kind "model-registri", which the catalogue does not have / did you mean "model-registry"?`,
		`teapot: "pot" is of the kind "teapot", which the catalogue does not have / to see all, type: atree catalog list component`,
		`model-weigths: "w" is of the kind "model-weigths", which the catalogue does not have / did you mean "model-weights"?`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}

// The examples in the explanations of the codes hold for this catalogue.
func TestExplanationsOfReferences(t *testing.T) {
	for _, code := range []diag.Code{"unknown-threat", "unknown-kind", "unknown-reference", "moved-reference"} {
		doc, ok := diag.Explain(code)
		if !ok {
			t.Errorf("%s is not explained", code)
			continue
		}
		for text, want := range map[string]int{doc.Bad: 1, doc.Good: 0} {
			tree, err := (&attacktree.Loader{Library: catalog.Library()}).Parse("x", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if found := tree.Warnings(); len(found) != want || want == 1 && found[0].Code != code {
				t.Errorf("%s: %q gives %v", code, text, found)
			}
		}
	}
}

// No data make Load panic, and what it lets pass can be searched and checked.
func FuzzLoad(f *testing.F) {
	f.Add("threats.json", ownThreat)
	f.Add("lists.json", `[{"source":"X","edition":"1","title":"X","prefix":"X:","form":"x+","ids":[["x","X"]]}]`)
	f.Add("moves.json", `[{"source":"OWASP LLM","id":"LLM01:2026","to":"LLM01:2023","edition":"9"}]`)
	f.Add("concepts.json", `[{"slug":"x","name":"X","see":["threat/*"]}]`)
	f.Fuzz(func(t *testing.T, name, text string) {
		if !fs.ValidPath("data/" + name) {
			return
		}
		c, err := catalog.Load(catalog.Default(), fstest.MapFS{"data/" + name: {Data: []byte(text)}})
		if err != nil {
			return
		}
		c.Search("x")
		c.Resolve("X:x")
		c.Lookup("x")
		_ = catalog.Check(c)
	})
}
