package attacktree

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// wide returns a model of n steps below gates of ten.
func wide(n int) Model {
	m := Model{}
	top := &Node{Name: "top", Gate: Or, Goal: true}
	m.Nodes = append(m.Nodes, top)
	for i := 0; i < n; i += 10 {
		gate := &Node{Name: fmt.Sprintf("gate-%d", i), Gate: And}
		top.Children = append(top.Children, gate.Name)
		m.Nodes = append(m.Nodes, gate)
		for j := range 10 {
			step := &Node{Name: fmt.Sprintf("step-%d", i+j), Label: fmt.Sprintf("Step number %d", i+j),
				Cost: quantity.Exactly(float64(j + 1)), Likelihood: quantity.Exactly(0.5), Time: quantity.Exactly(2)}
			gate.Children = append(gate.Children, step.Name)
			m.Nodes = append(m.Nodes, step)
		}
	}
	return m
}

// wideText returns the same model as text.
func wideText(n int) []byte {
	var b bytes.Buffer
	b.WriteString("goal or top {\n")
	for i := 0; i < n; i += 10 {
		fmt.Fprintf(&b, "  and gate-%d {\n", i)
		for j := range 10 {
			fmt.Fprintf(&b, "    step step-%d \"Step number %d\" { cost %d  likelihood 50%%  time 2d }\n", i+j, i+j, j+1)
		}
		b.WriteString("  }\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func BenchmarkNew(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			m := wide(n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprintf("steps=%d", n), func(b *testing.B) {
			src := wideText(n)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse("wide.atree", src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
