package mitigate

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/atree-dev/atree/attacktree/internal/compiled"
	"github.com/atree-dev/atree/attacktree/internal/program"
)

// A game shares out the risk that controls take away. Its players are the
// controls that act on a chance or a loss; what a coalition is worth is the risk
// without controls less the risk with the coalition.
//
// The Shapley value of a player is what he adds on average, when the players
// arrive in random order. If each arrives at a time drawn from [0, 1], it is the
// integral over the times t of what he adds to those that are there with chance
// t each (G. Owen, Multilinear extensions of games, Management Science 18(5),
// 1972). That mean needs no list of coalitions: the risk is linear in the
// numbers of each node and in the losses, so a player who acts at one such place
// only changes the mean of its numbers. Only the subsets of players who act at
// several places are gone through. The integrand is a polynomial in t, so
// Gauss and Legendre's rule gives the integral exactly.
type game struct {
	s       *compiled.Structure
	state   *program.State
	size    int     // of one evaluation
	players []int32 // numbers of the controls, ascending
	shared  []int32 // those who act at several places
	places  []place
	touched [][]int32 // by player: the variables he acts on
	onLoss  [][]int32 // by player: the losses he acts on
	base    []int32   // controls that are in place whoever joins; no players

	held   []bool    // by control: what prob and amount are for
	prob   []float64 // by variable
	amount []float64 // by loss
}

// A place is the variables of one node, or all losses: the risk is linear in
// the numbers of a place, since only one of a node's variables counts at a time.
type place struct {
	numbers []int32 // variables, or losses
	losses  bool
	shared  []int   // indices into the shared players
	local   []int   // indices into the players: those who act here only
	tables  []means // by subset of shared
}

// means are those of the numbers of a place for one subset of its shared
// players, when each local player is there with chance t.
type means struct {
	mean  [][]float64   // by time and number
	gains [][][]float64 // by time, local player and number: mean with him less mean without
}

// A risk is that of one attempt.
type risk struct{ impact, likelihood float64 }

func (r risk) plus(x float64, o risk) risk {
	return risk{r.impact + x*o.impact, r.likelihood + x*o.likelihood}
}

// newGame returns the game of the controls among, which are numbers of the
// model, with those of base in place from the start. ok is false where a limit
// leaves only bounds of the risk.
func newGame(ctx context.Context, s *compiled.Structure, base, among []int32, controls int) (g *game, ok bool, err error) {
	p, err := s.Program(ctx)
	if err != nil {
		return nil, false, err
	}
	g = &game{
		s: s, state: p.NewState(), size: 1 + len(s.Nodes) + p.Size(), base: base, held: make([]bool, controls),
		prob: make([]float64, len(s.Nodes)), amount: make([]float64, len(s.Losses)),
	}
	touched, onLoss := make([][]int32, controls), make([][]int32, controls)
	for v, list := range s.ChanceControls {
		for _, c := range list {
			touched[c] = append(touched[c], int32(v))
		}
	}
	for i, list := range s.LossControls {
		for _, c := range list {
			onLoss[c] = append(onLoss[c], int32(i))
		}
	}
	for _, c := range among {
		if len(touched[c])+len(onLoss[c]) > 0 {
			g.players = append(g.players, c)
			g.touched = append(g.touched, touched[c])
			g.onLoss = append(g.onLoss, onLoss[c])
		}
	}
	g.hold(nil)
	return g, p.Exact(), nil
}

// hold puts a coalition in place, and no one else but what is there anyhow.
func (g *game) hold(controls []int32) {
	g.leave()
	for _, c := range controls {
		g.held[c] = true
	}
	for v := range g.prob {
		g.prob[v] = g.s.Chance(v, g.held)
	}
	for i := range g.amount {
		g.amount[i] = g.s.Loss(i, g.held)
	}
}

// leave takes all players away, but not their numbers.
func (g *game) leave() {
	clear(g.held)
	for _, c := range g.base {
		g.held[c] = true
	}
}

// join adds one player to those in place.
func (g *game) join(player int) {
	g.held[g.players[player]] = true
	for _, v := range g.touched[player] {
		g.prob[v] = g.s.Chance(int(v), g.held)
	}
	for _, i := range g.onLoss[player] {
		g.amount[i] = g.s.Loss(int(i), g.held)
	}
}

// risk evaluates the numbers in place.
func (g *game) risk() risk {
	g.state.Eval(g.prob)
	r := risk{likelihood: g.state.Value(0)}
	for i, x := range g.amount {
		r.impact += x * g.state.Value(1+i)
	}
	return r
}

// Limits of the exact value. What is beyond is sampled.
const (
	maxShared   = 20      // players who act at several places
	maxTable    = 16      // players who act at one place
	maxEntries  = 1 << 22 // numbers in all tables
	maxWork     = 1 << 29 // evaluations, times the size of what is evaluated
	maxArrivals = 1000    // orders of arrival that are sampled
)

