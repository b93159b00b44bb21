package circuit

import "slices"

// Modules marks the gates below the roots that share no node with the rest of
// the circuit: every path from outside into such a gate's part leads through
// the gate. A module can be analysed by itself and then stand as a variable in
// what is above. A root that lies inside another root's part does not count
// as a path from outside. The time is linear.
//
// A walk from the roots dates the first and the last visit of each node. A
// gate is a module if all visits below it fall between its own first visit
// and the end of that visit (Dutuit and Rauzy, A linear-time algorithm to find
// modules of fault trees, IEEE Transactions on Reliability 45(3), 1996).
func (c *Circuit) Modules(roots ...Ref) []bool {
	n := len(c.nodes)
	first := make([]int32, n) // 0: not visited
	end := make([]int32, n)   // of the first visit
	last := make([]int32, n)

	var date int32
	type visit struct{ node, next int32 }
	var path []visit
	enter := func(x int) {
		date++
		last[x] = date
		if first[x] == 0 {
			first[x] = date
			path = append(path, visit{node: int32(x)})
		}
	}
	// A root has a higher number than the roots inside it, so it comes first.
	start := make([]int, len(roots))
	for i, r := range roots {
		start[i] = r.Node()
	}
	slices.Sort(start)
	for _, r := range slices.Backward(start) {
		if first[r] == 0 {
			enter(r)
		}
		for len(path) > 0 {
			top := &path[len(path)-1]
			if args := c.Args(MakeRef(int(top.node))); int(top.next) < len(args) {
				x := args[top.next]
				top.next++
				enter(x.Node())
				continue
			}
			date++
			end[top.node] = date
			last[top.node] = date
			path = path[:len(path)-1]
		}
	}

	module := make([]bool, n)
	low := make([]int32, n) // earliest and latest visit of any node below
	high := make([]int32, n)
	for i := range n {
		args := c.Args(MakeRef(i))
		if first[i] == 0 || len(args) == 0 {
			low[i], high[i] = first[i], last[i]
			continue
		}
		low[i], high[i] = end[i], 0
		for _, x := range args {
			j := x.Node()
			low[i] = min(low[i], low[j], first[j])
			high[i] = max(high[i], high[j], last[j])
		}
		module[i] = first[i] < low[i] && high[i] < end[i]
	}
	return module
}
