package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The picture of a front beside the README is what this command draws:
//
//	atree optimize --samples 2000 --plot .github/images/front.svg examples/model-weights.atree
func TestFrontPicture(t *testing.T) {
	t.Chdir("../..")
	const kept = ".github/images/front.svg"
	drawn := filepath.Join(t.TempDir(), "front.svg")
	var out, errs bytes.Buffer
	if status := run(t.Context(), []string{"optimize", "--samples", "2000", "--plot", drawn, "examples/model-weights.atree"}, nil, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, &errs)
	}
	got, err := os.ReadFile(drawn)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(kept, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	// Processors that fuse a product and a sum round otherwise: numbers may differ
	// in their last place, all else may not.
	number := regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	a, b := number.FindAllString(string(got), -1), number.FindAllString(string(want), -1)
	if len(a) != len(b) || !bytes.Equal(number.ReplaceAll(got, []byte("0")), number.ReplaceAll(want, []byte("0"))) {
		t.Fatalf("%s is not what atree draws", kept)
	}
	for i := range a {
		x, errX := strconv.ParseFloat(a[i], 64)
		y, errY := strconv.ParseFloat(b[i], 64)
		if errX != nil || errY != nil || math.Abs(x-y) > 0.011 {
			t.Errorf("number %d of %s is %s, atree draws %s", i, kept, b[i], a[i])
		}
	}
}

// A picture replaces an older one as a whole, and nothing is left beside it; a
// refused one leaves the old as it was.
func TestPictureFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "years.svg")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "model.atree")
	for text, want := range map[string]int{
		"goal step g { likelihood 50% }\n":                            2, // no loss, no picture
		"goal step g { likelihood 50% impact 1 attempts 1 cost 3 }\n": 0,
	} {
		if err := os.WriteFile(model, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if status := run(t.Context(), []string{"simulate", "--samples", "100", "--plot", path, model}, nil, &out, &errs); status != want {
			t.Fatalf("status %d, want %d: %s", status, want, &errs)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if drawn := bytes.HasPrefix(got, []byte("<?xml")); drawn != (want == 0) || !drawn && string(got) != "old" {
			t.Errorf("the file has %.20q", got)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("the folder has %v", entries)
	}
}

// A set of the front has the spread that simulate finds for it with the same seed.
func TestFrontDraws(t *testing.T) {
	type spread struct {
		Mean, SE, P5, P50, P95 float64
	}
	model := filepath.Join(t.TempDir(), "model.atree")
	text := `goal or g { impact 10..90 attempts 2 step a { likelihood 10%..60% } step b { likelihood beta(2, 5) } }
		control k { cost 5 on a { likelihood -70% } }
		control l { cost 7 on b { likelihood -50% } }`
	if err := os.WriteFile(model, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	read := func(into any, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if status := run(t.Context(), append(args, "--samples", "1500", "--seed", "4", "--format", "json", model), nil, &out, &errs); status != 0 {
			t.Fatalf("status %d: %s", status, &errs)
		}
		if err := json.Unmarshal(out.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	var front struct {
		Front []struct {
			Controls []string
			Draws    spread
		}
	}
	var study struct {
		Scenarios []struct {
			Impact spread `json:"expected_impact"`
		}
	}
	read(&front, "optimize")
	if len(front.Front) < 3 {
		t.Fatalf("the front has %d points", len(front.Front))
	}
	for _, q := range front.Front {
		args := []string{"simulate", "--set", strings.Join(append([]string{"none"}, q.Controls...), ",")}
		read(&study, args...)
		if got := study.Scenarios[1].Impact; got != q.Draws {
			t.Errorf("%v: optimize finds %+v, simulate %+v", q.Controls, q.Draws, got)
		}
	}
}

// Every picture says which params were set.
func TestPictureWhatIf(t *testing.T) {
	t.Chdir(t.TempDir())
	const model = `model { currency EUR }  param luck 20%..60%  goal step enter { cost 1k..2k  likelihood luck  impact 5k  attempts 3 }
control k { cost 1k on enter { likelihood -50% } }`
	for picture, args := range map[string][]string{
		"front.svg":   {"optimize", "--plot", "front.svg"},
		"budgets.svg": {"attackers", "--plot", "budgets.svg"},
		"years.svg":   {"simulate", "--samples", "100", "--plot", "years.svg"},
		"swings.svg":  {"simulate", "--samples", "100", "--sensitivity", "expected_impact", "--tornado", "swings.svg"},
	} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), append(args, "--param", "luck=25%", "-"), strings.NewReader(model), &out, &errs); status != 0 {
			t.Fatalf("%s: status %d: %s", picture, status, &errs)
		}
		if svg, err := os.ReadFile(picture); err != nil || !bytes.Contains(svg, []byte("What if: luck = 25")) {
			t.Errorf("%s does not say that a param was set (%v)", picture, err)
		}
	}
}
