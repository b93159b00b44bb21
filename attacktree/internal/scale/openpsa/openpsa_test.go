package openpsa

import (
	"fmt"
	"strings"
	"testing"
)

const model = `<opsa-mef><define-fault-tree name="t">
<define-gate name="top"><and><gate name="any"/><not><basic-event name="c"/></not></and></define-gate>
<define-gate name="any"><atleast min="2"><basic-event name="a"/><basic-event name="b"/><gate name="same"/></atleast></define-gate>
<define-gate name="same"><basic-event name="c"/></define-gate>
</define-fault-tree><model-data>
<define-basic-event name="a"/><define-basic-event name="b"/><define-basic-event name="c"/>
</model-data></opsa-mef>`

func ExampleRead() {
	c, root, err := Read(strings.NewReader(model))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.NumVars(), c.Kind(root))
	// True where a and b are and c is not.
	fmt.Printf("%08b\n", c.Evaluator(root).Eval([]uint64{0b10101010, 0b11001100, 0b11110000})[0])
	// Output:
	// 3 and
	// 00001000
}

func TestErrors(t *testing.T) {
	for _, test := range []struct{ replace, by, want string }{
		{model, "<opsa-mef/>", "found none"},
		{model, "<opsa-mef>", "EOF"},
		{`<gate name="same"/>`, `<gate name="other"/>`, `definition of gate "other"`},
		{`<define-basic-event name="a"/>`, ``, `definition of basic-event "a"`},
		{`<gate name="same"/>`, `<gate name="top"/>`, "depends on itself"},
		{`<gate name="same"/>`, `<or><gate name="same"/></or>`, "found or"},
		{`<and>`, `<nand>`, "element"},
	} {
		_, _, err := Read(strings.NewReader(strings.Replace(model, test.replace, test.by, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %v, expected one with %q", test.by, err, test.want)
		}
	}
}
