package dataset

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// folder is a set of image files. Samples are sorted by class, then by path, as
// in torchvision's ImageFolder, so that index lists mean the same there.
type folder struct {
	root    string   // the place
	files   []string // relative to root, with slashes
	labels  []int    // nil when unlabelled
	classes []string
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
		return rgb.DecodeFile(filepath.Join(f.root, filepath.FromSlash(f.files[i])))
	})
}

func openFolder(place string, opt Options) (*Place, error) {
	p := &Place{Kind: "folder", Path: place}
	train, test := "", ""
	if isDir(filepath.Join(place, "train")) {
		train = "train"
		for _, name := range []string{"test", "val"} {
			if isDir(filepath.Join(place, name)) {
				test = name
				break
			}
		}
	}
	t, err := readFolder(place, train, opt)
	if err != nil {
		return nil, err
	}
	p.Train = t
	if t.classes != nil {
		p.Probe = t
	}
	if test == "" {
		return p, nil
	}
	e, err := readFolder(place, test, opt)
	if err != nil {
		return nil, err
	}
	if e.classes != nil && t.classes != nil && !slices.Equal(e.classes, t.classes) {
		return nil, fmt.Errorf("%s: %s", place, classDifference(train, t.classes, test, e.classes))
	}
	p.Test = e
	return p, nil
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
		f.files = append(f.files, slashJoin(part, name))
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
			f.files = append(f.files, slashJoin(part, class+"/"+name))
			f.labels = append(f.labels, len(f.classes))
		}
		f.classes = append(f.classes, class)
	}
	if len(f.files) == 0 {
		return nil, fmt.Errorf("%s: no JPEG or PNG files, no class folders with any, and no CIFAR files", dir)
	}
	f.cache = newCache(len(f.files), opt.cacheBytes())
	return f, nil
}

func slashJoin(part, name string) string {
	if part == "" {
		return name
	}
	return part + "/" + name
}

// classDifference names what two lists of classes do not share.
func classDifference(a string, as []string, b string, bs []string) string {
	missing := func(from, in []string) (out []string) {
		for _, c := range from {
			if !slices.Contains(in, c) {
				out = append(out, c)
			}
		}
		return out
	}
	var parts []string
	if m := missing(as, bs); m != nil {
		parts = append(parts, fmt.Sprintf("only %s has %s", a, strings.Join(m, ", ")))
	}
	if m := missing(bs, as); m != nil {
		parts = append(parts, fmt.Sprintf("only %s has %s", b, strings.Join(m, ", ")))
	}
	return "the classes differ: " + strings.Join(parts, "; ")
}
