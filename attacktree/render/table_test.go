package render

import "testing"

// What does not fit beside the columns that tell the rows stands below, with
// them, and has the room there is.
func TestDealt(t *testing.T) {
	x := &table{marked: true, columns: []column{
		{}, {title: "budget", right: true}, {title: "chance", right: true}, {title: "loss", right: true}, {title: "attack", fit: wraps},
	}}
	x.add("", "10 k", "1 % to 2 %", "100 k to 200 k", "a, b and c")
	x.add(">", "200 k", "10 % to 20 %", "1 M to 2 M", "a, b, c, d, e, f and everything else")
	p := &printer{width: 44}
	x.text(p)
	const want = `     budget        chance            loss
       10 k    1 % to 2 %  100 k to 200 k
  >   200 k  10 % to 20 %      1 M to 2 M

     budget  attack
       10 k  a, b and c
  >   200 k  a, b, c, d, e, f and everything
             else
`
	if got := p.buf.String(); got != want {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
}
