// Package front keeps Pareto fronts of cost against value, of both of which less
// is better, as staircases.
package front

import (
	"cmp"
	"math"
	"slices"
)

// A Staircase says, for each budget, the least value that is to be had for it.
// It is a list of points with costs that rise and values that fall. The zero
// Staircase has no point: nothing is to be had.
type Staircase[T any] struct {
	points []Point[T]
}

// A Point is one choice.
type Point[T any] struct {
	Cost, Value float64
	Choice      T
}

// Points returns the points, the cheapest first. The caller must not change them.
func (s *Staircase[T]) Points() []Point[T] { return s.points }

// At returns the least value for a budget, +Inf if nothing costs so little. It
// takes logarithmic time.
func (s *Staircase[T]) At(budget float64) float64 {
	if i := s.after(budget); i > 0 {
		return s.points[i-1].Value
	}
	return math.Inf(1)
}

// after returns the index of the first point that costs more than a budget.
func (s *Staircase[T]) after(budget float64) int {
	i, _ := slices.BinarySearchFunc(s.points, budget, func(p Point[T], c float64) int {
		if p.Cost <= c {
			return -1
		}
		return 1
	})
	return i
}

// Add puts in a point, unless one that costs no more has no greater value, and
// drops those that it beats in this way. It reports whether the point is in.
func (s *Staircase[T]) Add(p Point[T]) bool {
	if s.At(p.Cost) <= p.Value {
		return false
	}
	from, _ := slices.BinarySearchFunc(s.points, p.Cost, func(q Point[T], c float64) int { return cmp.Compare(q.Cost, c) })
	to := from
	for to < len(s.points) && s.points[to].Value >= p.Value {
		to++
	}
	s.points = slices.Replace(s.points, from, to, p)
	return true
}

// Gap returns by how much a staircase can lie above the true one, given a lower
// bound of that: the greatest difference of values at any budget for which the
// staircase has a point, as a share of the staircase's value. 0 means that the
// two are equal there, 1 that the bound says nothing.
func Gap[T, U any](s *Staircase[T], bound *Staircase[U]) float64 {
	gap := 0.0
	at := func(budget float64) {
		high, low := s.At(budget), bound.At(budget)
		switch {
		case low >= high || math.IsInf(high, 1) && len(s.points) > 0 && budget < s.points[0].Cost:
		case high == 0 || math.IsInf(high, 0) || math.IsInf(low, 0):
			gap = 1
		default:
			gap = max(gap, (high-low)/math.Abs(high))
		}
	}
	for _, p := range s.points {
		at(p.Cost)
	}
	for _, p := range bound.points {
		at(p.Cost)
	}
	return gap
}

// Clone returns a staircase with the same points, which can grow by itself.
func (s *Staircase[T]) Clone() Staircase[T] { return Staircase[T]{slices.Clone(s.points)} }
