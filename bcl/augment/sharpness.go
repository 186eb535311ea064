package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Sharpness writes src, blended with a smoothed version of itself, to dst:
// factor 0 is smooth, 1 changes nothing, 2 sharpens.
func Sharpness(dst, src *rgb.Image, factor float64) {
	dst.Resize(src.W, src.H)
	copy(dst.Pix, src.Pix)
	if factor == 1 || src.W < 3 || src.H < 3 {
		return
	}
	f := float32(factor)
	stride := 3 * src.W
	for y := 1; y < src.H-1; y++ {
		up := src.Pix[stride*(y-1) : stride*y]
		row := src.Pix[stride*y : stride*(y+1)]
		down := src.Pix[stride*(y+1) : stride*(y+2)]
		out := dst.Pix[stride*y : stride*(y+1)]
		for i := 3; i < stride-3; i++ {
			out[i] = lanes.Blend(int(smooth(up, row, down, i)), int(row[i]), f)
		}
	}
}

// smooth is Pillow's SMOOTH filter at offset i of three rows: the 3x3 mean with the
// centre counted five times. The order of the sums is Pillow's, from the lower row up,
// because single precision depends on it. Pixels at the border have none and stay
// unchanged.
func smooth(up, row, down []uint8, i int) uint8 {
	v := float32(0.5)
	v += tap(down[i-3], 1) + tap(down[i], 1) + tap(down[i+3], 1)
	v += tap(row[i-3], 1) + tap(row[i], 5) + tap(row[i+3], 1)
	v += tap(up[i-3], 1) + tap(up[i], 1) + tap(up[i+3], 1)
	return lanes.Cut(v)
}

func tap(v uint8, weight float32) float32 {
	return float32(float32(v) * (weight / 13))
}
