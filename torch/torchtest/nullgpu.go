package torchtest

import (
	"os"
	"strings"
	"testing"
)

// NeedsNumbers skips a test on the null GPU (cgo/cuda/nullgpu), which computes nothing.
func NeedsNumbers(t testing.TB) {
	t.Helper()
	if strings.Contains(os.Getenv("LD_PRELOAD"), "nullgpu") {
		t.Skip("the null GPU computes nothing")
	}
}
