package dnnf

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/atree-dev/atree/attacktree/internal/memory"
)

// ErrLimit says that a form, or the work for it, exceeds a limit.
var ErrLimit = errors.New("dnnf: limit reached")

// A truth is the value of a node under the decisions so far.
type truth uint8

const (
	open truth = iota
	no
	yes
)

// A search makes the form of a graph by deciding on one node after the other,
// inner ones like atoms, and saying what follows from the decisions so far. What
// is left then falls apart into components that share nothing. Each is solved
// once: what it is shows in its demands, gates whose value is known but follows
// from no argument yet, and in the open nodes below these, for what else is known
// of an open gate's arguments does not matter to it.
//
// This is how exact model counters work (Sang, Bacchus, Beame, Kautz and Pitassi,
// Combining component caching and clause learning for effective model counting,
// 2004), here on gates: a part below a gate that does not matter any more is left
// out at once.
type search struct {
	*graph
	ctx    context.Context
	rank   []int32 // of a node; the lowest that is open is decided on first
	limits Limits

	value []truth
	trail []int32 // nodes with a value, in the order in which they got it
	form  *Form
	atom  [][2]int32 // by node of the net: the forms of its complement and of itself; 0 where not made
	known cache
	work  int     // nodes looked at
	done  float64 // how much of the decisions is behind it, both sides of each counted alike

	demands []int32  // stack: those of components
	keys    []byte   // stack: those of components
	label   []int    // by node: the last demand that came to it, counted over all calls
	labels  int      // so far
	lists   []int32  // scratch: what each demand came to
	ends    []int    // scratch: of each list
	group   []int32  // scratch: by demand, another one of its component, or itself
	set     []uint64 // scratch: the open nodes of a component
}

// A component is a conjunction of demands that has nothing to do with the rest.
type component struct {
	demands  []int32
	key      []byte
	decision int32 // the node to decide on
}

// compile returns the form of a graph, by the order that is farthest after a part
// of the work. Orders differ a lot, and nothing else tells how much: they race, two
// at a time, and a fourth of them goes on with eight times as much work.
func (g *graph) compile(ctx context.Context, orders []*order, limits Limits) (*Form, error) {
	rounds := 0
	for n := len(orders); n > 1; n = (n + 3) / 4 {
		rounds++
	}
	for ; rounds > 0; rounds-- {
		trial := limits
		trial.Work /= lastTrial << (3 * (rounds - 1))
		done := map[*order]float64{}
		for pair := range slices.Chunk(orders, 2) {
			var searches [2]*search
			var errs [2]error
			var group sync.WaitGroup
			for i, o := range pair {
				searches[i] = newSearch(ctx, g, o.rank, trial)
				group.Go(func() { errs[i] = searches[i].run() })
			}
			group.Wait()
			for i, o := range pair {
				if !errors.Is(errs[i], ErrLimit) {
					return searches[i].form, errs[i]
				}
				done[o] = searches[i].done
			}
		}
		orders = slices.Clone(orders)
		slices.SortStableFunc(orders, func(a, b *order) int { return cmp.Compare(done[b], done[a]) })
		orders = orders[:(len(orders)+3)/4]
	}
	s := newSearch(ctx, g, orders[0].rank, limits)
	err := s.run()
	return s.form, err
}

const lastTrial = 32 // part of the work for each of the last four orders at most

func newSearch(ctx context.Context, g *graph, rank []int32, limits Limits) *search {
	s := &search{
		graph: g, ctx: ctx, rank: rank, limits: limits,
		value: make([]truth, len(g.kind)), form: newForm(), atom: make([][2]int32, len(g.net.kind)),
		label: make([]int, len(g.kind)), set: make([]uint64, len(g.kind)/64+1),
	}
	s.known.seed = maphash.MakeSeed()
	return s
}

const none = -1

// run makes the form.
func (s *search) run() error {
	if !s.assign(s.root, yes) {
		return nil
	}
	var err error
	s.form.Root, err = s.product(nil, 0, none, 1)
	return err
}

