// Package state is named state that a checkpoint keeps in addition to weights and
// restores when a run is resumed. A method or an auxiliary loss names its own; package
// checkpoint writes any.
package state

import (
	"fmt"
	"reflect"

	"github.com/bcl-go/bcl/torch"
)

// Dict is state in order. Values are [torch.Tensor], float64, int, Dict, or nil for None;
// from a file an int comes as an int64.
type Dict []Entry

// Entry is a value with its name.
type Entry struct {
	Name  string
	Value any
}

// Get returns the value of a name, and whether it exists.
func (d Dict) Get(name string) (value any, ok bool) {
	for _, e := range d {
		if e.Name == name {
			return e.Value, true
		}
	}
	return nil, false
}

// Dict returns the dict of a name; ok is false if it does not exist or is None.
func (d Dict) Dict(name string) (sub Dict, ok bool) {
	v, _ := d.Get(name)
	sub, ok = v.(Dict)
	return sub, ok
}

// Reader reads values from a dict and keeps the first error.
type Reader struct {
	Dict Dict
	Err  error
}

// value returns the value of a name; false and an error if it is not a T.
func value[T any](r *Reader, name string) (v T, ok bool) {
	found, there := r.Dict.Get(name)
	v, ok = found.(T)
	switch {
	case ok || r.Err != nil:
	case !there:
		r.Err = fmt.Errorf("%s is missing", name)
	default:
		r.Err = fmt.Errorf("%s is a %T, expected a %v", name, found, reflect.TypeFor[T]())
	}
	return v, ok
}

// Int returns the integer of a name, in state that comes from a file.
func (r *Reader) Int(name string) int {
	n, _ := value[int64](r, name)
	return int(n)
}

// Float returns the number of a name.
func (r *Reader) Float(name string) float64 {
	f, _ := value[float64](r, name)
	return f
}

// Slice returns the elements of the tensor of a name; None is nil.
func Slice[T torch.Element](r *Reader, name string) []T {
	if v, ok := r.Dict.Get(name); ok && v == nil {
		return nil
	}
	t, ok := value[torch.Tensor](r, name)
	if ok && t.DType() != torch.DTypeOf[T]() && r.Err == nil {
		r.Err = fmt.Errorf("%s is %v, expected %v", name, t.DType(), torch.DTypeOf[T]())
	}
	if r.Err != nil {
		return nil
	}
	return torch.Slice[T](t)
}
