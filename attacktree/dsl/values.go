package dsl

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree/diag"
)

// Literals and values: numbers with units, dates, strings, and the
// expressions made of them.

// value reads VALUE or, in the block of an "on", an effect. want says what is
// expected, for messages.
func (p *parser) value(want string, effect bool) (*Value, bool) {
	start := p.peek()
	v := p.values.new()
	op, known := operators[start.sym]
	switch {
	case start.sym == symLeft && !effect:
		p.fail(want, "parentheses stand only behind the -, +, * or <= of an effect")
		return v, false
	case start.kind != tokPunct || !known:
	case effect:
		v.Op = op
		p.next()
		want = "a number behind " + strconv.Quote(op.String())
	default:
		p.fail(want, "only the effects of a control, below \"on\", change a number by -, +, * or <=")
		return v, false
	}
	open := p.peek()
	if effect && open.sym == symLeft {
		v.Parens = true
		p.next()
	}
	ok := false
	if v.Expr, ok = p.expr(want); !ok {
		return v, false
	}
	if v.Parens && !p.expect(symRight, `")"`) {
		return v, false
	}
	if r, isRange := v.Expr.(*Range); isRange && v.Op != OpNone && !v.Parens {
		p.report(codeSyntax, r.Span, "an interval behind "+strconv.Quote(v.Op.String())+" stands in parentheses",
			fmt.Sprintf("write %s(%s)", v.Op, r.Span.Text()))
	}
	v.Span = p.since(start)
	return v, true
}

var operators = map[sym]Op{symMinus: OpMinus, symPlus: OpPlus, symStar: OpTimes, symAtMost: OpAtMost}

// expr reads a number, an interval, a distribution or a param.
func (p *parser) expr(want string) (Expr, bool) {
	start := p.peek()
	switch {
	case start.kind == tokNumber:
		n := p.number()
		switch p.peek().sym {
		case symDots:
			return p.interval(n)
		case symStar:
			p.next()
			name, ok := p.word("the name of a param")
			return &Ref{Name: name, Factor: n, Span: p.since(start)}, ok
		}
		return n, true
	case start.kind == tokWord && !p.missing():
		name := p.take()
		switch p.peek().sym {
		case symLeft:
			return p.call(name)
		case symStar:
			p.next()
			n, ok := p.needNumber("a number")
			return &Ref{Name: name, Factor: n, Span: p.since(start)}, ok
		}
		return &Ref{Name: name, Span: name.Span}, true
	}
	hint := ""
	switch {
	case p.text(start) == "=" || p.text(start) == ":":
		hint = fmt.Sprintf("leave out the %s", p.text(start))
	case start.sym == symMinus:
		hint = "numbers are not negative here"
	case start.kind == tokText:
		hint = "write the number without quotes"
	case start.kind == tokDate:
		hint = "a duration is written 14d, 2w or 1y"
	}
	p.fail(want, hint)
	return nil, false
}

// missing reports whether the next word is a keyword of the block rather than
// the value or name that is expected here: it is one if what follows neither
// ends the item nor goes on with the value. Outside of blocks it is the word of
// a declaration if it begins a line that goes on.
func (p *parser) missing() bool {
	t, after := p.peek(), p.peekAt(1)
	switch {
	case p.in == nil:
		return p.declares(t) && !after.first && after.sym != symOpen && after.sym != symStar
	case !isKeywordOf(p.in, p.text(t)):
		return false
	case after.kind == tokEOF || after.sym == symOpen || after.sym == symClose || after.sym == symStar || after.sym == symComma:
		return false
	case after.kind == tokWord && isKeywordOf(p.in, p.text(after)):
		return false
	}
	return true
}

func (p *parser) interval(lo *Number) (Expr, bool) {
	p.next()
	hi, ok := p.needNumber(`the upper end of the interval behind ".."`)
	if !ok {
		return nil, false
	}
	return &Range{Lo: lo, Hi: hi, Span: lo.Span.To(hi.Span)}, true
}

// call reads the arguments of a distribution, from its "(".
func (p *parser) call(name Word) (Expr, bool) {
	c := &Call{Func: name}
	d, known := distributions[name.Text]
	if !known {
		p.report(codeWord, name.Span, fmt.Sprintf("no distribution is called %q", name.Text),
			hintOr(diag.Suggest(name.Text, distributionNames), "there are uniform, triangular, pert, lognormal and beta"))
	}
	p.next()
	for {
		lo, ok := p.needNumber("a number")
		if !ok {
			return nil, false
		}
		var arg Expr = lo
		if p.peek().sym == symDots {
			if arg, ok = p.interval(lo); !ok {
				return nil, false
			}
		}
		c.Args = append(c.Args, arg)
		if p.peek().sym != symComma {
			break
		}
		p.next()
	}
	if !p.expect(symRight, `"," or ")"`) {
		return nil, false
	}
	c.Span = name.Span.To(p.last())
	if known && !c.wellFormed(d.args) {
		p.report(codeSyntax, c.Span, "the arguments of "+name.Text+" do not fit", "write "+d.form)
	}
	return c, true
}

