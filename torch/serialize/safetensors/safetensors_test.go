package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
)

func golden(name string) string { return filepath.Join("testdata", name) }

// repr writes a file's contents, one line per tensor.
func repr(f *File) string {
	var b strings.Builder
	fmt.Fprintln(&b, f.Metadata)
	for _, t := range f.Tensors {
		data, err := t.Bytes()
		fmt.Fprintf(&b, "%q %v %v %x %v\n", t.Name, t.DType, t.Shape, data, err)
	}
	return b.String()
}

const wantAll = `map[format:pt]
"int64" int64 [3] 000000000000000001000000000000006400000000000000 <nil>
"float64" float64 [3] 0000000000000000000000000000f03f0000000000005940 <nil>
"a/é\"\\\n" float32 [] 00002040 <nil>
"b" float32 [0 3]  <nil>
"float32" float32 [3] 000000000000803f0000c842 <nil>
"int32" int32 [3] 000000000100000064000000 <nil>
"bfloat16" bfloat16 [3] 0000803fc842 <nil>
"float16" float16 [3] 0000003c4056 <nil>
"int16" int16 [3] 000001006400 <nil>
"int8" int8 [3] 000164 <nil>
"uint8" uint8 [3] 000164 <nil>
"bool" bool [3] 000101 <nil>
`

