package quantity

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// tied draws n times d numbers by the copula of some ties, number by number.
func tied(t *testing.T, d, n int, ties ...Tie) [][]float64 {
	t.Helper()
	c, err := NewCopula(ties)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([][]float64, d)
	u, scratch := make([]float64, d), make([]float64, d)
	for range n {
		for j := range u {
			u[j] = rng.Float64()
		}
		c.Tie(u, scratch)
		for j, x := range u {
			out[j] = append(out[j], x)
		}
	}
	return out
}

// Of uniform numbers the rank correlation is the correlation. Its estimate is as
// good as if normal: with a standard error of 1 / √n at most.
func TestRankCorrelation(t *testing.T) {
	const n = 200_000
	want := map[[2]int]float64{{1, 2}: 0.6, {1, 4}: -0.3, {2, 4}: 0.1, {0, 5}: -0.95}
	var ties []Tie
	for pair, rank := range want {
		ties = append(ties, Tie{pair[1], pair[0], rank})
	}
	u := tied(t, 6, n, ties...)
	for i := range u {
		for j := range i {
			got := stat.Correlation(u[i], u[j], nil)
			if off := math.Abs(got - want[[2]int{j, i}]); off > 4/math.Sqrt(n) {
				t.Errorf("numbers %d and %d: rank correlation %v, want %v", j, i, got, want[[2]int{j, i}])
			}
		}
		// Each stays uniform: the test of Kolmogorov and Smirnov, at 1 in 10,000.
		worst := 0.0
		for k, x := range slices.Sorted(slices.Values(u[i])) {
			worst = max(worst, x-float64(k)/n, float64(k+1)/n-x)
		}
		if worst > 2.2/math.Sqrt(n) {
			t.Errorf("number %d: its distribution is off by %v", i, worst)
		}
	}
}

// At 1 and -1 one number decides the other, and at 0 nothing changes, to the last
// bit.
func TestExtremeTies(t *testing.T) {
	plain := tied(t, 5, 1000)
	u := tied(t, 5, 1000, Tie{0, 1, 1}, Tie{2, 1, -1}, Tie{0, 2, -1}, Tie{3, 4, 0})
	for i := range 1000 {
		if u[0][i] != plain[0][i] || u[1][i] != u[0][i] || u[2][i] != 1-u[0][i] || u[3][i] != plain[3][i] || u[4][i] != plain[4][i] {
			t.Fatalf("draw %d: %v %v %v %v %v", i, u[0][i], u[1][i], u[2][i], u[3][i], u[4][i])
		}
	}
	if c, err := NewCopula([]Tie{{0, 1, 0}}); c != nil || err != nil {
		t.Errorf("a tie of rank 0 makes the copula %v, %v", c, err)
	}
}

// A third number that goes with two others as these do with each other, though
// both are the same.
func TestSingularTies(t *testing.T) {
	u := tied(t, 3, 100_000, Tie{0, 1, 1}, Tie{0, 2, 0.5}, Tie{1, 2, 0.5})
	if !slices.Equal(u[0], u[1]) {
		t.Error("two numbers with the rank correlation 1 differ")
	}
	if got := stat.Correlation(u[0], u[2], nil); math.Abs(got-0.5) > 4/math.Sqrt(100_000) {
		t.Errorf("rank correlation %v, want 0.5", got)
	}
}

// Numbers given one of them are drawn from their law given it: in draws where that
// is replaced by one drawn anew, all go together as before; and the normal numbers
// have the means that regression gives them.
func TestGiven(t *testing.T) {
	const n = 100_000
	ties := []Tie{{0, 1, 0.7}, {0, 2, -0.4}, {1, 2, 0.2}}
	c, err := NewCopula(ties)
	if err != nil {
		t.Fatal(err)
	}
	u := tied(t, 4, n, ties...)
	rng := rand.New(rand.NewPCG(3, 4))
	v := make([][]float64, 4)
	sum := make([]float64, 4)
	const at = 0.9
	for i := range n {
		draw := []float64{u[0][i], u[1][i], u[2][i], u[3][i]}
		fixed := slices.Clone(draw)
		c.Given(draw, 0, rng.Float64())
		for j, x := range draw {
			v[j] = append(v[j], x)
		}
		c.Given(fixed, 0, at)
		if fixed[0] != at || fixed[3] != u[3][i] || draw[3] != u[3][i] {
			t.Fatalf("draw %d: %v", i, fixed)
		}
		for j, x := range fixed {
			sum[j] += distuv.UnitNormal.Quantile(x)
		}
	}
	for _, tie := range ties {
		if got := stat.Correlation(v[tie.A], v[tie.B], nil); math.Abs(got-tie.Rank) > 4/math.Sqrt(n) {
			t.Errorf("%v: rank correlation %v", tie, got)
		}
		if tie.A == 0 {
			want := 2 * math.Sin(math.Pi/6*tie.Rank) * distuv.UnitNormal.Quantile(at)
			if got := sum[tie.B] / n; math.Abs(got-want) > 4/math.Sqrt(n) {
				t.Errorf("%v: mean %v given the other, want %v", tie, got, want)
			}
		}
	}
	if got := stat.Correlation(v[0], u[0], nil); math.Abs(got) > 4/math.Sqrt(n) {
		t.Errorf("the new number goes with the old one: %v", got)
	}
}

