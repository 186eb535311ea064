//go:build !purego

package lanes

func init() {
	if avx2 {
		hue = hueWide
	}
}

// hueAVX2 turns n groups of eight pixels, all in single precision: where that rounds
// differently than huePlain, it never changes a byte. TestHueIsPlain goes through all colours.
//
//go:noescape
func hueAVX2(p *uint8, n int, shift uint32)

func hueWide(p []uint8, shift uint8) {
	n := groups(p)
	if n > 0 {
		hueAVX2(&p[0], n, uint32(shift))
	}
	huePlain(p[24*n:], shift)
}
