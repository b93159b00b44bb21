package dsl

import (
	"fmt"

	"github.com/atree-dev/atree/attacktree/diag"
)

// The syntax tree: what is written, and where. It knows no names, no ranges and
// no cycles; package attacktree gives it its meaning.

// A File is the syntax of one source text, in written order.
type File struct {
	Source   *diag.Source
	Decls    []Decl    // whatever could be read, also of a file with errors
	Comments []Comment // all comments, in order; the formatter puts them back
}

// A Comment runs from # to the end of its line.
type Comment struct {
	Span diag.Span // with the #, without trailing blanks
	Own  bool      // nothing but blanks stands before it on its line
}

// A Decl is a declaration: *Model, *Import, *Copy, *Param, *Correlate, *Asset, *Adversary,
// *Node, *Control, *Set, *System or *Accept.
type Decl interface {
	Place() diag.Span
	decl()
}

// An Item is an entry of a block: *Attr, *Basis, *Node, *Use, *For, *On,
// *ParamValue, *NodeValues, *Boundary, *Element or *Flow.
type Item interface {
	Place() diag.Span
	item()
}

// A Word is a name or a keyword as written, such as theft.root or OWASP:LLM01:2025.
type Word struct {
	Text string
	Span diag.Span
}

// A Text is a string literal.
type Text struct {
	Value string // escapes resolved; of a """ string, the common indent removed
	Long  bool   // written with """
	Span  diag.Span
}

// A Block is what stands between { and }.
type Block struct {
	Items []Item
	Span  diag.Span // from { to the end of }
}

// Model is `model "title" { … }`.
type Model struct {
	Title *Text
	Body  *Block
	Span  diag.Span
}

// Import is `import "path" as name`.
type Import struct {
	Path Text
	Name Word
	Span diag.Span
}

// Copy is `copy "path" as name { param x VALUE  node n { ATTRIBUTES } }`.
type Copy struct {
	Path Text
	Name Word
	Body *Block // *ParamValue, *NodeValues; nil if there is none
	Span diag.Span
}

// ParamValue is `param x VALUE` in the block of a copy.
type ParamValue struct {
	Name  Word
	Value Value
	Span  diag.Span
}

// NodeValues is `node n { ATTRIBUTES }` in the block of a copy.
type NodeValues struct {
	Name Word
	Body *Block
	Span diag.Span
}

// Param is `param name VALUE { … }`.
type Param struct {
	Name  Word
	Value Value
	Body  *Block
	Span  diag.Span
}

// Correlate is `correlate param, param 60% { … }`: every two of the params have
// this rank correlation.
type Correlate struct {
	Params   []Word // two or more
	Negative bool   // a minus stands before the number
	Rank     *Number
	Body     *Block
	Span     diag.Span
}

// Asset is `asset name "label" { … }`.
type Asset struct {
	Name  Word
	Label *Text
	Body  *Block
	Span  diag.Span
}

// Adversary is `adversary name "label" { … }`.
type Adversary struct {
	Name  Word
	Label *Text
	Body  *Block
	Span  diag.Span
}

// Node is `[goal] GATE name "label" { … }`, as a declaration or inside a node's block.
type Node struct {
	Goal  bool
	Gate  Word    // step, condition, or, and, seq, atleast
	K     *Number // of atleast
	Name  Word
	Label *Text
	Body  *Block // nil if there is none
	Span  diag.Span
}

// Control is `control name "label" { … }`.
type Control struct {
	Name  Word
	Label *Text
	Body  *Block
	Span  diag.Span
}

// Set is `set name { member, member }`.
type Set struct {
	Name    Word
	Members []Word
	Span    diag.Span
}

// System is `system "label" { … }`.
type System struct {
	Label *Text
	Body  *Block // *Boundary, *Element, *Flow, *Attr
	Span  diag.Span
}

// Boundary is `boundary name "label" { … }`.
type Boundary struct {
	Name  Word
	Label *Text
	Body  *Block
	Span  diag.Span
}

// Element is `external|process|store name "label" { … }`.
type Element struct {
	Kind  Word
	Name  Word
	Label *Text
	Body  *Block
	Span  diag.Span
}

// Flow is `flow name from -> to "label" { … }`.
type Flow struct {
	Name, From, To Word
	Label          *Text
	Body           *Block
	Span           diag.Span
}

// Accept is `accept TARGET "reason" { … }` or `accept at element stride category, … "reason" { … }`.
type Accept struct {
	Target Target // of kind TargetNode, TargetThreat, TargetTag or TargetElement
	Stride []Word // with TargetElement
	Reason *Text
	Body   *Block
	Span   diag.Span
}

// TargetKind says what a target names.
type TargetKind uint8

const (
	TargetNode    TargetKind = iota // name
	TargetThreat                    // threat slug
	TargetTag                       // tag name
	TargetElement                   // at element (of accept only)
)

// A Target names a node, or all nodes with a threat or a tag.
type Target struct {
	Kind TargetKind
	Name Word
	Span diag.Span
}

// Use is `use name` inside a node's block.
type Use struct {
	Name Word
	Span diag.Span
}

// For is `for adversary, … { … }`: other numbers against these adversaries.
type For struct {
	Adversaries []Word
	Body        *Block
	Span        diag.Span
}

// On is `on TARGET, TARGET { EFFECT … }`: what a control does. Its items are
// *Attr whose value is an effect.
type On struct {
	Targets []Target
	Body    *Block
	Span    diag.Span
}

