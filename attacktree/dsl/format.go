package dsl

import (
	"bytes"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree/diag"
)

// The one standard style. A block is planned as lines, each with the comments
// above and behind it, and then written.

const (
	lineWidth  = 100 // code points that a line should not pass
	maxIndents = 40  // deeper levels are indented no further, so that output stays linear
	maxHang    = 24  // of what a list goes on below, behind the indent

	// A soft blank stands before each word of a list. The line may be broken
	// there, but not at the first of them, which the others then hang below.
	soft = "\v"
)

// Format returns the file in the standard style:
//
//   - two blanks of indent a level, two blanks between items on one line;
//   - line breaks between items, and single blank lines, stay as written; a
//     block that was written on one line stays so if it fits 100 columns;
//   - values of attributes on lines of their own are aligned within a run;
//   - a list in a block or a set fills its line up to 100 columns, and goes on
//     below its first word;
//   - a comment on a line of its own stays above what follows it, one behind an
//     item stays behind it, and one inside an item moves above the item;
//   - numbers keep their spelling, strings are written anew.
//
// Format is idempotent and does not change what the file means. The file must
// have been parsed without errors, or built so that it could have been: nodes
// without a place are laid out by these rules alone. The time is linear in the
// size of the file.
func Format(f *File) []byte {
	w := &writer{comments: f.Comments}
	if f.Source != nil {
		w.text = f.Source.Text
	}
	return w.file(f)
}

// Canonical returns the file in a form that depends on its content alone: one
// item a line, without comments, every number and string in its one spelling.
// The digest of a model is taken of it. As for [Format], the file must be free
// of errors.
func Canonical(f *File) []byte {
	w := &writer{canonical: true}
	return w.file(f)
}

type writer struct {
	out       bytes.Buffer
	text      string // of the source
	comments  []Comment
	canonical bool
	depth     int
}

// A place is an Item or a Decl.
type place interface{ Place() diag.Span }

// A line is what goes on one line, or begins on it.
type line struct {
	blank  bool      // a blank line comes before it and its comments
	above  []Comment // on lines of their own
	gap    bool      // a blank line stands between the comments and the items
	items  []place   // one, or several attributes
	text   string    // of attributes, without indent
	key    int       // length of the key, if values are to be aligned; else 0
	behind *Comment
}

func (w *writer) file(f *File) []byte {
	items := make([]place, len(f.Decls))
	for i, d := range f.Decls {
		items[i] = d
	}
	w.lines(w.plan(items, w.comments, 0))
	return w.out.Bytes()
}

// plan distributes items and comments over lines. Both lie behind offset at,
// and the comments are those of the block, of nested blocks too.
func (w *writer) plan(items []place, comments []Comment, at int) []line {
	var lines []line
	first := true
	// gap reports whether a blank line stands in the source between the last
	// thing and the next one, and moves on.
	gap := func(start, end int) bool {
		blank := !first && !w.canonical && at <= start && strings.Count(w.text[at:start], "\n") > 1
		first, at = false, max(at, end)
		return blank
	}
	for _, item := range items {
		start, end := item.Place().Offsets()
		placed := !item.Place().IsZero() && !w.canonical
		if n := len(lines); n > 0 && len(comments) > 0 && !comments[0].Own && offset(comments[0]) < start {
			lines[n-1].behind = &comments[0]
			at = max(at, endOf(comments[0]))
			comments = comments[1:]
		}
		l := line{items: []place{item}}
		w.attribute(&l)
		limit := w.headEnd(item)
		for len(comments) > 0 && offset(comments[0]) < limit {
			blank := gap(min(offset(comments[0]), start), endOf(comments[0]))
			if len(l.above) == 0 {
				l.blank = blank
			} else if blank {
				lines = append(lines, line{blank: l.blank, above: l.above})
				l.blank, l.above = true, nil
			}
			l.above = append(l.above, comments[0])
			comments = comments[1:]
		}
		switch {
		case !placed && !w.canonical && w.depth == 0:
			l.blank = len(lines) > 0
			first = false
		case len(l.above) == 0:
			same := placed && !first && at <= start && !strings.Contains(w.text[at:start], "\n")
			l.blank = gap(start, end)
			if n := len(lines); same && n > 0 && lines[n-1].joins(&l, w.indent()) {
				lines[n-1].items = append(lines[n-1].items, item)
				lines[n-1].text += "  " + l.text
				lines[n-1].key = 0
				comments = after(comments, end)
				continue
			}
		default:
			l.gap = gap(start, end)
		}
		lines = append(lines, l)
		comments = after(comments, end)
	}
	if n := len(lines); n > 0 && len(comments) > 0 && !comments[0].Own {
		lines[n-1].behind = &comments[0]
		at = max(at, endOf(comments[0]))
		comments = comments[1:]
	}
	for _, c := range comments {
		lines = append(lines, line{blank: gap(offset(c), endOf(c)), above: []Comment{c}})
	}
	return lines
}

