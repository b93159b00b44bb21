package main

import (
	"testing"

	"github.com/spf13/cobra"
)

func TestCommonFlags(t *testing.T) {
	var visit func(*cobra.Command)
	visit = func(verb *cobra.Command) {
		for _, sub := range verb.Commands() {
			visit(sub)
		}
		if verb.HasSubCommands() {
			return
		}
		for _, name := range []string{"root", "catalog", "format", "color", "today", "seed", "max-diagram", "max-memory", "timeout"} {
			if verb.Flags().Lookup(name) == nil {
				t.Errorf("%s does not take --%s", verb.CommandPath(), name)
			}
		}
	}
	visit(rootCommand(&env{}))
}
