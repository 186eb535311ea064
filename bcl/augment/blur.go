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
	line []uint8 // one row or column, with its ends repeated
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
		z.pass(m.Pix[3*m.W*y:], m.W, 3, b)
	}
	for x := range m.W {
		z.pass(m.Pix[3*x:], m.H, 3*m.W, b)
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
	ww, fw uint32
}

func newBox(radius float32) box {
	r := int(radius)
	ww := uint32(1 << 24 / (float32(radius*2) + 1))
	return box{r, ww, (1<<24 - uint32(2*r+1)*ww) / 2}
}

// pass filters n pixels of p, stride bytes apart, boxPasses times.
func (z *Blurrer) pass(p []uint8, n, stride int, b box) {
	pad := 3 * (b.r + 1)
	z.line = resized(z.line, 3*n+2*pad)
	line := z.line
	for range boxPasses {
		body := line[pad : pad+3*n]
		for i := range n {
			copy(body[3*i:3*i+3], p[i*stride:])
		}
		for i := 0; i < pad; i += 3 {
			copy(line[i:i+3], body[:3])
			copy(line[pad+3*n+i:], body[3*n-3:])
		}
		for c := range 3 {
			var sum uint32
			for i := range 2*b.r + 1 {
				sum += uint32(line[3*i+c])
			}
			for i := range n {
				// The sum covers line pixels i .. i+2r; the window of pixel i is
				// one to the right of that.
				left, right := uint32(line[3*i+c]), uint32(line[3*(i+2*b.r+2)+c])
				sum += uint32(line[3*(i+2*b.r+1)+c]) - left
				p[i*stride+c] = uint8((sum*b.ww + (left+right)*b.fw + 1<<23) >> 24)
			}
		}
	}
}
