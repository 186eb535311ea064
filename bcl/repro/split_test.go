package repro

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The folder split of the authors' repository gives a plan the same lists as a folder of
// all of them, under the same names, so that finished units remain valid.
func TestSplitsOfTheAuthors(t *testing.T) {
	preset, err := Open("cifar100-lt")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(preset, Select{})
	if err != nil {
		t.Fatal(err)
	}
	flat, split := t.TempDir(), t.TempDir()
	for _, name := range plan.Lists() {
		folder := "cifar100_imbSub_with_subsets"
		if strings.Contains(name, "IdxList") {
			folder = "cifar100"
		}
		for _, path := range []string{filepath.Join(flat, name), filepath.Join(split, folder, name)} {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	u := plan.Units[0]
	specs := u.Tasks()[0].Protocols
	plan.Splits = split
	if got, want := plan.TrainSplit(u), filepath.Join(split, "cifar100_imbSub_with_subsets/cifar100_split1_D_i.npy"); got != want {
		t.Errorf("training list %s, want %s", got, want)
	}
	if got, want := plan.InSplits(specs[0]).Lists, []string{filepath.Join(split, "cifar100/cifar100_trainIdxList.npy")}; !reflect.DeepEqual(got, want) {
		t.Errorf("lists %v, want %v", got, want)
	}
	theirs, err := plan.lists(specs)
	if err != nil {
		t.Fatal(err)
	}
	plan.Splits = flat
	ours, err := plan.lists(specs)
	if err != nil || len(ours) != 11 || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%v (error %v) and %v", ours, err, theirs)
	}
}
