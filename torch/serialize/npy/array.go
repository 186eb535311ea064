package npy

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
)

// MaxDims is the largest number of dimensions, as in NumPy 2.
const MaxDims = 64

// Array is an array in memory: little-endian, in C order (the last index runs
// fastest). A Shape of no dimensions is a scalar of one element.
type Array struct {
	DType dtype.DType
	Shape []int
	Data  []byte
}

// Len returns the number of elements that Data holds.
func (a *Array) Len() int {
	if s := a.DType.Size(); s > 0 {
		return len(a.Data) / s
	}
	return 0
}

// FromInt64s returns a one-dimensional int64 array with a copy of v.
func FromInt64s(v []int64) *Array {
	return &Array{DType: dtype.Int64, Shape: []int{len(v)}, Data: littleEndian(v)}
}

// FromFloat32s returns a float32 array with a copy of v; without a shape it has
// one dimension. It panics if the shape does not hold exactly len(v) elements.
func FromFloat32s(v []float32, shape ...int) *Array {
	if len(shape) == 0 {
		shape = []int{len(v)}
	}
	if n, err := Elements(shape); err != nil || n != len(v) {
		panic(fmt.Sprintf("npy: %d values do not fit the shape %v", len(v), shape))
	}
	return &Array{DType: dtype.Float32, Shape: slices.Clone(shape), Data: littleEndian(v)}
}

// Int64s returns the elements in C order, whatever the shape. It is an error if
// the element type is not int64.
func (a *Array) Int64s() ([]int64, error) { return values[int64](a, dtype.Int64) }

// Float32s returns the elements in C order, whatever the shape. It is an error
// if the element type is not float32.
func (a *Array) Float32s() ([]float32, error) { return values[float32](a, dtype.Float32) }

func values[T int64 | float32](a *Array, d dtype.DType) ([]T, error) {
	if a.DType != d {
		return nil, fmt.Errorf("npy: the array's type is %v, not %v", a.DType, d)
	}
	if err := a.Check(); err != nil {
		return nil, err
	}
	out := make([]T, a.Len())
	_, err := binary.Decode(a.Data, binary.LittleEndian, out)
	return out, err
}

func littleEndian[T int64 | float32](v []T) []byte {
	data, _ := binary.Append(nil, binary.LittleEndian, v) // fails only for types without a size
	return data
}

// Check returns an error if an array's fields disagree: an element type without a size, a
// bad shape, or data whose length does not match the shape.
func (a *Array) Check() error {
	size := a.DType.Size()
	if size == 0 {
		return fmt.Errorf("npy: unknown element type %v", a.DType)
	}
	n, err := Elements(a.Shape)
	if err != nil {
		return err
	}
	if n > math.MaxInt/size || n*size != len(a.Data) {
		return fmt.Errorf("npy: %v elements of shape %v do not take %d bytes", a.DType, a.Shape, len(a.Data))
	}
	return nil
}

// Elements returns the number of elements of a shape. It is an error if a
// dimension is negative, if there are more than [MaxDims], or if the product of
// those that are not zero overflows.
func Elements(shape []int) (int, error) {
	if len(shape) > MaxDims {
		return 0, fmt.Errorf("npy: %d dimensions, at most %d are allowed", len(shape), MaxDims)
	}
	n, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("npy: shape %v has a negative dimension", shape)
		case d == 0:
			empty = true
		case n > math.MaxInt/d:
			return 0, fmt.Errorf("npy: shape %v overflows", shape)
		default:
			n *= d
		}
	}
	if empty {
		return 0, nil
	}
	return n, nil
}

// Size returns the bytes that an array takes. It is an error if [Elements] returns one,
// if the type is unknown, or if the bytes overflow.
func Size(d dtype.DType, shape []int) (int, error) {
	n, err := Elements(shape)
	if err != nil {
		return 0, err
	}
	if d.Size() == 0 || n > math.MaxInt/d.Size() {
		return 0, fmt.Errorf("%v elements of shape %v do not fit in memory", d, shape)
	}
	return n * d.Size(), nil
}
