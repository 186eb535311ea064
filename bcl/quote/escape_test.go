package quote

import (
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for name, want := range map[string]string{
		"a b/Käse, \"猫\".jpg": "a b/Käse, \"猫\".jpg",
		"latin1 \xe9.png":     `latin1 \xe9.png`,
		"a\r\nb\x00\x7f":      `a\x0d\x0ab\x00\x7f`,
		`dir\x.png`:           `dir\x.png`,
		`dir\xe9.png`:         `dir\x5cxe9.png`,
		`\xE9 \x5c`:           `\xE9 \x5cx5c`,
		"\xff\\xff":           `\xff\x5cxff`,
		"\ufffd":              "\ufffd",
	} {
		if got := Escape(name); got != want || Unescape(got) != name {
			t.Errorf("%q: %q, and back %q; want %q", name, got, Unescape(got), want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\xe9\\xe9\n")
	f.Fuzz(func(t *testing.T, name string) {
		if e := Escape(name); !utf8.ValidString(e) || Unescape(e) != name {
			t.Errorf("%q: %q, and back %q", name, e, Unescape(e))
		}
	})
}
