package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	vgfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/plot"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// Models that are hard to draw: names that are long, strange or missing, numbers
// that are extreme, nothing to show, more than there is room for.
var models = map[string]string{
	"plain": `model "Weights" { currency USD }
		adversary crime "Cybercrime syndicate" { budget 60k attempts 4 }
		goal or steal "Steal the weights" { impact 20M..80M attempts 3
			and registry { step creds { cost 5k likelihood 10%..30% } step egress { cost 20k likelihood pert(30%, 50%, 80%) } }
			step buy { cost 1M likelihood 5% } }
		control mfa { cost 40k status deployed on creds { likelihood -80% } }
		control watch { cost 10k on egress { likelihood -50% } }
		control ban { cost 1M status planned on buy { block } }
		set today { mfa, watch }`,
	"bare":    `goal or g { step a { likelihood 30% } }`,
	"nothing": `model "Nothing" { currency EUR } goal or g { impact 40k attempts 0.5 step a { likelihood 30% cost 0 } } control k { cost 0 status deployed on a { block } }`,
	"certain": `goal step g { likelihood 100% cost 7 impact 1 attempts 2 } control k { cost 3 on g { likelihood -50% } }`,
	"tiny":    `goal step g { likelihood 1e-12..1e-9 cost 1e-6 impact 1e-7..1e-3 attempts 1e-3 } control k { cost 1e-8 on g { likelihood -50% } }`,
	"huge":    `goal step g { likelihood 50% cost 1e200 impact 1e99..1e101 attempts 5 } control k { cost 1e90 on g { likelihood -50% } }`,
	"wide":    `goal or g { impact 1..1e12 attempts 3 step a { cost 1 likelihood 20% } step b { cost 1e12 likelihood 50% } } control k { cost 1 on a { block } } control l { cost 1e9 on b { block } }`,
	"strange": `model "<b>&amp; \"quoted\" 'single' 模型 ` + strings.Repeat("a long title ", 30) + `" { currency XYZ period 90d }
		adversary ` + strings.Repeat("very-", 20) + `long "` + strings.Repeat("the long label of ", 20) + `" { budget 5k attempts 2 }
		goal or ` + strings.Repeat("goal-", 30) + `x "<script>" { impact 10k..500M attempts 3
			step ` + strings.Repeat("step-", 30) + `x { likelihood 1%..60% cost 1 } step b { likelihood 5%..10% cost 100M } }
		control ` + strings.Repeat("control-", 20) + `x { cost 1 status deployed on b { likelihood -50% } }
		control other { cost 1M on b { block } }
		set ` + strings.Repeat("set-", 30) + `x { all }`,
	"many": many(),
}

// many has more scenarios, numbers, controls and attackers than a picture has room
// for.
func many() string {
	var b strings.Builder
	b.WriteString("goal or g { impact 1k..1M attempts 10 \n")
	for i := range 30 {
		fmt.Fprintf(&b, "step step-number-%d { cost %dk likelihood %d%%..%d%% }\n", i, i+1, i+1, 2*i+2)
	}
	b.WriteString("}\n")
	for i := range 12 {
		fmt.Fprintf(&b, "control control-number-%d { cost %dk on step-number-%d { block } }\nset the-set-number-%d { control-number-%d }\n", i, i*i+1, 29-i, i, i)
		fmt.Fprintf(&b, "adversary adversary-number-%d { budget %dk skill %d }\n", i, 1<<i, i%5)
	}
	return b.String()
}

func compile(t testing.TB, name string) (*attacktree.Tree, *attacktree.Program) {
	t.Helper()
	tree, err := attacktree.Parse(name+".atree", []byte(models[name]))
	if err != nil {
		t.Fatal(name, ": ", err)
	}
	p, err := attacktree.Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tree, p
}

