package attacktree

import (
	"cmp"
	"fmt"
	"time"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
	"github.com/atree-dev/atree/stride"
)

// A Model is an attack tree as plain data: what a file says, or what a program
// builds. [New] checks it and makes a [Tree] of it.
//
// Names are identities: nodes refer to each other, and controls to nodes, by
// name. Names of what was imported or copied carry the name of the import and a
// dot. Numbers that are not given are the zero [quantity.Value].
type Model struct {
	Title    string
	File     string  // where it was read from; empty if it was built in Go
	Currency string  // such as USD; empty if not given
	Period   float64 // days that attempts, rates and costs of controls refer to; 0 means 365
	Owner    string
	Note     string
	Review   Review

	Params      []*Param
	Assets      []*Asset
	Adversaries []*Adversary
	Nodes       []*Node
	Controls    []*Control
	Sets        []*Set
	System      *System // nil if none is given
	Acceptances []*Acceptance

	Correlations []*Correlation

	Span diag.Span
}

// A Review says when something was, or is next to be, looked at again.
type Review struct {
	Last  Date    // reviewed DATE
	Every float64 // every DURATION, in days; 0: not said
	Next  Date    // review DATE
}

// Due returns the day on which the review falls due, and false if none is known.
func (r Review) Due() (Date, bool) {
	switch {
	case r.Next != Date{}:
		return r.Next, true
	case r.Last != Date{} && r.Every > 0:
		return r.Last.AddDays(int(r.Every)), true
	}
	return Date{}, false
}

