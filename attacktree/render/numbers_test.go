package render

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{percent(0.197915171), "19.8 %"},
		{percent(0.1), "10 %"},
		{percent(0), "0 %"},
		{percent(1), "100 %"},
		{percent(0.9996), "99.96 %"},
		{percent(0.99992537), "99.993 %"},
		{percent(1 - 1e-7), "99.99999 %"},
		{percent(1 - 1e-12), "99.999999 %"},
		{percent(0.999), "99.9 %"},
		{percent(1.2e-7), "0.000012 %"},
		{percent(1.234e-30), "1.23e-28 %"},
		{amount(9101677), "9.1 M"},
		{amount(25000), "25 k"},
		{amount(999.6), "1 k"},
		{amount(999_900), "1 M"},
		{amount(500), "500"},
		{amount(0), "0"},
		{amount(0.04), "0.04"},
		{amount(1.26e12), "1260 B"},
		{amount(999e12), "999000 B"},
		{amount(999.6e12), "1e+15"},
		{amount(1.7e308), "1.7e+308"},
		{amount(math.Inf(1)), "over 1e308"},
		{duration(math.Inf(1)), "over 1e308 y"},
		{amount(-1500), "-1.5 k"},
		{money("USD", 9101677), "USD 9.1 M"},
		{money("", 10), "10"},
		{duration(0), "0 d"},
		{duration(1.0 / 48), "30 min"},
		{duration(0.5), "12 h"},
		{duration(14), "14 d"},
		{duration(180), "180 d"},
		{duration(547.5), "18 mo"},
		{duration(3650), "10 y"},
		{period(0), "year"},
		{period(365.0 / 12), "month"},
		{period(90), "90 d"},
		{count(big.NewInt(7)), "7"},
		{count(big.NewInt(1292)), "1,292"},
		{count(big.NewInt(123456789)), "123,456,789"},
		{count(power(10, 45)), "1 × 10^45"},
		{count(power(2, 64)), "1.84 × 10^19"},
		{change(exact(2), exact(1)), "-50 %"},
		{change(exact(2), exact(3)), "+50 %"},
		{change(exact(2), exact(2)), "the same"},
		{change(exact(0), exact(1)), ""},
		{change(exact(2), nil), ""},
		{change(exact(2), &attacktree.Figure{Value: 1, Low: 0, High: 2}), ""},
		{figure(&attacktree.Figure{Value: 0.11, Low: 0.1, High: 0.12}, percent), "10 % to 12 %"},
		{figure(nil, percent), absent},
	} {
		if got := strings.ReplaceAll(c.got, nbsp, " "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func power(b, e int64) *big.Int { return new(big.Int).Exp(big.NewInt(b), big.NewInt(e), nil) }

func exact(x float64) *attacktree.Figure {
	return &attacktree.Figure{Value: x, Exact: true, Low: x, High: x}
}

func TestWidth(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abcde…"}, {"模型模型", 5, "模型…"}, {"模型模型", 4, "模…"}, {"ab cd", 4, "ab…"}, {"abc", 1, "…"},
	} {
		if got := cut(c.text, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
		if got := columns(cut(c.text, c.n)); got > c.n {
			t.Errorf("cut(%q, %d) takes %d columns", c.text, c.n, got)
		}
	}
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"today", 5, "today"}, {"abcdefghij", 7, "abc…hij"}, {"abcdefghij", 6, "ab…hij"}, {"模型模型", 5, "模…型"}, {"abc", 1, "…"},
	} {
		if got := cutMiddle(c.text, c.n); got != c.want {
			t.Errorf("cutMiddle(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"a bb  ccc dddddddd":    "a bb|ccc|ddddd…",
		"multi-factor":          "multi-|factor",
		"a b-c-d-e-f g":         "a|b-c-d-|e-f g",
		"---------- -x":         "------|----|-x",
		"ab-cdefghij":           "ab-|cdefg…",
		"":                      "",
		"模型-模型 -abcdef abc-def": "模型-|模型|-abcd…|abc-|def",
	} {
		if got := strings.Join(wrap(text, 6), "|"); got != want {
			t.Errorf("wrap of %q gives %q, want %q", text, got, want)
		}
	}
	if got := printable("a\x1b[31mb\nc\u202e"); got != "a [31mb c " {
		t.Errorf("printable gives %q", got)
	}
}
