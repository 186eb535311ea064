package augment

import "github.com/bcl-go/bcl/bcl/rgb"

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
	v *= float64(m.W)
	x0, y0 := int(max(0, cx-v/2)), int(max(0, cy-v/2))
	x1 := min(int(min(float64(m.W), float64(x0)+v)), m.W-1)
	y1 := min(int(min(float64(m.H), float64(y0)+v)), m.H-1)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			copy(m.Pix[3*(y*m.W+x):], cutoutColor[:])
		}
	}
}
