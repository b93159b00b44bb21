package quantity

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
)

// must is for laws that the test itself writes.
func must(d Dist, err error) Dist {
	if err != nil {
		panic(err)
	}
	return d
}

// laws are one or more valid laws of every kind, ordinary and extreme.
func laws() []Dist {
	return []Dist{
		must(NewPoint(-3)),
		must(NewUniform(2, 5)),
		must(NewUniform(4, 4)),
		must(NewTriangular(0, 1, 4)),
		must(NewTriangular(0, 0, 1)),
		must(NewTriangular(-2, 3, 3)),
		must(NewTriangular(4, 4, 4)),
		must(NewPERT(0.3, 0.5, 0.8)),
		must(NewPERT(0, 0, 1)),
		must(NewPERT(1e6, 3e6, 3e6)),
		must(NewPERT(4, 4, 4)),
		must(NewLogNormal(1, 2)),
		must(NewLogNormal(2e7, 8e7)),
		must(NewLogNormal(0.1, 10)),
		must(NewLogitNormal(0.1, 0.3)),
		must(NewLogitNormal(0.0001, 0.9999)),
		must(NewLogitNormal(1e-9, 1e-3)),
		must(NewLogitNormal(0.999, 0.999999)),
		must(NewBeta(4, 16)),
		must(NewBeta(1, 1)),
		must(NewBeta(0.5, 0.5)),
		must(NewBeta(2000, 3)),
	}
}

// near fails the test if got is not within a relative error of tol of want.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol*math.Abs(want)) {
		t.Errorf("%s = %.17g, want %.17g (relative error %.2g)", what, got, want, math.Abs(got-want)/math.Abs(want))
	}
}

func TestMomentsClosedForm(t *testing.T) {
	tests := []struct {
		d              Dist
		mean, variance float64
	}{
		{must(NewPoint(7)), 7, 0},
		{must(NewUniform(2, 5)), 3.5, 0.75},
		{must(NewTriangular(0, 1, 4)), 5.0 / 3, 13.0 / 18},     // (a²+m²+b²-am-ab-mb)/18
		{must(NewTriangular(-2, 3, 3)), 4.0 / 3, 25.0 / 18},    // a right-angled one: width²/18
		{must(NewPERT(0, 0.5, 1)), 0.5, 1.0 / 28},              // Beta(3, 3): ab/((a+b)²(a+b+1))
		{must(NewPERT(0, 0.02, 1)), 1.08 / 6, 0.18 * 0.82 / 7}, // Beta(1.08, 4.92)
		{must(NewPERT(10, 20, 60)), 25, 2500 * 1.8 * 4.2 / 252},
		{must(NewBeta(4, 16)), 0.2, 0.16 / 21},
		{must(NewBeta(0.5, 0.5)), 0.5, 0.125}, // arcsine law
		// Quantiles exp(-+z95): mu = 0, sigma = 1.
		{must(NewLogNormal(math.Exp(-z95), math.Exp(z95))), math.Exp(0.5), math.E * (math.E - 1)},
	}
	for _, tt := range tests {
		near(t, tt.d.String()+" mean", tt.d.Mean(), tt.mean, 1e-14)
		near(t, tt.d.String()+" variance", tt.d.Variance(), tt.variance, 1e-13)
	}
}

// The references were integrated with 60 digits from the binary values of the ends.
func TestLogitNormalMoments(t *testing.T) {
	tests := []struct{ a, b, mean, variance float64 }{
		{0.1, 0.3, 0.18681892767375849124, 0.0038048298416823780968},
		{0.4, 0.6, 0.5, 0.003687125460863079213},
		{0.0001, 0.9999, 0.50000000000000373911, 0.18213535917158637306},
		{1e-9, 1e-3, 0.0013605273658579473174, 0.00041411312397675255926},
		{0.999, 0.999999, 0.99971780674115970569, 3.9211296545543620801e-6},
		{0.2, 0.20001, 0.20000499997045158824, 9.2402877372854546029e-12},
		{1e-12, 0.5, 0.053932567622627790099, 0.038282842404080315286},
		{0.3, 0.99, 0.7840225102731622738, 0.048036064073705844459},
		{1e-30, 1e-2, 0.030652759772167331709, 0.026194516696654796351},
		{1e-15, 0.999999999, 0.3413268057954776958, 0.20310413124498284574},
	}
	for _, tt := range tests {
		d := must(NewLogitNormal(tt.a, tt.b))
		near(t, d.String()+" mean", d.Mean(), tt.mean, 1e-12)
		near(t, d.String()+" variance", d.Variance(), tt.variance, 1e-12+0x1p-52*tt.mean/math.Sqrt(tt.variance))
	}
}

