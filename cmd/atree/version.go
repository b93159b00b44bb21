package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/render"
)

func versionCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version.",
		Example: `atree version`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("expected nothing, found %q", args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			return e.answer(func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "atree "+render.Version+build())
				return err
			})
		},
	}
	e.writeFlags(cmd)
	return cmd
}

// build says which compiler and which revision the program was built with.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	s := " (" + info.GoVersion
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			s += ", revision " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			s += ", modified"
		}
	}
	return s + ")"
}
