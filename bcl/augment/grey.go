package augment

import "github.com/bcl-go/bcl/bcl/rgb"

// luma is Pillow's convert("L") of one pixel: ITU-R 601-2 in 16-bit fixed point.
func luma(p []uint8) int {
	return int((uint32(p[0])*19595 + uint32(p[1])*38470 + uint32(p[2])*7471 + 1<<15) >> 16)
}

// meanLuma is the mean grey level of m, rounded.
func meanLuma(m *rgb.Image) int {
	sum := 0
	p := m.Pix
	for i := 0; i+2 < len(p); i += 3 {
		sum += luma(p[i : i+3 : i+3])
	}
	return int(float64(sum)/float64(m.W*m.H) + 0.5)
}

// Grey replaces every pixel by its grey level.
func Grey(m *rgb.Image) {
	p := m.Pix
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		l := uint8(luma(q))
		q[0], q[1], q[2] = l, l, l
	}
}
