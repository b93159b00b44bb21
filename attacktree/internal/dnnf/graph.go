package dnnf

// A graph is a net as the search looks at it: only what the root needs, and what
// stands below one gate only and shares nothing is an atom, a variable that is
// decided on as a whole. Nodes are numbered in the order in which a walk from the
// root leaves them, so that what is below a node mostly has numbers close by.
type graph struct {
	net    *net
	kind   []kind // input: an atom
	arg    [][2]int32
	above  [][]int32 // the gates that a node is an argument of
	origin []int32   // in the net
	root   int32
}

// newGraph needs a root that is no constant.
func newGraph(n *net) *graph {
	g := &graph{net: n}
	atom := n.atoms()
	place := make([]int32, len(n.kind)) // from 1
	for todo := []int32{n.root}; len(todo) > 0; {
		x := todo[len(todo)-1]
		a, b := n.arg[x][0], n.arg[x][1]
		switch {
		case place[x] != 0:
		case !atom[x] && place[a] == 0:
			todo = append(todo, a)
			continue
		case !atom[x] && place[b] == 0:
			todo = append(todo, b)
			continue
		default:
			self := int32(len(g.kind))
			place[x] = self + 1
			g.origin, g.above = append(g.origin, x), append(g.above, nil)
			if atom[x] {
				g.kind, g.arg = append(g.kind, input), append(g.arg, [2]int32{})
				break
			}
			args := [2]int32{place[a] - 1, place[b] - 1}
			g.kind, g.arg = append(g.kind, n.kind[x]), append(g.arg, args)
			for _, y := range args {
				g.above[y] = append(g.above[y], self)
			}
		}
		todo = todo[:len(todo)-1]
	}
	g.root = int32(len(g.kind)) - 1
	return g
}

// atoms marks inputs, and gates of two atoms that have no other use.
func (n *net) atoms() []bool {
	uses := make([]int, len(n.kind))
	for x, needed := range n.below(n.root) {
		if needed && n.isGate(int32(x)) {
			uses[n.arg[x][0]]++
			uses[n.arg[x][1]]++
		}
	}
	atom := make([]bool, len(n.kind))
	for x := range atom {
		a, b := n.arg[x][0], n.arg[x][1]
		atom[x] = n.kind[x] == input || n.isGate(int32(x)) && atom[a] && atom[b] && uses[a] == 1 && uses[b] == 1
	}
	return atom
}
