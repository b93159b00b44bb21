package attacktree

import (
	"fmt"
	"math/big"
	"strings"
)

// A Scenario is a question put to a [Program]: which controls are in place, and
// who attacks. The zero Scenario, and nil, ask for the inherent risk: no
// control, every possible step attempted.
type Scenario struct {
	Name      string             // for reports; empty: made of the controls
	Controls  []string           // in place, by name; order and repetition do not matter
	Adversary string             // empty: nobody in particular
	Mode      Mode               // zero: Saturating, or Limited if an adversary is named
	Params    map[string]float64 // what-if values of params, in base units (shares 0 to 1, days)
}

// Mode says which steps are attempted.
type Mode uint8

const (
	DefaultMode Mode = iota // Limited if an adversary is named, else Saturating
	Saturating              // every possible step, each once; an adversary must have the skill and access
	Limited                 // only steps within the adversary's skill, access and time
)

var modeNames = [...]string{"", "saturating", "limited"}

// String returns the word of the command line.
func (m Mode) String() string {
	if int(m) >= len(modeNames) {
		return fmt.Sprintf("Mode(%d)", m)
	}
	return modeNames[m]
}

// A Figure is a computed number. An exact one has Low = High = Value.
type Figure struct {
	Value     float64 // between the bounds where it is not exact
	Exact     bool
	Low, High float64 // proven bounds
}

// String returns the value, and the bounds of one that is not exact.
func (f Figure) String() string {
	if f.Exact {
		return fmt.Sprint(f.Value)
	}
	return fmt.Sprintf("%v (%v to %v)", f.Value, f.Low, f.High)
}

func exactly(x float64) Figure { return Figure{Value: x, Exact: true, Low: x, High: x} }

// plus adds figures; the bounds of a sum are the sums of bounds.
func (f Figure) plus(g Figure) Figure {
	return Figure{f.Value + g.Value, f.Exact && g.Exact, f.Low + g.Low, f.High + g.High}
}

// times multiplies a figure by a number that is not negative.
func (f Figure) times(x float64) Figure {
	return Figure{f.Value * x, f.Exact, f.Low * x, f.High * x}
}

// A Result holds all figures of one goal in one scenario. Each means what the
// package comment says; one that does not exist is nil. Where the model has
// [Not] or [Xor] gates, there are no cheapest, likeliest and fastest attack, no
// least skill, no chokepoints and no depth.
type Result struct {
	Goal      string
	Label     string
	Scenario  string
	Mode      Mode
	Controls  []string // in place, in the order of the model
	Adversary string

	Reachable bool // some attack exists, or a limit left open whether one does
	Unaided   bool // the goal can happen by conditions alone, without any step

	Likelihood     *Figure  // that the goal is reached when every possible step is attempted once
	ExpectedImpact *Figure  // mean loss over the goal and the nodes below it; nil where no node carries an impact
	AnnualLoss     *Figure  // per 365 days, accidents included; nil where nobody says how many attempts there are
	AttackCount    *big.Int // minimal attacks; nil where a limit left it out

	Cheapest     *Attack
	Likeliest    *Attack
	Fastest      *Attack
	MinSkill     *int     // the least that some attack needs, from 0 to 10
	Chokepoints  []string // own steps without which no attack exists, in the order of the model
	DefenceDepth *Depth   // the attack that has the fewest controls to deal with

	Steps   []Importance // own steps, the most critical first; empty where the likelihood is 0
	Assumed []Assumption

	Method    string            // how it was got: "bottom-up" where nothing is shared, else "diagram"; "bounds" where its size met a limit
	Size      int               // nodes of the diagram
	Uncertain int               // uncertain numbers that were counted by their mean
	AtMeans   bool              // likelihood and expected impact are the values at the means, not the means
	Limits    map[string]string // figures that a limit left out, by name, and why

	ended error // of the context, if figures were still to be found
}

// An Attack is a set of own steps that reaches the goal, with the conditions
// that must be given. Its numbers are those of the state in which all of it
// succeeds. What no step of the tree carries is nil.
type Attack struct {
	Steps      []string // in the order of the model
	Given      []string // conditions, in the order of the model
	Cost       *float64 // money, the sum of its steps
	Likelihood float64  // product of its steps' and conditions' chances
	Impact     float64  // the loss when all of it succeeds
	Time       *float64 // days until the goal is reached
	Skill      *int     // 0 to 10, the greatest of its steps
	Undetected float64  // chance that nothing of it is noticed
	Controls   []string // in place, with an effect on a step of it
}

// String returns the steps, and of the numbers those that it has.
func (a Attack) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(a.Steps, " + "))
	if len(a.Given) > 0 {
		b.WriteString(" given " + strings.Join(a.Given, " + "))
	}
	fmt.Fprintf(&b, " (likelihood %v", a.Likelihood)
	if a.Cost != nil {
		fmt.Fprintf(&b, ", cost %v", *a.Cost)
	}
	if a.Time != nil {
		fmt.Fprintf(&b, ", time %v d", *a.Time)
	}
	if a.Skill != nil {
		fmt.Fprintf(&b, ", skill %v", *a.Skill)
	}
	b.WriteString(")")
	return b.String()
}

// Importance of an own step: Birnbaum's measure and those derived from it.
type Importance struct {
	Step        string
	Birnbaum    float64  // P(goal | it succeeds) - P(goal | it fails)
	Criticality float64  // share of the likelihood that is lost if it always fails
	DIF         float64  // diagnostic: P(it succeeds | goal)
	RAW         float64  // risk achievement worth: P(goal | it succeeds) / P(goal)
	RRW         *float64 // risk reduction worth: P(goal) / P(goal | it fails); nil if it is a necessity
}

// An Assumption shows an assumed likelihood beside the computed one.
type Assumption struct {
	Node     string
	Assumed  float64 // likelihood that is taken
	Computed float64 // what the nodes below it give
}
