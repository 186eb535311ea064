package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
)

func golden(name string) string { return filepath.Join("testdata", name) }

func TestGolden(t *testing.T) {
	ints := FromInt64s([]int64{3, 1, -4, 1 << 40})
	counted := make([]float32, 24)
	for i := range counted {
		counted[i] = float32(i)
	}
	for name, want := range map[string]*Array{
		"int64.npy":           ints,
		"int64_v2.npy":        ints,
		"int64_v3.npy":        ints,
		"int64_be.npy":        ints,
		"float32_2x3.npy":     FromFloat32s([]float32{0, .5, 1, 1.5, 2, 2.5}, 2, 3),
		"float32_fortran.npy": FromFloat32s(counted, 2, 3, 4),
		"scalar.npy":          {DType: dtype.Float32, Shape: []int{}, Data: []byte{0, 0, 0x20, 0x40}},
		"empty.npy":           {DType: dtype.Float32, Shape: []int{0, 5}, Data: []byte{}},
		"bool.npy":            {DType: dtype.Bool, Shape: []int{2}, Data: []byte{1, 0}},
		"uint8.npy":           {DType: dtype.Uint8, Shape: []int{1, 2}, Data: []byte{0, 255}},
		"float16.npy":         {DType: dtype.Float16, Shape: []int{2}, Data: []byte{0, 0x38, 0, 0xc0}},
	} {
		got, err := ReadFile(golden(name))
		if err != nil {
			t.Error(err)
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		raw, _ := os.ReadFile(golden(name))
		streamed, err := Read(io.MultiReader(bytes.NewReader(raw), strings.NewReader("rest")))
		if err != nil || !reflect.DeepEqual(streamed, want) {
			t.Errorf("%s: streamed: %v, %v", name, streamed, err)
		}
	}
}

// TestWriteLikeNumPy compares with the bytes that NumPy itself wrote.
func TestWriteLikeNumPy(t *testing.T) {
	for _, name := range []string{"int64.npy", "float32_2x3.npy", "scalar.npy", "empty.npy", "bool.npy", "uint8.npy", "float16.npy"} {
		want, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, a); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s: wrote\n%q\nwant\n%q", name, b.Bytes(), want)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, want := range map[string]string{
		"object.npy": "|O", "struct.npy": "structured", "uint16.npy": "<u2",
	} {
		_, err := ReadFile(golden(name))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
}

// file makes a version 1.0 file from the text of a header.
func file(dict string, data ...byte) []byte {
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(dict)+1))
	b = append(b, dict+"\n"...)
	return append(b, data...)
}

func TestHostileHeaders(t *testing.T) {
	for dict, want := range map[string]string{
		`{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}`:                              `unknown key "x"`,
		`{'descr': '|u1', 'fortran_order': False, 'descr': '|u1'}`:                                     "is repeated",
		`{'descr': '|u1', 'fortran_order': False}`:                                                     "2 of the keys",
		`{'descr': '|u1', 'fortran_order': False, 'shape': (2)}`:                                       "needs a comma",
		`{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}`:                                     "not a number",
		`{'descr': '|u1', 'fortran_order': 0, 'shape': (2,)}`:                                          "True or False",
		`{'descr': '|u1', 'fortran_order': False, 'shape': (2,)} 1`:                                    "after the dict",
		`{'descr': '=i8', 'fortran_order': False, 'shape': (2,)}`:                                      "byte order",
		`{'descr': '<i8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}`:                  "overflow",
		`{'descr': '<i8', 'fortran_order': False, 'shape': (4611686018427387904,)}`:                    "overflow",
		`{'descr': '<i8', 'fortran_order': False, 'shape': (1152921504606846975,)}`:                    "unexpected EOF",
		`{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}`:                   "not a number",
		`{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}`:                                      "byte 7",
		`{'descr': '|u1', 'fortran_order': False, 'shape': (` + strings.Repeat("1,", MaxDims+1) + `)}`: "dimensions",
		`{'descr': '|u1`: "unterminated",
		``:               "expected '{'",
	} {
		_, err := Read(bytes.NewReader(file(dict, 7, 7)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", dict, err, want)
		}
	}
	if a, err := Read(bytes.NewReader(file(`{"shape":(1L,2L),"fortran_order":False,"descr":"<u1"}`, 7, 8))); err != nil || a.Len() != 2 {
		t.Errorf("Python 2's header: %v, %v", a, err)
	}
}

func TestSizeMatchesFile(t *testing.T) {
	raw, _ := os.ReadFile(golden("int64.npy"))
	path := filepath.Join(t.TempDir(), "x.npy")
	for _, b := range [][]byte{append(bytes.Clone(raw), 0), raw[:len(raw)-1]} {
		os.WriteFile(path, b, 0o644)
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "take 32 bytes") {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
	for n := range raw {
		if _, err := Read(bytes.NewReader(raw[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("truncated at %d: %v", n, err)
		}
	}
}

func TestAccessors(t *testing.T) {
	if _, err := FromInt64s([]int64{1}).Float32s(); err == nil {
		t.Error("int64 read as float32")
	}
	a := FromFloat32s([]float32{1, 2})
	if _, err := a.Int64s(); err == nil {
		t.Error("float32 read as int64")
	}
	a.Data = a.Data[:7]
	if _, err := a.Float32s(); err == nil {
		t.Error("an array of 7 bytes was accepted")
	}
	if err := Write(io.Discard, &Array{DType: dtype.BFloat16, Shape: []int{1}, Data: []byte{0, 0}}); err == nil {
		t.Error("bfloat16 was written")
	}
}

func FuzzNpy(f *testing.F) {
	files, _ := filepath.Glob(golden("*.npy"))
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var a *Array
		var err error
		bounded.Check(t, len(b), 400, func() { a, err = Read(bytes.NewReader(b)) })
		if err != nil {
			return
		}
		var w bytes.Buffer
		if err := Write(&w, a); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&w)
		if err != nil || !reflect.DeepEqual(a, again) {
			t.Fatalf("%v became %v, %v", a, again, err)
		}
	})
}
