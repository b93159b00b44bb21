package attacktree

import (
	"errors"
	"fmt"
	"math"

	"github.com/atree-dev/atree/attacktree/quantity"
)

// Correlations: params that go together must be uncertain, any two are named
// together once, and there must be numbers that go together so.

// checkCorrelations turns correlations into ties of params.
func (c *checker) checkCorrelations() {
	named := map[int32]*Correlation{} // the last that names the param
	by := map[[2]int32]*Correlation{} // that ties the params, the lower one first
	for _, k := range c.m.Correlations {
		if len(k.Params) < 2 {
			c.report("bad-value", place{of: k}, "a correlation is between two params or more, found %d", len(k.Params))
		}
		if at := (place{of: k, attr: "rank"}); !(math.Abs(k.Rank) <= 1) {
			found := fmt.Sprint(k.Rank)
			if text := c.span(at).Text(); c.origins != nil && text != "" {
				found = text
				if k.Rank < 0 {
					found = "-" + text
				}
			}
			c.report("correlation-range", at, "a rank correlation lies from -100%% to 100%%; found %s", found)
			continue
		}
		params := c.correlated(k)
		for _, id := range params {
			named[id] = k
		}
		if len(named) > quantity.MaxTied {
			c.report("correlation-limit", place{of: k}, "more than %d params are correlated", quantity.MaxTied)
			return
		}
		c.tie(k, params, by)
	}
	_, err := quantity.NewCopula(c.t.ties)
	if impossible := (*quantity.CopulaError)(nil); errors.As(err, &impossible) {
		id := int32(impossible.Number)
		c.report("impossible-correlation", place{of: named[id], attr: "rank"},
			"no numbers go together like this: the correlations of %q contradict others", c.m.Params[id].Name).
			Hint = "two params that are not named together have the correlation 0; if one goes with a second, and that with a third, then so does the first with the third"
	}
}

// correlated returns the params of a correlation, each once, by number. A param
// that refers to another stands for that one. One that a copy has made certain,
// or the same as another, is left out.
func (c *checker) correlated(k *Correlation) []int32 {
	var out []int32
	seen := map[int32]bool{}
	for i, name := range k.Params {
		at := place{of: k, attr: "param", index: i}
		id, ok := c.resolve(c.params, name, at)
		if !ok {
			continue
		}
		p := c.m.Params[id]
		if base, refers := c.params.id[p.Value.Param]; refers {
			id = base
		}
		copied := c.origins != nil && (c.origins.replaced[p] != nil || c.origins.replaced[c.m.Params[id]] != nil)
		switch {
		case p.Value.Dist.Kind == quantity.None: // reported there
		case p.Value.Certain():
			if !copied {
				c.report("certain-correlation", at, "the param %q is certain, and goes together with nothing", said(c.span(at), name)).
					Related = related(p.Span, "declared here")
			}
		case seen[id]:
			if !copied {
				c.report("duplicate-correlation", at, "%q is the same number as one before it", said(c.span(at), name))
			}
		default:
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// tie ties every two of the params, up to the first two that are tied already.
func (c *checker) tie(k *Correlation, params []int32, by map[[2]int32]*Correlation) {
	for j, b := range params {
		for _, a := range params[:j] {
			pair := [2]int32{min(a, b), max(a, b)}
			if first := by[pair]; first != nil {
				c.report("duplicate-correlation", place{of: k}, "the correlation of %q with %q is given twice", c.m.Params[a].Name, c.m.Params[b].Name).
					Related = related(c.span(place{of: first}), "first given here")
				return
			}
			by[pair] = k
			c.t.ties = append(c.t.ties, quantity.Tie{A: int(pair[0]), B: int(pair[1]), Rank: k.Rank})
		}
	}
}
