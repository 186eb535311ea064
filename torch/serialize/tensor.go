package serialize

import (
	"errors"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// maxDims is far more than PyTorch's own kernels support.
const maxDims = 64

// Tensor is a view of a [Storage], as PyTorch's tensors are: element (i, j, ..)
// is the storage's element Offset + i*Stride[0] + j*Stride[1] + ...
type Tensor struct {
	DType  dtype.DType
	Shape  []int
	Stride []int // in elements; nil means contiguous, in C order
	Offset int   // in elements
	// Storage holds the elements; tensors that share one also share it in a file.
	Storage      *Storage
	RequiresGrad bool
	Parameter    bool // a torch.nn.Parameter
	// Attrs are attributes that Python code set on the tensor; read, not written.
	Attrs *Dict
}

// NewTensor returns a contiguous tensor over little-endian data, which it shares. It is
// an error if the data's length does not match the shape.
func NewTensor(d dtype.DType, shape []int, data []byte) (*Tensor, error) {
	return FromArray(&npy.Array{DType: d, Shape: shape, Data: data})
}

// FromArray returns a tensor that shares the data of an array.
func FromArray(a *npy.Array) (*Tensor, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	s := &Storage{DType: a.DType, Len: a.Len(), Data: a.Data}
	if s.Data == nil {
		s.Data = []byte{}
	}
	return &Tensor{DType: a.DType, Shape: a.Shape, Storage: s}, nil
}

// FromFunc returns a contiguous tensor whose bytes are written by a function when it is
// saved, so that they need not be in memory before. The function may be called more than
// once and must write exactly the bytes of the shape.
func FromFunc(d dtype.DType, shape []int, write func(io.Writer) error) (*Tensor, error) {
	size, err := npy.Size(d, shape)
	if err != nil {
		return nil, err
	}
	return &Tensor{DType: d, Shape: shape, Storage: &Storage{DType: d, Len: size / d.Size(), Source: write}}, nil
}

// Len returns the number of elements.
func (t *Tensor) Len() int {
	n, err := npy.Elements(t.Shape)
	if err != nil {
		return 0
	}
	return n
}

// contiguous returns the strides of a contiguous tensor. Like PyTorch, it treats a
// dimension of size zero as one.
func contiguous(shape []int) []int {
	stride := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		stride[i] = step
		step *= max(shape[i], 1)
	}
	return stride
}

// strides returns Stride, or the contiguous strides if it is nil.
func (t *Tensor) strides() []int {
	if t.Stride == nil {
		return contiguous(t.Shape)
	}
	return t.Stride
}

// IsContiguous reports whether the elements are in C order without gaps.
func (t *Tensor) IsContiguous() bool {
	step := 1
	stride := t.strides()
	for i := len(t.Shape) - 1; i >= 0; i-- {
		if t.Shape[i] == 0 {
			return true
		}
		if t.Shape[i] != 1 {
			if stride[i] != step {
				return false
			}
			step *= t.Shape[i]
		}
	}
	return true
}

// errRepeats marks the error of a view that repeats its elements too often.
var errRepeats = errors.New("")

// check returns an error if a tensor does not lie within its storage.
func (t *Tensor) check() error {
	s := t.Storage
	if s == nil {
		return errors.New("a tensor without a storage")
	}
	if t.DType.Size() == 0 || t.DType != s.DType {
		return fmt.Errorf("a tensor of %v in a storage of %v", t.DType, s.DType)
	}
	if len(t.Shape) > maxDims || t.Stride != nil && len(t.Stride) != len(t.Shape) {
		return fmt.Errorf("a tensor of %d sizes and %d strides, expected equally many, at most %d", len(t.Shape), len(t.Stride), maxDims)
	}
	n, err := npy.Elements(t.Shape)
	if err != nil {
		return err
	}
	outside := fmt.Errorf("a tensor of shape %v, strides %v and offset %d does not lie within its storage of %d elements", t.Shape, t.Stride, t.Offset, s.Len)
	if t.Offset < 0 || t.Offset > s.Len {
		return outside
	}
	last := t.Offset
	for i, step := range t.strides() {
		if step < 0 {
			return outside
		}
		if n == 0 || t.Shape[i] == 1 || step == 0 {
			continue
		}
		if t.Shape[i]-1 > (s.Len-last)/step {
			return outside
		}
		last += (t.Shape[i] - 1) * step
	}
	if n > 0 && last >= s.Len {
		return outside
	}
	// A stride of zero repeats elements; too much of that is a bomb. [Expansion] bounds a
	// file's tensors together.
	if n/64 > s.Len+1<<18 {
		return fmt.Errorf("a tensor of shape %v repeats the %d elements of its storage more than 64 times and is large%w", t.Shape, s.Len, errRepeats)
	}
	return nil
}

// Bytes returns the elements in C order, little-endian. For a contiguous tensor it is a
// part of the storage's Data, not a copy. It reads the storage from its file if that has
// not been done.
func (t *Tensor) Bytes() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	data, err := t.Storage.Bytes()
	if err != nil {
		return nil, err
	}
	if t.IsContiguous() {
		size := t.DType.Size()
		at, end := t.Offset*size, (t.Offset+t.Len())*size
		return data[at:end:end], nil
	}
	return t.gather(data), nil
}

// gather copies the elements of a tensor with gaps or in another order.
func (t *Tensor) gather(data []byte) []byte {
	return npy.Gather(data, t.Shape, t.Stride, t.Offset, t.Len(), t.DType.Size())
}

// Array returns the tensor as an array, whose accessors return Go slices. It shares
// memory as [Tensor.Bytes] does.
func (t *Tensor) Array() (*npy.Array, error) {
	data, err := t.Bytes()
	if err != nil {
		return nil, err
	}
	return &npy.Array{DType: t.DType, Shape: t.Shape, Data: data}, nil
}
