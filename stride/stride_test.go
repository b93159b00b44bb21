package stride

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCategoryWords(t *testing.T) {
	tests := []struct {
		c                            Category
		word, letter, name, property string
	}{
		{Spoofing, "spoofing", "S", "Spoofing", "authenticity"},
		{Tampering, "tampering", "T", "Tampering", "integrity"},
		{Repudiation, "repudiation", "R", "Repudiation", "non-repudiation"},
		{InformationDisclosure, "information-disclosure", "I", "Information Disclosure", "confidentiality"},
		{DenialOfService, "denial-of-service", "D", "Denial of Service", "availability"},
		{ElevationOfPrivilege, "elevation-of-privilege", "E", "Elevation of Privilege", "authorization"},
	}
	for _, tt := range tests {
		if tt.c.String() != tt.word || tt.c.Letter() != tt.letter || tt.c.Name() != tt.name || tt.c.Property() != tt.property || tt.c.Meaning() == "" {
			t.Errorf("%v: letter %q, name %q, property %q, meaning %q", tt.c, tt.c.Letter(), tt.c.Name(), tt.c.Property(), tt.c.Meaning())
		}
		for _, word := range []string{tt.word, tt.letter} {
			if c, err := Parse(word); c != tt.c || err != nil {
				t.Errorf("Parse(%q) = %v, %v", word, c, err)
			}
		}
		text, err := tt.c.MarshalText()
		var back Category
		if err != nil || string(text) != tt.word || back.UnmarshalText(text) != nil || back != tt.c {
			t.Errorf("%v goes through text as %q, %v, and comes back as %v", tt.c, text, err, back)
		}
	}
	if Every.Len() != len(tests) {
		t.Errorf("there are %d categories, the test knows %d", Every.Len(), len(tests))
	}
}

func TestCategoryRefused(t *testing.T) {
	for _, word := range []string{"", "s", "Spoofing", "X", "ST", "denial of service", "Category(6)"} {
		if c, err := Parse(word); err == nil || !strings.HasPrefix(err.Error(), "stride: expected one of spoofing, tampering,") {
			t.Errorf("Parse(%q) = %v, %v", word, c, err)
		}
	}
	bad := Category(6)
	if bad.String() != "Category(6)" || bad.Letter()+bad.Name()+bad.Property()+bad.Meaning() != "" {
		t.Errorf("category 6 is %v, letter %q", bad, bad.Letter())
	}
	if text, err := bad.MarshalText(); err == nil {
		t.Errorf("category 6 is written as %q", text)
	}
	if err := bad.UnmarshalText([]byte("nonsense")); err == nil || bad != 6 {
		t.Errorf("UnmarshalText(nonsense) = %v, and sets %v", err, bad)
	}
}

func TestSet(t *testing.T) {
	for text, want := range map[string]string{"": "", "STI": "STI", "EDIRTS": "STRIDE", "ITI": "TI", "E": "E"} {
		s, err := ParseSet(text)
		if err != nil || s.String() != want || s.Len() != len(want) {
			t.Errorf("ParseSet(%q) = %v (%d), %v; want %q", text, s, s.Len(), err, want)
		}
		for c := range Every.All() {
			if s.Has(c) != strings.Contains(want, c.Letter()) {
				t.Errorf("%v has %v: %v", s, c, s.Has(c))
			}
		}
		if back := SetOf(s.Slice()...); back != s {
			t.Errorf("%v becomes %v by way of a slice", s, back)
		}
	}
	for _, text := range []string{"STX", "s", "S T", "É"} {
		if s, err := ParseSet(text); err == nil || s != 0 {
			t.Errorf("ParseSet(%q) = %v, %v", text, s, err)
		}
	}
	for _, c := range []Category{6, 7, 8, 200, 255} {
		if s := Every.Add(c); s != Every || s.Has(c) || SetOf(c) != 0 {
			t.Errorf("%v got into a set: %v", c, s)
		}
	}
	for c := range Every.All() { // stopping early is allowed
		if c == Repudiation {
			break
		}
	}
}

