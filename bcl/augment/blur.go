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
	in, out []int64 // words of two lines, with replicated ends
}

const boxPasses = 3

// Blur blurs m, in place, with a Gaussian of standard deviation sigma pixels, at
// most 1000.
func (z *Blurrer) Blur(m *rgb.Image, sigma float64) {
	if !(sigma > 0) || len(m.Pix) == 0 {
		return
	}
	b := newBox(boxRadius(float32(min(sigma, 1000))))
	stride := 3 * m.W
	for y := 0; y < m.H; y += 2 { // two rows at a time, one channel at a time
		next := min(stride, stride*(m.H-1-y)) // 0: an odd last row is done twice
		for c := range 3 {
			z.lines(m.Pix[stride*y+c:], m.W, 3, next, b)
		}
	}
	for i := 0; i < stride; i += 2 { // two columns of bytes at a time
		z.lines(m.Pix[i:], m.H, stride, min(1, stride-1-i), b)
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

// lines filters two lines of n bytes boxPasses times: one starts at p[0], the other at
// p[other], both with a step of stride bytes.
func (z *Blurrer) lines(p []uint8, n, stride, other int, b box) {
	pad := b.r + 1
	z.in, z.out = resized(z.in, n+2*pad), resized(z.out, n+2*pad)
	at := 0
	for i := range n {
		z.in[pad+i] = int64(p[at]) | int64(p[at+other])<<32
		at += stride
	}
	for range boxPasses {
		for i := range pad {
			z.in[i], z.in[pad+n+i] = z.in[pad], z.in[pad+n-1]
		}
		b.pass(z.out[pad:pad+n], z.in)
		z.in, z.out = z.out, z.in
	}
	at = 0
	for _, v := range z.in[pad : pad+n] {
		p[at], p[at+other] = uint8(v), uint8(v>>32)
		at += stride
	}
}

// pass filters in, which has r+1 words more than out at each end, once.
func (b box) pass(out, in []int64) {
	const (
		round = 1<<23 | 1<<(23+32)
		bytes = 0xff<<32 | 0xff
	)
	window := 2*b.r + 1
	sum := int64(0) // of the window that starts at word i of in
	for _, v := range in[:window] {
		sum += v
	}
	add, far := in[window:], in[window+1:]
	in, add, far = in[:len(out)], add[:len(out)], far[:len(out)]
	for i := range out {
		left, right := in[i], far[i]
		sum += add[i] - left
		out[i] = (sum*b.ww + (left+right)*b.fw + round) >> 24 & bytes
	}
}
