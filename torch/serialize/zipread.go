package serialize

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/internal/zipname"
)

// archive is the table of contents of a zip file as PyTorch writes it.
type archive struct {
	name    string // of the file, for errors
	prefix  string // the folder of all records
	records map[string]*stored
	order   []string // record names, in the order of the file's table
	seal    string   // "" in a file without one
	r       io.ReaderAt
	size    int64
}

// openArchive reads the table and checks that records are stored uncompressed, lie within
// the file without overlapping, and have clean, different names in one folder.
func openArchive(r io.ReaderAt, size int64, name string, ignoreCRC bool) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if errors.Is(err, zip.ErrFormat) {
		return nil, fmt.Errorf("%s: %w: the table at its end is missing, as in a download that was cut short", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a := &archive{name: name, records: make(map[string]*stored, len(z.File)), r: r, size: size}
	if isSeal(z.Comment) {
		a.seal = z.Comment
	}
	// The file ends with the zip's end record and a seal or nothing: a second end record
	// further on, which another reader might prefer, is refused.
	var end [22]byte
	if _, err := r.ReadAt(end[:], size-22-int64(len(a.seal))); err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if binary.LittleEndian.Uint32(end[:]) != sigEnd {
		return nil, fmt.Errorf("%s: the file does not end with the zip's table", name)
	}
	folded := make(map[string]string, len(z.File)) // names without case, in which PyTorch looks them up
	for i, f := range z.File {
		if err := zipname.Check(f.Name); err != nil {
			return nil, fmt.Errorf("%s: record %d has the name %.80q: %w", name, i, f.Name, err)
		}
		dir, base, ok := strings.Cut(f.Name, "/")
		if i == 0 {
			a.prefix = dir
		}
		lower := strings.ToLower(f.Name)
		other, alike := folded[lower]
		folded[lower] = f.Name
		switch {
		case alike && other != f.Name:
			return nil, fmt.Errorf("%s: the records %.80q and %.80q have one name but for upper and lower case, which PyTorch takes for one", name, other, f.Name)
		case !ok:
			return nil, fmt.Errorf("%s: record %d has the name %.80q, expected FOLDER/NAME", name, i, f.Name)
		case dir != a.prefix:
			return nil, fmt.Errorf("%s: the record %.80q is not in the folder %.80q like the first", name, f.Name, a.prefix)
		case a.records[base] != nil:
			return nil, fmt.Errorf("%s: the record %.80q is repeated", name, f.Name)
		case strings.HasPrefix(base, "code/") && f.Flags&1 == 0:
			continue // TorchScript's source, which may be compressed and is never read
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
			return nil, fmt.Errorf("%s: the record %.80q is compressed; PyTorch never compresses records", name, f.Name)
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("%s: the record %.80q is a link or a device, expected a file", name, f.Name)
		case f.Flags&1 != 0:
			return nil, fmt.Errorf("%s: the record %.80q is encrypted", name, f.Name)
		}
		at, err := f.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("%s: the record %.80q: %w", name, f.Name, err)
		}
		if f.UncompressedSize64 > uint64(size) || at < 0 || at > size-int64(f.UncompressedSize64) {
			return nil, fmt.Errorf("%s: the record %.80q of %d bytes at byte %d does not lie within the file's %d bytes", name, f.Name, f.UncompressedSize64, at, size)
		}
		a.records[base] = &stored{
			r: r, what: name + ": record " + Quote(f.Name),
			offset: at, size: int64(f.UncompressedSize64), crc: f.CRC32, check: !ignoreCRC,
		}
		a.order = append(a.order, base)
	}
	return a, a.disjoint()
}

// disjoint returns an error for records that share bytes.
func (a *archive) disjoint() error {
	byOffset := slices.Clone(a.order)
	slices.SortFunc(byOffset, func(x, y string) int {
		return cmp.Compare(a.records[x].offset, a.records[y].offset)
	})
	var last string
	var end int64
	for _, name := range byOffset {
		r := a.records[name]
		if r.size == 0 {
			continue
		}
		if r.offset < end {
			return fmt.Errorf("%s: the records %.80q and %.80q overlap", a.name, last, name)
		}
		last, end = name, r.offset+r.size
	}
	return nil
}

// small reads a record of text.
func (a *archive) small(name string) (string, bool, error) {
	r := a.records[name]
	if r == nil {
		return "", false, nil
	}
	if r.size > 64 {
		return "", false, fmt.Errorf("%s: %d bytes, expected a short text", r.what, r.size)
	}
	b := make([]byte, r.size)
	err := r.readInto(b, 1)
	return strings.TrimSpace(string(b)), true, err
}

// verify checks the checksum of every record that is not in done.
func (a *archive) verify(done map[*stored]bool) error {
	for _, name := range a.order {
		if r := a.records[name]; !done[r] {
			if err := r.writeTo(io.Discard, 1); err != nil {
				return err
			}
		}
	}
	return nil
}
