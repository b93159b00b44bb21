package stride

// STRIDE for learning systems, as others have worked it out. Judgement, not
// measurement; kept as data so that tools can show and compare it.

import "slices"

// An AIAsset is something that a machine learning pipeline has or makes, with
// the categories of threat that apply to it.
type AIAsset struct {
	Name    string
	Group   string // data, models or artefacts
	Threats Set
}

// AIAssets returns the assets of STRIDE-AI with their threats, grouped. Source:
// Mauri and Damiani, Modeling Threats to AI-ML Systems Using STRIDE, Sensors 22
// (2022), and its pages at github.com/LaraMauri/STRIDE-AI.
func AIAssets() []AIAsset { return slices.Clone(aiAssets) }

var aiAssets = []AIAsset{
	{"requirements", "data", setOf("D")},
	{"raw data", "data", setOf("SIDE")},
	{"pre-processed data", "data", setOf("TD")},
	{"labeled data", "data", setOf("ST")},
	{"augmented data", "data", setOf("TD")},
	{"validation data", "data", setOf("TD")},
	{"held-out test cases", "data", setOf("TID")},
	{"inferences", "data", setOf("STDE")},
	{"data pre-processing algorithms", "models", setOf("TD")},
	{"hyper-parameters", "models", setOf("IDE")},
	{"learning algorithms", "models", setOf("TID")},
	{"model parameters", "models", setOf("IDE")},
	{"trained models", "models", setOf("TD")},
	{"deployed models", "models", setOf("STRIDE")},
	{"model architecture", "artefacts", setOf("SI")},
	{"model hardware design", "artefacts", setOf("I")},
	{"data and metadata schemata", "artefacts", setOf("I")},
	{"learned data indexes", "artefacts", setOf("T")},
}

// An MLThreat is a threat to a learning system, with what it resembles in
// software of the older kind.
type MLThreat struct {
	ID       string // MS- and the number of the entry, with a letter for a variant
	Name     string
	Parallel string // empty where the source names none
}

// MLThreats returns the threats of Microsoft's guide Threat Modeling AI/ML
// Systems and Dependencies (2019), in its order.
func MLThreats() []MLThreat { return slices.Clone(mlThreats) }

var mlThreats = []MLThreat{
	{"MS-1a", "Adversarial perturbation: targeted misclassification", "remote elevation of privilege"},
	{"MS-1b", "Adversarial perturbation: source/target misclassification", "remote elevation of privilege"},
	{"MS-1c", "Adversarial perturbation: random misclassification", "non-persistent denial of service"},
	{"MS-1d", "Adversarial perturbation: confidence reduction", "non-persistent denial of service"},
	{"MS-2a", "Targeted data poisoning", "trojaned host"},
	{"MS-2b", "Indiscriminate data poisoning", "authenticated denial of service"},
	{"MS-3", "Model inversion", "targeted, covert information disclosure"},
	{"MS-4", "Membership inference", "data privacy"},
	{"MS-5", "Model stealing", ""},
	{"MS-6", "Neural net reprogramming", ""},
	{"MS-7", "Adversarial example in the physical domain", ""},
	{"MS-8", "Malicious ML providers who can recover training data", ""},
	{"MS-9", "Attacking the ML supply chain", ""},
	{"MS-10", "Backdoor machine learning", ""},
	{"MS-11", "Exploit software dependencies of the ML system", ""},
}