func TestElementKind(t *testing.T) {
	for word, kind := range map[string]ElementKind{"external": External, "process": Process, "store": Store, "flow": Flow} {
		if got, err := ParseElementKind(word); got != kind || err != nil || kind.String() != word {
			t.Errorf("ParseElementKind(%q) = %v, %v", word, got, err)
		}
		text, err := kind.MarshalText()
		var back ElementKind
		if err != nil || back.UnmarshalText(text) != nil || back != kind {
			t.Errorf("%v goes through text as %q, %v, and comes back as %v", kind, text, err, back)
		}
	}
	for _, word := range []string{"", "none", "External", "boundary"} {
		if kind, err := ParseElementKind(word); err == nil {
			t.Errorf("ParseElementKind(%q) = %v", word, kind)
		}
	}
	for _, kind := range []ElementKind{0, 5} {
		if text, err := kind.MarshalText(); err == nil || PerElement(kind, true) != 0 {
			t.Errorf("kind %d is written as %q and threatened by %v", uint8(kind), text, PerElement(kind, true))
		}
	}
}

func TestPerElement(t *testing.T) {
	tests := []struct {
		kind ElementKind
		logs bool
		want string
	}{
		{External, false, "SR"}, {Process, false, "STRIDE"}, {Store, false, "TID"}, {Store, true, "TRID"}, {Flow, false, "TID"},
	}
	for _, tt := range tests {
		if got := PerElement(tt.kind, tt.logs).String(); got != tt.want {
			t.Errorf("PerElement(%v, %v) = %s, want %s", tt.kind, tt.logs, got, tt.want)
		}
	}
}

// The letters of each cell of the template's table, and what its rules threaten.
func TestPerInteraction(t *testing.T) {
	tests := []struct {
		source, target ElementKind
		inside, across string // letters without and with a boundary between
	}{
		{Process, Process, "E", "STRIDE"},
		{Process, External, "", "SRD"},
		{Process, Store, "SD", "STRID"},
		{External, Process, "SE", "STRIDE"},
		{External, External, "", "RD"},
		{External, Store, "S", "STRD"},
		{Store, Process, "SI", "SRIDE"},
		{Store, External, "SI", "SRID"},
		{Store, Store, "S", "SRD"},
	}
	used := map[string]bool{}
	for _, tt := range tests {
		for _, crosses := range []bool{false, true} {
			var got Set
			last := Spoofing
			for _, rule := range PerInteraction(Interaction{Source: tt.source, Target: tt.target, Crosses: crosses}) {
				used[rule.ID] = true
				if rule.ID[:1] != rule.Category.Letter() || rule.Text == "" || rule.Category < last {
					t.Errorf("%v to %v: rule %+v is malformed or out of order", tt.source, tt.target, rule)
				}
				last = rule.Category
				got = got.Add(rule.Category)
				if rule.On > OnFlow {
					t.Errorf("%v to %v: rule %s threatens %v", tt.source, tt.target, rule.ID, rule.On)
				}
				// What a rule says of stores and entities must threaten one.
				ends := map[Part]ElementKind{OnSource: tt.source, OnTarget: tt.target, OnFlow: Flow}
				if of, ok := map[string]ElementKind{
					"S1": Process, "S2": Process, "S3": External, "S7": Store, "S7.1": Store, "S8": External, "T18": Store,
					"R6": Process, "R7": External, "R8": Store, "I6": Flow, "I23": Store, "D2": Store, "D3": Process, "D4": Flow, "D5": Store,
					"T1": Process, "E5": Process, "E6": Process, "E7": Process,
				}[rule.ID]; !ok || ends[rule.On] != of {
					t.Errorf("%v to %v: rule %s threatens the %v, a %v", tt.source, tt.target, rule.ID, rule.On, ends[rule.On])
				}
			}
			want := tt.inside
			if crosses {
				want = tt.across
			}
			if got.String() != want {
				t.Errorf("%v to %v, crossing %v: %s, want %s", tt.source, tt.target, crosses, got, want)
			}
		}
	}
	if len(used) != 20 || len(used) != len(templateRules) {
		t.Errorf("%d of %d rules are used, want 20 of 20", len(used), len(templateRules))
	}
	if got := PerInteraction(Interaction{Source: Flow, Target: Process}); got != nil {
		t.Errorf("a flow sends data: %v", got)
	}
}