func offset(c Comment) int { n, _ := c.Span.Offsets(); return n }
func endOf(c Comment) int  { _, n := c.Span.Offsets(); return n }

// after returns the comments from an offset on.
func after(comments []Comment, at int) []Comment {
	return comments[sort.Search(len(comments), func(i int) bool { return offset(comments[i]) >= at }):]
}

// within returns the comments inside a span.
func within(comments []Comment, s diag.Span) []Comment {
	start, end := s.Offsets()
	rest := after(comments, start)
	return rest[:len(rest)-len(after(rest, end))]
}

// headEnd returns the offset before which comments belong above the item: its
// end, or the { of its block.
func (w *writer) headEnd(item place) int {
	if b, _ := bodyOf(item); b != nil && !b.Span.IsZero() {
		start, _ := b.Span.Offsets()
		return start
	}
	_, end := item.Place().Offsets()
	return end
}

// bodyOf returns the block of an item, and what stands in it.
func bodyOf(item place) (*Block, *block) {
	switch d := item.(type) {
	case *Model:
		return d.Body, blockModel
	case *Copy:
		return d.Body, blockCopy
	case *Param:
		return d.Body, blockParam
	case *Correlate:
		return d.Body, blockCorrelate
	case *Asset:
		return d.Body, blockAsset
	case *Adversary:
		return d.Body, blockAdversary
	case *Node:
		return d.Body, blockNode
	case *Control:
		return d.Body, blockControl
	case *System:
		return d.Body, blockSystem
	case *Accept:
		return d.Body, blockAccept
	case *NodeValues:
		return d.Body, blockValues
	case *For:
		return d.Body, blockFor
	case *On:
		return d.Body, blockOn
	case *Boundary:
		return d.Body, blockBoundary
	case *Element:
		return d.Body, blockElement
	case *Flow:
		return d.Body, blockFlow
	}
	return nil, nil
}

// joins reports whether the attribute of a line may stand on the line before.
func (l *line) joins(next *line, indent int) bool {
	return l.text != "" && next.text != "" && l.behind == nil && !strings.Contains(l.text+next.text, "\n") &&
		indent+utf8.RuneCountInString(l.text)+2+utf8.RuneCountInString(next.text) <= lineWidth
}

// attribute fills in the text of a line that holds one attribute.
func (w *writer) attribute(l *line) {
	switch item := l.items[0].(type) {
	case *Attr:
		l.text = w.attr(item)
	case *Basis:
		l.text = "basis " + w.quoted(item.Text)
		if item.Attr != nil {
			l.text = "basis " + item.Attr.Text + " " + w.quoted(item.Text)
		}
	default:
		return
	}
	if key := strings.IndexAny(l.text, " "+soft); key > 0 && !w.canonical && !strings.Contains(l.text, "\n") {
		l.key = key
	}
}

func (w *writer) indent() int { return 2 * min(w.depth, maxIndents) }

// newline begins a line, after a blank one if asked for.
func (w *writer) newline(blank bool) {
	if blank {
		w.out.WriteByte('\n')
	}
	w.out.WriteString(strings.Repeat(" ", w.indent()))
}

