package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// archive zips arrays of two numbers under the given names.
func archive(t testing.TB, method uint16, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(w, npy.FromFloat32s([]float32{1, 2})); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(b []byte) ([]Entry, error) { return Read(bytes.NewReader(b), int64(len(b))) }

// TestNumPy reads files that numpy.savez and savez_compressed of NumPy 2.4.6 wrote:
// testdata/make.py.
func TestNumPy(t *testing.T) {
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		got, err := Load(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 || got[0].Name != "a" || got[1].Name != "layer/b" || got[2].Name != "f" {
			t.Fatalf("%s: %v", name, got)
		}
		b, err := got[1].Array.Float32s()
		if err != nil || !slices.Equal(b, []float32{0, .5, 1, 1.5}) || !slices.Equal(got[1].Array.Shape, []int{2, 2}) {
			t.Errorf("%s: b is %v of shape %v, %v", name, b, got[1].Array.Shape, err)
		}
		if f, err := got[2].Array.Int64s(); err != nil || !slices.Equal(f, []int64{0, 1, 2, 3, 4, 5}) {
			t.Errorf("%s: f, in Fortran order, is %v, %v", name, f, err)
		}
	}
}

// TestTensorFlowNames: the names of TensorFlow's variables, with folders and a colon.
func TestTensorFlowNames(t *testing.T) {
	got, err := Load(filepath.Join("testdata", "tensorflow.npz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Name != "conv1/kernel:0" || got[1].Name != "conv1/bn:0/Momentum:0" {
		t.Fatalf("%v", got)
	}
	if k, err := got[0].Array.Float32s(); err != nil || !slices.Equal(k, []float32{0, 1, 2, 3, 4, 5}) || !slices.Equal(got[0].Array.Shape, []int{2, 3}) {
		t.Errorf("the kernel is %v of shape %v, %v", k, got[0].Array.Shape, err)
	}
}

func TestRefused(t *testing.T) {
	for want, b := range map[string][]byte{
		"expected NAME.npy":                 archive(t, zip.Store, "x.txt"),
		`"../x.npy": a part that is ".."`:   archive(t, zip.Store, "../x.npy"),
		`"/x.npy": it begins with a slash`:  archive(t, zip.Deflate, "/x.npy"),
		`the record "x.npy" is repeated`:    archive(t, zip.Store, "x.npy", "x.npy"),
		"not a valid zip":                   []byte("PK\x03\x04 and no more"),
		"is not supported":                  objects(t),
		"checksum":                          flipped(t),
		"the arrays take more than":         bomb(t),
		"more than 16 times the 56216 byte": overlapping(t),
		`"C:\\x.npy": the character '\\'`:   archive(t, zip.Store, `C:\x.npy`),
		`"x.npy" is a link`:                 link(t),
		"take 8 bytes, but the file has 7":  short(t),
		"take 8 bytes, but the file has 12": long(t),
		"times the 65447 bytes":             zeros(t, 64<<20),
		"cannot hold":                       claim(t, 15<<20),
		`"NaN.npy" is compressed by metho`:  edited(t),
	} {
		if _, err := read(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := Load("testdata/none.npz"); !os.IsNotExist(err) {
		t.Errorf("error %v", err)
	}
}

// record is an archive of one record with the given contents.
func record(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "x.npy", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	z.Close()
	return b.Bytes()
}

func good(t testing.TB) []byte {
	var b bytes.Buffer
	if err := npy.Write(&b, npy.FromFloat32s([]float32{1, 2})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func short(t testing.TB) []byte { g := good(t); return record(t, g[:len(g)-1]) }
func long(t testing.TB) []byte  { return record(t, append(good(t), 1, 2, 3, 4)) }

func objects(t testing.TB) []byte {
	return record(t, bytes.Replace(good(t), []byte("<f4"), []byte("|O8"), 1))
}

func flipped(t testing.TB) []byte {
	b := archive(t, zip.Store, "x.npy")
	i := bytes.Index(b, []byte("\x00\x00\x80\x3f"))
	b[i] ^= 1
	return b
}

// bomb claims in the table that a small record is large.
func bomb(t testing.TB) []byte { return claim(t, 0x7ffffff0) }

// claim claims in the table that a small record has some bytes.
func claim(t testing.TB, size uint32) []byte {
	b := archive(t, zip.Deflate, "x.npy")
	i := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[i+24:], size)
	return b
}

// zeros is an honest bomb: a deflated array of zeros.
func zeros(t testing.TB, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("x.npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(w, npy.FromFloat32s(make([]float32, size/4))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestMemory: an array that is allowed is in memory once.
func TestMemory(t *testing.T) {
	b := zeros(t, 15<<20)
	var err error
	bounded.Check(t, len(b), 64, func() { _, err = read(b) })
	if err != nil {
		t.Error(err)
	}
}

// TestSkipUnknown: arrays of other types spoil a file, and with SkipUnknown are described.
func TestSkipUnknown(t *testing.T) {
	if _, err := Load("testdata/odd.npz"); err == nil || !strings.Contains(err.Error(), "not supported") {
		t.Errorf("error %v", err)
	}
	got, err := LoadWith("testdata/odd.npz", Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"text a numpy array of str [2]", "w ", "bytes a numpy array of bytes [1]", "object a numpy array of object []", "complex a numpy array of complex64 [1 2]",
		"structures a numpy array of structures [2]", "u2 a numpy array of uint16 [3]", "date a numpy array of datetime64 [1]", "last "}
	for i, e := range got {
		if i >= len(want) || e.Name+" "+e.What != want[i] || (e.Array == nil) != (e.What != "") {
			t.Errorf("%s: %s", e.Name, e.What)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d arrays", len(got))
	}
}

// overlapping is the better bomb: a thousand names for the same deflated bytes. It is
// refused before any is read.
func overlapping(t testing.TB) []byte {
	t.Helper()
	zeros := npy.FromFloat32s(make([]float32, 1<<19))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("0000.npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(w, zeros); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	central := bytes.LastIndex(file, []byte("PK\x01\x02"))
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	entry := file[central:end]
	out := bytes.Clone(file[:central])
	const n = 1000
	for i := range n {
		out = append(out, bytes.Replace(entry, []byte("0000.npy"), fmt.Appendf(nil, "%04d.npy", i), 1)...)
	}
	tail := bytes.Clone(file[end:])
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(entry)))
	return append(out, tail...)
}

// link is an archive with a symbolic link.
func link(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "x.npy"}
	h.SetMode(os.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("/etc/passwd")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func edited(t testing.TB) []byte {
	b := archive(t, zip.Deflate, "NaN.npy")
	i := bytes.LastIndex(b, []byte("PK\x01\x02"))
	b[i+10] = 12
	return b
}

func TestFlippedAndTruncated(t *testing.T) {
	b, err := os.ReadFile("testdata/deflated.npz")
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		_, _ = read(b[:i])
		for _, mask := range []byte{1, 0x80, 0xff} {
			b[i] ^= mask
			_, _ = read(b) // there is no panic
			b[i] ^= mask
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(archive(f, zip.Store, "a.npy"))
	f.Add(archive(f, zip.Deflate, "a.npy", "b/c.npy"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var entries []Entry
		var err error
		// Deflate expands one byte to at most 1,032, and growing doubles them.
		bounded.Check(t, len(b), 5000, func() { entries, err = read(b) })
		if err == nil {
			for _, e := range entries {
				if err := e.Array.Check(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func ExampleLoad() {
	arrays, err := Load("testdata/stored.npz")
	if err != nil {
		panic(err)
	}
	for _, e := range arrays {
		fmt.Println(e.Name, e.Array.DType, e.Array.Shape)
	}
	// Output:
	// a uint8 [3]
	// layer/b float32 [2 2]
	// f int64 [2 3]
}
