package attacktree

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
)

// What a Tree answers about itself: its parts by name, and the members of
// mitigation sets.

// Model returns the checked model. It must not be changed.
func (t *Tree) Model() *Model { return t.model }

// Goals returns the names of the goals in written order.
func (t *Tree) Goals() []string {
	names := make([]string, len(t.goals))
	for i, v := range t.goals {
		names[i] = t.model.Nodes[v].Name
	}
	return names
}

// Node returns the node of that name.
func (t *Tree) Node(name string) (*Node, bool) {
	id, ok := t.nodeID[name]
	if !ok {
		return nil, false
	}
	return t.model.Nodes[id], true
}

// Control returns the control of that name.
func (t *Tree) Control(name string) (*Control, bool) {
	id, ok := t.controlID[name]
	if !ok {
		return nil, false
	}
	return t.model.Controls[id], true
}

// Digest identifies what the model says, as "sha256:" and 64 hexadecimal digits.
// Layout, comments and the names of files do not count.
func (t *Tree) Digest() string { return t.digest }

// Warnings returns what [Vet] finds without a date, in reading order.
func (t *Tree) Warnings() diag.List { return slices.Clone(t.warnings) }

// givenSets are the sets that every tree has: which controls belong to them.
var givenSets = map[string]func(Status) bool{
	"none":     func(Status) bool { return false },
	"deployed": func(s Status) bool { return s == Deployed },
	"planned":  func(s Status) bool { return s == Deployed || s == Planned },
	"all":      func(s Status) bool { return s != Retired },
}

// SetMembers returns the controls of a set, in the order of the model, and false
// if there is no set of that name. Members that are sets are expanded. Given
// are the sets none, deployed, planned (deployed and planned) and all (all but
// retired).
func (t *Tree) SetMembers(name string) ([]string, bool) {
	if !t.isSet(name) {
		return nil, false
	}
	in := make([]bool, len(t.model.Controls))
	t.mark(name, in, true)
	return t.marked(in), true
}

// ParseSet reads a comma list of controls and sets, applied from left to right:
// a word adds, and -word takes away. So "all,-mfa" is all but mfa. It returns
// the names of the controls in the order of the model.
func (t *Tree) ParseSet(words string) ([]string, error) {
	in := make([]bool, len(t.model.Controls))
	if strings.TrimSpace(words) == "" {
		return nil, fmt.Errorf("attacktree: expected a set such as today,mfa or all,-mfa, found nothing (none is the set without controls)")
	}
	adds := false
	for word := range strings.SplitSeq(words, ",") {
		word = strings.TrimSpace(word)
		name, away := strings.CutPrefix(word, "-")
		if _, control := t.controlID[name]; !control && !t.isSet(name) {
			return nil, t.noSet(name, words)
		}
		t.mark(name, in, !away)
		adds = adds || !away
	}
	if !adds {
		return nil, fmt.Errorf("attacktree: %s takes away from nothing; write what from, as in all,%s", words, words)
	}
	return t.marked(in), nil
}

// noSet explains that no control or set has the name.
func (t *Tree) noSet(name, words string) error {
	if name == "" {
		return fmt.Errorf("attacktree: expected a control or a set between the commas of %q, found nothing", words)
	}
	candidates := []string{"none", "deployed", "planned", "all"}
	for _, s := range t.model.Sets {
		candidates = append(candidates, s.Name)
	}
	for _, k := range t.model.Controls {
		candidates = append(candidates, k.Name)
	}
	if hint := diag.Suggest(name, candidates); hint != "" {
		return fmt.Errorf("attacktree: no control or set is called %q; %s", name, hint)
	}
	return fmt.Errorf("attacktree: no control or set is called %q", name)
}

// isSet reports whether a set is given or declared.
func (t *Tree) isSet(name string) bool {
	_, given := givenSets[name]
	_, declared := t.setID[name]
	return given || declared
}

// mark notes for every control that the name stands for whether it is in.
func (t *Tree) mark(name string, in []bool, value bool) {
	todo, seen := []string{name}, map[string]bool{name: true}
	for len(todo) > 0 {
		name, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if has, given := givenSets[name]; given {
			for i, k := range t.model.Controls {
				if has(k.Status) {
					in[i] = value
				}
			}
			continue
		}
		if id, ok := t.controlID[name]; ok {
			in[id] = value
			continue
		}
		for _, member := range t.model.Sets[t.setID[name]].Members {
			if !seen[member] {
				seen[member] = true
				todo = append(todo, member)
			}
		}
	}
}

func (t *Tree) marked(in []bool) []string {
	var names []string
	for i, k := range t.model.Controls {
		if in[i] {
			names = append(names, k.Name)
		}
	}
	return names
}
