package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// Blurrer blurs images as Pillow's ImageFilter.GaussianBlur does, which is the
// blur of the SimCLR recipes of SDCLR and BCL: three box filters with a
// fractional radius along each axis (Gwosdek, Grewenig, Bruhn, Weickert:
// "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering",
// SSVM 2011). The zero value is ready. It serves one goroutine.
type Blurrer struct {
	in, out []pair // one row or column, with its ends repeated
}

const boxPasses = 3

// Blur blurs m, in place, with a Gaussian of standard deviation sigma pixels, at
// most 1000.
func (z *Blurrer) Blur(m *rgb.Image, sigma float64) {
	if !(sigma > 0) || len(m.Pix) == 0 {
		return
	}
	b := newBox(boxRadius(float32(min(sigma, 1000))))
	for y := range m.H {
		z.line(m.Pix[3*m.W*y:], m.W, 3, b)
	}
	for x := range m.W {
		z.line(m.Pix[3*x:], m.H, 3*m.W, b)
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

// box is a box filter: weight ww for the 2r+1 pixels around the centre and fw for
// the next one on each side, in 8.24 fixed point.
type box struct {
	r      int
	ww, fw int64
}

func newBox(radius float32) box {
	r := int(radius)
	ww := uint32(1 << 24 / (float32(radius*2) + 1))
	return box{r, int64(ww), int64((1<<24 - uint32(2*r+1)*ww) / 2)}
}

// line filters n pixels of p, stride bytes apart, boxPasses times.
func (z *Blurrer) line(p []uint8, n, stride int, b box) {
	pad := b.r + 1
	z.in, z.out = resized(z.in, n+2*pad), resized(z.out, n+2*pad)
	for i := range n {
		unpack(z.in[pad+i:pad+i+1], p[i*stride:])
	}
	for range boxPasses {
		for i := range pad {
			z.in[i], z.in[pad+n+i] = z.in[pad], z.in[pad+n-1]
		}
		b.pass(z.out[pad:pad+n], z.in)
		z.in, z.out = z.out, z.in
	}
	for i := range n {
		pack(p[i*stride:], z.in[pad+i:pad+i+1])
	}
}

// pass filters in, which has r+1 pixels more than out at each end, once.
func (b box) pass(out, in []pair) {
	const (
		half   = 1<<23 | 1<<(23+32)
		values = 0xff<<32 | 0xff
	)
	window := 2*b.r + 1
	var sum pair // of the window that begins at pixel i of in
	for _, p := range in[:window] {
		sum.rg += p.rg
		sum.b += p.b
	}
	add, far := in[window:], in[window+1:]
	add, far = add[:len(out)], far[:len(out)]
	for i := range out {
		left, right, next := in[i], far[i], add[i]
		sum.rg += next.rg - left.rg
		sum.b += next.b - left.b
		rg := sum.rg*b.ww + (left.rg+right.rg)*b.fw + half
		blue := sum.b*b.ww + (left.b+right.b)*b.fw + half
		out[i] = pair{rg >> 24 & values, blue >> 24 & 0xff}
	}
}
