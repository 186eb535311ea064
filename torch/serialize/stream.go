package serialize

import (
	"bytes"
	"io"
)

// WriteData writes the elements in C order, little-endian. For a contiguous tensor in a
// file it copies them in steps and keeps nothing; for another that covers most of its
// storage it holds the storage meanwhile; otherwise it is as [Tensor.Bytes], which keeps
// the storage. A wrong checksum may only be noticed at the end.
func (t *Tensor) WriteData(w io.Writer) error {
	if err := t.check(); err != nil {
		return err
	}
	s := t.Storage
	switch {
	case t.whole():
		return s.writeTo(w)
	case s.fromFile() && t.IsContiguous():
		size := t.DType.Size()
		return s.in.writePart(w, int64(t.Offset*size), int64(t.Len()*size), size)
	}
	data, err := t.ReadData()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// ReadData returns the elements as [Tensor.Bytes] does, but keeps no copy of a storage in
// a file, unless the tensor is a small, non-contiguous part of it.
func (t *Tensor) ReadData() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	s := t.Storage
	switch {
	case s.Data != nil:
		return t.Bytes()
	case t.whole():
		data := make([]byte, s.Size())
		return data, s.ReadInto(data)
	case s.fromFile() && t.IsContiguous():
		var b bytes.Buffer
		b.Grow(t.Len() * t.DType.Size())
		err := t.WriteData(&b)
		return b.Bytes(), err
	case s.fromFile() && 4*t.Len() >= s.Len: // the time stays in proportion to the result
		data := make([]byte, s.Size())
		if err := s.ReadInto(data); err != nil {
			return nil, err
		}
		return t.gather(data), nil
	}
	return t.Bytes()
}

// fromFile reports whether a storage is still only in a file.
func (s *Storage) fromFile() bool { return s.Data == nil && s.Source == nil && s.in != nil }

// whole reports whether a tensor is its storage, element for element.
func (t *Tensor) whole() bool {
	return t.Offset == 0 && t.Len() == t.Storage.Len && t.IsContiguous()
}
