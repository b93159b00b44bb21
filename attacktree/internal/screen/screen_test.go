package screen

import "testing"

func TestWidth(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"abc", 3}, {"é", 1}, {"e\u0301", 1}, {"模型", 4}, {"🔒", 2}, {"…", 1}, {"–", 1}, {"한국", 4}, {"a\u200bb", 2}, {"", 0},
	} {
		if got := Width(c.text); got != c.want {
			t.Errorf("Width(%q) = %d, want %d", c.text, got, c.want)
		}
	}
}

func TestObeyed(t *testing.T) {
	for _, r := range "\x00\a\b\t\n\r\x1b\x7f\u0085\u009b\u2028\u2029\u202e\u2066\u200f" {
		if !Obeyed(r) {
			t.Errorf("%U is shown", r)
		}
	}
	for _, r := range "a é\u0301模🔒\u00a0\ufffd" {
		if Obeyed(r) {
			t.Errorf("%U is not shown", r)
		}
	}
}
