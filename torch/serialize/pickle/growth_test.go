package pickle

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
)

// TestGrowthIsBounded: memory that grows by cheap opcodes (the memo, copies of the top of
// the stack, marks, references, skipped classes) is proportional to the pickle.
func TestGrowthIsBounded(t *testing.T) {
	const n = 200_000
	var memo strings.Builder
	for i := range n {
		memo.WriteString("r" + string([]byte{byte(i), byte(i >> 8), byte(i >> 16), 0}))
	}
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"memo":       {"N" + memo.String() + ".", true},
		"memoize":    {"\x80\x04N" + strings.Repeat("\x94", n) + ".", true},
		"copies":     {"(N" + strings.Repeat("2", n) + "t.", true},
		"references": {"(]q\x00" + strings.Repeat("h\x00", n) + "t.", true},
		"marks":      {strings.Repeat("(", n) + ".", false},
		"tuples":     {"(" + strings.Repeat("N\x85", n) + "t.", true},
		"lists":      {"(" + strings.Repeat("]", n) + "l.", true},
		"dicts":      {"(" + strings.Repeat("}", n) + "l.", true},
		"skipped":    {"(" + strings.Repeat("ca\nB\n", n) + "t.", true},
		"pairs":      {"N" + strings.Repeat("2\x86", n) + ".", false},
	} {
		var err error
		bounded.Check(t, len(c.text), 400, func() {
			_, err = Unmarshal([]byte(c.text), Options{FindClass: Skip(plain.FindClass, func(string) {})})
		})
		if (err == nil) != c.good {
			t.Errorf("%s: error %v, good %v", name, err, c.good)
		}
	}
}

// TestSharedText: long text and numbers that are used again and again count each time, as
// they would be printed.
func TestSharedText(t *testing.T) {
	text := "X\x00\x00\x10\x00" + strings.Repeat("a", 1<<20)
	long := "\x8b\x00\xa0\x00\x00" + strings.Repeat("a", 40<<10)
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"500 of 1 MB":             {"(" + text + "q\x00" + strings.Repeat("h\x00", 500) + "l.", false},
		"20 of 1 MB":              {"(" + text + "q\x00" + strings.Repeat("h\x00", 20) + "l.", true},
		"20,000 numbers of 40 kB": {"(" + long + "q\x00" + strings.Repeat("h\x00", 20_000) + "l.", false},
		"100,000 short":           {"(U\x03abcq\x00" + strings.Repeat("h\x00", 100_000) + "l.", true},
	} {
		_, err := Unmarshal([]byte(c.text), Options{})
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "expanding shared values") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
