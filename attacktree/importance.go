package attacktree

import (
	"cmp"
	"context"
	"slices"
)

// importance returns the measures of all own steps, the most critical first,
// after [Evaluator.run]. One backward pass over the diagram gives Birnbaum's
// measure of all of them (Birnbaum 1969; Dutuit and Rauzy 2001 for the others);
// total is the likelihood. needed are the nodes that the goal cannot do without.
func (e *Evaluator) importance(ctx context.Context, total float64, needed []int32) ([]Importance, error) {
	p := e.p
	if total == 0 {
		return nil, nil
	}
	weight := make([]float64, 1+len(e.impact)*(1+len(p.stateAccidents())))
	weight[0] = 1
	grad := make([]float64, len(p.vars))
	e.state.Gradient(weight, grad)

	// P(it succeeds and goal), where that is not chance * P(goal | it succeeds).
	joint := map[int32]float64{}
	if len(p.switches) > 0 {
		prog, err := p.jointProgram(ctx)
		if err != nil {
			return nil, err
		}
		if !prog.Exact() {
			return nil, &LimitError{What: "nodes", Max: p.opt.MaxNodes}
		}
		s := prog.NewState()
		s.Eval(e.prob)
		for i := range p.nodes {
			if n := &p.nodes[i]; n.step && len(n.switches) > 0 {
				joint[int32(i)] = s.Value(len(joint))
			}
		}
	}

	type ranked struct {
		Importance
		id int32
	}
	all := make([]ranked, 0, len(p.nodes))
	for i := range p.nodes {
		n := &p.nodes[i]
		if !n.step {
			continue
		}
		birnbaum, share := 0.0, 0.0 // share: what the likelihood owes to the step
		for v := int(n.first); v < int(n.first)+n.states(); v++ {
			birnbaum += grad[v]
			share += e.prob[v] * grad[v]
		}
		without := max(total-share, 0)
		_, necessary := slices.BinarySearch(needed, int32(i))
		switch {
		case necessary:
			without = 0
		case without < 1e-6*total: // the difference has lost its digits
			without = e.withoutStep(n)
		}
		with := without + birnbaum
		both, ok := joint[int32(i)]
		if !ok {
			both = e.prob[n.first] * with
		}
		m := Importance{
			Step:        p.tree.model.Nodes[n.id].Name,
			Birnbaum:    birnbaum,
			Criticality: (total - without) / total,
			DIF:         min(both/total, 1),
			RAW:         with / total,
		}
		if without > 0 {
			rrw := total / without
			m.RRW = &rrw
		}
		all = append(all, ranked{m, n.id})
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(-near(a.Criticality, b.Criticality), cmp.Compare(a.id, b.id))
	})
	out := make([]Importance, len(all))
	for i := range all {
		out[i] = all[i].Importance
	}
	return out, nil
}

// withoutStep evaluates the likelihood with one own step failing.
func (e *Evaluator) withoutStep(n *node) float64 {
	first, states := int(n.first), n.states()
	for v := first; v < first+states; v++ {
		e.prob[v] = 0
	}
	e.evalAt(e.prob)
	x := e.state.Value(0)
	for v := first; v < first+states; v++ {
		if e.possible[v] {
			e.prob[v] = e.chance[v]
		}
	}
	return x
}
