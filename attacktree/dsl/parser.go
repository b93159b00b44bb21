package dsl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
)

// The blocks and their items, by recursive descent over the tokens: the form
// of each keyword, in the table of vocabulary.go, says what to read behind it.

// A parser reads one file.
type parser struct {
	src      *diag.Source
	tokens   []token
	at       int // of the next token
	in       *block
	line     token     // the first token of the line of the last token
	opened   []opening // the braces that are open
	suspect  *opening  // the first brace whose block seems to lack its end
	decl     int       // the first token of the declaration
	reported int       // problems before the declaration
	cut      bool      // a string without end has swallowed the rest of the text
	unwind   bool      // a brace is missing: leave all blocks
	comments []Comment
	problems diag.List

	attrs   slab[Attr]
	values  slab[Value]
	numbers slab[Number]

	nodeNames map[string]bool // words that seem to name nodes; nil until one is asked for
}

// An opening is a { that is not closed yet.
type opening struct {
	brace  token
	indent int   // of the line that it stands in
	next   token // of a suspect: what stands behind the block by its indent
	unseen bool  // not there, but the block seems to begin here
}

// A slab hands out zero values from chunks, which is cheaper than one by one.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) new() *T {
	if len(s.free) == 0 {
		s.size = min(2*s.size+8, 512)
		s.free = make([]T, s.size)
	}
	x := &s.free[0]
	s.free = s.free[1:]
	return x
}

// Tokens.

func (p *parser) peek() token { return p.tokens[p.at] }

// peekAt returns the token i places behind the next one.
func (p *parser) peekAt(i int) token { return p.tokens[min(p.at+i, len(p.tokens)-1)] }

// next moves over the next token, never over the end.
func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.first {
		p.line = t
	}
	if t.kind != tokEOF {
		p.at++
	}
	return t
}

func (p *parser) text(t token) string    { return p.src.Text[t.start:t.end] }
func (p *parser) span(t token) diag.Span { return p.src.Span(int(t.start), int(t.end)) }

// last returns the place of the token that was read last.
func (p *parser) last() diag.Span { return p.span(p.tokens[max(p.at-1, 0)]) }

// since returns the stretch from a token to the one that was read last.
func (p *parser) since(t token) diag.Span {
	return p.src.Span(int(t.start), max(int(t.end), int(p.tokens[max(p.at-1, 0)].end)))
}

// take reads the next token as a word.
func (p *parser) take() Word {
	t := p.next()
	return Word{p.text(t), p.span(t)}
}

// indent returns how many blanks stand before a token that begins its line.
func (p *parser) indent(t token) int {
	i := int(t.start)
	for i > 0 && (p.src.Text[i-1] == ' ' || p.src.Text[i-1] == '\t') {
		i--
	}
	return int(t.start) - i
}

// Problems.

// report adds a problem; past the limit it only counts that there are more.
func (p *parser) report(code diag.Code, at diag.Span, message, hint string, related ...diag.Related) {
	p.add(&diag.Problem{Code: code, Span: at, Message: message, Hint: hint, Related: related})
}

func (p *parser) add(problem *diag.Problem) {
	switch {
	case len(p.problems) < maxProblems:
		problem.Shorten()
		p.problems = append(p.problems, problem)
	case len(p.problems) == maxProblems:
		p.problems = append(p.problems, &diag.Problem{Code: codeTooMany, Span: problem.Span,
			Message: fmt.Sprintf("there are more than %d problems", maxProblems), Hint: "mend the first ones, and check again"})
	}
}

// fail reports that something else was expected in place of the next token.
func (p *parser) fail(want, hint string) {
	p.report(codeSyntax, p.span(p.peek()), "expected "+want+", found "+p.found(p.peek()), hint)
}

// found describes a token.
func (p *parser) found(t token) string {
	s := p.text(t)
	switch t.kind {
	case tokEOF:
		return "the end of the file"
	case tokText, tokLongText:
		if len(s) > 30 || strings.Contains(s, "\n") {
			return "a text"
		}
		return "the text " + s
	}
	return strconv.Quote(s)
}

// expect reads one symbol.
func (p *parser) expect(s sym, want string) bool {
	if p.peek().sym != s {
		p.fail(want, "")
		return false
	}
	p.next()
	return true
}

func hintOr(hint, other string) string {
	if hint == "" {
		return other
	}
	return hint
}

