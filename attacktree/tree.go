package attacktree

import (
	"slices"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A Tree is a checked [Model]: all names are declared, there is no cycle, and
// every number lies in its range. It is immutable and may be used by many
// goroutines.
type Tree struct {
	model    *Model
	warnings diag.List
	slips    diag.List // warnings about how the text is written, which the model does not show
	digest   string
	copies   map[*diag.Source]int // of how many parts of the model a file is the text

	// Nodes are numbered by their place in model.Nodes, controls by theirs in
	// model.Controls, sets by theirs in model.Sets.
	nodeID    map[string]int32
	controlID map[string]int32
	setID     map[string]int32
	children  [][]int32   // in written order
	parents   [][]int32   // each parent once, ascending
	order     []int32     // all nodes, children before parents and bypassing nodes before the nodes whose controls they switch off
	bypassers [][]int32   // by control: the nodes that switch it off
	targets   [][][]int32 // by control and effect: the nodes that it acts on, ascending, each once
	goals     []int32     // in written order

	ties   []quantity.Tie      // of params, by their place in model.Params
	places map[place]diag.Span // of what there may be warnings about, more exact than the spans of the model; read only
}

// ControlsOn lists the controls that have an effect on a node, in the order of
// the model.
func (t *Tree) ControlsOn(name string) []string {
	id, ok := t.nodeID[name]
	if !ok {
		return nil
	}
	var out []string
	for c, effects := range t.targets {
		for _, nodes := range effects {
			if _, on := slices.BinarySearch(nodes, id); on {
				out = append(out, t.model.Controls[c].Name)
				break
			}
		}
	}
	return out
}
