// Package quantity is a number with its spread: exactly 5000, uniformly between
// 2 and 4, or between 10 % and 30 % with nine chances in ten.
//
// A [Dist] is a probability law. It is made by one of the constructors, which
// check it, and answers with its mean, variance, support, cumulative
// distribution and quantiles. A [Value] is what a model holds in the place of a
// number: a law of its own, or a multiple of a named parameter that other
// values share. Its zero value says that no number was given. A [Unit] is a
// suffix of the language such as k, % or d.
//
// Dists and Values are small, comparable and free of pointers to anything that
// changes, so they may be copied, used as map keys and read by many goroutines.
// No method panics. The answers of a Dist that [Dist.Validate] refuses mean
// nothing, and are NaN where there is nothing else to say.
package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
)

// Kind names a family of laws.
type Kind uint8

const (
	None        Kind = iota // no law: nothing was given
	Point                   // exactly A
	Uniform                 // between A and B, all alike
	Triangular              // between A and B, most likely M, density falling in straight lines
	PERT                    // between A and B, most likely M, density a smooth hump
	LogNormal               // above 0; A and B are its 5 % and 95 % quantiles
	LogitNormal             // between 0 and 1; A and B are its 5 % and 95 % quantiles
	Beta                    // between 0 and 1; A is alpha, B is beta
)

var kindNames = [...]string{"none", "point", "uniform", "triangular", "pert", "lognormal", "logit-normal", "beta"}

// String returns the name of the family, in the language's word where it has one.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// A Dist is a law of chance for one number. What A, M and B mean depends on
// Kind; those that a kind does not use are zero.
//
// PERT is the law of Vose (Risk Analysis, 2008) with gamma = 4: a beta law on
// [A, B] with alpha = 1 + 4 (M-A)/(B-A) and beta = 1 + 4 (B-M)/(B-A), so that
// its mean is (A + 4M + B)/6.
//
// Uniform, Triangular and PERT with A = B are allowed, and are that point.
type Dist struct {
	Kind    Kind
	A, M, B float64
}

// NewPoint returns the certain number x, which must be finite.
func NewPoint(x float64) (Dist, error) { return checked(Dist{Kind: Point, A: x}) }

// NewUniform returns the uniform law between low and high. Low must not be above high.
func NewUniform(low, high float64) (Dist, error) {
	return checked(Dist{Kind: Uniform, A: low, B: high})
}

// NewTriangular returns the triangular law; min <= mode <= max is required.
func NewTriangular(min, mode, max float64) (Dist, error) {
	return checked(Dist{Kind: Triangular, A: min, M: mode, B: max})
}

// NewPERT returns the PERT law; min <= mode <= max is required.
func NewPERT(min, mode, max float64) (Dist, error) {
	return checked(Dist{Kind: PERT, A: min, M: mode, B: max})
}

// NewLogNormal returns the log-normal law with these 5 % and 95 % quantiles;
// 0 < p5 < p95 is required.
func NewLogNormal(p5, p95 float64) (Dist, error) {
	return checked(Dist{Kind: LogNormal, A: p5, B: p95})
}

// NewLogitNormal returns the logit-normal law with these 5 % and 95 % quantiles;
// 0 < p5 < p95 < 1 is required.
func NewLogitNormal(p5, p95 float64) (Dist, error) {
	return checked(Dist{Kind: LogitNormal, A: p5, B: p95})
}

// The shapes that a beta law may have. Above, gonum's quantiles lose their
// digits (and such a law is certain to one part in a thousand); below, nearly
// all chance lies closer to 0 or 1 than a float64 can tell.
const (
	minShape = 1e-3
	maxShape = 1e6
)

// NewBeta returns the beta law on [0, 1] with the given shapes, both from 0.001
// to 1e6.
func NewBeta(alpha, beta float64) (Dist, error) {
	return checked(Dist{Kind: Beta, A: alpha, B: beta})
}

func checked(d Dist) (Dist, error) {
	if err := d.Validate(); err != nil {
		return Dist{}, err
	}
	return d, nil
}

