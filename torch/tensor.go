package torch

import (
	"fmt"

	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch/dtype"
)

// Tensor is a tensor of libtorch. It is a small value to be copied freely; all copies
// refer to the same tensor. The zero Tensor is PyTorch's None.
type Tensor struct{ h cgo.Tensor }

// DType is the type of a tensor's elements.
type DType = dtype.DType

// The element types.
const (
	Uint8    = dtype.Uint8
	Int8     = dtype.Int8
	Int16    = dtype.Int16
	Int32    = dtype.Int32
	Int64    = dtype.Int64
	Float16  = dtype.Float16
	BFloat16 = dtype.BFloat16
	Float32  = dtype.Float32
	Float64  = dtype.Float64
	Bool     = dtype.Bool
)

// MemoryFormat is the order of a tensor's elements in memory.
type MemoryFormat int64

// Memory formats, numbered as in c10/core/MemoryFormat.h.
const (
	ContiguousFormat MemoryFormat = 0
	PreserveFormat   MemoryFormat = 1
	ChannelsLast     MemoryFormat = 2
)

// Defined reports whether t is a tensor and not the zero Tensor.
func (t Tensor) Defined() bool { return t.h != 0 }

func (t Tensor) info() *cgo.Info {
	var i cgo.Info
	check("tensor", t.h.Info(&i))
	return &i
}

// Shape returns the sizes of all dimensions.
func (t Tensor) Shape() []int64 {
	i := t.info()
	return append([]int64{}, i.Sizes[:i.Dims]...)
}

// Size returns the size of one dimension; negative dimensions count from the end.
func (t Tensor) Size(dim int) int64 {
	i := t.info()
	d := dim
	if d < 0 {
		d += i.Dims
	}
	if d < 0 || d >= i.Dims {
		check("size", fmt.Errorf("dimension %d of a tensor with %d", dim, i.Dims))
	}
	return i.Sizes[d]
}

// Dim returns the number of dimensions.
func (t Tensor) Dim() int { return t.info().Dims }

// Numel returns the number of elements.
func (t Tensor) Numel() int64 {
	i := t.info()
	n := int64(1)
	for _, s := range i.Sizes[:i.Dims] {
		n *= s
	}
	return n
}

// Stride returns the strides of all dimensions in elements.
func (t Tensor) Stride() []int64 {
	s, err := t.h.Strides(t.Dim())
	check("stride", err)
	return s
}

// DType returns the type of the elements.
func (t Tensor) DType() DType { return DType(t.info().DType) }

// Device returns the device of the elements.
func (t Tensor) Device() Device {
	i := t.info()
	return Device{deviceType(i.Device), i.Index}
}

// IsContiguous reports whether the elements are in the order of the memory format.
func (t Tensor) IsContiguous(format MemoryFormat) bool {
	if format == ChannelsLast {
		return t.info().Flags&cgo.IsChannelsLast != 0
	}
	return t.info().Flags&cgo.IsContiguous != 0
}

// RequiresGrad reports whether operations on t are recorded.
func (t Tensor) RequiresGrad() bool { return t.info().Flags&cgo.RequiresGrad != 0 }

// IsLeaf reports whether t was not created by a recorded operation.
func (t Tensor) IsLeaf() bool { return t.info().Flags&cgo.IsLeaf != 0 }

// String returns the values as libtorch prints them.
func (t Tensor) String() string {
	if !t.Defined() {
		return "None"
	}
	s, err := t.h.Text()
	if err != nil {
		return "torch: " + err.Error()
	}
	return s
}

// Free frees t before its scope ends.
func (t Tensor) Free() { check("Free", t.h.Free()) }

// SetData sets the values of t, a parameter that keeps its identity, to data.
func (t Tensor) SetData(data Tensor) { check("set_data", t.h.SetData(data.h)) }

// Handle returns the number of t in package cgo, for packages of this module that call it.
func Handle(t Tensor) cgo.Tensor { return t.h }
