package mitigate

import (
	"context"
	"fmt"

	"github.com/atree-dev/atree/attacktree"
)

// Compare puts mitigation sets side by side for one goal. A set costs the sum of
// its controls per period; one without a cost counts as free. Return is that of
// the whole set: (attempts * reduction - cost) / cost, per period. When ctx ends,
// the comparison holds the rows that were finished.
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
	out := &Comparison{Tree: t, Goal: inherent.Goal, Label: inherent.Label, Mode: inherent.Mode, Adversary: inherent.Adversary}
	perPeriod := 1.0
	if days := t.Model().Period; days > 0 {
		perPeriod = days / 365
	}
	defer func() { dominate(out.Rows) }()
	for _, set := range opt.Sets {
		r, err := p.Eval(ctx, opt.scenario(set.Name, set.Controls))
		if err != nil {
			return out, err
		}
		row := Row{
			Set: r.Scenario, Controls: r.Controls, Likelihood: r.Likelihood,
			ExpectedImpact: r.ExpectedImpact, AnnualLoss: r.AnnualLoss, Reachable: r.Reachable,
		}
		for figure, key := range map[string]string{
			"likelihood": "likelihood", "expected_impact": "expected_impact", "annual_loss": "annual_loss", "cheapest_cost": "cheapest",
		} {
			if why, limited := r.Limits[key]; limited {
				if row.Limits == nil {
					row.Limits = map[string]string{}
				}
				row.Limits[figure] = why
			}
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
		if attempts, ok := p.Attempts(opt.scenario("", nil)); ok && row.Cost > 0 && exact(r.ExpectedImpact) && exact(inherent.ExpectedImpact) {
			reduction := inherent.ExpectedImpact.Value - r.ExpectedImpact.Value
			row.Return = new((attempts*perPeriod*reduction - row.Cost) / row.Cost)
		}
		if opt.Explain {
			explained, err := Explain(ctx, t, p, opt.scenario(set.Name, set.Controls), opt.Attacks)
			if err != nil {
				return out, err
			}
			out.Explained = append(out.Explained, explained)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// dominate notes for each row the sets that cost no more, leave no more risk, and
// are better in one of the two. Risk is the expected impact, or the likelihood
// where no node has an impact; of bounds it takes those that prove it.
func dominate(rows []Row) {
	risk := func(r Row) *attacktree.Figure {
		if r.ExpectedImpact != nil {
			return r.ExpectedImpact
		}
		return r.Likelihood
	}
	for i := range rows {
		mine := risk(rows[i])
		if mine == nil {
			continue
		}
		for j := range rows {
			theirs := risk(rows[j])
			if theirs != nil && rows[j].Cost <= rows[i].Cost && theirs.High <= mine.Low && (rows[j].Cost < rows[i].Cost || theirs.High < mine.Low) {
				rows[i].DominatedBy = append(rows[i].DominatedBy, rows[j].Set)
			}
		}
	}
}

// exact reports whether there is a figure that is not only bounds.
func exact(f *attacktree.Figure) bool { return f != nil && f.Exact }