// Blocks.

// optionalBlock reads a block if one comes next.
func (p *parser) optionalBlock(b *block) *Block {
	if p.peek().sym != symOpen {
		return nil
	}
	return p.block(b)
}

// block reads from { to the end of }.
func (p *parser) block(b *block) *Block {
	open := p.next()
	if len(p.opened) == maxDepth {
		p.report(codeNesting, p.span(open), fmt.Sprintf("blocks are nested more than %d deep", maxDepth), "declare inner nodes at the top level, and refer to them by \"use name\"")
		p.at--
		p.skipBlock()
		return &Block{Span: p.since(open)}
	}
	return p.blockFrom(opening{brace: open, indent: p.indent(p.line)}, b)
}

// blockFrom reads what follows the { of a block.
func (p *parser) blockFrom(open opening, b *block) *Block {
	out := &Block{}
	outer := p.in
	p.in = b
	p.opened = append(p.opened, open)
	p.items(out, b)
	p.opened = p.opened[:len(p.opened)-1]
	p.in = outer
	out.Span = p.since(open.brace)
	return out
}

func (p *parser) items(out *Block, b *block) {
	var seen uint64 // attributes so far, by keyword
	for {
		t := p.peek()
		p.watch(t)
		switch {
		case t.sym == symClose:
			p.next()
			return
		case t.kind == tokEOF || p.leaves(t):
			p.unclosed()
			return
		case t.kind != tokWord:
			p.strayItem(b)
			continue
		}
		k := b.keys[p.text(t)]
		if k == nil {
			p.unknown(b, out.Items)
			continue
		}
		item, ok := p.item(k)
		if ok && k.form.attribute() {
			switch {
			case k.form == formBasis:
				ok = findBasis(out.Items, item.(*Basis)) == nil
			case b == blockOn && seen&(1<<k.id) != 0:
				ok = findEffect(out.Items, item.(*Attr)) == nil
			default:
				ok = seen&(1<<k.id) == 0
			}
			seen |= 1 << k.id
			if !ok {
				p.duplicate(out.Items, item)
				continue
			}
		}
		if ok && item != nil {
			out.Items = append(out.Items, item)
		}
		if p.unwind {
			return
		}
		if !ok {
			p.recover()
		}
	}
}

// watch remembers the first block whose indentation says that it should have
// been closed before t.
func (p *parser) watch(t token) {
	open := &p.opened[len(p.opened)-1]
	if p.suspect == nil && t.first && t.sym != symClose && t.kind != tokEOF && p.indent(t) <= open.indent && t.start > p.line.start {
		p.suspect = &opening{brace: open.brace, indent: open.indent, next: t}
	}
}

// leaves reports whether t begins a declaration that can only stand outside
// of all blocks, so that a } is missing.
func (p *parser) leaves(t token) bool {
	if t.kind != tokWord || !t.first || p.indent(t) > p.indent(p.tokens[p.decl]) {
		return false
	}
	word := p.text(t)
	if _, ok := declarations[word]; !ok {
		return false
	}
	if !isKeywordOf(p.in, word) {
		return true
	}
	after := p.peekAt(2)
	return word == "asset" && (after.kind == tokText || after.sym == symOpen) // a declaration, not the attribute
}

// unclosed reports a missing }, at the block that most likely lacks it, and
// leaves all blocks.
func (p *parser) unclosed() {
	p.unwind = true
	open := p.opened[len(p.opened)-1]
	if p.cut && p.peek().kind == tokEOF || open.unseen { // the cause is reported
		return
	}
	related := []diag.Related{{Message: `this "{" is not closed`, Span: p.span(open.brace)}}
	if s := p.suspect; s != nil {
		related = []diag.Related{{Message: `this "{" is perhaps not closed`, Span: p.span(s.brace)},
			{Message: "by its indentation this stands behind the block", Span: p.span(s.next)}}
	}
	p.report(codeSyntax, p.span(p.peek()), `expected "}", found `+p.found(p.peek()), "", related...)
}

