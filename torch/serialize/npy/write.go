package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/torch/dtype"
)

// growth is the width that NumPy reserves for the first dimension, so that a program can
// append to a file and rewrite the header in place.
const growth = 21

// Write writes the array in format version 1.0, with the same bytes as numpy.save. It is
// an error if the fields of a disagree, or if NumPy has no such element type.
func Write(w io.Writer, a *Array) error {
	if err := a.Check(); err != nil {
		return err
	}
	head, err := head(a.DType, a.Shape)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err = w.Write(a.Data)
	return err
}

// head returns everything before the elements. Its length does not depend on the first
// dimension.
func head(d dtype.DType, shape []int) ([]byte, error) {
	descr, err := Descr(d)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr)
	for i, d := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteString("), }")
	if len(shape) > 0 {
		b.WriteString(strings.Repeat(" ", growth-len(strconv.Itoa(shape[0]))))
	}
	// The elements start at a multiple of 64 bytes; the newline counts. NumPy
	// pads even when the header is already aligned.
	b.WriteString(strings.Repeat(" ", 64-(10+b.Len()+1)%64))
	b.WriteByte('\n')

	head := append([]byte(magic), 1, 0)
	head = binary.LittleEndian.AppendUint16(head, uint16(b.Len()))
	return append(head, b.String()...), nil
}
