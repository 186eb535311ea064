package zipname

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, name := range []string{"a", "a/b.c", "..a/b..", ".data/x", "run_12:30:05/data.pkl", "conv1/kernel:0.npy", "C:a"} {
		if err := Check(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
	for name, want := range map[string]string{
		"": `a part that is ""`, "a/": `a part that is ""`, "a//b": `a part that is ""`, "./a": `a part that is "."`,
		"../a": `a part that is ".."`, "a/../b": `a part that is ".."`, "a/..": `a part that is ".."`,
		"/a": "begins with a slash", "/": "begins with a slash",
		`a\b`: `the character '\\'`, "a\x00": `the character '\x00'`, "a\nb": `the character '\n'`, "a\rb": `the character '\r'`,
		strings.Repeat("a", 4097): "4097 bytes, more than 4096",
	} {
		if err := Check(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: error %v, want one with %q", name, err, want)
		}
	}
}