// A second method: Gauss-Legendre on short panels, over a grid of shapes.
func TestLogitNormalAgainstLegendre(t *testing.T) {
	panels := func(d Dist, f func(p float64) float64) float64 {
		mu, sigma := d.normal()
		g := func(z float64) float64 { return f(logistic(mu+sigma*z)) * math.Exp(-z*z/2) }
		width := 2 / max(1, sigma)
		sum := 0.0
		for lo := -10.0; lo < 10+2*sigma; lo += width {
			sum += quad.Fixed(g, lo, lo+width, 24, quad.Legendre{}, 0)
		}
		return sum / math.Sqrt(2*math.Pi)
	}
	ends := []float64{1e-9, 1e-6, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.500001, 0.9, 0.99, 0.9999, 1 - 1e-9}
	for i, a := range ends {
		for _, b := range ends[i+1:] {
			d := must(NewLogitNormal(a, b))
			mean := panels(d, func(p float64) float64 { return p })
			near(t, d.String()+" mean", d.Mean(), mean, 1e-13)
			// Where p is close to 1, p-mean keeps fewer digits than the mirrored form.
			mirrored := Dist{Kind: LogitNormal, A: 1 - b, B: 1 - a}
			if mirrored.Mean() < mean {
				continue
			}
			variance := panels(d, func(p float64) float64 { return (p - mean) * (p - mean) })
			near(t, d.String()+" variance", d.Variance(), variance, 1e-12)
		}
	}
}

// The mirror image of a share p is 1-p.
func TestLogitNormalMirror(t *testing.T) {
	for _, p := range []float64{0.25, 0.0625, 0x1p-20} {
		d, m := must(NewLogitNormal(p, 0.5)), must(NewLogitNormal(0.5, 1-p))
		near(t, m.String()+" mean", m.Mean(), 1-d.Mean(), 1e-15)
		near(t, m.String()+" variance", m.Variance(), d.Variance(), 1e-14)
	}
}

// Mean and variance are the integrals of the quantile function over the unit
// interval; the substitution u = Phi(z) makes them smooth enough for equal steps.
func TestMomentsFromQuantiles(t *testing.T) {
	for _, d := range laws() {
		integral := func(f func(x float64) float64) float64 {
			const h = 1.0 / 64
			sum := 0.0
			for z := -8.0; z <= 8; z += h {
				u := math.Erfc(-z/math.Sqrt2) / 2
				sum += h * f(d.Quantile(u)) * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
			}
			return sum
		}
		mean := integral(func(x float64) float64 { return x })
		near(t, d.String()+" mean", d.Mean(), mean, 1e-6)
		if d.Certain() {
			if d.Variance() != 0 {
				t.Errorf("%v is certain but has the variance %g", d, d.Variance())
			}
			continue
		}
		variance := integral(func(x float64) float64 { return (x - d.Mean()) * (x - d.Mean()) })
		near(t, d.String()+" variance", d.Variance(), variance, 1e-3)
	}
}

func TestQuantileInvertsCDF(t *testing.T) {
	for _, d := range laws() {
		lo, hi := d.Support()
		last := math.Inf(-1)
		for i := range 1001 {
			u := float64(i) / 1000
			x := d.Quantile(u)
			if !(x >= last && x >= lo && x <= hi) {
				t.Fatalf("%v: quantile %g of %g is below the one before, %g, or outside %g..%g", d, x, u, last, lo, hi)
			}
			last = x
			if d.Certain() {
				continue
			}
			if got := d.CDF(x); math.Abs(got-u) > 2e-9 {
				t.Errorf("%v: CDF(Quantile(%g)) = %.12g", d, u, got)
			}
		}
	}
}

// The constructors of intervals take 5 % and 95 % quantiles.
func TestIntervalEnds(t *testing.T) {
	for _, d := range []Dist{must(NewLogNormal(20, 80)), must(NewLogNormal(1e-3, 1e3)), must(NewLogitNormal(0.6, 0.95)), must(NewLogitNormal(1e-9, 1e-3))} {
		near(t, d.String()+" 5 %", d.Quantile(0.05), d.A, 1e-13)
		near(t, d.String()+" 95 %", d.Quantile(0.95), d.B, 1e-13)
		near(t, d.String()+" CDF of the low end", d.CDF(d.A), 0.05, 1e-13)
		near(t, d.String()+" CDF of the high end", d.CDF(d.B), 0.95, 1e-13)
	}
	near(t, "median of 20..80", must(NewLogNormal(20, 80)).Quantile(0.5), 40, 1e-14)
}

