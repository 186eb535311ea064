package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Hue turns the colours of m by factor (-0.5 to 0.5) of the colour circle.
//
// It is torchvision's adjust_hue on a PIL image: to 8-bit HSV, add int(255*factor) to H
// modulo 256, and back. Rounding to HSV loses a little even when the shift is 0.
// hue_test.go has a plain version.
func Hue(m *rgb.Image, factor float64) { lanes.Hue(m.Pix, uint8(int32(factor*255))) }
