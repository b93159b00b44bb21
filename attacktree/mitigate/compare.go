package mitigate

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree"
)

// Compare puts mitigation sets side by side for one goal. A set costs the sum of
// its controls per period; one without a cost counts as free. Return is that of
// the whole set: (attempts * reduction - cost) / cost, per period.
func Compare(ctx context.Context, t *attacktree.Tree, opt *Options) (*Comparison, error) {
	if opt == nil {
		opt = &Options{}
	}
	compile := opt.Compile
	compile.Goal = opt.Goal
	p, err := attacktree.Compile(ctx, t, &compile)
	if err != nil {
		return nil, err
	}
	inherent, err := p.Eval(ctx, opt.scenario("inherent", nil))
	if err != nil {
		return nil, err
	}
	out := &Comparison{Tree: t, Goal: inherent.Goal, Label: inherent.Label}
	perPeriod := 1.0
	if days := t.Model().Period; days > 0 {
		perPeriod = days / 365
	}
	for _, set := range opt.Sets {
		r, err := p.Eval(ctx, opt.scenario(set.Name, set.Controls))
		if err != nil {
			return out, err
		}
		row := Row{
			Set: set.Name, Controls: r.Controls, Likelihood: r.Likelihood,
			ExpectedImpact: r.ExpectedImpact, AnnualLoss: r.AnnualLoss, Reachable: r.Reachable,
		}
		for _, name := range r.Controls {
			c, ok := t.Control(name)
			if !ok {
				return out, fmt.Errorf("mitigate: no control is called %q", name)
			}
			if c.Cost.Given() {
				row.Cost += c.Cost.Mean()
			}
		}
		if r.Cheapest != nil {
			x := *r.Cheapest.Cost
			row.CheapestCost = &attacktree.Figure{Value: x, Exact: true, Low: x, High: x}
		}
		if attempts, ok := p.Attempts(opt.scenario("", nil)); ok && row.Cost > 0 && r.ExpectedImpact != nil && inherent.ExpectedImpact != nil {
			reduction := inherent.ExpectedImpact.Value - r.ExpectedImpact.Value
			row.Return = new((attempts*perPeriod*reduction - row.Cost) / row.Cost)
		}
		out.Rows = append(out.Rows, row)
	}
	dominate(out.Rows)
	return out, nil
}

// dominate notes for each row the sets that cost no more, leave no more risk, and
// are better in one of the two. Risk is the expected impact, or the likelihood
// where no node has an impact.
func dominate(rows []Row) {
	risk := func(r Row) (float64, bool) {
		switch {
		case r.ExpectedImpact != nil:
			return r.ExpectedImpact.Value, true
		case r.Likelihood != nil:
			return r.Likelihood.Value, true
		}
		return 0, false
	}
	for i := range rows {
		mine, ok := risk(rows[i])
		if !ok {
			continue
		}
		for j := range rows {
			theirs, ok := risk(rows[j])
			if ok && rows[j].Cost <= rows[i].Cost && theirs <= mine && (rows[j].Cost < rows[i].Cost || theirs < mine) {
				rows[i].DominatedBy = append(rows[i].DominatedBy, rows[j].Set)
			}
		}
	}
}
