package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// towards moves every value of m away from (factor > 1) or towards the value c.
func towards(m *rgb.Image, c int, factor float64) {
	if factor != 1 {
		lanes.Mix(m.Pix, c, float32(factor))
	}
}

// Brightness multiplies every value by factor: 0 is black, 1 changes nothing.
func Brightness(m *rgb.Image, factor float64) {
	towards(m, 0, factor)
}

// Contrast blends m with its mean grey level: factor 0 is that level
// everywhere, 1 changes nothing.
func Contrast(m *rgb.Image, factor float64) {
	if factor == 1 || len(m.Pix) == 0 {
		return
	}
	towards(m, meanLuma(m), factor)
}

// Saturation blends m with its greyscale version: factor 0 is grey, 1 changes
// nothing. Pillow calls it Color.
func Saturation(m *rgb.Image, factor float64) {
	if factor != 1 {
		lanes.Saturate(m.Pix, float32(factor))
	}
}