// strayItem reports what cannot begin an item, and moves on.
func (p *parser) strayItem(b *block) {
	t := p.peek()
	hint := ""
	switch s := p.text(t); {
	case s == ";":
		hint = `leave out the ";": nothing stands between two items`
	case t.sym == symComma && p.at > 1 && p.text(p.tokens[p.at-2]) == "use":
		hint = fmt.Sprintf("each node has a use of its own: use %s use %s", p.text(p.tokens[p.at-1]), p.text(p.tokens[p.at+1]))
	case t.sym == symComma:
		hint = "there are commas between the words of a list, and nothing between two items; large numbers are written 5_000 or 5k"
	case t.sym == symMinus && p.tokens[max(p.at-1, 0)].kind == tokNumber:
		hint = "an interval is written with two points, such as 10%..20%"
	case t.kind == tokText:
		hint = `a label stands before the "{", a remark behind "note"`
	case s == "=" || s == ":":
		hint = "leave out the " + s
	case t.sym == symOpen:
		hint = `a block stands behind its keyword, name and label`
	}
	p.fail(b.holds+` or "}"`, hint)
	if p.text(t) == ";" || t.sym == symOpen {
		p.skip()
		return
	}
	p.skip()
	p.recover()
}

// unknown reports a word that begins no item of the block, and moves on.
func (p *parser) unknown(b *block, items []Item) {
	t := p.peek()
	word := p.text(t)
	_, declares := declarations[word]
	homes := homes(word)
	switch {
	case len(homes) > 0 && (!declares || word == "asset" || word == "param"):
		p.report(codeMisplaced, p.span(t), fmt.Sprintf("%q cannot stand in the block of %s", word, b.name), belongs(homes))
	case declares:
		p.report(codeMisplaced, p.span(t), fmt.Sprintf("%q cannot stand in the block of %s", word, b.name),
			"it is a declaration, and stands outside of all blocks")
	default:
		p.report(codeWord, p.span(t), fmt.Sprintf("expected %s or \"}\", found %q", b.holds, word), p.unknownHint(b, items, t))
	}
	p.next()
	p.recover()
}

// belongs says in which blocks a keyword may stand.
func belongs(homes []*block) string {
	var names []string
	for _, h := range homes {
		if h != blockValues || len(homes) == 1 { // else a node is among them
			names = append(names, h.name)
		}
	}
	return "it belongs in the block of " + strings.Join(names, " or ")
}

// unknownHint says what a word that begins no item was meant to be.
func (p *parser) unknownHint(b *block, items []Item, t token) string {
	word := p.text(t)
	switch {
	case isKeywordOf(b, synonyms[word]):
		return fmt.Sprintf("did you mean %q?", synonyms[word])
	case unitWords[word] != "" && p.tokens[max(p.at-1, 0)].kind == tokNumber:
		bare := strings.TrimRight(p.text(p.tokens[p.at-1]), "kMB%minhdwoy")
		return fmt.Sprintf("a unit stands at once behind its number: %s%s", bare, unitWords[word])
	case (word == "label" || word == "title" || word == "name") && b != blockOn && b != blockFor:
		return `the label is the string before the "{"`
	}
	if b == blockNode && (p.namesNode(word) || strings.Contains(word, ".")) { // a node of an imported file has a dot
		return "a node that stands elsewhere is named by use: use " + word
	}
	if hint := diag.Suggest(word, b.names); hint != "" {
		return hint
	}
	if n := len(items); n > 0 && !t.first {
		if a, ok := items[n-1].(*Attr); ok && len(a.Words) > 0 && keywords[a.Key.Text].form != formWord {
			return fmt.Sprintf("words of a list have commas between: %s, %s", a.Words[len(a.Words)-1].Text, word)
		}
	}
	return ""
}

// namesNode reports whether a node of the file seems to have this name.
func (p *parser) namesNode(name string) bool {
	if p.nodeNames == nil {
		p.nodeNames = map[string]bool{}
		kinds := strings.Fields(gates)
		for i, t := range p.tokens[1:] {
			if t.kind == tokWord && slices.Contains(kinds, p.text(p.tokens[i])) {
				p.nodeNames[p.text(t)] = true
			}
		}
	}
	return p.nodeNames[name]
}

// synonyms maps words of other tools and of daily use to keywords.
var synonyms = map[string]string{
	"probability": "likelihood", "prob": "likelihood", "chance": "likelihood", "p": "likelihood",
	"loss": "impact", "damage": "impact", "severity": "impact",
	"duration": "time", "delay": "time", "price": "cost",
	"description": "note", "desc": "note", "comment": "note",
	"ref": "use", "reference": "refs", "references": "refs", "link": "refs", "tag": "tags", "threats": "threat", "assets": "asset",
	"sand": "seq", "sequence": "seq", "leaf": "step", "attack": "step", "vote": "atleast",
	"entity": "external", "datastore": "store", "database": "store", "state": "status", "source": "basis",
}

