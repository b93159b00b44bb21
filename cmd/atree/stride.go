package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/dsl"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
	"github.com/atree-dev/atree/stride"
)

func strideCommand(e *env) *cobra.Command {
	var methods, failIf []string
	var scaffold bool
	var top int
	var limits limits
	words := []string{stride.ByElement.String(), stride.ByInteraction.String(), stride.ByShostack.String()}
	cmd := &cobra.Command{
		Use:   "stride FILE",
		Short: "Which threats does the system have, which are open?",
		Long: "Which threats does the system of a file have by STRIDE, and which of them are\n" +
			"covered by a node (at, stride), accepted, or open? Counted by element and\n" +
			"category, by asset and by owner. A file without a goal will do. With --scaffold,\n" +
			"prints the file with a goal for each asset, to begin with.",
		Example: `atree stride examples/financial-assistant.atree
atree stride --method per-element examples/financial-assistant.atree
atree stride --fail-if 'open > 0' examples/financial-assistant.atree  # exit 1
atree stride --scaffold system.atree > tree.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if scaffold {
				for _, name := range []string{"method", "fail-if", "top", "format"} {
					if cmd.Flags().Changed(name) {
						return fmt.Errorf("--scaffold prints a file; leave --%s out", name)
					}
				}
			}
			if top < 0 {
				return fmt.Errorf("--top: expected 0 or more, found %d", top)
			}
			gates, err := readCounts(failIf, "open")
			if err != nil {
				return err
			}
			opt := &catalog.CoverOptions{}
			if opt.Today, err = e.date(); err != nil {
				return err
			}
			for _, word := range methods {
				method, err := stride.ParseMethod(word)
				if err != nil {
					return oneOf("--method", "method", word, words)
				}
				opt.Methods = append(opt.Methods, method)
			}
			c, err := e.catalog()
			if err != nil {
				return err
			}
			if scaffold {
				return e.scaffold(cmd.Context(), &limits, c, args[0])
			}
			var k *catalog.Coverage
			err = limits.wait(cmd.Context(), e, func() error {
				tree, _, err := e.load(args[0], "", true)
				if err != nil {
					return err
				}
				k, err = catalog.Cover(c, tree, opt)
				return noSystem(args[0], err)
			})
			if err != nil {
				return err
			}
			what := render.StrideOptions{Top: top}
			err = e.write(layout{
				text:     func(w io.Writer, opt *render.TextOptions) error { return render.StrideText(w, k, what, opt) },
				json:     func(w io.Writer) error { return render.StrideJSON(w, k) },
				csv:      func(w io.Writer) error { return render.StrideCSV(w, k) },
				markdown: func(w io.Writer) error { return render.StrideMarkdown(w, k, what) },
			})
			if err != nil {
				return err
			}
			return e.judgeCounts(gates, func(string) int { return k.Open() })
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&methods, "method", nil, "`METHOD` per-element, per-interaction (Microsoft's tool) or per-interaction-shostack (Shostack's table, quoted from memory); repeatable (default the first two)")
	complete(cmd, "method", words...)
	fs.BoolVar(&scaffold, "scaffold", false, "print the file with goals, patterns and steps to begin with")
	group(fs, "Question", "method", "scaffold")
	fs.StringArrayVar(&failIf, "fail-if", nil, "exit status 1 if `RULE` holds: open OP NUMBER, as 'open > 0'; repeatable. OP is one of > >= < <=")
	group(fs, "Gate", "fail-if")
	fs.IntVar(&top, "top", 20, "list `N` open threats as text and Markdown (0: all)")
	group(fs, "List", "top")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	limits.guardFlags(cmd.Flags())
	return cmd
}

// noSystem says what to do about a file without a system.
func noSystem(path string, err error) error {
	if errors.Is(err, catalog.ErrNoSystem) {
		return fmt.Errorf("%s: expected a system { … } in the file, found none", path)
	}
	return err
}

// scaffold prints a file with what is to be added to it.
func (e *env) scaffold(ctx context.Context, limits *limits, c *catalog.Catalog, path string) error {
	var added string
	var whole []byte
	err := limits.wait(ctx, e, func() error {
		src, err := e.read(path)
		if err != nil {
			return about(path, err)
		}
		if path == stdinName {
			e.stdin = bytes.NewReader(src)
		}
		tree, _, err := e.load(path, "", true)
		if err != nil {
			return err
		}
		if added, err = catalog.Scaffold(c, tree); err != nil {
			return noSystem(path, err)
		}
		file, problems := dsl.Parse(path, append(append(src, '\n'), added...))
		if err := problems.Err(); err != nil {
			return err
		}
		whole = dsl.Format(file)
		return nil
	})
	if err != nil {
		return err
	}
	if added == "" {
		fmt.Fprintf(e.stderr, "%s: nothing is added; no element carries an asset without a goal\n", shown(path))
	}
	return e.answer(func(w io.Writer) error {
		_, err := w.Write(whole)
		return err
	})
}
