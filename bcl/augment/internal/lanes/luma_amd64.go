//go:build !purego

package lanes

func init() {
	if avx2 {
		sumLuma, grey, saturate = sumLumaWide, greyWide, saturateWide
	}
}

// These work on n groups of eight pixels.
//
//go:noescape
func sumLumaAVX2(p *uint8, n int) int

//go:noescape
func greyAVX2(p *uint8, n int)

//go:noescape
func saturateAVX2(p *uint8, n int, factor float32)

func sumLumaWide(p []uint8) (sum int) {
	n := groups(p)
	if n > 0 {
		sum = sumLumaAVX2(&p[0], n)
	}
	return sum + sumLumaPlain(p[24*n:])
}

func greyWide(p []uint8) {
	n := groups(p)
	if n > 0 {
		greyAVX2(&p[0], n)
	}
	greyPlain(p[24*n:])
}

func saturateWide(p []uint8, factor float32) {
	n := groups(p)
	if n > 0 {
		saturateAVX2(&p[0], n, factor)
	}
	saturatePlain(p[24*n:], factor)
}
