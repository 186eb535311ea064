package serialize

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/internal/infile"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Options of [Open] and [NewFile]. The zero value is right for most files.
type Options struct {
	// Allow adds globals that the file may name; see package pickle.
	Allow pickle.AllowList
	// SkipUnknown reads files that name other globals: objects made by them become a
	// *[pickle.Opaque], and File.Unknown lists their names. Tensors must not depend on
	// them. So do values that are known and not read, such as tensors of complex64, with
	// their description. Modules that were saved whole become a *[Module].
	SkipUnknown bool
	// IgnoreCRC reads records whose checksum is wrong.
	IgnoreCRC bool
}

// File is an open file. Storages of its tree are read from it on demand, so it must stay
// open until then.
type File struct {
	// Tree is the saved object: dicts, lists, tuples, numbers, strings, tensors.
	Tree any
	// Unknown names the globals that Options.SkipUnknown skipped.
	Unknown []string
	// Classes are the names of the classes of modules that were saved whole ([Module]).
	Classes []string

	name   string
	closer io.Closer
	// storages in the order of their first use in the tree.
	storages []*Storage
	zip      *archive // nil for another file
	plain    bool     // a plain pickle
	skip     bool     // Options.SkipUnknown
}

// Load reads a file that torch.save or pickle.dump wrote, with the contents of all storages, and
// verifies all checksums. It takes about as much memory as the file's size.
func Load(path string) (any, error) {
	f, err := Open(path, Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.ReadAll(); err != nil {
		return nil, err
	}
	return f.Tree, nil
}

// Open opens a file that torch.save wrote, and reads its tree without the
// contents of the storages. Errors name the file.
func Open(path string, opts Options) (*File, error) {
	r, size, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := NewFile(r, size, path, opts)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.closer = r
	return f, nil
}

// NewFile is like [Open] for the size bytes of r. Errors use the given name.
func NewFile(r io.ReaderAt, size int64, name string, opts Options) (*File, error) {
	allow := classes()
	if len(opts.Allow) > 0 {
		allow = pickle.Merge(allow, opts.Allow)
	}
	f, err := read(r, size, name, allow, opts)
	if err != nil {
		return nil, err
	}
	if err = f.bound(size); err != nil && opts.SkipUnknown {
		f, err = read(r, size, name, withoutRepeats(allow), opts)
		if err == nil {
			err = f.bound(size)
		}
	}
	if err != nil {
		return nil, err
	}
	f.forget()
	return f, nil
}

// read reads a file of any of the formats.
func read(r io.ReaderAt, size int64, name string, allow pickle.AllowList, opts Options) (*File, error) {
	var buf [64]byte
	n, err := r.ReadAt(buf[:], 0)
	if n < 4 {
		if size == 0 {
			return nil, fmt.Errorf("%s: an empty file, as a download that failed leaves it: %w", name, infile.Unexpected(err))
		}
		return nil, fmt.Errorf("%s: %d bytes: %w", name, size, infile.Unexpected(err))
	}
	start := string(buf[:n])
	f := &File{name: name, skip: opts.SkipUnknown}
	switch {
	case strings.HasPrefix(start, "PK\x03\x04"):
		err = f.readZip(r, size, allow, opts)
	case isPickle(start):
		err = f.readPickle(r, size, allow, opts)
	case start[0] == 0x80:
		err = f.readLegacy(r, size, allow, opts)
	default:
		err = fmt.Errorf("%s: the file begins with %q, neither a zip file nor a pickle", name, start[:4])
	}
	return f, err
}

// options are those of a pickle in a file; maxSize 0 is the default.
func (f *File) options(find finder, opts Options, load func(id any) (any, error), maxSize int64) pickle.Options {
	o := pickle.Options{FindClass: f.finder(find, opts), PersistentLoad: load, MaxSize: maxSize}
	if opts.SkipUnknown {
		o.SkipUnsupported, o.State = true, asModule
	}
	return o
}

// finder is find, wrapped if Options.SkipUnknown is set.
func (f *File) finder(find finder, opts Options) finder {
	if !opts.SkipUnknown {
		return find
	}
	seen := map[string]bool{}
	return pickle.Skip(find, func(name string) {
		if !seen[name] {
			seen[name] = true
			f.Unknown = append(f.Unknown, name)
		}
	})
}

// finder resolves the names in a file, as pickle.Options.FindClass.
type finder = func(module, name string) (any, error)

// Format returns the file's format: "pt", "legacy pt", "torchscript" or "pickle".
func (f *File) Format() string {
	switch {
	case f.plain:
		return "pickle"
	case f.zip == nil:
		return "legacy pt"
	case f.zip.records["constants.pkl"] != nil:
		return "torchscript"
	}
	return "pt"
}

// Sealed reports whether the file ends with a checksum of all its bytes, as
// [WriteSummed] writes it. ReadAll verifies it.
func (f *File) Sealed() bool { return f.zip != nil && f.zip.seal != "" }

// Close closes the file that [Open] opened.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Storages returns the storages of the tree.
func (f *File) Storages() []*Storage { return slices.Clone(f.storages) }

// ReadAll reads all storages into memory, in the order of the file, and
// verifies the checksums of all records, and that of the file if it has one.
func (f *File) ReadAll() error {
	byOffset := f.Storages()
	slices.SortStableFunc(byOffset, func(a, b *Storage) int { return cmp.Compare(a.in.offset, b.in.offset) })
	done := map[*stored]bool{}
	for _, s := range byOffset {
		if _, err := s.Bytes(); err != nil {
			return err
		}
		done[s.in] = true
	}
	return f.verify(done)
}

// Verify reads the file once in steps, keeping nothing, with the checks of ReadAll.
func (f *File) Verify() error { return f.verify(nil) }

// verify verifies the checksums of the file and of the records that are not in done.
func (f *File) verify(done map[*stored]bool) error {
	if f.zip == nil {
		return nil
	}
	if err := f.zip.verify(done); err != nil {
		return err
	}
	return f.zip.checkSeal()
}

// Limits of the "version" record that PyTorch 2.11 reads.
const minVersion, maxVersion = 1, 10

func (f *File) readZip(r io.ReaderAt, size int64, allow pickle.AllowList, opts Options) error {
	var err error
	if f.zip, err = openArchive(r, size, f.name, opts.IgnoreCRC); err != nil {
		return err
	}
	if f.zip.records["archive_format"] != nil || f.zip.records["serialized_exported_program.json"] != nil {
		return fmt.Errorf("%s: a program of torch.export (.pt2), which is not read; in Python, torch.save(torch.export.load(FILE).state_dict, OUT) writes its weights", f.name)
	}
	find := allow.Find
	if f.zip.records["constants.pkl"] != nil {
		find = scriptFind(allow)
	}
	text, ok, err := f.zip.small("version")
	if err == nil && !ok {
		text, _, err = f.zip.small(".data/version")
	}
	if err != nil {
		return err
	}
	if v, err := strconv.Atoi(text); err != nil || v < minVersion || v > maxVersion {
		return fmt.Errorf("%s: the record \"version\" is %q, expected %d to %d", f.name, text, minVersion, maxVersion)
	}
	order, ok, err := f.zip.small("byteorder")
	if err != nil {
		return err
	}
	if !ok && f.zip.records[".format_version"] == nil {
		order = "little" // files before PyTorch 2.1 do not have it
	}
	if order != "little" && order != "big" {
		return fmt.Errorf("%s: the record \"byteorder\" is %q, expected little or big", f.name, order)
	}
	main := f.zip.records["data.pkl"]
	if main == nil {
		return fmt.Errorf("%s: no record data.pkl", f.name)
	}
	program := make([]byte, main.size)
	if err := main.readInto(program, 1); err != nil {
		return err
	}
	seen := map[string]*Storage{}
	f.Tree, err = pickle.Unmarshal(program, f.options(find, opts, func(id any) (any, error) {
		if o := opaqueStorage(id); o != nil {
			return o, nil
		}
		return f.storage(id, seen, func(key string) (*stored, error) {
			rec := f.zip.records["data/"+key]
			if rec == nil {
				return nil, fmt.Errorf("there is no record %.80s", Quote("data/"+key))
			}
			rec.big = order == "big"
			return rec, nil
		})
	}, 0))
	if err != nil {
		return fmt.Errorf("%s: %w", main.what, err)
	}
	return nil
}
