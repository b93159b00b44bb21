// Package program compiles the roots of a circuit into a form that is quick to
// evaluate for many scenarios, and gives the minimal sets of a root.
//
// [Compile] makes a [Program], which any number of goroutines share; each has
// a [State] of its own for [State.Eval], which computes the probability of
// every root, and [State.Gradient], which differentiates them by the
// probability of every variable. [MinimalSets] makes a [Family], which counts
// its sets without listing them, lists them best first ([Family.Sets]) and
// evaluates any commutative semiring over them ([Fold]). A scenario changes
// numbers only, so each is made once.
//
// Both work module by module: a part of the circuit that shares nothing with
// the rest is solved by itself and then stands as a variable in what is above
// it. A module that is a single And or Or needs no diagram at all, so a tree
// without sharing never does; the others get a binary decision diagram, by
// the best of a few variable orders. Where all of these become large, a monotone
// part gets a form that takes it apart further (package dnnf), and another one a
// diagram in an order that changes while it is built.
package program

import (
	"errors"
	"fmt"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
)

// Limits bound the memory of a computation. The zero value has the defaults.
type Limits struct {
	Nodes int   // diagram nodes held at any one time; 0 means DefaultNodes
	Bytes int64 // memory of diagrams at any one time; 0 means as much as the nodes need
	Held  int   // nodes that others hold at that time; an eighth of Nodes is left in any case

	// Typical has a probability for each variable. It decides what is left out
	// where a limit leaves bounds only: they are close together at these
	// probabilities, and proven at all. Where it is nil, all are 0.1.
	Typical []float64

	// Evaluations is how many times the program will be evaluated. For many, time
	// is spent on smaller diagrams, at most as much as the evaluations may take.
	Evaluations int
}

// DefaultNodes is the limit of nodes where none is given.
const DefaultNodes = 20_000_000

func (l Limits) nodes() int {
	n := l.Nodes
	if n <= 0 {
		n = DefaultNodes
	}
	if l.Bytes > 0 {
		n = int(min(int64(n), l.Bytes/bdd.BytesPerNode))
	}
	return n
}

// left returns the number of nodes that others leave.
func (l Limits) left() int { return max(l.nodes()-l.Held, (l.nodes()+7)/8) }

// explain names the limit that was given in place of what was left of it.
func (l Limits) explain(err error) error {
	var limit *LimitError
	if errors.As(err, &limit) && limit.What == "nodes" {
		err = &LimitError{What: limit.What, Max: l.nodes()}
	}
	return fmt.Errorf("program: %w", err)
}

// ErrLimit is what every LimitError wraps.
var ErrLimit = bdd.ErrLimit

// A LimitError says which limit stopped a computation, "nodes" or "levels"
// (variables and modules in one diagram), and what it was.
type LimitError = bdd.LimitError

// A Program computes the probabilities of its roots from those of its
// variables. It never changes.
//
// The program is a list of steps, each of the form p·hi + q·lo. It has entries
// for a part of the circuit and for its complement as they are needed, so all
// terms are sums and products of numbers that are not negative: no digits are
// lost by cancellation, and a likelihood of 1e-30 is as precise as one of 0.5.
type Program struct {
	vars  int
	size  int
	exact bool
	steps []step
	roots []int32
}

// A step computes entry p times entry hi plus entry q times entry lo.
type step struct{ p, hi, q, lo int32 }

// The first entries of a state are 0, 1, 1/2, -1 and two for each variable: its
// probability and what is missing to 1. The others are the steps'.
const (
	zero int32 = iota
	one
	half
	minus
	firstVariable
)

func (p *Program) firstStep() int { return int(firstVariable) + 2*p.vars }

// Size returns the number of nodes of decision diagrams and forms in the program,
// 0 where none was needed.
func (p *Program) Size() int { return p.size }

// NumVars returns the number of variables of the circuit.
func (p *Program) NumVars() int { return p.vars }

// String returns a summary.
func (p *Program) String() string {
	return fmt.Sprintf("program of %d variables, %d roots, %d steps, %d diagram nodes", p.vars, len(p.roots), len(p.steps), p.size)
}

// A State is the scratch space of one goroutine that evaluates a program.
type State struct {
	p       *Program
	value   []float64
	adjoint []float64
	low     []float64 // of programs that are not exact
	high    []float64
}

// NewState returns a state in which nothing has been evaluated yet.
func (p *Program) NewState() *State {
	n := p.firstStep() + len(p.steps)
	s := &State{p: p, value: make([]float64, n), adjoint: make([]float64, n)}
	if !p.exact {
		s.low, s.high = make([]float64, n), make([]float64, n)
	}
	return s
}

// Eval computes the probability of every root; prob[v] is the probability of
// variable v, in [0, 1], independent of the others. It has NumVars entries.
// One pass over the program, two if it is not exact, no allocation.
func (s *State) Eval(prob []float64) {
	value := s.value
	value[zero], value[one], value[half], value[minus] = 0, 1, 0.5, -1
	inputs := value[firstVariable:s.p.firstStep()]
	for v, x := range prob[:s.p.vars] {
		inputs[2*v], inputs[2*v+1] = x, 1-x
	}
	steps := s.p.steps
	results := value[s.p.firstStep():][:len(steps)]
	for i := range steps {
		st := &steps[i]
		results[i] = float64(value[st.p]*value[st.hi]) + float64(value[st.q]*value[st.lo])
	}
	if !s.p.exact {
		s.enclose()
	}
}

// Value returns the probability of a root after Eval, or some number between
// its bounds if the program is not exact. Roots are numbered as they were given
// to Compile.
func (s *State) Value(root int) float64 { return s.value[s.p.roots[root]] }

// Gradient sets grad[v] to the derivative, by the probability of variable v,
// of the sum of the roots' probabilities each times its weight, at the
// probabilities of the last Eval. With weight 1 for one root that is the
// Birnbaum importance of every variable. (If the program is not exact, it is the
// derivative of Value, which may be far from that.) One pass back over the program, no
// allocation. A derivative is the difference of two numbers that are computed
// without cancellation; it is itself precise to about 1e-16 of the greater.
func (s *State) Gradient(weight, grad []float64) {
	adjoint, value := s.adjoint, s.value
	clear(adjoint)
	for i, r := range s.p.roots {
		adjoint[r] += weight[i]
	}
	first := s.p.firstStep()
	for i := len(s.p.steps) - 1; i >= 0; i-- {
		g := adjoint[first+i]
		if g == 0 {
			continue
		}
		st := &s.p.steps[i]
		adjoint[st.p] += g * value[st.hi]
		adjoint[st.hi] += g * value[st.p]
		adjoint[st.q] += g * value[st.lo]
		adjoint[st.lo] += g * value[st.q]
	}
	inputs := adjoint[firstVariable:first]
	for v := range grad[:s.p.vars] {
		grad[v] = inputs[2*v] - inputs[2*v+1]
	}
}
