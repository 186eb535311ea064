package dataset

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// folder is a data set of image files. Those of a folder are sorted by class, then by
// path, as in torchvision's ImageFolder, so that index lists fit both; those of a list
// keep its order.
type folder struct {
	root    string   // the root folder
	files   []string // relative to root, with slashes
	labels  []int    // nil when unlabelled
	classes []string
	origin  *origin // for a list, else nil
	cache   *cache
}

func (f *folder) Len() int          { return len(f.files) }
func (f *folder) Classes() []string { return f.classes }
func (f *folder) Name(i int) string { return f.files[i] }

func (f *folder) Label(i int) int {
	if f.labels == nil {
		return -1
	}
	return f.labels[i]
}

func (f *folder) Image(i int) (*rgb.Image, error) {
	return f.cache.get(i, func() (*rgb.Image, error) {
		m, err := rgb.DecodeFile(f.path(i))
		return m, f.explain(i, err)
	})
}

func (f *folder) path(i int) string { return filepath.Join(f.root, filepath.FromSlash(f.files[i])) }

// explain adds the list's position to an error about file i.
func (f *folder) explain(i int, err error) error {
	if err == nil || f.origin == nil {
		return err
	}
	return fmt.Errorf("%s: %s: %w", f.origin.list, f.origin.where(i), err)
}

// readFolder lists the images of root/part (part may be "").
func readFolder(root, part string, opt Options) (*folder, error) {
	dir := filepath.Join(root, part)
	top, err := listDir(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root}
	if len(top.dirs) > 0 && len(top.images) > 0 {
		return nil, fmt.Errorf("%s: has both class folders (%s) and images outside of them (%s); move one of them away",
			dir, top.dirs[0], top.images[0])
	}
	for _, name := range top.images {
		f.files = append(f.files, path.Join(part, name))
	}
	for _, class := range top.dirs {
		files, err := walkImages(filepath.Join(dir, class))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s: class folder without JPEG or PNG files", filepath.Join(dir, class))
		}
		for _, name := range files {
			f.files = append(f.files, path.Join(part, class, name))
			f.labels = append(f.labels, len(f.classes))
		}
		f.classes = append(f.classes, class)
	}
	if len(f.files) == 0 {
		return nil, fmt.Errorf("%s: no JPEG or PNG files, no class folders with any, and no CIFAR files", dir)
	}
	f.cache = newCache(len(f.files), opt)
	return f, nil
}

// classDifference describes the difference of two lists of classes.
func classDifference(a string, as []string, b string, bs []string) string {
	missing := func(from, in []string) []string {
		return slices.DeleteFunc(slices.Clone(from), func(c string) bool { return slices.Contains(in, c) })
	}
	var differences []string
	only := func(part string, classes []string) {
		if len(classes) > 0 {
			differences = append(differences, fmt.Sprintf("only %s has %s", part, atMost(10, classes)))
		}
	}
	only(a, missing(as, bs))
	only(b, missing(bs, as))
	if differences == nil {
		return fmt.Sprintf("the classes differ: those of %s have another order or number than those of %s", a, b)
	}
	return "the classes differ: " + strings.Join(differences, "; ")
}

// atMost lists the first n names, and the number of others.
func atMost(n int, names []string) string {
	if more := len(names) - n; more > 0 {
		names = append(names[:n:n], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
