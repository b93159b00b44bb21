package dsl

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/atree-dev/atree/attacktree/diag"
)

func addSeeds(f *testing.F) {
	language, err := os.ReadFile("testdata/language.atree")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(language)
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range archives {
		_, files := readArchive(f, path)
		for _, file := range files {
			f.Add([]byte(file.data))
		}
	}
	for seed := range uint64(30) {
		f.Add(randomFile(seed))
	}
}

// FuzzParse looks for panics, endless loops, and places outside of the text.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		file, list := Parse("x.atree", src)
		inside := func(what string, s diag.Span) {
			start, end := s.Offsets()
			if s.IsZero() || start > end || end > len(src) {
				t.Errorf("%s at %d to %d of %d", what, start, end, len(src))
			}
		}
		for _, p := range list {
			inside(p.Message, p.Span)
			for _, r := range p.Related {
				inside(r.Message, r.Span)
			}
		}
		for _, d := range file.Decls {
			inside("declaration", d.Place())
		}
		last := 0
		for _, c := range file.Comments {
			inside("comment", c.Span)
			if start, end := c.Span.Offsets(); start < last {
				t.Errorf("comment at %d after one that ends at %d", start, last)
			} else {
				last = end
			}
		}
		if len(list) > maxProblems+1 {
			t.Errorf("%d problems", len(list))
		}
		if err := list.Err(); (err == nil) != (len(list) == 0) {
			t.Error("a list of problems that is no error")
		}
		Format(file) // of a file with errors these need not mean anything
		Canonical(file)
	})
}

// FuzzFormat holds all promises of the formatter against any text that parses.
func FuzzFormat(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, list := Parse("x.atree", src); len(list) == 0 {
			checkFormat(t, src)
		}
	})
}