// Basis is `basis "…"` or `basis cost "…"`: where numbers come from.
type Basis struct {
	Attr *Word // nil: of all numbers of the block
	Text Text
	Span diag.Span
}

// Attr is one attribute: a keyword and what follows it. Which of the fields
// are filled depends on the keyword alone:
//
//	a number           Values (one)   cost likelihood impact time skill detection rate assume attempts
//	                                  value budget gain period (of a model), and effects below on
//	words              Words          stride threat refs tags access asset at bypassed requires excludes
//	                                  currency kind status component
//	a text             Text           owner note label
//	dates              Date, Every    reviewed DATE [every DURATION], review DATE, until DATE
//	nothing            –              block (an effect)
//
// Strings in place of words (quoted references) are in Words too.
type Attr struct {
	Key   Word
	Value *Value
	Words []Word
	Text  *Text
	Date  *Date
	Every *Value
	Span  diag.Span
}

// A Date is written YYYY-MM-DD.
type Date struct {
	Year, Month, Day int
	Span             diag.Span
}

// Op says how an effect changes a number.
type Op uint8

const (
	OpNone   Op = iota // 4, 80%: the number itself
	OpMinus            // -90%, -200k
	OpPlus             // +15k, +30d
	OpTimes            // *0.1
	OpAtMost           // <=5%
)

var opSigns = [...]string{"", "-", "+", "*", "<="}

// String returns the operator as written.
func (o Op) String() string {
	if int(o) < len(opSigns) {
		return opSigns[o]
	}
	return fmt.Sprintf("Op(%d)", uint8(o))
}

// A Value is a number, certain or not, with an operator if it is an effect.
type Value struct {
	Op     Op
	Expr   Expr
	Parens bool // written in parentheses, as in -(60%..95%)
	Span   diag.Span
}

// An Expr is *Number, *Range, *Call or *Ref.
type Expr interface {
	Place() diag.Span
	expr()
}

// A Number is a literal with its unit: 1_000, 2e6, 5k, 30%, 14d.
type Number struct {
	Value float64 // in base units: the multiplier applied, % as a share, durations in days
	Unit  Unit
	Span  diag.Span
}

// Unit is the kind of unit a literal was written with.
type Unit uint8

const (
	Plain Unit = iota // none, or k, M, B
	Share             // %
	Days              // min h d w mo y
)

// Range is `a..b`, a 90 % interval.
type Range struct {
	Lo, Hi *Number
	Span   diag.Span
}

// Call is a distribution: uniform, triangular, pert, lognormal or beta.
type Call struct {
	Func Word
	Args []Expr // *Number, or one *Range for lognormal
	Span diag.Span
}

// Ref is a param, perhaps scaled: name, 2 * name, name * 50%.
type Ref struct {
	Name   Word
	Factor *Number // nil: 1
	Span   diag.Span
}

func (d *Model) Place() diag.Span      { return d.Span }
func (d *Import) Place() diag.Span     { return d.Span }
func (d *Copy) Place() diag.Span       { return d.Span }
func (d *Param) Place() diag.Span      { return d.Span }
func (d *Correlate) Place() diag.Span  { return d.Span }
func (d *Asset) Place() diag.Span      { return d.Span }
func (d *Adversary) Place() diag.Span  { return d.Span }
func (d *Node) Place() diag.Span       { return d.Span }
func (d *Control) Place() diag.Span    { return d.Span }
func (d *Set) Place() diag.Span        { return d.Span }
func (d *System) Place() diag.Span     { return d.Span }
func (d *Accept) Place() diag.Span     { return d.Span }
func (i *Attr) Place() diag.Span       { return i.Span }
func (i *Basis) Place() diag.Span      { return i.Span }
func (i *Use) Place() diag.Span        { return i.Span }
func (i *For) Place() diag.Span        { return i.Span }
func (i *On) Place() diag.Span         { return i.Span }
func (i *ParamValue) Place() diag.Span { return i.Span }
func (i *NodeValues) Place() diag.Span { return i.Span }
func (i *Boundary) Place() diag.Span   { return i.Span }
func (i *Element) Place() diag.Span    { return i.Span }
func (i *Flow) Place() diag.Span       { return i.Span }
func (e *Number) Place() diag.Span     { return e.Span }
func (e *Range) Place() diag.Span      { return e.Span }
func (e *Call) Place() diag.Span       { return e.Span }
func (e *Ref) Place() diag.Span        { return e.Span }

func (*Model) decl()     {}
func (*Import) decl()    {}
func (*Copy) decl()      {}
func (*Param) decl()     {}
func (*Correlate) decl() {}
func (*Asset) decl()     {}
func (*Adversary) decl() {}
func (*Node) decl()      {}
func (*Control) decl()   {}
func (*Set) decl()       {}
func (*System) decl()    {}
func (*Accept) decl()    {}

func (*Attr) item()       {}
func (*Basis) item()      {}
func (*Node) item()       {}
func (*Use) item()        {}
func (*For) item()        {}
func (*On) item()         {}
func (*ParamValue) item() {}
func (*NodeValues) item() {}
func (*Boundary) item()   {}
func (*Element) item()    {}
func (*Flow) item()       {}

func (*Number) expr() {}
func (*Range) expr()  {}
func (*Call) expr()   {}
func (*Ref) expr()    {}
