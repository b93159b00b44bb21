package quantity

import "testing"

func TestUnits(t *testing.T) {
	tests := []struct {
		x      float64
		symbol string
		want   float64
	}{
		{5, "k", 5000}, {1.5, "M", 1.5e6}, {2, "B", 2e9},
		{35, "%", 0.35}, {7, "%", 0.07}, {100, "%", 1}, // 35 * 0.01 would not be 0.35
		{90, "min", 0.0625}, {36, "h", 1.5}, {3, "d", 3}, {2, "w", 14},
		{12, "mo", 365}, {3, "mo", 91.25}, {1, "y", 365},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		u, ok := LookupUnit(tt.symbol)
		if got := u.Apply(tt.x); !ok || got != tt.want {
			t.Errorf("%g%s = %v, want %v", tt.x, tt.symbol, got, tt.want)
		}
		seen[tt.symbol] = true
	}
	for _, u := range Units() {
		if !seen[u.Symbol] {
			t.Errorf("the unit %s has no test", u.Symbol)
		}
	}
	for _, symbol := range []string{"", "K", "m", "D", "s", "mon"} {
		if u, ok := LookupUnit(symbol); ok {
			t.Errorf("%q is the unit %v", symbol, u)
		}
	}
}

func TestMultiplierAndDayUnit(t *testing.T) {
	if f, ok := Multiplier("M"); !ok || f != 1e6 {
		t.Errorf("Multiplier(M) = %g, %v", f, ok)
	}
	if f, ok := DayUnit("mo"); !ok || f != 365.0/12 {
		t.Errorf("DayUnit(mo) = %g, %v", f, ok)
	}
	for _, symbol := range []string{"d", "%", "x"} {
		if f, ok := Multiplier(symbol); ok {
			t.Errorf("Multiplier(%s) = %g", symbol, f)
		}
	}
	for _, symbol := range []string{"k", "%", "x"} {
		if f, ok := DayUnit(symbol); ok {
			t.Errorf("DayUnit(%s) = %g", symbol, f)
		}
	}
}

// The table that a caller gets is his own.
func TestUnitsCopy(t *testing.T) {
	Units()[0].Times = 7
	if f, _ := Multiplier("k"); f != 1000 {
		t.Errorf("k became %g", f)
	}
}
