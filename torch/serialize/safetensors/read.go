package safetensors

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
)

// maxHeader is the official library's limit.
const maxHeader = 100_000_000

// File is a file's contents. Tensors of an open file are read from it on demand.
type File struct {
	Tensors  []*Tensor // in the order of their bytes
	Metadata map[string]string
	// Unread are the tensors that Options.SkipUnknown left out.
	Unread []*Unread

	closer io.Closer
}

// Get returns the tensor with a name, or nil.
func (f *File) Get(name string) *Tensor {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Close closes a file that [Open] opened.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Load reads a file with all of its tensors' data.
func Load(path string) (*File, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, t := range f.Tensors {
		if _, err := t.Bytes(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return f, nil
}

// Options of [OpenWith].
type Options struct {
	// SkipUnknown reads a file with tensors of element types that package dtype does not
	// have, such as F8_E4M3, without them; File.Unread has them.
	SkipUnknown bool
}

// Open opens a file and reads its header. Errors name the file.
func Open(path string) (*File, error) { return OpenWith(path, Options{}) }

// OpenWith is [Open] with options.
func OpenWith(path string, o Options) (*File, error) {
	r, size, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := newFile(r, size, o)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.closer = r
	return f, nil
}

// NewFile is like [Open] for the size bytes of r.
func NewFile(r io.ReaderAt, size int64) (*File, error) { return newFile(r, size, Options{}) }

func newFile(r io.ReaderAt, size int64, o Options) (*File, error) {
	var pre [8]byte
	if k, err := r.ReadAt(pre[:], 0); k < len(pre) {
		return nil, fmt.Errorf("safetensors: the first 8 bytes: %w", infile.Unexpected(err))
	}
	n := binary.LittleEndian.Uint64(pre[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("safetensors: a header of %d bytes, at most %d fit in the file", n, min(maxHeader, size-8))
	}
	text := make([]byte, n)
	if k, err := r.ReadAt(text, 8); k < len(text) {
		return nil, fmt.Errorf("safetensors: the header: %w", infile.Unexpected(err))
	}
	if n == 0 || text[0] != '{' {
		return nil, fmt.Errorf("safetensors: the header does not begin with '{'")
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("safetensors: the header is not UTF-8")
	}
	entries, metadata, err := parseHeader(text, o.SkipUnknown)
	if err != nil {
		return nil, fmt.Errorf("safetensors: the header: %w", err)
	}
	f := &File{Metadata: metadata}
	if err := f.place(r, 8+int64(n), size, entries); err != nil {
		return nil, err
	}
	return f, nil
}

// place checks that the tensors follow each other and fill the file.
func (f *File) place(r io.ReaderAt, start, end int64, entries []*entry) error {
	slices.SortStableFunc(entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	at := int64(0)
	for _, e := range entries {
		n, err := e.size()
		if err != nil {
			return fmt.Errorf("safetensors: tensor %.80q: %w", e.Name, err)
		}
		switch {
		case e.end < e.begin || n >= 0 && e.end-e.begin != n:
			return fmt.Errorf("safetensors: tensor %.80q takes the bytes %d to %d, but %.40s elements of shape %v take %d", e.Name, e.begin, e.end, e.typeName(), e.Shape, n)
		case e.begin != at:
			return fmt.Errorf("safetensors: tensor %.80q begins at byte %d, but the one before it ends at %d", e.Name, e.begin, at)
		case e.end > end-start:
			return fmt.Errorf("safetensors: tensor %.80q ends at byte %d, but the file has %d after its header: it is cut short", e.Name, e.end, end-start)
		}
		at = e.end
		if e.odd != "" {
			f.Unread = append(f.Unread, e.unread())
			continue
		}
		e.in = io.NewSectionReader(r, start+e.begin, n)
		f.Tensors = append(f.Tensors, e.Tensor)
	}
	if at != end-start {
		return fmt.Errorf("safetensors: the tensors end at byte %d, but the file has %d after its header", at, end-start)
	}
	return nil
}
