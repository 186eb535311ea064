package serialize

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
)

func writeTree(t testing.TB, tree any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, tree); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readTree(t testing.TB, b []byte) any {
	t.Helper()
	f, err := NewFile(bytes.NewReader(b), int64(len(b)), "memory", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ReadAll(); err != nil {
		t.Fatal(err)
	}
	return f.Tree
}

// TestLikePyTorch compares with the bytes that torch.save wrote, except the 40 digits of
// the serialization id, and its checksums.
func TestLikePyTorch(t *testing.T) {
	for _, name := range []string{"checkpoint.pt", "dtypes.pt", "views.pt"} {
		want, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		got := writeTree(t, mustLoad(t, name))
		if len(got) != len(want) {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
			continue
		}
		mask := func(b []byte) []byte {
			b = bytes.Clone(b)
			// The id lies before its descriptor, which the table of contents follows.
			at := bytes.Index(b, []byte("PK\x01\x02"))
			clear(b[at-16-40 : at-8])
			// Its entry is the last; the checksum is at byte 16.
			last := bytes.LastIndex(b, []byte("PK\x01\x02"))
			clear(b[last+16 : last+20])
			return b
		}
		if g, w := mask(got), mask(want); !bytes.Equal(g, w) {
			for i := range g {
				if g[i] != w[i] {
					t.Errorf("%s: byte %d is %#x, want %#x", name, i, g[i], w[i])
					break
				}
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"checkpoint.pt", "legacy.pt", "dtypes.pt", "big_endian.pt", "views.pt"} {
		tree := mustLoad(t, name)
		if got, want := repr(readTree(t, writeTree(t, tree))), repr(tree); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	// NumPy arrays are read but not written.
	values := mustLoad(t, "values.pt").(*Dict)
	values.Set("array", nil)
	if got, want := repr(readTree(t, writeTree(t, values))), repr(values); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCopyLazily writes the contents of another open file, without reading it first.
func TestCopyLazily(t *testing.T) {
	for _, name := range []string{"checkpoint.pt", "big_endian.pt", "legacy.pt"} {
		f, err := Open(golden(name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := writeTree(t, f.Tree)
		if f.Storages()[0].Data != nil {
			t.Error("the storage was read into memory")
		}
		if got, want := repr(readTree(t, b)), repr(mustLoad(t, name)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pt")
	x, err := NewTensor(dtype.Float32, []int{2}, []byte{0, 0, 128, 63, 0, 0, 0, 64})
	if err != nil {
		t.Fatal(err)
	}
	f, err := FromFunc(dtype.Int16, []int{2, 2}, func(w io.Writer) error {
		for i := range 4 {
			if _, err := w.Write([]byte{byte(i), 0}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := Save(path, NewDict("x", x, "f", f, "again", x, "n", 3)); err != nil {
		t.Fatal(err)
	}
	v, err := Load(path)
	want := `{"x": float32[2](0000803f00000040), "f": int16[2 2](0000010002000300), "again": float32[2](0000803f00000040), "n": 3}`
	if err != nil || repr(v) != want {
		t.Errorf("got %s, %v, want %s", repr(v), err, want)
	}
	a, _ := v.(*Dict).Get("x")
	if b, _ := v.(*Dict).Get("again"); a != b {
		t.Error("the same tensor twice became two")
	}
}

func TestCannotSave(t *testing.T) {
	broken := errors.New("broken")
	source := func(n int, err error) *Tensor {
		x, _ := FromFunc(dtype.Uint8, []int{4}, func(w io.Writer) error {
			w.Write(make([]byte, n))
			return err
		})
		return x
	}
	s := &Storage{DType: dtype.Uint8, Len: 4, Data: make([]byte, 4)}
	path := filepath.Join(t.TempDir(), "x.pt")
	for _, c := range []struct {
		tree any
		want string
	}{
		{make(chan int), "chan int"},
		{source(3, nil), "3 bytes, expected 4"},
		{source(5, nil), "5 bytes, expected 4"},
		{source(4, broken), "broken"},
		{&Tensor{DType: dtype.Uint8, Shape: []int{5}, Storage: s}, "does not lie within"},
		{&Tensor{DType: dtype.Int8, Shape: []int{1}, Storage: s}, "in a storage of"},
		{&Tensor{DType: dtype.Uint8, Shape: []int{1}}, "without a storage"},
		{&Tensor{DType: dtype.Uint8, Shape: []int{4}, Storage: &Storage{DType: dtype.Uint8, Len: 4}}, "no data"},
		{&Tensor{DType: dtype.Uint8, Shape: []int{4}, Storage: &Storage{DType: dtype.Uint8, Len: 4, Data: make([]byte, 3)}}, "has 3 bytes"},
		{dtype.DType(99), "unknown element type"},
	} {
		err := Save(path, c.tree)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%T: error %v, want one with %q and the path", c.tree, err, c.want)
		}
		if names, _ := os.ReadDir(filepath.Dir(path)); len(names) != 0 {
			t.Errorf("%T: left in the folder: %v", c.tree, names)
		}
	}
}

func TestManyRecords(t *testing.T) {
	t.Parallel()
	const n = 70000 // more than 16 bits can count
	list := &List{}
	for i := range n {
		x, err := NewTensor(dtype.Int32, nil, []byte{byte(i), byte(i >> 8), byte(i >> 16), 0})
		if err != nil {
			t.Fatal(err)
		}
		list.Items = append(list.Items, x)
	}
	got := readTree(t, writeTree(t, list)).(*List)
	if want := fmt.Sprintf("int32[](%02x%02x%02x00)", (n-1)&255, (n-1)>>8&255, (n-1)>>16); repr(got.Items[n-1]) != want {
		t.Errorf("the last is %s, want %s", repr(got.Items[n-1]), want)
	}
}
