// Package bdd builds reduced ordered binary decision diagrams.
//
// A [Manager] makes the diagrams of some functions over levels 0, 1, 2, …,
// tested in this order: [Manager.Level] is the function that is true where one
// level is, and And, Or, AtLeast and Ite combine functions. Equal functions
// have equal references. [Manager.Extract] copies what some functions need
// into a [Diagram], whose nodes stand in a slice, children first. [Diagram.Sift]
// looks for an order of the levels with fewer nodes, and [Manager.Load] goes on
// with what it found.
//
// Edges can be complemented (Brace, Rudell and Bryant, Efficient
// implementation of a BDD package, DAC 1990). The then-edge never is, so a
// reference without complement is a function that is true when all levels are;
// a diagram of a monotone function has no complement but that of True.
//
// A manager stops with a [LimitError] at its limit of nodes and with the
// error of its context soon after that is done. It is used by one goroutine.
// Operations recurse at most once for each level.
package bdd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/atree-dev/atree/attacktree/internal/memory"
)

// A Ref is a function: a node, or the complement of one if the lowest bit is set.
type Ref int32

// The constant functions. They are the two polarities of node 0.
const (
	True  Ref = 0
	False Ref = 1
)

// Node returns the number of the node that r refers to.
func (r Ref) Node() int { return int(r >> 1) }

// Negated reports whether r is the complement of its node.
func (r Ref) Negated() bool { return r&1 != 0 }

// Not returns the complement of r.
func (r Ref) Not() Ref { return r ^ 1 }

// MaxLevels is the greatest number of levels of a manager. It bounds the depth
// of recursion.
const MaxLevels = 1 << 19

// BytesPerNode is how much memory a manager of many nodes needs at most for each of
// them, with its places in tables, and with what is copied when these grow.
const BytesPerNode = 100

// ErrLimit is what every LimitError wraps.
var ErrLimit = errors.New("limit reached")

// A LimitError says which limit stopped a computation.
type LimitError struct {
	What string // "nodes" or "levels"
	Max  int
}

func (e *LimitError) Error() string {
	what := e.What
	if e.Max == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	return fmt.Sprintf("expected a decision diagram of at most %d %s, found that it needs more", e.Max, what)
}

// Unwrap returns ErrLimit.
func (e *LimitError) Unwrap() error { return ErrLimit }

// ErrPaused is returned where the operations that [Manager.Allow] allows are
// used up.
var ErrPaused = errors.New("operations used up")

// none is the result of an operation that was stopped.
const none Ref = -1

// terminal is the level of node 0, below all others.
const terminal = int32(1<<31 - 1)

type node struct {
	level  int32
	hi, lo Ref
}

// A Manager holds the nodes of functions over the same levels.
type Manager struct {
	ctx   context.Context
	err   error // why the operation at hand was stopped
	max   int
	nodes []node   // children before parents
	table []uint64 // open addressing: hash and number of each node, 0 is empty
	cache []operation
	work  uint64        // operations so far
	allow atomic.Uint64 // so many
	where []int32       // scratch: 0 for each reference between calls
}

// An operation is a remembered result: if f then g else h.
type operation struct{ f, g, h, result Ref }

