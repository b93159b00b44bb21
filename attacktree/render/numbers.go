package render

import (
	"math/big"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/words"
)

// Numbers as a person reads them. Programs get all digits, as JSON or CSV.

const nbsp = words.NBSP

func rounded(x float64) float64               { return words.Rounded(x) }
func digits(x float64) string                 { return words.Digits(x) }
func percent(p float64) string                { return words.Percent(p) }
func amount(x float64) string                 { return words.Amount(x) }
func money(currency string, x float64) string { return words.Money(currency, x) }
func duration(days float64) string            { return words.Duration(days) }
func period(days float64) string              { return words.Period(days) }
func thousands(n int) string                  { return words.Thousands(n) }

// The words for what is not there.
const (
	absent  = "–"         // the figure does not exist
	unknown = "not known" // a limit left it out
)

// count writes a number of things: "1,292", and "1.24 × 10^19" where nobody
// would count the digits.
func count(n *big.Int) string {
	s := n.String()
	if len(s) > 15 {
		mantissa, exponent, _ := strings.Cut(new(big.Float).SetInt(n).Text('e', 2), "e+")
		mantissa = strings.TrimSuffix(strings.TrimRight(mantissa, "0"), ".")
		return mantissa + nbsp + "×" + nbsp + "10^" + exponent
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// figure writes a computed number, and both bounds where it is not exact, rounded
// so that it lies between them as they stand there.
func figure(f *attacktree.Figure, unit func(float64) string) string {
	if f == nil {
		return absent
	}
	if f.Exact {
		return unit(f.Value)
	}
	return unit(words.Below(f.Low)) + " to " + unit(words.Above(f.High))
}

// change writes by how much a figure differs from what it was: "-44.2 %".
func change(from, to *attacktree.Figure) string {
	switch {
	case from == nil || to == nil || !from.Exact || !to.Exact:
		return ""
	case from.Value == to.Value:
		return "the same"
	case from.Value == 0:
		return ""
	}
	share := to.Value/from.Value - 1
	if share < 0 {
		return "-" + percent(-share)
	}
	return "+" + percent(share)
}
