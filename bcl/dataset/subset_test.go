package dataset

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func TestSubset(t *testing.T) {
	ds := balanced(2, 3)
	s, err := Subset(ds, []int{5, 0})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Image(0)
	if s.Len() != 2 || s.Label(0) != 1 || s.Name(0) != "sample 5" || err != nil || m.Pix[0] != 5 || len(s.Classes()) != 2 {
		t.Errorf("subset %v %v %v %v", s.Len(), s.Label(0), s.Name(0), m)
	}
	for _, c := range []struct {
		indices []int
		want    string
	}{
		{[]int{1, 6}, "entry 1: index 6 is beyond the set of 6 samples"},
		{[]int{-1}, "entry 0: index -1 is negative"},
		{[]int{1, 2, 1}, "entry 2: index 1 is already at entry 0"},
	} {
		_, err := Subset(ds, c.indices)
		var e *IndexError
		if !errors.As(err, &e) || err.Error() != c.want {
			t.Errorf("%v: error %v, want %q", c.indices, err, c.want)
		}
	}
}

func TestIndexListFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list.npy")
	if err := WriteIndexList(path, []int{3, 1, 5}); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadIndexList(path); err != nil || !slices.Equal(got, []int{3, 1, 5}) {
		t.Errorf("%v, error %v", got, err)
	}
	if s, err := SubsetFile(balanced(2, 3), path); err != nil || s.Label(0) != 1 {
		t.Errorf("subset %v, error %v", s, err)
	}
	_, err := SubsetFile(balanced(2, 2), path)
	if want := path + ": entry 2: index 5 is beyond the set of 4 samples"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); left != nil {
		t.Errorf("temporary files stay: %v", left)
	}
	if err := WriteIndexList(filepath.Join(dir, "none", "list.npy"), nil); err == nil {
		t.Error("writing into a missing folder works")
	}
}

func TestIndexListErrors(t *testing.T) {
	two := npy.FromInt64s([]int64{1, 2})
	two.Shape = []int{1, 2}
	for _, c := range []struct {
		name string
		a    *npy.Array
		want string
	}{
		{"float", npy.FromFloat32s([]float32{1}), "an array of float32, an index list needs int64 (<i8)"},
		{"int32", &npy.Array{DType: dtype.Int32, Shape: []int{1}, Data: make([]byte, 4)}, "an array of int32"},
		{"2-D", two, "an array of shape [1 2], an index list has one dimension"},
		{"negative", npy.FromInt64s([]int64{4, -2}), "entry 1: index -2 is negative"},
		{"repeated", npy.FromInt64s([]int64{4, 4}), "entry 1: index 4 is already at entry 0"},
		{"empty", npy.FromInt64s(nil), "an empty index list"},
	} {
		path := filepath.Join(t.TempDir(), "list.npy")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(npy.Write(f, c.a), f.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadIndexList(path); err == nil || !strings.Contains(err.Error(), path+": "+c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := ReadIndexList("none.npy"); err == nil || !strings.Contains(err.Error(), "none.npy") {
		t.Errorf("missing file: %v", err)
	}
}

func TestVerify(t *testing.T) {
	ds := balanced(2, 50)
	ctx := context.Background()
	last := 0
	opt := VerifyOptions{Workers: 3, Progress: func(done, total int) {
		if done <= last || total != 100 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}}
	if err := Verify(ctx, ds, opt); err != nil || last != 100 {
		t.Errorf("error %v, progress %d", err, last)
	}
	ds.broken = map[int]bool{7: true, 0: true, 99: true}
	err := Verify(ctx, ds, VerifyOptions{})
	want := "3 of 100 images cannot be read:\n\tsample 0: broken\n\tsample 7: broken\n\tsample 99: broken"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	good, skipped, err := SkipBroken(ctx, ds, VerifyOptions{})
	if err != nil || good.Len() != 97 || len(skipped.Broken) != 3 || skipped.Total != 100 || skipped.Broken[1].Name != "sample 7" || good.Name(6) != "sample 8" {
		t.Errorf("%v, skipped %v, error %v", good.Len(), skipped, err)
	}
	if same, skipped, err := SkipBroken(ctx, good, VerifyOptions{}); same != good || skipped != nil || err != nil {
		t.Errorf("a good set: %v, %v", skipped, err)
	}
	for i := range 100 {
		ds.broken[i] = true
	}
	_, _, err = SkipBroken(ctx, ds, VerifyOptions{})
	if err == nil || !strings.Contains(err.Error(), "100 of 100") || !strings.Contains(err.Error(), "and 95 more") {
		t.Errorf("nothing can be read: error %v", err)
	}
}

func TestVerifyStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var calls atomic.Int32
	err := Verify(ctx, balanced(1, 10000), VerifyOptions{Workers: 2, Progress: func(int, int) {
		calls.Add(1)
		cancel()
	}})
	if !errors.Is(err, context.Canceled) || calls.Load() > 4 {
		t.Errorf("error %v after %d samples", err, calls.Load())
	}
}

// FuzzIndexList: for any bytes, an accepted list is valid.
func FuzzIndexList(f *testing.F) {
	data, err := encodeIndexList([]int{3, 1, 5})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	path := filepath.Join(f.TempDir(), "list.npy")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		indices, err := ReadIndexList(path)
		if err != nil {
			return
		}
		if len(indices) == 0 || slices.Min(indices) < 0 || checkIndices(indices, -1, "") != nil {
			t.Errorf("accepted %v", indices)
		}
	})
}
