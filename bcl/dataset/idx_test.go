package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// idxFile is a file of bytes with dimensions.
func idxFile(data []byte, dims ...int) []byte {
	out := []byte{0, 0, 8, byte(len(dims))}
	for _, n := range dims {
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	return append(out, data...)
}

// idxFolder has three training images of 3 x 2 pixels and one for testing, as .gz.
func idxFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(idxFile([]byte{50, 51, 52, 53, 54, 55}, 1, 2, 3))
	z.Close()
	pixels := make([]byte, 18)
	for i := range pixels {
		pixels[i] = byte(i)
	}
	for name, data := range map[string][]byte{
		"train-images-idx3-ubyte": idxFile(pixels, 3, 2, 3), "train-labels-idx1-ubyte": idxFile([]byte{1, 0, 1}, 3),
		"t10k-images-idx3-ubyte.gz": zipped.Bytes(), "t10k-labels-idx1-ubyte": idxFile([]byte{2}, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestIDX(t *testing.T) {
	p, err := Open(idxFolder(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != IDX || p.Train.Len() != 3 || p.Test.Len() != 1 || !slices.Equal(p.Train.Classes(), []string{"0", "1", "2"}) || p.Train.Label(2) != 1 || p.Test.Label(0) != 2 {
		t.Errorf("%+v", p)
	}
	m, err := p.Train.Image(1)
	if err != nil || m.W != 3 || m.H != 2 || !slices.Equal(m.Pix[:6], []byte{6, 6, 6, 7, 7, 7}) || p.Train.Name(1) != "train: record 1" {
		t.Errorf("%+v, %v", m, err)
	}
	if m, _ := p.Test.Image(0); m.Pix[0] != 50 || m.Pix[17] != 55 {
		t.Errorf("%+v", m)
	}
}

func TestIDXErrors(t *testing.T) {
	for want, file := range map[string]struct {
		name string
		data []byte
	}{
		"begins with 00 00 0d 03": {"train-images-idx3-ubyte", append([]byte{0, 0, 13, 3}, make([]byte, 12)...)},
		"its header":              {"train-images-idx3-ubyte", []byte{0, 0, 8}},
		"truncated: 5 bytes":      {"train-images-idx3-ubyte", idxFile(make([]byte, 5), 3, 2, 3)},
		"more data than the 18":   {"train-images-idx3-ubyte", idxFile(make([]byte, 19), 3, 2, 3)},
		"dimension 2 is 4294967":  {"train-images-idx3-ubyte", idxFile(nil, 1<<24, 1, 1<<32-1)},
		"2000 x 1 pixels":         {"train-images-idx3-ubyte", idxFile(make([]byte, 6000), 3, 1, 2000)},
		"2 labels of 3 images":    {"train-labels-idx1-ubyte", idxFile([]byte{1, 0}, 2)},
		"dimension 0 is 0":        {"train-labels-idx1-ubyte", idxFile(nil, 0)},
		"t10k-labels":             {"t10k-labels-idx1-ubyte", nil},
	} {
		dir := idxFolder(t)
		if err := os.WriteFile(filepath.Join(dir, file.name), file.data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file.name) {
			t.Errorf("error %v, want %q of %s", err, want, file.name)
		}
	}
}