// shapley returns the Shapley value of each player, and the standard errors
// of these values, or nil where they are exact. Time grows with 2^n for n players who act
// at several places; from twenty on, or where the model is too large for so
// many evaluations, the values are means over orders of arrival drawn with a
// fixed seed.
func (g *game) shapley(ctx context.Context) (values, errors []risk, err error) {
	if len(g.players) == 0 {
		return nil, nil, nil
	}
	g.share()
	times, weights := arrival(len(g.players))
	local := slices.ContainsFunc(g.places, func(p place) bool { return len(p.local) > 0 })
	evaluations := 1 << min(len(g.shared), maxShared+1)
	if local {
		evaluations *= len(times)
	}
	if len(g.shared) > maxShared || evaluations > maxWork/g.size || !g.small(len(times)) {
		return g.sample(ctx, min(maxArrivals, max(maxWork/(g.size*len(g.players)), 2)))
	}
	for i := range g.places {
		g.tabulate(&g.places[i], times)
	}
	values = make([]risk, len(g.players))
	if !local { // the numbers do not depend on the time: one pass with the weights of all times
		err = g.pass(ctx, 0, times, weights, values)
		return values, nil, err
	}
	for q := range times {
		if err := g.pass(ctx, q, times[q:q+1], weights[q:q+1], values); err != nil {
			return nil, nil, err
		}
	}
	return values, nil, nil
}

// arrival returns points and weights of a rule that integrates over [0, 1] the
// polynomials that n players lead to.
func arrival(n int) (times, weights []float64) {
	times, weights = make([]float64, n/2+1), make([]float64, n/2+1)
	quad.Legendre{}.FixedLocations(times, weights, 0, 1)
	return times, weights
}

// share finds the places, and who acts at one only.
func (g *game) share() {
	at := map[int32]int{} // by node
	placeOf := func(node int32, losses bool) int {
		i, ok := at[node]
		if !ok {
			i = len(g.places)
			at[node] = i
			g.places = append(g.places, place{losses: losses})
		}
		return i
	}
	const allLosses = -1
	for player := range g.players {
		var where []int
		for _, v := range g.touched[player] {
			where = append(where, placeOf(g.s.Nodes[v], false))
		}
		if len(g.onLoss[player]) > 0 {
			where = append(where, placeOf(allLosses, true))
		}
		slices.Sort(where)
		where = slices.Compact(where)
		for _, i := range where {
			if p := &g.places[i]; len(where) == 1 {
				p.local = append(p.local, player)
			} else {
				p.shared = append(p.shared, len(g.shared))
			}
		}
		if len(where) > 1 {
			g.shared = append(g.shared, int32(player))
		}
	}
	for v, node := range g.s.Nodes {
		if i, ok := at[node]; ok {
			g.places[i].numbers = append(g.places[i].numbers, int32(v))
		}
	}
	if i, ok := at[allLosses]; ok {
		for l := range g.amount {
			g.places[i].numbers = append(g.places[i].numbers, int32(l))
		}
	}
}

// small reports whether the tables of all places fit their limits.
func (g *game) small(times int) bool {
	entries := 0
	for i := range g.places {
		p := &g.places[i]
		if len(p.shared)+len(p.local) > maxTable {
			return false
		}
		entries += 1 << (len(p.shared) + len(p.local)) * len(p.numbers)
		entries += 1 << len(p.shared) * times * (1 + len(p.local)) * len(p.numbers)
	}
	return entries <= maxEntries
}

// tabulate fills the tables of a place. Subsets of the local players are summed
// by their number, once all and once for each player those with him.
func (g *game) tabulate(p *place, times []float64) {
	k, n := len(p.local), len(p.numbers)
	p.tables = make([]means, 1<<len(p.shared))
	for pattern := range p.tables {
		all, with := grid(k+1, n), make([][][]float64, k)
		for i := range with {
			with[i] = grid(k+1, n)
		}
		for subset := range 1 << k {
			g.leave()
			for b, j := range p.shared {
				g.held[g.players[g.shared[j]]] = pattern>>b&1 == 1
			}
			for b, player := range p.local {
				g.held[g.players[player]] = subset>>b&1 == 1
			}
			c := bits.OnesCount(uint(subset))
			for a, x := range p.numbers {
				value := 0.0
				if p.losses {
					value = g.s.Loss(int(x), g.held)
				} else {
					value = g.s.Chance(int(x), g.held)
				}
				all[c][a] += value
				for b := range p.local {
					if subset>>b&1 == 1 {
						with[b][c][a] += value
					}
				}
			}
		}
		m := means{mean: grid(len(times), n), gains: make([][][]float64, len(times))}
		for q, t := range times {
			m.gains[q] = grid(k, n)
			for c := range k + 1 {
				for a := range n {
					m.mean[q][a] += chanceOf(t, c, k) * all[c][a]
					for b := range k {
						if c > 0 {
							m.gains[q][b][a] += chanceOf(t, c-1, k-1) * with[b][c][a]
						}
						if c < k {
							m.gains[q][b][a] -= chanceOf(t, c, k-1) * (all[c][a] - with[b][c][a])
						}
					}
				}
			}
		}
		p.tables[pattern] = m
	}
}

