package augment

// pair is a pixel ready for multiplication: red and green in the halves of one
// word, blue in another. A weight is then applied to two channels at once; sums
// stay exact because each fits in 32 signed bits.
type pair struct{ rg, b int64 }

// half is 1/2 in both halves of a word, where sums start so that dropping the
// fraction bits rounds.
const (
	halfLow = 1 << (precision - 1)
	half    = halfLow | halfLow<<32
)

// channels drops the fraction bits of three sums and limits them to 0..255.
func (p pair) channels() (r, g, b uint8) {
	lo := int32(p.rg)
	return clip8(lo), clip8(int32((p.rg - int64(lo)) >> 32)), clip8(int32(p.b))
}

func clip8(sum int32) uint8 {
	v := sum >> precision
	if uint32(v) > 255 {
		return uint8(^v >> 31) // 0 below, 255 above
	}
	return uint8(v)
}

// round turns sums into a pixel.
func (p pair) round() pair {
	r, g, b := p.channels()
	return pair{int64(r) | int64(g)<<32, int64(b)}
}

// put turns sums into the bytes of a pixel.
func (p pair) put(out []uint8) {
	out[0], out[1], out[2] = p.channels()
}

// unpack makes pixels of bytes.
func unpack(out []pair, p []uint8) {
	for x := range out {
		q := p[3*x : 3*x+3 : 3*x+3]
		out[x] = pair{int64(q[0]) | int64(q[1])<<32, int64(q[2])}
	}
}

// pack makes bytes of pixels.
func pack(out []uint8, row []pair) {
	for x, p := range row {
		o := out[3*x : 3*x+3 : 3*x+3]
		o[0], o[1], o[2] = uint8(p.rg), uint8(p.rg>>32), uint8(p.b)
	}
}
