package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

import (
	"fmt"
	"math"
	"sync"
	"unsafe"
)

// Tags of the words that carry arguments and results (bcl_torch.h).
const (
	tagNone    = C.BT_NONE
	tagTensor  = C.BT_TENSOR
	tagInt     = C.BT_INT
	tagDouble  = C.BT_DOUBLE
	tagBool    = C.BT_BOOL
	tagInts    = C.BT_INTS
	tagTensors = C.BT_TENSORS
	tagDoubles = C.BT_DOUBLES
	tagBools   = C.BT_BOOLS
	tagString  = C.BT_STRING
	tagDevice  = C.BT_DEVICE
	tagDefault = C.BT_DEFAULT
)

// Op is an operator of libtorch, such as {"aten::add", "Tensor"}. The names are
// those of PyTorch's native_functions.yaml. It is looked up at the first call.
type Op struct {
	Name, Overload string

	once   sync.Once
	handle unsafe.Pointer // a c10::OperatorHandle in C memory
	err    error
}

func (o *Op) find() (unsafe.Pointer, error) {
	o.once.Do(func() {
		name, overload := C.CString(o.Name), C.CString(o.Overload)
		defer C.free(unsafe.Pointer(name))
		defer C.free(unsafe.Pointer(overload))
		o.err = result(C.bt_op_find(name, overload, &o.handle))
	})
	return o.handle, o.err
}

// Args collects the arguments of one call in the order of the schema. Omitted trailing
// arguments get the schema's defaults.
type Args struct {
	words []int64
	out   [512]int64 // buffer for results, reused with the Args
}

var pool = sync.Pool{New: func() any { return &Args{words: make([]int64, 0, 64)} }}

// NewArgs returns an empty Args from a pool; Call returns it to the pool.
func NewArgs() *Args {
	a := pool.Get().(*Args)
	a.words = a.words[:0]
	return a
}

func (a *Args) add(w ...int64) *Args { a.words = append(a.words, w...); return a }

// Tensor adds a tensor; 0 means None.
func (a *Args) Tensor(t Tensor) *Args { return a.add(tagTensor, int64(t)) }

// Int adds an int (also a dtype, layout or memory format).
func (a *Args) Int(v int64) *Args { return a.add(tagInt, v) }

// Float adds a float or a float Scalar.
func (a *Args) Float(v float64) *Args { return a.add(tagDouble, int64(math.Float64bits(v))) }

// Bool adds a bool.
func (a *Args) Bool(v bool) *Args { return a.add(tagBool, int64(flag(v))) }

// None adds None.
func (a *Args) None() *Args { return a.add(tagNone) }

// Default adds the schema's default value.
func (a *Args) Default() *Args { return a.add(tagDefault) }

// Device adds a device by type (c10::DeviceType) and index (-1: current).
func (a *Args) Device(kind, index int) *Args { return a.add(tagDevice, int64(kind), int64(index)) }

// Ints adds an int[].
func (a *Args) Ints(v []int64) *Args { return a.add(tagInts, int64(len(v))).add(v...) }

// Floats adds a float[].
func (a *Args) Floats(v []float64) *Args {
	return list(a, tagDoubles, v, func(f float64) int64 { return int64(math.Float64bits(f)) })
}

// Bools adds a bool[].
func (a *Args) Bools(v []bool) *Args {
	return list(a, tagBools, v, func(b bool) int64 { return int64(flag(b)) })
}

// Tensors adds a Tensor[] or a Tensor?[], with 0 for None.
func (a *Args) Tensors(v []Tensor) *Args {
	return list(a, tagTensors, v, func(t Tensor) int64 { return int64(t) })
}

func list[T any](a *Args, tag int64, v []T, word func(T) int64) *Args {
	a.add(tag, int64(len(v)))
	for _, x := range v {
		a.add(word(x))
	}
	return a
}

// String adds a str.
func (a *Args) String(s string) *Args {
	a.add(tagString, int64(len(s)))
	n := len(a.words)
	a.add(make([]int64, (len(s)+7)/8)...)
	if len(s) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&a.words[n])), len(s)), s)
	}
	return a
}

// Results runs the operator and returns its results, in order: Tensor, []Tensor, int64,
// float64, bool, or nil for None. The Args must not be used afterwards.
func (o *Op) Results(a *Args) ([]any, error) {
	defer pool.Put(a)
	n, err := o.call(a, a.out[:])
	if err != nil {
		return nil, err
	}
	var out []any
	for words := a.out[:n]; len(words) > 0; {
		tag, size := words[0], 2 // a tag and a value
		switch tag {
		case tagNone:
			size = 1
			out = append(out, nil)
		case tagTensor:
			out = append(out, Tensor(words[1]))
		case tagTensors:
			size += int(words[1])
			list := make([]Tensor, words[1])
			for i, w := range words[2:size] {
				list[i] = Tensor(w)
			}
			out = append(out, list)
		case tagInt:
			out = append(out, words[1])
		case tagDouble:
			out = append(out, math.Float64frombits(uint64(words[1])))
		case tagBool:
			out = append(out, words[1] != 0)
		}
		words = words[size:]
	}
	return out, nil
}

// Call1 runs an operator whose result is one tensor.
func (o *Op) Call1(a *Args) (Tensor, error) {
	defer pool.Put(a)
	n, err := o.call(a, a.out[:])
	if err != nil {
		return 0, err
	}
	if n != 2 || a.out[0] != tagTensor {
		return 0, fmt.Errorf("%s.%s: the result is not one tensor", o.Name, o.Overload)
	}
	return Tensor(a.out[1]), nil
}

// CallVoid runs an operator and drops its result, as for in-place operators.
func (o *Op) CallVoid(a *Args) error {
	defer pool.Put(a)
	_, err := o.call(a, nil)
	return err
}

func (o *Op) call(a *Args, out []int64) (words int, err error) {
	h, err := o.find()
	if err != nil {
		return 0, err
	}
	var n C.int64_t
	err = result(C.bt_op_call(h, (*C.int64_t)(unsafe.SliceData(a.words)), C.int64_t(len(a.words)),
		(*C.int64_t)(unsafe.SliceData(out)), C.int64_t(len(out)), &n))
	return int(n), err
}
