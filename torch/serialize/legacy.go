package serialize

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// legacyMagic is the first pickle of a file written before PyTorch 1.6, and
// legacyProtocol the second.
var legacyMagic, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

const legacyProtocol = 1001

// readLegacy reads a file of five pickles (magic number, protocol, system, tree, keys of
// the storages) and, for every key, the number of elements in 8 bytes and the elements.
// There are no checksums. The system's little_endian is ignored: the elements are always
// little-endian.
func (f *File) readLegacy(r io.ReaderAt, size int64, allow pickle.AllowList, opts Options) error {
	var start [512]byte
	if n, _ := r.ReadAt(start[:], 0); IsTar(start[:n]) {
		return fmt.Errorf("%s: it begins as a tar file and as a pickle: PyTorch would read the one, this the other", f.name)
	}
	in := bufio.NewReader(io.NewSectionReader(r, 0, size))
	seen := map[string]*Storage{}
	d := pickle.NewDecoder(in, f.options(allow.Find, opts, func(id any) (any, error) {
		if class := moduleClass(id); class != nil {
			return class, nil
		}
		return f.storage(id, seen, func(string) (*stored, error) { return nil, nil })
	}, 0))
	var err error
	next := func(what string) (v any) {
		if err == nil {
			if v, err = d.Decode(); err != nil {
				err = fmt.Errorf("%s: the %s: %w", f.name, what, err)
			}
		}
		return v
	}
	if magic, ok := next("magic number").(*big.Int); err == nil && (!ok || magic.Cmp(legacyMagic) != 0) {
		return fmt.Errorf("%s: a pickle without PyTorch's magic number", f.name)
	}
	if version := next("protocol"); err == nil && version != int64(legacyProtocol) {
		return fmt.Errorf("%s: the protocol is %.40q, expected %d", f.name, fmt.Sprint(version), legacyProtocol)
	}
	system, _ := next("description of the system").(*Dict)
	f.Tree = next("tree")
	keys, _ := next("list of storages").(*List)
	if err != nil {
		return err
	}
	if system == nil || keys == nil {
		return fmt.Errorf("%s: the description of the system or the list of storages is missing", f.name)
	}
	return f.placeStorages(r, d.Consumed(), size, keys.Items, seen)
}

// placeStorages records where the elements of each storage are.
func (f *File) placeStorages(r io.ReaderAt, at, size int64, keys []any, seen map[string]*Storage) error {
	for _, k := range keys {
		key := str(k)
		s := seen[key]
		if s == nil || s.in != nil {
			return fmt.Errorf("%s: the tree has no storage %.40q, or the list repeats it", f.name, key)
		}
		var count [8]byte
		if _, err := r.ReadAt(count[:], at); err != nil {
			return fmt.Errorf("%s: the size of storage %.40q at byte %d: %w", f.name, key, at, infile.Unexpected(err))
		}
		n := binary.LittleEndian.Uint64(count[:])
		if n != uint64(s.Len/s.class.unit) || s.Len > math.MaxInt/s.DType.Size() || int64(s.Size()) > size-at-8 {
			return fmt.Errorf("%s: storage %.40q at byte %d has %d elements of %v, expected %d within the file's %d bytes", f.name, key, at, n, s.DType, s.Len, size)
		}
		s.in = &stored{r: r, what: f.name + ": storage " + Quote(key), offset: at + 8, size: int64(s.Size())}
		at += 8 + int64(s.Size())
	}
	for key, s := range seen {
		if s.in == nil {
			return fmt.Errorf("%s: the storage %.40q is not in the list", f.name, key)
		}
	}
	if at != size {
		return errors.New(f.name + ": bytes after the last storage")
	}
	return nil
}
