package views

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch/dtype"
)

// source makes views of each image of a set: uint8, size x size x 3.
type source struct {
	ds        dataset.Dataset
	size      int           // of a view, pixels
	views     int           // of an image
	newDrawer func() drawer // for one goroutine
}

// drawer writes a view of image m to dst. The result depends only on its arguments.
type drawer func(dst []byte, m *rgb.Image, weight float64, epoch, sample, view int)

func (s *source) Len() int { return s.ds.Len() }

func (s *source) Views() [][]sampler.Spec {
	n := int64(s.size)
	return slices.Repeat([][]sampler.Spec{{{DType: dtype.Uint8, Shape: []int64{n, n, 3}}}}, s.views)
}

func (s *source) NewViewer() sampler.Viewer { return &viewer{ds: s.ds, draw: s.newDrawer()} }

// viewer keeps the image of its last sample, whose next view is usually what comes next:
// decoding a file takes longer than a view.
type viewer struct {
	ds     dataset.Dataset
	draw   drawer
	sample int
	last   *rgb.Image // of sample; nil: none
}

func (v *viewer) View(dst [][]byte, sample int, weight float64, epoch, view int) error {
	if v.last == nil || v.sample != sample {
		m, err := v.image(sample)
		if err != nil {
			return fmt.Errorf("sample %d: %w", sample, err)
		}
		v.last, v.sample = m, sample
	}
	v.draw(dst[0], v.last, weight, epoch, sample, view)
	return nil
}

// waits are how long to wait before a file is read again that could not be read: network
// file systems fail for seconds.
var waits = []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second}

// image reads a sample. A file that cannot be read is tried again, one that holds no image
// is not.
func (v *viewer) image(sample int) (m *rgb.Image, err error) {
	m, err = v.ds.Image(sample)
	for _, wait := range waits {
		if _, unread := errors.AsType[*fs.PathError](err); !unread {
			return m, err
		}
		time.Sleep(wait)
		m, err = v.ds.Image(sample)
	}
	return m, err
}
