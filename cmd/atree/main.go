// Command atree analyses attack trees: what an attack costs, how likely it is,
// how much it loses, and what controls leave of it.
//
//	atree check FILE…          is it sound?
//	atree fmt FILE…            print it in the standard style
//	atree eval FILE            what does an attack cost, how likely is it, what is left?
//	atree attacks FILE         which minimal attacks are there, best first?
//	atree compare FILE SET…    one row a mitigation set
//	atree optimize FILE        which controls?
//	atree attackers FILE       what can each adversary do with his budget?
//	atree simulate FILE        how sure are we?
//	atree merge PART…          put the parts of a simulation together
//	atree stride FILE          which threats does the system have, which are covered?
//	atree catalog …            what is known about threats to AI systems?
//	atree dot FILE             a picture, for Graphviz
//	atree convert FILE         other tools' formats, and atree text from them
//	atree explain CODE         what a diagnostic means
//
// The answer goes to standard output, all else to standard error. The exit
// status is 0 when the question was answered, 1 when the answer is no (errors
// found, not formatted, a threshold passed), and 2 when the question could not be
// put or answered.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/render"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The verbs are shown in the order of rootCommand.
func init() { cobra.EnableCommandSorting = false }

// errNo says that the question was answered, and that the answer is no.
var errNo = errors.New("the answer is no")

// run is the whole command, and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(defaultMaxMemory))
	e := &env{stdin: stdin, stdout: stdout, stderr: stderr, color: "auto"}
	root := rootCommand(e)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)

	verb, err := root.ExecuteContextC(ctx)
	var problems diag.List
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	case errors.As(err, &problems):
		e.printProblems(problems)
	default:
		fmt.Fprintf(stderr, "%s: %s\n", verb.CommandPath(), oneLine(err))
	}
	return 2
}

// shown makes a text that may come from anywhere, as the name of a file, safe to
// show: what a terminal would obey becomes U+FFFD.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func rootCommand(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "atree VERB",
		Short: "Attack trees: what an attack costs, how likely it is, and what controls leave.",
		Example: `atree check examples/model-weights.atree
atree eval examples/model-weights.atree
atree help eval`,
		Version:       render.Version + build(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		// Of an unknown verb with flags, the verb is what is wrong.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		SilenceUsage:       true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("expected a verb, such as check or eval; see atree help")
			}
			return unknownVerb(cmd, args[0])
		},
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(
		checkCommand(e), fmtCommand(e), evalCommand(e), attacksCommand(e), compareCommand(e), optimizeCommand(e),
		attackersCommand(e), simulateCommand(e), mergeCommand(e), strideCommand(e), catalogCommand(e), dotCommand(e), convertCommand(e), explainCommand(e), versionCommand(e), completionCommand(e))
	e.acceptCommon(root)
	blameFlags(root)
	e.spareFiles(root)
	root.SetVersionTemplate("atree {{.Version}}\n")
	root.SetHelpCommand(helpCommand())
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd.OutOrStdout(), cmd) })
	root.SetFlagErrorFunc(explainFlagError)
	return root
}

// unknownVerb says what was perhaps meant.
func unknownVerb(root *cobra.Command, word string) error {
	var verbs []string
	for _, c := range root.Commands() {
		verbs = append(verbs, c.Name())
	}
	switch near := diag.Nearest(word, verbs); {
	case near != "":
		return fmt.Errorf("no verb is called %q; did you mean %q?", word, near)
	case strings.HasSuffix(word, ".atree"):
		return fmt.Errorf("expected a verb before the file; to evaluate it, type: atree eval %s", word)
	}
	return fmt.Errorf("no verb is called %q; there are %s", word, strings.Join(verbs, ", "))
}

// oneLine joins the lines of an error, and leaves out the name of the package
// that it comes from: who types a command knows no packages.
func oneLine(err error) string {
	s := shown(strings.ReplaceAll(err.Error(), "\n", "; "))
	for _, name := range []string{"attacktree: ", "mitigate: ", "uncertain: ", "attackers: ", "render: ", "plot: ", "program: ", "catalog: ", "interchange: "} {
		s = strings.TrimPrefix(s, name)
	}
	var limit *attacktree.LimitError
	if errors.As(err, &limit) {
		s += "; allow more with --max-diagram"
	}
	return s
}
