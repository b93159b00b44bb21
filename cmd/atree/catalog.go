package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
)

func catalogCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "catalog list|search|show|suggest",

		DisableFlagsInUseLine: true,

		Short: "What is known about threats to AI systems?",
		Long: "What is known about threats to AI systems: threats, mitigations, adversaries,\n" +
			"components, patterns and more, with references to ATLAS, OWASP, NIST and others.\n" +
			"\n" +
			"  list [KIND]     the entries, of one kind or all\n" +
			"  search WORDS…   entries by name, by words, by an identifier of another list\n" +
			"  show ENTRY…     an entry in full; a pattern as a tree\n" +
			"  suggest FILE    controls that a model could take in, the most valuable first\n" +
			"\n" +
			"A catalogue of your own stands in a folder that --catalog names. Its files\n" +
			"data/threats.json, data/mitigations.json, data/patterns.json and others hold\n" +
			"lists of entries, its files patterns/NAME.atree the trees:\n" +
			"\n" +
			"  [{\"slug\": \"badge-cloning\", \"name\": \"Cloned badge\", \"stride\": [\"S\"],\n" +
			"    \"components\": [\"staff-member\"], \"mitigations\": [\"physical-security\"]}]",
		Example: `atree catalog list threat
atree catalog search prompt injection
atree catalog show rag-poisoning
atree catalog show pattern/model-theft
atree catalog suggest examples/financial-assistant.atree
atree catalog search --catalog own badge`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("expected list, search, show or suggest, found nothing")
			}
			if near := diag.Suggest(args[0], []string{"list", "search", "show", "suggest"}); near != "" {
				return fmt.Errorf("no verb of the catalogue is called %q; %s", args[0], near)
			}
			return fmt.Errorf("expected list, search, show or suggest, found %q", args[0])
		},
	}
	cmd.AddCommand(catalogListCommand(e), catalogSearchCommand(e), catalogShowCommand(e), catalogSuggestCommand(e))
	return cmd
}

// catalogFlag is that of all verbs that look something up.
func (e *env) catalogFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.ownDir, "catalog", "", "folder `DIR` with a catalogue of your own, beside the one built in")
	group(cmd.Flags(), "Input", "catalog")
}

// catalog returns the catalogue that is built in, with the user's own beside it
// if there is one.
func (e *env) catalog() (*catalog.Catalog, error) {
	if e.ownDir == "" {
		return catalog.Default(), nil
	}
	if e.own != nil {
		return e.own, nil
	}
	root, err := os.OpenRoot(e.ownDir)
	if err != nil {
		return nil, fmt.Errorf("--catalog: the folder %s cannot be opened", e.ownDir)
	}
	defer root.Close()
	files := &sparing{FS: root.FS(), spare: e.spare}
	own, err := catalog.Load(catalog.Default(), files)
	switch {
	case files.err != nil:
		return nil, files.err
	case err != nil:
		return nil, e.refused(err)
	}
	e.own = own
	return own, nil
}

// refused says what is wrong with the user's own catalogue, a line for each
// problem, where an editor finds it.
func (e *env) refused(err error) error {
	problems := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		problems = joined.Unwrap()
	}
	for _, err := range problems {
		file := e.ownDir
		var p *catalog.Problem
		if errors.As(err, &p) {
			file = filepath.Join(e.ownDir, p.File)
			if p.Line > 0 {
				file += fmt.Sprintf(":%d", p.Line)
			}
			err = errors.New(p.Message)
		}
		fmt.Fprintf(e.stderr, "%s: error: %s\n", shown(file), oneLine(err))
	}
	if len(problems) == 1 {
		return fmt.Errorf("--catalog %s: 1 problem", e.ownDir)
	}
	return fmt.Errorf("--catalog %s: %d problems", e.ownDir, len(problems))
}

// library returns the catalogue for a loader, which is not read before it is
// needed.
func (e *env) library() (attacktree.Library, error) {
	if e.ownDir == "" {
		return catalog.Library(), nil
	}
	return e.catalog()
}

func kindNames() []string {
	var names []string
	for _, k := range catalog.Kinds() {
		names = append(names, k.String())
	}
	return names
}

func catalogListCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:       "list [KIND]",
		Short:     "Which entries are there, of one kind or all?",
		Long:      "Which entries are there? KIND is one of " + strings.Join(kindNames()[:4], ", ") + ",\n" + strings.Join(kindNames()[4:], ", ") + ".",
		Example:   "atree catalog list threat\natree catalog list --format csv mitigation",
		Args:      atMostOne("KIND"),
		ValidArgs: kindNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			c, err := e.catalog()
			if err != nil {
				return err
			}
			var entries []catalog.Described
			for x := range c.Entries() {
				entries = append(entries, x)
			}
			if len(args) == 1 {
				kind, err := catalog.ParseKind(args[0])
				if err != nil {
					if near := diag.Suggest(args[0], kindNames()); near != "" {
						return fmt.Errorf("no kind is called %q; %s", args[0], near)
					}
					return fmt.Errorf("no kind is called %q; there are %s", args[0], strings.Join(kindNames(), ", "))
				}
				entries = slices.DeleteFunc(entries, func(x catalog.Described) bool { return x.Common().Kind != kind })
			}
			return e.entries(nil, entries)
		},
	}
	e.catalogFlag(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func catalogSearchCommand(e *env) *cobra.Command {
	var top int
	cmd := &cobra.Command{
		Use:   "search WORDS…",
		Short: "Which entries fit some words, or an identifier of another list?",
		Example: `atree catalog search stolen credentials
atree catalog search ATLAS:AML.T0051
atree catalog search --top 3 --format json LLM04:2023`,
		Args: func(_ *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, " ")) == "" {
				return errors.New("expected WORDS, found none")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if top < 0 {
				return fmt.Errorf("--top: expected 0 or more, found %d", top)
			}
			c, err := e.catalog()
			if err != nil {
				return err
			}
			query := strings.Join(args, " ")
			e.moved(c, query)
			entries := []catalog.Described{}
			for _, hit := range c.Search(query) {
				if top == 0 || len(entries) < top {
					entries = append(entries, hit.Entry)
				}
			}
			if near := c.Respell(query); near != "" && len(c.Lookup(query)) == 0 {
				fmt.Fprintf(e.stderr, "some words are in no entry; did you mean %q?\n", near)
			}
			if len(entries) == 0 {
				next := "to see all entries, type: atree catalog list"
				if ref := meant(c, query); ref != "" {
					next = "did you mean " + ref + "?"
				}
				fmt.Fprintf(e.stderr, "nothing fits %q; %s\n", query, next)
			}
			return e.entries(&query, entries)
		},
	}
	cmd.Flags().IntVar(&top, "top", 20, "list `N` entries (0: all)")
	group(cmd.Flags(), "List", "top")
	e.catalogFlag(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

// entries writes a list of entries.
func (e *env) entries(query *string, entries []catalog.Described) error {
	return e.write(layout{
		text:     func(w io.Writer, opt *render.TextOptions) error { return render.EntriesText(w, query, entries, opt) },
		json:     func(w io.Writer) error { return render.EntriesJSON(w, query, entries) },
		csv:      func(w io.Writer) error { return render.EntriesCSV(w, entries) },
		markdown: func(w io.Writer) error { return render.EntriesMarkdown(w, query, entries) },
	})
}

// moved says on standard error what has become of an identifier.
func (e *env) moved(c *catalog.Catalog, word string) {
	for _, l := range c.Lists() {
		id := strings.TrimPrefix(word, l.Prefix)
		if _, held := l.Has(id); !held {
			continue
		}
		if r := c.Resolve(l.Prefix + id); r.Status == catalog.Moved {
			fmt.Fprintf(e.stderr, "%s has become %s (%s)\n", word, r.Right, r.Name)
			return
		}
	}
}

func catalogShowCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ENTRY…",
		Short: "What does the catalogue say of an entry? A pattern is shown as a tree.",
		Long: "What does the catalogue say of an entry? ENTRY is a name such as model-theft,\n" +
			"with its kind where several have it, or an identifier of another list. A pattern\n" +
			"is shown as a tree, which can be saved, or taken into a model as it stands by\n" +
			"copy \"catalog:NAME\" as n.",
		Example: `atree catalog show rag-poisoning
atree catalog show ATLAS:AML.T0070
atree catalog show pattern/model-theft > theft.atree`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("expected an ENTRY such as model-theft, found none")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return entryNames(catalog.Default()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			c, err := e.catalog()
			if err != nil {
				return err
			}
			var entries []catalog.Described
			for _, word := range args {
				found, err := e.lookup(c, word)
				if err != nil {
					return err
				}
				entries = append(entries, found...)
			}
			return e.write(layout{
				text:     func(w io.Writer, opt *render.TextOptions) error { return render.ShowText(w, c, entries, opt) },
				json:     func(w io.Writer) error { return render.ShowJSON(w, c, entries) },
				csv:      func(w io.Writer) error { return render.ShowCSV(w, c, entries) },
				markdown: func(w io.Writer) error { return render.ShowMarkdown(w, c, entries) },
			})
		},
	}
	e.catalogFlag(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	return cmd
}

func entryNames(c *catalog.Catalog) []string {
	var names []string
	for x := range c.Entries() {
		names = append(names, x.Common().ID(), x.Common().Slug)
	}
	return names
}

// lookup returns the entries that a word names. Where a name is that of a
// pattern and of something else, the pattern has to be asked for by its kind.
func (e *env) lookup(c *catalog.Catalog, word string) ([]catalog.Described, error) {
	e.moved(c, word)
	found := c.Lookup(word)
	if len(found) == 0 {
		if near := diag.Suggest(word, entryNames(c)); near != "" {
			return nil, fmt.Errorf("the catalogue has no entry %q; %s", word, near)
		}
		if ref := meant(c, word); ref != "" {
			return nil, fmt.Errorf("the catalogue has no entry %q; did you mean %s?", word, ref)
		}
		return nil, fmt.Errorf("the catalogue has no entry %q; try: atree catalog search %s", word, word)
	}
	isPattern := func(x catalog.Described) bool { return x.Common().Kind == catalog.KindPattern }
	if i := slices.IndexFunc(found, isPattern); i >= 0 && len(found) > 1 {
		fmt.Fprintf(e.stderr, "there is also a tree; to see it, type: atree catalog show %s\n", found[i].Common().ID())
		found = slices.Delete(slices.Clone(found), i, i+1)
	}
	return found, nil
}

// meant returns the identifier of another list that a word stands for perhaps: one
// that is misspelt, or whose edition was left out.
func meant(c *catalog.Catalog, word string) string {
	if right := c.Resolve(word).Right; right != "" {
		return right
	}
	for _, l := range c.Lists() {
		ref := l.Prefix + word
		if right := c.Resolve(ref).Right; strings.HasPrefix(right, ref+":") {
			return right
		}
	}
	return ""
}

func catalogSuggestCommand(e *env) *cobra.Command {
	var goal string
	var top int
	var limits limits
	cmd := &cobra.Command{
		Use:   "suggest FILE",
		Short: "Which mitigations would help most, as controls to paste into the file?",
		Long: "Which mitigations would help most? For every step that names a threat, those of\n" +
			"the catalogue that the file has no control for, evaluated one by one on top of\n" +
			"the controls that are deployed. As text, they can be pasted into the file.",
		Example: `atree catalog suggest examples/financial-assistant.atree
atree catalog suggest --goal inject examples/financial-assistant.atree`,
		Args:              one,
		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if top < 0 {
				return fmt.Errorf("--top: expected 0 or more, found %d", top)
			}
			tree, err := e.open(args[0], goal)
			if err != nil {
				return err
			}
			if goal != "" {
				if err := knownGoal(tree, goal); err != nil {
					return err
				}
			}
			c, err := e.catalog()
			if err != nil {
				return err
			}
			var s *catalog.Suggestions
			err = limits.run(cmd.Context(), e, func(ctx context.Context) (err error) {
				s, err = catalog.Suggest(ctx, c, tree, &attacktree.Options{Goal: goal, MaxNodes: limits.maxDiagram})
				return err
			})
			if err != nil {
				return err
			}
			if top > 0 && len(s.List) > top {
				s.List = s.List[:top]
			}
			return e.write(layout{
				text:     func(w io.Writer, _ *render.TextOptions) error { return render.SuggestText(w, s) },
				json:     func(w io.Writer) error { return render.SuggestJSON(w, s) },
				csv:      func(w io.Writer) error { return render.SuggestCSV(w, s) },
				markdown: func(w io.Writer) error { return render.SuggestMarkdown(w, s) },
			})
		},
	}
	cmd.Flags().StringVar(&goal, "goal", "", "the `GOAL` that is asked about (default all)")
	group(cmd.Flags(), "Question", "goal")
	completeNames(cmd, "goal", goalNames)
	cmd.Flags().IntVar(&top, "top", 10, "list `N` mitigations (0: all)")
	group(cmd.Flags(), "List", "top")
	e.readFlags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	limits.flags(cmd.Flags())
	return cmd
}
