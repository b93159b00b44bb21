package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/render"
	"github.com/atree-dev/atree/catalog"
)

// An env is what a run of the command has around it: its streams, and the flags
// that say how files are read and how answers are written.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	root   string
	ownDir string           // of a catalogue of one's own
	own    *catalog.Catalog // once it is read
	today  string
	format string
	output string
	color  string

	named   []fs.FileInfo // files that the command line names
	written []written
}

// readFlags are those of all verbs that read a model.
func (e *env) readFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&e.root, "root", "", "folder `DIR` that imports may not leave (default that of the file)")
	fs.StringVar(&e.today, "today", "", "what is overdue on `DATE`, as 2026-11-24 (default today)")
	group(fs, "Input", "root", "today")
	e.catalogFlag(cmd)
}

// writeFlags are those of all verbs that write an answer.
func (e *env) writeFlags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&e.output, "output", "o", "", "write the answer to `FILE`, whole or not at all")
	fs.StringVar(&e.color, "color", "auto", "`WHEN`: auto, always or never")
	group(fs, "Output", "output", "color")
	complete(cmd, "color", "auto", "always", "never")
}

// formatFlag is that of the verbs that answer with figures.
func (e *env) formatFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.format, "format", "text", "`FORMAT`: text, json, csv or markdown")
	group(cmd.Flags(), "Output", "format")
	complete(cmd, "format", "text", "json", "csv", "markdown")
}

// group notes under which heading the help shows flags.
func group(fs *pflag.FlagSet, heading string, flags ...string) {
	for _, name := range flags {
		_ = fs.SetAnnotation(name, groupKey, []string{heading}) // fails for unknown flags only
	}
}

const groupKey = "atree_group"

// check looks at the flags whose values are words.
func (e *env) check() error {
	switch e.color {
	case "auto", "always", "never":
	default:
		return fmt.Errorf("--color: expected auto, always or never, found %q", e.color)
	}
	switch e.format {
	case "", "text", "json", "csv", "markdown":
	default:
		return fmt.Errorf("--format: expected text, json, csv or markdown, found %q", e.format)
	}
	_, err := e.date()
	return err
}

// date returns the day that reviews are measured by.
func (e *env) date() (attacktree.Date, error) {
	day := time.Now()
	if e.today != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, e.today); err != nil {
			return attacktree.Date{}, fmt.Errorf("--today: expected a date such as 2026-11-24, found %q", e.today)
		}
	}
	y, m, d := day.Date()
	return attacktree.Date{Year: y, Month: m, Day: d}, nil
}

// A layout holds the four ways to write one answer.
type layout struct {
	text                func(io.Writer, *render.TextOptions) error
	json, csv, markdown func(io.Writer) error
}

// write writes an answer in the format that was asked for.
func (e *env) write(l layout) error {
	switch e.format {
	case "json":
		return e.stream(l.json) // which is written at once, and may be long
	case "csv":
		return e.answer(l.csv)
	case "markdown":
		return e.answer(l.markdown)
	}
	return e.answer(func(w io.Writer) error {
		return l.text(w, &render.TextOptions{Color: e.colored(e.stdout)})
	})
}

// answer writes to standard output, or to the file of -o: all of it or nothing.
func (e *env) answer(write func(io.Writer) error) error {
	var buf bytes.Buffer
	if err := write(&buf); err != nil {
		return err
	}
	return e.stream(func(w io.Writer) error {
		_, err := w.Write(buf.Bytes())
		return err
	})
}

// stream is answer without holding it in memory. What fails may be written in part
// to standard output.
func (e *env) stream(write func(io.Writer) error) error {
	if e.output != "" && e.output != "-" {
		return about(e.output, replaceBy(e.output, write))
	}
	return write(e.stdout)
}

// about puts the path that the user typed into an error of the file system.
func about(path string, err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return fmt.Errorf("%s: %w", path, pathErr.Err)
	}
	return err
}

// replaceFile writes a file as a whole or not at all: beside it, under another
// name, and then in its place. An old file keeps its mode.
func replaceFile(path string, data []byte) error {
	return replaceBy(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// replaceBy is replaceFile for what need not be in memory as a whole. An interrupt
// leaves nothing behind.
func replaceBy(path string, write func(io.Writer) error) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	mode := fs.FileMode(0o644)
	target, flags := path, os.O_WRONLY|os.O_CREATE|os.O_EXCL
	old, err := os.Stat(path)
	whole := err != nil || old.Mode().IsRegular() // else such as /dev/stdout: nothing to put in its place
	switch {
	case err == nil:
		mode = old.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if whole {
		target = filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.tmp", filepath.Base(path), os.Getpid()))
	} else {
		flags = os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(target, flags, mode)
	if err != nil {
		return err
	}
	ctx, deaf := signal.NotifyContext(context.Background(), os.Interrupt)
	defer deaf()
	buffered := bufio.NewWriterSize(&untilDone{ctx, f}, 1<<16)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if whole && old != nil {
		err = errors.Join(err, f.Chmod(mode)) // whatever the umask
	}
	err = errors.Join(err, f.Close())
	if !whole {
		return err
	}
	if err == nil {
		err = os.Rename(target, path)
	}
	if err != nil {
		os.Remove(target)
	}
	return err
}

// untilDone writes until its context ends.
type untilDone struct {
	ctx context.Context
	to  io.Writer
}

func (w *untilDone) Write(data []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, errInterrupted
	}
	return w.to.Write(data)
}

// colored reports whether colour is wanted on a stream.
func (e *env) colored(w io.Writer) bool {
	switch e.color {
	case "always":
		return true
	case "never":
		return false
	}
	toFile := w == e.stdout && e.output != ""
	plain := os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return !plain && isTerminal(w) && !toFile
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// printProblems shows what is wrong with a file on standard error.
func (e *env) printProblems(problems diag.List) {
	p := diag.Printer{Width: 80, Color: e.colored(e.stderr)}
	if err := p.Print(e.stderr, problems); err != nil {
		return
	}
	fmt.Fprintln(e.stderr, diag.Summary(problems))
}
