package dsl

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// generate writes a file with n steps below gates of ten children each, or n
// declarations if it is to be flat.
func generate(n int, flat bool) []byte {
	var b strings.Builder
	step := func(indent string, i int) {
		fmt.Fprintf(&b, "%sstep s%d \"Take step number %d\" {\n%[1]s  cost %d_000  likelihood pert(%d%%, 30%%, 80%%)  time %dd  skill %d # remark\n%[1]s}\n",
			indent, i, i, i%90+1, i%20+1, i%30+1, i%10)
	}
	if flat {
		b.WriteString("goal or top {\n")
		for i := range n {
			fmt.Fprintf(&b, "  use s%d\n", i)
		}
		b.WriteString("}\n")
		for i := range n {
			step("", i)
		}
		return []byte(b.String())
	}
	next := 0
	var gate func(indent string, n int)
	gate = func(indent string, n int) {
		if n == 1 {
			next++
			step(indent, next)
			return
		}
		next++
		fmt.Fprintf(&b, "%sor g%d \"Reach gate %d\" {\n", indent, next, next)
		for i := range min(10, n) {
			gate(indent+"  ", (n+i)/10+(9-min(9, n))/9)
		}
		fmt.Fprintf(&b, "%s}\n", indent)
	}
	b.WriteString("goal ")
	gate("", n)
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	language, err := os.ReadFile("testdata/language.atree")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		src  []byte
	}{
		{"language", language},
		{"nested/n=60", generate(60, false)},
		{"nested/n=100000", generate(100_000, false)},
		{"flat/n=100000", generate(100_000, true)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, list := Parse("b.atree", c.src); len(list) > 0 {
					b.Fatal(list[0])
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	src := generate(100_000, false)
	f, list := Parse("b.atree", src)
	if len(list) > 0 {
		b.Fatal(list[0])
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		Format(f)
	}
}
