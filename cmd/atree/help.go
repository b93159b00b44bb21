package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/atree-dev/atree/attacktree/diag"
)

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [VERB]",
		Short:   "What does a verb do, and which flags does it take?",
		Example: "atree help eval\natree help catalog show",
		RunE: func(cmd *cobra.Command, args []string) error {
			about := cmd.Root()
			for _, word := range args { // catalog has verbs of its own
				if !about.HasSubCommands() {
					return fmt.Errorf("%s has no verbs of its own, found %q", about.CommandPath(), word)
				}
				found, _, err := about.Find([]string{word})
				if err != nil || found == about {
					return unknownVerb(about, word)
				}
				about = found
			}
			about.InitDefaultHelpFlag()
			writeHelp(cmd.OutOrStdout(), about)
			return nil
		},
	}
}

// headings are those of the groups of flags, in the order in which help shows them.
var headings = []string{"Question", "Gate", "Comparison", "List", "Picture", "Conversion", "Check", "Style", "Input", "Output", "Limits"}

// writeHelp says in one sentence what a verb does, how it is typed, with
// examples, and lists its flags by what they are about.
func writeHelp(w io.Writer, cmd *cobra.Command) {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\nUsage: %s\n", about, cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n  %s\n", strings.ReplaceAll(cmd.Example, "\n", "\n  "))
	}
	if !cmd.HasParent() {
		b.WriteString("\nVerbs:\n")
		const column = 25
		for _, c := range cmd.Commands() {
			switch {
			case c.Hidden:
			case len(c.Use) > column:
				fmt.Fprintf(&b, "  %s\n  %-*s %s\n", c.Use, column, "", c.Short)
			default:
				fmt.Fprintf(&b, "  %-*s %s\n", column, c.Use, c.Short)
			}
		}
		b.WriteString("\nThe answer goes to standard output, all else to standard error. Exit status:\n0 done, 1 the answer is no, 2 the question could not be put or answered.\n")
	}
	for _, heading := range headings {
		fs := pflag.NewFlagSet(heading, pflag.ContinueOnError)
		fs.SortFlags = false
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if g := f.Annotations[groupKey]; len(g) > 0 && g[0] == heading {
				fs.AddFlag(f)
			}
		})
		if fs.HasFlags() {
			fmt.Fprintf(&b, "\n%s:\n%s", heading, fs.FlagUsagesWrapped(80))
		}
	}
	io.WriteString(w, b.String())
}

// explainFlagError says what to type instead of a flag that is not understood.
func explainFlagError(cmd *cobra.Command, err error) error {
	s := err.Error()
	if name, ok := strings.CutPrefix(s, "unknown flag: --"); ok {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, f.Name)
			}
		})
		if err := notHere(cmd, name); err != nil {
			return err
		}
		if near := diag.Nearest(name, known); near != "" {
			return fmt.Errorf("no flag is called --%s; did you mean --%s?", name, near)
		}
		return fmt.Errorf("no flag is called --%s; see %s --help", name, cmd.CommandPath())
	}
	if _, typed, ok := strings.Cut(s, " in -"); ok && strings.HasPrefix(s, "unknown shorthand flag: ") {
		name, _, _ := strings.Cut(typed, "=")
		if f := cmd.Flags().Lookup(name); f != nil && !f.Hidden {
			return fmt.Errorf("no flag is called -%s; did you mean --%s?", name, name)
		}
		return fmt.Errorf("no flag is called -%s; see %s --help", name, cmd.CommandPath())
	}
	if invalid := (*pflag.InvalidValueError)(nil); errors.As(err, &invalid) {
		f := invalid.GetFlag()
		want, known := valueForms[f.Value.Type()]
		if !known {
			want = invalid.Unwrap().Error()
		}
		return fmt.Errorf("--%s: %s, found %q", f.Name, want, invalid.GetValue())
	}
	if bare := (*pflag.ValueRequiredError)(nil); errors.As(err, &bare) {
		f := bare.GetFlag()
		value, _ := pflag.UnquoteUsage(f)
		return fmt.Errorf("--%s wants a value, %s, and there is nothing behind it; see %s --help", f.Name, value, cmd.CommandPath())
	}
	return fmt.Errorf("%s; see %s --help", s, cmd.CommandPath())
}

// valueForms say what the flags of a type take, where the error of package flag
// would speak of parsing.
var valueForms = map[string]string{
	"bool":     "expected true or false",
	"int":      "expected a whole number",
	"int64":    "expected a whole number",
	"uint64":   "expected a whole number that is not negative",
	"float64":  "expected a number",
	"duration": "expected a time such as 30s, 5m or 2h",
}
