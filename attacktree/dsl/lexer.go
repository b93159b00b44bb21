package dsl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree/diag"
)

// The lexer cuts a text into tokens and puts the comments aside. It never
// stops: a fault is reported and stepped over, so that the parser sees all
// that follows. Literals are only delimited here; values.go reads them.

// kind is the kind of a token.
type kind uint8

const (
	tokEOF kind = iota
	tokWord
	tokText
	tokLongText // written with """
	tokNumber
	tokDate
	tokPunct
)

// A token is a stretch of the text. Tokens are small, as a file has millions.
type token struct {
	kind       kind
	sym        sym
	first      bool // the first of its line
	start, end uint32
}

// sym tells the tokens of kind tokPunct apart.
type sym uint8

const (
	symOther  sym = iota // one that the language has no use for, such as =
	symOpen              // {
	symClose             // }
	symLeft              // (
	symRight             // )
	symComma             // ,
	symPlus              // +
	symMinus             // -
	symStar              // *
	symAtMost            // <=
	symArrow             // ->
	symDots              // ..
)

var symbols = [...]struct {
	text string
	sym  sym
}{ // longer ones first
	{"<=", symAtMost}, {"->", symArrow}, {"..", symDots},
	{"{", symOpen}, {"}", symClose}, {"(", symLeft}, {")", symRight},
	{",", symComma}, {"+", symPlus}, {"-", symMinus}, {"*", symStar},
	{"=", symOther}, {":", symOther}, {";", symOther}, {"[", symOther}, {"]", symOther},
	{"<", symOther}, {">", symOther}, {"/", symOther}, {".", symOther}, {"%", symOther},
}

const byteOrderMark = "\ufeff"

// A scanner goes through a text once.
type scanner struct {
	src      *diag.Source
	text     string
	at       int  // where the next token is looked for
	first    bool // no token yet on this line
	comments []Comment
	cut      bool // a string without end has swallowed the rest of the text
	report   func(*diag.Problem)
	reports  int // so far
}

func newScanner(src *diag.Source, report func(*diag.Problem)) *scanner {
	s := &scanner{src: src, text: src.Text, first: true}
	s.report = func(p *diag.Problem) {
		s.reports++
		report(p)
	}
	if strings.HasPrefix(s.text, byteOrderMark) {
		s.at = len(byteOrderMark)
	}
	return s
}

// all returns every token of the text, the last one of kind tokEOF. Past the
// limit, which comments count for too, there is only that one; past as many
// problems as are shown, the text ends.
func (s *scanner) all() []token {
	tokens := make([]token, 0, min(len(s.text)/8, maxTokens)+8)
	for {
		t := s.next()
		if s.reports > maxProblems {
			return append(tokens, token{kind: tokEOF, start: t.start, end: t.start})
		}
		if len(tokens)+len(s.comments) > maxTokens {
			s.comments = nil
			s.report(&diag.Problem{Code: codeTooLarge, Span: s.src.Span(int(t.start), int(t.start)),
				Message: fmt.Sprintf("the file has more than %d words, signs and comments", maxTokens), Hint: "split it, and import the parts"})
			return []token{{kind: tokEOF}}
		}
		tokens = append(tokens, t)
		if t.kind == tokEOF {
			return tokens
		}
	}
}

// next returns the next token.
func (s *scanner) next() token {
	for s.at < len(s.text) && s.reports <= maxProblems {
		start, c := s.at, s.text[s.at]
		switch {
		case c == '\n':
			s.at++
			s.first = true
		case c <= ' ' || c == 0x7f: // checkText has reported those that are no blanks
			s.at++
		case c == '#':
			s.comment()
		case c == '"':
			return s.token(s.str(), start)
		case isDigit(c) || c == '.' && start+1 < len(s.text) && isDigit(s.text[start+1]):
			return s.token(s.number(), start)
		case wordEnd(s.text, start) > start:
			s.at = wordEnd(s.text, start)
			return s.token(tokWord, start)
		default:
			if t, ok := s.symbol(); ok {
				return t
			}
			if t, ok := s.stray(); ok {
				return t
			}
		}
	}
	return token{kind: tokEOF, start: uint32(len(s.text)), end: uint32(len(s.text)), first: true}
}

// token ends a token that began at start.
func (s *scanner) token(k kind, start int) token {
	t := token{kind: k, first: s.first, start: uint32(start), end: uint32(s.at)}
	s.first = false
	return t
}

