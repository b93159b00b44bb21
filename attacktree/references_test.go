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

func (fewNames) HintPattern(string) string { return "there is none" }

func (fewNames) CheckKind(of Kinded, word string) *Finding {
	if word != "odd" && word != "model-registri" {
		return nil
	}
	return &Finding{"unknown-kind", "is an odd " + string(of), "hint"}
}

func TestReferences(t *testing.T) {
	src := []byte(`
goal or harm {
  step a { threat x, model-theft, y  refs ATLAS:1, OWASP:2:2023, ATLAS:2 }
  step b { threat model-theft  refs "https://example.org" }
}
control k { threat x  on threat z, threat model-theft { block } }
asset gold { kind odd }
system "S" {
  boundary inside { kind odd  process serve { component odd } }
}
accept threat z "Rare"
`)
	tree, err := (&Loader{Library: fewNames{}}).Parse("r.atree", src)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`r.atree:3:19: warning: "a" refers to the threat x [unknown-threat] (hint x)`,
		`r.atree:3:35: warning: "a" refers to the threat y [unknown-threat] (hint y)`,
		`r.atree:3:43: warning: "a" refers to ATLAS:1 [unknown-reference]`,
		`r.atree:3:52: warning: "a" refers to OWASP:2:2023 [moved-reference] (hint)`,
		`r.atree:3:66: warning: "a" refers to ATLAS:2 [unknown-reference]`,
		`r.atree:6:20: warning: "k" refers to the threat x [unknown-threat] (hint x)`,
		`r.atree:6:33: warning: no node carries the threat "z" that the control "k" acts on [idle-target]`,
		`r.atree:6:33: warning: "k" refers to the threat z [unknown-threat] (hint z)`,
		`r.atree:7:19: warning: "gold" is an odd asset [unknown-kind] (hint)`,
		`r.atree:9:26: warning: "inside" is an odd boundary [unknown-kind] (hint)`,
		`r.atree:9:57: warning: "serve" is an odd component [unknown-kind] (hint)`,
		`r.atree:11:1: warning: no node carries the threat "z" that is accepted [idle-target]`,
		`r.atree:11:15: warning: "accept" refers to the threat z [unknown-threat] (hint z)`,
	}
	if got := codesOf(tree.Warnings()); !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
	asked := Vet(tree, &VetOptions{Library: fewNames{}})
	if !slices.Equal(codesOf(asked), want) {
		t.Errorf("when asked again: %v", codesOf(asked))
	}
	if unasked := Vet(tree, nil); len(unasked) != 2 {
		t.Errorf("without a guide: %v", codesOf(unasked))
	}
	var nobody Library
	if v := Vet(tree, &VetOptions{Library: nobody}); len(v) != 2 {
		t.Errorf("without a library: %v", codesOf(v))
	}
}
