package plot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

// Whatever the numbers, all of them lie on the axis, its ticks ascend, lie on it
// too, and differ in their names.
func TestAxis(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		numbers := make([]float64, 1+rng.IntN(5))
		middle, spread := rng.NormFloat64()*8, rng.ExpFloat64()*[]float64{0.001, 1, 20}[rng.IntN(3)]
		for i := range numbers {
			numbers[i] = math.Pow(10, min(max(middle+spread*rng.NormFloat64(), -300), 300))
			if rng.IntN(8) == 0 {
				numbers[i] = 0
			}
		}
		u := unit(rng.IntN(2))
		positive := numbers[:0:0]
		for _, x := range numbers {
			if x > 0 {
				positive = append(positive, x)
			}
		}
		for _, c := range []struct {
			a  axis
			on []float64
		}{{axisFor("", u, numbers), numbers}, {logAxis("", u, numbers), positive}, {spanAxis("", u, numbers), numbers}} {
			for _, x := range c.on {
				if at := c.a.Normalize(0, 0, x); !(at >= 0 && at <= 1+1e-9) {
					t.Fatalf("%v of %v stands at %v of %+v", x, numbers, at, c.a)
				}
			}
			last, names := math.Inf(-1), map[string]bool{}
			for _, tick := range c.a.Ticks(0, 0) {
				at := c.a.Normalize(0, 0, tick.Value)
				if !(at > last && at >= -1e-9 && at <= 1+1e-9) {
					t.Fatalf("a tick at %v behind %v, on %+v of %v", at, last, c.a, numbers)
				}
				if last = at; tick.Label != "" && names[tick.Label] {
					t.Fatalf("two ticks are called %q on %+v of %v", tick.Label, c.a, numbers)
				}
				names[tick.Label] = true
			}
			if len(names) == 0 || len(names) > 14 {
				t.Fatalf("%d ticks have names on %+v of %v", len(names), c.a, numbers)
			}
		}
	}
}

