package dsl

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/atree-dev/atree/attacktree/diag"
)

// The declarations, as a grammar for participle in struct tags. What only
// blocks and values need is read by hand (parser.go) where the grammar has a
// Block, Value, Target or Members. So are nodes, at the top as inside of others:
// they are nearly all of a large file, and there the interpreted grammar would
// take ten times as long.

type rule interface {
	// build makes the declaration of what was read, nil if that was faulty.
	build(p *parser) Decl
}

type declaration struct {
	Rule rule `parser:"@@"`
}

type modelRule struct {
	Title labelPart `parser:"'model':Word @@?"`
	Body  blockPart `parser:"@@?"`
}

type importRule struct {
	Path lexer.Token `parser:"'import':Word @Text"`
	Name lexer.Token `parser:"'as':Word @Word"`
}

type copyRule struct {
	Path lexer.Token `parser:"'copy':Word @Text"`
	Name lexer.Token `parser:"'as':Word @Word"`
	Body blockPart   `parser:"@@?"`
}

type paramRule struct {
	Name  lexer.Token `parser:"'param':Word @Word"`
	Value valuePart   `parser:"@@"`
	Body  blockPart   `parser:"@@?"`
}

type correlateRule struct {
	Head correlationPart `parser:"'correlate':Word @@"`
	Body blockPart       `parser:"@@?"`
}

type assetRule struct {
	Name  lexer.Token `parser:"'asset':Word @Word"`
	Label labelPart   `parser:"@@?"`
	Body  blockPart   `parser:"@@?"`
}

type adversaryRule struct {
	Name  lexer.Token `parser:"'adversary':Word @Word"`
	Label labelPart   `parser:"@@?"`
	Body  blockPart   `parser:"@@?"`
}

type controlRule struct {
	Name  lexer.Token `parser:"'control':Word @Word"`
	Label labelPart   `parser:"@@?"`
	Body  blockPart   `parser:"@@?"`
}

type setRule struct {
	Name    lexer.Token `parser:"'set':Word @Word"`
	Members membersPart `parser:"@@"`
}

type systemRule struct {
	Label labelPart `parser:"'system':Word @@?"`
	Body  blockPart `parser:"@@?"`
}

type acceptRule struct {
	Element *lexer.Token  `parser:"'accept':Word ( 'at':Word @Word"`
	Stride  []lexer.Token `parser:"'stride':Word @( Word ( ',':Punct Word )* )"`
	Target  targetPart    `parser:"| @@ )"`
	Reason  labelPart     `parser:"@@?"`
	Body    blockPart     `parser:"@@?"`
}

// The parts that are read by hand. Participle wants an interface for each.
type (
	blockPart   interface{ block() *Block }
	valuePart   interface{ value() *Value }
	labelPart   interface{ label() *Text }
	membersPart interface{ members() []Word }
	targetPart  interface{ target() Target }

	correlationPart interface{ correlation() *Correlate }
)

// A part is what was read by hand; the rule that asked knows which it is.
type part struct {
	read any
}

func (p part) block() *Block   { return p.read.(*Block) }
func (p part) value() *Value   { return p.read.(*Value) }
func (p part) label() *Text    { return p.read.(*Text) }
func (p part) members() []Word { return p.read.([]Word) }
func (p part) target() Target  { return p.read.(Target) }

func (p part) correlation() *Correlate { return p.read.(*Correlate) }

func blockOf(b blockPart) *Block {
	if b == nil {
		return nil
	}
	return b.block()
}

func labelOf(l labelPart) *Text {
	if l == nil {
		return nil
	}
	return l.label()
}

