// Package words writes numbers as a person reads them: three significant digits,
// a unit, and a no-break space between the two.
package words

import (
	"math"
	"strconv"
	"strings"
)

// NBSP is a no-break space. It holds a number and its unit together.
const NBSP = "\u00a0"

// Rounded returns x with three significant digits.
func Rounded(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 2, 64), 64)
	if err != nil { // only next to the largest float
		return x
	}
	return y
}

// Below returns the greatest number of three significant digits that is not above
// x, and Above the least that is not below it, so that bounds hold as they are
// written. What only rounding tells apart counts as equal.
func Below(x float64) float64 { return toward(x, -1) }

// Above is told at [Below].
func Above(x float64) float64 { return toward(x, 1) }

func toward(x float64, sign float64) float64 {
	y := Rounded(x)
	if x == 0 || math.IsInf(x, 0) || sign*(y-x) >= -1e-12*math.Abs(x) {
		return y
	}
	_, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e")
	unit, err := strconv.ParseFloat("0.01e"+exponent, 64)
	if err != nil {
		return x
	}
	return Rounded(y + sign*unit)
}

// Digits writes a rounded number without exponent where that is readable. What is
// past all floats is "over 1e308".
func Digits(x float64) string {
	if math.IsInf(x, 1) {
		return "over" + NBSP + "1e308"
	}
	if a := math.Abs(x); a != 0 && (a < 1e-9 || a >= 1e15) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Percent writes a share: 0.197915 is "19.8 %". What is below 1 never reads as
// 100 %: 0.999728 is "99.97 %", with one digit of what is missing.
func Percent(p float64) string {
	x := Rounded(100 * p)
	if x == 100 && p < 1 {
		rest, _ := strconv.ParseFloat(strconv.FormatFloat(100*(1-p), 'e', 0, 64), 64)
		rest = max(rest, 1e-6)
		decimals := len(strconv.FormatFloat(rest, 'f', -1, 64)) - len("0.")
		return strconv.FormatFloat(100-rest, 'f', decimals, 64) + NBSP + "%"
	}
	return Digits(x) + NBSP + "%"
}

// Amount writes money without its currency: 9101677 is "9.1 M".
func Amount(x float64) string {
	if x = Rounded(x); math.Abs(x) >= 1e15 {
		return Digits(x)
	}
	for _, unit := range []struct {
		size   float64
		letter string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(x) >= unit.size {
			return Digits(Rounded(x/unit.size)) + NBSP + unit.letter
		}
	}
	return Digits(x)
}

// Money writes an amount with its currency, if there is one.
func Money(currency string, x float64) string {
	if currency == "" {
		return Amount(x)
	}
	return currency + NBSP + Amount(x)
}

// Duration writes a time in days: 0.5 is "12 h", 14 is "14 d".
func Duration(days float64) string {
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
	return Digits(Rounded(days/unit)) + NBSP + name
}

// Period names the time that rates and costs refer to.
func Period(days float64) string {
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
	return Duration(days)
}

// Setting writes the value of a param that was set; its unit is share, money,
// duration or plain.
func Setting(param string, x float64, unit, currency string) string {
	text := Digits(Rounded(x))
	switch unit {
	case "share":
		text = Percent(x)
	case "money":
		text = Money(currency, x)
	case "duration":
		text = Duration(x)
	}
	return param + " = " + text
}

// WhatIf says which params were set; nothing where none was.
func WhatIf(settings []string) string {
	if len(settings) == 0 {
		return ""
	}
	return "What if: " + strings.Join(settings, ", ") + "."
}

// Thousands writes a count with commas.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