// solve returns the form of a component, which is a share of all that is to be done.
func (s *search) solve(c component, share float64) (int32, error) {
	if f, ok := s.known.find(c.key); ok {
		s.done += share
		return f, nil
	}
	if err := s.check(); err != nil {
		return 0, err
	}
	x := c.decision
	var sides [2]int32
	for i, v := range [2]truth{no, yes} {
		from := len(s.trail)
		if s.assign(x, v) {
			var err error
			if sides[i], err = s.product(c.demands, from, x, share/2); err != nil {
				return 0, err
			}
		} else {
			s.done += share / 2
		}
		s.undo(from)
	}
	f := s.either(x, sides)
	s.known.add(c.key, f)
	return f, nil
}

// check reports why to stop.
func (s *search) check() error {
	switch {
	case s.known.count()%256 == 0 && s.ctx.Err() != nil:
		return fmt.Errorf("dnnf: %w", s.ctx.Err())
	case s.form.Size() > s.limits.Nodes || s.work > s.limits.Work ||
		len(s.form.Nodes)*nodeBytes+s.known.size() > s.limits.Bytes:
		return ErrLimit
	}
	return nil
}

// nodeBytes is what a node of a form takes.
const nodeBytes = 16

// either joins the forms for a node that does not hold, and for one that does.
func (s *search) either(x int32, sides [2]int32) int32 {
	if s.kind[x] == input && s.net.kind[s.origin[x]] == input {
		return s.form.add(Node{Op: Choice, X: s.origin[x] - True - 1, A: sides[1], B: sides[0]})
	}
	if s.kind[x] == input {
		for i := range sides {
			sides[i] = s.form.add(Node{Op: And, A: s.literal(x, i == 1), B: sides[i]})
		}
	}
	return s.form.add(Node{Op: Or, A: sides[1], B: sides[0]})
}

// literal returns the form of an atom, or of its complement.
func (s *search) literal(x int32, holds bool) int32 { return s.readOnce(s.origin[x], holds) }

// readOnce returns the form of a node of the net that is an atom or part of one.
func (s *search) readOnce(x int32, holds bool) int32 {
	side := 0
	if holds {
		side = 1
	}
	if s.atom[x][side] != 0 {
		return s.atom[x][side]
	}
	a, b := s.net.arg[x][0], s.net.arg[x][1]
	var n Node
	switch {
	case s.net.kind[x] == input:
		n = Node{Op: Choice, X: x - True - 1, A: int32(side), B: int32(1 - side)}
	case (s.net.kind[x] == and) == holds:
		n = Node{Op: And, A: s.readOnce(a, holds), B: s.readOnce(b, holds)}
	default: // the first as it is asked for, or not and then the second
		rest := s.form.add(Node{Op: And, A: s.readOnce(a, !holds), B: s.readOnce(b, holds)})
		n = Node{Op: Or, A: s.readOnce(a, holds), B: rest}
	}
	s.atom[x][side] = s.form.add(n)
	return s.atom[x][side]
}

// product returns the form of what is left of demands after the trail has grown
// beyond from, times the atoms that it has decided, but the one decided on.
func (s *search) product(demands []int32, from int, decided int32, share float64) (int32, error) {
	f := True
	for _, x := range s.trail[from:] {
		if s.kind[x] == input && x != decided {
			f = s.form.add(Node{Op: And, A: s.literal(x, s.value[x] == yes), B: f})
		}
	}
	atDemands, atKeys := len(s.demands), len(s.keys)
	components := s.split(demands, s.trail[from:])
	if len(components) == 0 {
		s.done += share
	}
	for i, c := range components {
		g, err := s.solve(c, share/float64(len(components)))
		if err != nil {
			return 0, err
		}
		if f = s.form.add(Node{Op: And, A: g, B: f}); f == False {
			s.done += share * float64(len(components)-1-i) / float64(len(components))
			break
		}
	}
	s.demands, s.keys = s.demands[:atDemands], s.keys[:atKeys]
	return f, nil
}

