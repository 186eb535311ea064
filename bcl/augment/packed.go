package augment

// A word here is an int64 with a byte packed into each half, ready for multiplication:
// a weight is then applied to both at once (SIMD within a register). Sums stay exact
// because each fits in 32 signed bits.

// half is 1/2 in both halves of a word, where sums start so that dropping the
// fraction bits rounds.
const half = 1<<(precision-1) | 1<<(precision-1+32)

// split drops the fraction bits of the two sums in a word and limits them to
// 0..255.
func split(sum int64) (lo, hi uint8) {
	l := int32(sum)
	return clip8(l), clip8(int32((sum - int64(l)) >> 32))
}

func clip8(sum int32) uint8 {
	v := sum >> precision
	if uint32(v) > 255 {
		return uint8(^v >> 31) // 0 below, 255 above
	}
	return uint8(v)
}

// interleave makes words of the bytes of two rows: one of each in a word.
func interleave(out []int64, a, b []uint8) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] = int64(a[i]) | int64(b[i])<<32
	}
}

// words is how many words n neighbouring bytes fill.
func words(n int) int { return (n + 1) / 2 }

// neighbours makes words of the bytes of a row, of two neighbours each; an odd one
// out is alone in the last.
func neighbours(out []int64, p []uint8) {
	for i := range len(p) / 2 {
		q := p[2*i : 2*i+2 : 2*i+2]
		out[i] = int64(q[0]) | int64(q[1])<<32
	}
	if len(p)%2 == 1 {
		out[len(p)/2] = int64(p[len(p)-1])
	}
}

// putNeighbours turns sums of words of neighbours into bytes.
func putNeighbours(out []uint8, sums []int64) {
	for i := range len(out) / 2 {
		q := out[2*i : 2*i+2 : 2*i+2]
		q[0], q[1] = split(sums[i])
	}
	if n := len(out); n%2 == 1 {
		out[n-1], _ = split(sums[n/2])
	}
}
