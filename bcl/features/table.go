package features

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Table reads a complete folder.
type Table struct {
	Info
	DType  dtype.DType
	dir    string
	files  []*os.File // of the layers
	starts []int64    // of the elements in them
}

// Open opens a folder that is complete.
func Open(dir string) (*Table, error) {
	info, err := ReadInfo(dir)
	if err != nil {
		return nil, err
	}
	if !info.Complete {
		return nil, fmt.Errorf("%s is not complete: the same bcl-eval embed continues it", quote.Name(dir))
	}
	t := &Table{Info: *info, dir: dir}
	t.DType, _ = info.dtype()
	for _, l := range info.Layers {
		f, err := os.Open(t.path(l.Name + ".npy"))
		if err != nil {
			t.Close()
			return nil, err
		}
		t.files = append(t.files, f)
		d, shape, start, err := npy.ReadHeader(f)
		if err == nil && (d != t.DType || !slices.Equal(shape, []int{info.Samples, l.Width})) {
			err = fmt.Errorf("%v %v, expected %v %v", d, shape, t.DType, []int{info.Samples, l.Width})
		}
		if info, errStat := f.Stat(); err == nil && errStat == nil && info.Size() < start+t.bytes(l.Width, t.Info.Samples) {
			err = fmt.Errorf("%d bytes, expected %d", info.Size(), start+t.bytes(l.Width, t.Info.Samples))
		}
		if err != nil {
			t.Close()
			return nil, fmt.Errorf("%s: %w", quote.Name(f.Name()), err)
		}
		t.starts = append(t.starts, start)
	}
	return t, nil
}

func (t *Table) path(name string) string { return filepath.Join(t.dir, name) }

func (t *Table) bytes(width, rows int) int64 {
	return int64(width) * int64(rows) * int64(t.DType.Size())
}

// Layer returns the index of a layer. An unknown name is an error that lists those there are.
func (t *Table) Layer(name string) (int, error) {
	var names []string
	for i, l := range t.Layers {
		if l.Name == name {
			return i, nil
		}
		names = append(names, l.Name)
	}
	return 0, fmt.Errorf("%s has no layer %q, only %q", quote.Name(t.dir), name, names)
}

// Section returns the elements of rows of a layer, little-endian, in order.
func (t *Table) Section(layer, from, rows int) *io.SectionReader {
	w := t.Layers[layer].Width
	return io.NewSectionReader(t.files[layer], t.starts[layer]+t.bytes(w, from), t.bytes(w, rows))
}

// Floats reads rows of a layer as float32 into dst, which must have their size.
func (t *Table) Floats(dst []float32, layer, from int) error {
	w := t.Layers[layer].Width
	raw := make([]byte, t.bytes(len(dst), 1))
	if len(dst)%w != 0 || from < 0 || from+len(dst)/w > t.Info.Samples {
		return fmt.Errorf("%d elements from row %d on, of %d rows of %d", len(dst), from, t.Info.Samples, w)
	}
	if _, err := io.ReadFull(t.Section(layer, from, len(dst)/w), raw); err != nil {
		return fmt.Errorf("%s: %w", quote.Name(t.files[layer].Name()), err)
	}
	size := t.DType.Size()
	for i := range dst {
		dst[i] = float32(t.DType.Float(raw[i*size:]))
	}
	return nil
}

// Close closes the files.
func (t *Table) Close() {
	for _, f := range t.files {
		f.Close()
	}
}
