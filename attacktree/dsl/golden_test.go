package dsl

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atree-dev/atree/attacktree/diag"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// TestBad pins what is printed for faulty files, to the byte.
func TestBad(t *testing.T) {
	inputs := golden(t, "testdata/bad/*.txtar", ".diag", func(src []byte) []byte {
		var out bytes.Buffer
		_, list := Parse("x.atree", src)
		if err := (&diag.Printer{}).Print(&out, list); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	})
	if inputs < 60 {
		t.Errorf("only %d inputs", inputs)
	}
}

// TestFormat pins the standard style.
func TestFormat(t *testing.T) {
	golden(t, "testdata/format/*.txtar", ".fmt", func(src []byte) []byte {
		checkFormat(t, src)
		f, _ := Parse("x.atree", src)
		return Format(f)
	})
}

// golden compares the result for each input of the archives with the file
// behind it, whose name has the suffix. It returns the number of inputs.
func golden(t *testing.T, pattern, suffix string, result func(src []byte) []byte) (inputs int) {
	t.Helper()
	archives, err := filepath.Glob(pattern)
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, path := range archives {
		comment, files := readArchive(t, path)
		want := map[string]string{}
		for _, f := range files {
			want[f.name] = f.data
		}
		now := comment
		for _, in := range files {
			if strings.HasSuffix(in.name, suffix) {
				continue
			}
			inputs++
			name, out := in.name+suffix, string(result([]byte(in.data)))
			now += fmt.Sprintf("-- %s --\n%s-- %s --\n%s", in.name, in.data, name, out)
			if !*update && out != want[name] {
				t.Errorf("%s: %s:\n%sgot\n%swant\n%s", filepath.Base(path), in.name, in.data, out, want[name])
			}
		}
		if *update {
			if err := os.WriteFile(path, []byte(now), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return inputs
}

// An entry is a file of an archive in the txtar format: lines "-- name --",
// each followed by the text of a file.
type entry struct{ name, data string }

func readArchive(t testing.TB, path string) (comment string, files []entry) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(text)) {
		name, marked := strings.CutPrefix(strings.TrimSuffix(l, "\n"), "-- ")
		name, closed := strings.CutSuffix(name, " --")
		switch {
		case marked && closed:
			files = append(files, entry{name: name})
		case files == nil:
			comment += l
		default:
			files[len(files)-1].data += l
		}
	}
	return comment, files
}
