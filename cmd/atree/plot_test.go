package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
