// Package npz reads NumPy's .npz files, as numpy.savez and savez_compressed write
// them.
//
// # The format
//
// A zip archive of .npy files (package npy), one per array: the record "x.npy" holds the
// array x. Records are stored or deflated.
//
// # What is refused
//
// Records that are not arrays, links, encrypted, compressed in another way, repeated, or
// oddly named; arrays of types that package npy does not read, such as text or Python
// objects, unless Options.SkipUnknown leaves them out; wrong checksums; and archives that
// expand to more than [serialize.Expansion] times their bytes and 16 MB, which a small
// deflated file can do.
package npz

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
	"github.com/bcl-go/bcl/torch/serialize/internal/zipname"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// deflateRatio is how many bytes one of a deflate stream can stand for, at most.
const deflateRatio = 1032

// Entry is an array with its name, without ".npy".
type Entry struct {
	Name  string
	Array *npy.Array // nil if Options.SkipUnknown left it out
	What  string     // then what it is, such as "a numpy array of str [2]"
}

// Options of [LoadWith].
type Options struct {
	// SkipUnknown reads a file with arrays of element types that package npy does not read
	// without their elements.
	SkipUnknown bool
}

// Load reads all arrays, in the order of the file. Errors name the file.
func Load(path string) ([]Entry, error) { return LoadWith(path, Options{}) }

// LoadWith is [Load] with options.
func LoadWith(path string, o Options) ([]Entry, error) {
	f, size, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := ReadWith(f, size, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

// Read is [Load] for the size bytes of r.
func Read(r io.ReaderAt, size int64) ([]Entry, error) { return ReadWith(r, size, Options{}) }

// ReadWith is [Read] with options.
func ReadWith(r io.ReaderAt, size int64, o Options) ([]Entry, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	seen := map[string]bool{}
	left := serialize.Expansion*uint64(size) + 16<<20
	for i, f := range z.File {
		if err := zipname.Check(f.Name); err != nil {
			return nil, fmt.Errorf("npz: record %d has the name %.80q: %w", i, f.Name, err)
		}
		name, ok := strings.CutSuffix(f.Name, ".npy")
		switch {
		case !ok:
			return nil, fmt.Errorf("npz: record %d has the name %.80q, expected NAME.npy", i, f.Name)
		case seen[name]:
			return nil, fmt.Errorf("npz: the record %.80q is repeated", f.Name)
		case f.Flags&1 != 0:
			return nil, fmt.Errorf("npz: the record %.80q is encrypted", f.Name)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, fmt.Errorf("npz: the record %.80q is compressed by method %d, expected 0 (stored) or 8 (deflated)", f.Name, f.Method)
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("npz: the record %.80q is a link or a device, expected a file", f.Name)
		case f.UncompressedSize64 > left:
			return nil, fmt.Errorf("npz: the arrays take more than %d times the %d bytes of the file and 16 MB; if it is to be trusted, save it with numpy.savez, which does not compress", serialize.Expansion, size)
		case f.UncompressedSize64 > deflateRatio*f.CompressedSize64:
			return nil, fmt.Errorf("npz: the record %.80q claims %d bytes, which its %d cannot hold", f.Name, f.UncompressedSize64, f.CompressedSize64)
		}
		seen[name] = true
		left -= f.UncompressedSize64
	}
	var out []Entry
	for _, f := range z.File {
		e := Entry{Name: strings.TrimSuffix(f.Name, ".npy")}
		e.Array, err = array(f)
		if odd, is := errors.AsType[*npy.Unsupported](err); is && o.SkipUnknown {
			e.What, err = odd.What, nil
		}
		if err != nil {
			return nil, fmt.Errorf("npz: the record %.80q: %w", f.Name, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// array reads one record to its end, where its checksum is verified.
func array(f *zip.File) (*npy.Array, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// The deflated bytes may hold more than the table says.
	size := int64(f.UncompressedSize64)
	a, err := npy.ReadSized(io.LimitReader(r, size), size)
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(io.Discard, r)
	if err == nil && n > 0 {
		err = fmt.Errorf("%d bytes more than the table says", n)
	}
	return a, err
}
