package render

// The messages of `atree simulate`, under the rules of the other messages.

// SimulateMessage is the answer of `atree simulate` and `atree merge`.
type SimulateMessage struct {
	Format    int                        `json:"format"`
	Tool      string                     `json:"tool"`
	Model     SimulatedModelMessage      `json:"model"`
	Goal      string                     `json:"goal"`
	Label     string                     `json:"label"`
	Seed      uint64                     `json:"seed"`
	Sobol     bool                       `json:"sobol,omitempty"`     // draws are points of scrambled Sobol' sequences
	Samples   int                        `json:"samples"`             // draws
	Precision float64                    `json:"precision,omitempty"` // standard error wanted, as a share of each mean
	Most      int                        `json:"most,omitempty"`      // draws at which a study with a precision ends
	Numbers   []NumberMessage            `json:"numbers"`
	Scenarios []SimulatedScenarioMessage `json:"scenarios"`
	Pairs     []PairMessage              `json:"pairs"` // any two scenarios; null where there are more than 8

	Correlations []CorrelationMessage `json:"correlations,omitempty"` // of numbers that go together

	Sensitivity *SensitivityMessage `json:"sensitivity,omitempty"` // where it was asked for
	Information *InformationMessage `json:"information,omitempty"`
}

// SensitivityMessage says which uncertain numbers matter to a figure, the
// greatest swing first.
type SensitivityMessage struct {
	Figure   string          `json:"figure"`
	Scenario string          `json:"scenario"`
	AtMeans  float64         `json:"at_means"` // the figure at the means of all numbers
	Variance float64         `json:"variance"`
	Exact    bool            `json:"exact"`   // the variance and the first-order indices are, but for correlated numbers
	Samples  int             `json:"samples"` // that total indices, and what is not exact, were estimated from
	Effects  []EffectMessage `json:"effects"`
}

// EffectMessage is what one number does: the figure at its 10 % and 90 %
// quantile, its share of the variance, and that together with other numbers.
type EffectMessage struct {
	Number     string   `json:"number"`
	Low        float64  `json:"low"`
	High       float64  `json:"high"`
	First      float64  `json:"first"`
	FirstSE    float64  `json:"first_se"`             // 0 where it rests on no samples
	Correlated bool     `json:"correlated,omitempty"` // with others: first counts what it tells of them
	Total      *float64 `json:"total"`                // null for a correlated number
	TotalSE    *float64 `json:"total_se"`
}

// EffectRecord is an effect in a file of sensitivities.
type EffectRecord struct {
	Figure   string  `json:"figure"`
	Scenario string  `json:"scenario"`
	AtMeans  float64 `json:"at_means"`
	Variance float64 `json:"variance"`
	Exact    bool    `json:"exact"`
	Samples  int     `json:"samples"`
	EffectMessage
}

// InformationMessage says what it is worth, in a period, to know more before a
// scenario is chosen by its expected total cost.
type InformationMessage struct {
	Best    string         `json:"best"`
	Cost    float64        `json:"cost"`
	Perfect float64        `json:"perfect"` // to know all numbers
	SE      float64        `json:"se"`
	Exact   bool           `json:"exact"` // the worth of single numbers is
	Numbers []WorthMessage `json:"numbers"`
}

// WorthMessage is what it is worth to know one number.
type WorthMessage struct {
	Number string  `json:"number"`
	Value  float64 `json:"value"`
}

// WorthRecord is what it is worth to know a number, or all for the empty name, in
// a file.
type WorthRecord struct {
	Best   string   `json:"best"` // by what is known
	Cost   float64  `json:"cost"`
	Number string   `json:"number"`
	Value  float64  `json:"value"`
	SE     *float64 `json:"se"` // null for a single number
	Exact  bool     `json:"exact"`
}

// PairMessage compares a figure of two scenarios, draw by draw: that of A less that
// of B.
type PairMessage struct {
	Figure string  `json:"figure"`
	A      string  `json:"a"`
	B      string  `json:"b"`
	Mean   float64 `json:"mean"`
	SE     float64 `json:"se"`
	P5     float64 `json:"p5"`
	P50    float64 `json:"p50"`
	P95    float64 `json:"p95"`
	Lower  float64 `json:"lower"` // chance that it is lower in A; draws in which both are the same count by half
}

// CorrelationMessage is Spearman's rank correlation of two numbers.
type CorrelationMessage struct {
	A    string  `json:"a"`
	B    string  `json:"b"`
	Rank float64 `json:"rank"`
}

// SimulatedModelMessage says which model was simulated.
type SimulatedModelMessage struct {
	Title      string  `json:"title"`
	File       string  `json:"file"`
	Digest     string  `json:"digest"`
	Currency   string  `json:"currency"`
	PeriodDays float64 `json:"period_days"`

	Params map[string]float64 `json:"params,omitempty"` // what-if values of all scenarios
}

// NumberMessage is an uncertain number and its law, as the language writes it
// without units.
type NumberMessage struct {
	Name string `json:"name"`
	Law  string `json:"law"`
}

