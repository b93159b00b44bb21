package program

import (
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// This file compares with published fault trees, the Aralia models in Open-PSA
// format, where they are at hand: in the folder that ARALIA names.

// An element is any element of an Open-PSA file.
type element struct {
	XMLName  xml.Name
	Name     string    `xml:"name,attr"`
	Min      int       `xml:"min,attr"`
	Elements []element `xml:",any"`
}

// readOpenPSA returns the circuit of the first gate of a file, variables in the
// order of their definitions.
func readOpenPSA(t *testing.T, path string) (*circuit.Circuit, circuit.Ref) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file element
	if err := xml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	c := circuit.New()
	gates, known := map[string]element{}, map[string]circuit.Ref{}
	top := ""
	for _, part := range file.Elements {
		for _, def := range part.Elements {
			switch def.XMLName.Local {
			case "define-gate":
				if top == "" {
					top = def.Name
				}
				gates[def.Name] = def.Elements[0]
			case "define-basic-event":
				known["event "+def.Name] = c.Var()
			}
		}
	}
	var build func(e element) circuit.Ref
	build = func(e element) circuit.Ref {
		switch e.XMLName.Local {
		case "basic-event":
			return known["event "+e.Name]
		case "gate":
			g, ok := known["gate "+e.Name]
			if !ok {
				g = build(gates[e.Name])
				known["gate "+e.Name] = g
			}
			return g
		}
		args := make([]circuit.Ref, len(e.Elements))
		for i, arg := range e.Elements {
			args[i] = build(arg)
		}
		switch e.XMLName.Local {
		case "and":
			return c.And(args...)
		case "or":
			return c.Or(args...)
		case "atleast":
			return c.AtLeast(e.Min, args...)
		case "not":
			return args[0].Not()
		case "xor":
			return c.Ite(args[0], args[1].Not(), args[1])
		}
		t.Fatalf("%s: unexpected element %s", path, e.XMLName.Local)
		return circuit.False
	}
	return c, build(element{XMLName: xml.Name{Local: "gate"}, Name: top})
}

func TestAralia(t *testing.T) {
	dir := os.Getenv("ARALIA")
	if dir == "" {
		t.Skip("the Aralia models are not here: set ARALIA to their folder, which also has answers.csv")
	}
	nodes := 1_000_000
	if s := os.Getenv("ARALIA_NODES"); s != "" {
		nodes, _ = strconv.Atoi(s)
	}
	file, err := os.Open(filepath.Join(dir, "answers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for _, row := range rows[1:] {
		path := filepath.Join(dir, row[0]+".xml")
		if _, err := os.Stat(path); err != nil {
			continue
		}
		t.Run(row[0], func(t *testing.T) {
			c, root := readOpenPSA(t, path)
			p, err := Compile(t.Context(), c, []circuit.Ref{root}, Limits{Nodes: nodes})
			if errors.Is(err, ErrLimit) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			st := p.NewState()
			st.Eval(constant(c.NumVars(), 0.01))
			want, err := strconv.ParseFloat(row[column("p_top_exact")], 64)
			if err != nil {
				t.Skip("no published answer")
			}
			if !close(st.Value(0), want, 1e-9) {
				t.Errorf("probability %v, expected %v", st.Value(0), want)
			}
			if row[column("coherent")] != "yes" {
				return
			}
			f, err := MinimalSets(t.Context(), c, root, Limits{Nodes: nodes})
			if errors.Is(err, ErrLimit) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			count, ok := new(big.Int).SetString(strings.ReplaceAll(row[column("mcs_count")], ",", ""), 10)
			if !ok {
				t.Skip("no published count")
			}
			if f.Count(nil).Cmp(count) != 0 {
				t.Errorf("%v minimal sets, expected %v", f.Count(nil), count)
			}
			if got, want := strings.Join(countBySize(f), " "), row[column("mcs_by_order")]; got != want {
				t.Errorf("minimal sets of 0, 1, 2, … variables: %s, expected %s", got, want)
			}
			sets := firstSets(t, f, Selection{}, 100)
			for i := 1; i < len(sets); i++ {
				if cmp.Or(cmp.Compare(len(sets[i-1]), len(sets[i])), slices.Compare(sets[i-1], sets[i])) >= 0 {
					t.Fatalf("set %v stands before %v", sets[i-1], sets[i])
				}
			}
			t.Logf("%v; family of %d nodes, %v sets", p, f.Size(), count)
		})
	}
}

// countBySize folds polynomials: the coefficient of x^n counts the sets of n variables.
func countBySize(f *Family) []string {
	type polynomial []uint64
	or := func(a, b polynomial) polynomial {
		sum := make(polynomial, max(len(a), len(b)))
		copy(sum, a)
		for i, n := range b {
			sum[i] += n
		}
		return sum
	}
	and := func(a, b polynomial) polynomial {
		times := make(polynomial, max(len(a)+len(b)-1, 0))
		for i, n := range a {
			for j, m := range b {
				times[i+j] += n * m
			}
		}
		return times
	}
	counts := Fold(f, func(int) polynomial { return polynomial{0, 1} }, nil, polynomial{1}, or, and)
	var words []string
	for _, n := range counts {
		words = append(words, strconv.FormatUint(n, 10))
	}
	return words
}
