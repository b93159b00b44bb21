package quantity

import "slices"

// Measure is what a unit of the language measures.
type Measure uint8

const (
	Count Measure = iota // a plain multiplier
	Share                // a part of a whole, 0 to 1
	Days                 // a duration in days
)

// A Unit is a suffix that a number may carry. A number with the unit is
// Times / Over as large without it; the two are kept apart because most of the
// quotients have no exact binary form, and one division rounds only once.
type Unit struct {
	Symbol      string
	Measure     Measure
	Times, Over float64
}

// units are those of the language, in the order in which its manual names them.
// A month is a twelfth of a year, and a year has 365 days.
var units = [...]Unit{
	{"k", Count, 1e3, 1},
	{"M", Count, 1e6, 1},
	{"B", Count, 1e9, 1},
	{"%", Share, 1, 100},
	{"min", Days, 1, 24 * 60},
	{"h", Days, 1, 24},
	{"d", Days, 1, 1},
	{"w", Days, 7, 1},
	{"mo", Days, 365, 12},
	{"y", Days, 365, 1},
}

// Units returns all units of the language, always in the same order.
func Units() []Unit { return slices.Clone(units[:]) }

// LookupUnit returns the unit with that symbol. Case counts: M is a million, and
// m is no unit.
func LookupUnit(symbol string) (Unit, bool) {
	i := slices.IndexFunc(units[:], func(u Unit) bool { return u.Symbol == symbol })
	if i < 0 {
		return Unit{}, false
	}
	return units[i], true
}

// Apply returns the plain number for x written with the unit: 0.3 for 30 %,
// 14 for 2 weeks.
func (u Unit) Apply(x float64) float64 { return x * u.Times / u.Over }

// Multiplier returns what k, M or B multiplies a number by, and false for all else.
func Multiplier(symbol string) (float64, bool) { return factorOf(symbol, Count) }

// DayUnit returns the days in one min, h, d, w, mo or y, and false for all else.
func DayUnit(symbol string) (float64, bool) { return factorOf(symbol, Days) }

func factorOf(symbol string, m Measure) (float64, bool) {
	u, ok := LookupUnit(symbol)
	if !ok || u.Measure != m {
		return 0, false
	}
	return u.Apply(1), true
}
