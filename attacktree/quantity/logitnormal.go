package quantity

// The moments of the logit-normal law, which have no closed form.
//
// If Z is standard normal, p = logistic(mu + sigma Z) is logit-normal, and its
// moments are integrals over the real line of a smooth function that dies out at
// both ends. For these the plain sum at equal steps h (the trapezoidal rule) is
// not crude but converges like exp(-2 pi d / h), with d the distance from the
// real line to the nearest singularity: see Trefethen and Weideman, The
// Exponentially Convergent Trapezoidal Rule, SIAM Review 56 (2014). The logistic
// function has its nearest poles at pi i, so d is close to pi / sigma, and a step
// in proportion to 1 / sigma gives the same accuracy for every width.
// Gauss-Hermite rules, the usual choice, need some sigma² times as many points.

import "math"

const (
	step  = 0.4 // in z, for sigma up to 1; the rule is then good to about exp(-40)
	reach = 8.5 // standard deviations kept on either side; what is left out is below 1e-16
)

// logit is the inverse of logistic.
func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// logistic returns 1 / (1 + exp(-x)), accurate for either sign.
func logistic(x float64) float64 {
	if x > 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// logitNormalMean returns E[logistic(mu + sigma Z)]. The law is mirrored into
// the half mu <= 0, where p is small and no digits cancel.
func logitNormalMean(mu, sigma float64) float64 {
	if mu > 0 {
		return 1 - logitNormalMean(-mu, sigma)
	}
	return expect(mu, sigma, 1, func(p float64) float64 { return p })
}

// logitNormalVariance returns the variance of logistic(mu + sigma Z), which is
// the same for mu and -mu.
func logitNormalVariance(mu, sigma float64) float64 {
	mu = -math.Abs(mu)
	mean := logitNormalMean(mu, sigma)
	return expect(mu, sigma, 2, func(p float64) float64 { return (p - mean) * (p - mean) })
}

// expect returns E[f(logistic(mu + sigma Z))] for f that grows no faster than a
// constant plus p to the given power. The work is some 45 max(1, sigma) calls
// of f; a 90 % interval of 0.0001..0.9999 has sigma 5.6.
//
// The sum runs from -reach to reach beyond the highest place where p^power times
// the normal density can have its mode. That product is log-concave, at least as
// curved as the density itself, so it dies out as fast from its mode. The mode
// solves z = power sigma (1 - p), which is below power sigma, and also below
// -mu/sigma + log(1 + power sigma²)/sigma, beyond which p is close to 1.
func expect(mu, sigma, power float64, f func(p float64) float64) float64 {
	bend := max(0, -mu/sigma) + math.Log1p(power*sigma*sigma)/sigma
	last := reach + min(power*sigma, bend)
	h := step / max(1, sigma)
	sum := 0.0
	for k := math.Floor(-reach / h); k*h <= last; k++ {
		z := k * h
		sum += f(logistic(mu+sigma*z)) * math.Exp(-z*z/2)
	}
	return sum * h / math.Sqrt(2*math.Pi)
}
