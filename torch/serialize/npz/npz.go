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
// oddly named; arrays of Python objects; wrong checksums; and archives that expand to
// more than [Limit] bytes, which a small deflated file can claim.
package npz

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
	"github.com/bcl-go/bcl/torch/serialize/internal/zipname"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Limit is the largest size of a file's arrays in bytes, beyond the size of the file.
const Limit = 1 << 30

// Entry is an array with its name, without ".npy".
type Entry struct {
	Name  string
	Array *npy.Array
}

// Load reads all arrays, in the order of the file. Errors name the file.
func Load(path string) ([]Entry, error) {
	f, size, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := Read(f, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

// Read is [Load] for the size bytes of r.
func Read(r io.ReaderAt, size int64) ([]Entry, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	seen := map[string]bool{}
	left := uint64(size) + Limit
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
			return nil, fmt.Errorf("npz: the arrays take more than the file's %d bytes and %d", size, Limit)
		}
		seen[name] = true
		left -= f.UncompressedSize64
	}
	var out []Entry
	for _, f := range z.File {
		a, err := array(f)
		if err != nil {
			return nil, fmt.Errorf("npz: the record %.80q: %w", f.Name, err)
		}
		out = append(out, Entry{strings.TrimSuffix(f.Name, ".npy"), a})
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
	a, err := npy.Read(io.LimitReader(r, int64(f.UncompressedSize64)))
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(io.Discard, r)
	if err == nil && n > 0 {
		err = fmt.Errorf("%d bytes after the array", n)
	}
	return a, err
}
