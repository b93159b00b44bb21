package interchange

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// The textual format of Galileo (Sullivan, Dugan and Coppit, The Galileo fault
// tree analysis tool, 1999), as far as it is static, with the words that ATTop
// added for attack trees: the gate sand, and cost, mintime and maxtime of a leaf.

// ReadGalileo reads a static fault tree or an attack tree in the format of Galileo.
// The model is to be checked by [attacktree.New], and means something only if the
// list has no errors.
//
// What is defined by and, or, KofN or sand (a seq) becomes a gate, all else a step
// with its cost, its likelihood (prob) and its time between mintime and maxtime,
// uniformly where the two differ, in minutes, since the format has no units. The
// node of toplevel is the goal, or the one called goal if that is not empty. A
// rate of failure (lambda) gives no likelihood without a time to fail in, and is
// left out, as other attributes are. Gates that depend on the order of failures,
// such as pand, spares and fdep, are refused.
func ReadGalileo(goal string, f File) (*attacktree.Model, diag.List) {
	g := &galileo{report: &report{}, model: &attacktree.Model{File: f.Name}, defined: map[string]*attacktree.Node{},
		names: map[string]string{}, taken: numbered{}, left: map[string]bool{}}
	g.src = diag.NewSource(f.Name, "")
	text, err := decode(f.Data)
	switch {
	case len(f.Data) > MaxBytes:
		g.error("file-too-large", g.src.Span(0, 0), "the file has %d MB; at most %d are read", len(f.Data)>>20, MaxBytes>>20)
	case err != nil:
		g.error("bad-character", g.src.Span(0, 0), "%v", err)
	case !utf8.ValidString(text):
		g.error("bad-character", g.src.Span(0, 0), "the file is not in UTF-8")
	default:
		g.src = diag.NewSource(f.Name, text)
		g.read()
		g.finish(goal)
	}
	return g.model, g.sorted()
}

// galileoStart is how a file begins, which none in the language does.
var galileoStart = regexp.MustCompile(`^(\s|//[^\n]*\n|/\*(?s:.*?)\*/)*toplevel\s`)

// isGalileo reports whether data, or the beginning of it, is in the format.
func isGalileo(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return galileoStart.Match(data[:min(len(data), 1<<12)])
}

// galileo is a file on its way to a model.
type galileo struct {
	*report
	src     *diag.Source
	at      int // in the text
	model   *attacktree.Model
	top     *galileoToken
	defined map[string]*attacktree.Node // by the name in the file
	names   map[string]string           // of nodes, by the name in the file
	taken   numbered
	left    map[string]bool // attributes that are left out, told once
	timed   bool            // that times are minutes has been told
}

// A galileoToken is a name or word, a sign, or nothing at the end.
type galileoToken struct {
	text   string
	quoted bool
	span   diag.Span
}

// next reads a token. Comments run from // to the end of the line, or from /* to */.
func (g *galileo) next() galileoToken {
	text := g.src.Text
	for g.at < len(text) {
		r, n := utf8.DecodeRuneInString(text[g.at:])
		rest := text[g.at:]
		switch {
		case unicode.IsSpace(r):
			g.at += n
			continue
		case strings.HasPrefix(rest, "//"):
			g.at += cmp.Or(strings.IndexByte(rest, '\n')+1, len(rest))
			continue
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				g.error("syntax", g.src.Span(g.at, g.at+2), "expected */ behind this, found none")
				end = len(rest) - 4
			}
			g.at += 2 + end + 2
			continue
		}
		start := g.at
		switch {
		case r == '"':
			end := strings.IndexAny(rest[1:], "\"\n")
			if end < 0 || rest[1+end] == '\n' {
				g.error("syntax", g.src.Span(g.at, g.at+1), "expected a name in quotes, found no end of it")
				g.at = len(text)
				break
			}
			g.at += 1 + end + 1
			return galileoToken{rest[1 : 1+end], true, g.src.Span(start, g.at)}
		case r == ';' || r == '=':
			g.at += n
			return galileoToken{string(r), false, g.src.Span(start, g.at)}
		}
		for g.at < len(text) {
			r, n := utf8.DecodeRuneInString(text[g.at:])
			if unicode.IsSpace(r) || strings.ContainsRune(`;="`, r) {
				break
			}
			g.at += n
		}
		return galileoToken{text[start:g.at], false, g.src.Span(start, g.at)}
	}
	g.at = len(text)
	return galileoToken{span: g.src.Span(g.at, g.at)}
}

