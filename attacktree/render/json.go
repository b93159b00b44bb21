package render

import (
	"encoding/json"
	"io"
)

// The types of this file are what the command prints with --format json: one
// object a run, stable within its "format". A Go program decodes the output
// into the same types. Money is in the currency of the model, times are in
// days, likelihoods go from 0 to 1; every number is the shortest text that reads
// back exactly. A figure that does not exist is null, a list that is empty is
// [], and a text that was not given is "".

// Format is the number of the message format. It grows when a field changes its
// meaning or goes away; new fields may come at any time.
const Format = 1

// Version is the version of the program that writes the messages.
const Version = "0.1.0"

// Tool is what messages say they were written by.
const Tool = "atree " + Version

// EvalMessage is the answer of `atree eval`.
type EvalMessage struct {
	Format int           `json:"format"`
	Tool   string        `json:"tool"`
	Model  *ModelMessage `json:"model"`
	Goals  []GoalMessage `json:"goals"`
}

// ModelMessage says which model an answer is about.
type ModelMessage struct {
	Title      string  `json:"title"`
	File       string  `json:"file"`
	Digest     string  `json:"digest"`
	Currency   string  `json:"currency"`
	PeriodDays float64 `json:"period_days"`
	Uncertain  int     `json:"uncertain"` // values of the model that are not certain; a param counts once

	Params map[string]float64 `json:"params,omitempty"` // what-if values, in base units
}

// GoalMessage is one goal in all scenarios, and what each control is worth.
type GoalMessage struct {
	Goal      string            `json:"goal"`
	Label     string            `json:"label"`
	Scenarios []ScenarioMessage `json:"scenarios"`
	Controls  []ValueMessage    `json:"controls"`
}

// ScenarioMessage holds the figures of one goal in one scenario. The fields
// from Unaided on stand only where they say something.
type ScenarioMessage struct {
	Scenario       string              `json:"scenario"`
	Mode           string              `json:"mode"`
	Controls       []string            `json:"controls"`
	Adversary      *string             `json:"adversary"`
	Reachable      bool                `json:"reachable"`
	Likelihood     *FigureMessage      `json:"likelihood"`
	ExpectedImpact *FigureMessage      `json:"expected_impact"`
	AnnualLoss     *FigureMessage      `json:"annual_loss"`
	AttackCount    *string             `json:"attack_count"` // decimal, of any size
	Cheapest       *WitnessMessage     `json:"cheapest"`
	Likeliest      *WitnessMessage     `json:"likeliest"`
	Fastest        *WitnessMessage     `json:"fastest"`
	MinSkill       *int                `json:"min_skill"`
	Chokepoints    []string            `json:"chokepoints"`
	DefenceDepth   *DepthMessage       `json:"defence_depth"`
	Method         string              `json:"method"`
	Size           int                 `json:"size"`
	Steps          []ImportanceMessage `json:"steps"`

	Unaided bool                `json:"unaided,omitempty"`  // the goal can happen without any step of an attacker
	AtMeans bool                `json:"at_means,omitempty"` // likelihood and impact are values at the means, not the means
	Assumed []AssumptionMessage `json:"assumed,omitempty"`
	Limits  map[string]string   `json:"limits,omitempty"` // figures that a limit left out, and why

	BottomUp []BottomUpMessage `json:"bottom_up,omitempty"` // if it was asked for: what going from the leaves upwards gives
}