func (s *scanner) comment() {
	start := s.at
	s.at = lineEnd(s.text, start)
	end := start + len(strings.TrimRight(s.text[start:s.at], " \t\r"))
	s.comments = append(s.comments, Comment{Span: s.src.Span(start, end), Own: s.first})
	if len(s.comments) > maxTokens {
		s.at = len(s.text)
	}
}

func (s *scanner) symbol() (token, bool) {
	start := s.at
	if strings.HasPrefix(s.text[start:], "//") || strings.HasPrefix(s.text[start:], "/*") {
		return token{}, false
	}
	for _, x := range symbols {
		if strings.HasPrefix(s.text[start:], x.text) {
			s.at += len(x.text)
			t := s.token(tokPunct, start)
			t.sym = x.sym
			return t, true
		}
	}
	return token{}, false
}

// str moves behind a string, which may lack its end.
func (s *scanner) str() kind {
	start := s.at
	if strings.HasPrefix(s.text[start:], `"""`) {
		return s.longStr()
	}
	end := lineEnd(s.text, start)
	for i := start + 1; i < end; i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			return tokText
		}
	}
	// What ends the line is more likely a brace than the end of the string.
	s.at = start + len(strings.TrimRight(s.text[start:end], " \t\r"))
	if last := s.text[s.at-1]; s.at-1 > start && (last == '{' || last == '}') {
		s.at = start + len(strings.TrimRight(s.text[start:s.at-1], " \t"))
	}
	s.report(&diag.Problem{Code: codeString, Span: s.src.Span(start, s.at),
		Message: "the string has no end on its line",
		Hint:    `end it with ", or write """ before and behind a text of several lines`})
	return tokText
}

func (s *scanner) longStr() kind {
	start := s.at
	for i := start + 3; i < len(s.text); i++ {
		if s.text[i] == '\\' {
			i++
		} else if strings.HasPrefix(s.text[i:], `"""`) {
			s.at = i + 3
			return tokLongText
		}
	}
	s.at, s.cut = len(s.text), true
	s.report(&diag.Problem{Code: codeString, Span: s.src.Span(start, start+3),
		Message: `the string that begins here has no end`,
		Hint:    `end it with """`})
	return tokLongText
}

// number moves behind a number or a date, and behind all that is written as
// if it belonged to it, so that 1.2.3 and 2fa become one bad number.
func (s *scanner) number() kind {
	text, i := s.text, s.at
	if n := dateLen(text[i:]); n > 0 {
		s.at += n
		return tokDate
	}
	for i < len(text) {
		c := text[i]
		exponent := (c == '-' || c == '+') && (text[i-1] == 'e' || text[i-1] == 'E') && i-1 > s.at && isDigit(text[i-2])
		joined := c == '.' || exponent
		if joined && i+1 < len(text) && isDigit(text[i+1]) {
			i++
			continue
		}
		n := letterLen(text[i:])
		if n == 0 && (isDigit(c) || c == '_' || c == '%') {
			n = 1
		}
		if n == 0 {
			break
		}
		i += n
	}
	if i == s.at+1 && i < len(text) && text[i] == '.' && !strings.HasPrefix(text[i:], "..") {
		i++ // 5. is told apart from 5..6
	}
	s.at = i
	return tokNumber
}

// dateLen returns the length of what stands at the start of text and is meant
// as a date: four digits and at least one more group of digits behind a "-".
func dateLen(text string) int {
	n, groups := 4, 0
	if len(text) < 6 || !allDigits(text[:4]) {
		return 0
	}
	for n+1 < len(text) && text[n] == '-' && isDigit(text[n+1]) {
		for n++; n < len(text) && isDigit(text[n]); n++ {
		}
		groups++
	}
	if groups == 0 {
		return 0
	}
	return n
}

// lookalikes are typographic signs that stand for those of the language.
var lookalikes = map[rune]string{'–': "-", '—': "-", '−': "-", '…': "..", '≤': "<=", '→': "->", '×': "*", '·': "*"}

