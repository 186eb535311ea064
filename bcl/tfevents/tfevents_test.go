package tfevents

import (
	gobytes "bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// open opens the file in dir with a clock that stands still.
func open(t *testing.T, dir string, step int64, fresh bool) (*Writer, string) {
	t.Helper()
	w, created, err := Open(dir, step)
	if err != nil || created != fresh {
		t.Fatalf("created %v, error %v", created, err)
	}
	w.now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	return w, w.f.Name()
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// steps returns the steps of the events of a file, which must be whole.
func steps(t *testing.T, path string) (list []int64) {
	t.Helper()
	b := content(t, path)
	for len(b) > 0 {
		data, size, ok := next(b)
		if !ok {
			t.Fatalf("after %d events: no record", len(list))
		}
		list, b = append(list, stepOf(data)), b[size:]
	}
	return list
}

// Of a run that is resumed no step is there twice, whatever a crash left at the end.
func TestResume(t *testing.T) {
	for _, cut := range []int{0, 1, 5, 17} {
		dir := t.TempDir()
		w, path := open(t, dir, 0, true)
		for s := int64(1); s <= 5; s++ {
			if err := w.Scalar(s, "loss", 1/float64(s)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(content(t, path))-cut)); err != nil {
			t.Fatal(err)
		}
		w, again := open(t, dir, 3, false)
		if again != path {
			t.Fatalf("%s, then %s", path, again)
		}
		for s := int64(4); s <= 6; s++ {
			if err := w.Scalar(s, "loss", 1); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		if got := fmt.Sprint(steps(t, path)); got != "[0 1 2 3 4 5 6]" {
			t.Errorf("cut by %d: steps %s", cut, got)
		}
	}
}

// Any damaged byte ends what is kept before its record.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	w, path := open(t, dir, 0, true)
	for s := int64(1); s <= 3; s++ {
		if err := w.Scalar(s, "loss", 1); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	whole := content(t, path)
	for i := range whole {
		damaged := gobytes.Clone(whole)
		damaged[i] ^= 1
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := trim(path, 9); err != nil {
			t.Fatal(err)
		}
		if kept := content(t, path); len(kept) > i || !gobytes.HasPrefix(whole, kept) {
			t.Fatalf("byte %d: %d bytes are kept", i, len(kept))
		}
	}
}

// The bytes are those that TensorBoard 2.21, tbparse 0.0.9 and testdata/read.py read.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	w, path := open(t, dir, 0, true)
	w.f.Truncate(0)
	png := []byte("\x89PNG\r\n\x1a\n") // not decoded here
	for _, err := range []error{
		w.start(),
		w.Scalar(1, "train/loss", 0.5),
		w.Histogram(1, "weights", []float64{0, 0.1, 0.9, 1}, 4),
		w.Histogram(2, "same", []float64{3, 3}, 4),
		w.Image(2, "most", 8, 4, png),
		w.Text(0, "config", "| a | b |\n|---|---|"),
		w.HParams(map[string]any{"lr": 0.5, "method": "bcl-i", "harmonize": false, "other": 1i}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	b := content(t, path)
	if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != golden {
		t.Errorf("%d bytes of SHA-256 %s, want %s", len(b), got, golden)
	}
	if got := fmt.Sprint(steps(t, path)); got != "[0 1 1 2 2 0 0]" {
		t.Errorf("steps %s", got)
	}
}

const golden = "6c895ad79a7688186644e544064bcb9471ddedb558d47c3e93e8e7917022f60f"

func TestErrors(t *testing.T) {
	if _, _, err := Open(filepath.Join(t.TempDir(), "none"), 0); err == nil {
		t.Error("no folder: no error")
	}
	w, _ := open(t, t.TempDir(), 0, true)
	defer w.Close()
	if err := w.Histogram(1, "x", nil, 3); err == nil {
		t.Error("no values: no error")
	}
	if stepOf([]byte{0xff}) != 0 || stepOf([]byte{0x12, 0xff, 1}) != 0 || stepOf([]byte{9, 1}) != 0 {
		t.Error("a torn event has a step")
	}
}

func FuzzNext(f *testing.F) {
	f.Add(record([]byte{0x10, 7}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if data, size, ok := next(b); ok && (size > len(b) || len(data)+16 != size) {
			t.Errorf("%d bytes of %d", size, len(b))
		} else if ok {
			stepOf(data)
		}
	})
}
