// Package bounded measures in tests of readers how much memory reading took.
package bounded

import (
	"runtime"
	"testing"
)

// Check fails the test if f allocates more than perByte times the input's bytes and 16
// MB, including memory freed meanwhile.
func Check(t testing.TB, input, perByte int, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(perByte*input+16<<20) {
		t.Errorf("%d bytes of memory for an input of %d", used, input)
	}
}
