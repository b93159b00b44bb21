package mitigate

import (
	"context"
	"errors"
	"math"

	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A valuer says what sets of controls leave; less is better, and more controls
// are never worse. It is for one goroutine.
type valuer struct {
	s         *compiled.Structure
	objective Objective
	program   *program.Program // of chances
	state     *program.State
	prob      []float64
	sets      *program.Family // of attacks; nil: not needed, or not all that counts
	size      int             // of what an evaluation goes through
}

// another returns a valuer like v for another goroutine, given a structure for it.
func (v *valuer) another(s *compiled.Structure) *valuer {
	w := &valuer{s: s, objective: v.objective, sets: v.sets, size: v.size}
	if v.program != nil {
		w.program, w.state, w.prob = v.program, v.program.NewState(), make([]float64, len(s.Nodes))
	}
	return w
}

// newValuer prepares an objective for a model with so many controls.
func newValuer(ctx context.Context, s *compiled.Structure, objective Objective, controls int) (*valuer, error) {
	v := &valuer{s: s, objective: objective}
	if objective == CheapestCost {
		if !s.HasCost {
			return nil, errors.New("mitigate: the objective cheapest_cost needs steps with a cost, and none has one")
		}
		none := make([]bool, controls)
		if _, err := s.Cheapest(ctx, none); err != nil {
			return nil, err
		}
		// What s.Cheapest has built within its limit can be built once more.
		sets, err := program.MinimalSets(ctx, s.Attack, s.AttackGoal, program.Limits{})
		if err != nil {
			return nil, err
		}
		classes := make([]program.Class, len(s.Nodes))
		for i, step := range s.IsStep {
			if !step && s.Chance(i, none) > 0 {
				classes[i] = program.Given
			}
		}
		if !sets.Unaided(classes) { // else sets without a step are in it, which are no attacks
			v.sets = sets
		}
		v.size = sets.Size()
		return v, nil
	}
	p, err := s.Program(ctx)
	if err != nil {
		return nil, err
	}
	if !p.Exact() {
		return nil, errors.New("mitigate: the likelihood is known by bounds only, since the limit of diagram nodes was reached; expected an exact one to choose controls by")
	}
	v.program, v.size = p, p.Size()+len(s.Nodes)
	return v.another(s), nil
}

// value returns what a set leaves.
func (v *valuer) value(ctx context.Context, held []bool) (float64, error) {
	if v.objective == CheapestCost {
		if v.sets != nil {
			return -cheapest(v.sets, v.s, held).cost, ctx.Err()
		}
		x, err := v.s.Cheapest(ctx, held)
		return -x, err
	}
	for i := range v.prob {
		v.prob[i] = v.s.Chance(i, held)
	}
	v.state.Eval(v.prob)
	if v.objective == Likelihood {
		return v.state.Value(0), ctx.Err()
	}
	sum := 0.0
	for i := range v.s.Losses {
		sum += v.s.Loss(i, held) * v.state.Value(1+i)
	}
	return sum, ctx.Err()
}

// asEvaluated returns what a set leaves with the digits of an evaluation.
func (v *valuer) asEvaluated(ctx context.Context, held []bool) (float64, error) {
	if v.objective == CheapestCost {
		x, err := v.s.Cheapest(ctx, held)
		return -x, err
	}
	return v.value(ctx, held)
}

// An attackCost is the cost of the cheapest of some attacks, +Inf where there is
// none, and what that attack is made of: a variable, or two other attacks.
type attackCost struct {
	cost     float64
	variable int
	parts    *[2]attackCost
}

// cheapest returns the cheapest attack while some controls are held.
func cheapest(sets *program.Family, s *compiled.Structure, held []bool) attackCost {
	return program.Fold(sets, func(v int) attackCost {
		if s.Chance(v, held) == 0 {
			return attackCost{cost: math.Inf(1), variable: -1}
		}
		return attackCost{cost: s.Cost(v, held), variable: v}
	}, attackCost{cost: math.Inf(1), variable: -1}, attackCost{variable: -1}, func(a, b attackCost) attackCost {
		if b.cost < a.cost {
			return b
		}
		return a
	}, func(a, b attackCost) attackCost {
		switch {
		case math.IsInf(a.cost+b.cost, 1):
			return attackCost{cost: math.Inf(1), variable: -1}
		case b.parts == nil && b.variable < 0:
			return a
		case a.parts == nil && a.variable < 0:
			return b
		}
		return attackCost{cost: a.cost + b.cost, variable: -1, parts: &[2]attackCost{a, b}}
	})
}

// acting lists the controls that act on the cheapest attack while some are held,
// by number, with repetitions. ok is false where that is not known.
func (v *valuer) acting(held []bool) (controls []int32, ok bool) {
	if v.sets == nil {
		return nil, false
	}
	stack := []attackCost{cheapest(v.sets, v.s, held)}
	for len(stack) > 0 {
		a := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a.parts != nil {
			stack = append(stack, a.parts[:]...)
		} else if a.variable >= 0 {
			controls = append(append(controls, v.s.ChanceControls[a.variable]...), v.s.CostControls[a.variable]...)
		}
	}
	return controls, true
}
