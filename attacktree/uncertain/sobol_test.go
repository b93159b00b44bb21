package uncertain

import (
	"math"
	"testing"
)

// The polynomials are primitive, no two are the same, and first direction numbers
// are odd and small enough: what a Sobol' sequence needs.
func TestPolynomials(t *testing.T) {
	seen := map[uint32]bool{}
	for _, c := range coordinates() {
		p := 1<<c.degree | c.inner<<1 | 1
		if seen[p] {
			t.Errorf("polynomial %b stands twice", p)
		}
		seen[p] = true
		// The powers of x modulo p run through all 2^degree - 1 residues.
		order := 0
		for x := uint32(1); order == 0 || x != 1; order++ {
			if x <<= 1; x>>c.degree == 1 {
				x ^= p
			}
		}
		if order != 1<<c.degree-1 {
			t.Errorf("polynomial %b has order %d and is not primitive", p, order)
		}
		if len(c.first) != c.degree {
			t.Errorf("polynomial %b has %d direction numbers", p, len(c.first))
		}
		for k, m := range c.first {
			if m%2 == 0 || m >= 2<<k {
				t.Errorf("polynomial %b: direction number %d is %d", p, k, m)
			}
		}
	}
}

// Of the first 2^k points of each replicate, one lies in each of 2^k equal cells,
// in every coordinate; and of 256 in the first two coordinates together, one in
// each of 16 times 16.
func TestEven(t *testing.T) {
	const k = 8
	s := scrambled(3, 1+len(coordinates()))
	u := make([]float64, s.coordinates)
	for r := range uint64(replicates) {
		cells := make([][1 << k]int, len(u))
		var squares [16][16]int
		for n := range uint64(1 << k) {
			s.uniforms(u, r+n*replicates)
			for j, x := range u {
				cells[j][int(x*(1<<k))]++
			}
			squares[int(16*u[0])][int(16*u[1])]++
		}
		for j := range cells {
			for c, n := range cells[j] {
				if n != 1 {
					t.Fatalf("replicate %d, coordinate %d, cell %d holds %d points", r, j, c, n)
				}
			}
		}
		for i := range squares {
			for j, n := range squares[i] {
				if n != 1 {
					t.Fatalf("replicate %d, square %d, %d holds %d points", r, i, j, n)
				}
			}
		}
	}
}

// Means of a smooth function come out closer than random numbers give them, and
// the error that is told is the error that is made. Beyond the last coordinate
// there are independent numbers.
func TestReplicates(t *testing.T) {
	const n, seeds = 16 * 256, 60
	off, told, beyond := 0.0, 0.0, 0
	for seed := range uint64(seeds) {
		s := scrambled(seed, 30)
		u := make([]float64, 30)
		v := make(Values, n)
		for i := range v {
			s.uniforms(u, uint64(i))
			v[i] = 1
			for _, x := range u[:5] {
				v[i] *= 1 + (x-0.5)/2
			}
			if i == 0 && u[29] > 0.5 {
				beyond++
			}
		}
		mean, _ := v.moments()
		se := (&Simulation{Sobol: true}).se(v)
		off += (mean - 1) * (mean - 1)
		told += se * se
	}
	// A random number of the product has variance (1 + 1/48)^5 - 1.
	random := (math.Pow(1+1.0/48, 5) - 1) / n
	if off /= seeds; off > random/100 {
		t.Errorf("squared error %v, of random numbers %v", off, random)
	}
	if ratio := told / seeds / off; ratio < 0.6 || ratio > 1.7 {
		t.Errorf("the error that is told is %v times the one that is made", math.Sqrt(ratio))
	}
	if beyond < seeds/5 || beyond > seeds*4/5 {
		t.Errorf("number 30 is above one half for %d seeds of %d", beyond, seeds)
	}
}
