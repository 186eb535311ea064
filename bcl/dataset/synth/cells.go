package synth

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rng"
)

// cells divides the plane into unit squares, each with random numbers that depend only on
// the square and the image's salt.
type cells struct {
	salt   uint32
	jitter float64
	turned bool // elements are rotated, each by its own angle
}

// hash returns a uniform number in [0, 1) for square (i, j).
func (c cells) hash(i, j int, what uint32) float64 {
	x := c.salt ^ uint32(i)*0x9E3779B1 ^ uint32(j)*0x85EBCA77 ^ what*0xC2B2AE3D
	x ^= x >> 16 // the finaliser of MurmurHash3
	x *= 0x85EBCA6B
	x ^= x >> 13
	x *= 0xC2B2AE35
	x ^= x >> 16
	return float64(x) / (1 << 32)
}

// local returns (u, v) relative to the centre of its square's element.
func (c cells) local(u, v float64) (x, y float64) {
	i, j := math.Floor(u), math.Floor(v)
	x = u - i - 0.5 + c.jitter*(2*c.hash(int(i), int(j), 1)-1)
	y = v - j - 0.5 + c.jitter*(2*c.hash(int(i), int(j), 2)-1)
	if !c.turned {
		return x, y
	}
	sin, cos := math.Sincos(2 * math.Pi * c.hash(int(i), int(j), 3))
	return cos*x - sin*y, sin*x + cos*y
}

// noise is smooth value noise, mostly in 0.2..0.8 with mean 0.5.
func (c cells) noise(u, v float64) float64 {
	u, v = 1.3*u, 1.3*v
	i, j := math.Floor(u), math.Floor(v)
	x, y := smooth(u-i), smooth(v-j)
	at := func(di, dj int) float64 { return c.hash(int(i)+di, int(j)+dj, 4) }
	return (at(0, 0)*(1-x)+at(1, 0)*x)*(1-y) + (at(0, 1)*(1-x)+at(1, 1)*x)*y
}

func smooth(t float64) float64 { return t * t * (3 - 2*t) }

// grain returns a number with mean 0 and standard deviation 1. The sum of four bytes is
// nearly normal, good enough for noise, and cheap.
func grain(s *rng.Stream) float64 {
	const sigma = 147.8007 // sqrt(4 * (256*256 - 1) / 12)
	b := s.Uint32()
	return (float64(b&255+b>>8&255+b>>16&255+b>>24) - 510) / sigma
}
