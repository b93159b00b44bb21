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

// byFlag adds --by to eval.
func byFlag(cmd *cobra.Command, by *string) {
	cmd.Flags().StringVar(by, "by", "", "break the risk down by `WHAT`: stride, stage or owner (of the steps), asset (what is lost), adversary")
	group(cmd.Flags(), "Question", "by")
	complete(cmd, "by", breakdowns...)
}

// checkBy looks at --by, and at what does not go with it.
func checkBy(by string, q *question, gates int) error {
	if by == "" {
		return nil
	}
	if err := oneOf("--by", "break-down", by, breakdowns); err != nil {
		return err
	}
	if gates > 0 {
		return fmt.Errorf("--fail-if judges the figures of eval without --by")
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