// A curve has, at each of its losses, the share of years that lose as much or
// more, and leaves out no loss that is likely enough.
func TestCurvePoints(t *testing.T) {
	for _, text := range []string{
		`goal step g { likelihood 100% impact 1 attempts 0.5 }`,
		`goal step g { likelihood 50% impact 10..1000 attempts 2 }`,
		`goal or g { impact 7 attempts 1 step a { likelihood 50% impact 10..1000 } step b { likelihood 20% impact 5 } }`,
	} {
		tree, err := attacktree.Parse("test.atree", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p, err := attacktree.Compile(t.Context(), tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := uncertain.Simulate(t.Context(), p, &uncertain.Options{Samples: 4000, Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		years := s.Scenarios[0].Column(uncertain.YearLoss)
		e := &exceedance{Simulation: s}
		e.add(years.Distribution())
		points := e.curves[0].points
		asMuch := func(x float64) float64 {
			n := 0.0
			for _, loss := range years {
				if loss >= x {
					n++
				}
			}
			return n / float64(len(years))
		}
		some := years.Distribution().Above(0)
		for i, q := range points {
			if q.Chance != asMuch(q.Loss) {
				t.Errorf("%s: a year loses %v or more with a chance of %v, drawn is %v", text, q.Loss, asMuch(q.Loss), q.Chance)
			}
			if i > 0 && (q.Loss <= points[i-1].Loss || q.Chance >= points[i-1].Chance) {
				t.Errorf("%s: %v stands behind %v", text, q, points[i-1])
			}
		}
		if len(points) == 0 || points[0].Chance != some {
			t.Fatalf("%s: the curve begins at %v, want %v", text, points[0], some)
		}
		if end := points[len(points)-1].Chance; end < 10.0/4000 || end > 0.01 {
			t.Errorf("%s: the curve ends at %v", text, end)
		}
	}
}

// Labels at the side keep their order, do not overlap, and stay between top and
// bottom where there is room; each stands where it would best if it can.
func TestSpread(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	for range 10_000 {
		n := 1 + rng.IntN(9)
		tops, heights := make([]vg.Length, n), make([]vg.Length, n)
		at, sum := vg.Length(110), vg.Length(0)
		for i := range n {
			at -= vg.Length(rng.Float64() * 30)
			tops[i], heights[i] = at, vg.Length(1+rng.Float64()*12)
			sum += heights[i]
		}
		alone := n == 1 && tops[0] <= 100 && tops[0]-heights[0] >= 0
		best := tops[0]
		if sum > 100 {
			continue
		}
		spread(tops, heights, 100, 0)
		above := vg.Length(100)
		for i := range n {
			if tops[i] > above+1e-9 {
				t.Fatalf("label %d of %v, %v high, reaches into what is above it", i, tops, heights)
			}
			above = tops[i] - heights[i]
		}
		if above < -1e-9 {
			t.Fatalf("labels at %v, %v high, hang over", tops, heights)
		}
		if alone && tops[0] != best {
			t.Fatalf("a label moves from %v to %v for nothing", best, tops[0])
		}
	}
}

// Labels at points cover neither each other nor what they are to avoid.
func TestLabels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	set := 0
	for range 300 {
		c := draw.NewCanvas(new(recorder.Canvas), 300, 200)
		l := &labels{canvas: &c}
		l.avoidLine([]vg.Point{{X: 0, Y: 150}, {X: 100, Y: 150}, {X: 100, Y: 50}, {X: 300, Y: 50}})
		for range rng.IntN(30) {
			x, y := vg.Length(rng.Float64()*300), vg.Length(rng.Float64()*200)
			l.avoid(x, y, 3)
			l.put(noteStyle, x, y, 5, "some words"[:1+rng.IntN(10)])
		}
		set += len(l.set)
		for i, a := range l.set {
			if a.Min.X < 0 || a.Min.Y < 0 || a.Max.X > 308 || a.Max.Y > 202 {
				t.Fatalf("%v lies outside", a)
			}
			for _, b := range l.set[:i] {
				if a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y {
					t.Fatalf("%v covers %v", a, b)
				}
			}
		}
	}
	if set < 1000 {
		t.Errorf("only %d labels find room", set)
	}
}

// Text is cut and broken so that it fits.
func TestFit(t *testing.T) {
	long := "a name of some length, and a word-that-is-much-longer-than-others-are 模型 end"
	for most := vg.Length(5); most < 400; most += 7 {
		got := fit(tickStyle, long, most)
		if w := tickStyle.Width(got); w > most && got != "…" {
			t.Errorf("%q is %v wide, may be %v", got, w, most)
		}
		for _, line := range wrap(tickStyle, long, most, 3) {
			if w := tickStyle.Width(line); w > most && line != "…" {
				t.Errorf("the line %q is %v wide, may be %v", line, w, most)
			}
		}
	}
	if got := fit(tickStyle, "short", 100); got != "short" {
		t.Errorf("short is cut to %q", got)
	}
	if got := wrap(tickStyle, "ten\u00a0M and more", tickStyle.Width("ten M")+1, 9); got[0] != "ten\u00a0M" || len(got) != 3 {
		t.Errorf("a number is torn from its unit: %q", got)
	}
	if got := tidy("a\nb\x00c\ufffe\xff" + "\u202e"); got != "a b c\ufffd\ufffd " {
		t.Errorf("tidy gives %q", got)
	}
}

// Lines are told apart by dashes and marks, more of them than there are colours.
func TestPens(t *testing.T) {
	seen := map[string]int{}
	for i := range 40 {
		p := penOf(i)
		key := fmt.Sprintf("%v %T", p.Dashes, p.mark.Shape)
		if first, twice := seen[key]; twice {
			t.Errorf("lines %d and %d look alike: %s", first, i, key)
		}
		seen[key] = i
	}
}
