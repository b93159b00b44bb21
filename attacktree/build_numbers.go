package attacktree

import (
	"fmt"
	"iter"
	"math"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// Literals become numbers of the unit that their attribute takes, and params are
// told apart from those that a copy replaced.

// A paramText is a param and the text of its value, which stands in the part
// that declares it or in one that copies that.
type paramText struct {
	param *Param
	value *dsl.Value
	in    *part
	unit  int8 // of the value, + 1; 0: not known yet
}

// declareParams makes all params before anything refers to them.
func (b *builder) declareParams() {
	for _, p := range b.parts {
		for _, d := range p.source.file.Decls {
			d, ok := d.(*dsl.Param)
			if !ok || d.Name.Text == "" {
				continue
			}
			param := &Param{Name: p.prefix + d.Name.Text, Span: d.Name.Span}
			param.Basis, param.Note = remarks(d.Body)
			b.m.Params = append(b.m.Params, param)
			if b.params[param.Name] == nil {
				b.params[param.Name] = &paramText{param: param, value: &d.Value, in: p}
			}
		}
	}
	replaced := map[*paramText]bool{}
	for _, p := range b.parts { // copies of copies come later: the outer one has the last word
		first := map[string]diag.Span{}
		for item := range p.replacements() {
			d, ok := item.(*dsl.ParamValue)
			if !ok || b.replacedTwice("param", d.Name, first) {
				continue
			}
			t := b.params[p.name(d.Name.Text)]
			if t == nil || !p.owner(d.Name.Text).freshIn(p) {
				b.notCopied("param", d.Name, t != nil, p, func(yield func(string) bool) {
					for _, param := range b.m.Params {
						if !yield(param.Name) {
							return
						}
					}
				})
				continue
			}
			if !replaced[t] {
				replaced[t] = true
				t.value, t.in = &d.Value, p.parent
				b.replaced[t.param] = map[string]*dsl.Attr{"value": {Key: d.Name, Value: &d.Value, Span: d.Span}}
			}
		}
	}
	for _, p := range b.m.Params {
		t := b.params[p.Name]
		if t.param != p {
			continue // declared twice
		}
		unit := b.unitOf(t)
		b.p = t.in
		p.Unit = unit
		p.Value = b.value(t.value, unit, "a param")
	}
}

// replacements returns the items in the block of a copy.
func (p *part) replacements() iter.Seq[dsl.Item] {
	return func(yield func(dsl.Item) bool) {
		if p.copy == nil || p.copy.Body == nil {
			return
		}
		for _, item := range p.copy.Body.Items {
			if !yield(item) {
				return
			}
		}
	}
}

// replacedTwice reports a name that a copy gives numbers to for the second time.
func (b *builder) replacedTwice(noun string, name dsl.Word, first map[string]diag.Span) bool {
	at, twice := first[name.Text]
	if !twice {
		first[name.Text] = name.Span
		return false
	}
	b.report("duplicate-name", name.Span, "the %s %q is given numbers twice in one copy", noun, name.Text).
		Related = related(at, "first given here")
	return true
}

// notCopied reports that the copy p replaces numbers of something that is
// shared with others or is not there; all are the full names that there are.
func (b *builder) notCopied(noun string, name dsl.Word, shared bool, p *part, all iter.Seq[string]) {
	switch {
	case shared:
		b.report("copy-shared", name.Span, "the %s %q is imported, not copied, so its numbers cannot be replaced here", noun, name.Text)
	case !b.partial && name.Text != "":
		var names []string
		for full := range all {
			if local, ok := strings.CutPrefix(full, p.prefix); ok {
				names = append(names, local)
			}
		}
		b.report("undefined-name", name.Span, "no %s of the copied file is called %q", noun, name.Text).
			Hint = diag.Suggest(name.Text, names)
	}
}

// unitOf returns the unit of a param: that of its numbers, or of the param that
// it refers to.
func (b *builder) unitOf(t *paramText) Unit {
	way := []*paramText{t}
	for t.unit == 0 {
		t.unit = int8(Plain) + 1 // until it is known, and for those that go in a circle
		ref, ok := t.value.Expr.(*dsl.Ref)
		if !ok {
			t.unit = int8(literalUnit(t.value.Expr)) + 1
			break
		}
		next := b.params[t.in.name(ref.Name.Text)]
		if next == nil {
			break
		}
		t = next
		way = append(way, t)
	}
	for _, u := range way {
		u.unit = t.unit
	}
	return Unit(t.unit - 1)
}

// literalUnit returns the unit that an expression without params was written in:
// any number with a percent sign makes it a share, any with days a duration. A
// beta law is a share.
func literalUnit(e dsl.Expr) Unit {
	unit := Plain
	see := func(n *dsl.Number) {
		switch {
		case n == nil:
		case n.Unit == dsl.Days:
			unit = Duration
		case n.Unit == dsl.Share && unit == Plain:
			unit = Share
		}
	}
	switch e := e.(type) {
	case *dsl.Number:
		see(e)
	case *dsl.Range:
		see(e.Lo)
		see(e.Hi)
	case *dsl.Call:
		if e.Func.Text == "beta" {
			return Share
		}
		for _, arg := range e.Args {
			switch arg := arg.(type) {
			case *dsl.Number:
				see(arg)
			case *dsl.Range:
				see(arg.Lo)
				see(arg.Hi)
			}
		}
	}
	return unit
}

// unitPhrases say in messages what an attribute takes.
var unitPhrases = [...]string{
	Plain:    "a plain number, such as 2",
	Share:    "a share, such as 30%",
	Money:    "an amount of money, such as 5k",
	Duration: "a duration with its unit, such as 14d or 4h",
}

// value reads a number of the given unit; what names it in messages. What cannot
// be read is reported, and is then not given.
func (b *builder) value(v *dsl.Value, want Unit, what string) quantity.Value {
	if v == nil {
		return quantity.Value{}
	}
	switch e := v.Expr.(type) {
	case *dsl.Number:
		if x, ok := b.number(e, want, what); ok {
			return quantity.Exactly(x)
		}
	case *dsl.Range:
		return b.interval(e, want, want == Share, what)
	case *dsl.Call:
		return b.call(e, want, what)
	case *dsl.Ref:
		return b.ref(e, want, what)
	}
	return quantity.Value{}
}

// fits reports whether a number of unit u may stand where one of unit want is
// expected.
func (u Unit) fits(want Unit) bool {
	return u == want || u == Plain && (want == Share || want == Money) || u == Money && want == Plain
}

func (b *builder) number(n *dsl.Number, want Unit, what string) (float64, bool) {
	if n == nil {
		return 0, false
	}
	unit := literalUnit(n)
	if unit.fits(want) {
		return n.Value, true
	}
	p := b.report("wrong-unit", n.Span, "%s is %s; found %s", what, unitPhrases[want], n.Span.Text())
	switch {
	case want == Duration && unit == Plain && strings.HasSuffix(n.Span.Text(), "M"):
		p.Hint = fmt.Sprintf("for months, write %smo", strings.TrimSuffix(n.Span.Text(), "M"))
	case want == Duration && unit == Plain && lastIsDigit(n.Span.Text()):
		p.Hint = fmt.Sprintf("for days, write %sd", n.Span.Text())
	case want == Plain && unit == Share:
		p.Hint = fmt.Sprintf("write %v", n.Value)
	}
	return 0, false
}

// lastIsDigit reports whether a number is written without a unit.
func lastIsDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

// interval reads a..b: logit-normal if bounded, else log-normal.
func (b *builder) interval(r *dsl.Range, want Unit, bounded bool, what string) quantity.Value {
	lo, ok := b.number(r.Lo, want, what)
	hi, also := b.number(r.Hi, want, what)
	if !ok || !also {
		return quantity.Value{}
	}
	if lo > hi {
		b.report("bad-distribution", r.Span, "%s is no distribution: expected the lower end first", r.Span.Text()).
			Hint = fmt.Sprintf("write %s..%s", r.Hi.Span.Text(), r.Lo.Span.Text())
		return quantity.Value{}
	}
	b.lookAtSuffix(r)
	law := quantity.NewLogNormal
	if bounded {
		law = quantity.NewLogitNormal
	}
	return b.law(r.Span)(law(lo, hi))
}

// lookAtSuffix notes an interval such as 5..10k, which means 5 to 10,000, though
// 5k..10k would be an interval too.
func (b *builder) lookAtSuffix(r *dsl.Range) {
	low, high := r.Lo.Span.Text(), r.Hi.Span.Text()
	suffix := high[max(0, len(high)-1):]
	scale, known := map[string]float64{"k": 1e3, "M": 1e6, "B": 1e9}[suffix]
	if !known || !lastIsDigit(low) || !(r.Lo.Value > 0) || r.Lo.Value >= r.Hi.Value/scale {
		return
	}
	b.slips = append(b.slips, &diag.Problem{
		Severity: diag.Warning, Code: "interval-suffix", Span: r.Span,
		Message: fmt.Sprintf("%s begins at %s, for the %s belongs to %s only", r.Span.Text(), low, suffix, high),
		Hint:    fmt.Sprintf("write %s%s..%s, or %s..%.0f if it is meant", low, suffix, high, low, r.Hi.Value),
	})
}

// law returns the number with the law, or reports at the span what is wrong with
// it.
func (b *builder) law(span diag.Span) func(quantity.Dist, error) quantity.Value {
	return func(d quantity.Dist, err error) quantity.Value {
		if err != nil {
			_, why, _ := strings.Cut(err.Error(), ": expected ")
			p := b.report("bad-distribution", span, "%s is no distribution: expected %s", span.Text(), why)
			if strings.Contains(span.Text(), "..") && !strings.Contains(span.Text(), "(") {
				p.Hint = "an interval a..b has nine chances in ten; for bounds write uniform(a, b) or pert(a, mode, b)"
			}
			return quantity.Value{}
		}
		return quantity.Of(d)
	}
}

func (b *builder) call(e *dsl.Call, want Unit, what string) quantity.Value {
	if e.Func.Text == "lognormal" && len(e.Args) == 1 {
		if r, ok := e.Args[0].(*dsl.Range); ok {
			return b.interval(r, want, false, what)
		}
		return quantity.Value{}
	}
	unit := want
	if e.Func.Text == "beta" {
		if !Share.fits(want) {
			b.report("wrong-unit", e.Span, "%s is %s; beta lies between 0%% and 100%%", what, unitPhrases[want])
			return quantity.Value{}
		}
		unit, what = Plain, "a shape of beta"
	}
	args := make([]float64, 3)
	for i, arg := range e.Args {
		n, ok := arg.(*dsl.Number)
		if !ok || i == len(args) {
			return quantity.Value{}
		}
		if args[i], ok = b.number(n, unit, what); !ok {
			return quantity.Value{}
		}
	}
	law := b.law(e.Span)
	switch e.Func.Text {
	case "uniform":
		return law(quantity.NewUniform(args[0], args[1]))
	case "triangular":
		return law(quantity.NewTriangular(args[0], args[1], args[2]))
	case "pert":
		return law(quantity.NewPERT(args[0], args[1], args[2]))
	case "beta":
		return law(quantity.NewBeta(args[0], args[1]))
	}
	return quantity.Value{}
}

// ref reads a reference to a param; the checks fill in its law.
func (b *builder) ref(e *dsl.Ref, want Unit, what string) quantity.Value {
	factor := 1.0
	if e.Factor != nil {
		if e.Factor.Unit == dsl.Days {
			b.report("wrong-unit", e.Factor.Span, "a factor is a plain number or a share; found %s", e.Factor.Span.Text())
			return quantity.Value{}
		}
		factor = e.Factor.Value
	}
	name := b.p.name(e.Name.Text)
	if t := b.params[name]; t != nil {
		if unit := b.unitOf(t); !unit.fits(want) {
			b.report("wrong-unit", e.Span, "%s is %s; the param %q is a %s", what, unitPhrases[want], e.Name.Text, unit.noun())
			return quantity.Value{}
		}
	}
	if factor == 0 && b.params[name] != nil {
		return quantity.Exactly(0)
	}
	return quantity.OfParam(name, quantity.Dist{}, factor)
}

// correlation reads which params go together; nil if its number is in a wrong unit.
func (b *builder) correlation(d *dsl.Correlate) *Correlation {
	c := &Correlation{Span: d.Span}
	for _, w := range d.Params {
		c.Params = append(c.Params, b.p.name(w.Text))
	}
	var ok bool
	if c.Rank, ok = b.number(d.Rank, Share, "a rank correlation"); !ok {
		return nil
	}
	if d.Negative {
		c.Rank = -c.Rank
	}
	c.Basis, c.Note = remarks(d.Body)
	return c
}

// noun names the unit in a message.
func (u Unit) noun() string {
	return [...]string{"plain number", "share", "sum of money", "duration"}[u]
}

// skill reads a level of skill.
func (b *builder) skill(v *dsl.Value) *int {
	if v == nil || v.Expr == nil {
		return nil
	}
	if n, ok := v.Expr.(*dsl.Number); ok && n.Unit == dsl.Plain && n.Value == math.Trunc(n.Value) && math.Abs(n.Value) < 1e6 {
		level := int(n.Value)
		return &level
	}
	b.report("skill-range", v.Span, "skill is a whole number from 0 to %d, found %s", maxSkill, v.Span.Text())
	return nil
}

// perPeriod turns a number per period of the file into one per period of the
// model.
func (b *builder) perPeriod(v quantity.Value) quantity.Value {
	if b.p.scale == 1 {
		return v
	}
	return v.Scaled(b.p.scale)
}
