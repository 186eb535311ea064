package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// sums filters images with boxes of any radius by running sums, of two lines at a time: a
// word has a byte, or a sum, in each half.
type sums struct {
	in, out []int64 // words of two lines, with replicated ends
}

// blur filters m boxPasses times along each axis.
func (z *sums) blur(m *rgb.Image, b lanes.Box) {
	stride := 3 * m.W
	for y := 0; y < m.H; y += 2 { // two rows at a time, one channel at a time
		next := min(stride, stride*(m.H-1-y)) // 0: an odd last row is done twice
		for c := range 3 {
			z.lines(m.Pix[stride*y+c:], m.W, 3, next, b)
		}
	}
	for i := 0; i < stride; i += 2 { // two columns of bytes at a time
		z.lines(m.Pix[i:], m.H, stride, min(1, stride-1-i), b)
	}
}

// lines filters two lines of n bytes boxPasses times: one starts at p[0], the other at
// p[other], both with a step of stride bytes.
func (z *sums) lines(p []uint8, n, stride, other int, b lanes.Box) {
	pad := b.Radius + 1
	z.in, z.out = lanes.Resized(z.in, n+2*pad), lanes.Resized(z.out, n+2*pad)
	at := 0
	for i := range n {
		z.in[pad+i] = int64(p[at]) | int64(p[at+other])<<32
		at += stride
	}
	for range boxPasses {
		for i := range pad {
			z.in[i], z.in[pad+n+i] = z.in[pad], z.in[pad+n-1]
		}
		pass(z.out[pad:pad+n], z.in, b)
		z.in, z.out = z.out, z.in
	}
	at = 0
	for _, v := range z.in[pad : pad+n] {
		p[at], p[at+other] = uint8(v), uint8(v>>32)
		at += stride
	}
}

// pass filters in, which has Radius+1 words more than out at each end, once.
func pass(out, in []int64, b lanes.Box) {
	const (
		round = 1<<23 | 1<<(23+32)
		bytes = 0xff<<32 | 0xff
	)
	window := 2*b.Radius + 1
	sum := int64(0) // of the window that starts at word i of in
	for _, v := range in[:window] {
		sum += v
	}
	add, far := in[window:], in[window+1:]
	in, add, far = in[:len(out)], add[:len(out)], far[:len(out)]
	for i := range out {
		left, right := in[i], far[i]
		sum += add[i] - left
		out[i] = (sum*b.Inner + (left+right)*b.Outer + round) >> 24 & bytes
	}
}
