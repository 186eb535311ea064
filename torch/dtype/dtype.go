// Package dtype names the element types of tensors, with PyTorch's names and numbers
// (c10::ScalarType). It contains no C, so that readers and writers of files can use it.
package dtype

import "fmt"

// DType is the type of a tensor's elements.
type DType int8

// The element types, numbered as in c10/core/ScalarType.h.
const (
	Uint8    DType = 0
	Int8     DType = 1
	Int16    DType = 2
	Int32    DType = 3
	Int64    DType = 4
	Float16  DType = 5
	Float32  DType = 6
	Float64  DType = 7
	Bool     DType = 11
	BFloat16 DType = 15
)

var info = map[DType]struct {
	name string
	size int
}{
	Uint8: {"uint8", 1}, Int8: {"int8", 1}, Int16: {"int16", 2}, Int32: {"int32", 4}, Int64: {"int64", 8},
	Float16: {"float16", 2}, Float32: {"float32", 4}, Float64: {"float64", 8}, Bool: {"bool", 1}, BFloat16: {"bfloat16", 2},
}

// String returns PyTorch's name without the "torch." prefix, such as "float32".
func (d DType) String() string {
	if i, ok := info[d]; ok {
		return i.name
	}
	return fmt.Sprintf("dtype(%d)", int8(d))
}

// Size returns the bytes of one element, or 0 for an unknown type.
func (d DType) Size() int { return info[d].size }

// IsFloat reports whether d is a floating-point type.
func (d DType) IsFloat() bool {
	return d == Float16 || d == Float32 || d == Float64 || d == BFloat16
}

// Parse returns the type with PyTorch's name, with or without "torch.".
func Parse(name string) (DType, error) {
	const prefix = "torch."
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		name = name[len(prefix):]
	}
	for d, i := range info {
		if i.name == name {
			return d, nil
		}
	}
	return 0, fmt.Errorf("dtype %q is not one of uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, bool", name)
}
