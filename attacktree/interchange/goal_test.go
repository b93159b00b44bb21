package interchange_test

import (
	"io"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/interchange"
)

// TestGoalToWrite asks for goals that there are not.
func TestGoalToWrite(t *testing.T) {
	for _, x := range []struct{ src, goal, openPSA, adTool string }{
		{"step a", "", "the tree has no goal; name the node to write", "the tree has no goal; name the node to write"},
		{"or x { step a }", "y", `no node is called "y", and the tree has no goal`, `no node is called "y", and the tree has no goal`},
		{"or x { step a }", "x", "", ""},
		{"goal or x { step a }", "y", `no goal is called "y"; the tree has x`, `no goal is called "y"; the tree has x`},
		{"goal or x { step a } goal or y { use a }", "", "", "expected one of the goals x, y"},
	} {
		tree, err := (&attacktree.Loader{GoalOptional: true}).Parse("x.atree", []byte(x.src))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []struct {
			write func(io.Writer, *attacktree.Tree, string) (diag.List, error)
			want  string
		}{{interchange.WriteOpenPSA, x.openPSA}, {interchange.WriteADTool, x.adTool}} {
			_, err := w.write(io.Discard, tree, x.goal)
			got := ""
			if err != nil {
				got = strings.TrimPrefix(err.Error(), "interchange: ")
			}
			if got != w.want {
				t.Errorf("%s, goal %q: found %q, want %q", x.src, x.goal, got, w.want)
			}
		}
	}
}
