package main

import (
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
func (e *env) evalTrace(tree *attacktree.Tree, goal string, gates []threshold) error {
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