func (r *modelRule) build(p *parser) Decl {
	return &Model{Title: labelOf(r.Title), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *importRule) build(p *parser) Decl {
	return &Import{Path: p.literal(p.tokenOf(r.Path)), Name: p.declared(r.Name), Span: p.since(p.tokens[p.decl])}
}

func (r *copyRule) build(p *parser) Decl {
	return &Copy{Path: p.literal(p.tokenOf(r.Path)), Name: p.declared(r.Name), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *paramRule) build(p *parser) Decl {
	v := r.Value.value()
	if v.Expr == nil {
		return nil
	}
	return &Param{Name: p.declared(r.Name), Value: *v, Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *correlateRule) build(p *parser) Decl {
	c := r.Head.correlation()
	if c == nil {
		return nil
	}
	c.Body, c.Span = blockOf(r.Body), p.since(p.tokens[p.decl])
	return c
}

func (r *assetRule) build(p *parser) Decl {
	return &Asset{Name: p.declared(r.Name), Label: labelOf(r.Label), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *adversaryRule) build(p *parser) Decl {
	return &Adversary{Name: p.declared(r.Name), Label: labelOf(r.Label), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *controlRule) build(p *parser) Decl {
	return &Control{Name: p.declared(r.Name), Label: labelOf(r.Label), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *setRule) build(p *parser) Decl {
	return &Set{Name: p.declared(r.Name), Members: r.Members.members(), Span: p.since(p.tokens[p.decl])}
}

func (r *systemRule) build(p *parser) Decl {
	return &System{Label: labelOf(r.Label), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
}

func (r *acceptRule) build(p *parser) Decl {
	a := &Accept{Reason: labelOf(r.Reason), Body: blockOf(r.Body), Span: p.since(p.tokens[p.decl])}
	if r.Element == nil {
		if a.Target = r.Target.target(); a.Target.Name.Text == "" {
			return nil
		}
		return a
	}
	at := p.tokens[p.decl+1]
	name := p.wordOf(*r.Element)
	a.Target = Target{Kind: TargetElement, Name: name, Span: p.span(at).To(name.Span)}
	for _, t := range r.Stride { // with the commas between
		if t.Type == typeWord {
			a.Stride = append(a.Stride, p.wordOf(t))
		}
	}
	return a
}

// tokenOf returns the token that participle has passed through.
func (p *parser) tokenOf(t lexer.Token) token { return p.tokens[t.Pos.Offset] }

func (p *parser) wordOf(t lexer.Token) Word { return Word{t.Value, p.span(p.tokenOf(t))} }

func (p *parser) declared(t lexer.Token) Word {
	w := p.wordOf(t)
	p.checkName(w, false)
	return w
}

// An engine is the grammar, bound to the parser of one file at a time.
type engine struct {
	grammar *participle.Parser[declaration]
	p       *parser
}

// engines holds idle ones, as it takes longer to build one than to parse a
// small file.
var engines = sync.Pool{New: func() any { return newEngine() }}

func newEngine() *engine {
	e := &engine{}
	e.grammar = participle.MustBuild[declaration](
		participle.Lexer(definition{}),
		participle.UseLookahead(0), // the first token decides, so errors are where they seem to be
		participle.Union[rule](&controlRule{}, &paramRule{}, &setRule{}, &acceptRule{}, &assetRule{}, &correlateRule{}, &adversaryRule{},
			&importRule{}, &copyRule{}, &modelRule{}, &systemRule{}), // tried in this order: frequent ones first
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (blockPart, error) {
			return byHand(e, lex, lex.Peek().Type == typeBlock, (*parser).declBlock)
		}),
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (valuePart, error) {
			return byHand(e, lex, true, (*parser).paramValue)
		}),
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (labelPart, error) {
			return byHand(e, lex, true, (*parser).declLabel)
		}),
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (membersPart, error) {
			return byHand(e, lex, lex.Peek().Type == typeBlock, (*parser).members)
		}),
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (targetPart, error) {
			return byHand(e, lex, lex.Peek().Type == typeWord, (*parser).acceptTarget)
		}),
		participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (correlationPart, error) {
			return byHand(e, lex, true, (*parser).correlation)
		}),
	)
	return e
}

// declaration reads the next declaration. Participle panics where it finds a
// fault in the grammar; that is made an error.
func (e *engine) declaration(lex *lexer.PeekingLexer) (d *declaration, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the declaration cannot be read: %v", r)
		}
	}()
	return e.grammar.ParseFromLexer(lex, participle.AllowTrailing(true))
}

// errReported ends a declaration whose fault the parser has reported already.
var errReported = errors.New("reported")

// byHand lets the parser read a part from where participle stands, and takes
// participle along to where the parser stops.
func byHand[T any](e *engine, lex *lexer.PeekingLexer, starts bool, read func(*parser) T) (part, error) {
	if !starts {
		return part{}, participle.NextMatch
	}
	start, before := lex.Peek().Pos.Offset, len(e.p.problems)
	e.p.at = start
	x := read(e.p)
	switch {
	case e.p.at > start:
	case len(e.p.problems) > before:
		return part{}, errReported
	default:
		return part{}, participle.NextMatch
	}
	for t := lex.Peek(); !t.EOF() && t.Pos.Offset < e.p.at; t = lex.Peek() {
		lex.Next()
	}
	return part{x}, nil
}

// The parts of declarations, as the parser reads them.

func (p *parser) declBlock() *Block { return p.block(declarations[p.text(p.tokens[p.decl])]) }

func (p *parser) declLabel() *Text {
	label, ok := p.label()
	if !ok {
		p.skipLine()
	}
	return label
}

func (p *parser) paramValue() *Value {
	v, ok := p.value("a value, such as 5k, 30% or pert(1, 2, 4)", false)
	if !ok {
		p.skipLine()
	}
	return v
}

// correlation reads name, name, … and the rank correlation behind them; nil if
// that is faulty.
func (p *parser) correlation() *Correlate {
	c := &Correlate{}
	var ok bool
	c.Params, ok = p.words(&keyword{want: "the name of a param"}, false)
	if ok && len(c.Params) < 2 {
		p.fail(`"," and the name of another param`, "a correlation is between two params or more, such as correlate a, b 60%")
		ok = false
	}
	if ok {
		if c.Negative = p.peek().sym == symMinus; c.Negative {
			p.next()
		}
		if ok = p.peek().kind == tokNumber; ok {
			c.Rank = p.number()
		} else {
			p.fail("a rank correlation, such as 60% or -30%", "")
		}
	}
	if !ok {
		p.skipLine()
		return nil
	}
	return c
}

