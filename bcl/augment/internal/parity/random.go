package main

import (
	"math"
	"math/rand/v2"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/augment/internal/opcall"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// generator draws arguments of an operation for an image.
type generator struct {
	op     string
	args   func(r *rand.Rand, m *rgb.Image) []float64
	excuse string // why bytes may differ; then they are counted, but are no failure
}

var generators = []generator{
	{op: "resize", args: func(r *rand.Rand, _ *rgb.Image) []float64 {
		return []float64{side(r), side(r), float64(r.IntN(2))}
	}},
	{op: "resizedcrop", args: func(r *rand.Rand, m *rgb.Image) []float64 {
		w, h := 1+r.IntN(m.W), 1+r.IntN(m.H)
		x, y := r.IntN(m.W-w+1), r.IntN(m.H-h+1)
		size := []float64{32, 32, 32, 224}[r.IntN(4)]
		return []float64{float64(x), float64(y), float64(w), float64(h), size, size, float64(r.IntN(2))}
	}},
	{op: "crop", args: func(r *rand.Rand, m *rgb.Image) []float64 {
		return []float64{float64(r.IntN(20) - 10), float64(r.IntN(20) - 10), side(r), side(r)}
	}},
	{op: "plain", args: func(r *rand.Rand, _ *rgb.Image) []float64 {
		size := side(r)
		return []float64{size + float64(r.IntN(2)*r.IntN(20)), size, float64(r.IntN(2))}
	}},
	{op: "flip", args: none},
	{op: "brightness", args: factor},
	{op: "contrast", args: factor},
	{op: "saturation", args: factor},
	{op: "hue", args: uniform(-0.5, 0.5)},
	{op: "grey", args: none},
	{op: "blur", args: uniform(0.01, 4)},
	{op: "kernelblur_nearest", args: kernelBlur},
	{"kernelblur", kernelBlur, "MKL's exp is not correctly rounded"},
	{op: "shearx", args: uniform(-0.7, 0.7)},
	{op: "sheary", args: uniform(-0.7, 0.7)},
	{op: "translatex", args: uniform(-1.2, 1.2)},
	{op: "translatey", args: uniform(-1.2, 1.2)},
	{op: "rotate", args: func(r *rand.Rand, _ *rgb.Image) []float64 {
		if r.IntN(4) == 0 {
			return []float64{float64(15 * (r.IntN(60) - 30))}
		}
		return []float64{r.Float64()*720 - 360}
	}},
	{op: "affine", args: func(r *rand.Rand, m *rgb.Image) []float64 {
		a := make([]float64, 6)
		for i := range a {
			a[i] = r.NormFloat64()
		}
		a[2], a[5] = a[2]*float64(m.W), a[5]*float64(m.H)
		switch r.IntN(6) {
		case 0:
			a[1], a[3] = 0, 0
		case 1: // beyond fixed point, except for the first column
			a[0], a[2] = 40000, -20000+a[2]
		}
		return a
	}},
	{op: "autocontrast", args: none},
	{op: "invert", args: none},
	{op: "equalize", args: none},
	{op: "solarize", args: uniform(0, 256)},
	{op: "posterize", args: uniform(0.5, 8.99)},
	{op: "sharpness", args: factor},
	{op: "cutout", args: func(r *rand.Rand, m *rgb.Image) []float64 {
		return []float64{r.Float64()*0.8 - 0.1, r.Float64() * float64(m.W), r.Float64() * float64(m.H)}
	}},
	{op: "view", args: view},
}

// kernelBlur draws a kernel that torchvision accepts: one for which a single reflection
// is enough.
func kernelBlur(r *rand.Rand, m *rgb.Image) []float64 {
	size := min(2*r.IntN(12)+1, 2*min(m.W, m.H)-1)
	return []float64{float64(size), 0.1 + 3*r.Float64()}
}

func none(*rand.Rand, *rgb.Image) []float64 { return nil }

func uniform(lo, hi float64) func(*rand.Rand, *rgb.Image) []float64 {
	return func(r *rand.Rand, _ *rgb.Image) []float64 { return []float64{lo + (hi-lo)*r.Float64()} }
}

// factor draws what ColorJitter and RandAugment draw, and the special values.
func factor(r *rand.Rand, _ *rgb.Image) []float64 {
	if r.IntN(8) == 0 {
		return []float64{[]float64{0, 0.5, 1, 1.5, 2}[r.IntN(5)]}
	}
	return []float64{2.2 * r.Float64()}
}

// side draws the length of a side, often a short one.
func side(r *rand.Rand) float64 {
	return math.Ceil(math.Exp(r.Float64() * math.Log(96)))
}

// view draws a view as a worker would.
func view(r *rand.Rand, m *rgb.Image) []float64 {
	size := 32
	p := augment.CIFAR(size)
	if r.IntN(2) == 0 {
		size = 48
		p = augment.ImageNet(size)
		p.Blur.Kernel = []int{0, 3, augment.KernelSize(size), 23}[r.IntN(4)]
	}
	p = p.With(augment.Boost{K: r.IntN(4), R: 30})
	w := r.Float64()
	s := rng.New(r.Uint64(), rng.View, 1, 2, 0)
	var v augment.Params
	p.Draw(&v, &s, m.W, m.H, p.Strength(w, r.Uint64(), 1, 2, 0))
	return opcall.ViewArgs(p, &v)
}

// randomImage draws an image: noise, or something smooth like a photograph, or few
// colours.
func randomImage(r *rand.Rand) *rgb.Image {
	m := rgb.New(int(side(r)), int(side(r)))
	switch {
	case r.IntN(2) == 0:
		m = rgb.New(32, 32)
	case r.IntN(20) == 0: // as large as photographs
		m = rgb.New(100+r.IntN(400), 100+r.IntN(400))
	}
	kind := r.IntN(4)
	fx, fy, gain := r.Float64()*0.3, r.Float64()*0.3, 20+120*r.Float64()
	for i := range m.Pix {
		x, y, c := float64(i/3%m.W), float64(i/3/m.W), float64(i%3)
		var v float64
		switch kind {
		case 0:
			v = 256 * r.Float64()
		case 1:
			v = 255 * math.Round(r.Float64()*2) / 2
		default:
			v = 128 + gain*math.Sin(x*fx+y*fy+c) + 3*r.NormFloat64()
		}
		m.Pix[i] = uint8(min(max(v, 0), 255))
	}
	return m
}

// allColours has each of the 2^24 colours once.
func allColours() *rgb.Image {
	m := rgb.New(4096, 4096)
	for i := range 1 << 24 {
		m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2] = uint8(i>>16), uint8(i>>8), uint8(i)
	}
	return m
}
