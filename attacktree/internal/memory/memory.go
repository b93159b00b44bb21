// Package memory gets memory for large tables.
package memory

// step is how many entries of 16 bytes stand in a page of memory, at least.
const step = 4096 / 16

// Table returns n zero values, of 16 bytes at most, whose memory is there: it writes
// to each page of it.
//
// A hash table reads a place before it writes there. Fresh memory is then mapped
// twice, first to a page of zeros that all share and then to one of its own, and
// with several cores each has to be told of the change. For a large table that can
// take longer than to fill it.
func Table[T any](n int) []T {
	t := make([]T, n)
	for i := 0; i < n; i += step {
		var zero T
		t[i] = zero
	}
	return t
}
