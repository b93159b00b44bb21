package main

import (
	"context"
	"io"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
)

// traceFigures are what --fail-if counts with --trace.
func traceFigures() []string {
	var names []string
	for _, f := range catalog.TraceFindings {
		names = append(names, string(f))
	}
	return names
}

// evalTrace answers --trace.
func (e *env) evalTrace(ctx context.Context, tree *attacktree.Tree, q *question, gates []threshold) error {
	goal := q.goal
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
	var t *catalog.Trace
	err = q.limits.wait(ctx, e, func() error {
		t = catalog.TraceRisks(c, tree, goal, today)
		return nil
	})
	if err != nil {
		return err
	}
	err = e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.TraceText(w, t, opt) },
		json:     func(w io.Writer) error { return render.TraceJSON(w, t) },
		csv:      func(w io.Writer) error { return render.TraceCSV(w, t) },
		markdown: func(w io.Writer) error { return render.TraceMarkdown(w, t) },
	})
	if err != nil {
		return err
	}
	return e.judgeCounts(gates, func(figure string) int { return t.Count(catalog.TraceFinding(figure)) })
}
