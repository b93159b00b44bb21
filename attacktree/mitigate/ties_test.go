package mitigate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/treegen"
)

// tiesOf returns the sets that tie with a point, from the definition: as dear, as
// good, and no smaller set is both.
func tiesOf(sets []FrontPoint, q FrontPoint) [][]string {
	same := func(x, y float64) bool { return x == y || math.Abs(x-y) <= 1e-10*math.Abs(y) && !math.IsInf(x-y, 0) }
	var tied [][]string
	for _, s := range sets {
		if same(s.Cost, q.Cost) && same(s.Value, q.Value) {
			tied = append(tied, s.Controls)
		}
	}
	var out [][]string
	for _, a := range tied {
		if !slices.ContainsFunc(tied, func(b []string) bool {
			return len(b) < len(a) && !slices.ContainsFunc(b, func(c string) bool { return !slices.Contains(a, c) })
		}) {
			out = append(out, a)
		}
	}
	return out
}

// The sets that tie with the points of fronts of random models, by all sets.
func TestTies(t *testing.T) {
	ctx := context.Background()
	points, tied := 0, 0
	for seed := range uint64(150) {
		options := treegen.Everything
		options.Controls = 3 + int(seed%5)
		options.Impacts = 0.2
		options.Ties = true
		m := treegen.Random(seed, options)
		constrained(seed, &m)
		for _, k := range slices.Clone(m.Controls)[:min(3, len(m.Controls))] { // some can stand for one another
			twin := *k
			twin.Name += "-twin"
			m.Controls = append(m.Controls, &twin)
		}
		tree, p := compile(t, m)
		for objective := ExpectedImpact; objective <= CheapestCost; objective++ {
			opt := &FrontOptions{Objective: objective}
			f, err := Front(ctx, tree, p, opt)
			if err != nil {
				continue
			}
			got, err := Ties(ctx, tree, p, opt, f, 1000)
			if err != nil {
				t.Fatal(err)
			}
			sets := allSets(t, tree, p, opt)
			for i, q := range f.Points {
				value := q.Value
				if objective == CheapestCost {
					value = -value
				}
				want := tiesOf(sets, FrontPoint{nil, q.Cost, value})
				all := append([][]string{q.Controls}, got[i].Sets...)
				where := fmt.Sprintf("seed %d, %v, cost %v", seed, objective, q.Cost)
				if got[i].AtLeast || got[i].Count != len(want)-1 || len(all) != len(want) {
					t.Fatalf("%s: expected %v, found %d besides %v: %v", where, want, got[i].Count, q.Controls, got[i].Sets)
				}
				for _, set := range want {
					if !slices.ContainsFunc(all, func(s []string) bool { return slices.Equal(s, set) }) {
						t.Fatalf("%s: expected %v among %v", where, set, all)
					}
				}
				points++
				tied += got[i].Count
			}
		}
	}
	if points < 500 || tied < 200 {
		t.Errorf("expected many points and ties, found %d points and %d ties", points, tied)
	}
}
