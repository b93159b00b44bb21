package quantity

import (
	"fmt"
	"math"
)

// A Value is a number as a model holds it: a law of its own, or Factor times a
// named parameter. The zero Value says that no number was given; its mean,
// variance, support and quantiles are NaN.
//
// All Values that name the same parameter take part in the same draw. Dist is
// then the parameter's law, so that each Value can answer for itself.
type Value struct {
	Dist   Dist
	Param  string  // the parameter; empty if the law is the value's own
	Factor float64 // the number is this times what Dist says; 0 means 1; never negative
}

// Exactly returns the certain number x.
func Exactly(x float64) Value { return Value{Dist: Dist{Kind: Point, A: x}} }

// Of returns a number with a law of its own.
func Of(d Dist) Value { return Value{Dist: d} }

// OfParam returns factor times the parameter of that name, whose law is d; the
// zero Dist may stand in until the law is known. Factor 0 means 1; nothing at
// all is [Exactly](0).
func OfParam(name string, d Dist, factor float64) Value {
	return Value{Dist: d, Param: name, Factor: factor}
}

// Given reports whether there is a number.
func (v Value) Given() bool { return v.Dist.Kind != None || v.Param != "" }

// Certain reports whether there is no doubt about the number. It is true of a
// number that was not given, which has nothing to draw.
func (v Value) Certain() bool { return v.Dist.Certain() }

// Validate reports what is wrong with the number: its law, or a factor that is
// negative or not finite. A number that was not given is valid.
func (v Value) Validate() error {
	if !v.Given() {
		return nil
	}
	if !(v.Factor >= 0) || math.IsInf(v.Factor, 1) {
		return fmt.Errorf("quantity: expected a finite factor of at least 0, found %v", v.Factor)
	}
	return v.Dist.Validate()
}

// Mean returns the expectation.
func (v Value) Mean() float64 { return v.factor() * v.Dist.Mean() }

// Variance returns the expected squared distance from the mean.
func (v Value) Variance() float64 { return v.factor() * v.factor() * v.Dist.Variance() }

// Support returns the ends of the smallest interval that holds the number.
func (v Value) Support() (lo, hi float64) {
	lo, hi = v.Dist.Support()
	return v.factor() * lo, v.factor() * hi
}

// Quantile returns the number that the uniform draw u in [0, 1] stands for, NaN
// for any other u. Values of one parameter that are given the same u agree.
func (v Value) Quantile(u float64) float64 { return v.factor() * v.Dist.Quantile(u) }

func (v Value) factor() float64 {
	if v.Factor == 0 {
		return 1
	}
	return v.Factor
}

// Scaled returns f times the number, still the same draw; f must not be
// negative. What was not given stays so.
func (v Value) Scaled(f float64) Value {
	factor := v.factor() * f
	switch {
	case !v.Given():
		return v
	case factor == 0:
		return Exactly(0)
	case v.Param == "" && v.Dist.Kind == Point:
		return Exactly(factor * v.Dist.A)
	}
	v.Factor = factor
	return v
}

// String writes the number as the language does, without units: 5000,
// 0.1..0.3, rate or 2 * rate. A number that was not given is the empty string.
func (v Value) String() string {
	text := v.Dist.String()
	if v.Param != "" {
		text = v.Param
	}
	if !v.Given() || v.factor() == 1 {
		return text
	}
	return number(v.Factor) + " * " + text
}
