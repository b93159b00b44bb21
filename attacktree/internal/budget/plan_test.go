package budget

import (
	"math/rand/v2"
	"testing"

	"github.com/atree-dev/atree/attacktree/internal/bdd"
)

// chancesOf returns how likely each input and output of a part is where some steps
// are attempted, and each node of its diagram. One node is given a chance.
func (p *plan) chancesOf(attempted map[int32]bool, given int, chance float64) (nodes []float64, diagrams [][]float64) {
	nodes = make([]float64, p.circuit.Len())
	set := func(x int, v float64) {
		if nodes[x] = v; x == given {
			nodes[x] = chance
		}
	}
	for v := range p.circuit.NumVars() {
		x := p.circuit.VarRef(v).Node()
		if set(x, p.Chance[v]); p.decides(v) && !attempted[p.Node[v]] {
			set(x, 0)
		}
	}
	for i := range p.parts {
		q := &p.parts[i]
		of := []float64{1}
		at := func(f bdd.Ref) float64 {
			if f.Negated() {
				return 1 - of[f.Node()]
			}
			return of[f.Node()]
		}
		if q.Diagram != nil {
			for _, n := range q.Diagram.Nodes[1:] {
				c := nodes[q.Levels[n.Level].Node()]
				of = append(of, c*at(n.Hi)+(1-c)*at(n.Lo))
			}
			for k, g := range q.Outputs {
				set(g.Node(), at(q.Diagram.Roots[k]))
			}
		} else {
			c := nodes[p.inputs(q)[0].Node()]
			for _, y := range p.inputs(q)[1:] {
				c, _ = p.operation(q).combine([]float64{c}, []float64{nodes[y.Node()]})
			}
			set(q.output(), c)
		}
		diagrams = append(diagrams, of)
	}
	return nodes, diagrams
}

// How likely nodes may be, and how much their chances count, holds for choices of
// steps at random.
func TestSpans(t *testing.T) {
	const slack = 1e-12
	levels, gates := 0, 0
	for seed := range uint64(models) {
		p, err := newPlan(t.Context(), guarded(seed))
		if err != nil {
			t.Fatal(err)
		}
		within := func(what string, x int, v float64, in span) {
			if v < in.low-slack || v > in.high+slack {
				t.Errorf("seed %d: %s of %d is %v, want %v", seed, what, x, v, in)
			}
		}
		worth := func(nodes []float64) float64 {
			sum := 0.0
			for x, a := range p.amount {
				sum += a * nodes[x]
			}
			return sum
		}
		r := rand.New(rand.NewPCG(seed, 6))
		for range 10 {
			attempted := map[int32]bool{}
			for _, node := range p.Node {
				attempted[node] = r.IntN(2) == 0
			}
			nodes, diagrams := p.chancesOf(attempted, none, 0)
			count := func(x int) float64 {
				sure, _ := p.chancesOf(attempted, x, 1)
				never, _ := p.chancesOf(attempted, x, 0)
				return worth(sure) - worth(never)
			}
			for i := range p.parts {
				q := &p.parts[i]
				for _, x := range append(p.inputs(q), q.Outputs...) {
					within("chance", x.Node(), nodes[x.Node()], p.chance[x.Node()])
					within("weight", x.Node(), count(x.Node()), p.count[x.Node()])
				}
				if q.Diagram == nil {
					gates++
					continue
				}
				for k, c := range diagrams[i] {
					within("chance of the function", k, c, q.chance[k])
				}
				mass := make([]float64, len(q.dims[0]))
				for k, d := range q.dims[0] {
					for o, g := range q.Outputs {
						if d.kind == chanceOf && d.f == q.Diagram.Roots[o] && p.used[g.Node()] {
							mass[k] += count(g.Node()) - p.amount[g.Node()]
						}
					}
				}
				for l := range q.stages {
					levels++
					next := make([]float64, len(q.dims[l+1]))
					q.stages[l].hand(mass, nodes[q.Levels[l].Node()], next)
					mass = next
					sum := 0.0
					for k, d := range q.dims[l+1] {
						if d.kind == chanceOf {
							within("weight at level", l+1, mass[k], span{q.counts[l+1].low[k], q.counts[l+1].high[k]})
							sum += mass[k]
						}
					}
					within("weights of level", l+1, sum, span{0, q.counts[l+1].chances})
				}
			}
		}
	}
	if levels < 1000 || gates < 1000 {
		t.Errorf("%d levels and %d gates show little", levels, gates)
	}
}
