package interchange

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/atree-dev/atree/attacktree/diag"
)

// From the text of a file to definitions: its encoding, what is refused before
// it is parsed, and its elements, one after the other.

// read adds the definitions of a file, and reports whether it could be read to
// its end.
func (d *document) read(f File) bool {
	if len(f.Data) > MaxBytes {
		src := diag.NewSource(f.Name, "")
		d.error("file-too-large", src.Span(0, 0), "the file has %d MB; at most %d are read", len(f.Data)>>20, MaxBytes>>20)
		return false
	}
	text, err := decode(f.Data)
	src := diag.NewSource(f.Name, text)
	if err != nil {
		d.error("bad-character", src.Span(0, 0), "%v", err)
		return false
	}
	if !d.screen(src) {
		return false
	}
	p := &parser{document: d, src: src, stack: []frame{{what: outside}}}
	p.decoder = xml.NewDecoder(strings.NewReader(text))
	p.decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	return p.parse()
}

// declared finds the encoding that the text says it has.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// decode returns the text of a file in UTF-8, UTF-16 or ISO 8859-1, without a
// byte order mark.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeUTF16(data[2:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte("<\x00")):
		return decodeUTF16(data, binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\x00<")):
		return decodeUTF16(data, binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	name := "utf-8"
	if m := declared.FindSubmatch(data[:min(len(data), 1024)]); m != nil {
		name = strings.ToLower(string(m[1]))
	}
	switch name {
	case "utf-8", "us-ascii", "ascii":
		return string(data), nil // the parser will say where it is not valid
	case "iso-8859-1", "latin1":
		var b strings.Builder
		b.Grow(len(data))
		for _, c := range data {
			b.WriteRune(rune(c))
		}
		return b.String(), nil
	}
	return "", fmt.Errorf("expected the encoding UTF-8, UTF-16 or ISO-8859-1, found %q", name)
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", fmt.Errorf("the file is in UTF-16 but has an odd number of bytes")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// screen looks for what is not even given to the XML parser: document types,
// which may define entities, and tags so long that they would fill the memory.
func (d *document) screen(src *diag.Source) bool {
	text := src.Text
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '<')
		if i < 0 {
			return true
		}
		at += i
		rest := text[at:]
		after := func(end string) bool { // goes behind end, false if there is none
			i := strings.Index(rest, end)
			at += i + len(end)
			return i >= 0
		}
		switch {
		case strings.HasPrefix(rest, "<!--"):
			if !after("-->") {
				return true // which the parser will say
			}
		case strings.HasPrefix(rest, "<![CDATA["):
			if !after("]]>") {
				return true
			}
		case strings.HasPrefix(rest, "<?"):
			if !after("?>") {
				return true
			}
		case strings.HasPrefix(rest, "<!"):
			d.error("unsupported", src.Span(at, at+2), "a document type or entity is not read, since it could name other files or grow without end").
				Hint = "take out the <!DOCTYPE …>"
			return false
		default:
			n := tagLength(rest[:min(len(rest), maxTag+1)])
			if n > maxTag {
				d.error("file-too-large", src.Span(at, at+1), "a tag of more than %d bytes", maxTag)
				return false
			}
			at += n
		}
	}
}

// tagLength returns how long the tag is that begins the text, up to its > or to
// the end of the text.
func tagLength(text string) int {
	quote := byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(text)
}

// A parser reads the elements of a file. Those that are open form a stack.
type parser struct {
	*document
	src     *diag.Source
	decoder *xml.Decoder
	stack   []frame
	done    bool // the root has been closed
}

// A frame is an open element.
type frame struct {
	what  what
	name  string
	at    diag.Span
	in    *container
	def   *definition
	term  *formula
	label *string // where its text goes
}

// what an element is.
type what uint8

const (
	outside   what = iota // of the root
	root                  // opsa-mef
	holder                // define-fault-tree, define-component, model-data
	defining              // define-gate and so on
	operator              // a formula of formulas
	operand               // a reference or a constant
	labelling             // label
	skipped               // what does not matter, and what has been reported
)

// parse reads to the end of the file, and reports whether it got there.
func (p *parser) parse() bool {
	for {
		from := int(p.decoder.InputOffset())
		token, err := p.decoder.Token()
		to := int(p.decoder.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			if !p.open(t, from, to) {
				return false
			}
		case xml.EndElement:
			p.close()
		case xml.CharData:
			p.text(string(t), from, to)
		}
		if err == io.EOF {
			if !p.done {
				p.error("syntax", p.src.Span(to, to), "expected an element opsa-mef, found the end of the file")
			}
			return p.done
		}
		if err != nil {
			p.malformed(err, to)
			return false
		}
		if p.full() {
			return false
		}
	}
}