// unitWords maps units that are written out to theirs.
var unitWords = map[string]string{
	"minutes": "min", "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
	"month": "mo", "months": "mo", "year": "y", "years": "y",
	"percent": "%", "thousand": "k", "million": "M", "billion": "B",
}

// recover moves to what may be the next item: a keyword, a word that begins a
// line, or the end of the block. Blocks in between are stepped over.
func (p *parser) recover() {
	for i := 0; ; i++ {
		t := p.peek()
		continued := p.at > 0 && p.tokens[p.at-1].sym == symComma
		switch {
		case t.kind == tokEOF, t.sym == symClose, p.leaves(t):
			return
		case t.kind == tokWord && !continued && (t.first || isKeywordOf(p.in, p.text(t))):
			return
		}
		p.skip()
	}
}

// skipLine moves to the end of the line, or to the brace before it.
func (p *parser) skipLine() {
	for t := p.peek(); !t.first && t.sym != symOpen && t.sym != symClose && t.kind != tokEOF; t = p.peek() {
		p.next()
	}
}

// skip moves over one token, or over a whole block.
func (p *parser) skip() {
	if p.peek().sym == symOpen {
		p.skipBlock()
	} else {
		p.next()
	}
}

// skipBlock moves from a { behind its }.
func (p *parser) skipBlock() {
	for depth := 0; ; {
		switch t := p.next(); {
		case t.sym == symOpen:
			depth++
		case t.sym == symClose:
			depth--
		case t.kind == tokEOF:
			return
		}
		if depth == 0 {
			return
		}
	}
}

// duplicate reports an attribute that the block has already.
func (p *parser) duplicate(items []Item, item Item) {
	switch item := item.(type) {
	case *Attr:
		p.report(codeDuplicate, item.Key.Span, fmt.Sprintf("%q is given twice", item.Key.Text), "keep one of the two",
			diag.Related{Message: "first given here", Span: firstOf(items, item).Key.Span})
	case *Basis:
		name := "basis"
		if item.Attr != nil {
			name += " " + item.Attr.Text
		}
		p.report(codeDuplicate, item.Span, fmt.Sprintf("%q is given twice", name), "keep one of the two", diag.Related{Message: "first given here", Span: findBasis(items, item).Span})
	}
}

// findEffect returns the effect in items that changes the same number as a in
// the same way. A factor, an amount and a cap may stand side by side.
func findEffect(items []Item, a *Attr) *Attr {
	percent := func(v *Value) bool {
		n, ok := v.Expr.(*Number)
		return ok && n.Unit == Share
	}
	for _, i := range items {
		o, ok := i.(*Attr)
		if ok && o.Key.Text == a.Key.Text &&
			(o.Value == nil || a.Value == nil || o.Value.Op == a.Value.Op && percent(o.Value) == percent(a.Value)) {
			return o
		}
	}
	return nil
}

// firstOf returns the first attribute in items with the keyword of a.
func firstOf(items []Item, a *Attr) *Attr {
	for _, i := range items {
		if o, ok := i.(*Attr); ok && o.Key.Text == a.Key.Text {
			return o
		}
	}
	return nil
}

// findBasis returns the basis in items that is of the same attribute.
func findBasis(items []Item, b *Basis) *Basis {
	for _, i := range items {
		o, ok := i.(*Basis)
		if ok && (o.Attr == nil) == (b.Attr == nil) && (o.Attr == nil || o.Attr.Text == b.Attr.Text) {
			return o
		}
	}
	return nil
}

// Items.

