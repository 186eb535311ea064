package run

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// at is the dict "bcl" of a checkpoint.
func at(format, epoch, batch, step any) *serialize.Dict {
	return serialize.NewDict("format", format, "position", serialize.NewDict("epoch", epoch, "batch", batch, "step", step))
}

// checkpoint writes a small checkpoint, with or without a checksum.
func checkpoint(t *testing.T, path string, bcl any, sealed bool) {
	t.Helper()
	weights, err := serialize.NewTensor(dtype.Float32, []int{4}, []byte("sixteen bytes...")[:16])
	if err != nil {
		t.Fatal(err)
	}
	tree := serialize.NewDict("epoch", 1, "state_dict", serialize.NewDict("w", weights), "bcl", bcl)
	write := serialize.Write
	if sealed {
		write = serialize.WriteSummed
	}
	if err := atomicfile.WriteFile(path, func(w io.Writer) error { return write(w, tree) }); err != nil {
		t.Fatal(err)
	}
}

func TestReadPosition(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.pt")
	for _, c := range []struct {
		bcl    any
		sealed bool
		want   string
	}{
		{at(2, 3, 1, 21), true, ""},
		{at(1, 3, 1, 21), false, ""}, // as the first version wrote them
		{at(2, 3, 1, 21), false, "checksum at the file's end is missing"},
		{at(3, 3, 1, 21), true, "format is 3, expected 1 to 2"},
		{at(nil, 3, 1, 21), true, "format is missing, or not an int"},
		{at(2, "3", 1, 21), true, "epoch is missing, or not an int"},
		{at(2, 0, 0, 0), true, "epoch 0, batch 0, step 0, expected at least 1"},
		{serialize.NewDict("format", 2), true, "no bcl.position"},
		{nil, true, "no bcl.position"},
	} {
		checkpoint(t, path, c.bcl, c.sealed)
		got, err := ReadPosition(path)
		if c.want == "" {
			if err != nil || got != (Position{3, 1, 21}) {
				t.Errorf("position %+v, error %v", got, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

// The newest good checkpoint is used; one with damaged weights is not good.
func TestNewest(t *testing.T) {
	dir := t.TempDir()
	if _, _, _, err := Newest(dir, ReadPosition); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), CheckpointFile) {
		t.Errorf("no checkpoint: error %v", err)
	}
	for i, name := range []string{"model_previous_10.pt", "model_previous_2.pt", PreviousFile, CheckpointFile} {
		checkpoint(t, File(dir, name), at(2, i+1, 0, 0), true)
		if got, at, _, err := Newest(dir, ReadPosition); err != nil || got != name || at.Epoch != i+1 {
			t.Errorf("newest %s of %+v, error %v; want %s", got, at, err, name)
		}
	}
	for _, name := range []string{CheckpointFile, PreviousFile} {
		text := read(t, File(dir, name))
		if err := os.WriteFile(File(dir, name), []byte(strings.Replace(text, "sixteen", "Sixteen", 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, at, _, err := Newest(dir, ReadPosition); err != nil || got != "model_previous_2.pt" || at.Epoch != 2 {
		t.Errorf("after damage: %s of %+v, error %v", got, at, err)
	}
	for _, name := range []string{"model_previous_10.pt", "model_previous_2.pt"} {
		if err := os.Remove(File(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, _, err := Newest(dir, ReadPosition); err == nil || !strings.Contains(err.Error(), CheckpointFile) || !strings.Contains(err.Error(), PreviousFile) {
		t.Errorf("none good: error %v", err)
	}
}
