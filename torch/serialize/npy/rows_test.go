package npy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func open(t *testing.T, path string, row int) *npy.Rows {
	t.Helper()
	r, err := npy.OpenRows(path, dtype.Float32, row)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// holds expects the file to equal what Write makes of n rows 0 1 2, 3 4 5, ...
func holds(t *testing.T, path string, n int) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := npy.Write(&want, npy.FromFloat32s(upTo(3*n), n, 3)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("the file of %d rows is not what Write makes", n)
	}
}

func upTo(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i)
	}
	return v
}

func row(i int) []byte { return npy.FromFloat32s(upTo(3*i + 3)[3*i:]).Data }

func TestRowsGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	r := open(t, path, 3)
	holds(t, path, 0)
	for i := range 12 {
		if err := r.Append(row(i)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, i+1)
	}
	r.Close()
	r = open(t, path, 3)
	if r.Len() != 12 {
		t.Errorf("%d rows after opening again, want 12", r.Len())
	}
	if err := r.Truncate(5); err != nil {
		t.Fatal(err)
	}
	holds(t, path, 5)
	if err := r.Append(slices.Concat(row(5), row(6))); err != nil {
		t.Fatal(err)
	}
	holds(t, path, 7)
	if err := r.Truncate(8); err == nil || !strings.Contains(err.Error(), "8 of 7") {
		t.Errorf("too many rows: error %v", err)
	}
	if err := r.Append(row(0)[:4]); err == nil || !strings.Contains(err.Error(), "not a multiple") {
		t.Errorf("part of a row: error %v", err)
	}
	holds(t, path, 7)
}

// The partial row of a program that died while writing it is removed.
func TestRowsAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	r := open(t, path, 3)
	for i := range 2 {
		if err := r.Append(row(i)); err != nil {
			t.Fatal(err)
		}
	}
	r.Close()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("half a r"))
	f.Close()
	r = open(t, path, 3)
	holds(t, path, 2)
	if err := r.Append(row(2)); err != nil {
		t.Fatal(err)
	}
	holds(t, path, 3)
}

func TestRowsOfAnotherArray(t *testing.T) {
	dir := t.TempDir()
	for name, file := range map[string][]byte{
		"other width":  encoded(t, npy.FromFloat32s(upTo(8), 2, 4)),
		"other type":   encoded(t, npy.FromInt64s([]int64{1, 2, 3})),
		"other header": append([]byte("\x93NUMPY\x01\x00\x38\x00{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}"), '\n'),
		"too short":    encoded(t, npy.FromFloat32s(upTo(6), 2, 3))[:140],
		"no array":     []byte("something else"),
	} {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".npy")
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := npy.OpenRows(path, dtype.Float32, 3); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", name, err)
		}
		if left, _ := os.ReadFile(path); !bytes.Equal(left, file) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if _, err := npy.OpenRows(filepath.Join(dir, "no", "a.npy"), dtype.Float32, 3); err == nil {
		t.Error("a folder that does not exist: no error")
	}
	if _, err := npy.OpenRows(filepath.Join(dir, "b.npy"), dtype.BFloat16, 3); err == nil {
		t.Error("an element type that NumPy lacks: no error")
	}
}

func encoded(t *testing.T, a *npy.Array) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
