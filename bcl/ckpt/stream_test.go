package ckpt

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

// TestBigFilesAreStreamed: describing and converting a file takes memory for its names
// but not for its tensors, views of a storage included.
func TestBigFilesAreStreamed(t *testing.T) {
	const n, most = 96 << 20, 8 << 20
	big, err := serialize.FromFunc(dtype.Uint8, []int{n}, func(w io.Writer) error {
		buf := make([]byte, 1<<20)
		for range n / len(buf) {
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	half := &serialize.Tensor{DType: dtype.Uint8, Shape: []int{2, n / 4}, Offset: n / 2, Storage: big.Storage}
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a.pt"), filepath.Join(dir, "b.safetensors"), filepath.Join(dir, "c.pt")
	if err := serialize.Save(a, serialize.NewOrderedDict("big", big, "half", half)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ in, out string }{{a, ""}, {a, b}, {b, ""}, {b, c}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f, err := Open(step.in)
		if err != nil {
			t.Fatal(err)
		}
		if step.out == "" {
			_, err = Inspect(f)
		} else {
			var state []Tensor
			if state, _, _, err = f.State(""); err == nil {
				err = Save(step.out, state, SaveOptions{})
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%v: %d bytes of memory, expected at most %d", step, used, most)
		}
	}
	if st, err := os.Stat(c); err != nil || st.Size() < n*3/2 {
		t.Errorf("converted twice: %v, %v", st, err)
	}
}
