// Package attacktree analyses attack trees: how an attack is made, how likely
// it is, what it costs and what it does, and what is left of it once controls
// are in place.
//
// [ParseFile] reads a file, [Parse] a text, and a [Loader] reads from any
// [io/fs.FS] and with any [Library] of patterns. A program may also build a
// [Model] as plain Go values and check it with [New]. All of them give a
// [Tree], in which every name is declared, there is no cycle and each number
// lies in its range, or a [diag.List] of everything that is wrong. [Vet] adds
// what is allowed but looks like a slip.
//
// Names are identities: the same name is the same event, which succeeds or
// fails once and is paid for once wherever it is used.
package attacktree
