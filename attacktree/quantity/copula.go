package quantity

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// Numbers that go together while each keeps its own law: the Gaussian copula.
//
// Each number is its law's quantile at a uniform number between 0 and 1, and the
// uniform numbers are the ranks of normal numbers that are correlated. Whatever
// the laws, Spearman's rank correlation of two of them is then that of the two
// normal numbers, (6/π) arcsin(r/2) for a correlation r (Pearson, On further
// methods of determining correlation, 1907; Kruskal, Ordinal measures of
// association, Journal of the American Statistical Association 53, 1958). Normal
// numbers with given correlations are made of independent ones by the triangular
// factor of Cholesky; making given rank correlations so goes back to Iman and
// Conover (Communications in Statistics 11, 1982).

// A Tie is the rank correlation of two numbers.
type Tie struct {
	A, B int     // which numbers
	Rank float64 // Spearman's rank correlation, -1 to 1
}

// A Copula ties numbers together. It may be used by many goroutines. The nil
// Copula ties none.
type Copula struct {
	numbers []int    // that are tied, ascending
	factor  [][]term // of the normal number of each: the independent ones it is made of
	with    [][]term // the correlations of the normal number of each, with itself too
}

// A term is a factor of one of the tied numbers, told by its place among them.
type term struct {
	of    int
	times float64
}

// A CopulaError says that no normal numbers have the correlations of some ties.
type CopulaError struct {
	Number int // it cannot go together with those of lower number as they do
}

func (e *CopulaError) Error() string {
	return fmt.Sprintf("quantity: expected correlations that can hold together, found those of number %d impossible", e.Number)
}

// MaxTied is how many numbers may be tied: making a draw of them takes time that
// grows with the square of their number.
const MaxTied = 1000

// singular is the variance below which what is left of a normal number, given
// others, counts as nothing: it is then made of these alone. The rounding of the
// factor is far smaller.
const singular = 1e-10

// NewCopula returns the copula of some ties; numbers that have none, or only
// ties of rank 0, stay independent. A Rank outside -1 to 1, two ties of the same
// numbers, correlations that no numbers have (a [CopulaError]), and more than
// [MaxTied] tied numbers are errors. It takes time cubic in how many are tied.
func NewCopula(ties []Tie) (*Copula, error) {
	c := &Copula{}
	for _, t := range ties {
		switch {
		case t.A == t.B || t.A < 0 || t.B < 0:
			return nil, fmt.Errorf("quantity: expected a correlation of two numbers, found %d and %d", t.A, t.B)
		case !(math.Abs(t.Rank) <= 1):
			return nil, fmt.Errorf("quantity: expected a rank correlation from -1 to 1, found %v", t.Rank)
		case t.Rank != 0:
			c.numbers = append(c.numbers, t.A, t.B)
		}
	}
	if len(c.numbers) == 0 {
		return nil, nil
	}
	slices.Sort(c.numbers)
	c.numbers = slices.Compact(c.numbers)
	n := len(c.numbers)
	if n > MaxTied {
		return nil, fmt.Errorf("quantity: expected at most %d numbers with correlations, found %d", MaxTied, n)
	}
	at := make(map[int]int, n)
	r := make([][]float64, n)
	for i, number := range c.numbers {
		at[number] = i
		r[i] = make([]float64, n)
		r[i][i] = 1
	}
	for _, t := range ties {
		if t.Rank == 0 {
			continue
		}
		a, b := at[t.A], at[t.B]
		if r[a][b] != 0 {
			return nil, fmt.Errorf("quantity: expected one correlation of numbers %d and %d, found two", t.A, t.B)
		}
		r[a][b] = normalCorrelation(t.Rank)
		r[b][a] = r[a][b]
	}
	for _, row := range r {
		c.with = append(c.with, terms(row))
	}
	for i, row := range r {
		if !factorise(r[:i], row) {
			return nil, &CopulaError{c.numbers[i]}
		}
		c.factor = append(c.factor, terms(row[:i+1]))
	}
	return c, nil
}

// normalCorrelation returns the correlation of two normal numbers that have a
// rank correlation.
func normalCorrelation(rank float64) float64 {
	if math.Abs(rank) == 1 { // without rounding
		return rank
	}
	return 2 * math.Sin(math.Pi/6*rank)
}

// factorise turns a row of correlations into one of the triangular factor; those
// above it are done. It returns false where no number has the correlations. The
// row has length 1, so that the number is normal with variance 1 to the last bit
// but rounding, also where it is made of those before it alone.
func factorise(above [][]float64, row []float64) bool {
	left := 1.0
	for j, other := range above {
		for k, x := range other[:j] {
			row[j] -= row[k] * x
		}
		switch {
		case other[j] > 0:
			row[j] /= other[j]
		case math.Abs(row[j]) > math.Sqrt(singular):
			return false
		default:
			row[j] = 0
		}
		left -= row[j] * row[j]
	}
	n := len(above)
	switch {
	case left < -singular:
		return false
	case left < singular:
		row[n] = 0
		floats.Scale(1/floats.Norm(row[:n], 2), row[:n])
	default:
		row[n] = math.Sqrt(left)
	}
	return true
}

// terms returns the entries of a row that are not 0.
func terms(row []float64) []term {
	var out []term
	for j, x := range row {
		if x != 0 {
			out = append(out, term{j, x})
		}
	}
	return out
}

// Tied returns which numbers are tied to others, in ascending order.
func (c *Copula) Tied() []int {
	if c == nil {
		return nil
	}
	return slices.Clone(c.numbers)
}

// Tie turns independent numbers between 0 and 1 into such as go together, in
// place; each is still uniform. Scratch has as many entries as u, or more.
func (c *Copula) Tie(u, scratch []float64) {
	if c == nil {
		return
	}
	z := scratch[:len(c.numbers)]
	for i, number := range c.numbers {
		z[i] = distuv.UnitNormal.Quantile(u[number])
	}
	for i := len(z) - 1; i >= 0; i-- {
		switch row := c.factor[i]; {
		case len(row) > 1:
			x := 0.0
			for _, t := range row {
				x += t.times * z[t.of]
			}
			u[c.numbers[i]] = uniform(x)
		case row[0].times > 0: // the same number, to the last bit
			u[c.numbers[i]] = u[c.numbers[row[0].of]]
		default:
			u[c.numbers[i]] = 1 - u[c.numbers[row[0].of]]
		}
	}
}

// Given puts x in the place of number i of numbers that go together, and moves
// the others to where they are given x: if u was drawn by the copula, and x
// uniformly, the other numbers are drawn from their joint law given x.
func (c *Copula) Given(u []float64, i int, x float64) {
	at, tied := 0, false
	if c != nil {
		at, tied = slices.BinarySearch(c.numbers, i)
	}
	if tied {
		moved := distuv.UnitNormal.Quantile(x) - distuv.UnitNormal.Quantile(u[i])
		for _, t := range c.with[at] {
			number := c.numbers[t.of]
			u[number] = uniform(distuv.UnitNormal.Quantile(u[number]) + t.times*moved)
		}
	}
	u[i] = x
}

// uniform returns the rank of a normal number, strictly between 0 and 1.
func uniform(z float64) float64 {
	const least = 1.0 / (1 << 53)
	return min(max(distuv.UnitNormal.CDF(z), least), 1-least)
}
