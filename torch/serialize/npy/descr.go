package npy

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/dtype"
)

// kinds maps the part of a descr after the byte order to an element type.
var kinds = map[string]dtype.DType{
	"u1": dtype.Uint8, "i1": dtype.Int8, "i2": dtype.Int16, "i4": dtype.Int32, "i8": dtype.Int64,
	"f2": dtype.Float16, "f4": dtype.Float32, "f8": dtype.Float64, "b1": dtype.Bool,
}

// oddKinds are Python's names of the element types that package dtype does not have, and
// oddLetters those of any size.
var (
	oddKinds = map[string]string{
		"u2": "uint16", "u4": "uint32", "u8": "uint64", "c8": "complex64", "c16": "complex128", "f16": "longdouble",
	}
	oddLetters = map[byte]string{'U': "str", 'S': "bytes", 'O': "object", 'M': "datetime64", 'm': "timedelta64", 'V': "void"}
)

// Describe says what an array of a type is that is not read, such as "a numpy array of str
// [2]". kind is the part of the descr after the byte order, "" for a structured type.
func Describe(kind string, shape []int) string {
	name := kind
	if kind == "" {
		name = "structures"
	} else if n := oddKinds[kind] + oddLetters[kind[0]]; n != "" {
		name = n
	}
	return fmt.Sprintf("a numpy array of %s %v", name, shape)
}

// Unsupported is the error of an array whose elements are of a type that is not read.
type Unsupported struct {
	What string // such as "a numpy array of str [2]"
	Err  error
}

func (e *Unsupported) Error() string { return e.Err.Error() }
func (e *Unsupported) Unwrap() error { return e.Err }

// ParseDescr reads NumPy's name of an element type, such as "<i8" or "|u1", and reports
// whether its bytes are big-endian. It is an error if package dtype does not have the
// type, or if a type of more than one byte has no byte order.
func ParseDescr(descr string) (d dtype.DType, bigEndian bool, err error) {
	if len(descr) != 3 {
		return 0, false, fmt.Errorf("npy: element type %q is not supported", descr)
	}
	d, ok := kinds[descr[1:]]
	if !ok {
		return 0, false, fmt.Errorf("npy: element type %q is not supported; known are u1 i1 i2 i4 i8 f2 f4 f8 b1", descr)
	}
	switch order := descr[0]; {
	case order == '<', order == '|' && d.Size() == 1:
	case order == '>':
		bigEndian = d.Size() > 1
	default:
		return 0, false, fmt.Errorf("npy: element type %q has the byte order %q, expected '<' or '>'", descr, order)
	}
	return d, bigEndian, nil
}

// Descr returns NumPy's name of an element type, as NumPy writes it. It is an
// error for bfloat16, which NumPy does not have, and for unknown types.
func Descr(d dtype.DType) (string, error) {
	for k, v := range kinds {
		if v == d {
			if d.Size() == 1 {
				return "|" + k, nil
			}
			return "<" + k, nil
		}
	}
	return "", fmt.Errorf("npy: NumPy has no element type %v", d)
}
