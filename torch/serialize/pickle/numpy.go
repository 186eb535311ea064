package pickle

import (
	"fmt"
	"math"
	"strings"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// ndarrayClass is numpy.ndarray, which pickles name but do not call.
var ndarrayClass = &Class{Name: "numpy.ndarray"}

// numpyType is numpy.dtype: the name from its call ("u1"), and the byte order from its
// state.
type numpyType struct {
	kind, order string
	structured  bool // with named fields, or a part that is an array
}

// String returns the type as NumPy prints it, roughly: "dtype(<f4)".
func (t *numpyType) String() string { return "dtype(" + t.order + t.kind + ")" }

// unsupported is the error of an array whose elements are of a type that package npy does
// not have; nil if it has the type.
func (t *numpyType) unsupported(shape []int) error {
	_, _, err := npy.ParseDescr(t.order + t.kind)
	kind := t.kind
	if t.structured {
		kind, err = "", fmt.Errorf("numpy.dtype: structured element types are not supported")
	}
	if err == nil {
		return nil
	}
	return &Unsupported{What: npy.Describe(kind, shape), Err: err}
}

// unset is the element type of an array whose state could not be set.
const unset = dtype.DType(-1)

// NumPy lists the globals of pickled arrays and scalars of NumPy 1 and 2, in any
// protocol. An ndarray becomes an *npy.Array, in C order and little-endian; a scalar
// becomes an int64, float64 or bool. Element types that package npy does not have are
// errors.
func NumPy() AllowList {
	l := AllowList{
		"numpy.ndarray": ndarrayClass,
		"numpy.dtype":   &Class{"numpy.dtype", newNumpyType},
	}
	for _, core := range []string{"numpy.core.", "numpy._core."} { // NumPy 1 and 2
		for name, f := range map[string]func(*Decoder, []any) (any, error){
			"multiarray._reconstruct": reconstruct,
			"multiarray.scalar":       newScalar,
			"numeric._frombuffer":     fromBuffer,
		} {
			l[core+name] = &Class{core + name, f}
		}
	}
	return l
}

// text returns a string that Python 2 may have written as bytes.
func text(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case []byte:
		return string(s), true
	}
	return "", false
}

// newNumpyType is dtype(kind, align, copy).
func newNumpyType(_ *Decoder, args []any) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("no arguments")
	}
	if o, ok := args[0].(*Opaque); ok { // such as a class of ml_dtypes
		return nil, &Unsupported{fmt.Sprintf("the numpy.dtype %.80q", o.Name), fmt.Errorf("of the unknown %.80q", o.Name)}
	}
	kind, ok := text(args[0])
	if !ok || len(kind) < 2 || len(kind) > 16 {
		return nil, fmt.Errorf("of a %s, expected the short name of an element type", TypeName(args[0]))
	}
	return &numpyType{kind: kind, order: "|"}, nil
}

// SetState takes (version, byte order, subtype, names, fields, size, alignment, flags).
func (t *numpyType) SetState(_ *Decoder, state any) error {
	s, ok := state.(*Tuple)
	if !ok || len(s.Items) < 8 {
		return fmt.Errorf("numpy.dtype: the state is not a tuple of at least 8 values")
	}
	order, ok := text(s.Items[1])
	if !ok || len(order) != 1 {
		return fmt.Errorf("numpy.dtype: the byte order is not one character")
	}
	t.order, t.structured = order, s.Items[2] != nil || s.Items[3] != nil
	return nil
}

