package catalog

import (
	"fmt"
	"slices"

	"github.com/atree-dev/atree/stride"
)

// The kinds of entries, and what each of them says.

// Kind is a kind of entry.
type Kind uint8

const (
	KindThreat Kind = iota
	KindPattern
	KindMitigation
	KindAdversary
	KindAsset
	KindComponent
	KindSurface
	KindWeakness
	KindZone
	KindStage
	KindConcept
)

var kindWords = [...]string{"threat", "pattern", "mitigation", "adversary", "asset", "component",
	"surface", "weakness", "zone", "stage", "concept"}

// Kinds returns all kinds in their order.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindWords))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// String returns the word of the command.
func (k Kind) String() string {
	if int(k) < len(kindWords) {
		return kindWords[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// ParseKind reads what [Kind.String] writes.
func ParseKind(word string) (Kind, error) {
	if i := slices.Index(kindWords[:], word); i >= 0 {
		return Kind(i), nil
	}
	return 0, fmt.Errorf("catalog: expected a kind of entry such as threat or mitigation, found %q", word)
}

// Described is what all entries are: pointers to one of the types below.
type Described interface {
	// Common returns what entries of all kinds have.
	Common() *Entry
}

// entryOf is a Described of this package.
type entryOf interface {
	Described
	references() []Reference
	links() []link
}

// An Entry is what entries of all kinds have.
type Entry struct {
	Kind  Kind     `json:"-"`
	Slug  string   `json:"slug"` // unique within its kind
	Name  string   `json:"name"`
	Text  string   `json:"text"`  // one sentence; may be empty
	Words []string `json:"words"` // what else it is called

	at place
}

// Common returns the entry itself.
func (e *Entry) Common() *Entry { return e }

// ID returns the kind and the slug, as in threat/model-theft.
func (e *Entry) ID() string { return e.Kind.String() + "/" + e.Slug }

func (e *Entry) references() []Reference { return nil }
func (e *Entry) links() []link           { return nil }

// A Threat is something that may happen to an AI system.
type Threat struct {
	Entry
	Stride      []stride.Category `json:"stride"`
	Parent      string            `json:"parent"`  // the wider threat; may be empty
	Systems     string            `json:"systems"` // predictive, generative, agentic; empty: any
	Core        bool              `json:"core"`    // to be considered in every system
	Stages      []string          `json:"stages"`
	Assets      []string          `json:"assets"`
	Components  []string          `json:"components"`
	Adversaries []string          `json:"adversaries"`
	Weaknesses  []string          `json:"weaknesses"`
	Mitigations []string          `json:"mitigations"`
	Refs        References        `json:"refs"`
}

func (t *Threat) references() []Reference { return t.Refs }
func (t *Threat) links() []link {
	var parent []string
	if t.Parent != "" {
		parent = []string{t.Parent}
	}
	return []link{{KindThreat, parent}, {KindStage, t.Stages}, {KindAsset, t.Assets}, {KindComponent, t.Components},
		{KindAdversary, t.Adversaries}, {KindWeakness, t.Weaknesses}, {KindMitigation, t.Mitigations}}
}

// A Mitigation makes threats harder or less bad.
type Mitigation struct {
	Entry
	Control       string     `json:"control"` // prevent, detect or respond
	Layer         string     `json:"layer"`   // where it acts: identity, data, model, …
	Core          bool       `json:"core"`
	Effects       Effects    `json:"effects"`
	Basis         string     `json:"basis"`          // where the effects come from
	SecurityLevel string     `json:"security_level"` // the least of RAND's levels SL1 to SL5 that asks for it; may be empty
	Refs          References `json:"refs"`
}

func (m *Mitigation) references() []Reference { return m.Refs }

// Effects say what a mitigation usually does to a step.
type Effects struct {
	Likelihood Strength `json:"likelihood"` // lowers it
	Impact     Strength `json:"impact"`     // lowers it
	Cost       Strength `json:"cost"`       // raises that of the attacker
	Time       Strength `json:"time"`       // raises that of the attacker
	Detection  Strength `json:"detection"`  // raises it
}

// Strength is how much an effect does.
type Strength uint8

const (
	NoEffect Strength = iota
	Low
	Medium
	High
)

var strengthWords = [...]string{"none", "low", "medium", "high"}

// String returns none, low, medium or high.
func (s Strength) String() string {
	if int(s) < len(strengthWords) {
		return strengthWords[s]
	}
	return fmt.Sprintf("Strength(%d)", uint8(s))
}

// MarshalText writes the word.
func (s Strength) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads low, medium or high.
func (s *Strength) UnmarshalText(text []byte) error {
	i := slices.Index(strengthWords[1:], string(text))
	if i < 0 {
		return fmt.Errorf("expected low, medium or high, found %q", text)
	}
	*s = Strength(i + 1)
	return nil
}

// Reduction is the share of a likelihood or an impact that an effect takes away.
// Like Factor and Share it is judgement, for want of anything better.
func (s Strength) Reduction() float64 { return [...]float64{0, 0.2, 0.5, 0.8}[s&3] }

// Factor is what an effect multiplies a cost or a time by.
func (s Strength) Factor() float64 { return [...]float64{1, 1.5, 3, 10}[s&3] }

// Share is the chance of being noticed that an effect brings at least.
func (s Strength) Share() float64 { return [...]float64{0, 0.2, 0.5, 0.8}[s&3] }

// An Adversary is somebody who attacks, or errs.
type Adversary struct {
	Entry
	Intent  string     `json:"intent"` // hostile, accidental or non-human
	Motives []string   `json:"motives"`
	Budget  float64    `json:"budget"` // order of magnitude, US dollars
	Days    [2]float64 `json:"days"`   // least and greatest time of an operation
	People  int        `json:"people"`
	Skill   int        `json:"skill"`  // 0 to 5, that of RAND's operational capacities
	Access  []string   `json:"access"` // zones that he starts from
	Basis   string     `json:"basis"`  // where the numbers come from
	Refs    References `json:"refs"`
}

func (a *Adversary) references() []Reference { return a.Refs }
func (a *Adversary) links() []link           { return []link{{KindZone, a.Access}} }

// An AssetKind is a kind of thing that is worth protecting.
type AssetKind struct {
	Entry
	Properties string `json:"properties"` // what matters most: C confidentiality, I integrity, A availability
}

// A Component is a kind of part that AI systems are made of.
type Component struct {
	Entry
	Element  stride.ElementKind `json:"element"`
	Logs     bool               `json:"logs"`  // a store of evidence
	Human    bool               `json:"human"` // a person
	Zone     string             `json:"zone"`  // where it usually stands
	Core     bool               `json:"core"`
	Surfaces []string           `json:"surfaces"`
}

func (k *Component) links() []link {
	return []link{{KindZone, []string{k.Zone}}, {KindSurface, k.Surfaces}}
}

// A Surface is a group of points where an attacker can touch a system.
type Surface struct {
	Entry
	AI bool `json:"ai"` // only AI systems have it
}

// A Weakness is what threats make use of.
type Weakness struct {
	Entry
	Components []string   `json:"components"` // where it is found
	Refs       References `json:"refs"`
}

func (w *Weakness) references() []Reference { return w.Refs }
func (w *Weakness) links() []link           { return []link{{KindComponent, w.Components}} }

// A Zone is a trust zone.
type Zone struct {
	Entry
	Trust int `json:"trust"` // 0 to 4: how much what is inside is trusted
}

// A Stage is a stage of the lifecycle of a model.
type Stage struct{ Entry }

// A Concept is a term of the field.
type Concept struct {
	Entry
	See []string `json:"see"` // entries written KIND/SLUG, or KIND/* for all of a kind
}

// A Pattern is an attack tree that others can be built from.
type Pattern struct {
	Entry
	Stages     []string `json:"stages"`
	Assets     []string `json:"assets"`     // kinds that it is about
	Components []string `json:"components"` // kinds that it goes through

	src []byte
}

// Source returns the text of the tree.
func (p *Pattern) Source() []byte { return slices.Clone(p.src) }

func (p *Pattern) links() []link {
	return []link{{KindStage, p.Stages}, {KindAsset, p.Assets}, {KindComponent, p.Components}}
}

// A link names entries of one kind.
type link struct {
	kind  Kind
	slugs []string
}
