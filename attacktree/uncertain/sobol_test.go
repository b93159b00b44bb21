package uncertain

import (
	"math"
	"math/bits"
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

// The table has the coordinates of all primitive polynomials up to degree 13, in
// ascending order.
func TestTable(t *testing.T) {
	const last = 13
	// There are φ(2^d - 1) / d primitive polynomials of degree d (OEIS A011260).
	want := [last + 1]int{0, 1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630}
	var count [last + 1]int
	before := uint32(0)
	for _, c := range coordinates() {
		count[c.degree]++
		p := 1<<c.degree | c.inner<<1 | 1
		if p <= before {
			t.Errorf("polynomial %b stands behind %b", p, before)
		}
		before = p
	}
	if count != want {
		t.Errorf("polynomials by degree: %v, want %v", count, want)
	}
}

// Property A of Sobol': of each 2^d points in a row, one lies in each of the 2^d
// parts of the cube that halves of all d coordinates make. It holds if the first
// digits of the first d direction numbers of the d coordinates are linearly
// independent, and the numbers of Joe and Kuo are chosen so that it does for d up
// to 1,111. A wrong number in the table is likely to break it.
func TestPropertyA(t *testing.T) {
	n := 1 + len(coordinates())
	rows := make([][]uint64, n) // the first digits by coordinate
	for j := range rows {
		first := make([]uint32, n)
		first[0] = 1
		if j > 0 {
			c := coordinates()[j-1]
			copy(first, c.first)
			for k := range first {
				if k < c.degree { // m_k has k+1 digits
					first[k] = c.first[k] >> k & 1
					continue
				}
				first[k] = first[k-c.degree]
				for i := 1; i < c.degree; i++ {
					first[k] ^= first[k-i] & (c.inner >> (c.degree - 1 - i) & 1)
				}
			}
		}
		rows[j] = make([]uint64, (n+63)/64)
		for k, bit := range first {
			rows[j][k/64] |= uint64(bit) << (k % 64)
		}
	}
	// Elimination without exchange of columns or rows: all leading minors are 1.
	for j := range rows {
		if rows[j][j/64]>>(j%64)&1 == 0 {
			t.Fatalf("the first %d coordinates lack property A", j+1)
		}
		for i := j + 1; i < n; i++ {
			if rows[i][j/64]>>(j%64)&1 == 1 {
				for w := j / 64; w < len(rows[i]); w++ {
					rows[i][w] ^= rows[j][w]
				}
			}
		}
	}
}

// quality returns the t of the (t, m, 2)-net that the first 2^m points are in two
// coordinates: m less the greatest k such that any k digits, the first of the one
// and the first of the other, are linearly independent functions of a point's
// number.
func quality(a, b [digits]uint32, m int) int {
	row := func(v [digits]uint32, digit int) (r uint32) {
		for k := range m {
			r |= v[k] >> (digits - 1 - digit) & 1 << k
		}
		return r
	}
	independent := func(k int) bool {
		for first := range k + 1 {
			var basis [digits]uint32
			for d := range k {
				r := row(a, d)
				if d >= first {
					r = row(b, d-first)
				}
				for r != 0 && basis[bits.Len32(r)-1] != 0 {
					r ^= basis[bits.Len32(r)-1]
				}
				if r == 0 {
					return false
				}
				basis[bits.Len32(r)-1] = r
			}
		}
		return true
	}
	for k := m; ; k-- {
		if independent(k) {
			return m - k
		}
	}
}

// The first 2^m points of a replicate are nets: in one coordinate a (0, m, 1)-net,
// in two a (t, m, 2)-net with t no more than the degrees less 1 say (Sobol' 1967).
// So says the algebra of the scrambled direction numbers, and so say the points, when
// they are counted in the boxes.
func TestNets(t *testing.T) {
	const m = 10
	s := scrambled(5, 1+len(coordinates()))
	degree := func(j int) int {
		if j == 0 {
			return 1
		}
		return coordinates()[j-1].degree
	}
	u := make([]float64, s.coordinates)
	counted := 0
	for _, pair := range [][2]int{{0, 1}, {1, 2}, {2, 7}, {19, 20}, {20, 21}, {33, 62}, {100, 101}, {400, 777}, {1000, 1001}, {1109, 1110}} {
		for r := range uint64(replicates) {
			a, b := s.directions[r][pair[0]], s.directions[r][pair[1]]
			q := quality(a, b, m)
			if limit := degree(pair[0]) + degree(pair[1]) - 2; q > limit {
				t.Errorf("coordinates %v: t is %d, more than %d", pair, q, limit)
			}
			if r > 1 {
				continue
			}
			var x, y []float64
			for n := range uint64(1 << m) {
				s.uniforms(u, r+n*replicates)
				x, y = append(x, u[pair[0]]), append(y, u[pair[1]])
			}
			even := func(k int) bool { // each box of 2^-k holds 2^(m-k) points
				for first := range k + 1 {
					cells := make([]int, 1<<k)
					for i := range x {
						cells[int(math.Ldexp(x[i], first))<<(k-first)|int(math.Ldexp(y[i], k-first))]++
					}
					for _, n := range cells {
						if n != 1<<(m-k) {
							return false
						}
					}
				}
				return true
			}
			if !even(m-q) || q > 0 && even(m-q+1) {
				t.Errorf("coordinates %v, replicate %d: the points are no (%d, %d, 2)-net, or a better one", pair, r, q, m)
			}
			counted++
		}
	}
	if counted != 20 {
		t.Errorf("%d nets were counted", counted)
	}
}

// In two dimensions the numbers of Joe and Kuo are chosen well: neighbours among
// the first coordinates make better nets than the same polynomials do with first
// direction numbers at random.
func TestJoeKuo(t *testing.T) {
	const m, pairs = 12, 100
	chosen, random := 0, 0
	g := keyed(1)
	shuffled := func(j int) [digits]uint32 {
		c := coordinates()[j]
		first := make([]uint32, c.degree)
		for k := range first {
			w, _, _, _ := g.block(uint64(j), uint64(k), 0, 0)
			first[k] = uint32(w)&(1<<k-1)<<1 | 1
		}
		c.first = first
		return c.directions()
	}
	for j := range pairs {
		chosen += quality(coordinates()[j].directions(), coordinates()[j+1].directions(), m)
		random += quality(shuffled(j), shuffled(j+1), m)
	}
	t.Logf("t is %.2f on average, with random numbers %.2f", float64(chosen)/pairs, float64(random)/pairs)
	if chosen >= random {
		t.Errorf("t is %d in all, with random numbers %d", chosen, random)
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

// The error of the mean of a product over 50 numbers falls faster than that of
// random draws, which halves with each fourfold number of draws: by the root mean
// square over seeds, from 2^10 to 2^16 draws it falls to far less than an eighth.
// The numbers count less and less, as those of models do.
func TestFasterThanRandom(t *testing.T) {
	const dimensions, seeds, few, many = 50, 12, 1 << 10, 1 << 16
	off := func(n int) float64 {
		sum := 0.0
		for seed := range uint64(seeds) {
			s := scrambled(seed, dimensions)
			u := make([]float64, dimensions)
			mean := 0.0
			for i := range n {
				s.uniforms(u, uint64(i))
				product := 1.0
				for j, x := range u {
					product *= 1 + (x-0.5)/float64((j+1)*(j+1))
				}
				mean += product / float64(n)
			}
			sum += (mean - 1) * (mean - 1)
		}
		return math.Sqrt(sum / seeds)
	}
	variance := 1.0 // of one product, plus 1
	for j := range dimensions {
		variance *= 1 + 1/(12*math.Pow(float64(j+1), 4))
	}
	a, b := off(few), off(many)
	t.Logf("off by %.2g and %.2g; random draws by %.2g and %.2g", a, b, math.Sqrt((variance-1)/few), math.Sqrt((variance-1)/many))
	if b > a/8/3 || b > math.Sqrt((variance-1)/many)/50 {
		t.Errorf("off by %v after %d draws and by %v after %d", a, few, b, many)
	}
}

// Beyond the last coordinate there are the independent numbers.
func TestBeyondTheTable(t *testing.T) {
	n := 1 + len(coordinates()) + 9
	s := scrambled(3, n)
	u, random := make([]float64, n), make([]float64, n)
	for draw := range uint64(40) {
		s.uniforms(u, draw)
		keyed(3).uniforms(random, draw, forNumbers)
		for j := range u {
			if (u[j] == random[j]) != (j > len(coordinates())) {
				t.Fatalf("draw %d, number %d: %v, random %v", draw, j, u[j], random[j])
			}
		}
	}
}

// Means of a smooth function come out closer than random numbers give them, and
// the error that is told is the error that is made.
func TestReplicates(t *testing.T) {
	const n, seeds = 16 * 256, 60
	off, told := 0.0, 0.0
	for seed := range uint64(seeds) {
		s := scrambled(seed, 5)
		u := make([]float64, 5)
		v := make(Values, n)
		for i := range v {
			s.uniforms(u, uint64(i))
			v[i] = 1
			for _, x := range u {
				v[i] *= 1 + (x-0.5)/2
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
}
