package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// A limit is suggested only for what can be decoded with it.
func TestEnlarge(t *testing.T) {
	for _, c := range []struct {
		w, h   int
		memory int64
		want   string
	}{
		{20000, 10000, 16 << 30, "--max-pixels 200000000 reads it"},
		{20000, 10000, 1 << 30, "decoding 20000 x 10000 pixels takes 1.304 GiB of memory, and there are 1: no --max-pixels reads it here"},
		{65500, 65500, 16 << 30, "takes 27.97 GiB of memory, and there are 16: no --max-pixels"},
		{20000, 10000, 0, "--max-pixels 200000000 reads it"},
		{1<<32 - 1, 1<<32 - 1, 0, "GiB of memory: no --max-pixels"},
	} {
		if got := enlarge(&rgb.SizeError{W: c.w, H: c.h}, c.memory); !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if got := Large(fmt.Errorf("a.png: %w", &rgb.SizeError{W: 14000, H: 13000, Max: rgb.MaxPixels})); !strings.HasPrefix(got, "\n(") || !strings.HasSuffix(got, ")") {
		t.Errorf("%q is no line of its own in brackets", got)
	}
	if got := Large(&rgb.SizeError{W: 0, H: 5}); got != "" {
		t.Errorf("no pixels: %q", got)
	}
}