// simulation draws inherent, and each control and set as a scenario of its own.
func simulation(t testing.TB, tree *attacktree.Tree, p *attacktree.Program, samples int) *uncertain.Simulation {
	t.Helper()
	opt := &uncertain.Options{Samples: samples, Seed: 3, Scenarios: []*attacktree.Scenario{{Name: "inherent"}}}
	for _, c := range tree.Model().Controls {
		opt.Scenarios = append(opt.Scenarios, &attacktree.Scenario{Name: c.Name, Controls: []string{c.Name}})
	}
	s, err := uncertain.Simulate(t.Context(), p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pictures draws all pictures that a model has.
func pictures(t testing.TB, name string) map[string]*plot.Picture {
	t.Helper()
	tree, p := compile(t, name)
	m := tree.Model()
	out := map[string]*plot.Picture{}
	add := func(kind string, picture *plot.Picture, err error) {
		switch {
		case errors.Is(err, plot.ErrNoYears), errors.Is(err, plot.ErrNoCurves):
		case err != nil:
			t.Fatalf("%s, %s: %v", name, kind, err)
		default:
			out[kind] = picture
		}
	}
	tolerance, err := uncertain.NewRiskTolerance(uncertain.Limit{Loss: 0, Chance: 0.9}, uncertain.Limit{Loss: 1e3, Chance: 0.4}, uncertain.Limit{Loss: 1e8, Chance: 1e-3})
	if err != nil {
		t.Fatal(err)
	}
	for _, samples := range []int{1, 30, 3000} {
		s := simulation(t, tree, p, samples)
		picture, err := plot.Exceedance(s, nil)
		add(fmt.Sprintf("exceedance of %d", samples), picture, err)
		picture, err = plot.Exceedance(s, tolerance)
		add(fmt.Sprintf("exceedance of %d with a tolerance", samples), picture, err)
	}
	for _, figure := range []string{uncertain.Likelihood, uncertain.ExpectedImpact} {
		if figure == uncertain.ExpectedImpact && !p.HasLosses() {
			continue
		}
		s, err := uncertain.Analyse(t.Context(), p, nil, figure, 50, 1)
		if err != nil {
			t.Fatal(err)
		}
		about := plot.Subject{Goal: m.Nodes[0].Name, Label: m.Nodes[0].Label, Model: m.Title, Currency: m.Currency, Scenario: "inherent"}
		add("tornado of "+figure, plot.Tornado(s, about), nil)
	}
	for _, objective := range []mitigate.Objective{mitigate.DefaultObjective, mitigate.Likelihood, mitigate.CheapestCost} {
		for _, nodes := range []int{0, 3} {
			o, err := mitigate.Optimize(t.Context(), tree, nil, &mitigate.FrontOptions{Objective: objective, MaxNodes: nodes}, nil)
			if err != nil {
				continue // nothing has a cost
			}
			kind := fmt.Sprintf("front of %s within %d", o.Front.Objective, nodes)
			var sets []mitigate.NamedSet
			for _, s := range m.Sets {
				members, _ := tree.SetMembers(s.Name)
				sets = append(sets, mitigate.NamedSet{Name: s.Name, Controls: members})
			}
			c, err := mitigate.Compare(t.Context(), tree, &mitigate.Options{Sets: sets})
			if err != nil {
				t.Fatal(err)
			}
			picture, err := plot.Front(o, c.Rows, nil)
			add(kind, picture, err)
			bands := &uncertain.Options{Samples: 50, Figures: []string{o.Front.Objective.String(), uncertain.TotalCost}}
			for _, q := range o.Front.Points {
				bands.Scenarios = append(bands.Scenarios, &attacktree.Scenario{Controls: q.Controls})
			}
			s, err := uncertain.Simulate(t.Context(), p, bands)
			if err != nil {
				t.Fatal(err)
			}
			picture, err = plot.Front(o, c.Rows, s)
			add(kind+" with bands", picture, err)
		}
	}
	for _, lim := range []attackers.Limits{{}, {Front: 3, Sets: 3}} {
		r, err := attackers.Study(t.Context(), tree, &attackers.Options{Limits: lim})
		if err != nil {
			t.Fatal(err)
		}
		picture, err := plot.Budgets(r)
		add(fmt.Sprintf("budgets within %d", lim.Front), picture, err)
	}
	return out
}

func svg(t testing.TB, p *plot.Picture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b, plot.SVG); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A label is a text of a picture, and the box that it takes.
type label struct {
	words                   string
	left, bottom, right, up float64
}

func (l label) String() string { return fmt.Sprintf("%q at (%.0f, %.0f)", l.words, l.left, l.bottom) }

var fontSize = regexp.MustCompile(`font-weight:(\w+);.*font-size:([0-9.]+)px`)

// labels reads the texts of an SVG picture, and checks that it is one.
func labels(t testing.TB, what string, data []byte) (out []label, width, height float64) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	number := func(e xml.StartElement, key string) float64 {
		for _, a := range e.Attr {
			if a.Name.Local == key {
				x, err := strconv.ParseFloat(strings.TrimSuffix(a.Value, "pt"), 64)
				if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
					t.Errorf("%s: %s is %q", what, key, a.Value)
				}
				return x
			}
		}
		return 0
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out, width, height
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		e, ok := token.(xml.StartElement)
		switch {
		case ok && e.Name.Local == "svg":
			width, height = number(e, "width"), number(e, "height")
		case ok && e.Name.Local == "text":
			x, y := number(e, "x"), -number(e, "y")
			var style string
			for _, a := range e.Attr {
				if a.Name.Local == "style" {
					style = a.Value
				}
			}
			found := fontSize.FindStringSubmatch(style)
			if found == nil {
				t.Fatalf("%s: no font in %q", what, style)
			}
			size, _ := strconv.ParseFloat(found[2], 64)
			face := vgfont.Font{Typeface: "Liberation", Variant: "Sans", Size: vgfont.Length(size)}
			if found[1] == "bold" {
				face.Weight = font.WeightBold
			}
			var words string
			if err := d.DecodeElement(&words, &e); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			wide, _, _ := text.Plain{Fonts: vgfont.DefaultCache}.Box(words, face)
			out = append(out, label{words, x, y - 0.1*size, x + float64(wide), y + 0.7*size})
		}
	}
}

