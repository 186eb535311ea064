// Package opcall calls the operations of package augment by name, for the golden
// tests and for the comparison with Pillow. The names and arguments are those of
// internal/parity/peer.py.
package opcall

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// ops are the operations by name. Those that work in place do so on a copy.
var ops = map[string]func(dst, src *rgb.Image, a []float64){
	"flip":         inPlace(func(m *rgb.Image, _ []float64) { augment.FlipHorizontal(m) }),
	"brightness":   inPlace(func(m *rgb.Image, a []float64) { augment.Brightness(m, a[0]) }),
	"contrast":     inPlace(func(m *rgb.Image, a []float64) { augment.Contrast(m, a[0]) }),
	"saturation":   inPlace(func(m *rgb.Image, a []float64) { augment.Saturation(m, a[0]) }),
	"hue":          inPlace(func(m *rgb.Image, a []float64) { augment.Hue(m, a[0]) }),
	"grey":         inPlace(func(m *rgb.Image, _ []float64) { augment.Grey(m) }),
	"blur":         inPlace(func(m *rgb.Image, a []float64) { new(augment.Blurrer).Blur(m, a[0]) }),
	"kernelblur":   inPlace(func(m *rgb.Image, a []float64) { new(augment.KernelBlurrer).Blur(m, int(a[0]), a[1]) }),
	"autocontrast": inPlace(func(m *rgb.Image, _ []float64) { augment.AutoContrast(m) }),
	"invert":       inPlace(func(m *rgb.Image, _ []float64) { augment.Invert(m) }),
	"equalize":     inPlace(func(m *rgb.Image, _ []float64) { augment.Equalize(m) }),
	"solarize":     inPlace(func(m *rgb.Image, a []float64) { augment.Solarize(m, a[0]) }),
	"posterize":    inPlace(func(m *rgb.Image, a []float64) { augment.Posterize(m, int(a[0])) }),
	"cutout":       inPlace(func(m *rgb.Image, a []float64) { augment.Cutout(m, a[0], a[1], a[2]) }),
	"resize": func(dst, src *rgb.Image, a []float64) {
		new(augment.Resizer).Resize(dst, src, int(a[0]), int(a[1]), augment.Filter(a[2]))
	},
	"resizedcrop": func(dst, src *rgb.Image, a []float64) {
		new(augment.Resizer).Crop(dst, src, box(a), int(a[4]), int(a[5]), augment.Filter(a[6]))
	},
	"crop":       func(dst, src *rgb.Image, a []float64) { augment.Crop(dst, src, box(a)) },
	"affine":     func(dst, src *rgb.Image, a []float64) { augment.Affine(dst, src, augment.Matrix(a)) },
	"shearx":     func(dst, src *rgb.Image, a []float64) { augment.ShearX(dst, src, a[0]) },
	"sheary":     func(dst, src *rgb.Image, a []float64) { augment.ShearY(dst, src, a[0]) },
	"translatex": func(dst, src *rgb.Image, a []float64) { augment.TranslateX(dst, src, a[0]) },
	"translatey": func(dst, src *rgb.Image, a []float64) { augment.TranslateY(dst, src, a[0]) },
	"rotate":     func(dst, src *rgb.Image, a []float64) { augment.Rotate(dst, src, a[0]) },
	"sharpness":  func(dst, src *rgb.Image, a []float64) { augment.Sharpness(dst, src, a[0]) },
	"plain":      plain,
	"view":       view,
}

func inPlace(op func(m *rgb.Image, a []float64)) func(dst, src *rgb.Image, a []float64) {
	return func(dst, src *rgb.Image, a []float64) {
		*dst = *src.Clone()
		op(dst, a)
	}
}

func box(a []float64) augment.Box {
	return augment.Box{X: int(a[0]), Y: int(a[1]), W: int(a[2]), H: int(a[3])}
}

func plain(dst, src *rgb.Image, a []float64) {
	short, size, f := int(a[0]), int(a[1]), augment.Filter(a[2])
	dst.Resize(size, size)
	w := augment.CIFAR(size).NewWorker()
	if short == size && f == augment.Bicubic {
		w.Plain(dst.Pix, src, size)
		return
	}
	w.PlainFrom(dst.Pix, src, short, size, f)
}

// view makes a view from its parameters, flattened by [ViewArgs].
func view(dst, src *rgb.Image, a []float64) {
	size := int(a[0])
	p := augment.Params{
		Crop: box(a[1:]),
		Flip: a[5] != 0,
		Jitter: augment.JitterParams{
			On:         a[6] != 0,
			Order:      [4]int{int(a[7]), int(a[8]), int(a[9]), int(a[10])},
			Brightness: a[11], Contrast: a[12], Saturation: a[13], Hue: a[14],
		},
		Grey:  a[15] != 0,
		Sigma: a[16],
	}
	for s := a[18:]; len(s) >= 4; s = s[4:] {
		p.Steps = append(p.Steps, augment.Step{Op: augment.Op(s[0]), Value: s[1], CX: s[2], CY: s[3]})
	}
	dst.Resize(size, size)
	recipe := augment.CIFAR(size)
	recipe.Blur.Kernel = int(a[17])
	recipe.NewWorker().Apply(dst.Pix, src, &p)
}

// ViewArgs are the arguments of "view" for a view by the recipe r.
func ViewArgs(r *augment.Pipeline, p *augment.Params) []float64 {
	bit := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	c, j := p.Crop, p.Jitter
	a := []float64{
		float64(r.Size), float64(c.X), float64(c.Y), float64(c.W), float64(c.H), bit(p.Flip), bit(j.On),
		float64(j.Order[0]), float64(j.Order[1]), float64(j.Order[2]), float64(j.Order[3]),
		j.Brightness, j.Contrast, j.Saturation, j.Hue, bit(p.Grey), p.Sigma, float64(r.Blur.Kernel),
	}
	for _, s := range p.Steps {
		a = append(a, float64(s.Op), s.Value, s.CX, s.CY)
	}
	return a
}

// Names are the names of all operations.
func Names() []string {
	return slices.Collect(maps.Keys(ops))
}

// Call returns the result of an operation on src, which it does not change.
func Call(name string, src *rgb.Image, args []float64) (*rgb.Image, error) {
	name = strings.TrimSuffix(name, "_nearest") // two peers, one operation
	op, ok := ops[name]
	if !ok {
		return nil, fmt.Errorf("opcall: no operation %q", name)
	}
	dst := new(rgb.Image)
	op(dst, src, args)
	return dst, nil
}
