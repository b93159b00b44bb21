package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/attackers"
)

// Curves that a limit stopped are shown as such, with their bounds.
func TestAttackersBounds(t *testing.T) {
	var text strings.Builder
	text.WriteString("adversary eve { budget 100 gain 1M }\ngoal or g { impact 10\n")
	for i := range 60 {
		fmt.Fprintf(&text, "step s%d { cost %d likelihood %d%% }\n", i, 10+i*i%97, 1+i%7)
	}
	text.WriteString("}\n")
	tree, err := attacktree.Parse("many.atree", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	r, err := attackers.Study(t.Context(), tree, &attackers.Options{Limits: attackers.Limits{Front: 20}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := AttackersJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	var msg AttackersMessage
	if err := json.Unmarshal(out.Bytes(), &msg); err != nil {
		t.Fatal(err)
	}
	a := msg.Attackers[0]
	if a.Likelihood.Exact || len(a.Likelihood.Bound) == 0 || a.Within.Likelihood.Low == nil || a.Economic.Profit.High == nil {
		t.Errorf("no bounds: %s", out.String())
	}
	out.Reset()
	if err := AttackersText(&out, r, nil); err != nil || !strings.Contains(out.String(), "Not exact") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := AttackersCSV(&out, r); err != nil || !strings.Contains(out.String(), ",false,bound,") {
		t.Errorf("%v: %s", err, out.String())
	}
}