// name reports whether a token can name something.
func (t *galileoToken) name() bool {
	return t.text != "" && (t.quoted || t.text != ";" && t.text != "=")
}

// read reads statement by statement.
func (g *galileo) read() {
	for !g.full() {
		first := g.next()
		switch {
		case first.text == "" && !first.quoted:
			return
		case first.text == ";" && !first.quoted:
			continue
		}
		var statement []galileoToken
		for {
			t := g.next()
			if t.text == "" && !t.quoted {
				g.error("syntax", t.span, `expected ";" behind what is said of %q, found the end of the file`, first.text)
				return
			}
			if t.text == ";" && !t.quoted {
				break
			}
			statement = append(statement, t)
		}
		switch {
		case !first.name():
			g.error("syntax", first.span, "expected the name of a node, found %q", first.text)
		case first.text == "toplevel" && !first.quoted:
			g.toplevel(first, statement)
		case len(g.model.Nodes) == maxNodes:
			g.error("import-limit", first.span, "more than %d nodes", maxNodes)
			return
		default:
			g.define(first, statement)
		}
	}
}

func (g *galileo) toplevel(word galileoToken, of []galileoToken) {
	switch {
	case len(of) != 1 || !of[0].name():
		g.error("syntax", word.span, "expected one name behind toplevel")
	case g.top != nil:
		g.error("duplicate-name", of[0].span, "there is one toplevel").
			Related = []diag.Related{{Message: "the first one", Span: g.top.span}}
	default:
		g.top = &of[0]
	}
}

// node returns the name in the model of what has that name in the file.
func (g *galileo) node(name string) string {
	if g.names[name] == "" {
		g.names[name] = g.taken.free(plainNames.Replace(slug(name)))
	}
	return g.names[name]
}

// galileoVote is a gate of k of n.
var galileoVote = regexp.MustCompile(`^([0-9]{1,9})of([0-9]{1,9})$`)

// define reads what a node is.
func (g *galileo) define(name galileoToken, is []galileoToken) {
	n := &attacktree.Node{Name: g.node(name.text), Span: name.span}
	if n.Name != name.text {
		n.Label = strings.Join(strings.Fields(name.text), " ")
	}
	if first := g.defined[name.text]; first != nil {
		g.error("duplicate-name", name.span, "%q is defined twice", name.text).
			Related = []diag.Related{{Message: "first defined here", Span: first.Span}}
		return
	}
	g.defined[name.text] = n
	g.model.Nodes = append(g.model.Nodes, n)
	if len(is) == 0 || len(is) > 1 && is[1].text == "=" && !is[1].quoted {
		g.attributes(n, is)
		return
	}
	word, children := is[0], is[1:]
	switch vote := galileoVote.FindStringSubmatch(word.text); {
	case word.quoted:
		g.error("syntax", word.span, "expected what %q is, such as and, or or prob=0.1, found a name", name.text)
		return
	case word.text == "and":
		n.Gate = attacktree.And
	case word.text == "or":
		n.Gate = attacktree.Or
	case word.text == "sand":
		n.Gate = attacktree.Seq
	case vote != nil:
		n.Gate = attacktree.AtLeast
		n.K, _ = strconv.Atoi(vote[1])
		if total, _ := strconv.Atoi(vote[2]); total != len(children) {
			g.error("syntax", word.span, "%s counts %d children, where %q has %d", word.text, total, name.text, len(children))
		}
	default:
		g.error("unsupported", word.span, "expected and, or, sand or a vote such as 2of3, found %q", word.text).
			Hint = "gates that depend on the order of failures are not read"
		return
	}
	there := map[string]bool{}
	for _, c := range children {
		child := g.node(c.text)
		switch {
		case !c.name():
			g.error("syntax", c.span, "expected the name of a node, found %q", c.text)
		case there[child] && n.Gate == attacktree.AtLeast:
			g.error("unsupported", c.span, "%q counts twice in a vote", c.text)
		case !there[child]: // once more says nothing new
			there[child] = true
			n.Children = append(n.Children, child)
		}
	}
}

