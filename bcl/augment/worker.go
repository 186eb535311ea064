package augment

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// Worker makes views. It owns the buffers for that, so that a view allocates
// nothing; each goroutine has its own.
type Worker struct {
	pipeline *Pipeline
	params   Params
	resizer  Resizer
	blurrer  Blurrer
	kernel   KernelBlurrer
	view     rgb.Image // its pixels belong to the caller
	tmp      rgb.Image
}

// NewWorker returns a worker for the recipe.
func (p *Pipeline) NewWorker() *Worker {
	return &Worker{pipeline: p}
}

// View writes view number view of a sample to dst: Size*Size*3 bytes, RGB interleaved, rows
// from the top. Views 0 and 1 are those of the first time that an epoch has the sample, 2 and 3
// of the second, and so on. weight is the sample's memorisation weight
// w, which matters only with a Boost; src is the sample's image.
//
// The bytes depend only on the arguments and the recipe.
func (k *Worker) View(dst []uint8, src *rgb.Image, weight float64, seed uint64, epoch, sample uint32, view uint8) {
	strength := k.pipeline.Strength(weight, seed, epoch, sample, view/2)
	s := rng.New(seed, rng.View, epoch, sample, view)
	k.pipeline.Draw(&k.params, &s, src.W, src.H, strength)
	k.Apply(dst, src, &k.params)
}

// Apply writes the view of src that v describes to dst, as View does.
func (k *Worker) Apply(dst []uint8, src *rgb.Image, v *Params) {
	m := k.target(dst, k.pipeline.Size)
	k.resizer.Crop(m, src, v.Crop, m.W, m.H, k.pipeline.Filter)
	if v.Flip {
		FlipHorizontal(m)
	}
	v.Jitter.apply(m)
	if v.Grey {
		Grey(m)
	}
	switch size := k.pipeline.Blur.Kernel; {
	case v.Sigma > 0 && size > 0:
		k.kernel.Blur(m, size, v.Sigma)
	case v.Sigma > 0:
		k.blurrer.Blur(m, v.Sigma)
	}
	for _, t := range v.Steps {
		t.Apply(m, &k.tmp)
	}
	k.view.Pix = nil // dst belongs to the caller
}

// target returns an image of size x size whose pixels are dst.
func (k *Worker) target(dst []uint8, size int) *rgb.Image {
	if len(dst) != 3*size*size {
		panic(fmt.Sprintf("augment: %d bytes for a view of %dx%d pixels", len(dst), size, size))
	}
	k.view = rgb.Image{W: size, H: size, Pix: dst}
	return &k.view
}

func (v *JitterParams) apply(m *rgb.Image) {
	if !v.On {
		return
	}
	for _, what := range v.Order {
		switch what {
		case 0:
			Brightness(m, v.Brightness)
		case 1:
			Contrast(m, v.Contrast)
		case 2:
			Saturation(m, v.Saturation)
		case 3:
			if v.Hue != 0 {
				Hue(m, v.Hue)
			}
		}
	}
}