func TestShostack(t *testing.T) {
	tests := []struct {
		i                    Interaction
		source, target, flow string
	}{
		{Interaction{Source: Process, Target: Store}, "SI", "TRID", ""},
		{Interaction{Source: Process, Target: Process}, "SRIDE", "SRDE", ""},
		{Interaction{Source: Process, Target: External}, "SRID", "S", ""},
		{Interaction{Source: Process, Target: External, Human: true}, "R", "S", ""},
		{Interaction{Source: Store, Target: Process}, "RID", "STDE", ""},
		{Interaction{Source: External, Target: Process, Crosses: true}, "SRI", "SDE", "TID"},
		{Interaction{Source: External, Target: External, Crosses: true}, "", "", "TID"},
		{Interaction{Source: Store, Target: Store}, "", "", ""},
	}
	rows := map[string]bool{}
	for _, tt := range tests {
		var got [3]Set
		for _, rule := range Shostack(tt.i) {
			rows[rule.ID] = true
			got[rule.On] = got[rule.On].Add(rule.Category)
		}
		if got[OnSource].String() != tt.source || got[OnTarget].String() != tt.target || got[OnFlow].String() != tt.flow {
			t.Errorf("%+v: %v, want %s %s %s", tt.i, got, tt.source, tt.target, tt.flow)
		}
	}
	if len(rows) != 12 {
		t.Errorf("%d of the 12 rows were used", len(rows))
	}
}

func TestAIData(t *testing.T) {
	groups, letters, names := map[string]int{}, 0, map[string]bool{}
	for _, a := range AIAssets() {
		groups[a.Group]++
		letters += a.Threats.Len()
		names[a.Name] = true
	}
	if groups["data"] != 8 || groups["models"] != 6 || groups["artefacts"] != 4 || len(names) != 18 {
		t.Errorf("the groups are %v with %d names, want 8 data, 6 models, 4 artefacts", groups, len(names))
	}
	if letters != 20+19+5 {
		t.Errorf("there are %d letters, want 44", letters)
	}
	parallels := 0
	for _, m := range MLThreats() {
		if m.Parallel != "" {
			parallels++
		}
	}
	if len(MLThreats()) != 15 || parallels != 8 {
		t.Errorf("%d threats with %d parallels, want 15 with 8", len(MLThreats()), parallels)
	}
	AIAssets()[0].Name = "changed"
	MLThreats()[0].Name = "changed"
	if AIAssets()[0].Name == "changed" || MLThreats()[0].Name == "changed" {
		t.Error("a caller can change the data")
	}
}

func TestMethod(t *testing.T) {
	for _, m := range []Method{ByElement, ByInteraction, ByShostack} {
		text, err := json.Marshal(m)
		var back Method
		if err != nil || json.Unmarshal(text, &back) != nil || back != m {
			t.Errorf("%v goes through JSON as %s, %v, and comes back as %v", m, text, err, back)
		}
	}
	if m, err := ParseMethod("by-guess"); err == nil {
		t.Errorf("ParseMethod(by-guess) = %v", m)
	}
	if text, err := Method(9).MarshalText(); err == nil {
		t.Errorf("method 9 is written as %q", text)
	}
	if got := []string{Method(9).String(), Part(9).String(), OnFlow.String(), ElementKind(9).String()}; strings.Join(got, " ") != "Method(9) Part(9) flow ElementKind(9)" {
		t.Errorf("printed %q", got)
	}
}