// attributes reads the numbers of a leaf.
func (g *galileo) attributes(n *attacktree.Node, of []galileoToken) {
	least, most := math.NaN(), math.NaN() // time
	var at diag.Span
	for ; len(of) > 0; of = of[min(3, len(of)):] {
		key := of[0]
		if len(of) < 3 || of[1].text != "=" || !key.name() || !of[2].name() {
			g.error("syntax", key.span, "expected an attribute such as prob=0.1, found %q", key.text)
			return
		}
		value := of[2]
		x, err := strconv.ParseFloat(value.text, 64)
		number := func(most float64, want string) bool {
			if err == nil && x >= 0 && x <= most && !math.IsInf(x, 0) {
				return true
			}
			g.error("bad-value", value.span, "%s: expected %s, found %q", key.text, want, value.text)
			return false
		}
		switch key.text {
		case "prob":
			if number(1, "a likelihood from 0 to 1") {
				n.Likelihood = quantity.Exactly(x)
			}
		case "cost":
			if number(math.MaxFloat64, "a number of at least 0") {
				n.Cost = quantity.Exactly(x)
			}
		case "mintime", "maxtime":
			if number(math.MaxFloat64, "a number of at least 0") {
				at = value.span
				if key.text == "mintime" {
					least = x
				} else {
					most = x
				}
			}
		default:
			if !g.left[key.text] {
				g.left[key.text] = true
				g.warn("left-out", key.span, "the attribute %s is left out", key.text)
			}
		}
	}
	if math.IsNaN(least) {
		least = most
	}
	if math.IsNaN(most) {
		most = least
	}
	const minutes = 24 * 60 // of a day
	switch {
	case math.IsNaN(least):
		return
	case least == most:
		n.Time = quantity.Exactly(least / minutes)
	default:
		d, err := quantity.NewUniform(least/minutes, most/minutes)
		if err != nil {
			g.error("bad-value", at, "mintime is %v, and maxtime %v", least, most)
			return
		}
		n.Time = quantity.Of(d)
	}
	if !g.timed {
		g.timed = true
		g.warn("left-out", at, "times have no unit in the file; they are read as minutes")
	}
}

// finish chooses the goal, and tells which names are changed.
func (g *galileo) finish(goal string) {
	if g.count[diag.Error] > 0 {
		return
	}
	for _, n := range g.model.Nodes {
		if n.Label != "" {
			g.warn("renamed", n.Span, "%q is no name of the language; it is called %q here", n.Label, n.Name)
		}
	}
	if g.top == nil {
		g.error("syntax", g.src.Span(0, 0), "expected toplevel and the name of a node, found none")
		return
	}
	g.model.Span = g.top.span
	depthFirst(g.model, g.node(g.top.text))
	want := cmp.Or(goal, g.node(g.top.text))
	i := slices.IndexFunc(g.model.Nodes, func(n *attacktree.Node) bool { return n.Name == want })
	switch {
	case i >= 0:
		g.model.Nodes[i].Goal = true
	case goal == "":
		g.error("undefined-name", g.top.span, "no node is called %q", g.top.text)
	default:
		g.error("undefined-name", g.top.span, "no node is called %q", goal).
			Hint = fmt.Sprintf("toplevel is %q", g.node(g.top.text))
	}
}
