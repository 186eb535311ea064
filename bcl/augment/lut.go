package augment

import (
	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// Invert replaces every value v by 255-v.
func Invert(m *rgb.Image) {
	for i, v := range m.Pix {
		m.Pix[i] = 255 - v
	}
}

// Solarize inverts the values from threshold (0 to 256) on.
func Solarize(m *rgb.Image, threshold float64) {
	var lut [256]uint8
	for v := range lut {
		lut[v] = uint8(v)
		if float64(v) >= threshold {
			lut[v] = uint8(255 - v)
		}
	}
	lanes.Replace(m.Pix, &lut)
}

// Posterize keeps the highest bits (limited to 1..8) of every value.
func Posterize(m *rgb.Image, bits int) {
	mask := uint8(0xff) << (8 - min(max(bits, 1), 8))
	for i, v := range m.Pix {
		m.Pix[i] = v & mask
	}
}

// AutoContrast stretches every channel so that its darkest value becomes 0 and
// its lightest 255.
func AutoContrast(m *rgb.Image) {
	h := histograms(m)
	for c := range h {
		lo, hi := 0, 255
		for lo < 255 && h[c][lo] == 0 {
			lo++
		}
		for hi > 0 && h[c][hi] == 0 {
			hi--
		}
		if hi <= lo {
			continue
		}
		scale := 255 / float64(hi-lo)
		offset := float64(-float64(lo) * scale)
		var lut [256]uint8
		for v := range lut {
			lut[v] = uint8(min(max(int(float64(float64(v)*scale)+offset), 0), 255))
		}
		applyChannel(m, c, &lut)
	}
}

// Equalize maps every channel so that its histogram becomes as flat as a
// monotone map can make it.
func Equalize(m *rgb.Image) {
	h := histograms(m)
	for c := range h {
		last, used := 0, 0
		for _, n := range h[c] {
			if n > 0 {
				last, used = n, used+1
			}
		}
		step := (m.W*m.H - last) / 255
		if used <= 1 || step == 0 {
			continue
		}
		var lut [256]uint8
		n := step / 2
		for v := range lut {
			lut[v] = uint8(min(n/step, 255))
			n += h[c][v]
		}
		applyChannel(m, c, &lut)
	}
}

// histograms counts the values of each channel.
func histograms(m *rgb.Image) (h [3][256]int) {
	p := m.Pix
	for i := 0; i+2 < len(p); i += 3 {
		q := p[i : i+3 : i+3]
		h[0][q[0]]++
		h[1][q[1]]++
		h[2][q[2]]++
	}
	return h
}

func applyChannel(m *rgb.Image, c int, lut *[256]uint8) {
	for i := c; i < len(m.Pix); i += 3 {
		m.Pix[i] = lut[m.Pix[i]]
	}
}