// demanded reports whether a node's value is known and follows from no argument.
func (s *search) demanded(x int32) bool {
	return s.value[x] != open && s.kind[x] != input && s.value[s.arg[x][0]] == open && s.value[s.arg[x][1]] == open
}

// split finds the components of those demands among the nodes that are not met.
func (s *search) split(old, new []int32) []component {
	first := s.labels
	s.lists, s.ends, s.group = s.lists[:0], s.ends[:0], s.group[:0]
	var tops []int32
	for _, nodes := range [2][]int32{old, new} {
		for _, x := range nodes {
			if s.demanded(x) {
				tops = append(tops, x)
				s.reach(x, first)
			}
		}
	}
	s.work += len(s.lists) + len(old)
	var out []component
	for i := range tops {
		if s.find(int32(i)) == int32(i) {
			out = append(out, s.component(tops, int32(i)))
		}
	}
	return out
}

// reach lists the open nodes below a demand that no demand before it came to. With
// one that has, it makes a group.
func (s *search) reach(x int32, first int) {
	self := int32(len(s.group))
	s.group = append(s.group, self)
	s.labels++
	at := len(s.lists)
	visit := func(y int32) {
		switch {
		case s.value[y] != open:
		case s.label[y] <= first:
			s.label[y] = s.labels
			s.lists = append(s.lists, y)
		default:
			if other := s.find(int32(s.label[y] - first - 1)); other != s.find(self) {
				s.group[max(other, s.find(self))] = min(other, s.find(self))
			}
		}
	}
	visit(s.arg[x][0])
	visit(s.arg[x][1])
	for ; at < len(s.lists); at++ {
		if y := s.lists[at]; s.kind[y] != input {
			visit(s.arg[y][0])
			visit(s.arg[y][1])
		}
	}
	s.ends = append(s.ends, len(s.lists))
}

// find returns the first demand of a group.
func (s *search) find(i int32) int32 {
	for s.group[i] != i {
		s.group[i] = s.group[s.group[i]]
		i = s.group[i]
	}
	return i
}

// component puts together the demands of a group.
func (s *search) component(tops []int32, group int32) component {
	c := component{decision: none}
	atDemands, atKeys := len(s.demands), len(s.keys)
	begin := 0
	for i, end := range s.ends {
		if s.find(int32(i)) == group {
			s.demands = append(s.demands, tops[i])
			for _, y := range s.lists[begin:end] {
				s.set[y/64] |= 1 << (y % 64)
				if c.decision == none || s.rank[y] < s.rank[c.decision] {
					c.decision = y
				}
			}
		}
		begin = end
	}
	c.demands = s.demands[atDemands:len(s.demands):len(s.demands)]
	s.encode()
	for _, x := range c.demands {
		s.set[x/64] |= 1 << (x % 64)
	}
	s.encode()
	c.key = s.keys[atKeys:len(s.keys):len(s.keys)]
	return c
}

// encode appends the set to the keys as lengths of its gaps and runs, ending with
// a gap of length 0 but for the first, and clears it.
func (s *search) encode() {
	at := 0 // bits so far
	for w, word := range s.set {
		for word != 0 {
			start := bits.TrailingZeros64(word)
			length := bits.TrailingZeros64(^(word >> start))
			s.keys = binary.AppendUvarint(s.keys, uint64(w*64+start-at)+1)
			s.keys = binary.AppendUvarint(s.keys, uint64(length))
			at = w*64 + start + length
			if start+length == 64 {
				break
			}
			word &^= (1<<length - 1) << start
		}
		s.set[w] = 0
	}
	s.keys = append(s.keys, 0)
}

// assign gives a node a value, with all that follows, and reports whether that
// contradicts nothing.
func (s *search) assign(x int32, v truth) bool {
	at := len(s.trail)
	if !s.put(x, v) {
		return false
	}
	for ; at < len(s.trail); at++ {
		y := s.trail[at]
		if s.kind[y] != input && !s.infer(y) {
			return false
		}
		for _, g := range s.above[y] {
			if !s.infer(g) {
				return false
			}
		}
	}
	return true
}

