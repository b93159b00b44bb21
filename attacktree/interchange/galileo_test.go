package interchange

import (
	"math"
	"os"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// galileoTree reads a text that is sound.
func galileoTree(t *testing.T, text, goal string) (*attacktree.Tree, diag.List) {
	t.Helper()
	tree, warnings, err := Read("tree.dft", []byte(text), goal)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return tree, warnings
}

func TestGalileo(t *testing.T) {
	for _, x := range []struct {
		name, text string
		likelihood float64
		cost, time float64 // NaN: none
		count      string
		warnings   int
	}{
		{"and, or", `toplevel "g"; "g" or "x" "c"; "x" and "a" "b"; "a" prob=0.5 cost=3; "b" prob=0.5 cost=4; "c" prob=0.2 cost=9;`, 1 - 0.75*0.8, 7, math.NaN(), "2", 0},
		{"a vote", "toplevel g;\ng 2of3 a b c;\na prob=0.5;b prob=0.5;\nc prob=0.5;", 0.5, math.NaN(), math.NaN(), "3", 0},
		{"one after the other", `toplevel g; g sand a b; a mintime=60 maxtime=60; b maxtime=1380;`, 1, math.NaN(), 1, "1", 1},
		{"between two times", `toplevel g; g or a; a mintime=1440 maxtime=4320;`, 1, math.NaN(), 2, "1", 1},
		{"a shared node, said twice", `toplevel "g"; "g" or "x" "y" "x"; "x" and "a" "b"; "y" and "a" "c"; "a" prob=0.5; "b" prob=0.5; "c" prob=0.5;`, 0.5 * 0.75, math.NaN(), math.NaN(), "2", 0},
		{"comments and blanks", "// first\n/* then\n more */ toplevel\t\"g\" ;\n;\"g\" and // inside\n \"a\"\n;  \"a\" prob = 0.25 ; // last", 0.25, math.NaN(), math.NaN(), "1", 0},
		{"what is left out", `toplevel "g"; "g" and "a" "b"; "a" lambda=0.1 dorm=0; "b" lambda=0.2 prob=0.5;`, 0.5, math.NaN(), math.NaN(), "1", 2},
		{"other names", `toplevel "get in"; "get in" and "2fa" "a.b" "a_b" "at"; "2fa"; "a.b"; "a_b"; "at";`, 1, math.NaN(), math.NaN(), "1", 5},
		{"a mark at the beginning", "\ufefftoplevel a; a prob=1e-1;", 0.1, math.NaN(), math.NaN(), "1", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			tree, warnings := galileoTree(t, x.text, "")
			want := figures{x.likelihood, x.cost, math.NaN(), x.time, math.NaN(), x.count}
			got := figuresOf(t, tree, "")
			got.likeliest = math.NaN()
			if !want.same(got) || len(warnings) != x.warnings {
				t.Errorf("%+v, warnings %v", got, warnings)
			}
			sameText(t, x.name, tree)
		})
	}
	tree, _ := galileoTree(t, `toplevel "g"; "g" or "x" "c"; "x" and "a" "b"; "a"; "b"; "c";`, "x")
	if goals := tree.Goals(); len(goals) != 1 || goals[0] != "x" {
		t.Errorf("the goals are %v", goals)
	}
}

func TestGalileoErrors(t *testing.T) {
	for text, want := range map[string]diag.Code{
		`toplevel "g"; "g" pand "a" "b";`:             "unsupported",
		`toplevel "g"; "g" wsp "a" "b";`:              "unsupported",
		`toplevel "g"; "g" 2of3 "a" "b"; "a"; "b";`:   "syntax",
		`toplevel "g"; "g" 2of2 "a" "a"; "a";`:        "unsupported",
		`toplevel "g"; "g" "a";`:                      "syntax",
		`toplevel "g"; "g" and "a" ; ; "a" prob=1.5;`: "bad-value",
		`toplevel "g"; "g" cost=-1;`:                  "bad-value",
		`toplevel "g"; "g" cost=NaN;`:                 "bad-value",
		`toplevel "g"; "g" cost=Inf;`:                 "bad-value",
		`toplevel "g"; "g" mintime=2 maxtime=1;`:      "bad-value",
		`toplevel "g"; "g" prob=;`:                    "syntax",
		`toplevel "g"; "g" prob=0.1 0.2;`:             "syntax",
		`toplevel "g"; "g" or = ;`:                    "syntax",
		`toplevel "g"; "g" or "a`:                     "syntax",
		`toplevel "g"; "g" /* or`:                     "syntax",
		`toplevel "g"; "g"`:                           "syntax",
		`toplevel "g"; "g"; "g";`:                     "duplicate-name",
		`toplevel "g"; toplevel "h"; "g";`:            "duplicate-name",
		`toplevel "g"; "h";`:                          "undefined-name",
		`toplevel "g"; "g" or "h";`:                   "undefined-name",
		`toplevel "g"; "g" or "h"; "h" or "g";`:       "cycle",
		`toplevel ; "g";`:                             "syntax",
		"toplevel \"g\"; \"g\xff\";":                  "bad-character",
	} {
		_, _, err := Read("tree.dft", []byte(text), "")
		problems, _ := err.(diag.List)
		if errs := problems.Errors(); len(errs) == 0 || errs[0].Code != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, problems := ReadGalileo("b", File{"tree.dft", []byte(`toplevel "a"; "a";`)}); problems.Err() == nil {
		t.Error("there is no such goal")
	}
	if Foreign([]byte("toplevels")) || Foreign([]byte("# toplevel g;\ngoal step g")) || !Foreign([]byte("// x\ntoplevel g;")) {
		t.Error("the format is not told apart")
	}
}

// A tree of ATTop with worked answers, in a folder beside the checkout.
func TestGalileoPeer(t *testing.T) {
	text, err := os.ReadFile("../../../shared/peers/14-attop-galileo-source.at")
	if err != nil {
		t.Skip("there is no file of ATTop beside the checkout")
	}
	tree, _ := galileoTree(t, string(text), "")
	if f := figuresOf(t, tree, ""); f.cost != 270 || math.Abs(f.time-690.0/(24*60)) > 1e-12 {
		t.Errorf("%+v", f)
	}
}

func FuzzReadGalileo(f *testing.F) {
	f.Add(`toplevel "g"; "g" 2of3 "a" "b c" d; "a" prob=0.5 cost=3 mintime=1 maxtime=2; "b c" lambda=1; d;`)
	f.Add("// x\ntoplevel g; /* y */ g sand a at; a; at;")
	f.Fuzz(func(t *testing.T, text string) {
		m, problems := ReadGalileo("", File{"fuzz.dft", []byte(text)})
		if problems.Err() != nil {
			return
		}
		tree, err := attacktree.New(*m)
		if err != nil { // a cycle, or a name that is not defined
			return
		}
		sameText(t, "fuzz", tree)
	})
}
