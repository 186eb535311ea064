package views

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/bcl/sampler"
)

// Crop is how labelled images are cropped at random; all are flipped with probability
// 1/2.
type Crop string

// The crops.
const (
	// CropPad adds a black border of an eighth of the side (4 of 32 pixels) and takes a
	// random square (RandomCrop(32, padding=4)), as is usual for CIFAR.
	CropPad Crop = "pad"
	// CropResized is RandomResizedCrop with 8 to 100 % of the area, ImageNet's.
	CropResized Crop = "resized"
)

// CropOf returns the crop that is usual for large images, or for small ones.
func CropOf(large bool) Crop {
	if large {
		return CropResized
	}
	return CropPad
}

// Crops returns the crops.
func Crops() []Crop { return []Crop{CropPad, CropResized} }

// Check returns an error that names a crop that does not exist.
func (c Crop) Check() error {
	if !slices.Contains(Crops(), c) {
		return fmt.Errorf("crop %q is not %s or %s", c, CropPad, CropResized)
	}
	return nil
}

// Of returns the source of one random crop of each image of a set, resized with a filter:
// uint8, size x size x 3. The crop depends on seed, epoch and sample.
func (c Crop) Of(ds dataset.Dataset, size int, f augment.Filter, seed uint64) sampler.Source {
	recipe := &augment.Pipeline{Size: size, Filter: f, Scale: [2]float64{0.08, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5}
	return &source{ds, size, 1, func() drawer {
		worker, whole := recipe.NewWorker(), rgb.New(size, size)
		var params augment.Params
		var out rgb.Image
		return func(dst []byte, m *rgb.Image, _ float64, epoch, sample, _ int) {
			s := rng.New(seed, rng.Probe, uint32(epoch), uint32(sample), rng.ProbeView)
			if c == CropResized {
				recipe.Draw(&params, &s, m.W, m.H, augment.Strength{})
				worker.Apply(dst, m, &params)
				return
			}
			worker.PlainFrom(whole.Pix, m, size, size, f)
			border := size / 8
			x, y := s.IntN(2*border+1)-border, s.IntN(2*border+1)-border
			augment.Crop(&out, whole, augment.Box{X: x, Y: y, W: size, H: size})
			if s.Bool(0.5) {
				augment.FlipHorizontal(&out)
			}
			copy(dst, out.Pix)
		}
	}}
}
