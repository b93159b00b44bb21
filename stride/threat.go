package stride

import "fmt"

// Method is a way to find threats in a diagram.
type Method uint8

const (
	ByElement     Method = iota // STRIDE per element: the table of PerElement
	ByInteraction               // STRIDE per interaction: the rules of PerInteraction
	ByShostack                  // STRIDE per interaction: the table of Shostack
)

var methodWords = [...]string{"per-element", "per-interaction", "per-interaction-shostack"}

// String returns the word of the command.
func (m Method) String() string {
	if int(m) < len(methodWords) {
		return methodWords[m]
	}
	return fmt.Sprintf("Method(%d)", uint8(m))
}

// ParseMethod reads what [Method.String] writes.
func ParseMethod(word string) (Method, error) {
	for m, w := range methodWords {
		if w == word {
			return Method(m), nil
		}
	}
	return 0, fmt.Errorf("stride: expected one of %s, %s, %s, found %q", methodWords[0], methodWords[1], methodWords[2], word)
}

// MarshalText writes the word of the command.
func (m Method) MarshalText() ([]byte, error) {
	if int(m) >= len(methodWords) {
		return nil, fmt.Errorf("stride: expected a method, found %v", m)
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what [ParseMethod] reads.
func (m *Method) UnmarshalText(text []byte) error {
	parsed, err := ParseMethod(string(text))
	if err == nil {
		*m = parsed
	}
	return err
}

// A Threat is one question that STRIDE puts to a diagram.
type Threat struct {
	Element     string // what is threatened: an element or a flow
	Category    Category
	Rule        string // per-element, or the ID of a [Rule]
	Interaction string // the flow in which it was found; empty by element
	Crosses     bool   // the flow, found in or threatened, crosses a trust boundary: look here first
	Text        string // what may happen
}

// Threats lists the threats of the diagram. By element they come in the order of
// the elements, then of the flows, each by category; by interaction in the order
// of the flows, each by rule. One element may meet the same category in several
// interactions and by several rules. An unknown method finds nothing.
func (d *Diagram) Threats(m Method) []Threat {
	switch m {
	case ByElement:
		return d.byElement()
	case ByInteraction:
		return d.byInteraction(PerInteraction)
	case ByShostack:
		return d.byInteraction(Shostack)
	}
	return nil
}

func (d *Diagram) byElement() []Threat {
	var list []Threat
	add := func(element string, set Set, crosses bool) {
		for c := range set.All() {
			list = append(list, Threat{Element: element, Category: c, Rule: ByElement.String(), Crosses: crosses, Text: c.Meaning()})
		}
	}
	for _, e := range d.elements {
		add(e.Name, PerElement(e.Kind, e.Logs), false)
	}
	for _, f := range d.flows {
		add(f.Name, PerElement(Flow, false), d.interaction(f).Crosses)
	}
	return list
}

func (d *Diagram) byInteraction(rules func(Interaction) []Rule) []Threat {
	var list []Threat
	for _, f := range d.flows {
		interaction := d.interaction(f)
		parts := [...]string{OnSource: f.From, OnTarget: f.To, OnFlow: f.Name}
		for _, rule := range rules(interaction) {
			list = append(list, Threat{
				Element: parts[rule.On], Category: rule.Category, Rule: rule.ID,
				Interaction: f.Name, Crosses: interaction.Crosses, Text: rule.Text,
			})
		}
	}
	return list
}
