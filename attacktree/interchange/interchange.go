// Package interchange reads and writes the files of other tools.
//
// [Read] takes any file that is known, by its content: the language itself, or
// fault trees in the Open-PSA Model Exchange Format, which [ReadOpenPSA] reads
// and [WriteOpenPSA] writes, or attack-defence trees of ADTool, which [ReadADTool]
// reads and [WriteADTool] writes, or its terms, which [ReadADTerms] reads, or static
// trees in the format of Galileo, which [ReadGalileo] reads. [WriteAtree] writes any
// tree in the language.
//
// What a format can say and an [attacktree.Model] cannot is refused, at its place
// in the file; what is merely renamed or left out is told in warnings. What was
// read keeps its meaning: its likelihoods are those of the tool that wrote it.
// Files may come from anywhere: a reader bounds their size, their nesting and
// what it makes of them, and follows no reference out of them.
package interchange

import (
	"bytes"
	"slices"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// Read reads and checks the tree in data, whose format it tells by its content;
// name is used in messages. Of formats that do not say what is analysed, the
// node called goal is, or where goal is empty the gates that no other one uses.
// A text in the language says so itself, and goal does not matter; it cannot
// import files here, which takes an [attacktree.Loader].
//
// The warnings say what was changed or left out on the way; those of the tree
// are its own. The error is a [diag.List].
func Read(name string, data []byte, goal string) (*attacktree.Tree, diag.List, error) {
	if !Foreign(data) {
		tree, err := attacktree.Parse(name, data)
		return tree, nil, err
	}
	read := func(f File) (*attacktree.Model, diag.List) { return ReadOpenPSA(goal, f) }
	switch {
	case isGalileo(data):
		read = func(f File) (*attacktree.Model, diag.List) { return ReadGalileo(goal, f) }
	case isADTerms(data):
		read = func(f File) (*attacktree.Model, diag.List) { return ReadADTerms(goal, f) }
	case isADTool(data):
		read = func(f File) (*attacktree.Model, diag.List) { return ReadADTool(goal, f) }
	}
	m, problems := read(File{name, data})
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	tree, err := attacktree.New(*m)
	return tree, problems, err
}

// Foreign reports whether data, or the beginning of it, is in a format that
// [Read] knows other than the language: whether it is XML, or begins with the
// toplevel of Galileo or a term of ADTool.
func Foreign(data []byte) bool {
	for _, start := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} { // marks of UTF-8 and UTF-16
		data = bytes.TrimPrefix(data, []byte(start))
	}
	data = bytes.TrimLeft(data, " \t\r\n\x00")
	return len(data) > 0 && data[0] == '<' || isGalileo(data) || isADTerms(data)
}

// A File is the content of a file, and its name for messages.
type File struct {
	Name string
	Data []byte
}

// MaxBytes is the greatest size of a file. One that is larger is refused.
const MaxBytes = 256 << 20

// The other limits of what is read.
const (
	maxTag        = 1 << 16  // bytes from < to >
	maxDepth      = 10_000   // elements within each other
	maxComponents = 100      // components within each other
	maxParts      = 8 << 20  // elements, of all files
	maxNodes      = 1 << 20  // of the model
	maxNames      = 64 << 20 // bytes of the names of nodes, all together
	maxProblems   = 500
	maxNearest    = 20 // suggestions for names that are not defined
)

// depthFirst puts the nodes below a root first, each before what is below it, and
// then the others. Names that are not declared are left alone.
func depthFirst(m *attacktree.Model, root string) {
	byName := map[string]*attacktree.Node{}
	var todo []string
	for _, n := range slices.Backward(m.Nodes) {
		byName[n.Name] = n
		todo = append(todo, n.Name)
	}
	m.Nodes = m.Nodes[:0]
	for todo = append(todo, root); len(todo) > 0; {
		n := byName[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		if n == nil {
			continue // it has its place
		}
		delete(byName, n.Name)
		m.Nodes = append(m.Nodes, n)
		for _, c := range slices.Backward(n.Children) {
			todo = append(todo, c)
		}
	}
}