// lines writes the planned lines of a block, each with its end.
func (w *writer) lines(lines []line) {
	for i := range lines {
		l := &lines[i]
		if l.key > 0 && (i == 0 || lines[i-1].key == 0 || l.blank || l.gap) {
			align(lines[i:])
		}
		blank := l.blank
		for _, c := range l.above {
			w.newline(blank)
			w.out.WriteString(c.Span.Text() + "\n")
			blank = false
		}
		if len(l.items) == 0 {
			continue
		}
		w.newline(blank || l.gap)
		if l.text != "" {
			w.fold(l.text, "")
		} else {
			w.item(l.items[0])
		}
		if l.behind != nil {
			w.out.WriteString("  " + l.behind.Span.Text())
		}
		w.out.WriteByte('\n')
	}
}

// align pads the keys of the run of single attributes that lines begin with.
func align(lines []line) {
	n, width := 0, 0
	for ; n < len(lines) && lines[n].key > 0 && (n == 0 || !lines[n].blank && !lines[n].gap); n++ {
		width = max(width, lines[n].key)
	}
	for i := range lines[:n] {
		l := &lines[i]
		l.text = l.text[:l.key] + strings.Repeat(" ", width-l.key) + l.text[l.key:]
	}
}

// item writes an item other than an attribute.
func (w *writer) item(item place) {
	body, _ := bodyOf(item)
	if body == nil {
		w.fold(w.head(item), "")
		return
	}
	column := w.fold(w.head(item), " {")
	w.out.WriteByte(' ')
	if flat, ok := w.flat(body); ok && column+1+utf8.RuneCountInString(flat) <= lineWidth {
		w.out.WriteString(strings.ReplaceAll(flat, soft, " "))
		return
	}
	w.block(body)
}

// fold writes a text that begins a line and has a tail to come behind it. Where
// a line would be too long, it is broken at a soft blank. The column behind the
// text is returned.
func (w *writer) fold(text, tail string) int {
	lead, rest, _ := strings.Cut(text, soft)
	w.out.WriteString(lead)
	column := w.indent() + utf8.RuneCountInString(lead)
	hang := column + 1
	if hang > w.indent()+maxHang {
		hang = w.indent() + 4
	}
	for first := true; rest != ""; first = false {
		var word string
		word, rest, _ = strings.Cut(rest, soft)
		width := utf8.RuneCountInString(word)
		end := column + 1 + width
		if rest == "" {
			end += len(tail)
		}
		if end > lineWidth && !first && !w.canonical {
			w.out.WriteString("\n" + strings.Repeat(" ", hang))
			column = hang
		} else {
			w.out.WriteByte(' ')
			column++
		}
		w.out.WriteString(word)
		column += width
	}
	return column
}

// block writes a block over several lines.
func (w *writer) block(b *Block) {
	items := make([]place, len(b.Items))
	for i, item := range b.Items {
		items[i] = item
	}
	comments := within(w.comments, b.Span)
	start, _ := b.Span.Offsets()
	w.out.WriteByte('{')
	if len(comments) > 0 && !comments[0].Own && (len(items) == 0 || offset(comments[0]) < startOf(items[0])) {
		w.out.WriteString("  " + comments[0].Span.Text())
		start = endOf(comments[0])
		comments = comments[1:]
	}
	if len(items)+len(comments) > 0 || start > 0 {
		w.out.WriteByte('\n')
		w.depth++
		w.lines(w.plan(items, comments, start))
		w.depth--
		w.newline(false)
	}
	w.out.WriteByte('}')
}

func startOf(item place) int { n, _ := item.Place().Offsets(); return n }

// flat returns a block on one line. It may stand so if it was written so, or
// if it was built of attributes alone.
func (w *writer) flat(b *Block) (string, bool) {
	if len(b.Items) == 0 && len(within(w.comments, b.Span)) == 0 {
		return "{}", true
	}
	written := !b.Span.IsZero()
	if w.canonical || written && (len(b.Span.Text()) > 4*lineWidth || strings.Contains(b.Span.Text(), "\n")) {
		return "", false
	}
	parts := make([]string, len(b.Items))
	for i, item := range b.Items {
		l := line{items: []place{item}}
		w.attribute(&l)
		parts[i] = l.text
		if l.text == "" {
			body, _ := bodyOf(item)
			if !written && body != nil {
				return "", false
			}
			parts[i] = w.head(item)
			if body != nil {
				nested, ok := w.flat(body)
				if !ok {
					return "", false
				}
				parts[i] += " " + nested
			}
		}
	}
	text := "{ " + strings.Join(parts, "  ") + " }"
	return text, !strings.Contains(text, "\n")
}

