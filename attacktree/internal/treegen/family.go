package treegen

import (
	"fmt"
	"math"
	"math/big"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/quantity"
)

// A Family is a model of a family that grows with a number, together with its
// figures in closed form. It has one goal, called goal. All steps have the same
// likelihood; each costs 1 and takes a day.
type Family struct {
	Name           string // such as ladder/n=64
	Model          attacktree.Model
	Likelihood     float64
	ExpectedImpact float64 // the goal's impact is 10, that of an inner rung of a ladder 1
	Count          *big.Int
	Cost           float64 // of the cheapest attack
	Chance         float64 // of the likeliest attack
	Time           float64 // of the fastest attack, in days
	Chokepoints    int
}

// Families returns one member of each, of size n, with steps of likelihood p.
func Families(n int, p float64) []Family {
	return []Family{Chain(n, p), Fan(n, p), Ladder(n, p), KOfN(max(1, n/3), n, p)}
}

// Chain is n steps one after the other, as n nested seq gates.
func Chain(n int, p float64) Family {
	var b builder
	last := b.step(p)
	for range n - 1 {
		last = b.gate(attacktree.Seq, 0, last, b.step(p))
	}
	all := math.Pow(p, float64(n))
	return Family{
		Name: fmt.Sprintf("chain/n=%d", n), Model: b.model(attacktree.Or, 0, last),
		Likelihood: all, ExpectedImpact: 10 * all, Count: big.NewInt(1),
		Cost: float64(n), Chance: all, Time: float64(n), Chokepoints: n,
	}
}

// Fan is n steps, any of which will do.
func Fan(n int, p float64) Family {
	var b builder
	likelihood := -math.Expm1(float64(n) * math.Log1p(-p))
	f := Family{
		Name: fmt.Sprintf("fan/n=%d", n), Model: b.model(attacktree.Or, 0, b.steps(n, p)...),
		Likelihood: likelihood, ExpectedImpact: 10 * likelihood, Count: big.NewInt(int64(n)),
		Cost: 1, Chance: p, Time: 1,
	}
	if n == 1 {
		f.Chokepoints = 1
	}
	return f
}

// Ladder is n rungs, each reached from the one before it by one of two steps:
//
//	rung i = or(seq(rung i-1, left i), seq(rung i-1, right i))
//
// Every rung but the last has two parents, so there are 2^n attacks.
func Ladder(n int, p float64) Family {
	var b builder
	either := 1 - (1-p)*(1-p)
	rung, inner := "", 0.0
	for i := 1; i < n; i++ {
		rung = b.gate(attacktree.Or, 1, b.climb(rung, p), b.climb(rung, p))
		inner += math.Pow(either, float64(i))
	}
	all := math.Pow(either, float64(n))
	return Family{
		Name: fmt.Sprintf("ladder/n=%d", n), Model: b.model(attacktree.Or, 0, b.climb(rung, p), b.climb(rung, p)),
		Likelihood: all, ExpectedImpact: 10*all + inner, Count: new(big.Int).Lsh(big.NewInt(1), uint(n)),
		Cost: float64(n), Chance: math.Pow(p, float64(n)), Time: float64(n),
	}
}

// KOfN is an atleast gate over n steps.
func KOfN(k, n int, p float64) Family {
	var b builder
	likelihood := 0.0
	for i := k; i <= n; i++ {
		ways, _ := new(big.Float).SetInt(new(big.Int).Binomial(int64(n), int64(i))).Float64()
		likelihood += ways * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
	}
	f := Family{
		Name: fmt.Sprintf("k-of-n/k=%d,n=%d", k, n), Model: b.model(attacktree.AtLeast, k, b.steps(n, p)...),
		Likelihood: likelihood, ExpectedImpact: 10 * likelihood, Count: new(big.Int).Binomial(int64(n), int64(k)),
		Cost: float64(k), Chance: math.Pow(p, float64(k)), Time: 1,
	}
	if k == n {
		f.Chokepoints = n
	}
	return f
}

// A builder numbers the nodes of a family as they are made.
type builder struct {
	nodes []*attacktree.Node
	made  int
}

func (b *builder) name() string {
	b.made++
	return fmt.Sprintf("n%d", b.made)
}

func (b *builder) step(p float64) string {
	n := &attacktree.Node{Name: b.name(), Likelihood: quantity.Exactly(p), Cost: quantity.Exactly(1), Time: quantity.Exactly(1)}
	b.nodes = append(b.nodes, n)
	return n.Name
}

func (b *builder) steps(n int, p float64) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = b.step(p)
	}
	return names
}

func (b *builder) gate(kind attacktree.Gate, impact float64, children ...string) string {
	n := &attacktree.Node{Name: b.name(), Gate: kind, Children: children}
	if impact > 0 {
		n.Impact = quantity.Exactly(impact)
	}
	b.nodes = append(b.nodes, n)
	return n.Name
}

// climb is one way up from a rung; the first rung stands on the ground.
func (b *builder) climb(rung string, p float64) string {
	if rung == "" {
		return b.step(p)
	}
	return b.gate(attacktree.Seq, 0, rung, b.step(p))
}

func (b *builder) model(kind attacktree.Gate, k int, children ...string) attacktree.Model {
	b.nodes = append(b.nodes, &attacktree.Node{
		Name: "goal", Gate: kind, K: k, Goal: true, Children: children, Impact: quantity.Exactly(10),
	})
	return attacktree.Model{Nodes: b.nodes}
}