// SimulatedScenarioMessage holds the figures of one scenario.
type SimulatedScenarioMessage struct {
	Scenario       string              `json:"scenario"`
	Mode           string              `json:"mode"`
	Controls       []string            `json:"controls"`
	Adversary      *string             `json:"adversary"`
	Likelihood     *SpreadMessage      `json:"likelihood"`
	ExpectedImpact *SpreadMessage      `json:"expected_impact"`
	AnnualLoss     *SpreadMessage      `json:"annual_loss"`
	CheapestCost   *SpreadMessage      `json:"cheapest_cost"`
	TotalCost      *SpreadMessage      `json:"total_cost"` // of controls, and of attempts times the expected impact, in a period
	YearLoss       *SpreadMessage      `json:"year_loss"`  // of one year that is played, not its mean
	Tail           *TailMessage        `json:"tail"`       // of year_loss
	Curve          []ExceedanceMessage `json:"curve"`      // exceedance of year_loss
	Above          []ExceedanceMessage `json:"above"`      // the chances that were asked for
	Tolerance      []VerdictMessage    `json:"tolerance,omitempty"`
	Against        *AgainstMessage     `json:"against"` // the first scenario, in the same draws
	Best           *float64            `json:"best"`    // chance that its total cost, or else its likelihood, is the lowest of all
}

// SpreadMessage is a simulated figure: its value is the mean. It is exact where
// all draws agree. What is infinite, such as the cost where no attack is left,
// is null.
type SpreadMessage struct {
	Value *float64 `json:"value"`
	Exact bool     `json:"exact"`
	SE    *float64 `json:"se"` // standard error of the mean
	Mean  *float64 `json:"mean"`
	P5    *float64 `json:"p5"`
	P50   *float64 `json:"p50"`
	P95   *float64 `json:"p95"`
}

// TailMessage says how bad a year may be: the chance of any loss, value at risk,
// and the mean of what lies at or beyond it.
type TailMessage struct {
	Any    float64 `json:"any"`
	VaR95  float64 `json:"var95"`
	VaR99  float64 `json:"var99"`
	TVaR95 float64 `json:"tvar95"`
	TVaR99 float64 `json:"tvar99"`
}

// ExceedanceMessage says with which chance a year loses as much as Loss, or more
// where that is 0 or was asked for.
type ExceedanceMessage struct {
	Chance float64 `json:"chance"`
	Loss   float64 `json:"loss"`
}

// VerdictMessage says whether a limit of the tolerance is exceeded: null where the
// draws do not decide. With a confidence of 99 %, the chance lies between low and
// high.
type VerdictMessage struct {
	Loss      float64 `json:"loss"`
	Tolerated float64 `json:"tolerated"` // greatest chance of a greater loss in a year
	Chance    float64 `json:"chance"`    // that was found
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Exceeded  *bool   `json:"exceeded"`
}

// AgainstMessage compares a figure with that of another scenario, draw by draw.
type AgainstMessage struct {
	Scenario string  `json:"scenario"`
	Figure   string  `json:"figure"`
	Mean     float64 `json:"mean"` // of the differences
	SE       float64 `json:"se"`
	P5       float64 `json:"p5"`
	P50      float64 `json:"p50"`
	P95      float64 `json:"p95"`
	Lower    float64 `json:"lower"` // chance that it is lower than in the other
}

// DrawsMessage is the first line of a file of draws, or of curves: the settings.
type DrawsMessage struct {
	Format    int                    `json:"format"`
	Tool      string                 `json:"tool"`
	File      string                 `json:"file"`
	Digest    string                 `json:"digest"`
	Goal      string                 `json:"goal"`
	Seed      uint64                 `json:"seed"`
	Sobol     bool                   `json:"sobol,omitempty"`
	Samples   int                    `json:"samples"`
	Precision float64                `json:"precision,omitempty"`
	First     int                    `json:"first"` // the first draw of the file
	Count     int                    `json:"count"`
	Scenarios []DrawsScenarioMessage `json:"scenarios"`

	Correlations []CorrelationMessage `json:"correlations,omitempty"` // of the uncertain numbers
}

// DrawsScenarioMessage says what a scenario of the file is.
type DrawsScenarioMessage struct {
	Scenario  string             `json:"scenario"`
	Controls  []string           `json:"controls"`
	Mode      string             `json:"mode"`
	Adversary string             `json:"adversary,omitempty"`
	Params    map[string]float64 `json:"params,omitempty"` // what-if values
}

// DrawMessage is one draw in one scenario.
type DrawMessage struct {
	Draw     int                 `json:"draw"`
	Scenario string              `json:"scenario"`
	Figures  map[string]*float64 `json:"figures"`
	Numbers  map[string]float64  `json:"numbers"` // the uncertain numbers
}

// ExceedanceRecord is a point of the exceedance curve of a scenario.
type ExceedanceRecord struct {
	Scenario string  `json:"scenario"`
	Chance   float64 `json:"chance"`
	Loss     float64 `json:"loss"`
}
