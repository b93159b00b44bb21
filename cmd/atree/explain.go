package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/diag"
)

func explainCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "What does a diagnostic mean?",
		Long:  "What does a diagnostic mean? Without CODE, all are listed.",
		Example: `atree explain
atree explain undefined-name`,
		Args: atMostOne("CODE"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return codes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if len(args) == 0 {
				return e.answer(listCodes)
			}
			code := strings.Trim(args[0], "[]")
			doc, ok := diag.Explain(diag.Code(code))
			if !ok {
				if near := diag.Nearest(code, codes()); near != "" {
					return fmt.Errorf("no diagnostic has the code %q; did you mean %q?", code, near)
				}
				return fmt.Errorf("no diagnostic has the code %q; to list them all, type: atree explain", code)
			}
			return e.answer(func(w io.Writer) error { return explain(w, doc) })
		},
	}
	e.writeFlags(cmd)
	return cmd
}

func codes() []string {
	var out []string
	for _, d := range diag.Docs() {
		out = append(out, string(d.Code))
	}
	return out
}

func listCodes(w io.Writer) error {
	longest := 0
	for _, c := range codes() {
		longest = max(longest, len(c))
	}
	for _, d := range diag.Docs() {
		head := fmt.Sprintf("%-*s  %-7s  ", longest, d.Code, d.Severity)
		title := strings.ReplaceAll(filled(d.Title, 80-len(head)), "\n", "\n"+strings.Repeat(" ", len(head)))
		if _, err := fmt.Fprintf(w, "%s%s\n", head, title); err != nil {
			return err
		}
	}
	return nil
}

func explain(w io.Writer, d diag.Doc) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s\n\n%s\n", d.Code, d.Severity, d.Title, filled(d.Text, 80))
	for _, example := range []struct{ title, text string }{{"This file has the problem:", d.Bad}, {"This one does not:", d.Good}} {
		if text := excerpt(strings.TrimSpace(example.text)); text != "" {
			fmt.Fprintf(&b, "\n%s\n\n    %s\n", example.title, strings.ReplaceAll(text, "\n", "\n    "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// excerpt cuts lines and texts that are only long: some examples are about that.
func excerpt(text string) string {
	const most, width = 25, 100
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(line) > width {
			lines[i] = line[:width/2] + " … " + line[len(line)-width/4:]
		}
	}
	if n := len(lines); n > most {
		lines = append(lines[:most/5], fmt.Sprintf("… (%d lines in all)", n))
	}
	return strings.Join(lines, "\n")
}

// filled breaks the paragraphs of a text into lines of at most so many characters.
func filled(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for word := range strings.FieldsSeq(paragraph) {
			n := utf8.RuneCountInString(word)
			switch {
			case column == 0:
			case column+1+n > width:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
	}
	return b.String()
}
