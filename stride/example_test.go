package stride_test

import (
	"fmt"

	"github.com/atree-dev/atree/stride"
)

func Example() {
	d, err := stride.NewDiagram(
		[]stride.Boundary{{Name: "cloud"}},
		[]stride.Element{
			{Name: "customer", Kind: stride.External},
			{Name: "assistant", Kind: stride.Process, Boundary: "cloud"},
			{Name: "registry", Kind: stride.Store, Boundary: "cloud"},
		},
		[]stride.DataFlow{
			{Name: "ask", From: "customer", To: "assistant"},
			{Name: "load", From: "registry", To: "assistant"},
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(d.Threats(stride.ByElement)), "threats by element; by interaction:")
	for _, t := range d.Threats(stride.ByInteraction) {
		if !t.Crosses {
			fmt.Printf("%s, %v: %s\n", t.Element, t.Category, t.Text)
		}
	}
	// Output:
	// 17 threats by element; by interaction:
	// registry, spoofing: false data come from what poses as the store
	// registry, information-disclosure: weak access control lets others read the store
}

func ExampleParse() {
	for _, word := range []string{"D", "tampering", "fire"} {
		c, err := stride.Parse(word)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%v (%s) breaks %s\n", c, c.Letter(), c.Property())
	}
	// Output:
	// denial-of-service (D) breaks availability
	// tampering (T) breaks integrity
	// stride: expected one of spoofing, tampering, repudiation, information-disclosure, denial-of-service, elevation-of-privilege, or a letter of STRIDE, found "fire"
}

func ExamplePerElement() {
	fmt.Println(stride.PerElement(stride.Store, false), stride.PerElement(stride.Store, true))
	// Output: TID TRID
}

func ExampleSet_All() {
	s, err := stride.ParseSet("IT")
	for c := range s.All() {
		fmt.Println(c.Name())
	}
	fmt.Println(s, err)
	// Output:
	// Tampering
	// Information Disclosure
	// TI <nil>
}

// Which rules a flow calls for depends on its ends and on a boundary between them.
func ExamplePerInteraction() {
	inside := stride.Interaction{Source: stride.Store, Target: stride.Process}
	for _, rule := range stride.PerInteraction(inside) {
		fmt.Printf("%s, on the %v: %s\n", rule.ID, rule.On, rule.Text)
	}
	crossing := inside
	crossing.Crosses = true
	fmt.Println(len(stride.PerInteraction(crossing)), "across a boundary")
	// Output:
	// S7, on the source: false data come from what poses as the store
	// I23, on the source: weak access control lets others read the store
	// 9 across a boundary
}

func ExampleDiagram_Crossed() {
	d, err := stride.NewDiagram(
		[]stride.Boundary{{Name: "cloud"}, {Name: "vault", Parent: "cloud"}},
		[]stride.Element{{Name: "customer", Kind: stride.External}, {Name: "keys", Kind: stride.Store, Boundary: "vault"}},
		[]stride.DataFlow{{Name: "fetch", From: "keys", To: "customer"}})
	fmt.Println(d.Crossed("fetch"), err)
	// Output: [vault cloud] <nil>
}
