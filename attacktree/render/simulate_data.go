package render

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"

	sim "github.com/atree-dev/atree/attacktree/uncertain"
)

// Data of a study for other programs: tables as CSV, and as JSON Lines, each with
// the seed and all settings.

// SimulateDrawsCSV writes one record a draw and scenario: the figures, then the
// uncertain numbers that were drawn. The first line is a comment with the seed
// and all settings.
func SimulateDrawsCSV(w io.Writer, s *Study) error {
	if err := settingsComment(w, s); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	header := []string{"draw", "scenario"}
	figures := figuresOf(s)
	header = append(header, figures...)
	for _, n := range s.Numbers {
		header = append(header, n.Name)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	drawn := s.Drawn()
	for i := range s.Count {
		x := drawn(s.First + i)
		for k := range s.Scenarios {
			cells := []string{strconv.Itoa(s.First + i), s.Scenarios[k].Name}
			for _, f := range figures {
				cells = append(cells, cellOf(s.Scenarios[k].Column(f), i))
			}
			for _, x := range x {
				cells = append(cells, csvCell(reflect.ValueOf(x)))
			}
			if err := out.Write(cells); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// cellOf is empty for what does not exist, such as the cost of no attack.
func cellOf(v sim.Values, i int) string {
	if v == nil || math.IsInf(v[i], 0) {
		return ""
	}
	return csvCell(reflect.ValueOf(v[i]))
}

// figuresOf lists the figures that some scenario has, in their order.
func figuresOf(s *Study) []string {
	var out []string
	for _, f := range sim.Figures() {
		for k := range s.Scenarios {
			if s.Scenarios[k].Column(f) != nil {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// SimulateDrawsJSON writes JSON Lines: a [DrawsMessage] with the settings, then
// a [DrawMessage] for each draw and scenario.
func SimulateDrawsJSON(w io.Writer, s *Study) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(settingsOf(s)); err != nil {
		return err
	}
	drawn, figures := s.Drawn(), figuresOf(s)
	for i := range s.Count {
		numbers := map[string]float64{}
		for j, x := range drawn(s.First + i) {
			numbers[s.Numbers[j].Name] = x
		}
		for k := range s.Scenarios {
			d := DrawMessage{s.First + i, s.Scenarios[k].Name, map[string]*float64{}, numbers}
			for _, f := range figures {
				d.Figures[f] = nil
				if v := s.Scenarios[k].Column(f); v != nil {
					d.Figures[f] = number(&v[i])
				}
			}
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func settingsOf(s *Study) *DrawsMessage {
	msg := &DrawsMessage{
		Format: Format, Tool: Tool, File: s.Model.File, Digest: s.Model.Digest, Goal: s.Goal,
		Seed: s.Seed, Sobol: s.Sobol, Samples: s.Samples, Precision: s.Precision, First: s.First, Count: s.Count,
		Correlations: correlationMessages(s.Simulation),
	}
	for k := range s.Scenarios {
		sc := &s.Scenarios[k]
		msg.Scenarios = append(msg.Scenarios, DrawsScenarioMessage{sc.Name, list(sc.Controls), sc.Mode, sc.Adversary, paramsOf(sc.Params)})
	}
	return msg
}

// SimulateCurveCSV writes the exceedance curves: one record a scenario and
// point, behind a comment with the settings.
func SimulateCurveCSV(w io.Writer, s *Study) error { return dataCSV(w, s, curve(s)) }

// SimulateCurveJSON writes JSON Lines: a [DrawsMessage] with the settings, then
// a [ExceedanceRecord] for each scenario and point.
func SimulateCurveJSON(w io.Writer, s *Study) error { return dataJSON(w, s, curve(s)) }

// SimulatePairsCSV writes the comparisons of any two scenarios in the same draws:
// one record a figure and pair, behind a comment with the settings.
func SimulatePairsCSV(w io.Writer, s *Study) error { return dataCSV(w, s, pairs(s.Simulation)) }

// SimulatePairsJSON writes JSON Lines: a [DrawsMessage] with the settings, then a
// [PairMessage] for each figure and pair.
func SimulatePairsJSON(w io.Writer, s *Study) error { return dataJSON(w, s, pairs(s.Simulation)) }

// SimulateEffectsCSV writes the sensitivities: one record a number, behind a
// comment with the settings. The study has a Sensitivity.
func SimulateEffectsCSV(w io.Writer, s *Study) error { return dataCSV(w, s, effects(s.Sensitivity)) }

// SimulateEffectsJSON writes JSON Lines: a [DrawsMessage] with the settings, then
// an [EffectRecord] for each number.
func SimulateEffectsJSON(w io.Writer, s *Study) error { return dataJSON(w, s, effects(s.Sensitivity)) }

// SimulateWorthCSV writes what it is worth to know each number: one record a
// number, behind a comment with the settings. The first, without a name, is of all
// numbers. The study has an Information.
func SimulateWorthCSV(w io.Writer, s *Study) error { return dataCSV(w, s, worth(s.Information)) }

// SimulateWorthJSON writes JSON Lines: a [DrawsMessage] with the settings, then a
// [WorthRecord] for all numbers together and for each.
func SimulateWorthJSON(w io.Writer, s *Study) error { return dataJSON(w, s, worth(s.Information)) }

// dataCSV writes records behind a comment with the settings.
func dataCSV[T any](w io.Writer, s *Study, records []T) error {
	if err := settingsComment(w, s); err != nil {
		return err
	}
	return writeCSV(w, records)
}

func settingsComment(w io.Writer, s *Study) error {
	settings, err := json.Marshal(settingsOf(s))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "# %s\n", settings)
	return err
}

// dataJSON writes the settings and then the records, one a line.
func dataJSON[T any](w io.Writer, s *Study, records []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(settingsOf(s)); err != nil {
		return err
	}
	for _, r := range records {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

func curve(s *Study) []ExceedanceRecord {
	var out []ExceedanceRecord
	for k := range s.Scenarios {
		years := s.Scenarios[k].Column(sim.YearLoss)
		if years == nil {
			continue
		}
		for _, p := range years.Distribution().Curve() {
			out = append(out, ExceedanceRecord{s.Scenarios[k].Name, p.Chance, p.Loss})
		}
	}
	return out
}

// pairs compares any two scenarios by what the best is told by, and by risk where
// that is another figure.
func pairs(s *sim.Simulation) []PairMessage {
	out := []PairMessage{}
	for _, figure := range slices.Compact([]string{costOf(s), riskOf(s)}) {
		for a := range s.Scenarios {
			for b := range a {
				d := s.Minus(s.Scenarios[a].Column(figure), s.Scenarios[b].Column(figure))
				out = append(out, PairMessage{figure, s.Scenarios[a].Name, s.Scenarios[b].Name, d.Mean, d.SE, d.P5, d.P50, d.P95, d.Lower})
			}
		}
	}
	return out
}

func effects(a *sim.Sensitivity) []EffectRecord {
	var out []EffectRecord
	for _, e := range effectMessages(a) {
		out = append(out, EffectRecord{a.Figure, a.Scenario, a.Mean, a.Variance, a.Exact, a.Samples, e})
	}
	return out
}

func worth(v *sim.Information) []WorthRecord {
	out := []WorthRecord{{v.Best, v.Cost, "", v.Perfect, &v.SE, false}}
	for _, n := range v.Numbers {
		out = append(out, WorthRecord{v.Best, v.Cost, n.Number, n.Value, nil, v.Exact})
	}
	return out
}
