package mitigate

import "github.com/atree-dev/atree/attacktree"

// A NamedSet is a mitigation set with the name it is shown by.
type NamedSet struct {
	Name     string
	Controls []string // in the order of the model
}

// Options of [Assess], [Compare] and [Optimize]. The zero value, and nil, ask about all
// goals, in the scenarios inherent, current and planned, of a saturating attacker.
type Options struct {
	Goal      string     // empty: all goals for Assess, else the only one
	Sets      []NamedSet // instead of current and planned
	Adversary string
	Mode      attacktree.Mode
	Params    map[string]float64 // what-if values, in base units
	Attacks   int                // how many of the attacks left are listed; 0: five, negative: none
	BottomUp  bool               // of Assess: also what going from the leaves upwards gives
	Explain   bool               // of Compare and Optimize: what the controls do
	Compile   attacktree.Options // limits
}

// An Assessment is the whole answer of `atree eval`.
type Assessment struct {
	Tree   *attacktree.Tree
	Params map[string]float64 // what-if values, as asked
	Goals  []*GoalAssessment
}

// A GoalAssessment is the answer for one goal: its figures scenario by
// scenario, the attacks that are left in the last of them, and what each control
// is worth.
type GoalAssessment struct {
	Goal, Label string
	Results     []*attacktree.Result
	BottomUp    []*attacktree.BottomUp // of each result; empty unless asked for
	Left        []Remaining            // the cheapest minimal attacks (the likeliest where nothing has a cost) of the last scenario
	LeftIn      string                 // the name of that scenario
	Values      []Value
}

// A Remaining attack, and the controls outside the scenario that act on it, each in
// place of those in the scenario that it excludes or that exclude it.
type Remaining struct {
	attacktree.Attack
	Stops  []string // controls that would block a step of it
	Weaken []string // controls that would make a step of it harder
}

// A Value says what a control is worth within a set: by how much it lowers the
// expected impact and the likelihood of a goal. Figures that do not exist are nil.
type Value struct {
	Control string
	Of      []string // the set
	Cost    *float64 // per period

	Alone   *float64 // reduction of the expected impact when it is the only control
	Last    *float64 // reduction when it is added to all others of the set
	Shapley *float64 // its fair share of the whole reduction

	AloneLikelihood   *float64 // the same of the likelihood
	LastLikelihood    *float64
	ShapleyLikelihood *float64

	// Standard errors of the fair shares where these were sampled; nil where they
	// are exact.
	ShapleyError           *float64
	ShapleyLikelihoodError *float64

	Return *float64 // (attempts * shapley - cost) / cost, per period
}

// A Row of a comparison is one set.
type Row struct {
	Set            string
	Controls       []string
	Cost           float64            // per period
	Likelihood     *attacktree.Figure // per attempt
	ExpectedImpact *attacktree.Figure // the same
	AnnualLoss     *attacktree.Figure // per 365 days
	CheapestCost   *attacktree.Figure // nil: no attack is left, or nothing has a cost
	Reachable      bool
	Return         *float64          // of the whole set
	DominatedBy    []string          // sets that cost no more, leave no more risk, and are better in one of the two
	Limits         map[string]string // figures that a limit left out, and why
}

// A Comparison is the whole answer of `atree compare`: one row a set, in the
// order given.
type Comparison struct {
	Tree      *attacktree.Tree
	Goal      string
	Label     string
	Mode      attacktree.Mode
	Adversary string             // empty: nobody in particular
	Params    map[string]float64 // what-if values, as asked
	Rows      []Row
	Explained []*Explanation // by row, with Options.Explain
}
