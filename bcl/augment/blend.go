package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// mix is Pillow's Image.blend of one value: from + factor*(to-from) in single
// precision, cut to an integer and limited to 0..255. A factor outside of [0, 1]
// extrapolates.
func mix(from, to int, factor float32) uint8 {
	return cut(float32(from) + float32(factor*float32(to-from)))
}

func cut(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	if v >= 255 {
		return 255
	}
	return uint8(int32(v))
}

// towards moves every value of m away from (factor > 1) or towards the value c.
func towards(m *rgb.Image, c int, factor float64) {
	if factor == 1 {
		return
	}
	var lut [256]uint8
	for v := range lut {
		lut[v] = mix(c, v, float32(factor))
	}
	apply(m.Pix, &lut)
}

// apply replaces every value of p by its entry in lut.
func apply(p []uint8, lut *[256]uint8) {
	for i, v := range p {
		p[i] = lut[v]
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
	if factor == 1 {
		return
	}
	f := float32(factor)
	p := m.Pix
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		l := luma(q)
		q[0], q[1], q[2] = mix(l, int(q[0]), f), mix(l, int(q[1]), f), mix(l, int(q[2]), f)
	}
}
