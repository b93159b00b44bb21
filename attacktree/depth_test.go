package attacktree_test

import (
	"context"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
)

// A control counts once for all steps that it acts on, not at all for an attack
// that bypasses it, and not for an effect on impact.
func TestDefenceDepth(t *testing.T) {
	tree, err := attacktree.Parse("depth.atree", []byte(`
goal or enter {
  impact 100
  and door { step climb { cost 1 } step lock { cost 1 } }
  step vault { cost 50 }
}
step bribe { cost 5 }
control fence  { on climb { cost +1 } on lock { cost +1 } }
control alarm  { bypassed by bribe  on vault, lock { likelihood -50% } }
control guards { on vault { skill 4 } }
control plan   { on enter { impact -50% } }
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ in, controls, steps string }{
		{"", "", "climb lock"},
		{"plan", "", "climb lock"},
		{"fence", "", "vault"},
		{"guards", "", "climb lock"},
		{"alarm", "", "climb lock bribe"}, // with the guard bribed, nothing is met
		{"fence guards", "fence", "climb lock"},
		{"fence guards alarm", "fence", "climb lock bribe"},
	} {
		r, err := p.Eval(context.Background(), &attacktree.Scenario{Controls: strings.Fields(x.in)})
		if err != nil {
			t.Fatal(err)
		}
		d := r.DefenceDepth
		if got := strings.Join(d.Controls, " "); got != x.controls {
			t.Errorf("with %q: expected to meet %q, found %q", x.in, x.controls, got)
		}
		if got := strings.Join(d.Attack.Steps, " "); got != x.steps {
			t.Errorf("with %q: expected %q, found %q", x.in, x.steps, got)
		}
	}

	r, err := p.Eval(context.Background(), &attacktree.Scenario{Controls: []string{"fence"}})
	if err != nil || r.DefenceDepth.Attack.Cost == nil || *r.DefenceDepth.Attack.Cost != 50 {
		t.Errorf("expected the numbers of the attack, found %+v, %v", r.DefenceDepth, err)
	}
}
