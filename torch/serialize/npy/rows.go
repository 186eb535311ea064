package npy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
)

// Rows is a file with an array that grows row by row. After each Append it holds a valid
// array of the rows so far: the row is written and synced first, then the header, whose
// size never changes, with the new number of rows. A program that dies in between leaves
// the array as it was, with extra bytes at the end that NumPy ignores and the next
// OpenRows removes.
type Rows struct {
	file  *os.File
	dtype dtype.DType
	row   []int // shape of one row
	size  int64 // bytes of a row
	start int64 // of the first row
	n     int
}

// OpenRows opens the file of an array with the given element type and row shape, or
// creates one without rows if the file is missing or empty. Another array is an error.
func OpenRows(path string, d dtype.DType, row ...int) (*Rows, error) {
	per, err := Elements(row)
	if err != nil {
		return nil, err
	}
	r := &Rows{dtype: d, row: slices.Clone(row), size: int64(per) * int64(d.Size())}
	empty, err := head(d, r.shape(0))
	if err != nil {
		return nil, err
	}
	r.start = int64(len(empty))
	info, err := os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
	if r.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	if fresh {
		err = r.header(0)
	} else if err = r.read(); err == nil {
		err = r.file.Truncate(r.end(r.n))
	}
	if err != nil {
		r.file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// CheckRows returns the error that OpenRows would of a file that is there, and changes nothing.
func CheckRows(path string, d dtype.DType, row ...int) error {
	per, err := Elements(row)
	if err != nil {
		return err
	}
	r := &Rows{dtype: d, row: slices.Clone(row), size: int64(per) * int64(d.Size())}
	empty, err := head(d, r.shape(0))
	if err != nil {
		return err
	}
	r.start = int64(len(empty))
	if r.file, err = os.Open(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.file.Close()
	if info, err := r.file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil
	}
	if err := r.read(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (r *Rows) shape(n int) []int { return append([]int{n}, r.row...) }

// read finds the number of rows.
func (r *Rows) read() error {
	h, used, err := readHeader(r.file)
	if err != nil {
		return err
	}
	descr, err := Descr(r.dtype)
	if err != nil {
		return err
	}
	if h.descr != descr || h.fortran || len(h.shape) == 0 || h.shape[0] < 0 || !slices.Equal(h.shape[1:], r.row) || used != r.start {
		return fmt.Errorf("npy: an array of %s %v, expected %s with rows of shape %v", h.descr, h.shape, descr, r.row)
	}
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	if have := info.Size() - r.start; int64(h.shape[0]) > have/max(r.size, 1) && r.size > 0 {
		return fmt.Errorf("npy: %d rows of %d bytes, but the file has %d bytes after its header", h.shape[0], r.size, have)
	}
	r.n = h.shape[0]
	return nil
}

func (r *Rows) end(n int) int64 { return r.start + int64(n)*r.size }

// header writes the number of rows and waits until it is on the disk.
func (r *Rows) header(n int) error {
	h, err := head(r.dtype, r.shape(n))
	if err != nil {
		return err
	}
	if _, err := r.file.WriteAt(h, 0); err != nil {
		return err
	}
	if err := r.file.Sync(); err != nil {
		return err
	}
	r.n = n
	return nil
}

// Len returns the number of rows.
func (r *Rows) Len() int { return r.n }

// Append adds rows whose elements are data, little-endian and in C order. On an error the
// array is unchanged.
func (r *Rows) Append(data []byte) error {
	if r.size == 0 || int64(len(data))%r.size != 0 {
		return fmt.Errorf("npy: %d bytes are not a multiple of the %d bytes of a row", len(data), r.size)
	}
	if _, err := r.file.WriteAt(data, r.end(r.n)); err != nil {
		return err
	}
	if err := r.file.Sync(); err != nil {
		return err
	}
	return r.header(r.n + len(data)/int(r.size))
}

// Truncate keeps the first n rows.
func (r *Rows) Truncate(n int) error {
	if n < 0 || n > r.n {
		return fmt.Errorf("npy: cannot keep %d of %d rows", n, r.n)
	}
	if err := r.header(n); err != nil {
		return err
	}
	return r.file.Truncate(r.end(n))
}

// Close closes the file.
func (r *Rows) Close() error { return r.file.Close() }