// Which correlations can hold is what the least eigenvalue says, in random
// matrices about the border.
func TestPossible(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	possible := 0
	for range 2000 {
		n := 3 + rng.IntN(5)
		r := mat.NewSymDense(n, nil)
		var ties []Tie
		for i := range n {
			r.SetSym(i, i, 1)
			for j := range i {
				tie := Tie{i + 2, j + 2, math.Round(20*(2*rng.Float64()-1)) / 20 * 1.5 / math.Sqrt(float64(n))}
				ties = append(ties, tie)
				r.SetSym(i, j, 2*math.Sin(math.Pi/6*tie.Rank))
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(r, false) {
			t.Fatal("no eigenvalues")
		}
		least := eigen.Values(nil)[0]
		if math.Abs(least) < 1e-8 {
			continue
		}
		_, err := NewCopula(ties)
		if impossible := (*CopulaError)(nil); (err == nil) != (least > 0) || err != nil && !errors.As(err, &impossible) {
			t.Fatalf("least eigenvalue %v: %v", least, err)
		}
		if err == nil {
			possible++
		}
	}
	if possible < 200 || possible > 1800 {
		t.Errorf("%d of 2000 are possible", possible)
	}
}

func TestCopulaRefused(t *testing.T) {
	var chain []Tie
	for i := range MaxTied {
		chain = append(chain, Tie{i, i + 1, 0.1})
	}
	if _, err := NewCopula(chain[:MaxTied-1]); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		ties []Tie
		want string
	}{
		{chain, "found 1001"},
		{[]Tie{{0, 0, 0.5}}, "found 0 and 0"},
		{[]Tie{{-1, 0, 0.5}}, "found -1 and 0"},
		{[]Tie{{0, 1, 1.01}}, "found 1.01"},
		{[]Tie{{0, 1, math.NaN()}}, "found NaN"},
		{[]Tie{{0, 1, 0.2}, {1, 0, 0.3}}, "found two"},
		{[]Tie{{4, 7, 0.9}, {7, 9, 0.9}}, "number 9 impossible"},
		{[]Tie{{4, 7, 1}, {7, 9, 0.5}}, "number 9 impossible"},
		{[]Tie{{1, 2, -0.6}, {2, 3, -0.6}, {1, 3, -0.6}}, "number 3 impossible"},
	} {
		if _, err := NewCopula(c.ties); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want one with %q", c.ties, err, c.want)
		}
	}
}

// At the very ends, where normal numbers are great, ranks stay between 0 and 1.
func TestTieAtTheEnds(t *testing.T) {
	c, err := NewCopula([]Tie{{0, 1, 0.3}, {0, 2, 0.3}, {1, 2, 0.3}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{0x1p-53, 1 - 0x1p-53} {
		u := []float64{x, x, x}
		c.Tie(u, make([]float64, 3))
		for range 3 {
			c.Given(u, 1, x)
		}
		for _, got := range u {
			if !(got > 0 && got < 1) {
				t.Errorf("from %v: %v", x, got)
			}
		}
	}
}

func BenchmarkTie(b *testing.B) {
	c, err := NewCopula([]Tie{{0, 1, 0.3}, {0, 2, 0.3}, {1, 2, 0.3}})
	if err != nil {
		b.Fatal(err)
	}
	u, scratch := make([]float64, 3), make([]float64, 3)
	for b.Loop() {
		u[0], u[1], u[2] = 0.2, 0.4, 0.7
		c.Tie(u, scratch)
	}
}
