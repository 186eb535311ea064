package ckpt

import (
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Unread returns the values that OpenOptions.SkipUnknown left out although their kind is
// known, such as tensors of float8_e4m3fn, with what they are.
func (f *File) Unread() []Value {
	var out []Value
	f.walk(func(path string, v any) {
		if o, ok := v.(*pickle.Opaque); ok && o.What != "" {
			out = append(out, Value{path, o.What})
		}
	})
	return out
}

// Skipped returns where the objects are that classes and functions of File.Unknown made.
func (f *File) Skipped() []string {
	var out []string
	f.walk(func(path string, v any) {
		if o, ok := v.(*pickle.Opaque); ok && o.What == "" {
			out = append(out, path)
		}
	})
	return out
}

func isOpaque(v any) bool {
	_, is := v.(*pickle.Opaque)
	return is
}

// opaque describes a value that is not read.
func opaque(o *pickle.Opaque) string {
	if o.What != "" {
		return o.What + ", not read"
	}
	return "an object of " + serialize.Quote(o.Name) + ", which is not known"
}
