package lanes

var (
	grey     = greyPlain
	sumLuma  = sumLumaPlain
	saturate = saturatePlain
)

// Luma is Pillow's convert("L") of one pixel: ITU-R 601-2 in 16-bit fixed point.
func Luma(p []uint8) int {
	return int((uint32(p[0])*19595 + uint32(p[1])*38470 + uint32(p[2])*7471 + 1<<15) >> 16)
}

// SumLuma is the sum of the grey levels of p.
func SumLuma(p []uint8) int { return sumLuma(p) }

func sumLumaPlain(p []uint8) (sum int) {
	for i := 0; i+2 < len(p); i += 3 {
		sum += Luma(p[i : i+3 : i+3])
	}
	return sum
}

// Grey replaces every pixel of p by its grey level.
func Grey(p []uint8) { grey(p) }

func greyPlain(p []uint8) {
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		l := uint8(Luma(q))
		q[0], q[1], q[2] = l, l, l
	}
}

// Saturate blends every pixel of p with its grey level, as [Mix] does.
func Saturate(p []uint8, factor float32) { saturate(p, factor) }

func saturatePlain(p []uint8, factor float32) {
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		l := Luma(q)
		q[0], q[1], q[2] = Blend(l, int(q[0]), factor), Blend(l, int(q[1]), factor), Blend(l, int(q[2]), factor)
	}
}
