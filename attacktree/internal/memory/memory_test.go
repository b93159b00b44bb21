package memory

import (
	"runtime/debug"
	"slices"
	"sync"
	"testing"
)

func TestTable(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		all := Table[uint64](n)
		if len(all) != n || slices.Max(append(all, 0)) != 0 {
			t.Errorf("%v, want %d zeros", all, n)
		}
	}
}

// What it takes to fill a table of 32 MB in any order, two at a time, in memory that
// the system has to give.
func BenchmarkFill(b *testing.B) {
	for name, fresh := range map[string]func(int) []uint64{
		"make":  func(n int) []uint64 { return make([]uint64, n) },
		"table": Table[uint64],
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				debug.FreeOSMemory()
				b.StartTimer()
				var group sync.WaitGroup
				for range 2 {
					group.Go(func() {
						all := fresh(1 << 22)
						at := uint32(1)
						for range len(all) / 2 {
							at = at*1664525 + 1013904223
							if i := at >> 10; all[i] == 0 {
								all[i] = uint64(at)
							}
						}
					})
				}
				group.Wait()
			}
		})
	}
}
