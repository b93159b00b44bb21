package attacktree

import (
	"context"
	"errors"
	"testing"
)

// TestScenarioName evaluates scenarios without a name, which are called by their
// controls.
func TestScenarioName(t *testing.T) {
	tree, err := Parse("s.atree", []byte(`
goal step a { likelihood 50% }
control k { on a { likelihood -50% } }
control l { on a { likelihood -50% } }
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]*Scenario{
		"inherent": nil,
		"k,l":      {Controls: []string{"l", "k", "l"}},
		"best":     {Name: "best", Controls: []string{"k"}},
	} {
		r, err := p.Eval(t.Context(), s)
		if err != nil || r.Scenario != want {
			t.Errorf("called %q, want %q; %v", r.Scenario, want, err)
		}
	}
	r, err := p.Eval(t.Context(), &Scenario{})
	if err != nil || r.Scenario != "inherent" {
		t.Errorf("the zero scenario is called %q; %v", r.Scenario, err)
	}
}

// TestEnded asks a tree that is too small to take long after the context has
// ended: a loop over many scenarios must see it.
func TestEnded(t *testing.T) {
	tree, err := Parse("e.atree", []byte("goal step a { likelihood 50% }"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(t.Context(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Eval(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Eval: %v", err)
	}
	n := 0
	for _, err := range p.Attacks(ctx, nil, ByCost) {
		if n++; !errors.Is(err, context.Canceled) {
			t.Errorf("Attacks: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d answers", n)
	}
}

func TestOrderString(t *testing.T) {
	for o, want := range map[Order]string{ByCost: "cost", ByTime: "time", 9: "Order(9)"} {
		if o.String() != want {
			t.Errorf("found %s, want %s", o, want)
		}
	}
}
