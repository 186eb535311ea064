//go:build !purego

package lanes

func init() {
	if avx2 {
		convolve = convolveWide
	}
}

// floats is how many sums convolveAVX2 makes at a time.
const floats = 16

// convolveAVX2 makes n sums, a multiple of floats. in points to the input in the middle of
// the first; step is in bytes.
//
//go:noescape
func convolveAVX2(out *float32, n int, in *float32, step int, half *float32, reach int)

func convolveWide(out, in []float32, at, step int, half []float32) {
	n, reach := len(out), len(half)-1
	if n < floats {
		convolvePlain(out, in, at, step, half)
		return
	}
	_ = in[at-reach*step : at+reach*step+n]
	convolveAVX2(&out[0], n&^(floats-1), &in[at], 4*step, &half[0], reach)
	if last := n - floats; n%floats > 0 { // the last ones, some of them again
		convolveAVX2(&out[last], floats, &in[at+last], 4*step, &half[0], reach)
	}
}
