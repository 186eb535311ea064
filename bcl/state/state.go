// Package state is named state of what takes part in training: what a checkpoint keeps of
// it beside weights, and gives back when the run is resumed. A method or an auxiliary
// loss names its own; package checkpoint writes any.
package state

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
)

// Dict is state in order. Values are [torch.Tensor], float64, int, Dict, or nil for None.
type Dict []Entry

// Entry is a value with its name.
type Entry struct {
	Name  string
	Value any
}

// Get returns the value of a name, and whether it is there.
func (d Dict) Get(name string) (value any, ok bool) {
	for _, e := range d {
		if e.Name == name {
			return e.Value, true
		}
	}
	return nil, false
}

// Dict returns the dict of a name; ok is false if there is none, or None.
func (d Dict) Dict(name string) (sub Dict, ok bool) {
	v, _ := d.Get(name)
	sub, ok = v.(Dict)
	return sub, ok
}

// Float returns the number of a name.
func (d Dict) Float(name string) (float64, error) {
	v, ok := d.Get(name)
	if !ok {
		return 0, fmt.Errorf("%s is missing", name)
	}
	f, ok := v.(float64)
	if !ok {
		return 0, fmt.Errorf("%s is not a float", name)
	}
	return f, nil
}

// Slice returns the elements of the tensor of a name; None is nil.
func Slice[T torch.Element](d Dict, name string) ([]T, error) {
	v, ok := d.Get(name)
	if !ok {
		return nil, fmt.Errorf("%s is missing", name)
	}
	if v == nil {
		return nil, nil
	}
	t, ok := v.(torch.Tensor)
	if !ok {
		return nil, fmt.Errorf("%s is a %T, expected a tensor", name, v)
	}
	if t.DType() != torch.DTypeOf[T]() {
		return nil, fmt.Errorf("%s is %v, expected %v", name, t.DType(), torch.DTypeOf[T]())
	}
	return torch.Slice[T](t), nil
}
