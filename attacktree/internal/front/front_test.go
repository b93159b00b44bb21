package front_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/front"
)

// A dearer point stays only if it is better than all that cost no more.
func Example() {
	var s front.Staircase[string]
	s.Add(front.Point[string]{Cost: 0, Value: 9, Choice: "none"})
	s.Add(front.Point[string]{Cost: 5, Value: 4, Choice: "locks"})
	s.Add(front.Point[string]{Cost: 6, Value: 5, Choice: "dogs"})
	s.Add(front.Point[string]{Cost: 3, Value: 4, Choice: "lights"})
	for _, p := range s.Points() {
		fmt.Println(p.Cost, p.Value, p.Choice)
	}
	// Output:
	// 0 9 none
	// 3 4 lights
}

func TestStaircase(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var s front.Staircase[int]
		var all [][2]float64
		for i := range 30 {
			p := [2]float64{float64(r.IntN(12)), float64(r.IntN(12))}
			all = append(all, p)
			s.Add(front.Point[int]{Cost: p[0], Value: p[1], Choice: i})
		}
		for budget := -1.0; budget < 13; budget++ {
			want := math.Inf(1)
			for _, p := range all {
				if p[0] <= budget {
					want = min(want, p[1])
				}
			}
			if got := s.At(budget); got != want {
				t.Fatalf("for %v: expected %v, found %v among %v", budget, want, got, all)
			}
		}
		for i, p := range s.Points() {
			if i > 0 && (p.Cost <= s.Points()[i-1].Cost || p.Value >= s.Points()[i-1].Value) {
				t.Fatalf("expected costs that rise and values that fall, found %v", s.Points())
			}
		}
	}
}

func TestGap(t *testing.T) {
	var s, bound front.Staircase[int]
	s.Add(front.Point[int]{Cost: 1, Value: 10})
	s.Add(front.Point[int]{Cost: 3, Value: 4})
	if g := front.Gap(&s, &s); g != 0 {
		t.Errorf("a staircase and itself: expected 0, found %v", g)
	}
	bound.Add(front.Point[int]{Cost: 0, Value: 9})
	bound.Add(front.Point[int]{Cost: 2, Value: 8})
	bound.Add(front.Point[int]{Cost: 3, Value: 3})
	if g := front.Gap(&s, &bound); g != 0.25 {
		t.Errorf("expected a gap of 1/4, at 3, found %v", g)
	}
}

func TestClone(t *testing.T) {
	var s front.Staircase[string]
	s.Add(front.Point[string]{Cost: 1, Value: 5, Choice: "a"})
	c := s.Clone()
	c.Add(front.Point[string]{Cost: 2, Value: 3, Choice: "b"})
	c.Add(front.Point[string]{Cost: 1, Value: 4, Choice: "c"})
	if len(s.Points()) != 1 || s.At(1) != 5 || len(c.Points()) != 2 || c.At(1) != 4 {
		t.Errorf("expected a copy that grows by itself, found %v and %v", s.Points(), c.Points())
	}
}
