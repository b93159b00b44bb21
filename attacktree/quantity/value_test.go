package quantity

import (
	"math"
	"strings"
	"testing"
	"unsafe"
)

func TestValueNotGiven(t *testing.T) {
	var v Value
	if v.Given() || !v.Certain() || v.String() != "" || v.Validate() != nil || v.Scaled(3) != v {
		t.Errorf("the zero Value: given %v, certain %v, %q, %v", v.Given(), v.Certain(), v.String(), v.Validate())
	}
	lo, hi := v.Support()
	for _, x := range []float64{v.Mean(), v.Variance(), v.Quantile(0.5), lo, hi} {
		if !math.IsNaN(x) {
			t.Errorf("the zero Value answers %g, want NaN", x)
		}
	}
}

func TestValueFactor(t *testing.T) {
	d := must(NewBeta(4, 16))
	for _, tt := range []struct {
		v      Value
		factor float64
		text   string
	}{
		{Of(d), 1, "beta(4, 16)"},
		{OfParam("rate", d, 0), 1, "rate"},
		{OfParam("rate", d, 1), 1, "rate"},
		{OfParam("rate", d, 0.5), 0.5, "0.5 * rate"},
		{OfParam("rate", d, 4).Scaled(0.25), 1, "rate"},
		{OfParam("rate", d, 0).Scaled(2).Scaled(3), 6, "6 * rate"},
		{Of(d).Scaled(0.1), 0.1, "0.1 * beta(4, 16)"},
	} {
		if !tt.v.Given() || tt.v.Certain() || tt.v.Validate() != nil {
			t.Errorf("%v: given %v, certain %v, %v", tt.v, tt.v.Given(), tt.v.Certain(), tt.v.Validate())
		}
		if got := tt.v.String(); got != tt.text {
			t.Errorf("prints %q, want %q", got, tt.text)
		}
		near(t, tt.text+" mean", tt.v.Mean(), tt.factor*0.2, 1e-15)
		near(t, tt.text+" variance", tt.v.Variance(), tt.factor*tt.factor*0.16/21, 1e-14)
		near(t, tt.text+" quantile", tt.v.Quantile(0.3), tt.factor*d.Quantile(0.3), 1e-15)
		if lo, hi := tt.v.Support(); lo != 0 || hi != tt.factor {
			t.Errorf("%v: support %g..%g, want 0..%g", tt.v, lo, hi, tt.factor)
		}
	}
}

func TestValueScaled(t *testing.T) {
	if got := Exactly(5000).Scaled(3); got != Exactly(15000) {
		t.Errorf("5000 scaled by 3 is %v", got)
	}
	// A factor of 0 must not be read as 1.
	for _, v := range []Value{Exactly(7), Of(must(NewUniform(1, 2))), OfParam("p", must(NewUniform(1, 2)), 1e-300)} {
		for _, f := range []float64{0, 1e-300} {
			if got := v.Scaled(f); f == 0 && got != Exactly(0) || got.Mean() > 1e-290 {
				t.Errorf("%v scaled by %g is %v", v, f, got)
			}
		}
	}
}

func TestValueRefused(t *testing.T) {
	for _, tt := range []struct {
		v    Value
		want string
	}{
		{OfParam("p", Dist{Kind: Point, A: 1}, -2), "expected a finite factor of at least 0, found -2"},
		{OfParam("p", Dist{Kind: Point, A: 1}, math.NaN()), "found NaN"},
		{OfParam("p", Dist{Kind: Point, A: 1}, math.Inf(1)), "found +Inf"},
		{OfParam("p", Dist{}, 2), "expected a kind of law, found none"},
		{Exactly(math.NaN()), "expected finite numbers"},
	} {
		if err := tt.v.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%#v: error %v, want %q", tt.v, err, tt.want)
		}
	}
}

// A model of 10⁵ nodes holds 8 values a node.
func TestValueSize(t *testing.T) {
	if size := unsafe.Sizeof(Value{}); size > 56 {
		t.Errorf("a Value takes %d bytes, want at most 56", size)
	}
	seen := map[Value]bool{OfParam("p", must(NewPERT(1, 2, 3)), 2): true}
	if !seen[OfParam("p", must(NewPERT(1, 2, 3)), 2)] {
		t.Error("equal values differ as map keys")
	}
}