// Whatever the model, a picture is well-formed, no text reaches beyond its edge or
// into another, the bytes are the same each time, and PNG can be read.
func TestPictures(t *testing.T) {
	for name := range models {
		t.Run(name, func(t *testing.T) {
			again := pictures(t, name)
			for kind, p := range pictures(t, name) {
				data := svg(t, p)
				if !bytes.Equal(data, svg(t, again[kind])) {
					t.Errorf("%s: other bytes the second time", kind)
				}
				for _, bad := range []string{"NaN", "Inf"} {
					if bytes.Contains(data, []byte(bad)) {
						t.Errorf("%s: a number is %s", kind, bad)
					}
				}
				found, width, height := labels(t, kind, data)
				for i, l := range found {
					if l.left < 0 || l.right > width || l.bottom < 0 || l.up > height {
						t.Errorf("%s: %v reaches beyond the edge", kind, l)
					}
					for _, m := range found[:i] {
						if l.left < m.right && m.left < l.right && l.bottom < m.up && m.bottom < l.up {
							t.Errorf("%s: %v and %v overlap", kind, m, l)
						}
					}
				}
				if name != "plain" && name != "strange" { // PNG takes its time
					continue
				}
				var b bytes.Buffer
				if err := p.Write(&b, plot.PNG); err != nil {
					t.Fatal(err)
				}
				if im, err := png.Decode(&b); err != nil || im.Bounds().Dx() != 1344 {
					t.Errorf("%s: as PNG %v", kind, err)
				}
			}
		})
	}
}

// words joins the texts of a picture.
func words(t testing.TB, p *plot.Picture) string {
	t.Helper()
	found, _, _ := labels(t, p.Title(), svg(t, p))
	var out []string
	for _, l := range found {
		out = append(out, strings.ReplaceAll(l.words, "\u00a0", " "))
	}
	return strings.Join(out, "\n")
}

// What the pictures of the plain model say.
func TestWords(t *testing.T) {
	got := pictures(t, "plain")
	for kind, want := range map[string][]string{
		"exceedance of 3000 with a tolerance": {"What a year may lose", "Steal the weights (steal), Weights", "loss in a year, USD", "inherent", "mfa", "ban",
			"1 year in 20: ", "tolerance: at most 90 % above 0, 40 % above 1 k, 0.1 % above 100 M", "not tolerated", "3,000 years drawn, seed 3.", "Tolerance: exceeded in inherent, "},
		"tornado of expected_impact":                   {"expected loss per attempt, USD", "steal.impact", "creds.likelihood", "at its 90 %", "scenario inherent"},
		"tornado of likelihood":                        {"chance that an attempt succeeds", "egress.likelihood"},
		"front of expected_impact within 0":            {"cost of the controls per year, USD", "expected loss per attempt, USD", "today", "the choice"},
		"front of expected_impact within 0 with bands": {"5 % to 95 % of the draws", "50 draws of the uncertain numbers, seed 0"},
		"front of likelihood within 0":                 {"chance that an attempt succeeds"},
		"front of cheapest_cost within 0":              {"cost of the cheapest attack, USD"},
		"budgets within 0":                             {"cost of the attack, USD", "crime", "Cybercrime syndicate", "% for 60 k", "the attacker's own budget"},
	} {
		said := words(t, got[kind])
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s does not say %q:\n%s", kind, w, said)
			}
		}
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]plot.Format{"a.svg": plot.SVG, "dir.x/b.PNG": plot.PNG} {
		if got, err := plot.FormatOf(path); err != nil || got != want {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "svg", "a.pdf", "a.svg.gz", "dir.svg/a"} {
		if _, err := plot.FormatOf(path); err == nil {
			t.Errorf("%q has a format", path)
		}
	}
}

func TestNotDrawn(t *testing.T) {
	tree, p := compile(t, "bare")
	if _, err := plot.Exceedance(simulation(t, tree, p, 10), nil); !errors.Is(err, plot.ErrNoYears) {
		t.Errorf("years of a goal without losses: %v", err)
	}
	r, err := attackers.Study(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plot.Budgets(r); !errors.Is(err, plot.ErrNoCurves) {
		t.Errorf("budgets where nothing has a cost: %v", err)
	}
	// Where some set leaves no attack, that is said, and no point is lost.
	tree, _ = compile(t, "nothing")
	o, err := mitigate.Optimize(t.Context(), tree, nil, &mitigate.FrontOptions{Objective: mitigate.CheapestCost}, nil)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := plot.Front(o, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if said := words(t, picture); !strings.Contains(said, "at the top edge no attack is left") {
		t.Errorf("no attack is left, and the picture says\n%s", said)
	}
	tree, p = compile(t, "plain")
	o, err = mitigate.Optimize(t.Context(), tree, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plot.Front(o, nil, simulation(t, tree, p, 10)); err == nil {
		t.Error("bands of other sets than those of the front are drawn")
	}
}