func (p *parser) acceptTarget() Target {
	t, _ := p.target("a node, threat or tag")
	return t
}

// members reads { name, name } of a set.
func (p *parser) members() []Word {
	open := p.next()
	list := []Word{}
	if p.peek().sym == symClose {
		p.next()
		return list
	}
	for {
		w, ok := p.word("the name of a control or set")
		if !ok {
			break
		}
		list = append(list, w)
		switch t := p.peek(); {
		case t.sym == symComma:
			p.next()
			if p.peek().sym == symClose {
				p.fail("the name of a control or set behind the comma", "a list has no comma at its end")
				p.next()
				return list
			}
			continue
		case t.sym == symClose:
			p.next()
			return list
		case t.kind == tokWord && !p.declares(t):
			p.fail(`"," or "}"`, fmt.Sprintf("the members of a set have commas between: %s, %s", w.Text, p.text(t)))
		default:
			p.report(codeSyntax, p.span(t), `expected "," or "}", found `+p.found(t), "", diag.Related{Message: `this "{" is not closed`, Span: p.span(open)})
		}
		break
	}
	for t := p.peek(); t.kind != tokEOF && t.sym != symClose && !p.declares(t); t = p.peek() {
		p.next()
	}
	if p.peek().sym == symClose {
		p.next()
	}
	return list
}

// declares reports whether t begins a line with the word of a declaration.
func (p *parser) declares(t token) bool {
	_, ok := declarations[p.text(t)]
	return ok && t.first
}

// The tokens as participle sees them: those outside of blocks, and each block
// as one token. Offsets in them count tokens, not bytes.
const (
	typeWord lexer.TokenType = lexer.EOF - 1 - iota
	typeText
	typeNumber
	typeDate
	typePunct
	typeBlock
)

var tokenTypes = [...]lexer.TokenType{tokEOF: lexer.EOF, tokWord: typeWord, tokText: typeText, tokLongText: typeText,
	tokNumber: typeNumber, tokDate: typeDate, tokPunct: typePunct}

// definition is the lexer.Definition of the language.
type definition struct{}

func (definition) Symbols() map[string]lexer.TokenType {
	return map[string]lexer.TokenType{"EOF": lexer.EOF, "Word": typeWord, "Text": typeText, "Number": typeNumber,
		"Date": typeDate, "Punct": typePunct, "Block": typeBlock}
}

func (definition) Lex(name string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	p := newParser(diag.NewSource(name, string(text)))
	return &heads{p: p}, p.problems.Err()
}

// heads is the lexer.Lexer of the tokens outside of blocks.
type heads struct {
	p  *parser
	at int
}

func (h *heads) Next() (lexer.Token, error) {
	t := h.p.tokens[h.at]
	out := lexer.Token{Type: tokenTypes[t.kind], Value: h.p.text(t), Pos: lexer.Position{Offset: h.at}}
	switch {
	case t.kind == tokEOF:
		return out, nil
	case t.sym != symOpen:
		h.at++
		return out, nil
	}
	out.Type = typeBlock
	for depth := 0; ; h.at++ {
		switch t := h.p.tokens[h.at]; {
		case t.sym == symOpen:
			depth++
		case t.sym == symClose:
			depth--
		case t.kind == tokEOF:
			return out, nil
		}
		if depth == 0 {
			h.at++
			return out, nil
		}
	}
}

// Expectations.

// failHead reports where a declaration departs from the grammar. Participle
// names what it expected in EBNF, of which the first symbol is what is missing.
func (p *parser) failHead(err error) {
	var unexpected *participle.UnexpectedTokenError
	if errors.Is(err, errReported) {
		return
	}
	if !errors.As(err, &unexpected) {
		p.report(codeSyntax, p.span(p.tokens[p.decl]), err.Error(), "")
		return
	}
	p.at = unexpected.Unexpected.Pos.Offset
	_, ebnf, _ := strings.Cut(unexpected.Message(), "(expected ")
	symbol := strings.TrimRight(strings.Fields(ebnf + " ?")[0], ")?*+!")
	keyword := p.text(p.tokens[p.decl])
	switch symbol {
	case "<word>":
		p.noWord(p.peek(), headWord(keyword))
	case "<text>":
		p.fail("the path of a file in quotes", "")
	case "MembersPart":
		p.fail(`"{" and the names of controls and sets`, "")
	case "BlockPart":
		p.fail(`"{"`, "")
	case `(("at"`:
		p.fail(`a node, threat or tag, or "at" and an element`, "")
	default:
		p.fail(symbol, "")
	}
}

func headWord(keyword string) string {
	switch keyword {
	case "accept":
		return "the name of an element or category"
	case "import", "copy":
		return "a name for what the file declares"
	}
	return "a name for the " + keyword
}
