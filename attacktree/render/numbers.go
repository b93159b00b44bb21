package render

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree"
)

// Numbers as a person reads them: three significant digits, a unit, and a
// no-break space between the two. Programs get all digits, as JSON or CSV.

const nbsp = "\u00a0"

// The words for what is not there.
const (
	absent  = "–"         // the figure does not exist
	unknown = "not known" // a limit left it out
)

// rounded returns x with three significant digits.
func rounded(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	if err != nil { // only next to the largest float
		return x
	}
	return y
}

// digits writes a rounded number without exponent where that is readable.
func digits(x float64) string {
	if a := math.Abs(x); a != 0 && (a < 1e-9 || a >= 1e15) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// percent writes a share: 0.197915 is "19.8 %". What is below 1 never reads as
// 100 %: 0.99996 is "99.996 %".
func percent(p float64) string {
	x := rounded(100 * p)
	if x == 100 && p < 1 {
		rest := max(rounded(100*(1-p)), 1e-6)
		decimals := len(strconv.FormatFloat(rest, 'f', -1, 64)) - len("0.")
		return strconv.FormatFloat(100-rest, 'f', decimals, 64) + nbsp + "%"
	}
	return digits(x) + nbsp + "%"
}

// amount writes money without its currency: 9101677 is "9.1 M".
func amount(x float64) string {
	x = rounded(x)
	for _, unit := range []struct {
		size   float64
		letter string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(x) >= unit.size {
			return digits(rounded(x/unit.size)) + nbsp + unit.letter
		}
	}
	return digits(x)
}

// money writes an amount with its currency, if there is one.
func money(currency string, x float64) string {
	if currency == "" {
		return amount(x)
	}
	return currency + nbsp + amount(x)
}

// duration writes a time in days: 0.5 is "12 h", 14 is "14 d".
func duration(days float64) string {
	unit, name := 1.0, "d"
	switch {
	case days == 0:
	case days < 1.0/24:
		unit, name = 1.0/(24*60), "min"
	case days < 1:
		unit, name = 1.0/24, "h"
	case days >= 5*365:
		unit, name = 365, "y"
	case days >= 365:
		unit, name = 365.0/12, "mo"
	}
	return digits(rounded(days/unit)) + nbsp + name
}

// period names the time that rates and costs refer to.
func period(days float64) string {
	switch days {
	case 0, 365:
		return "year"
	case 365.0 / 12:
		return "month"
	case 7:
		return "week"
	case 1:
		return "day"
	}
	return duration(days)
}

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

// figure writes a computed number, and both bounds where it is not exact.
func figure(f *attacktree.Figure, unit func(float64) string) string {
	if f == nil {
		return absent
	}
	if f.Exact {
		return unit(f.Value)
	}
	return unit(f.Low) + " to " + unit(f.High)
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
