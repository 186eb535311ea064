package serialize

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
)

// No bit of a sealed file can change, and no byte be lost, without an error; and the file
// differs from that of Write only by the seal.
func TestSeal(t *testing.T) {
	t.Parallel()
	weight, err := NewTensor(dtype.Float32, []int{2}, []byte("12345678"))
	if err != nil {
		t.Fatal(err)
	}
	tree := NewDict("weight", weight, "epoch", 3)
	var b bytes.Buffer
	if err := WriteSummed(&b, tree); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	if plain := writeTree(t, tree); !bytes.Equal(plain[:len(plain)-2], file[:len(file)-sealSize-2]) {
		t.Error("the seal changes the bytes before it")
	}
	load := func(b []byte) (sealed bool, err error) {
		f, err := NewFile(bytes.NewReader(b), int64(len(b)), "memory", Options{})
		if err == nil {
			err = f.ReadAll()
		}
		return err == nil && f.Sealed(), err
	}
	if sealed, err := load(file); err != nil || !sealed {
		t.Fatalf("sealed %v, error %v", sealed, err)
	}
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			if _, err := load(file); err == nil {
				t.Errorf("bit %d of byte %d of %d changed: no error", bit, i, len(file))
			}
			file[i] ^= 1 << bit
		}
	}
	for n := range file {
		if _, err := load(file[:n]); err == nil {
			t.Errorf("the first %d of %d bytes: no error", n, len(file))
		}
	}
	path := filepath.Join(t.TempDir(), "a.pt")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
}
