package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Blurrer blurs images as Pillow's ImageFilter.GaussianBlur does, which is the
// blur of the SimCLR recipes of SDCLR and BCL: three box filters with a
// fractional radius along each axis (Gwosdek, Grewenig, Bruhn, Weickert:
// "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering",
// SSVM 2011). The zero value is ready. It serves one goroutine.
type Blurrer struct {
	in, out []uint8 // with replicated ends
	sums    sums
}

const boxPasses = 3

// Blur blurs m, in place, with a Gaussian of standard deviation sigma pixels, at
// most 1000.
func (z *Blurrer) Blur(m *rgb.Image, sigma float64) {
	if !(sigma > 0) || len(m.Pix) == 0 {
		return
	}
	b := newBox(boxRadius(float32(min(sigma, 1000))))
	if !lanes.Fast || b.Radius > lanes.WidestBox {
		z.sums.blur(m, b)
		return
	}
	row := 3 * m.W
	for y := range m.H {
		z.filter(m.Pix[row*y:row*(y+1)], b, 3)
	}
	z.filter(m.Pix, b, row)
}

// filter filters a line of values of step bytes boxPasses times: a row of pixels, or an
// image of rows.
func (z *Blurrer) filter(line []uint8, b lanes.Box, step int) {
	pad := (b.Radius + 1) * step
	end := pad + len(line)
	z.in, z.out = lanes.Resized(z.in, end+pad), lanes.Resized(z.out, end+pad)
	copy(z.in[pad:], line)
	for pass := range boxPasses {
		for at := 0; at < pad; at += step {
			copy(z.in[at:], z.in[pad:pad+step])
			copy(z.in[end+at:], z.in[end-step:end])
		}
		if pass == boxPasses-1 {
			b.Filter(line, z.in, step)
			break
		}
		b.Filter(z.out[pad:end], z.in, step)
		z.in, z.out = z.out, z.in
	}
}

// boxRadius is the radius of boxPasses boxes that together have the variance
// sigma^2: formulas 7, 11 and 14 of the paper, in Pillow's single precision.
func boxRadius(sigma float32) float32 {
	s2 := sigma * sigma / boxPasses
	length := float32(math.Sqrt(float64(12*float64(s2)) + 1))
	l := float32(math.Floor((float64(length) - 1) / 2))
	a := (float32(2*l) + 1) * (float32(l*(l+1)) - float32(3*s2))
	a /= 6 * (s2 - float32((l+1)*(l+1)))
	return l + a
}

// newBox is the box filter of a radius.
func newBox(radius float32) lanes.Box {
	r := int(radius)
	inner := uint32(1 << 24 / (float32(radius*2) + 1))
	return lanes.Box{Radius: r, Inner: int64(inner), Outer: int64((1<<24 - uint32(2*r+1)*inner) / 2)}
}