// grid returns a matrix of zeros.
func grid(rows, columns int) [][]float64 {
	flat := make([]float64, rows*columns)
	out := make([][]float64, rows)
	for i := range out {
		out[i], flat = flat[:columns:columns], flat[columns:]
	}
	return out
}

// chanceOf returns the chance that of n players exactly some given c are
// there, each with chance t.
func chanceOf(t float64, c, n int) float64 {
	return math.Pow(t, float64(c)) * math.Pow(1-t, float64(n-c))
}

// pass goes through the subsets of the shared players in the order of Gray's
// code, with the numbers of the q-th time, and adds to the values what the given
// times and weights make of them.
func (g *game) pass(ctx context.Context, q int, times, weights []float64, values []risk) error {
	m := len(g.shared)
	there, with, without := make([]float64, m+1), make([]float64, m+1), make([]float64, m+1)
	for i, t := range times {
		for c := range m + 1 {
			there[c] += weights[i] * chanceOf(t, c, m)
			if c > 0 {
				with[c] += weights[i] * chanceOf(t, c-1, m-1)
			}
			if c < m {
				without[c] += weights[i] * chanceOf(t, c, m-1)
			}
		}
	}
	g.hold(nil)
	subset := uint32(0)
	fill := func(p *place) *means {
		pattern := 0
		for b, j := range p.shared {
			pattern |= int(subset>>j&1) << b
		}
		table := &p.tables[pattern]
		into := g.prob
		if p.losses {
			into = g.amount
		}
		for a, x := range p.numbers {
			into[x] = table.mean[q][a]
		}
		return table
	}
	at := make([][]int, m) // the places of each shared player
	tables := make([]*means, len(g.places))
	for i := range g.places {
		tables[i] = fill(&g.places[i])
		for _, j := range g.places[i].shared {
			at[j] = append(at[j], i)
		}
	}
	gradient := [2][]float64{make([]float64, len(g.prob)), make([]float64, len(g.prob))}
	weight := make([]float64, g.s.Roots)
	for step := range 1 << m {
		if step > 0 {
			j := bits.TrailingZeros(uint(step))
			subset ^= 1 << j
			for _, i := range at[j] {
				tables[i] = fill(&g.places[i])
			}
		}
		if step&0xff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, c := g.risk(), bits.OnesCount32(subset)
		for j, player := range g.shared {
			if subset>>j&1 == 1 {
				values[player] = values[player].plus(-with[c], r)
			} else {
				values[player] = values[player].plus(without[c], r)
			}
		}
		g.localGains(tables, q, there[c], weight, gradient, values)
	}
	return nil
}

// localGains adds what the local players change at the point of the last risk:
// the derivatives of the risk times the change of the numbers.
func (g *game) localGains(tables []*means, q int, there float64, weight []float64, gradient [2][]float64, values []risk) {
	derived := false
	for i := range g.places {
		p := &g.places[i]
		for b, player := range p.local {
			if !derived && !p.losses {
				clear(weight)
				weight[0] = 1
				g.state.Gradient(weight, gradient[0])
				weight[0] = 0
				copy(weight[1:], g.amount)
				g.state.Gradient(weight, gradient[1])
				derived = true
			}
			var gain risk
			for a, x := range p.numbers {
				by := tables[i].gains[q][b][a]
				if p.losses {
					gain.impact += by * g.state.Value(1+int(x))
				} else {
					gain = gain.plus(by, risk{likelihood: gradient[0][x], impact: gradient[1][x]})
				}
			}
			values[player] = values[player].plus(-there, gain)
		}
	}
}

// sample returns the mean of what each player takes away over n random orders
// of arrival, and the standard error of that mean.
func (g *game) sample(ctx context.Context, n int) (values, errors []risk, err error) {
	values, errors = make([]risk, len(g.players)), make([]risk, len(g.players))
	draw := rand.New(rand.NewPCG(1, 1))
	order := make([]int, len(g.players))
	for i := range order {
		order[i] = i
	}
	for k := range n {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		draw.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		g.hold(nil)
		before := g.risk()
		for _, player := range order {
			g.join(player)
			after := g.risk()
			gain := before.plus(-1, after)
			off := gain.plus(-1, values[player]) // Welford's update of mean and sum of squares
			values[player] = values[player].plus(1/float64(k+1), off)
			still := gain.plus(-1, values[player])
			errors[player].impact += off.impact * still.impact
			errors[player].likelihood += off.likelihood * still.likelihood
			before = after
		}
	}
	for i, e := range errors {
		most := float64(n) * float64(n-1)
		errors[i] = risk{math.Sqrt(e.impact / most), math.Sqrt(e.likelihood / most)}
	}
	return values, errors, nil
}
