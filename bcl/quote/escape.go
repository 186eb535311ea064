package quote

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Escape returns a name as tables and JSON have it, which are UTF-8: each byte that is not UTF-8,
// or is a control character, as \xNN, and as \x5c the backslash of what looks like that; all else
// as it is. [Unescape] returns the name.
func Escape(name string) string {
	if utf8.ValidString(name) && !strings.ContainsFunc(name, control) && !strings.Contains(name, `\x`) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, n := utf8.DecodeRuneInString(name[i:])
		_, looks := escaped(name[i:])
		if r == utf8.RuneError && n == 1 || control(r) || looks {
			fmt.Fprintf(&b, `\x%02x`, name[i])
			n = 1
		} else {
			b.WriteString(name[i : i+n])
		}
		i += n
	}
	return b.String()
}

// EscapeAll returns [Escape] of each; nil of nil.
func EscapeAll(names []string) []string {
	if names == nil {
		return nil
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = Escape(name)
	}
	return out
}

// Unescape returns the name that [Escape] wrote.
func Unescape(text string) string {
	if !strings.Contains(text, `\x`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if c, ok := escaped(text[i:]); ok {
			b.WriteByte(c)
			i += len(`\xNN`) - 1
		} else {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// control reports the control characters of ASCII.
func control(r rune) bool { return r < ' ' || r == 0x7f }

// escaped returns the byte of an escape at the beginning of a text.
func escaped(s string) (c byte, ok bool) {
	if len(s) < 4 || s[0] != '\\' || s[1] != 'x' {
		return 0, false
	}
	for _, d := range []byte(s[2:4]) {
		switch {
		case d >= '0' && d <= '9':
			c = c<<4 | (d - '0')
		case d >= 'a' && d <= 'f':
			c = c<<4 | (d - 'a' + 10)
		default:
			return 0, false
		}
	}
	return c, true
}
