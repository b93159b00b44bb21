package uncertain

import "math/bits"

// Random numbers that depend on where they are used and on nothing else: the
// generator Philox4x64-10 of Salmon, Moraes, Dror and Shaw, Parallel random
// numbers: as easy as 1, 2, 3 (SC 2011). It turns a counter of four words into
// four random words; different counters give independent ones. So draw i can be
// made without the draws before it, on any machine.

// A philox is the key of a generator.
type philox struct{ k0, k1 uint64 }

// The first word of a counter is the number of the draw; the last says what the
// random words are for.
const (
	forNumbers   = iota // the uncertain numbers of a draw
	forYears            // what happens in its year
	forTrials           // second values of the uncertain numbers, for total effects
	forNoise            // orders of draws that tell nothing
	forScrambles        // those of Sobol' sequences
)

// keyed returns the generator of a seed.
func keyed(seed uint64) philox { return philox{seed, 0} }

// block returns the four random words of a counter.
func (g philox) block(c0, c1, c2, c3 uint64) (uint64, uint64, uint64, uint64) {
	const (
		m0, m1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
		w0, w1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
		rounds = 10
	)
	k0, k1 := g.k0, g.k1
	for range rounds {
		hi0, lo0 := bits.Mul64(m0, c0)
		hi1, lo1 := bits.Mul64(m1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += w0
		k1 += w1
	}
	return c0, c1, c2, c3
}

// open turns a random word into a number that lies strictly between 0 and 1, in
// the middle of one of 2^52 equal cells.
func open(word uint64) float64 { return (float64(word>>12) + 0.5) / (1 << 52) }

// uniforms fills u with the random numbers of a draw.
func (g philox) uniforms(u []float64, draw, purpose uint64) {
	for j := 0; j < len(u); j += 4 {
		var w [4]uint64
		w[0], w[1], w[2], w[3] = g.block(draw, uint64(j/4), 0, purpose)
		for k, word := range w[:min(4, len(u)-j)] {
			u[j+k] = open(word)
		}
	}
}
