package dataset

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// listing is one folder: names sorted by byte, as torchvision sorts them.
type listing struct{ dirs, images []string }

// listDir reads one folder, following links. Names that start with a dot, and files that
// are not images, are skipped.
func listDir(dir string) (l listing, err error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil {
		return l, err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue // .DS_Store, .ipynb_checkpoints, ._copies of images
		}
		mode := e.Type()
		if mode&os.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				return l, fmt.Errorf("broken link: %w", err)
			}
			mode = info.Mode()
		}
		switch {
		case mode.IsDir():
			l.dirs = append(l.dirs, name)
		case mode.IsRegular() && isImageName(name): // opening a pipe would block forever
			l.images = append(l.images, name)
		}
	}
	return l, nil
}

// isImageName reports whether torchvision's ImageFolder would list the file. That
// includes types which [rgb.Decode] cannot read: listing them keeps every index the same
// as ImageFolder's, and [Verify] reports them.
func isImageName(name string) bool {
	types := []string{".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"}
	return slices.Contains(types, strings.ToLower(path.Ext(name)))
}

// walkImages returns the images below dir at any depth, relative to it, folder by folder
// in the order of their paths, as ImageFolder lists them. A link to a folder that
// contains it is an error: following it would not end.
func walkImages(dir string) ([]string, error) {
	found := map[string][]string{} // by folder
	var walk func(rel string, above []os.FileInfo) error
	walk = func(rel string, above []os.FileInfo) error {
		here := filepath.Join(dir, filepath.FromSlash(rel))
		info, err := os.Stat(here)
		if err != nil {
			return err
		}
		for _, a := range above {
			if os.SameFile(a, info) {
				return fmt.Errorf("%s: a link back to a folder that contains it", here)
			}
		}
		l, err := listDir(here)
		if err != nil {
			return err
		}
		for _, name := range l.images {
			found[rel] = append(found[rel], path.Join(rel, name))
		}
		// A full slice expression: siblings must not share the tail of above.
		above = append(above[:len(above):len(above)], info)
		for _, name := range l.dirs {
			if err := walk(path.Join(rel, name), above); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk("", nil); err != nil {
		return nil, err
	}
	var files []string
	for _, rel := range slices.Sorted(maps.Keys(found)) {
		files = append(files, found[rel]...)
	}
	return files, nil
}
