package uncertain

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
)

// A part is a Simulation as a JSON object: a member "part" with the number of
// the format, then the fields of Simulation. Values are float64, least byte
// first, in base64, so that nothing is lost: 11 bytes a value. Format 2 has
// correlations, the probe and the choice, and more coordinates of Sobol'
// sequences than format 1, so that parts of both do not fit together.

const partFormat = 2

type part struct {
	Format int `json:"part"`
	*Simulation
}

// WritePart writes a simulation, mostly a shard of one, so that [ReadPart] gives
// it back to the last bit.
func WritePart(w io.Writer, s *Simulation) error {
	return json.NewEncoder(w).Encode(part{partFormat, s})
}

// ReadPart reads what [WritePart] wrote.
func ReadPart(r io.Reader) (*Simulation, error) {
	p := part{Simulation: &Simulation{}}
	d := json.NewDecoder(r)
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("uncertain: expected a part that simulate wrote, found %w", unread(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("uncertain: expected one part, found more behind it")
	}
	s := p.Simulation
	switch {
	case p.Format == 0:
		return nil, errors.New("uncertain: expected a part that simulate wrote, found something else")
	case p.Format != partFormat:
		return nil, fmt.Errorf("uncertain: expected a part in format %d, found format %d", partFormat, p.Format)
	case s.Count < 1 || s.First < 0 || s.Samples > MaxSamples || s.First > s.Samples-s.Count:
		return nil, fmt.Errorf("uncertain: expected a part of %d draws, found %d draws from number %d", s.Samples, s.Count, s.First)
	case s.Sobol && s.Samples < 2*replicates:
		return nil, fmt.Errorf("uncertain: expected at least %d samples of Sobol' sequences, found %d", 2*replicates, s.Samples)
	case len(s.Scenarios) == 0:
		return nil, errors.New("uncertain: expected a part with a scenario, found none")
	}
	for i := range s.Scenarios {
		seen := map[string]bool{}
		for _, c := range s.Scenarios[i].Columns {
			switch {
			case !slices.Contains(Figures(), c.Figure) || seen[c.Figure]:
				return nil, fmt.Errorf("uncertain: expected each of %s once at most, found %q", strings.Join(Figures(), ", "), c.Figure)
			case len(c.Values) != s.Count:
				return nil, fmt.Errorf("uncertain: expected %d draws of %s in %q, found %d", s.Count, c.Figure, s.Scenarios[i].Name, len(c.Values))
			}
			seen[c.Figure] = true
			if err := c.check(); err != nil {
				return nil, err
			}
		}
		if !seen[Likelihood] {
			return nil, fmt.Errorf("uncertain: expected the likelihood in %q, found none", s.Scenarios[i].Name)
		}
	}
	seen := map[string]bool{}
	for _, n := range s.Numbers {
		if err := n.Law.Validate(); err != nil {
			return nil, fmt.Errorf("uncertain: %s: %w", n.Name, err)
		}
		if seen[n.Name] {
			return nil, fmt.Errorf("uncertain: expected each number once, found %q twice", n.Name)
		}
		seen[n.Name] = true
	}
	if _, err := s.copula(); err != nil {
		return nil, err
	}
	if err := s.checkProbe(); err != nil {
		return nil, err
	}
	return s, s.checkChoice()
}

// unread says of what cannot be decoded what it is, without the words of Go.
func unread(err error) error {
	syntax, kind := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("nothing")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the beginning of one only: it is cut off")
	case errors.As(err, &syntax):
		return fmt.Errorf("something else, at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("another kind of value, at byte %d", kind.Offset)
	}
	return fmt.Errorf("broken values: %s", strings.TrimPrefix(err.Error(), "uncertain: "))
}

// check reports a value that the figure cannot have, but for rounding.
func (c *Column) check() error {
	const rounding = 1e-9
	most, what := math.Inf(1), "not be negative"
	if c.Figure == Likelihood {
		most, what = 1, "lie between 0 and 1"
	}
	for _, x := range c.Values {
		if x < -rounding || x > most+rounding {
			return fmt.Errorf("uncertain: expected %s to %s, found %v", c.Figure, what, x)
		}
	}
	return nil
}

// checkProbe reports a probe that does not fit the simulation.
func (s *Simulation) checkProbe() error {
	p := s.Probe
	if p == nil {
		return nil
	}
	if p.Figure != Likelihood && p.Figure != ExpectedImpact || p.Samples < 2 || p.Samples > MaxSensitivitySamples {
		return fmt.Errorf("uncertain: expected sensitivities of %s or %s by 2 to %d samples, found %q by %d", Likelihood, ExpectedImpact, MaxSensitivitySamples, p.Figure, p.Samples)
	}
	from, to := s.share(p.Samples)
	if p.First != from || len(p.Swings) != len(s.Numbers) || len(p.Mixed) != len(s.Numbers) {
		return fmt.Errorf("uncertain: expected sensitivities of %d numbers from sample %d, found %d from %d", len(s.Numbers), from, len(p.Mixed), p.First)
	}
	for _, v := range append([]Values{p.A, p.B}, p.Mixed...) {
		if len(v) != to-from {
			return fmt.Errorf("uncertain: expected %d samples of sensitivities, found %d", to-from, len(v))
		}
		for _, x := range v {
			if math.IsInf(x, 0) {
				return errors.New("uncertain: expected finite samples of sensitivities, found an infinite one")
			}
		}
	}
	return nil
}

// checkChoice reports a choice that does not fit the simulation.
func (s *Simulation) checkChoice() error {
	if s.Choice == nil {
		return nil
	}
	if _, err := s.totalCosts(); err != nil {
		return err
	}
	if s.Choice.Lines == nil {
		return nil
	}
	fits := len(s.Choice.Lines) == len(s.Numbers)
	for _, lines := range s.Choice.Lines {
		fits = fits && len(lines) == len(s.Scenarios)
	}
	if !fits {
		return fmt.Errorf("uncertain: expected the worth of %d numbers in %d scenarios, found other ones", len(s.Numbers), len(s.Scenarios))
	}
	return nil
}

// MarshalText writes the values as WritePart does.
func (v Values) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, 8*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(x))
	}
	return base64.StdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText reads what MarshalText wrote.
