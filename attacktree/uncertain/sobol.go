package uncertain

import (
	_ "embed"
	"math/bits"
	"strconv"
	"strings"
	"sync"
)

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
// Journal on Scientific Computing 30 (2008), as far as the primitive polynomials
// of degree 13 go: 1,111 coordinates. Further ones get independent random numbers.

const (
	replicates = 16
	digits     = 32
)

// joeKuo has a line for each coordinate after the first: the inner coefficients
// of its polynomial, then the first direction numbers, as many as its degree. It
// is the file new-joe-kuo-6.21201 of the authors without its first columns and
// its later lines.
//
//go:embed joekuo.txt
var joeKuo string

// A coordinate is made by a primitive polynomial over {0, 1}: its degree, its
// inner coefficients, and the first direction numbers.
type coordinate struct {
	degree int
	inner  uint32
	first  []uint32
}

// coordinates are those after the first, which is van der Corput's sequence.
var coordinates = sync.OnceValue(func() []coordinate {
	var out []coordinate
	for line := range strings.Lines(joeKuo) {
		var numbers []uint32
		for _, field := range strings.Fields(line) {
			x, err := strconv.ParseUint(field, 10, digits)
			if err != nil {
				panic("uncertain: joekuo.txt: " + err.Error())
			}
			numbers = append(numbers, uint32(x))
		}
		out = append(out, coordinate{len(numbers) - 1, numbers[0], numbers[1:]})
	}
	return out
})

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

// A sobol holds the scrambled sequences of a seed: 2 kB a coordinate. It may be
// used by many goroutines.
type sobol struct {
	philox
	coordinates int
	directions  [replicates][][digits]uint32
	shift       [replicates][]uint32
}

// scrambled returns the sequences for points of some number of coordinates.
func scrambled(seed uint64, dimensions int) *sobol {
	table := coordinates()
	s := &sobol{philox: keyed(seed), coordinates: min(dimensions, 1+len(table))}
	for j := range s.coordinates {
		var plain [digits]uint32
		if j == 0 {
			for k := range plain {
				plain[k] = 1 << (digits - 1 - k)
			}
		} else {
			plain = table[j-1].directions()
		}
		for r := range replicates {
			v := plain
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
