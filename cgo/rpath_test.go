package cgo

import (
	"debug/elf"
	"os"
	"slices"
	"strings"
	"testing"
)

// Programs find libtorch where it was when they were built, and, when the checkout was
// moved, beside themselves: bin/ and third_party/ lie in it, lib/ beside bin/ in an image.
func TestRunPath(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	paths, err := f.DynString(elf.DT_RUNPATH)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.Join(paths, ":"), ":")
	for _, want := range []string{"$ORIGIN/../third_party/libtorch/lib", "$ORIGIN/../lib"} {
		if !slices.Contains(all, want) {
			t.Errorf("%s is not in the RUNPATH %q", want, all)
		}
	}
}
