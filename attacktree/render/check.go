package render

import (
	"bytes"
	"fmt"
	"io"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// Checked is the answer of `atree check` for one file.
type Checked struct {
	File     string
	Tree     *attacktree.Tree // nil if there are errors
	Problems diag.List
}

// CheckText writes the problems of files with the lines that they are about, and
// what a sound file holds.
func CheckText(w io.Writer, files []Checked, opt *TextOptions) error {
	var buf bytes.Buffer
	printer := diag.Printer{Width: 80}
	if opt != nil {
		printer.Color = opt.Color
		if opt.Width > 0 {
			printer.Width = opt.Width
		}
	}
	for _, f := range files {
		if len(f.Problems) > 0 {
			if err := printer.Print(&buf, f.Problems); err != nil {
				return err
			}
		}
		fmt.Fprintf(&buf, "%s: %s\n", printable(f.File), verdict(f))
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// verdict sums a file up in a line.
func verdict(f Checked) string {
	found := ""
	if n := len(f.Problems.Warnings()); n > 0 {
		found = plural(n, "warning", "warnings")
	}
	if n := len(f.Problems.Errors()); n > 0 {
		if found != "" {
			found = ", " + found
		}
		return plural(n, "error", "errors") + found
	}
	if found == "" {
		found = "ok"
	}
	if f.Tree == nil {
		return found
	}
	m := f.Tree.Model()
	steps := 0
	for _, v := range m.Nodes {
		if v.Gate == attacktree.Step {
			steps++
		}
	}
	return fmt.Sprintf("%s (%s, %s, %s, %s)", found,
		plural(len(m.Nodes), "node", "nodes"), plural(steps, "step", "steps"),
		plural(len(m.Controls), "control", "controls"), plural(len(f.Tree.Goals()), "goal", "goals"))
}

// CheckMarkdown writes the problems as a table, and what sound files hold.
func CheckMarkdown(w io.Writer, files []Checked) error {
	p := new(page)
	p.heading(1, "Check")
	t := &table{columns: []column{{title: "place"}, {title: "severity"}, {title: "problem"}, {title: "code"}, {title: "hint"}}}
	for _, f := range files {
		p.note(f.File + ": " + verdict(f))
		for _, d := range f.Problems {
			t.add(d.Span.String(), d.Severity.String(), d.Message, string(d.Code), d.Hint)
		}
	}
	p.table(t)
	return p.writeMarkdown(w)
}

// CheckJSON writes a [CheckMessage].
func CheckJSON(w io.Writer, files []Checked) error {
	return writeJSON(w, checkMessage(files))
}

// CheckCSV writes one record a problem.
func CheckCSV(w io.Writer, files []Checked) error {
	return writeCSV(w, checkMessage(files).Diagnostics)
}

func checkMessage(files []Checked) *CheckMessage {
	msg := &CheckMessage{Format: Format, Tool: Tool, Diagnostics: []DiagnosticMessage{}}
	if len(files) == 1 && files[0].Tree != nil {
		msg.Model = modelMessage(files[0].Tree, nil)
	}
	for _, f := range files {
		for _, d := range f.Problems {
			start, end := d.Span.Start(), d.Span.End()
			out := DiagnosticMessage{
				Severity:  d.Severity.String(),
				Code:      string(d.Code),
				Message:   d.Message,
				File:      d.Span.File(),
				Line:      start.Line,
				Column:    start.Column,
				EndLine:   end.Line,
				EndColumn: end.Column,
				Hint:      d.Hint,
				Related:   []RelatedMessage{},
			}
			if out.File == "" {
				out.File = f.File
			}
			for _, r := range d.Related {
				at := r.Span.Start()
				out.Related = append(out.Related, RelatedMessage{r.Message, r.Span.File(), at.Line, at.Column})
			}
			msg.Diagnostics = append(msg.Diagnostics, out)
		}
	}
	return msg
}