// wellFormed reports whether the call has n numbers, or for n = 0 one interval.
func (c *Call) wellFormed(n int) bool {
	intervals := 0
	for _, a := range c.Args {
		if _, ok := a.(*Range); ok {
			intervals++
		}
	}
	if n == 0 {
		return len(c.Args) == 1 && intervals == 1
	}
	return len(c.Args) == n && intervals == 0
}

// needNumber reads a number where nothing else will do.
func (p *parser) needNumber(want string) (*Number, bool) {
	if t := p.peek(); t.kind != tokNumber {
		hint := ""
		if t.sym == symMinus {
			hint = "numbers are not negative here"
		}
		p.fail(want, hint)
		return nil, false
	}
	return p.number(), true
}

// number reads the number that comes next, and a unit that was written apart.
func (p *parser) number() *Number {
	t := p.next()
	n := p.numbers.new()
	n.Span = p.span(t)
	var hint string
	n.Value, n.Unit, hint = readNumber(p.text(t))
	unit := p.peek()
	_, apart := units[p.text(unit)]
	switch {
	case hint != "":
		p.report(codeNumber, n.Span, fmt.Sprintf("%q is not a number", p.text(t)), hint)
	case !unit.first && (unit.kind == tokWord && apart && !isKeywordOf(p.in, p.text(unit)) || p.text(unit) == "%"):
		p.next()
		joined := p.text(t) + p.text(unit)
		n.Value, n.Unit, _ = readNumber(joined) // so that the unit is not missed as well
		p.report(codeNumber, n.Span.To(p.span(unit)), "there is a blank between a number and its unit", "write "+joined)
	}
	return n
}

// readNumber returns the value of a literal in base units, or a hint that says
// what is wrong with it.
func readNumber(s string) (value float64, unit Unit, hint string) {
	i := digits(s, 0)
	if i < 0 {
		return 0, Plain, digitsHint(s)
	}
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		if i = digits(s, i+1); i < 0 {
			return 0, Plain, digitsHint(s)
		}
	}
	mantissa, exp := strings.ReplaceAll(s[:i], "_", ""), 0
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		k := j
		for k < len(s) && isDigit(s[k]) {
			k++
		}
		if k > j {
			exp, _ = strconv.Atoi(s[i+1 : k]) // out of range it is the nearest int
			exp = max(-1e6, min(1e6, exp))
			i = k
		}
	}
	u, ok := units[s[i:]]
	if !ok {
		return 0, Plain, unitHint(s[:i], s[i:])
	}
	value, err := strconv.ParseFloat(mantissa+"e"+strconv.Itoa(exp+u.shift), 64)
	value = value * u.mul / u.div
	switch {
	case err != nil || math.IsInf(value, 0):
		return 0, u.unit, "it is too large: the greatest number is about 1e308"
	case value == 0 && strings.Trim(mantissa, "0.") != "":
		return 0, u.unit, "it is too small: the least number is about 1e-308"
	}
	return value, u.unit, ""
}

// digits returns the end of the digits at i, in groups joined by single "_",
// or -1 if there are none or a "_" stands elsewhere.
func digits(s string, i int) int {
	start := i
	for i < len(s) && (isDigit(s[i]) || s[i] == '_') {
		i++
	}
	if group := s[start:i]; group == "" || group[0] == '_' || group[len(group)-1] == '_' || strings.Contains(group, "__") {
		return -1
	}
	return i
}

// digitsHint says how digits are written that digits has refused.
func digitsHint(s string) string {
	if s[0] == '.' {
		return "write 0" + s
	}
	return `a "_" stands between two digits, as in 1_000`
}

// unitHint says what to type in place of a number that ends in no unit.
func unitHint(number, rest string) string {
	switch rest {
	case "K":
		return "write " + number + "k for thousands"
	case "m":
		return fmt.Sprintf("write %smin for minutes, %smo for months, or %sM for millions", number, number, number)
	case "b", "bn", "G", "g":
		return "write " + number + "B for thousands of millions"
	case "mn", "mio", "mm":
		return "write " + number + "M for millions"
	case "H", "D", "W", "Y":
		return "write " + number + strings.ToLower(rest)
	case "s", "sec":
		return "the least unit of time is min, for minutes"
	case ".":
		return "write " + number + " or " + number + ".0"
	}
	switch {
	case strings.HasPrefix(rest, "."):
		return "a number has one decimal point"
	case strings.HasPrefix(rest, "_"):
		return digitsHint(number)
	case utf8.RuneCountInString(rest) > 2 && letterLen(rest) > 0:
		for _, u := range []string{"min", "mo", "h", "d", "w", "y"} {
			if strings.HasPrefix(strings.ToLower(rest), u) {
				return "write " + number + u
			}
		}
	}
	return "a number ends at once with one of the units k M B % min h d w mo y, or with none; a name begins with a letter"
}