// malformed tells what the XML parser says.
func (p *parser) malformed(err error, at int) {
	message := err.Error()
	if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) {
		message = syntax.Msg
	}
	if top := p.stack[len(p.stack)-1]; message == "unexpected EOF" && top.what != outside {
		p.error("syntax", p.src.Span(at, at), "the file ends within <%s>", top.name).
			Related = []diag.Related{{Message: "which begins here", Span: top.at}}
		return
	}
	p.error("syntax", p.src.Span(max(at-1, 0), at), "no well-formed XML: %s", message)
}

// text takes a piece of text: of a label, or between elements, where there is
// to be none.
func (p *parser) text(text string, from, to int) {
	top := &p.stack[len(p.stack)-1]
	switch {
	case top.label != nil:
		*top.label += text
	case top.what != skipped && strings.TrimSpace(text) != "":
		lead := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		p.error("syntax", p.src.Span(min(from+lead, to), to), "expected an element, found text")
	}
}

// open takes a start tag. It returns false if reading must end here.
func (p *parser) open(t xml.StartElement, from, to int) bool {
	tag := element{p, t, p.src.Span(from, to)}
	top := p.stack[len(p.stack)-1]
	next := frame{what: skipped, name: t.Name.Local, at: tag.span, in: top.in}
	if len(p.stack) > maxDepth {
		p.error("nesting-too-deep", tag.span, "more than %d elements within each other", maxDepth)
		return false
	}
	if p.parts++; p.parts > maxParts {
		p.error("import-limit", tag.span, "more than %d elements", maxParts)
		return false
	}
	switch top.what {
	case outside:
		if p.done || t.Name.Local != "opsa-mef" {
			p.error("unsupported", tag.span, "expected one element opsa-mef, found <%s>", t.Name.Local).
				Hint = "of XML, fault trees of Open-PSA and trees of ADTool are read"
			return false
		}
		next.what, next.in = root, p.model
		if p.span.IsZero() {
			p.span = tag.span
			p.title = tag.value("name")
		}
	case root, holder:
		p.openDeclaration(&next, &top, tag)
	case defining, operator:
		p.openFormula(&next, &top, tag)
	case operand:
		p.error("syntax", tag.span, "<%s> takes no elements, found <%s>", top.name, t.Name.Local)
	}
	p.stack = append(p.stack, next)
	return true
}

// unsupported are the elements whose purpose is known, and is not a fault tree.
var unsupported = map[string]string{
	"define-event-tree": "event trees", "define-initiating-event": "event trees", "define-functional-event": "event trees",
	"define-sequence": "event trees", "define-branch": "event trees", "define-rule": "event trees",
	"define-consequence": "event trees", "define-consequence-group": "event trees",
	"define-CCF-group": "common cause groups", "define-substitution": "substitutions", "define-alignment": "alignments",
	"define-extern-library": "extern functions", "define-extern-function": "extern functions", "include": "other files",
}

// openDeclaration takes an element of the model, a fault tree or a component.
func (p *parser) openDeclaration(next, top *frame, tag element) {
	name := tag.Name.Local
	switch name {
	case "label":
		next.what, next.label = labelling, new(string)
		if top.what == root {
			p.title = ""
			next.label = &p.title
		}
		return
	case "attributes":
		p.leaveOutAttributes(tag.span)
		return
	case "model-data":
		if top.what == root {
			next.what = holder
			return
		}
	case "define-fault-tree", "define-component":
		if (name == "define-fault-tree") == (top.what == root) {
			p.openContainer(next, top, tag)
			return
		}
	}
	for k := range kinds {
		if name != "define-"+kindWords[k] || top.what != holder {
			continue
		}
		next.what = defining
		next.def = &definition{kind: k, name: tag.required("name"), at: tag.spanOf("name"), within: top.in}
		next.def.private = tag.private(top.in.private)
		if next.def.name != "" {
			p.define(next.def)
		}
		return
	}
	if what, known := unsupported[name]; known {
		p.error("unsupported", tag.span, "%s are not supported: <%s>", what, name)
		return
	}
	p.error("unsupported", tag.span, "expected a definition in <%s>, found <%s>", top.name, name)
}

// leaveOutAttributes says once that attributes are not read.
func (p *parser) leaveOutAttributes(at diag.Span) {
	if !p.attributes {
		p.warn("left-out", at, "attributes are left out, here and wherever else there are some")
	}
	p.attributes = true
}

