package uncertain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A RiskTolerance says which losses of a year are accepted: all of its limits must be
// kept. They stand in the order of their losses; [NewRiskTolerance] makes one.
type RiskTolerance []Limit

// A Limit says that a year may lose more than Loss with a chance of Chance at
// most.
type Limit struct {
	Loss   float64 `json:"loss"`   // money, not negative
	Chance float64 `json:"chance"` // above 0 and below 1
}

// NewRiskTolerance puts limits in order. There is at least one, and a greater loss has
// a lower chance: otherwise a limit would say nothing beside another.
func NewRiskTolerance(limits ...Limit) (RiskTolerance, error) {
	if len(limits) == 0 {
		return nil, fmt.Errorf("uncertain: expected a limit of the tolerance, found none")
	}
	t := RiskTolerance(slices.Clone(limits))
	slices.SortStableFunc(t, func(a, b Limit) int { return cmp.Compare(a.Loss, b.Loss) })
	for i, l := range t {
		switch {
		case !(l.Loss >= 0) || math.IsInf(l.Loss, 1):
			return nil, fmt.Errorf("uncertain: expected a loss of 0 or more, found %v", l.Loss)
		case !(l.Chance > 0 && l.Chance < 1):
			return nil, fmt.Errorf("uncertain: expected a chance above 0 and below 1, found %v", l.Chance)
		case i > 0 && t[i-1].Loss == l.Loss:
			return nil, fmt.Errorf("uncertain: expected one limit for a loss of %.15g, found two", l.Loss)
		case i > 0 && t[i-1].Chance <= l.Chance:
			return nil, fmt.Errorf("uncertain: expected a lower chance for more than %.15g than for more than %.15g, found %v and %v", l.Loss, t[i-1].Loss, l.Chance, t[i-1].Chance)
		}
	}
	return t, nil
}

// A Verdict says whether drawn losses keep a limit. The chance of a loss above it
// is known from draws only: it lies between Low and High with a confidence of
// [Confidence].
type Verdict struct {
	Limit
	Found     float64 // the share of the draws that lose more
	Low, High float64 // between which the chance lies
}

// Confidence is that of the interval of a [Verdict].
const Confidence = 0.99

// Exceeded reports whether the limit is exceeded for certain, so far as draws can
// tell. Where it is neither exceeded nor kept, more draws decide.
func (v Verdict) Exceeded() bool { return v.Low > v.Chance }

// Kept reports whether the limit is kept for certain, so far as draws can tell.
func (v Verdict) Kept() bool { return v.High <= v.Chance }

// Judge puts the losses to each limit of a tolerance. The interval is that of
// Clopper and Pearson (The use of confidence or fiducial limits illustrated in the
// case of the binomial, 1934), which holds for independent draws whatever the
// chance is. Draws from Sobol' sequences are spread more evenly than independent
// ones, so that it errs on the side of caution there.
func (d Distribution) Judge(t RiskTolerance) []Verdict {
	var out []Verdict
	n := float64(len(d.sorted))
	for _, l := range t {
		v := Verdict{Limit: l, Found: d.Above(l.Loss), High: 1}
		k := math.Round(v.Found * n)
		const outside = (1 - Confidence) / 2
		if k > 0 {
			v.Low = distuv.Beta{Alpha: k, Beta: n - k + 1}.Quantile(outside)
		}
		if k < n {
			v.High = distuv.Beta{Alpha: k + 1, Beta: n - k}.Quantile(1 - outside)
		}
		out = append(out, v)
	}
	return out
}
