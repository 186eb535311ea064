package lanes

var mix = mixPlain

// Blend is Pillow's Image.blend of one value: from + factor*(to-from) in single
// precision, cut to an integer and limited to 0..255. A factor outside of [0, 1]
// extrapolates.
func Blend(from, to int, factor float32) uint8 {
	return Cut(float32(from) + float32(factor*float32(to-from)))
}

// Cut is v, cut to an integer and limited to 0..255; 0 if it is not a number.
func Cut(v float32) uint8 {
	if !(v > 0) {
		return 0
	}
	if v >= 255 {
		return 255
	}
	return uint8(int32(v))
}

// Mix blends from, 0 to 255, with every value of p.
func Mix(p []uint8, from int, factor float32) { mix(p, from, factor) }

func mixPlain(p []uint8, from int, factor float32) {
	var lut [256]uint8
	for v := range lut {
		lut[v] = Blend(from, v, factor)
	}
	Replace(p, &lut)
}

// Replace replaces every value of p by its entry in lut.
func Replace(p []uint8, lut *[256]uint8) {
	for i, v := range p {
		p[i] = lut[v]
	}
}
