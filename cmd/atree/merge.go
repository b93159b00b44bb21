package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/attacktree/uncertain"
)

func mergeCommand(e *env) *cobra.Command {
	var r report
	var limits limits
	cmd := &cobra.Command{
		Use:   "merge PART…",
		Short: "Put the parts of a simulation together.",
		Long: "Put the parts of a simulation together, in any order. The answer is, byte for\n" +
			"byte, that of one run of atree simulate without --shard. What was asked with\n" +
			"each shard, as --sensitivity and --value, is told; --plot and --tornado draw it.",
		Example: `atree merge part-1 part-2 part-3 part-4
atree merge --format csv --draws draws.csv part-*
atree merge --plot years.svg --tornado swings.svg part-*`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("expected PART…, found nothing; parts are written by atree simulate --shard")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.check(); err != nil {
				return err
			}
			if err := r.check(e.output); err != nil {
				return err
			}
			var study *render.Study
			err := limits.wait(cmd.Context(), e, func() (err error) {
				study, err = e.merge(cmd.Context(), args)
				return err
			})
			if err != nil {
				return err
			}
			return e.report(study, &r)
		},
	}
	r.flags(cmd)
	e.formatFlag(cmd)
	e.writeFlags(cmd)
	limits.guardFlags(cmd.Flags())
	return cmd
}

// merge reads the parts of a simulation, and concludes from the whole.
func (e *env) merge(ctx context.Context, paths []string) (*render.Study, error) {
	var parts []*uncertain.Simulation
	for _, path := range paths {
		data, err := e.readUpTo(math.MaxInt64, path)
		if err != nil {
			return nil, about(path, err)
		}
		part, err := uncertain.ReadPart(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %s", path, oneLine(err))
		}
		parts = append(parts, part)
	}
	whole, err := uncertain.Merge(parts...)
	if err != nil {
		return nil, err
	}
	study := &render.Study{Simulation: whole}
	return study, conclude(ctx, study)
}
