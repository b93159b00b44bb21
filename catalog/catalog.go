// Package catalog is what is known about threats to AI systems, so that nobody
// has to begin an attack tree with a blank page.
//
// [Default] is the catalogue that comes with the program: threats with the
// mitigations that help, adversaries, kinds of assets and components, attack
// surfaces, weaknesses, trust zones, lifecycle stages, concepts, and patterns,
// which are attack trees to build others from. [Load] reads a catalogue of one's
// own and puts it beside another one. [Catalog.Search] finds entries by their
// names, by words and by identifiers of other lists, also by those that have
// moved.
//
// A Catalog is an [attacktree.Library]: with it a model takes in
//
//	copy "catalog:model-theft" as theft { … }
//
// and references to ATLAS, OWASP, NIST and others are looked up. With a model at
// hand, [Cover] compares what STRIDE finds in its system with its nodes,
// [Suggest] proposes controls, the most valuable first, [Scaffold] writes a first
// tree, [TraceRisks] tells who answers for each risk until when, and [ByStride] and
// [ByStage] group the steps for a break-down of the risk.
//
// All of it is judgement but for the identifiers and names of other lists, which
// are facts with a source and an edition; where a number has a better basis, the
// entry says so. The file NOTICE names the sources and their terms.
package catalog

import (
	"embed"
	"fmt"
	"iter"
	"slices"
	"sync"
)

//go:embed data/*.json patterns/*.atree
var embedded embed.FS

// Default returns the catalogue that comes with the program.
func Default() *Catalog { return standard() }

var standard = sync.OnceValue(func() *Catalog {
	c, err := Load(nil, embedded)
	if err != nil { // a test reads the same files
		panic(fmt.Sprintf("catalog: the embedded data are broken: %v", err))
	}
	return c
})

// A Catalog holds entries by kind. It does not change, and many goroutines may
// use it; what it returns must not be changed either. The zero Catalog is empty.
type Catalog struct {
	threats     table[Threat, *Threat]
	patterns    table[Pattern, *Pattern]
	mitigations table[Mitigation, *Mitigation]
	adversaries table[Adversary, *Adversary]
	assets      table[AssetKind, *AssetKind]
	components  table[Component, *Component]
	surfaces    table[Surface, *Surface]
	weaknesses  table[Weakness, *Weakness]
	zones       table[Zone, *Zone]
	stages      table[Stage, *Stage]
	concepts    table[Concept, *Concept]

	lists []*List
	moves []*Move

	index index
}

// A table holds the entries of one kind in written order.
type table[T any, P interface {
	*T
	entryOf
}] struct {
	list []*T
	at   map[string]*T
}

func (t *table[T, P]) get(slug string) (*T, bool) {
	x, ok := t.at[slug]
	return x, ok
}

func (t *table[T, P]) has(slug string) bool { return t.at[slug] != nil }

func (t *table[T, P]) slugs() []string {
	slugs := make([]string, len(t.list))
	for i, x := range t.list {
		slugs[i] = P(x).Common().Slug
	}
	return slugs
}

// all yields the entries of the table in written order.
func (t *table[T, P]) all(yield func(entryOf) bool) bool {
	for _, x := range t.list {
		if !yield(P(x)) {
			return false
		}
	}
	return true
}

// Threats returns what may happen to an AI system.
func (c *Catalog) Threats() []*Threat { return c.threats.list }

// Patterns returns the attack trees that others can be built from.
func (c *Catalog) Patterns() []*Pattern { return c.patterns.list }

// Mitigations returns what makes threats harder or less bad.
func (c *Catalog) Mitigations() []*Mitigation { return c.mitigations.list }

// Adversaries returns who attacks, or errs.
func (c *Catalog) Adversaries() []*Adversary { return c.adversaries.list }

// AssetKinds returns the kinds of things that are worth protecting.
func (c *Catalog) AssetKinds() []*AssetKind { return c.assets.list }

// Components returns the kinds of parts that AI systems are made of.
func (c *Catalog) Components() []*Component { return c.components.list }

// Surfaces returns where an attacker can touch a system.
func (c *Catalog) Surfaces() []*Surface { return c.surfaces.list }

// Weaknesses returns what threats make use of.
func (c *Catalog) Weaknesses() []*Weakness { return c.weaknesses.list }

// Zones returns the trust zones, in which components usually stand.
func (c *Catalog) Zones() []*Zone { return c.zones.list }

// Stages returns the stages of the lifecycle of a model.
func (c *Catalog) Stages() []*Stage { return c.stages.list }

// Concepts returns the terms of the field.
func (c *Catalog) Concepts() []*Concept { return c.concepts.list }

// Lists returns the lists of identifiers that entries refer to, older editions
// before newer ones.
func (c *Catalog) Lists() []*List { return c.lists }

// Threat returns the threat with that slug.
func (c *Catalog) Threat(slug string) (*Threat, bool) { return c.threats.get(slug) }

// Mitigation returns the mitigation with that slug.
func (c *Catalog) Mitigation(slug string) (*Mitigation, bool) { return c.mitigations.get(slug) }

// Component returns the kind of component with that slug.
func (c *Catalog) Component(slug string) (*Component, bool) { return c.components.get(slug) }

// PatternEntry returns the pattern with that slug; [Catalog.Pattern] returns its
// text alone.
func (c *Catalog) PatternEntry(slug string) (*Pattern, bool) { return c.patterns.get(slug) }

// Entries yields all entries, kind by kind, each a pointer such as *Threat.
func (c *Catalog) Entries() iter.Seq[Described] {
	return func(yield func(Described) bool) {
		each := func(x entryOf) bool { return yield(x) }
		for _, all := range []func(func(entryOf) bool) bool{
			c.threats.all, c.patterns.all, c.mitigations.all, c.adversaries.all, c.assets.all, c.components.all,
			c.surfaces.all, c.weaknesses.all, c.zones.all, c.stages.all, c.concepts.all,
		} {
			if !all(each) {
				return
			}
		}
	}
}

// Lookup returns the entries that a word names: the one with that slug, perhaps
// of several kinds, or written KIND/SLUG; and otherwise those that refer to the
// word as an identifier of another list, such as ATLAS:AML.T0051, LLM01:2025 or
// CWE-1427. An identifier that has moved finds what its new one finds.
func (c *Catalog) Lookup(word string) []Described {
	if found := c.index.slugs[word]; found != nil {
		return found
	}
	return c.index.cited(c, word)
}

// NamedBy returns the entries that name an entry: the threats that a mitigation
// helps against, the components of a zone, and so on.
func (c *Catalog) NamedBy(x Described) []Described {
	e := x.Common()
	var found []Described
	for other := range c.Entries() {
		for _, l := range other.(entryOf).links() {
			if l.kind == e.Kind && slices.Contains(l.slugs, e.Slug) {
				found = append(found, other)
				break
			}
		}
	}
	return found
}
