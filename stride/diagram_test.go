package stride

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// assistant is a customer on the internet who asks an assistant in the cloud,
// which loads its model from a registry in a vault within the cloud.
func assistant(t *testing.T) *Diagram {
	t.Helper()
	d, err := NewDiagram(
		[]Boundary{{Name: "vault", Parent: "cloud"}, {Name: "internet"}, {Name: "cloud"}},
		[]Element{
			{Name: "customer", Kind: External, Boundary: "internet", Human: true},
			{Name: "gateway", Kind: Process, Boundary: "cloud"},
			{Name: "assistant", Kind: Process, Boundary: "cloud"},
			{Name: "registry", Kind: Store, Boundary: "vault"},
			{Name: "audit", Kind: Store, Boundary: "cloud", Logs: true},
		},
		[]DataFlow{
			{"ask", "customer", "gateway"},
			{"pass", "gateway", "assistant"},
			{"load", "registry", "assistant"},
			{"log", "assistant", "audit"},
			{"answer", "assistant", "customer"},
		})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCrosses(t *testing.T) {
	d := assistant(t)
	for flow, want := range map[string][]string{
		"ask":    {"internet", "cloud"},
		"pass":   nil,
		"load":   {"vault"}, // from the vault into the cloud around it
		"log":    nil,
		"answer": {"cloud", "internet"},
		"nosuch": nil,
	} {
		if got := d.Crossed(flow); !slices.Equal(got, want) {
			t.Errorf("%s crosses %v, want %v", flow, got, want)
		}
		if got := d.Crosses(flow); got != (want != nil) {
			t.Errorf("Crosses(%s) = %v", flow, got)
		}
	}
}

// count returns the threats by where they were found (the element, or for
// threats by interaction the flow) as number and letters.
func count(list []Threat) map[string]string {
	numbers, sets := map[string]int{}, map[string]Set{}
	for _, t := range list {
		key := t.Interaction
		if key == "" {
			key = t.Element
		}
		numbers[key]++
		sets[key] = sets[key].Add(t.Category)
	}
	found := map[string]string{}
	for key, n := range numbers {
		found[key] = fmt.Sprint(n, " ", sets[key])
	}
	return found
}

// The counts follow from the three tables by hand.
func TestThreats(t *testing.T) {
	d := assistant(t)
	tests := map[Method]map[string]string{
		ByElement: {
			"customer": "2 SR", "gateway": "6 STRIDE", "assistant": "6 STRIDE", "registry": "3 TID", "audit": "4 TRID",
			"ask": "3 TID", "pass": "3 TID", "load": "3 TID", "log": "3 TID", "answer": "3 TID",
		},
		ByInteraction: {
			"ask":    "10 STRIDE", // S2 S3 T1 R6 I6 D3 D4 E5 E6 E7
			"pass":   "1 E",       // E5
			"load":   "9 SRIDE",   // S2 S7 R6 I23 D3 D4 D5 E6 E7
			"log":    "2 SD",      // S7.1 D2
			"answer": "3 SRD",     // S8 R7 D4
		},
		ByShostack: {
			"ask":    "9 STRIDE",  // rows 7 SDE, 8 TID, 11 SRI
			"pass":   "9 SRIDE",   // rows 2 SRIDE, 6 SRDE
			"load":   "10 STRIDE", // rows 5 STDE, 8 TID, 10 RID
			"log":    "6 STRID",   // rows 1 SI, 9 TRID
			"answer": "5 STRID",   // rows 4 R, 8 TID, 12 S
		},
	}
	for method, want := range tests {
		list := d.Threats(method)
		if got := count(list); !reflect.DeepEqual(got, want) {
			t.Errorf("%v: %v, want %v", method, got, want)
		}
		for _, threat := range list {
			flow := threat.Interaction
			if flow == "" {
				flow = threat.Element
			}
			if threat.Crosses != d.Crosses(flow) || threat.Text == "" || threat.Rule == "" || threat.Element == "" {
				t.Errorf("%v: %+v", method, threat)
			}
		}
		if again := assistant(t).Threats(method); !slices.Equal(list, again) {
			t.Errorf("%v: the order changes from run to run", method)
		}
	}
	if got := d.Threats(9); got != nil {
		t.Errorf("an unknown method finds %v", got)
	}
	var empty Diagram
	if empty.Threats(ByElement) != nil || empty.Crosses("x") || empty.Crossed("x") != nil {
		t.Error("the zero Diagram is not empty")
	}
}

func TestThreatDetails(t *testing.T) {
	d := assistant(t)
	want := []Threat{
		{"assistant", Spoofing, "S2", "load", true, templateRules["S2"].Text},
		{"registry", Spoofing, "S7", "load", true, templateRules["S7"].Text},
		{"assistant", Repudiation, "R6", "load", true, templateRules["R6"].Text},
		{"registry", InformationDisclosure, "I23", "load", true, templateRules["I23"].Text},
		{"assistant", DenialOfService, "D3", "load", true, templateRules["D3"].Text},
		{"load", DenialOfService, "D4", "load", true, templateRules["D4"].Text},
		{"registry", DenialOfService, "D5", "load", true, templateRules["D5"].Text},
		{"assistant", ElevationOfPrivilege, "E6", "load", true, templateRules["E6"].Text},
		{"assistant", ElevationOfPrivilege, "E7", "load", true, templateRules["E7"].Text},
	}
	if got := d.Threats(ByInteraction)[11:20]; !slices.Equal(got, want) {
		t.Errorf("loading the model:\n%+v\nwant\n%+v", got, want)
	}
}

func TestDiagramRefused(t *testing.T) {
	_, err := NewDiagram(
		[]Boundary{{"a", "b"}, {"b", "c"}, {"c", "b"}, {"self", "self"}, {"lost", "nowhere"}, {"b", ""}},
		[]Element{{Name: "p", Kind: Process}, {Name: "p", Kind: Store}, {Kind: Store}, {Name: "f", Kind: Flow}, {Name: "z"},
			{Name: "q", Kind: Process, Boundary: "p", Logs: true, Human: true}, {Name: "a", Kind: Process}},
		[]DataFlow{{"f1", "p", "nobody"}, {"q", "a", "f1"}})
	if err == nil {
		t.Fatal("no error")
	}
	want := strings.Split(strings.TrimSpace(`
stride: boundary "b": name already in use (boundary)
stride: element "p": name already in use (element)
stride: expected a name for element 3
stride: element "a": name already in use (boundary)
stride: flow "q": name already in use (element)
stride: boundary "lost": no boundary is called "nowhere"
stride: boundaries enclose themselves: b in c in b
stride: boundaries enclose themselves: self in self
stride: element "f": expected external, process or store, found flow
stride: element "z": expected external, process or store, found none
stride: element "q": no boundary is called "p"
stride: element "q": expected a store where there are logs, found process
stride: element "q": expected a person to be external, found process
stride: flow "f1": no element is called "nobody"
stride: flow "q": no element is called "a"
stride: flow "q": no element is called "f1"`), "\n")
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A flow crosses a boundary if one end is inside and the other outside: on
// random diagrams, against that definition taken word for word.
func TestCrossedAgainstDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var boundaries []Boundary
		for i := range 1 + rng.IntN(7) {
			b := Boundary{Name: fmt.Sprint("b", i)}
			if up := rng.IntN(i + 1); up < i {
				b.Parent = fmt.Sprint("b", up)
			}
			boundaries = append(boundaries, b)
		}
		place := func() string {
			if i := rng.IntN(len(boundaries) + 1); i < len(boundaries) {
				return boundaries[i].Name
			}
			return ""
		}
		from, to := Element{Name: "p", Kind: Process, Boundary: place()}, Element{Name: "q", Kind: Store, Boundary: place()}
		d, err := NewDiagram(boundaries, []Element{from, to}, []DataFlow{{"f", "p", "q"}})
		if err != nil {
			t.Fatal(err)
		}
		inside := func(e Element, boundary string) bool {
			for at := e.Boundary; at != ""; at = boundaries[slices.IndexFunc(boundaries, func(b Boundary) bool { return b.Name == at })].Parent {
				if at == boundary {
					return true
				}
			}
			return false
		}
		var want []string
		for _, b := range boundaries {
			if inside(from, b.Name) != inside(to, b.Name) {
				want = append(want, b.Name)
			}
		}
		got := slices.Sorted(slices.Values(d.Crossed("f")))
		slices.Sort(want)
		if !slices.Equal(got, want) || d.Crosses("f") != (len(want) > 0) {
			t.Errorf("%+v, %v to %v: crosses %v, want %v", boundaries, from.Boundary, to.Boundary, got, want)
		}
	}
}

// 10⁵ boundaries inside each other, straight or in a circle, are no trouble.
func TestDeepBoundaries(t *testing.T) {
	const n = 100_000
	boundaries := make([]Boundary, n)
	for i := range boundaries {
		boundaries[i].Name = fmt.Sprint("b", i)
		if i > 0 {
			boundaries[i].Parent = fmt.Sprint("b", i-1)
		}
	}
	elements := []Element{{Name: "p", Kind: Process, Boundary: fmt.Sprint("b", n-1)}, {Name: "q", Kind: Process}}
	d, err := NewDiagram(boundaries, elements, []DataFlow{{"f", "p", "q"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(d.Crossed("f")); got != n {
		t.Errorf("the flow crosses %d boundaries, want %d", got, n)
	}
	boundaries[0].Parent = boundaries[n-1].Name
	if _, err := NewDiagram(boundaries, elements, nil); err == nil || !strings.Contains(err.Error(), "enclose themselves: b0 in b99999 in b99998 in ") {
		t.Error("the circle was not found")
	}
}
