package program

// This file evaluates programs whose parts are known to lie between bounds.
//
// Such a part is a step of the form half·low + half·high, which gives a value
// in the middle. In a second pass each entry is an interval. A step p·hi + q·lo
// is linear in p, as q is 1-p (or one of the two is missing, or both are 1), so it
// is greatest and least where p is at an end of its interval and q at the other.
// Where q is -1, it is what is missing to 1.

// Exact reports whether the program computes its roots exactly, up to
// rounding. If it does not, a limit was reached.
func (p *Program) Exact() bool { return p.exact }

// Bounds returns proven bounds on the probability of a root after Eval, up to
// rounding: both are its value where the program is exact.
func (s *State) Bounds(root int) (low, high float64) {
	r := s.p.roots[root]
	if s.p.exact {
		return s.value[r], s.value[r]
	}
	return max(0, s.low[r]), min(1, s.high[r])
}

// enclose computes the intervals of all entries from the probabilities that
// Eval has put in place.
func (s *State) enclose() {
	first := s.p.firstStep()
	low, high := s.low, s.high
	copy(low, s.value[:first])
	copy(high, s.value[:first])
	for i := range s.p.steps {
		st := &s.p.steps[i]
		at := first + i
		if st.p == half {
			low[at], high[at] = low[st.hi], high[st.lo]
			continue
		}
		if st.q == minus {
			low[at], high[at] = max(0, 1-high[st.lo]), 1-low[st.lo]
			continue
		}
		low[at] = min(low[st.p]*low[st.hi]+high[st.q]*low[st.lo], high[st.p]*low[st.hi]+low[st.q]*low[st.lo])
		high[at] = max(low[st.p]*high[st.hi]+high[st.q]*high[st.lo], high[st.p]*high[st.hi]+low[st.q]*high[st.lo])
	}
}
