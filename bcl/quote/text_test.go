package quote

import "testing"

func TestText(t *testing.T) {
	for _, c := range []struct {
		message string
		names   []string
		want    string
	}{
		{"a.pt: no\n\tsuch file", nil, "a.pt: no\n\tsuch file"},
		{"open a\x1b[2J\u202e: no", nil, `open a\x1b[2J\u202e: no`},
		{"open d/a\nfake: ok: no", []string{"--data", "d/a\nfake: ok"}, `open "d/a\nfake: ok": no`},
		{"Käse: 猫", []string{"Käse"}, "Käse: 猫"},
		{"a\rb", []string{"a\rb"}, `"a\rb"`},
	} {
		if got := Text(c.message, c.names...); got != c.want {
			t.Errorf("%q is %q, want %q", c.message, got, c.want)
		}
	}
}
