package torch

import (
	"fmt"
	"unsafe"

	"github.com/bcl-go/bcl/cgo"
)

// Element is a Go type that tensors can be filled from and read into.
type Element interface {
	uint8 | int8 | int16 | int32 | int64 | float32 | float64 | bool
}

// DTypeOf returns the DType with the layout of T.
func DTypeOf[T Element]() DType {
	switch any(*new(T)).(type) {
	case uint8:
		return Uint8
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case float32:
		return Float32
	case float64:
		return Float64
	default:
		return Bool
	}
}

// FromSlice copies data, in C order, into a new CPU tensor. Without a shape it
// has one dimension.
func FromSlice[T Element](data []T, shape ...int64) Tensor {
	if shape == nil {
		shape = []int64{int64(len(data))}
	}
	return FromBytes(raw(data), DTypeOf[T](), shape...)
}

// raw is the memory of v.
func raw[T Element](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}

// FromBytes copies raw elements, in C order and native byte order, into a new
// CPU tensor of any type.
func FromBytes(data []byte, dtype DType, shape ...int64) Tensor {
	h, err := cgo.NewTensor(unsafe.Pointer(unsafe.SliceData(data)), len(data), int8(dtype), shape)
	check("tensor", err)
	return Tensor{h}
}

// Scalar returns a tensor without dimensions.
func Scalar[T Element](v T) Tensor { return FromSlice([]T{v}, []int64{}...) }

// Slice returns the elements of t in C order. T must be t's type.
func Slice[T Element](t Tensor) []T {
	out := make([]T, t.Numel())
	CopyTo(out, t)
	return out
}

// CopyTo is [Slice] into the caller's memory, which must have exactly the right length.
func CopyTo[T Element](dst []T, t Tensor) {
	if want := DTypeOf[T](); t.DType() != want {
		check("copy", fmt.Errorf("tensor is %v, the slice needs %v", t.DType(), want))
	}
	t.ReadBytes(raw(dst))
}

// Bytes returns the raw elements of t in C order, whatever its type.
func (t Tensor) Bytes() []byte {
	out := make([]byte, t.Numel()*int64(t.DType().Size()))
	t.ReadBytes(out)
	return out
}

// ReadBytes is [Tensor.Bytes] into the caller's memory, which must have exactly the right
// length.
func (t Tensor) ReadBytes(dst []byte) {
	check("copy", t.h.Read(unsafe.Pointer(unsafe.SliceData(dst)), len(dst)))
}

// WriteBytes sets the elements of t, in C order, from src, which must have exactly the right
// length.
func (t Tensor) WriteBytes(src []byte) {
	check("copy", t.h.Write(unsafe.Pointer(unsafe.SliceData(src)), len(src), false))
}

// WriteBytesLater is [Tensor.WriteBytes] by a GPU, behind what its current stream does. src
// must be pinned (package cuda), and stay as it is until an event of that stream.
func (t Tensor) WriteBytesLater(src []byte) {
	check("copy", t.h.Write(unsafe.Pointer(unsafe.SliceData(src)), len(src), true))
}

// ReadBytesLater is [Tensor.ReadBytes] by a GPU, behind what its current stream does. dst must
// be pinned, and has the bytes from an event of that stream on.
func (t Tensor) ReadBytesLater(dst []byte) {
	check("copy", t.h.ReadLater(unsafe.Pointer(unsafe.SliceData(dst)), len(dst)))
}