func (v *Values) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	if len(raw)%8 != 0 {
		return fmt.Errorf("uncertain: expected values of 8 bytes, found %d bytes", len(raw))
	}
	*v = make(Values, 0, len(raw)/8)
	for word := range slices.Chunk(raw, 8) {
		x := math.Float64frombits(binary.LittleEndian.Uint64(word))
		if math.IsNaN(x) {
			return errors.New("uncertain: expected values, found not a number")
		}
		*v = append(*v, x)
	}
	return nil
}

// Merge puts the parts of a study together, in any order. They must be of the
// same study, and each draw must be in exactly one of them. The file of the model
// may have lain in another place for each; the whole names that of the first draw.
func Merge(parts ...*Simulation) (*Simulation, error) {
	if len(parts) == 0 {
		return nil, errors.New("uncertain: expected parts to merge, found none")
	}
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b *Simulation) int { return a.First - b.First })
	whole := parts[0].outline()
	whole.First, whole.Count = 0, 0
	for _, p := range parts {
		outline := p.outline()
		outline.First, outline.Count, outline.Model.File = 0, whole.Count, whole.Model.File
		switch {
		case !reflect.DeepEqual(outline, whole.outline()):
			return nil, fmt.Errorf("uncertain: the parts are of different studies, which differ in %s", difference(parts[0], p))
		case p.First > whole.Count:
			return nil, fmt.Errorf("uncertain: draws %d to %d are in no part", whole.Count, p.First-1)
		case p.First < whole.Count:
			return nil, fmt.Errorf("uncertain: draw %d is in two parts", p.First)
		}
		for i := range whole.Scenarios {
			for j := range whole.Scenarios[i].Columns {
				c := &whole.Scenarios[i].Columns[j]
				c.Values = append(c.Values, p.Scenarios[i].Columns[j].Values...)
			}
		}
		if to := whole.Probe; to != nil {
			to.A, to.B = append(to.A, p.Probe.A...), append(to.B, p.Probe.B...)
			for j := range to.Mixed {
				to.Mixed[j] = append(to.Mixed[j], p.Probe.Mixed[j]...)
			}
		}
		whole.Count += p.Count
	}
	if whole.Count != whole.Samples {
		return nil, fmt.Errorf("uncertain: draws %d to %d are in no part", whole.Count, whole.Samples-1)
	}
	return whole, nil
}

// outline returns the simulation without its values.
func (s *Simulation) outline() *Simulation {
	out := *s
	out.Scenarios = slices.Clone(s.Scenarios)
	for i := range out.Scenarios {
		out.Scenarios[i].Columns = nil
		for _, c := range s.Scenarios[i].Columns {
			out.Scenarios[i].Columns = append(out.Scenarios[i].Columns, Column{Figure: c.Figure})
		}
	}
	if p := s.Probe; p != nil {
		probe := *p
		probe.First, probe.A, probe.B, probe.Mixed = 0, nil, nil, make([]Values, len(p.Mixed))
		out.Probe = &probe
	}
	return &out
}

// difference names what differs between parts of different studies.
func difference(a, b *Simulation) string {
	for _, x := range []struct {
		what string
		of   func(*Simulation) string
	}{
		{"the model", func(s *Simulation) string { return s.Model.Digest }},
		{"the goal", func(s *Simulation) string { return s.Goal }},
		{"the seed", func(s *Simulation) string { return fmt.Sprint(s.Seed) }},
		{"the number of samples", func(s *Simulation) string { return fmt.Sprint(s.Samples) }},
		{"the kind of draws", func(s *Simulation) string {
			if s.Sobol {
				return "by Sobol' sequences"
			}
			return "independent"
		}},
		{"the attacker", func(s *Simulation) string {
			return strings.TrimSpace(s.Scenarios[0].Adversary + " " + s.Scenarios[0].Mode)
		}},
		{"the scenarios", func(s *Simulation) string {
			var names []string
			for _, sc := range s.Scenarios {
				names = append(names, sc.Name)
			}
			return strings.Join(names, ", ")
		}},
		{"the params set", func(s *Simulation) string {
			var set []string
			for _, p := range s.Scenarios[0].Params {
				set = append(set, fmt.Sprintf("%s=%v", p.Name, p.Value))
			}
			return cmp.Or(strings.Join(set, ", "), "none")
		}},
		{"the sensitivities", func(s *Simulation) string {
			if s.Probe == nil {
				return "none"
			}
			return "of " + s.Probe.Figure
		}},
		{"the worth of knowing more", func(s *Simulation) string {
			if s.Choice == nil {
				return "not asked"
			}
			return "asked"
		}},
	} {
		if of, other := x.of(a), x.of(b); of != other {
			return fmt.Sprintf("%s: %s in draws %d to %d, %s in draws %d to %d", x.what, of, a.First, a.First+a.Count-1, other, b.First, b.First+b.Count-1)
		}
	}
	return "their numbers or controls"
}
