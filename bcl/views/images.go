package views

import (
	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// Images returns the source of two augmented views of each image of a set: uint8,
// H x W x 3.
func Images(ds dataset.Dataset, p *augment.Pipeline, seed uint64) sampler.Source {
	return &source{ds, p.Size, 2, func() drawer {
		w := p.NewWorker()
		return func(dst []byte, m *rgb.Image, weight float64, epoch, sample, view int) {
			w.View(dst, m, weight, seed, uint32(epoch), uint32(sample), uint8(view))
		}
	}}
}
