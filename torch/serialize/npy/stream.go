package npy

import (
	"fmt"
	"io"

	"github.com/bcl-go/bcl/torch/dtype"
)

// ReadHeader reads what comes before the elements, for those who read these themselves,
// such as by mapping the file: their type, the shape, and where they start, in bytes from
// where r was. Elements in Fortran order or in big-endian bytes are an error.
func ReadHeader(r io.Reader) (d dtype.DType, shape []int, start int64, err error) {
	h, start, err := readHeader(r)
	if err != nil {
		return 0, nil, 0, err
	}
	d, big, err := ParseDescr(h.descr)
	switch {
	case err != nil:
		return 0, nil, 0, h.unsupported(err)
	case big || h.fortran:
		return 0, nil, 0, fmt.Errorf("npy: elements that are big-endian or in Fortran order, expected little-endian in C order: save numpy.ascontiguousarray(a).astype('<f4')")
	}
	if _, err := Size(d, h.shape); err != nil {
		return 0, nil, 0, fmt.Errorf("npy: %w", err)
	}
	return d, h.shape, start, nil
}

// WriteHeader writes what comes before the elements, which the caller writes after it,
// little-endian and in C order.
func WriteHeader(w io.Writer, d dtype.DType, shape ...int) error {
	if _, err := Size(d, shape); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	h, err := head(d, shape)
	if err == nil {
		_, err = w.Write(h)
	}
	return err
}
