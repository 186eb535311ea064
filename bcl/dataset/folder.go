package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// folder is a data set of image files. Those of a folder are sorted by class, then by
// path, as in torchvision's ImageFolder, so that index lists fit both; those of a list
// keep its order.
type folder struct {
	root    string // the root folder
	files   paths  // relative to root, with slashes
	labels  []int  // nil when unlabelled
	classes []string
	origin  *origin          // for a list, else nil
	bad     map[string]error // sub-folders that cannot be read, which files has too
	others  []string         // files of no image's type
	notes   []string         // what of it was taken, and left out ([Place])
	opt     Options
	images  *images
}

func (f *folder) Len() int          { return f.files.len() }
func (f *folder) Classes() []string { return f.classes }
func (f *folder) Name(i int) string { return f.files.at(i) }

func (f *folder) Label(i int) int {
	if f.labels == nil {
		return -1
	}
	return f.labels[i]
}

func (f *folder) Image(i int) (*rgb.Image, error) {
	if m := f.images.find(i); m != nil {
		return m, nil
	}
	return f.images.get(i, f.path(i), func() (*rgb.Image, error) {
		if err := f.bad[f.files.at(i)]; err != nil {
			return nil, err
		}
		d := rgb.Decoder{MaxPixels: f.opt.MaxPixels}
		if f.opt.Damaged != nil {
			d.Damaged = func(damage error) { f.opt.Damaged(f.path(i), damage) }
		}
		m, err := d.DecodeFile(f.path(i))
		return m, f.explain(i, err)
	})
}

func (f *folder) path(i int) string { return filepath.Join(f.root, filepath.FromSlash(f.files.at(i))) }

// explain adds to an error about file i where it is listed, and where a link leads.
func (f *folder) explain(i int, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if to, linked := os.Readlink(f.path(i)); linked == nil {
			err = fmt.Errorf("%w (a link to %s)", err, quote.Name(to))
		}
	}
	if err == nil || f.origin == nil {
		return err
	}
	return fmt.Errorf("%s: %s: %w", quote.Name(f.origin.list), f.origin.where(i), err)
}

// readFolder lists the images of root/part (part may be ""). Its sub-folders are the
// classes, unless there are images beside them, or the labels do not matter: then it has none.
func readFolder(root, part string, opt Options) (*folder, error) {
	dir := filepath.Join(root, part)
	top, err := listDir(dir)
	if err != nil {
		return nil, quote.Error(err)
	}
	dir = quote.Name(dir)
	f := &folder{root: root, opt: opt}
	if opt.Unlabelled || len(top.images) > 0 || len(top.dirs) == 0 {
		f.walk(part)
		if n := len(top.images); !opt.Unlabelled && n < f.files.len() {
			f.notes = append(f.notes, fmt.Sprintf("%s: %s images lie beside sub-folders (%s): all %s images are taken, without labels",
				dir, thousands(n), atMost(3, top.dirs), thousands(f.files.len())))
		}
		top = listing{}
	}
	f.others = append(f.others, top.others...)
	var empty []string
	for _, class := range top.dirs {
		before := f.files.len()
		f.walk(path.Join(part, class))
		n := f.files.len() - before
		if n == 0 {
			empty = append(empty, class)
			continue
		}
		f.labels = append(f.labels, slices.Repeat([]int{len(f.classes)}, n)...)
		f.classes = append(f.classes, class)
	}
	out := kinds(f.others)
	if empty != nil {
		out = append(out, fmt.Sprintf("folders without images (%s)", atMost(3, empty)))
	}
	left := ""
	if out != nil {
		left = "left out: " + atMost(10, out)
		f.notes = append(f.notes, dir+": "+left)
	}
	if f.files.len() == 0 {
		return nil, fmt.Errorf("%s: no images (JPEG, PNG, WebP, BMP, TIFF, GIF), no class folders with any, and no CIFAR files; %s", dir, cmp.Or(left, "the folder is empty"))
	}
	f.images = newImages(f.files.len(), opt)
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
	names = quote.Names(names)
	if more := len(names) - n; more > 0 {
		names = append(names[:n:n], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
