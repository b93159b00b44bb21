package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/mitigate"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
)

// What --by of eval breaks the risk down by.
var breakdowns = []string{"stride", "asset", "adversary", "stage", "owner"}

// byFlags adds --by and --trace to eval, with what they mean.
func byFlags(cmd *cobra.Command, by *string, trace *bool) {
	fs := cmd.Flags()
	fs.StringVar(by, "by", "", "break the risk down by `WHAT`: stride, stage or owner (of the steps), asset (what is lost), adversary")
	fs.BoolVar(trace, "trace", false, "from each risk to its steps, threats, controls, their owners and reviews, and what is missing or late")
	group(fs, "Question", "by", "trace")
	complete(cmd, "by", breakdowns...)
	cmd.Long += "\n\n" +
		"--by breaks the risk down. A row of stride, stage or owner is the steps with\n" +
		"that category, stage of the lifecycle (by their threats in the catalogue) or\n" +
		"owner: what would be left if all of them failed, how many attacks have one of\n" +
		"them, and their fair share (Shapley) of the risk; only fair shares add up to the\n" +
		"whole. A row of asset is the loss at the nodes about it; a row of adversary is\n" +
		"what he can do by himself.\n\n" +
		"--trace evaluates nothing: it lists risk, step, threat, control, owner and\n" +
		"review date, and finds steps without a control, controls without an owner or a\n" +
		"review date, overdue reviews and acceptances that have run out."
	cmd.Example += "\natree eval --by stride examples/hospital-ransomware.atree" +
		"\natree eval --trace --format csv examples/financial-assistant.atree" +
		"\natree eval --trace --fail-if 'expired > 0' examples/financial-assistant.atree"
}

// checkBy looks at --by and --trace, and at what does not go with them.
func checkBy(cmd *cobra.Command, by string, trace bool, q *question) error {
	given := cmd.Flags().Changed
	if trace {
		for _, name := range []string{"by", "set", "adversary", "mode", "attacker-budget", "param", "bottom-up"} {
			if given(name) {
				return fmt.Errorf("--trace follows what the model says and evaluates nothing; leave --%s out", name)
			}
		}
	}
	if !given("by") {
		return nil
	}
	if err := oneOf("--by", "break-down", by, breakdowns); err != nil {
		return err
	}
	if given("fail-if") {
		return fmt.Errorf("--fail-if judges the figures of eval without --by")
	}
	if given("bottom-up") {
		return fmt.Errorf("--bottom-up compares the figures of eval without --by")
	}
	if by == "adversary" && q.adversary != "" {
		return fmt.Errorf("--by adversary has a row for each adversary; leave --adversary out")
	}
	return nil
}

// A breakdown is a report that all formats can be written of.
type breakdown interface {
	Text(io.Writer, *render.TextOptions) error
	JSON(io.Writer) error
	CSV(io.Writer) error
	Markdown(io.Writer) error
}

// evalBy answers --by.
func (e *env) evalBy(ctx context.Context, tree *attacktree.Tree, q *question, by string, opt *mitigate.Options) error {
	c, err := e.catalog()
	if err != nil {
		return err
	}
	if by == "adversary" && q.mode == "" {
		opt.Mode = attacktree.DefaultMode // of each adversary: limited
	}
	var r breakdown
	failure := q.limits.run(ctx, e, func(ctx context.Context) (err error) {
		r, err = breakDown(ctx, c, tree, by, opt)
		return err
	})
	if failure != nil {
		return failure
	}
	return e.write(layout{text: r.Text, json: r.JSON, csv: r.CSV, markdown: r.Markdown})
}

func breakDown(ctx context.Context, c *catalog.Catalog, tree *attacktree.Tree, by string, opt *mitigate.Options) (breakdown, error) {
	var groups []attacktree.Group
	switch by {
	case "adversary":
		b, err := mitigate.ByAdversary(ctx, tree, opt)
		if err != nil {
			return nil, err
		}
		return render.AdversaryBreakdown(by, b), nil
	case "asset":
		b, err := mitigate.ByLosses(ctx, tree, tree.ByAsset(), opt)
		if err != nil {
			return nil, err
		}
		return render.LossesBreakdown(by, b), nil
	case "stride":
		groups = catalog.ByStride(c, tree)
	case "stage":
		groups = catalog.ByStage(c, tree)
	case "owner":
		groups = tree.ByOwner()
	}
	b, err := mitigate.BySteps(ctx, tree, groups, opt)
	if err != nil {
		return nil, err
	}
	return render.StepsBreakdown(by, b), nil
}
