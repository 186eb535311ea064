package lanes

// A word here is an int64 with a byte packed into each half, ready for multiplication:
// a weight is then applied to both at once (SIMD within a register). Sums stay exact
// because each fits in 32 signed bits.

// half is 1/2 in both halves of a word, where sums start so that dropping the
// fraction bits rounds.
const half = 1<<(Precision-1) | 1<<(Precision-1+32)

// split drops the fraction bits of the two sums in a word and limits them to
// 0..255.
func split(sum int64) (lo, hi uint8) {
	l := int32(sum)
	return clip8(l), clip8(int32((sum - int64(l)) >> 32))
}

func clip8(sum int32) uint8 {
	v := sum >> Precision
	if uint32(v) > 255 {
		return uint8(^v >> 31) // 0 below, 255 above
	}
	return uint8(v)
}
