package run

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// A kept checkpoint remains when the newest one is replaced, as a hard link or, if there
// are none, as a copy.
func TestKeep(t *testing.T) {
	d := create(t)
	if HasCheckpoint(d.Path) {
		t.Error("a new run has a checkpoint")
	}
	for _, keep := range []func(path, name string) error{d.keep, d.copyAs} {
		if err := keep(d.File(CheckpointFile), "kept.pt"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("nothing to keep: error %v", err)
		}
	}
	newest := d.File(CheckpointFile)
	for i, keep := range []func(path, name string) error{d.keep, d.keep, d.copyAs} {
		want := string(rune('a' + i))
		if err := os.WriteFile(newest+".new", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(newest+".new", newest); err != nil {
			t.Fatal(err)
		}
		if err := keep(d.File(CheckpointFile), "kept.pt"); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(newest); err != nil {
			t.Fatal(err)
		}
		if got := read(t, d.File("kept.pt")); got != want {
			t.Errorf("kept %q, want %q", got, want)
		}
	}
}
