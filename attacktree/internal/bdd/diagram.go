package bdd

// A Node of a diagram tests one level.
type Node struct {
	Level  int32
	Hi, Lo Ref // where the level is true and false; Hi is never complemented
}

// A Diagram is the diagrams of some functions. Nodes[0] is True, and children
// stand before parents.
type Diagram struct {
	Nodes []Node
	Roots []Ref
}

// Size returns the number of nodes that test a level.
func (d *Diagram) Size() int { return len(d.Nodes) - 1 }

// Extract returns a copy of what the roots need.
func (m *Manager) Extract(roots ...Ref) *Diagram {
	image := make([]Ref, len(m.nodes)) // 0: not needed
	for _, r := range roots {
		image[r.Node()] = 1
	}
	size := 1
	for i := len(m.nodes) - 1; i > 0; i-- { // children have lower numbers
		if image[i] != 0 {
			image[m.nodes[i].hi.Node()] = 1
			image[m.nodes[i].lo.Node()] = 1
			size++
		}
	}
	d := &Diagram{Nodes: make([]Node, 1, size), Roots: make([]Ref, len(roots))}
	d.Nodes[0].Level = terminal
	image[0] = True
	translate := func(f Ref) Ref { return image[f.Node()] ^ f&1 }
	for i := 1; i < len(m.nodes); i++ {
		if image[i] == 0 {
			continue
		}
		n := &m.nodes[i]
		image[i] = Ref(len(d.Nodes)) << 1
		d.Nodes = append(d.Nodes, Node{Level: n.level, Hi: translate(n.hi), Lo: translate(n.lo)})
	}
	for i, r := range roots {
		d.Roots[i] = translate(r)
	}
	return d
}

// Eval returns the value of a root at one assignment of the levels.
func (d *Diagram) Eval(root int, assignment []bool) bool {
	f := d.Roots[root]
	for f.Node() != 0 {
		n := d.Nodes[f.Node()]
		if assignment[n.Level] {
			f = n.Hi ^ f&1
		} else {
			f = n.Lo ^ f&1
		}
	}
	return f == True
}

// Load makes the functions of a diagram and returns them in the order of its
// roots.
func (m *Manager) Load(d *Diagram) ([]Ref, error) {
	image := make([]Ref, len(d.Nodes))
	translate := func(f Ref) Ref { return image[f.Node()] ^ f&1 }
	for i, n := range d.Nodes[1:] {
		f := m.node(n.Level, translate(n.Hi), translate(n.Lo))
		if f == none {
			return nil, m.err
		}
		image[i+1] = f
	}
	roots := make([]Ref, len(d.Roots))
	for i, r := range d.Roots {
		roots[i] = translate(r)
	}
	return roots, nil
}
