package augment

import (
	"math"
	"strconv"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// Rotate writes src, rotated counter-clockwise by degrees about its centre, to
// dst: nearest pixel, black outside, same size. It is Pillow's Image.rotate,
// whose multiples of 90 degrees are exact (90 and 270 in square images only).
func Rotate(dst, src *rgb.Image, degrees float64) {
	degrees = math.Mod(degrees, 360)
	if degrees < 0 {
		degrees += 360
	}
	square := src.W == src.H
	switch {
	case degrees == 0:
		dst.Resize(src.W, src.H)
		copy(dst.Pix, src.Pix)
	case degrees == 180:
		turn(dst, src, func(x, y int) (int, int) { return src.W - 1 - x, src.H - 1 - y })
	case degrees == 90 && square:
		turn(dst, src, func(x, y int) (int, int) { return src.W - 1 - y, x })
	case degrees == 270 && square:
		turn(dst, src, func(x, y int) (int, int) { return y, src.H - 1 - x })
	default:
		Affine(dst, src, rotation(degrees, src.W, src.H))
	}
}

func turn(dst, src *rgb.Image, from func(x, y int) (int, int)) {
	dst.Resize(src.W, src.H)
	for y := range dst.H {
		for x := range dst.W {
			xi, yi := from(x, y)
			copyPixel(dst, x, y, src, xi, yi)
		}
	}
}

// rotation is the matrix of a rotation about the centre of a w x h image.
func rotation(degrees float64, w, h int) Matrix {
	sin, cos := math.Sincos(-degrees * (math.Pi / 180))
	a, b := round15(cos), round15(sin)
	cx, cy := float64(w)/2, float64(h)/2
	return Matrix{
		a, b, float64(-a*cx) - float64(b*cy) + cx,
		-b, a, float64(b*cx) - float64(a*cy) + cy,
	}
}

// round15 rounds to 15 decimals as Python's round(v, 15) does: correctly, from
// the exact value. It makes the sine of 180 degrees 0.
func round15(v float64) float64 {
	var buf [32]byte
	r, _ := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], v, 'f', 15, 64)), 64)
	return r
}
