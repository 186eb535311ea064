package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// meanLuma is the mean grey level of m, rounded.
func meanLuma(m *rgb.Image) int {
	return int(float64(lanes.SumLuma(m.Pix))/float64(m.W*m.H) + 0.5)
}

// Grey replaces every pixel by its grey level.
func Grey(m *rgb.Image) { lanes.Grey(m.Pix) }
