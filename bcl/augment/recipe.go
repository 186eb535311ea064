package augment

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings/field"
)

// recipes are the base recipes by name, for views of size x size pixels.
var recipes = map[string]func(size int) *Pipeline{"cifar": CIFAR, "imagenet": ImageNet, "simclr": SimCLR, "mocov2": MoCoV2}

// Recipes lists the names of the base recipes.
func Recipes() []string { return slices.Sorted(maps.Keys(recipes)) }

// Recipe returns a base recipe by its name. The error for an unknown name lists the
// names.
func Recipe(name string, size int) (*Pipeline, error) {
	recipe, ok := recipes[name]
	if !ok {
		return nil, fmt.Errorf("recipe of views %q is not one of %v", name, Recipes())
	}
	return recipe(size), nil
}

// CIFAR is the base recipe of the CIFAR-10-LT and CIFAR-100-LT experiments for
// views of size x size pixels: crop of 10 to 100% of the area, flip, colour
// jitter, greyscale.
func CIFAR(size int) *Pipeline {
	return &Pipeline{
		Size:   size,
		Filter: Bicubic,
		Scale:  [2]float64{0.1, 1},
		Ratio:  [2]float64{3. / 4, 4. / 3},
		Flip:   0.5,
		Jitter: Jitter{P: 0.8, Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1},
		Grey:   0.2,
	}
}

// ImageNet is the base recipe of the ImageNet-LT and Places-LT experiments:
// CIFAR's with crops from 8% of the area and, half of the time, a blur.
func ImageNet(size int) *Pipeline {
	p := CIFAR(size)
	p.Scale[0] = 0.08
	p.Blur = Blur{P: 0.5, Sigma: [2]float64{0.1, 2}}
	return p
}

// SimCLR is the recipe of Chen et al. 2020 (arXiv 2002.05709, appendix A): colour jitter
// of twice ImageNet's strength, and torchvision's blur with a kernel of a tenth of the
// side. For CIFAR-10 they halve the jitter and omit the blur (appendix B.9).
func SimCLR(size int) *Pipeline {
	p := ImageNet(size)
	p.Jitter.scale(2)
	p.Blur.Kernel = KernelSize(size)
	return p
}

// MoCoV2 is the recipe of Chen, Fan, Girshick, He 2020 (arXiv 2003.04297, section 3):
// crops from 20% of the area, ImageNet's jitter and blur.
func MoCoV2(size int) *Pipeline {
	p := ImageNet(size)
	p.Scale[0] = 0.2
	return p
}

// The filters of a blur, for [Stages].
const (
	PillowBlur      = "pillow"
	TorchvisionBlur = "torchvision" // with a kernel of [KernelSize]
)

// Blurs lists the filters of a blur.
func Blurs() []string { return []string{PillowBlur, TorchvisionBlur} }

// Stages change single stages of a recipe. [Unchanged] changes none.
type Stages struct {
	MinScale float64 // smallest crop, as a share of the area; 0: the recipe's
	Jitter   float64 // factor of the strength of the colour jitter; 1: the recipe's, 0: none
	Grey     float64 // probability of a greyscale view; below 0: the recipe's
	Blur     float64 // probability of a blur; below 0: the recipe's
	Filter   string  // of the blur; "": the recipe's
	Resize   string  // filter of the resize of the crop, one of Filters; "": the recipe's
}

// Filters lists the names of the filters of a resize, by their numbers.
func Filters() []string { return []string{Bicubic: "bicubic", Bilinear: "bilinear"} }

// Unchanged are the stages of the recipe.
func Unchanged() Stages { return Stages{Jitter: 1, Grey: -1, Blur: -1} }

// Of returns a recipe with its stages changed.
func (s Stages) Of(p Pipeline) (*Pipeline, error) {
	if err := s.check(p.Jitter.Hue); err != nil {
		return nil, field.In("Stages", err)
	}
	if s.MinScale > 0 {
		p.Scale[0] = s.MinScale
	}
	p.Jitter.scale(s.Jitter)
	if s.Grey >= 0 {
		p.Grey = s.Grey
	}
	if s.Blur >= 0 {
		p.Blur.P = s.Blur
		if p.Blur.Sigma == [2]float64{} {
			p.Blur.Sigma = [2]float64{0.1, 2}
		}
	}
	if s.Resize != "" {
		p.Filter = Filter(slices.Index(Filters(), s.Resize))
	}
	switch s.Filter {
	case PillowBlur:
		p.Blur.Kernel = 0
	case TorchvisionBlur:
		p.Blur.Kernel = KernelSize(p.Size)
	}
	return &p, p.Check()
}

// check returns an error if s does not fit a recipe with a hue shift of up to hue; the
// largest shift is half of the circle.
func (s Stages) check(hue float64) error {
	strongest := math.Inf(1)
	if hue > 0 {
		strongest = 0.5 / hue
	}
	return cmp.Or(
		field.Expect(s.MinScale >= 0 && s.MinScale <= 1, "MinScale", s.MinScale, "a share of the area in (0, 1], or 0"),
		field.Expect(s.Jitter >= 0 && s.Jitter <= strongest, "Jitter", s.Jitter, fmt.Sprintf("0 to %.3g", strongest)),
		field.Expect(s.Grey <= 1, "Grey", s.Grey, "a probability"),
		field.Expect(s.Blur <= 1, "Blur", s.Blur, "a probability"),
		field.Expect(s.Resize == "" || slices.Contains(Filters(), s.Resize), "Resize", s.Resize, strings.Join(Filters(), " or ")),
		field.Expect(s.Filter == "" || slices.Contains(Blurs(), s.Filter), "Filter", s.Filter, strings.Join(Blurs(), " or ")),
	)
}

// scale makes the jitter stronger by a factor; factor 0 turns it off.
func (j *Jitter) scale(by float64) {
	if by == 0 {
		*j = Jitter{}
		return
	}
	j.Brightness, j.Contrast, j.Saturation, j.Hue = by*j.Brightness, by*j.Contrast, by*j.Saturation, by*j.Hue
}
