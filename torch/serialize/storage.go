package serialize

import (
	"bytes"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/torch/dtype"
)

// Storage is a sequence of elements in memory, in a file, or written by a function.
type Storage struct {
	DType  dtype.DType
	Len    int    // elements
	Device string // PyTorch's location, such as "cpu" or "cuda:0"; "" means cpu
	// Data are the elements, little-endian; nil while they are not in memory.
	Data []byte
	// Source writes the elements when Data is nil.
	Source func(w io.Writer) error

	class storageClass // in the file
	in    *stored      // where a file has them, when Data and Source are nil
}

// Size returns the storage's bytes.
func (s *Storage) Size() int { return s.Len * s.DType.Size() }

// Bytes returns the elements, little-endian. The first call reads them from
// the file, or calls Source, and keeps them in Data.
func (s *Storage) Bytes() ([]byte, error) {
	if s.Data == nil {
		data := make([]byte, s.Size())
		if err := s.ReadInto(data); err != nil {
			return nil, err
		}
		s.Data = data
	}
	if err := s.checkData(); err != nil {
		return nil, err
	}
	return s.Data, nil
}

// ReadInto copies the elements into dst, which must have exactly the storage's size. It
// needs no further memory, so it is the way into a tensor's own. The checksum of the
// file's record is verified.
func (s *Storage) ReadInto(dst []byte) error {
	if len(dst) != s.Size() {
		return fmt.Errorf("a storage of %d bytes cannot be read into %d", s.Size(), len(dst))
	}
	if err := s.checkData(); err != nil {
		return err
	}
	if s.fromFile() {
		return s.in.readInto(dst, s.DType.Size())
	}
	w := &fixed{dst: dst}
	if err := s.writeTo(w); err != nil {
		return err
	}
	if w.n != len(dst) {
		return fmt.Errorf("a storage's source wrote %d bytes, expected %d", w.n, len(dst))
	}
	return nil
}

// checkData returns an error if the elements in memory are not Len elements.
func (s *Storage) checkData() error {
	if s.Data != nil && len(s.Data) != s.Size() {
		return fmt.Errorf("a storage of %d elements of %v has %d bytes", s.Len, s.DType, len(s.Data))
	}
	return nil
}

// fixed writes into a slice of fixed size.
type fixed struct {
	dst []byte
	n   int
}

func (f *fixed) Write(p []byte) (int, error) {
	if len(p) > len(f.dst)-f.n {
		return 0, fmt.Errorf("a storage's source writes more than %d bytes", len(f.dst))
	}
	f.n += copy(f.dst[f.n:], p)
	return len(p), nil
}

// writeTo writes the elements without keeping them.
func (s *Storage) writeTo(w io.Writer) error {
	switch {
	case s.Data != nil:
		_, err := io.Copy(w, bytes.NewReader(s.Data))
		return err
	case s.Source != nil:
		return s.Source(w)
	case s.in != nil:
		return s.in.writeTo(w, s.DType.Size())
	}
	return fmt.Errorf("a storage of %d bytes has no data", s.Size())
}
