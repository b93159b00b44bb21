package stride

import (
	"fmt"
	"slices"
	"strings"
)

// ElementKind is a kind of element in a data flow diagram. The zero ElementKind
// is none of them.
type ElementKind uint8

const (
	External ElementKind = iota + 1 // a person or system outside our control
	Process                         // running code
	Store                           // data at rest
	Flow                            // data on its way, in one direction
)

var elementWords = []string{"none", "external", "process", "store", "flow"}

// String returns the word of the language.
func (k ElementKind) String() string {
	if int(k) < len(elementWords) {
		return elementWords[k]
	}
	return fmt.Sprintf("ElementKind(%d)", uint8(k))
}

// ParseElementKind reads external, process, store or flow.
func ParseElementKind(word string) (ElementKind, error) {
	if i := slices.Index(elementWords, word); i > 0 {
		return ElementKind(i), nil
	}
	return 0, fmt.Errorf("stride: expected one of %s, found %q", strings.Join(elementWords[1:], ", "), word)
}

// MarshalText writes the word of the language.
func (k ElementKind) MarshalText() ([]byte, error) {
	if k < External || k > Flow {
		return nil, fmt.Errorf("stride: expected a kind of element, found %v", k)
	}
	return []byte(k.String()), nil
}

// UnmarshalText reads what [ParseElementKind] reads.
func (k *ElementKind) UnmarshalText(text []byte) error {
	parsed, err := ParseElementKind(string(text))
	if err == nil {
		*k = parsed
	}
	return err
}

// PerElement returns the categories that apply to a kind of element, the table
// known as STRIDE per element (Hernan, Lambert, Ostwald, Shostack: Uncover
// Security Design Flaws Using the STRIDE Approach, MSDN Magazine, November 2006;
// Shostack: Threat Modeling, 2014, chapter 3). HoldsLogs matters to a store only.
//
//	            S  T  R  I  D  E
//	external    x     x
//	process     x  x  x  x  x  x
//	store          x  ?  x  x
//	flow           x     x  x
//
// The doubtful cell is the repudiation of a store. The table marks it as
// applying where the store holds logs, since these are what a denial is settled
// by; Threat Dragon asks it of every store. We follow the table. Trust
// boundaries have no row: they make the flows that cross them more urgent.
func PerElement(kind ElementKind, holdsLogs bool) Set {
	switch kind {
	case External:
		return setOf("SR")
	case Process:
		return Every
	case Store:
		if holdsLogs {
			return setOf("TRID")
		}
		return setOf("TID")
	case Flow:
		return setOf("TID")
	}
	return 0
}
