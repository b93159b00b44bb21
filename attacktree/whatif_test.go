package attacktree

import (
	"math"
	"testing"
)

func TestCheckParam(t *testing.T) {
	tree, err := Parse("t.atree", []byte(`param share 10%
param twice 2 * share
param money 5k
param wait 3d
param less 50%
param more 2
goal or g {
  step x { likelihood share  cost money  time wait }
  step y { likelihood 3 * share  cost 2 * twice-money }
}
param twice-money 2 * money
control k { on x { likelihood -less  cost *more } }
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		x    float64
		unit Unit
		want string
	}{
		{"share", 0.3, Share, ""},
		{"share", 0.3, Plain, ""},
		{"share", 5000, Plain, "attacktree: a likelihood lies from 0% to 100%; found share, which is 5000 (t.atree:8:8)"},
		{"share", 0.5, Share, "attacktree: a likelihood lies from 0% to 100%; found 3 * share, which is 150% (t.atree:9:8)"},
		{"share", 3, Duration, `attacktree: the param "share" is a share, such as 30%`},
		{"twice", 0.3, Share, `attacktree: the param "twice" is 2 * share; set "share" instead`},
		{"money", 7000, Plain, ""},
		{"money", 7000, Money, ""},
		{"money", -1, Plain, `attacktree: a cost cannot be negative; found money (t.atree:8:8)`},
		{"money", 0.1, Share, `attacktree: a cost is an amount of money, such as 5k, and refers to the param "money" (t.atree:8:8)`},
		{"wait", 4, Duration, ""},
		{"wait", 4, Plain, `attacktree: the param "wait" is a duration with its unit, such as 14d or 4h`},
		{"less", 1.5, Plain, "attacktree: a reduction lies from 0% to 100%; found less (t.atree:12:9)"},
		{"more", 3, Plain, ""},
		{"more", 0.5, Plain, "attacktree: a control cannot make an attack easier or worse: a factor on cost or time is at least 1, and nothing is taken off; found more (t.atree:12:9)"},
		{"more", 1.5, Share, `attacktree: an effect on cost is a plain number, such as 2, and refers to the param "more" (t.atree:12:9)`},
		{"mony", 1, Plain, `attacktree: no param is called "mony"; did you mean "money"?`},
		{"money", math.NaN(), Plain, `attacktree: expected a finite number for the param "money", found NaN`},
	} {
		got := ""
		if err := tree.CheckParam(c.name, c.x, c.unit); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s = %v (%v): %q, want %q", c.name, c.x, c.unit, got, c.want)
		}
	}
}
