package attacktree

import (
	"cmp"
	"slices"
	"strings"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/topo"
)

// Topological order, and the cycles to show where there is none. A graph is
// given by its edges: next[v] lists the vertices that wait for v.

// topological returns the vertices in an order in which each comes after all
// that it waits for (Kahn 1962), and the vertices that lie on a cycle or wait
// for one. It takes linear time.
func topological(next [][]int32) (order, rest []int32) {
	waits := make([]int32, len(next))
	for _, to := range next {
		for _, v := range to {
			waits[v]++
		}
	}
	order = make([]int32, 0, len(next))
	for v := range next {
		if waits[v] == 0 {
			order = append(order, int32(v))
		}
	}
	for done := 0; done < len(order); done++ {
		for _, v := range next[order[done]] {
			if waits[v]--; waits[v] == 0 {
				order = append(order, v)
			}
		}
	}
	if len(order) < len(next) {
		for v := range next {
			if waits[v] > 0 {
				rest = append(rest, int32(v))
			}
		}
	}
	return order, rest
}

// maxSearched bounds the graphs that are searched for shortest cycles: gonum's
// Tarjan goes down the call stack once for each vertex.
const maxSearched = 1 << 15

// cycles returns a cycle for each strongly connected component of the vertices
// in rest: the shortest one through the first vertex of the component. Each
// vertex of a cycle waits for the next, and the last for the first. If there is
// too much to search, it returns a single cycle, as it comes.
func cycles(next [][]int32, rest []int32) [][]int32 {
	if len(rest) == 0 {
		return nil
	}
	all := newSubgraph(next, rest)
	if len(rest) > maxSearched {
		return [][]int32{all.walk()}
	}
	var found [][]int32
	for _, component := range topo.TarjanSCC(all) {
		var vertices []int32
		for _, v := range component {
			vertices = append(vertices, int32(v.ID()))
		}
		slices.Sort(vertices)
		if cycle := newSubgraph(next, vertices).shortest(); cycle != nil {
			found = append(found, cycle)
		}
	}
	slices.SortFunc(found, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) })
	return found
}

// A subgraph shows some vertices to gonum, with edges from a vertex to those
// that it waits for.
type subgraph struct {
	vertices []int32
	needs    map[int32][]int32
}

// newSubgraph keeps the vertices in rest and the edges between them.
func newSubgraph(next [][]int32, rest []int32) *subgraph {
	g := &subgraph{rest, make(map[int32][]int32, len(rest))}
	for _, v := range rest {
		g.needs[v] = nil
	}
	for _, v := range rest {
		for _, w := range next[v] {
			if needs, in := g.needs[w]; in {
				g.needs[w] = append(needs, v)
			}
		}
	}
	return g
}

// shortest returns the shortest cycle through the first vertex, nil if there is
// none.
func (g *subgraph) shortest() []int32 {
	first := g.vertices[0]
	from := path.DijkstraFrom(vertex(first), g)
	var best []graph.Node
	for _, v := range g.vertices {
		if slices.Contains(g.needs[v], first) {
			if way, _ := from.To(int64(v)); len(way) > 0 && (best == nil || len(way) < len(best)) {
				best = way
			}
		}
	}
	var cycle []int32
	for _, v := range best {
		cycle = append(cycle, int32(v.ID()))
	}
	return cycle
}

// walk goes from vertex to vertex until it comes back, which it does where every
// vertex waits for another one.
func (g *subgraph) walk() []int32 {
	var way []int32
	at := map[int32]int{}
	v := g.vertices[0]
	for {
		if i, seen := at[v]; seen {
			return way[i:]
		}
		at[v] = len(way)
		way = append(way, v)
		v = g.needs[v][0]
	}
}

// vertex is a vertex for gonum.
type vertex int64

// ID implements [graph.Node].
func (v vertex) ID() int64 { return int64(v) }

// The methods of [graph.Directed] that are asked for.

func (g *subgraph) Node(id int64) graph.Node {
	if _, ok := g.needs[int32(id)]; !ok {
		return nil
	}
	return vertex(id)
}

func (g *subgraph) Nodes() graph.Nodes { return verticesOf(g.vertices) }

func (g *subgraph) From(id int64) graph.Nodes { return verticesOf(g.needs[int32(id)]) }

func (g *subgraph) To(id int64) graph.Nodes {
	var to []int32
	for _, v := range g.vertices {
		if g.HasEdgeFromTo(int64(v), id) {
			to = append(to, v)
		}
	}
	return verticesOf(to)
}

func (g *subgraph) HasEdgeFromTo(u, v int64) bool {
	return slices.Contains(g.needs[int32(u)], int32(v))
}

func (g *subgraph) HasEdgeBetween(u, v int64) bool {
	return g.HasEdgeFromTo(u, v) || g.HasEdgeFromTo(v, u)
}

func (g *subgraph) Edge(u, v int64) graph.Edge {
	if !g.HasEdgeFromTo(u, v) {
		return nil
	}
	return edge{vertex(u), vertex(v)}
}

func verticesOf(ids []int32) graph.Nodes {
	nodes := make([]graph.Node, len(ids))
	for i, v := range ids {
		nodes[i] = vertex(v)
	}
	return iterator.NewOrderedNodes(nodes)
}

// edge is an edge for gonum.
type edge struct{ from, to graph.Node }

func (e edge) From() graph.Node         { return e.from }
func (e edge) To() graph.Node           { return e.to }
func (e edge) ReversedEdge() graph.Edge { return edge{e.to, e.from} }

// maxShown bounds how many names of a cycle are shown.
const maxShown = 12

// pathOf writes a cycle as a → b → a.
func pathOf(cycle []int32, name func(int32) string) string {
	var names []string
	for i, v := range cycle {
		if i == maxShown && len(cycle) > maxShown+1 {
			names = append(names, "…")
			break
		}
		names = append(names, name(v))
	}
	return strings.Join(append(names, name(cycle[0])), " → ")
}
