// Scale measures the engine on fault trees.
//
//	go run ./attacktree/internal/scale [flags] DIR
//
// It prints a line for each Open-PSA model of the folder: variables, gates,
// diagram nodes, and the seconds that reading, compiling, the likelihood, all
// importance measures and the minimal sets take. Where the folder has a file
// answers.csv with columns model, p_top_exact, p_nonuniform and mcs_count, the
// results are compared with it, and what differs is marked.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
	"github.com/atree-dev/atree/attacktree/internal/scale/openpsa"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	nodes := flags.Int("nodes", 0, "limit of diagram nodes, 0 for the default")
	only := flags.String("only", "", "measure the models whose name contains this")
	skip := flags.String("skip", "", "leave out the models whose name contains this")
	sets := flags.Bool("sets", true, "find the minimal sets too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("scale: expected one folder, found %d arguments", flags.NArg())
	}
	dir := flags.Arg(0)
	answers, err := readAnswers(filepath.Join(dir, "answers.csv"))
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "model\tvars\tgates\tnodes\tread\tcompile\teval\timportance\tsets\tMB\tlikelihood\tcount\t\t")
	total := measurement{exact: true}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".xml")
		if !strings.Contains(name, *only) || *skip != "" && strings.Contains(name, *skip) {
			continue
		}
		m, err := measure(ctx, path, program.Limits{Nodes: *nodes}, *sets)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.print(w, name, m.compare(answers[name]))
		total.add(m)
	}
	total.print(w, "total", "")
	return nil
}

// A measurement is what one model took, in seconds, and gave.
type measurement struct {
	vars, gates, nodes                    int
	read, compile, eval, importance, sets float64
	megabytes                             float64 // taken from the system so far
	exact                                 bool
	low, high                             float64 // likelihood, every event at 0.01
	spreadLow, spreadHigh                 float64 // likelihood, different events
	count                                 *big.Int
}

func measure(ctx context.Context, path string, lim program.Limits, sets bool) (*measurement, error) {
	m := &measurement{}
	clock := time.Now()
	lap := func() float64 {
		d := time.Since(clock).Seconds()
		clock = time.Now()
		return d
	}
	c, root, err := openpsa.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m.read = lap()
	m.vars, m.gates = c.NumVars(), c.Len()-c.NumVars()-1
	prob := make([]float64, m.vars)
	for v := range prob {
		prob[v] = 0.01
	}
	lim.Typical = prob
	p, err := program.Compile(ctx, c, []circuit.Ref{root}, lim)
	if err != nil {
		return nil, err
	}
	m.compile = lap()
	m.nodes = p.Size()
	s := p.NewState()
	clock = time.Now()
	s.Eval(prob)
	m.eval = lap()
	m.low, m.high = s.Bounds(0)
	m.exact = p.Exact()
	s.Gradient([]float64{1}, make([]float64, m.vars))
	m.importance = lap()
	for v := range prob {
		prob[v] = different(v)
	}
	s.Eval(prob)
	m.spreadLow, m.spreadHigh = s.Bounds(0)
	clock = time.Now()
	if sets {
		f, err := program.MinimalSets(ctx, c, root, lim)
		switch {
		case err == nil:
			m.count = f.Count(nil)
		case !errors.Is(err, program.ErrLimit):
			return nil, err
		}
		m.sets = lap()
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m.megabytes = float64(mem.Sys) / 1e6
	return m, nil
}

// different returns likelihoods between about 1e-4 and 0.316, each its own,
// rounded to six digits as files have them.
func different(v int) float64 {
	_, fraction := math.Modf(float64(v+1) * 0.6180339887498949)
	x, _ := strconv.ParseFloat(strconv.FormatFloat(math.Pow(10, -(0.5+3.5*fraction)), 'g', 6, 64), 64)
	return x
}

func (m *measurement) add(n *measurement) {
	m.vars += n.vars
	m.gates += n.gates
	m.nodes += n.nodes
	m.read += n.read
	m.compile += n.compile
	m.eval += n.eval
	m.importance += n.importance
	m.sets += n.sets
	m.megabytes = max(m.megabytes, n.megabytes)
}

func (m *measurement) print(w io.Writer, name, remark string) {
	likelihood := "-"
	if m.high > 0 {
		likelihood = fmt.Sprintf("%.12g", m.low)
	}
	if !m.exact {
		likelihood = fmt.Sprintf("%.5g … %.5g", m.low, m.high)
	}
	count := "-"
	if m.count != nil {
		count = m.count.String()
	}
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.4f\t%.4f\t%.5f\t%.5f\t%.4f\t%.0f\t%s\t%s\t%s\t\n", name, m.vars, m.gates, m.nodes,
		m.read, m.compile, m.eval, m.importance, m.sets, m.megabytes, likelihood, count, remark)
}

// An answer is a row of answers.csv by column name.
type answer map[string]string

// readAnswers returns the rows by model, none if there is no such file.
func readAnswers(path string) (map[string]answer, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	answers := map[string]answer{}
	for _, row := range rows[1:] {
		a := answer{}
		for i, x := range row {
			a[rows[0][i]] = x
		}
		answers[a["model"]] = a
	}
	return answers, nil
}

// compare returns what differs from the answer.
func (m *measurement) compare(a answer) string {
	var wrong []string
	check := func(column string, low, high float64) {
		want, err := strconv.ParseFloat(a[column], 64)
		if err == nil && (want < low*(1-1e-9) || want > high*(1+1e-9)) {
			wrong = append(wrong, fmt.Sprintf("%s %v", column, want))
		}
	}
	check("p_top_exact", m.low, m.high)
	check("p_nonuniform", m.spreadLow, m.spreadHigh)
	if want, ok := new(big.Int).SetString(a["mcs_count"], 10); ok && m.count != nil && want.Cmp(m.count) != 0 {
		wrong = append(wrong, "mcs_count "+want.String())
	}
	if len(wrong) == 0 {
		return ""
	}
	return "differs from " + strings.Join(wrong, ", ")
}
