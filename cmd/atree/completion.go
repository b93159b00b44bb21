package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
)

func completionCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print a script that completes for a shell.",
		Example: `source <(atree completion bash)
atree completion fish | source`,
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("expected bash, zsh or fish, found none")
			}
			if len(args) != 1 || !slices.Contains([]string{"bash", "zsh", "fish"}, args[0]) {
				return fmt.Errorf("expected bash, zsh or fish, found %q", args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			root := cmd.Root()
			return e.answer(func(out io.Writer) error {
				switch args[0] {
				case "bash":
					if _, err := io.WriteString(out, bashWords); err != nil {
						return err
					}
					return root.GenBashCompletionV2(out, true)
				case "zsh":
					return root.GenZshCompletion(out)
				}
				return root.GenFishCompletion(out, true)
			})
		},
	}
	e.writeFlags(cmd)
	return cmd
}

// bashWords stands in for the only function of the package bash-completion that
// the script needs, where that package is not installed: it reads the words of
// the line into cur, prev, words and cword. Bash takes = and : for words of their
// own; they are joined again to their neighbours.
const bashWords = `# bash completion for atree
if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    _get_comp_words_by_ref() {
        local i joined=false
        words=("${COMP_WORDS[0]}")
        for ((i = 1; i <= COMP_CWORD; i++)); do
            if [[ ${COMP_WORDS[i]} == [=:]* && ${#words[@]} -gt 1 ]]; then
                words[${#words[@]}-1]+=${COMP_WORDS[i]}
                joined=true
            elif $joined; then
                words[${#words[@]}-1]+=${COMP_WORDS[i]}
                joined=false
            else
                words+=("${COMP_WORDS[i]}")
            fi
        done
        cword=$((${#words[@]} - 1))
        cur=${words[cword]}
        prev=
        if ((cword > 0)); then
            prev=${words[cword-1]}
        fi
    }
fi

`

// complete offers words for a flag.
func complete(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, // fails for unknown flags only
		cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completeNames offers names of the model for a flag.
func completeNames(cmd *cobra.Command, flag string, names func(*attacktree.Tree) []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return namesIn(args, names), cobra.ShellCompDirectiveNoFileComp
	})
}

// namesIn reads the model that the command line already names.
func namesIn(args []string, names func(*attacktree.Tree) []string) []string {
	if len(args) == 0 || args[0] == stdinName {
		return nil
	}
	if info, err := os.Stat(args[0]); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	tree, err := attacktree.ParseFile(args[0])
	if err != nil {
		return nil
	}
	return names(tree)
}

func goalNames(tree *attacktree.Tree) []string { return tree.Goals() }

func setNames(tree *attacktree.Tree) []string {
	names := allSets(tree)
	for _, c := range tree.Model().Controls {
		names = append(names, c.Name+"\t"+c.Label)
	}
	return names
}

func adversaryNames(tree *attacktree.Tree) []string {
	var names []string
	for _, a := range tree.Model().Adversaries {
		names = append(names, a.Name+"\t"+a.Label)
	}
	return names
}

func paramNames(tree *attacktree.Tree) []string {
	var names []string
	for _, p := range tree.Model().Params {
		names = append(names, p.Name+"=")
	}
	return names
}

// completeFiles offers models for every argument, completeFile for the first
// alone, and completeFileThenSets sets after it.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"atree", "xml", "dft"}, cobra.ShellCompDirectiveFilterFileExt
}

func completeFile(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeFiles(cmd, args, word)
}

func completeFileThenSets(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return namesIn(args, setNames), cobra.ShellCompDirectiveNoFileComp
	}
	return completeFiles(cmd, args, word)
}
