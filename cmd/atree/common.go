package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// acceptCommon lets every verb take the common flags that cannot change its
// answer, so that one line of flags serves all verbs. Help leaves out those that
// do nothing for the verb.
func (e *env) acceptCommon(verb *cobra.Command) {
	for _, sub := range verb.Commands() {
		e.acceptCommon(sub)
	}
	if verb.HasSubCommands() {
		return
	}
	fs := verb.Flags()
	var unused limits
	common := pflag.NewFlagSet("common", pflag.ContinueOnError)
	common.StringVar(&e.root, "root", "", "")
	common.StringVar(&e.ownDir, "catalog", "", "")
	common.StringVar(&e.today, "today", "", "")
	common.StringVar(&e.color, "color", "auto", "")
	common.Uint64("seed", 1, "")
	unused.flags(common)
	common.Var(new(onlyText), "format", "")
	common.VisitAll(func(f *pflag.Flag) {
		if fs.Lookup(f.Name) == nil {
			f.Hidden, f.Annotations = true, nil
			fs.AddFlag(f)
		}
	})
}

// onlyText is the format of an answer that has but one.
type onlyText struct{}

func (onlyText) String() string { return "text" }
func (onlyText) Type() string   { return "format" }
func (onlyText) Set(s string) error {
	if s != "text" {
		return errors.New("expected text, the only format of this verb")
	}
	return nil
}

// verbsWith names the verbs that have a flag of use to them.
func verbsWith(verb *cobra.Command, flag string) []string {
	var names []string
	for _, sub := range verb.Commands() {
		names = append(names, verbsWith(sub, flag)...)
	}
	if f := verb.Flags().Lookup(flag); f != nil && !f.Hidden && verb.HasParent() {
		names = append(names, strings.TrimPrefix(verb.CommandPath(), "atree "))
	}
	return names
}

// notHere says which verbs take a flag that this one does not take.
func notHere(cmd *cobra.Command, flag string) error {
	if verbs := verbsWith(cmd.Root(), flag); len(verbs) > 0 {
		return fmt.Errorf("--%s means nothing here; it is a flag of %s", flag, commas(verbs))
	}
	return nil
}

// blameFlags lets every verb that finds no file say which flag took it: of
// atree simulate --sensitivity FILE, what is missing is the value of the flag.
func blameFlags(verb *cobra.Command) {
	for _, sub := range verb.Commands() {
		blameFlags(sub)
	}
	if verb.Args == nil || !verb.HasParent() {
		return
	}
	look := verb.Args
	verb.Args = func(cmd *cobra.Command, args []string) error {
		err := look(cmd, args)
		if err == nil || len(args) > 0 {
			return err
		}
		cmd.Flags().Visit(func(f *pflag.Flag) {
			values := []string{f.Value.String()}
			if list, ok := f.Value.(pflag.SliceValue); ok {
				values = list.GetSlice()
			}
			if i := slices.IndexFunc(values, isFile); i >= 0 {
				value, _ := pflag.UnquoteUsage(f)
				err = fmt.Errorf("%w; --%s wants a value, %s, and took %s for it", err, f.Name, value, values[i])
			}
		})
		return err
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// spareFiles keeps every verb from writing an answer in the place of a file that
// it reads, named or imported. Only what is a model itself may take the place of
// one that is named.
func (e *env) spareFiles(verb *cobra.Command) {
	for _, sub := range verb.Commands() {
		e.spareFiles(sub)
	}
	run := verb.RunE
	verb.RunE = func(cmd *cobra.Command, args []string) error {
		e.written, e.named = nil, nil
		for _, path := range args {
			if info, err := os.Stat(path); err == nil {
				e.named = append(e.named, info)
			}
		}
		for _, name := range []string{"output", "draws", "curve", "pairs", "effects", "worth", "plot", "tornado"} {
			f := cmd.Flags().Lookup(name)
			if f == nil || f.Value.String() == "" {
				continue
			}
			to := written{"--" + name, f.Value.String()}
			e.written = append(e.written, to)
			if i := slices.IndexFunc(e.named, to.replaces); i >= 0 && !(name == "output" && writesModel(cmd)) {
				return to.refused()
			}
		}
		return run(cmd, args)
	}
}

// A written file is one that a flag says to write.
type written struct{ flag, path string }

func (w written) replaces(file fs.FileInfo) bool {
	info, err := os.Stat(w.path)
	return err == nil && info.Mode().IsRegular() && os.SameFile(info, file)
}

func (w written) refused() error {
	return fmt.Errorf("%s: %s is a file that is read, and would be lost", w.flag, w.path)
}

// spare refuses to go on where a file that is imported would be written.
func (e *env) spare(read fs.FileInfo) error {
	if slices.ContainsFunc(e.named, func(named fs.FileInfo) bool { return os.SameFile(named, read) }) {
		return nil
	}
	if i := slices.IndexFunc(e.written, func(w written) bool { return w.replaces(read) }); i >= 0 {
		return e.written[i].refused()
	}
	return nil
}

// sparing is a file system whose files are not to be written.
type sparing struct {
	fs.FS
	spare func(fs.FileInfo) error
	err   error // the first refusal
}

func (s *sparing) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && s.err == nil {
		s.err = s.spare(info)
	}
	return f, nil
}

// writesModel reports whether what a verb writes is a model in the language.
func writesModel(cmd *cobra.Command) bool {
	value := func(flag string) string { return cmd.Flags().Lookup(flag).Value.String() }
	return cmd.Name() == "fmt" || cmd.Name() == "convert" && value("to") == "atree" || cmd.Name() == "stride" && value("scaffold") == "true"
}
