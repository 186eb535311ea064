package augment

import (
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// hueReference is a plain version of Hue: to HSV, shift, back.
func hueReference(m *rgb.Image, factor float64) {
	shift := uint8(int32(factor * 255))
	for i := 0; i+2 < len(m.Pix); i += 3 {
		q := m.Pix[i : i+3]
		h, s, v := toHSV(q[0], q[1], q[2])
		q[0], q[1], q[2] = fromHSV(h+shift, s, v)
	}
}

// TestHueIsItsReference goes through a fifth of the colours along each axis, ends
// included; internal/parity goes through all.
func TestHueIsItsReference(t *testing.T) {
	m := rgb.New(52*52, 52)
	for i := range 52 * 52 * 52 {
		m.Pix[3*i], m.Pix[3*i+1], m.Pix[3*i+2] = uint8(i/52/52*5), uint8(i/52%52*5), uint8(i%52*5)
	}
	for _, factor := range []float64{-0.5, -0.1, -0.001, 0, 0.004, 0.1, 0.35, 0.5} {
		got, want := m.Clone(), m.Clone()
		Hue(got, factor)
		hueReference(want, factor)
		for i, v := range want.Pix {
			if got.Pix[i] != v {
				j := i / 3 * 3
				t.Fatalf("hue %v of %v: %v, want %v", factor, m.Pix[j:j+3], got.Pix[j:j+3], want.Pix[j:j+3])
			}
		}
	}
}

func toHSV(r, g, b uint8) (h, s, v uint8) {
	hi, lo := max(r, g, b), min(r, g, b)
	if hi == lo {
		return 0, 0, hi
	}
	c := float32(hi - lo)
	rc, gc, bc := float32(hi-r)/c, float32(hi-g)/c, float32(hi-b)/c
	var hue float32
	switch hi {
	case r:
		hue = bc - gc
	case g:
		hue = float32(2 + float64(rc) - float64(bc))
	default:
		hue = float32(4 + float64(gc) - float64(rc))
	}
	turn := float64(hue)/6 + 1
	if turn >= 1 {
		turn--
	}
	h = uint8(float64(float32(turn)) * 255)
	s = uint8(float64(c/float32(hi)) * 255)
	return h, s, hi
}

func fromHSV(h, s, v uint8) (r, g, b uint8) {
	if s == 0 {
		return v, v, v
	}
	sector := math.Floor(float64(h) * 6 / 255)
	f := float32(float64(h)*6/255 - sector)
	fs := float32(float64(s) / 255)
	p := uint8(math.Round(float64(v) * (1 - float64(fs))))
	q := uint8(math.Round(float64(v) * (1 - float64(float32(fs*f)))))
	t := uint8(math.Round(float64(v) * (1 - float64(float64(fs)*(1-float64(f))))))
	switch int(sector) % 6 {
	case 0:
		return v, t, p
	case 1:
		return q, v, p
	case 2:
		return p, v, t
	case 3:
		return p, q, v
	case 4:
		return t, p, v
	}
	return v, p, q
}
