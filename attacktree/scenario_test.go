package attacktree

import (
	"context"
	"errors"
	"reflect"
	"sync/atomic"
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

	whole, err := p.Eval(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.Eval(ctx, nil); !errors.Is(err, context.Canceled) || r.Likelihood == nil || *r.Likelihood != *whole.Likelihood {
		t.Errorf("Eval after the end, of what is known: %v, %v", r.Likelihood, err)
	}
}

// A countdown is a context that ends after its Err was asked so many times.
type countdown struct {
	context.Context
	left atomic.Int64
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestEndedOnce: a context that ends leaves bounds at most; who asks again with
// time enough gets all there is.
func TestEndedOnce(t *testing.T) {
	tree, err := Parse("e.atree", []byte(`goal and g {
		or a { use x  use y  step u { likelihood 30% cost 2 } }
		or b { use y  use z  step v { likelihood 40% cost 3 } }
		or c { use z  use x  step w { likelihood 20% cost 4 } }
	}
	step x { likelihood 50% cost 5 }
	step y { likelihood 60% cost 6 }
	step z { likelihood 70% cost 7 }`))
	if err != nil {
		t.Fatal(err)
	}
	var whole *Result
	ended := 0
	for n := 200; n >= 0; n-- {
		p, err := Compile(t.Context(), tree, nil)
		if err != nil {
			t.Fatal(err)
		}
		short := &countdown{Context: t.Context()}
		short.left.Store(int64(n))
		r, err := p.Eval(short, nil)
		switch {
		case err == nil && whole == nil:
			whole = r
			continue
		case err == nil:
		case !errors.Is(err, context.DeadlineExceeded):
			t.Fatal(err)
		default:
			ended++
			if l := r.Likelihood; l != nil && (l.Low > whole.Likelihood.Value+1e-12 || l.High < whole.Likelihood.Value-1e-12) {
				t.Errorf("after %d: the likelihood is %+v, want %v", n, *l, whole.Likelihood.Value)
			}
		}
		again, err := p.Eval(t.Context(), nil)
		if err != nil || !reflect.DeepEqual(again, whole) {
			t.Errorf("after %d: asked again, %+v, %v, want %+v", n, again, err, whole)
		}
	}
	if ended < 5 {
		t.Errorf("ended %d times, which shows nothing", ended)
	}
}

func TestOrderString(t *testing.T) {
	for o, want := range map[Order]string{ByCost: "cost", ByTime: "time", 9: "Order(9)"} {
		if o.String() != want {
			t.Errorf("found %s, want %s", o, want)
		}
	}
}

// The limit that a caller sets counts, and one far above the usual is worth it.
func TestDepthNodes(t *testing.T) {
	for most, want := range map[int]int{0: maxDepthNodes, 3: 3, 20e6: maxDepthNodes, 200e6: 20e6} {
		p := &Program{opt: Options{MaxNodes: most}}
		if got := p.depthNodes(); got != want {
			t.Errorf("of %d nodes, the depth may have %d, want %d", most, got, want)
		}
	}
}
