package augment

// Pipeline is a recipe for views. Its stages run in the order of its fields; a
// stage whose probability is 0 is off. It is read-only once workers use it.
type Pipeline struct {
	Size   int        // side of a view, pixels
	Filter Filter     // of the resize to Size
	Scale  [2]float64 // area of the crop, as a share of the image, from and to
	Ratio  [2]float64 // width to height of the crop, from and to
	Flip   float64    // probability of a horizontal flip
	Jitter Jitter
	Grey   float64 // probability of a greyscale view
	Blur   Blur
	Boost  *Boost // nil: the base recipe alone, as in SimCLR and SDCLR
}

// Jitter is torchvision's ColorJitter: brightness, contrast, saturation and hue change in
// a random order. The factors of the first three are uniform in [max(0, 1-x), 1+x], the
// hue shift is uniform in [-Hue, Hue] of the circle; 0 does not change a property.
type Jitter struct {
	P                                     float64 // probability of the jitter
	Brightness, Contrast, Saturation, Hue float64
}

// Blur is a Gaussian blur with a uniform standard deviation: Pillow's
// ImageFilter.GaussianBlur, which SDCLR and BCL use, or with a Kernel torchvision's
// transforms.GaussianBlur (SimCLR's recipe has a kernel of [KernelSize] pixels). The two
// are different filters: Pillow's is three boxes.
type Blur struct {
	P      float64
	Sigma  [2]float64 // pixels, from and to
	Kernel int        // side of torchvision's kernel, odd, at most MaxKernel; 0: Pillow's
}

// With returns the recipe with boosted RandAugment after its last stage.
func (p Pipeline) With(b Boost) *Pipeline {
	p.Boost = &b
	return &p
}

// Strength is the strength of the sample's augmentation at memorisation weight w in a draw of
// the epoch; zero without a Boost.
func (p *Pipeline) Strength(w float64, seed uint64, epoch, sample uint32, draw uint8) Strength {
	if p.Boost == nil {
		return Strength{}
	}
	return p.Boost.Strength(w, seed, epoch, sample, draw)
}
