package program

import (
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// A unit is a part of the circuit that is solved by itself: a module without
// the modules inside it, or what belongs to no module.
type unit struct {
	gates   []circuit.Ref // arguments first
	inputs  []circuit.Ref // variables and modules that the gates refer to
	outputs []circuit.Ref // gates that are asked for from outside
}

// split cuts the circuit below the roots into units, those inside a module
// before the unit that refers to it.
func split(c *circuit.Circuit, roots []circuit.Ref, module []bool) []unit {
	uses := c.Uses(roots...)
	isGate := func(i int) bool { return len(c.Args(circuit.MakeRef(i))) > 0 }
	index := make([]int32, c.Len()) // of the unit that has module i as its top
	var units []unit
	for i := range module {
		if module[i] {
			index[i] = int32(len(units))
			units = append(units, unit{})
		}
	}
	rest := int32(len(units))
	units = append(units, unit{})

	// All gates that refer to a node within a module belong to that module, so
	// it does not matter which of them hands down the unit.
	owner := make([]int32, c.Len())
	for i := range owner {
		owner[i] = rest
	}
	output := make([]bool, c.Len())
	for _, r := range roots {
		output[r.Node()] = true
	}
	gates := make([]int, len(units))
	for i := c.Len() - 1; i >= 0; i-- {
		if uses[i] == 0 || !isGate(i) {
			continue
		}
		if module[i] {
			owner[i] = index[i]
			output[i] = true
		}
		gates[owner[i]]++
		for _, x := range c.Args(circuit.MakeRef(i)) {
			owner[x.Node()] = owner[i]
		}
	}
	for u := range units {
		units[u].gates = make([]circuit.Ref, 0, gates[u])
	}
	seen := make([]bool, c.Len())
	for i := range c.Len() {
		if uses[i] == 0 || !isGate(i) {
			continue
		}
		self := circuit.MakeRef(i)
		u := &units[owner[i]]
		u.gates = append(u.gates, self)
		if output[i] {
			u.outputs = append(u.outputs, self)
		}
		for _, x := range c.Args(self) {
			j := x.Node()
			if (module[j] || !isGate(j)) && !seen[j] {
				seen[j] = true
				u.inputs = append(u.inputs, circuit.MakeRef(j))
			}
		}
	}
	if len(units[rest].gates) == 0 {
		units = units[:rest]
	}
	return units
}
