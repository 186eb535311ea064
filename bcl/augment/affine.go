package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// Matrix maps a position (x, y) of the result to one of the source:
// (m[0]x + m[1]y + m[2], m[3]x + m[4]y + m[5]), in pixels, whose centres lie at
// halves.
type Matrix [6]float64

// Affine writes the affine transform of src to dst: nearest pixel, black
// outside, same size. It is Pillow's Image.transform(size, AFFINE, m), which has
// three ways of stepping through the source; they round differently, so all
// three are here.
func Affine(dst, src *rgb.Image, m Matrix) {
	dst.Resize(src.W, src.H)
	clear(dst.Pix)
	switch {
	case m[1] == 0 && m[3] == 0:
		affineScale(dst, src, m)
	case m.fits(src.W, src.H):
		affineFixed(dst, src, m)
	default:
		affineFloat(dst, src, m)
	}
}

// fits reports whether the corners of a w x h image stay within the range of
// 16.16 fixed point.
func (m Matrix) fits(w, h int) bool {
	in := func(x, y float64) bool {
		return math.Abs(float64(x*m[0])+float64(y*m[1])+m[2]) < 32768 &&
			math.Abs(float64(x*m[3])+float64(y*m[4])+m[5]) < 32768
	}
	fw, fh := float64(w), float64(h)
	return in(0, 0) && in(fw, fh) && in(0, fh) && in(fw, 0)
}

// affineScale handles scaling and translation: rows map to rows.
func affineScale(dst, src *rgb.Image, m Matrix) {
	yo := m[5] + float64(m[4]*0.5)
	for y := range dst.H {
		if yi := index(yo, src.H); yi >= 0 {
			xo := m[2] + float64(m[0]*0.5)
			for x := range dst.W {
				if xi := index(xo, src.W); xi >= 0 {
					copyPixel(dst, x, y, src, xi, yi)
				}
				xo += m[0]
			}
		}
		yo += m[4]
	}
}

// index is the pixel that holds position v of an axis of n pixels, or -1.
func index(v float64, n int) int {
	if v >= 0 && v < float64(n) {
		return int(v)
	}
	return -1
}

// affineFixed steps in 16.16 fixed point.
func affineFixed(dst, src *rgb.Image, m Matrix) {
	fix := func(v float64) int32 { return int32(math.Floor(float64(v*65536) + 0.5)) }
	a0, a1, a3, a4 := fix(m[0]), fix(m[1]), fix(m[3]), fix(m[4])
	x0 := fix(m[2] + float64(m[0]*0.5) + float64(m[1]*0.5))
	y0 := fix(m[5] + float64(m[3]*0.5) + float64(m[4]*0.5))
	for y := range dst.H {
		xx, yy := x0, y0
		for x := range dst.W {
			xi, yi := int(xx>>16), int(yy>>16)
			if uint(xi) < uint(src.W) && uint(yi) < uint(src.H) {
				copyPixel(dst, x, y, src, xi, yi)
			}
			xx += a0
			yy += a3
		}
		x0 += a1
		y0 += a4
	}
}

// affineFloat steps in double precision.
func affineFloat(dst, src *rgb.Image, m Matrix) {
	x0 := m[2] + float64(m[1]*0.5) + float64(m[0]*0.5)
	y0 := m[5] + float64(m[4]*0.5) + float64(m[3]*0.5)
	for y := range dst.H {
		xx, yy := x0, y0
		for x := range dst.W {
			xi, yi := index(xx, src.W), index(yy, src.H)
			if xi >= 0 && yi >= 0 {
				copyPixel(dst, x, y, src, xi, yi)
			}
			xx += m[0]
			yy += m[3]
		}
		x0 += m[1]
		y0 += m[4]
	}
}

func copyPixel(dst *rgb.Image, x, y int, src *rgb.Image, xi, yi int) {
	d, s := 3*(y*dst.W+x), 3*(yi*src.W+xi)
	p, q := dst.Pix[d:d+3:d+3], src.Pix[s:s+3:s+3]
	p[0], p[1], p[2] = q[0], q[1], q[2]
}

// ShearX writes src, sheared by v: pixel (x, y) comes from (x+v*y, y).
func ShearX(dst, src *rgb.Image, v float64) { Affine(dst, src, Matrix{1, v, 0, 0, 1, 0}) }

// ShearY writes src, sheared by v: pixel (x, y) comes from (x, y+v*x).
func ShearY(dst, src *rgb.Image, v float64) { Affine(dst, src, Matrix{1, 0, 0, v, 1, 0}) }

// TranslateX writes src, moved left by the fraction v of its width.
func TranslateX(dst, src *rgb.Image, v float64) {
	Affine(dst, src, Matrix{1, 0, float64(v * float64(src.W)), 0, 1, 0})
}

// TranslateY writes src, moved up by the fraction v of its height.
func TranslateY(dst, src *rgb.Image, v float64) {
	Affine(dst, src, Matrix{1, 0, 0, 0, 1, float64(v * float64(src.H))})
}