func (s *search) put(x int32, v truth) bool {
	if s.value[x] == open {
		s.value[x] = v
		s.trail = append(s.trail, x)
	}
	return s.value[x] == v
}

// infer says what follows from a gate and its arguments.
func (s *search) infer(g int32) bool {
	a, b := s.arg[g][0], s.arg[g][1]
	strong, weak := no, yes // one argument is enough, both are needed
	if s.kind[g] == or {
		strong, weak = yes, no
	}
	x, y := s.value[a], s.value[b]
	switch {
	case x == strong || y == strong:
		return s.put(g, strong)
	case x == weak && y == weak:
		return s.put(g, weak)
	case s.value[g] == weak:
		return s.put(a, weak) && s.put(b, weak)
	case s.value[g] == strong && x == weak:
		return s.put(b, strong)
	case s.value[g] == strong && y == weak:
		return s.put(a, strong)
	}
	return true
}

func (s *search) undo(to int) {
	for _, x := range s.trail[to:] {
		s.value[x] = open
	}
	s.trail = s.trail[:to]
}

// A cache remembers forms by keys.
type cache struct {
	seed  maphash.Seed
	pages [][]byte // keys, one after the other; so what grows is not copied
	bytes int      // of all keys
	found []entry
	table []int32 // open addressing; place in found, from 1
}

type entry struct {
	page       int32
	begin, end int32
	hash       uint32
	form       int32
}

const (
	entryBytes = 32 // with its places in the table
	firstPage  = 1 << 10
	fullPage   = 1 << 20
)

func (c *cache) count() int { return len(c.found) }

// size returns the number of bytes in use.
func (c *cache) size() int { return c.bytes + entryBytes*len(c.found) }

// key returns the key of an entry.
func (c *cache) key(e *entry) []byte { return c.pages[e.page][e.begin:e.end] }

// slot returns where a key stands in the table, or would stand.
func (c *cache) slot(key []byte, hash uint32) int {
	mask := len(c.table) - 1
	for at := int(hash) & mask; ; at = (at + 1) & mask {
		if c.table[at] == 0 {
			return at
		}
		if e := &c.found[c.table[at]-1]; e.hash == hash && bytes.Equal(c.key(e), key) {
			return at
		}
	}
}

func (c *cache) find(key []byte) (form int32, ok bool) {
	if len(c.table) == 0 {
		return 0, false
	}
	at := c.slot(key, c.hash(key))
	if c.table[at] == 0 {
		return 0, false
	}
	return c.found[c.table[at]-1].form, true
}

func (c *cache) hash(key []byte) uint32 { return uint32(maphash.Bytes(c.seed, key) & math.MaxUint32) }

func (c *cache) add(key []byte, form int32) {
	if 2*len(c.found) >= len(c.table) {
		c.grow()
	}
	hash := c.hash(key)
	at := c.slot(key, hash)
	last := len(c.pages) - 1
	if last < 0 || len(c.pages[last])+len(key) > cap(c.pages[last]) {
		last++
		size := min(firstPage<<min(last, 32), fullPage)
		c.pages = append(c.pages, make([]byte, 0, max(size, len(key))))
	}
	page := append(c.pages[last], key...)
	c.pages[last] = page
	c.bytes += len(key)
	c.found = append(c.found, entry{int32(last), int32(len(page) - len(key)), int32(len(page)), hash, form})
	c.table[at] = int32(len(c.found))
}

func (c *cache) grow() {
	c.table = memory.Table[int32](max(1024, 4*len(c.table)))
	mask := len(c.table) - 1
	for i, e := range c.found {
		at := int(e.hash) & mask
		for c.table[at] != 0 {
			at = (at + 1) & mask
		}
		c.table[at] = int32(i + 1)
	}
}
