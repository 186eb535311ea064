package ckpt

import (
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
)

// finite counts the elements that are NaN or infinite of what is written to it, and sees
// whether any is not zero.
type finite struct {
	elem dtype.DType
	bad  int
	some bool
	part []byte // of an element whose end has not come
}

// exponents are the bits of the exponent, all of which such elements have set, in the
// last two bytes of an element.
var exponents = map[dtype.DType]uint16{dtype.Float16: 0x7c00, dtype.BFloat16: 0x7f80, dtype.Float32: 0x7f80, dtype.Float64: 0x7ff0}

func (f *finite) Write(p []byte) (int, error) {
	mask, size := exponents[f.elem], f.elem.Size()
	if mask == 0 {
		return len(p), nil
	}
	b := p
	if len(f.part) > 0 {
		b = append(f.part, p...)
	}
	for ; len(b) >= size; b = b[size:] {
		if high := uint16(b[size-1])<<8 | uint16(b[size-2]); high&mask == mask {
			f.bad++
		} else if !f.some {
			f.some = high&0x7fff != 0 || slices.ContainsFunc(b[:size-2], func(x byte) bool { return x != 0 })
		}
	}
	f.part = append([]byte(nil), b...)
	return len(p), nil
}
