package attacktree_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"testing/fstest"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// office is a small tree with one control.
const office = `
goal or enter "Get into the office network" {
  impact 200k
  and phish "Phish a clerk" {
    step password "Get the password" { cost 2k  likelihood 40%  skill 2 }
    step code "Get the second factor" { cost 1k  likelihood 50%  skill 5 }
  }
  step lobby "Plug into a port in the lobby" { cost 500  likelihood 10%  skill 3 }
}
control keys "Hardware security keys" { cost 8k  status planned  on code { likelihood -90% } }
`

// program compiles a text that is known to be sound.
func program(text string) *attacktree.Program {
	tree, err := attacktree.Parse("example.atree", []byte(text))
	if err != nil {
		log.Fatal(err)
	}
	p, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

// From a file to its answers: how likely the goal is without controls and with
// them, and which attack is the cheapest.
func Example() {
	ctx := context.Background()
	tree, err := attacktree.ParseFile("../examples/first.atree")
	if err != nil {
		log.Fatal(err) // all problems of the file, each with its place
	}
	program, err := attacktree.Compile(ctx, tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, controls := range [][]string{nil, {"keys"}} {
		result, err := program.Eval(ctx, &attacktree.Scenario{Controls: controls})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v: likelihood %.1f %%, expected impact %.0f", result.Controls, 100*result.Likelihood.Value, result.ExpectedImpact.Value)
		if attack := result.Cheapest; attack != nil { // nil where no attack is left
			fmt.Printf(", cheapest %v for %.0f", attack.Steps, *attack.Cost)
		}
		fmt.Println()
	}
	// Output:
	// []: likelihood 28.0 %, expected impact 56000, cheapest [lobby] for 500
	// [keys]: likelihood 11.8 %, expected impact 23600, cheapest [lobby] for 500
}

// The shared step of both branches is paid for once and falls once. Worked from
// the leaves upwards it would cost 42,000 and succeed in 0.81 % of attempts.
func ExampleCompile() {
	tree, err := attacktree.ParseFile("../examples/shared-step.atree")
	if err != nil {
		log.Fatal(err)
	}
	program, err := attacktree.Compile(context.Background(), tree, &attacktree.Options{Goal: "pay"})
	if err != nil {
		log.Fatal(err)
	}
	result, err := program.Eval(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f %%, %.0f\n", 100*result.Likelihood.Value, *result.Cheapest.Cost)
	fmt.Println(result.Chokepoints)
	// Output:
	// 8.1 %, 22000
	// [clerk officer vault]
}

// Attacks come one at a time, best first; leaving the loop ends the search.
func ExampleProgram_Attacks() {
	p := program(office)
	rank := 0
	for attack, err := range p.Attacks(context.Background(), nil, attacktree.ByLikelihood) {
		if err != nil {
			log.Fatal(err)
		}
		if rank++; rank > 10 {
			break
		}
		fmt.Printf("%d. %s: %.0f %%\n", rank, strings.Join(attack.Steps, " + "), 100*attack.Likelihood)
	}
	// Output:
	// 1. password + code: 20 %
	// 2. lobby: 10 %
}

// An Evaluator goes through mitigation sets without allocating: here through
// all subsets of ten controls.
func ExampleEvaluator() {
	var text strings.Builder
	text.WriteString("goal atleast 3 in {\n")
	for i := range 10 {
		fmt.Fprintf(&text, "step s%d { likelihood 40%% }\n", i)
	}
	text.WriteString("}\n")
	for i := range 10 {
		fmt.Fprintf(&text, "control c%d { on s%d { likelihood -%d%% } }\n", i, i, 50+5*i)
	}
	ctx := context.Background()
	e := program(text.String()).NewEvaluator()

	enough, least := 0, 10
	for set := range 1 << 10 {
		var s attacktree.Scenario
		for i := range 10 {
			if set>>i&1 == 1 {
				s.Controls = append(s.Controls, fmt.Sprint("c", i))
			}
		}
		if err := e.Set(&s); err != nil {
			log.Fatal(err)
		}
		likelihood, err := e.Likelihood(ctx)
		if err != nil {
			log.Fatal(err)
		}
		if likelihood.Value <= 0.25 {
			enough++
			least = min(least, len(s.Controls))
		}
	}
	fmt.Printf("%d of 1024 sets keep the likelihood at 25 %% or below, the smallest has %d controls\n", enough, least)
	// Output:
	// 54 of 1024 sets keep the likelihood at 25 % or below, the smallest has 7 controls
}

// The skill that an attack takes is the greatest of its steps; the goal is
// within reach of whoever has the least of these.
func ExampleMeasure() {
	const nobody = 11
	skill, err := attacktree.Measure(context.Background(), program(office), nil, attacktree.Metric[int]{
		Step:       func(n attacktree.Numbers) int { return n.Skill },
		Or:         func(a, b int) int { return min(a, b) },
		And:        func(a, b int) int { return max(a, b) },
		None:       nobody,
		Nothing:    0,
		Idempotent: true, // max(a, a) = a
		Absorbing:  true, // min(a, max(a, b)) = a
	})
	fmt.Println(skill, err)
	// Output: 3 <nil>
}

// Of each attack, how many steps it has, counted over all attacks: a
// polynomial whose coefficient i is the number of minimal attacks of i steps.
func ExampleMeasure_polynomial() {
	type polynomial = [4]int
	sizes, err := attacktree.Measure(context.Background(), program(`
goal or in {
  and phish { use badge  step code }
  and tailgate { use badge  step smile  step uniform }
  step lobby
}
step badge
`), nil, attacktree.Metric[polynomial]{
		Step: func(attacktree.Numbers) polynomial { return polynomial{1: 1} },
		Or: func(a, b polynomial) polynomial {
			for i := range a {
				a[i] += b[i]
			}
			return a
		},
		And: func(a, b polynomial) (c polynomial) {
			for i := range a {
				for j := range len(b) - i {
					c[i+j] += a[i] * b[j]
				}
			}
			return c
		},
		Nothing: polynomial{0: 1},
	})
	fmt.Println(sizes, err)
	// Output: [0 1 1 1] <nil>
}

// What is allowed, but probably not meant.
func ExampleVet() {
	tree, err := attacktree.Parse("safe.atree", []byte(`
model "The safe" { reviewed 2026-01-15 every 90d }
goal or open "Open the safe" {
  step pick "Pick the lock" { cost 30k  likelihood 20% }
  step cut "Cut it open" { cost 10k }
}
`))
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range attacktree.Vet(tree, &attacktree.VetOptions{Today: attacktree.Date{Year: 2026, Month: 6, Day: 1}}) {
		fmt.Println(p)
	}
	// Output:
	// safe.atree:2:20: warning: the review of the model was due on 2026-04-15 [review-overdue]
	// safe.atree:5:8: warning: the step "cut" has no likelihood and counts as certain, where others of "open" have one, such as "pick" [missing-likelihood]
}

// Files are read from any fs.FS: a folder, an archive, an embedded tree.
func ExampleLoader() {
	loader := attacktree.Loader{FS: fstest.MapFS{
		"bank.atree": {Data: []byte(`
import "parts/identity.atree" as identity
goal and pay "Release a false payment" {
  use identity.phish
  step transfer { likelihood 50% }
}
`)},
		"parts/identity.atree": {Data: []byte(`step phish "Phish a clerk" { likelihood 20% }`)},
	}}
	tree, err := loader.Load("bank.atree")
	if err != nil {
		log.Fatal(err)
	}
	for _, n := range tree.Model().Nodes {
		fmt.Println(n.Gate, n.Name)
	}
	// Output:
	// and pay
	// step transfer
	// step identity.phish
}

// The problems of a text, as a person wants to see them.
func ExampleParseFile() {
	_, err := attacktree.ParseFile("testdata/no-such.atree")
	var problems diag.List
	switch {
	case errors.As(err, &problems):
		new(diag.Printer).Print(os.Stdout, problems)
	case errors.Is(err, os.ErrNotExist):
		fmt.Println("there is no such file")
	}
	// Output: there is no such file
}

// What is asked of a tree that was built in Go: nothing needs a text.
func ExampleProgram_Eval() {
	tree, err := attacktree.New(attacktree.Model{Nodes: []*attacktree.Node{
		{Name: "copy", Gate: attacktree.Seq, Goal: true, Children: []string{"login", "export"}, Impact: quantity.Exactly(1e6)},
		{Name: "login", Likelihood: quantity.Exactly(0.3), Time: quantity.Exactly(7)},
		{Name: "export", Likelihood: quantity.Exactly(0.5), Time: quantity.Exactly(2)},
	}})
	if err != nil {
		log.Fatal(err)
	}
	p, err := attacktree.Compile(context.Background(), tree, nil)
	if err != nil {
		log.Fatal(err)
	}
	result, err := p.Eval(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Likelihood.Value, result.ExpectedImpact.Value, *result.Fastest.Time, "days")
	fmt.Println(result.Cheapest == nil) // no step has a cost
	// Output:
	// 0.15 150000 9 days
	// true
}

func ExampleProgram_Sweep() {
	p := program(`
		goal or enter {
			impact 200k
			step phish { likelihood 40% }
			step lobby { likelihood 10% }
		}
		control training { on phish { likelihood -50% } }
		control guards { on lobby { likelihood -80% } }`)
	controls := []string{"training", "guards"}
	left := make([]float64, 1<<len(controls)) // by set: bit i is controls[i]
	err := p.Sweep(context.Background(), len(left), func(e *attacktree.Evaluator, set int) error {
		var s attacktree.Scenario
		for i, c := range controls {
			if set>>i&1 == 1 {
				s.Controls = append(s.Controls, c)
			}
		}
		return e.Set(&s)
	}, func(set int, x attacktree.Point) { left[set] = x.ExpectedImpact.Value })
	if err != nil {
		fmt.Println(err)
		return
	}
	for set, loss := range left {
		fmt.Printf("%02b %.0f\n", set, loss)
	}
	// Output:
	// 00 92000
	// 01 56000
	// 10 82400
	// 11 43200
}
