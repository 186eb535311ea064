package protocol

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// touch makes empty files in a new folder, which it returns.
func touch(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A folder of lists and a clone's folder split give the same lists.
func TestLayouts(t *testing.T) {
	const whole, one, two = "cifar100_trainIdxList.npy", "cifar100_split1_test_50shot.npy", "cifar100_split2_test_50shot.npy"
	flat := touch(t, whole, one, two)
	clone := touch(t, "cifar100/"+whole, "cifar100_imbSub_with_subsets/"+two, "cifar100_imbSub_with_subsets/"+one, "other/x_trainIdxList.npy")
	for dir, sub := range map[string][2]string{flat: {"", ""}, clone: {"cifar100", "cifar100_imbSub_with_subsets"}} {
		at := func(i int, name string) string { return filepath.Join(dir, sub[i], name) }
		if got := Find(dir, whole); got != at(0, whole) {
			t.Errorf("found %s", got)
		}
		if got := Find(dir, two); got != at(1, two) {
			t.Errorf("found %s", got)
		}
		if got := Find(dir, "none.npy"); got != filepath.Join(dir, "none.npy") {
			t.Errorf("found %s, which does not exist", got)
		}
		for pattern, want := range map[string][]string{
			"*trainIdxList.npy": {at(0, whole)}, "*split*_test_50shot.npy": {at(1, one), at(1, two)}, "*valIdxList.npy": nil,
		} {
			if got, err := Glob(dir, pattern); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v; error %v", pattern, got, want, err)
			}
		}
	}
	if _, err := Glob(filepath.Join(flat, "none"), "*"); err == nil {
		t.Error("a missing folder has lists")
	}
	if _, err := Glob(flat, "["); err == nil {
		t.Error("a bad pattern is no error")
	}
}