// head returns what stands before the block of an item, or all of it.
func (w *writer) head(item place) string {
	switch d := item.(type) {
	case *Model:
		return join("model", w.optional(d.Title))
	case *Import:
		return join("import", w.quotedShort(d.Path), "as", d.Name.Text)
	case *Copy:
		return join("copy", w.quotedShort(d.Path), "as", d.Name.Text)
	case *Param:
		return join("param", d.Name.Text, w.value(&d.Value))
	case *Correlate:
		sign := ""
		if d.Negative {
			sign = "-"
		}
		return join("correlate", strings.Join(words(d.Params), ", "), sign+w.number(d.Rank))
	case *ParamValue:
		return join("param", d.Name.Text, w.value(&d.Value))
	case *NodeValues:
		return join("node", d.Name.Text)
	case *Asset:
		return join("asset", d.Name.Text, w.optional(d.Label))
	case *Adversary:
		return join("adversary", d.Name.Text, w.optional(d.Label))
	case *Node:
		goal, k := "", ""
		if d.Goal {
			goal = "goal"
		}
		if d.K != nil {
			k = w.number(d.K)
		}
		return join(goal, d.Gate.Text, k, d.Name.Text, w.optional(d.Label))
	case *Control:
		return join("control", d.Name.Text, w.optional(d.Label))
	case *Set:
		if len(d.Members) == 0 {
			return join("set", d.Name.Text, "{}")
		}
		return join("set", d.Name.Text, "{", list(words(d.Members)), "}")
	case *System:
		return join("system", w.optional(d.Label))
	case *Boundary:
		return join("boundary", d.Name.Text, w.optional(d.Label))
	case *Element:
		return join(d.Kind.Text, d.Name.Text, w.optional(d.Label))
	case *Flow:
		return join("flow", d.Name.Text, d.From.Text, "->", d.To.Text, w.optional(d.Label))
	case *Accept:
		stride := ""
		if d.Target.Kind == TargetElement {
			stride = "stride " + strings.Join(words(d.Stride), ", ")
		}
		return join("accept", target(d.Target), stride, w.optional(d.Reason))
	case *Use:
		return join("use", d.Name.Text)
	case *For:
		return join("for", list(words(d.Adversaries)))
	case *On:
		targets := make([]string, len(d.Targets))
		for i, t := range d.Targets {
			targets[i] = target(t)
		}
		return join("on", list(targets))
	}
	return ""
}