// item reads one item of the current block, from its keyword on. It returns nil
// if the item is faulty, and false if the parser has to look for the next one.
func (p *parser) item(k *keyword) (Item, bool) {
	start := p.peek()
	switch k.form {
	case formBasis:
		return p.basis(k)
	case formNode:
		if n := p.node(); n != nil {
			return n, true
		}
		return nil, true
	case formUse:
		p.next()
		name, ok := p.lastWord(k.want)
		if !ok {
			return nil, false
		}
		return &Use{Name: name, Span: p.since(start)}, true
	case formFor:
		p.next()
		f := &For{}
		var ok bool
		f.Adversaries, ok = p.words(k, false)
		if f.Body = p.blockAfter(ok, blockFor); f.Body == nil || !ok {
			return nil, true
		}
		f.Span = p.since(start)
		return f, true
	case formOn:
		p.next()
		o := &On{}
		o.Targets = p.targets(k.want)
		if o.Body = p.blockAfter(o.Targets != nil, blockOn); o.Body == nil || o.Targets == nil {
			return nil, true
		}
		o.Span = p.since(start)
		return o, true
	case formBoundary:
		p.next()
		b := &Boundary{}
		if b.Name, b.Label, b.Body = p.named("a name for the boundary", blockBoundary); b.Name.Text == "" {
			return nil, true
		}
		b.Span = p.since(start)
		return b, true
	case formElement:
		e := &Element{Kind: p.take()}
		if e.Name, e.Label, e.Body = p.named("a name for the "+elementKind(e.Kind.Text), blockElement); e.Name.Text == "" {
			return nil, true
		}
		e.Span = p.since(start)
		return e, true
	case formFlow:
		return p.flow()
	case formParamValue:
		p.next()
		v := &ParamValue{}
		var ok bool
		if v.Name, ok = p.word(k.want); !ok {
			return nil, false
		}
		value, ok := p.value("a value, such as 5k, 30% or pert(1, 2, 4)", false)
		v.Value, v.Span = *value, p.since(start)
		return v, ok
	case formNodeValues:
		p.next()
		n := &NodeValues{}
		var ok bool
		n.Name, ok = p.word(k.want)
		if n.Body = p.blockAfter(ok, blockValues); n.Body == nil || !ok {
			return nil, true
		}
		n.Span = p.since(start)
		return n, true
	}
	return p.attr(k)
}

func elementKind(kind string) string {
	if kind == "external" {
		return "external element"
	}
	return kind
}

// attr reads an attribute.
func (p *parser) attr(k *keyword) (Item, bool) {
	start := p.peek()
	a := p.attrs.new()
	a.Key = p.take()
	ok := true
	switch k.form {
	case formValue:
		a.Value, ok = p.value(k.want, p.in == blockOn)
	case formWord:
		var w Word
		if w, ok = p.lastWord(k.want); ok {
			a.Words = []Word{w}
		}
	case formWords, formRefs:
		a.Words, ok = p.words(k, k.form == formRefs)
	case formBy:
		if p.text(p.peek()) != "by" {
			p.fail(`"by"`, "write bypassed by and the names of nodes")
			ok = false
			break
		}
		p.next()
		a.Words, ok = p.words(k, false)
	case formText:
		var t Text
		if t, ok = p.quoted(k.want); ok {
			a.Text = &t
		}
	case formDate:
		a.Date, ok = p.date(k.want)
	case formReviewed:
		if a.Date, ok = p.date(k.want); ok && p.text(p.peek()) == "every" {
			p.next()
			a.Every, ok = p.value("a time, such as 90d", false)
		}
	}
	a.Span = p.since(start)
	return a, ok
}

func (p *parser) basis(k *keyword) (Item, bool) {
	start := p.next()
	b := &Basis{}
	if t := p.peek(); t.kind == tokWord {
		if of := keywords[p.text(t)]; (of != nil && of.form == formValue || p.text(t) == "access") && p.peekAt(1).kind != tokNumber {
			w := p.take()
			b.Attr = &w
		}
	}
	var ok bool
	b.Text, ok = p.quoted(k.want)
	b.Span = p.since(start)
	return b, ok
}

// quoted reads a string. Text without quotes is stepped over, to the end of its line.
func (p *parser) quoted(want string) (Text, bool) {
	if t := p.peek(); t.kind != tokText && t.kind != tokLongText {
		hint, bare := "", t.kind == tokWord && !t.first
		if s := p.text(t); s == "=" || s == ":" {
			hint = "leave out the " + s
		} else if bare {
			hint = `a text stands in double quotes, such as "` + s + `"`
		}
		p.fail(want, hint)
		if bare {
			p.skipLine()
		}
		return Text{}, false
	}
	return p.str(), true
}

// word reads one word.
func (p *parser) word(want string) (Word, bool) {
	if t := p.peek(); t.kind != tokWord {
		p.noWord(t, want)
		return Word{}, false
	}
	return p.take(), true
}