// openContainer takes a fault tree or a component.
func (p *parser) openContainer(next, top *frame, tag element) {
	name := tag.required("name")
	switch {
	case name == "":
		return
	case top.in.children[name] != nil:
		p.error("duplicate-name", tag.spanOf("name"), "%q is defined twice in the same place", name)
		return
	case top.in.depth == maxComponents:
		p.error("nesting-too-deep", tag.span, "more than %d components within each other", maxComponents)
		return
	}
	c := newContainer(name, top.in)
	c.depth = top.in.depth + 1
	c.private = tag.private(top.in.private)
	top.in.children[name] = c
	next.what, next.in = holder, c
}

// The elements of formulas, and how many formulas each takes.
var operators = map[string]struct{ least, most int }{
	"and": {1, math.MaxInt}, "or": {1, math.MaxInt}, "nand": {1, math.MaxInt}, "nor": {1, math.MaxInt},
	"xor": {2, math.MaxInt}, "not": {1, 1}, "imply": {2, 2}, "iff": {2, 2},
	"atleast": {1, math.MaxInt}, "cardinality": {1, math.MaxInt},
}

// openFormula takes an element of a definition or of a formula.
func (p *parser) openFormula(next, top *frame, tag element) {
	name := tag.Name.Local
	if top.what == defining && name == "label" {
		next.what, next.label = labelling, &top.def.label
		top.def.label = ""
		return
	}
	if top.what == defining && name == "attributes" {
		p.leaveOutAttributes(tag.span)
		return
	}
	f := &formula{op: name, at: tag.span}
	next.what, next.term = operand, f
	switch {
	case top.what == defining && top.def.body != nil:
		p.error("syntax", tag.span, "the %v %q has more than one definition", top.def.kind, top.def.name)
		next.what = skipped
		return
	case top.what == defining:
		top.def.body = f
	default:
		top.term.args = append(top.term.args, f)
	}
	of := gate
	if top.def != nil {
		of = top.def.kind
	}
	next.def = top.def
	if !p.readFormula(next, tag, of) {
		next.what, f.op = skipped, refused
	}
}

// refused is the operator of a formula that has been reported.
const refused = ""

// readFormula reads the attributes of the element of a formula or expression.
func (p *parser) readFormula(next *frame, tag element, of kind) bool {
	f := next.term
	switch of {
	case gate:
		if _, ok := operators[f.op]; ok {
			next.what = operator
			switch f.op {
			case "atleast":
				f.min = tag.count("min")
			case "cardinality":
				f.min, f.max = tag.count("min"), tag.count("max")
			}
			return true
		}
		switch f.op {
		case "event":
			f.name, f.at = tag.required("name"), tag.spanOf("name")
			f.types = []kind{gate, basicEvent, houseEvent}
			if word := tag.value("type"); word != "" {
				k := slices.Index(kindWords[:parameter], word)
				if k < 0 {
					p.error("bad-value", tag.spanOf("type"), "expected the type %s, found %q", strings.Join(kindWords[:parameter], ", "), word)
					return false
				}
				f.types = []kind{kind(k)}
			}
			return f.name != ""
		case "gate", "basic-event", "house-event":
			f.name, f.at = tag.required("name"), tag.spanOf("name")
			f.types = []kind{kind(slices.Index(kindWords[:], f.op))}
			return f.name != ""
		case "constant":
			return tag.truth(f)
		}
		p.error("unsupported", tag.span, "expected a formula, found <%s>", f.op)
		return false
	case houseEvent:
		if f.op == "constant" {
			return tag.truth(f)
		}
		p.error("unsupported", tag.span, "expected a constant, found <%s>", f.op)
		return false
	}
	switch f.op {
	case "float", "int":
		return tag.number(f)
	case "bool":
		return tag.truth(f)
	case "parameter":
		f.name, f.at, f.types = tag.required("name"), tag.spanOf("name"), []kind{parameter}
		return f.name != ""
	}
	if of == parameter {
		next.what = skipped
		return true // it is refused only if a basic event needs it
	}
	p.error("unsupported", tag.span, "expected a number or a parameter as the probability, found <%s>", f.op).
		Hint = "write the probability that it comes to"
	return false
}

// close takes an end tag.
func (p *parser) close() {
	top := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	switch top.what {
	case root:
		p.done = true
	case labelling:
		*top.label = strings.Join(strings.Fields(*top.label), " ")
	case operator:
		p.closeOperator(top.term)
	case defining:
		if d := top.def; d.body == nil && d.kind != basicEvent {
			p.error("empty-gate", d.at, "the %v %q has no definition", d.kind, d.name)
		}
	}
}

