package attacktree

import (
	"strings"
	"testing"
)

// TestOverdue asks what the date has to do with it.
func TestOverdue(t *testing.T) {
	tree, err := Parse("o.atree", []byte(`
model { reviewed 2026-01-01 every 90d }
goal step a
control k { review 2026-06-01 on a { block } }
control old { review 2020-01-01 status retired }
accept a "Small" { until 2026-03-31 reviewed 2026-03-01 every 1y }
`))
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[Date]string{
		{}:            "",
		{2026, 3, 31}: "",
		{2026, 4, 1}:  "acceptance-expired",
		{2026, 4, 2}:  "review-overdue acceptance-expired",
		{2026, 6, 1}:  "review-overdue acceptance-expired",
		{2026, 6, 2}:  "review-overdue review-overdue acceptance-expired",
		{2027, 3, 2}:  "review-overdue review-overdue acceptance-expired review-overdue",
	} {
		var got []string
		for _, p := range Vet(tree, &VetOptions{Today: date}) {
			got = append(got, string(p.Code))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v: found %v, want %s", date, got, want)
		}
	}
}

// TestFreeAttack holds the quick answer against plain cases.
func TestFreeAttack(t *testing.T) {
	for body, want := range map[string]bool{
		"or top { step a { cost 5 } step b { cost 0 } }":                          true,
		"or top { step a { cost 5 } step b { cost 1 } }":                          false,
		"and top { step a { cost 5 } step b { cost 0 } }":                         false,
		"or top { step a { cost 0 } step b { cost 0 } }":                          true,
		"or top { cost 3 step a { cost 5 } step b { cost 0 } }":                   false,
		"or top { step a step b }":                                                false,
		"atleast 2 top { step a { cost 0 } step b { cost 5 } step c { cost 0 } }": true,
		"atleast 2 top { step a { cost 0 } step b { cost 5 } step c { cost 1 } }": false,
		"or top { step a { cost 5 } condition b { rate 1 } }":                     false,
		"or top { step a { cost 5 } and b { assume 10% cost 0 use a } }":          true,
		"or top { step a { cost 5 } and b { assume 10% cost 1 use a } }":          false,
	} {
		tree, err := Parse("f.atree", []byte("goal "+body))
		if err != nil {
			t.Fatal(err)
		}
		free := false
		for _, p := range tree.Warnings() {
			free = free || p.Code == "free-attack"
		}
		if free != want {
			t.Errorf("%s: found %v, want %v", body, free, want)
		}
	}
}

// TestRepeatedImpact compares with the nearest impact above, on any way up.
func TestRepeatedImpact(t *testing.T) {
	for body, want := range map[string]string{
		"or top { impact 5 or m { step a { impact 5 } } }":                         "a",
		"or top { impact 5 or m { impact 6 step a { impact 5 } } }":                "",
		"or top { impact 5 or m { impact 5 step a { impact 5 } } }":                "m a",
		"or top { impact 0 step a { impact 0 } }":                                  "",
		"or top { or l { impact 1 step a { impact 2 } } or r { impact 2 use a } }": "a",
	} {
		tree, err := Parse("r.atree", []byte("goal "+body))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range tree.Warnings() {
			if p.Code == "repeated-impact" {
				got = append(got, p.Span.Text())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: found %v, want %s", body, got, want)
		}
	}
}
