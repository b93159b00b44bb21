package attacktree

import (
	"slices"
	"strings"
	"testing"
)

// fewNames is a guide that knows hardly anything.
type fewNames struct{}

func (fewNames) Pattern(string) ([]byte, bool) { return nil, false }

func (fewNames) CheckThreat(slug string) *Finding {
	if slug == "model-theft" {
		return nil
	}
	return &Finding{"unknown-threat", "the threat " + slug, "hint " + slug}
}

func (fewNames) CheckReference(ref string) *Finding {
	switch {
	case strings.HasSuffix(ref, ":2023"):
		return &Finding{"moved-reference", ref, "hint"}
	case strings.HasPrefix(ref, "ATLAS:") && ref != "ATLAS:AML.T0051":
		return &Finding{"unknown-reference", ref, ""}
	}
	return nil
}

func TestReferences(t *testing.T) {
	src := []byte(`
goal or harm {
  step a { threat x, model-theft, y  refs ATLAS:1, OWASP:2:2023, ATLAS:2 }
  step b { threat model-theft  refs "https://example.org" }
}
control k { threat x  on threat z, threat model-theft { block } }
`)
	tree, err := (&Loader{Library: fewNames{}}).Parse("r.atree", src)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`r.atree:3:8: warning: "a" refers to OWASP:2:2023 [moved-reference] (hint)`,
		`r.atree:3:8: warning: "a" refers to ATLAS:1, and to ATLAS:2 [unknown-reference]`,
		`r.atree:3:8: warning: "a" refers to the threat x, and to the threat y [unknown-threat] (hint x hint y)`,
		`r.atree:6:9: warning: "k" refers to the threat x, and to the threat z [unknown-threat] (hint x hint z)`,
		`r.atree:6:23: warning: no node carries the threat "z" that the control "k" acts on [idle-target]`,
	}
	if got := codesOf(tree.Warnings()); !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
	asked := Vet(tree, &VetOptions{Library: fewNames{}})
	if !slices.Equal(codesOf(asked), want) {
		t.Errorf("when asked again: %v", codesOf(asked))
	}
	if unasked := Vet(tree, nil); len(unasked) != 1 {
		t.Errorf("without a guide: %v", codesOf(unasked))
	}
	var nobody Library
	if v := Vet(tree, &VetOptions{Library: nobody}); len(v) != 1 {
		t.Errorf("without a library: %v", codesOf(v))
	}
}
