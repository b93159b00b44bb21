package uncertain

import "math"

// A Difference says by how much a figure of one scenario differs from that of
// another in the same draws: what is uncertain in both cancels out.
type Difference struct {
	Spread         // of the differences, draw by draw
	Lower  float64 // the chance that it is lower, as [Values.Lower] counts it
}

// Minus compares values of a whole simulation with others of the same draws. Where
// both are infinite, they are the same.
func (s *Simulation) Minus(v, w Values) Difference {
	difference := make(Values, len(v))
	for i := range v {
		d := v[i] - w[i]
		if math.IsNaN(d) {
			d = 0
		}
		difference[i] = d
	}
	return Difference{s.Spread(difference), v.Lower(w)}
}

// Lower returns the chance that a value is lower than the other of the same draw;
// draws in which both are the same count by half.
func (v Values) Lower(w Values) float64 {
	lower := 0.0
	for i := range v {
		switch {
		case v[i] < w[i]:
			lower++
		case v[i] == w[i]:
			lower += 0.5
		}
	}
	return lower / float64(len(v))
}

// Best returns for each scenario the chance that its figure is the lowest of
// all; scenarios that share the lowest share the draw. It is nil where some
// scenario lacks the figure.
func (s *Simulation) Best(figure string) []float64 {
	columns := make([]Values, len(s.Scenarios))
	for k := range s.Scenarios {
		if columns[k] = s.Scenarios[k].Column(figure); columns[k] == nil {
			return nil
		}
	}
	wins := make([]float64, len(columns))
	for i := range s.Count {
		least, ties := math.Inf(1), 0
		for _, c := range columns {
			switch {
			case c[i] < least:
				least, ties = c[i], 1
			case c[i] == least:
				ties++
			}
		}
		for k, c := range columns {
			if c[i] == least {
				wins[k] += 1 / float64(ties)
			}
		}
	}
	for k := range wins {
		wins[k] /= float64(s.Count)
	}
	return wins
}
