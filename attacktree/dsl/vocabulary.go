package dsl

import (
	"slices"
	"strings"
)

// The one table of the language's keywords: what follows each of them, and
// which of them may stand in which block. The parser, the formatter, the hints
// of the messages and the tests all read it.

// A form says what follows a keyword.
type form uint8

const (
	formValue      form = iota // VALUE, or an effect in the block of an "on"
	formWord                   // word
	formWords                  // word, word
	formRefs                   // word, "text"
	formBy                     // by word, word
	formText                   // "text"
	formDate                   // DATE
	formReviewed               // DATE [every DURATION]
	formNothing                //
	formBasis                  // [attribute] "text"
	formNode                   // name ["label"] [block], for atleast K before the name
	formUse                    // name
	formFor                    // adversary, … block
	formOn                     // TARGET, … block
	formBoundary               // name ["label"] [block]
	formElement                // name ["label"] [block]
	formFlow                   // name from -> to ["label"] [block]
	formParamValue             // name VALUE
	formNodeValues             // name block
)

// attribute reports whether what follows belongs to an Attr or a Basis rather
// than to an item with a name or a block of its own.
func (f form) attribute() bool { return f <= formBasis }

// A keyword begins an item of a block.
type keyword struct {
	name string
	form form
	want string // what must follow, with an example, for messages
	id   uint   // its place in the table
}

var keywords = byName([]keyword{
	{name: "cost", form: formValue, want: "a cost, such as 5k or 2k..10k"},
	{name: "likelihood", form: formValue, want: "a likelihood, such as 30% or pert(10%, 30%, 60%)"},
	{name: "impact", form: formValue, want: "an impact, such as 2M or 1M..5M"},
	{name: "time", form: formValue, want: "a time, such as 14d or 2w..6w"},
	{name: "skill", form: formValue, want: "a skill from 0 to 10, such as 3"},
	{name: "detection", form: formValue, want: "a share, such as 40%"},
	{name: "assume", form: formValue, want: "a likelihood, such as 30%"},
	{name: "rate", form: formValue, want: "a number per period, such as 0.5"},
	{name: "attempts", form: formValue, want: "a number per period, such as 2"},
	{name: "value", form: formValue, want: "an amount of money, such as 50M"},
	{name: "budget", form: formValue, want: "an amount of money, such as 100k"},
	{name: "gain", form: formValue, want: "an amount of money, such as 1M"},
	{name: "period", form: formValue, want: "a time, such as 1y"},
	{name: "currency", form: formWord, want: "a currency, such as USD"},
	{name: "kind", form: formWord, want: "a kind, in one word"},
	{name: "status", form: formWord, want: "proposed, planned, deployed or retired"},
	{name: "component", form: formWord, want: "a kind of component"},
	{name: "stride", form: formWords, want: "a STRIDE category, such as spoofing"},
	{name: "threat", form: formWords, want: "a threat of the catalogue"},
	{name: "access", form: formWords, want: "a name of an access"},
	{name: "asset", form: formWords, want: "the name of an asset"},
	{name: "at", form: formWords, want: "the name of an element"},
	{name: "tags", form: formWords, want: "a tag"},
	{name: "refs", form: formRefs, want: "a reference, such as ATTACK:T1566"},
	{name: "bypassed", form: formBy, want: "the name of a node"},
	{name: "requires", form: formWords, want: "the name of a control"},
	{name: "excludes", form: formWords, want: "the name of a control"},
	{name: "owner", form: formText, want: `a text in quotes`},
	{name: "note", form: formText, want: `a text in quotes`},
	{name: "reviewed", form: formReviewed, want: "a date, such as 2026-11-01"},
	{name: "review", form: formDate, want: "a date, such as 2027-03-01"},
	{name: "until", form: formDate, want: "a date, such as 2027-03-01"},
	{name: "block", form: formNothing},
	{name: "basis", form: formBasis, want: "a text in quotes"},
	{name: "step", form: formNode},
	{name: "condition", form: formNode},
	{name: "or", form: formNode},
	{name: "and", form: formNode},
	{name: "seq", form: formNode},
	{name: "atleast", form: formNode},
	{name: "use", form: formUse, want: "the name of a node"},
	{name: "for", form: formFor, want: "the name of an adversary"},
	{name: "on", form: formOn, want: "a node, threat or tag"},
	{name: "boundary", form: formBoundary},
	{name: "external", form: formElement},
	{name: "process", form: formElement},
	{name: "store", form: formElement},
	{name: "flow", form: formFlow},
	{name: "param", form: formParamValue, want: "the name of a param"},
	{name: "node", form: formNodeValues, want: "the name of a node"},
})

func byName(table []keyword) map[string]*keyword {
	m := make(map[string]*keyword, len(table))
	for i := range table {
		table[i].id = uint(i)
		m[table[i].name] = &table[i]
	}
	return m
}

