package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/atree-dev/atree/attacktree/plot"
)

// A picture is a flag that names the file of one.
type picture struct{ flag, path string }

// register adds the flag. What says what is drawn.
func (p *picture) register(cmd *cobra.Command, flag, what string) {
	p.flag = flag
	cmd.Flags().StringVar(&p.path, flag, "", "draw "+what+" to `FILE`, which ends in .svg or .png")
	group(cmd.Flags(), "Output", flag)
}

// check looks at the extension before anything is computed.
func (p *picture) check() error {
	if p.path == "" {
		return nil
	}
	if _, err := plot.FormatOf(p.path); err != nil {
		return fmt.Errorf("--%s: %s", p.flag, oneLine(err))
	}
	return nil
}

// write draws the picture that is asked for, whole or not at all.
func (p *picture) write(draw func() (*plot.Picture, error)) error {
	if p.path == "" {
		return nil
	}
	format, err := plot.FormatOf(p.path)
	if err != nil {
		return err
	}
	drawn, err := draw()
	if err != nil {
		return fmt.Errorf("--%s: %s", p.flag, oneLine(err))
	}
	var buf bytes.Buffer
	if err := drawn.Write(&buf, format); err != nil {
		return err
	}
	return about(p.path, replaceFile(p.path, buf.Bytes()))
}