// Ends that are neighbours among the float64 numbers still have a spread.
func TestNarrowInterval(t *testing.T) {
	for _, a := range []float64{1e-9, 0.2, 0.999999} {
		b := math.Nextafter(a, 1)
		want := (b - a) / (2 * z95)
		near(t, "deviation of the log-normal law", math.Sqrt(must(NewLogNormal(a, b)).Variance()), want, 1e-9)
		d := must(NewLogitNormal(a, b))
		if _, sigma := d.normal(); !(sigma > 0) {
			t.Errorf("%v: sigma = %g", d, sigma)
		}
		near(t, d.String()+" mean", d.Mean(), a, 1e-14)
	}
}

func TestPERTIsBeta(t *testing.T) {
	p, b := must(NewPERT(0, 0.5, 1)), must(NewBeta(3, 3))
	wide := must(NewPERT(-10, 0, 10))
	for i := range 101 {
		u := float64(i) / 100
		if p.CDF(u) != b.CDF(u) || p.Quantile(u) != b.Quantile(u) {
			t.Errorf("at %g: pert %g, %g; beta %g, %g", u, p.CDF(u), p.Quantile(u), b.CDF(u), b.Quantile(u))
		}
		// Beta(3, 3) has the polynomial 10x³ - 15x⁴ + 6x⁵ for its CDF.
		if want := u * u * u * (10 + u*(6*u-15)); math.Abs(wide.CDF(20*u-10)-want) > 1e-12 {
			t.Errorf("%v: CDF(%g) = %g, want %g", wide, 20*u-10, wide.CDF(20*u-10), want)
		}
	}
}

func TestCDFOutside(t *testing.T) {
	for _, d := range laws() {
		lo, hi := d.Support()
		if got := d.CDF(lo - 1); got != 0 {
			t.Errorf("%v: CDF below the support = %g", d, got)
		}
		if got := d.CDF(hi); got != 1 {
			t.Errorf("%v: CDF at the top = %g", d, got)
		}
		if !math.IsNaN(d.CDF(math.NaN())) {
			t.Errorf("%v: CDF(NaN) is a number", d)
		}
		for _, u := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
			if !math.IsNaN(d.Quantile(u)) {
				t.Errorf("%v: Quantile(%g) = %g, want NaN", d, u, d.Quantile(u))
			}
		}
	}
}

func TestRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		d    Dist
		want string
	}{
		{Dist{}, "expected a kind of law, found none"},
		{Dist{Kind: 99}, "expected a kind of law, found Kind(99)"},
		{Dist{Kind: Point, A: nan}, "NaN: expected finite numbers"},
		{Dist{Kind: Point, A: -inf}, "finite numbers"},
		{Dist{Kind: Uniform, A: 5, B: 3}, "uniform(5, 3): expected low <= high"},
		{Dist{Kind: Uniform, A: 0, B: inf}, "finite numbers"},
		{Dist{Kind: Uniform, A: -math.MaxFloat64, B: math.MaxFloat64}, "finite mean and variance"},
		{Dist{Kind: Triangular, A: 0, M: 4, B: 3}, "triangular(0, 4, 3): expected min <= mode <= max"},
		{Dist{Kind: PERT, A: 0.3, M: 0.2, B: 0.8}, "pert(0.3, 0.2, 0.8): expected min <= mode <= max"},
		{Dist{Kind: PERT, A: 0, M: nan, B: 1}, "finite numbers"},
		{Dist{Kind: LogNormal, A: 0, B: 3}, "0..3: expected 0 < low < high"},
		{Dist{Kind: LogNormal, A: 3, B: 3}, "3..3: expected 0 < low < high"},
		{Dist{Kind: LogNormal, A: 1, B: 1e60}, "1..1e60: expected a finite mean and variance"},
		{Dist{Kind: LogNormal, A: 5e-324, B: 1}, "finite mean and variance"},
		{Dist{Kind: LogitNormal, A: 0, B: 0.5}, "0 < low < high < 1"},
		{Dist{Kind: LogitNormal, A: 0.5, B: 1}, "0 < low < high < 1"},
		{Dist{Kind: LogitNormal, A: 0.5, B: 0.4}, "0 < low < high < 1"},
		{Dist{Kind: LogitNormal, A: 5e-324, B: 0.4}, "low end above 1e-307"},
		{Dist{Kind: Beta, A: 0, B: 1}, "beta(0, 1): expected shapes from 0.001 to 1e6"},
		{Dist{Kind: Beta, A: 1, B: -2}, "shapes from"},
		{Dist{Kind: Beta, A: 3, B: 2e6}, "shapes from"},
	}
	for _, tt := range tests {
		err := tt.d.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), "quantity: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%#v: error %v, want quantity: … %s", tt.d, err, tt.want)
		}
	}
	if d, err := NewUniform(5, 3); err == nil || d != (Dist{}) {
		t.Errorf("NewUniform(5, 3) = %v, %v", d, err)
	}
}

