// Package openpsa reads fault trees for benchmarks and tests: the part of the
// Open-PSA model exchange format that the Aralia models use. It is not an
// importer; what it does not know is an error.
package openpsa

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// ReadFile reads the model of a file as Read does.
func ReadFile(path string) (*circuit.Circuit, circuit.Ref, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, circuit.False, fmt.Errorf("openpsa: %w", err)
	}
	defer f.Close()
	return Read(f)
}

// Read returns the circuit of one fault tree and its root, the gate that is
// defined first. Variables are the basic events in the order in which they are
// defined. Formulas have one level, in which arguments may be negated.
func Read(r io.Reader) (*circuit.Circuit, circuit.Ref, error) {
	var file struct {
		Trees []struct {
			Gates []struct {
				Name    string  `xml:"name,attr"`
				Formula formula `xml:",any"`
			} `xml:"define-gate"`
		} `xml:"define-fault-tree"`
		Data []struct {
			Events []struct {
				Name string `xml:"name,attr"`
			} `xml:"define-basic-event"`
		} `xml:"model-data"`
	}
	if err := xml.NewDecoder(r).Decode(&file); err != nil {
		return nil, circuit.False, fmt.Errorf("openpsa: %w", err)
	}
	b := &builder{c: circuit.New(), formulas: map[string]*formula{}, known: map[reference]circuit.Ref{}}
	var top *reference
	for i := range file.Trees {
		for j := range file.Trees[i].Gates {
			g := &file.Trees[i].Gates[j]
			if top == nil {
				top = &reference{"gate", g.Name}
			}
			b.formulas[g.Name] = &g.Formula
		}
	}
	if top == nil {
		return nil, circuit.False, fmt.Errorf("openpsa: expected a define-gate, found none")
	}
	for _, data := range file.Data {
		for _, e := range data.Events {
			b.known[reference{"basic-event", e.Name}] = b.c.Var()
		}
	}
	root, err := b.build(*top)
	return b.c, root, err
}

// A formula is a connective over references, a reference, or the complement
// of one.
type formula struct {
	XMLName xml.Name
	Name    string    `xml:"name,attr"`
	Min     int       `xml:"min,attr"`
	Args    []formula `xml:",any"`
}

// A reference names a gate or a basic event.
type reference struct{ kind, name string }

// literal returns what f refers to if it is no connective.
func (f *formula) literal() (to reference, negated, ok bool) {
	for f.XMLName.Local == "not" && len(f.Args) == 1 {
		f, negated = &f.Args[0], !negated
	}
	kind := f.XMLName.Local
	return reference{kind, f.Name}, negated, kind == "gate" || kind == "basic-event"
}

type builder struct {
	c        *circuit.Circuit
	formulas map[string]*formula
	known    map[reference]circuit.Ref
}

// build makes the gate top and what it needs. It keeps a stack of its own: a
// gate is looked at once more after its arguments have been made.
func (b *builder) build(top reference) (circuit.Ref, error) {
	entered := map[reference]bool{}
	for todo := []reference{top}; len(todo) > 0; {
		at := todo[len(todo)-1]
		if _, ok := b.known[at]; ok {
			todo = todo[:len(todo)-1]
			continue
		}
		f := b.formulas[at.name]
		if at.kind != "gate" || f == nil {
			return circuit.False, fmt.Errorf("openpsa: expected a definition of %s %q, found none", at.kind, at.name)
		}
		args, missing, err := b.arguments(f)
		if err != nil {
			return circuit.False, err
		}
		if len(missing) > 0 {
			if entered[at] {
				return circuit.False, fmt.Errorf("openpsa: expected a tree, found that gate %q depends on itself", at.name)
			}
			entered[at] = true
			todo = append(todo, missing...)
			continue
		}
		if b.known[at], err = b.gate(f, args); err != nil {
			return circuit.False, err
		}
	}
	return b.known[top], nil
}

// arguments returns the arguments of f, and those that are not made yet.
func (b *builder) arguments(f *formula) (args []circuit.Ref, missing []reference, err error) {
	list := f.Args
	if _, _, ok := f.literal(); ok {
		list = []formula{*f}
	}
	for i := range list {
		to, negated, ok := list[i].literal()
		if !ok {
			return nil, nil, fmt.Errorf("openpsa: expected a gate, a basic event or its complement, found %s", to.kind)
		}
		x, ok := b.known[to]
		if !ok {
			missing = append(missing, to)
		}
		if negated {
			x = x.Not()
		}
		args = append(args, x)
	}
	return args, missing, nil
}

func (b *builder) gate(f *formula, args []circuit.Ref) (circuit.Ref, error) {
	switch kind := f.XMLName.Local; {
	case kind == "and":
		return b.c.And(args...), nil
	case kind == "or":
		return b.c.Or(args...), nil
	case kind == "atleast":
		return b.c.AtLeast(f.Min, args...), nil
	case kind == "xor" && len(args) == 2:
		return b.c.Ite(args[0], args[1].Not(), args[1]), nil
	case kind == "gate" || kind == "basic-event" || kind == "not":
		return args[0], nil
	default:
		return circuit.False, fmt.Errorf("openpsa: expected and, or, atleast, a binary xor or not, found %s of %d arguments", kind, len(args))
	}
}
