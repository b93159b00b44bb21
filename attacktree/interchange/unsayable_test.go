package interchange_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/interchange"
)

// TestUnsayableGates takes gates that the language has none of from a file of
// another tool to every writer. One that cannot say them names the gate, where it
// stands in that file, and what to do; and what it says to do works.
func TestUnsayableGates(t *testing.T) {
	const file = `<opsa-mef>
  <define-fault-tree name="plant">
    <define-gate name="top"><or><gate name="odd"/><gate name="dark"/></or></define-gate>
    <define-gate name="odd"><xor><basic-event name="pump"/><basic-event name="valve"/></xor></define-gate>
    <define-gate name="dark"><not><basic-event name="grid"/></not></define-gate>
    <define-basic-event name="pump"><float value="0.1"/></define-basic-event>
    <define-basic-event name="valve"><float value="0.2"/></define-basic-event>
    <define-basic-event name="grid"><float value="0.3"/></define-basic-event>
  </define-fault-tree>
</opsa-mef>`
	tree, _, err := interchange.Read("plant.xml", []byte(file), "")
	if err != nil {
		t.Fatal(err)
	}
	writers := map[string]func(io.Writer) (diag.List, error){
		"the language": func(w io.Writer) (diag.List, error) { return interchange.WriteAtree(w, tree) },
		"ADTool":       func(w io.Writer) (diag.List, error) { return interchange.WriteADTool(w, tree, "") },
	}
	for name, write := range writers {
		var out bytes.Buffer
		_, err := write(&out)
		var problems diag.List
		if !errors.As(err, &problems) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
			continue
		}
		var got strings.Builder
		if err := (&diag.Printer{}).Print(&got, problems); err != nil {
			t.Fatal(err)
		}
		want := "plant.xml:4:24: error: " + name + ` cannot say a gate xor, as of the node "odd" [unsupported]`
		if !strings.HasPrefix(got.String(), want) || problems[0].Hint != "write it as Open-PSA, which has such gates" {
			t.Errorf("found\n%swant\n%s", &got, want)
		}
	}
	var out bytes.Buffer
	if _, err := interchange.WriteOpenPSA(&out, tree, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := interchange.Read("again.xml", out.Bytes(), ""); err != nil {
		t.Error(err)
	}
}
