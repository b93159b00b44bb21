package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// The limits of a computation. A question that runs into one is not answered,
// or answered by bounds; it never takes the machine down.
type limits struct {
	maxDiagram int
	diagrams   bool // some may be built
	timeout    time.Duration
	maxMemory  byteSize

	progress func() string // how far it is, for a terminal; nil: nobody knows
}

const (
	defaultMaxDiagram = 20_000_000
	defaultMaxMemory  = 4 << 30
	leastMemory       = 16 << 20 // below it the program itself does not fit
)

func (l *limits) flags(fs *pflag.FlagSet) {
	l.guardFlags(fs)
	l.diagrams = true
	fs.IntVar(&l.maxDiagram, "max-diagram", defaultMaxDiagram, "greatest size of a decision diagram, in `NODES`")
	group(fs, "Limits", "max-diagram")
}

// guardFlags are for verbs that build no diagram.
func (l *limits) guardFlags(fs *pflag.FlagSet) {
	l.maxDiagram, l.maxMemory = defaultMaxDiagram, defaultMaxMemory
	fs.DurationVar(&l.timeout, "timeout", 0, "give up after `TIME`, as 30s or 5m (default none)")
	fs.Var(&l.maxMemory, "max-memory", "give up above `SIZE`")
	group(fs, "Limits", "timeout", "max-memory")
}

var errInterrupted = errors.New("interrupted")

// run computes under the limits. Past a limit, or when the user interrupts, the
// context of the computation ends, and the error says which one it was and what
// to do. Before and after, as while it reads, an interrupt ends the program.
func (l *limits) run(ctx context.Context, e *env, compute func(context.Context) error) error {
	if l.maxDiagram < 1 {
		return fmt.Errorf("--max-diagram: expected at least 1 node, found %d", l.maxDiagram)
	}
	if l.timeout < 0 {
		return fmt.Errorf("--timeout: expected a time above 0, found %s", l.timeout)
	}
	user, deaf := signal.NotifyContext(ctx, os.Interrupt)
	defer deaf()
	ctx, cancel := context.WithCancelCause(user)
	defer cancel(nil)
	if l.timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, l.timeout,
			fmt.Errorf("not finished within %s; allow more with --timeout", l.timeout))
		defer stop()
	}
	debug.SetMemoryLimit(int64(l.maxMemory)) // also for what is written afterwards

	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		l.watch(done, e, cancel)
	}()
	err := ctx.Err()
	if err == nil {
		err = compute(ctx)
	}
	close(done)
	<-watched

	if err != nil && ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		if user.Err() != nil {
			return errInterrupted
		}
		return context.Cause(ctx)
	}
	return err
}

// wait is run for what no context ends, such as reading a file. Past a limit it is
// left alone until the program ends, so it must not write.
func (l *limits) wait(ctx context.Context, e *env, work func() error) error {
	return l.run(ctx, e, func(ctx context.Context) error {
		done := make(chan error, 1)
		go func() { done <- work() }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// watch looks ten times a second at the memory in use, ends the computation
// where it stays above the limit though the garbage collector does what it can,
// and shows on a terminal that a long run is alive.
func (l *limits) watch(done <-chan struct{}, e *env, cancel context.CancelCauseFunc) {
	const patience = 3 // looks in a row
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	terminal := isTerminal(e.stderr)
	above, shown := 0, false
	for looks := 1; ; looks++ {
		select {
		case <-done:
			if shown {
				fmt.Fprint(e.stderr, "\r\x1b[K")
			}
			return
		case <-tick.C:
		}
		used := memoryInUse()
		if above++; used <= uint64(l.maxMemory) {
			above = 0
		}
		if above == patience {
			hint := "allow more with --max-memory"
			if l.diagrams {
				hint += ", or less with --max-diagram"
			}
			cancel(fmt.Errorf("the memory in use is above %s; %s", l.maxMemory.String(), hint))
		}
		if terminal && looks%10 == 0 && looks > 10 {
			done := ""
			if l.progress != nil {
				done = ", " + l.progress()
			}
			fmt.Fprintf(e.stderr, "\ratree: working, %d s, %d MiB%s\x1b[K", looks/10, used>>20, done)
			shown = true
		}
	}
}

// memoryInUse returns what the memory limit of the runtime counts, in bytes.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}

// byteSize is a size of memory, written as 512MiB or 4GiB.
type byteSize int64

var byteUnits = []struct {
	name string
	size int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

// String returns the size in the largest unit that divides it.
func (b *byteSize) String() string {
	for _, u := range byteUnits {
		if n := int64(*b); n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(*b), 10)
}

// Set reads a size.
func (b *byteSize) Set(s string) error {
	for _, u := range byteUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 || n > (1<<62)/u.size {
			break
		}
		if n*u.size < leastMemory {
			return errors.New("expected at least 16MiB")
		}
		*b = byteSize(n * u.size)
		return nil
	}
	return errors.New("expected a size such as 512MiB or 4GiB")
}

// Type names the kind of the flag.
func (b *byteSize) Type() string { return "size" }