// closeOperator checks a formula once all of it has been read, and writes it
// with and, or, not, xor and atleast only.
func (p *parser) closeOperator(f *formula) {
	n, takes := len(f.args), operators[f.op]
	if n < takes.least || n > takes.most {
		number := [...]string{"no", "one", "two"}[takes.least]
		more := " or more"
		if takes.most == takes.least {
			more = ""
		}
		p.error("bad-value", f.at, "<%s> takes %s formula%s%s, found %d", f.op, number, map[bool]string{true: "s"}[takes.least > 1], more, n)
		return
	}
	made := func(op string, args ...*formula) *formula { return &formula{op: op, at: f.at, args: args} }
	switch f.op {
	case "nand":
		*f = *made("not", made("and", f.args...))
	case "nor":
		*f = *made("not", made("or", f.args...))
	case "imply":
		*f = *made("or", made("not", f.args[0]), f.args[1])
	case "iff":
		*f = *made("not", made("xor", f.args...))
	case "atleast":
		if f.min > n {
			p.error("atleast-range", f.at, "at least %d of %d formulas", f.min, n)
		}
		p.atLeast(f, f.min, f.args)
	case "cardinality":
		if f.min > f.max || f.max > n {
			p.error("atleast-range", f.at, "from %d to %d of %d formulas", f.min, f.max, n)
			return
		}
		low, above := made("atleast"), made("atleast")
		p.atLeast(low, f.min, f.args)
		p.atLeast(above, f.max+1, f.args)
		*f = *made("and", low, made("not", above))
		switch {
		case low.op == "constant" && above.op == "constant":
			*f = *low
		case low.op == "constant":
			*f = *f.args[1]
		case above.op == "constant":
			*f = *low
		}
	}
}

// atLeast makes f say that k of the formulas or more hold.
func (p *parser) atLeast(f *formula, k int, args []*formula) {
	at := f.at
	switch {
	case k <= 0:
		*f = formula{op: "constant", at: at, value: 1}
	case k > len(args):
		*f = formula{op: "constant", at: at}
	default:
		*f = formula{op: "atleast", at: at, min: k, args: args}
	}
}

// An element is a start tag.
type element struct {
	p *parser
	xml.StartElement
	span diag.Span
}

// value returns an attribute, "" if there is none.
func (t element) value(name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// required returns an attribute, and reports if there is none.
func (t element) required(name string) string {
	v := t.value(name)
	if v == "" {
		t.p.error("syntax", t.span, "<%s> needs %s=\"…\"", t.Name.Local, name)
	}
	return v
}

// private reports whether the role makes what is defined private.
func (t element) private(otherwise bool) bool {
	switch role := t.value("role"); role {
	case "":
		return otherwise
	case "private", "public":
		return role == "private"
	default:
		t.p.error("bad-value", t.spanOf("role"), "expected the role public or private, found %q", role)
		return otherwise
	}
}

// count returns an attribute that is a whole number of at least 0.
func (t element) count(name string) int {
	n, err := strconv.Atoi(t.value(name))
	if err != nil || n < 0 || n > math.MaxInt32 {
		t.p.error("bad-number", t.spanOf(name), "expected a whole number in %s=\"…\", found %q", name, t.value(name))
		return 0
	}
	return n
}

// number reads the value of a float or int.
func (t element) number(f *formula) bool {
	f.at = t.spanOf("value")
	text := t.value("value")
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		t.p.error("bad-number", f.at, "expected a number in value=\"…\", found %q", text)
		return false
	}
	f.value = x
	return true
}

// truth reads the value of a bool or constant.
func (t element) truth(f *formula) bool {
	f.at = t.spanOf("value")
	switch text := t.value("value"); text {
	case "true":
		f.value = 1
	case "false":
		f.value = 0
	default:
		t.p.error("bad-value", f.at, "expected value=\"true\" or \"false\", found %q", text)
		return false
	}
	return true
}

// spanOf returns where the value of an attribute stands, or the tag if there
// is no such attribute.
func (t element) spanOf(name string) diag.Span {
	from, _ := t.span.Offsets()
	text := t.span.Text()
	i := strings.IndexAny(text, " \t\r\n") // behind the name of the element
	for i >= 0 && i < len(text) {
		i += len(text[i:]) - len(strings.TrimLeft(text[i:], " \t\r\n"))
		equals := strings.IndexByte(text[i:], '=')
		if equals < 0 {
			break
		}
		attr := strings.TrimSpace(text[i : i+equals])
		i += equals + 1
		open := strings.IndexAny(text[i:], `"'`)
		if open < 0 {
			break
		}
		i += open + 1
		end := strings.IndexByte(text[i:], text[i-1])
		if end < 0 {
			break
		}
		if attr == name {
			return t.p.src.Span(from+i, from+i+end)
		}
		i += end + 1
	}
	return t.span
}
