package mitigate

import (
	"cmp"
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
	inherent, ended := p.Eval(ctx, opt.scenario("inherent", nil))
	if ended != nil && (inherent == nil || inherent.Likelihood == nil) {
		return nil, ended
	}
	out := &Comparison{Tree: t, Goal: inherent.Goal, Label: inherent.Label, Mode: inherent.Mode, Adversary: inherent.Adversary, Params: opt.Params}
	perPeriod := 1.0
	if days := t.Model().Period; days > 0 {
		perPeriod = days / 365
	}
	defer func() { dominate(out.Rows) }()
	for _, set := range opt.Sets {
		r, err := p.Eval(ctx, opt.scenario(set.Name, set.Controls))
		if err != nil && (r == nil || r.Likelihood == nil) {
			return out, err
		}
		ended = cmp.Or(err, ended)
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
		if opt.Explain && ended == nil {
			explained, err := Explain(ctx, t, p, opt.scenario(set.Name, set.Controls), opt.Attacks)
			if err == nil {
				out.Explained = append(out.Explained, explained)
			}
			ended = err
		}
		out.Rows = append(out.Rows, row)
	}
	return out, ended
}

// dominate notes for each row the sets that cost no more, leave no more risk, and
// are better in one of these. Risk is the expected impact and the annual loss,
// which has accidents too, or the likelihood where no node has an impact; of bounds
// it takes those that prove it.
func dominate(rows []Row) {
	risks := func(r *Row) []*attacktree.Figure {
		switch {
		case r.ExpectedImpact == nil:
			return []*attacktree.Figure{r.Likelihood}
		case r.AnnualLoss == nil:
			return []*attacktree.Figure{r.ExpectedImpact}
		}
		return []*attacktree.Figure{r.ExpectedImpact, r.AnnualLoss}
	}
	beats := func(a, b *Row) bool {
		mine, theirs := risks(a), risks(b)
		if a.Cost > b.Cost || len(mine) != len(theirs) {
			return false
		}
		better := a.Cost < b.Cost
		for k := range mine {
			if mine[k] == nil || theirs[k] == nil || mine[k].High > theirs[k].Low {
				return false
			}
			better = better || mine[k].High < theirs[k].Low
		}
		return better
	}
	for i := range rows {
		for j := range rows {
			if beats(&rows[j], &rows[i]) {
				rows[i].DominatedBy = append(rows[i].DominatedBy, rows[j].Set)
			}
		}
	}
}

// exact reports whether there is a figure that is not only bounds.
func exact(f *attacktree.Figure) bool { return f != nil && f.Exact }
