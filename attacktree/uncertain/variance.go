package uncertain

import (
	"errors"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/internal/circuit"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// maxTwins bounds the diagram of the variance; where it is greater, the variance
// is estimated.
const maxTwins = 200_000

// variance returns the exact variance of the likelihood, and false where it is
// not worked out: where a number enters several chances, or a diagram grows too
// big. The mean of the likelihood is given.
//
// Take two attempts, twins, that succeed or fail by themselves but share the
// uncertain chances. The chance that both reach the goal is the mean of the
// squared likelihood. Of a step with chance p both succeed with the mean of p²,
// exactly one with twice the mean of p(1-p). So three independent events make the
// step of the twins: A, that both succeed; B, that exactly one does, if not both;
// and C, which of them. The chance of both goals is then that of one circuit.
func (f *function) variance(sc *attacktree.Scenario, mean float64) (float64, bool, error) {
	chance, square, ok, err := f.squares()
	if err != nil || !ok {
		return 0, false, err
	}
	s, err := f.p.Structure(sc)
	if err != nil {
		return 0, false, err
	}
	c := circuit.New()
	first, second := make([]circuit.Ref, len(chance)), make([]circuit.Ref, len(chance))
	var prob []float64
	for v, p := range chance {
		if square[v] == p*p { // certain: the twins are independent
			first[v], second[v] = c.Var(), c.Var()
			prob = append(prob, p, p)
			continue
		}
		both, one, which := c.Var(), c.Var(), c.Var()
		first[v], second[v] = c.Or(both, c.And(one, which)), c.Or(both, c.And(one, which.Not()))
		prob = append(prob, square[v], 2*(p-square[v])/(1-square[v]), 0.5)
	}
	goal := c.And(copied(s.Likelihood, s.Goal, c, first), copied(s.Likelihood, s.Goal, c, second))
	twins, err := program.Compile(f.ctx, c, []circuit.Ref{goal}, program.Limits{Nodes: maxTwins})
	if errors.Is(err, program.ErrLimit) || err == nil && !twins.Exact() {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	state := twins.NewState()
	state.Eval(prob)
	return max(0, state.Value(0)-mean*mean), true, nil
}

// squares returns the mean of each chance and of its square. A chance is a
// product of numbers that enter nowhere else, or of what these leave of 1; so its
// relative variances multiply.
func (f *function) squares() (chance, square []float64, ok bool, err error) {
	if err := f.e.SetDraws(f.means); err != nil {
		return nil, nil, false, err
	}
	chance = append(chance, f.e.Chances()...)
	for _, p := range chance {
		square = append(square, p*p)
	}
	for j, n := range f.numbers {
		mean, to := f.means[j], n.Law.Quantile(0.9)
		f.means[j] = to
		err := f.e.SetDraws(f.means)
		f.means[j] = mean
		if err != nil {
			return nil, nil, false, err
		}
		touched := 0
		for v, p := range f.e.Chances() {
			if p == chance[v] {
				continue
			}
			if touched++; touched > 1 {
				return nil, nil, false, nil
			}
			relative := (p - chance[v]) / (to - mean) / chance[v]
			square[v] *= 1 + n.Law.Variance()*relative*relative
		}
	}
	return chance, square, true, nil
}

// copied builds a function of one circuit in another, over other variables.
func copied(from *circuit.Circuit, root circuit.Ref, to *circuit.Circuit, vars []circuit.Ref) circuit.Ref {
	image := make([]circuit.Ref, from.Len())
	see := func(r circuit.Ref) circuit.Ref {
		if r.Negated() {
			return image[r.Node()].Not()
		}
		return image[r.Node()]
	}
	uses := from.Uses(root)
	for i := range image {
		r := circuit.MakeRef(i)
		if uses[i] == 0 {
			continue
		}
		args := make([]circuit.Ref, 0, 3)
		for _, a := range from.Args(r) {
			args = append(args, see(a))
		}
		switch from.Kind(r) {
		case circuit.Variable:
			v, _ := from.VarOf(r)
			image[i] = vars[v]
		case circuit.And:
			image[i] = to.And(args...)
		case circuit.Or:
			image[i] = to.Or(args...)
		case circuit.AtLeast:
			image[i] = to.AtLeast(from.Threshold(r), args...)
		case circuit.Ite:
			image[i] = to.Ite(args[0], args[1], args[2])
		default:
			image[i] = circuit.True
		}
	}
	return see(root)
}
