package views

import (
	"cmp"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// Plain configures views without augmentation, for evaluation.
type Plain struct {
	Size   int            // side of the central crop, pixels
	Resize int            // shorter side before that, at least Size; 0: Size
	Filter augment.Filter // of the resize
}

// Of returns the source of one view of each image of a set: uint8, Size x Size x 3.
func (p Plain) Of(ds dataset.Dataset) sampler.Source {
	return &source{ds, p.Size, 1, func() drawer {
		w := augment.CIFAR(p.Size).NewWorker()
		return func(dst []byte, m *rgb.Image, _ float64, _, _, _ int) {
			w.PlainFrom(dst, m, cmp.Or(p.Resize, p.Size), p.Size, p.Filter)
		}
	}}
}
