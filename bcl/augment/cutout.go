package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// cutoutColor is the mean colour of ImageNet.
var cutoutColor = [3]uint8{125, 123, 114}

// Cutout paints a square of v*W pixels, about (cx, cy) in pixels, in m. The
// square starts inside m (one that would begin above or left of it is moved, not
// cut) and ends at m's border; its last row and column are included, as
// Pillow's ImageDraw.rectangle does. v <= 0 paints nothing.
func Cutout(m *rgb.Image, v, cx, cy float64) {
	if !(v > 0) {
		return
	}
	v = float64(v * float64(m.W))
	x0, x1 := span(cx, v, m.W)
	y0, y1 := span(cy, v, m.H)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			copy(m.Pix[3*(y*m.W+x):], cutoutColor[:])
		}
	}
}

// span is the pixels from first up to, not including, last that a length v about
// the centre c paints in an axis of n pixels.
func span(c, v float64, n int) (first, last int) {
	limit := float64(n)
	start := math.Floor(min(max(0, c-v/2), limit))
	end := math.Floor(min(limit, start+v))
	if !(start < limit && end >= start) { // outside, or not a number
		return 0, 0
	}
	return int(start), min(int(end)+1, n)
}