// newArray makes an array from elements in NumPy's memory layout.
func (d *Decoder) newArray(shape, kind any, fortran bool, data any) (*npy.Array, error) {
	t, ok := kind.(*numpyType)
	o, unknown := kind.(*Opaque)
	if !ok && !unknown {
		return nil, fmt.Errorf("a numpy array's element type is a %s, not a numpy.dtype", TypeName(kind))
	}
	dims, ok := shape.(*Tuple)
	if !ok || len(dims.Items) > npy.MaxDims {
		return nil, fmt.Errorf("a numpy array's shape is not a tuple of at most %d ints", npy.MaxDims)
	}
	size := make([]int, len(dims.Items))
	for i, v := range dims.Items {
		n, ok := v.(int64)
		if !ok || n < 0 || n > math.MaxInt {
			return nil, fmt.Errorf("a numpy array's shape has a %s where a size is expected", brief(v))
		}
		size[i] = int(n)
	}
	if unknown {
		name := strings.TrimPrefix(o.What, "the numpy.dtype ")
		if name == "" {
			name = fmt.Sprintf("%.80q", o.Name)
		}
		return nil, &Unsupported{fmt.Sprintf("a numpy array of %s %v", name, size), fmt.Errorf("a numpy array's element type is the unknown %s", name)}
	}
	if err := t.unsupported(size); err != nil {
		return nil, err
	}
	raw, ok := data.([]byte)
	if s, isText := data.(string); isText {
		// Python 2's str, converted to a string by the options.
		if err := d.Charge(len(s)); err != nil {
			return nil, err
		}
		if raw, ok = []byte(s), true; d.opts.Strings == Latin1 {
			b, err := encodeLatin1(d, []any{s, "latin1"})
			if err != nil {
				return nil, err
			}
			raw = b.([]byte)
		}
	}
	if !ok {
		return nil, fmt.Errorf("a numpy array's data are a %s, expected bytes", TypeName(data))
	}
	if err := d.Charge(len(raw)); err != nil {
		return nil, err
	}
	return npy.FromRaw(t.order+t.kind, size, fortran, raw)
}

// reconstruct is _reconstruct(ndarray, shape, typecode), an array without
// contents; its state follows.
func reconstruct(_ *Decoder, args []any) (any, error) {
	if len(args) == 3 {
		if o, ok := args[0].(*Opaque); ok { // a class derived from ndarray
			return &Opaque{Name: o.Name}, nil
		}
	}
	if len(args) != 3 || args[0] != any(ndarrayClass) {
		return nil, fmt.Errorf("expected numpy.ndarray, a shape and a type code")
	}
	return &npy.Array{DType: dtype.Uint8, Shape: []int{0}}, nil
}

// setArray takes (version, shape, dtype, is Fortran, data); old arrays have no version.
func (d *Decoder) setArray(a *npy.Array, state any) error {
	s, ok := state.(*Tuple)
	if !ok || len(s.Items) != 4 && len(s.Items) != 5 {
		return fmt.Errorf("the state of a numpy array is not a tuple of 5 values")
	}
	items := s.Items[len(s.Items)-4:]
	fortran, ok := items[2].(bool)
	if n, isInt := items[2].(int64); isInt {
		fortran, ok = n != 0, true
	}
	if !ok {
		return fmt.Errorf("a numpy array's order is a %s, expected a bool", TypeName(items[2]))
	}
	b, err := d.newArray(items[0], items[1], fortran, items[3])
	if err == nil {
		*a = *b
	}
	return err
}

// fromBuffer is _frombuffer(data, dtype, shape, order), as protocol 5 writes.
func fromBuffer(d *Decoder, args []any) (any, error) {
	if len(args) != 4 || args[3] != "C" && args[3] != "F" {
		return nil, fmt.Errorf("expected data, dtype, shape, and 'C' or 'F'")
	}
	return d.newArray(args[2], args[1], args[3] == "F", args[0])
}

// newScalar is scalar(dtype, data).
func newScalar(d *Decoder, args []any) (any, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("%d arguments, expected a dtype and bytes", len(args))
	}
	a, err := d.newArray(&Tuple{}, args[0], false, args[1])
	if err != nil {
		return nil, err
	}
	switch {
	case a.DType == dtype.Bool:
		return a.Data[0] != 0, nil
	case a.DType.IsFloat():
		return a.DType.Float(a.Data), nil
	}
	return a.DType.Int(a.Data), nil
}
