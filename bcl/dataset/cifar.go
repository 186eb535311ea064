package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// An image of CIFAR (Krizhevsky, "Learning Multiple Layers of Features from
// Tiny Images", 2009) is 32 x 32: a plane of red bytes, one of green, one of blue.
const (
	cifarSide  = 32
	cifarPlane = cifarSide * cifarSide
	cifarBytes = 3 * cifarPlane
)

// cifarForm is one published form: https://www.cs.toronto.edu/~kriz/cifar.html.
type cifarForm struct {
	kind        string // Place.Kind
	folder      string // folder in the archive
	meta        string // file with the class names
	train, test []string
	records     [2]int // in each training file and each test file
	classes     int
	read        cifarReader
}

// cifarReader reads the file of class names and those of samples.
type cifarReader interface {
	names(path string) ([]string, error)
	file(path string, records, classes int, into *cifar) error
}

var cifarForms = []cifarForm{
	{CIFAR10, "cifar-10-batches-bin", "batches.meta.txt", batches(".bin"), []string{"test_batch.bin"}, [2]int{10000, 10000}, 10,
		cifarBinary{labelBytes: 1}},
	{CIFAR10, "cifar-10-batches-py", "batches.meta", batches(""), []string{"test_batch"}, [2]int{10000, 10000}, 10,
		cifarPickle{namesKey: "label_names", labelsKey: "labels"}},
	{CIFAR100, "cifar-100-binary", "fine_label_names.txt", []string{"train.bin"}, []string{"test.bin"}, [2]int{50000, 10000}, 100,
		cifarBinary{labelBytes: 2}},
	{CIFAR100, "cifar-100-python", "meta", []string{"train"}, []string{"test"}, [2]int{50000, 10000}, 100,
		cifarPickle{namesKey: "fine_label_names", labelsKey: "fine_labels"}},
}

func batches(ext string) (names []string) {
	for i := range 5 {
		names = append(names, fmt.Sprintf("data_batch_%d%s", i+1, ext))
	}
	return names
}

// here reports whether dir looks like the form. One file is enough: missing or damaged
// files then get their own error instead of "no images".
func (f cifarForm) here(dir string) bool {
	for _, name := range append(f.train, f.test...) {
		if isFile(filepath.Join(dir, name)) {
			return true
		}
	}
	return false
}

func (f cifarForm) open(dir string) (*Place, error) {
	meta := filepath.Join(dir, f.meta)
	names, err := f.read.names(meta)
	if err != nil {
		return nil, err
	}
	if len(names) != f.classes {
		return nil, fmt.Errorf("%s: %d class names, expected %d", meta, len(names), f.classes)
	}
	train, err := f.part(dir, f.train, f.records[0], names)
	if err != nil {
		return nil, err
	}
	test, err := f.part(dir, f.test, f.records[1], names)
	if err != nil {
		return nil, err
	}
	return &Place{Kind: f.kind, Path: dir, Train: train, Probe: train, Test: test}, nil
}

func (f cifarForm) part(dir string, files []string, records int, names []string) (*cifar, error) {
	c := &cifar{perFile: records, classes: names}
	c.images = make([]rgb.Image, 0, records*len(files))
	for _, name := range files {
		if err := f.read.file(filepath.Join(dir, name), records, f.classes, c); err != nil {
			return nil, err
		}
		// Without the extension, both forms of a set have the same names, and so the same
		// fingerprint: index lists fit both.
		c.files = append(c.files, strings.TrimSuffix(name, ".bin"))
	}
	return c, nil
}

// cifar is one part, in memory with 3,072 bytes per sample.
type cifar struct {
	files   []string
	perFile int
	images  []rgb.Image
	labels  []int
	classes []string
}

func (c *cifar) Len() int                        { return len(c.images) }
func (c *cifar) Image(i int) (*rgb.Image, error) { return &c.images[i], nil }
func (c *cifar) Label(i int) int                 { return c.labels[i] }
func (c *cifar) Classes() []string               { return c.classes }

// Name counts records from 0, as indices do.
func (c *cifar) Name(i int) string {
	return fmt.Sprintf("%s: record %d", c.files[i/c.perFile], i%c.perFile)
}

// add appends one sample from its three colour planes. It keeps planar, reordered in
// place using scratch.
func (c *cifar) add(planar []byte, label int, scratch *[cifarBytes]byte) {
	copy(scratch[:], planar)
	for i := range cifarPlane {
		planar[3*i] = scratch[i]
		planar[3*i+1] = scratch[cifarPlane+i]
		planar[3*i+2] = scratch[2*cifarPlane+i]
	}
	c.images = append(c.images, rgb.Image{W: cifarSide, H: cifarSide, Pix: planar[:cifarBytes:cifarBytes]})
	c.labels = append(c.labels, label)
}

// labelError is the error of record i of a file.
func labelError(path string, i, records int, label int64, classes int) error {
	why := fmt.Sprintf("is not below %d", classes)
	if label < 0 {
		why = "is negative"
	}
	return fmt.Errorf("%s: record %d of %s: label %d %s", shortPath(path), i, thousands(records), label, why)
}

// shortPath is a file with its folder, which distinguishes the files of CIFAR
// ("cifar-100-python/train").
func shortPath(path string) string {
	return filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path)))
}

// readWhole reads a file of a known size.
func readWhole(path string, size int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() != size {
		what := "truncated"
		if info.Size() > size {
			what = "too long"
		}
		return nil, fmt.Errorf("%s: %s: %s bytes, expected %s", path, what,
			thousands(int(info.Size())), thousands(int(size)))
	}
	return os.ReadFile(path)
}
