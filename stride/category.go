// Package stride is the vocabulary of STRIDE: six categories of threat, and the
// questions that they put to a data flow diagram.
//
// A [Category] is one of spoofing, tampering, repudiation, information
// disclosure, denial of service and elevation of privilege; a [Set] is any
// number of them. [PerElement] says which categories apply to a kind of element,
// [PerInteraction] and [Shostack] which apply where one element sends data to
// another. A [Diagram] holds the elements, trust boundaries and data flows of a
// system, and lists the threats that one of these tables finds in it. What
// others have written about STRIDE for learning systems is at hand as data:
// [AIAssets] and [MLThreats].
//
// STRIDE finds questions to ask, not weaknesses: a threat in a list may well
// have been answered long ago. All answers come in a fixed order.
package stride

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// A Category of threat.
type Category uint8

const (
	Spoofing Category = iota
	Tampering
	Repudiation
	InformationDisclosure
	DenialOfService
	ElevationOfPrivilege
)

// letters are the initials of the categories, in their order.
const letters = "STRIDE"

var categories = [...]struct{ word, name, property, meaning string }{
	{"spoofing", "Spoofing", "authenticity", "someone or something poses as another"},
	{"tampering", "Tampering", "integrity", "data or code is changed without leave"},
	{"repudiation", "Repudiation", "non-repudiation", "a deed is denied and cannot be proved"},
	{"information-disclosure", "Information Disclosure", "confidentiality", "someone learns what is not for him"},
	{"denial-of-service", "Denial of Service", "availability", "those who need it cannot use it"},
	{"elevation-of-privilege", "Elevation of Privilege", "authorization", "someone does what he has no right to do"},
}

func (c Category) valid() bool { return int(c) < len(categories) }

// String returns the word of the language: the full name in lower case with hyphens.
func (c Category) String() string {
	if !c.valid() {
		return fmt.Sprintf("Category(%d)", uint8(c))
	}
	return categories[c].word
}

// Letter returns the initial, one of S, T, R, I, D and E. Like Name, Property
// and Meaning it is empty for a value that is no category.
func (c Category) Letter() string {
	if !c.valid() {
		return ""
	}
	return letters[c : c+1]
}

// Name returns the name as a title, such as Denial of Service.
func (c Category) Name() string {
	if !c.valid() {
		return ""
	}
	return categories[c].name
}

// Property returns the property of a system that the threat breaks, such as integrity.
func (c Category) Property() string {
	if !c.valid() {
		return ""
	}
	return categories[c].property
}

// Meaning returns what happens, in a few words.
func (c Category) Meaning() string {
	if !c.valid() {
		return ""
	}
	return categories[c].meaning
}

// Parse reads a category: its full name or its letter, as String and Letter
// write them. Case counts.
func Parse(word string) (Category, error) {
	for c := range Every.All() {
		if word == c.String() || word == c.Letter() {
			return c, nil
		}
	}
	return 0, fmt.Errorf("stride: expected one of %s, or a letter of %s, found %q", strings.Join(words(), ", "), letters, word)
}

func words() []string {
	var list []string
	for c := range Every.All() {
		list = append(list, c.String())
	}
	return list
}

// MarshalText writes the full name.
func (c Category) MarshalText() ([]byte, error) {
	if !c.valid() {
		return nil, fmt.Errorf("stride: expected a category, found %v", c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads what [Parse] reads.
func (c *Category) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil {
		*c = parsed
	}
	return err
}

// A Set of categories. The zero Set is empty; sets compare with == and join
// with |.
type Set uint8

// Every is the set of all six categories.
const Every Set = 1<<len(letters) - 1

// SetOf returns the set of the given categories.
func SetOf(list ...Category) Set {
	var s Set
	for _, c := range list {
		s = s.Add(c)
	}
	return s
}

// ParseSet reads letters of STRIDE in any order, such as STI. No letters are the
// empty set.
func ParseSet(text string) (Set, error) {
	var s Set
	for _, r := range text {
		i := strings.IndexRune(letters, r)
		if i < 0 {
			return 0, fmt.Errorf("stride: expected letters of %s, found %q in %q", letters, r, text)
		}
		s = s.Add(Category(i))
	}
	return s, nil
}

// setOf is ParseSet for the letters in the tables of this package.
func setOf(text string) Set {
	s, _ := ParseSet(text)
	return s
}

// Add returns the set with c in it. What is no category is left out.
func (s Set) Add(c Category) Set { return s | 1<<c&Every }

// Has reports whether c is in the set.
func (s Set) Has(c Category) bool { return s&(1<<c)&Every != 0 }

// Len returns how many categories are in the set.
func (s Set) Len() int { return bits.OnesCount8(uint8(s & Every)) }

// All ranges over the categories of the set in the order of STRIDE.
func (s Set) All() iter.Seq[Category] {
	return func(yield func(Category) bool) {
		for c := range Category(len(letters)) {
			if s.Has(c) && !yield(c) {
				return
			}
		}
	}
}

// Slice returns the categories of the set in the order of STRIDE.
func (s Set) Slice() []Category { return slices.Collect(s.All()) }

// String returns the letters in the order of STRIDE, such as TID.
func (s Set) String() string {
	var b strings.Builder
	for c := range s.All() {
		b.WriteString(c.Letter())
	}
	return b.String()
}
