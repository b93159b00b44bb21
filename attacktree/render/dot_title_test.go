package render_test

import (
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/render"
)

// What steers a terminal must not get there by way of a picture's text.
func TestDOTTitle(t *testing.T) {
	tree, err := attacktree.Parse("title.atree", []byte("model \"A\\u001b[31mB\" { currency EUR }\ngoal step a { likelihood 10%  cost 1 }\n"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := render.DOT(&b, tree, nil); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(b.String(), '\x1b') || !strings.Contains(b.String(), "A [31mB") {
		t.Errorf("the title is not made safe:\n%s", b.String())
	}
}