// A Date is a day of the Gregorian calendar. The zero Date is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String returns the date as YYYY-MM-DD, and "" for the zero Date.
func (d Date) String() string {
	if d == (Date{}) {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// Compare returns -1, 0 or +1 as d lies before, on or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// A Param is a named number, perhaps uncertain; every use of it is the same draw.
type Param struct {
	Name  string
	Value quantity.Value
	Unit  Unit
	Basis string
	Note  string
	Span  diag.Span
}

// A Correlation says that params go together: every two of them have the same
// rank correlation, by the Gaussian copula (see [quantity.Copula]). Params that no
// Correlation names together are drawn independently.
type Correlation struct {
	Params []string // two or more, all uncertain
	Rank   float64  // Spearman's, from -1 to 1
	Basis  string
	Note   string
	Span   diag.Span
}

// An Asset is something worth protecting.
type Asset struct {
	Name, Label string
	Value       quantity.Value // money; the default gain of an economic attacker
	Kind        string
	Owner       string
	Note        string
	Span        diag.Span
}

// An Adversary is somebody who attacks. Limits that are not given do not bind.
type Adversary struct {
	Name, Label string
	Budget      quantity.Value // money
	Skill       *int           // 0 to 10
	Time        quantity.Value // days
	Attempts    quantity.Value // per period
	Access      []string       // nil: has all
	Gain        quantity.Value // money
	Note        string
	Span        diag.Span
}

// Gate says how a node depends on its children.
type Gate uint8

const (
	Step      Gate = iota // a leaf: something that the attacker does
	Condition             // a leaf that nobody does: a fact, a state of the victim, an accident
	Or                    // any child
	And                   // all children
	Seq                   // all children, in the written order
	AtLeast               // K children or more

	// The language has no words for these two; models of other tools have them.
	Not // while its only child is not reached
	Xor // an odd number of children; two or more
)

var gateNames = [...]string{"step", "condition", "or", "and", "seq", "atleast", "not", "xor"}

// String returns the word of the language, or "not" or "xor".
func (g Gate) String() string {
	if int(g) < len(gateNames) {
		return gateNames[g]
	}
	return fmt.Sprintf("Gate(%d)", uint8(g))
}

// Leaf reports whether the gate is a [Step] or a [Condition].
func (g Gate) Leaf() bool { return g == Step || g == Condition }

// A Node is an event of the tree: it is reached, or not, once. A number that is the
// zero Value is not given: a likelihood is then 1, cost, time, impact and detection 0.
type Node struct {
	Name, Label string
	Gate        Gate
	K           int  // of AtLeast
	Goal        bool // a node that is analysed
	Children    []string

	Cost       quantity.Value // money, paid once by each attack that includes the own step
	Likelihood quantity.Value // that the own step succeeds once its gate holds, per attempt
	Impact     quantity.Value // money lost when the node is reached
	Time       quantity.Value // days that the own step takes
	Detection  quantity.Value // that an attempt of the own step is noticed
	Assume     quantity.Value // likelihood that stands in for the whole subtree
	Rate       quantity.Value // of a Condition: accidents per period
	Attempts   quantity.Value // of a goal: per period
	Skill      *int           // 0 to 10
	Access     []string       // what an adversary must have
	For        []Override

	Stride  []stride.Category
	Threats []string // slugs of the catalogue
	Assets  []string
	At      []string // elements of the system
	Refs    []string // identifiers elsewhere, such as ATLAS:AML.T0051
	Tags    []string
	Owner   string
	Note    string
	Basis   []Basis

	Span diag.Span
}

// An Override replaces numbers of a node against some adversaries.
type Override struct {
	Adversaries []string
	Cost        quantity.Value
	Likelihood  quantity.Value
	Time        quantity.Value
	Detection   quantity.Value
	Skill       *int
}

// A Basis says where numbers come from.
type Basis struct {
	Attribute string // empty: all numbers of the block
	Text      string
}

// Status is how far a control has got.
type Status uint8

const (
	Proposed Status = iota
	Planned
	Deployed
	Retired
)

var statusNames = [...]string{"proposed", "planned", "deployed", "retired"}

// String returns the word of the language.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// A Control is a mitigation: something that makes attacks harder or less bad.
type Control struct {
	Name, Label string
	Cost        quantity.Value // money per period
	Status      Status
	Kind        string // prevent, detect, respond, or empty
	Owner       string
	Note        string
	Review      Review
	Threats     []string
	Refs        []string
	Tags        []string
	Basis       []Basis
	BypassedBy  []string // nodes; reaching any of them switches the control off
	Requires    []string // controls
	Excludes    []string // controls
	Effects     []Effect
	Span        diag.Span
}

// An Effect is one `on` block of a control: the same changes on each of the
// nodes that match a target, once for each node.
type Effect struct {
	Targets []Target
	Changes []Change
	Span    diag.Span
}

// TargetKind says what a [Target] names.
type TargetKind uint8

const (
	OnNode   TargetKind = iota // one node
	OnThreat                   // every node that carries the threat
	OnTag                      // every node that carries the tag
)

// A Target of an effect or of an acceptance.
type Target struct {
	Kind TargetKind
	Name string
}

// Attribute is a number of a node that a control can change.
type Attribute uint8

const (
	Likelihood Attribute = iota
	Impact
	Cost
	Time
	Skill
	Detection
)

var attributeNames = [...]string{"likelihood", "impact", "cost", "time", "skill", "detection"}

// String returns the word of the language.
func (a Attribute) String() string {
	if int(a) < len(attributeNames) {
		return attributeNames[a]
	}
	return fmt.Sprintf("Attribute(%d)", uint8(a))
}

// Op says how a [Change] acts.
type Op uint8

const (
	Multiply Op = iota // likelihood, impact: by a factor in [0, 1]; cost, time: by a factor of at least 1
	Subtract           // impact: money is taken off, not below 0
	Add                // cost, time
	AtMost             // likelihood: a cap
	Raise              // skill, detection: at least this
	Block              // the own step cannot succeed; a condition is never met. No attribute, no value
)

// A Change is one effect on one attribute. `likelihood -90%` and
// `likelihood *0.1` are both Multiply by 0.1; the value of the former is
// written as a reduction, and Reduction is then true: the factor is 1 - Value.
type Change struct {
	Attribute Attribute
	Op        Op
	Value     quantity.Value
	Reduction bool
}

// A Set is a named mitigation set. Members are controls or other sets.
type Set struct {
	Name    string
	Members []string
	Span    diag.Span
}

// An Acceptance records that a risk is accepted.
type Acceptance struct {
	Target  Target
	Element string // instead of Target: an element of the system …
	Stride  []stride.Category
	Reason  string
	Owner   string
	Until   Date
	Review  Review
	Note    string
	Span    diag.Span
}

// A System is the architecture as a data flow diagram.
type System struct {
	Label      string
	Owner      string
	Note       string
	Boundaries []*Boundary
	Elements   []*Element
	Flows      []*Flow
	Span       diag.Span
}

// A Boundary is a trust boundary.
type Boundary struct {
	Name, Label string
	Kind        string
	Parent      string // the boundary around it; empty at the top
	Owner, Note string
	Span        diag.Span
}

// An Element is an external entity, a process or a data store.
type Element struct {
	Name, Label string
	Kind        stride.ElementKind
	Boundary    string // empty: outside all
	Components  []string
	Assets      []string
	Owner, Note string
	Span        diag.Span
}

// A Flow is a data flow in one direction.
type Flow struct {
	Name, Label string
	From, To    string
	Boundary    string // in whose block it is written
	Assets      []string
	Owner, Note string
	Span        diag.Span
}

// Unit is what a number counts.
type Unit uint8

const (
	Plain    Unit = iota // a bare number: a count, a factor; fits money and shares too
	Share                // 0 to 1
	Money                // in the model's currency
	Duration             // days
)

var unitNames = [...]string{"plain", "share", "money", "duration"}

// String returns the name of the unit.
func (u Unit) String() string {
	if int(u) < len(unitNames) {
		return unitNames[u]
	}
	return fmt.Sprintf("Unit(%d)", uint8(u))
}
