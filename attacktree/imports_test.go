package attacktree_test

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/atree-dev/atree/"

// mayImport says what each package may import besides the standard library, in
// an order in which each stands below all that it may import. Names of this
// module's packages are without its path; that of another module stands for all
// of its packages.
var mayImport = []struct{ pkg, imports string }{
	{"stride", ""},
	{"attacktree/internal/screen", ""},
	{"attacktree/internal/words", ""},
	{"attacktree/diag", "attacktree/internal/screen"},
	{"attacktree/quantity", "gonum.org/v1/gonum"},
	{"attacktree/dsl", "attacktree/diag github.com/alecthomas/participle/v2"},

	// The engines know numbers only.
	{"attacktree/internal/circuit", ""},
	{"attacktree/internal/front", ""},
	{"attacktree/internal/memory", ""},
	{"attacktree/internal/bdd", "attacktree/internal/circuit attacktree/internal/memory"},
	{"attacktree/internal/zbdd", "attacktree/internal/circuit attacktree/internal/bdd attacktree/internal/memory"},
	{"attacktree/internal/dnnf", "attacktree/internal/circuit attacktree/internal/memory"},
	{"attacktree/internal/program", "attacktree/internal/circuit attacktree/internal/bdd attacktree/internal/zbdd attacktree/internal/dnnf"},
	{"attacktree/internal/compiled", "attacktree/internal/circuit attacktree/internal/program"},
	{"attacktree/internal/budget", "attacktree/internal/circuit attacktree/internal/bdd attacktree/internal/program"},

	// The package that people import.
	{"attacktree", "stride attacktree/dsl attacktree/diag attacktree/quantity " +
		"attacktree/internal/circuit attacktree/internal/compiled attacktree/internal/program gonum.org/v1/gonum"},

	// For tests and measurements. Nothing that users get imports these.
	{"attacktree/internal/brute", "attacktree attacktree/quantity"},
	{"attacktree/internal/treegen", "attacktree attacktree/quantity"},
	{"attacktree/internal/scale/openpsa", "attacktree/internal/circuit"},
	{"attacktree/internal/scale", "attacktree/internal/circuit attacktree/internal/program attacktree/internal/scale/openpsa"},

	// Questions about whole trees, and their answers.
	{"attacktree/mitigate", "attacktree attacktree/quantity gonum.org/v1/gonum " +
		"attacktree/internal/circuit attacktree/internal/compiled attacktree/internal/front attacktree/internal/program"},
	{"attacktree/attackers", "attacktree attacktree/quantity gonum.org/v1/gonum " +
		"attacktree/internal/budget attacktree/internal/compiled attacktree/internal/front attacktree/internal/program"},
	{"attacktree/uncertain", "attacktree attacktree/quantity gonum.org/v1/gonum " +
		"attacktree/internal/circuit attacktree/internal/compiled attacktree/internal/program"},
	{"attacktree/interchange", "attacktree attacktree/dsl attacktree/diag attacktree/quantity"},
	{"catalog", "attacktree attacktree/dsl attacktree/diag attacktree/quantity stride"},
	{"attacktree/render", "attacktree attacktree/mitigate attacktree/attackers attacktree/uncertain " +
		"attacktree/diag attacktree/quantity attacktree/internal/screen attacktree/internal/words catalog stride github.com/emicklei/dot"},
	{"attacktree/plot", "attacktree attacktree/mitigate attacktree/attackers attacktree/uncertain " +
		"attacktree/internal/screen attacktree/internal/words gonum.org/v1/plot golang.org/x/image"},

	// The command has nothing of its own: it imports no internal package.
	{"cmd/atree", "attacktree attacktree/mitigate attacktree/attackers attacktree/uncertain attacktree/interchange attacktree/render attacktree/plot " +
		"attacktree/quantity attacktree/dsl attacktree/diag catalog stride " +
		"github.com/spf13/cobra github.com/spf13/pflag golang.org/x/term github.com/rogpeppe/go-internal"},
	{"examples", ""}, // tests only
}

// The packages depend on each other as the table says, and none is missing
// from it. Imports of tests are free.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(strings.ReplaceAll(line, module, ""))
		found[words[0]] = words[1:]
	}
	above := map[string]bool{}
	for _, row := range mayImport {
		imports, ok := found[row.pkg]
		if !ok {
			t.Errorf("%s is in the table, but there is no such package", row.pkg)
		}
		may := strings.Fields(row.imports)
		for _, name := range may {
			if !foreign(name) && !above[name] {
				t.Errorf("the table lets %s import %s, which does not stand above it", row.pkg, name)
			}
		}
		for _, name := range imports {
			_, ours := found[name]
			if (ours || foreign(name)) && !slices.ContainsFunc(may, func(m string) bool {
				return name == m || foreign(m) && strings.HasPrefix(name, m+"/")
			}) {
				t.Errorf("%s imports %s, which it may not", row.pkg, name)
			}
		}
		if above[row.pkg] {
			t.Errorf("%s is in the table twice", row.pkg)
		}
		above[row.pkg] = true
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if !above[name] {
			t.Errorf("%s is not in the table: say what it may import", name)
		}
	}
}

// foreign reports whether a package is neither of this module nor of the
// standard library.
func foreign(name string) bool { return strings.Contains(name, ".") }
