package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// IDX is the kind of MNIST and the sets in its form, such as Fashion-MNIST (Xiao et al. 2017,
// arXiv 1708.07747): train-images-idx3-ubyte, train-labels-idx1-ubyte and the same for t10k, each
// also as .gz (LeCun, Cortes, Burges: http://yann.lecun.com/exdb/mnist).
const IDX = "idx"

// Names of the parts in files, and limits of a file: 2^24 images of at most 1024 pixels a side,
// 1 GiB together.
const (
	idxTrain, idxTest = "train", "t10k"

	idxMaxSide  = 1024
	idxMaxBytes = 1 << 30
)

func idxImages(part string) string { return part + "-images-idx3-ubyte" }
func idxLabels(part string) string { return part + "-labels-idx1-ubyte" }

// isIDX reports whether the training images are in dir.
func isIDX(dir string) bool {
	path := filepath.Join(dir, idxImages(idxTrain))
	return isFile(path) || isFile(path+".gz")
}

// openIDX opens the set in dir. Its classes are numbers; grey becomes three equal channels.
func openIDX(dir string) (*Place, error) {
	train, err := readIDX(dir, idxTrain)
	if err != nil {
		return nil, err
	}
	test, err := readIDX(dir, idxTest)
	if err != nil {
		return nil, err
	}
	classes := numbers(max(train.most, test.most) + 1)
	train.classes, test.classes = classes, classes
	return &Place{Kind: IDX, Path: dir, Train: train, Probe: train, Test: test}, nil
}

// idx is one part, in memory.
type idx struct {
	part          string
	width, height int
	pixels        []byte // grey, one image after the other
	labels        []byte
	most          int // largest label
	classes       []string
}

func readIDX(dir, part string) (*idx, error) {
	d := &idx{part: part}
	dims, pixels, err := readIDXFile(filepath.Join(dir, idxImages(part)), 3)
	if err != nil {
		return nil, err
	}
	if d.height, d.width = dims[1], dims[2]; d.height > idxMaxSide || d.width > idxMaxSide {
		return nil, fmt.Errorf("%s: images of %d x %d pixels, expected at most %d a side", filepath.Join(dir, idxImages(part)), d.width, d.height, idxMaxSide)
	}
	d.pixels = pixels
	of, labels, err := readIDXFile(filepath.Join(dir, idxLabels(part)), 1)
	if err != nil {
		return nil, err
	}
	if of[0] != dims[0] {
		return nil, fmt.Errorf("%s: %d labels of %d images", filepath.Join(dir, idxLabels(part)), of[0], dims[0])
	}
	d.labels = labels
	for _, l := range labels {
		d.most = max(d.most, int(l))
	}
	return d, nil
}

// readIDXFile reads a file of bytes with some dimensions, or the same with .gz.
func readIDXFile(path string, dimensions int) (dims []int, data []byte, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if zipped, second := os.Open(path + ".gz"); second == nil {
			f, err, path = zipped, nil, path+".gz"
		}
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	head := make([]byte, 4+4*dimensions)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, nil, fmt.Errorf("%s: its header: %w", path, err)
	}
	if want := []byte{0, 0, 8, byte(dimensions)}; !bytes.Equal(head[:4], want) {
		return nil, nil, fmt.Errorf("%s: begins with % x, expected % x, bytes of %d dimensions", path, head[:4], want, dimensions)
	}
	size := 1
	for i := range dimensions {
		n := int(binary.BigEndian.Uint32(head[4+4*i:]))
		if n < 1 || n > idxMaxBytes/size {
			return nil, nil, fmt.Errorf("%s: dimension %d is %d, expected 1 or more and at most %d bytes in all", path, i, n, idxMaxBytes)
		}
		dims, size = append(dims, n), size*n
	}
	var b bytes.Buffer // grows with what is there, not with what the header says
	n, err := io.Copy(&b, io.LimitReader(r, int64(size)+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	case n < int64(size):
		return nil, nil, fmt.Errorf("%s: truncated: %s bytes of data, expected %s", path, thousands(int(n)), thousands(size))
	case n > int64(size):
		return nil, nil, fmt.Errorf("%s: more data than the %s bytes of its header", path, thousands(size))
	}
	return dims, b.Bytes(), nil
}

func (d *idx) Len() int          { return len(d.labels) }
func (d *idx) Label(i int) int   { return int(d.labels[i]) }
func (d *idx) Classes() []string { return d.classes }

// Name counts records from 0, as indices do.
func (d *idx) Name(i int) string { return fmt.Sprintf("%s: record %d", d.part, i) }

// Image is three times the grey image.
func (d *idx) Image(i int) (*rgb.Image, error) {
	m := rgb.New(d.width, d.height)
	n := d.width * d.height
	for k, v := range d.pixels[i*n : (i+1)*n] {
		m.Pix[3*k], m.Pix[3*k+1], m.Pix[3*k+2] = v, v, v
	}
	return m, nil
}
