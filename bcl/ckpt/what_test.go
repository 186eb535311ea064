package ckpt

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// TestWhatAFileIs: of a file that is none of weights the error says what it is.
func TestWhatAFileIs(t *testing.T) {
	tar := make([]byte, 1024)
	copy(tar, "weights.pt")
	sum := 8 * int(' ')
	for _, c := range tar[:148] {
		sum += int(c)
	}
	copy(tar[148:], octal(sum)+"\x00 ")
	for text, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n": "git lfs pull",
		"\n<!DOCTYPE html><html>":  "a web page",
		"{\"weight_map\": {}}":     "JSON text",
		"[1, 2]":                   "JSON text",
		"\x1f\x8b\x08\x00\x00":     "gunzip",
		strings.Repeat("\x00", 99): "zeros at its beginning",
		string(tar):                "a tar archive",
		"<?xml version='1.0'?>":    "XML",
	} {
		path := filepath.Join(t.TempDir(), "x.pt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		wantError(t, err, want, path, "no file of weights but")
	}
	// The length of a safetensors' header may look like anything.
	for _, n := range []int{0x7b20, 0x7b, 0x8b1f, 0x685a42} {
		header := `{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`
		text := string(binary.LittleEndian.AppendUint64(nil, uint64(n))) + header + strings.Repeat(" ", n-min(n, len(header)))
		path := filepath.Join(t.TempDir(), "x.safetensors")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Errorf("a header of %#x bytes: %v", n, err)
			continue
		}
		f.Close()
	}
	whole, err := os.ReadFile(write(t, dictOf(t, resnet(t))))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cut.pt")
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path)
	wantError(t, err, "cut short")
}

func octal(n int) string {
	var b []byte
	for range 6 {
		b = append([]byte{byte('0' + n%8)}, b...)
		n /= 8
	}
	return string(b)
}

// TestNotFinite counts NaN and infinities whatever pieces a tensor comes in.
func TestNotFinite(t *testing.T) {
	inf := float32(math.Inf(-1))
	x, err := serialize.FromArray(npy.FromFloat32s([]float32{1, nan(), inf, math.MaxFloat32, 0}))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(write(t, serialize.NewDict("x", x)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := Inspect(f)
	if err != nil || info.Tensors[0].Odd != 2 {
		t.Errorf("%+v, %v", info, err)
	}
	data, err := x.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	odd := finite{elem: x.DType}
	for i := range data {
		if _, err := odd.Write(data[i : i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if odd.bad != 2 {
		t.Errorf("%d elements, want 2", odd.bad)
	}
}
