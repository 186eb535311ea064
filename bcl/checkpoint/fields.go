package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// fields reads values out of a dict and keeps the first error.
type fields struct {
	dict *serialize.Dict
	err  error
}

func (f *fields) get(name string) any {
	v, ok := f.dict.Lookup(name)
	if !ok && f.err == nil {
		f.err = fmt.Errorf("%s is missing", name)
	}
	return v
}

func (f *fields) int(name string) int {
	v, ok := f.get(name).(int64)
	if !ok && f.err == nil {
		f.err = fmt.Errorf("%s is not an int", name)
	}
	return int(v)
}

func (f *fields) float(name string) float64 {
	v, ok := f.get(name).(float64)
	if !ok && f.err == nil {
		f.err = fmt.Errorf("%s is not a float", name)
	}
	return v
}

// tensorOf reads a tensor into a slice; None is nil.
func tensorOf[T torch.Element](f *fields, name string) []T {
	v := f.get(name)
	s, ok := v.(*serialize.Tensor)
	if !ok {
		if v != nil && f.err == nil {
			f.err = fmt.Errorf("%s is a %T, expected a tensor", name, v)
		}
		return nil
	}
	t, err := bridge.FromFile(s)
	if err == nil && t.DType() != torch.DTypeOf[T]() {
		err = fmt.Errorf("%s is %v, expected %v", name, t.DType(), torch.DTypeOf[T]())
	}
	if err != nil {
		if f.err == nil {
			f.err = err
		}
		return nil
	}
	return torch.Slice[T](t)
}