// A block says which keywords may begin an item between a { and its }.
type block struct {
	name  string // as in "in the block of a step"
	holds string // what to expect in it, for messages
	keys  map[string]*keyword
	names []string // the keys in the order of the table below
}

func newBlock(name, holds, keys string) *block {
	b := &block{name: name, holds: holds, keys: map[string]*keyword{}, names: strings.Fields(keys)}
	for _, k := range b.names {
		b.keys[k] = keywords[k]
	}
	return b
}

const (
	gates   = "step condition or and seq atleast "
	numbers = "cost likelihood impact time skill access detection assume rate attempts "
)

var (
	blockModel     = newBlock("a model", "an attribute of the model", "currency period owner reviewed review note")
	blockCopy      = newBlock("a copy", `"param", "node"`, "param node")
	blockParam     = newBlock("a param", `"basis", "note"`, "basis note")
	blockCorrelate = newBlock("a correlation", `"basis", "note"`, "basis note")
	blockAsset     = newBlock("an asset", "an attribute of the asset", "value kind owner note")
	blockAdversary = newBlock("an adversary", "an attribute of the adversary", "budget skill time attempts access gain note")
	blockNode      = newBlock("a node", "an attribute, a node", numbers+"stride threat asset at refs tags owner note basis use for "+gates)
	blockValues    = newBlock("a node that is copied", "an attribute", numbers+"stride threat asset at refs tags owner note basis")
	blockFor       = newBlock(`"for"`, "a number", "cost likelihood time skill detection")
	blockControl   = newBlock("a control", `an attribute, "on"`, "cost status owner reviewed review kind threat refs tags basis note bypassed requires excludes on")
	blockOn        = newBlock(`"on"`, "an effect", "likelihood impact cost time skill detection block")
	blockAccept    = newBlock(`"accept"`, "an attribute", "owner until reviewed review note")
	blockSystem    = newBlock("a system", "a boundary, an element, a flow", "owner note boundary external process store flow")
	blockBoundary  = newBlock("a boundary", "an element, an attribute", "kind owner note boundary external process store")
	blockElement   = newBlock("an element", "an attribute", "component asset owner note")
	blockFlow      = newBlock("a flow", "an attribute", "asset owner note")
)

var blocks = []*block{blockModel, blockCopy, blockParam, blockCorrelate, blockAsset, blockAdversary, blockNode, blockValues, blockFor,
	blockControl, blockOn, blockAccept, blockSystem, blockBoundary, blockElement, blockFlow}

// declarations maps the word that begins a declaration to its block; nil for
// those whose braces, if any, hold no items.
var declarations = map[string]*block{
	"model": blockModel, "import": nil, "copy": blockCopy, "param": blockParam, "correlate": blockCorrelate, "asset": blockAsset,
	"adversary": blockAdversary, "goal": blockNode,
	"step": blockNode, "condition": blockNode, "or": blockNode, "and": blockNode, "seq": blockNode, "atleast": blockNode,
	"control": blockControl, "set": nil, "system": blockSystem, "accept": blockAccept,
}

var declarationNames = strings.Fields("model import copy param correlate asset adversary goal " + gates + "control set system accept")

// homes returns the blocks that may hold the keyword, in the order of the table.
func homes(key string) []*block {
	var out []*block
	for _, b := range blocks {
		if b.keys[key] != nil {
			out = append(out, b)
		}
	}
	return out
}

// units maps each unit to its kind and to its factor 10^shift * mul / div,
// kept apart so that 7% is the float64 nearest to 0.07.
var units = map[string]struct {
	unit     Unit
	shift    int
	mul, div float64
}{
	"":  {Plain, 0, 1, 1},
	"k": {Plain, 3, 1, 1}, "M": {Plain, 6, 1, 1}, "B": {Plain, 9, 1, 1},
	"%":   {Share, -2, 1, 1},
	"min": {Days, 0, 1, 24 * 60}, "h": {Days, 0, 1, 24}, "d": {Days, 0, 1, 1}, "w": {Days, 0, 7, 1},
	"mo": {Days, 0, 365, 12}, "y": {Days, 0, 365, 1},
}

// distributions maps each function to its arguments, for messages.
var distributions = map[string]struct {
	args int // numbers; 0 stands for one interval
	form string
}{
	"uniform":    {2, "uniform(least, greatest)"},
	"triangular": {3, "triangular(least, most likely, greatest)"},
	"pert":       {3, "pert(least, most likely, greatest)"},
	"lognormal":  {0, "lognormal(low..high)"},
	"beta":       {2, "beta(a, b)"},
}

var distributionNames = []string{"uniform", "triangular", "pert", "lognormal", "beta"}

// notNodes are the words that say what kind of target follows, so no node can
// be called so.
var notNodes = []string{"threat", "tag", "at"}

func isKeywordOf(b *block, word string) bool { return b != nil && b.keys[word] != nil }

func isNotNode(word string) bool { return slices.Contains(notNodes, word) }
