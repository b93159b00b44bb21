package interchange

import (
	"fmt"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// What a format that is written cannot say is refused. For what it merely has no
// place for there is one warning for each kind of thing, at the first node that
// has it, with how many have.

// sayNegation is what to do about gates not and xor.
const sayNegation = "write it as Open-PSA, which has such gates"

type losses struct{ list []loss }

type loss struct {
	what  string
	first diag.Span
	n     int
}

// add notes that something is left out, if it is there.
func (l *losses) add(there bool, at diag.Span, what string) {
	if !there {
		return
	}
	for i := range l.list {
		if l.list[i].what == what {
			l.list[i].n++
			return
		}
	}
	l.list = append(l.list, loss{what, at, 1})
}

// of notes what no format but ours has a place for.
func (l *losses) of(n *attacktree.Node) {
	l.add(n.Impact.Given(), n.Span, "impacts are left out")
	l.add(n.Detection.Given(), n.Span, "chances of detection are left out")
	l.add(n.Rate.Given(), n.Span, "rates of accidents are left out")
	l.add(n.Attempts.Given(), n.Span, "attempts are left out")
	l.add(len(n.For) > 0, n.Span, "numbers against single adversaries are left out")
	l.add(len(n.Stride) > 0 || len(n.Threats) > 0 || len(n.Assets) > 0 || len(n.At) > 0 || len(n.Refs) > 0 ||
		len(n.Tags) > 0 || n.Owner != "" || len(n.Basis) > 0, n.Span, "references are left out")
}

// warnings returns what was noted, in reading order.
func (l *losses) warnings() diag.List {
	var list diag.List
	for _, x := range l.list {
		of := fmt.Sprintf("%d nodes", x.n)
		if x.n == 1 {
			of = "one node"
		}
		list = append(list, &diag.Problem{Severity: diag.Warning, Code: "left-out", Span: x.first, Message: x.what + ", of " + of})
	}
	list.Sort()
	return list
}
