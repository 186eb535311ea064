package bcldata

import (
	"path/filepath"
	"strings"
	"testing"
)

// What users type is quoted in errors and results, as what files hold is.
func TestTypedNames(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "a\x1b[2J\u202eb")
	for _, args := range [][]string{
		{"inspect", odd}, {"verify", odd}, {odd}, {"inspect", "embedded", "--list", odd}, {"inspect", "--train-list", odd},
		{"inspect", "--probe-list", odd}, {"split", "embedded", "--out", filepath.Join(odd, "x.npy")}, {"export", "embedded", "--out", filepath.Join(odd, "x")},
		{"inspect", "--" + odd}, {"split", "--shots", odd},
	} {
		if _, out, log := bcl(args...); strings.ContainsAny(out+log, "\x1b\u202e") {
			t.Errorf("%q: %q", args, out+log)
		}
	}
}