func TestGolden(t *testing.T) {
	for name, want := range map[string]string{
		"all.safetensors":   wantAll,
		"plain.safetensors": "map[]\n\"x\" float32 [2 3] 000000000000803f0000004000004040000080400000a040 <nil>\n",
		"empty.safetensors": "map[]\n",
	} {
		f, err := Load(golden(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := repr(f); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	if _, err := Load(golden("uint16.safetensors")); err == nil || !strings.Contains(err.Error(), `"U16"`) {
		t.Errorf("uint16: %v", err)
	}
	if _, err := Load(golden("missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Load("testdata"); err == nil {
		t.Error("a folder was read")
	}
}

// TestLikeOfficial compares with the bytes of the official library, writing directly from
// the open file and in another order.
func TestLikeOfficial(t *testing.T) {
	for _, name := range []string{"all.safetensors", "plain.safetensors", "empty.safetensors"} {
		want, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Open(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for i, j := 0, len(f.Tensors)-1; i < j; i, j = i+1, j-1 {
			f.Tensors[i], f.Tensors[j] = f.Tensors[j], f.Tensors[i]
		}
		var b bytes.Buffer
		if err := Write(&b, f.Tensors, f.Metadata); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: wrote\n%q\nwant\n%q", name, b.Bytes(), want)
		}
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	x := &Tensor{Name: "x", DType: dtype.Int8, Shape: []int{2}, Data: []byte{1, 2}}
	s := &Tensor{Name: "s", DType: dtype.Int16, Shape: []int{1}, Source: func(w io.Writer) error {
		_, err := w.Write([]byte{3, 0})
		return err
	}}
	if err := Save(path, []*Tensor{x, s}, map[string]string{"b": "2", "a": "1"}); err != nil {
		t.Fatal(err)
	}
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "map[a:1 b:2]\n\"s\" int16 [1] 0300 <nil>\n\"x\" int8 [2] 0102 <nil>\n"
	if got := repr(f); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if f.Get("x") == nil || f.Get("y") != nil {
		t.Error("Get")
	}
	for _, bad := range []*Tensor{
		x,
		{Name: metadataKey, DType: dtype.Int8, Shape: []int{0}},
		{Name: "\xff", DType: dtype.Int8, Shape: []int{0}},
		{Name: "y", DType: dtype.Int8, Shape: []int{2}, Data: []byte{1}},
		{Name: "y", DType: dtype.Int8, Shape: []int{2}},
		{Name: "y", DType: dtype.Int16, Shape: []int{2}, Source: s.Source},
		{Name: "y", DType: 99, Shape: []int{0}},
		{Name: "y", DType: dtype.Int8, Shape: []int{1 << 40, 1 << 40}},
	} {
		if err := Save(path, []*Tensor{x, bad}, nil); err == nil {
			t.Errorf("saved %+v", bad)
		}
	}
	if again, err := Load(path); err != nil || repr(again) != want {
		t.Errorf("the old file has changed: %v", err)
	}
}

// file makes a file with a header and n bytes.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

func open(b []byte) (*File, error) { return NewFile(bytes.NewReader(b), int64(len(b))) }

func TestHostile(t *testing.T) {
	const x = `"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}`
	if _, err := open(file("{"+x+"}  ", 4)); err != nil {
		t.Fatalf("a small good file: %v", err)
	}
	for header, want := range map[string]string{
		"":                      "does not begin",
		" {" + x + "}":          "does not begin",
		"{" + x:                 "unexpected EOF",
		"{" + x + "}}":          "after the object",
		"{" + x + "}\x00":       "after the object",
		"{" + x + "," + x + "}": "is repeated",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"dtype":"I8"}}`:                                        "is repeated",
		`{"__metadata__":{"a":"1","a":"2"},` + x + `}`:                                                              "is repeated",
		`{"__metadata__":{"a":1},` + x + `}`:                                                                        "expected a string",
		`{"__metadata__":{},"__metadata__":{},` + x + `}`:                                                           "is repeated",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"more":1}}`:                                            "not one of",
		`{"x":{"Dtype":"U8","shape":[4],"data_offsets":[0,4]}}`:                                                     "not one of",
		`{"x":{"dtype":"U8","shape":[4]}}`:                                                                          "2 of dtype",
		`{"x":{"dtype":"U9","shape":[4],"data_offsets":[0,4]}}`:                                                     "U9",
		`{"x":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}`:                                                    "expected a size",
		`{"x":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}`:                                                   "expected a size",
		`{"x":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}`:                                                   "expected a size",
		`{"x":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4]}}`:                                  "expected a size",
		`{"x":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`:                                 "overflows",
		`{"x":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}`:                                  "do not fit",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4,5]}}`:                                                   "more than 2",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[0]}}`:                                                       "1 sizes",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}`:                                                     "take",
		`{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,3]}}`:                                                     "take",
		`{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}`:                                                     "end at byte 3",
		`{"x":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}`:                                                     "begins at byte 1",
		`{"x":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}`:                                                     "ends at byte 5",
		`{"x":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}`:                 "ends at byte",
		`{` + x + `,"y":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`:                                           "begins at byte 0",
		`{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}`: "begins at byte 3",
		`{"x":{"dtype":"U8","shape":[` + strings.Repeat("1,", 64) + `4],"data_offsets":[0,4]}}`:                     "more than 64",
		`{"x":` + strings.Repeat("[", 100000) + `}`:                                                                 "expected",
		`{"` + "\xff" + `":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`:                                        "UTF-8",
		`[]`: "does not begin",
	} {
		_, err := open(file(header, 4))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: error %v, want one with %q", header, err, want)
		}
	}
	for _, n := range []uint64{1 << 20, 1 << 62, 1<<64 - 1, 5} {
		b := file("{"+x+"}", 4)
		binary.LittleEndian.PutUint64(b, n)
		if _, err := open(b); err == nil {
			t.Errorf("a header of %d bytes was read", n)
		}
	}
}

func TestFlippedAndTruncated(t *testing.T) {
	b, err := os.ReadFile(golden("all.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			if f, err := open(b); err == nil {
				_ = repr(f)
			}
			b[i] ^= 1 << bit
		}
		if _, err := open(b[:i]); err == nil {
			t.Errorf("truncated at byte %d, it was read", i)
		}
	}
	if _, err := open(append(b, 0)); err == nil {
		t.Error("with an extra byte, it was read")
	}
}

func FuzzSafetensors(f *testing.F) {
	for _, name := range []string{"all.safetensors", "plain.safetensors", "empty.safetensors", "odd.safetensors"} {
		b, err := os.ReadFile(golden(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var file *File
		var err error
		bounded.Check(t, len(b), 400, func() { file, err = openOdd(b) })
		if err != nil {
			return
		}
		want := len(repr(file))
		var w bytes.Buffer
		if err := Write(&w, file.Tensors, file.Metadata); err != nil {
			t.Fatal(err)
		}
		again, err := open(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got := len(repr(again)); got != want {
			t.Fatalf("%d bytes became %d:\n%s", want, got, repr(again))
		}
	})
}

func TestWriteData(t *testing.T) {
	f, err := Open("testdata/all.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, x := range f.Tensors {
		var b bytes.Buffer
		if err := x.WriteData(&b); err != nil || x.Data != nil {
			t.Fatalf("%s: %v, kept %v", x.Name, err, x.Data != nil)
		}
		if want, err := x.Bytes(); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: wrote %x, want %x, %v", x.Name, b.Bytes(), want, err)
		}
	}
}

// TestManyKeys: a header may not make millions of tensors of nothing.
func TestManyKeys(t *testing.T) {
	for n, good := range map[int]bool{maxKeys: true, maxKeys + 1: false} {
		var tensors, metadata strings.Builder
		for i := range n {
			comma := ","
			if i == 0 {
				comma = ""
			}
			fmt.Fprintf(&tensors, `%s"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, comma, i)
			fmt.Fprintf(&metadata, `%s"%d":""`, comma, i)
		}
		for _, text := range []string{"{" + tensors.String() + "}", `{"__metadata__":{` + metadata.String() + "}}"} {
			b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
			_, err := NewFile(bytes.NewReader(b), int64(len(b)))
			if (err == nil) != good || err != nil && !strings.Contains(err.Error(), "more than 100000 keys") {
				t.Errorf("%d keys: error %v", n, err)
			}
		}
	}
}
