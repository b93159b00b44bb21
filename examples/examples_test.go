// Package examples_test proves that the examples are sound and that the answers
// their comments promise are right.
package examples_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/dsl"
)

func files(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.atree")
	if err != nil || len(names) != 12 {
		t.Fatalf("found %d examples, want 12 (%v)", len(names), err)
	}
	return names
}

func load(t *testing.T, name string) *attacktree.Tree {
	t.Helper()
	tree, err := attacktree.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// Every example loads without a warning, today and a year from its writing.
func TestSound(t *testing.T) {
	for _, name := range files(t) {
		tree := load(t, name)
		later := attacktree.Date{Year: 2027, Month: 11, Day: 30}
		for _, p := range append(tree.Warnings(), attacktree.Vet(tree, &attacktree.VetOptions{Today: later})...) {
			t.Error(p)
		}
	}
}

// Every example is written in the standard style.
func TestFormatted(t *testing.T) {
	for _, name := range files(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, problems := dsl.Parse(name, src)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(dsl.Format(file), src) {
			t.Errorf("%s is not formatted: run atree fmt -w", name)
		}
	}
}

// The first comment of every example says where its numbers come from and what
// answer to expect.
func TestFirstComment(t *testing.T) {
	for _, name := range files(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var comment strings.Builder
		for line := range strings.Lines(string(src)) {
			if !strings.HasPrefix(line, "#") {
				break
			}
			comment.WriteString(line)
		}
		for _, words := range [][]string{{"Numbers: ", "Judgement: "}, {"Expect: ", "Expect, inherent: "}} {
			if !strings.Contains(comment.String(), words[0]) && !strings.Contains(comment.String(), words[1]) {
				t.Errorf("%s: its first comment has no %q", name, words[0])
			}
		}
	}
}

// An answer holds what is expected of one goal in one scenario. What is zero or
// empty is not looked at.
type answer struct {
	file, goal, set, adversary string

	likelihood, impact, annual float64
	attacks                    string
	cheapest                   string // its steps
	cost                       float64
	likeliest                  string
	chance                     float64
	fastest                    string
	days                       float64
	skill                      int
}

// The numbers are worked out by hand: a product for "and" and "seq", one less
// the product of the complements for "or".
var answers = []answer{
	// Phishing 0.4 * 0.5 = 0.2; 1 - 0.8 * 0.9 = 0.28; times 200k.
	{file: "first", likelihood: 0.28, impact: 56e3, attacks: "2", cheapest: "lobby", cost: 500, likeliest: "password code", chance: 0.2},
	// Code 0.5 * 0.1 = 0.05; phishing 0.02; 1 - 0.98 * 0.9 = 0.118.
	{file: "first", set: "keys", likelihood: 0.118, impact: 23.6e3, likeliest: "lobby", chance: 0.1},

	// Seven single steps, and eavesdropping with two.
	{file: "schneier-safe", likelihood: 1, attacks: "8", cheapest: "cut", cost: 10e3},
	// Without pick, cut and eavesdropping.
	{file: "schneier-safe", adversary: "visitor", attacks: "5", cheapest: "bribe", cost: 20e3},

	// Robot 0.4 * 0.9 = 0.36; 1 - 0.8 * 0.64 = 0.488;
	// 200 * 0.488 + 100 * 0.36 + 10 * 0.9 = 142.6.
	{file: "factory", likelihood: 0.488, impact: 142.6, attacks: "2", cheapest: "cyber", cost: 1, likeliest: "bomb door", chance: 0.36},

	// Side by side max(8, 9) = 9 hours, against 3 + 5 + 7 = 15.
	{file: "become-root", attacks: "2", fastest: "ssh rsa", days: 9.0 / 24},

	// 0.1 * 0.9 * 0.9, and 20k + 1k + 1k: the vault once. Bottom-up it would be
	// (0.1 * 0.9)^2 = 0.0081 and 42k.
	{file: "shared-step", likelihood: 0.081, impact: 81e3, attacks: "1", cheapest: "clerk officer vault", cost: 22e3, likeliest: "clerk officer vault", chance: 0.081},

	// No share 0.5 * 0.6 * 0.7 * 0.1 = 0.021; exactly one 0.021 + 0.014 + 0.009 +
	// 0.189 = 0.233; two or more 0.746; 1 - 0.254 * 0.65 = 0.8349. Fastest: the
	// second of 1 and 2 days.
	{
		file: "key-custodians", likelihood: 0.8349, impact: 417450, attacks: "7",
		cheapest: "custodian-a custodian-c", cost: 25e3, likeliest: "custodian-a custodian-d", chance: 0.45,
		fastest: "custodian-c custodian-d", days: 2, skill: 2,
	},

	// Device 0.7 * 0.2 = 0.14; foothold 1 - 0.7 * 0.75 * 0.86 = 0.5485; no restore
	// 1 - 0.6 * 0.75 = 0.55; 0.5485 * 0.5 * 0.55 = 0.1508375. Mean loss of the
	// PERT (1 + 4 * 5 + 15) / 6 = 6 M. Per year 4 attempts, and 0.2 accidents.
	{
		file: "hospital-ransomware", goal: "outage", likelihood: 0.1508375, impact: 905025, annual: 4*905025 + 0.2*6e6,
		attacks: "6", cheapest: "phish spread", cost: 6e3, skill: 2,
	},
	// VPN 0.0125; foothold 1 - 0.7 * 0.9875 * 0.86 = 0.405525; spread 0.2;
	// 0.405525 * 0.2 * 0.55.
	{file: "hospital-ransomware", goal: "outage", set: "deployed", likelihood: 0.04460775},
	// Backups deleted only through the console 0.1 * 0.4 = 0.04, restore fails
	// 0.05: 1 - 0.96 * 0.95 = 0.088; 0.405525 * 0.2 * 0.088.
	{file: "hospital-ransomware", goal: "outage", set: "planned", likelihood: 0.00713724},
	// Phishing 0.15 and VPN 0.1: 0.235; spread 0.1; restore fails 0.25. To delete
	// backups and to exploit a device is beyond him.
	{file: "hospital-ransomware", goal: "outage", adversary: "opportunist", likelihood: 0.005875},
	// 0.5485 * 0.5 * 0.36, times (0.5 + 4 * 2 + 9.5) / 6 = 3 M.
	{file: "hospital-ransomware", goal: "leak", likelihood: 0.09873, impact: 296190, attacks: "3"},

	// Means of the intervals. Foothold 1 - 0.3^5 * 0.1 = 0.999757; reach 1 - 0.1 *
	// 0.5^2 = 0.975; both 0.974763075. Somebody inside 1 - 0.3^2 * 0.6 = 0.946.
	// Missed with egress (0.6): 0.025236925 * 0.054; without (0.4): 1 - 0.946 * 0.7.
	// Hardware 0.05; imitated 1 - 0.9 * 0.73 = 0.343; two custodians of three
	// 0.0024 + 0.0019 + 0.0019 + 0.0001 = 0.0063, with the backup 0.00189.
	// 1 - (0.6 * 0.00136279395 + 0.4 * 0.3378) * 0.95 * 0.657 * 0.99811.
	// Loss 50 M times that, and 5 M times 0.343. Attacks 6 * 3 + 3 * 2 + 1 + 2 + 3.
	{
		file: "model-weights", likelihood: 0.91531485729, impact: 47480742.8645, attacks: "30",
		cheapest: "alone egress", cost: 1.5e3, likeliest: "extort device", chance: 0.49,
	},
	// Only from outside: (1 - 0.3 * 0.7 * 0.3 * 0.5 * 0.7) * (1 - 0.5 * 0.7^2) * 0.4.
	{file: "model-weights", adversary: "professional", likelihood: 0.2953409},
	// (1 - 0.79 * 0.7 * 0.86 * 0.9 * 0.7) * (1 - 0.5 * 0.88^2) * 0.12. Nobody at
	// his skill can switch the limits on egress off.
	{file: "model-weights", adversary: "professional", set: "planned", likelihood: 0.0515034819456},

	// Insert 1 - 0.75 * 0.6 * 0.7 = 0.685; * 0.5 * 0.5.
	{file: "financial-assistant", goal: "poison", likelihood: 0.17125},
	// Access 1 - 0.3 * 0.6 = 0.82; * 0.5 * 0.6; with the limit 0.82 * 0.2 * 0.6.
	{file: "financial-assistant", goal: "extract", likelihood: 0.246},
	{file: "financial-assistant", goal: "extract", set: "deployed", likelihood: 0.0984},
	// 1 - 0.75 * 0.75 = 0.4375; * 0.6. Mean loss (0.5 + 4 * 4.88 + 15) / 6 M,
	// six attempts a year.
	{file: "financial-assistant", goal: "admin", likelihood: 0.2625, annual: 6 * 0.2625 * 35.02e6 / 6},
	// Deliver 0.97; effect 1 - 0.8 * 0.88 = 0.296; 0.97 * 0.4 * 0.296.
	{file: "financial-assistant", goal: "inject", likelihood: 0.114848},
	// Plant 1 - 0.5 * 0.8 = 0.6; * 0.25 * 0.5.
	{file: "financial-assistant", goal: "dependency", likelihood: 0.075},
}

func TestAnswers(t *testing.T) {
	ctx := context.Background()
	for _, want := range answers {
		name := strings.Join(strings.Fields(want.file+" "+want.goal+" "+want.set+" "+want.adversary), "/")
		t.Run(name, func(t *testing.T) {
			tree := load(t, want.file+".atree")
			prog, err := attacktree.Compile(ctx, tree, &attacktree.Options{Goal: want.goal})
			if err != nil {
				t.Fatal(err)
			}
			scenario := &attacktree.Scenario{Adversary: want.adversary}
			if want.set != "" {
				if scenario.Controls, err = tree.ParseSet(want.set); err != nil {
					t.Fatal(err)
				}
			}
			got, err := prog.Eval(ctx, scenario)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, &want)
		})
	}
}

