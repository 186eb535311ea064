package protocol

import (
	"slices"
	"strings"
	"testing"
)

func TestExpand(t *testing.T) {
	if got := expand("a{1..3}b{9..10}"); !slices.Equal(got, []string{"a1b9", "a1b10", "a2b9", "a2b10", "a3b9", "a3b10"}) {
		t.Errorf("%v", got)
	}
	if got := expand("plain{a..b}"); !slices.Equal(got, []string{"plain{a..b}"}) {
		t.Errorf("%v", got)
	}
	if _, err := Expand([]string{"x.npy", "x.npy"}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same list twice: %v", err)
	}
}
