package dataset

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
)

// listing is one folder: names sorted by byte, as torchvision sorts them.
type listing struct{ dirs, images, others []string }

// junk are folders that systems put among pictures: copies, previews, what was deleted.
var junk = []string{"__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN"}

// listDir reads one folder, following links. Names that start with a dot and junk are left
// out; what is not an image is among the others. A broken link is an image if its name is one's:
// torchvision lists it too, and reading it says what is wrong.
func listDir(dir string) (l listing, err error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return l, err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(junk, name) {
			continue // .DS_Store, .ipynb_checkpoints, ._copies of images
		}
		mode := e.Type()
		if mode&os.ModeSymlink != 0 {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				mode = info.Mode()
			}
		}
		switch {
		case mode.IsDir():
			l.dirs = append(l.dirs, name)
		case (mode.IsRegular() || mode&os.ModeSymlink != 0) && isImageName(name): // opening a pipe would block forever
			l.images = append(l.images, name)
		default:
			l.others = append(l.others, name)
		}
	}
	return l, nil
}

// isImageName reports whether the file is one of those that torchvision's ImageFolder would
// list, or of another type that is read. The former include types which [rgb.Decode]
// cannot read: listing them keeps every index the same as there, and [Verify] names them.
func isImageName(name string) bool {
	types := []string{".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", ".jfif", ".jpe", ".gif"}
	return slices.Contains(types, strings.ToLower(path.Ext(name)))
}

// kinds counts files by their extensions, the most frequent first: "3 .heic".
func kinds(names []string) (text []string) {
	counts := make(map[string]int)
	for _, name := range names {
		counts[cmp.Or(strings.ToLower(path.Ext(name)), "without extension")]++
	}
	for _, kind := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b))
	}) {
		text = append(text, thousands(counts[kind])+" "+kind)
	}
	return text
}

var errLoop = errors.New("a link back to a folder that contains it")

// walk adds the images below rel, a folder below f.root, at any depth, folder by folder in
// the order of their paths, as ImageFolder lists them. A folder that cannot be read, or
// that a link leads back to, which would not end, stands in for its images as one
// that is broken.
func (f *folder) walk(rel string) {
	found := map[string][]string{} // by folder
	var visit func(rel string, above []os.FileInfo) error
	visit = func(rel string, above []os.FileInfo) error {
		here := filepath.Join(f.root, filepath.FromSlash(rel))
		info, err := os.Stat(here)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(above, func(a os.FileInfo) bool { return os.SameFile(a, info) }) {
			return &os.PathError{Op: "open", Path: here, Err: errLoop}
		}
		l, err := listDir(here)
		if err != nil {
			return err
		}
		f.others = append(f.others, l.others...)
		for _, name := range l.images {
			found[rel] = append(found[rel], path.Join(rel, name))
		}
		// A full slice expression: siblings must not share the tail of above.
		above = append(above[:len(above):len(above)], info)
		for _, name := range l.dirs {
			below := path.Join(rel, name)
			if err := visit(below, above); err != nil {
				f.unreadable(found, below, err)
			}
		}
		return nil
	}
	var above []os.FileInfo // up to the place
	for up := rel; up != "" && up != "."; {
		up = path.Dir(up)
		if info, err := os.Stat(filepath.Join(f.root, filepath.FromSlash(up))); err == nil {
			above = append(above, info)
		}
	}
	if err := visit(rel, above); err != nil {
		f.unreadable(found, rel, err)
	}
	for _, rel := range slices.Sorted(maps.Keys(found)) {
		f.files.add(found[rel]...)
	}
}

func (f *folder) unreadable(found map[string][]string, rel string, err error) {
	if f.bad == nil {
		f.bad = make(map[string]error)
	}
	f.bad[rel], found[rel] = quote.Error(err), []string{rel}
}