func compare(t *testing.T, got *attacktree.Result, want *answer) {
	t.Helper()
	number := func(what string, want float64, found bool, got func() float64) {
		t.Helper()
		switch {
		case want == 0:
		case !found:
			t.Errorf("%s: found none, want %v", what, want)
		case math.Abs(got()-want) > 1e-9*want:
			t.Errorf("%s: found %.12g, want %.12g", what, got(), want)
		}
	}
	attack := func(what, want string, got *attacktree.Attack) {
		t.Helper()
		switch {
		case want == "":
		case got == nil:
			t.Errorf("%s: found none, want %s", what, want)
		case strings.Join(got.Steps, " ") != want:
			t.Errorf("%s: found %v, want %s", what, got.Steps, want)
		}
	}
	number("likelihood", want.likelihood, got.Likelihood != nil, func() float64 { return got.Likelihood.Value })
	number("expected impact", want.impact, got.ExpectedImpact != nil, func() float64 { return got.ExpectedImpact.Value })
	number("annual loss", want.annual, got.AnnualLoss != nil, func() float64 { return got.AnnualLoss.Value })
	if want.attacks != "" && got.AttackCount.String() != want.attacks {
		t.Errorf("attacks: found %v, want %s", got.AttackCount, want.attacks)
	}
	attack("cheapest", want.cheapest, got.Cheapest)
	number("cost", want.cost, got.Cheapest != nil && got.Cheapest.Cost != nil, func() float64 { return *got.Cheapest.Cost })
	attack("likeliest", want.likeliest, got.Likeliest)
	number("chance", want.chance, got.Likeliest != nil, func() float64 { return got.Likeliest.Likelihood })
	attack("fastest", want.fastest, got.Fastest)
	number("time", want.days, got.Fastest != nil && got.Fastest.Time != nil, func() float64 { return *got.Fastest.Time })
	if want.skill != 0 && (got.MinSkill == nil || *got.MinSkill != want.skill) {
		t.Errorf("least skill: found %v, want %d", got.MinSkill, want.skill)
	}
}