// Validate reports what is wrong with the law: an unknown kind, a number that is
// not finite, numbers out of order or range, or so wide a spread that the mean
// or the variance is no finite number.
func (d Dist) Validate() error {
	if d.Kind == None || d.Kind > Beta {
		return fmt.Errorf("quantity: expected a kind of law, found %v", d.Kind)
	}
	expected := func(what string) error {
		return fmt.Errorf("quantity: %v: expected %s", d, what)
	}
	if !finite(d.A) || !finite(d.M) || !finite(d.B) {
		return expected("finite numbers")
	}
	switch d.Kind {
	case Point:
		return nil
	case Uniform:
		if d.A > d.B {
			return expected("low <= high")
		}
	case Triangular, PERT:
		if d.A > d.M || d.M > d.B {
			return expected("min <= mode <= max")
		}
	case LogNormal:
		if d.A <= 0 || d.A >= d.B {
			return expected("0 < low < high")
		}
	case LogitNormal:
		if d.A <= 0 || d.A >= d.B || d.B >= 1 {
			return expected("0 < low < high < 1")
		}
	case Beta:
		if min(d.A, d.B) < minShape || max(d.A, d.B) > maxShape {
			return expected("shapes from 0.001 to 1e6")
		}
	}
	if d.Kind == LogitNormal { // its moments are always finite, and dear
		if _, sigma := d.normal(); !finite(sigma) {
			return expected("a low end above 1e-307")
		}
		return nil
	}
	if !finite(d.Mean()) || !finite(d.Variance()) {
		return expected("a finite mean and variance")
	}
	return nil
}

func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }

// Certain reports whether the law leaves no doubt about the number. It is true
// of a point, of bounds that coincide, and of None, which has nothing to draw.
func (d Dist) Certain() bool {
	switch d.Kind {
	case None, Point:
		return true
	case Uniform, Triangular, PERT:
		return d.A == d.B
	}
	return false
}

// Support returns the ends of the smallest interval that holds the number for
// sure. The upper end of a log-normal law is +Inf.
func (d Dist) Support() (lo, hi float64) {
	switch d.Kind {
	case Point:
		return d.A, d.A
	case Uniform, Triangular, PERT:
		return d.A, d.B
	case LogNormal:
		return 0, math.Inf(1)
	case LogitNormal, Beta:
		return 0, 1
	}
	return math.NaN(), math.NaN()
}

// Mean returns the expectation. It is a closed form but for the logit-normal
// law, which has none: that one is a quadrature of a few microseconds, with a
// relative error below 1e-12.
func (d Dist) Mean() float64 {
	switch d.Kind {
	case Point:
		return d.A
	case Uniform:
		return d.A + (d.B-d.A)/2
	case Triangular:
		return d.A + (d.B-d.A)*(1+d.peak())/3
	case PERT:
		return d.A + (d.B-d.A)*(1+4*d.peak())/6
	case LogNormal:
		mu, sigma := d.normal()
		return math.Exp(mu + sigma*sigma/2)
	case LogitNormal:
		return logitNormalMean(d.normal())
	case Beta:
		return d.A / (d.A + d.B)
	}
	return math.NaN()
}

// Variance returns the expectation of the squared distance from the mean. That
// of a logit-normal law is a quadrature as well, with a relative error below
// 1e-12 plus the rounding error of the mean measured in standard deviations.
func (d Dist) Variance() float64 {
	width := d.B - d.A
	switch d.Kind {
	case Point:
		return 0
	case Uniform:
		return width * width / 12
	case Triangular:
		c := d.peak()
		return width * width * (1 - c*(1-c)) / 18
	case PERT:
		c := d.peak()
		return width * width * (1 + 4*c) * (5 - 4*c) / (6 * 6 * 7)
	case LogNormal:
		_, sigma := d.normal()
		m := d.Mean()
		return m * m * math.Expm1(sigma*sigma)
	case LogitNormal:
		return logitNormalVariance(d.normal())
	case Beta:
		sum := d.A + d.B
		return d.A / sum * (d.B / sum) / (sum + 1)
	}
	return math.NaN()
}

// CDF returns the chance that the number is at most x. It is NaN where x is.
func (d Dist) CDF(x float64) float64 {
	lo, hi := d.Support()
	switch {
	case math.IsNaN(x) || math.IsNaN(lo):
		return math.NaN()
	case x < lo:
		return 0
	case x >= hi:
		return 1
	}
	t := (x - d.A) / (d.B - d.A)
	switch d.Kind {
	case Uniform:
		return t
	case Triangular:
		return distuv.NewTriangle(0, 1, d.peak(), nil).CDF(t)
	case PERT:
		if law, ok := d.shapes(); ok {
			return law.CDF(t)
		}
	case LogNormal:
		return distuv.UnitNormal.CDF(d.standardise(math.Log(x)))
	case LogitNormal:
		return distuv.UnitNormal.CDF(d.standardise(logit(x)))
	case Beta:
		if law, ok := d.shapes(); ok {
			return law.CDF(x)
		}
	}
	return math.NaN()
}

