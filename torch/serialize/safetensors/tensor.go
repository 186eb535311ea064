package safetensors

import (
	"fmt"
	"io"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Tensor is a named array, little-endian, in C order.
type Tensor struct {
	Name  string
	DType dtype.DType
	Shape []int
	// Data are the elements; nil while they are in a file or written by Source.
	Data []byte
	// Source writes exactly the elements when Data is nil.
	Source func(w io.Writer) error

	in *io.SectionReader
}

// named is an element type with its name in the format.
type named struct {
	name string
	d    dtype.DType
}

// dtypes are the format's names of element types, in the order in which the
// official library writes tensors.
var dtypes = []named{
	{"I64", dtype.Int64}, {"F64", dtype.Float64}, {"F32", dtype.Float32}, {"I32", dtype.Int32}, {"BF16", dtype.BFloat16},
	{"F16", dtype.Float16}, {"I16", dtype.Int16}, {"I8", dtype.Int8}, {"U8", dtype.Uint8}, {"BOOL", dtype.Bool},
}

// Bytes returns the elements. The first call on a tensor of an open file reads
// and keeps them.
func (t *Tensor) Bytes() ([]byte, error) {
	if t.Data == nil {
		n, err := npy.Size(t.DType, t.Shape)
		if err != nil {
			return nil, err
		}
		data := make([]byte, n)
		if err := t.ReadInto(data); err != nil {
			return nil, err
		}
		t.Data = data
	}
	return t.Data, nil
}

// ReadInto copies the elements into dst, which must have exactly their size. It
// needs no further memory.
func (t *Tensor) ReadInto(dst []byte) error {
	n, err := npy.Size(t.DType, t.Shape)
	if err == nil && n != len(dst) {
		err = fmt.Errorf("%d bytes cannot be read into %d", n, len(dst))
	}
	switch {
	case err != nil:
	case t.Data != nil:
		if len(t.Data) != n {
			err = fmt.Errorf("%v elements of shape %v take %d bytes, not %d", t.DType, t.Shape, n, len(t.Data))
		}
		copy(dst, t.Data)
	case t.in != nil:
		var k int
		if k, err = t.in.ReadAt(dst, 0); k == n {
			err = nil
		}
	default:
		err = fmt.Errorf("the data are not in memory")
	}
	if err != nil {
		return fmt.Errorf("safetensors: tensor %q: %w", t.Name, err)
	}
	return nil
}

// WriteData writes the elements, copying them from an open file in steps.
func (t *Tensor) WriteData(w io.Writer) error {
	n, err := npy.Size(t.DType, t.Shape)
	if err == nil {
		err = t.writeTo(w, int64(n))
	}
	if err != nil {
		return fmt.Errorf("safetensors: tensor %q: %w", t.Name, err)
	}
	return nil
}
