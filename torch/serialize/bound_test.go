package serialize

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// TestCaseOfNames: PyTorch takes names that differ in case alone for one.
func TestCaseOfNames(t *testing.T) {
	for _, other := range []string{"a/DATA.PKL", "a/Data.pkl", "a/VERSION"} {
		for _, pairs := range [][]string{{"a/data.pkl", "N.", "a/version", "3\n", other, "K\x01."}, {other, "K\x01.", "a/data.pkl", "N.", "a/version", "3\n"}} {
			if _, err := open(zipOf(t, nil, pairs...)); err == nil || !strings.Contains(err.Error(), "upper and lower case") {
				t.Errorf("%q: error %v", pairs, err)
			}
		}
	}
}

func TestExportedProgram(t *testing.T) {
	_, err := open(zipOf(t, nil, "a/archive_format", "pt2", "a/.data/version", "3\n", "a/byteorder", "little"))
	if err == nil || !strings.Contains(err.Error(), "torch.export.load") {
		t.Error(err)
	}
}

// TestTarPolyglot: a legacy file whose first 512 bytes are a tar's header as well.
func TestTarPolyglot(t *testing.T) {
	p := func(v any) []byte {
		b, err := pickle.Marshal(v, pickle.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := legacyOf(t, p(NewDict("pad", strings.Repeat(" ", 600))), p(nil), p(pickle.NewList()))
	if _, err := open(b); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, c := range b[:512] { // the padding is the spaces that the checksum counts as
		sum += int(c)
	}
	for _, digits := range []string{fmt.Sprintf("%06o\x00 ", sum), fmt.Sprintf("%07o\x00", sum), fmt.Sprintf("  %o \x00", sum)} {
		copy(b[148:156], digits)
		if _, err := open(b); err == nil || !strings.Contains(err.Error(), "tar file") {
			t.Errorf("%q: error %v", digits, err)
		}
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum+1))
	if _, err := open(b); err != nil {
		t.Errorf("a wrong checksum: %v", err)
	}
}

// TestBound: tensors that together are far more than the file are refused, and what real
// files have is not.
func TestBound(t *testing.T) {
	save := func(name string, tensors ...*Tensor) string {
		d := NewOrderedDict()
		for i, x := range tensors {
			if err := d.Set(fmt.Sprint(i), x); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), name)
		if err := Save(path, d); err != nil {
			t.Fatal(err)
		}
		return path
	}
	many := func(n int, x *Tensor) (out []*Tensor) {
		for range n {
			out = append(out, x)
		}
		return out
	}
	of := func(n int) *Storage { return &Storage{DType: dtype.Float32, Len: n, Data: make([]byte, 4*n)} }
	whole := &Tensor{DType: dtype.Float32, Shape: []int{1 << 18}, Storage: of(1 << 18)}
	wide := &Tensor{DType: dtype.Float32, Shape: []int{64, 1 << 16}, Stride: []int{0, 1}, Storage: of(1 << 16)}
	mask := &Tensor{DType: dtype.Float32, Shape: []int{1024, 1024}, Stride: []int{0, 0}, Storage: of(1)}
	for name, c := range map[string]struct {
		tensors []*Tensor
		good    bool
	}{
		"20,000 names of 1 MB": {many(20_000, whole), false},
		"8 names of 1 MB":      {many(8, whole), true},
		"50 expanded":          {many(50, wide), false},
		"an expanded mask":     {many(2, mask), true},
		"many masks":           {many(9, mask), false},
	} {
		f, err := Open(save("x.pt", c.tensors...), Options{})
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "16 times the") {
			t.Errorf("%s: error %v", name, err)
		}
		if err == nil {
			f.Close()
		}
	}
}

// TestPipe: a named pipe without a writer is refused and not waited for.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.pt")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() { _, err := Open(path, Options{}); done <- err }()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting for a writer")
	}
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"layer1.0.conv1.weight": "layer1.0.conv1.weight", "größe": "größe", "": `""`, "a b": `"a b"`, "a\nb": `"a\nb"`,
		"\x1b[2J": `"\x1b[2J"`, "a\u202eb": `"a\u202eb"`, `"`: `"\""`, "\xff": `"\xff"`, "a\tb": `"a\tb"`,
	} {
		if got := Quote(name); got != want {
			t.Errorf("%q is written %s, want %s", name, got, want)
		}
	}
}