// lastWord reads one word, with which the item ends.
func (p *parser) lastWord(want string) (Word, bool) {
	if p.missing() {
		p.noWord(p.peek(), want)
		return Word{}, false
	}
	return p.word(want)
}

// noWord reports that t is no word.
func (p *parser) noWord(t token, want string) {
	s, hint := p.text(t), ""
	switch {
	case t.kind == tokNumber:
		if _, _, bad := readNumber(s); bad != "" {
			p.report(codeNumber, p.span(t), fmt.Sprintf("expected %s, found %q", want, s), "a name begins with a letter, and a number ends with one of the units k M B % min h d w mo y, or with none")
			return
		}
		hint = "a name begins with a letter"
	case t.kind == tokText:
		if text, _, _ := unescape(strings.Trim(s, `"`)); isWord(text) {
			hint = "write " + text + ", without quotes"
		} else if slug := slug(text); slug != "" && strings.HasPrefix(want, "a name for") {
			hint = fmt.Sprintf("the name comes first, then the label: %s %s", slug, s)
		}
	case s == "=" || s == ":":
		hint = "leave out the " + s
	}
	p.fail(want, hint)
}

// slug makes a name of a label, of its first two words.
func slug(label string) string {
	var b strings.Builder
	for i, w := range strings.Fields(strings.ToLower(label)) {
		w = w[:wordEnd(w, 0)]
		if i >= 2 || i > 0 && len(w) <= 3 {
			break
		}
		if w != "" && b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	return b.String()
}

// words reads a list of words, and of strings if these are allowed. It
// returns nil if not even the first could be read. What comes behind the list
// counts as in the line where it begins.
func (p *parser) words(k *keyword, quoted bool) ([]Word, bool) {
	defer func(line token) { p.line = line }(p.line)
	list := make([]Word, 0, 1)
	for {
		switch t := p.peek(); {
		case t.kind == tokWord && !p.missing():
			list = append(list, p.take())
		case quoted && t.kind == tokText:
			s := p.str()
			list = append(list, Word{s.Value, s.Span})
		case len(list) == 0:
			p.noWord(t, k.want)
			return nil, false
		default:
			hint := ""
			if t.sym == symClose || t.kind == tokWord {
				hint = "a list has no comma at its end"
			}
			p.fail("after the comma "+k.want, hint)
			return list, false
		}
		if p.peek().sym != symComma {
			return list, true
		}
		p.next()
	}
}

// targets reads TARGET, TARGET; nil if a fault was found. What comes behind them
// counts as in the line where they begin.
func (p *parser) targets(want string) []Target {
	defer func(line token) { p.line = line }(p.line)
	var list []Target
	for {
		t, ok := p.target(want)
		if !ok {
			return nil
		}
		list = append(list, t)
		if p.peek().sym != symComma {
			return list
		}
		p.next()
	}
}

// target reads a node, or a threat or a tag behind its keyword.
func (p *parser) target(want string) (Target, bool) {
	start := p.peek()
	t := Target{}
	switch p.text(start) {
	case "threat":
		p.next()
		t.Kind, want = TargetThreat, "a threat of the catalogue"
	case "tag":
		p.next()
		t.Kind, want = TargetTag, "a tag"
	}
	if w := p.peek(); w.kind != tokWord {
		p.noWord(w, want)
		return t, false
	}
	t.Name = p.take()
	t.Span = p.since(start)
	return t, true
}

// blockAfter reads the block that must come next. If the head before it was
// faulty, what is left of it is stepped over. It returns nil if there is no
// block; the problem is reported, and the parser stands at the next item.
func (p *parser) blockAfter(ok bool, b *block) *Block {
	if !ok {
		p.skipLine()
	}
	if p.peek().sym == symOpen {
		return p.block(b)
	}
	if ok {
		p.fail(`"{"`, "")
		p.recover()
	}
	return nil
}

// node reads a node from its gate, or from "goal", on; nil if it is faulty.
func (p *parser) node() *Node {
	start := p.peek()
	n := &Node{}
	if p.text(start) == "goal" {
		n.Goal = true
		p.next()
		if gate := p.peek(); keywords[p.text(gate)] == nil || keywords[p.text(gate)].form != formNode {
			hint := diag.Suggest(p.text(gate), strings.Fields(gates))
			if hint == "" && gate.kind == tokWord {
				hint = "say what kind of node it is: goal or " + p.text(gate)
			}
			p.fail("step, condition, or, and, seq or atleast", hint)
			p.skipLine()
			p.optionalBlock(blockNode)
			return nil
		}
	}
	n.Gate = p.take()
	if n.Gate.Text == "atleast" {
		k := p.peek()
		if k.kind != tokNumber {
			p.fail("how many of them must succeed, such as atleast 2", "")
			p.skipLine()
			p.optionalBlock(blockNode)
			return nil
		}
		p.next()
		n.K = &Number{Span: p.span(k)}
		var hint string
		if n.K.Value, n.K.Unit, hint = readNumber(p.text(k)); hint != "" {
			p.report(codeNumber, n.K.Span, fmt.Sprintf("%q is not a number", p.text(k)), hint)
		}
	}
	n.Name, n.Label, n.Body = p.named("a name for the "+n.Gate.Text, blockNode)
	n.Span = p.since(start)
	if n.Name.Text == "" {
		return nil
	}
	return n
}

// named reads name ["label"] [block].
func (p *parser) named(want string, b *block) (name Word, label *Text, body *Block) {
	name, ok := p.name(want, b == blockNode)
	if ok {
		label, ok = p.label()
	}
	if !ok {
		p.skipLine()
	}
	return name, label, p.optionalBlock(b)
}

// name reads a name that is declared here.
func (p *parser) name(want string, node bool) (Word, bool) {
	t := p.peek()
	if t.kind != tokWord {
		p.noWord(t, want)
		return Word{}, false
	}
	w := p.take()
	p.checkName(w, node)
	return w, true
}

// checkName reports a word that cannot be declared as a name.
func (p *parser) checkName(w Word, node bool) {
	switch {
	case strings.ContainsAny(w.Text, ".:"):
		p.report(codeName, w.Span, fmt.Sprintf("%q cannot be a name here: it holds a %q", w.Text, w.Text[strings.IndexAny(w.Text, ".:")]),
			`"." and ":" stand in the names of what is declared elsewhere, as in import.name`)
	case node && isNotNode(w.Text):
		p.report(codeName, w.Span, fmt.Sprintf("a node cannot be called %q", w.Text), `the words threat, tag and at say what kind of target follows`)
	}
}

// label reads the string behind a name, if there is one. It returns false if
// there is something else where a label or a block could be meant.
func (p *parser) label() (*Text, bool) {
	switch t := p.peek(); {
	case t.kind == tokText || t.kind == tokLongText:
		s := p.str()
		return &s, true
	case t.first || t.sym == symOpen || t.sym == symClose || t.kind == tokEOF || t.kind == tokWord && p.begins(t):
		return nil, true
	case t.kind == tokWord:
		p.fail(`a label in quotes or "{"`, "a label stands in double quotes")
	case p.text(t) == "=" || p.text(t) == ":":
		p.fail(`a label in quotes or "{"`, "leave out the "+p.text(t))
	case t.sym == symMinus:
		p.fail(`a label in quotes or "{"`, `in a name, a "-" stands only between two letters, digits or "_"`)
	default:
		p.fail(`a label in quotes or "{"`, "")
	}
	return nil, false
}

// begins reports whether a word can begin what comes next: an item of the
// block, or a declaration outside of blocks.
func (p *parser) begins(t token) bool {
	if p.in != nil {
		return isKeywordOf(p.in, p.text(t))
	}
	_, ok := declarations[p.text(t)]
	return ok
}

// flow reads flow name from -> to ["label"] [block].
func (p *parser) flow() (Item, bool) {
	start := p.next()
	f := &Flow{}
	ok := true
	if f.Name, ok = p.name("a name for the flow", false); ok {
		if f.From, ok = p.word("the element that the flow starts from"); ok {
			if ok = p.expect(symArrow, `"->" and the element that the flow goes to`); ok {
				f.To, ok = p.word("the element that the flow goes to")
			}
		}
	}
	if ok {
		f.Label, ok = p.label()
	}
	if !ok {
		p.skipLine()
	}
	f.Body = p.optionalBlock(blockFlow)
	f.Span = p.since(start)
	if f.To.Text == "" {
		return nil, true
	}
	return f, true
}