// stray steps over a character that no token begins with, and reports it. If
// it is clear what was meant, it returns the token.
func (s *scanner) stray() (token, bool) {
	start := s.at
	r, n := utf8.DecodeRuneInString(s.text[start:])
	if r == utf8.RuneError && n == 1 { // reported by checkText
		s.at++
		return token{}, false
	}
	s.at += n
	p := &diag.Problem{Code: codeCharacter, Message: fmt.Sprintf("the character %q has no meaning here", r)}
	meant := false
	var t token
	switch r {
	case '/':
		s.at = start + len(strings.TrimRight(s.text[start:lineEnd(s.text, start)], " \t\r"))
		p.Message, p.Hint = "a comment begins with #, not with "+s.text[start:start+2], "write # and the comment, to the end of the line"
	case '“', '”', '„', '«', '‘', '’', '\'', '`':
		rest := s.text[s.at:lineEnd(s.text, s.at)]
		if end := strings.IndexAny(rest, "“”„«»‘’'`\""); end >= 0 {
			_, n := utf8.DecodeRuneInString(rest[end:])
			s.at += end + n
			t, meant = s.token(tokText, start), true
		}
		p.Message, p.Hint = fmt.Sprintf("a string stands in straight double quotes, not in %c", r), `write "…"`
	case '_':
		p.Hint = "a name begins with a letter"
	case '$', '€', '£', '¥':
		p.Hint = `write the bare amount, such as 5k; "currency" in the block of the model says which money it is`
	case '\u00a0', '\u200b', '\u202f':
		p.Hint = "replace it with a common blank"
	default:
		var sign string
		if sign, meant = lookalikes[r]; meant {
			p.Hint = "write " + sign
			t = s.token(tokPunct, start)
			for _, x := range symbols {
				if x.text == sign {
					t.sym = x.sym
				}
			}
		}
	}
	p.Span = s.src.Span(start, s.at)
	s.report(p)
	return t, meant
}

// checkText reports what makes bytes no text: encodings other than UTF-8, NUL
// and other control characters, and a CR without LF. It says whether the rest
// is worth reading: not in another encoding, nor past as many problems as are
// shown.
func checkText(src *diag.Source, report func(*diag.Problem)) bool {
	text := src.Text
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		report(&diag.Problem{Code: codeCharacter, Span: src.Span(0, 2), Message: "the text is in UTF-16, expected UTF-8", Hint: "save it as UTF-8"})
		return false
	}
	valid := utf8.ValidString(text)
	reports := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		bad := ""
		switch {
		case c >= ' ' && c < 0x7f || c == '\n' || c == '\t':
			continue
		case c == '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				continue
			}
			bad = "a carriage return without a line feed"
		case c < utf8.RuneSelf:
			bad = fmt.Sprintf("the control character U+%04X cannot stand in a text", c)
		case valid:
			continue
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r != utf8.RuneError || n > 1 {
				i += n - 1
				continue
			}
			bad = fmt.Sprintf("the byte 0x%02X is not UTF-8", c)
		}
		start := i
		for i+1 < len(text) && text[i+1] == c { // one message for a run
			i++
		}
		p := &diag.Problem{Code: codeCharacter, Span: src.Span(start, i+1), Message: bad}
		switch {
		case c == '\r':
			p.Hint = "end lines with LF or with CR LF"
		case c >= utf8.RuneSelf:
			p.Hint = "save the file as UTF-8"
		}
		report(p)
		if reports++; reports > maxProblems {
			return false
		}
	}
	return true
}

// wordEnd returns the end of the word at i, or i if there is none: a letter,
// then letters, digits and "_", where "-" joins two of these, and "." and ":"
// go on before a letter or digit.
func wordEnd(text string, i int) int {
	n := letterLen(text[i:])
	if n == 0 {
		return i
	}
	for i += n; i < len(text); {
		switch c := text[i]; {
		case isDigit(c) || c == '_':
			i++
		case c == '-' || c == '.' || c == ':':
			n := letterLen(text[i+1:])
			if n == 0 && i+1 < len(text) && (isDigit(text[i+1]) || c == '-' && text[i+1] == '_') {
				n = 1
			}
			if n == 0 {
				return i
			}
			i += 1 + n
		default:
			n := letterLen(text[i:])
			if n == 0 {
				return i
			}
			i += n
		}
	}
	return i
}

// isWord reports whether the whole text is one word.
func isWord(text string) bool { return text != "" && wordEnd(text, 0) == len(text) }

// letterLen returns the length of the letter at the start of text, 0 if there is none.
func letterLen(text string) int {
	if text == "" {
		return 0
	}
	if c := text[0]; c < utf8.RuneSelf {
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			return 1
		}
		return 0
	}
	if r, n := utf8.DecodeRuneInString(text); unicode.IsLetter(r) {
		return n
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// lineEnd returns the offset of the line feed that ends the line of i.
func lineEnd(text string, i int) int {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}
