package ckpt

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/npz"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// Tensor is a tensor with its name.
type Tensor struct {
	Name string
	*serialize.Tensor
}

// File is an open file of weights.
type File struct {
	Path     string
	Format   string   // "pt", "legacy pt", "torchscript", "pickle", "safetensors", "npy" or "npz"
	Shards   []string // the files beside an index that Path is; nil: Path has the weights
	Metadata map[string]string
	// Unknown names the globals that OpenOptions.SkipUnknown skipped.
	Unknown []string
	// Classes are those of modules that were saved whole, of which only the weights are read.
	Classes []string

	tree   any // contents of a .pt; for other formats a *serialize.Dict of the tensors
	closer io.Closer
	pts    []*serialize.File // those of .pt
}

// OpenOptions of [OpenWith].
type OpenOptions struct {
	// SkipUnknown reads a .pt that names globals that are not on the allow-list, without
	// the objects made of them; File.Unknown has the names. Modules that were saved whole
	// are read. Values that are known and not read, such as tensors of float8_e4m3fn,
	// are left out, also of a .safetensors; [File.Unread] has them.
	SkipUnknown bool
}

// Open opens a file of any format that the package knows, or a folder that has one under a
// usual name, or the index of several (model.safetensors.index.json). Errors name the file.
func Open(path string) (*File, error) { return OpenWith(path, OpenOptions{}) }

// OpenWith is [Open] with options.
func OpenWith(path string, o OpenOptions) (*File, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		if path, err = inFolder(path); err != nil {
			return nil, err
		}
	}
	if strings.HasSuffix(path, indexEnding) {
		return openShards(path, o)
	}
	return openFile(path, o)
}

// openFile opens one file, which is no index.
func openFile(path string, o OpenOptions) (*File, error) {
	start, err := begin(path)
	if err != nil {
		return nil, err
	}
	tensors := len(start) > 8 && start[8] == '{' && start[4:8] == "\x00\x00\x00\x00" // whatever its length begins with
	if what := notWeights([]byte(start)); what != "" && !tensors {
		return nil, fmt.Errorf("%s: no file of weights but %s", path, what)
	}
	switch {
	case strings.HasPrefix(start, "\x93NUMPY"):
		return openNPY(path, o)
	case len(start) > 8 && start[8] == '{':
		return openSafetensors(path, o)
	case strings.HasPrefix(start, "PK") && isNPZ(path):
		return openNPZ(path, o)
	}
	f, err := serialize.Open(path, serialize.Options{SkipUnknown: o.SkipUnknown})
	if err != nil {
		return nil, err
	}
	out := &File{Path: path, Format: f.Format(), Unknown: f.Unknown, Classes: f.Classes, tree: f.Tree, closer: f, pts: []*serialize.File{f}}
	if out.Format == "pickle" {
		out.tree = tensorsOf(f.Tree)
	}
	return out, nil
}

// Epoch returns the whole number at the key epoch of a trainer's checkpoint, or 0.
func (f *File) Epoch() int {
	v, _, _, _ := f.lookup("epoch")
	n, _ := v.(int64)
	return int(n)
}

// Files lists the files that it consists of: Path, and after an index its shards.
func (f *File) Files() []string {
	files := []string{f.Path}
	for _, shard := range f.Shards { // an index has only their names
		files = append(files, filepath.Join(filepath.Dir(f.Path), shard))
	}
	return files
}

// Close closes the file; its tensors cannot be read any more.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// begin returns the first bytes of a regular file.
func begin(path string) (string, error) {
	st, err := os.Stat(path) // first, as opening a named pipe waits for its writer
	if err != nil {
		return "", err
	}
	if st.IsDir() {
		return "", fmt.Errorf("%s: a folder, expected a file of weights", path)
	}
	if !st.Mode().IsRegular() {
		return "", fmt.Errorf("%s: not a regular file", path)
	}
	r, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer r.Close()
	buf := make([]byte, 512) // as long as the header of a tar file
	n, err := io.ReadFull(r, buf)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		err = nil
	}
	return string(buf[:n]), err
}

// isNPZ reports a zip whose first record is an array.
func isNPZ(path string) bool {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer z.Close()
	return len(z.File) > 0 && strings.HasSuffix(z.File[0].Name, ".npy")
}

func openNPY(path string, o OpenOptions) (*File, error) {
	e := npz.Entry{Name: "array"} // the file has no name for it
	var err error
	e.Array, err = npy.ReadFile(path)
	if odd, is := errors.AsType[*npy.Unsupported](err); is && o.SkipUnknown {
		e.What, err = odd.What, nil
	}
	if err != nil {
		return nil, err
	}
	return ofArrays(path, "npy", []npz.Entry{e})
}

func openNPZ(path string, o OpenOptions) (*File, error) {
	entries, err := npz.LoadWith(path, npz.Options{SkipUnknown: o.SkipUnknown})
	if err != nil {
		return nil, err
	}
	return ofArrays(path, "npz", entries)
}

func ofArrays(path, format string, entries []npz.Entry) (*File, error) {
	d := serialize.NewOrderedDict()
	for _, e := range entries {
		var v any = &pickle.Opaque{Name: "numpy.ndarray", What: e.What}
		var err error
		if e.Array != nil {
			v, err = serialize.FromArray(e.Array)
		}
		if err == nil {
			err = d.Set(e.Name, v)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, e.Name, err)
		}
	}
	return &File{Path: path, Format: format, tree: d}, nil
}

// openSafetensors makes tensors that are read lazily.
func openSafetensors(path string, o OpenOptions) (*File, error) {
	f, err := safetensors.OpenWith(path, safetensors.Options{SkipUnknown: o.SkipUnknown})
	if err != nil {
		return nil, err
	}
	d := serialize.NewOrderedDict()
	for _, s := range f.Tensors {
		t, err := serialize.FromFunc(s.DType, s.Shape, func(w io.Writer) error {
			if err := s.WriteData(w); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return nil
		})
		if err == nil {
			err = d.Set(s.Name, t)
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %s: %w", path, s.Name, err)
		}
	}
	for _, u := range f.Unread {
		_ = d.Set(u.Name, &pickle.Opaque{Name: u.DType, What: u.String()}) // a string is hashable
	}
	return &File{Path: path, Format: "safetensors", Metadata: f.Metadata, tree: d, closer: f}, nil
}
