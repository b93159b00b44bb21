package uncertain

import "math/bits"

// Sobol' sequences: points that fill a cube more evenly than random ones, so that
// means of smooth figures come out closer after as many draws. Their randomness
// lies in a scramble, a random linear map of the digits of each coordinate and a
// random shift (Matoušek, On the L2-discrepancy for anchored boxes, Journal of
// Complexity 14, 1998), under which each point is uniform. The error cannot be
// told from the points of one scramble; so draws take turns in 16 sequences, each
// scrambled by itself, and the error is told from the means of these.
//
// The polynomials and first direction numbers are those of Joe and Kuo,
// Constructing Sobol sequences with better two-dimensional projections, SIAM
// Journal on Scientific Computing 30 (2008), for the first 21 coordinates. Further
// coordinates get independent random numbers.

const (
	replicates = 16
	digits     = 32
)

// A coordinate is made by a primitive polynomial over {0, 1}: its degree, its
// inner coefficients, and the first direction numbers.
type coordinate struct {
	degree int
	inner  uint32
	first  []uint32
}

// coordinates after the first, which is van der Corput's sequence.
var coordinates = []coordinate{
	{1, 0, []uint32{1}},
	{2, 1, []uint32{1, 3}},
	{3, 1, []uint32{1, 3, 1}},
	{3, 2, []uint32{1, 1, 1}},
	{4, 1, []uint32{1, 1, 3, 3}},
	{4, 4, []uint32{1, 3, 5, 13}},
	{5, 2, []uint32{1, 1, 5, 5, 17}},
	{5, 4, []uint32{1, 1, 5, 5, 5}},
	{5, 7, []uint32{1, 1, 7, 11, 19}},
	{5, 11, []uint32{1, 1, 5, 1, 1}},
	{5, 13, []uint32{1, 1, 1, 3, 11}},
	{5, 14, []uint32{1, 3, 5, 5, 31}},
	{6, 1, []uint32{1, 3, 3, 9, 7, 49}},
	{6, 13, []uint32{1, 1, 1, 15, 21, 21}},
	{6, 16, []uint32{1, 3, 1, 13, 27, 49}},
	{6, 19, []uint32{1, 1, 1, 15, 7, 5}},
	{6, 22, []uint32{1, 3, 1, 15, 13, 25}},
	{6, 25, []uint32{1, 1, 5, 5, 19, 61}},
	{7, 1, []uint32{1, 3, 7, 11, 23, 15, 103}},
	{7, 4, []uint32{1, 3, 7, 13, 13, 15, 69}},
}

// directions returns the digits that bit k of a point's number contributes.
func (c coordinate) directions() (v [digits]uint32) {
	for k := range v {
		if k < c.degree {
			v[k] = c.first[k] << (digits - 1 - k)
			continue
		}
		v[k] = v[k-c.degree] ^ v[k-c.degree]>>c.degree
		for i := 1; i < c.degree; i++ {
			if c.inner>>(c.degree-1-i)&1 == 1 {
				v[k] ^= v[k-i]
			}
		}
	}
	return v
}

// A sobol holds the scrambled sequences of a seed.
type sobol struct {
	philox
	coordinates int
	directions  [replicates][][digits]uint32
	shift       [replicates][]uint32
}

// scrambled returns the sequences for points of some number of coordinates.
func scrambled(seed uint64, dimensions int) *sobol {
	s := &sobol{philox: keyed(seed), coordinates: min(dimensions, 1+len(coordinates))}
	for r := range replicates {
		for j := range s.coordinates {
			var v [digits]uint32
			if j == 0 {
				for k := range v {
					v[k] = 1 << (digits - 1 - k)
				}
			} else {
				v = coordinates[j-1].directions()
			}
			// Digit d of the result is digit d and a random choice of those before it.
			var rows [digits]uint32
			for d := range rows {
				word, _, _, _ := s.block(uint64(r), uint64(j), uint64(d), forScrambles)
				before := ^uint32(0) << (digits - 1 - d) << 1
				rows[d] = uint32(word)&before | 1<<(digits-1-d)
			}
			for k, x := range v {
				v[k] = 0
				for d, row := range rows {
					v[k] |= uint32(bits.OnesCount32(row&x)&1) << (digits - 1 - d)
				}
			}
			word, _, _, _ := s.block(uint64(r), uint64(j), digits, forScrambles)
			s.directions[r] = append(s.directions[r], v)
			s.shift[r] = append(s.shift[r], uint32(word))
		}
	}
	return s
}

// uniforms fills u with the coordinates of a draw.
func (s *sobol) uniforms(u []float64, draw uint64) {
	r := draw % replicates
	for j := range s.coordinates {
		x := s.shift[r][j]
		for n := uint32(draw / replicates); n != 0; n &= n - 1 {
			x ^= s.directions[r][j][bits.TrailingZeros32(n)]
		}
		u[j] = (float64(x) + 0.5) / (1 << digits)
	}
	for j := s.coordinates &^ 3; j < len(u); j += 4 {
		var w [4]uint64
		w[0], w[1], w[2], w[3] = s.block(draw, uint64(j/4), 0, forNumbers)
		for k := max(j, s.coordinates); k < min(j+4, len(u)); k++ {
			u[k] = open(w[k-j])
		}
	}
}
