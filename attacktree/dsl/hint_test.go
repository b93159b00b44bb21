package dsl

import (
	"strings"
	"testing"
)

// Many wrong words take time in proportion: their hints do not each go through the
// whole file, which would be minutes here.
func TestManyUnknownWords(t *testing.T) {
	const n = 300_000
	src := "goal or g {\n" + strings.Repeat("  zzq\n", n) + "}\n"
	_, err := Parse("x.atree", []byte(src))
	if err == nil {
		t.Fatal("no error")
	}
	if got := strings.Count(err.Error(), "zzq"); got == 0 {
		t.Errorf("the word is not in the error: %.200s", err)
	}
}
