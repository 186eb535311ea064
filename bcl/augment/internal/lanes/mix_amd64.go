//go:build !purego

package lanes

func init() {
	if avx2 {
		mix = mixWide
	}
}

// mixAVX2 blends n bytes, a multiple of chunk.
//
//go:noescape
func mixAVX2(p *uint8, n int, from, factor float32)

func mixWide(p []uint8, from int, factor float32) {
	n := len(p) &^ (chunk - 1)
	if n > 0 {
		mixAVX2(&p[0], n, float32(from), factor)
	}
	for i, v := range p[n:] {
		p[n+i] = Blend(from, int(v), factor)
	}
}
