package main

import (
	"io"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
)

// evalTrace answers --trace.
func (e *env) evalTrace(tree *attacktree.Tree, goal string) error {
	if goal != "" {
		if err := knownGoal(tree, goal); err != nil {
			return err
		}
	}
	today, err := e.date()
	if err != nil {
		return err
	}
	c, err := e.catalog()
	if err != nil {
		return err
	}
	t := catalog.TraceRisks(c, tree, goal, today)
	return e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.TraceText(w, t, opt) },
		json:     func(w io.Writer) error { return render.TraceJSON(w, t) },
		csv:      func(w io.Writer) error { return render.TraceCSV(w, t) },
		markdown: func(w io.Writer) error { return render.TraceMarkdown(w, t) },
	})
}
