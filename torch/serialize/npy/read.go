package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
)

const magic = "\x93NUMPY"

// maxHeader is far more than a header of [MaxDims] dimensions takes.
const maxHeader = 1 << 16

// Read reads exactly one array, so that arrays may follow each other. Errors have the
// found and the expected values; a short input gives an error that wraps
// [io.ErrUnexpectedEOF].
func Read(r io.Reader) (*Array, error) { return read(r, -1) }

// ReadSized reads an array and nothing else from the size bytes of r, for which there is
// memory.
func ReadSized(r io.Reader, size int64) (*Array, error) { return read(r, size) }

// ReadFile reads a file that holds one array and nothing else.
func ReadFile(path string) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := int64(-1) // a pipe has no size
	if st.Mode().IsRegular() {
		size = st.Size()
	}
	a, err := read(f, size)
	if err == nil && size < 0 {
		if n, _ := f.Read(make([]byte, 1)); n > 0 {
			err = fmt.Errorf("npy: bytes after the array")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// read reads an array from an input of the given size, -1 if unknown.
func read(r io.Reader, size int64) (*Array, error) {
	h, used, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	n, err := Elements(h.shape)
	if err != nil {
		return nil, err
	}
	d, _, err := ParseDescr(h.descr)
	if err != nil {
		return nil, h.unsupported(err)
	}
	if n > math.MaxInt/d.Size() {
		return nil, fmt.Errorf("npy: %v elements of shape %v overflow", d, h.shape)
	}
	n *= d.Size()
	if size >= 0 && size-used != int64(n) {
		return nil, fmt.Errorf("npy: %v elements of shape %v take %d bytes, but the file has %d after its header", d, h.shape, n, size-used)
	}
	data, err := readN(r, n, size >= 0)
	if err != nil {
		return nil, fmt.Errorf("npy: %v elements of shape %v: %w", d, h.shape, err)
	}
	return FromRaw(h.descr, h.shape, h.fortran, data)
}

// unsupported is the error of a type that is not read, for which err is the reason.
func (h header) unsupported(err error) error {
	if h.descr == "" {
		err = fmt.Errorf("npy: structured element types are not supported")
	}
	return &Unsupported{Describe(h.descr[min(1, len(h.descr)):], h.shape), err}
}

// readHeader returns the header and its size in bytes.
func readHeader(r io.Reader) (h header, used int64, err error) {
	var pre [12]byte
	if _, err := io.ReadFull(r, pre[:10]); err != nil {
		return h, 0, fmt.Errorf("npy: the first 10 bytes: %w", infile.Unexpected(err))
	}
	if string(pre[:6]) != magic {
		return h, 0, fmt.Errorf("npy: the file begins with %q, not with %q", pre[:6], magic)
	}
	n, used := int(binary.LittleEndian.Uint16(pre[8:])), int64(10)
	switch [2]byte(pre[6:8]) {
	case [2]byte{1, 0}:
	case [2]byte{2, 0}, [2]byte{3, 0}:
		if _, err := io.ReadFull(r, pre[10:]); err != nil {
			return h, 0, fmt.Errorf("npy: the header's length: %w", infile.Unexpected(err))
		}
		n, used = int(binary.LittleEndian.Uint32(pre[8:])), 12
	default:
		return h, 0, fmt.Errorf("npy: format version %d.%d is not 1.0, 2.0 or 3.0", pre[6], pre[7])
	}
	if n > maxHeader {
		return h, 0, fmt.Errorf("npy: a header of %d bytes, at most %d are allowed", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, 0, fmt.Errorf("npy: a header of %d bytes: %w", n, infile.Unexpected(err))
	}
	h, err = parseHeader(string(text), pre[6])
	return h, used + int64(n), err
}

// readN reads n bytes. Unless they are known to exist, it grows the buffer while reading,
// so that a false header cannot make it take much memory.
func readN(r io.Reader, n int, known bool) ([]byte, error) {
	if known || n <= 1<<16 {
		data := make([]byte, n)
		_, err := io.ReadFull(r, data)
		return data, infile.Unexpected(err)
	}
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r, int64(n)); err != nil {
		return nil, infile.Unexpected(err)
	}
	return buf.Bytes(), nil
}

// FromRaw makes an array from elements as NumPy stores them, converting byte order and
// Fortran order if needed. The result may share data.
func FromRaw(descr string, shape []int, fortran bool, data []byte) (*Array, error) {
	d, big, err := ParseDescr(descr)
	if err != nil {
		return nil, err
	}
	a := &Array{DType: d, Shape: shape, Data: data}
	if err := a.Check(); err != nil {
		return nil, err
	}
	if d == dtype.Bool {
		for i, b := range data {
			if b > 1 {
				return nil, fmt.Errorf("npy: element %d of a bool array is the byte %d, not 0 or 1", i, b)
			}
		}
	}
	if big {
		a.Data = slices.Clone(a.Data)
		Swap(a.Data, d.Size())
	}
	if fortran {
		a.Data = fromFortran(a.Data, shape, d.Size())
	}
	return a, nil
}