// No law, however wrong, makes a method panic or run on.
func TestNoPanic(t *testing.T) {
	odd := []float64{math.NaN(), math.Inf(-1), -math.MaxFloat64, -1, 0, 5e-324, 1e-300, 0.3, 1 - 1e-16, 1, 7, 1e300, math.Inf(1)}
	for kind := None; kind <= Beta+1; kind++ {
		for _, a := range odd {
			for _, b := range odd {
				modes := []float64{0}
				if kind == Triangular || kind == PERT {
					modes = []float64{math.NaN(), 0, 0.3, 8}
				}
				for _, m := range modes {
					d := Dist{Kind: kind, A: a, M: m, B: b}
					_ = d.String()
					_ = d.Certain()
					valid := d.Validate() == nil
					mean, variance := d.Mean(), d.Variance()
					if valid && (math.IsNaN(mean) || math.IsInf(mean, 0) || !(variance >= 0)) {
						t.Errorf("%v %v is valid, with mean %g and variance %g", kind, d, mean, variance)
					}
					for _, x := range odd {
						cdf, q := d.CDF(x), d.Quantile(x)
						if valid && !math.IsNaN(x) && !(cdf >= 0 && cdf <= 1) {
							t.Errorf("%v %v: CDF(%g) = %g", kind, d, x, cdf)
						}
						if lo, hi := d.Support(); valid && x >= 0 && x <= 1 && !(q >= lo && q <= hi) {
							t.Errorf("%v %v: Quantile(%g) = %g", kind, d, x, q)
						}
					}
				}
			}
		}
	}
}

func TestDistString(t *testing.T) {
	tests := map[string]Dist{
		"":                    {},
		"5000":                must(NewPoint(5000)),
		"0":                   must(NewPoint(0)),
		"50000000":            must(NewPoint(5e7)),
		"2.5e-9":              must(NewPoint(2.5e-9)),
		"1e20":                must(NewPoint(1e20)),
		"1e-100":              must(NewPoint(1e-100)),
		"uniform(0.1, 0.25)":  must(NewUniform(0.1, 0.25)),
		"triangular(1, 2, 4)": must(NewTriangular(1, 2, 4)),
		"pert(0.3, 0.5, 0.8)": must(NewPERT(0.3, 0.5, 0.8)),
		"20000000..80000000":  must(NewLogNormal(2e7, 8e7)),
		"0.1..0.3":            must(NewLogitNormal(0.1, 0.3)),
		"beta(4, 16)":         must(NewBeta(4, 16)),
		"0.000001..0.1":       must(NewLogitNormal(1e-6, 0.1)),
	}
	for want, d := range tests {
		if got := d.String(); got != want {
			t.Errorf("%#v prints %q, want %q", d, got, want)
		}
	}
	if got := LogNormal.String() + " " + LogitNormal.String() + " " + Kind(99).String(); got != "lognormal logit-normal Kind(99)" {
		t.Errorf("kinds print %q", got)
	}
}

func BenchmarkMean(b *testing.B) {
	for _, d := range []Dist{
		must(NewPoint(1)), must(NewUniform(1, 2)), must(NewTriangular(1, 2, 3)), must(NewPERT(1, 2, 3)),
		must(NewLogNormal(1, 2)), must(NewLogitNormal(0.1, 0.3)), must(NewLogitNormal(0.0001, 0.9999)),
		must(NewLogitNormal(1e-9, 1e-3)), must(NewBeta(4, 16)),
	} {
		b.Run(d.Kind.String()+"/"+d.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d.Mean()
			}
		})
	}
}

func BenchmarkQuantile(b *testing.B) {
	for _, d := range []Dist{must(NewTriangular(1, 2, 3)), must(NewPERT(1, 2, 3)), must(NewLogNormal(1, 2)), must(NewLogitNormal(0.1, 0.3))} {
		b.Run(d.Kind.String(), func(b *testing.B) {
			for b.Loop() {
				d.Quantile(0.3)
			}
		})
	}
}
