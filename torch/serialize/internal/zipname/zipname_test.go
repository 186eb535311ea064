package zipname

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for _, name := range []string{"a", "a/b.c", "..a/b..", ".data/x"} {
		if !Clean(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{"", "/a", "a/", "../a", "a/../b", "./a", "a//b", `a\b`, "C:a", "a\x00", "a\nb", strings.Repeat("a", 4097)} {
		if Clean(name) {
			t.Errorf("%q is let in", name)
		}
	}
}
