package pickle

import (
	"fmt"
	"strings"
	"testing"
)

// TestPython2 reads what Python 2's two picklers wrote; its dicts have no order.
func TestPython2(t *testing.T) {
	want := map[string]string{
		"str":     `["", "abc", b"\x00\xff\\n'\"\n", "` + strings.Repeat("x", 300) + `"]`,
		"unicode": `["", "abc", "é€😀\\u0041\n"]`,
		"ints":    `[1, -1, 2147483648, -1099511627776, 1000000000000000000000000000000, 5]`,
		"bools":   `(true, false, None)`,
		"floats":  `[0.5, -1e+300]`,
		"set":     `set(1)`,
	}
	for _, module := range []string{"pickle", "cPickle"} {
		for p := range 3 {
			v, err := Unmarshal(golden(t, fmt.Sprintf("py2_%s_%d.pkl", module, p)), plain)
			if err != nil {
				t.Errorf("%s, protocol %d: %v", module, p, err)
				continue
			}
			for key, text := range want {
				x, ok := v.(*Dict).Get(key)
				if got := repr(x); !ok || got != text {
					t.Errorf("%s, protocol %d: %s: got %s, want %s", module, p, key, got, text)
				}
			}
		}
	}
}
