// Package memory gets memory for large tables.
package memory

import "unsafe"

// page is the size of the pages that memory comes in, at least.
const page = 4096

// Table returns n zero values, whose memory is there: it writes to each page of it.
//
// A hash table reads a place before it writes there. Fresh memory is then mapped
// twice, first to a page of zeros that all share and then to one of its own, and
// with several cores each has to be told of the change. For a large table that can
// take longer than to fill it.
func Table[T any](n int) []T {
	t := make([]T, n)
	var zero T
	for i := 0; i < n; i += max(1, page/max(1, int(unsafe.Sizeof(zero)))) {
		t[i] = zero
	}
	return t
}
