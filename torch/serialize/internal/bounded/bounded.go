// Package bounded measures in tests of readers how much memory reading took.
package bounded

import (
	"flag"
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

// Quick bounds for a fuzz test how long each input with new coverage is made shorter. By
// default that takes up to a minute for each, in which nothing else is tried, as cutting
// every part out of a file of some kilobytes takes millions of runs.
func Quick(f *testing.F) {
	f.Helper()
	const name = "test.fuzzminimizetime"
	if v := flag.Lookup(name); v != nil && v.Value.String() == v.DefValue {
		if err := v.Value.Set("200x"); err != nil {
			f.Fatal(err)
		}
	}
}