// join puts blanks between the parts that are not empty.
func join(parts ...string) string {
	var b strings.Builder
	size := len(parts)
	for _, p := range parts {
		size += len(p)
	}
	b.Grow(size)
	for _, p := range parts {
		if b.Len() > 0 && p != "" && !strings.HasPrefix(p, soft) {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

// list returns words with commas and soft blanks between them, and one before.
func list(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return soft + strings.Join(words, ","+soft)
}

// words returns the texts of words, in quotes where they are none.
func words(list []Word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.Text
		if !isWord(w.Text) {
			out[i] = quote(w.Text)
		}
	}
	return out
}

func target(t Target) string {
	return [...]string{TargetNode: "", TargetThreat: "threat ", TargetTag: "tag ", TargetElement: "at "}[t.Kind] + t.Name.Text
}

// attr returns an attribute, of several lines if its text is.
func (w *writer) attr(a *Attr) string {
	key, every, value, text, date := a.Key.Text, "", "", "", ""
	if k := keywords[key]; k != nil && k.form == formBy {
		key += " by"
	}
	if a.Value != nil {
		value = w.value(a.Value)
	}
	if a.Text != nil {
		text = w.quoted(*a.Text)
	}
	if a.Date != nil {
		date = fmt.Sprintf("%04d-%02d-%02d", a.Date.Year, a.Date.Month, a.Date.Day)
	}
	if a.Every != nil {
		every = "every " + w.value(a.Every)
	}
	return join(key, value, list(words(a.Words)), text, date, every)
}

func (w *writer) optional(t *Text) string {
	if t == nil {
		return ""
	}
	return w.quotedShort(*t)
}

// quotedShort returns a string on one line, for heads.
func (w *writer) quotedShort(t Text) string { return quote(t.Value) }

// quoted returns a string, over several lines if it was written so.
func (w *writer) quoted(t Text) string {
	if !t.Long || w.canonical {
		return quote(t.Value)
	}
	return quoteLong(t.Value, strings.Repeat(" ", w.indent()))
}

// value returns a number, certain or not, or an effect.
func (w *writer) value(v *Value) string {
	expr := w.expr(v.Expr)
	if v.Parens {
		expr = "(" + expr + ")"
	}
	return v.Op.String() + expr
}

func (w *writer) expr(e Expr) string {
	switch e := e.(type) {
	case *Number:
		return w.number(e)
	case *Range:
		return w.number(e.Lo) + ".." + w.number(e.Hi)
	case *Call:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = w.expr(a)
		}
		return e.Func.Text + "(" + strings.Join(args, ", ") + ")"
	case *Ref:
		if e.Factor != nil {
			return w.number(e.Factor) + " * " + e.Name.Text
		}
		return e.Name.Text
	}
	return ""
}

// number returns a literal as it was written, or its one spelling.
func (w *writer) number(n *Number) string {
	if !w.canonical && !n.Span.IsZero() {
		return n.Span.Text()
	}
	return literal(n)
}

// literal returns the shortest literal that reads back as the same number of
// the same kind of unit.
func literal(n *Number) string {
	var best string
	for _, suffix := range [...]string{"", "k", "M", "B", "%", "d", "w", "mo", "y", "h", "min"} {
		u := units[suffix]
		if u.unit != n.Unit {
			continue
		}
		s := decimal(n.Value*u.div/u.mul, -u.shift) + suffix
		if v, _, hint := readNumber(s); hint == "" && v == n.Value && (best == "" || len(s) < len(best)) {
			best = s
		}
	}
	return best
}

// decimal writes v * 10^shift, exactly, with the least number of digits.
func decimal(v float64, shift int) string {
	mantissa, e, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	exp, err := strconv.Atoi(e)
	if err != nil { // not finite
		return ""
	}
	exp += shift
	digits := strings.Replace(mantissa, ".", "", 1)
	switch {
	case digits == "0":
		return "0"
	case exp < -6 || exp > 20:
		return mantissa + "e" + strconv.Itoa(exp)
	case exp < 0:
		return "0." + strings.Repeat("0", -exp-1) + digits
	case exp+1 >= len(digits):
		return digits + strings.Repeat("0", exp+1-len(digits))
	}
	return digits[:exp+1] + "." + digits[exp+1:]
}

// quote returns a string with the escapes of JSON that it needs.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		default:
			writeRune(&b, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// writeRune writes control characters as escapes.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case r == '\t':
		b.WriteString(`\t`)
	case r == '\r':
		b.WriteString(`\r`)
	case r < ' ' || r == 0x7f:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		b.WriteRune(r)
	}
}

// quoteLong returns a string between """, each line with the indent. Blanks
// that reading would take for indent are written as escapes.
func quoteLong(s, indent string) string {
	lines := strings.Split(s, "\n")
	shared := math.MaxInt // blanks that all lines begin with
	for _, l := range lines {
		if strings.Trim(l, " \t") != "" {
			shared = min(shared, len(l)-len(strings.TrimLeft(l, " \t")))
		}
	}
	var b strings.Builder
	b.WriteString(`"""` + "\n")
	for _, l := range lines {
		if l != "" {
			b.WriteString(indent)
		}
		blank := strings.Trim(l, " \t") == ""
		for i, r := range l {
			switch {
			case i == 0 && r == ' ' && (blank || shared > 0):
				b.WriteString(`\u0020`)
			case r == '\\' || r == '"' && strings.HasPrefix(l[i:], `"""`):
				b.WriteByte('\\')
				b.WriteRune(r)
			default:
				writeRune(&b, r)
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString(indent + `"""`)
	return b.String()
}