// New returns a manager of functions over the given number of levels, that
// holds at most max nodes. It watches ctx as long as it lives.
func New(ctx context.Context, levels, max int) (*Manager, error) {
	if levels > MaxLevels {
		return nil, &LimitError{What: "levels", Max: MaxLevels}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := &Manager{
		ctx:   ctx,
		max:   min(max, 1<<30-1),
		nodes: make([]node, 1, 64),
		table: make([]uint64, 64),
		cache: make([]operation, 64),
	}
	m.nodes[0].level = terminal
	m.allow.Store(math.MaxUint64)
	return m, nil
}

// Len returns the number of nodes made so far, those no longer needed included.
func (m *Manager) Len() int { return len(m.nodes) - 1 }

// Work returns the number of operations carried out so far.
func (m *Manager) Work() int { return int(m.work) }

// Allow has operations stop with ErrPaused once so many have been carried out
// since the manager was made. They can then be asked for again as after a
// LimitError. Any goroutine may call it.
func (m *Manager) Allow(operations int) { m.allow.Store(uint64(operations)) }

// SetLimit changes the greatest number of nodes. An operation that a LimitError
// stopped can be asked for again and profits from what it had done.
func (m *Manager) SetLimit(max int) { m.max = min(max, 1<<30-1) }

// Limit returns the greatest number of nodes.
func (m *Manager) Limit() int { return m.max }

// Level returns the function that is true where this level is.
func (m *Manager) Level(level int) (Ref, error) {
	return m.result(m.node(int32(level), True, False))
}

// And returns the conjunction of fs, True if there are none.
func (m *Manager) And(fs ...Ref) (Ref, error) {
	acc := True
	for _, f := range m.deepestFirst(fs) {
		if acc = m.and(f, acc); acc == none {
			break
		}
	}
	return m.result(acc)
}

// Or returns the disjunction of fs, False if there are none.
func (m *Manager) Or(fs ...Ref) (Ref, error) {
	acc := True
	for _, f := range m.deepestFirst(fs) {
		if acc = m.and(f.Not(), acc); acc == none {
			return m.result(none)
		}
	}
	return m.result(acc.Not())
}

// AtLeast returns the function that is true if at least k of fs are. A
// function given twice counts twice.
func (m *Manager) AtLeast(k int, fs ...Ref) (Ref, error) {
	if k <= 0 {
		return True, nil
	}
	if k > len(fs) {
		return False, nil
	}
	// count[j] is true if at least j of the functions seen so far are.
	count := make([]Ref, k+1)
	for j := range count[1:] {
		count[j+1] = False
	}
	for i, f := range m.deepestFirst(fs) {
		// Counts that cannot reach k any more are left as they are.
		for j := min(i+1, k); j > 0 && j >= k-(len(fs)-1-i); j-- {
			if count[j] = m.ite(f, count[j-1], count[j]); count[j] == none {
				return m.result(none)
			}
		}
	}
	return count[k], nil
}

// Ite returns the function that is g where f is true and h elsewhere.
func (m *Manager) Ite(f, g, h Ref) (Ref, error) { return m.result(m.ite(f, g, h)) }

// AtNone returns the value of f where no level is true.
func (m *Manager) AtNone(f Ref) bool {
	for f.Node() != 0 {
		f = m.nodes[f.Node()].lo ^ f&1
	}
	return f == True
}

// Top returns the first level that f tests, one below all of them for constants.
func (m *Manager) Top(f Ref) int { return int(m.level(f)) }

// deepestFirst sorts functions such that each operation of a gate works above
// the result of the ones before it.
func (m *Manager) deepestFirst(fs []Ref) []Ref {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(f, g Ref) int { return cmp.Compare(m.level(g), m.level(f)) })
	return fs
}

func (m *Manager) result(f Ref) (Ref, error) {
	if f == none {
		return none, m.err
	}
	return f, nil
}

func (m *Manager) level(f Ref) int32 { return m.nodes[f>>1].level }

// node returns the function that is hi where level is true and lo elsewhere.
func (m *Manager) node(level int32, hi, lo Ref) Ref {
	if hi == lo {
		return hi
	}
	negate := hi & 1
	hi ^= negate
	lo ^= negate
	n := node{level, hi, lo}
	hash := n.hash()
	mask := uint32(len(m.table) - 1)
	at := hash & mask
	for ; m.table[at] != 0; at = (at + 1) & mask {
		if uint32(m.table[at]>>32) != hash {
			continue
		}
		i := uint32(m.table[at])
		if m.nodes[i] == n {
			return Ref(i)<<1 | negate
		}
	}
	if len(m.nodes) > m.max {
		m.err = &LimitError{What: "nodes", Max: m.max}
		return none
	}
	i := len(m.nodes)
	m.nodes = append(m.nodes, n)
	m.table[at] = uint64(hash)<<32 | uint64(i)
	if len(m.nodes) > len(m.table)/4*3 {
		m.grow()
	}
	return Ref(i)<<1 | negate
}

func mix(x, y uint64) uint32 {
	x *= 0x9e3779b97f4a7c15
	x ^= x>>32 ^ y*0xd6e8feb86659fd93
	x *= 0xbf58476d1ce4e5b9
	return uint32(x >> 32)
}

func (n node) hash() uint32 {
	return mix(uint64(uint32(n.hi))<<32|uint64(uint32(n.lo)), uint64(n.level))
}

// vacancy returns the first empty place of the table for this hash.
func (m *Manager) vacancy(hash uint32) uint32 {
	mask := uint32(len(m.table) - 1)
	at := hash & mask
	for m.table[at] != 0 {
		at = (at + 1) & mask
	}
	return at
}

// grow doubles the hash table and the operation cache. Small ones become four
// times as large, for many operations end before that is much.
func (m *Manager) grow() {
	old := m.table
	times := 2
	if len(old) < 1<<18 {
		times = 4
	}
	m.table = memory.Table[uint64](times * len(old))
	for _, entry := range old {
		if entry != 0 {
			m.table[m.vacancy(uint32(entry>>32))] = entry
		}
	}
	m.nodes = append(make([]node, 0, len(m.table)/4*3+1), m.nodes...)
	m.growCache()
}
