package uncertain

import (
	"math"
	"testing"
)

// The known answers of the authors' library Random123.
func TestPhilox(t *testing.T) {
	const ff = math.MaxUint64
	for _, c := range []struct {
		counter [4]uint64
		key     philox
		want    [4]uint64
	}{
		{want: [4]uint64{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
		{[4]uint64{ff, ff, ff, ff}, philox{ff, ff},
			[4]uint64{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
		{[4]uint64{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}, philox{0x452821e638d01377, 0xbe5466cf34e90c6c},
			[4]uint64{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
	} {
		var got [4]uint64
		got[0], got[1], got[2], got[3] = c.key.block(c.counter[0], c.counter[1], c.counter[2], c.counter[3])
		if got != c.want {
			t.Errorf("counter %x, key %x: found %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// Numbers lie strictly between 0 and 1, also at the ends, and do not depend on
// how many are asked for.
func TestUniforms(t *testing.T) {
	if open(0) <= 0 || open(math.MaxUint64) >= 1 {
		t.Error("an end of the interval was drawn")
	}
	long, short := make([]float64, 11), make([]float64, 6)
	keyed(7).uniforms(long, 3, forNumbers)
	keyed(7).uniforms(short, 3, forNumbers)
	for j := range short {
		if short[j] != long[j] {
			t.Errorf("number %d is %v of 6 and %v of 11", j, short[j], long[j])
		}
	}
	sum, squares, lagged := 0.0, 0.0, 0.0
	const n = 100_000
	for i := range uint64(n) {
		keyed(1).uniforms(short, i, forNumbers)
		sum += short[0]
		squares += short[0] * short[0]
		lagged += (short[0] - 0.5) * (short[1] - 0.5)
	}
	for _, c := range []struct{ got, want, error float64 }{
		{sum / n, 1.0 / 2, math.Sqrt(1.0 / 12 / n)},
		{squares / n, 1.0 / 3, math.Sqrt(4.0 / 45 / n)},
		{lagged / n, 0, math.Sqrt(1.0 / 144 / n)},
	} {
		if math.Abs(c.got-c.want) > 4*c.error {
			t.Errorf("found %v, want %v within %v", c.got, c.want, 4*c.error)
		}
	}
}