// FigureMessage is a computed number. Low and High stand only where it is not exact.
type FigureMessage struct {
	Value float64  `json:"value"`
	Exact bool     `json:"exact"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// WitnessMessage is the attack that a figure was read from.
type WitnessMessage struct {
	Steps      []string `json:"steps"`
	Given      []string `json:"given"`
	Cost       *float64 `json:"cost"`
	Likelihood float64  `json:"likelihood"`
	Time       *float64 `json:"time"`
	Skill      *int     `json:"skill"`
	Undetected float64  `json:"undetected"`
}

// DepthMessage is the defence in depth: how many distinct controls act on the
// attack that meets the fewest, and that attack.
type DepthMessage struct {
	Controls int      `json:"controls"`
	Steps    []string `json:"steps"`
}

// ImportanceMessage is the importance of an own step. Ratios to a likelihood
// that is 0, or too small to divide by, are null.
type ImportanceMessage struct {
	Step        string   `json:"step"`
	Birnbaum    *float64 `json:"birnbaum"`
	Criticality *float64 `json:"criticality"`
	DIF         *float64 `json:"dif"`
	RAW         *float64 `json:"raw"`
	RRW         *float64 `json:"rrw"`
}

// AssumptionMessage shows an assumed likelihood beside the computed one.
type AssumptionMessage struct {
	Node     string  `json:"node"`
	Assumed  float64 `json:"assumed"`
	Computed float64 `json:"computed"`
}

// ValueMessage says what a control is worth among the controls Of: the
// reduction of the expected impact and of the likelihood of the goal.
type ValueMessage struct {
	Control           string   `json:"control"`
	Of                []string `json:"of"`
	Cost              *float64 `json:"cost"`
	Alone             *float64 `json:"alone"`
	Last              *float64 `json:"last"`
	Shapley           *float64 `json:"shapley"`
	AloneLikelihood   *float64 `json:"alone_likelihood"`
	LastLikelihood    *float64 `json:"last_likelihood"`
	ShapleyLikelihood *float64 `json:"shapley_likelihood"`
	Return            *float64 `json:"return"`

	// Standard errors, only where the Shapley values were sampled.
	ShapleySE           *float64 `json:"shapley_se,omitempty"`
	ShapleyLikelihoodSE *float64 `json:"shapley_likelihood_se,omitempty"`
}

// AttacksMessage is the answer of `atree attacks`.
type AttacksMessage struct {
	Format int                  `json:"format"`
	Tool   string               `json:"tool"`
	Model  *ModelMessage        `json:"model"`
	Goals  []AttacksGoalMessage `json:"goals"`
}

// AttacksGoalMessage lists minimal attacks on one goal, best first.
type AttacksGoalMessage struct {
	Goal        string            `json:"goal"`
	Attacks     []AttackMessage   `json:"attacks"`
	AttackCount *string           `json:"attack_count"` // of all, decimal
	Complete    bool              `json:"complete"`     // Attacks holds all of them
	Scenario    string            `json:"scenario"`
	Mode        string            `json:"mode"`
	Adversary   *string           `json:"adversary"`
	Limits      map[string]string `json:"limits,omitempty"`
}

// AttackMessage is a minimal attack. Controls are those in place that have an
// effect on a step of it.
type AttackMessage struct {
	Steps      []string `json:"steps"`
	Given      []string `json:"given"`
	Cost       *float64 `json:"cost"`
	Likelihood float64  `json:"likelihood"`
	Impact     float64  `json:"impact"`
	Time       *float64 `json:"time"`
	Skill      *int     `json:"skill"`
	Undetected float64  `json:"undetected"`
	Controls   []string `json:"controls"`
}

// CompareMessage is the answer of `atree compare`.
type CompareMessage struct {
	Format    int           `json:"format"`
	Tool      string        `json:"tool"`
	Model     *ModelMessage `json:"model"`
	Goal      string        `json:"goal"`
	Mode      string        `json:"mode"`
	Adversary *string       `json:"adversary"`
	Rows      []RowMessage  `json:"rows"`

	Explained []ExplainedMessage `json:"explained,omitempty"` // on request: by row, what its controls do
}

// RowMessage is one mitigation set of a comparison.
type RowMessage struct {
	Set            string         `json:"set"`
	Controls       []string       `json:"controls"`
	Cost           float64        `json:"cost"`
	Likelihood     *FigureMessage `json:"likelihood"`
	ExpectedImpact *FigureMessage `json:"expected_impact"`
	AnnualLoss     *FigureMessage `json:"annual_loss"`
	CheapestCost   *FigureMessage `json:"cheapest_cost"`
	Return         *float64       `json:"return"`
	DominatedBy    []string       `json:"dominated_by"`

	Limits map[string]string `json:"limits,omitempty"` // figures that a limit left out, and why
}

// OptimizeMessage is the answer of `atree optimize`. Where Exact is false, Front
// is what was found, and Bound what is proved: no set that costs less than the
// next entry is better than the value. Gap is how far the two lie apart at most,
// as a share of the values of Front.
type OptimizeMessage struct {
	Format    int                  `json:"format"`
	Tool      string               `json:"tool"`
	Model     *ModelMessage        `json:"model"`
	Goal      string               `json:"goal"`
	Objective string               `json:"objective"`
	Exact     bool                 `json:"exact"`
	Gap       float64              `json:"gap"`
	Seed      uint64               `json:"seed,omitempty"`    // of the draws
	Samples   int                  `json:"samples,omitempty"` // draws of the uncertain numbers, if they were asked for
	Front     []ChoiceMessage      `json:"front"`
	Bound     []ChoiceBoundMessage `json:"bound"`
	Choice    *ChoiceMessage       `json:"choice"`              // the cheapest that meets the target, else the last; null if there is none
	Explained *ExplainedMessage    `json:"explained,omitempty"` // on request: what the controls of Choice do

	Information *InformationMessage `json:"information,omitempty"` // on request: what to know before a set of the front is chosen
}

// ChoiceMessage is a set of controls on the front. The value is null where it is
// the cost of the cheapest attack and no attack is left.
type ChoiceMessage struct {
	Controls []string     `json:"controls"`
	Cost     float64      `json:"cost"`
	Value    *float64     `json:"value"`
	Draws    *BandMessage `json:"draws,omitempty"` // where they were asked for
	Ties     *TiesMessage `json:"ties,omitempty"`  // other sets that cost and leave the same
	Left     *LeftMessage `json:"left,omitempty"`  // on request
}

// BandMessage says how far the value of a set may lie apart. What is infinite is
// null. All sets are evaluated with the same draws.
type BandMessage struct {
	Mean *float64 `json:"mean"`
	SE   *float64 `json:"se"` // standard error of the mean
	P5   *float64 `json:"p5"`
	P50  *float64 `json:"p50"`
	P95  *float64 `json:"p95"`
	Best *float64 `json:"best"` // chance that of all sets of the front this has the lowest total cost; null without losses
}

// ChoiceBoundMessage bounds the values of sets that cost Cost or more, up to the next;
// null says nothing about them.
type ChoiceBoundMessage struct {
	Cost  float64  `json:"cost"`
	Value *float64 `json:"value"`
}

// CheckMessage is the answer of `atree check`. Model is null unless one sound
// file was checked.
type CheckMessage struct {
	Format      int                 `json:"format"`
	Tool        string              `json:"tool"`
	Model       *ModelMessage       `json:"model"`
	Diagnostics []DiagnosticMessage `json:"diagnostics"`
}

// DiagnosticMessage is one problem of a file. Lines and columns count from 1,
// columns in code points; the end is exclusive. Without a place they are 0.
type DiagnosticMessage struct {
	Severity  string           `json:"severity"`
	Code      string           `json:"code"`
	Message   string           `json:"message"`
	File      string           `json:"file"`
	Line      int              `json:"line"`
	Column    int              `json:"column"`
	EndLine   int              `json:"end_line"`
	EndColumn int              `json:"end_column"`
	Hint      string           `json:"hint"`
	Related   []RelatedMessage `json:"related"`
}

// RelatedMessage is a place that helps to understand a problem.
type RelatedMessage struct {
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func writeJSON(w io.Writer, message any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(message)
}