// Quantile returns the least x with CDF(x) >= u, so that a uniform draw u
// becomes a draw of the number. It never falls as u grows and stays within the
// support. It is NaN for u outside [0, 1].
func (d Dist) Quantile(u float64) float64 {
	if !(u >= 0 && u <= 1) {
		return math.NaN()
	}
	switch d.Kind {
	case Point:
		return d.A
	case Uniform:
		return d.between(u)
	case Triangular:
		return d.between(distuv.NewTriangle(0, 1, d.peak(), nil).Quantile(u))
	case PERT:
		if law, ok := d.shapes(); ok {
			return d.between(law.Quantile(u))
		}
	case LogNormal:
		mu, sigma := d.normal()
		return math.Exp(mu + sigma*distuv.UnitNormal.Quantile(u))
	case LogitNormal:
		mu, sigma := d.normal()
		return logistic(mu + sigma*distuv.UnitNormal.Quantile(u))
	case Beta:
		if law, ok := d.shapes(); ok {
			return law.Quantile(u)
		}
	}
	return math.NaN()
}

// between returns the point at share t of the way from A to B, never beyond B.
func (d Dist) between(t float64) float64 {
	return min(d.A+(d.B-d.A)*t, d.B)
}

// peak returns the mode as a share of the way from A to B: 0 if these coincide,
// NaN if it lies outside.
func (d Dist) peak() float64 {
	switch {
	case d.A == d.M:
		return 0
	case d.A < d.M && d.M <= d.B:
		return (d.M - d.A) / (d.B - d.A)
	}
	return math.NaN()
}

// shapes returns those of the beta law behind a beta or PERT one, and false if
// they are out of range, where gonum may panic or search long.
func (d Dist) shapes() (law distuv.Beta, ok bool) {
	alpha, beta := d.A, d.B
	if d.Kind == PERT {
		c := d.peak()
		alpha, beta = 1+4*c, 5-4*c
	}
	return distuv.Beta{Alpha: alpha, Beta: beta}, min(alpha, beta) >= minShape && max(alpha, beta) <= maxShape
}

// z95 is the 95 % quantile of the standard normal law.
const z95 = 1.6448536269514722

// normal returns the mean and the standard deviation of the normal law behind a
// log-normal or logit-normal one: log B - log A, or logit B - logit A, is 2 z95
// standard deviations. The differences are written so that they keep their
// digits where A and B are close.
func (d Dist) normal() (mu, sigma float64) {
	width := d.B - d.A
	spread := math.Log1p(width / d.A)
	if d.Kind == LogNormal {
		return (math.Log(d.A) + math.Log(d.B)) / 2, spread / (2 * z95)
	}
	spread -= math.Log1p(-width / (1 - d.A))
	return (logit(d.A) + logit(d.B)) / 2, spread / (2 * z95)
}

// standardise returns y in standard deviations from the mean of the normal law.
func (d Dist) standardise(y float64) float64 {
	mu, sigma := d.normal()
	return (y - mu) / sigma
}

// String writes the law as the language does, without units: 5000, 0.1..0.3 or
// pert(0.3, 0.5, 0.8). None is the empty string.
func (d Dist) String() string {
	switch d.Kind {
	case None:
		return ""
	case Point:
		return number(d.A)
	case LogNormal, LogitNormal:
		return number(d.A) + ".." + number(d.B)
	case Triangular, PERT:
		return fmt.Sprintf("%v(%s, %s, %s)", d.Kind, number(d.A), number(d.M), number(d.B))
	}
	return fmt.Sprintf("%v(%s, %s)", d.Kind, number(d.A), number(d.B))
}

// number writes the shortest decimal that reads back as x, with an exponent
// only where the digits would be many: 0.05, 50000, 2.5e-9.
func number(x float64) string {
	if a := math.Abs(x); a == 0 || 1e-6 <= a && a < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	s := strconv.FormatFloat(x, 'e', -1, 64)
	s = strings.Replace(s, "e+", "e", 1)
	s = strings.Replace(s, "e0", "e", 1)
	return strings.Replace(s, "e-0", "e-", 1)
}
