package budget

import "testing"

// No set of steps is worth more than the relaxation says.
func TestRelax(t *testing.T) {
	close := 0
	for seed := range uint64(300) {
		p := guarded(seed)
		all := every(t, p)
		s, f := relax(t.Context(), p, above, true)
		if f == nil {
			t.Fatalf("seed %d: no relaxation", seed)
		}
		bound := staircase(f.points(s.sure))
		for _, q := range all {
			if x := At(bound, q.Cost*(1+1e-12)); x < q.Worth*(1-1e-12) {
				t.Errorf("seed %d: at %v at most %v, but %v is right", seed, q.Cost, x, q.Worth)
			}
		}
		if last := all[len(all)-1]; At(bound, last.Cost/2) < last.Worth {
			close++
		}
	}
	if close < 30 {
		t.Errorf("only %d bounds show that half of the cost does not do", close)
	}
}
