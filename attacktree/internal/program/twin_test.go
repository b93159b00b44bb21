package program

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
)

// rows returns And over j of Or over i of x[j][i]·x[j+1][i]. Row by row it needs
// many nodes, column by column few.
func rows(count, width int) (*circuit.Circuit, circuit.Ref) {
	c := circuit.New()
	var last []circuit.Ref
	var gates []circuit.Ref
	for range count {
		row := make([]circuit.Ref, width)
		var pairs []circuit.Ref
		for i := range row {
			row[i] = c.Var()
			if last != nil {
				pairs = append(pairs, c.And(last[i], row[i]))
			}
		}
		if last != nil {
			gates = append(gates, c.Or(pairs...))
		}
		last = row
	}
	return c, c.And(gates...)
}

// rowByRow returns a solver of rows and a builder with their inputs in order.
func rowByRow(t *testing.T, count, width int) (*solver, *builder) {
	c, root := rows(count, width)
	c, roots := c.Simplify(root)
	s := newSolver(t.Context(), c, roots, Limits{})
	u := &s.units[len(s.units)-1]
	s.number(u)
	levels := slices.Clone(u.inputs)
	slices.SortFunc(levels, func(x, y circuit.Ref) int { return x.Node() - y.Node() }) // as they were made
	b, err := s.newBuilder(u, levels)
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

// TestTwin: a builder and its twin make the same function, the twin with far
// fewer nodes, whatever levels it has them at.
func TestTwin(t *testing.T) {
	s, b := rowByRow(t, 5, 11)
	const some, more = 1 << 14, 1 << 17 // operations, and for how many it is sifted
	b.allow(some)
	if err := b.run(1 << 22); !errors.Is(err, bdd.ErrPaused) {
		t.Fatalf("%v, expected %v", err, bdd.ErrPaused)
	}
	twin, err := b.twin(more)
	if err != nil || twin == nil {
		t.Fatalf("no twin: %v", err)
	}
	if twin.work() != b.work() || twin.done != b.done {
		t.Errorf("the twin has done %d gates in %d operations, the other %d in %d", twin.done, twin.work(), b.done, b.work())
	}
	probability := func(b *builder) float64 {
		b.allow(math.MaxInt)
		if err := b.run(1 << 22); err != nil {
			t.Fatal(err)
		}
		solved := b.solution()
		prob := make([]float64, len(solved.levels))
		for i, x := range solved.levels {
			prob[i] = 0.1 + 0.8*float64(x.Node()*37%101)/101
		}
		low, high := solved.bracket(prob)
		if low[0] != high[0] {
			t.Errorf("%v is not %v", low, high)
		}
		return low[0]
	}
	// It may be sifted again on the way.
	if again, err := twin.twin(8 * more); again != nil || err != nil {
		t.Fatalf("a twin has a twin: %v", err)
	}
	if p, q := probability(b), probability(twin); math.Abs(p-q) > 1e-12*p {
		t.Errorf("%v, the twin %v", p, q)
	}
	if 4*twin.size() > b.size() {
		t.Errorf("%d nodes, the twin %d", b.size(), twin.size())
	}
	// What is raced for is as small.
	raced, _, err := s.race(b.u)
	if err != nil || raced.size() > b.size() {
		t.Errorf("the race ends with %d nodes of %d: %v", raced.size(), b.size(), err)
	}
}

// TestShortRace: where one of two builders finishes, the other does not go on. It
// would need more nodes than it may have.
func TestShortRace(t *testing.T) {
	const count, width = 5, 30
	s, slow := rowByRow(t, count, width)
	columns := make([]circuit.Ref, count*width)
	for i, x := range slow.levels {
		columns[i%width*count+i/width] = x
	}
	fast, err := s.newBuilder(slow.u, columns)
	if err != nil {
		t.Fatal(err)
	}
	errs := runAll([]*builder{slow, fast}, 1<<22, 1<<40, false)
	if !errors.Is(errs[0], bdd.ErrPaused) || errs[1] != nil {
		t.Fatalf("%v, expected %v and one that finishes", errs, bdd.ErrPaused)
	}
}