// date reads a date.
func (p *parser) date(want string) (*Date, bool) {
	t := p.peek()
	if t.kind != tokDate {
		hint := ""
		if t.kind == tokText || t.kind == tokNumber {
			hint = "a date is written YYYY-MM-DD, without quotes"
		}
		p.fail(want, hint)
		return nil, false
	}
	p.next()
	d := &Date{Span: p.span(t)}
	when, err := time.Parse(time.DateOnly, p.text(t))
	if err != nil {
		hint := "a date is written YYYY-MM-DD, such as 2026-11-01"
		if len(p.text(t)) == len(time.DateOnly) {
			hint = "there is no such day in the calendar"
		}
		p.report(codeDate, d.Span, fmt.Sprintf("%s is not a date", p.text(t)), hint)
		return d, true
	}
	d.Year, d.Month, d.Day = when.Year(), int(when.Month()), when.Day()
	return d, true
}

// str reads a string; the caller has seen that there is one.
func (p *parser) str() Text { return p.literal(p.next()) }

// literal returns the string that a token holds.
func (p *parser) literal(t token) Text {
	raw := p.text(t)
	s := Text{Long: t.kind == tokLongText, Span: p.span(t)}
	start := int(t.start)
	if s.Long {
		raw = strings.TrimSuffix(strings.TrimPrefix(raw, `"""`), `"""`)
		raw = dedent(raw)
	} else {
		_, n := utf8.DecodeRuneInString(raw) // the quotation mark, which may be a foreign one
		raw = raw[n:]
		start += n
		if r, n := utf8.DecodeLastRuneInString(raw); r == '"' || strings.ContainsRune("“”„«»‘’'`", r) && p.text(t)[0] != '"' {
			raw = raw[:len(raw)-n]
		}
	}
	value, at, n := unescape(raw)
	if at >= 0 {
		span := s.Span
		if !s.Long {
			span = p.src.Span(start+at, start+at+n)
		}
		p.report(codeString, span, fmt.Sprintf("%s is no escape", raw[at:at+n]), `the escapes are those of JSON: \" \\ \/ \b \f \n \r \t \u0041`)
	}
	s.Value = value
	return s
}

// dedent turns what stands between two """ into its lines: blank first and
// last lines are dropped, and so is the indent that all others share. Text
// behind the first """ has none.
func dedent(raw string) string {
	lines := strings.Split(strings.ReplaceAll(raw, "\r\n", "\n"), "\n")
	for i, l := range lines {
		if strings.Trim(l, " \t") == "" {
			lines[i] = ""
		}
	}
	lines[0] = strings.TrimLeft(lines[0], " \t")
	head := lines[:1]
	if lines[0] == "" {
		head = nil
	}
	rest := lines[1:]
	if n := len(rest); n > 0 && rest[n-1] == "" {
		rest = rest[:n-1]
	}
	indent, found := "", false
	for _, l := range rest {
		if l == "" {
			continue
		}
		lead := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
		if !found {
			indent, found = lead, true
		}
		for !strings.HasPrefix(lead, indent) {
			indent = indent[:len(indent)-1]
		}
	}
	for i, l := range rest {
		rest[i] = strings.TrimPrefix(l, indent)
	}
	return strings.Join(append(slices.Clip(head), rest...), "\n")
}

// unescape resolves the escapes of JSON. On a fault it returns where the faulty
// escape begins and how long it is, and what could be read; else at is -1.
func unescape(raw string) (value string, at, n int) {
	at = -1
	if !strings.Contains(raw, `\`) {
		return raw, at, 0
	}
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			i++
			continue
		}
		r, size := escape(raw[i:])
		if size == 0 {
			if at < 0 {
				at, n = i, 1
				if i+1 < len(raw) {
					_, w := utf8.DecodeRuneInString(raw[i+1:])
					n += w
				}
				if strings.HasPrefix(raw[i:], `\u`) {
					for n < 6 && i+n < len(raw) && strings.IndexByte("0123456789abcdefABCDEF", raw[i+n]) >= 0 {
						n++
					}
				}
			}
			i++
			continue
		}
		b.WriteRune(r)
		i += size
	}
	return b.String(), at, n
}

// escape reads one escape and returns its length, 0 if it is none.
func escape(s string) (rune, int) {
	if len(s) < 2 {
		return 0, 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, s[1]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), 2
	}
	r := hex4(s)
	switch {
	case r < 0 || r >= 0xdc00 && r < 0xe000:
		return 0, 0
	case r < 0xd800 || r >= 0xe000:
		return r, 6
	}
	low := hex4(s[6:])
	if low < 0xdc00 || low > 0xdfff {
		return 0, 0
	}
	return 0x10000 + (r-0xd800)<<10 + (low - 0xdc00), 12
}

// hex4 reads \u and four hexadecimal digits, and returns -1 if s does not begin with it.
func hex4(s string) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' || strings.ContainsAny(s[2:6], "+-_") {
		return -1
	}
	n, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}
