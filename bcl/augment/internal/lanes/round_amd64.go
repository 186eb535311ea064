//go:build !purego

package lanes

func init() {
	if avx2 {
		round = roundWide
	}
}

// roundAVX2 rounds n groups of eight sums.
//
//go:noescape
func roundAVX2(out *uint8, n int, v *float32, passes, theirs float32, doubtful *uint8)

func roundWide(out []uint8, v []float32, passes, theirs float32, doubtful []uint8) {
	n := len(v) / 8
	out, doubtful = out[:len(v)], doubtful[:(len(v)+7)/8]
	if n > 0 {
		roundAVX2(&out[0], n, &v[0], passes, theirs, &doubtful[0])
	}
	roundPlain(out[8*n:], v[8*n:], passes, theirs, doubtful[n:])
}
