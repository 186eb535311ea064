package serialize

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// A plain pickle is what pickle.dump writes: arrays of NumPy, or tensors each of whose
// storages is a legacy file of its own, in a call of torch.storage._load_from_bytes.

// legacyMark is how the first pickle of a legacy file writes its magic number.
const legacyMark = "\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"

// isPickle reports a plain pickle by its first bytes. Before protocol 2 one may begin with
// anything; those of dicts and lists are recognised.
func isPickle(start string) bool {
	if strings.HasPrefix(start, "\x80") {
		return !strings.Contains(start[:min(len(start), 32)], legacyMark)
	}
	for _, s := range []string{"(dp", "(lp", "}q", "]q", "ccollections\nOrderedDict\n"} {
		if strings.HasPrefix(start, s) {
			return true
		}
	}
	return false
}

// readPickle reads a file that is one pickle.
func (f *File) readPickle(r io.ReaderAt, size int64, allow pickle.AllowList, opts Options) error {
	const name = "torch.storage._load_from_bytes"
	plain := classes()
	allow = pickle.Merge(allow, pickle.AllowList{name: &pickle.Class{Name: name, New: func(d *pickle.Decoder, args []any) (any, error) {
		return f.loadFromBytes(d, args, plain)
	}}})
	d := pickle.NewDecoder(bufio.NewReader(io.NewSectionReader(r, 0, size)), f.options(allow.Find, opts, nil, size+1)) // one more: its absence is an error of its own
	var err error
	if f.Tree, err = d.Decode(); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if n := size - d.Consumed(); n > 0 {
		return fmt.Errorf("%s: a pickle, and %d bytes after it; it has not PyTorch's magic number, so it is no file of torch.save", f.name, n)
	}
	f.plain = true
	return nil
}

// loadFromBytes is _load_from_bytes(bytes), a storage as a legacy file. Such files do not
// contain others.
func (f *File) loadFromBytes(d *pickle.Decoder, args []any, allow pickle.AllowList) (any, error) {
	var b []byte
	if len(args) == 1 {
		b, _ = args[0].([]byte)
	}
	if b == nil {
		return nil, fmt.Errorf("%d arguments, expected bytes", len(args))
	}
	if err := d.Charge(8 * len(b)); err != nil { // reading takes some time for each byte
		return nil, err
	}
	in := &File{name: f.name + ": a storage"}
	if err := in.readLegacy(bytes.NewReader(b), int64(len(b)), allow, Options{SkipUnknown: f.skip}); err != nil {
		return nil, err
	}
	switch s := in.Tree.(type) {
	case *Storage:
		f.storages = append(f.storages, s)
		return s, nil
	case *pickle.Opaque:
		if s.What != "" {
			return nil, unsupported(s.What, s.What+" is not supported")
		}
	}
	return nil, fmt.Errorf("of a %s, expected a storage", pickle.TypeName(in.Tree))
}
