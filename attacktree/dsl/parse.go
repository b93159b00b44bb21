// Package dsl reads and writes the text form of attack trees, files that end
// in .atree. It knows how things are written and where; what they mean is the
// business of package attacktree.
//
// [Parse] returns the syntax of a file together with all of its problems.
// [Format] writes a file in the one standard style, with its comments, and
// [Canonical] writes it so that only its content counts. The manual of the
// language is spec.md in this folder; [EBNF] is its grammar.
package dsl

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/atree-dev/atree/attacktree/diag"
)

// Limits of one file. What goes beyond is a problem with a place.
const (
	MaxSize     = 256 << 20 // bytes of a file
	maxTokens   = 16 << 20  // words, numbers, texts, signs and comments of a file
	maxDepth    = 10_000    // blocks inside blocks
	maxProblems = 100       // that are reported
)

// The codes of the problems that Parse reports. Package diag explains them.
const (
	codeSyntax    diag.Code = "syntax"
	codeEmpty     diag.Code = "empty-file"
	codeCharacter diag.Code = "bad-character"
	codeString    diag.Code = "bad-string"
	codeNumber    diag.Code = "bad-number"
	codeDate      diag.Code = "bad-date"
	codeName      diag.Code = "bad-name"
	codeWord      diag.Code = "unknown-word"
	codeMisplaced diag.Code = "misplaced"
	codeDuplicate diag.Code = "duplicate-attribute"
	codeNesting   diag.Code = "nesting-too-deep"
	codeTooLarge  diag.Code = "file-too-large"
	codeTooMany   diag.Code = "too-many-problems"
)

// Parse reads a file. The name is used in places of problems only.
//
// The list holds all problems, in reading order, all of them errors; past 100
// one more says that there are others. It is empty if and only if the text is
// in the language. The File is never nil. If there are problems it holds what
// could be read around them: every item is complete in itself and stands where
// it was written, but items may be missing, a number that could not be read is
// 0, and a block whose end was not found ends where the next declaration
// begins. So it is good for finding further problems and for editors, and not
// for computing. Time and memory are linear in the size of the text.
func Parse(name string, src []byte) (*File, diag.List) {
	if len(src) > MaxSize {
		source := diag.NewSource(name, "")
		return &File{Source: source}, diag.List{{Code: codeTooLarge, Span: source.Span(0, 0),
			Message: fmt.Sprintf("the file has %d bytes, expected at most %d", len(src), MaxSize), Hint: "split it, and import the parts"}}
	}
	p := newParser(diag.NewSource(name, string(src)))
	file := &File{Source: p.src, Comments: p.comments}
	if len(p.tokens) == 1 && len(p.problems) == 0 {
		p.report(codeEmpty, p.src.Span(0, 0), "the file declares nothing", `write a goal, such as goal or steal "Steal the weights" { … }`)
	}
	p.file(file)
	return file, p.sorted()
}

// newParser cuts the text of a source into tokens.
func newParser(src *diag.Source) *parser {
	p := &parser{src: src}
	if !checkText(src, p.add) {
		p.tokens = []token{{kind: tokEOF}}
		return p
	}
	s := newScanner(src, p.add)
	p.tokens = s.all()
	p.comments, p.cut = s.comments, s.cut
	return p
}

// file reads one declaration after the other. Where one is faulty, reading
// goes on behind it.
func (p *parser) file(file *File) {
	e := engines.Get().(*engine)
	defer engines.Put(e)
	e.p = p
	defer func() { e.p = nil }()
	var lex *lexer.PeekingLexer
	for p.peek().kind != tokEOF {
		t := p.peek()
		if _, ok := declarations[p.text(t)]; !ok || t.kind != tokWord {
			p.stray()
			continue
		}
		p.decl, p.reported = p.at, len(p.problems)
		p.in, p.opened, p.suspect, p.unwind = nil, nil, nil, false
		if declarations[p.text(t)] == blockNode {
			if n := p.node(); n != nil {
				file.Decls = append(file.Decls, n)
			}
			continue
		}
		if lex == nil {
			lex, _ = lexer.Upgrade(&heads{p, p.at})
		}
		for lex.Peek().Pos.Offset < p.at {
			lex.Next()
		}
		if lex.Peek().Pos.Offset != p.at { // inside of what is one block for it
			lex, _ = lexer.Upgrade(&heads{p, p.at})
		}
		p.next()
		d, err := e.declaration(lex)
		if err != nil {
			p.failHead(err)
			p.skipLine()
			p.strayBlock(declarations[p.text(t)])
			continue
		}
		if !p.unwind {
			p.at = max(p.at, lex.Peek().Pos.Offset)
		}
		if decl := d.Rule.build(p); decl != nil {
			file.Decls = append(file.Decls, decl)
		}
	}
}

// stray reports what cannot begin a declaration, and moves to what may be the
// next one. What could stand in the block of the declaration before is read so,
// since a { is missing there, or a } too many.
func (p *parser) stray() {
	t := p.peek()
	word, indent := p.text(t), p.indent(p.line)
	before := declarations[p.text(p.tokens[p.decl])]
	p.in, p.opened, p.suspect, p.unwind = nil, nil, nil, false
	if t.kind == tokWord && isKeywordOf(before, word) && p.at > 0 {
		last := p.tokens[p.at-1]
		switch {
		case len(p.problems) > p.reported: // and this follows from it
		case last.sym == symClose:
			p.report(codeMisplaced, p.span(t), fmt.Sprintf("%q cannot stand outside of a block", word), belongs(homes(word)),
				diag.Related{Message: "the block before ends here", Span: p.span(last)})
		default:
			p.fail(`"{" before the block of `+before.name, "")
		}
		p.blockFrom(opening{brace: last, indent: indent, unseen: true}, before)
		return
	}
	if t.first {
		p.decl, p.reported, indent = p.at, len(p.problems), p.indent(t)
	}
	var b *block
	switch homes := homes(word); {
	case t.kind == tokWord && len(homes) > 0:
		p.report(codeMisplaced, p.span(t), fmt.Sprintf("%q cannot stand outside of a block", word), belongs(homes))
	case t.kind == tokWord:
		near := diag.Nearest(word, declarationNames)
		if near == "" && declarations[synonyms[word]] != nil {
			near = synonyms[word]
		}
		b = declarations[near]
		hint := "there are " + strings.Join(declarationNames, ", ")
		if near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		p.report(codeWord, p.span(t), fmt.Sprintf("no declaration begins with %q", word), hint)
	case t.sym == symClose:
		p.fail("a declaration", "no block is open here")
	default:
		p.fail("a declaration, such as goal, step, control or param", "")
	}
	if t.sym != symOpen {
		p.next()
		p.skipLine()
	}
	p.strayBlock(b)
	p.skipIndented(indent)
}

// skipIndented moves over lines that are indented by more than the fault
// before them, and over the } that ends them.
func (p *parser) skipIndented(indent int) {
	start := p.at
	for t := p.peek(); t.kind != tokEOF && !(t.first && p.indent(t) <= indent); t = p.peek() {
		p.skip()
	}
	if p.at > start && p.peek().sym == symClose {
		p.next()
	}
}

// strayBlock reads the block behind a faulty head, for its problems only, or
// steps over it if its kind is not known.
func (p *parser) strayBlock(b *block) {
	switch {
	case p.peek().sym != symOpen:
	case b == nil:
		p.skipBlock()
	default:
		p.block(b)
	}
}

// sorted returns the problems in reading order; that there are more comes last.
func (p *parser) sorted() diag.List {
	list := p.problems
	list[:min(len(list), maxProblems)].Sort()
	return list
}
