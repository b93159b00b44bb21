package program

import (
	"cmp"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/scale/openpsa"
)

// This file compares with published fault trees, the Aralia models in Open-PSA
// format, where they are at hand: in the folder that ARALIA names.
//
// Three of the models have complements. SCRAM, whose counts the answers are,
// takes a complement in a product as true unless it contradicts another factor.
// What is left of a product without its complements is itself a solution, if
// exactly its variables are true, and every solution contains such a set: so
// the minimal ones are the same as by the definition of MinimalSets.

func TestAralia(t *testing.T) {
	dir := os.Getenv("ARALIA")
	if dir == "" {
		t.Skip("the Aralia models are not here: set ARALIA to their folder, which also has answers.csv")
	}
	lim := Limits{Nodes: 1_000_000}
	if s := os.Getenv("ARALIA_NODES"); s != "" {
		lim.Nodes, _ = strconv.Atoi(s)
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
			c, root, err := openpsa.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := strconv.ParseFloat(row[column("p_top_exact")], 64)
			if err != nil {
				t.Skip("no published answer")
			}
			p, err := Compile(t.Context(), c, []circuit.Ref{root}, lim)
			if err != nil {
				t.Fatal(err)
			}
			st := p.NewState()
			st.Eval(constant(c.NumVars(), 0.01))
			low, high := st.Bounds(0)
			if low > want*(1+1e-9) || high < want*(1-1e-9) || p.Exact() && !close(st.Value(0), want, 1e-9) {
				t.Errorf("probability %v in [%v, %v], expected %v", st.Value(0), low, high, want)
			}
			f, err := MinimalSets(t.Context(), c, root, lim)
			if errors.Is(err, ErrLimit) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := f.Count(nil).String(), row[column("mcs_count")]; got != want {
				t.Errorf("%v minimal sets, expected %v", got, want)
			}
			var bySize []string
			for _, n := range f.CountBySize(nil) {
				bySize = append(bySize, n.String())
			}
			if got, want := strings.Join(bySize, " "), row[column("mcs_by_order")]; got != want {
				t.Errorf("minimal sets of 0, 1, 2, … variables: %s, expected %s", got, want)
			}
			sets := firstSets(t, f, Selection{}, 100)
			for i := 1; i < len(sets); i++ {
				if cmp.Or(cmp.Compare(len(sets[i-1]), len(sets[i])), slices.Compare(sets[i-1], sets[i])) >= 0 {
					t.Fatalf("set %v stands before %v", sets[i-1], sets[i])
				}
			}
			t.Logf("%v; family of %d nodes, %v sets", p, f.Size(), f.Count(nil))
		})
	}
}
